"""Private calendars, as two libraries that are not ours read them; and who may read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from ical.calendar import Calendar as OtherCalendar
from ical.calendar_stream import IcsCalendarStream

from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from residencies.enums import EventState, SessionState
from residencies.models import CalendarFeed, Event, Residency, Session, Visit
from residencies.reports.ics import public_calendar
from residencies.selectors.feeds import address, token
from residencies.selectors.public import AgendaItem
from residencies.services import feeds
from structures.models import Structure, TerritoryMembership
from tests.factories.accounts import UserFactory
from tests.factories.residencies import (
    ActivityFactory,
    ResidencyFactory,
    SessionFactory,
    artist_of,
    member_of,
    moment,
    team,
)
from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_february")]

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def _february() -> Any:
    with time_machine.travel("2027-02-01T08:00+01:00", tick=False):
        yield


@pytest.fixture
def residency() -> Residency:
    return ResidencyFactory(artist_name="Compagnie des Gaillettes")


@pytest.fixture
def school(residency: Residency) -> Structure:
    place = CommuneFactory(territory=residency.territory, name="Liévin")
    found = StructureFactory(commune=place, name="École Jean-Jaurès ; annexe, « Les Lilas »")
    team(found)
    return found


@pytest.fixture
def session(residency: Residency, school: Structure) -> Session:
    activity = ActivityFactory(residency=residency, structure=school, title="Cartographie, sonore ; et lente")
    # The week summer time begins.
    return SessionFactory(activity=activity, on="2027-03-29", at="10:00", minutes=120)


def read(client: Client, feed: CalendarFeed) -> tuple[Any, OtherCalendar]:
    """What the address gives: both libraries agree on every event."""
    response = client.get(address(feed).removeprefix("http://testserver"))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return both(response.content)


def both(content: bytes) -> tuple[Any, OtherCalendar]:
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    calendar: Any = icalendar.Calendar.from_ical(content)
    assert not [event.errors for event in calendar.walk() if event.errors]
    other = IcsCalendarStream.calendar_from_ics(content.decode())
    mine = [
        (
            str(e["uid"]),
            str(e["summary"]),
            int(e["sequence"]),
            str(e["status"]),
            e.decoded("dtstart"),
            e.decoded("dtend"),
        )
        for e in calendar.walk("VEVENT")
    ]
    theirs = [(e.uid, e.summary, e.sequence, e.status, e.dtstart, e.dtend) for e in other.events]
    assert [(*row[:4], _same(row[4]), _same(row[5])) for row in mine] == [
        (*row[:4], _same(row[4]), _same(row[5])) for row in theirs
    ]
    return calendar, other


def _same(when: date | None) -> date | None:
    return when.astimezone(UTC) if isinstance(when, datetime) else when


def only(calendar: Any, words: str) -> Any:
    (event,) = [event for event in calendar.walk("VEVENT") if words in event["summary"]]
    return event


def test_the_artist_reads_everything_of_the_residency_in_paris_time(
    client: Client, residency: Residency, session: Session
) -> None:
    visit = Visit.objects.create(
        season=residency.season, title="Terrils", starts_at=moment("2026-10-06"), ends_at=moment("2026-10-06", "12:00"),
        guide="Camille Guide", note="06 12 34 56 78",
    )  # fmt: skip
    visit.residencies.set([residency])
    for slug, state in (("27e", EventState.PUBLISHED), ("secret", EventState.DRAFT)):
        event = Event.objects.create(
            season=residency.season, slug=slug, title=slug, place="La Gare", state=state,
            starts_at=moment("2026-10-07"), ends_at=moment("2026-10-07", "17:00"),
        )  # fmt: skip
        event.residencies.set([residency])
    SessionFactory(activity=ActivityFactory(residency=ResidencyFactory(season=residency.season), title="Ailleurs"))
    calendar, _other = read(client, feeds.open_feed(by=artist_of(residency), residency=residency))
    assert sorted(str(event["summary"]).partition(" – ")[0] for event in calendar.walk("VEVENT")) == [
        "27e", "Cartographie, sonore ; et lente", "Immersion", "Phase 1", "Phase 2", "Terrils",
    ]  # fmt: skip
    event = only(calendar, "Cartographie")
    assert event["dtstart"].params["TZID"] == "Europe/Paris"
    assert event.decoded("dtstart") == datetime(2027, 3, 29, 10, tzinfo=PARIS)
    assert event.decoded("dtstart").utcoffset() == timedelta(hours=2)
    assert "École Jean-Jaurès" in event["location"]
    assert event["location"].endswith("Liévin")
    assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Paris"]
    phase = only(calendar, "Phase 1")
    # The last day is not in it (RFC 5545, 3.6.1).
    assert (phase.decoded("dtstart"), phase.decoded("dtend")) == (date(2027, 2, 1), date(2027, 2, 20))
    assert phase["dtstart"].params["VALUE"] == "DATE"
    text = calendar.to_ical().decode()
    assert "Camille" not in text
    assert "06 12" not in text
    assert "@exemple" not in text


def test_an_edited_session_is_updated_and_a_cancelled_one_cancelled(
    client: Client, residency: Residency, session: Session
) -> None:
    feed = feeds.open_feed(by=artist_of(residency), residency=residency)
    before = only(read(client, feed)[0], "Cartographie")
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        session.starts_at, session.ends_at = moment("2027-03-30", "14:00"), moment("2027-03-30", "16:00")
        session.sequence += 1
        session.save()
        moved = only(read(client, feed)[0], "Cartographie")
        session.state, session.sequence = SessionState.CANCELLED, session.sequence + 1
        session.save()
        cancelled = only(read(client, feed)[0], "Cartographie")
    assert before["uid"] == moved["uid"] == cancelled["uid"]
    assert [int(event["sequence"]) for event in (before, moved, cancelled)] == [0, 1, 2]
    assert moved.decoded("dtstart") == datetime(2027, 3, 30, 14, tzinfo=PARIS)
    assert moved.decoded("last-modified") > before.decoded("last-modified")
    assert [str(event["status"]) for event in (before, moved, cancelled)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert str(cancelled["summary"]).startswith("Annulé : ")


def test_a_structure_reads_its_sessions_and_only_them(
    client: Client, residency: Residency, school: Structure, session: Session
) -> None:
    SessionFactory(activity=ActivityFactory(residency=residency, title="Ailleurs"))
    calendar, _other = read(client, feeds.open_feed(by=member_of(school), structure=school))
    (event,) = calendar.walk("VEVENT")
    assert event["summary"] == "Compagnie des Gaillettes – Cartographie, sonore ; et lente"
    desk = feeds.open_feed(by=CoordinatorFactory(territory=residency.territory), territory=residency.territory)
    everything, _other = read(client, desk)
    assert str(event["uid"]) in {str(one["uid"]) for one in everything.walk("VEVENT")}
    assert only(everything, "Ailleurs")["class"] == "CONFIDENTIAL"
    SessionFactory(activity=ActivityFactory(title="Chez les voisins"))
    assert "voisins" not in read(client, desk)[0].to_ical().decode()


def test_the_address_is_renewed_revoked_and_opened_again(client: Client, residency: Residency) -> None:
    artist = artist_of(residency)
    feed = feeds.open_feed(by=artist, residency=residency)
    assert feeds.open_feed(by=artist, residency=residency) == feed
    first = address(feed)
    feed = feeds.renew(by=artist, feed=feed)
    second = address(feed)
    assert len({first, second}) == 2
    assert [client.get(one).status_code for one in (first, second)] == [404, 200]
    feeds.revoke(by=artist, feed=feed)
    assert client.get(second).status_code == 404
    with pytest.raises(Refused, match="révoquée"):
        feeds.renew(by=artist, feed=feed)
    third = address(feeds.open_feed(by=artist, residency=residency))
    assert [client.get(one).status_code for one in (first, second, third)] == [404, 404, 200]
    verbs = Entry.objects.filter(verb__startswith="feed.").order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["feed.opened", "feed.renewed", "feed.revoked", "feed.opened"]
    with pytest.raises(Forbidden):
        feeds.revoke(by=UserFactory(), feed=feed)


def test_a_wrong_word_finds_nothing(client: Client, residency: Residency) -> None:
    feed = feeds.open_feed(by=artist_of(residency), residency=residency)
    good = token(feed)
    forged = signing.Signer(sep=".", salt="candidatures.interviews.feed").sign(f"{feed.uuid.hex}-{feed.version}")
    for word in (good[:-1], good.swapcase(), f"{feed.uuid.hex}-1", forged, "x"):
        assert client.get(reverse("feeds:feed", args=[word])).status_code == 404
    assert client.get(reverse("feeds:feed", args=[good])).status_code == 200
    assert client.post(reverse("feeds:feed", args=[good])).status_code == 405


def test_who_lost_the_right_reads_nothing_any_more(client: Client, residency: Residency, school: Structure) -> None:
    artist, member = artist_of(residency), member_of(school)
    desk = CoordinatorFactory(territory=residency.territory)
    addresses = [
        address(feeds.open_feed(by=artist, residency=residency)),
        address(feeds.open_feed(by=member, structure=school)),
        address(feeds.open_feed(by=desk, territory=residency.territory)),
    ]
    assert [client.get(one).status_code for one in addresses] == [200] * 3
    residency.artists.update(left_at=timezone.now())
    school.professionals.filter(email=member.email).delete()
    TerritoryMembership.objects.filter(user=desk).delete()
    assert [client.get(one).status_code for one in addresses] == [404] * 3
    residency.artists.update(left_at=None)
    type(artist).objects.filter(pk=artist.pk).update(is_active=False)
    assert client.get(addresses[0]).status_code == 404


def test_only_ones_own_calendars_have_an_address(residency: Residency, school: Structure) -> None:
    stranger = UserFactory()
    for target in ({"residency": residency}, {"structure": school}, {"territory": residency.territory}):
        with pytest.raises(Forbidden):
            feeds.open_feed(by=stranger, **target)
    with pytest.raises(Forbidden):
        feeds.open_feed(by=artist_of(residency), territory=residency.territory)


def test_a_program_that_has_it_already_is_told_so(client: Client, residency: Residency, session: Session) -> None:
    url = address(feeds.open_feed(by=artist_of(residency), residency=residency))
    first = client.get(url)
    assert first["Cache-Control"] == "private, no-cache"
    again = client.get(url, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    session.sequence += 1
    session.save()
    assert client.get(url, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_a_feed_costs_the_same_for_many_sessions(
    client: Client, residency: Residency, school: Structure, assert_num_queries_constant: Any
) -> None:
    from tests.factories.residencies import plan_many

    url = address(feeds.open_feed(by=CoordinatorFactory(territory=residency.territory), territory=residency.territory))
    plan_many(residency, 3, [school])
    assert_num_queries_constant(lambda: client.get(url), lambda: plan_many(residency, 27, [school]), at_most=6)


def test_the_calendar_of_the_public_has_the_same_events(client: Client, residency: Residency, session: Session) -> None:
    feed = feeds.open_feed(by=artist_of(residency), residency=residency)
    item = AgendaItem(session, "Écoute", "Venez écouter.", "École", session.where, [residency], "Bus 12")
    calendar, _other = both(public_calendar([item], commune=session.where))
    event = only(calendar, "Écoute")
    assert event["uid"] == only(read(client, feed)[0], "Cartographie")["uid"]
    assert event["description"] == "Venez écouter.\nBus 12"
    assert event["location"] == "École, Liévin"
    assert "Liévin" in calendar["name"]
    session.state = SessionState.CANCELLED
    assert only(both(public_calendar([item]))[0], "Écoute")["status"] == "CANCELLED"
    # An empty agenda is a calendar too.
    assert both(public_calendar([]))[1].events == []


def test_the_address_is_on_the_page_of_the_calendar(client: Client, residency: Residency) -> None:
    client.force_login(artist_of(residency))
    page, act = (reverse(f"studio:{name}", args=[residency.uuid]) for name in ("calendar", "calendar_feed"))
    assert "Créer mon adresse" in client.get(page).content.decode()
    client.post(act, {"acte": "ouvrir"})
    feed = CalendarFeed.objects.get()
    assert address(feed) in client.get(page).content.decode()
    client.post(act, {"acte": "changer"})
    feed.refresh_from_db()
    assert feed.version == 2
    client.post(act, {"acte": "revoquer"})
    assert address(feed) not in client.get(page).content.decode()
    assert client.post(act, {"acte": "changer"}).status_code == 409
