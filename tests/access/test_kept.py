"""What an anonymous visitor is shown again, and what makes it anew."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import override_script_prefix
from django.urls import resolve, reverse
from django.utils import timezone

from candidatures.enums import ApplicationState
from candidatures.models import Call
from candidatures.services import applications, calls
from clea.journal import changes
from clea.journal.models import ChainHead
from clea.ui import kept, unavailable
from clea.ui.head import indexed
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import CallFactory, DisciplineFactory, file_application, fill_application
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept(settings: Any, db: None) -> Iterator[None]:
    settings.PUBLIC_CACHE = True
    kept.shelf.clear()
    # The journal has begun: the mark stands.
    ChainHead.objects.get_or_create(pk=1)
    changes._move()
    yield
    kept.shelf.clear()


@pytest.fixture
def call() -> Iterator[Call]:
    with time_machine.travel(timezone.now().replace(second=5), tick=False):
        yield CallFactory(complete=True)


def test_a_visitor_is_shown_again_what_another_one_read(call, assert_max_queries):
    url = call.get_absolute_url()
    first = Client().get(url)
    again = Client()
    assert_max_queries(1, lambda: again.get(url))
    page = again.get(url)
    assert page.content == first.content
    assert page["X-Request-ID"] != first["X-Request-ID"]
    assert page["Content-Security-Policy"] == first["Content-Security-Policy"]
    assert page["ETag"] == first["ETag"]
    assert not page.cookies
    head = again.head(url)
    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", first["Content-Length"])
    assert again.get(url, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert again.get(url, headers={"if-none-match": '"other"'}).status_code == 200


def test_whoever_has_the_page_already_is_told_so_by_the_one_who_makes_it(call):
    url = call.get_absolute_url()
    etag = Client().get(url)["ETag"]
    kept.shelf.clear()
    assert Client().get(url, headers={"if-none-match": etag}).status_code == 304
    assert Client().get(url).status_code == 200


def test_each_language_and_each_compression_has_its_own(call):
    url = call.get_absolute_url()
    for _round in range(2):
        assert 'lang="fr"' in Client().get(url).content.decode()
        english = Client().get(url, headers={"accept-language": "en"})
        assert '<html lang="en"' in english.content.decode()
        chosen = Client()
        chosen.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        assert chosen.get(url).content == english.content
        kinds = [Client().get(url, headers={"accept-encoding": kind}) for kind in ("br", "gzip", "gzip, br;q=0")]
        assert [page["Content-Encoding"] for page in kinds] == ["br", "gzip", "gzip"]
        assert all("Accept-Encoding" in page["Vary"] for page in kinds)


def test_nobody_reads_another_persons_page(call):
    url, artist = call.get_absolute_url(), UserFactory()
    anonymous = Client().get(url).content
    signed_in = Client()
    signed_in.force_login(artist)
    own = signed_in.get(url)
    assert artist.email in own.content.decode()
    assert "no-store" in own["Cache-Control"]
    assert Client().get(url).content == anonymous
    assert artist.email in signed_in.get(url).content.decode()


@pytest.mark.parametrize(
    ("headers", "cookie", "kept_it"),
    [
        ({}, "", True),
        ({"Vary": "Cookie, Accept-Language, Accept-Encoding", "Cache-Control": "public, max-age=60"}, "", True),
        ({}, "message", False),
        ({"Cache-Control": "private, no-store"}, "", False),
        ({"Vary": "Cookie, User-Agent"}, "", False),
    ],
)
def test_an_answer_that_may_be_one_readers_is_not_kept(headers, cookie, kept_it):
    answer = HttpResponse("", headers={"ETag": '"1"', **headers})
    if cookie:
        answer.set_cookie(cookie, "bonjour")
    assert kept.may_keep(answer) is kept_it


def test_where_one_visitor_says_that_the_site_begins_is_not_where_another_one_finds_it(call):
    with override_script_prefix("//"):
        assert "%2Fappels" in Client().get("/appels/").content.decode()
    assert "%2Fappels" not in Client().get("/appels/").content.decode()


def test_a_page_that_nobody_named_is_made_for_each(call):
    url = call.get_absolute_url()
    Client().get(f"{url}?utm_source=lettre")
    Client().get("/appels/inconnu/")
    assert Client().get(reverse("account_login")).cookies
    assert not kept.shelf.pages
    assert "page=2" in Client().get("/appels/?page=2").content.decode()
    assert [key.query for key in kept.shelf.pages] == ["page=2"]


def test_a_call_closes_on_its_hour_and_the_site_at_once(call):
    url = call.get_absolute_url()
    assert "Candidater" in Client().get(url).content.decode()
    with time_machine.travel(call.closes_at - timedelta(seconds=1), tick=False) as clock:
        assert "/candidater/" in Client().get(url).content.decode()
        clock.move_to(call.closes_at)
        assert "/candidater/" not in Client().get(url).content.decode()
    unavailable.close_site("Fermé pour la nuit.")
    try:
        assert Client().get(url).status_code == 503
    finally:
        unavailable.open_site()
    assert Client().get(url).status_code == 200


def test_a_page_whose_minute_ends_is_made_once_for_all_who_wait(monkeypatch):
    made, both = [], threading.Barrier(2)

    @indexed()
    def page(request):
        time.sleep(0.05)
        made.append(request)
        return HttpResponse("page")

    def asked(request):
        middleware.process_view(request, page, (), {})
        response = page(request)
        response["ETag"] = '"page"'
        request.resolver_match = resolve("/")
        return response

    def visit():
        both.wait()
        middleware(RequestFactory().get("/"))

    middleware = kept.KeptPagesMiddleware(asked)
    monkeypatch.setattr(kept, "moment", lambda: kept.Moment("first", 1))
    middleware(RequestFactory().get("/"))
    monkeypatch.setattr(kept, "moment", lambda: kept.Moment("first", 2))
    visitors = [threading.Thread(target=visit) for _n in range(2)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert len(made) == 2


def test_what_is_kept_stays_within_its_room(call, monkeypatch):
    shelf = kept.Shelf(room=50_000)
    monkeypatch.setattr(kept, "shelf", shelf)
    for number in range(2, 12):
        Client().get(f"/appels/?page={number}")
    assert 0 < shelf.taken <= 50_000
    assert [key.query for key in shelf.pages][-1] == "page=11"


@pytest.mark.django_db(transaction=True)
def test_what_is_published_or_withdrawn_shows_at_once():
    call = CallFactory(complete=True, draft=True)
    coordinator = CoordinatorFactory(territory=call.territory)

    def title_is_listed() -> bool:
        return call.title in Client().get("/appels/").content.decode()

    def mark_moves(act: Any) -> bool:
        before = changes.mark()
        act()
        return changes.mark() != before

    assert not title_is_listed()
    calls.publish(by=coordinator, call=call)
    assert title_is_listed()
    # By what records nothing: a command, a repair by hand.
    Call.objects.filter(pk=call.pk).update(title="Un autre titre")
    assert not title_is_listed()
    Call.objects.filter(pk=call.pk).update(title=call.title)
    assert title_is_listed()
    calls.unpublish(by=coordinator, call=Call.objects.get(pk=call.pk))
    assert not title_is_listed()

    calls.publish(by=coordinator, call=Call.objects.get(pk=call.pk))
    artist, _known = UserFactory(), DisciplineFactory(name="arts visuels")

    # Who starts and files a dossier has no public page made anew.
    assert not mark_moves(lambda: applications.start(by=artist, call=call))
    dossier = call.applications.get()
    dossier.artist_name = "Élan"
    fill_application(dossier)
    assert not mark_moves(lambda: file_application(dossier))
    assert call.applications.get().state == ApplicationState.SUBMITTED

    def undone() -> None:
        with transaction.atomic():
            Call.objects.filter(pk=call.pk).update(title="Personne ne l'a lu")
            transaction.set_rollback(True)

    assert not mark_moves(undone)

    def told_by_a_line_that_is_undone() -> None:
        with transaction.atomic():
            Call.objects.filter(pk=call.pk).update(title="Titre gardé")
            with transaction.atomic():
                calls.changed(by=coordinator, call=call, fields=["title"])
                transaction.set_rollback(True)

    assert mark_moves(told_by_a_line_that_is_undone)

    # The database was restarted between two visits.
    standing = changes.mark()
    connection.connection.close()
    assert changes.mark() == standing
