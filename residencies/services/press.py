"""The press log: an article, a broadcast, a mention, with its link and its scan."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.documents import services as documents
from clea.errors import Refused, StaleWrite
from clea.journal import services as journal
from residencies.models import PressItem, Residency
from residencies.services.base import lock_season, require_desk
from residencies.services.communication import require_same_season

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from clea.accounts.models import User
    from clea.documents.models import StoredFile

MAX_BYTES = 10 * 1000 * 1000
MAX_PAGES = 30


@dataclass(frozen=True)
class Mention:
    """What the coordination writes of a mention in the press."""

    outlet: str
    title: str
    day: date
    url: str = ""
    note: str = ""
    residency: Residency | None = None


def mark(item: PressItem) -> str:
    """What a page shows of a mention. Another since is a stale page."""
    text = repr((item.outlet, item.title, item.day, item.url, item.note, item.residency_id, item.stored_file_id))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def save(
    *,
    by: User,
    season: Season,
    mention: Mention,
    item: PressItem | None = None,
    seen: str = "",
    upload: UploadedFile | None = None,
    drop_file: bool = False,
) -> PressItem:
    """Note a mention, or write ``item`` again (``seen``: the mark of what the page showed).

    A scan (``upload``, a PDF) takes the place of the former one; ``drop_file`` erases it. ``PieceRefused`` when it
    is not a sound PDF, ``Refused`` for a day to come or the residency of another season.
    """
    require_desk(by, season.programme.territory)
    stored = None
    if upload is not None:
        # Before any lock: an inspection may take ten seconds.
        stored = documents.intake_pdf(by=by, upload=upload, max_bytes=MAX_BYTES, max_pages=MAX_PAGES)
    try:
        with transaction.atomic():
            return _save(by, season, mention, item, seen, stored, drop_file)
    except Exception:
        if stored is not None:
            documents.discard(stored)
        raise


def remove(*, by: User, item: PressItem) -> None:
    """Erase a mention noted by mistake, and its scan."""
    with transaction.atomic():
        locked = lock_season(item.season)
        require_desk(by, locked.programme.territory)
        row = _lock(item)
        key, former = str(row.uuid), row.stored_file
        row.delete()
        if former is not None:
            documents.discard(former)
        journal.record(by=by, verb="press.removed", target=locked, data={"item": key})


def _lock(item: PressItem) -> PressItem:
    row = PressItem.objects.select_for_update(of=("self",)).select_related("stored_file").filter(pk=item.pk).first()
    if row is None:
        raise Refused(_("Cette retombée n'est plus dans la revue de presse."), code="gone")
    return row


def _save(
    by: User,
    season: Season,
    mention: Mention,
    item: PressItem | None,
    seen: str,
    stored: StoredFile | None,
    drop_file: bool,
) -> PressItem:
    locked = lock_season(season)
    require_desk(by, locked.programme.territory)
    row = PressItem(season=locked) if item is None else _lock(item)
    if row.season_id != locked.pk:
        raise Refused(_("Cette retombée est d'une autre saison."), code="foreign")
    if item is not None and seen != mark(row):
        raise StaleWrite(
            _("Quelqu'un a modifié cette retombée entre-temps. Relisez-la, puis enregistrez de nouveau."),
            code="stale",
        )
    if mention.day > timezone.localdate():
        raise Refused(_("Notez une retombée une fois parue : ce jour est à venir."), code="future", field="day")
    require_same_season(locked, mention.residency)
    row.outlet, row.title, row.day = mention.outlet.strip(), mention.title.strip(), mention.day
    row.url, row.note, row.residency = mention.url.strip(), mention.note.strip(), mention.residency
    former = row.stored_file
    if stored is not None or drop_file:
        row.stored_file = stored
    row.full_clean()
    row.save()
    if former is not None and former != row.stored_file:
        documents.discard(former)
    journal.record(
        by=by,
        verb="press.saved",
        target=locked,
        data={
            "item": str(row.uuid),
            "day": row.day.isoformat(),
            "sha256": row.stored_file.sha256 if row.stored_file is not None else "",
        },
    )
    return row
