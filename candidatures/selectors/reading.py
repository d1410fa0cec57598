"""What a juror's pages show: one call each, a known number of queries.

Everything starts from ``readable_by``: a dossier that is not the juror's to open is in no list, no
count and no neighbour here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from django.db.models import Exists, F, FilteredRelation, OuterRef, Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import DELIBERATED_STATES, Advice, AssignmentPurpose, ReviewState
from candidatures.methods import scoring
from candidatures.models import (
    Application,
    Assignment,
    Deposit,
    DiscussionComment,
    Juror,
    Recusal,
    Review,
    Score,
    ScoringCriterion,
)
from candidatures.models.application import ApplicationQuerySet
from candidatures.selectors.jury_face import Face, face
from clea.text import normalise

if TYPE_CHECKING:
    from clea.accounts.models import User

_REVIEW_COLUMNS = [field.attname for field in Review._meta.concrete_fields]


class Standing(Protocol):
    """Where a reading stands, on a row of the desk as on the dossier's own page."""

    @property
    def to_read(self) -> bool: ...
    @property
    def decided(self) -> bool: ...
    @property
    def started(self) -> bool: ...
    @property
    def filed(self) -> bool: ...
    @property
    def behind(self) -> bool: ...


def state_of(standing: Standing) -> tuple[str, str]:
    """The word of a reading's state, and the tone of its shape."""
    if standing.behind and not standing.decided:
        return _("nouveau dépôt à lire"), "attention"
    if standing.filed:
        return _("lecture déposée"), "done"
    if standing.decided:
        return _("jury prononcé"), "idle"
    if not standing.to_read:
        return _("en consultation"), "open"
    return (_("en cours"), "partial") if standing.started else (_("à lire"), "idle")


# One dossier ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A dossier as it is given to a juror, and what they wrote of it."""

    application: Application
    assignment: Assignment
    review: Review | None

    @property
    def to_read(self) -> bool:
        return self.assignment.purpose == AssignmentPurpose.READ

    @property
    def decided(self) -> bool:
        return self.application.state not in DELIBERATED_STATES

    @property
    def started(self) -> bool:
        return self.review is not None

    @property
    def filed(self) -> bool:
        return self.review is not None and self.review.state == ReviewState.FILED

    @property
    def behind(self) -> bool:
        """The reading is of a deposit that another one has replaced."""
        return self.review is not None and self.review.deposit_id != self.application.last_deposit_id


def place(juror: Juror, uuid: UUID) -> Place:
    """The dossier, its standing deposit, the assignment and the juror's own review. One query.

    Raises ``Application.DoesNotExist`` when it was not given to them, when they are recused from it,
    when it is their own, or when they no longer sit.
    """
    application = (
        _given(juror)
        .filter(Exists(Juror.objects.sitting().filter(pk=juror.pk)))
        .select_related("last_deposit")
        .annotate(given_id=F("given__pk"), purpose=F("given__purpose"))
        .annotate(**{f"mine_{name}": F(f"mine__{name}") for name in _REVIEW_COLUMNS})
        .get(uuid=uuid)
    )
    application.call = juror.jury.call
    given: Any = application
    assignment = Assignment(pk=given.given_id, juror=juror, application=application, purpose=given.purpose)
    review = None
    if given.mine_id is not None:
        review = Review.from_db(
            application._state.db or "default",
            _REVIEW_COLUMNS,
            [getattr(given, f"mine_{name}") for name in _REVIEW_COLUMNS],
        )
        review.juror, review.application = juror, application
    return Place(application, assignment, review)


def _given(juror: Juror) -> ApplicationQuerySet:
    """What this juror may open, once each: their assignment as ``given``, their review as ``mine``."""
    return Application.objects.readable_by(juror).alias(
        given=FilteredRelation("assignments", condition=Q(assignments__juror=juror)),
        mine=FilteredRelation("reviews", condition=Q(reviews__juror=juror)),
    )


@dataclass(frozen=True)
class Mark:
    """A criterion of the grid and what the juror gave it."""

    criterion: ScoringCriterion
    value: int | None
    comment: str

    @property
    def scored(self) -> scoring.Scored:
        return self.criterion.weight, self.criterion.max_score, self.value


def grid(juror: Juror, review: Review | None) -> list[Mark]:
    """The call's criteria in their order, with the notes of this review. One query."""
    criteria = ScoringCriterion.objects.filter(call=juror.jury.call_id).order_by("order", "pk")
    own = FilteredRelation("scores", condition=Q(scores__review=review.pk if review else None))
    rows: Any = criteria.alias(own=own).annotate(value=F("own__value"), said=F("own__comment")) if review else criteria
    return [Mark(row, getattr(row, "value", None), getattr(row, "said", "") or "") for row in rows]


def read_deposit(review: Review) -> Deposit:
    """The deposit a review was made on, without its answers. One query."""
    return Deposit.objects.defer("data").get(pk=review.deposit_id)


@dataclass(frozen=True)
class Neighbours:
    """What is left around a dossier, in the order of the deposits' numbers."""

    previous: UUID | None
    next: UUID | None
    #: Rank among what is left, and how many there are; the rank is 0 when this one is done.
    rank: int
    left: int


def neighbours(juror: Juror, application: Application) -> Neighbours:
    """The reading left before and after this one; past the end, it starts again. One query."""
    number = application.last_deposit.number if application.last_deposit else ""
    # Names made by a filtered relation are unknown to the type checker's plug-in: they go by Q.
    left = list(
        _given(juror)
        .filter(Q(("given__purpose", AssignmentPurpose.READ)), state__in=DELIBERATED_STATES)
        .exclude(Q(("mine__state", ReviewState.FILED)))
        .order_by("last_deposit__number")
        .values_list("last_deposit__number", "uuid")
    )
    before = [uuid for other, uuid in left if other < number]
    after = [uuid for other, uuid in left if other > number]
    rank = next((rank for rank, (_n, uuid) in enumerate(left, start=1) if uuid == application.uuid), 0)
    return Neighbours(
        previous=before[-1] if before else None,
        next=after[0] if after else (before[0] if before else None),
        rank=rank,
        left=len(left),
    )


# The desk -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A dossier on the desk, under the only name the juror may give it."""

    uuid: UUID
    face: Face
    disciplines: list[str]
    city: str
    pages: int | None
    to_read: bool
    decided: bool
    started: bool
    filed: bool
    behind: bool
    advice: str
    total: scoring.Partial
    updated_at: datetime | None

    @property
    def owed(self) -> bool:
        """A reading is still expected."""
        return self.to_read and not self.filed and not self.decided

    @cached_property
    def state(self) -> tuple[str, str]:
        return state_of(self)

    @property
    def word(self) -> str:
        return self.state[0]

    @property
    def tone(self) -> str:
        return self.state[1]

    @property
    def length(self) -> str:
        return ngettext("%(n)s page", "%(n)s pages", self.pages or 0) % {"n": self.pages}

    @property
    def found_by(self) -> str:
        """What a search reads: nothing that the row does not show."""
        return normalise(" ".join([self.face.label, self.face.number, self.city, *self.disciplines]))


@dataclass(frozen=True)
class Desk:
    """A juror's dossiers. Figures count everything; the rows are those of the search, sorted."""

    to_read: list[Row]
    consult: list[Row]
    done: int
    owed: int
    everything: int

    @property
    def total(self) -> int:
        return self.done + self.owed

    @property
    def shown(self) -> int:
        return len(self.to_read) + len(self.consult)


SORTS = ("reste", "numero", "note", "pages")


def desk(juror: Juror, *, search: str = "", sort: str = "reste") -> Desk:
    """Every dossier this juror may open. Three queries, whatever their number.

    The city is not even read while identities are withheld, nor is any column that a row would
    not show: a search cannot find what is hidden.
    """
    rows = [_row(juror, application, totals) for totals in [_totals(juror)] for application in _listed(juror)]
    wanted = normalise(search)
    found = [row for row in rows if all(word in row.found_by for word in wanted.split())]
    found.sort(key=_order(sort))
    return Desk(
        to_read=[row for row in found if row.to_read],
        consult=[row for row in found if not row.to_read],
        done=sum(row.filed for row in rows),
        owed=sum(row.owed for row in rows),
        everything=len(rows),
    )


def _listed(juror: Juror) -> ApplicationQuerySet:
    copy = "blind_copy" if juror.jury.is_blind else "assembly"
    answers = "last_deposit__data__"
    city = {} if juror.jury.is_blind else {"frozen_city": F(f"{answers}identity__city")}
    return (
        _given(juror)
        .select_related("last_deposit")
        .only("uuid", "state", "artist_name", "first_name", "last_name", "last_deposit__number")
        .annotate(
            purpose=F("given__purpose"),
            frozen_disciplines=F(f"{answers}practice__disciplines"),
            pages=F(f"last_deposit__{copy}__stored_file__pages"),
            review_id=F("mine__pk"),
            review_state=F("mine__state"),
            advice=F("mine__advice"),
            deposit_id=F("mine__deposit_id"),
            written_at=F("mine__updated_at"),
            **city,
        )
    )


def _totals(juror: Juror) -> tuple[list[ScoringCriterion], dict[int, dict[int, int]]]:
    given: dict[int, dict[int, int]] = defaultdict(dict)
    scores = Score.objects.filter(review__juror=juror)
    for review, criterion, value in scores.values_list("review_id", "criterion_id", "value"):
        if value is not None:
            given[review][criterion] = value
    return list(ScoringCriterion.objects.filter(call=juror.jury.call_id)), given


def _row(juror: Juror, row: Any, totals: tuple[list[ScoringCriterion], dict[int, dict[int, int]]]) -> Row:
    criteria, given = totals
    notes = given.get(row.review_id, {})
    return Row(
        uuid=row.uuid,
        face=face(row, juror),
        disciplines=list(row.frozen_disciplines or []),
        city=getattr(row, "frozen_city", "") or "",
        pages=row.pages,
        to_read=row.purpose == AssignmentPurpose.READ,
        decided=row.state not in DELIBERATED_STATES,
        started=row.review_id is not None,
        filed=row.review_state == ReviewState.FILED,
        behind=row.review_id is not None and row.deposit_id != row.last_deposit_id,
        advice=str(Advice(row.advice).label) if row.advice else "",
        total=scoring.partial((one.weight, one.max_score, notes.get(one.pk)) for one in criteria),
        updated_at=row.written_at,
    )


def _order(sort: str) -> Any:
    """In progress, then not begun, then filed; or by number, own total or length."""

    def left(row: Row) -> int:
        if row.decided:
            return 4
        if row.filed:
            return 2 if row.behind else 3
        return 0 if row.started else 1

    def note(row: Row) -> Decimal:
        return -row.total.value if row.total.value is not None and row.total.complete else Decimal(1)

    keys = {
        "numero": lambda row: (row.face.number,),
        "note": lambda row: (note(row), row.face.number),
        "pages": lambda row: (-(row.pages or 0), row.face.number),
    }
    return keys.get(sort, lambda row: (left(row), row.face.number))


# Together -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opinion:
    """Another member's filed review."""

    review: Review
    marks: list[tuple[ScoringCriterion, Score | None]]
    total: Decimal | None

    @property
    def abstains(self) -> bool:
        return self.review.advice == Advice.ABSTAIN


def opinions(application: Application, marks: list[Mark], *, but: Juror | None = None) -> list[Opinion]:
    """Filed reviews of a dossier, not those of recused members nor of ``but``. Private notes stay unread.
    Two queries. ``marks`` gives the criteria.
    """
    reviews = (
        Review.objects.filter(application=application)
        .filed()
        .standing()
        .defer("private_notes")
        .select_related("juror__user", "juror__institution")
        .prefetch_related(Prefetch("scores", Score.objects.all()))
        .order_by("juror__user__last_name", "juror__user__first_name", "pk")
    )
    if but is not None:
        reviews = reviews.exclude(juror=but)
    found = []
    for review in reviews:
        by_criterion = {score.criterion_id: score for score in review.scores.all()}
        paired = [(mark.criterion, by_criterion.get(mark.criterion.pk)) for mark in marks]
        total = scoring.total((one.weight, one.max_score, score.value if score else None) for one, score in paired)
        found.append(Opinion(review, paired, None if review.advice == Advice.ABSTAIN else total))
    return found


def remarks(application: Application) -> list[DiscussionComment]:
    """The discussion in its order, without what recused members said. One query."""
    recused = Recusal.objects.standing().filter(juror=OuterRef("juror"), application=OuterRef("application"))
    return list(
        DiscussionComment.objects.filter(application=application)
        .exclude(Exists(recused))
        .select_related("author", "juror__institution")
    )


# Seats ----------------------------------------------------------------------------------------------


def juries_of(user: User) -> list[Juror]:
    """The person's seats, the call that closed last first. One query."""
    return list(
        Juror.objects.of(user)
        .select_related("jury__call__season__programme__territory", "institution")
        .order_by("-jury__call__closes_at", "pk")
    )
