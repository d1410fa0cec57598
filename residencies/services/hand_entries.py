"""A season, or a residency, that nobody followed here: typed from an older report, or loaded from a file.

Each act locks the season first. What is left empty is unknown, and counted as such (rules.md 24).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from residencies.methods import hand_reports
from residencies.methods.hand_reports import Counted, Draft, Made
from residencies.models import HandCount, HandEntry, Production
from residencies.rules import bilan as rules
from residencies.services.base import lock_season, require_desk
from structures.models import Commune

if TYPE_CHECKING:
    from clea.accounts.models import User

#: What is written of an entry.
FIELDS = (
    "title", "artists", "discipline", "months", "sessions", "sessions_qualifier", "hours", "structures",
    "structures_qualifier", "classes", "counts_people", "source",
)  # fmt: skip


def add(
    *,
    by: User,
    season: Season,
    counts: Sequence[Counted] = (),
    made: Sequence[Made] = (),
    communes: Iterable[Commune] = (),
    **values: Any,
) -> HandEntry:
    """Write a new line of an older report, after the others."""
    with transaction.atomic():
        locked = lock_season(season)
        require_desk(by, locked.programme.territory)
        entry = HandEntry(season=locked, position=_next(locked))
        _write(entry, values, counts, made, communes)
        journal.record(by=by, verb="hand_entry.written", target=entry, data=_data(entry))
        return entry


def change(
    *,
    by: User,
    entry: HandEntry,
    seen: int,
    counts: Sequence[Counted] = (),
    made: Sequence[Made] = (),
    communes: Iterable[Commune] = (),
    **values: Any,
) -> HandEntry:
    """Write it again, its public and its productions too. ``seen``: the version shown; another is a ``StaleWrite``."""
    with transaction.atomic():
        locked = _locked(by, entry, seen)
        locked.version += 1
        _write(locked, values, counts, made, communes)
        journal.record(by=by, verb="hand_entry.written", target=locked, data=_data(locked))
        return locked


def remove(*, by: User, entry: HandEntry, seen: int) -> None:
    """Take a line out, with its public and its productions: its figures leave the bilan."""
    with transaction.atomic():
        locked = _locked(by, entry, seen)
        season, data = locked.season, _data(locked)
        locked.delete()
        journal.record(by=by, verb="hand_entry.removed", target=season, data=data)


def load(*, by: User, season: Season, data: Any) -> list[HandEntry]:
    """Write all the lines of a report (see :mod:`residencies.methods.hand_reports`), or none.

    Refused when the file says something that cannot be, or a residency that the season already has: nothing is
    counted twice.
    """
    report = hand_reports.read(data)
    if report.problems:
        raise Refused(report.problems[0], code="bad_report", field="upload")
    with transaction.atomic():
        locked = lock_season(season)
        require_desk(by, locked.programme.territory)
        require_new(locked, report.drafts)
        first = _next(locked)
        entries = []
        for rank, draft in enumerate(report.drafts):
            entry = HandEntry(season=locked, position=first + rank)
            _write(entry, draft.values, draft.counts, draft.made, ())
            entries.append(entry)
        keys = [str(entry.uuid) for entry in entries]
        journal.record(by=by, verb="hand_entry.loaded", target=locked, data={"entries": keys})
        return entries


def require_new(season: Season, drafts: Iterable[Draft]) -> None:
    """Refuse a residency that the season already has, by hand. One query."""
    there = {title.casefold() for title in HandEntry.objects.filter(season=season).values_list("title", flat=True)}
    again = [draft.title for draft in drafts if draft.title.casefold() in there]
    if again:
        raise Refused(
            _(
                "« %(title)s » est déjà saisie dans cette saison : retirez cette ligne d'abord, ou modifiez-la. "
                "Rien n'est chargé."
            )
            % {"title": again[0]},
            code="already",
            field="upload",
        )


# Inside a transaction ------------------------------------------------------------------------


def _next(season: Season) -> int:
    last = HandEntry.objects.filter(season=season).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _locked(by: User, entry: HandEntry, seen: int) -> HandEntry:
    season = lock_season(Season(pk=entry.season_id))
    require_desk(by, season.programme.territory)
    locked = HandEntry.objects.select_for_update(of=("self",)).filter(pk=entry.pk).first()
    if locked is None or locked.version != seen:
        raise StaleWrite(
            _("Quelqu'un d'autre a modifié cette ligne depuis que vous l'avez ouverte. Rien n'est enregistré."),
            code="stale",
        )
    locked.season = season
    return locked


def _write(
    entry: HandEntry, values: dict[str, Any], counts: Sequence[Counted], made: Sequence[Made], communes: Iterable[Any]
) -> None:
    require(rules.can_count([one.line for one in counts]))
    for name in FIELDS:
        if name in values:
            setattr(entry, name, values[name])
    entry.full_clean(exclude=["season"])
    places = list(communes)
    if any(place.territory_id != entry.season.programme.territory_id for place in places):
        raise Refused(_("Choisissez des communes de ce territoire."), code="foreign", field="communes")
    entry.save()
    entry.communes.set(places)
    entry.counts.all().delete()
    _write_counts(entry, counts)
    entry.productions.all().delete()
    for rank, one in enumerate(made):
        # A report already made public: its productions are shown as it told them.
        row = Production(
            season=entry.season,
            entry=entry,
            kind=one.kind,
            title=one.title,
            count=one.count,
            url=one.url,
            is_published=True,
            position=rank,
        )
        row.full_clean(exclude=["season", "entry"])
        row.save()


def _write_counts(entry: HandEntry, counts: Sequence[Counted]) -> None:
    rows = []
    for rank, one in enumerate(counts):
        row = HandCount(
            entry=entry, category=one.category, label=one.label, value=one.value, qualifier=one.qualifier,
            position=rank,
        )  # fmt: skip
        row.full_clean(exclude=["entry"])
        row.save()
        rows.append(row)
    for row, one in zip(rows, counts, strict=True):
        if one.inside is not None:
            row.inside = rows[one.inside]
            row.save(update_fields=["inside"])


def _data(entry: HandEntry) -> dict[str, Any]:
    return {"entry": str(entry.uuid), "version": entry.version, "lines": entry.counts.count()}
