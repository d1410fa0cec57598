"""The news: written, looked at, published, sent once, read by everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clea.accounts.models import User
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from residencies.models import News, Residency
from residencies.services import news
from residencies.services.news import Text
from structures.models import Territory
from tests.factories.communication import NewsFactory, SubscriberFactory, subscribe_many
from tests.factories.residencies import ResidencyFactory
from tests.factories.structures import CoordinatorFactory, TerritoryFactory

pytestmark = pytest.mark.django_db

TEXT = Text(title="La 27e heure  arrive", summary="Mercredi 7 octobre.", body="## Programme\n\n**14 h** : accueil.")


@pytest.fixture
def territory() -> Territory:
    return TerritoryFactory()


@pytest.fixture
def coordinator(territory: Territory) -> User:
    return CoordinatorFactory(territory=territory)


@pytest.fixture
def desk(coordinator: User) -> Client:
    client = Client()
    client.force_login(coordinator)
    return client


def read(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


# Services -------------------------------------------------------------------------------------------


def test_a_news_is_seen_by_nobody_before_it_is_published(territory, coordinator):
    row = news.write(by=coordinator, territory=territory, text=TEXT)
    assert (row.title, row.slug, row.made_by) == ("La 27e heure arrive", "la-27e-heure-arrive", coordinator)
    assert Client().get(row.get_absolute_url()).status_code == 404
    assert row.title not in read("/actualites/")
    news.publish(by=coordinator, news=row)
    page = read(row.get_absolute_url())
    assert "<h2>Programme</h2>" in page
    assert '<meta name="description" content="Mercredi 7 octobre.">' in page
    assert f'<link rel="canonical" href="http://testserver{row.get_absolute_url()}">' in page
    assert row.get_absolute_url() in read("/actualites/")
    assert row.get_absolute_url() in read("/")
    assert row.get_absolute_url() in read("/sitemap.xml")
    feed = read("/actualites/fil.atom")
    assert f"<id>urn:uuid:{row.uuid}</id>" in feed
    assert "Mercredi 7 octobre." in feed
    with pytest.raises(Refused, match="déjà publiée"):
        news.publish(by=coordinator, news=row)


def test_what_was_taken_off_is_nowhere_even_once_sent(territory, coordinator):
    SubscriberFactory(territory=territory)
    row = NewsFactory(territory=territory, published=True)
    news.send(by=coordinator, news=row)
    news.unpublish(by=coordinator, news=row)
    assert Client().get(row.get_absolute_url()).status_code == 404
    assert row.get_absolute_url() not in read("/actualites/fil.atom") + read("/") + read("/sitemap.xml")
    with pytest.raises(Refused, match="elle reste ici"):
        news.discard(by=coordinator, news=row)
    with pytest.raises(Refused, match="n'est pas publiée"):
        news.unpublish(by=coordinator, news=row)


def test_a_text_changes_with_its_version_and_keeps_its_address(territory, coordinator):
    row = news.write(by=coordinator, territory=territory, text=TEXT)
    changed = news.change(by=coordinator, news=row, text=Text("Autre titre", "Résumé", slug="choisie"), version=0)
    assert (changed.slug, changed.version) == ("choisie", 1)
    with pytest.raises(StaleWrite):
        news.change(by=coordinator, news=row, text=TEXT, version=0)
    news.publish(by=coordinator, news=row)
    assert news.change(by=coordinator, news=row, text=TEXT, version=1).slug == "choisie"
    with pytest.raises(Refused, match="ne change plus"):
        news.change(by=coordinator, news=row, text=Text("T", "R", slug="encore"), version=2)
    with pytest.raises(Refused, match="Retirez d'abord"):
        news.discard(by=coordinator, news=row)


def test_addresses_do_not_meet(territory, coordinator):
    slugs = [news.write(by=coordinator, territory=territory, text=Text(title, "R")).slug for title in
             ("Abonnement", "Abonnement", "« »", "« »", "x" * 200)]  # fmt: skip
    assert slugs == ["abonnement-2", "abonnement-3", "actualite", "actualite-2", "x" * 100]
    with pytest.raises(Refused, match="autre page"):
        news.write(by=coordinator, territory=territory, text=Text("T", "R", slug="desabonnement"))


def test_it_leaves_once_to_who_confirmed_in_this_territory(territory, coordinator):
    french, english = SubscriberFactory(territory=territory), SubscriberFactory(territory=territory, language="en")
    SubscriberFactory(territory=territory, asked=True)
    SubscriberFactory()
    row = NewsFactory(territory=territory)
    with pytest.raises(Refused, match="Publiez"):
        news.send(by=coordinator, news=row)
    news.publish(by=coordinator, news=row)
    assert news.send(by=coordinator, news=row) == 2
    letters = {letter.to: letter for letter in OutgoingMail.objects.all()}
    assert set(letters) == {french.email, english.email}
    assert "Pour ne plus les recevoir" in letters[french.email].body
    assert "To stop receiving them" in letters[english.email].body
    assert len({letter.leave_url for letter in letters.values()}) == 2
    with pytest.raises(Refused, match="ne part qu'une fois"):
        news.send(by=coordinator, news=row)
    assert OutgoingMail.objects.count() == 2
    assert Entry.objects.get(verb="news.sent").data == {"version": 0, "subscribers": 2}


def test_nobody_to_send_to_sends_nothing(territory, coordinator):
    row = NewsFactory(territory=territory, published=True)
    with pytest.raises(Refused, match="Personne n'est encore abonné"):
        news.send(by=coordinator, news=row)
    row.refresh_from_db()
    assert row.sent_at is None


def test_a_hundred_subscribers_cost_two_queries_each(territory, coordinator, assert_max_queries):
    subscribe_many(100, territory=territory)
    row = NewsFactory(territory=territory, published=True)
    # The first line of a journal asks one more.
    assert_max_queries(226, lambda: news.send(by=coordinator, news=row))
    assert OutgoingMail.objects.count() == 100


def test_only_its_own_coordination_touches_a_news(territory, coordinator):
    row = NewsFactory(territory=territory, published=True)
    stranger = CoordinatorFactory()
    acts: list[Callable[[], Any]] = [
        lambda: news.write(by=stranger, territory=territory, text=TEXT),
        lambda: news.change(by=stranger, news=row, text=TEXT, version=0),
        lambda: news.unpublish(by=stranger, news=row),
        lambda: news.publish(by=stranger, news=row),
        lambda: news.send(by=stranger, news=row),
        lambda: news.discard(by=stranger, news=row),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(Refused, match="autre territoire"):
        news.change(by=coordinator, news=row, text=Text("T", "R", residency=ResidencyFactory()), version=0)
    assert News.objects.get() == row


def test_the_journal_holds_no_word_of_it(territory, coordinator):
    row = news.write(by=coordinator, territory=territory, text=TEXT)
    news.publish(by=coordinator, news=row)
    news.unpublish(by=coordinator, news=row)
    news.discard(by=coordinator, news=row)
    lines = list(Entry.objects.filter(verb__startswith="news.").order_by("pk"))
    assert [line.verb for line in lines] == ["news.written", "news.published", "news.unpublished", "news.discarded"]
    assert not any("heure" in repr((line.data, line.summary)) for line in lines)


# Public pages ---------------------------------------------------------------------------------------


def test_the_list_has_pages_and_one_territory_at_a_time(territory):
    now = timezone.now()
    for n in range(14):
        NewsFactory(territory=territory, published_at=now - timedelta(hours=n), title=f"Du terril {n:02}")
    first = read("/actualites/")
    assert "Du terril 00" in first
    assert "Du terril 12" not in first
    assert "Par territoire" not in first
    assert "Du terril 12" in read("/actualites/?page=2")
    NewsFactory(published=True, territory=TerritoryFactory(slug="voisin"), title="Du voisin")
    page = read("/actualites/?territoire=voisin")
    assert "Du voisin" in page
    assert "Du terril" not in page
    assert '<link rel="canonical" href="http://testserver/actualites/?territoire=voisin">' in page
    assert "Du voisin" in read("/actualites/?territoire=nulle-part")


def test_a_residency_s_page_shows_its_news_and_a_news_names_it_once_announced(territory):
    residency: Residency = ResidencyFactory(territory=territory, artist_name="Compagnie du Haldas")
    row = NewsFactory(territory=territory, residency=residency, published=True)
    assert "Compagnie du Haldas" not in read(row.get_absolute_url()) + read("/actualites/")
    residency.published_at = timezone.now()
    residency.save()
    assert residency.get_absolute_url() in read(row.get_absolute_url())
    assert row.get_absolute_url() in read(residency.get_absolute_url())


def test_public_pages_ask_the_same_number_of_queries(territory, assert_num_queries_constant):
    def grow() -> None:
        residency = ResidencyFactory(territory=territory, published_at=timezone.now())
        NewsFactory.create_batch(9, territory=territory, residency=residency, published=True)

    NewsFactory.create_batch(3, territory=territory, published=True)
    row = NewsFactory(territory=territory, published=True)
    for path, at_most in (("/actualites/", 3), ("/actualites/fil.atom", 1), (row.get_absolute_url(), 1)):
        assert_num_queries_constant(lambda path=path: read(path), grow, at_most=at_most)


# The desk -------------------------------------------------------------------------------------------


def test_the_desk_writes_looks_publishes_and_sends(territory, desk):
    subscribe_many(3, territory=territory)
    add = reverse("admin:residencies_news_add")
    typed = {"title": "Une <i>nouvelle</i>", "summary": "Résumé.", "body": "## Titre\n\n<script>x</script>"}
    looked = desk.post(add, typed | {"apercu": "1"}).content.decode()
    assert not News.objects.exists()
    assert "<h3>Titre</h3>" in looked
    assert "&lt;script&gt;" in looked
    assert desk.post(add, typed | {"title": ""}).status_code == 422
    desk.post(add, typed)
    row = News.objects.get()
    url = reverse("admin:residencies_news_change", args=[row.pk])
    acts = {name: reverse(f"admin:residencies_news_{name}", args=[row.uuid]) for name in
            ("publish", "send", "unpublish", "discard")}  # fmt: skip
    page = desk.get(url).content.decode()
    assert acts["publish"] in page
    assert acts["send"] not in page
    assert "Publier cette actualité" in desk.get(acts["publish"]).content.decode()
    desk.post(acts["publish"])
    asked = desk.get(acts["send"]).content.decode()
    assert "3 abonnés reçoivent chacun un message (en français : 3, en anglais : 0)." in asked
    assert "Envoyer à 3 abonnés" in asked
    assert not OutgoingMail.objects.exists()
    sent = desk.post(acts["send"], follow=True).content.decode()
    assert "L'actualité part à 3 abonnés" in sent.replace("&#x27;", "'")
    assert "3 en attente" in sent
    assert OutgoingMail.objects.count() == 3
    again = desk.post(acts["send"], follow=True).content.decode()
    assert "ne part qu'une fois" in again.replace("&#x27;", "'")
    assert OutgoingMail.objects.count() == 3


def test_two_people_do_not_write_over_one_another(territory, coordinator, desk):
    row = NewsFactory(territory=territory)
    url = reverse("admin:residencies_news_change", args=[row.pk])
    news.change(by=coordinator, news=row, text=Text("Écrit par l'autre", "Résumé"), version=0)
    typed = {"title": "Écrit par moi", "summary": "R", "body": "", "version": "0", "slug": row.slug}
    answer = desk.post(url, typed)
    page = answer.content.decode().replace("&#x27;", "'")
    assert answer.status_code == 422
    assert "Écrit par l'autre" in page
    assert 'value="Écrit par moi"' in page
    assert 'name="version" value="1"' in page
    desk.post(url, typed | {"version": "1"})
    row.refresh_from_db()
    assert (row.title, row.version) == ("Écrit par moi", 2)


def test_the_desks_list_asks_as_much_for_three_as_for_one(desk, territory, django_assert_num_queries):
    residency = ResidencyFactory(season__programme__territory=territory)
    NewsFactory(territory=territory, residency=residency)
    listed = reverse("admin:residencies_news_changelist")
    desk.get(listed)
    with CaptureQueriesContext(connection) as one:
        desk.get(listed)
    NewsFactory.create_batch(2, territory=territory, residency=residency)

    with django_assert_num_queries(len(one)):
        desk.get(listed)
