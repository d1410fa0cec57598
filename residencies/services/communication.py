"""The plan of communication of a season: what, for whom, by which channel, when, by whom."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from residencies.enums.steering import CommunicationChannel, CommunicationState
from residencies.models import CommunicationItem, Residency
from residencies.rules import communication as rules
from residencies.services.base import lock_season, require_desk, require_reach

if TYPE_CHECKING:
    from clea.accounts.models import User


@dataclass(frozen=True)
class Line:
    """What the coordination writes of an action."""

    what: str
    audience: str
    channel: CommunicationChannel
    due_on: date
    owner: str = ""
    note: str = ""
    residency: Residency | None = None


def mark(item: CommunicationItem) -> str:
    """What a page shows of a line. Another since is a stale page."""
    chosen = (str(item.channel), str(item.state), item.due_on.isoformat(), item.residency_id)
    text = repr((item.what, item.audience, item.owner, item.note, *chosen))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def add(*, by: User, season: Season, line: Line) -> CommunicationItem:
    """Plan an action. ``Refused`` for a day far from the season, or the residency of another one."""
    with transaction.atomic():
        locked = lock_season(season)
        require_desk(by, locked.programme.territory)
        item = CommunicationItem(season=locked)
        _write(item, line)
        journal.record(by=by, verb="communication.added", target=locked, data=_data(item))
        return item


def change(*, by: User, item: CommunicationItem, line: Line, seen: str) -> CommunicationItem:
    """Write an action again. ``seen``: the mark of what the page showed."""
    with transaction.atomic():
        locked, row = _locked(item)
        require_desk(by, locked.programme.territory)
        if seen != mark(row):
            raise StaleWrite(
                _("Quelqu'un a modifié cette action entre-temps. Relisez-la, puis enregistrez de nouveau."),
                code="stale",
            )
        _write(row, line)
        journal.record(by=by, verb="communication.changed", target=locked, data=_data(row))
        return row


def move(*, by: User, item: CommunicationItem, target: CommunicationState) -> CommunicationItem:
    """To do, being done, done, dropped: by the table of transitions."""
    with transaction.atomic():
        locked, row = _locked(item)
        require_desk(by, locked.programme.territory)
        require(rules.can_move(row, target))
        before, row.state = row.state, target
        row.full_clean()
        row.save(update_fields=["state", "updated_at"])
        journal.record(
            by=by,
            verb="communication.moved",
            target=locked,
            data={"item": str(row.uuid), "from": str(before), "to": str(target)},
        )
        return row


def remove(*, by: User, item: CommunicationItem) -> None:
    """Erase a line that nobody began."""
    with transaction.atomic():
        locked, row = _locked(item)
        require_desk(by, locked.programme.territory)
        require(rules.can_remove(row))
        key = str(row.uuid)
        row.delete()
        journal.record(by=by, verb="communication.removed", target=locked, data={"item": key})


def require_same_season(season: Season, residency: Residency | None) -> None:
    """Raise ``Refused`` when the residency belongs to another season. No query."""
    if residency is not None and residency.season_id != season.pk:
        raise Refused(_("Cette résidence est d'une autre saison."), code="foreign", field="residency")


def _locked(item: CommunicationItem) -> tuple[Season, CommunicationItem]:
    locked = lock_season(item.season)
    row = CommunicationItem.objects.select_for_update().filter(pk=item.pk).first()
    if row is None:
        raise Refused(_("Cette action n'est plus dans le plan."), code="gone")
    row.season = locked
    return locked, row


def _write(item: CommunicationItem, line: Line) -> None:
    require_reach(item.season, line.due_on, field="due_on")
    require_same_season(item.season, line.residency)
    item.what, item.audience, item.channel = line.what.strip(), line.audience.strip(), line.channel
    item.due_on, item.owner, item.note = line.due_on, line.owner.strip(), line.note.strip()
    item.residency = line.residency
    item.full_clean()
    item.save()


def _data(item: CommunicationItem) -> dict[str, str]:
    return {
        "item": str(item.uuid),
        "channel": str(item.channel),
        "due_on": item.due_on.isoformat(),
        "state": str(item.state),
    }
