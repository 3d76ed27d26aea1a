"""Mail and short messages: who gets what, what they may say, what happens when nobody takes them."""

import datetime as dt
import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from credit_portal.audit.models import AuditEvent
from credit_portal.notices import services
from credit_portal.notices.exceptions import CodeTooSoon, NoAddress, NoMail, WrongCode
from credit_portal.notices.models import Contact, Dispatch, Notice
from credit_portal.notices.tasks import send
from tests.factories.accounts import make_user

ADDRESS = "clerk@huainan.example"
ALL = {"mail_daily": True, "mail_urgent": True, "text_urgent": True}


def contact_for(user, **wants):
    user.phone = "13805540001"
    user.save()
    return Contact.objects.create(
        user=user, email=ADDRESS, confirmed_at=timezone.now(), **(ALL | wants)
    )


def tell(*people, level="red", key="a", **facts):
    return services.notify(
        recipients=people, key=key, text="某企业的处罚今天到期", level=level, **facts
    )


def code_in(text):
    return re.search(r"\d{6}", text)[0]


def test_an_urgent_notice_leaves_by_both_ways_without_naming_anybody(cast, post, messages):
    contact_for(cast.clerk)
    tell(cast.clerk, cast.head, outside="3 条行政处罚信息今天到期。")

    assert send() == 2

    [mail] = post.taken
    assert mail["To"] == ADDRESS
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "3 条行政处罚信息今天到期。" in post.text_of()
    assert "某企业" not in post.text_of()
    [line] = map(json.loads, messages.read_text().splitlines())
    assert line["number"] == "13805540001"
    assert line["text"] == "【安全生产信用】3 条行政处罚信息今天到期。"
    assert line["reference"] == f"notice:{Notice.objects.get(recipient=cast.clerk).pk}:text"
    assert send() == 0


def test_without_words_for_outside_only_that_there_is_news(cast, post):
    contact_for(cast.clerk)
    tell(cast.clerk)
    send()

    assert "您有一条新的紧急通知" in post.text_of()


@pytest.mark.parametrize(
    ("wants", "notice", "ways"),
    [
        ({}, {"level": "red"}, {"mail", "text"}),
        ({}, {"level": "amber"}, set()),
        ({"mail_urgent": False}, {"level": "red"}, {"text"}),
        ({"text_urgent": False}, {"level": "red"}, {"mail"}),
        ({"confirmed_at": None}, {"level": "red"}, {"text"}),
        ({}, {"level": "info", "daily": True}, {"mail"}),
        ({"mail_daily": False}, {"level": "info", "daily": True}, set()),
    ],
)
def test_each_gets_what_they_asked_for(cast, post, messages, wants, notice, ways):
    Contact.objects.filter(pk=contact_for(cast.clerk).pk).update(**wants)
    tell(cast.clerk, **notice)

    assert set(Dispatch.objects.values_list("channel", flat=True)) == ways


@pytest.mark.parametrize("missing", ["phone", "account", "services"])
def test_nothing_leaves_where_there_is_no_way(cast, settings, messages, missing):
    contact_for(cast.clerk)
    if missing == "phone":
        cast.clerk.phone = ""
    elif missing == "account":
        cast.clerk.is_active = False
    else:
        settings.MESSENGER = ""
    cast.clerk.save()
    tell(cast.clerk)

    assert not Dispatch.objects.exists()


def test_a_refusal_is_final_and_the_person_reads_why(cast, post):
    contact_for(cast.clerk)
    post.answer = "550 no such mailbox"
    tell(cast.clerk)

    assert services.send_due() == (0, 1)
    message = Dispatch.objects.get()
    assert (message.state, message.attempts) == ("failed", 1)
    assert message.problem == "对方邮件服务器拒收：550 no such mailbox"


@pytest.mark.parametrize("how", ["busy", "gone"])
def test_what_cannot_be_sent_now_is_tried_again_and_given_up_in_the_end(cast, post, settings, how):
    contact_for(cast.clerk)
    post.answer = "451 try later"
    if how == "gone":
        settings.EMAIL_PORT = 1
    now = timezone.now()
    tell(cast.clerk)
    waits = []
    for _ in range(6):
        message = Dispatch.objects.get()
        now = max(now, message.due_at)
        with time_machine.travel(now, tick=False):
            assert services.send_due() == (0, 1)
            assert services.send_due() == (0, 0)  # not before its time
        waits.append(round((Dispatch.objects.get().due_at - now).total_seconds() / 60))

    message = Dispatch.objects.get()
    assert waits[:5] == [1, 5, 15, 60, 240]
    assert (message.state, message.problem) == ("failed", "多次发送未成功")
    assert message.tone == "red"


def test_a_message_sent_later_arrives(cast, post):
    contact_for(cast.clerk)
    post.answer = "451 try later"
    tell(cast.clerk)
    services.send_due()
    post.answer = ""

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2)):
        assert services.send_due() == (1, 0)
    assert Dispatch.objects.get().state == "sent"


@pytest.mark.django_db(transaction=True)
def test_four_workers_send_each_message_once(post, messages):
    people = [make_user(f"p{number}") for number in range(20)]
    for user in people:
        contact_for(user, mail_urgent=False)
    tell(*people)

    def work(_):
        try:
            return services.send_due()[0]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(work, range(4)))

    references = [json.loads(line)["reference"] for line in messages.read_text().splitlines()]
    assert sum(counts) == len(references) == len(set(references)) == 20


def test_an_address_counts_once_its_code_came_back(cast, post):
    contact = services.set_contact(by=cast.clerk, email=ADDRESS, **ALL)
    assert contact.confirmed_at is None
    services.send_due()
    assert ADDRESS in post.taken[0]["To"]

    services.confirm_address(by=cast.clerk, code=code_in(post.text_of()))

    contact.refresh_from_db()
    assert contact.confirmed_at is not None
    assert set(AuditEvent.objects.values_list("action", flat=True)) >= {
        "contact.changed",
        "contact.confirmed",
    }
    assert ADDRESS not in str(list(AuditEvent.objects.values()))
    services.set_contact(by=cast.clerk, email=ADDRESS, **ALL | {"mail_daily": False})
    contact.refresh_from_db()
    assert contact.confirmed_at is not None  # the same address needs no new code


def test_another_address_cancels_what_was_on_its_way_and_waits_for_its_code(cast, post):
    contact_for(cast.clerk)
    tell(cast.clerk)
    contact = services.set_contact(by=cast.clerk, email="new@huainan.example", **ALL)

    assert contact.confirmed_at is None
    states = dict(Dispatch.objects.values_list("address", "state"))
    assert states == {ADDRESS: "dropped", "new@huainan.example": "waiting"}
    tell(cast.clerk, key="b")
    assert Dispatch.objects.count() == 2
    services.set_contact(by=cast.clerk, email="", **ALL)
    assert set(Dispatch.objects.values_list("state", flat=True)) == {"dropped"}


def test_codes_are_bounded(cast, post):
    with pytest.raises(NoAddress, match="没有待确认的邮箱"):
        services.send_code(by=cast.clerk)
    with pytest.raises(WrongCode, match="没有待确认的邮箱"):
        services.confirm_address(by=cast.clerk, code="000000")
    services.set_contact(by=cast.clerk, email=ADDRESS, **ALL)
    services.send_due()
    right = code_in(post.text_of())
    wrong = "000000" if right != "000000" else "111111"
    with pytest.raises(CodeTooSoon):
        services.send_code(by=cast.clerk)
    for _ in range(5):
        with pytest.raises(WrongCode, match="不正确"):
            services.confirm_address(by=cast.clerk, code=wrong)
    with pytest.raises(WrongCode, match="次数过多"):
        services.confirm_address(by=cast.clerk, code=right)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2)):
        services.send_code(by=cast.clerk)
        services.send_due()
        newer = code_in(post.text_of())
    with (
        time_machine.travel(timezone.now() + dt.timedelta(minutes=40)),
        pytest.raises(WrongCode, match="已过期"),
    ):
        services.confirm_address(by=cast.clerk, code=newer)
    services.confirm_address(by=cast.clerk, code=newer)
    with pytest.raises(NoAddress):
        services.send_code(by=cast.clerk)


def test_without_a_mail_server_no_address_is_taken(cast, settings):
    settings.MAIL_IS_ON = False
    with pytest.raises(NoMail):
        services.set_contact(by=cast.clerk, email=ADDRESS, **ALL)
    assert not Contact.objects.exclude(email="").exists()


def test_old_messages_are_forgotten(cast, post):
    contact_for(cast.clerk)
    tell(cast.clerk)
    assert str(Dispatch.objects.get()).startswith("邮件 notice:")
    services.send_due()
    assert services.sweep_dispatches() == 0
    with time_machine.travel(timezone.now() + dt.timedelta(days=181)):
        assert services.sweep_dispatches() == 1
    assert Notice.objects.count() == 1
