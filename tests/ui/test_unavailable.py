"""Closed for maintenance, the database away, a breakdown, an address opened by hand."""

from __future__ import annotations

import errno

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from clea.accounts.models import User
from clea.ui import identity
from clea.ui.identity import Publisher
from tests.ui.html import read

HERE = {"Sec-Fetch-Site": "same-origin"}


def breakdown(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


def database_away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("on purpose")


handler500 = "clea.ui.unavailable.breakdown"


def disk_full(request: HttpRequest) -> HttpResponse:
    raise OSError(errno.ENOSPC, "No space left on device")


urlpatterns = [
    path("panne/", breakdown),
    path("base/", database_away),
    path("plein/", disk_full),
    path("", include("clea.urls")),
]


@pytest.fixture
def visitor(monkeypatch, settings, tmp_path):
    """A person who came through, on a site that remembers who publishes it."""
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(identity, "_source", lambda: Publisher(email="contact@exemple.test"))
    monkeypatch.setattr(identity, "_last", None)
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_user("ada@exemple.test"))
    return client


@pytest.mark.django_db
def test_a_closed_site_says_until_when_and_gives_the_form_back(visitor, tmp_path):
    (tmp_path / "MAINTENANCE").write_text("Le site rouvre à 14 h.", encoding="utf-8")
    page = visitor.post("/candidatures/x/?a=1", {"lettre": "« Bonjour »\nici"}, headers=HERE)
    html = page.content.decode()
    assert (page.status_code, page["Retry-After"]) == (503, "600")
    assert read(html).faults == []
    assert "Le site rouvre à 14 h." in html
    assert 'action="/candidatures/x/?a=1"' in html
    assert 'name="lettre" value="« Bonjour »\nici"' in html
    assert "mailto:contact@exemple.test" in html
    assert "heure de Paris" in html
    assert (
        "lettre" not in visitor.post("/candidatures/x/", {"lettre": "x"}, headers={"Sec-Fetch-Site": "cross-site"}).text
    )
    assert "secret" not in visitor.post("/x/", {"password": "secret"}, headers=HERE).text
    assert visitor.get("/", headers={"X-Requested-With": "fetch"}).json()["message"] == "Le site rouvre à 14 h."
    # The supervisor, the way in and the coordination pass.
    assert visitor.get("/sante/").status_code == 200
    assert visitor.get("/compte/connexion/").status_code != 503
    User.objects.update(is_staff=True)
    assert visitor.get("/mentions-legales/").status_code == 200
    (tmp_path / "MAINTENANCE").unlink()
    assert Client().get("/mentions-legales/").status_code == 200


@pytest.mark.urls("tests.ui.test_unavailable")
@pytest.mark.django_db
def test_a_breakdown_answers_with_a_page_that_needs_nothing_and_the_database_s_absence_is_passing(
    visitor, django_assert_num_queries
):
    with django_assert_num_queries(1):  # the session and its person, asked before it broke
        page = visitor.post("/panne/", {"lettre": "Bonjour"}, headers=HERE)
    html = page.content.decode()
    assert page.status_code == 500
    assert read(html).faults == []
    assert html.count("<h1") == 1
    assert "Ce n&#x27;est pas votre faute" in html or "Ce n'est pas votre faute" in html
    assert 'href="/static/css/clea.css"' in html
    assert 'value="Bonjour"' in html
    for passing in ("/base/", "/plein/"):
        page = visitor.get(passing)
        assert (page.status_code, page["Retry-After"]) == (503, "600")
        assert read(page.content.decode()).faults == []


@pytest.mark.django_db
def test_an_address_that_takes_a_form_only_says_so_and_leads_back(visitor):
    page = visitor.get("/langue/", headers={"Referer": "http://testserver/agenda/?page=2"})
    html = page.content.decode()
    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert read(html).faults == []
    assert 'href="/agenda/?page=2"' in html
    for elsewhere in ("http://ailleurs.test/x/", "http://testserver//ailleurs.test/x/"):
        back = visitor.get("/langue/", headers={"Referer": elsewhere}).text
        assert 'href="/"' in back
        assert "ailleurs.test" not in back


@pytest.mark.django_db
def test_the_demonstration_does_not_list_its_routes_to_who_mistypes_an_address(visitor, settings):
    settings.DEBUG = True
    page = visitor.get("/nulle-part/")
    assert page.status_code == 404
    assert "URLconf" not in page.text
    assert "Plan du site" in page.text


@pytest.mark.django_db
def test_a_form_that_was_too_old_is_sent_again_from_the_page_that_says_so():
    client = Client(enforce_csrf_checks=True)
    html = client.post(
        reverse("territory:index"), {"lettre": "Bonjour", "csrfmiddlewaretoken": "vieux"}, headers=HERE
    ).text
    assert 'name="lettre" value="Bonjour"' in html
    assert "vieux" not in html
    assert html.count("csrfmiddlewaretoken") >= 1
    assert read(html).faults == []
    assert "Bonjour" not in client.post(reverse("territory:index"), {"lettre": "Bonjour"}).text
