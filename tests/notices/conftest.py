"""A mail server that keeps what it gets, and a file for short messages."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.processes import free_port


class Post(Message):
    """Answers as told; keeps what it took."""

    def __init__(self) -> None:
        super().__init__(EmailMessage)
        self.answer = ""  # to each recipient, instead of taking the message
        self.taken: list[Any] = []

    async def handle_RCPT(  # noqa: N802 - the name the server calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message: Any) -> None:
        self.taken.append(message)

    def text_of(self, index: int = -1) -> str:
        return str(self.taken[index].get_payload(decode=True).decode())


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    """Mail goes by real SMTP to this server."""
    handler = Post()
    server = Controller(handler, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.hostname, server.port
    settings.EMAIL_USE_SSL = False
    settings.MAIL_IS_ON = True
    yield handler
    server.stop()


@pytest.fixture
def messages(settings: Any, tmp_path: Any) -> Any:
    settings.MESSENGER = "credit_portal.notices.channels.FileMessenger"
    settings.MESSENGER_FILE = str(tmp_path / "out" / "messages.jsonl")
    return tmp_path / "out" / "messages.jsonl"
