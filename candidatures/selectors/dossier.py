"""Read models for pages: one call, a known number of queries."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Prefetch

from candidatures.models import (
    Application,
    BudgetLine,
    Call,
    CallPiece,
    Collaborator,
    Document,
    EligibilityCriterion,
    EligibilityDeclaration,
    Extension,
    PieceAnswer,
)
from candidatures.rules import Access, role_access

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User

_DOCUMENTS = Prefetch("documents", Document.objects.select_related("stored_file"))

_CONTENT = (
    "members",
    "works",
    "claims",
    "disciplines",
    "axes",
    "call__pieces",
    "call__criteria",
    Prefetch("budget_lines", BudgetLine.objects.order_by("order", "pk")),
    Prefetch("declarations", EligibilityDeclaration.objects.all()),
    Prefetch("answers", PieceAnswer.objects.all()),
    _DOCUMENTS,
)

#: What each page of the form needs beyond the dossier's own row; everything else stays unread.
SECTION_PREFETCH: dict[str, tuple[str | Prefetch, ...]] = {
    "identite": ("members",),
    "pratique": ("disciplines",),
    "conditions": ("declarations", "call__criteria"),
    "dossier-unique": (_DOCUMENTS, "answers"),
    "articulation": ("axes", "call__axes"),
    "budget": ("budget_lines",),
    "territoires": ("claims",),
    "engagements": (),
}
PIECE_PREFETCH: tuple[str | Prefetch, ...] = (_DOCUMENTS, "answers")
#: The people of a dossier, where a page names them.
PEOPLE = Prefetch("collaborators", Collaborator.objects.select_related("user"))


def base() -> ApplicationQuerySetType:
    """A dossier with its call, territory, money rules, its close and what its people were told: one query."""
    return (
        Application.objects.select_related("call__season__programme__territory", "call__money", "owner", "last_deposit")
        .with_told()
        .with_close()
    )


if TYPE_CHECKING:
    from candidatures.models.application import ApplicationQuerySet as ApplicationQuerySetType


def personal_deadline(call: Call, user_id: int | None) -> datetime:
    """The close for this person: the call's, or their own later extension. One query."""
    if user_id is None:
        return call.closes_at
    until = Extension.objects.filter(call=call, user_id=user_id).aggregate(until=Max("until"))["until"]
    return max(call.closes_at, until) if until else call.closes_at


def dossier(uuid: UUID, user: User | AnonymousUser, *prefetch: str | Prefetch) -> tuple[Application, Access]:
    """A dossier seen by one of its people, with their place in it.

    Raises ``Application.DoesNotExist`` to anyone else. Two queries, three for who is not its owner, plus one for
    each prefetch.
    """
    criteria = EligibilityCriterion.objects.filter(call=OuterRef("call"))
    asked = base().of(user).annotate(asks_conditions=Exists(criteria))
    application = asked.prefetch_related("call__pieces", *prefetch).get(uuid=uuid)
    application.call._asks_conditions = application.asks_conditions
    return application, role_access(application, user, application.closes_at)  # type: ignore[arg-type]


def full_dossier(uuid: UUID, user: User | AnonymousUser) -> tuple[Application, Access]:
    """The same with all its content, for the task list, the check page and the deposit."""
    return dossier(uuid, user, *_CONTENT)


def with_content(pk: int) -> Application:
    """All the content of a dossier whoever asks: for services, inside their transaction."""
    return base().prefetch_related(*_CONTENT).get(pk=pk)


def own_applications(user: User) -> list[Application]:
    """The person's own list, the last begun first: constant queries whatever its length.

    Not in the order of what changed: the desk's acts change a dossier too, and the artist is not to read them.
    """
    return list(base().of(user).order_by("-created_at", "-pk"))


def piece_by_code(application: Application, code: str) -> CallPiece | None:
    return next((piece for piece in application.call.pieces.all() if piece.code == code), None)
