"""What is true of the demonstration's deployment; checked with the rest by ``tests/candidatures/test_demo.py``."""

from __future__ import annotations

from itertools import pairwise

from django.db.models import Count, QuerySet, Sum

from candidatures.enums import CallKind
from candidatures.models import Season
from residencies.enums import PaperState, PaymentState, RequestState, ResidencyState, SessionState
from residencies.models import (
    Activity,
    ActivityRequest,
    Bilan,
    MeetingSlot,
    Paper,
    Payment,
    PresenceDay,
    Residency,
    Session,
    TripClaim,
)
from residencies.selectors.bilan import bilan_of
from residencies.selectors.confirmations import contested
from residencies.selectors.coverage import gauges
from residencies.selectors.presence import ledger_of
from structures.models import Professional


def _residencies() -> QuerySet[Residency]:
    """Those of the season under way."""
    return Residency.objects.filter(season__name="2026-2027")


def _activities() -> QuerySet[Activity]:
    return Activity.objects.filter(season__name="2026-2027")


def five_artists_and_a_journalist_are_in_residence(told: str) -> None:
    rows = _residencies().filter(state=ResidencyState.CURRENT)
    assert rows.filter(kind=CallKind.ARTISTIC).count() == 5
    assert rows.filter(kind=CallKind.EMI).count() == 1
    assert all(row.offer is not None and row.published_at is not None for row in rows)


def the_immersion_is_done_and_the_contract_counts_both_ways(told: str) -> None:
    for residency in _residencies():
        ledger = ledger_of(residency)
        assert (ledger.weekdays, ledger.working_days, int(ledger.done)) == (90, 87, 5)
    assert PresenceDay.objects.filter(residency__in=_residencies()).count() == 30


def a_hundred_and_fifty_activities_meet_enough_structures(told: str) -> None:
    assert 140 <= _activities().count() <= 160
    reached = [gauge for gauge in gauges(list(_residencies())).values() if gauge.planned >= gauge.target]
    assert len(reached) == 5


def nobody_is_in_two_places(told: str) -> None:
    for residency in _residencies():
        rows = residency.sessions.exclude(state=SessionState.CANCELLED).order_by("starts_at")
        spans = list(rows.values_list("starts_at", "ends_at"))
        assert all(first[1] <= second[0] for first, second in pairwise(spans))
    taken = MeetingSlot.objects.values("residency", "starts_at").annotate(n=Count("pk")).filter(n__gt=1)
    assert not taken.exists()


def some_things_are_awkward(told: str) -> None:
    """A contract not signed, agreements missing, a team of one, figures that disagree, a session nobody confirmed."""
    assert Paper.objects.filter(residency__isnull=False, state=PaperState.ISSUED).count() == 1
    assert _activities().filter(agreements=None).count() > 100
    assert Professional.objects.values("structure").annotate(n=Count("pk")).filter(n=1).exists()
    assert contested(Season.objects.get(name="2026-2027"))
    assert Session.objects.filter(state=SessionState.PLANNED, starts_at__lte="2026-11-15T00:00Z").count() == 1


def wishes_wait_for_every_kind_of_answer(told: str) -> None:
    states = set(ActivityRequest.objects.values_list("state", flat=True))
    assert states == {RequestState.SENT, RequestState.PROPOSED, RequestState.ACCEPTED, RequestState.REFUSED}


def the_season_before_is_finished_and_its_bilan_online(told: str) -> None:
    """Some three hundred sessions, every figure of the bilan the sum of its residencies; an older one beside it."""
    season = Season.objects.get(name="2025-2026")
    assert season.closed_at is not None
    assert list(Bilan.objects.published().values_list("season__name", flat=True)) == ["2025-2026", "2024-2025"]
    held = Session.objects.filter(activity__season=season, state=SessionState.HELD).count()
    figures = bilan_of(season)
    assert 280 <= held <= 360
    assert figures.values.sessions.value == held
    assert Payment.objects.filter(season=season).exclude(state=PaymentState.PAID).count() == 0
    assert Payment.objects.filter(season=season, kind="allowance").aggregate(total=Sum("amount"))["total"] == 72000


def trips_are_claimed_in_every_way(told: str) -> None:
    """By train against receipts, by car by the scale, one refused."""
    claims = TripClaim.objects.filter(payment__season__name="2026-2027")
    assert set(claims.values_list("mode", flat=True)) == {"train", "car"}
    assert claims.filter(payment__state=PaymentState.REFUSED).count() == 1
    assert claims.filter(payment__state=PaymentState.PAID).exists()
    assert claims.filter(payment__state=PaymentState.CLAIMED).exists()


FACTS = [
    five_artists_and_a_journalist_are_in_residence,
    the_immersion_is_done_and_the_contract_counts_both_ways,
    a_hundred_and_fifty_activities_meet_enough_structures,
    nobody_is_in_two_places,
    some_things_are_awkward,
    wishes_wait_for_every_kind_of_answer,
    the_season_before_is_finished_and_its_bilan_online,
    trips_are_claimed_in_every_way,
]
