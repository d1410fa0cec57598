"""The end of a season: it is archived, read only from then on, and the next call is made from its own.

Locks: the season, then everything that may be written without it, in the order of ``base``; so nothing that began
before is still being written when the season closes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from candidatures.models import Call, Season
from candidatures.services import calls
from clea.documents import services as documents
from clea.errors import Refused, require
from clea.journal import services as journal
from residencies.models import (
    Activity,
    ActivityRequest,
    Bilan,
    Event,
    Meeting,
    Payment,
    Residency,
    SeasonArchive,
    Session,
)
from residencies.reports import season_archive
from residencies.rules import closing as rules
from residencies.selectors import closing as selectors
from residencies.services.base import lock_season, require_desk

if TYPE_CHECKING:
    from clea.accounts.models import User
    from clea.documents.models import StoredFile

#: A year in whole weeks: a Sunday deadline stays a Sunday.
WEEKS = 52


@dataclass(frozen=True)
class NextCall:
    """A call of the season, taken up again for the next one."""

    call: Call
    slug: str
    title: str


class NotFinished(Refused):
    """The season cannot close yet: what is refused, by code of what is not finished."""

    def __init__(self, errors: dict[str, str], found: Sequence[selectors.Unfinished]) -> None:
        listed = " ".join(one.label for one in found if one.code in errors)
        super().__init__(_("La saison ne peut pas encore être close. %(list)s") % {"list": listed}, code="unfinished")
        self.errors = errors


def check(*, by: User, season: Season, reasons: Mapping[str, str] | None = None) -> None:
    """Raise what :func:`close` would refuse now, but for its next calls. Nothing is locked or written."""
    require_desk(by, season.programme.territory)
    _left(selectors.unfinished(season), reasons or {})


def close(
    *, by: User, season: Season, reasons: Mapping[str, str] | None = None, next_calls: Sequence[NextCall] = ()
) -> SeasonArchive:
    """Close a season: keep its exports, take up its calls, and let nothing change any more.

    ``reasons``: why it closes without what may be left, by code (see ``selectors.closing.unfinished``). Raises
    ``NotFinished``; ``Refused`` when it is closed already, or a next call cannot be made. Some seconds: its
    documents are made under the lock, so that they say what was there.
    """
    given = reasons or {}
    with transaction.atomic():
        locked = lock_season(season)
        require_desk(by, locked.programme.territory)
        _lock_all(locked)
        now = timezone.now()
        left = _left(selectors.unfinished(locked, now), given)
        archive = SeasonArchive.objects.select_for_update(of=("self",)).filter(season=locked).first()
        former = archive.stored_file if archive is not None else None
        archive = archive or SeasonArchive(season=locked)
        archive.season = locked
        archive.stored_file = _stored(by, locked, now, left)
        archive.closed_at, archive.closed_by, archive.left = now, by, left
        archive.reopened_at = archive.reopened_by = None
        archive.reopened_why = ""
        copies = _next(by, locked, next_calls)
        if copies:
            archive.next_call = copies[0]
        archive.full_clean()
        archive.save()
        if former is not None:
            documents.discard(former, by=by)
        locked.closed_at = now
        locked.full_clean()
        locked.save(update_fields=["closed_at"])
        journal.record(
            by=by,
            verb="season.closed",
            target=locked,
            data={
                "sha256": archive.stored_file.sha256,
                "left": {one["code"]: one["count"] for one in left},
                "next_calls": [str(one.uuid) for one in copies],
            },
        )
        return archive


def reopen(*, by: User, season: Season, reason: str) -> Season:
    """Open a closed season again. Administrators only; its archive stays until the next closing."""
    with transaction.atomic():
        locked = _locked(season)
        require(rules.can_reopen(by, closed=locked.closed_at is not None, reason=reason))
        archive = SeasonArchive.objects.select_for_update(of=("self",)).filter(season=locked).first()
        if archive is not None:
            archive.reopened_at, archive.reopened_by, archive.reopened_why = timezone.now(), by, reason.strip()
            archive.full_clean()
            archive.save(update_fields=["reopened_at", "reopened_by", "reopened_why"])
        locked.closed_at = None
        locked.save(update_fields=["closed_at"])
        journal.record(by=by, verb="season.reopened", target=locked)
        return locked


def renew_archives() -> int:
    """Make again the archives of closed seasons in which somebody withdrew their consent since. How many.

    An archive holds the bilan, with its words and pictures of people: what they take back leaves it too.
    """
    done = 0
    for archive in selectors.outdated():
        with transaction.atomic():
            locked = _locked(archive.season)
            row = SeasonArchive.objects.select_for_update(of=("self",)).select_related("stored_file").get(pk=archive.pk)
            if locked.closed_at is None or row.stored_file_id != archive.stored_file_id:
                continue
            former = row.stored_file
            row.stored_file = _stored(None, locked, row.closed_at, row.left)
            row.save(update_fields=["stored_file"])
            documents.discard(former)
            journal.record(
                by=None, verb="season.archived_again", target=locked, data={"sha256": row.stored_file.sha256}
            )
        done += 1
    return done


# Inside ----------------------------------------------------------------------------------------


def _locked(season: Season) -> Season:
    """The row, open or closed. One query."""
    return Season.objects.select_for_update(of=("self",)).select_related("programme__territory").get(pk=season.pk)


def _lock_all(season: Season) -> None:
    """Wait for what is being written, in the order everybody takes. Eight queries."""
    for rows in (
        Residency.objects.filter(season=season),
        Activity.objects.filter(season=season),
        Session.objects.filter(activity__season=season),
        ActivityRequest.objects.filter(season=season),
        Event.objects.filter(season=season),
        Meeting.objects.filter(season=season),
        Payment.objects.filter(season=season),
        Bilan.objects.filter(season=season),
    ):
        list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))


def _left(found: Sequence[selectors.Unfinished], reasons: Mapping[str, str]) -> list[dict[str, Any]]:
    """What is left as it is, with its reason. Raises ``NotFinished`` for the rest."""
    errors = {}
    for one in found:
        verdict = rules.can_leave(reasons.get(one.code, ""), can_be_left=one.can_be_left)
        if not verdict:
            errors[one.code] = str(verdict.reason)
    if errors:
        raise NotFinished(errors, found)
    return [
        {
            "code": one.code,
            "label": one.label,
            "count": one.count,
            "reason": reasons[one.code].strip()[: rules.LONGEST_REASON],
        }
        for one in found
    ]


def _stored(by: User | None, season: Season, closed_at: Any, left: list[dict[str, Any]]) -> StoredFile:
    name = f"archive-{slugify(season.programme.territory.slug)}-{slugify(season.name)}.zip"
    with tempfile.TemporaryDirectory(prefix="clea-archive-") as folder, override("fr"):
        path = Path(folder) / "archive.zip"
        season_archive.write(season, path, closed_at=closed_at, left=left)
        return documents.store_path(by=by, path=path, name=name, content_type="application/zip")


def _next(by: User, season: Season, wanted: Sequence[NextCall]) -> list[Call]:
    """The calls of the next season, which is created if it is not there."""
    if not wanted:
        return []
    found = selectors.following(season)
    target = found.season
    if target is None:
        if found.programme is None:
            raise Refused(
                _(
                    "Aucun contrat du territoire ne couvre la saison suivante : ajoutez d'abord le contrat, ou closez "
                    "sans préparer l'appel."
                ),
                code="no_programme",
            )
        target = Season(programme=found.programme, name=found.name, starts_on=found.starts_on, ends_on=found.ends_on)
        target.full_clean()
        target.save()
        journal.record(by=by, verb="season.added", target=target, data={"after": str(season.uuid)})
    copies = []
    for one in wanted:
        if one.call.season_id != season.pk:
            raise Refused(_("Cet appel est d'une autre saison."), code="foreign")
        try:
            copies.append(
                calls.clone(
                    by=by,
                    call=one.call,
                    season=target,
                    slug=one.slug,
                    title=one.title.strip(),
                    reference_year=one.call.reference_year + 1,
                    weeks=WEEKS,
                )
            )
        except ValidationError as error:
            told = getattr(error, "message_dict", {"": error.messages})
            field = next((name for name in ("slug", "title") if name in told), "")
            message = " ".join(text for texts in told.values() for text in texts)
            raise Refused(message, code="next_call", field=f"{one.call.uuid}-{field}" if field else "") from error
    return copies
