"""Activities for their pages: lists by state, one activity with its sessions. Constant queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import F, Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from clea.journal.standing import Standing, mark
from residencies.enums import ActivityState, PaperState, SessionState
from residencies.models import Activity, Paper, Residency, Session, Waiver
from residencies.selectors.planning import Review, to_review
from structures.models import Structure, Territory

if TYPE_CHECKING:
    from uuid import UUID

#: Sessions to come that something breaks, by language and territories, while nobody writes.
_REVIEWS = Standing(room=8)

#: What is alive first.
STATE_ORDER = (
    ActivityState.PLANNED,
    ActivityState.WRITING,
    ActivityState.IDEA,
    ActivityState.DONE,
    ActivityState.EVALUATED,
    ActivityState.CANCELLED,
)


@dataclass
class Row:
    """An activity in a list. ``coming``: its sessions to come, the next one first."""

    activity: Activity
    residencies: list[Residency]
    structures: list[Structure]
    sessions: list[Session]
    coming: list[Session]
    agreement: Paper | None
    reviews: list[Review] = field(default_factory=list)

    @property
    def next(self) -> Session | None:
        return self.coming[0] if self.coming else None

    @property
    def can_be_signed(self) -> bool:
        """The agreement is in the parties' hands: asking them to sign one that is not written would be a lie."""
        return self.agreement is not None and self.agreement.state == PaperState.ISSUED

    @property
    def lacks_agreement(self) -> bool:
        """A session is to come and the agreement is not signed (rules.md 19)."""
        return bool(self.coming) and (self.agreement is None or self.agreement.state != PaperState.SIGNED)


@dataclass
class Moment:
    """A session on its activity's page."""

    session: Session
    review: Review | None
    waivers: list[Waiver]


def listed(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """With all that a list shows. Five queries in all."""
    return activities.select_related("season__programme__territory").prefetch_related(
        Prefetch("residencies", queryset=Residency.objects.order_by("artist_name")),
        Prefetch("structures", queryset=Structure.objects.select_related("commune")),
        Prefetch("sessions", queryset=Session.objects.select_related("host__commune", "commune")),
        Prefetch("agreements", queryset=Paper.objects.standing().only("pk", "state", "activity_id", "number")),
    )


def rows(territory: Territory, activities: Iterable[Activity], *, review: bool = True) -> list[Row]:
    """Rows of a list made by :func:`listed`. Eleven queries for what is to look at again, none without."""
    now = timezone.now()
    found = []
    for activity in activities:
        standing = [row for row in activity.sessions.all() if row.state in (SessionState.PLANNED, SessionState.HELD)]
        coming = [row for row in standing if row.state == SessionState.PLANNED and row.ends_at > now]
        found.append(
            Row(
                activity,
                list(activity.residencies.all()),
                list(activity.structures.all()),
                standing,
                coming,
                next(iter(activity.agreements.all()), None),
            )
        )
    if review:
        looked = to_review(territory, [session for row in found for session in row.coming])
        for row in found:
            row.reviews = [looked[session.pk] for session in row.coming if session.pk in looked]
    return found


def of_residency(residency: Residency) -> list[Row]:
    """Everything of one residency, joint activities too."""
    return rows(residency.territory, listed(Activity.objects.filter(residencies=residency)))


def of_structure(structure: Structure) -> list[Row]:
    """What one structure takes part in. Without what others must look at again."""
    return rows(structure.territory, listed(Activity.objects.filter(structures=structure)), review=False)


def by_state(found: Sequence[Row]) -> list[tuple[ActivityState, list[Row]]]:
    """Under their state, what is alive first; the next session first."""
    never = timezone.now().replace(year=9999)
    grouped: dict[str, list[Row]] = {}
    for row in sorted(found, key=lambda row: (row.next.starts_at if row.next else never, row.activity.title)):
        grouped.setdefault(row.activity.state, []).append(row)
    return [(state, grouped[state]) for state in STATE_ORDER if state in grouped]


def of_artist(residency: Residency, key: UUID) -> Activity:
    """One activity of the residency. Raises ``Activity.DoesNotExist``. One query."""
    return _one().get(residencies=residency, uuid=key)


def of_team(structure: Structure, key: UUID) -> Activity:
    """One activity the structure takes part in. Raises ``Activity.DoesNotExist``. One query."""
    return _one().get(structures=structure, uuid=key)


def _one() -> QuerySet[Activity]:
    return Activity.objects.select_related("season__programme__territory", "created_by")


def session_of(activity_rows: QuerySet[Activity], key: UUID) -> Session:
    """One session of these activities. Raises ``Session.DoesNotExist``. Four queries."""
    return (
        Session.objects.filter(activity__in=activity_rows)
        .select_related("activity__season__programme__territory", "host__commune", "commune", "standing")
        .prefetch_related("audience", "waivers__made_by", "residencies", Prefetch("structures"))
        .get(uuid=key)
    )


def moments(activity: Activity, *, review: bool = True) -> list[Moment]:
    """The sessions of one activity, in the order of time. Six queries; eleven more to look again."""
    found = list(
        activity.sessions.select_related("host__commune", "commune", "activity").prefetch_related(
            "audience",
            Prefetch("waivers", queryset=Waiver.objects.select_related("made_by")),
            "residencies",
            "structures",
        )
    )
    now = timezone.now()
    looked = to_review(activity.territory, [row for row in found if row.ends_at > now]) if review else {}
    return [Moment(row, looked.get(row.pk), list(row.waivers.all())) for row in found]


def reviews_of(territories: Sequence[Territory]) -> list[list[Review]]:
    """Sessions to come that something now breaks, soonest first, territory by territory.

    Looked at again only when somebody wrote: one query then tells that nobody did. Else one more when none is planned,
    eleven more a territory.
    """
    now, at = timezone.now(), mark()
    key = (get_language(), tuple(territory.pk for territory in territories))
    found = _REVIEWS.get(at, key, lambda: _looked_again(territories))
    # What was kept may since have ended.
    coming = ([review for review in reviews if review.session.ends_at > now] for reviews in found)
    return [reviews for reviews in coming if reviews]


def _looked_again(territories: Sequence[Territory]) -> list[list[Review]]:
    ahead = (
        Session.objects.filter(
            activity__season__programme__territory__in=territories,
            state=SessionState.PLANNED,
            ends_at__gt=timezone.now(),
        )
        .select_related("activity", "host__commune", "commune")
        .annotate(territory=F("activity__season__programme__territory"))
        .order_by("starts_at", "pk")
    )
    grouped: dict[int, list[Session]] = {}
    for row in ahead:
        grouped.setdefault(row.territory, []).append(row)
    looked = (to_review(territory, grouped[territory.pk]) for territory in territories if territory.pk in grouped)
    return [list(found.values()) for found in looked if found]
