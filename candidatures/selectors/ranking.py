"""The ranking of a jury's dossiers: means, dispersion, the readers' leanings taken off, how sure a rank is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import Max, Q, Subquery, Sum, prefetch_related_objects

from candidatures.enums import Advice
from candidatures.methods import intervals, scoring, severity
from candidatures.models import Application, Assignment, Position, Review, ScoringCriterion
from candidatures.rules.jury import can_see_others

if TYPE_CHECKING:
    from candidatures.methods.intervals import Interval
    from candidatures.methods.severity import Correction
    from candidatures.models import Juror, Jury

RANK = "rank"
DISAGREEMENT = "disagreement"


@dataclass(frozen=True)
class Line:
    """One dossier. Scores are out of 20, to the hundredth; ``None``: no reading counts yet.

    ``rank`` follows the score that was asked for, raw or corrected; equal scores share a rank.
    ``n``: readings that count, abstentions apart. ``sd`` needs two of them. ``criteria``: the mean
    of each criterion on its own scale, in their order.
    """

    application: Application
    mean: Decimal | None = None
    corrected: Decimal | None = None
    rank: int | None = None
    raw_rank: int | None = None
    corrected_rank: int | None = None
    n: int = 0
    abstentions: int = 0
    sd: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    advices: Mapping[str, int] = field(default_factory=dict)
    incomplete: bool = False
    criteria: tuple[Decimal | None, ...] = ()
    interval: Interval | None = None

    @property
    def range(self) -> Decimal | None:
        """Between the kindest and the most severe reading."""
        return None if self.low is None or self.high is None else self.high - self.low

    @property
    def opposed(self) -> bool:
        """One reader is for it, another against."""
        return bool(self.advices.get(Advice.FAVOURABLE) and self.advices.get(Advice.UNFAVOURABLE))

    @property
    def moved(self) -> int:
        """Ranks won by the correction; below zero, lost."""
        return (self.raw_rank or 0) - (self.corrected_rank or 0)


@dataclass(frozen=True)
class Ranking:
    """The dossiers in the order asked, and what the figures rest on.

    ``correction.groups`` above one: some dossiers share no reader with others, and the correction
    cannot compare them. ``positions``: residencies to award.
    """

    lines: list[Line]
    criteria: list[ScoringCriterion]
    correction: Correction
    corrected: bool
    positions: int
    wanted: int

    @property
    def scored(self) -> list[Line]:
        """Those with a rank, in the order of the ranks."""
        return sorted((line for line in self.lines if line.rank), key=_by_rank)

    @property
    def incomplete(self) -> int:
        return sum(line.incomplete for line in self.lines)

    def of(self, application: Application) -> Line | None:
        return next((line for line in self.lines if line.application.pk == application.pk), None)


#: What a line's dossier is read with: the table is as long as the call is popular.
_SHOWN = (
    "uuid",
    "call_id",
    "state",
    "applicant_kind",
    "artist_name",
    "first_name",
    "last_name",
    "owner_id",
    "last_deposit__uuid",
    "last_deposit__number",
    "last_deposit__received_at",
)

#: What a reading says beside its notes.
_WORDS = {
    "comment": "comment",
    "filed_at": "filed_at",
    "number": "deposit__number",
    "institution": "juror__institution__name",
    "first_name": "juror__user__first_name",
    "last_name": "juror__user__last_name",
    "email": "juror__user__email",
}


@dataclass(frozen=True)
class Reading:
    """A filed reading by a member who is not recused. ``marks``: note and comment by criterion.

    ``words`` holds what :data:`_WORDS` names, when it was asked for. Private notes are nowhere here.
    """

    application: int
    juror: int
    advice: str
    marks: dict[int, tuple[int | None, str]] = field(default_factory=dict)
    words: Mapping[str, Any] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        return self.advice != Advice.ABSTAIN

    def noted(self, scales: Sequence[Scale]) -> Noted:
        return self.application, self.juror, self.advice, *(self.marks.get(row[0], (None, ""))[0] for row in scales)

    def total(self, criteria: Sequence[ScoringCriterion]) -> Decimal | None:
        """Out of 20; ``None`` while it lacks a note, of a criterion added since for instance."""
        return scoring.total((row.weight, row.max_score, self.marks.get(row.pk, (None,))[0]) for row in criteria)


def readings(jury: Jury) -> list[Reading]:
    """All the filed readings of a jury, their words and notes, in the order of the dossiers' numbers. One query."""
    rows = (
        Review.objects.filter(juror__jury=jury)
        .filed()
        .standing()
        .order_by("application__last_deposit__number", "juror__user__last_name", "juror__user__first_name", "pk")
        .values_list(
            "pk",
            "application_id",
            "juror_id",
            "advice",
            "scores__criterion_id",
            "scores__value",
            "scores__comment",
            *_WORDS.values(),
        )
    )
    found: dict[int, Reading] = {}
    for key, application, juror, advice, criterion, value, comment, *words in rows:
        reading = found.get(key)
        if reading is None:
            reading = found[key] = Reading(application, juror, advice, words=dict(zip(_WORDS, words, strict=True)))
        if criterion is not None:
            reading.marks[criterion] = value, comment
    return list(found.values())


#: A reading as its figures need it: dossier, member, advice, then a note by criterion, in their order.
Noted = tuple[Any, ...]
#: A criterion: its key, its weight, its maximum.
Scale = tuple[int, int, int]


def _noted(jury: Jury, scales: Sequence[Scale]) -> list[Noted]:
    """The same readings in no order, with the notes alone: a row each. One query."""
    notes = {f"note_{key}": Max("scores__value", filter=Q(scores__criterion=key)) for key, _weight, _max in scales}
    rows = (
        Review.objects.filter(juror__jury=jury)
        .filed()
        .standing()
        .order_by()
        .values_list("pk", "application_id", "juror_id", "advice")
        .annotate(**notes)
    )
    return [row[1:] for row in rows]


@dataclass(frozen=True)
class _Score:
    """What the readings of a dossier come to."""

    mean: Decimal | None = None
    n: int = 0
    sd: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    advices: Mapping[str, int] = field(default_factory=dict)
    criteria: tuple[Decimal | None, ...] = ()


@dataclass(frozen=True, eq=False)
class _Figures:
    """What a set of readings comes to: each dossier's, and the readers' leanings. Shared: never to be changed."""

    scores: Mapping[int, _Score]
    observations: tuple[severity.Observation, ...]
    correction: Correction
    none: _Score

    def of(self, dossier: int) -> _Score:
        return self.scores.get(dossier, self.none)


@lru_cache(maxsize=4)
def _figures(noted: tuple[Noted, ...], scales: tuple[Scale, ...]) -> _Figures:
    """Not computed again for the same readings: thousands of notes, that a page of the ranking only shows."""
    advices: dict[int, Counter[str]] = defaultdict(Counter)
    totals: dict[int, dict[int, Decimal]] = defaultdict(dict)
    notes: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for dossier, juror, advice, *given in noted:
        advices[dossier][advice] += 1
        if advice == Advice.ABSTAIN:
            continue
        total = scoring.total((scale[1], scale[2], note) for scale, note in zip(scales, given, strict=True))
        if total is not None:
            totals[dossier][juror] = total
            notes[dossier].append(tuple(note or 0 for note in given))
    scores = {}
    for dossier, said in advices.items():
        values = list(totals[dossier].values()) if dossier in totals else []
        scores[dossier] = _Score(
            mean=scoring.mean(values),
            n=len(values),
            sd=scoring.deviation(values),
            low=min(values, default=None),
            high=max(values, default=None),
            advices=dict(said),
            criteria=tuple(map(scoring.mean, zip(*notes[dossier], strict=True))) if values else (None,) * len(scales),
        )
    observations = tuple(
        severity.Observation(key, juror, float(value))
        for key, given in sorted(totals.items())
        for juror, value in sorted(given.items())
    )
    return _Figures(scores, observations, severity.correct(observations), _Score(criteria=(None,) * len(scales)))


@lru_cache(maxsize=4)
def _intervals(figures: _Figures, places: int, corrected: bool) -> Mapping[Hashable, Interval]:
    """:func:`intervals.bootstrap`, a thousand draws, not computed again for the same readings."""
    return intervals.bootstrap(figures.observations, places=places, corrected=corrected)


def table(
    jury: Jury,
    *,
    corrected: bool = False,
    with_intervals: bool = False,
    only: Collection[int] | None = None,
    order: str = RANK,
    read: Sequence[Reading] | None = None,
) -> Ranking:
    """The ranking of the dossiers a jury may be given, decided ones included. Three queries.

    ``corrected`` ranks by the corrected score; both are always there. ``only``: keys of the dossiers
    that may be seen, and nothing of the others enters any figure. ``order``: ``rank``,
    ``disagreement``, or the key of a criterion. ``read``: :func:`readings`, when the caller has them.
    What is estimated from the scores is kept by the process for the next reader of the same scores.
    """
    applications = _dossiers(jury, only)
    criteria, positions = _grid(jury)
    known = {application.pk for application in applications}
    scales = tuple((row.pk, row.weight, row.max_score) for row in criteria)
    noted = _noted(jury, scales) if read is None else [reading.noted(scales) for reading in read]
    figures = _figures(tuple(row for row in noted if row[0] in known), scales)
    correction = figures.correction
    found = _intervals(figures, positions, corrected) if with_intervals and figures.observations else {}
    means = [figures.of(row.pk).mean for row in applications]
    freed = [
        _hundredth(correction.corrected[row.pk]) if mean is not None and correction.applied else mean
        for row, mean in zip(applications, means, strict=True)
    ]
    first, second = _places(means), _places(freed)
    lines = []
    for place, application in enumerate(applications):
        own = figures.of(application.pk)
        lines.append(
            Line(
                application=application,
                mean=own.mean,
                corrected=freed[place],
                rank=second[place] if corrected else first[place],
                raw_rank=first[place],
                corrected_rank=second[place],
                n=own.n,
                abstentions=own.advices.get(Advice.ABSTAIN, 0),
                sd=own.sd,
                low=own.low,
                high=own.high,
                advices=own.advices,
                incomplete=own.n < jury.readers_per_dossier,
                criteria=own.criteria,
                interval=found.get(application.pk),
            )
        )
    return Ranking(
        lines=sort(lines, criteria, order),
        criteria=criteria,
        correction=correction,
        corrected=corrected,
        positions=positions,
        wanted=jury.readers_per_dossier,
    )


def _grid(jury: Jury) -> tuple[list[ScoringCriterion], int]:
    """The criteria, and how many residencies there are to award. One query; two without criteria."""
    places = Position.objects.filter(call=jury.call_id).order_by().values("call").annotate(n=Sum("count"))
    criteria = list(ScoringCriterion.objects.filter(call=jury.call_id).annotate(places=Subquery(places.values("n"))))
    found = criteria[0].places if criteria else places.values_list("n", flat=True).first()
    return list[ScoringCriterion](criteria), found or 0


def open_to(juror: Juror) -> set[int]:
    """Keys of the dossiers whose scores this member may read now. Three queries.

    The one door of a juror, then the rule of the discussion: after one's own reading, or given to
    consult. A recused or unassigned dossier is in no figure that comes of it.
    """
    keys = set(Application.objects.readable_by(juror).values_list("pk", flat=True))
    given = {row.application_id: row for row in Assignment.objects.filter(juror=juror, application__in=keys)}
    mine = {
        row.application_id: row
        for row in Review.objects.filter(juror=juror, application__in=keys).only("application_id", "state")
    }
    return {key for key in keys if can_see_others(juror, given.get(key), mine.get(key))}


def _dossiers(jury: Jury, only: Collection[int] | None) -> list[Application]:
    found = Application.objects.for_jury().filter(call=jury.call_id)
    if only is not None:
        found = found.filter(pk__in=only)
    rows = list(found.select_related("last_deposit").only(*_SHOWN).order_by("last_deposit__number"))
    # Who gave no name goes by their account's.
    prefetch_related_objects([row for row in rows if not (row.artist_name or row.legal_name)], "owner")
    return rows


def _hundredth(value: float | Decimal) -> Decimal:
    # Ten places first: 14.345 is 14.344999… in binary, and reads 14.35.
    return Decimal(f"{value:.10f}").quantize(Decimal("0.01"), ROUND_HALF_UP)


def _places(values: Iterable[Decimal | None]) -> list[int | None]:
    """1, 2, 2, 4: as many before you as have more."""
    scores = list(values)
    ordered = sorted((value for value in scores if value is not None), reverse=True)
    first: dict[Decimal, int] = {}
    for place, score in enumerate(ordered, start=1):
        first.setdefault(score, place)
    return [None if score is None else first[score] for score in scores]


def sort(lines: list[Line], criteria: Sequence[ScoringCriterion], order: str) -> list[Line]:
    """The lines in another order; what has no figure comes last, then by rank."""
    if order == DISAGREEMENT:
        # Opposite advices first: a wide spread among favourable readings matters less.
        return sorted(
            lines,
            key=lambda line: (line.sd is None, not line.opposed, -(line.sd or 0), -(line.range or 0), _by_rank(line)),
        )
    places = {str(criterion.pk): place for place, criterion in enumerate(criteria)}
    if order in places:
        place = places[order]
        return sorted(
            lines, key=lambda line: (line.criteria[place] is None, -(line.criteria[place] or 0), _by_rank(line))
        )
    return sorted(lines, key=_by_rank)


def _by_rank(line: Line) -> tuple[bool, int, str]:
    number = line.application.last_deposit.number if line.application.last_deposit else ""
    return line.rank is None, line.rank or 0, number
