"""Pictures: received through the inspection of images, published under the consents of who is on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.documents import services as documents
from clea.documents.errors import PieceRefused
from clea.errors import Forbidden, Refused, require
from clea.journal import services as journal
from residencies.models import Consent, Picture, Residency
from residencies.rules import traces as rules
from residencies.services.base import lock_season, require_desk, require_reach
from residencies.services.trace_locks import (
    data_of,
    forget_files,
    hold,
    hold_to_take_off,
    known,
    require_activity,
    require_seen,
)

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from clea.accounts.models import User
    from clea.documents.models import StoredFile

#: What anybody who may write it writes of a picture; the coordination also sets the order and the consents.
FIELDS = ("alt", "caption", "credit", "rights", "taken_on", "shows_people", "activity")
DESK_FIELDS = (*FIELDS, "position")
MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
#: Enough to be printed across a page.
SIDE = 3600
#: An album beyond this is not a trace any more, and a kit must stay one to download.
MOST_PICTURES = 60


def add(
    *,
    by: User,
    season: Season,
    upload: UploadedFile,
    residency: Residency | None = None,
    consents: Iterable[Consent] | None = None,
    **values: Any,
) -> Picture:
    """Receive a picture, unpublished. ``PieceRefused`` when it is not a sound one.

    It is drawn again from its pixels, large, small and light: what the camera wrote is gone.
    """
    with transaction.atomic():
        # Asked before the seconds that a picture takes, and again under the lock.
        hold(by, season, residency)
    kept = documents.intake_image(by=by, upload=upload, max_bytes=MAX_BYTES, max_pixels=MAX_PIXELS, max_side=SIDE)
    files = [kept.file]
    try:
        # Each is noted as soon as it is made: the next one may fail.
        files.extend(documents.image_copy(kept.file, by=by, max_side=side).file for side in Picture.SIDES)
        with transaction.atomic():
            locked, desk = hold(by, season, residency)
            row = Picture(season=locked, residency=residency, made_by=by)
            row.width, row.height = kept.width, kept.height
            row.stored_file, row.thumbnail, row.light = files
            _require_room(row)
            _write(row, values, desk)
            row.save()
            _agree(row, consents, desk)
            journal.record(by=by, verb="picture.added", target=row, data=data_of(row, sha256=kept.file.sha256))
            return row
    except Exception:
        for file in files:
            documents.discard(file)
        raise


def change(
    *, by: User, picture: Picture, seen: str | None = None, consents: Iterable[Consent] | None = None, **values: Any
) -> Picture:
    """Write what is said of it, and whose consent it has. What is published stays covered; artists, while it is not."""
    with transaction.atomic():
        locked, desk = hold(by, picture.season, picture.residency)
        row = _lock(picture, locked)
        require_seen(row, seen, agreed(row))
        if not desk:
            require(rules.can_artist_write(row))
        _write(row, values, desk)
        given = _agree(row, consents, desk)
        today = timezone.localdate()
        if row.is_published:
            require(rules.can_publish_picture(row, given, today))
        if row.in_kit:
            require(rules.can_put_in_kit(row, given, today))
        row.save()
        journal.record(by=by, verb="picture.changed", target=row, data=_data(row, given))
        return row


def remove(*, by: User, picture: Picture) -> None:
    """Erase it and its files. One that is public is taken off first."""
    with transaction.atomic():
        locked, desk = hold(by, picture.season, picture.residency)
        row = _lock(picture, locked)
        if row.is_published or row.in_kit:
            raise Refused(_("Retirez d'abord cette image de la publication et du dossier."), code="published")
        files: list[StoredFile] = [file for file in (row.light, row.thumbnail, row.stored_file) if file is not None]
        data = data_of(row, picture=str(row.uuid), desk=desk)
        row.delete()
        for file in files:
            documents.discard(file, by=by)
        journal.record(by=by, verb="picture.removed", target=locked, data=data)


def lighten(limit: int = 20) -> int:
    """Give the pictures of before their copies for screens, in WebP, a few at each round. Answers how many.

    What is shown meanwhile is what there was.
    """
    done = 0
    for picture in Picture.objects.filter(light=None).select_related("stored_file").order_by("-pk")[:limit]:
        made: list[StoredFile] = []
        try:
            made.extend(
                documents.image_copy(picture.stored_file, by=None, max_side=side).file for side in Picture.SIDES
            )
            with transaction.atomic():
                row = _lock(picture, hold_to_take_off(picture.season))
                before, (row.thumbnail, row.light) = row.thumbnail, made
                row.save(update_fields=["thumbnail", "light"])
                if before is not None:
                    documents.discard(before)
                journal.record(by=None, verb="picture.lightened", target=row, data=data_of(row))
        except (PieceRefused, FileNotFoundError, Picture.DoesNotExist):
            # Unreadable, or erased meanwhile: the others wait for theirs.
            for file in made:
                documents.discard(file)
            continue
        done += 1
    return done


def publish(*, by: User, picture: Picture) -> Picture:
    """Show it wherever the consents allow. The coordination only."""
    with transaction.atomic():
        row, given = _by_desk(by, picture)
        if row.is_published:
            return row
        require(rules.can_publish_picture(row, given, timezone.localdate()))
        row.is_published = True
        row.full_clean()
        row.save()
        journal.record(by=by, verb="picture.published", target=row, data=_data(row, given))
        return row


def unpublish(*, by: User, picture: Picture) -> Picture:
    """Take it off every public page at once, in a closed season too. The coordination only."""
    return _take_off(by, picture, "is_published", "picture.unpublished")


def put_in_kit(*, by: User, picture: Picture) -> Picture:
    """Give it to the press: everyone on it agreed to that. The coordination only."""
    with transaction.atomic():
        row, given = _by_desk(by, picture)
        if row.in_kit:
            return row
        require(rules.can_put_in_kit(row, given, timezone.localdate()))
        row.in_kit = True
        row.full_clean()
        row.save()
        journal.record(by=by, verb="picture.put_in_kit", target=row, data=_data(row, given))
        return row


def take_from_kit(*, by: User, picture: Picture) -> Picture:
    """No longer give it to the press, in a closed season too. The coordination only."""
    return _take_off(by, picture, "in_kit", "picture.taken_from_kit")


def agreed(picture: Picture) -> list[int]:
    """Keys of the consents it has, in order: part of what a person is looking at. One query, or none prefetched."""
    return sorted(row.pk for row in picture.consents.all())


# Inside a transaction ------------------------------------------------------------------------


def _lock(picture: Picture, season: Season) -> Picture:
    row = (
        Picture.objects.select_for_update(of=("self",))
        .select_related("residency", "activity", "stored_file", "thumbnail", "light")
        .get(pk=picture.pk)
    )
    row.season = season
    return row


def _by_desk(by: User, picture: Picture) -> tuple[Picture, list[Consent]]:
    """The row, and its consents read again under the season's lock."""
    locked = lock_season(picture.season)
    require_desk(by, locked.programme.territory)
    row = _lock(picture, locked)
    return row, list(row.consents.all())


def _take_off(by: User, picture: Picture, flag: str, verb: str) -> Picture:
    with transaction.atomic():
        locked = hold_to_take_off(picture.season)
        require_desk(by, locked.programme.territory)
        row = _lock(picture, locked)
        if not getattr(row, flag):
            return row
        setattr(row, flag, False)
        row.save(update_fields=[flag])
        forget_files(locked)
        journal.record(by=by, verb=verb, target=row, data=data_of(row, in_kit=row.in_kit))
        return row


def _require_room(row: Picture) -> None:
    if Picture.objects.filter(season=row.season, residency=row.residency).count() >= MOST_PICTURES:
        raise Refused(
            _("Il y a déjà %(n)d images : supprimez celles qui ne servent pas avant d'en ajouter.")
            % {"n": MOST_PICTURES},
            code="too_many",
        )


def _write(row: Picture, values: dict[str, Any], desk: bool) -> None:
    if not desk and set(values) - set(FIELDS):
        raise Forbidden(_("La coordination choisit l'ordre."), code="desk_only")
    for name, value in known(values, DESK_FIELDS).items():
        setattr(row, name, value)
    require_activity(row.season, row.residency, row.activity)
    if row.taken_on is not None:
        require_reach(row.season, row.taken_on, field="taken_on")
    row.full_clean()


def _agree(row: Picture, consents: Iterable[Consent] | None, desk: bool) -> list[Consent]:
    """Set whose consent it has; ``None`` leaves them. Read again under the season's lock."""
    if consents is not None:
        if not desk:
            raise Forbidden(_("La coordination note et choisit les accords."), code="desk_only")
        given = list(Consent.objects.filter(pk__in=[one.pk for one in consents]))
        if any(one.season_id != row.season_id for one in given):
            raise Refused(_("Cet accord est d'une autre saison."), code="foreign", field="consents")
        row.consents.set(given)
    return list(row.consents.all())


def _data(row: Picture, given: Collection[Consent]) -> dict[str, Any]:
    return data_of(row, in_kit=row.in_kit, consents=[str(one.uuid) for one in given])
