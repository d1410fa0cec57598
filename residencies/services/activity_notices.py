"""What artists and teams are told about sessions to come. Call inside the act's transaction.

Never who acts: they know. A team hears through who is to be contacted first, or else through the
first one with an address.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from clea.mail import services as mail
from residencies.methods.warnings import when
from residencies.models import Activity, Residency, ResidencyArtist, Session
from residencies.selectors.planning import spot
from structures.models import Professional, Structure

if TYPE_CHECKING:
    from clea.accounts.models import User


@dataclass(frozen=True)
class Former:
    """Where and when a session was."""

    starts_at: datetime
    ends_at: datetime
    place: str

    @classmethod
    def of(cls, session: Session) -> Former:
        return cls(session.starts_at, session.ends_at, spot(session.host, session.commune, session.place).label)


@dataclass(frozen=True)
class _Reader:
    """Somebody to write to, the page where they read on."""

    email: str
    language: str
    path: str


def session_moved(*, by: User, session: Session, activity: Activity, former: Former) -> None:
    """Another moment or place. Told when it was to come, or is."""
    if max(former.ends_at, session.ends_at) <= timezone.now():
        return
    for reader in _readers(by, activity, [session]):
        with translation.override(reader.language):
            context = _one(session) | {"avant": when(former.starts_at, former.ends_at), "lieu_avant": former.place}
            _send("planning.moved", by, reader, activity, context, key=f"{session.uuid}:{session.sequence}")


def session_cancelled(*, by: User, session: Session, activity: Activity) -> None:
    if session.ends_at <= timezone.now():
        return
    for reader in _readers(by, activity, [session]):
        with translation.override(reader.language):
            context = _one(session) | {"mots": session.cancelled_why}
            _send("planning.cancelled", by, reader, activity, context, key=f"{session.uuid}:{session.sequence}")


def session_restored(*, by: User, session: Session, activity: Activity) -> None:
    if session.ends_at <= timezone.now():
        return
    for reader in _readers(by, activity, [session]):
        with translation.override(reader.language):
            _send("planning.restored", by, reader, activity, _one(session), key=f"{session.uuid}:{session.sequence}")


def activity_cancelled(*, by: User, activity: Activity, sessions: Sequence[Session]) -> None:
    """One message for all the sessions to come; none when nothing was to come."""
    ahead = [row for row in sorted(sessions, key=lambda row: row.starts_at) if row.ends_at > timezone.now()]
    if not ahead:
        return
    for reader in _readers(by, activity, ahead):
        with translation.override(reader.language):
            lines = "\n".join(f"- {when(row.starts_at, row.ends_at)}" for row in ahead)
            context: dict[str, object] = {"mots": activity.cancelled_why, "seances": lines}
            _send("activity.cancelled", by, reader, activity, context, key=f"{activity.uuid}:{activity.version}")


def _one(session: Session) -> dict[str, object]:
    return {
        "quand": when(session.starts_at, session.ends_at),
        "lieu": spot(session.host, session.commune, session.place).label,
    }


def _readers(by: User, activity: Activity, sessions: Sequence[Session]) -> list[_Reader]:
    """Artists and teams of these sessions, each address once. Two queries."""
    keys = [row.pk for row in sessions]
    through = Session.residencies.through.objects.filter(session__in=keys).values("residency")
    seats = (
        ResidencyArtist.objects.filter(
            residency__in=Residency.objects.filter(pk__in=through), left_at=None, user__is_active=True
        )
        .exclude(user=by)
        .select_related("user", "residency")
        .order_by("pk")
    )
    found: dict[str, _Reader] = {}
    for seat in seats:
        assert seat.user is not None
        path = reverse("studio:activity", args=[seat.residency.uuid, activity.uuid])
        found.setdefault(seat.user.email.lower(), _Reader(seat.user.email, seat.user.language, path))
    places = Session.structures.through.objects.filter(session__in=keys).values("structure")
    for person in _contacts(places):
        path = reverse("team:activity", args=[person.structure.uuid, activity.uuid])
        found.setdefault(person.email.lower(), _Reader(person.email, "fr", path))
    found.pop(by.email.lower(), None)
    return list(found.values())


def _contacts(structures: Iterable[Structure] | object) -> Iterable[Professional]:
    """Whom each structure asks to be told; or else the first of its team with an address. One query."""
    rows = (
        Professional.objects.filter(structure__in=structures)  # type: ignore[misc]
        .exclude(email="")
        .select_related("structure")
        .order_by("structure", "-is_contact", "pk")
    )
    first: dict[int, Professional] = {}
    for row in rows:
        if first.setdefault(row.structure_id, row) is row or row.is_contact:
            yield row


def _send(kind: str, by: User, reader: _Reader, activity: Activity, context: dict[str, object], *, key: str) -> None:
    territory = activity.territory
    service = territory.service_name or territory.name
    parts = (service, " ".join(territory.contact_address.split()), territory.contact_email, territory.contact_phone)
    mail.queue(
        by=by,
        kind=kind,
        to=reader.email,
        language=reader.language,
        context={
            "activite": activity.title,
            "territoire": territory.name,
            "coordonnees": ", ".join(part for part in parts if part),
            "lien": f"{settings.SITE_URL}{reader.path}",
        }
        | context,
        about=activity,
        scope=territory.slug,
        reply_to=territory.contact_email,
        dedupe_key=f"{kind}:{key}:{reader.email.lower()}",
    )
