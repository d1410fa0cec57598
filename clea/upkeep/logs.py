"""What the program writes in its logs: one line an event, with the request it belongs to, and nobody's name.

Named by ``settings.LOGGING`` and by ``deploy/gunicorn.conf.py``, before Django is ready: nothing here imports it.
"""

from __future__ import annotations

import logging
import re
from contextvars import ContextVar
from typing import Any

from pythonjsonlogger.json import JsonFormatter

#: The request, or the task, that is being served in this thread; the middleware and the worker set it.
request_id: ContextVar[str] = ContextVar("request_id", default="-")

ADDRESS = re.compile(r"[^\s@'\"<>()=:,;/]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
# The last part of an address that opens a door to whoever holds it: calendars, invitations, consents.
# A uuid names a row and opens nothing by itself.
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
KEY = re.compile(rf"(?<=/)(?!{UUID}\b)(?=[^/\s?]*[0-9A-Z:_])[A-Za-z0-9_:~=-]{{20,}}(?=[/.?\s\"']|$)")
QUERY = re.compile(r"(?<=[A-Za-z0-9/._-])\?[^\s\"']+")
SECRET = re.compile(
    r"(?i)\b(password|passwd|secret|secret_key|token|csrfmiddlewaretoken|sessionid|code|authorization|cookie)"
    r"(['\"]?\s*[:=]\s*['\"]?)(?!None\b)[^\s'\",;&)]+"
)
# PostgreSQL says the whole row that it refuses: names, addresses, what somebody wrote.
DETAIL = re.compile(r"(?s)\b(DETAIL|DÉTAIL)( ?:).*?(?=\n\n(?:The above|During handling)|\n(?:CONTEXT|HINT)\b|\Z)")
# What a refusal quotes is what was typed.
QUOTED = re.compile(r"«[^»]*»")


def mask(text: str) -> str:
    """``text`` without e-mail addresses, keys in addresses, query strings nor what follows the name of a secret;
    without the row that a database refuses, nor what a refusal quotes.
    """
    text = DETAIL.sub(r"\1\2 …", text)
    text = QUOTED.sub("«…»", text)
    text = ADDRESS.sub(r"…@\1", text)
    text = KEY.sub("…", text)
    text = QUERY.sub("?…", text)
    return SECRET.sub(r"\1\2…", text)


_RESERVED = [*logging.makeLogRecord({}).__dict__, "message", "asctime"]


class RequestId(logging.Filter):
    """Say on each record which request it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not hasattr(record, "request_id"):
            record.request_id = request_id.get()
        return True


class Line(logging.Formatter):
    """One readable line, for a person who watches."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("{asctime} {levelname} {name} [{request_id}] {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


class Json(JsonFormatter):
    """One JSON object a line, for a machine that gathers: ``at`` (UTC), ``level``, ``logger``, ``request_id``,
    ``message``, and what the event adds.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            "{levelname}{name}{request_id}{message}",
            style="{",
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp="at",
            json_ensure_ascii=False,
            # Django leaves objects on its records: the request itself, a server, a socket.
            reserved_attrs=[*_RESERVED, "request", "server_time", "color_message", "exc_info_"],
        )

    def format(self, record: logging.LogRecord) -> str:
        record.message = mask(record.getMessage())
        return super().format(record)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {key: mask(value) if isinstance(value, str) else value for key, value in log_data.items()}

    def formatException(self, ei: Any) -> str:
        return mask(str(super().formatException(ei)))


def config(*, as_json: bool, access: str = "INFO") -> dict[str, Any]:
    """The logging configuration of every process: web, worker, command."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "clea.upkeep.logs.RequestId"}},
        "formatters": {"clea": {"()": f"clea.upkeep.logs.{'Json' if as_json else 'Line'}"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "clea", "filters": ["request_id"]},
        },
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # Django's own console handler would say everything a second time.
            "django": {"handlers": [], "propagate": True},
            "clea.access": {"level": access},
            "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
            "weasyprint": {"level": "ERROR"},
            "fontTools": {"level": "ERROR"},
            "pikepdf": {"level": "ERROR"},
            "botocore": {"level": "WARNING"},
        },
    }
