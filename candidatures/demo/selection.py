"""The committees of the demonstration: who sits, what each reads and thinks, what the session decides.

Everything goes through the services that jurors, the coordination and artists call. Opinions are
drawn from a seeded generator around how good a dossier is said to be, so that the same story is
told every time: one juror is severe, another generous, and the ranking's correction shows it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from candidatures.demo import content, dossiers, story
from candidatures.demo.call_data import PARIS
from candidatures.enums import (
    Advice,
    ApplicationState,
    ConflictReason,
    InterviewMode,
    JurorRole,
    Outcome,
    Presence,
)
from candidatures.methods import timetable
from candidatures.models import Application, Assignment, Call, InterviewSlot, Juror, Jury, Minutes, Offer
from candidatures.selectors.assignment import Wish
from candidatures.services.jury import (
    assignments,
    choosing,
    conduct,
    decisions,
    discussion,
    interview_booking,
    interviews,
    letters,
    members,
    minutes,
    offers,
    outside,
    publication,
    recusals,
    reviews,
    sessions,
    settling,
)
from clea.accounts.models import User
from clea.mail import services as mail
from clea.mail.models import OutgoingMail

if TYPE_CHECKING:
    from candidatures.demo.build import Stage
    from candidatures.models import JurySession

S = ApplicationState
paris = story.paris


@dataclass(frozen=True)
class Member:
    """A member of the committee: account, institution's slug, role, what they do, and how they mark."""

    email: str
    institution: str
    role: JurorRole
    function: str
    city: str
    leaning: float


MEMBERS = [
    Member("jure1@demo.test", "call", JurorRole.PRESIDENT, "déléguée à la culture", "Lens", 0.0),
    Member("jure2@demo.test", "drac", JurorRole.MEMBER, "conseiller à l'action culturelle", "Lille", -0.8),
    Member("jure3@demo.test", "rectorat-draeac", JurorRole.MEMBER, "chargée de mission", "Lille", 0.3),
    Member("jure4@demo.test", "dsden-62", JurorRole.MEMBER, "conseiller pédagogique", "Arras", 0.6),
    Member("jure5@demo.test", "departement-62", JurorRole.MEMBER, "chargée du spectacle vivant", "Arras", -0.2),
    Member("jure6@demo.test", "call", JurorRole.MEMBER, "directeur de médiathèque", "Liévin", 0.1),
    Member("jure7@demo.test", "drac", JurorRole.MEMBER, "conseillère arts plastiques", "Lille", 0.0),
    Member("jure8@demo.test", "departement-62", JurorRole.SUBSTITUTE, "chargé des territoires", "Arras", 0.0),
]

#: What is written on the grid, from the least to the most convinced. Set in French when used.
GENERAL = [
    "Le dossier décrit surtout un projet de création : la mission n'est pas comprise.",
    "Démarche sincère, mais le territoire n'apparaît pas et les équipes non plus.",
    "Des idées, un budget clair ; la rencontre avec les structures reste à construire.",
    "Bonne compréhension de la mission : des gestes légers, partageables, à préciser avec les équipes.",
    "Très juste. Le courrier parle de ce lieu-ci et des personnes qui y travaillent.",
    "Remarquable : la démarche est déjà une manière de rencontrer. À entendre absolument.",
]
IN_DISCUSSION = [
    "Les avis divergent sur la disponibilité : le calendrier de diffusion est-il compatible avec la phase 2 ?",
    "Je rejoins l'avis réservé : vingt structures, avec quelles formes légères ?",
    "À entendre : la lettre est moins forte que les œuvres.",
    "Le lien avec le réseau des bibliothèques me paraît un vrai atout.",
]


# The committee ---------------------------------------------------------------------------------


def constitute(stage: Stage, key: str, *, on: datetime, reads: tuple[date, date], emails: Iterable[str] = ()) -> None:
    """The committee is made and invited; a day later its members have joined."""
    known = [member for member in MEMBERS if not emails or member.email in emails]
    stage.at(on, partial(_create, stage, key, reads))
    for rank, member in enumerate(known):
        stage.at(on + timedelta(minutes=10 + rank), partial(_invite, stage, key, member))
        stage.at(on + timedelta(hours=18 + rank, minutes=7 * rank), partial(_join, stage, key, member))


def _jury(stage: Stage, key: str) -> Jury:
    return Jury.objects.with_call().get(call=stage.calls[key])


def _juror(stage: Stage, key: str, email: str) -> Juror:
    return Juror.objects.select_related("jury__call", "user", "institution").get(
        jury__call=stage.calls[key], user__email=email
    )


def _dossier(stage: Stage, key: str, persona: str) -> Application:
    return Application.objects.get(pk=stage.drafts[key, persona].application.pk)


def _create(stage: Stage, key: str, reads: tuple[date, date]) -> None:
    jury = members.create(by=stage.coordinator, call=stage.calls[key])
    conduct.set_rules(
        by=stage.coordinator,
        jury=jury,
        reads_from=reads[0],
        reads_to=reads[1],
        readers_per_dossier=4 if key == story.READ else 3,
        institutions_per_dossier=2,
        quorum_percent=50,
        quorum_institutions=3 if key == story.CLEA else 2,
        answer_days=7,
        charter="",
    )


def _invite(stage: Stage, key: str, member: Member) -> None:
    jury = _jury(stage, key)
    person = User.objects.get(email=member.email)
    members.invite(
        by=stage.coordinator,
        jury=jury,
        email=member.email,
        first_name=person.first_name,
        last_name=person.last_name,
        institution=jury.territory.institutions.get(slug=member.institution),
        role=member.role,
        function=member.function,
        city=member.city,
    )


def _join(stage: Stage, key: str, member: Member) -> None:
    juror = _juror(stage, key, member.email)
    members.join(by=juror.user, juror=juror)


def distribute(stage: Stage, key: str) -> None:
    """The computed assignment, applied as it was previewed."""
    jury = _jury(stage, key)
    plan = assignments.preview(jury, Wish(jury.readers_per_dossier, jury.institutions_per_dossier))
    assignments.apply(by=stage.coordinator, jury=jury, plan=plan.signed)


def step_aside(stage: Stage, key: str, email: str, rank: int, reason: ConflictReason, words: str) -> None:
    """A member steps aside from one of the dossiers they were given."""
    juror = _juror(stage, key, email)
    given = Application.objects.readable_by(juror).order_by("pk")[rank]
    recusals.declare(by=juror.user, juror=juror, application=given, reason=reason, words=content.french(words))


# Reading ---------------------------------------------------------------------------------------

#: How good a dossier is said to be, on a scale of 5, by where it ends.
_QUALITY = {S.SELECTED: 4.4, S.RESERVE: 3.9, S.INTERVIEWED: 3.6, S.SHORTLISTED: 3.5}


def _quality(stage: Stage, key: str, application: Application) -> float:
    plan = next(
        row for (call, _key), row in stage.plans.items() if call == key and _key == _persona(stage, application)
    )
    rng = random.Random(f"quality {plan.key}")  # noqa: S311 - the same story every time, no secret
    reached = max((_QUALITY.get(state, 0.0) for state in plan.path), default=0.0)
    return (reached or 2.6) + rng.uniform(-0.25, 0.25)


def _persona(stage: Stage, application: Application) -> str:
    return next(name for (_call, name), draft in stage.drafts.items() if draft.application.pk == application.pk)


def read(stage: Stage, key: str, email: str, *, most: int | None = None, draft: int = 0) -> None:
    """A member reads what they were given, in the order of the numbers: ``most`` are filed, ``draft`` begun."""
    juror = _juror(stage, key, email)
    given = Application.objects.readable_by(juror).select_related("last_deposit", "call").order_by("pk")
    todo = [row for row in given if not row.reviews.filter(juror=juror).exists()]
    filed = todo if most is None else todo[:most]
    for application in filed:
        reviews.file(
            by=juror.user, juror=juror, application=application, values=_opinion(stage, key, juror, application)
        )
    for application in todo[len(filed) : len(filed) + draft]:
        values = _opinion(stage, key, juror, application)
        half = dict(list(values.notes.items())[:2])
        begun = reviews.Values(notes=half, private_notes=content.french("À relire : le budget, puis les liens."))
        reviews.save(by=juror.user, juror=juror, application=application, values=begun, version=0)


def _opinion(stage: Stage, key: str, juror: Juror, application: Application) -> reviews.Values:
    rng = random.Random(f"{juror.user.email} {application.last_deposit}")  # noqa: S311 - no secret
    leaning = next(member.leaning for member in MEMBERS if member.email == juror.user.email)
    centre = _quality(stage, key, application) + leaning
    notes = {
        criterion.pk: max(0, min(criterion.max_score, round(centre + rng.gauss(0, 0.6))))
        for criterion in application.call.scoring.all()
    }
    mean = sum(notes.values()) / len(notes)
    advice = Advice.FAVOURABLE if mean >= 3.6 else Advice.RESERVED if mean >= 2.6 else Advice.UNFAVOURABLE
    words = GENERAL[max(0, min(len(GENERAL) - 1, round(mean + 0.4)))]
    return reviews.Values(notes=notes, advice=advice, comment=content.french(words))


def read_all(stage: Stage, key: str, first: datetime, last: datetime) -> None:
    """Each member's evenings, between two moments."""
    for rank, member in enumerate(MEMBERS[:7]):
        moment = first + (last - first) * rank / 6
        stage.at(moment, partial(_read_if_sitting, stage, key, member.email))


def _read_if_sitting(stage: Stage, key: str, email: str) -> None:
    if Juror.objects.filter(jury__call=stage.calls[key], user__email=email).exists():
        read(stage, key, email)


def discuss(stage: Stage, key: str) -> None:
    """The discussion opens; the members who read a dossier say a word on those where they disagree."""
    jury = conduct.open_discussion(by=stage.coordinator, jury=_jury(stage, key))
    rng = random.Random("discussion")  # noqa: S311 - no secret
    rows = list(
        Assignment.objects.to_read()
        .filter(juror__jury=jury, application__state__in=[S.ELIGIBLE])
        .select_related("juror__user", "application")
        .order_by("application", "juror")
    )
    for text in IN_DISCUSSION:
        row = rng.choice(rows)
        if Application.objects.readable_by(row.juror).filter(pk=row.application_id).exists():
            discussion.say(by=row.juror.user, application=row.application, text=content.french(text), juror=row.juror)


# Interviews ------------------------------------------------------------------------------------


def shortlist(stage: Stage, key: str) -> None:
    """Those whom the story calls to an interview."""
    chosen = [_dossier(stage, key, plan.key) for plan in _plans(stage, key) if plan.path[:1] == (S.SHORTLISTED,)]
    choosing.shortlist(by=stage.coordinator, jury=_jury(stage, key), applications=chosen)


def _plans(stage: Stage, key: str) -> list[story.Plan]:
    return [plan for (call, _name), plan in stage.plans.items() if call == key]


def open_slots(stage: Stage, key: str, days: list[date]) -> None:
    """Half an hour each, mornings on the spot and one afternoon at a distance; then the invitations."""
    jury = _jury(stage, key)
    here = interviews.Room(InterviewMode.IN_PERSON, place=content.french("Hôtel communautaire, salle 2, Lens"))
    afar = interviews.Room(InterviewMode.REMOTE, link="https://visio.example/clea")
    for day in days:
        spans = timetable.series(day, time(9), time(12, 30), 30, 5, PARIS)
        interviews.open_slots(by=stage.coordinator, jury=jury, spans=spans, room=here)
    spans = timetable.series(days[-1], time(14), time(16, 30), 30, 5, PARIS)
    interviews.open_slots(by=stage.coordinator, jury=jury, spans=spans, room=afar)
    called = list(Application.objects.filter(call=stage.calls[key], state=S.SHORTLISTED))
    limit = datetime.combine(days[0] - timedelta(days=2), time(0), tzinfo=PARIS)
    interviews.invite(by=stage.coordinator, jury=jury, applications=called, book_by=limit)
    _let_go(stage, "interview.")


def _let_go(stage: Stage, kind: str) -> None:
    """The coordination has read the drafts of this kind and lets them go."""
    drafts = list(OutgoingMail.objects.drafts().filter(kind__startswith=kind))
    mail.approve(by=stage.coordinator, mails=drafts)


def book(stage: Stage, key: str) -> None:
    """Every artist called takes a slot; whoever lives abroad takes one at a distance."""
    for application in Application.objects.filter(call=stage.calls[key], state=S.SHORTLISTED).order_by("pk"):
        mode = InterviewMode.IN_PERSON if application.country == "France" else InterviewMode.REMOTE
        free = InterviewSlot.objects.free().filter(jury__call=stage.calls[key])
        slot = free.filter(mode=mode).first() or free.first()
        assert slot is not None
        interview_booking.book(by=application.owner, application=application, slot=slot)


def hold(stage: Stage, key: str) -> None:
    """Everyone came, but for the one whom the story leaves shortlisted."""
    absent = {plan.key for plan in _plans(stage, key) if plan.path == (S.SHORTLISTED,)}
    for slot in InterviewSlot.objects.booked().filter(jury__call=stage.calls[key]):
        assert slot.application is not None
        if _persona(stage, slot.application) in absent:
            interviews.miss(by=stage.coordinator, slot=slot)
        else:
            interviews.hold(by=stage.coordinator, slot=slot)


# The session -----------------------------------------------------------------------------------


def choose(stage: Stage, key: str) -> None:
    """The set the committee retains."""
    chosen = [_dossier(stage, key, plan.key) for plan in _plans(stage, key) if plan.path[-1:] == (S.SELECTED,)]
    choosing.retain_set(
        by=stage.coordinator,
        jury=_jury(stage, key),
        applications=chosen,
        wants={},
        note=content.french("Cinq disciplines différentes, tous les axes du contrat : l'équilibre prime sur le rang."),
    )


def sit(stage: Stage, key: str, held_on: date) -> None:
    """The session itself: who is there, what is decided, then the minutes."""
    jury = _jury(stage, key)
    by = stage.coordinator
    sitting = list(jury.jurors.sitting().select_related("user"))
    chair = next(juror for juror in sitting if juror.role == JurorRole.PRESIDENT)
    session = sessions.open_session(
        by=by,
        jury=jury,
        held_on=held_on,
        starts_at=time(14),
        ends_at=time(17, 40),
        place=content.french("Hôtel communautaire, Lens"),
        chair=chair,
        secretary=str(by),
        account=content.french(
            "La présidente rappelle la mission et les règles de déport. Chaque dossier reçu en entretien est présenté "
            "par un de ses lecteurs, puis discuté. Le comité retient un ensemble, puis ordonne la liste complémentaire."
        ),
    )
    sessions.attend(by=by, session=session, rows=_attendance(sitting))
    _decide(stage, key, session)


def _attendance(sitting: list[Juror]) -> list[tuple[Juror, str, Juror | None]]:
    """One member is excused, a substitute sits in their seat when there is one."""
    substitute = next((juror for juror in sitting if juror.role == JurorRole.SUBSTITUTE), None)
    excused = next((juror for juror in sitting if juror.user.email == "jure5@demo.test"), None)
    rows: list[tuple[Juror, str, Juror | None]] = []
    for juror in sitting:
        if juror == excused:
            rows.append((juror, Presence.EXCUSED, None))
        elif juror == substitute:
            rows.append((juror, Presence.PRESENT, excused))
        else:
            rows.append((juror, Presence.REMOTE if juror.user.email == "jure3@demo.test" else Presence.PRESENT, None))
    return rows


def _decide(stage: Stage, key: str, session: JurySession) -> None:
    by = stage.coordinator
    if not session.decisions.exists():
        sessions.put_all_on_agenda(by=by, session=session)
    rank = 0
    for outcome in (Outcome.SELECTED, Outcome.RESERVE):
        for plan in _plans(stage, key):
            if plan.path[-1:] != (ApplicationState(outcome.value),):
                continue
            rank += 1
            application = _dossier(stage, key, plan.key)
            decisions.decide(by=by, session=session, application=application, outcome=outcome, rank=rank)
    late = next((plan for plan in _plans(stage, key) if plan.path == story.LATE_NO), None)
    if late is not None:
        decisions.decide(
            by=by,
            session=session,
            application=_dossier(stage, key, late.key),
            outcome=Outcome.DECLINED,
            reason=content.french(
                "Le comité a apprécié l'entretien. Les formes proposées demandent une technique que les structures "
                "les plus petites n'ont pas."
            ),
            tell_reason=True,
        )
    decisions.decline_rest(by=by, session=session)
    edition = settling.settle(by=by, session=session)
    minutes.ensure(edition.pk)


def sign(stage: Stage, key: str) -> None:
    """The signed minutes come back, scanned."""
    edition = Minutes.objects.get(session__jury__call=stage.calls[key])
    document = minutes.ensure(edition.pk)
    with document.file.open("rb") as file:
        scan = dossiers.upload(file.read(), "PV signé.pdf")
    settling.attach_signed(by=stage.coordinator, minutes=edition, upload=scan)


# Answers ---------------------------------------------------------------------------------------


def elsewhere(stage: Stage, key: str, persona: str, territory: str, jury_on: date) -> None:
    """Another territory decided first: the artist is theirs."""
    decision = outside.record(
        by=stage.coordinator,
        application=_dossier(stage, key, persona),
        territory=territory,
        jury_on=jury_on,
        words=content.french("Message de l'artiste, puis appel à la coordinatrice de ce territoire."),
    )
    outside.elsewhere(by=stage.coordinator, decision=decision)


def write_letters(stage: Stage, key: str) -> None:
    """Every letter is drafted, read, and let go."""
    jury = _jury(stage, key)
    waiting = [row.case.application for row in letters.preview(jury) if row.case.to_write and not row.blocked]
    letters.draft(by=stage.coordinator, jury=jury, applications=waiting)
    _let_go(stage, "decision.")


def announce(stage: Stage, key: str) -> None:
    """The names of those who accept will be public from the day the call announced."""
    call: Call = stage.calls[key]
    assert call.results_on is not None
    publication.approve(by=stage.coordinator, jury=_jury(stage, key), publish_on=call.results_on)


def answer(stage: Stage, key: str, persona: str, *, yes: bool, words: str = "") -> None:
    """An artist answers the offer in their own space."""
    application = _dossier(stage, key, persona)
    offer = Offer.objects.holding().get(application=application)
    act = offers.accept if yes else offers.refuse
    act(by=application.owner, offer=offer, words=content.french(words))


def call_reserve(stage: Stage, key: str, persona: str) -> None:
    """The next of the reserve list is called."""
    offers.call_next(by=stage.coordinator, jury=_jury(stage, key), application=_dossier(stage, key, persona))
    _let_go(stage, "decision.")
