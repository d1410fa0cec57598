"""Build the demonstration: accounts, calls, then the story, act by act in the order of time.

All or nothing: one transaction holds the whole build. Everything goes through the services that browsers call.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone, translation
from django_tasks import task_backends
from django_tasks.backends.dummy import DummyBackend

from candidatures.demo import call_data, calls, clock, content, dossiers, selection, story
from candidatures.demo.call_data import PARIS
from candidatures.demo.dossiers import Draft
from candidatures.demo.story import Plan
from candidatures.enums import CheckResult, CollaboratorRole, InvitationKind
from candidatures.models import Application, Call, ContactMessage, Deposit
from candidatures.services import applications, assembly, collaborators, desk, reminders
from candidatures.services import calls as call_services
from clea.accounts.models import User
from clea.mail import services as mail
from clea.mail.models import OutgoingMail
from structures.models import Territory, TerritoryMembership
from structures.services.loading import load_territory

if TYPE_CHECKING:
    from collections.abc import Callable

PASSWORD = "clea-demo"  # noqa: S105 - printed by the command, refused outside the demonstration
BEGINNING = story.paris("2025-09-01 09:00")

#: e-mail, first name, last name, coordinator, administrator. Nobody real.
STAFF = [
    ("coordination@demo.test", "Camille", "Trameverte", True, False),
    ("admin@demo.test", "Dominique", "Régie", True, True),
]
PEOPLE = [
    ("jure1@demo.test", "Maud", "Barème"),
    ("jure2@demo.test", "Firmin", "Quorum"),
    ("jure3@demo.test", "Solange", "Scrutin"),
    ("jure4@demo.test", "Aristide", "Séance"),
    ("jure5@demo.test", "Noémie", "Pondère"),
    ("jure6@demo.test", "Gaspard", "Huisclos"),
    ("jure7@demo.test", "Fatou", "Délibère"),
    ("jure8@demo.test", "Ivan", "Procès-Verbal"),
    ("structure1@demo.test", "Rosalie", "Préau"),
]


@dataclass
class Built:
    """What was made, for the command to tell."""

    calls: list[Call]
    open_call: Call
    applications: int
    deposits: int
    drafts_to_approve: int


@dataclass
class Stage:
    """Who and what the story plays with."""

    clock: clock.Clock
    now: datetime
    coordinator: User
    calls: dict[str, Call] = field(default_factory=dict)
    plans: dict[tuple[str, str], Plan] = field(default_factory=dict)
    drafts: dict[tuple[str, str], Draft] = field(default_factory=dict)
    acts: list[tuple[datetime, int, Callable[[], None], bool]] = field(default_factory=list)

    def at(self, moment: datetime, act: Callable[[], None], *, speaks: bool = True) -> None:
        """Add an act; those of one instant keep the order in which they were added."""
        self.acts.append((moment, len(self.acts), act, speaks))

    def play(self) -> None:
        """Play every act at its hour; what it ``speaks`` by mail leaves at once."""
        for moment, _rank, act, speaks in sorted(self.acts, key=lambda row: row[:2]):
            self.clock.go(moment)
            act()
            if speaks:
                mail.deliver_pending()
        self.acts.clear()


def build(more: Callable[[Stage], None] | None = None) -> Built:
    """Make everything; returns what was made. About twenty seconds.

    ``more`` adds the acts of an upper floor to the story; they come in their turn.
    """
    now = timezone.now()
    with translation.override("fr"), _quietly():
        with transaction.atomic(), clock.at(BEGINNING) as hour:
            stage = _prepare(hour, now)
            _past(stage)
            stage.play()
            _present(stage)
            if more is not None:
                more(stage)
            stage.play()
        # Older dossiers are assembled by whoever opens them first; today's are ready to be seen.
        for deposit in Deposit.objects.filter(application__call=stage.calls[story.OPEN]):
            assembly.ensure(deposit.pk)
    return Built(
        calls=list(stage.calls.values()),
        open_call=stage.calls[story.OPEN],
        applications=Application.objects.count(),
        deposits=Deposit.objects.count(),
        drafts_to_approve=OutgoingMail.objects.drafts().count(),
    )


@contextmanager
def _quietly() -> Iterator[None]:
    """No message leaves and no task runs by itself: mails are marked as delivered, at their hour."""
    backend = settings.EMAIL_BACKEND
    tasks = task_backends["default"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    task_backends["default"] = DummyBackend(alias="default", params={})
    try:
        yield
    finally:
        settings.EMAIL_BACKEND = backend
        task_backends["default"] = tasks


def _prepare(hour: clock.Clock, now: datetime) -> Stage:
    """Territory, accounts, contract, seasons and the two published calls."""
    territory = load_territory(by=None).territory
    # The public files give no telephone; the acknowledgement must name one (CRPA, R112-11-1).
    Territory.objects.filter(pk=territory.pk, contact_phone="").update(contact_phone=call_data.CONTACT["contact_phone"])
    password = make_password(PASSWORD)
    coordinator, _admin = (account(*row[:3], password=password, staff=row[3], admin=row[4]) for row in STAFF)
    TerritoryMembership.objects.create(territory=territory, user=coordinator)
    for row in PEOPLE:
        account(*row, password=password)
    calls.disciplines()
    stage = Stage(hour, now, coordinator)
    hour.go(story.paris("2025-12-11 16:05"))
    seasons = {year: calls.season(territory, year) for year in (2025, 2026, 2027)}
    stage.calls[story.CLEA] = calls.artistic(by=coordinator, season=seasons[2026])
    stage.calls[story.EMI] = calls.emi(by=coordinator, season=seasons[2026])
    for persona in content.personas().values():
        account(persona.address, persona.first, persona.last, password=password, language=persona.language)
    return stage


def account(
    email: str,
    first: str,
    last: str,
    *,
    password: str,
    staff: bool = False,
    admin: bool = False,
    language: str = "fr",
) -> User:
    """An account with a verified address. The password is hashed once for all of them."""
    user = User(
        email=email,
        first_name=first,
        last_name=last,
        language=language,
        is_staff=staff,
        is_superuser=admin,
        password=password,
        date_joined=timezone.now(),
    )
    user.full_clean()
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


# The acts ------------------------------------------------------------------------------------------


def _apply(stage: Stage, plan: Plan, latest: datetime) -> None:
    """The acts of one dossier: start it, fill its pages, file it."""
    persona = content.personas()[plan.key]
    key = (plan.call, plan.key)
    stage.plans[key] = plan

    def start() -> None:
        owner = User.objects.get(email=persona.address)
        application = applications.start(by=owner, call=stage.calls[plan.call])
        stage.drafts[key] = Draft(owner, persona, application)

    def turn(step: dossiers.Step) -> None:
        with translation.override(persona.language):
            step(stage.drafts[key])

    stage.at(plan.started, start, speaks=False)
    for moment, step in story.moments(plan, latest):
        stage.at(moment, partial(turn, step), speaks=step is dossiers.file)


def _past(stage: Stage) -> None:
    """The real call and its sister, from the first draft to the committee's decisions."""
    plans = story.past_plans()
    for plan in plans:
        _apply(stage, plan, story.paris("2026-02-15 22:00"))
        if plan.filed and story.WITHDRAWALS.get(plan.key, story.EXAMINED) >= story.EXAMINED:
            stage.at(story.EXAMINED, partial(_examine, stage, plan))
    for slug, moment, name, text in story.PAST_QUESTIONS:
        stage.at(moment, partial(_ask, stage, slug, name, text, answered=True))
    for key, moment in story.WITHDRAWALS.items():
        stage.at(moment, partial(_withdraw, stage, key))
    stage.at(story.REMINDERS, _remind)
    stage.at(story.EXTENSION.granted, partial(_extend, stage))
    stage.at(story.SUPPLEMENT.asked, partial(_ask_supplement, stage))
    stage.at(story.SUPPLEMENT.given, partial(_supply, stage))
    _select(stage)


def _select(stage: Stage) -> None:
    """The committees of the two closed calls, from their invitation to the answers of the artists."""
    for key, emails in ((story.CLEA, ()), (story.EMI, story.EMI_COMMITTEE)):
        selection.constitute(
            stage,
            key,
            on=story.paris("2026-02-16 14:00"),
            reads=(date(2026, 2, 17), date(2026, 2, 24)),
            emails=emails,
        )
        for moment, act in story.SELECTION:
            stage.at(moment, partial(getattr(selection, act), stage, key))
        selection.read_all(stage, key, *story.READING)
        stage.at(story.SLOTS, partial(selection.open_slots, stage, key, story.INTERVIEW_DAYS[key]))
        stage.at(story.SESSION, partial(selection.sit, stage, key, story.SESSION.date()))
    for moment, email, rank, reason, words in story.RECUSALS:
        stage.at(moment, partial(selection.step_aside, stage, story.CLEA, email, rank, reason, words))
    stage.at(story.TOP_UP, partial(selection.distribute, stage, story.CLEA))
    moment, persona, territory, jury_on = story.ELSEWHERE
    stage.at(moment, partial(selection.elsewhere, stage, story.CLEA, persona, territory, jury_on))
    for moment, key, persona, yes, words in story.ANSWERS:
        stage.at(moment, partial(selection.answer, stage, key, persona, yes=yes, words=words))
    moment, persona = story.CALLED
    stage.at(moment, partial(selection.call_reserve, stage, story.CLEA, persona))


def _remind() -> None:
    reminders.warn_unfiled()


def _draft(stage: Stage, plan: Plan) -> Draft:
    return stage.drafts[plan.call, plan.key]


def _examine(stage: Stage, plan: Plan) -> None:
    """The agent's check: every condition met, or one that is not, with its reason."""
    draft = _draft(stage, plan)
    results = {c.pk: (CheckResult.MET, "") for c in draft.application.call.criteria.all()}
    if plan.not_met:
        rank, reason = plan.not_met
        results[list(results)[rank]] = (CheckResult.NOT_MET, content.french(story.REASONS[reason]))
    desk.check_eligibility(by=stage.coordinator, application=draft.application, results=results)


def _withdraw(stage: Stage, key: str) -> None:
    draft = stage.drafts[story.CLEA, key]
    applications.withdraw(by=draft.owner, application=draft.application)


def _extend(stage: Stage) -> None:
    given = story.EXTENSION
    desk.grant_extension(
        by=stage.coordinator,
        call=stage.calls[story.CLEA],
        user=stage.drafts[story.CLEA, given.key].owner,
        until=given.until,
        reason=content.french(given.reason),
    )


def _request(stage: Stage, draft: Draft, code: str, message: str, due: datetime, *, approve: bool) -> None:
    asked = desk.request_piece(
        by=stage.coordinator,
        application=draft.application,
        piece=draft.application.call.pieces.get(code=code),
        message=content.french(message),
        due_at=due,
    )
    if approve:
        letter = OutgoingMail.objects.get(dedupe_key=f"piece-request:{asked.uuid}")
        mail.approve(by=stage.coordinator, mails=[letter])


def _ask_supplement(stage: Stage) -> None:
    asked = story.SUPPLEMENT
    draft = stage.drafts[story.CLEA, asked.key]
    _request(stage, draft, "cv", asked.message, asked.due, approve=True)


def _supply(stage: Stage) -> None:
    dossiers.supply(stage.drafts[story.CLEA, story.SUPPLEMENT.key])


def _ask(stage: Stage, slug: str, name: str, text: str, *, answered: bool) -> None:
    first, last = name.lower().split(" ")
    email = f"{first}.{last}@demo.test".translate(str.maketrans("éè", "ee"))
    message = call_services.ask(call=stage.calls[slug], name=name, email=email, text=content.french(text))
    if answered:
        ContactMessage.objects.filter(pk=message.pk).update(answered=True)


# Today ---------------------------------------------------------------------------------------------


def _present(stage: Stage) -> None:
    """The call whose jury reads, and the one that is open: what has happened in them so far."""
    now = stage.now
    stage.at(now - timedelta(days=80), partial(_announce, stage, story.READ, story.EMI, calls.read_today))
    stage.at(now - timedelta(days=40), partial(_announce, stage, story.OPEN, story.CLEA, calls.open_today))
    stage.at(now - timedelta(days=76), partial(_publish, stage, story.READ))
    stage.at(now - timedelta(days=36), partial(_publish, stage, story.OPEN))
    evening = now.astimezone(PARIS).replace(hour=18, minute=20)
    for plan in story.read_plans(now):
        _apply(stage, plan, now)
        stage.at(evening - timedelta(days=11, hours=2), partial(_examine, stage, plan))
    for plan in story.open_plans(now):
        _apply(stage, plan, now)
    for ago, name, text, answered in story.OPEN_QUESTIONS:
        stage.at(now - ago, partial(_ask, stage, story.OPEN, name, text, answered=answered))
    _read_now(stage, evening)
    stage.at(evening - timedelta(days=7), partial(_invite, stage))
    stage.at(evening - timedelta(days=6), partial(_file_again, stage))
    stage.at(now - timedelta(hours=1), partial(_change_after_filing, stage))
    due = (now + timedelta(days=12)).astimezone(PARIS).replace(hour=12, minute=0, second=0, microsecond=0)
    for ago, key, code, message, approve in story.OPEN_REQUESTS:
        stage.at(now - ago, partial(_open_request, stage, key, code, message, due, approve=approve))


def _read_now(stage: Stage, evening: datetime) -> None:
    """A committee at work: some have finished, some have begun, one has not opened anything."""
    key, today = story.READ, evening.date()
    selection.constitute(
        stage,
        key,
        on=evening - timedelta(days=16, hours=4),
        reads=(today - timedelta(days=11), today + timedelta(days=3)),
    )
    stage.at(evening - timedelta(days=11), partial(selection.distribute, stage, key))
    for days, email, most, begun in story.READ_SO_FAR:
        act = partial(selection.read, stage, key, email, most=most, draft=begun)
        stage.at(evening - timedelta(days=days), act)
    when, email, rank, reason, words = story.READ_RECUSAL
    stage.at(evening - when, partial(selection.step_aside, stage, key, email, rank, reason, words))


def _announce(stage: Stage, key: str, source: str, make: Callable[..., Call]) -> None:
    stage.calls[key] = make(by=stage.coordinator, source=stage.calls[source], now=stage.now)


def _publish(stage: Stage, key: str) -> None:
    stage.calls[key] = call_services.publish(by=stage.coordinator, call=stage.calls[key])


def _open_request(stage: Stage, key: str, code: str, message: str, due: datetime, *, approve: bool) -> None:
    _request(stage, stage.drafts[story.OPEN, key], code, message, due, approve=approve)


def _invite(stage: Stage) -> None:
    """The collective's representative lets one member edit, and waits for another to answer."""
    draft = stage.drafts[story.OPEN, "artiste5"]
    guest = User.objects.get(email="artiste2@demo.test")
    invitation = collaborators.invite(
        by=draft.owner, application=draft.application, email=guest.email, kind=InvitationKind.EDIT
    )
    collaborators.accept(by=guest, invitation=invitation)
    collaborators.invite(
        by=draft.owner,
        application=draft.application,
        email="noe.treillis@demo.test",
        kind=InvitationKind(CollaboratorRole.READ),
    )


def _file_again(stage: Stage) -> None:
    """A dossier filed, corrected and filed again: two deposits, the last one stands."""
    draft = stage.drafts[story.OPEN, "papyrus"]
    dossiers.portfolio(draft)
    dossiers.file(draft)


def _change_after_filing(stage: Stage) -> None:
    """Changes saved but not filed: the page must say so."""
    dossiers.half_letter(stage.drafts[story.OPEN, "artiste4"])
