"""Who writes in the ledger, what they may say of which day, and the pages where they do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from residencies.admin.calendar import desk_items
from residencies.enums import AbsenceReason, DayPart, ResidencyState
from residencies.models import PresenceDay, Residency
from residencies.selectors.presence import ledger_of
from residencies.services import presence
from residencies.services.presence import DayNote, DaysRefused
from tests.candidatures.desk import text_of
from tests.factories.accounts import UserFactory
from tests.factories.residencies import ResidencyFactory, artist_of
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db

MONDAY = date(2027, 2, 1)
#: Thursday of the first week of phase 1.
THURSDAY = "2027-02-04T17:00+01:00"


@pytest.fixture
def residency() -> Residency:
    return ResidencyFactory()


def days(residency: Residency) -> dict[date, tuple[str, str, str]]:
    return {row.day: (row.planned, row.done, row.absence) for row in residency.presence.all()}


@time_machine.travel(THURSDAY, tick=False)
def test_a_week_as_planned_notes_the_days_gone_by_and_no_other(residency: Residency) -> None:
    artist = artist_of(residency)
    presence.note(by=artist, residency=residency, notes=[DayNote(MONDAY, done=DayPart.MORNING, absence="sick")])
    noted = presence.as_planned(by=artist, residency=residency, week=date(2027, 2, 7))
    assert [row.day.day for row in noted] == [2, 3, 4]
    assert ledger_of(residency).done == 3.5
    # One line a save, without a word of the person's.
    lines = Entry.objects.filter(verb="presence.noted").order_by("seq")
    assert [line.data["days"] for line in lines] == [["2027-02-01"], ["2027-02-02", "2027-02-03", "2027-02-04"]]
    assert "sick" not in str([line.data for line in lines])
    with pytest.raises(Refused, match="rien à noter"):
        presence.as_planned(by=artist, residency=residency, week=MONDAY)


@time_machine.travel(THURSDAY, tick=False)
@pytest.mark.parametrize("who", ["artist", "desk"])
def test_nobody_marks_the_future_as_done(residency: Residency, who: str) -> None:
    by = artist_of(residency) if who == "artist" else CoordinatorFactory(territory=residency.territory)
    presence.note(by=by, residency=residency, notes=[DayNote(date(2027, 2, 4), done=DayPart.FULL)])
    with pytest.raises(DaysRefused) as error:
        presence.note(
            by=by,
            residency=residency,
            notes=[DayNote(date(2027, 2, 3), done=DayPart.FULL), DayNote(date(2027, 2, 5), done=DayPart.FULL)],
        )
    assert {day: refusal.code for day, refusal in error.value.errors.items()} == {date(2027, 2, 5): "in_the_future"}
    # All or none.
    assert list(days(residency)) == [date(2027, 2, 4)]


@time_machine.travel(THURSDAY, tick=False)
def test_an_absence_has_a_reason_and_is_announced_before(residency: Residency) -> None:
    artist = artist_of(residency)

    def said(*notes: DayNote) -> Callable[[], Any]:
        return lambda: presence.note(by=artist, residency=residency, notes=notes)

    for note, code in (
        (DayNote(date(2027, 2, 3), done=DayPart.NONE), "reason_missing"),
        (DayNote(date(2027, 2, 3), done=DayPart.NONE, absence="grève"), "unknown_reason"),
        (DayNote(date(2027, 2, 8), planned=DayPart.AFTERNOON), "reason_missing"),
        (DayNote(date(2027, 2, 3), planned=DayPart.NONE, absence=AbsenceReason.SICK), "in_the_past"),
        (DayNote(date(2027, 2, 3), done="soir"), "unknown_part"),
        (DayNote(date(2072, 2, 3), planned=DayPart.FULL), "out_of_reach"),
    ):
        with pytest.raises(DaysRefused) as error:
            said(note)()
        assert [refusal.code for refusal in error.value.errors.values()] == [code]
    said(DayNote(date(2027, 2, 8), planned=DayPart.NONE, absence=AbsenceReason.PERSONAL))()
    assert [str(ledger_of(residency).absent), str(ledger_of(residency).planned)] == ["1", "89"]
    # Taken back, nothing is left of it.
    said(DayNote(date(2027, 2, 8), planned=DayPart.FULL))()
    assert days(residency) == {}


@time_machine.travel(THURSDAY, tick=False)
def test_days_outside_the_periods_are_worked_and_counted_apart(residency: Residency) -> None:
    presence.note(by=artist_of(residency), residency=residency, notes=[DayNote(date(2026, 12, 8), done=DayPart.FULL)])
    ledger = ledger_of(residency)
    assert [int(ledger.done), int(ledger.outside.done), int(ledger.remaining)] == [0, 1, 90]


@time_machine.travel(THURSDAY, tick=False)
def test_the_coordination_verifies_and_the_artist_no_longer_changes(residency: Residency) -> None:
    artist, desk = artist_of(residency), CoordinatorFactory(territory=residency.territory)
    presence.as_planned(by=artist, residency=residency, week=MONDAY)
    assert presence.check(by=desk, residency=residency, days=[MONDAY, date(2027, 2, 5)]) == 1
    with pytest.raises(DaysRefused, match="vérifié"):
        presence.note(by=artist, residency=residency, notes=[DayNote(MONDAY, done=DayPart.MORNING, absence="sick")])
    # The desk's word is verified at once.
    presence.note(by=desk, residency=residency, notes=[DayNote(MONDAY, done=DayPart.MORNING, absence="sick")])
    assert residency.presence.get(day=MONDAY).checked_at is not None
    assert presence.check(by=desk, residency=residency, days=[MONDAY], checked=False) == 1
    presence.note(by=artist, residency=residency, notes=[DayNote(MONDAY, done=DayPart.FULL)])
    verbs = Entry.objects.filter(verb__startswith="presence.").order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == [
        "presence.noted",
        "presence.checked",
        "presence.noted",
        "presence.reopened",
        "presence.noted",
    ]


@time_machine.travel(THURSDAY, tick=False)
def test_others_write_nothing_and_the_artist_no_more_once_it_is_over(residency: Residency) -> None:
    notes = [DayNote(MONDAY, done=DayPart.FULL)]
    for stranger in (UserFactory(), CoordinatorFactory(), artist_of(ResidencyFactory(season=residency.season))):
        with pytest.raises(Forbidden):
            presence.note(by=stranger, residency=residency, notes=notes)
        with pytest.raises(Forbidden):
            presence.check(by=stranger, residency=residency, days=[MONDAY])
    with pytest.raises(Forbidden):
        presence.check(by=artist_of(residency), residency=residency, days=[MONDAY])
    Residency.objects.update(state=ResidencyState.FINISHED)
    with pytest.raises(Forbidden, match="close"):
        presence.note(by=artist_of(residency), residency=residency, notes=notes)
    presence.note(by=CoordinatorFactory(territory=residency.territory), residency=residency, notes=notes)
    assert days(residency) == {MONDAY: ("full", "full", "")}


def week(client: Any, residency: Residency, **parts: str) -> dict[str, str]:
    """What the form of the week sends, with some words changed: ``j20270201_part="full"``."""
    form = client.get(address(residency), {"semaine": "2027-02-01"}).context["week"]
    sent = {"semaine": "2027-02-01", "vu": form.stamp}
    for day in form.forms:
        sent |= {bound.html_name: str(bound.value() or "") for bound in day}
    return sent | {name.replace("_", "-"): value for name, value in parts.items()}


def address(residency: Residency) -> str:
    return reverse("studio:presence", args=[residency.uuid])


@time_machine.travel(THURSDAY, tick=False)
def test_the_artist_notes_a_week_on_the_page(client: Any, residency: Residency) -> None:
    client.force_login(artist_of(residency))
    page = text_of(client.get(address(residency)))
    assert "La semaine s'est passée comme prévu" in page
    # Before phase 1: the immersion, not noted, comes first.
    assert "Semaine du 5 au 11 octobre 2026" in page
    sent = week(client, residency, j20270201_part="full", j20270202_part="none")
    refused = client.post(address(residency), sent)
    assert refused.status_code == 422
    assert "Choisissez le motif de l'absence." in text_of(refused)
    assert refused.context["week"].forms[0]["part"].value() == "full"
    assert client.post(address(residency), sent | {"j20270202-absence": "sick"}).status_code == 302
    assert days(residency) == {MONDAY: ("full", "full", ""), MONDAY + timedelta(days=1): ("full", "none", "sick")}
    # Another tab, opened before: nothing is written over.
    stale = client.post(address(residency), sent | {"j20270202-absence": "other"})
    assert stale.status_code == 409
    assert "notée ailleurs" in text_of(stale)
    assert days(residency)[MONDAY + timedelta(days=1)] == ("full", "none", "sick")
    quick = reverse("studio:presence_as_planned", args=[residency.uuid])
    assert client.post(quick, {"semaine": "2027-02-01"}).status_code == 302
    assert ledger_of(residency).done == 3


@time_machine.travel(THURSDAY, tick=False)
def test_the_desk_corrects_and_verifies_on_its_page(client: Any, residency: Residency, rf: Any) -> None:
    desk = CoordinatorFactory(territory=residency.territory)
    presence.as_planned(by=artist_of(residency), residency=residency, week=MONDAY)
    request = rf.get("/")
    request.user = desk
    assert [(item.count, item.detail) for item in desk_items(request)] == [(4, residency.artist_name)]
    client.force_login(desk)
    page = reverse("admin:residencies_residency_presence", args=[residency.uuid])
    shown = client.get(page)
    assert shown.context["week"].monday == MONDAY
    assert "4 jours notés par l'artiste sont à vérifier" in text_of(shown)
    check = reverse("admin:residencies_residency_presence_check", args=[residency.uuid])
    client.post(check, {"semaine": "2027-02-01", "acte": "verifier"})
    assert residency.presence.filter(checked_at=None).count() == 0
    client.post(check, {"semaine": "2027-02-01", "acte": "rendre"})
    client.post(check, {"acte": "tout"})
    assert residency.presence.filter(checked_at=None).count() == 0
    request = rf.get("/")
    request.user = desk
    assert desk_items(request) == []


@time_machine.travel("2027-06-20T12:00+02:00", tick=False)
def test_the_page_of_presence_costs_the_same_for_a_whole_season(
    client: Any, residency: Residency, assert_num_queries_constant: Callable[..., int]
) -> None:
    artist = artist_of(residency)
    client.force_login(artist)

    def grow() -> None:
        everyone = [line.day for line in ledger_of(residency).days if line.counted]
        PresenceDay.objects.bulk_create(PresenceDay(residency=residency, day=day, done="full") for day in everyone)

    assert_num_queries_constant(lambda: client.get(address(residency)), grow, at_most=10)
    stale = pytest.raises(StaleWrite)
    with stale:
        presence.note(by=artist, residency=residency, notes=[DayNote(MONDAY, done="none", absence="sick")], seen="")
