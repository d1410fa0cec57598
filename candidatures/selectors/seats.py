"""A juror's place: the seat, then the dossiers it opens. Everything else does not exist for them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from candidatures.enums import CallStatus
from candidatures.models import Application, Juror

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


def seat(user: User | AnonymousUser, call_slug: str) -> Juror:
    """The person's seat in the jury of this call, with all that its pages need. One query.

    Raises ``Juror.DoesNotExist`` to anyone else.
    """
    return (
        Juror.objects.of(user)
        .select_related("jury__call__season__programme__territory", "institution", "user")
        .get(jury__call__slug=call_slug)
    )


def dossier(juror: Juror, uuid: UUID) -> Application:
    """A dossier the juror may open, its standing deposit with it. One query.

    Raises ``Application.DoesNotExist`` when it was not given to them, when they are recused from it,
    or when it is their own.
    """
    return Application.objects.readable_by(juror).select_related("last_deposit").get(uuid=uuid)


def has_a_seat(user: User) -> bool:
    """Whether the jury's space is for this person: a seat for a call that is not archived. One query."""
    return Juror.objects.of(user).exclude(jury__call__status=CallStatus.ARCHIVED).exists()
