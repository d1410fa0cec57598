"""What public pages tell machines, how they travel, and the language that changes without a cookie on every page."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clea.ui import structured
from residencies.models import Event
from tests.factories.candidatures import CallFactory
from tests.factories.residencies import moment
from tests.factories.structures import CoordinatorFactory


def said(html: str) -> list[dict[str, Any]]:
    """Every thing said in JSON-LD."""
    found = [json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)]
    return [thing for one in found for thing in one.get("@graph", [one])]


@pytest.mark.django_db
def test_a_page_has_one_address_whatever_follows_it_and_a_filtered_one_is_left_aside(client: Client) -> None:
    def canonical(address: str) -> list[str]:
        return re.findall(r'<link rel="canonical" href="([^"]*)">', client.get(address).content.decode())

    agenda = f"http://testserver{reverse('residencies:agenda')}"
    assert canonical("/agenda/") == canonical("/agenda/?utm_source=lettre&page=1&fbclid=1") == [agenda]
    assert canonical("/agenda/?page=2") == [f"{agenda}?page=2"]
    assert canonical("/agenda/?du=2027-01-01") == []
    assert canonical("/nulle-part/") == canonical("/compte/connexion/") == []


@pytest.mark.django_db
def test_a_call_and_an_event_say_what_they_are_to_search_engines(client: Client) -> None:
    call = CallFactory(complete=True, title='Appel </script><b>"A"')
    page = client.get(call.get_absolute_url()).content.decode()
    service, path = said(page)
    assert (service["@type"], service["name"]) == ("GovernmentService", call.title)
    assert (
        service["availableChannel"]["hoursAvailable"]["validThrough"] == timezone.localtime(call.closes_at).isoformat()
    )
    assert [item["name"] for item in path["itemListElement"]] == ["Accueil", "Appels", call.title]
    assert {thing["@type"] for thing in said(client.get("/").content.decode())} == {
        "WebSite", "GovernmentOrganization", "GovernmentService",
    }  # fmt: skip
    event = Event.objects.create(
        season=call.season, slug="27e", title="27e heure", place="La Gare", state="cancelled", open_to_public=True,
        starts_at=moment("2027-02-03"), ends_at=moment("2027-02-03", "12:00"),
    )  # fmt: skip
    found = said(client.get(event.get_absolute_url()).content.decode())[0]
    assert (found["startDate"], found["eventStatus"]) == (
        "2027-02-03T10:00:00+01:00", "https://schema.org/EventCancelled",
    )  # fmt: skip
    assert structured.script([]) == ""


@pytest.mark.django_db
def test_who_holds_no_secret_gets_brotli_and_the_others_a_padded_gzip(client: Client) -> None:
    def asked(accept: str) -> Any:
        return client.get(reverse("legal"), headers={"accept-encoding": accept})

    page = asked("gzip, br")
    assert (page.headers["Content-Encoding"], page.headers["Content-Length"]) == ("br", str(len(page.content)))
    assert b"<title>Mentions" in brotli.decompress(page.content)
    again = client.get(reverse("legal"), headers={"accept-encoding": "gzip, br", "if-none-match": page.headers["ETag"]})
    assert again.status_code == 304
    assert asked("gzip, br;q=0").headers["Content-Encoding"] == "gzip"
    client.force_login(CoordinatorFactory())
    pages = [asked("gzip, br") for _n in range(6)]
    assert {page.headers["Content-Encoding"] for page in pages} == {"gzip"}
    assert b"<title>Mentions" in gzip.decompress(pages[0].content)
    assert len({len(page.content) for page in pages}) > 1


@pytest.mark.django_db
def test_the_language_changes_without_a_token_but_only_from_here() -> None:
    client = Client(enforce_csrf_checks=True)
    sent = {"language": "en", "next": "/appels/?page=2"}

    def switched(**headers: str) -> Any:
        return client.post(reverse("set_language"), sent, headers=headers)

    assert switched(**{"sec-fetch-site": "cross-site"}).status_code == 403
    assert switched(origin="https://ailleurs.test").status_code == 403
    assert not client.cookies
    assert switched(**{"sec-fetch-site": "same-origin"})["Location"] == "/appels/?page=2"
    assert 'lang="en"' in client.get("/appels/").content.decode()
    # A refused form would be lost by it: the page says so, and only then.
    warning = "Changer de langue recharge"
    client.cookies.clear()
    page = client.post(reverse("residencies:news_subscribe"), {"email": "x"}).content.decode()
    assert warning in page
    assert warning not in client.get(reverse("residencies:news_subscribe")).content.decode()
