"""Where a person wants to hear of news. An address counts once a code that was sent there has come back."""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from credit_portal.accounts.models import User
from credit_portal.audit import services as audit
from credit_portal.waking import wake_on_commit

from ..exceptions import CodeTooSoon, NoAddress, NoMail, WrongCode
from ..models import Contact, Dispatch
from .telling import SEND

CODE_LIVES = dt.timedelta(minutes=30)
BETWEEN_CODES = dt.timedelta(minutes=1)
MOST_TRIES = 5


@transaction.atomic
def set_contact(
    *, by: User, email: str, mail_daily: bool, mail_urgent: bool, text_urgent: bool
) -> Contact:
    """Write down what the person wants. Another address waits for its code; what was on its way to the old one is
    cancelled. Nobody's address stands in the trail, only that it changed."""
    contact = own(by)
    changed = contact.email != email
    contact.mail_daily, contact.mail_urgent = mail_daily, mail_urgent
    contact.text_urgent = text_urgent
    if changed:
        contact.email, contact.confirmed_at, contact.code = email, None, ""
        cancel_mail(by)
    contact.save()
    if changed and email:
        post_code(contact)
    audit.record(
        "contact.changed",
        by=by,
        subject=contact,
        label=str(by),
        reason="更换邮箱" if changed else "",
    )
    return contact


@transaction.atomic
def send_code(*, by: User) -> Contact:
    """Another code to the address that waits for one; the old one is void."""
    contact = own(by)
    if not contact.email or contact.confirmed_at:
        raise NoAddress("没有待确认的邮箱，请先填写邮箱并保存。")
    if contact.code_sent_at and timezone.now() < contact.code_sent_at + BETWEEN_CODES:
        raise CodeTooSoon("确认码刚刚发出，请过 1 分钟再试。")
    post_code(contact)
    return contact


def post_code(contact: Contact) -> None:
    if not settings.MAIL_IS_ON:
        raise NoMail("本系统没有配置邮件服务，暂不能使用邮箱接收。")
    code = f"{secrets.randbelow(10**6):06d}"
    now = timezone.now()
    contact.code, contact.code_sent_at, contact.code_tries = digest_of(contact, code), now, 0
    contact.save()
    Dispatch.objects.create(
        recipient=contact.user,
        channel=Dispatch.Channel.MAIL,
        address=contact.email,
        subject="邮箱确认码",
        text=f"您的邮箱确认码是 {code}，30 分钟内有效。如非您本人操作，请忽略本邮件。",
        key=f"code:{contact.pk}:{now.timestamp():.6f}",
        due_at=now,
    )
    wake_on_commit(SEND)


def confirm_address(*, by: User, code: str) -> Contact:
    """The code came back: from now on the address is used. A wrong one counts, also though it is refused."""
    with transaction.atomic():
        contact = own(by)
        problem = wrong_with(contact, code)
        if problem:
            contact.code_tries += 1
        else:
            contact.confirmed_at, contact.code = timezone.now(), ""
            audit.record("contact.confirmed", by=by, subject=contact, label=str(by))
        contact.save()
    if problem:
        raise WrongCode(problem)
    return contact


def wrong_with(contact: Contact, code: str) -> str:
    if not contact.code or not contact.code_sent_at:
        return "没有待确认的邮箱，请先填写邮箱并保存。"
    if timezone.now() > contact.code_sent_at + CODE_LIVES:
        return "确认码已过期，请重新发送。"
    if contact.code_tries >= MOST_TRIES:
        return "输错次数过多，请重新发送确认码。"
    if not constant_time_compare(contact.code, digest_of(contact, code)):
        return "确认码不正确，请核对邮件中的 6 位数字。"
    return ""


def digest_of(contact: Contact, code: str) -> str:
    value = f"{contact.user_id}:{contact.email}:{code}"
    return salted_hmac("notices.contact", value, algorithm="sha256").hexdigest()


def cancel_mail(user: User) -> None:
    waiting = Dispatch.objects.visible_to(user).waiting()
    waiting.filter(channel=Dispatch.Channel.MAIL).update(
        state=Dispatch.State.DROPPED, settled_at=timezone.now(), problem="更换了邮箱"
    )


def own(user: User) -> Contact:
    """The row of the person, locked."""
    Contact.objects.get_or_create(user=user)
    return Contact.objects.select_for_update().get(user=user)
