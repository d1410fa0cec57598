"""The meetings of an event as the coordination handles them: computed, set by hand, told, printed."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clea.errors import Forbidden, Refused, StaleWrite
from clea.mail.models import OutgoingMail
from residencies.admin.events import desk_items
from residencies.models import Event, MeetingSlot, Room
from residencies.services import registrations, timetables
from structures.models import Structure
from tests.factories.residencies import ResidencyFactory, artist_of, member_of, moment
from tests.factories.structures import CoordinatorFactory
from tests.residencies.test_events import NOW, a_structure, an_event, register

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_september(time_machine: time_machine.TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)


class Day:
    """Two artists, three teams that ask for both."""

    def __init__(self) -> None:
        self.one = ResidencyFactory(artist_name="Compagnie du Coron")
        self.two = ResidencyFactory(artist_name="Studio Terril", season=self.one.season)
        self.coordinator: Any = CoordinatorFactory(territory=self.one.territory)
        self.event: Event = an_event(self.coordinator, self.one, residencies=[self.one, self.two])
        self.structures: list[Structure] = [a_structure(self.one, name=f"Maison {n}") for n in range(3)]
        for structure in self.structures:
            register(self.event, structure, wishes=[self.one, self.two])

    def compute(self) -> list[MeetingSlot]:
        seen = timetables.preview(self.event).seen
        timetables.apply(by=self.coordinator, event=self.event, seen=seen)
        self.event.refresh_from_db()
        return list(MeetingSlot.objects.filter(event=self.event).order_by("starts_at", "pk"))

    def tell(self) -> int:
        told = timetables.tell(by=self.coordinator, event=self.event)
        self.event.refresh_from_db()
        return told

    def move(self, row: MeetingSlot, **values: Any) -> MeetingSlot:
        now: dict[str, Any] = {
            "residency": row.residency, "structure": row.structure, "room": row.room, "starts_at": row.starts_at
        }  # fmt: skip
        return timetables.set_meeting(by=self.coordinator, event=self.event, meeting=row, **(now | values))


@pytest.fixture
def day() -> Day:
    return Day()


def told() -> list[str]:
    rows = OutgoingMail.objects.filter(kind__startswith="event.timetable").order_by("pk")
    return list(rows.values_list("to", flat=True))


def test_a_preview_writes_nothing_and_is_applied_only_if_nothing_changed(day: Day) -> None:
    preview = timetables.preview(day.event)
    assert len(preview.plan.meetings) == 6
    assert not MeetingSlot.objects.exists()
    with pytest.raises(Forbidden):
        timetables.apply(by=artist_of(day.one), event=day.event, seen=preview.seen)
    register(day.event, day.structures[0], wishes=[day.two])
    with pytest.raises(StaleWrite):
        timetables.apply(by=day.coordinator, event=day.event, seen=preview.seen)
    assert len(day.compute()) == 5


def test_a_meeting_set_by_hand_is_refused_where_it_collides_and_kept_by_the_next_computation(day: Day) -> None:
    rows = day.compute()
    last = moment("2026-10-07", "16:40")
    row = rows[0]
    busy = next(other for other in rows if other.residency_id == row.residency_id and other.pk != row.pk)
    with pytest.raises(Refused, match=r"rencontre déjà « Maison \d »"):
        day.move(row, starts_at=busy.starts_at)
    with pytest.raises(Refused, match="heures de rendez-vous"):
        day.move(row, starts_at=moment("2026-10-07", "15:07"))
    with pytest.raises(Refused, match="pas de place"):
        day.move(row, structure=a_structure(day.one))
    moved = day.move(row, starts_at=last)
    assert moved.fixed
    again = day.compute()
    assert len(again) == 6
    assert MeetingSlot.objects.get(pk=moved.pk).starts_at == last
    # Freed, the next computation may move it back.
    timetables.fix(by=day.coordinator, meeting=moved, fixed=False)
    day.compute()
    assert not MeetingSlot.objects.filter(starts_at=last).exists()
    with pytest.raises(StaleWrite):
        timetables.remove(by=day.coordinator, meeting=moved)


def test_a_person_of_two_teams_and_an_absent_artist_are_left_in_peace(day: Day) -> None:
    for structure in day.structures[:2]:
        register(day.event, structure, people=1, attendees="ada@exemple.test", wishes=[day.one, day.two])
    spans = [row.problem.slots[0] for row in [timetables.preview(day.event).world]]
    timetables.set_artist_away(by=day.coordinator, event=day.event, residency=day.one, spans=spans)
    rows = day.compute()
    assert len(rows) == 6
    assert spans[0].start not in {row.starts_at for row in rows if row.residency_id == day.one.pk}
    shared = [row.starts_at for row in rows if row.structure in day.structures[:2]]
    assert len(set(shared)) == 4
    first = next(row for row in rows if row.structure == day.structures[0])
    other = next(row for row in rows if row.structure == day.structures[1])
    free_room = Room.objects.exclude(pk=other.room_id).get(event=day.event)
    taken = {(row.residency_id, row.starts_at) for row in rows}
    artist = day.one if (day.one.pk, other.starts_at) not in taken else day.two
    already = next(row for row in rows if row.structure == first.structure and row.residency == artist)
    timetables.remove(by=day.coordinator, meeting=already)
    with pytest.raises(Refused, match=r"ada@exemple.test, est déjà au rendez-vous"):
        timetables.set_meeting(
            by=day.coordinator, event=day.event, residency=artist, structure=first.structure, room=free_room,
            starts_at=other.starts_at,
        )  # fmt: skip


def test_only_those_whose_own_timetable_changed_are_written_to_again(day: Day, client: Client) -> None:
    structure = day.structures[0]
    client.force_login(member_of(structure))
    page = reverse("team:event", args=[structure.uuid, day.event.uuid])
    rows = day.compute()
    assert "Vos rendez-vous" not in client.get(page).content.decode()
    assert day.tell() == 5
    assert len(told()) == 5
    assert "Vos rendez-vous" in client.get(page).content.decode()
    with pytest.raises(Refused, match="rien n'a changé"):
        day.tell()
    row = next(row for row in rows if row.structure == structure and row.residency == day.one)
    day.move(row, starts_at=moment("2026-10-07", "16:40"))
    assert day.tell() == 2
    assert told()[5:] == [member_of(structure).email, artist_of(day.one).email]
    assert "16 h 40" in OutgoingMail.objects.latest("pk").body.replace("\xa0", " ")
    # Back where it was: that is a change too.
    day.move(MeetingSlot.objects.get(pk=row.pk), starts_at=row.starts_at)
    assert day.tell() == 2
    # None any more: they are told so.
    MeetingSlot.objects.filter(structure=structure).delete()
    assert day.tell() == 3
    assert "Aucun rendez-vous" in OutgoingMail.objects.filter(to=member_of(structure).email).latest("pk").body


def test_what_no_longer_holds_is_said_and_not_told(day: Day) -> None:
    day.compute()
    Event.objects.filter(pk=day.event.pk).update(meetings_to=moment("2026-10-07", "15:20"))
    day.event.refresh_from_db()
    with pytest.raises(Refused, match="ne tiennent plus"):
        day.tell()
    registrations.cancel(by=day.coordinator, registration=day.event.registrations.earliest("pk"))
    assert not MeetingSlot.objects.filter(structure=day.structures[0]).exists()


def test_an_artist_reads_their_own_meetings_once_told(day: Day, client: Client) -> None:
    client.force_login(artist_of(day.one))
    page = reverse("studio:meetings", args=[day.one.uuid])
    day.compute()
    assert "Maison 1" not in client.get(page).content.decode()
    day.tell()
    shown = client.get(page).content.decode()
    assert all(structure.name in shown for structure in day.structures)
    assert "Studio Terril" not in shown


def test_the_desk_computes_moves_tells_and_prints(day: Day, client: Client) -> None:
    client.force_login(day.coordinator)

    def address(name: str, *more: Any) -> str:
        return reverse(f"admin:residencies_event_{name}", args=[day.event.uuid, *more])

    request: Any = type("Request", (), {"user": day.coordinator})()
    assert [(row.label, row.count) for row in desk_items(request)] == [("évènement aux rendez-vous à calculer", 1)]
    page = client.get(address("compute"))
    assert "3 premiers souhaits satisfaits sur 3" in page.content.decode()
    assert client.post(address("compute"), {"vu": "autre"}).headers["Location"] == address("compute")
    client.post(address("compute"), {"vu": page.context["seen"]})
    assert MeetingSlot.objects.count() == 6
    assert [row.label for row in desk_items(request)] == ["horaire de rendez-vous à annoncer"]
    row = MeetingSlot.objects.filter(residency=day.one).earliest("starts_at")
    late = MeetingSlot.objects.filter(residency=day.one).latest("starts_at")
    sent = {
        "structure": row.structure_id, "residency": row.residency_id, "room": row.room_id,
        "starts_at": late.starts_at.astimezone(row.starts_at.tzinfo).isoformat(),
    }  # fmt: skip
    refused = client.post(address("meeting", row.uuid), sent)
    assert refused.status_code == 422
    assert "rencontre déjà" in refused.content.decode()
    client.post(address("meeting_fix", row.uuid))
    assert MeetingSlot.objects.get(pk=row.pk).fixed
    assert "5 structures et artistes" in client.get(address("tell")).content.decode()
    client.post(address("tell"))
    assert desk_items(request) == []
    for by in ("artiste", "structure", "salle"):
        assert client.get(f"{address('sheets')}?par={by}").status_code == 200
    assert client.get(f"{address('sheets')}?par=rien").status_code == 404
    pdf = client.get(f"{address('sheets_pdf')}?par=artiste")
    with pikepdf.open(io.BytesIO(pdf.content)) as found:
        assert len(found.pages) == 2
        assert found.Root.MarkInfo.Marked


def test_the_meetings_page_costs_the_same_with_thirty_structures(
    day: Day, client: Client, assert_num_queries_constant: Callable[..., int]
) -> None:
    client.force_login(day.coordinator)
    artist = Client()
    artist.force_login(artist_of(day.one))
    day.compute()
    day.tell()

    def read() -> None:
        for name in ("meetings", "compute", "sheets"):
            page = client.get(reverse(f"admin:residencies_event_{name}", args=[day.event.uuid]))
            assert page.status_code == 200
        assert artist.get(reverse("studio:meetings", args=[day.one.uuid])).status_code == 200

    def grow() -> None:
        for _ in range(27):
            structure = a_structure(day.one)
            register(day.event, structure, by=day.coordinator, wishes=[day.one, day.two])
        assert len(day.compute()) > 6

    assert_num_queries_constant(read, grow)
