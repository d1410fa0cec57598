"""What is true of the demonstration's deployment; checked with the rest by ``tests/candidatures/test_demo.py``."""

from __future__ import annotations

from itertools import pairwise

from django.db.models import Count

from candidatures.enums import CallKind
from residencies.enums import PaperState, RequestState, ResidencyState, SessionState
from residencies.models import Activity, ActivityRequest, MeetingSlot, Paper, PresenceDay, Residency, Session
from residencies.selectors.confirmations import contested
from residencies.selectors.coverage import gauges
from residencies.selectors.presence import ledger_of
from structures.models import Professional


def five_artists_and_a_journalist_are_in_residence(told: str) -> None:
    rows = Residency.objects.filter(state=ResidencyState.CURRENT, season__name="2026-2027")
    assert rows.filter(kind=CallKind.ARTISTIC).count() == 5
    assert rows.filter(kind=CallKind.EMI).count() == 1
    assert all(row.offer is not None and row.published_at is not None for row in rows)


def the_immersion_is_done_and_the_contract_counts_both_ways(told: str) -> None:
    for residency in Residency.objects.all():
        ledger = ledger_of(residency)
        assert (ledger.weekdays, ledger.working_days, int(ledger.done)) == (90, 87, 5)
    assert PresenceDay.objects.count() == 30


def a_hundred_and_fifty_activities_meet_enough_structures(told: str) -> None:
    assert 140 <= Activity.objects.count() <= 160
    reached = [gauge for gauge in gauges(list(Residency.objects.all())).values() if gauge.planned >= gauge.target]
    assert len(reached) == 5


def nobody_is_in_two_places(told: str) -> None:
    for residency in Residency.objects.all():
        rows = residency.sessions.exclude(state=SessionState.CANCELLED).order_by("starts_at")
        spans = list(rows.values_list("starts_at", "ends_at"))
        assert all(first[1] <= second[0] for first, second in pairwise(spans))
    taken = MeetingSlot.objects.values("residency", "starts_at").annotate(n=Count("pk")).filter(n__gt=1)
    assert not taken.exists()


def some_things_are_awkward(told: str) -> None:
    """A contract not signed, agreements missing, a team of one, figures that disagree, a session nobody confirmed."""
    assert Paper.objects.filter(residency__isnull=False, state=PaperState.ISSUED).count() == 1
    assert Activity.objects.filter(agreements=None).count() > 100
    assert Professional.objects.values("structure").annotate(n=Count("pk")).filter(n=1).exists()
    season = Residency.objects.first().season
    assert contested(season)
    assert Session.objects.filter(state=SessionState.PLANNED, starts_at__lte="2026-11-15T00:00Z").count() == 1


def wishes_wait_for_every_kind_of_answer(told: str) -> None:
    states = set(ActivityRequest.objects.values_list("state", flat=True))
    assert states == {RequestState.SENT, RequestState.PROPOSED, RequestState.ACCEPTED, RequestState.REFUSED}


FACTS = [
    five_artists_and_a_journalist_are_in_residence,
    the_immersion_is_done_and_the_contract_counts_both_ways,
    a_hundred_and_fifty_activities_meet_enough_structures,
    nobody_is_in_two_places,
    some_things_are_awkward,
    wishes_wait_for_every_kind_of_answer,
]
