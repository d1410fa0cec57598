"""Addresses of pages, looked up once a process: what one is depends on the routes and on its own words alone."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.urls import get_script_prefix, get_urlconf, reverse


def address(name: str, *args: Any, app: str | None = None) -> str:
    """``reverse``, remembered. ``args``: words, numbers or UUIDs, never what may be said otherwise later."""
    return _found(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), app, name, *args)


@lru_cache(maxsize=8192, typed=True)
def _found(urlconf: Any, prefix: str, app: str | None, name: str, *args: Any) -> str:
    """``prefix`` is here for what it tells apart."""
    return reverse(name, urlconf, args=args, current_app=app)


def _forget(*, setting: str, **_others: Any) -> None:
    """Routes changed by a test."""
    if setting == "ROOT_URLCONF":
        _found.cache_clear()


setting_changed.connect(_forget)
