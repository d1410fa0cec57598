"""The Atom feed, the ICS file, the site map: what programs read."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.test import Client
from django.urls import reverse
from ical.calendar import Calendar as OtherCalendar
from ical.calendar_stream import IcsCalendarStream

from candidatures.enums import PeriodKind
from candidatures.models import Call, CallPeriod
from tests.factories.candidatures import CallFactory

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def call() -> Call:
    call = CallFactory(
        title="Cinq résidences ; « artistiques », 2026-2027",
        slug="cinq",
        opens_at=datetime(2025, 12, 15, 9, tzinfo=PARIS),
        closes_at=datetime(2026, 2, 16, tzinfo=PARIS),
        interviews_from=date(2026, 3, 2),
        interviews_to=date(2026, 3, 6),
        jury_on=date(2026, 3, 10),
        results_on=date(2026, 3, 13),
    )
    CallPeriod.objects.create(
        call=call, kind=PeriodKind.EVENT, title="27e heure", starts_on=date(2026, 10, 7), ends_on=date(2026, 10, 7)
    )
    CallPeriod.objects.create(
        call=call, kind=PeriodKind.PHASE, title="Phase 2", starts_on=date(2027, 3, 8), ends_on=date(2027, 6, 11)
    )
    return call


def fetch(client: Client, call: Call) -> bytes:
    response = client.get(reverse("calls:calendar", args=[call.slug]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{call.slug}.ics"'
    return response.content


def events(content: bytes) -> dict[str, Any]:
    parsed = icalendar.Calendar.from_ical(content)
    return {str(event["summary"]).split(" – ")[0]: event for event in parsed.walk("VEVENT")}


def test_every_date_of_the_call_is_in_the_file(client: Client, call: Call) -> None:
    found = events(fetch(client, call))
    assert {label: (event["dtstart"].dt, event["dtend"].dt) for label, event in found.items()} == {
        "Ouverture de l'appel": (
            datetime(2025, 12, 15, 9, tzinfo=PARIS),
            datetime(2025, 12, 15, 9, 1, tzinfo=PARIS),
        ),
        # Midnight is the end of the 15th, not the beginning of the 16th.
        "Clôture de l'appel": (datetime(2026, 2, 15, 23, 59, tzinfo=PARIS), datetime(2026, 2, 16, tzinfo=PARIS)),
        "Entretiens éventuels": (date(2026, 3, 2), date(2026, 3, 7)),
        "Réunion du jury": (date(2026, 3, 10), date(2026, 3, 11)),
        "Annonce des résultats, au plus tard": (date(2026, 3, 13), date(2026, 3, 14)),
        "27e heure": (date(2026, 10, 7), date(2026, 10, 8)),
        "Phase 2": (date(2027, 3, 8), date(2027, 6, 12)),
    }


def test_another_reader_understands_the_file_the_same_way(client: Client, call: Call) -> None:
    other: OtherCalendar = IcsCalendarStream.calendar_from_ics(fetch(client, call).decode())
    assert len(other.events) == 7
    closing = next(event for event in other.events if event.summary and event.summary.startswith("Clôture"))
    assert closing.summary == "Clôture de l'appel – Cinq résidences ; « artistiques », 2026-2027"
    assert isinstance(closing.end, datetime)
    assert closing.end.astimezone(UTC) == datetime(2026, 2, 15, 23, tzinfo=UTC)
    phase = next(event for event in other.events if event.summary and event.summary.startswith("Phase 2"))
    assert (phase.start, phase.end) == (date(2027, 3, 8), date(2027, 6, 12))
    assert [timezone.tz_id for timezone in other.timezones] == ["Europe/Paris"]


def test_the_close_rings_a_week_before(client: Client, call: Call) -> None:
    (alarm,) = events(fetch(client, call))["Clôture de l'appel"].walk("VALARM")
    assert alarm["trigger"].dt == timedelta(days=-7)


def test_lines_are_folded_as_the_standard_wants(client: Client, call: Call) -> None:
    content = fetch(client, call)
    assert content.replace(b"\r\n", b"").count(b"\n") == 0
    assert max(len(line) for line in content.split(b"\r\n")) <= 75


def test_a_date_that_moves_keeps_its_name(client: Client, call: Call) -> None:
    before = {label: str(event["uid"]) for label, event in events(fetch(client, call)).items()}
    Call.objects.filter(pk=call.pk).update(closes_at=datetime(2026, 2, 20, 12, tzinfo=PARIS))
    CallPeriod.objects.filter(title="Phase 2").update(ends_on=date(2027, 6, 4))
    after = events(fetch(client, call))
    assert {label: str(event["uid"]) for label, event in after.items()} == before
    assert len(set(before.values())) == 7
    assert after["Clôture de l'appel"]["dtend"].dt == datetime(2026, 2, 20, 12, tzinfo=PARIS)


def test_the_same_call_gives_the_same_bytes(client: Client, call: Call) -> None:
    assert fetch(client, call) == fetch(client, call)


def test_two_calls_never_share_an_identifier(client: Client, call: Call) -> None:
    other = CallFactory()
    mine = {str(event["uid"]) for event in events(fetch(client, call)).values()}
    assert mine.isdisjoint({str(event["uid"]) for event in events(fetch(client, other)).values()})


def feed(client: Client) -> ET.Element:
    response = client.get(reverse("calls:feed"))
    assert response["Content-Type"].startswith("application/atom+xml")
    return ET.fromstring(response.content)


def test_the_feed_tells_the_public_calls_the_latest_first(client: Client, call: Call) -> None:
    later = CallFactory(title="Le suivant")
    CallFactory(draft=True, title="Secret")
    root = feed(client)
    assert [entry.findtext("a:title", namespaces=ATOM) for entry in root.findall("a:entry", ATOM)] == [
        "Le suivant",
        call.title,
    ]
    entry = root.findall("a:entry", ATOM)[1]
    assert entry.findtext("a:id", namespaces=ATOM) == call.uuid.urn
    link = entry.find("a:link", ATOM)
    assert link is not None
    assert link.get("href") == f"http://testserver{call.get_absolute_url()}"
    summary = entry.findtext("a:summary", namespaces=ATOM) or ""
    assert "dimanche 15 février 2026 inclus" in summary
    assert str(later.uuid) in ET.tostring(root).decode()


def test_the_feed_has_the_addresses_of_the_site_whoever_asks(client: Client, settings: Any, call: Call) -> None:
    settings.SITE_URL = "https://clea.exemple.test"
    root = feed(client)
    links = {link.get("rel"): link.get("href") for link in root.findall("a:link", ATOM)}
    assert links == {
        "alternate": "https://clea.exemple.test/appels/",
        "self": "https://clea.exemple.test/appels/fil.atom",
    }
    for name in ("id", "title", "updated"):
        assert root.findtext(f"a:{name}", namespaces=ATOM)


def test_an_empty_feed_is_a_feed(client: Client) -> None:
    assert feed(client).findall("a:entry", ATOM) == []


def test_the_feed_costs_one_query(client: Client, assert_num_queries_constant: Any) -> None:
    CallFactory.create_batch(3)
    assert (
        assert_num_queries_constant(lambda: client.get(reverse("calls:feed")), lambda: CallFactory.create_batch(27))
        == 1
    )


def test_the_site_map_knows_public_calls_only(client: Client, call: Call) -> None:
    CallFactory(draft=True, slug="secret")
    content = client.get("/sitemap.xml").content.decode()
    assert "/appels/cinq/</loc>" in content
    assert "/appels/</loc>" in content
    assert "secret" not in content
