"""The pages of activities and sessions: the studio, the team's space, the desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clea.accounts.models import User
from residencies.enums import ActivityState, SessionState
from residencies.models import Activity, Residency, Session
from structures.models import Closure, Structure
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory, artist_of, member_of, moment
from tests.factories.structures import CoordinatorFactory
from tests.residencies.planning import place, signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("winter")]


@pytest.fixture
def winter() -> Iterator[None]:
    with time_machine.travel("2027-01-10 09:00:00+01:00", tick=False):
        yield


@pytest.fixture
def residency() -> Residency:
    return signed(ResidencyFactory())


@pytest.fixture
def host(residency: Residency) -> Structure:
    return place(residency, "Médiathèque du Fond")


@pytest.fixture
def activity(residency: Residency, host: Structure) -> Activity:
    return ActivityFactory(residency=residency, structure=host, state=ActivityState.WRITING)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def studio(residency: Residency) -> Client:
    return signed_in(artist_of(residency))


@pytest.fixture
def desk(residency: Residency) -> Client:
    return signed_in(CoordinatorFactory(territory=residency.territory))


def form(activity: Activity, **more: object) -> dict[str, object]:
    """A session as typed."""
    host = activity.structures.get()
    return {
        "day": "2027-02-02",
        "at": "10:00",
        "until": "11:30",
        "host": host.pk,
        "structures": [host.pk],
        "residencies": [row.pk for row in activity.residencies.all()],
    } | more


def plan_url(residency: Residency, activity: Activity) -> str:
    return reverse("studio:session_plan", args=[residency.uuid, activity.uuid])


def alerts(page: object) -> dict[str, str]:
    """The hidden keys of the warnings shown, with a reason for each."""
    said = page.context["page"].said  # type: ignore[attr-defined]
    return {f"alerte-{row.name}": row.warning.key for row in said} | {
        f"raison-{row.name}": "Convenu avec le lieu." for row in said
    }


def test_an_artist_proposes_an_activity_with_a_title(studio, residency, host):
    url = reverse("studio:activity_new", args=[residency.uuid])
    assert "ce n'est ni un atelier" in studio.get(url).content.decode().replace("&#x27;", "'")
    page = studio.post(url, {"kind": "gesture", "title": "", "intention": "Longue idée."})
    assert page.status_code == 422
    assert "Longue idée." in page.content.decode()
    page = studio.post(url, {"kind": "gesture", "title": "Cartes", "structure": host.pk})
    made = Activity.objects.get(title="Cartes")
    assert page["Location"] == reverse("studio:activity", args=[residency.uuid, made.uuid])
    assert list(made.structures.all()) == [host]


@pytest.mark.parametrize("space", ["studio", "team", "desk"])
def test_a_stale_text_comes_back_beside_the_other_and_the_second_try_writes(space, residency, activity, host):
    users: dict[str, tuple[User, str]] = {
        "studio": (artist_of(residency), reverse("studio:activity_write", args=[residency.uuid, activity.uuid])),
        "team": (member_of(host), reverse("team:activity_write", args=[host.uuid, activity.uuid])),
        "desk": (
            CoordinatorFactory(territory=residency.territory),
            reverse("admin:residencies_activity_change", args=[activity.pk]),
        ),
    }
    user, url = users[space]
    client = signed_in(user)
    assert client.get(url).status_code == 200
    Activity.objects.filter(pk=activity.pk).update(version=4, intention="Le texte de l'autre.")
    typed = {"kind": "gesture", "title": activity.title, "intention": "Le mien.", "version": "0"}
    page = client.post(url, typed)
    words = page.content.decode().replace("&#x27;", "'")
    assert page.status_code == 409
    assert "Le texte de l'autre." in words
    assert "Le mien." in words
    assert 'value="4"' in words
    assert client.post(url, typed | {"version": "4"}).status_code == 302
    activity.refresh_from_db()
    assert activity.intention == "Le mien."


def test_a_warning_is_explained_then_passed_over_with_a_reason(desk, activity, host):
    Closure.objects.create(structure=host, weekday=1, reason="réserve")
    url = reverse("admin:residencies_activity_session_plan", args=[activity.uuid])
    page = desk.post(url, form(activity, place="Salle haute"))
    words = page.content.decode()
    assert page.status_code == 422
    assert "Médiathèque du Fond ne reçoit pas ce jour-là." in words
    assert "Mardi 2 février 2027 : fermé (réserve)." in words
    assert 'value="Salle haute"' in words
    assert not Session.objects.exists()
    assert desk.post(url, form(activity) | alerts(page)).status_code == 302
    assert Session.objects.get().waivers.get().reason == "Convenu avec le lieu."


def test_an_artist_is_told_what_only_the_coordination_passes_over(studio, residency, activity, host):
    Closure.objects.create(structure=host, weekday=1)
    page = studio.post(plan_url(residency, activity), form(activity))
    words = page.content.decode().replace("&#x27;", "'")
    assert page.status_code == 422
    assert "ne se lèvent qu'à la coordination" in words
    assert 'name="raison-1"' not in words
    assert studio.post(plan_url(residency, activity), form(activity) | alerts(page)).status_code == 422


def test_a_reason_is_offered_again_after_a_change_of_hour(desk, activity, residency):
    SessionFactory(activity=ActivityFactory(residency=residency, structure=place(residency, "École")), at="10:30")
    url = reverse("admin:residencies_activity_session_plan", args=[activity.uuid])
    first = desk.post(url, form(activity))
    again = desk.post(url, form(activity, at="10:15") | alerts(first))
    assert again.status_code == 422
    assert [row.reason for row in again.context["page"].said] == ["Convenu avec le lieu."]


def test_a_free_moment_fills_the_form_and_places_nothing(studio, residency, activity):
    page = studio.get(plan_url(residency, activity))
    slot = page.context["page"].slots[0]
    # Before the first phase nothing is free: the first of February, at nine.
    assert slot.starts_at == moment("2027-02-01", "09:00")
    chosen = form(activity) | {"creneau": f"{slot.starts_at.isoformat()}/{slot.ends_at.isoformat()}"}
    page = studio.post(plan_url(residency, activity), chosen)
    words = page.content.decode().replace("&#x27;", "'")
    assert page.status_code == 200
    assert "Rien ne s'oppose à ce moment" in words
    assert 'value="2027-02-01"' in words
    assert 'value="09:00"' in words
    assert not Session.objects.exists()


def test_a_form_that_does_not_hold_comes_back_with_its_errors(studio, residency, activity):
    page = studio.post(plan_url(residency, activity), form(activity, until="09:00", host="", place=""))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"until", "commune"}
    page = studio.post(plan_url(residency, activity), form(activity, creneau="pas/une date"))
    assert page.status_code == 302


def test_a_session_is_moved_called_off_and_put_back_from_the_studio(studio, residency, activity, host):
    session = SessionFactory(activity=activity)

    def address(name: str) -> str:
        return reverse(f"studio:session_{name}", args=[residency.uuid, session.uuid])

    page = studio.get(address("change"))
    assert 'value="2027-02-02"' in page.content.decode()
    typed = form(activity, day="2027-02-04", version=session.version, expected_adults="12")
    assert studio.post(address("change"), typed).status_code == 302
    session.refresh_from_db()
    assert session.starts_at == moment("2027-02-04")
    assert session.audience.get().expected == 12
    stale = studio.post(address("change"), typed | {"day": "2027-02-05"})
    assert stale.status_code == 409
    assert studio.post(address("cancel"), {"reason": ""}).status_code == 422
    assert studio.post(address("cancel"), {"reason": "Grippe."}).status_code == 302
    assert "Grippe." in studio.get(reverse("studio:session", args=[residency.uuid, session.uuid])).content.decode()
    assert studio.post(address("restore")).status_code == 302
    session.refresh_from_db()
    assert session.state == SessionState.PLANNED


def test_what_changed_since_shows_and_is_kept_knowingly(desk, studio, residency, activity, host):
    session = SessionFactory(activity=activity)
    Activity.objects.update(state=ActivityState.PLANNED)
    Closure.objects.create(structure=host, starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 3))
    words = desk.get(reverse("admin:index")).content.decode()
    assert "séance à venir est à revoir" in words
    listed = reverse("admin:residencies_activity_changelist")
    assert activity.title in desk.get(f"{listed}?a_revoir=oui").content.decode()
    assert "1 séance à revoir" in studio.get(reverse("studio:activities", args=[residency.uuid])).content.decode()
    url = reverse("admin:residencies_activity_session", args=[activity.uuid, session.uuid])
    said = desk.get(url).context["said"]
    refused = desk.post(url, {"alerte-1": said[0].warning.key, "raison-1": " "})
    assert refused.status_code == 422
    desk.post(url, {"alerte-1": said[0].warning.key, "raison-1": "Ouvert pour nous."})
    assert "Ouvert pour nous." in desk.get(url).content.decode()
    assert activity.title not in desk.get(f"{listed}?a_revoir=oui").content.decode()


def test_the_list_is_searched_and_filtered(desk, residency, activity, host):
    other = ActivityFactory(residency=residency, structure=place(residency, "École du Fort"), title="Autre chose")
    SessionFactory(activity=other)
    url = reverse("admin:residencies_activity_changelist")

    def found(**query: str) -> set[str]:
        page = desk.get(url, query).context["cl"].result_list
        return {row.title for row in page}

    assert found() == {activity.title, "Autre chose"}
    assert found(q="ecole fort") == {"Autre chose"}
    assert found(commune=host.commune.slug) == {activity.title}
    assert found(convention="manque") == {"Autre chose"}
    assert found(convention="signee") == set()
    assert found(temps="professionals") == set()


def test_an_activity_of_another_territory_does_not_exist_at_this_desk(desk):
    strange = ActivityFactory()
    url = reverse("admin:residencies_activity_sessions", args=[strange.uuid])
    assert desk.get(url).status_code == 404


def test_every_list_and_page_costs_the_same_at_three_and_at_thirty(desk, studio, residency, activity, host):
    team = signed_in(member_of(host))
    pages: list[tuple[Client, str]] = [
        (studio, reverse("studio:activities", args=[residency.uuid])),
        (studio, reverse("studio:activity", args=[residency.uuid, activity.uuid])),
        (studio, plan_url(residency, activity)),
        (team, reverse("team:activities", args=[host.uuid])),
        (team, reverse("team:activity", args=[host.uuid, activity.uuid])),
        (desk, reverse("admin:residencies_activity_changelist")),
        (desk, reverse("admin:residencies_activity_sessions", args=[activity.uuid])),
        (desk, reverse("admin:residencies_residency_activities", args=[residency.uuid])),
    ]

    def grow(days: range) -> None:
        for n in days:
            SessionFactory(activity=ActivityFactory(residency=residency, structure=host), on=f"2027-05-{n:02d}")
            SessionFactory(activity=activity, on=f"2027-04-{n:02d}")

    def costs() -> list[int]:
        return [_cost(client, url) for client, url in pages]

    grow(range(3, 6))
    costs()  # what is kept from one page to the next is kept now
    few = costs()
    grow(range(6, 31))
    assert costs() == few
    assert max(few) <= 40


def _cost(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)
