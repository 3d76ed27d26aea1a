"""Spot checks: a draw that anyone can repeat, and the rate that its findings make."""

from __future__ import annotations

import datetime as dt
import subprocess

import pytest
import time_machine
from django.urls import reverse

from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Role
from credit_portal.accounts.services import grant_role
from publicity import services
from publicity.exceptions import DecisionRefused, RegisterRefused
from publicity.models import SpotCheck
from publicity.sampling import draw, population_digest
from publicity.selectors.rates import board
from publicity.selectors.spot_checks import drawn_rows
from tests.factories.publicity import make_department, make_penalty, make_team
from tests.factories.register import make_case
from tests.pages import PageClient

DAY, OCTOBER = dt.date(2026, 10, 12), dt.date(2026, 10, 1)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-20 12:00+08:00", tick=False):
        yield


@pytest.fixture
def office(team):
    user = User.objects.create(username="office", name="何芳")
    grant_role(user=user, role=Role.COMMITTEE_OFFICER, by=None)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def check(team, office):
    for number in range(1, 8):
        make_case(team, number, decided_on=DAY, state="dropped" if number == 7 else "decided")
    make_case(team, 8, decided_on=dt.date(2026, 9, 30))
    make_case(team, 9)
    make_penalty(team, number=1, decided_on=DAY)
    return services.draw_spot_check(department=team.department, month=DAY, size=4, by=office)


def record(check, office, *found):
    rows = zip(check.rows.order_by("place"), found, strict=False)
    findings = {row.pk: finding for row, finding in rows}
    return services.record_findings(check=check, findings=findings, by=office)


def test_anyone_can_repeat_a_draw():
    names = [f"penalty:案{number}" for number in range(50)]
    drawn = draw("abc", names, 5)
    assert drawn == draw("abc", reversed(names), 5) != draw("abd", names, 5)
    script = 'while read -r n; do printf "%s %s\\n" "$(printf "abc:%s" "$n" | sha256sum | cut -c1-64)" "$n"; done'
    lines = subprocess.run(
        ["sh", "-c", f"{script} | LC_ALL=C sort | head -5 | cut -c66-"],
        input="\n".join(names) + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert lines.stdout.splitlines() == drawn
    assert population_digest(["b", "a"]) == population_digest(["a", "b"])


def test_the_whole_register_of_the_month_is_drawn_from(check):
    assert (check.population, check.size, len(check.seed)) == (7, 4, 32)
    assert check.population_digest == population_digest(check.names)
    rows = [f"{row.kind}:{row.case_number}" for row in check.rows.order_by("place")]
    assert rows == draw(check.seed, check.names, 4)
    assert str(check) == "淮南市应急管理局 2026-10 瞒报抽查"
    assert str(check.rows.first()).endswith("焜屿电梯维保有限公司")


def test_the_draw_outlives_changes_of_the_register(team, check):
    row = check.rows.first()
    row.case.party_name = "改名公司"
    row.case.save()
    make_case(team, 20, decided_on=DAY)
    check.refresh_from_db()
    assert check.population_digest == population_digest(check.names)
    assert check.rows.first().party_name != "改名公司"


def test_each_row_says_whether_the_portal_holds_it(check):
    found = {line.row.case_number: line.filed for line in drawn_rows(check)}
    assert found == {number: number == "案0001" for number in found}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"month": dt.date(2026, 8, 1)}, "没有这个单位这个月"),
        ({"size": 0}, "1 到 500"),
        ({"size": 501}, "1 到 500"),
    ],
)
def test_draws_that_are_refused(team, office, check, facts, words):
    given = {"department": team.department, "month": OCTOBER, "size": 1, "by": office}
    with pytest.raises(RegisterRefused, match=words):
        services.draw_spot_check(**(given | facts))
    with pytest.raises(NotAllowed):
        services.draw_spot_check(**(given | {"by": team.head}))


def test_findings_count_once_every_row_has_one(team, office, check):
    record(check, office, ("unreported", ""), ("reported", ""))
    assert conceal(team) == (0, 0, "—")
    done = record(
        check,
        office,
        ("unreported", "没有录入"),
        ("reported", ""),
        ("exempt", "涉密"),
        ("reported", ""),
    )
    assert (done.concluded_by, done.rows.filter(finding="exempt").get().reason) == (office, "涉密")
    assert conceal(team) == (1, 4, "25.0%")
    with pytest.raises(RegisterRefused, match="已经核定"):
        record(done, office, ("reported", ""))


def conceal(team):
    total = board(month=OCTOBER, user=team.clerk).total
    (rate,) = [rate for rate in total.rates(OCTOBER) if rate.name == "conceal"]
    return rate.numerator, rate.denominator, rate.percent


def test_a_small_share_of_concealment_is_not_rounded_away(team):
    from publicity.selectors.rates import Counts

    counts = Counts(spotchecked=3_000, not_reported_in_spotcheck=1)
    assert [rate.percent for rate in counts.rates(OCTOBER)][-1] == "0.1%"


@pytest.mark.parametrize(
    ("finding", "refusal", "words"),
    [
        (("exempt", " "), DecisionRefused, "无需上报的理由"),
        (("lost", ""), RegisterRefused, "请选择结论"),
    ],
)
def test_findings_that_are_refused(office, check, finding, refusal, words):
    with pytest.raises(refusal, match=words):
        record(check, office, finding)
    assert not check.rows.exclude(finding="").exists()


def test_the_office_draws_and_records_and_the_department_reads(team, office, check, sign_in):
    officer, clerk = sign_in(PageClient(), office), sign_in(PageClient(), team.clerk)
    typed = {"department": team.department.pk, "month": "2026-10", "size": 2}
    create = reverse("staff:publicity:spot_create")
    assert officer.get(create).status_code == 200
    address = officer.post(create, typed).url
    rows = list(SpotCheck.objects.order_by("-pk")[0].rows.order_by("place"))
    page = officer.get(address).content.decode()
    assert "保存结论" in page
    one = officer.post(address, {f"finding-{rows[0].pk}": "reported"}, follow=True)
    assert "全部填写后核定" in one.content.decode()
    bad = officer.post(address, {f"finding-{rows[1].pk}": "exempt"}, follow=True)
    assert "无需上报的理由" in bad.content.decode()
    done = officer.post(address, {f"finding-{rows[1].pk}": "unreported"}, follow=True)
    assert "已核定本次抽查" in done.content.decode()

    assert clerk.post(address, {}).status_code == 403
    read = clerk.get(address).content.decode()
    assert "未上报" in read
    assert "保存结论" not in read
    listed = clerk.get(reverse("staff:publicity:spot_list"))
    assert [row.unreported for row in listed.context["page_obj"]] == [1, 0]
    names = clerk.get(reverse("staff:publicity:spot_population", args=[check.pk]))
    assert names.content.decode().splitlines() == check.names


def test_mistakes_stand_on_the_form(team, office, check, sign_in):
    officer = sign_in(PageClient(), office)
    create = reverse("staff:publicity:spot_create")
    for typed, words in (({"month": "x"}, "2026-10"), ({"month": "2026-08"}, "无法抽取")):
        page = officer.post(create, {"department": team.department.pk, "size": 2} | typed)
        assert words in page.content.decode()


def test_the_board_leads_to_the_checks(team, office, check, sign_in):
    record(check, office, *[("unreported", "")] * 4)
    page = sign_in(PageClient(), team.clerk).get(
        reverse("staff:publicity:rates"), {"month": "2026-10"}
    )
    ((label, count, url),) = [
        (gap.label, gap.count, gap.url)
        for _, cells in page.context["lines"]
        for gap in cells[-1].gaps
    ]
    assert (label, count) == ("抽查未上报", 4)
    assert sign_in(PageClient(), team.clerk).get(url).status_code == 200


def test_who_sees_checks(team, check):
    other = make_team(make_department("11340400MATX21HJ7K", "住建局"), prefix="other-")
    assert list(SpotCheck.objects.visible_to(team.head)) == [check]
    assert list(SpotCheck.objects.visible_to(other.head)) == []
