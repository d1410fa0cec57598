"""Writes on an account."""

from __future__ import annotations

from clea.accounts.models import Language, User


def choose_language(*, by: User, language: str) -> User:
    """Remember the language a person reads in: their mails and PDFs follow. ``ValueError`` if unknown."""
    by.language = Language(language)
    by.save(update_fields=["language"])
    return by
