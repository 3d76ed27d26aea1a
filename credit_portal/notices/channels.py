"""The ways out of the portal: mail by SMTP, short messages through whatever the city's platform offers.

A messenger is a class named in `PORTAL_MESSENGER` with one method, `send`; the one that comes with the portal
appends to a file that another program reads.
"""

from __future__ import annotations

import json
import os
import smtplib
from pathlib import Path
from typing import Protocol, cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.module_loading import import_string

from .models import Dispatch


class Refused(Exception):
    """The receiver will never take this message; says why in words for the person."""


class Messenger(Protocol):
    def send(self, *, number: str, text: str, reference: str) -> None:
        """Hand the message over. Raise `Refused` when it can never be sent, anything else to try again later.

        The same `reference` may come twice, when it is not known whether the first one arrived.
        """


class FileMessenger:
    """Appends one JSON object a line to `PORTAL_MESSENGER_FILE`, and is done when it is on the disk."""

    def send(self, *, number: str, text: str, reference: str) -> None:
        line = {"number": number, "text": text, "reference": reference}
        line["handed_over_at"] = timezone.localtime().isoformat()
        path = Path(settings.MESSENGER_FILE)
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            # One write of one line: two workers do not mix theirs.
            os.write(file, f"{json.dumps(line, ensure_ascii=False)}\n".encode())
            os.fsync(file)
        finally:
            os.close(file)


def deliver(message: Dispatch) -> None:
    if message.channel == Dispatch.Channel.MAIL:
        send_mail(message)
    else:
        messenger = cast(Messenger, import_string(settings.MESSENGER)())
        messenger.send(number=message.address, text=signed(message), reference=message.key)


def send_mail(message: Dispatch) -> None:
    site = settings.PORTAL_SITE["name"]
    mail = EmailMessage(
        subject=f"{site}：{message.subject}",
        body=body_of(message),
        to=[message.address],
        headers={
            "Message-ID": f"<{message.key.replace(':', '.')}@{settings.MAIL_DOMAIN}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        code, words = refusal.recipients[message.address]
        if code >= 500:
            said = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
            raise Refused(f"对方邮件服务器拒收：{code} {said}") from refusal
        raise


def body_of(message: Dispatch) -> str:
    site = settings.PORTAL_SITE
    where = f"\n{settings.PORTAL_PUBLIC_URL}/staff/" if settings.PORTAL_PUBLIC_URL else ""
    return (
        f"{message.text}\n\n详情请登录{site['name']}查看。{where}\n\n"
        f"本邮件由系统发出，请勿回复。不想再收到，请登录后在“通知”的“接收方式”中取消。"
    )


def signed(message: Dispatch) -> str:
    """Short messages name their sender in brackets before the text, as carriers ask for."""
    return f"【{settings.PORTAL_SITE['short_name']}】{message.text}"
