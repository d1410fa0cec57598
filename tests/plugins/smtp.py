"""A real mail server on the loopback, and the settings that send to it.

Elsewhere than in a conftest: ``from tests.plugins.smtp import smtp_server  # noqa: F401``.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Literal

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Received:
    """One message the server accepted: its envelope, and its content parsed."""

    sender: str
    recipients: list[str]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The plain text part, its lines ended as in a program."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part."""
        return self._part("html")

    def _part(self, subtype: Literal["plain", "html"]) -> str:
        part = self.message.get_body((subtype,))
        return "" if part is None else str(part.get_content()).replace("\r\n", "\n")

    @property
    def attachments(self) -> dict[str, bytes]:
        """File name to content."""
        return {
            str(part.get_filename()): part.get_payload(decode=True)  # type: ignore[misc]
            for part in self.message.iter_attachments()
        }


@dataclass
class MailServer:
    """What the test sees of the server. ``received`` is in order of arrival.

    ``recipient_reply`` and ``data_reply`` make it refuse (``"550 inconnu"``) or put off
    (``"451 plus tard"``) while they are set; ``slowness`` is in seconds, before it accepts.
    """

    host: str
    port: int
    received: list[Received] = field(default_factory=list)
    recipient_reply: str = ""
    data_reply: str = ""
    slowness: float = 0
    attempts: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def to(self, address: str) -> list[Received]:
        """Messages received for this address."""
        return [message for message in self.received if address in message.recipients]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        with self._lock:
            self.attempts += 1
        if self.recipient_reply:
            return self.recipient_reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data_reply:
            return self.data_reply
        time.sleep(self.slowness)
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        with self._lock:
            self.received.append(Received(str(envelope.mail_from), list(envelope.rcpt_tos), message))
        return "250 OK"


class _LoopbackController(Controller):
    """A controller that binds a port of the system's choice before it starts: no race for it."""

    def __init__(self, handler: MailServer, listening: socket.socket) -> None:
        self._listening = listening
        super().__init__(handler, hostname=handler.host, port=handler.port)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)


@pytest.fixture
def smtp_server(settings: Any) -> Iterator[MailServer]:
    """A server that Django's settings point at for the length of the test."""
    # aiosmtpd tells every command, addresses included: a failing test would drown in it.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = MailServer(host="127.0.0.1", port=listening.getsockname()[1])
    controller = _LoopbackController(server, listening)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield server
    controller.stop()
    listening.close()
