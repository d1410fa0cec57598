"""The closed list of what the journal can say. Each app adds its verbs when it starts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Label: TypeAlias = str | _StrPromise

_SHAPE = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")
_VERBS: dict[str, Label] = {}


class UnknownVerb(LookupError):
    """A verb that no app registered: a programming error."""


def register(verbs: Mapping[str, Label]) -> None:
    """Add verbs, ``{"application.submitted": _("dossier déposé")}``, from ``AppConfig.ready``.

    Raises ``ValueError`` on a verb that is not ``noun.verb`` in lower case or that another app
    has already taken.
    """
    for verb, label in verbs.items():
        if not _SHAPE.fullmatch(verb):
            raise ValueError(f"a verb reads noun.verb in lower case, not {verb!r}")
        if verb in _VERBS and _VERBS[verb] is not label:
            raise ValueError(f"the verb {verb!r} is already registered")
        _VERBS[verb] = label


def check(verb: str) -> None:
    """Raise :class:`UnknownVerb` unless some app registered it."""
    if verb not in _VERBS:
        raise UnknownVerb(f"{verb!r} is not registered with clea.journal.verbs.register")


def label(verb: str) -> str:
    """What people read; the verb itself for one whose app has since been removed."""
    return str(_VERBS.get(verb, verb))


def choices() -> list[tuple[str, str]]:
    """Every verb with its label, in the order of the labels."""
    return sorted(((verb, str(text)) for verb, text in _VERBS.items()), key=lambda pair: pair[1])
