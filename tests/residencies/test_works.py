"""Works proposed for diffusion: from the dossier to the catalogue, from a request to an activity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.models import WorkItem
from clea.errors import Forbidden, Refused, StaleWrite
from clea.mail.models import OutgoingMail
from residencies.admin.events import desk_items
from residencies.enums import ActivityKind, BookingState
from residencies.models import Activity, Residency, Work, WorkBooking
from residencies.services import works
from structures.models import Structure
from tests.factories.candidatures import ApplicationFactory, CallFactory
from tests.factories.residencies import ResidencyFactory, artist_of, member_of
from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def residency() -> Residency:
    return ResidencyFactory(published_at=timezone.now())


@pytest.fixture
def coordinator(residency: Residency) -> Any:
    return CoordinatorFactory(territory=residency.territory)


@pytest.fixture
def structure(residency: Residency) -> Structure:
    return StructureFactory(commune=CommuneFactory(territory=residency.territory))


def a_work(residency: Residency, *, published: bool = True, **values: Any) -> Work:
    made = works.propose(
        by=artist_of(residency), residency=residency, **({"title": "Veines", "form": "exposition"} | values)
    )
    Work.objects.filter(pk=made.pk).update(is_published=published)
    made.refresh_from_db()
    return made


def ask(work: Work, structure: Structure, **values: Any) -> WorkBooking:
    facts: dict[str, Any] = {"dates": "les mardis de mars", "public": "les habitants", "people": 40} | values
    return works.book(by=member_of(structure), work=work, structure=structure, **facts)


def kinds() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


def test_an_artist_takes_up_the_works_of_the_dossier_once(residency: Residency, client: Client) -> None:
    application = ApplicationFactory(call=CallFactory(season=residency.season))
    Residency.objects.filter(pk=residency.pk).update(application=application)
    for order, title in enumerate(["Veines", "Fosse 9"]):
        WorkItem.objects.create(application=application, title=title, form="film", needs="un écran", order=order)
    residency.refresh_from_db()
    a_work(residency, title="veines")
    client.force_login(artist_of(residency))
    page = reverse("studio:works", args=[residency.uuid])
    assert "Reprendre cette œuvre" in client.get(page).content.decode()
    client.post(reverse("studio:works_take", args=[residency.uuid]))
    assert sorted(residency.works.values_list("title", "technical_needs")) == [("Fosse 9", "un écran"), ("veines", "")]
    assert works.take_from_dossier(by=artist_of(residency), residency=residency) == []
    assert "Reprendre" not in client.get(page).content.decode()


def test_an_artist_writes_a_work_and_never_over_a_colleague(residency: Residency, client: Client) -> None:
    client.force_login(artist_of(residency))
    add = reverse("studio:work_add", args=[residency.uuid])
    assert client.post(add, {"title": "", "form": "concert"}).status_code == 422
    assert client.post(add, {"title": "Coron", "form": "concert", "minutes": "50"}).status_code == 302
    work = Work.objects.get()
    seen = works.mark(work)
    edit = reverse("studio:work", args=[residency.uuid, work.uuid])
    client.post(edit, {"title": "Corons", "form": "concert", "seen": seen})
    assert Work.objects.get().title == "Corons"
    late = client.post(edit, {"title": "Autre", "form": "concert", "seen": seen})
    assert late.status_code == 422
    assert "Autre" in late.content.decode()
    with pytest.raises(StaleWrite):
        works.change(by=artist_of(residency), work=work, seen=seen, title="Autre")
    with pytest.raises(Forbidden):
        works.change(by=artist_of(ResidencyFactory()), work=work, seen=seen, title="Volée")


def test_only_what_the_coordination_published_is_in_the_catalogue(
    residency: Residency, coordinator: Any, structure: Structure, client: Client
) -> None:
    work = a_work(residency, published=False)
    page = reverse("residencies:work", args=[work.uuid])
    assert client.get(page).status_code == 404
    assert "Veines" not in client.get(reverse("residencies:works")).content.decode()
    with pytest.raises(Refused, match="catalogue"):
        ask(work, structure)
    with pytest.raises(Forbidden):
        works.publish(by=artist_of(residency), work=work, published=True)
    desk = Client()
    desk.force_login(coordinator)
    desk.post(reverse("admin:residencies_work_publish", args=[work.uuid]))
    assert client.get(page).status_code == 200
    assert "Veines" in client.get(reverse("residencies:works")).content.decode()


def test_a_request_is_accepted_and_becomes_a_diffusion(
    residency: Residency, coordinator: Any, structure: Structure, client: Client
) -> None:
    work = a_work(residency, technical_needs="un vidéoprojecteur", setup_minutes=90)
    client.force_login(member_of(structure))
    form = reverse("team:work", args=[structure.uuid, work.uuid])
    assert client.post(form, {"dates": "", "public": ""}).status_code == 422
    sent = {"dates": "les mardis", "public": "les habitants", "people": "40", "words": "Grande salle."}
    assert client.post(form, sent).status_code == 302
    twice = client.post(form, sent)
    assert "déjà demandé" in twice.content.decode()
    assert kinds() == ["work.booked", "work.booked_for_artist", "work.booked_for_desk"]
    studio = Client()
    studio.force_login(artist_of(residency))
    assert "les mardis" in studio.get(reverse("studio:works", args=[residency.uuid])).content.decode()
    request: Any = type("Request", (), {"user": coordinator})()
    assert [(row.label, row.count) for row in desk_items(request)] == [("demande d'œuvre à répondre", 1)]
    booking = WorkBooking.objects.get()
    desk = Client()
    desk.force_login(coordinator)
    answer = reverse("admin:residencies_workbooking_change", args=[booking.pk])
    assert desk.post(answer, {"answer": "", "refuser": "1"}).status_code == 422
    assert desk.post(answer, {"answer": "Avec plaisir.", "accepter": "1"}).status_code == 302
    booking.refresh_from_db()
    activity = Activity.objects.get()
    assert (booking.state, booking.activity) == (BookingState.ACCEPTED, activity)
    assert (activity.kind, activity.title, activity.people_expected) == (ActivityKind.DIFFUSION, "Veines", 40)
    assert list(activity.residencies.all()) == [residency]
    assert list(activity.structures.all()) == [structure]
    assert "un vidéoprojecteur" in activity.needs
    assert kinds()[-2:] == ["work.booking_accepted", "work.booking_accepted"]
    with pytest.raises(Refused, match="déjà reçu une réponse"):
        works.refuse(by=coordinator, booking=booking, answer="Finalement non")
    with pytest.raises(Refused, match="activité"):
        works.call_off(by=member_of(structure), booking=booking)


def test_a_request_is_refused_with_words_or_called_off_by_the_team(
    residency: Residency, coordinator: Any, structure: Structure, client: Client
) -> None:
    work = a_work(residency)
    booking = ask(work, structure)
    with pytest.raises(Forbidden):
        works.accept(by=artist_of(residency), booking=booking)
    works.refuse(by=coordinator, booking=booking, answer="La salle est trop petite.")
    client.force_login(member_of(structure))
    page = reverse("team:works", args=[structure.uuid])
    assert "La salle est trop petite." in client.get(page).content.decode()
    again = ask(work, structure)
    client.post(reverse("team:booking_cancel", args=[structure.uuid, again.uuid]))
    again.refresh_from_db()
    assert again.state == BookingState.CANCELLED
    assert kinds()[-2:] == ["work.booking_called_off", "work.booking_called_off"]
    with pytest.raises(Refused, match="historique"):
        works.remove(by=artist_of(residency), work=work)
    assert not Activity.objects.exists()
    with pytest.raises(Refused):
        ask(work, StructureFactory())


def test_pages_cost_the_same_with_thirty_works(
    residency: Residency,
    coordinator: Any,
    structure: Structure,
    client: Client,
    assert_num_queries_constant: Callable[..., int],
) -> None:
    team, studio, desk = Client(), Client(), Client()
    team.force_login(member_of(structure))
    studio.force_login(artist_of(residency))
    desk.force_login(coordinator)
    first = a_work(residency)
    pages = [
        (client, reverse("residencies:works")),
        (team, reverse("team:works", args=[structure.uuid])),
        (studio, reverse("studio:works", args=[residency.uuid])),
        (desk, reverse("admin:residencies_work_changelist")),
        (desk, reverse("admin:residencies_workbooking_changelist")),
        (desk, reverse("admin:residencies_work_change", args=[first.pk])),
    ]

    def read() -> None:
        for who, address in pages:
            assert who.get(address).status_code == 200

    def fill(count: int) -> None:
        for number in range(count):
            other = ResidencyFactory(season=residency.season, artist=artist_of(residency))
            for owner in (residency, other):
                work = Work.objects.create(residency=owner, title=f"Œuvre {number}", form="film", is_published=True)
                WorkBooking.objects.create(work=work, structure=structure, dates="x", public="x")
            WorkBooking.objects.create(work=first, structure=structure, dates="x", public="x")

    fill(3)
    assert_num_queries_constant(read, lambda: fill(12))
