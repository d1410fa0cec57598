"""The juries: who reads what, reviews and their notes, recusals, interviews, decisions, letters, offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from bench.volume_calls import PARIS, Facts
from bench.volume_dossiers import APPLICATION, Dossier, mail
from bench.volume_places import World
from candidatures.enums import ApplicationState as State
from candidatures.enums import (
    AssignmentOrigin,
    InterviewOutcome,
    JurorRole,
    LetterOutcome,
    OfferState,
    Outcome,
    Presence,
    ReviewState,
    SessionState,
)
from candidatures.messages.letter_texts import DEFAULTS
from candidatures.models import (
    Assignment,
    Attendance,
    Decision,
    DiscussionComment,
    InterviewInvitation,
    InterviewSlot,
    Juror,
    Jury,
    JurySession,
    Letter,
    LetterRule,
    Minutes,
    Offer,
    OutsideDecision,
    Recusal,
    Review,
    Score,
)

COMMENTS = [
    "Une démarche précise, qui laisse de la place aux équipes. Les pistes sont concrètes.",
    "L'univers est fort ; on voit moins comment il rencontrerait les plus jeunes.",
    "Le dossier dit peu du territoire, mais les œuvres légères trouveraient leur public partout.",
    "Une écriture rare, une expérience du milieu scolaire, un intérêt réel pour le soin.",
    "Proposition généreuse ; le calendrier paraît ambitieux pour une personne seule.",
    "Très beau parcours. La transition écologique est traitée par le geste, pas par le discours.",
]
ADVICE = ["favourable", "favourable", "reserved", "reserved", "unfavourable"]
#: Read, then judged: those that the jury is given.
READ = frozenset(State) - {State.DRAFT, State.SUBMITTED, State.INELIGIBLE, State.WITHDRAWN}
OUTCOMES = {State.SELECTED: Outcome.SELECTED, State.RENOUNCED: Outcome.SELECTED, State.RESERVE: Outcome.RESERVE,
            State.ELSEWHERE: Outcome.RESERVE}  # fmt: skip


class Seat(NamedTuple):
    pk: int
    uuid: Any
    person: Any


class Chosen(NamedTuple):
    """An accepted offer: a residency is opened from it."""

    dossier: Dossier
    offer: int


@dataclass
class Committee:
    """A jury while its rows are made."""

    held: Facts
    key: int
    uuid: Any
    seats: list[Seat]
    rules: dict[LetterOutcome, int]


def convene(world: World, held: Facts, size: int, turn: int) -> Committee:
    """The jury of a call, ``size`` of the territory's jurors, not the same every year."""
    rows, call = world.rows, held.call
    closed = call.closes_at
    uuid = rows.uuid()
    first = closed.astimezone(PARIS).date() + timedelta(days=1)
    key = rows.add(
        Jury, uuid=uuid, call_id=call.pk, reads_from=first, reads_to=held.days[0] + timedelta(days=10),
        readers_per_dossier=5, created_at=closed - timedelta(days=10),
    )  # fmt: skip
    world.journal.say(closed - timedelta(days=10), "jury.created", JURY, uuid, {"call": str(call.uuid)}, world.by_desk)
    rules = {}
    for order, text in enumerate(DEFAULTS, start=1):
        rules[text.outcome] = rows.add(
            LetterRule, jury_id=key, order=order, name=text.name, outcome=text.outcome.value, subject=text.subject,
            body=text.body, subject_en=text.subject_en, body_en=text.body_en, interviewed=text.interviewed,
            reasoned=text.reasoned,
        )  # fmt: skip
    people = [world.jurors[(turn * size // 2 + rank) % len(world.jurors)] for rank in range(size)]
    if world.jurors[0] not in people:
        # jure1@demo.test sits everywhere.
        people[0] = world.jurors[0]
    seats = []
    for rank, person in enumerate(people):
        seat = rows.uuid()
        role = JurorRole.PRESIDENT if rank == 0 else JurorRole.MEMBER
        institution = world.institutions[rank % len(world.institutions)]
        pk = rows.add(
            Juror, uuid=seat, jury_id=key, user_id=person.pk, institution_id=institution.pk, role=role.value,
            function="conseillère", city=world.rng.choice(["Lens", "Lille", "Arras", ""]),
            invited_at=closed - timedelta(days=9), joined_at=closed - timedelta(days=8),
        )  # fmt: skip
        seats.append(Seat(pk, seat, person))
        said = {"juror": str(seat), "role": role.value, "institution": str(institution.uuid)}
        world.journal.say(closed - timedelta(days=9), "jury.member_invited", JURY, uuid, said, world.by_desk)
        world.journal.say(
            closed - timedelta(days=8), "jury.member_joined", JURY, uuid, {"juror": str(seat)}, person.actor
        )
        mail(
            world, "jury.invitation", person.email, "Votre place au comité", "Bonjour,\n\nVous êtes du comité.\n",
            closed - timedelta(days=9), about=("candidatures.juror", seat),
        )  # fmt: skip
    return Committee(held, key, uuid, seats, rules)


def read(
    world: World, jury: Committee, dossiers: list[Dossier], reviews: int, *, under_way: bool, now: datetime
) -> None:
    """Exactly ``reviews`` of them, the same number a dossier but for one, shared out between the jurors.

    ``under_way``: the jury still reads; some are drafts, and some dossiers are given and not begun.
    """
    given = [dossier for dossier in dossiers if dossier.state in READ]
    if not given or not reviews:
        return
    rng, rows = world.rng, world.rows
    each, more = divmod(reviews, len(given))
    closed = jury.held.call.closes_at
    shared = closed + timedelta(days=2)
    until = min(now, closed + timedelta(days=11)) if under_way else closed + timedelta(days=11)
    span = (until - shared).total_seconds()
    turn = 0
    for rank, dossier in enumerate(given):
        wanted = each + (1 if rank < more else 0)
        extra = 1 if under_way and rng.random() < 0.08 else 0
        recused = 1 if rng.random() < 0.03 else 0
        count = min(wanted + extra + recused, len(jury.seats))
        seats = [jury.seats[(turn + step) % len(jury.seats)] for step in range(count)]
        turn += count
        for place, seat in enumerate(seats):
            rows.add(
                Assignment, juror_id=seat.pk, application_id=dossier.pk, origin=AssignmentOrigin.COMPUTED.value,
                created_at=shared, created_by_id=world.desk.pk,
            )  # fmt: skip
            if place < wanted:
                draft = under_way and rng.random() < 0.1
                _review(world, jury, dossier, seat, shared + timedelta(seconds=span * rng.random()), draft)
            elif place < wanted + recused:
                _recusal(world, jury, dossier, seat, shared + timedelta(days=1))
        if rng.random() < 0.05:
            seat = seats[0]
            rows.add(
                DiscussionComment, application_id=dossier.pk, juror_id=seat.pk, author_id=seat.person.pk,
                text=rng.choice(COMMENTS), created_at=until,
            )  # fmt: skip
    said = {"purpose": "read", "origin": "computed", "count": turn}
    world.journal.say(shared, "jury.assigned", JURY, jury.uuid, said, world.by_desk)


def _review(world: World, jury: Committee, dossier: Dossier, seat: Seat, at: datetime, draft: bool) -> None:
    rng, rows = world.rng, world.rows
    uuid = rows.uuid()
    advice = "" if draft else "abstain" if rng.random() < 0.01 else rng.choice(ADVICE)
    key = rows.add(
        Review, uuid=uuid, juror_id=seat.pk, application_id=dossier.pk, deposit_id=dossier.deposit,
        state=(ReviewState.DRAFT if draft else ReviewState.FILED).value, advice=advice,
        comment=f"{rng.choice(COMMENTS)} {rng.choice(COMMENTS)}", version=2, created_at=at - timedelta(minutes=40),
        updated_at=at, filed_at=None if draft else at,
    )  # fmt: skip
    leaning = {"favourable": (3, 4, 4, 5), "unfavourable": (1, 1, 2, 3)}.get(advice, (2, 3, 3, 4))
    for rank, criterion in enumerate(jury.held.scoring):
        if draft and rank > 2:
            break
        rows.add(Score, review_id=key, criterion_id=criterion.pk, value=rng.choice(leaning))
    about = {"application": str(dossier.uuid)}
    if draft:
        world.journal.say(at, "review.started", "candidatures.review", uuid, about, seat.person.actor)
    else:
        said = about | {"abstains": advice == "abstain"}
        world.journal.say(at, "review.filed", "candidatures.review", uuid, said, seat.person.actor)


def _recusal(world: World, jury: Committee, dossier: Dossier, seat: Seat, at: datetime) -> None:
    reason = world.rng.choice(["work", "project", "family", "interest"])
    world.rows.add(
        Recusal, juror_id=seat.pk, application_id=dossier.pk, reason=reason, declared_at=at,
        declared_by_id=seat.person.pk, words="Nous avons travaillé ensemble.",
    )  # fmt: skip
    said = {"jury": str(jury.uuid), "juror": str(seat.uuid), "reason": reason, "origin": "juror", "released": False}
    world.journal.say(at, "recusal.declared", APPLICATION, dossier.uuid, said, seat.person.actor)


# Decided --------------------------------------------------------------------------------------------


def decide(world: World, jury: Committee, dossiers: list[Dossier]) -> list[Chosen]:
    """Interviews, the session, its minutes, a letter each, and the offers: those accepted are returned."""
    given = [dossier for dossier in dossiers if dossier.state in READ]
    _interviews(world, jury, [d for d in given if d.state in OUTCOMES])
    held_on = jury.held.results - timedelta(days=1)
    decided_at = _instant(held_on, 18)
    session_uuid = world.rows.uuid()
    session = world.rows.add(
        JurySession, uuid=session_uuid, jury_id=jury.key, state=SessionState.CLOSED.value, held_on=held_on,
        starts_at=time(14), ends_at=time(17, 40), place="Hôtel communautaire, Lens", chair_id=jury.seats[0].pk,
        secretary=str(world.desk), account="Chaque dossier reçu en entretien est présenté, puis discuté.",
        quorum_seats=len(jury.seats), quorum_needed=(len(jury.seats) + 1) // 2, quorum_present=len(jury.seats) - 1,
        settled_at=decided_at, settled_by_id=world.desk.pk, closed_at=decided_at + timedelta(days=1),
        created_at=decided_at - timedelta(days=2), updated_at=decided_at,
    )  # fmt: skip
    for rank, seat in enumerate(jury.seats):
        presence = Presence.EXCUSED if rank == len(jury.seats) - 1 else Presence.PRESENT
        world.rows.add(Attendance, session_id=session, juror_id=seat.pk, presence=presence.value)
    chosen, reserve = [], 0
    for rank, dossier in enumerate(given, start=1):
        outcome = OUTCOMES.get(dossier.state, Outcome.DECLINED)
        reserve += outcome == Outcome.RESERVE
        decision = _decision(world, jury, session, dossier, outcome, rank, reserve, decided_at)
        offer = _told(world, jury, dossier, outcome, decision, decided_at + timedelta(days=1))
        if offer and dossier.state == State.SELECTED:
            chosen.append(Chosen(dossier, offer))
        said = {"from": "eligible", "to": dossier.state.value, "session": str(session_uuid)}
        world.journal.say(decided_at, "application.decided", APPLICATION, dossier.uuid, said, world.by_desk)
    for dossier in dossiers:
        if dossier.state == State.INELIGIBLE:
            _letter(world, jury, dossier, LetterOutcome.INELIGIBLE, None, decided_at + timedelta(days=1))
    _minutes(world, jury, session, session_uuid, decided_at)
    return chosen


def _decision(
    world: World,
    jury: Committee,
    session: int,
    dossier: Dossier,
    outcome: Outcome,
    rank: int,
    reserve: int,
    at: datetime,
) -> int:
    mean = Decimal(world.rng.randrange(600, 1900)) / 100
    selected = outcome == Outcome.SELECTED
    return world.rows.add(
        Decision, session_id=session, application_id=dossier.pk, outcome=outcome.value,
        position_id=jury.held.position.pk if selected and jury.held.position else None,
        rank=rank if outcome != Outcome.DECLINED else None,
        reserve_rank=reserve if outcome == Outcome.RESERVE else None,
        reason="" if selected else "Le comité a retenu un ensemble équilibré.", mean=mean, corrected=mean,
        before=(State.INTERVIEWED if dossier.state in OUTCOMES else State.ELIGIBLE).value, updated_at=at,
    )  # fmt: skip


def _told(world: World, jury: Committee, dossier: Dossier, outcome: Outcome, decision: int, at: datetime) -> int:
    """The letter, and the offer of who is selected. Returns the offer's key, or 0."""
    letter = _letter(world, jury, dossier, LetterOutcome(outcome.value), decision, at)
    if dossier.state == State.ELSEWHERE:
        world.rows.add(
            OutsideDecision, application_id=dossier.pk, territory="Pays de l'Exemple",
            jury_on=jury.held.results - timedelta(days=4), recorded_at=at, recorded_by_id=world.desk.pk,
        )  # fmt: skip
    if outcome != Outcome.SELECTED:
        return 0
    accepted = dossier.state == State.SELECTED
    uuid = world.rows.uuid()
    by = at + timedelta(days=7)
    key = world.rows.add(
        Offer, uuid=uuid, application_id=dossier.pk, decision_id=decision, letter_id=letter,
        position_id=jury.held.position.pk if jury.held.position else None,
        state=(OfferState.ACCEPTED if accepted else OfferState.REFUSED).value, answer_by=by, made_at=at,
        answered_at=at + timedelta(days=2), answered_by_id=dossier.owner.pk,
    )  # fmt: skip
    said = {"offer": str(uuid), "answer_by": by.isoformat()}
    world.journal.say(at, "offer.made", APPLICATION, dossier.uuid, said | {"from_reserve": False}, world.by_desk)
    verb = "offer.accepted" if accepted else "offer.refused"
    world.journal.say(at + timedelta(days=2), verb, APPLICATION, dossier.uuid, said, dossier.owner.actor)
    return key


def _letter(
    world: World, jury: Committee, dossier: Dossier, outcome: LetterOutcome, decision: int | None, at: datetime
) -> int:
    uuid = world.rows.uuid()
    sent = mail(
        world, "decision.letter", dossier.owner.email, f"Votre candidature – {jury.held.call.title}",
        f"Bonjour {dossier.name},\n\nLe comité de sélection s'est réuni et a étudié votre dossier {dossier.number}.\n",
        at, about=(APPLICATION, dossier.uuid), dedupe=f"letter:{uuid}:1",
    )  # fmt: skip
    said = {"letter": str(uuid), "outcome": outcome.value}
    world.journal.say(at - timedelta(hours=3), "letter.drafted", APPLICATION, dossier.uuid, said, world.by_desk)
    return world.rows.add(
        Letter, uuid=uuid, application_id=dossier.pk, decision_id=decision, outcome=outcome.value, mail_id=sent,
        rule_id=jury.rules.get(outcome), made_at=at - timedelta(hours=3),
    )  # fmt: skip


def _interviews(world: World, jury: Committee, invited: list[Dossier]) -> None:
    first, last = jury.held.days
    for rank, dossier in enumerate(invited):
        day = first + timedelta(days=rank % ((last - first).days + 1))
        starts = _instant(day, 9) + timedelta(minutes=35 * (rank // 5 % 12))
        world.rows.add(
            InterviewInvitation, application_id=dossier.pk, book_by=_instant(first, 0),
            invited_at=_instant(first, 0) - timedelta(days=4), invited_by_id=world.desk.pk,
        )  # fmt: skip
        world.rows.add(
            InterviewSlot, jury_id=jury.key, starts_at=starts, place="Hôtel communautaire, Lens",
            application_id=dossier.pk, booked_at=starts - timedelta(days=3), booked_by_id=dossier.owner.pk,
            outcome=InterviewOutcome.HELD.value, updated_at=starts,
        )  # fmt: skip


def _minutes(world: World, jury: Committee, session: int, uuid: Any, at: datetime) -> None:
    title = jury.held.call.title
    paper, _ = world.file("whole", "proces-verbal.pdf", at)
    signed, _ = world.file("whole", "proces-verbal-signe.pdf", at + timedelta(days=1))
    world.rows.add(
        Minutes, session_id=session, document_id=paper, made_at=at, made_by_id=world.desk.pk, signed_id=signed,
        signed_at=at + timedelta(days=1), data={"schema": 1, "edition": 1, "call": {"title": title}},
    )  # fmt: skip
    world.journal.say(at, "session.settled", "candidatures.jurysession", uuid, {"edition": 1}, world.by_desk)


def states(world: World, count: int, residencies: int, *, decided: bool) -> list[State]:
    """A realistic spread. Decided: a few selected, a reserve, most declined; else what a jury has before it."""
    if count <= 2 * residencies:
        return [State.SELECTED] * min(residencies, count) + [State.DECLINED] * max(count - residencies, 0)
    few = {State.DRAFT: 0.05, State.WITHDRAWN: 0.015, State.INELIGIBLE: 0.035} if decided else {
        State.SUBMITTED: 0.05, State.WITHDRAWN: 0.01, State.INELIGIBLE: 0.03, State.SHORTLISTED: 0.07,
    }  # fmt: skip
    found = [state for state, share in few.items() for _ in range(round(count * share))]
    if decided:
        found += [State.SELECTED] * residencies + [State.RENOUNCED] + [State.RESERVE] * 10 + [State.ELSEWHERE] * 2
    rest = State.DECLINED if decided else State.ELIGIBLE
    return found + [rest] * (count - len(found))


def open_states(count: int) -> list[State]:
    """A call that receives: half are drafts still."""
    return some_of([State.DRAFT, State.SUBMITTED], count)


def some_of(among: list[State], count: int) -> list[State]:
    return [among[rank % len(among)] for rank in range(count)]


def _instant(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=PARIS)


JURY = "candidatures.jury"
