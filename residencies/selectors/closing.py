"""What a season still waits for before it closes, and what comes after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.models import Call, Programme, Season
from clea.documents.access import Grant
from clea.documents.models import StoredFile
from clea.ui.dates import day, euros, moment
from residencies.enums import ActivityState, IncidentState, PaperState, RequestState, ResidencyState, SessionState
from residencies.enums.bilan import BilanState
from residencies.enums.events import EventState
from residencies.enums.money import LIVE_PAYMENTS, PaymentState
from residencies.enums.residency import LIVE_RESIDENCIES
from residencies.enums.steering import ActionState, MeetingState
from residencies.models import (
    Action,
    Activity,
    ActivityRequest,
    Bilan,
    Consent,
    Event,
    Incident,
    Meeting,
    Paper,
    Payment,
    Residency,
    SeasonArchive,
    Session,
)
from residencies.rules.closing import a_year_later, next_year
from structures.models import Territory

#: Rows named under each line; beyond, a number says the rest.
SHOWN = 6


@dataclass(frozen=True)
class Thing:
    """One row that is not finished, and where to finish it."""

    label: str
    url: str


@dataclass(frozen=True)
class Unfinished:
    """Something to finish first. ``can_be_left``: the season may close without it, with a reason."""

    code: str
    label: str
    count: int
    things: tuple[Thing, ...]
    can_be_left: bool

    @property
    def more(self) -> int:
        return self.count - len(self.things)


def unfinished(season: Season, now: datetime | None = None) -> list[Unfinished]:
    """What is not finished, what prevents closing first. Fourteen queries at most, whatever there is."""
    now = now or timezone.now()
    found = list(_all(season, now))
    return [one for one in found if not one.can_be_left] + [one for one in found if one.can_be_left]


def _line(code: str, label: str, rows: Sequence[Any], things: Iterable[Thing], *, left: bool) -> Unfinished:
    return Unfinished(code, label % {"n": len(rows)}, len(rows), tuple(things), can_be_left=left)


def _all(season: Season, now: datetime) -> Iterator[Unfinished]:
    yield from _people(season)
    yield from _sessions(season, now)
    yield from _money(season)
    yield from _papers(season)
    yield from _steering(season, now)
    if season.ends_on >= timezone.localdate(now):
        label = _("La saison finit le %(day)s.") % {"day": day(season.ends_on)}
        yield Unfinished("running", label, 1, (), can_be_left=True)
    if not Bilan.objects.filter(season=season, state=BilanState.PUBLISHED).exists():
        where = Thing(_("Préparer et publier le bilan"), reverse("admin:residencies_season_bilan", args=[season.uuid]))
        yield Unfinished("bilan", _("Le bilan n'est pas publié."), 1, (where,), can_be_left=True)


def _people(season: Season) -> Iterator[Unfinished]:
    rows = list(Residency.objects.filter(season=season, state__in=LIVE_RESIDENCIES).order_by("artist_name", "pk"))
    if rows:
        words = ngettext("%(n)d résidence n'est pas terminée.", "%(n)d résidences ne sont pas terminées.", len(rows))
        things = (
            Thing(
                f"{one.artist_name} ({ResidencyState(one.state).label})",
                reverse("admin:residencies_residency_change", args=[one.uuid]),
            )
            for one in rows[:SHOWN]
        )
        yield _line("residencies", words, rows, things, left=False)
    incidents = list(
        Incident.objects.filter(residency__season=season)
        .exclude(state=IncidentState.CLOSED)
        .select_related("residency")
        .order_by("opened_at", "pk")
    )
    if incidents:
        words = ngettext("%(n)d incident est ouvert.", "%(n)d incidents sont ouverts.", len(incidents))
        things = (
            Thing(
                one.title,
                reverse("admin:residencies_residency_welcome_incident", args=[one.residency.uuid, one.uuid]),
            )
            for one in incidents[:SHOWN]
        )
        yield _line("incidents", words, incidents, things, left=True)
    wishes = list(
        ActivityRequest.objects.filter(season=season, state__in=[RequestState.SENT, RequestState.PROPOSED])
        .select_related("structure")
        .order_by("pk")
    )
    if wishes:
        words = ngettext(
            "%(n)d souhait de structure attend une réponse.",
            "%(n)d souhaits de structures attendent une réponse.",
            len(wishes),
        )
        things = (
            Thing(one.structure.name, reverse("admin:residencies_activityrequest_change", args=[one.uuid]))
            for one in wishes[:SHOWN]
        )
        yield _line("requests", words, wishes, things, left=True)


def _sessions(season: Season, now: datetime) -> Iterator[Unfinished]:
    """Those to come must be moved or called off; those over may stay unconfirmed, and count as they are."""
    sessions = list(
        Session.objects.filter(activity__season=season)
        .exclude(activity__state=ActivityState.CANCELLED)
        .filter(Q(state=SessionState.PLANNED) | Q(contested=True))
        .exclude(state=SessionState.CANCELLED)
        .select_related("activity")
        .order_by("starts_at", "pk")
    )
    to_come = [one for one in sessions if one.state == SessionState.PLANNED and one.ends_at > now]
    if to_come:
        words = ngettext("%(n)d séance est à venir.", "%(n)d séances sont à venir.", len(to_come))
        yield _line("sessions", words, to_come, _each_session(to_come, "sessions"), left=False)
    silent = [one for one in sessions if one.state == SessionState.PLANNED and one.ends_at <= now]
    if silent:
        words = ngettext(
            "%(n)d séance passée n'est confirmée par personne.",
            "%(n)d séances passées ne sont confirmées par personne.",
            len(silent),
        )
        yield _line("unconfirmed", words, silent, _each_session(silent, "lookback"), left=True)
    contested = [one for one in sessions if one.contested]
    if contested:
        words = ngettext(
            "Sur %(n)d séance, les confirmations diffèrent.",
            "Sur %(n)d séances, les confirmations diffèrent.",
            len(contested),
        )
        yield _line("contested", words, contested, _each_session(contested, "lookback"), left=True)
    done = list(Activity.objects.filter(season=season, state=ActivityState.DONE).order_by("title", "pk"))
    if done:
        words = ngettext(
            "%(n)d activité réalisée n'est pas évaluée.", "%(n)d activités réalisées ne sont pas évaluées.", len(done)
        )
        things = (
            Thing(one.title, reverse("admin:residencies_activity_lookback", args=[one.uuid])) for one in done[:SHOWN]
        )
        yield _line("evaluations", words, done, things, left=True)


def _each_session(sessions: list[Session], page: str) -> list[Thing]:
    return [
        Thing(
            f"{one.activity.title}, {moment(one.starts_at)}",
            reverse(f"admin:residencies_activity_{page}", args=[one.activity.uuid]),
        )
        for one in sessions[:SHOWN]
    ]


def _money(season: Season) -> Iterator[Unfinished]:
    """No payment can be made in a closed season: what is owed is paid first, what will not be is cancelled."""
    rows = list(
        Payment.objects.filter(season=season, state__in=LIVE_PAYMENTS)
        .exclude(state=PaymentState.PAID)
        .select_related("residency")
        .order_by("due_on", "pk")
    )
    if rows:
        words = ngettext(
            "%(n)d paiement n'est ni payé, ni annulé.", "%(n)d paiements ne sont ni payés, ni annulés.", len(rows)
        )
        things = (
            Thing(
                f"{one.label}, {one.payee}, {euros(one.amount)} ({PaymentState(one.state).label})",
                reverse("admin:residencies_residency_money", args=[one.residency.uuid])
                if one.residency is not None
                else reverse("admin:residencies_season_payments", args=[season.uuid]),
            )
            for one in rows[:SHOWN]
        )
        yield _line("payments", words, rows, things, left=False)


def _papers(season: Season) -> Iterator[Unfinished]:
    rows = list(
        Paper.objects.standing()
        .filter(Q(residency__season=season) | Q(activity__season=season))
        .exclude(activity__state=ActivityState.CANCELLED)
        .exclude(state=PaperState.SIGNED)
        .select_related("residency", "activity")
        .order_by("number")
    )
    if rows:
        words = ngettext(
            "%(n)d contrat ou convention n'est pas signé.",
            "%(n)d contrats ou conventions ne sont pas signés.",
            len(rows),
        )
        things = (Thing(f"{one.number}, {one.title}", _page_of(one)) for one in rows[:SHOWN])
        yield _line("papers", words, rows, things, left=True)


def _page_of(paper: Paper) -> str:
    if paper.residency is not None:
        return reverse("admin:residencies_residency_contract", args=[paper.residency.uuid])
    assert paper.activity is not None
    return reverse("admin:residencies_activity_agreement", args=[paper.activity.uuid])


def _steering(season: Season, now: datetime) -> Iterator[Unfinished]:
    events = list(
        Event.objects.filter(season=season, state=EventState.PUBLISHED, ends_at__gt=now).order_by("starts_at")
    )
    if events:
        words = ngettext("%(n)d évènement annoncé est à venir.", "%(n)d évènements annoncés sont à venir.", len(events))
        things = (
            Thing(f"{one.title}, {moment(one.starts_at)}", reverse("admin:residencies_event_change", args=[one.uuid]))
            for one in events[:SHOWN]
        )
        yield _line("events", words, events, things, left=False)
    steering = reverse("admin:residencies_season_steering", args=[season.uuid])
    meetings = list(
        Meeting.objects.filter(season=season, state__in=[MeetingState.PLANNED, MeetingState.HELD]).order_by("starts_at")
    )
    if meetings:
        words = ngettext(
            "%(n)d réunion n'a pas son compte rendu arrêté.",
            "%(n)d réunions n'ont pas leur compte rendu arrêté.",
            len(meetings),
        )
        things = (Thing(f"{one.title}, {moment(one.starts_at)}", steering) for one in meetings[:SHOWN])
        yield _line("meetings", words, meetings, things, left=True)
    actions = list(Action.objects.filter(meeting__season=season, state=ActionState.OPEN).order_by("due_on", "pk"))
    if actions:
        words = ngettext("%(n)d action décidée reste à faire.", "%(n)d actions décidées restent à faire.", len(actions))
        things = (Thing(f"{one.what} ({one.owner})", steering) for one in actions[:SHOWN])
        yield _line("actions", words, actions, things, left=True)


# What comes after ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Following:
    """The season after this one: there already, or to create in ``programme``; neither where no contract covers it."""

    name: str
    starts_on: date
    ends_on: date
    season: Season | None = None
    programme: Programme | None = None

    @property
    def is_possible(self) -> bool:
        return self.season is not None or self.programme is not None


def following(season: Season) -> Following:
    """Two queries at most."""
    territory = season.programme.territory_id
    starts_on, ends_on = next_year(season.starts_on), next_year(season.ends_on)
    there = (
        Season.objects.filter(
            programme__territory=territory, closed_at=None, starts_on__gt=season.starts_on, starts_on__lte=ends_on
        )
        .select_related("programme__territory")
        .order_by("starts_on")
        .first()
    )
    if there is not None:
        return Following(there.name, there.starts_on, there.ends_on, season=there)
    programme = (
        Programme.objects.filter(territory=territory, starts_on__lte=starts_on, ends_on__gte=ends_on)
        .select_related("territory")
        .order_by("starts_on", "pk")
        .first()
    )
    name = a_year_later(season.name)
    if name == season.name:
        # It does not say its year.
        name = f"{starts_on.year}-{ends_on.year}"
    return Following(name, starts_on, ends_on, programme=programme)


def calls_of(season: Season) -> list[Call]:
    """The calls that may be taken up again: those that were published. One query."""
    rows = Call.objects.filter(season=season).exclude(published_at=None)
    return list(rows.select_related("season__programme__territory").order_by("opens_at", "pk"))


def archive_of(season: Season) -> SeasonArchive | None:
    """One query."""
    return (
        SeasonArchive.objects.filter(season=season)
        .select_related("stored_file", "closed_by", "reopened_by", "next_call")
        .first()
    )


def outdated() -> list[SeasonArchive]:
    """Archives of closed seasons made before a consent of theirs was withdrawn. One query."""
    withdrawn = Consent.objects.filter(season=OuterRef("season"), withdrawn_at__gt=OuterRef("stored_file__created_at"))
    rows = SeasonArchive.objects.filter(Exists(withdrawn), season__closed_at__isnull=False)
    return list(rows.select_related("season").order_by("pk"))


def resolve(user: Any, stored_file: StoredFile) -> Grant | None:
    """The archive of a season, to who coordinates its territory. One query."""
    archive = (
        SeasonArchive.objects.filter(
            stored_file=stored_file, season__programme__territory__in=Territory.objects.coordinated_by(user)
        )
        .select_related("season")
        .first()
    )
    if archive is None:
        return None
    return Grant(filename=stored_file.original_name, inline=False, journal_target=archive.season)
