"""What happens to accounts is told to the journal, which stands above: it brings its pen when it starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from clea.accounts.models import User

VERBS = {
    "account.factor_reset": _("double authentification retirée d'un compte"),
    "account.rights_changed": _("droits d'un compte modifiés"),
}


class Pen(Protocol):
    def __call__(self, *, by: User | None, verb: str, target: Any, data: Mapping[str, Any]) -> Any: ...


_pens: list[Pen] = []


def use(pen: Pen) -> None:
    _pens[:] = [pen]


def record(*, by: User | None, verb: str, target: User, data: Mapping[str, Any]) -> None:
    """Write a line, in the transaction of what it tells."""
    for pen in _pens:
        pen(by=by, verb=verb, target=target, data=data)
