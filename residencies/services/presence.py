"""The ledger of presence: the artist says what was done, the coordination corrects and verifies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.errors import Forbidden, Refused, StaleWrite, require
from clea.journal import services as journal
from clea.rules import Verdict
from residencies.enums import DayPart
from residencies.methods.presence import LedgerDay, planned_by_default, worth
from residencies.models import PresenceDay, Residency
from residencies.rules import presence as rules
from residencies.selectors.presence import ledger_of
from residencies.services.base import is_artist, lock_residency
from structures.rules import coordinates

if TYPE_CHECKING:
    from clea.accounts.models import User


@dataclass(frozen=True)
class DayNote:
    """What somebody says of a day. ``done`` or ``planned`` empty: that side is left as it is.

    ``clear``: take back what was said of the day done.
    """

    day: date
    done: str = ""
    planned: str = ""
    absence: str = ""
    note: str = ""
    clear: bool = False


class DaysRefused(Refused):
    """Some days could not be noted: ``errors`` says why, by day. Nothing was written."""

    def __init__(self, errors: dict[date, Refused]) -> None:
        first = next(iter(errors.values()))
        super().__init__(first.message, code=first.code)
        self.errors = errors


def stamp(rows: Iterable[PresenceDay]) -> str:
    """What a page keeps of the rows it shows, to know whether somebody wrote since."""
    return ",".join(f"{row.day:%Y%m%d}:{row.updated_at:%H%M%S%f}" for row in sorted(rows, key=lambda row: row.day))


def week_rows(residency: Residency, monday: date) -> list[PresenceDay]:
    """The rows of a week. One query."""
    return list(residency.presence.filter(day__gte=monday, day__lte=monday + timedelta(days=6)))


def note(*, by: User, residency: Residency, notes: Sequence[DayNote], seen: str | None = None) -> list[PresenceDay]:
    """Write several days at once, all or none: what was done of days gone by, what is planned of the others.

    Artists of the residency while it is alive; the coordination always, whose word is verified at
    once. ``seen`` is the :func:`stamp` of the week shown: rows written since are a ``StaleWrite``.
    Raises ``DaysRefused`` with the reason of each day.
    """
    with transaction.atomic():
        residency = lock_residency(residency)
        desk = _right(by, residency)
        require(rules.can_write(residency, desk=desk))
        rows = {row.day: row for row in residency.presence.select_for_update().filter(day__in=[n.day for n in notes])}
        if seen is not None and notes and seen != stamp(week_rows(residency, _monday(notes[0].day))):
            raise StaleWrite(
                _(
                    "Cette semaine a été notée ailleurs entre-temps. "
                    "Rien n'est perdu : comparez, puis enregistrez de nouveau."
                ),
                code="stale",
            )
        lines = {line.day: line for line in ledger_of(residency).days}
        written, errors = [], {}
        for entry in notes:
            row = rows.get(entry.day)
            if row is not None and _same(row, entry):
                continue
            try:
                written.append(_applied(residency, row, entry, lines.get(entry.day), desk=desk))
            except Refused as error:
                errors[entry.day] = error
        if errors:
            raise DaysRefused(errors)
        kept = [row for row in written if row is not None]
        _save(residency, kept, lines)
        if kept:
            data = {"days": [row.day.isoformat() for row in kept], "done": [row.done for row in kept]}
            journal.record(by=by, verb="presence.noted", target=residency, data=data)
        return kept


def as_planned(*, by: User, residency: Residency, week: date) -> list[PresenceDay]:
    """ "La semaine s'est passée comme prévu": note the days gone by of ``week`` that nobody noted.

    ``week`` is any of its days. Raises ``Refused`` when no day is left to note.
    """
    monday = _monday(week)
    sunday = monday + timedelta(days=6)
    with transaction.atomic():
        residency = lock_residency(residency)
        _right(by, residency)
        today = timezone.localdate()
        lines = [
            line
            for line in ledger_of(residency).days
            if monday <= line.day <= min(sunday, today) and line.done is None and line.value_planned
        ]
        if not lines:
            raise Refused(
                _("Il n'y a rien à noter cette semaine : elle l'est déjà, ou n'a pas commencé."), code="nothing_to_note"
            )
        notes = [DayNote(day=line.day, done=line.planned, absence=line.absence, note=line.note) for line in lines]
        return note(by=by, residency=residency, notes=notes)


def check(*, by: User, residency: Residency, days: Iterable[date], checked: bool = True) -> int:
    """The coordination read these noted days, or gives them back to be corrected. How many changed."""
    with transaction.atomic():
        residency = lock_residency(residency)
        if not coordinates(by, residency.territory):
            raise Forbidden(_("Seule la coordination de ce territoire peut le faire."), code="not_coordinator")
        rows = residency.presence.select_for_update().filter(day__in=list(days)).exclude(done="")
        kept = [row for row in rows if (row.checked_at is None) == checked]
        now = timezone.now()
        for row in kept:
            row.checked_at = now if checked else None
            row.save(update_fields=["checked_at", "updated_at"])
        if kept:
            journal.record(
                by=by,
                verb="presence.checked" if checked else "presence.reopened",
                target=residency,
                data={"days": [row.day.isoformat() for row in kept]},
            )
        return len(kept)


def _right(by: User, residency: Residency) -> bool:
    """Whether the person writes for the desk. ``Forbidden`` to who is neither desk nor artist. Two queries at most."""
    if coordinates(by, residency.territory):
        return True
    if is_artist(by, residency):
        return False
    raise Forbidden(_("Seuls les artistes de cette résidence et la coordination peuvent le faire."), code="not_artist")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _same(row: PresenceDay, entry: DayNote) -> bool:
    """A page sends every day of its week: those untouched ask nothing."""
    done = "" if entry.clear else entry.done or row.done
    said = (done, entry.planned or row.planned, entry.absence, entry.note)
    return said == (row.done, row.planned, row.absence, row.note)


def _applied(
    residency: Residency, row: PresenceDay | None, entry: DayNote, line: LedgerDay | None, *, desk: bool
) -> PresenceDay | None:
    """The row as it becomes, not saved; nothing when the words change nothing. Raises ``Refused``."""
    today = timezone.localdate()
    default = line.planned if line else DayPart.NONE
    if row is None:
        said = entry.done or (entry.planned and entry.planned != default) or entry.absence or entry.note
        if not said:
            return None
        row = PresenceDay(residency=residency, day=entry.day, planned=default)
    base = planned_by_default(entry.day, residency.count_basis) if line and line.counted else DayPart.NONE
    for verdict in _verdicts(residency, row, entry, today, base, desk=desk):
        require(verdict)
    if entry.planned:
        row.planned = entry.planned
    if entry.clear:
        row.done = ""
    elif entry.done:
        row.done = entry.done
    kept = worth(row.done or row.planned)
    missed = kept < max(worth(row.planned), worth(base))
    row.absence, row.note = entry.absence if missed else "", entry.note.strip()
    row.checked_at = timezone.now() if desk and row.done else None
    try:
        row.clean_fields(exclude=["residency"])
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="invalid") from None
    return row


def _verdicts(
    residency: Residency, row: PresenceDay, entry: DayNote, today: date, base: str, *, desk: bool
) -> Iterable[Verdict]:
    yield rules.in_reach(residency.season, entry.day)
    yield rules.can_touch(row, desk=desk)
    planned = entry.planned or row.planned
    if entry.planned:
        yield rules.known_part(entry.planned)
        if entry.planned != row.planned:
            yield rules.can_announce(entry.day, today, desk=desk)
        yield (
            rules.reason_given(base, planned, entry.absence)
            if not desk
            else rules.reason_given(planned, planned, entry.absence)
        )
    if entry.done:
        yield rules.known_part(entry.done)
        yield rules.can_note_done(entry.day, today)
        yield rules.reason_given(planned, entry.done, entry.absence)


def _save(residency: Residency, rows: Sequence[PresenceDay], lines: dict[date, LedgerDay]) -> None:
    """Keep what differs: a row that says nothing more than the calendar is taken away."""
    for row in rows:
        line = lines.get(row.day)
        default = planned_by_default(row.day, residency.count_basis) if line and line.counted else DayPart.NONE
        if not row.done and not row.absence and not row.note and row.planned == default:
            if row.pk:
                residency.presence.filter(pk=row.pk).delete()
            continue
        row.save()
