"""The coordination's view of what a jury has read: one call, a known number of queries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch

from candidatures.enums import ReviewState
from candidatures.methods.anonymity import Clue
from candidatures.models import (
    Application,
    Assignment,
    BlindCopy,
    Deposit,
    DepositPiece,
    DiscussionComment,
    Recusal,
    Review,
    ScoringCriterion,
)
from candidatures.selectors import panel, ranking, reading

if TYPE_CHECKING:
    from candidatures.models import Juror, Jury

#: Points out of 20 between two readings of a dossier from which the committee should talk.
APART = 6


# The list -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One dossier in the list. ``owed``: readings given and not filed; ``behind``: filed on a deposit
    that a newer one replaced; ``copy`` is its anonymous copy, if it is made.
    """

    scores: ranking.Line
    given: int = 0
    filed: int = 0
    behind: int = 0
    recusals: int = 0
    copy: BlindCopy | None = None

    @property
    def application(self) -> Application:
        return self.scores.application

    @property
    def owed(self) -> int:
        return self.given - self.filed

    @property
    def disagreement(self) -> bool:
        """Advices are opposed, or two totals far apart."""
        apart = self.scores.range
        return self.scores.opposed or (apart is not None and apart >= APART)

    @property
    def to_judge(self) -> bool:
        return self.copy is not None and self.copy.judged_at is None and bool(self.copy.findings)


def lines(jury: Jury) -> list[Line]:
    """The jury's dossiers in the order of their numbers. Nine queries, ten when reading is blind."""
    given = Counter(panel.given(jury).filter(juror__in=jury.jurors.sitting()).values_list("application_id", flat=True))
    reviews = Review.objects.filter(juror__jury=jury).filed().standing()
    filed: Counter[int] = Counter()
    behind: Counter[int] = Counter()
    owed_to = Assignment.objects.to_read().filter(juror=OuterRef("juror"), application=OuterRef("application"))
    told = reviews.annotate(expected=Exists(owed_to.filter(juror__in=jury.jurors.sitting())))
    for pk, read, standing, expected in told.values_list(
        "application_id", "deposit_id", "application__last_deposit_id", "expected"
    ):
        filed[pk] += expected
        behind[pk] += read != standing
    recusals = Counter(
        Recusal.objects.standing()
        .filter(juror__in=jury.jurors.sitting(), juror__jury=jury)
        .values_list("application_id", flat=True)
    )
    copies: dict[int, BlindCopy] = {}
    if jury.is_blind:
        made = BlindCopy.objects.filter(deposit__in=jury.call.applications.for_jury().values("last_deposit_id"))
        copies = {copy.deposit_id: copy for copy in made}
    found = [
        Line(
            scores=row,
            given=given[row.application.pk],
            filed=filed[row.application.pk],
            behind=behind[row.application.pk],
            recusals=recusals[row.application.pk],
            copy=copies.get(row.application.last_deposit_id or 0),
        )
        for row in ranking.table(jury).lines
    ]
    return sorted(found, key=_by_number)


def _by_number(line: Line) -> str:
    deposit = line.application.last_deposit
    return deposit.number if deposit else ""


# One dossier ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """A member to whom the dossier was given, and where their reading stands."""

    assignment: Assignment
    review: Review | None

    @property
    def juror(self) -> Juror:
        return self.assignment.juror

    @property
    def filed(self) -> bool:
        return self.review is not None and self.review.state == ReviewState.FILED


@dataclass(frozen=True)
class Told:
    """A filed reading: who, on which deposit, what notes."""

    opinion: reading.Opinion
    read: str
    behind: bool


@dataclass(frozen=True)
class Clues:
    """What the machine read on one page of the anonymous copy. ``page`` 0: in the whole piece."""

    piece: str
    page: int
    at: int
    whats: list[str]


@dataclass(frozen=True)
class Panel:
    """One dossier as its jury sees it, for the coordination. No private notes."""

    application: Application
    readings: list[Told]
    waiting: list[Reader]
    recusals: list[Recusal]
    remarks: list[DiscussionComment]
    criteria: list[ScoringCriterion]
    copy: BlindCopy | None = None
    clues: list[Clues] = field(default_factory=list)
    pieces: list[tuple[DepositPiece, bool]] = field(default_factory=list)


def dossier(jury: Jury, uuid: UUID) -> Panel:
    """All of it. Nine queries. Raises ``Application.DoesNotExist`` for what is not before this jury."""
    pieces = DepositPiece.objects.order_by("order")
    application = (
        Application.objects.for_jury()
        .filter(call=jury.call_id)
        .select_related("last_deposit__blind_copy__judged_by")
        .prefetch_related(Prefetch("last_deposit__pieces", pieces))
        .get(uuid=uuid)
    )
    deposit = application.last_deposit
    assert deposit is not None
    criteria = list(ScoringCriterion.objects.filter(call=jury.call_id))
    opinions = reading.opinions(application, [reading.Mark(one, None, "") for one in criteria])
    read = dict(Deposit.objects.filter(application=application).values_list("pk", "number"))
    recusals = list(Recusal.objects.filter(application=application, juror__jury=jury).select_related("juror__user"))
    copy = getattr(deposit, "blind_copy", None)
    titles = {piece.code: piece.title for piece in deposit.pieces.all()}
    return Panel(
        application=application,
        readings=[Told(one, read[one.review.deposit_id], one.review.deposit_id != deposit.pk) for one in opinions],
        waiting=_waiting(application, jury, recusals),
        recusals=recusals,
        remarks=reading.remarks(application),
        criteria=criteria,
        copy=copy,
        clues=_clues(copy, titles) if copy else [],
        pieces=[(piece, piece.code in copy.withheld if copy else piece.identifying) for piece in deposit.pieces.all()],
    )


def _waiting(application: Application, jury: Jury, recusals: list[Recusal]) -> list[Reader]:
    """Who has not filed: members still sitting, recused ones apart. Two queries."""
    away = {recusal.juror_id for recusal in recusals if recusal.standing}
    drafts = {
        review.juror_id: review
        for review in Review.objects.filter(application=application).only("juror_id", "state", "updated_at")
    }
    given = (
        Assignment.objects.to_read()
        .filter(application=application, juror__in=jury.jurors.sitting())
        .select_related("juror__user", "juror__institution")
        .order_by("juror__user__last_name", "juror__user__first_name")
    )
    rows = [Reader(row, drafts.get(row.juror_id)) for row in given if row.juror_id not in away]
    return [row for row in rows if not row.filed]


def _clues(copy: BlindCopy, titles: dict[str, str]) -> list[Clues]:
    """The findings, one line a page."""
    grouped: dict[tuple[str, int, int], list[str]] = {}
    for found in copy.findings:
        place = (found["piece"], found["page"], found["at"])
        grouped.setdefault(place, []).append(str(Clue(found["what"]).label))
    return [Clues(titles.get(code, code), page, at, whats) for (code, page, at), whats in grouped.items()]
