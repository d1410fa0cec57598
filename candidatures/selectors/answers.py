"""After the decision, read whole: what each dossier must be told, what was, who answered, what is free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from candidatures.enums import (
    DECIDED_STATES,
    HOLDING_OFFERS,
    ApplicationState,
    CheckResult,
    InterviewOutcome,
    LetterOutcome,
    OfferState,
    Outcome,
)
from candidatures.models import (
    Application,
    Decision,
    EligibilityCheck,
    Extension,
    InterviewSlot,
    Letter,
    Offer,
    Position,
)
from candidatures.selectors import outside
from candidatures.selectors.outside import Conflict
from candidatures.selectors.sessions import standing_decisions
from clea.mail.enums import MailState

if TYPE_CHECKING:
    from datetime import datetime

    from candidatures.models import Jury

S = ApplicationState
#: Letters that may still leave.
UNSENT = frozenset({MailState.DRAFT, MailState.APPROVED, MailState.FAILED})


@dataclass
class Case:
    """One dossier after the decision. ``letters`` and ``offers`` are the newest first."""

    application: Application
    decision: Decision | None = None
    letters: list[Letter] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    unmet: list[EligibilityCheck] = field(default_factory=list)
    interviewed: bool = False
    position: Position | None = None
    #: The artist's own close, when they have more time than the call.
    extended_to: datetime | None = None

    @property
    def due(self) -> LetterOutcome | None:
        """What the dossier must be told today, from its state. Nothing for who left by themselves."""
        state = S(self.application.state)
        if state == S.SELECTED:
            reserve = self.decision is not None and self.decision.outcome == Outcome.RESERVE
            return LetterOutcome.CALLED if reserve else LetterOutcome.SELECTED
        return {
            S.RESERVE: LetterOutcome.RESERVE,
            S.DECLINED: LetterOutcome.DECLINED,
            S.INELIGIBLE: LetterOutcome.INELIGIBLE,
            S.ELSEWHERE: LetterOutcome.ELSEWHERE,
        }.get(state)

    @property
    def letter(self) -> Letter | None:
        """The letter that stands: the last one neither cancelled nor followed by a cancelled offer."""
        return next((letter for letter in self.letters if _stands(letter)), None)

    @property
    def to_write(self) -> bool:
        """A letter is due and nobody drafted it."""
        return self.due is not None and (self.letter is None or self.letter.outcome != self.due)

    @property
    def outdated(self) -> list[Letter]:
        """Letters not gone yet that announce something else than what is due."""
        return [letter for letter in self.letters if letter.mail.state in UNSENT and (letter.outcome != self.due)]

    @property
    def sent(self) -> Letter | None:
        """The last letter that left."""
        return next((letter for letter in self.letters if letter.mail.state == MailState.SENT), None)

    @property
    def offer(self) -> Offer | None:
        """The offer that holds a position, else the last one."""
        holding = (offer for offer in self.offers if offer.state in HOLDING_OFFERS)
        return next(holding, self.offers[0] if self.offers else None)

    @property
    def blocking(self) -> list[Conflict]:
        return [conflict for conflict in self.conflicts if conflict.blocks]

    @property
    def accepted(self) -> bool:
        return self.offer is not None and self.offer.state == OfferState.ACCEPTED

    @property
    def reserve_rank(self) -> int | None:
        return self.decision.reserve_rank if self.decision is not None else None


def _stands(letter: Letter) -> bool:
    if letter.mail.state == MailState.CANCELLED:
        return False
    offer: Offer | None = getattr(letter, "offer", None)
    return offer is None or offer.state != OfferState.CANCELLED


def cases(jury: Jury, applications: Iterable[Application] | None = None) -> list[Case]:
    """Every dossier of the jury that was decided, or found inadmissible. Nine or ten queries, whatever their number.

    ``applications`` narrows to these dossiers. In the order of the decisions, then of deposit numbers.
    """
    decisions = {row.application_id: row for row in standing_decisions(jury)}
    rows = (
        Application.objects.filter(call=jury.call_id, last_deposit__isnull=False)
        .filter(state__in=DECIDED_STATES | {S.INELIGIBLE})
        .select_related("last_deposit", "owner")
    )
    if applications is not None:
        rows = rows.filter(pk__in=[application.pk for application in applications])
    held = InterviewSlot.objects.filter(application=OuterRef("pk"), outcome=InterviewOutcome.HELD)
    found: dict[int, Case] = {}
    for application in rows.annotate(was_heard=Exists(held)).order_by("last_deposit__number"):
        application.call = jury.call
        found[application.pk] = Case(
            application, decisions.get(application.pk), interviewed=bool(application.was_heard)
        )
    for letter in Letter.objects.filter(application__in=found).select_related("mail", "rule", "offer").order_by("-pk"):
        found[letter.application_id].letters.append(letter)
    for offer in (
        Offer.objects.filter(application__in=found)
        .select_related("position", "letter__mail", "answered_by")
        .order_by("-pk")
    ):
        found[offer.application_id].offers.append(offer)
    for key, conflict in outside.conflicts(jury, decisions).items():
        if key in found:
            found[key].conflicts = conflict
    for check in EligibilityCheck.objects.filter(
        application__in=found, application__state=S.INELIGIBLE, result=CheckResult.NOT_MET
    ).select_related("criterion"):
        found[check.application_id].unmet.append(check)
    by_owner = {case.application.owner_id: case for case in found.values()}
    for extension in Extension.objects.filter(call=jury.call_id, user__in=by_owner).order_by("until"):
        by_owner[extension.user_id].extended_to = extension.until
    positions = list(jury.call.positions.all())
    for case in found.values():
        case.position = _position(case, positions)
    return sorted(found.values(), key=_order)


def _position(case: Case, positions: list[Position]) -> Position | None:
    """The residency of a dossier: the one offered, else the one decided, else the only one there is."""
    for offer in case.offers:
        if offer.position is not None and offer.state != OfferState.CANCELLED:
            return offer.position
    if case.decision is not None and case.decision.position is not None:
        return case.decision.position
    return positions[0] if len(positions) == 1 else None


_OUTCOMES = [S.SELECTED, S.RESERVE, S.DECLINED, S.INELIGIBLE, S.ELSEWHERE, S.RENOUNCED]


def _order(case: Case) -> tuple[int, int, int, str]:
    decision, deposit = case.decision, case.application.last_deposit
    rank = decision.rank if decision is not None and decision.rank is not None else 10**6
    reserve = case.reserve_rank if case.reserve_rank is not None else 10**6
    return _OUTCOMES.index(S(case.application.state)), reserve, rank, deposit.number if deposit else ""


@dataclass
class PositionLine:
    """A residency of the call: how many there are, who holds them, what is free.

    ``position`` is missing for artists selected without one, when the call has several.
    """

    position: Position | None
    holders: list[Case] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.position.count if self.position is not None else 0

    @property
    def accepted(self) -> int:
        return sum(case.accepted for case in self.holders)

    @property
    def pending(self) -> int:
        """Selected, and no yes yet: an answer is awaited, or the letter has not been written."""
        return len(self.holders) - self.accepted


@dataclass
class Board:
    """Positions, answers and the reserve list of a jury."""

    cases: list[Case]
    lines: list[PositionLine]

    @property
    def total(self) -> int:
        return sum(line.count for line in self.lines)

    @property
    def accepted(self) -> int:
        return sum(line.accepted for line in self.lines)

    @property
    def pending(self) -> int:
        return sum(line.pending for line in self.lines)

    @property
    def free(self) -> int:
        """Positions that nobody holds; never below zero."""
        return max(0, self.total - self.accepted - self.pending)

    def free_of(self, line: PositionLine) -> int:
        """Free positions of one kind; those selected without a known position count against all."""
        return max(0, min(line.count - line.accepted - line.pending, self.free))

    @property
    def reserve(self) -> list[Case]:
        """The reserve list, in the order of calls."""
        return [case for case in self.cases if case.application.state == S.RESERVE]

    def next_for(self, position: Position | None) -> Case | None:
        """Who is called next: the first of the reserve list that another territory does not keep.

        A place on the list decided for another residency waits for that one.
        """
        return next(
            (
                case
                for case in self.reserve
                if not case.blocking
                and (
                    position is None
                    or case.decision is None
                    or case.decision.position_id is None
                    or case.decision.position_id == position.pk
                )
            ),
            None,
        )

    def of(self, application: Application) -> Case | None:
        return next((case for case in self.cases if case.application.pk == application.pk), None)

    def line_of(self, position: Position | None) -> PositionLine | None:
        return next((line for line in self.lines if line.position == position), None)


def board(jury: Jury) -> Board:
    """The answers' page, whole. As many queries as :func:`cases`."""
    found = cases(jury)
    lines = [PositionLine(position) for position in jury.call.positions.all()]
    nowhere = PositionLine(None)
    for case in found:
        if case.application.state == S.SELECTED:
            next((line for line in lines if line.position == case.position), nowhere).holders.append(case)
    return Board(found, [*lines, nowhere] if nowhere.holders else lines)


@dataclass(frozen=True)
class Told:
    """What a dossier's people know: the letter that left, and its offer."""

    letter: Letter
    offer: Offer | None

    @property
    def outcome(self) -> LetterOutcome:
        return LetterOutcome(self.letter.outcome)


def told(application: Application) -> Told | None:
    """The last letter that left, for the dossier's own pages. One query, none before a decision."""
    if not application.was_told:
        return None
    letter = (
        Letter.objects.telling(application.state)
        .filter(application=application)
        .select_related("mail", "offer__position", "offer__answered_by", "decision")
        .first()
    )
    return Told(letter, getattr(letter, "offer", None)) if letter is not None else None
