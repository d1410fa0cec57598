"""Receiving the news: asked, confirmed by its owner, left with one gesture, forgotten."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from clea.mail import services as mail
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from residencies.enums import SubscriberState
from residencies.models import Subscriber
from residencies.services import news, subscribers
from residencies.services.news_notices import confirm_token, leave_token
from structures.models import Territory
from tests.factories.communication import NewsFactory, SubscriberFactory
from tests.factories.structures import CoordinatorFactory, TerritoryFactory
from tests.plugins.smtp import smtp_server  # noqa: F401

pytestmark = pytest.mark.django_db

ASK = "/actualites/abonnement/"
ADDRESS = "mina@exemple.test"


@pytest.fixture(autouse=True)
def _no_count() -> None:
    cache.clear()


@pytest.fixture
def territory() -> Territory:
    return TerritoryFactory(name="Communauté des Terrils")


def link_in(row: OutgoingMail) -> str:
    """The path of the private address that the message holds."""
    found = re.search(r"http://testserver(/actualites/\S+/)", row.body)
    assert found is not None
    return found[1]


def test_an_address_is_asked_to_confirm_then_receives(territory):
    client = Client()
    answer = client.post(ASK, {"email": " Mina@Exemple.test "})
    assert (answer.status_code, answer["Location"]) == (302, "/actualites/abonnement/envoye/")
    row = Subscriber.objects.get()
    assert (row.email, row.state, row.language) == (ADDRESS, SubscriberState.ASKED, "fr")
    letter = OutgoingMail.objects.get()
    assert (letter.kind, letter.to, letter.language, letter.leave_url) == (
        "news.subscription_asked", ADDRESS, "fr", "",
    )  # fmt: skip

    link = link_in(letter)
    for _scanner in range(2):
        assert "Confirmer mon abonnement" in Client().get(link).content.decode()
    assert Subscriber.objects.get().state == SubscriberState.ASKED
    assert Client(enforce_csrf_checks=True).post(link).status_code == 403
    assert "Votre abonnement est confirmé" in client.post(link).content.decode()
    row.refresh_from_db()
    assert row.state == SubscriberState.CONFIRMED
    assert row.confirmed_at is not None
    # Twice is once.
    assert client.post(link).status_code == 200
    assert Entry.objects.filter(verb="subscriber.confirmed").count() == 1


def test_the_answer_is_the_same_whether_an_address_is_known_or_not(territory):
    SubscriberFactory(territory=territory, email=ADDRESS)
    client = Client()
    known = client.post(ASK, {"email": ADDRESS}, follow=True)
    unknown = client.post(ASK, {"email": "autre@exemple.test"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    strip = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    assert strip.sub("", known.content.decode()) == strip.sub("", unknown.content.decode())
    already = OutgoingMail.objects.get(to=ADDRESS)
    assert already.kind == "news.subscription_known"
    assert already.leave_url == f"http://testserver{link_in(already)}"
    assert Subscriber.objects.get(email=ADDRESS).state == SubscriberState.CONFIRMED


def test_an_english_reader_is_written_to_and_answered_in_english(territory):
    client = Client(headers={"accept-language": "en"})
    client.post(ASK, {"email": ADDRESS})
    letter = OutgoingMail.objects.get()
    assert Subscriber.objects.get().language == "en"
    assert letter.subject == "Confirm your subscription to the news – Communauté des Terrils"
    assert "press the button (within 7 days)" in letter.body
    # Whoever follows the link reads the language of the mail, whatever the browser's.
    page = Client().get(link_in(letter))
    assert page["Content-Language"] == "en"
    assert '<html lang="en">' in page.content.decode()


@pytest.mark.parametrize(
    ("age", "status"), [(timedelta(days=7) - timedelta(minutes=1), 200), (timedelta(days=7, minutes=1), 410)]
)
def test_a_link_lives_seven_days(territory, time_machine, age, status):
    time_machine.move_to("2026-10-20 08:00+00:00", tick=False)
    row = SubscriberFactory(territory=territory, asked=True)
    link = reverse("residencies:news_confirm", args=[confirm_token(row)])
    time_machine.shift(age)
    assert Client().get(link).status_code == status
    assert Client().post(link).status_code == status


def test_a_made_up_link_is_nowhere(territory):
    row = SubscriberFactory(territory=territory)
    for name in ("news_confirm", "news_leave"):
        for token in ("rien", f"{row.uuid.hex}:faux", "é:à"):
            assert Client().post(reverse(f"residencies:{name}", args=[token])).status_code == 404
    # A link to confirm does not leave, nor the other way round.
    assert Client().post(reverse("residencies:news_leave", args=[confirm_token(row)])).status_code == 404
    assert Client().post(reverse("residencies:news_confirm", args=[leave_token(row)])).status_code == 404
    assert Subscriber.objects.count() == 1


def test_one_click_leaves_without_cookie_nor_page(territory):
    row = SubscriberFactory(territory=territory, email=ADDRESS)
    link = reverse("residencies:news_leave", args=[leave_token(row)])
    robot = Client(enforce_csrf_checks=True)
    assert "Me désabonner" in robot.get(link).content.decode()
    assert Subscriber.objects.exists()
    robot = Client(enforce_csrf_checks=True)
    answer = robot.post(link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.content.decode()) == (200, "Vous êtes désabonné.")
    assert not answer.cookies
    assert not Subscriber.objects.exists()
    # Again, by the reader's button or the page's: the same answer.
    assert robot.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert "Vous êtes désabonné" in robot.get(link).content.decode()
    assert "Vous êtes désabonné" in Client(enforce_csrf_checks=True).post(link).content.decode()


def test_leaving_erases_the_address_everywhere(territory):
    row = SubscriberFactory(territory=territory, email=ADDRESS)
    SubscriberFactory(territory=territory)
    item = NewsFactory(territory=territory, published=True)
    news.send(by=CoordinatorFactory(territory=territory), news=item)
    other = mail.queue(
        by=None, kind="news.subscription_known", to=ADDRESS, scope="ailleurs",
        context={"contact": "", "territoire": "Ailleurs", "desabonnement": ""},
    )  # fmt: skip
    assert subscribers.leave(key=row.uuid) is True
    assert subscribers.leave(key=row.uuid) is False
    # What another territory wrote is not ours; what was not sent yet will not be.
    assert list(OutgoingMail.objects.filter(to=ADDRESS)) == [other]
    assert OutgoingMail.objects.count() == 2
    assert Entry.objects.filter(verb="subscriber.left").count() == 1
    assert not [entry for entry in Entry.objects.all() if ADDRESS in repr((entry.data, entry.summary))]


def test_the_desk_erases_an_address_that_asked_it_to(territory):
    coordinator = CoordinatorFactory(territory=territory)
    SubscriberFactory(territory=territory, email=ADDRESS)
    with pytest.raises(Forbidden):
        subscribers.remove(by=CoordinatorFactory(), territory=territory, email=ADDRESS)
    with pytest.raises(Refused, match="n'est pas abonnée"):
        subscribers.remove(by=coordinator, territory=territory, email="autre@exemple.test")
    subscribers.remove(by=coordinator, territory=territory, email=" MINA@exemple.test")
    assert not Subscriber.objects.exists()


def test_what_nobody_confirms_is_forgotten_after_seven_days(territory, time_machine):
    time_machine.move_to("2026-10-20 08:00+00:00", tick=False)
    subscribers.ask(territory=territory, email=ADDRESS, language="fr")
    kept = SubscriberFactory(territory=territory)
    time_machine.shift(timedelta(days=7))
    assert subscribers.purge() == 0
    time_machine.shift(timedelta(seconds=1))
    assert subscribers.purge() == 1
    assert list(Subscriber.objects.all()) == [kept]
    assert not OutgoingMail.objects.exists()
    assert Entry.objects.get(verb="subscriber.purged").data == {"count": 1}
    assert subscribers.purge() == 0


def test_asking_again_gives_a_fresh_link(territory, time_machine):
    time_machine.move_to("2026-10-20 08:00+00:00", tick=False)
    subscribers.ask(territory=territory, email=ADDRESS, language="fr")
    time_machine.shift(timedelta(days=6))
    subscribers.ask(territory=territory, email=ADDRESS, language="en-GB")
    row = Subscriber.objects.get()
    assert (row.language, row.asked_at) == ("en", timezone.now())
    assert OutgoingMail.objects.count() == 2


def test_a_flood_is_stopped_and_a_program_learns_nothing(territory):
    client = Client()
    trapped = client.post(ASK, {"email": ADDRESS, "website": "https://spam.test"})
    assert trapped["Location"] == "/actualites/abonnement/envoye/"
    assert not Subscriber.objects.exists()
    codes = [client.post(ASK, {"email": ADDRESS}).status_code for _ in range(4)]
    assert codes == [302, 302, 302, 429]
    assert client.post(ASK, {"email": "autre@exemple.test"}).status_code == 302
    wrong = client.post(ASK, {"email": "pas une adresse"})
    assert wrong.status_code == 422
    assert "pas une adresse" in wrong.content.decode()


def test_several_territories_are_told_apart(territory):
    other = TerritoryFactory(name="Autre pays", slug="autre-pays")
    page = Client().get(f"{ASK}?territoire=autre-pays").content.decode()
    assert '<option value="autre-pays" selected>' in page
    assert Client().post(ASK, {"email": ADDRESS}).status_code == 422
    for slug in (territory.slug, other.slug):
        Client().post(ASK, {"email": ADDRESS, "territory": slug})
    assert Subscriber.objects.filter(email=ADDRESS).count() == 2


def test_a_real_server_reads_the_headers_of_a_list(
    territory: Territory,
    smtp_server: Any,  # noqa: F811
    django_capture_on_commit_callbacks: Callable[..., Any],
):
    reader = SubscriberFactory(territory=territory, email=ADDRESS, language="en")
    item = NewsFactory(territory=territory, published=True, title="La 27e heure", summary="Mercredi 7 octobre.")
    with django_capture_on_commit_callbacks(execute=True):
        assert news.send(by=CoordinatorFactory(territory=territory), news=item) == 1
    (received,) = smtp_server.to(ADDRESS)
    link = f"http://testserver{reverse('residencies:news_leave', args=[leave_token(reader)])}"
    assert str(received.message["List-Unsubscribe"]).strip() == f"<{link}>"
    assert received.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert received.message["Reply-To"] == territory.contact_email
    assert received.message["Content-Language"] == "en"
    assert received.subject == "La 27e heure"
    assert "Mercredi 7 octobre." in received.text
    assert link in received.text
    assert link in received.html
    assert "You receive this message because you subscribed" in received.text
    assert Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscriber.objects.exists()


def test_a_refused_message_is_seen_at_the_desk(
    territory: Territory,
    smtp_server: Any,  # noqa: F811
    django_capture_on_commit_callbacks: Callable[..., Any],
):
    coordinator = CoordinatorFactory(territory=territory)
    SubscriberFactory(territory=territory, email=ADDRESS)
    item = NewsFactory(territory=territory, published=True)
    smtp_server.recipient_reply = "550 inconnu"
    with django_capture_on_commit_callbacks(execute=True):
        news.send(by=coordinator, news=item)
    assert OutgoingMail.objects.get().state == MailState.FAILED
    client = Client()
    client.force_login(coordinator)
    page = client.get(reverse("admin:residencies_news_change", args=[item.pk])).content.decode()
    assert "1 en échec" in page
