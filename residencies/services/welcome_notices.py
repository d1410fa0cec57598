"""What artists, the coordination and relays are told about the welcome. Call inside the act's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import translation

from candidatures.services.notices import absolute
from clea.mail import services as mail
from clea.ui.dates import hour, moment
from residencies.enums import InventoryMoment
from residencies.models import Incident, Inventory, KitDelivery, Residency, ResidencyArtist, Visit
from residencies.rules.welcome import MOMENT_WORDS
from structures.models import Territory

if TYPE_CHECKING:
    from clea.accounts.models import User
    from clea.mail.models import OutgoingMail


def artists_of(residencies: Iterable[Residency]) -> list[ResidencyArtist]:
    """Who runs them and has an account. One query."""
    rows = ResidencyArtist.objects.filter(residency__in=[row.pk for row in residencies], left_at=None)
    return list(
        rows.exclude(user=None)
        .select_related("user", "residency__season__programme__territory")
        .order_by("residency", "pk")
    )


def visit_moved(*, by: User, visit: Visit, residencies: Iterable[Residency], former: datetime) -> None:
    """A visit near in time is at another moment or place."""
    _about_visit("visit.moved", by, visit, residencies, former)


def visit_cancelled(*, by: User, visit: Visit, residencies: Iterable[Residency]) -> None:
    """A visit near in time will not take place for these residencies."""
    _about_visit("visit.cancelled", by, visit, residencies, visit.starts_at)


def _about_visit(kind: str, by: User, visit: Visit, residencies: Iterable[Residency], former: datetime) -> None:
    for seat in artists_of(residencies):
        assert seat.user is not None
        with translation.override(seat.user.language):
            _to_artist(
                seat.user,
                seat.residency,
                kind,
                by=by,
                page="studio:welcome_programme",
                context={
                    "visite": visit.title,
                    "quand": f"{moment(visit.starts_at)} – {hour(visit.ends_at)}",
                    "avant": moment(former),
                    "lieu": place_of(visit) or "–",
                    "guide": visit.guide or "–",
                },
                # Moved twice, told twice: the sequence is another.
                key=f"{kind}:{visit.uuid}:{visit.sequence}:{seat.user_id}",
            )


def place_of(visit: Visit) -> str:
    """Where to meet, in one line. Reads the structure and the commune."""
    where = visit.where
    parts = [visit.place, visit.structure.name if visit.structure else "", where.name if where else ""]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def inventory_to_read(*, by: User, inventory: Inventory, residency: Residency) -> None:
    """Ask the artists to read and agree. Again when it was rewritten after they agreed."""
    for seat in artists_of([residency]):
        assert seat.user is not None
        with translation.override(seat.user.language):
            _to_artist(
                seat.user,
                residency,
                "inventory.to_read",
                by=by,
                page="studio:welcome_inventory",
                args=[inventory.uuid],
                context={"moment": inventory.get_moment_display(), "logement": inventory.stay.lodging.name},
                key=f"inventory:{inventory.uuid}:{inventory.version}:{seat.user_id}",
            )


def inventory_reserved(*, by: User, inventory: Inventory, residency: Residency) -> None:
    """Tell the coordination what the artist wrote."""
    _to_desk(
        residency,
        "inventory.reserved",
        by=by,
        page="admin:residencies_residency_welcome_inventory",
        args=[inventory.stay.uuid, MOMENT_WORDS[InventoryMoment(inventory.moment)]],
        context={"logement": inventory.stay.lodging.name, "mots": inventory.artist_words},
    )


def incident_told(*, by: User, incident: Incident, residency: Residency, words: str) -> None:
    """Tell the coordination what an artist wrote."""
    with translation.override("fr"):
        graded: dict[str, object] = {"gravite": incident.get_severity_display(), "sujet": incident.get_topic_display()}
    _to_desk(
        residency,
        "incident.reported",
        by=by,
        page="admin:residencies_residency_welcome_incident",
        args=[incident.uuid],
        context=graded | {"incident": incident.title, "mots": words or "–", "qui": str(by)},
        reply_to=by.email,
    )


def incident_followed(*, by: User, incident: Incident, residency: Residency, text: str, closed: bool) -> None:
    """Tell the artists what was done."""
    kind = "incident.closed" if closed else "incident.followed"
    for seat in artists_of([residency]):
        assert seat.user is not None
        with translation.override(seat.user.language):
            _to_artist(
                seat.user,
                residency,
                kind,
                by=by,
                page="studio:welcome_incident",
                args=[incident.uuid],
                context={"incident": incident.title, "mots": text},
            )


def kit_given(
    *, by: User, delivery: KitDelivery, to: str, link: str, attachments: Sequence[tuple[str, bytes, str]] = ()
) -> OutgoingMail:
    """Send a kit to a relay or a structure."""
    season = delivery.kit.season
    territory = season.programme.territory
    return mail.queue(
        by=by,
        kind="kit.given",
        to=to,
        context=_frame(territory)
        | {
            "titre": delivery.kit.title,
            "saison": season.name,
            "destinataire": str(delivery.relay or delivery.structure),
            "lien": absolute(link),
        },
        about=delivery.kit,
        scope=territory.slug,
        reply_to=territory.contact_email,
        attachments=attachments,
        dedupe_key=f"kit:{delivery.uuid}",
    )


# Parts -----------------------------------------------------------------------------------------


def _frame(territory: Territory) -> dict[str, object]:
    service = territory.service_name or territory.name
    address = " ".join(territory.contact_address.split())
    known = (service, address, territory.contact_email, territory.contact_phone)
    return {
        "service": service,
        "territoire": territory.name,
        "coordonnees": ", ".join(part for part in known if part),
    }


def _to_artist(
    person: User,
    residency: Residency,
    kind: str,
    *,
    by: User,
    page: str,
    context: dict[str, object],
    args: Sequence[object] = (),
    key: str = "",
) -> None:
    territory = residency.territory
    mail.queue(
        by=by,
        kind=kind,
        to=person.email,
        language=person.language,
        context=_frame(territory)
        | {"residence": residency.artist_name, "lien": absolute(reverse(page, args=[residency.uuid, *args]))}
        | context,
        about=residency,
        scope=territory.slug,
        reply_to=territory.contact_email,
        dedupe_key=key,
    )


def _to_desk(
    residency: Residency,
    kind: str,
    *,
    by: User,
    page: str,
    args: Sequence[object],
    context: dict[str, object],
    reply_to: str = "",
) -> None:
    territory = residency.territory
    mail.queue(
        by=by,
        kind=kind,
        to=territory.contact_email,
        context=_frame(territory)
        | {"residence": residency.artist_name, "lien": absolute(reverse(page, args=[residency.uuid, *args]))}
        | context,
        about=residency,
        scope=territory.slug,
        reply_to=reply_to,
    )
