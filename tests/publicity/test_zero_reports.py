"""本期无数据: signed by the head for an empty month, contradicted by whatever comes later."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.audit.models import AuditEvent
from publicity import services
from publicity.exceptions import RegisterRefused
from publicity.models import ZeroReport
from publicity.selectors.rates import board
from publicity.selectors.zero_reports import months_of
from tests.factories.publicity import make_penalty, make_permit
from tests.factories.register import make_case, make_series
from tests.pages import PageClient

OCTOBER = dt.date(2026, 10, 1)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-20 12:00+08:00", tick=False):
        yield


def sign(team, month=OCTOBER, kind="penalty", by=None):
    return services.sign_zero_report(
        department=team.department, kind=kind, month=month, by=by or team.head
    )


def test_the_head_signs_an_empty_month(team):
    make_permit(team, decided_on=dt.date(2026, 10, 9))  # of the other kind
    report = sign(team)
    assert str(report) == "2026-10 行政处罚本期无数据"
    assert AuditEvent.objects.filter(action="zero.signed").count() == 1
    with pytest.raises(NotAllowed):
        sign(team, by=team.reviewer)


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda team: make_penalty(team, decided_on=dt.date(2026, 10, 9)), "有 1 条决定"),
        (lambda team: make_case(team, decided_on=dt.date(2026, 10, 9)), "1 件案件应报未报"),
        (
            lambda team: (
                make_penalty(team, number=1, decided_on=dt.date(2026, 9, 9)),
                make_case(team, 3, decided_on=dt.date(2026, 10, 9), state="dropped"),
                make_penalty(team, number=4, decided_on=dt.date(2026, 11, 9)),
                make_series(team),
            ),
            "2 个缺号",
        ),
        (
            lambda team: (
                make_case(
                    team,
                    2,
                    document_number="（淮）应急罚〔2026〕2号",
                    decided_on=dt.date(2026, 10, 9),
                ),
                make_series(team),
            ),
            "1 个缺号",
        ),
        (sign, "已签报过"),
    ],
)
def test_what_stands_against_it(team, prepare, words):
    prepare(team)
    with pytest.raises(RegisterRefused, match=words):
        sign(team)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"month": dt.date(2026, 11, 1)}, "还没有结束"),
        ({"month": dt.date(2026, 10, 2)}, "请选择种类和月份"),
        ({"kind": "x"}, "请选择种类和月份"),
    ],
)
def test_months_that_are_none(team, facts, words):
    with pytest.raises(RegisterRefused, match=words):
        sign(team, **facts)


def test_a_later_decision_flags_it_on_the_board_and_on_its_page(team):
    sign(team)
    assert [found.contradicted for found in months_of(team.department)[:2]] == [False, False]
    (line,) = board(month=OCTOBER, user=team.clerk).lines
    assert [contradicted for _, contradicted in line.zeros] == [False]

    make_penalty(team, decided_on=dt.date(2026, 10, 9))

    assert [found.contradicted for found in months_of(team.department)[:2]] == [True, False]
    (line,) = board(month=OCTOBER, user=team.clerk).lines
    assert [contradicted for _, contradicted in line.zeros] == [True]


def test_the_number_of_queries_does_not_grow(team):
    def queries():
        with CaptureQueriesContext(connection) as made:
            assert len(months_of(team.department)) == 24
        return len(made)

    before = queries()
    for number in range(1, 6):
        make_penalty(team, number=number * 2, decided_on=dt.date(2026, 9, number))
    make_series(team)
    sign(team)
    assert queries() == before


@pytest.fixture
def head(team, sign_in):
    return sign_in(PageClient(), team.head)


def page(team, name="register_zero", **parts):
    return reverse(f"staff:publicity:{name}", kwargs={"uscc": team.department.uscc, **parts})


def test_the_head_reads_what_is_signed_and_signs(team, head, sign_in):
    address = page(team, "register_zero_sign", kind="penalty", month="2026-10")
    assert address in head.get(page(team)).content.decode()
    assert "不能撤回" in head.get(address).content.decode()
    head.post(address)
    assert ZeroReport.objects.get().signed_by == team.head
    assert "已签报" in head.get(page(team)).content.decode()
    again = head.post(address, follow=True)
    assert "不用重复签报" in again.content.decode()
    assert head.get(address).url == page(team)
    shown = sign_in(PageClient(), team.clerk).get(
        reverse("staff:publicity:rates"), {"month": "2026-10"}
    )
    assert "行政处罚本期无数据" in shown.content.decode()


def test_a_session_that_proved_itself_long_ago_proves_itself_again(team, sign_in):
    with time_machine.travel("2026-11-20 09:00+08:00", tick=False) as clock:
        client = sign_in(PageClient(), team.head)
        clock.shift(1_000)
        detour = client.post(page(team, "register_zero_sign", kind="penalty", month="2026-10"))
    assert detour.url.startswith(reverse("mfa_reauthenticate"))
    assert not ZeroReport.objects.exists()


def test_addresses_that_are_none(team, head):
    for kind, month in (("x", "2026-10"), ("penalty", "x")):
        address = page(team, "register_zero_sign", kind=kind, month=month)
        assert head.get(address).status_code == 404
