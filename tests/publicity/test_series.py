"""A department describes its numbering."""

from __future__ import annotations

import pytest
import time_machine

from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.audit.models import AuditEvent
from publicity import services
from publicity.exceptions import RegisterRefused
from publicity.models import NumberSeries
from publicity.selectors.series import series_of, strays
from tests.factories.publicity import make_penalty, make_permit
from tests.factories.register import PATTERN, make_series


def change(series, team, **facts):
    given = {
        "pattern": series.pattern,
        "first_number": series.first_number,
        "from_year": series.from_year,
        "until_year": series.until_year,
    }
    return services.change_series(series=series, by=team.clerk, **(given | facts))


def test_a_series_is_kept_with_its_stem(team):
    series = make_series(team, pattern="（淮）应急罚〔{year}〕{n:3}号")

    series.refresh_from_db()
    assert (series.stem, series.width, str(series)) == ("淮应急罚||号", 3, series.pattern)
    assert series.written(2026, 7) == "（淮）应急罚〔2026〕007号"
    assert AuditEvent.objects.filter(action="series.defined", subject_id=str(series.pk)).exists()


def test_only_the_clerks_of_the_department_describe_it(team):
    with pytest.raises(NotAllowed):
        services.define_series(
            department=team.department,
            kind="penalty",
            pattern=PATTERN,
            first_number=1,
            from_year=2026,
            until_year=None,
            by=team.head,
        )


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "verdict"}, "kind"),
        ({"first_number": 0}, "first_number"),
        ({"from_year": 1999}, "from_year"),
        ({"until_year": 2019}, "until_year"),
    ],
)
def test_what_is_refused(team, facts, field):
    with pytest.raises(RegisterRefused) as refused:
        make_series(team, **facts)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("years", "taken"),
    [((2024, None), True), ((2018, 2022), True), ((2018, 2019), False), ((2024, 2025), True)],
)
def test_one_stem_has_one_series_in_a_year(team, years, taken):
    make_series(team, from_year=2022)
    begin, end = years
    if taken:
        with pytest.raises(RegisterRefused, match="已有规则"):
            make_series(team, from_year=begin, until_year=end)
    else:
        make_series(team, from_year=begin, until_year=end)
    assert NumberSeries.objects.count() == (1 if taken else 2)


def test_the_same_stem_may_be_of_both_kinds(team):
    make_series(team)
    assert make_series(team, "permit").kind == "permit"


def test_a_change_is_told_and_keeps_the_stem(team):
    series = make_series(team)
    change(series, team, pattern="（淮）应急罚〔{year}〕第{n:3}号", until_year=2027)

    series.refresh_from_db()
    assert (series.width, series.until_year) == (3, 2027)
    event = AuditEvent.objects.get(action="series.changed")
    assert event.changes == {"文号样式": [PATTERN, series.pattern], "停用年份": ["", "2027"]}
    with pytest.raises(RegisterRefused, match="另一个系列"):
        change(series, team, pattern="（淮）应急罚当〔{year}〕{n}号")


@time_machine.travel("2026-11-20 12:00+08:00", tick=False)
def test_what_is_held_of_a_series_and_what_is_not(team):
    for number in (1, 3):
        make_penalty(team, number=number)
    make_penalty(team, document_number="（淮）应急罚〔2019〕9号")  # before the series
    make_penalty(team, document_number="（淮）应急责改〔2026〕9号")
    make_penalty(team, document_number="没有文号")
    make_permit(team)
    make_series(team, from_year=2020)
    make_series(
        team, pattern="旧罚〔{year}〕{n}号", from_year=2010, until_year=2015, first_number=101
    )

    new, old = series_of(team.department)
    assert (new.held, new.highest) == (2, "（淮）应急罚〔2026〕3号")
    assert new.examples[0] == "（淮）应急罚〔2026〕1号"
    assert (old.held, old.highest, old.examples[0]) == (0, "", "旧罚〔2015〕101号")
    assert {(stray.kind, stray.sample, stray.count) for stray in strays(team.department)} == {
        ("penalty", "（淮）应急罚〔2019〕9号", 1),
        ("penalty", "（淮）应急责改〔2026〕9号", 1),
        ("permit", "（淮）应急罚〔2026〕1号", 1),
    }


def test_a_closed_series_leaves_later_numbers_out(team):
    make_penalty(team, document_number="（淮）应急罚〔2026〕9号")
    make_series(team, from_year=2020, until_year=2025)

    assert [stray.count for stray in strays(team.department)] == [1]
