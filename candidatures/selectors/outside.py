"""Other territories that decided on the same artists, and who comes first (rules.md 7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from candidatures.enums import (
    DELIBERATED_STATES,
    ApplicationState,
    Outcome,
)
from candidatures.models import Application, Decision, Offer, OutsideDecision, TerritoryClaim
from candidatures.rules.answers import Precedence, definitive_on, precedence
from candidatures.selectors.sessions import DONE, standing_decisions
from clea.text import normalise

if TYPE_CHECKING:
    from candidatures.models import Jury

S = ApplicationState
#: Dossiers whose future another territory's decision changes.
CONCERNED = DELIBERATED_STATES | {S.SELECTED, S.RESERVE}


@dataclass(frozen=True)
class Conflict:
    """Another territory that keeps this artist too. ``row`` is missing while nobody wrote it down."""

    application: Application
    territory: str
    jury_on: date
    ours: date | None
    first: Precedence
    row: OutsideDecision | None = None

    @property
    def settled(self) -> bool:
        """Nothing to do: ours came first, or the coordination wrote why the rule does not apply."""
        return self.first == Precedence.OURS or bool(self.row and self.row.override)

    @property
    def blocks(self) -> bool:
        """No letter of selection leaves before somebody settles it."""
        return not self.settled and self.application.state in CONCERNED


def conflicts(jury: Jury, decisions: dict[int, Decision] | None = None) -> dict[int, list[Conflict]]:
    """What other territories decided on the jury's dossiers, by dossier. Two queries, three without ``decisions``.

    Written down by the coordination, or found in this installation: the same person selected in a call
    of another territory, for a season that overlaps.
    """
    if decisions is None:
        decisions = {row.application_id: row for row in standing_decisions(jury)}
    found: dict[int, list[Conflict]] = defaultdict(list)
    known: set[tuple[int, str, date]] = set()
    written = (
        OutsideDecision.objects.filter(application__call=jury.call_id, cancelled_at__isnull=True)
        .select_related("application__last_deposit", "application__owner")
        .annotate(called_at=_called_at("application"))
        .order_by("jury_on", "pk")
    )
    for row in written:
        known.add((row.application_id, normalise(row.territory), row.jury_on))
        ours = definitive_on(decisions.get(row.application_id), _day(row.called_at))
        found[row.application_id].append(_conflict(row.application, row.territory, row.jury_on, ours, row))
    for application, territory, on in _in_this_installation(jury):
        if (application.pk, normalise(territory), on) not in known:
            ours = definitive_on(decisions.get(application.pk), _day(application.called_at))  # type: ignore[attr-defined]
            found[application.pk].append(_conflict(application, territory, on, ours))
    return dict(found)


def _conflict(
    application: Application, territory: str, on: date, ours: date | None, row: OutsideDecision | None = None
) -> Conflict:
    return Conflict(application, territory, on, ours, precedence(on, ours), row)


def ours_on(application: Application, decision: Decision | None) -> date | None:
    """The day we definitively kept this artist: the session's, or that of a call from the reserve. One query."""
    row = Application.objects.annotate(called_at=_called_at("pk")).values_list("called_at", flat=True)
    return definitive_on(decision, _day(row.get(pk=application.pk)))


def _called_at(key: str) -> Subquery:
    """When the dossier at ``key`` was last called from the reserve, while it is selected."""
    called = Offer.objects.filter(application=OuterRef(key), from_reserve=True, application__state=S.SELECTED)
    return Subquery(called.order_by("-pk").values("made_at")[:1])


def _day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


def _in_this_installation(jury: Jury) -> Iterable[tuple[Application, str, date]]:
    """The same people selected in another territory's call, and when that was definitive. Two queries at most."""
    call = jury.call
    ours = Application.objects.filter(call=call, state__in=CONCERNED, last_deposit__isnull=False)
    theirs = list(
        Decision.objects.filter(
            application__owner__in=ours.values("owner"),
            application__state=S.SELECTED,
            outcome__in=[Outcome.SELECTED, Outcome.RESERVE],
            session__state__in=DONE,
            application__call__season__starts_on__lt=call.season.ends_on,
            application__call__season__ends_on__gt=call.season.starts_on,
        )
        .exclude(application__call__season__programme__territory=call.territory)
        .select_related("session", "application__call__season__programme__territory")
        .annotate(called_at=_called_at("application"))
        .order_by("session__settled_at")
    )
    if not theirs:
        return
    by_owner = {
        row.owner_id: row
        for row in ours.filter(owner__in=[decision.application.owner_id for decision in theirs])
        .select_related("last_deposit", "owner")
        .annotate(called_at=_called_at("pk"))
    }
    # The latest session wins, as everywhere.
    latest = {decision.application_id: decision for decision in theirs}
    for decision in latest.values():
        on = definitive_on(decision, _day(decision.called_at))
        if on is not None:
            yield by_owner[decision.application.owner_id], decision.application.call.territory.name, on


def claims(jury: Jury) -> list[TerritoryClaim]:
    """Territories that the artists of these dossiers said they apply to. One query."""
    return list(
        TerritoryClaim.objects.filter(application__call=jury.call_id, application__last_deposit__isnull=False)
        .exclude(application__state=S.WITHDRAWN)
        .select_related("application__last_deposit", "application__owner")
        .order_by("application__last_deposit__number", "order", "pk")
    )
