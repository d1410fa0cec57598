"""The mail server's word, heard at the instant it is given."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend

OnAccept = Callable[[str], None]
_DJANGO = "django.core.mail.backends.smtp.EmailBackend"
_OURS = "clea.mail.smtp.EmailBackend"


def connection(on_accept: OnAccept) -> BaseEmailBackend:
    """The configured backend; over SMTP, one that calls ``on_accept`` as soon as the server has taken a message."""
    if settings.EMAIL_BACKEND == _DJANGO:
        return get_connection(_OURS, on_accept=on_accept)
    return get_connection()


class EmailBackend(smtp.EmailBackend):
    """Django's, which tells of the server's 250 before it says goodbye, which is a journey more."""

    def __init__(self, *args: Any, on_accept: OnAccept | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on_accept = on_accept

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _telling(smtplib.SMTP_SSL if self.use_ssl else smtplib.SMTP, self.on_accept)


def _telling(kind: type[smtplib.SMTP], on_accept: OnAccept | None) -> type[smtplib.SMTP]:
    class Telling(kind):  # type: ignore[misc, valid-type]
        def data(self, msg: Any) -> tuple[int, bytes]:
            code, answer = super().data(msg)
            if code == 250 and on_accept is not None:
                on_accept(f"{code} {answer.decode('ascii', 'replace')}")
            return code, answer

    return Telling
