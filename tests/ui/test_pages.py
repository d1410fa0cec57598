"""The shell's public pages, its errors, and what machines read."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import OperationalError, connection
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views import defaults

from clea.documents.uploads import MAX_REQUEST_BYTES
from clea.ui import ecodesign, identity, views
from clea.ui.checks import publisher_is_named
from clea.ui.identity import Publisher
from tests.ui.html import read

LEGAL = ["accessibility", "legal", "privacy", "cookies", "ecodesign", "site_map"]
FRENCH = [
    "Déclaration d'accessibilité",
    "Mentions légales",
    "Données personnelles",
    "Cookies",
    "Éco-conception",
    "Plan du site",
]


@pytest.fixture
def publisher(monkeypatch):
    """Replace who publishes the site for one test."""

    def name(**values: str) -> None:
        monkeypatch.setattr(identity, "_source", lambda: Publisher(**values))

    monkeypatch.setattr(identity, "_source", None)
    return name


@pytest.mark.parametrize(("name", "title"), list(zip(LEGAL, FRENCH, strict=True)))
@pytest.mark.django_db
def test_each_page_of_the_law_is_public_valid_and_has_one_title(client, name, title):
    answer = client.get(reverse(name))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert read(html).faults == []
    assert html.count("<h1") == 1
    assert f"<title>{title} – CLEA</title>" in html.replace("&#x27;", "'")
    assert "Accessibilité&nbsp;: non conforme" in html


@pytest.mark.parametrize("name", ["accessibility", "legal", "privacy", "ecodesign"])
def test_the_pages_of_the_law_ask_who_publishes_and_nothing_else(client, name, assert_max_queries):
    assert_max_queries(1, lambda: client.get(reverse(name)))


def test_the_accessibility_page_says_where_to_turn(client, publisher):
    publisher(name="Agglomération", email="contact@exemple.test")
    html = client.get(reverse("accessibility")).content.decode()
    assert "non conforme" in html
    assert "defenseurdesdroits.fr" in html
    assert "mailto:contact@exemple.test" in html


def test_the_legal_notice_says_its_own_holes_until_they_are_filled(client, publisher):
    warning = "Il manque encore ici des mentions"
    assert warning in client.get(reverse("legal")).content.decode()
    publisher(name="Agglo", address="1 rue", email="a@b.test", director="Ada", host_name="Hôte")
    html = client.get(reverse("legal")).content.decode()
    assert warning not in html
    assert "Hôte" in html


def test_the_settings_fill_what_the_domain_does_not_say(settings, publisher):
    publisher(name="Agglo")
    settings.LEGAL_NOTICE = {"name": "Autre", "host_name": "Hôte", "unknown": "x"}
    assert identity.publisher().name == "Agglo"
    assert identity.publisher().host_name == "Hôte"


def test_production_is_warned_of_a_legal_notice_with_holes(publisher):
    assert [message.id for message in publisher_is_named(None)] == ["ui.W001"]
    publisher(name="Agglo", address="1 rue", email="a@b.test", director="Ada", host_name="Hôte")
    assert publisher_is_named(None) == []


@pytest.mark.django_db
def test_every_cookie_is_listed_under_its_real_name_and_privacy_leads_there(client, settings):
    html = client.get(reverse("cookies")).content.decode()
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, "messages"):
        assert f"<code>{name}</code>" in html
    assert "14 jours" in html
    assert reverse("cookies") in client.get(reverse("privacy")).content.decode()


@pytest.mark.django_db
def test_the_eco_design_page_shows_what_the_files_weigh(client):
    html = client.get(reverse("ecodesign")).content.decode()
    sheet = ecodesign.weigh("css/clea.css")
    assert sheet.raw == (Path(__file__).parents[2] / "static" / "css" / "clea.css").stat().st_size
    assert f"{round(sheet.transferred / 1000)}\xa0Ko" in html


def test_a_file_that_is_not_there_is_not_weighed():
    with pytest.raises(FileNotFoundError):
        ecodesign.weigh("css/nowhere.css")


@pytest.mark.django_db
def test_the_language_switch_comes_back_to_the_page_with_its_parameters(client):
    html = client.get(reverse("legal") + "?a=1&b=2").content.decode()
    assert 'name="next" value="/mentions-legales/?a=1&amp;b=2"' in html
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/mentions-legales/?a=1&b=2"})
    assert (answer.status_code, answer["Location"]) == (302, "/mentions-legales/?a=1&b=2")
    assert '<html lang="en">' in client.get(reverse("legal")).content.decode()


def test_health_answers_without_the_database(client):
    answer = client.get("/sante/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_readiness_names_what_does_not_answer(client, monkeypatch):
    assert client.get("/sante/pret/").json() == {"status": "ok", "checks": {"database": True, "files": True}}

    def fail(*args: object) -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", fail)
    answer = client.get("/sante/pret/")
    assert (answer.status_code, answer.json()["checks"]["database"]) == (503, False)


def test_robots_keep_out_of_private_rooms_and_find_the_map(client):
    text = client.get("/robots.txt").content.decode()
    for room in ("compte", "coordination", "candidatures", "fichiers"):
        assert f"Disallow: /{room}/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


@pytest.mark.django_db
def test_the_site_map_for_machines_lists_the_pages_of_the_shell(client):
    root = ET.fromstring(client.get("/sitemap.xml").content)
    addresses = [node.text or "" for node in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert any(address.endswith("/accessibilite/") for address in addresses)
    assert any(address.endswith("/") and address.count("/") == 3 for address in addresses)


def test_the_security_contact_expires_and_never_in_the_past(client, publisher):
    publisher(email="contact@exemple.test")
    with time_machine.travel("2026-11-22 10:00+00:00", tick=False):
        text = client.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:contact@exemple.test" in text
    assert "Expires: 2027-05-21T00:00:00Z" in text


def test_the_manifest_names_an_icon_that_exists(client):
    manifest = json.loads(client.get("/manifest.webmanifest").content)
    assert all(finders.find(icon["src"].removeprefix("/static/")) for icon in manifest["icons"])
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    assert finders.find(client.get("/favicon.ico")["Location"].removeprefix("/static/"))


# Errors ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_page_that_is_not_there_helps(client):
    answer = client.get("/nulle-part/")
    html = answer.content.decode()
    assert answer.status_code == 404
    assert read(html).faults == []
    assert reverse("site_map") in html


def test_a_refusal_gives_its_reason():
    request = RequestFactory().get("/")
    answer = defaults.permission_denied(request, PermissionDenied("Le jury n'a pas commencé."))
    assert answer.status_code == 403
    assert "Le jury n&#x27;a pas commencé." in answer.content.decode()


def test_an_unreadable_request_is_answered_without_a_context():
    answer = defaults.bad_request(RequestFactory().get("/"), Exception("x"))
    assert answer.status_code == 400
    assert read(answer.content.decode()).faults == []


def test_too_many_bytes_are_answered_to_people_and_to_scripts():
    page = views.too_large(RequestFactory().post("/x/"))
    assert page.status_code == 413
    assert "qualité" in page.content.decode()
    script = views.too_large(RequestFactory().post("/x/", headers={"X-Requested-With": "fetch"}))
    assert "message" in json.loads(script.content)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/coordination/", "/compte/connexion/"])
def test_a_request_too_heavy_for_any_page_is_not_read(address):
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    answer = client.generic(
        "POST",
        address,
        b"--x\r\n",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(MAX_REQUEST_BYTES + 1),
    )
    assert answer.status_code == 413
    assert "qualité" in answer.content.decode()


@pytest.mark.django_db
def test_a_request_that_is_not_understood_is_still_answered():
    answer = Client(raise_request_exception=False).get("/", headers={"Host": "ailleurs.test"})
    assert answer.status_code == 400


@pytest.mark.django_db
def test_a_busy_day_does_not_wipe_the_counters():
    cache.set("a-limit", [1], 3600)
    cache.set_many({f"somebody-{n}": [1] for n in range(700)}, 3600)
    assert cache.get("a-limit") == [1]


def test_too_many_requests_are_told_to_wait():
    html = get_template("429.html").render({}, RequestFactory().get("/"))
    assert read(html).faults == []


@pytest.mark.django_db
def test_a_form_too_old_says_what_to_do_and_gives_scripts_a_new_token():
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("account_logout"))
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "Revenez en arrière" in html
    assert read(html).faults == []
    answer = client.post(reverse("account_logout"), headers={"X-Requested-With": "fetch"})
    token = answer.json()["csrf_token"]
    again = client.post(reverse("account_logout"), {"csrfmiddlewaretoken": token})
    assert again.status_code == 302


# Weight ----------------------------------------------------------------------------------------


def test_the_style_of_every_public_page_stays_light():
    assert ecodesign.weigh("css/clea.css").transferred <= 14_000
    assert ecodesign.weigh("css/admin.css").transferred <= 6_000
    assert sum(weight.transferred for weight in ecodesign.weights().form) <= 24_000


def test_the_style_sheet_asks_nothing_of_anyone():
    for name in ("clea", "admin"):
        css = (Path(__file__).parents[2] / "static" / "css" / f"{name}.css").read_text(encoding="utf-8")
        assert not re.search(r"@import|@font-face|url\(", css)


@pytest.mark.django_db
def test_the_project_has_no_missing_migration_of_the_shell():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
