"""Public pages kept for the next visitor: the same as the page made anew, and made of nothing that goes unseen."""

from __future__ import annotations

import re
from typing import NamedTuple

import time_machine
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from clea.journal import changes
from clea.journal.models import ChainHead
from clea.ui import kept

_TABLES = re.compile(r'(?:FROM|JOIN) "(\w+)"')
_OWN = {"X-Request-ID"}
#: Where the mark itself is, which a page may read to keep a part of it.
_MARK = {ChainHead._meta.db_table}


class Shown(NamedTuple):
    said: tuple[int, bytes, dict[str, str]]
    cookies: bool


def shown(url: str) -> Shown:
    page = Client().get(url)
    headers = {name: said for name, said in page.items() if name not in _OWN}
    return Shown((page.status_code, page.content, headers), bool(page.cookies))


def faults(urls: list[str]) -> list[str]:
    """One line for each page that is not kept as it is, or that reads a table whose writes leave it as it was."""
    said = []
    with time_machine.travel(timezone.now(), tick=False):
        for url in urls:
            kept.shelf.clear()
            anew = shown(url)
            with override_settings(PUBLIC_CACHE=True):
                with CaptureQueriesContext(connection) as first:
                    made = shown(url)
                with CaptureQueriesContext(connection) as second:
                    again = shown(url)
            name = resolve(url.partition("?")[0]).view_name
            if made.cookies:  # the token of a form: never kept
                continue
            if not anew.said == made.said == again.said:
                said.append(f"{name}: another page once it is kept")
            if len(second) != 1:
                said.append(f"{name}: {len(second)} queries once it is kept")
            read = {table for query in first for table in _TABLES.findall(query["sql"])} - _MARK
            said += [f"{name}: reads {table}, whose writes go unseen" for table in read & changes.unseen_tables()]
    kept.shelf.clear()
    return said
