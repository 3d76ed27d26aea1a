"""The summary of the day: once on each working day, to those for whom something waits."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from credit_portal.jobs.models import JobSlot
from credit_portal.notices.models import Contact, Dispatch, Notice
from credit_portal.portals.digest import send_digests
from credit_portal.portals.tasks import send_daily_digests
from tests.factories.publicity import make_penalty, make_team, submitted

MONDAY = dt.date(2026, 11, 23)


@pytest.fixture
def waiting(cast):
    team = make_team(cast.bureau, "局")
    with time_machine.travel("2026-11-20 10:00+08:00", tick=False):
        make_penalty(team, decided_on=dt.date(2026, 11, 19), number=1)
        submitted(make_penalty(team, decided_on=dt.date(2026, 11, 19), number=2), team)
    return team


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-11-23 08:20+08:00", None),
        ("2026-11-23 08:30+08:00", True),
        ("2026-11-23 17:00+08:00", True),  # the morning was slept through
        ("2026-11-22 09:00+08:00", None),  # Sunday
        ("2026-10-10 09:00+08:00", True),  # a working Saturday
        ("2026-10-02 09:00+08:00", None),
    ],
)
def test_on_the_morning_of_a_working_day_once(waiting, moment, told):
    with time_machine.travel(moment, tick=False):
        first = send_daily_digests()
        again = send_daily_digests()

    assert first is not None
    assert (first.words == "未到发送时间") == (told is None)
    assert JobSlot.objects.filter(name="portals.send_digests").count() == (1 if told else 0)
    assert (again is None) == bool(told)


def test_each_reads_what_waits_for_them_and_nobody_is_named(waiting, settings):
    settings.MAIL_IS_ON = True
    Contact.objects.create(
        user=waiting.reviewer, email="r@huainan.example", confirmed_at=timezone.now()
    )
    with time_machine.travel("2026-11-23 09:00+08:00", tick=False):
        assert send_digests(MONDAY) >= 2
        assert send_digests(MONDAY) == 0

    told = {one.recipient: one.text for one in Notice.objects.filter(key=f"digest:{MONDAY}")}
    assert told[waiting.clerk] == "今日待办：行政处罚草稿，待提交 1 条。"
    assert told[waiting.reviewer] == "今日待办：行政处罚待审核 1 条。"
    assert waiting.head not in told
    mail = Dispatch.objects.get()
    assert (mail.recipient, mail.subject) == (waiting.reviewer, "今日待办")
    assert mail.text == "今日待办（2026-11-23）：行政处罚待审核 1 条。"


def test_unread_notices_are_counted(cast):
    Notice.objects.create(recipient=cast.head, key="x", text="被退回")

    assert send_digests(MONDAY) == 1
    assert Notice.objects.get(key=f"digest:{MONDAY}").text == "今日待办：未读通知 1 条。"
