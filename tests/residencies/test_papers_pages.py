"""The pages of contracts, agreements and confirmations, as each person opens them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext
from pytest_django.live_server_helper import LiveServer

from clea.accounts.models import User
from clea.ui.desk import items_for
from residencies.enums import AudienceCategory, ConfirmationSide, Happened, PaperState, SessionState
from residencies.models import Activity, Audience, Paper, PaperTemplate, Session
from residencies.services import confirmations, papers
from residencies.services.confirmations import Count
from tests.factories.residencies import (
    ActivityFactory,
    ResidencyFactory,
    SessionFactory,
    artist_of,
    member_of,
    plan_many,
    team,
)
from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "pdf", lambda *args, **kwargs: b"%PDF-1.7")


def begun() -> Session:
    """Two hours ago, 24 pupils expected, an artist and a team with an account."""
    residency = ResidencyFactory()
    place = StructureFactory(commune=CommuneFactory(territory=residency.territory))
    team(place)
    activity = ActivityFactory(residency=residency, structure=place, intention="Écouter.")
    session = SessionFactory(activity=activity, starts_at=timezone.now() - timedelta(hours=2))
    Audience.objects.create(session=session, category=AudienceCategory.PRIMARY, expected=24)
    return session


@pytest.fixture
def session() -> Session:
    return begun()


@pytest.fixture
def activity(session: Session) -> Activity:
    return session.activity


@pytest.fixture
def desk(client: Client, activity: Activity) -> User:
    person = CoordinatorFactory(territory=activity.territory)
    client.force_login(person)
    return person


def base(activity: Activity) -> str:
    return f"/coordination/residencies/activity/{activity.uuid}/"


def test_an_agreement_goes_from_draft_to_signed_on_its_page(client: Client, desk: User, activity: Activity) -> None:
    page = f"{base(activity)}convention/"
    assert "Rédiger la convention" in client.get(page).content.decode()
    assert client.post(f"{page}rediger/").status_code == 302
    paper = Paper.objects.get(activity=activity)
    typed = {"title": "Notre convention", "body": "Avec {{ artiste }}.", "version": "0"}
    refused = client.post(f"{page}texte/", typed)
    assert refused.status_code == 422
    assert "« {{ artiste }} » n&#x27;existe pas" in refused.content.decode()
    assert client.post(f"{page}texte/", typed | {"body": "Avec {{ artistes }}."}).status_code == 302
    stale = client.post(f"{page}texte/", typed | {"body": "Sans personne."})
    assert "a changé depuis" in stale.content.decode()
    assert "Sans personne." in stale.content.decode()
    assert "Émettre" in client.get(f"{page}emettre/").content.decode()
    client.post(f"{page}emettre/", {"paper": paper.uuid, "version": "1"})
    assert member_of(activity.structures.get()).email in client.get(f"{page}envoyer/").content.decode()
    client.post(f"{page}envoyer/")
    client.post(f"{page}signe/", {"paper": paper.uuid, "all-signed_on": f"{timezone.localdate():%d/%m/%Y}"})
    paper.refresh_from_db()
    assert (paper.state, paper.title) == (PaperState.SIGNED, "Notre convention")
    assert paper.sent_at is not None


def test_what_lacks_is_told_before_issuing(client: Client, desk: User, activity: Activity) -> None:
    Activity.objects.filter(pk=activity.pk).update(intention="")
    page = f"{base(activity)}convention/"
    client.post(f"{page}rediger/")
    shown = client.get(page).content.decode()
    assert "À compléter avant d'émettre" in shown
    assert "Intention" in shown
    assert '<input type="submit" class="default" value="Émettre">' not in client.get(f"{page}emettre/").content.decode()


def test_a_template_with_an_unknown_name_is_refused_beside_its_field(
    client: Client, desk: User, activity: Activity
) -> None:
    add = "/coordination/residencies/papertemplate/add/"
    assert "{{ allocation }}" in client.get(add).content.decode()
    data = {
        "territory": activity.territory.pk,
        "kind": "contract",
        "name": "Le nôtre",
        "title": "Contrat",
        "body": "{{ salaire }}",
        "is_active": "on",
    }
    assert "« {{ salaire }} » n&#x27;existe pas" in client.post(add, data).content.decode()
    assert client.post(add, data | {"body": "{{ allocation }}"}).status_code == 302
    made = PaperTemplate.objects.get(name="Le nôtre")
    change = reverse("admin:residencies_papertemplate_change", args=[made])
    assert client.post(change, data | {"body": "{{ jours }}", "seen": "0"}).status_code == 302
    assert "quelqu&#x27;un d&#x27;autre" in client.post(change, data | {"body": "x", "seen": "0"}).content.decode()


def test_several_agreements_are_drafted_issued_and_sent_together(
    client: Client, desk: User, activity: Activity
) -> None:
    other = ActivityFactory(residency=activity.residencies.get(), intention="")
    SessionFactory(activity=other)
    page = f"/coordination/residencies/residency/saison/{activity.season.uuid}/conventions/"
    client.post(f"{page}agir/", {"action": "draft_missing"})
    assert Paper.objects.count() == 2
    keys = {"activities": [str(activity.uuid), str(other.uuid)]}
    shown = client.post(f"{page}agir/", keys | {"action": "issue"}, follow=True).content.decode()
    assert "1 convention est émise." in shown
    assert "Il manque de quoi remplir ce document" in shown
    client.post(f"{page}agir/", keys | {"action": "send"})
    assert list(Paper.objects.exclude(sent_at=None).values_list("activity", flat=True)) == [activity.pk]


def test_the_desk_settles_what_two_sides_say_differently(
    client: Client, desk: User, session: Session, activity: Activity
) -> None:
    residency, place = session.residencies.get(), session.structures.get()
    for side, by, number, party in (
        (ConfirmationSide.ARTIST, artist_of(residency), 24, {"residency": residency}),
        (ConfirmationSide.STRUCTURE, member_of(place), 19, {"structure": place}),
    ):
        confirmations.confirm(
            by=by,
            session=session,
            side=side,
            happened=Happened.YES,
            counts=[Count(AudienceCategory.PRIMARY, number)],
            **party,
        )
    response = client.get("/coordination/")
    assert "confirmations diffèrent" in str([item.label for item in items_for(response.wsgi_request)])
    shown = client.get(f"{base(activity)}bilan/").content.decode()
    assert "<mark>19</mark>" in shown
    theirs = session.confirmations.get(structure=place)
    client.post(f"{base(activity)}bilan/{session.uuid}/trancher/", {"confirmation": theirs.pk})
    session.refresh_from_db()
    assert session.standing is not None
    assert session.standing.headcounts.get().value == 19
    client.post(f"{base(activity)}bilan/evaluer/", {"desk_view": "Bien.", "people_met": "19", "qualifier": "exact"})
    activity.refresh_from_db()
    assert (activity.state, activity.people_met) == ("evaluated", 19)


def test_a_team_reads_and_returns_its_agreement_and_no_other(client: Client, activity: Activity) -> None:
    coordinator = CoordinatorFactory(territory=activity.territory)
    draft = papers.draft_agreement(by=coordinator, activity=activity)
    place = activity.structures.get()
    page = f"/ma-structure/{place.uuid}/conventions/"
    client.force_login(member_of(place))
    assert client.get(f"{page}{draft.uuid}/").status_code == 404
    paper = papers.issue(by=coordinator, paper=draft)
    assert paper.number in client.get(page).content.decode()
    assert "Écouter." in client.get(f"{page}{paper.uuid}/").content.decode()
    refused = client.post(f"{page}{paper.uuid}/copie-signee/")
    assert refused.status_code == 422
    elsewhere = StructureFactory(commune=place.commune)
    client.force_login(member_of(elsewhere))
    assert client.get(f"/ma-structure/{elsewhere.uuid}/conventions/{paper.uuid}/").status_code == 404


def test_a_bad_count_comes_back_with_what_was_typed(client: Client, session: Session) -> None:
    place = session.structures.get()
    client.force_login(member_of(place))
    page = f"/ma-structure/{place.uuid}/confirmer/{session.uuid}/"
    typed = {"happened": "yes", "n_primary": "24", "q_primary": "about", "inside": "30", "inside_category": "families"}
    response = client.post(page, typed)
    assert response.status_code == 422
    assert "dépasse le total" in response.content.decode()
    assert 'value="24"' in response.content.decode()
    assert not session.confirmations.exists()
    session.activity.sessions.update(
        starts_at=timezone.now() + timedelta(days=1), ends_at=timezone.now() + timedelta(days=2)
    )
    assert client.get(page).status_code == 409


def test_lists_cost_the_same_with_more_rows(
    client: Client, desk: User, activity: Activity, assert_num_queries_constant: Callable[..., int]
) -> None:
    residency = activity.residencies.get()
    papers.draft_agreement(by=desk, activity=activity)

    def grow() -> None:
        for made in plan_many(residency, 8):
            papers.draft_agreement(by=desk, activity=made.activity)
            begun_too = SessionFactory(activity=made.activity, starts_at=timezone.now() - timedelta(hours=3))
            begun_too.residencies.set([residency])

    season = f"/coordination/residencies/residency/saison/{activity.season.uuid}/conventions/"
    artist = Client()
    artist.force_login(artist_of(residency))
    read = [
        lambda: client.get(season),
        lambda: artist.get(f"/ma-residence/{residency.uuid}/confirmer/"),
        lambda: artist.get(f"/ma-residence/{residency.uuid}/documents/"),
    ]
    assert_num_queries_constant(lambda: [one() for one in read], grow, at_most=60)


@pytest.mark.django_db(transaction=True)
def test_a_session_is_confirmed_from_a_small_screen_without_javascript(
    client: Client, new_context: Callable[..., BrowserContext], live_server: LiveServer
) -> None:
    session = begun()
    place = session.structures.get()
    client.force_login(member_of(place))
    context = new_context(java_script_enabled=False, viewport={"width": 360, "height": 640})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/ma-structure/{place.uuid}/confirmer/")
    page.get_by_role("link", name="Confirmer").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_label("oui, comme prévu").check()
    page.get_by_role("group", name="Élèves").get_by_label("Nombre").fill("22")
    page.get_by_role("button", name="Confirmer").click()
    assert page.get_by_text("Merci, c'est noté.").is_visible()
    session.refresh_from_db()
    assert session.state == SessionState.HELD
    assert session.standing is not None
    assert session.standing.headcounts.get().value == 22
