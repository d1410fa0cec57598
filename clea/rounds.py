"""The rounds of the clock: what each app does, once, when ``manage.py rappels`` passes.

A round takes nothing, may run twice without harm, and answers how many things it did.
"""

from __future__ import annotations

from collections.abc import Callable

Round = Callable[[], int]
_rounds: dict[str, Round] = {}


def register(name: str, act: Round) -> None:
    """Add a round, from an ``AppConfig.ready``. The same name replaces."""
    _rounds[name] = act


def run() -> dict[str, int]:
    """Every round, in the order they were added, and what each did."""
    return {name: act() for name, act in _rounds.items()}
