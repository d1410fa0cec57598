"""Whom one writes to from the lists of the deployment. Each function costs a known number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from residencies.enums import RegistrationState
from residencies.models import Registration, ResidencyArtist
from structures.admin.letters import of_teams
from structures.letters import Mailing, Recipient
from structures.models import Structure

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from residencies.models import Activity, ActivityRequest, Attendee, Relay, Residency, WorkBooking


def of_residencies(residencies: QuerySet[Residency]) -> Mailing:
    """The artists still there, each under their residency's name. Two queries."""
    rows = residencies.select_related("season__programme__territory").order_by("artist_name")
    return _artists({row.pk: row for row in rows})


def _artists(residencies: dict[int, Residency]) -> Mailing:
    mailing, seen = Mailing(), set()
    people = ResidencyArtist.objects.filter(residency__in=list(residencies), left_at=None).select_related("user")
    for one in people.order_by("residency__artist_name", "-is_lead", "last_name"):
        residency = residencies[one.residency_id]
        seen.add(residency.pk)
        if one.user is None or not one.user.is_active:
            mailing.cannot(str(one), gettext("n'a pas de compte : invitez cette personne depuis sa résidence"))
            continue
        mailing.add(
            Recipient(
                name=str(one),
                email=one.user.email,
                territory=residency.territory,
                about=residency,
                whose=residency.artist_name,
                language=one.user.language,
            )
        )
    for pk, residency in residencies.items():
        if pk not in seen:
            mailing.cannot(residency.artist_name, gettext("aucune personne n'est dans cette résidence"))
    return mailing


def of_activities(activities: QuerySet[Activity]) -> Mailing:
    """The artists and the teams of these activities. Six queries."""
    rows = activities.prefetch_related("residencies__season__programme__territory", "structures__territory")
    residencies, places = {}, {}
    for row in rows:
        residencies.update({one.pk: one for one in row.residencies.all()})
        places.update({one.pk: one for one in row.structures.all()})
    mailing = _artists(residencies)
    _merge(mailing, of_teams(list(places.values())))
    return mailing


def _merge(mailing: Mailing, other: Mailing) -> None:
    mailing.add(*other.recipients)
    mailing.unreached += other.unreached
    mailing.repeated += other.repeated


def of_structures_of(rows: QuerySet[ActivityRequest] | QuerySet[WorkBooking]) -> Mailing:
    """The teams of the structures behind these wishes or these requests. Three queries."""
    keys = set(rows.order_by().values_list("structure_id", flat=True))
    return of_teams(Structure.objects.filter(pk__in=keys).select_related("territory").order_by("name_key"))


def of_relays(relays: Iterable[Relay]) -> Mailing:
    mailing = Mailing()
    for one in relays:
        if not one.is_active:
            mailing.cannot(str(one), gettext("n'est plus en fonction"))
            continue
        mailing.add(
            Recipient(
                name=f"{one.first_name} {one.last_name}".strip(),
                email=one.email,
                territory=one.territory,
                about=one,
                whose=one.organisation or one.get_kind_display(),
            )
        )
    return mailing


def of_registrations(registrations: QuerySet[Registration]) -> Mailing:
    """Those who come or wait: whoever registered answers for the others. One query."""
    mailing = Mailing()
    rows = registrations.exclude(state=RegistrationState.CANCELLED).select_related(
        "structure", "event__season__programme__territory"
    )
    for one in rows.order_by("event__starts_at", "name"):
        whose = f"{one.event.title}, {one.structure.name}" if one.structure else one.event.title
        mailing.add(
            Recipient(
                name=one.name,
                email=one.email,
                territory=one.event.season.programme.territory,
                about=one.event,
                whose=whose,
            )
        )
    return mailing


def of_attendees(attendees: Iterable[Attendee]) -> Mailing:
    """Those asked to these meetings. Read with their meeting, its season and its territory."""
    mailing = Mailing()
    for one in attendees:
        mailing.add(
            Recipient(
                name=one.name,
                email=one.email,
                territory=one.meeting.season.programme.territory,
                about=one.meeting,
                whose=one.meeting.title,
            )
        )
    return mailing
