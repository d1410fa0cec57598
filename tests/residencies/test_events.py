"""Events: announced, registered for, full, given back, called off."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from clea.ui import limits
from residencies.enums import EventState, RegistrationState
from residencies.models import Event, MeetingWish, Registration, Residency
from residencies.services import events, registrations
from residencies.views.public import events as pages
from structures.models import Structure
from tests.factories.residencies import ResidencyFactory, artist_of, member_of, moment
from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory

pytestmark = pytest.mark.django_db

NOW = moment("2026-09-20", "09:00")


@pytest.fixture(autouse=True)
def _in_september(time_machine: time_machine.TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def residency() -> Residency:
    return ResidencyFactory(published_at=timezone.now())


@pytest.fixture
def coordinator(residency: Residency) -> Any:
    return CoordinatorFactory(territory=residency.territory)


def an_event(coordinator: Any, residency: Residency, *, published: bool = True, **values: Any) -> Event:
    """The 27e heure: Wednesday 7 October 2026, 14 h to 18 h, meetings from 15 h to 17 h."""
    made = events.create(
        by=coordinator,
        season=residency.season,
        residencies=values.pop("residencies", [residency]),
        rooms=values.pop("rooms", ["Table 1", "Table 2"]),
        programme=[events.Item(moment("2026-10-07", "14:00"), "Accueil", "café")],
        **{
            "title": "La 27e heure",
            "starts_at": moment("2026-10-07", "14:00"),
            "ends_at": moment("2026-10-07", "18:00"),
            "place": "Salle des fêtes",
            "meetings_from": moment("2026-10-07", "15:00"),
            "meetings_to": moment("2026-10-07", "17:00"),
        }
        | values,
    )
    return events.publish(by=coordinator, event=made) if published else made


def a_structure(residency: Residency, **values: Any) -> Structure:
    return StructureFactory(commune=CommuneFactory(territory=residency.territory), **values)


def register(event: Event, structure: Structure, people: int = 2, **values: Any) -> Registration:
    by = values.pop("by", None) or member_of(structure)
    return registrations.register_team(
        by=by, event=event, structure=structure, name="Équipe", email=by.email, people=people, **values
    )


def kinds() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


# The coordination ---------------------------------------------------------------------------------


def test_an_event_is_unknown_until_it_is_announced(coordinator: Any, residency: Residency, client: Client) -> None:
    event = an_event(coordinator, residency, published=False)
    assert event.slug == "la-27e-heure"
    assert client.get(event.get_absolute_url()).status_code == 404
    with pytest.raises(Refused, match="pas encore annoncé"):
        register(event, a_structure(residency))
    events.publish(by=coordinator, event=event)
    page = client.get(event.get_absolute_url()).content.decode()
    assert "mercredi 7 octobre 2026" in page.casefold()
    assert "Accueil" in page
    assert residency.artist_name in page


def test_only_the_coordination_of_the_territory_writes_events(coordinator: Any, residency: Residency) -> None:
    event = an_event(coordinator, residency)
    for stranger in (CoordinatorFactory(), artist_of(residency)):
        with pytest.raises(Forbidden):
            events.cancel(by=stranger, event=event, why="non")
    foreign = StructureFactory()
    with pytest.raises(Refused, match="autre territoire") as refusal:
        an_event(coordinator, residency, structure=foreign)
    assert refusal.value.field == "structure"


def written(event: Event, residency: Residency, **values: Any) -> dict[str, Any]:
    now = {name: getattr(event, name) for name in events.FIELDS}
    return now | {"residencies": [residency], "programme": [], "rooms": ["Table 1"]} | values


def test_another_hour_is_told_to_who_registered_and_two_pages_never_overwrite_one_another(
    coordinator: Any, residency: Residency
) -> None:
    event = an_event(coordinator, residency)
    register(event, a_structure(residency))
    later = moment("2026-10-07", "19:00")
    changed = events.change(
        by=coordinator, event=event, version=event.version, **written(event, residency, ends_at=later)
    )
    assert changed.sequence == 1
    assert kinds() == ["event.registered", "event.changed"]
    with pytest.raises(StaleWrite):
        events.change(by=coordinator, event=event, version=event.version, **written(event, residency))
    # Nothing that people must know: nothing is sent.
    events.change(
        by=coordinator, event=changed, version=changed.version, **written(changed, residency, summary="Bienvenue")
    )
    assert len(kinds()) == 2


def test_called_off_everybody_is_told_and_the_page_says_so(
    coordinator: Any, residency: Residency, client: Client
) -> None:
    event = an_event(coordinator, residency, capacity=2)
    structure = a_structure(residency)
    register(event, structure)
    register(event, a_structure(residency))
    with pytest.raises(Refused, match="pourquoi"):
        events.cancel(by=coordinator, event=event, why=" ")
    events.cancel(by=coordinator, event=event, why="La salle est inondée.")
    assert kinds()[2:] == ["event.cancelled", "event.cancelled", "event.cancelled_for_artist"]
    page = client.get(event.get_absolute_url()).content.decode()
    assert "La salle est inondée." in page
    assert "S'inscrire" not in page
    with pytest.raises(Refused, match="annulé"):
        register(event, a_structure(residency))


# Registrations ------------------------------------------------------------------------------------


def test_a_team_registers_says_who_comes_and_whom_it_wishes_to_meet(
    coordinator: Any, residency: Residency, client: Client
) -> None:
    other = ResidencyFactory(season=residency.season)
    event = an_event(coordinator, residency, residencies=[residency, other])
    structure = a_structure(residency)
    client.force_login(member_of(structure))
    address = reverse("team:event", args=[structure.uuid, event.uuid])
    answer = client.post(
        address,
        {
            "name": "Ada", "email": "ada@exemple.test", "people": "1",
            "attendees": "Ada ada@exemple.test\nBasile basile@exemple.test",
            "wish_1": str(other.uuid), "wish_2": str(other.uuid),
        },
    )  # fmt: skip
    assert answer.status_code == 422
    assert "demandé deux fois" in answer.content.decode()
    sent = {
        "name": "Ada", "email": "ada@exemple.test", "people": "1",
        "attendees": "Ada ada@exemple.test\nBasile basile@exemple.test",
        "wish_1": str(other.uuid), "wish_2": str(residency.uuid),
        "away_1_from": "15:00", "away_1_to": "15:30",
    }  # fmt: skip
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert "accordez les deux" in answer.content.decode()
    assert client.post(address, sent | {"people": "2"}).status_code == 302
    row = Registration.objects.get(structure=structure)
    assert (row.state, row.people) == (RegistrationState.CONFIRMED, 2)
    wishes = MeetingWish.objects.filter(structure=structure).order_by("rank")
    assert [wish.residency for wish in wishes] == [other, residency]
    assert [(gone.starts_at, gone.ends_at) for gone in event.unavailabilities.all()] == [
        (moment("2026-10-07", "15:00"), moment("2026-10-07", "15:30"))
    ]
    # Shown back as it was written, and written again.
    page = client.get(address).content.decode()
    assert "basile@exemple.test" in page
    assert "15:30" in page
    assert client.post(address, {"name": "Ada", "email": "ada@exemple.test", "people": "3"}).status_code == 302
    assert Registration.objects.get(structure=structure).people == 3
    assert not MeetingWish.objects.filter(structure=structure).exists()
    # Given back, after a page that asks.
    cancel = reverse("team:event_cancel", args=[structure.uuid, event.uuid])
    assert "3 places" in client.get(cancel).content.decode()
    assert client.post(cancel).status_code == 302
    assert Registration.objects.get(structure=structure).state == RegistrationState.CANCELLED
    assert client.post(cancel).status_code == 404


def test_beyond_the_capacity_one_waits_and_the_first_who_fits_gets_what_is_given_back(
    coordinator: Any, residency: Residency
) -> None:
    event = an_event(coordinator, residency, capacity=5)
    first = register(event, a_structure(residency), 3)
    big = register(event, a_structure(residency), 4)
    small = register(event, a_structure(residency), 2)
    last = register(event, a_structure(residency), 1)
    states = [Registration.objects.get(pk=row.pk).state for row in (first, big, small, last)]
    assert states == ["confirmed", "waiting", "confirmed", "waiting"]
    # Three places back: too few for four people, enough for the one behind them.
    registrations.cancel(by=coordinator, registration=first)
    states = [Registration.objects.get(pk=row.pk).state for row in (big, small, last)]
    assert states == ["waiting", "confirmed", "confirmed"]
    assert kinds()[-2:] == ["event.registration_cancelled", "event.promoted"]
    # More places: the big group at last.
    event.refresh_from_db()
    events.change(by=coordinator, event=event, version=event.version, **written(event, residency, capacity=7))
    big.refresh_from_db()
    assert big.state == RegistrationState.CONFIRMED
    event.refresh_from_db()
    with pytest.raises(Refused, match="7 personnes"):
        events.change(by=coordinator, event=event, version=event.version, **written(event, residency, capacity=6))


def test_one_more_person_never_costs_the_places_one_has(coordinator: Any, residency: Residency) -> None:
    event = an_event(coordinator, residency, capacity=3)
    structure = a_structure(residency)
    register(event, structure, 2)
    waiting = register(event, a_structure(residency), 2)
    with pytest.raises(Refused, match="3 au plus") as refusal:
        register(event, structure, 4)
    assert refusal.value.field == "people"
    register(event, structure, 1)
    waiting.refresh_from_db()
    assert waiting.state == RegistrationState.CONFIRMED


@pytest.mark.parametrize(
    ("deadline", "closes"),
    [(("2026-10-01", "12:00"), ("2026-10-01", "12:00")), (None, ("2026-10-07", "14:00"))],
)
def test_registrations_close_at_the_deadline_or_when_it_begins(
    coordinator: Any,
    residency: Residency,
    time_machine: time_machine.TimeMachineFixture,
    deadline: tuple[str, str] | None,
    closes: tuple[str, str],
) -> None:
    event = an_event(coordinator, residency, registration_closes_at=moment(*deadline) if deadline else None)
    time_machine.move_to(moment(*closes) - timedelta(seconds=1), tick=False)
    row = register(event, a_structure(residency))
    time_machine.move_to(moment(*closes), tick=False)
    late = a_structure(residency)
    with pytest.raises(Refused) as refusal:
        register(event, late)
    assert refusal.value.code == "closed"
    # The coordination still may, for a team that telephones; and a place may be given back until the beginning.
    assert register(event, late, by=coordinator).state == RegistrationState.CONFIRMED
    if deadline:
        assert registrations.cancel(by=coordinator, registration=row).state == RegistrationState.CANCELLED
    else:
        with pytest.raises(Refused, match="a commencé"):
            registrations.cancel(by=coordinator, registration=row)


def test_a_structure_of_another_territory_and_a_stranger_are_refused(coordinator: Any, residency: Residency) -> None:
    event = an_event(coordinator, residency)
    with pytest.raises(Refused):
        register(event, StructureFactory())
    structure = a_structure(residency)
    with pytest.raises(Forbidden):
        register(event, structure, by=artist_of(residency))
    row = register(event, structure)
    with pytest.raises(Forbidden):
        registrations.cancel(by=artist_of(residency), registration=row)


@pytest.mark.django_db(transaction=True)
def test_two_teams_never_get_the_last_places(coordinator: Any, residency: Residency) -> None:
    event = an_event(coordinator, residency, capacity=2)
    structures = [a_structure(residency), a_structure(residency)]
    people = [member_of(structure) for structure in structures]
    barrier, states = threading.Barrier(2), []

    def click(index: int) -> None:
        barrier.wait()
        try:
            row = register(event, structures[index], by=people[index])
            states.append(str(row.state))
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == ["confirmed", "waiting"]


# Residents ----------------------------------------------------------------------------------------


def test_a_resident_registers_and_gives_the_place_back_by_the_address_of_the_mail(
    coordinator: Any, residency: Residency, client: Client
) -> None:
    event = an_event(coordinator, residency, open_to_public=True, capacity=2)
    address = reverse("residencies:event_register", args=[event.slug])
    assert client.get(address).status_code == 200
    assert client.post(address, {"name": "", "email": "x", "people": "0"}).status_code == 422
    sent = {"name": "Céleste", "email": "celeste@exemple.test", "people": "2"}
    assert client.post(address, sent).status_code == 302
    # The same person again: the same registration, the mail again, and nothing told on the page.
    assert client.post(address, sent).status_code == 302
    assert Registration.objects.count() == 1
    assert kinds() == ["event.registered", "event.registered"]
    link = re.search(r"http://testserver(\S+)", OutgoingMail.objects.earliest("pk").body)
    assert link is not None
    assert "Céleste" in client.get(link[1]).content.decode()
    assert client.get(link[1][:-4] + "xyz/").status_code == 404
    waiting = register(event, a_structure(residency), 1)
    assert waiting.state == RegistrationState.WAITING
    assert client.post(link[1]).status_code == 302
    assert Registration.objects.get(email="celeste@exemple.test").state == RegistrationState.CANCELLED
    waiting.refresh_from_db()
    assert waiting.state == RegistrationState.CONFIRMED
    assert client.post(link[1]).status_code == 409


def test_programs_and_crowds_are_kept_out(
    coordinator: Any, residency: Residency, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = an_event(coordinator, residency, open_to_public=True)
    address = reverse("residencies:event_register", args=[event.slug])
    bot = {"name": "x", "email": "x@exemple.test", "people": "1", "website": "http://x"}
    assert client.post(address, bot).status_code == 302
    assert not Registration.objects.exists()
    with monkeypatch.context() as patched:
        patched.setattr(pages, "LIMIT", limits.Limit("tests", "register", "2/h/ip", ""))
        answers = [
            client.post(address, {"name": "x", "email": f"x{n}@exemple.test", "people": "1"}).status_code
            for n in range(3)
        ]
    assert answers == [302, 302, 429]
    assert Registration.objects.count() == 2
    closed = an_event(coordinator, residency)
    assert client.get(reverse("residencies:event_register", args=[closed.slug])).status_code == 404


# Cost ---------------------------------------------------------------------------------------------


def test_pages_cost_the_same_with_thirty_registrations(
    coordinator: Any,
    residency: Residency,
    client: Client,
    assert_num_queries_constant: Callable[..., int],
) -> None:
    event = an_event(coordinator, residency, open_to_public=True)
    structure = a_structure(residency)
    client.force_login(coordinator)
    team = Client()
    team.force_login(member_of(structure))
    pages = [
        (client, reverse("admin:residencies_event_registrations", args=[event.uuid])),
        (client, reverse("admin:residencies_event_changelist")),
        (client, event.get_absolute_url()),
        (team, reverse("team:events", args=[structure.uuid])),
        (team, reverse("team:event", args=[structure.uuid, event.uuid])),
    ]

    def read() -> None:
        for who, address in pages:
            assert who.get(address).status_code == 200

    def fill(count: int) -> None:
        places = [a_structure(residency) for _ in range(count)]
        Registration.objects.bulk_create(
            Registration(
                event=event, structure=place, name="x", email="x@exemple.test", people=1, made_at=timezone.now()
            )
            for place in places
        )
        MeetingWish.objects.bulk_create(
            MeetingWish(event=event, structure=place, residency=residency) for place in places
        )
        Event.objects.bulk_create(
            Event(
                season=residency.season, title=f"x{n}", slug=f"x-{count}-{n}", place="x", state=EventState.PUBLISHED,
                starts_at=event.starts_at, ends_at=event.ends_at,
            )
            for n in range(count)
        )  # fmt: skip

    fill(3)
    assert_num_queries_constant(read, lambda: fill(27))


def test_an_event_never_announced_is_thrown_away(coordinator: Any, residency: Residency) -> None:
    event = an_event(coordinator, residency, published=False)
    announced = an_event(coordinator, residency)
    desk = Client()
    desk.force_login(coordinator)
    for row in (event, announced):
        desk.post(reverse("admin:residencies_event_discard", args=[row.uuid]))
    assert list(Event.objects.all()) == [announced]
    assert Entry.objects.filter(verb="event.discarded").count() == 1
    with pytest.raises(Forbidden):
        events.discard(by=artist_of(residency), event=an_event(coordinator, residency, published=False))
