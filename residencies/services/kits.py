"""Information kits: their PDF, and who received what, how and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from clea.documents import services as documents
from clea.errors import Refused
from clea.journal import services as journal
from residencies.enums import KitChannel
from residencies.models import Kit, KitDelivery, Relay
from residencies.selectors.relays import addresses_of, key_of
from residencies.services import welcome_notices as notices
from residencies.services.base import lock_season, require_desk
from structures.models import Structure

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from clea.accounts.models import User
    from clea.documents.models import StoredFile

MAX_BYTES = 15 * 1000 * 1000
MAX_PAGES = 60
#: An attached PDF is kept once a message: beyond so many people, the link does.
MOST_ATTACHED = 25
_SALT = "residencies.kit"


def save(*, by: User, kit: Kit) -> Kit:
    """Write a kit, new or changed."""
    with transaction.atomic():
        kit.season = lock_season(kit.season)
        require_desk(by, kit.season.programme.territory)
        kit.full_clean()
        kit.save()
        journal.record(by=by, verb="kit.saved", target=kit, data={"audience": kit.audience})
        return kit


def remove(*, by: User, kit: Kit) -> None:
    """Erase a kit that nobody received."""
    with transaction.atomic():
        territory = lock_season(kit.season).programme.territory
        require_desk(by, territory)
        locked = Kit.objects.select_for_update().get(pk=kit.pk)
        if locked.deliveries.exists():
            raise Refused(_("Ce dossier a été remis : il reste, pour savoir à qui."), code="given")
        key, stored = str(locked.uuid), locked.stored_file
        locked.delete()
        if stored is not None:
            documents.discard(stored)
        journal.record(by=by, verb="kit.removed", target=territory, data={"kit": key})


def attach(*, by: User, kit: Kit, upload: UploadedFile) -> Kit:
    """Receive the PDF of a kit, in place of the former one. ``PieceRefused`` when it is not a sound one."""
    stored = documents.intake_pdf(by=by, upload=upload, max_bytes=MAX_BYTES, max_pages=MAX_PAGES)
    try:
        with transaction.atomic():
            locked = _lock(kit)
            require_desk(by, locked.season.programme.territory)
            former = locked.stored_file
            locked.stored_file = stored
            locked.save(update_fields=["stored_file", "updated_at"])
            if former is not None:
                documents.discard(former)
            journal.record(by=by, verb="kit.file_replaced", target=locked, data={"sha256": stored.sha256})
            return locked
    except Exception:
        documents.discard(stored)
        raise


@dataclass(frozen=True)
class Given:
    """What came of giving: rows made, and who had it already."""

    deliveries: list[KitDelivery]
    already: int


def give(
    *,
    by: User,
    kit: Kit,
    relays: Iterable[Relay] = (),
    structures: Iterable[Structure] = (),
    channel: KitChannel,
    given_on: date,
    again: bool = False,
    attached: bool = False,
) -> Given:
    """Give a kit to several at once, and write it down. All or none.

    By mail, each one is written to at once: a link that opens without an account, and the PDF when
    ``attached``. Who has it already is left, unless ``again``. ``Refused`` when one has no address for a
    mail, a day is to come, or nobody is chosen.
    """
    with transaction.atomic():
        locked = _lock(kit)
        territory = locked.season.programme.territory
        require_desk(by, territory)
        people, places = list(relays), list(structures)
        if not people and not places:
            raise Refused(_("Choisissez au moins un relais ou une structure."), code="nobody", field="recipients")
        if any(
            key != territory.pk for key in [row.territory_id for row in people] + [row.territory_id for row in places]
        ):
            raise Refused(_("Choisissez des destinataires de ce territoire."), code="foreign", field="recipients")
        if given_on > timezone.localdate():
            raise Refused(_("Une remise se note une fois faite."), code="future", field="given_on")
        chosen, already = _wanted(locked, people, places, again)
        addresses = addresses_of(chosen) if channel == KitChannel.MAIL else {}
        if channel == KitChannel.MAIL:
            _require_sendable(locked, chosen, addresses, attached)
        rows = [_row(locked, one, channel, given_on, by) for one in chosen]
        KitDelivery.objects.bulk_create(rows)
        if channel == KitChannel.MAIL:
            content = _attachment(locked) if attached else ()
            for one, row in zip(chosen, rows, strict=True):
                link = reverse("residencies:kit", args=[token(row)])
                notices.kit_given(by=by, delivery=row, to=addresses[key_of(one)], link=link, attachments=content)
        if rows:
            journal.record(
                by=by,
                verb="kit.given",
                target=locked,
                data={
                    "channel": str(channel),
                    "given_on": given_on.isoformat(),
                    "relays": [str(row.uuid) for row in chosen if isinstance(row, Relay)],
                    "structures": [str(row.uuid) for row in chosen if isinstance(row, Structure)],
                },
            )
        return Given(rows, already)


def take_back(*, by: User, delivery: KitDelivery) -> None:
    """Erase a line written by mistake. A message that has left was received: its line stays."""
    with transaction.atomic():
        locked = _lock(delivery.kit)
        require_desk(by, locked.season.programme.territory)
        if delivery.channel == KitChannel.MAIL:
            raise Refused(_("Ce message est parti : la remise reste notée."), code="sent")
        key = str(delivery.uuid)
        KitDelivery.objects.filter(pk=delivery.pk).delete()
        journal.record(by=by, verb="kit.taken_back", target=locked, data={"delivery": key})


# The link of a message ---------------------------------------------------------------------------


def token(delivery: KitDelivery) -> str:
    """What opens the kit for whoever received this message."""
    return signing.dumps(str(delivery.uuid), salt=_SALT)


def opened(text: str) -> KitDelivery | None:
    """The delivery behind a link, its kit with it; nothing when it was not signed here. One query."""
    try:
        key = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        return None
    return (
        KitDelivery.objects.filter(uuid=key).select_related("kit__season__programme__territory", "kit__stored_file")
    ).first()


# Inside a transaction ----------------------------------------------------------------------------


def _lock(kit: Kit) -> Kit:
    lock_season(kit.season)
    return (
        Kit.objects.select_for_update(of=("self",))
        .select_related("season__programme__territory", "stored_file")
        .get(pk=kit.pk)
    )


def _wanted(
    kit: Kit, relays: Sequence[Relay], structures: Sequence[Structure], again: bool
) -> tuple[list[Relay | Structure], int]:
    people: list[Relay | Structure] = [*relays, *structures]
    if again:
        return people, 0
    had = {
        ("relay", relay) if relay else ("structure", structure)
        for relay, structure in kit.deliveries.values_list("relay", "structure")
    }
    chosen = [one for one in people if key_of(one) not in had]
    return chosen, len(people) - len(chosen)


def _require_sendable(
    kit: Kit, people: Sequence[Relay | Structure], addresses: dict[tuple[str, int], str], attached: bool
) -> None:
    if kit.stored_file is None and not kit.text.strip():
        raise Refused(_("Ce dossier est vide : écrivez son texte ou joignez son PDF."), code="empty")
    if attached and kit.stored_file is None:
        raise Refused(_("Ce dossier n'a pas encore de PDF à joindre."), code="no_file", field="attached")
    if attached and len(people) > MOST_ATTACHED:
        raise Refused(
            _("Au-delà de %(n)d destinataires, envoyez le lien seul : il ouvre le PDF sans compte.")
            % {"n": MOST_ATTACHED},
            code="too_many",
            field="attached",
        )
    mute = [str(one) for one in people if key_of(one) not in addresses]
    if mute:
        raise Refused(
            _("Aucune adresse électronique n'est connue pour : %(names)s. Complétez-la, ou remettez-le autrement.")
            % {"names": ", ".join(mute[:10])},
            code="no_address",
            field="recipients",
        )


def _row(kit: Kit, one: Relay | Structure, channel: KitChannel, given_on: date, by: User) -> KitDelivery:
    return KitDelivery(
        kit=kit,
        relay=one if isinstance(one, Relay) else None,
        structure=one if isinstance(one, Structure) else None,
        channel=channel,
        given_on=given_on,
        given_by=by,
    )


def _attachment(kit: Kit) -> list[tuple[str, bytes, str]]:
    stored = kit.stored_file
    assert stored is not None
    return [(file_name(kit), content(stored), stored.content_type)]


def content(stored: StoredFile) -> bytes:
    with documents.local_path(stored) as path:
        return path.read_bytes()


def file_name(kit: Kit) -> str:
    """What a browser saves."""
    return f"{slugify(kit.title)[:80] or 'dossier'}.pdf"
