"""Among whom a set of artists is chosen, and what each one brings to it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, override

from candidatures.enums import DELIBERATED_STATES, ApplicationState, LifeStage
from candidatures.methods.sets import Candidate
from candidatures.models import Application, Axis, ChosenSet, Deposit, Discipline, MoneyRules
from candidatures.models.application import department_of
from candidatures.selectors import ranking as rankings
from clea.text import normalise

if TYPE_CHECKING:
    from candidatures.models import Jury
    from candidatures.selectors.ranking import Line

_SHORTLIST = (ApplicationState.SHORTLISTED, ApplicationState.INTERVIEWED)


@dataclass(frozen=True)
class Member:
    """One artist of the pool. ``assumed``: no budget was filed, the ceiling is counted instead."""

    line: Line
    candidate: Candidate
    assumed: bool

    @property
    def application(self) -> Application:
        return self.line.application


@dataclass(frozen=True)
class Pool:
    """``members`` in the order of the ranking; ``unscored``: in the shortlist, without any reading that
    counts. ``axes``, ``stages``: all that a set can cover, by key, as people read them."""

    members: list[Member]
    unscored: list[Application]
    shortlisted: int
    axes: dict[str, str]
    stages: dict[str, str]
    disciplines: dict[str, str]
    positions: int
    ceiling: Decimal | None

    @property
    def candidates(self) -> list[Candidate]:
        return [member.candidate for member in self.members]

    @property
    def by_key(self) -> dict[int, Member]:
        return {member.candidate.key: member for member in self.members}

    @property
    def envelope(self) -> Decimal | None:
        """The money there is by default: the employer's ceiling for each position."""
        return None if self.ceiling is None else self.ceiling * self.positions


def pool(jury: Jury, *, corrected: bool = False, top: int | None = None) -> Pool:
    """The shortlist, or the first ``top`` of the ranking that are not decided. Nine queries.

    What was filed is the source. An applicant who wrote in English chose the same disciplines and
    axes under their English names: both are one.
    """
    ranking = rankings.table(jury, corrected=corrected)
    short = [line for line in ranking.lines if line.application.state in _SHORTLIST]
    if top is None:
        lines = short
    else:
        lines = [line for line in ranking.lines if line.application.state in DELIBERATED_STATES and line.rank][:top]
    ceiling = MoneyRules.objects.filter(call=jury.call_id).values_list("employer_ceiling", flat=True).first()
    disciplines = {str(row.pk): row for row in Discipline.objects.all()}
    axes = {str(row.pk): row for row in Axis.objects.filter(call=jury.call_id)}
    stages = {stage.value: str(stage.label) for stage in LifeStage}
    names = {
        "disciplines": _known((key, row.name, row.name_en) for key, row in disciplines.items()),
        "axes": _known((key, row.title, row.title_en) for key, row in axes.items()),
        "life_stages": _known((stage.value, *_labels(stage)) for stage in LifeStage),
    }
    filed = dict(
        Deposit.objects.filter(pk__in=[line.application.last_deposit_id for line in lines]).values_list(
            "application_id", "data"
        )
    )
    members = [
        _member(line, filed[line.application.pk], names, ceiling, corrected=corrected) for line in lines if line.rank
    ]
    met = {name for member in members for name in member.candidate.disciplines}
    return Pool(
        members=members,
        unscored=[line.application for line in lines if not line.rank],
        shortlisted=len(short),
        axes={key: row.title for key, row in axes.items()},
        stages=stages,
        disciplines={key: row.name for key, row in disciplines.items() if key in met}
        | {name: name for name in sorted(met - disciplines.keys())},
        positions=ranking.positions,
        ceiling=ceiling,
    )


def standing_set(jury: Jury) -> ChosenSet | None:
    """The set that the committee retained, its dossiers with it. Two queries."""
    return (
        ChosenSet.objects.filter(jury=jury, standing=True)
        .select_related("made_by")
        .prefetch_related("applications__last_deposit")
        .first()
    )


def _member(
    line: Line, data: dict[str, Any], names: dict[str, dict[str, str]], ceiling: Decimal | None, *, corrected: bool
) -> Member:
    score = line.corrected if corrected else line.mean
    assert score is not None
    identity, articulation = data["identity"], data["articulation"]
    cost = Decimal(data["budget"]["total"])
    assumed = not cost
    candidate = Candidate(
        key=line.application.pk,
        score=score,
        disciplines=_keys(data["practice"]["disciplines"], names["disciplines"]),
        axes=_keys(articulation["axes"], names["axes"]),
        stages=_keys(articulation["life_stages"], names["life_stages"]),
        origin=_origin(identity),
        cost=(ceiling or Decimal(0)) if assumed else cost,
    )
    return Member(line, candidate, assumed)


def _origin(identity: dict[str, Any]) -> str:
    """The department, the country abroad; nothing when neither is known."""
    country = str(identity["country"]).strip()
    return department_of(identity["postal_code"], country) or ("" if country.casefold() == "france" else country)


def _known(rows: Any) -> dict[str, str]:
    return {normalise(name): key for key, *said in rows for name in said if name}


def _keys(values: list[str], names: dict[str, str]) -> frozenset[str]:
    """What was filed, by key; a name that no row bears any more stands for itself."""
    return frozenset(names.get(normalise(value), value) for value in values)


def _labels(stage: LifeStage) -> list[str]:
    labels = []
    for language in {"fr", "en", get_language() or "fr"}:
        with override(language):
            labels.append(str(stage.label))
    return labels
