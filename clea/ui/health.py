"""What ``/sante/pret/`` says besides whether the process can serve: things the site does without for a while."""

from __future__ import annotations

from collections.abc import Callable

_asked: dict[str, Callable[[], bool | None]] = {}


def register(name: str, answers: Callable[[], bool | None]) -> None:
    """Add one, from an ``AppConfig.ready``; ``None`` is "there is none here". It answers within half a second."""
    _asked[name] = answers


def besides() -> dict[str, bool]:
    """Each that is configured, and whether it answers."""
    found = {name: answers() for name, answers in _asked.items()}
    return {name: well for name, well in found.items() if well is not None}
