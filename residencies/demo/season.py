"""The season itself: the 27e heure, the wishes, some hundred and fifty activities, what took place."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from candidatures.demo.call_data import PARIS
from candidatures.demo.story import paris
from candidatures.enums import LifeStage
from clea.accounts.models import User
from clea.daycount import public_holidays, school_holidays
from residencies.demo import data, start
from residencies.demo.life import artist
from residencies.enums import ActivityKind, AudienceCategory, ConfirmationSide, EventKind, Happened, Qualifier
from residencies.models import Activity, ActivityRequest, Event, Residency, Session, Work
from residencies.services import activities, confirmations, events, registrations, sessions, timetables, works
from residencies.services import papers as paper_services
from residencies.services import requests as request_services
from residencies.services import signatures as signature_services
from residencies.services.confirmations import Count
from residencies.services.sessions import Warned
from structures.enums import Circle
from structures.models import Structure

if TYPE_CHECKING:
    from residencies.demo.build import Scene

#: The real day of the 27e heure.
DAY = date(2026, 10, 7)
HALVES = ((time(9, 30), 90), (time(14, 0), 120))
#: How many activities each one plans for the two phases; the contract that lacks a signature slows one down.
PLANNED = {"briquet": 27, "houille": 26, "rivelaine": 25, "wagonnet": 27, "gaillette": 14, "depeche": 24}
#: Agreements made and signed; made and sent only. The others are still to do.
SIGNED, SENT = 4, 2


def _moment(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=PARIS)


def member(structure: Structure) -> User:
    """The account of the person one calls first."""
    person = structure.professionals.exclude(email="").order_by("-is_contact", "pk").first()
    assert person is not None
    return User.objects.get(email=person.email)


def teams_of(scene: Scene) -> list[Structure]:
    """Structures with a team, in an order that mixes communes."""
    rows = [row for slug, row in scene.places.items() if slug not in data.NO_TEAM]
    random.Random(27).shuffle(rows)  # noqa: S311 - always the same story
    # The team one signs in as: its wish is the fifth, which another artist is proposed for.
    known = next(row for row in rows if row.slug == data.FIRST_TEAM)
    rows.remove(known)
    rows.insert(4, known)
    return rows


# The 27e heure ---------------------------------------------------------------------------------


def announce(scene: Scene) -> None:
    """Its announcement, its registrations, its timetable."""
    scene.at(paris("2026-09-08 10:00"), _create_event)
    scene.at(paris("2026-09-21 12:00"), _register)
    scene.at(paris("2026-10-02 15:00"), _compute)


def _create_event(scene: Scene) -> None:
    season = start.season_of(scene)
    host = scene.places["maison-de-l-art-et-de-la-communication"]
    event = events.create(
        by=scene.desk,
        season=season,
        residencies=list(scene.residencies.values()),
        programme=[
            events.Item(_moment(DAY, time(9)), "Accueil, café"),
            events.Item(_moment(DAY, time(9, 30)), "Six artistes se présentent", "Dix minutes chacun."),
            events.Item(_moment(DAY, time(11)), "Rendez-vous entre artistes et équipes"),
            events.Item(_moment(DAY, time(16, 30)), "Ce que l'on emporte"),
        ],
        rooms=["Table 1", "Table 2", "Table 3", "Table 4", "Salle bleue", "Salle verte"],
        kind=EventKind.MEETING_DAY,
        title="La 27e heure",
        summary="Les équipes rencontrent les artistes de la saison, un rendez-vous à la fois.",
        starts_at=_moment(DAY, time(9)),
        ends_at=_moment(DAY, time(17)),
        place=host.name,
        structure=host,
        capacity=70,
        meetings_from=_moment(DAY, time(11)),
        meetings_to=_moment(DAY, time(16, 30)),
        registration_closes_at=paris("2026-09-30 23:59"),
    )
    events.publish(by=scene.desk, event=event)


def _event() -> Event:
    return Event.objects.get(kind=EventKind.MEETING_DAY)


def _register(scene: Scene) -> None:
    rng = random.Random(7)  # noqa: S311 - always the same story
    everyone = list(scene.residencies.values())
    for structure in teams_of(scene)[:30]:
        user = member(structure)
        registrations.register_team(
            by=user,
            event=_event(),
            structure=structure,
            name=str(user),
            email=user.email,
            people=rng.choice([1, 2, 2, 3]),
            attendees=user.email,
            wishes=rng.sample(everyone, 3),
        )


def _compute(scene: Scene) -> None:
    seen = timetables.preview(_event()).seen
    timetables.apply(by=scene.desk, event=_event(), seen=seen)
    timetables.tell(by=scene.desk, event=_event())


# Wishes, works, activities ---------------------------------------------------------------------


def follow(scene: Scene) -> None:
    """From the immersion to today."""
    scene.at(paris("2026-10-12 10:00"), _catalogue)
    scene.at(paris("2026-10-14 14:00"), _wish)
    scene.at(paris("2026-10-20 10:00"), _answer)
    for week, (key, count) in enumerate(PLANNED.items()):
        scene.at(paris(f"2026-10-{21 + week} 09:00"), partial(_plan, key=key, count=count))
    scene.at(paris("2026-10-28 10:00"), _early_diffusions)
    scene.at(paris("2026-11-02 14:00"), _agree)
    now = scene.stage.now
    scene.at(now - timedelta(hours=2), _invite_the_public)
    scene.at(paris("2026-11-15 10:30"), _confirm)
    scene.at(now - timedelta(hours=1), _confirm)


def _catalogue(scene: Scene) -> None:
    for residency in scene.residencies.values():
        for work in works.take_from_dossier(by=artist(residency), residency=residency):
            works.publish(by=scene.desk, work=work, published=True)
    for rank, work in enumerate(Work.objects.filter(is_published=True).order_by("pk")[:3]):
        structure = teams_of(scene)[rank]
        works.book(
            by=member(structure),
            work=work,
            structure=structure,
            dates="Un samedi de mars ou d'avril.",
            public="tout public",
            people=50,
        )


def _wish(scene: Scene) -> None:
    """Some forty wishes, each from a team that was at the 27e heure or heard of it."""
    rng = random.Random(45)  # noqa: S311 - always the same story
    everyone = list(scene.residencies.values())
    forms = data.FORMS["gesture"] + data.FORMS["encounter"]
    for structure in teams_of(scene)[:42]:
        _title, stage, public, category, people = rng.choice(forms)
        request_services.file(
            by=member(structure),
            structure=structure,
            residency=rng.choice(everyone),
            kind=ActivityKind.GESTURE,
            public=public,
            category=category,
            life_stage=stage,
            people=people,
            dates="De préférence le mardi ou le jeudi, en mars.",
            hope=rng.choice(data.HOPES),
        )


def _answer(scene: Scene) -> None:
    """Most wishes become activities; some are offered another artist, some are refused, some wait."""
    everyone = list(scene.residencies.values())
    for rank, request in enumerate(ActivityRequest.objects.select_related("residency").order_by("pk")):
        assert request.residency is not None
        if rank % 9 == 4:
            other = everyone[(everyone.index(request.residency) + 1) % len(everyone)]
            request_services.propose(
                by=scene.desk, request=request, residency=other, words="Votre premier choix a déjà beaucoup de groupes."
            )
        elif rank % 13 == 6:
            request_services.refuse(
                by=scene.desk, request=request, words="Trop de groupes pour vos dates : revenez vers nous en janvier."
            )
        elif rank % 4 != 3:
            request_services.turn_into_activity(by=scene.desk, request=request)


@dataclass(frozen=True)
class _Place:
    """A half day at a structure."""

    day: date
    hour: time
    minutes: int


def _halves(residency: Residency) -> Iterator[_Place]:
    """Every half day of the phases on which something may be put: a weekday that is neither a holiday nor a break."""
    zone = residency.territory.school_zone
    for period in residency.periods.exclude(kind="immersion"):
        for offset in range((period.ends_on - period.starts_on).days + 1):
            day = period.starts_on + timedelta(days=offset)
            if day.weekday() > 4 or day in public_holidays(day.year) or day in school_holidays(zone, day.year):
                continue
            for hour, minutes in HALVES:
                yield _Place(day, hour, minutes)


def _plan(scene: Scene, *, key: str, count: int) -> None:
    """The activities of one residency: first those born of wishes, then others, so that 20 structures are met."""
    residency = scene.residencies[key]
    rank = list(scene.residencies).index(key)
    rng = random.Random(rank)  # noqa: S311 - always the same story
    free = [place for n, place in enumerate(_halves(residency)) if n % 3 != rank % 3]
    born = list(Activity.objects.filter(residencies=residency).order_by("pk"))
    rows = list(teams_of(scene))
    rows = rows[rank * 9 :] + rows[: rank * 9]
    near = [row for row in rows if not any(row in activity.structures.all() for activity in born)]
    for number in range(count):
        activity = born[number] if number < len(born) else _another(scene, residency, near, number)
        for _session in range(rng.choice([1, 1, 2])):
            _place(scene, residency, activity, free)


def _another(scene: Scene, residency: Residency, near: list[Structure], number: int) -> Activity:
    kind = data.TURN[number % len(data.TURN)]
    forms = data.FORMS[kind]
    title, stage, public, _category, people = forms[number % len(forms)]
    structure = near[number % len(near)]
    together = [structure]
    if number % 6 == 5:
        # A premier cercle structure beside one of proximité (rules.md 20).
        together.append(scene.places["louvre-lens" if number % 12 == 5 else "louvre-lens-vallee"])
    return activities.create(
        by=artist(residency),
        season=residency.season,
        residencies=[residency],
        structures=list(dict.fromkeys(together)),
        kind=kind,
        title=f"{title} – {structure.name}"[:200],
        public=public,
        life_stage=stage,
        people_expected=people,
        intention="Partir de ce que l'équipe et le groupe apportent, et fabriquer une forme courte ensemble.",
        needs="Une salle calme, deux tables.",
        reuse="Cartons et tissus pris à la ressourcerie.",
        how_to_come="Entrée libre, dans la limite des places." if stage == LifeStage.GENERAL else "",
    )


def _place(scene: Scene, residency: Residency, activity: Activity, free: list[_Place]) -> None:
    """The first free half day that breaks nothing; an awkward one is passed over knowingly once in a while."""
    # At home first: a premier cercle structure comes as a guest.
    found = activity.structures.select_related("commune")
    structures = sorted(found, key=lambda row: (row.circle == Circle.FIRST, row.pk))
    public = activity.kind in {ActivityKind.DIFFUSION, ActivityKind.RESTITUTION}
    category = {LifeStage.SCHOOL: AudienceCategory.PRIMARY, LifeStage.PROFESSIONALS: AudienceCategory.PROFESSIONALS}
    for place in list(free)[:12]:
        put: Callable[..., Session] = partial(
            sessions.plan,
            by=scene.desk,
            activity=activity,
            starts_at=_moment(place.day, place.hour),
            ends_at=_moment(place.day, place.hour) + timedelta(minutes=place.minutes),
            host=structures[0],
            audience={category.get(LifeStage(activity.life_stage), AudienceCategory.ADULTS): activity.people_expected},
            is_public=public,
        )
        try:
            put()
        except Warned as warned:
            reasons = {row.key: data.REASONS[row.code] for row in warned.warnings if row.code in data.REASONS}
            if len(reasons) < len(warned.warnings):
                continue
            put(waivers=reasons)
        free.remove(place)
        return


def _early_diffusions(scene: Scene) -> None:
    """Works that circulate before the phases, as they may (rules.md 15)."""
    rows = teams_of(scene)
    for rank, residency in enumerate(scene.residencies.values()):
        structure = rows[rank + 3]
        activity = activities.create(
            by=scene.desk,
            season=residency.season,
            residencies=[residency],
            structures=[structure],
            kind=ActivityKind.DIFFUSION,
            title=f"Avant-goût – {structure.name}"[:200],
            public="tout public",
            life_stage=LifeStage.GENERAL,
            people_expected=40,
            intention="Faire entendre une première forme, et rencontrer celles et ceux qui viennent là.",
            needs="Une salle calme, une prise.",
            reuse="Rien à construire.",
            how_to_come="Entrée libre.",
        )
        day = date(2026, 11, 4) + timedelta(days=2 * rank)
        _forced(scene, activity, _moment(day, time(18)), structure, 40)


def _forced(scene: Scene, activity: Activity, starts_at: datetime, host: Structure, people: int) -> Session:
    """Put it there; what the planning warns of is answered."""
    put: Callable[..., Session] = partial(
        sessions.plan,
        by=scene.desk,
        activity=activity,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
        host=host,
        is_public=True,
        audience={AudienceCategory.GENERAL: people},
    )
    try:
        return put()
    except Warned as warned:
        return put(waivers={row.key: "Date demandée par la structure, vue avec l'artiste." for row in warned.warnings})


def _agree(scene: Scene) -> None:
    """Agreements of the first activities: signed, sent, or not made yet."""
    rows = (
        Activity.objects.filter(season=start.season_of(scene), sessions__isnull=False)
        .exclude(intention="")
        .order_by("sessions__starts_at", "pk")
        .distinct()
    )
    seen: dict[int, Activity] = {activity.pk: activity for activity in rows}
    for rank, activity in enumerate(list(seen.values())[: SIGNED + SENT]):
        paper = paper_services.draft_agreement(by=scene.desk, activity=activity)
        paper = paper_services.issue(by=scene.desk, paper=paper)
        paper_services.send(by=scene.desk, paper=paper)
        if rank < SIGNED:
            signature_services.sign_all(by=scene.desk, paper=paper, signed_on=date(2026, 11, 2))


def _invite_the_public(scene: Scene) -> None:
    """Something to go to this week, whatever today is."""
    residency = scene.residencies["houille"]
    structure = scene.places["mediatheque-emile-zola"]
    activity = activities.create(
        by=scene.desk,
        season=residency.season,
        residencies=[residency, scene.residencies["briquet"]],
        structures=[structure],
        kind=ActivityKind.DIFFUSION,
        title="Écoute commune : mots et fréquences",
        public="tout public",
        life_stage=LifeStage.GENERAL,
        people_expected=60,
        public_summary="Deux artistes, deux façons d'écouter le bassin minier. Une heure, puis on parle.",
        how_to_come="Entrée libre, réservation à l'accueil de la médiathèque.",
    )
    day = scene.stage.now.astimezone(PARIS).date() + timedelta(days=3)
    _forced(scene, activity, _moment(day, time(18, 30)), structure, 60)


def _confirm(scene: Scene) -> None:
    """What took place is told: by both, by one, differently by each, or not yet."""
    over = Session.objects.filter(
        activity__season=start.season_of(scene), ends_at__lte=scene.stage.clock()
    ).select_related("activity", "host")
    for rank, session in enumerate(over.order_by("starts_at")):
        if session.confirmations.exists():
            continue
        residency = session.residencies.get()
        structure = session.structures.order_by("pk").first()
        if rank % 6 == 5 or structure is None:
            continue
        expected = session.activity.people_expected or 20
        said = Count(AudienceCategory.GENERAL, expected - 4 + rank, Qualifier.EXACT)
        confirmations.confirm(
            by=artist(residency),
            session=session,
            side=ConfirmationSide.ARTIST,
            residency=residency,
            happened=Happened.YES,
            counts=[said],
        )
        if rank % 6 == 4:
            continue
        other = Count(AudienceCategory.GENERAL, 25, Qualifier.ABOUT) if rank % 6 == 3 else said
        confirmations.confirm(
            by=member(structure),
            session=session,
            side=ConfirmationSide.STRUCTURE,
            structure=structure,
            happened=Happened.YES,
            counts=[other],
            words="Une belle soirée." if rank % 2 else "",
        )
