"""The coordinator's wish desk: the list, what serves coverage, one wish and its answers."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from residencies.enums import ActivityState, RequestState
from residencies.models import ActivityRequest
from residencies.selectors import requests as selectors
from residencies.services import requests
from tests.factories.residencies import ActivityFactory, ResidencyFactory, member_of, team
from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory
from tests.residencies.test_requests import WISH

pytestmark = pytest.mark.django_db

LIST = "/coordination/residencies/activityrequest/"


@pytest.fixture(autouse=True)
def in_the_season():
    with time_machine.travel("2026-11-20 10:00+01:00", tick=False):
        yield


@pytest.fixture
def residency():
    return ResidencyFactory(artist_name="Compagnie du Terril")


@pytest.fixture
def other(residency):
    return ResidencyFactory(season=residency.season, artist_name="Fanfare des Houillères")


@pytest.fixture(autouse=True)
def desk(client, residency):
    user = CoordinatorFactory(territory=residency.territory)
    client.force_login(user)
    return user


def wish_of(residency, name="Médiathèque des Tilleuls", **more) -> ActivityRequest:
    place = StructureFactory(commune=CommuneFactory(territory=residency.territory), name=name)
    team(place, 1)
    return requests.file(by=member_of(place), structure=place, **(WISH | {"residency": residency} | more))


def act(client, name, wish, **data):
    url = reverse(f"admin:residencies_activityrequest_{name}", args=[wish.uuid])
    return client.post(url, {"version": wish.version, **data})


def detail(client, wish) -> str:
    return client.get(reverse("admin:residencies_activityrequest_change", args=[wish.pk])).content.decode()


class TestTheList:
    def test_it_is_filtered_and_stays_within_the_walls(self, client, residency, other):
        wish_of(residency)
        wish_of(other, name="École du Rivage")
        wish_of(ResidencyFactory(), name="Lieu voisin")
        shown = client.get(LIST, {"artiste-souhaite": other.uuid}).content.decode()
        assert "École du Rivage" in shown
        assert "Médiathèque des Tilleuls" not in shown
        assert "École du Rivage" not in client.get(LIST, {"etat": RequestState.REFUSED}).content.decode()
        assert "Lieu voisin" not in client.get(LIST).content.decode()
        assert "Médiathèque des Tilleuls" in client.get(LIST, {"q": "mediatheque terril"}).content.decode()

    def test_what_serves_coverage_most_comes_first(self, client, residency):
        known = wish_of(residency, name="Déjà rencontrée")
        ActivityFactory(residency=residency, structure=known.structure)
        new = wish_of(residency, name="Jamais rencontrée")
        effects = selectors.effects_of([known, new])
        assert effects[new.pk].score > effects[known.pk].score
        shown = client.get(reverse("admin:residencies_activityrequest_by_effect")).content.decode()
        assert shown.index("Jamais rencontrée") < shown.index("Déjà rencontrée")
        assert effects[new.pk].reasons[0] in shown.replace("&#x27;", "'")

    def test_the_desk_home_leads_there_while_a_wish_waits(self, client, residency):
        assert "souhait de structure à étudier" not in client.get(reverse("admin:index")).content.decode()
        wish_of(residency)
        assert "souhait de structure à étudier" in client.get(reverse("admin:index")).content.decode()

    def test_lists_cost_the_same_whatever_their_length(self, client, residency, assert_num_queries_constant):
        def grow(n: int = 6) -> None:
            for _ in range(n):
                wish_of(residency)

        grow(2)
        url = reverse("admin:residencies_activityrequest_by_effect")
        assert_num_queries_constant(lambda: client.get(LIST), grow, at_most=25)
        assert_num_queries_constant(lambda: client.get(url), grow, at_most=25)


class TestOneWish:
    def test_it_says_what_each_artist_would_bring_and_who_the_structure_is(self, client, residency, other):
        wish = wish_of(residency)
        ActivityFactory(residency=other, structure=wish.structure, title="Écoutes passées")
        shown = detail(client, wish)
        assert shown.index("Compagnie du Terril") < shown.index("Fanfare des Houillères")
        assert "Équipe incomplète" in shown
        assert "Écoutes passées" in shown
        rows = selectors.choices(wish)
        assert [row.wished for row in rows] == [True, False]
        assert (rows[0].gauge.target, int(rows[0].ledger.due)) == (20, 90)

    def test_it_costs_the_same_with_more_artists_and_activities(self, client, residency, assert_num_queries_constant):
        wish = wish_of(residency)

        def grow(n: int = 5) -> None:
            for _ in range(n):
                artist = ResidencyFactory(season=residency.season)
                ActivityFactory(residency=artist, structure=wish.structure)
                ActivityFactory(residency=artist, state=ActivityState.IDEA)

        grow(2)
        assert_num_queries_constant(lambda: detail(client, wish), grow, at_most=60)

    def test_it_becomes_an_activity_of_another_artist(self, client, residency, other):
        wish = wish_of(residency)
        url = reverse("admin:residencies_activityrequest_turn", args=[wish.uuid])
        form = client.get(url, {"artiste": other.uuid}).context["form"]
        assert form.initial["residency"] == other.pk
        assert act(client, "turn", wish, residency=other.pk, title="", kind="gesture").status_code == 200
        act(client, "turn", wish, residency=other.pk, title="Paroles de cité", kind="encounter", words="Belle idée.")
        wish.refresh_from_db()
        assert (wish.state, str(wish.activity)) == (RequestState.ACCEPTED, "Paroles de cité")
        assert wish.activity is not None
        assert list(wish.activity.residencies.all()) == [other]

    def test_it_joins_an_activity_that_exists(self, client, residency):
        wish = wish_of(residency)
        standing = ActivityFactory(residency=residency, state=ActivityState.WRITING, title="Carnets de fosse")
        assert "Carnets de fosse" in detail(client, wish)
        answer = act(client, "join", wish, activite=str(standing.uuid), words="")
        assert answer.status_code == 302
        assert wish.structure in standing.structures.all()

    def test_another_artist_is_proposed_with_words(self, client, residency, other):
        wish = wish_of(residency)
        assert (
            "Dites à la structure pourquoi"
            in act(client, "propose", wish, residency=other.pk, words="").content.decode()
        )
        act(client, "propose", wish, residency=other.pk, words="De la place en mars.")
        wish.refresh_from_db()
        assert (wish.state, wish.proposed) == (RequestState.PROPOSED, other)

    def test_it_is_refused_then_reopened(self, client, residency):
        wish = wish_of(residency)
        assert act(client, "refuse", wish, words="").status_code == 200
        act(client, "refuse", wish, words="Prise en mars.")
        assert "Prise en mars." in detail(client, wish)
        act(client, "reopen", wish)
        wish.refresh_from_db()
        assert (wish.state, wish.answer) == (RequestState.SENT, "")

    def test_an_answer_to_what_was_rewritten_meanwhile_is_not_given(self, client, residency):
        wish = wish_of(residency)
        author = wish.made_by
        assert author is not None
        requests.change(by=author, request=wish, version=0, **(WISH | {"people": 90}))
        answer = client.post(
            reverse("admin:residencies_activityrequest_refuse", args=[wish.uuid]),
            {"version": 0, "words": "Non."},
            follow=True,
        )
        assert "a changé depuis" in answer.content.decode()
        wish.refresh_from_db()
        assert wish.state == RequestState.SENT

    def test_several_are_refused_with_the_same_words(self, client, residency):
        rows = [wish_of(residency) for _ in range(2)]
        answer = client.post(
            LIST, {"action": "refuse_selected", "_selected_action": [row.pk for row in rows]}, follow=True
        )
        keys = answer.context["keys"]
        url = reverse("admin:residencies_activityrequest_refuse_several")
        assert client.post(url, {"souhaits": keys, "words": " "}).status_code == 200
        assert not ActivityRequest.objects.filter(state=RequestState.REFUSED).exists()
        client.post(url, {"souhaits": keys, "words": "Le calendrier est plein."})
        assert ActivityRequest.objects.filter(state=RequestState.REFUSED).count() == 2
