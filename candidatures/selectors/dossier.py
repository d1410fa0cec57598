"""Read models for pages: one call, a known number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Prefetch, QuerySet, prefetch_related_objects

from candidatures.models import (
    Application,
    Axis,
    BudgetLine,
    Call,
    CallPiece,
    Collaborator,
    Discipline,
    Document,
    EligibilityCriterion,
    EligibilityDeclaration,
    Extension,
    Member,
    PieceAnswer,
    TerritoryClaim,
    WorkItem,
)
from candidatures.rules import Access, role_access
from candidatures.selectors import asked
from clea.journal import standing

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User

#: What hangs from a dossier, as it is read. A dossier is empty for long: the row says which of them hold anything,
#: and the others are not asked for.
_HANGING: dict[str, QuerySet[Any]] = {
    "members": Member.objects.filter(application=OuterRef("pk")),
    "works": WorkItem.objects.filter(application=OuterRef("pk")),
    "claims": TerritoryClaim.objects.filter(application=OuterRef("pk")),
    "disciplines": Discipline.objects.filter(applications=OuterRef("pk")),
    "axes": Axis.objects.filter(applications=OuterRef("pk")),
    "budget_lines": BudgetLine.objects.filter(application=OuterRef("pk")),
    "declarations": EligibilityDeclaration.objects.filter(application=OuterRef("pk")),
    "answers": PieceAnswer.objects.filter(application=OuterRef("pk")),
    "documents": Document.objects.filter(application=OuterRef("pk")),
    "collaborators": Collaborator.objects.filter(application=OuterRef("pk")),
    "call__criteria": EligibilityCriterion.objects.filter(call=OuterRef("call")),
}
_READ: dict[str, QuerySet[Any]] = {
    "budget_lines": BudgetLine.objects.order_by("order", "pk"),
    "documents": Document.objects.select_related("stored_file"),
    "collaborators": Collaborator.objects.select_related("user"),
}
_CONTENT = ("call__pieces", *_HANGING)

#: What each page of the form needs beyond the dossier's own row and the call's pieces, which tell the page that
#: follows; everything else stays unread.
SECTION_PREFETCH: dict[str, tuple[str, ...]] = {
    "identite": ("members",),
    "pratique": ("disciplines",),
    "conditions": ("declarations", "call__criteria"),
    "dossier-unique": ("documents", "answers"),
    "articulation": ("axes", "call__axes"),
    "budget": ("budget_lines",),
    "territoires": ("claims",),
    "engagements": (),
}
PIECE_PREFETCH: tuple[str, ...] = ("documents", "answers")
#: Where what a call asks for stood when a dossier was read.
_STANDS = "_stands"
#: The people of a dossier, where a page names them.
PEOPLE = "collaborators"


def base() -> ApplicationQuerySetType:
    """A dossier with its call, territory, money rules, its close and what its people were told: one query."""
    return (
        Application.objects.select_related("call__season__programme__territory", "call__money", "owner", "last_deposit")
        # All that was filed: a page says its number.
        .defer("last_deposit__data")
        .with_told()
        .with_close()
    )


if TYPE_CHECKING:
    from candidatures.models.application import ApplicationQuerySet as ApplicationQuerySetType


def personal_deadline(call: Call, user_id: int | None) -> datetime:
    """The close for this person: the call's, or their own later extension. One query, unless ``with_close_for``."""
    if user_id is None:
        return call.closes_at
    if call.__dict__.get("_read_for") == user_id:
        until = call._extended_to
    else:
        until = Extension.objects.filter(call=call, user_id=user_id).aggregate(until=Max("until"))["until"]
    return max(call.closes_at, until) if until else call.closes_at


def dossier(uuid: UUID, user: User | AnonymousUser, *wanted: str, locked: bool = False) -> tuple[Application, Access]:
    """A dossier seen by one of its people, with their place in it.

    Raises ``Application.DoesNotExist`` to anyone else. One query, two for who is not its owner, plus one for
    each relation wanted that holds something; what the call asks for, once a process while it stands.
    ``locked``: its row is held until the transaction ends; one query more if somebody else held it.
    """
    application = _read(base().of(user), wanted, locked=locked, uuid=uuid)
    return application, role_access(application, user, application.closes_at)  # type: ignore[arg-type]


def acting(uuid: UUID, user: User | AnonymousUser) -> tuple[Application, Access]:
    """The same, for an act that shows nothing: what one's right and the close need, and the call's pieces."""
    rows = Application.objects.select_related("call", "owner", "last_deposit").defer("last_deposit__data")
    application = rows.with_close().of(user).annotate(**{_STANDS: standing.word()}).get(uuid=uuid)
    application.read_at = standing.since(getattr(application, _STANDS))
    asked.give(application.call, "call__pieces", application.read_at)
    return application, role_access(application, user, application.closes_at)  # type: ignore[arg-type]


def _read(rows: ApplicationQuerySetType, wanted: Sequence[str], *, locked: bool = False, **key: object) -> Application:
    """One dossier, and what is wanted of the rest."""
    holds = {_mark(name): Exists(_HANGING[name]) for name in {*wanted, "call__criteria"} if name in _HANGING}
    rows = rows.annotate(**{_STANDS: standing.word()}, **holds)
    application = rows.held(**key) if locked else rows.get(**key)
    application.call._asks_conditions = getattr(application, _mark("call__criteria"))
    application.read_at = standing.since(getattr(application, _STANDS))
    own = []
    for name in wanted:
        if name in asked.PARTS:
            asked.give(application.call, name, application.read_at)
        else:
            own.append(_part(application, name))
    prefetch_related_objects([application], *own)
    return application


def _mark(name: str) -> str:
    return f"_holds_{name.replace('__', '_')}"


def _part(application: Application, name: str) -> str | Prefetch:
    if name not in _HANGING:
        return name
    read = _READ.get(name, _HANGING[name].model._default_manager.all())
    return Prefetch(name, read if getattr(application, _mark(name)) else read.none())


def full_dossier(uuid: UUID, user: User | AnonymousUser) -> tuple[Application, Access]:
    """The same with all its content, for the task list, the check page and the deposit."""
    return dossier(uuid, user, *_CONTENT)


def with_content(pk: int) -> Application:
    """All the content of a dossier whoever asks, its row held: for services, inside their transaction."""
    return _read(base(), _CONTENT, locked=True, pk=pk)


def own_applications(user: User) -> list[Application]:
    """The person's own list, the last begun first: constant queries whatever its length.

    Not in the order of what changed: the desk's acts change a dossier too, and the artist is not to read them.
    """
    # Their keys first: among so many tables the planner would read every dossier before it asks whose it is.
    keys = list(Application.objects.of(user).values_list("pk", flat=True))
    return list(base().filter(pk__in=keys).order_by("-created_at", "-pk"))


def piece_by_code(application: Application, code: str) -> CallPiece | None:
    return next((piece for piece in application.call.pieces.all() if piece.code == code), None)
