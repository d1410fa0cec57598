"""Locks and rights that every act on a jury begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from candidatures.models import Call, Juror, Jury
from clea.errors import Forbidden
from structures.rules import coordinates

if TYPE_CHECKING:
    from clea.accounts.models import User


def require_desk(by: User, call: Call) -> None:
    """Raise ``Forbidden`` unless the person coordinates the call's territory. One query."""
    if not coordinates(by, call.territory):
        raise Forbidden(_("Seule la coordination de ce territoire peut le faire."), code="not_coordinator")


def lock_jury(jury: Jury) -> Jury:
    """The jury's row, locked until the transaction ends, its call and territory with it. One query.

    Order of locks, always: the jury, then the dossier, then rows of theirs. Nothing locks a jury
    while it holds a dossier.
    """
    return (
        Jury.objects.select_for_update(of=("self",))
        .select_related("call__season__programme__territory")
        .get(pk=jury.pk)
    )


def lock_juror(juror: Juror) -> Juror:
    """A seat, locked: two of its acts never cross. One query."""
    return (
        Juror.objects.select_for_update(of=("self",))
        .select_related("jury__call__season__programme__territory", "institution", "user")
        .get(pk=juror.pk)
    )
