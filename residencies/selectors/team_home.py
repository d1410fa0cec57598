"""What a structure's team finds as it comes in: what waits for it, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q
from django.utils import timezone

from candidatures.models import Season
from residencies.enums import (
    FACING_STATES,
    ActivityState,
    EventState,
    PaperState,
    RegistrationState,
    RequestState,
    SessionState,
)
from residencies.models import (
    ActivityRequest,
    Event,
    FeedbackInvitation,
    Registration,
    Residency,
    Session,
    Signature,
)
from residencies.selectors import feedback
from residencies.selectors.confirmations import to_confirm_of_structure
from residencies.selectors.planning_rules import planning_rules
from residencies.selectors.requests import Clash, clashes, open_season, wishable
from structures.models import Professional, Structure

#: Sessions shown ahead; the calendar has the others.
AHEAD = 5


@dataclass(frozen=True)
class Home:
    """Everything of the page. ``season`` is the one that takes wishes."""

    people: Sequence[Professional]
    team_size: int
    season: Season | None
    artists: Sequence[Residency]
    waiting: Sequence[ActivityRequest]
    proposals: Sequence[ActivityRequest]
    to_confirm: Sequence[Session]
    to_sign: Sequence[Signature]
    coming: Sequence[Session]
    events: Sequence[Event]
    clashes: Sequence[Clash]
    feedback: Sequence[FeedbackInvitation]

    @property
    def missing(self) -> int:
        """Members that the team still needs."""
        return max(0, self.team_size - len(self.people))

    @property
    def tasks_count(self) -> int:
        """Lines of what waits for the team; several sessions to confirm, or clashes, are one."""
        lists = (self.proposals, self.to_sign, self.events, self.feedback)
        return sum(map(len, lists)) + bool(self.missing) + bool(self.clashes) + bool(self.to_confirm)


def home(structure: Structure, now: datetime | None = None) -> Home:
    """Read once for the page. Fourteen queries at most, whatever the number of rows."""
    now = now or timezone.now()
    season = open_season(structure.territory)
    wishes = list(
        ActivityRequest.objects.filter(structure=structure, state__in=[RequestState.SENT, RequestState.PROPOSED])
        .select_related("residency", "proposed", "axis")
        .order_by("made_at", "pk")
    )
    return Home(
        people=list(structure.professionals.all()),
        team_size=planning_rules(structure.territory).team_size,
        season=season,
        artists=list(wishable(season)) if season is not None else [],
        waiting=[row for row in wishes if row.state == RequestState.SENT],
        proposals=[row for row in wishes if row.state == RequestState.PROPOSED],
        to_confirm=to_confirm_of_structure(structure, now),
        to_sign=list(
            Signature.objects.filter(structure=structure, signed_on=None, paper__state=PaperState.ISSUED)
            .exclude(paper__activity__state=ActivityState.CANCELLED)
            .select_related("paper__activity")
            .order_by("paper__issued_at", "pk")
        ),
        coming=_coming(structure, now),
        events=_events(structure, now),
        clashes=clashes(structure, structure.closures.all(), now),
        feedback=feedback.waiting(structure),
    )


def _coming(structure: Structure, now: datetime) -> list[Session]:
    """Its next planned sessions. Two queries."""
    through = Session.structures.through.objects.filter(structure=structure)
    return list(
        Session.objects.filter(
            Q(pk__in=through.values("session")) | Q(host=structure),
            state=SessionState.PLANNED,
            activity__state__in=FACING_STATES,
            ends_at__gt=now,
        )
        .select_related("activity", "host__commune", "commune")
        .prefetch_related(Prefetch("residencies", queryset=Residency.objects.order_by("artist_name", "pk")))
        .order_by("starts_at", "pk")[:AHEAD]
    )


def _events(structure: Structure, now: datetime) -> list[Event]:
    """Announced events to come to which the structure is not registered. One query."""
    mine = Registration.objects.filter(structure=structure).exclude(state=RegistrationState.CANCELLED)
    return list(
        Event.objects.filter(
            Q(registration_closes_at=None) | Q(registration_closes_at__gt=now),
            season__programme__territory=structure.territory_id,
            state=EventState.PUBLISHED,
            starts_at__gt=now,
        )
        .exclude(pk__in=mine.values("event"))
        .order_by("starts_at", "pk")[:AHEAD]
    )
