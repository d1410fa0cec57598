"""What is of a season as a whole: its meeting day, committees, communication, traces, and the bilan once it is over."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from bench.volume_calls import PARIS
from bench.volume_places import World
from bench.volume_rows import some
from candidatures.models import Season
from residencies.enums import EventKind, EventState, RegistrationState, VisitState
from residencies.enums.bilan import BilanState
from residencies.enums.money import PaymentKind, PaymentState
from residencies.enums.steering import ActionState, MeetingKind, MeetingState, Presence
from residencies.models import (
    Action,
    AgendaItem,
    Attendee,
    Bilan,
    CommunicationItem,
    Consent,
    Event,
    EventItem,
    Meeting,
    MeetingDecision,
    MeetingSlot,
    MeetingWish,
    News,
    Payment,
    Picture,
    PressItem,
    Registration,
    Room,
    SeasonArchive,
    Testimony,
    Visit,
)

if TYPE_CHECKING:
    from bench.volume_residencies import Stay_


def steered(world: World, season: Season, stays: list[Stay_], *, over: bool) -> None:
    today = world.now.astimezone(PARIS).date()
    _meeting_day(world, season, stays)
    _visits(world, season, stays)
    _committees(world, season, today)
    _told(world, season, stays, today)
    _expenses(world, season, today)
    if over:
        _traces(world, season, stays)
        _closed(world, season)


def _meeting_day(world: World, season: Season, stays: list[Stay_]) -> None:
    """The 27e heure: registrations, wishes, a timetable, and two public moments."""
    rows, rng = world.rows, world.rng
    day = date(season.starts_on.year, 10, 7)
    event = rows.add(
        Event, season_id=season.pk, kind=EventKind.MEETING_DAY.value, slug=f"27e-heure-{season.starts_on.year}",
        title="27e heure", summary="Les artistes rencontrent les équipes.", starts_at=_at(day, 9), ends_at=_at(day, 17),
        place="Salle des fêtes", commune_id=world.communes[0].pk, meetings_from=_at(day, 10), meetings_to=_at(day, 16),
        state=EventState.PUBLISHED.value, registration_closes_at=_at(day - timedelta(days=5), 0),
        timetable_at=_at(day - timedelta(days=3), 9), timetable_told_at=_at(day - timedelta(days=2), 9),
    )  # fmt: skip
    for hour, title in ((9, "Accueil"), (12, "Repas partagé"), (16, "Mot de la fin")):
        rows.add(EventItem, event_id=event, starts_at=_at(day, hour), title=title)
    rooms = []
    for rank, stay in enumerate(stays):
        rooms.append(rows.add(Room, event_id=event, name=f"Table {rank + 1}", order=rank))
        rows.link(Event.residencies.through, event_id=event, residency_id=stay.pk)
    guests = some(rng, world.places, 15 * max(len(stays), 1))
    for rank, place in enumerate(guests):
        rows.add(
            Registration, event_id=event, structure_id=place.pk, name=place.name, email=f"inscrite{rank}@demo.test",
            people=1 + rank % 3, state=RegistrationState.CONFIRMED.value, made_at=_at(day - timedelta(days=20), 9),
        )  # fmt: skip
        for wish, stay in enumerate(some(rng, stays, 2), start=1):
            rows.add(MeetingWish, event_id=event, structure_id=place.pk, residency_id=stay.pk, rank=wish)
        if stays:
            # One meeting a structure: table after table, quarter after quarter.
            turn = rank % len(stays)
            starts = _at(day, 10) + timedelta(minutes=20 * (rank // len(stays)))
            rows.add(
                MeetingSlot, event_id=event, residency_id=stays[turn].pk, structure_id=place.pk, room_id=rooms[turn],
                starts_at=starts,
            )  # fmt: skip
    for rank, when in enumerate((date(season.starts_on.year + 1, 1, 15), date(season.starts_on.year + 1, 6, 5))):
        rows.add(
            Event, season_id=season.pk, kind=EventKind.PUBLIC.value, slug=f"rendez-vous-{when.year}-{rank + 1}",
            title=f"Rendez-vous public {rank + 1}", starts_at=_at(when, 18), ends_at=_at(when, 20), place="Le hall",
            commune_id=world.communes[rank + 1].pk, open_to_public=True, state=EventState.PUBLISHED.value, capacity=80,
        )  # fmt: skip


def _visits(world: World, season: Season, stays: list[Stay_]) -> None:
    first = date(season.starts_on.year, 10, 5)
    for rank, place in enumerate(some(world.rng, world.places, 8)):
        starts = _at(first + timedelta(days=rank // 2), 9 if rank % 2 else 14)
        key = world.rows.add(
            Visit, season_id=season.pk, title=f"Visite : {place.name}"[:200], starts_at=starts,
            ends_at=starts + timedelta(hours=2), structure_id=place.pk, state=VisitState.DONE.value,
        )  # fmt: skip
        for stay in stays:
            world.rows.link(Visit.residencies.through, visit_id=key, residency_id=stay.pk)


def _committees(world: World, season: Season, today: date) -> None:
    rows = world.rows
    for rank, month in enumerate((10, 12, 2, 4, 6)):
        day = date(season.starts_on.year + (month < 9), month, 14)
        held = day < today
        kind = MeetingKind.STEERING if rank % 2 else MeetingKind.TECHNICAL
        uuid = rows.uuid()
        meeting = rows.add(
            Meeting, uuid=uuid, season_id=season.pk, kind=kind.value, title=f"{kind.label} {rank + 1}",
            starts_at=_at(day, 10), ends_at=_at(day, 12), place="Hôtel communautaire",
            state=(MeetingState.SETTLED if held else MeetingState.PLANNED).value,
            minutes_id=world.file("letter", "compte-rendu.pdf", _at(day, 17))[0] if held else None,
            settled_at=_at(day, 17) if held else None, created_at=_at(day - timedelta(days=30), 9),
        )  # fmt: skip
        point = 0
        for place, title in enumerate(("Calendrier", "Budget", "Communication")):
            point = rows.add(AgendaItem, meeting_id=meeting, position=place, title=title, said="Vu." if held else "")
        for place, institution in enumerate(world.institutions[:5]):
            rows.add(
                Attendee, meeting_id=meeting, institution_id=institution.pk, organisation=institution.name[:200],
                name=" ".join(world.name()), email=f"comite{place}@demo.test",
                presence=(Presence.PRESENT if held else Presence.INVITED).value,
            )  # fmt: skip
        world.journal.say(
            _at(day - timedelta(days=30), 9), "meeting.planned", "residencies.meeting", uuid,
            {"on": day.isoformat(), "kind": kind.value}, world.by_desk,
        )  # fmt: skip
        if held:
            rows.add(MeetingDecision, meeting_id=meeting, item_id=point, text="Le calendrier est adopté.")
            done = day + timedelta(days=60) < today
            rows.add(
                Action, meeting_id=meeting, what="Écrire aux structures sans équipe", owner="la coordination",
                due_on=day + timedelta(days=40), state=(ActionState.DONE if done else ActionState.OPEN).value,
                done_on=day + timedelta(days=35) if done else None,
            )  # fmt: skip


def _told(world: World, season: Season, stays: list[Stay_], today: date) -> None:
    rows = world.rows
    for rank, channel in enumerate(("print", "web", "press", "letter", "radio", "social")):
        due = season.starts_on + timedelta(days=25 + 40 * rank)
        rows.add(
            CommunicationItem, season_id=season.pk, what=f"Action {rank + 1}", audience="habitants", channel=channel,
            due_on=due, state="done" if due < today else "todo",
        )  # fmt: skip
    for rank, stay in enumerate(stays):
        day = season.starts_on + timedelta(days=45 + 15 * rank)
        if day >= today:
            continue
        rows.add(
            PressItem, season_id=season.pk, residency_id=stay.pk, outlet="La Gazette d'ici", title="Un artiste", day=day
        )
        rows.add(
            News, territory_id=world.territory.pk, residency_id=stay.pk,
            slug=f"actualite-{season.starts_on.year}-{rank + 1}",
            title=f"Des nouvelles de {stay.name}"[:200], summary="Ce qui se prépare, et où venir.",
            body="Le calendrier est à l'agenda.", published_at=_at(day, 9), made_by_id=world.desk.pk,
            created_at=_at(day, 8), updated_at=_at(day, 9),
        )  # fmt: skip


def _expenses(world: World, season: Season, today: date) -> None:
    for rank, label in enumerate(("Impression", "Location de la salle", "Traiteur")):
        due = season.starts_on + timedelta(days=50 + 60 * rank)
        amount = Decimal(world.rng.randrange(20_000, 200_000)) / 100
        paid = due < today
        world.rows.add(
            Payment, season_id=season.pk, kind=PaymentKind.OTHER.value, label=label, payee="Fournisseur d'exemple",
            amount=amount, cost=amount, due_on=due, paid_on=due if paid else None,
            state=(PaymentState.PAID if paid else PaymentState.PLANNED).value, created_at=_at(season.starts_on, 9),
        )  # fmt: skip


def _traces(world: World, season: Season, stays: list[Stay_]) -> None:
    rows = world.rows
    for rank, stay in enumerate(some(world.rng, stays, 5)):
        consent = rows.add(
            Consent,
            season_id=season.pk,
            person=" ".join(world.name()),
            form="paper",
            given_on=date(season.ends_on.year, 6, 10),
        )
        rows.add(
            Testimony, season_id=season.pk, residency_id=stay.pk, text="On a osé dire ce qu'on entendait chaque jour.",
            signature="une enseignante", consent_id=consent, is_published=True, position=rank,
        )  # fmt: skip
        at = _at(date(season.ends_on.year, 6, 12), 9)
        whole, _ = world.file("picture", "image.webp", at)
        small, _ = world.file("small", "image.webp", at)
        rows.add(
            Picture, season_id=season.pk, residency_id=stay.pk, stored_file_id=whole, thumbnail_id=small, width=1600,
            height=1066, alt="Un groupe dessine au sol.", credit="La coordination", rights="Libre pour le bilan",
            shows_people=False, is_published=True, position=rank,
        )  # fmt: skip


def _closed(world: World, season: Season) -> None:
    """The bilan is published in September, and the season closed the day after."""
    at = _at(date(season.ends_on.year, 9, 10), 10)
    uuid = world.rows.uuid()
    pdf, _ = world.file("whole", "bilan.pdf", at)
    world.rows.add(
        Bilan, uuid=uuid, season_id=season.pk, slug=season.name, title=f"Bilan de la saison {season.name}",
        introduction="Des résidences, cinq mois de présence, une même manière de faire.",
        highlights="- Des communes rencontrées pour la première fois.", state=BilanState.PUBLISHED.value,
        published_at=at, pdf_id=pdf, version=2, updated_at=at,
    )  # fmt: skip
    world.journal.say(at, "bilan.published", "residencies.bilan", uuid, {}, world.by_desk)
    archive, file = world.file("whole", f"saison-{season.name}.pdf", at)
    world.rows.add(
        SeasonArchive, season_id=season.pk, stored_file_id=archive, closed_at=at + timedelta(days=1),
        closed_by_id=world.desk.pk,
    )  # fmt: skip
    Season.objects.filter(pk=season.pk).update(closed_at=at + timedelta(days=1))
    world.journal.say(
        at + timedelta(days=1),
        "season.closed",
        "candidatures.season",
        season.uuid,
        {"sha256": file.sha256},
        world.by_desk,
    )


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=PARIS)
