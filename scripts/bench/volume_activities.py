"""What artists and teams do together: wishes, activities, sessions in the calendar, who confirmed what, agreements."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from bench.volume_calls import PARIS
from bench.volume_places import Place, World
from bench.volume_rows import some
from candidatures.models import Season
from residencies.enums import (
    ActivityKind,
    ActivityState,
    AudienceCategory,
    ConfirmationSide,
    Happened,
    PaperKind,
    PaperState,
    Qualifier,
    RequestState,
    SessionState,
)
from residencies.models import (
    Activity,
    ActivityRequest,
    Audience,
    Confirmation,
    Feedback,
    FeedbackScore,
    Headcount,
    Paper,
    Production,
    Session,
    Signature,
)

if TYPE_CHECKING:
    from bench.volume_residencies import Stay_

#: Of one residency.
ACTIVITIES = 30
TITLES = [
    "Écoute",
    "Atelier de voix",
    "Marche",
    "Lecture au goûter",
    "Petit théâtre",
    "Carte sensible",
    "Fanzine",
    "Bal",
]
KINDS = [ActivityKind.GESTURE] * 5 + [ActivityKind.ENCOUNTER] * 3 + [ActivityKind.DIFFUSION] * 2 + [
    ActivityKind.RESTITUTION, ActivityKind.TRAINING,
]  # fmt: skip
PUBLICS: dict[str, tuple[AudienceCategory, str]] = {
    "primary": (AudienceCategory.PRIMARY, "school"),
    "secondary": (AudienceCategory.SECONDARY, "school"),
    "library": (AudienceCategory.FAMILIES, "out_of_school"),
    "social": (AudienceCategory.ADULTS, "general"),
    "leisure": (AudienceCategory.YOUTH, "around_school"),
    "medico_social": (AudienceCategory.CARE, "general"),
    "health": (AudienceCategory.CARE, "general"),
}
#: Hours of a session; two a day at most for one artist.
SLOTS = [(time(9, 30), time(11, 30)), (time(14, 0), time(16, 0))]


def planned(world: World, season: Season, stays: list[Stay_]) -> None:
    """Every residency's activities, and what became of them."""
    number = 0
    for stay in stays:
        moments = [(day, slot) for day in stay.days for slot in SLOTS]
        free = sorted(some(world.rng, moments, ACTIVITIES * 3 // 2 + 4))
        for rank in range(ACTIVITIES):
            mine, free = (free[: 1 + rank % 2], free[1 + rank % 2 :])
            places = some(world.rng, world.places, 1 if rank % 5 else 2)
            done = _activity(world, season, stay, rank, places, mine)
            if done and rank % 8 == 0:
                number += 1
                _agreement(world, season, stay, done, places, number)
            if done and stay.over and rank % 4 == 0:
                _opinion(world, season, stay)
        _wishes(world, season, stay)
        for rank, kind in enumerate(("podcast", "booklet")):
            world.rows.add(
                Production, season_id=season.pk, residency_id=stay.pk, kind=kind, title=f"Traces {rank + 1}", count=3,
                is_published=stay.over,
            )  # fmt: skip


def _activity(
    world: World, season: Season, stay: Stay_, rank: int, places: list[Place], moments: list[tuple[date, Any]]
) -> int:
    """One activity and its sessions. Returns its key when something was planned."""
    rng, rows = world.rng, world.rows
    host = places[0]
    category, stage = PUBLICS.get(host.kind, (AudienceCategory.GENERAL, "general"))
    kind = rng.choice(KINDS)
    behind = all(_at(day, slot[1]) < world.now for day, slot in moments)
    state = ActivityState.PLANNED
    if stay.over:
        state = ActivityState.EVALUATED if rank % 4 == 0 else ActivityState.DONE
    elif behind and moments:
        state = ActivityState.DONE
    elif rank % 6 == 5:
        state, moments = rng.choice([ActivityState.IDEA, ActivityState.WRITING]), []
    at = _at(season.starts_on, time(10)) + timedelta(days=rank)
    uuid = rows.uuid()
    key = rows.add(
        Activity, uuid=uuid, season_id=season.pk, kind=kind.value, state=state.value,
        title=f"{rng.choice(TITLES)} – {host.name}"[:200], intention="Partir des mots et des gestes de chacun.",
        public="deux groupes", life_stage=stage, people_expected=rng.randrange(10, 60), needs="Une salle calme.",
        people_met=rng.randrange(12, 50) if stay.over else None, created_by_id=stay.lead.pk, created_at=at,
        public_summary="Entrée libre." if rank % 7 == 0 else "", updated_at=at,
    )  # fmt: skip
    rows.link(Activity.residencies.through, activity_id=key, residency_id=stay.pk)
    for place in places:
        rows.link(Activity.structures.through, activity_id=key, structure_id=place.pk)
    said = {"kind": kind.value, "residencies": [str(stay.uuid)], "structures": [str(place.uuid) for place in places]}
    world.journal.say(at, "activity.created", "residencies.activity", uuid, said, stay.lead.actor)
    for day, slot in moments:
        _session(world, stay, key, uuid, places, category, day, slot, public=rank % 7 == 0)
    return key if moments else 0


def _session(
    world: World, stay: Stay_, activity: int, about: Any, places: list[Place], category: AudienceCategory, day: date,
    slot: tuple[time, time], *, public: bool,
) -> None:  # fmt: skip
    rng, rows = world.rng, world.rows
    starts, ends = _at(day, slot[0]), _at(day, slot[1])
    behind = ends < world.now
    chance = rng.random()
    state = SessionState.CANCELLED if chance < 0.04 else SessionState.PLANNED
    if behind and state == SessionState.PLANNED:
        state = SessionState.NOT_HELD if chance < 0.07 else SessionState.HELD
    # The day after, and one in ten is confirmed by one side only.
    told = ends + timedelta(hours=20)
    host = places[0]
    uuid = rows.uuid()
    key = rows.reserve(Session)
    standing = None
    if state in (SessionState.HELD, SessionState.NOT_HELD) and told < world.now:
        happened = Happened.YES if state == SessionState.HELD else Happened.NO
        standing = _confirmed(
            world, key, ConfirmationSide.ARTIST, stay.lead.pk, told, happened, category, residency_id=stay.pk
        )
        if rng.random() < 0.9:
            _confirmed(world, key, ConfirmationSide.STRUCTURE, None, told, happened, category, structure_id=host.pk)
        said = {"session": str(uuid), "side": "artist", "happened": happened.value, "again": False}
        world.journal.say(told, "confirmation.given", "residencies.activity", about, said, stay.lead.actor)
    rows.add(
        Session, id=key, uuid=uuid, activity_id=activity, host_id=host.pk, starts_at=starts, ends_at=ends,
        commune_id=None if host.commune else world.communes[0].pk, state=state.value, is_public=public,
        cancelled_why="La salle n'est plus libre." if state == SessionState.CANCELLED else "", standing_id=standing,
        created_at=starts - timedelta(days=30), updated_at=starts,
    )  # fmt: skip
    rows.link(Session.residencies.through, session_id=key, residency_id=stay.pk)
    for place in places:
        rows.link(Session.structures.through, session_id=key, structure_id=place.pk)
    rows.add(Audience, session_id=key, category=category.value, expected=rng.randrange(10, 40))
    said = {"activity": str(about), "from": starts.isoformat(), "to": ends.isoformat(), "waived": []}
    world.journal.say(
        starts - timedelta(days=30), "planning.planned", "residencies.session", uuid, said, stay.lead.actor
    )


def _confirmed(
    world: World, session: int, side: ConfirmationSide, by: int | None, at: datetime, happened: Happened,
    category: AudienceCategory, **who: int,
) -> int:  # fmt: skip
    key = world.rows.add(
        Confirmation, session_id=session, side=side.value, happened=happened.value, made_at=at, made_by_id=by, **who
    )
    if happened == Happened.YES:
        known = world.rng.random() < 0.95
        world.rows.add(
            Headcount, confirmation_id=key, category=category.value,
            value=world.rng.randrange(6, 45) if known else None,
            qualifier=(Qualifier.ABOUT if world.rng.random() < 0.1 else Qualifier.EXACT).value,
        )  # fmt: skip
        if world.rng.random() < 0.3:
            world.rows.add(
                Headcount, confirmation_id=key, category=AudienceCategory.PROFESSIONALS.value,
                value=world.rng.randrange(1, 5),
            )  # fmt: skip
    return key


def _agreement(world: World, season: Season, stay: Stay_, activity: int, places: list[Place], number: int) -> None:
    issued = _at(season.starts_on, time(15)) + timedelta(days=30)
    signed = (issued + timedelta(days=20)).date()
    stored, _ = world.file("letter", "convention.pdf", issued)
    over = stay.over
    key = world.rows.add(
        Paper, kind=PaperKind.AGREEMENT.value, activity_id=activity, number=f"CV-{season.name}-{number:03d}",
        title="Convention d'activité", body="## Objet\n\nCette convention précise ce qui est mené ensemble.",
        state=(PaperState.SIGNED if over else PaperState.ISSUED).value, stored_file_id=stored, made_at=issued,
        issued_at=issued, sent_at=issued, signed_on=signed if over else None, version=2,
    )  # fmt: skip
    parties: list[tuple[str, int | None, int | None]] = [(world.territory.name, None, None), (stay.name, stay.pk, None)]
    parties += [(place.name, None, place.pk) for place in places]
    for order, (party, residency, structure) in enumerate(parties):
        world.rows.add(
            Signature, paper_id=key, order=order, party=party[:200], residency_id=residency, structure_id=structure,
            signed_on=signed if over or order == 0 else None,
        )  # fmt: skip


def _opinion(world: World, season: Season, stay: Stay_) -> None:
    key = world.rows.add(
        Feedback, season_id=season.pk, kind=ActivityKind.GESTURE.value,
        words=world.rng.choice(["", "Un vrai temps de rencontre.", "À refaire, plus longtemps."]),
    )  # fmt: skip
    world.rows.link(Feedback.residencies.through, feedback_id=key, residency_id=stay.pk)
    for question in range(1, 6):
        world.rows.add(FeedbackScore, feedback_id=key, question_id=question, value=world.rng.choice([3, 4, 4, 5, 5]))


def _wishes(world: World, season: Season, stay: Stay_) -> None:
    """What structures ask: most are accepted, a few refused; some wait, while the season is under way."""
    for rank, place in enumerate(some(world.rng, world.places, 8)):
        category, stage = PUBLICS.get(place.kind, (AudienceCategory.GENERAL, "general"))
        state = RequestState.REFUSED if rank == 7 else RequestState.ACCEPTED
        if not stay.over and rank in (5, 6):
            state = RequestState.SENT
        at = _at(season.starts_on, time(11)) + timedelta(days=rank * 3)
        answered = None if state == RequestState.SENT else at + timedelta(days=9)
        uuid = world.rows.uuid()
        world.rows.add(
            ActivityRequest, uuid=uuid, season_id=season.pk, structure_id=place.pk, residency_id=stay.pk,
            kind=ActivityKind.GESTURE.value, public="une vingtaine de personnes", category=category.value,
            life_stage=stage, people=world.rng.randrange(8, 60), dates="plutôt au printemps",
            hope="Que chacun trouve sa place.", state=state.value, answered_at=answered, made_at=at, updated_at=at,
            answer="Les dates ne se trouvent pas." if state == RequestState.REFUSED else "",
        )  # fmt: skip
        said = {"structure": str(place.uuid), "residency": str(stay.uuid), "kind": "gesture", "people": 20}
        world.journal.say(at, "request.filed", "residencies.activityrequest", uuid, said)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=PARIS)
