"""A world whose every text is hostile, and every page, file and export of it read by those who may."""

from __future__ import annotations

import csv
import io
import zipfile
from contextlib import suppress
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction

from clea.text import clean, one_line
from tests.access.asking import send
from tests.access.matrix import ADMINISTRATOR, DENIED, LOGIN, Role, Row
from tests.access.objects import Found, reason
from tests.access.texts import EVERYTHING, MARK
from tests.access.world import World

_LIVE = ("=", "+", "-", "@", "\t", "\r")
#: Names the program looks rows up by, rather than texts that people wrote.
_PROGRAM = {
    "slug", "scope", "key", "code", "kind", "state", "email", "digest", "token", "token_digest", "number", "language",
    "sha256", "session_key", "password", "type", "domain", "app_label", "model", "codename", "path", "insee", "verb",
    "content_type",
}  # fmt: skip
_FILLED = {"subject", "body", "message", "text", "intro", "closing", "reason", "letter"}
_APPS = {"structures", "candidatures", "residencies", "accounts", "mail", "documents"}


def dress(world: World) -> int:
    """Write a hostile text wherever people write; how many columns."""
    columns = 0
    for model in apps.get_models():
        if model._meta.app_label not in _APPS:
            continue
        for one in model._meta.concrete_fields:
            plain = type(one) in {models.CharField, models.TextField}
            if not plain or one.unique or one.choices or one.name in _PROGRAM or "sha" in one.name:
                continue
            # What is sent as a message is read for its placeholders before it is kept.
            text = clean(EVERYTHING if one.name not in _FILLED else EVERYTHING.replace("{{7*7}} {% now 'Y' %}", ""))
            if isinstance(one, models.CharField):
                text = one_line(text)
            rows = model._base_manager.exclude(**{one.name: ""})
            with suppress(IntegrityError), transaction.atomic():  # a column that tells rows apart keeps its words
                columns += bool(rows.update(**{one.name: text[: one.max_length or None]}))
    return columns


def sweep(rows: list[Row], world: World) -> Found:
    """What everybody may read, all of it hostile: no 500, no script, no live formula, no line slipped in."""
    found = Found()
    for row in rows:
        asked: set[Any] = set()
        for role in sorted(Role, key=lambda one: one is not ADMINISTRATOR):
            expected = row.expected("get", role)
            if expected in (DENIED, LOGIN, 403, 404) or (expected in asked and role.value % 3):
                continue
            asked.add(expected)
            response = send(world, role, "get", row.url(world), row.query(world))
            found.requests += 1
            who = f"GET {row.name} as {role.name}"
            if response.status_code >= 500:
                found.faults.append(f"{who}: {response.status_code} {reason(response)}")
            elif response.status_code == 200:
                content = getattr(response, "kept", None) or (b"" if response.streaming else response.content)
                found.faults += [f"{who}: {fault}" for fault in faults(content, response.headers["Content-Type"])]
    return found


def faults(content: bytes, kind: str) -> list[str]:
    if kind.startswith(("text/html", "application/atom", "application/rss", "application/xml", "image/svg")):
        return ["a script, as it was written"] if MARK.encode() in content else []
    if kind.startswith("text/calendar"):
        odd = [line for line in content.split(b"\r\n") if line.startswith(b"Bcc") or b"\n" in line]
        return [f"a line slipped in: {odd[0][:60]!r}"] if odd else []
    if kind.startswith("text/csv"):
        cells = [cell for line in csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";") for cell in line]
        live = [cell for cell in cells if cell.startswith(_LIVE) and not cell.lstrip("-+").replace(",", "").isdigit()]
        return [f"a live formula: {live[0][:40]!r}"] if live else []
    if "spreadsheetml" in kind:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")]
        return ["a live formula"] if any(b"<f>" in sheet and b"cmd" in sheet for sheet in sheets) else []
    return []
