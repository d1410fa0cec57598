"""Who publishes the site, for the legal pages. The domain may give it; the settings may too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from django.conf import settings


@dataclass(frozen=True)
class Publisher:
    """What the law asks a public site to say of its publisher and host."""

    name: str = ""
    address: str = ""
    email: str = ""
    phone: str = ""
    director: str = ""
    siren: str = ""
    host_name: str = ""
    host_address: str = ""
    host_phone: str = ""
    dpo_email: str = ""

    @property
    def missing(self) -> list[str]:
        """Names of the fields without which the legal notice is incomplete."""
        return [name for name in ("name", "address", "email", "director", "host_name") if not getattr(self, name)]


_source: Callable[[], Publisher | None] | None = None
# What this process last read, for the pages of a breakdown only.
_last: Publisher | None = None


def register(source: Callable[[], Publisher | None]) -> Callable[[], Publisher | None]:
    """Name the function that gives the publisher, from an ``AppConfig.ready``. The last one stands."""
    global _source
    _source = source
    return source


def publisher() -> Publisher:
    """The publisher: the registered one, its holes filled from the setting ``LEGAL_NOTICE`` (a dict)."""
    global _last
    _last = _completed((_source() if _source else None) or Publisher())
    return _last


def remembered() -> Publisher:
    """The publisher where the database may not answer: as this process last read it, else from the settings."""
    return _last or _completed(Publisher())


def _completed(base: Publisher) -> Publisher:
    known = {field.name for field in fields(Publisher)}
    given = {key: str(value) for key, value in getattr(settings, "LEGAL_NOTICE", {}).items() if key in known}
    return replace(base, **{key: value for key, value in given.items() if value and not getattr(base, key)})
