"""Accent-free search, the same words on public pages, in the admin and in imports."""

from __future__ import annotations

from django.db.models import Q

from clea.text import words


def words_in(text: str, *columns: str) -> Q:
    """A condition: every word of ``text`` is found in at least one of ``columns``.

    ``columns`` are lookups to :class:`clea.text.SearchField` columns (``"search"``,
    ``"commune__search"``). An empty text matches everything.
    """
    condition = Q()
    for word in words(text):
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__contains": word})
        condition &= anywhere
    return condition


def lines(text: str) -> list[str]:
    """The filled lines of a field that takes one value a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]
