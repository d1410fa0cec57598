"""The coordination's acts on the programme of discovery visits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from clea.ui.dates import hour, moment
from residencies.enums import VisitState
from residencies.models import Residency, Visit
from residencies.rules import welcome as rules
from residencies.selectors import welcome as selectors
from residencies.services import welcome_notices as notices
from residencies.services.base import lock_residencies, require_desk, require_reach
from structures.models import Commune, Structure

if TYPE_CHECKING:
    from clea.accounts.models import User

_VERB = {
    VisitState.PLANNED: "visit.restored",
    VisitState.DONE: "visit.done",
    VisitState.CANCELLED: "visit.cancelled",
}


@dataclass(frozen=True)
class Facts:
    """What a visit says of itself. Aware moments."""

    title: str
    starts_at: datetime
    ends_at: datetime
    structure: Structure | None = None
    commune: Commune | None = None
    place: str = ""
    guide: str = ""
    note: str = ""


class Clashing(Refused):
    """A residency is already busy then. ``clashes`` say with what; the same act, confirmed, goes through."""

    def __init__(self, clashes: Sequence[selectors.Clash]) -> None:
        self.clashes = list(clashes)
        sentences = [
            _("%(who)s : « %(what)s », %(from)s – %(to)s")
            % {"who": row.residency, "what": row.what, "from": moment(row.starts_at), "to": hour(row.ends_at)}
            for row in self.clashes
        ]
        opening = ngettext(
            "À ce moment, une résidence est déjà prise.",
            "À ce moment, des résidences sont déjà prises.",
            len({row.residency for row in self.clashes}),
        )
        closing = _("Changez l'heure, ou confirmez que c'est voulu.")
        super().__init__(f"{opening} {' ; '.join(sentences)}. {closing}", code="clash", field="confirmed")


def plan(*, by: User, residencies: Iterable[Residency], facts: Facts, confirmed: bool = False) -> Visit:
    """Add a visit to the programme of one residency, or several of the same season.

    Raises :class:`Clashing` when one of them is busy then, unless ``confirmed``.
    """
    with transaction.atomic():
        locked = _hold(by, residencies)
        visit = Visit(season=locked[0].season)
        _write(visit, facts, locked, confirmed)
        journal.record(by=by, verb="visit.planned", target=locked[0], data=_data(visit, locked))
        return visit


def change(
    *,
    by: User,
    visit: Visit,
    residencies: Iterable[Residency],
    facts: Facts,
    seen: int | None = None,
    confirmed: bool = False,
) -> Visit:
    """Move or correct a visit, or say whom it is for. ``seen`` is the sequence the page showed.

    Its sequence grows with the moment, the place or the people. Artists are written to when it was,
    or is now, near: moved for those who stay, cancelled for those who leave it.
    """
    with transaction.atomic():
        before = list(visit.residencies.all())
        chosen = list(residencies)
        locked = _hold(by, [*chosen, *before])
        row = _lock(visit, seen)
        require(rules.can_change_visit(row.state))
        keys = {item.pk for item in chosen}
        kept = [item for item in locked if item.pk in keys]
        if not kept:
            raise Refused(_("Choisissez au moins une résidence."), code="nobody", field="residencies")
        former = row.starts_at
        moved = _moves(row, facts)
        if moved or keys != {item.pk for item in before}:
            row.sequence += 1
        _write(row, facts, kept, confirmed)
        now = timezone.now()
        here = {item.pk for item in before}
        if moved and rules.is_told([former, row.starts_at], now):
            notices.visit_moved(by=by, visit=row, residencies=[x for x in kept if x.pk in here], former=former)
        gone = [item for item in locked if item.pk in here - keys]
        if gone and rules.is_told([former], now):
            notices.visit_cancelled(by=by, visit=row, residencies=gone)
        journal.record(
            by=by, verb="visit.changed", target=kept[0], data=_data(row, kept) | {"from": former.isoformat()}
        )
        return row


def cancel(*, by: User, visit: Visit, seen: int | None = None) -> Visit:
    """Take a visit off the programme; artists are written to when it was near."""
    with transaction.atomic():
        row, locked = _become(by, visit, VisitState.CANCELLED, seen)
        if rules.is_told([row.starts_at], timezone.now()):
            notices.visit_cancelled(by=by, visit=row, residencies=locked)
        journal.record(by=by, verb="visit.cancelled", target=locked[0], data=_data(row, locked))
        return row


def mark(*, by: User, visit: Visit, state: VisitState, seen: int | None = None) -> Visit:
    """Say that a visit took place, or put it back among those planned. :func:`cancel` cancels."""
    if state == VisitState.CANCELLED:
        return cancel(by=by, visit=visit, seen=seen)
    with transaction.atomic():
        row, locked = _become(by, visit, state, seen)
        if state == VisitState.DONE and row.starts_at > timezone.now():
            raise Refused(_("Cette visite n'a pas encore commencé : notez-la faite ensuite."), code="ahead")
        journal.record(by=by, verb=_VERB[state], target=locked[0], data=_data(row, locked))
        return row


def copy_programme(
    *, by: User, source: Residency, target: Residency, starting_on: date | None = None, confirmed: bool = False
) -> list[Visit]:
    """Give a residency the programme of another; what it already has is left as it is.

    Without ``starting_on``, or the same day, and in the same season, both share the same visits. With another
    day, each visit is copied as many days later, at the same local hour. Raises :class:`Clashing` unless
    ``confirmed``; ``Refused`` when there is nothing to copy.
    """
    with transaction.atomic():
        locked = {row.pk: row for row in _hold(by, [source, target])}
        giver, taker = locked[source.pk], locked[target.pk]
        if giver.pk == taker.pk:
            raise Refused(_("Choisissez une autre résidence."), code="same", field="source")
        if starting_on is not None:
            require_reach(taker.season, starting_on, field="starting_on")
        rows = list(selectors.visits_of(giver, cancelled=False).select_for_update(of=("self",)))
        if not rows:
            raise Refused(_("Cette résidence n'a pas encore de programme."), code="empty", field="source")
        shift = (starting_on - timezone.localdate(rows[0].starts_at)).days if starting_on else 0
        if not shift and giver.season_id == taker.season_id:
            copied = _share(rows, taker, confirmed)
        else:
            copied = _repeat(rows, taker, shift, confirmed)
        journal.record(
            by=by,
            verb="visit.programme_copied",
            target=taker,
            data={"source": str(giver.uuid), "visits": [str(row.uuid) for row in copied], "days": shift},
        )
        return copied


# Inside a transaction ----------------------------------------------------------------------------


def _share(rows: list[Visit], taker: Residency, confirmed: bool) -> list[Visit]:
    """Add the residency to each visit it is not part of."""
    mine = set(taker.visits.values_list("pk", flat=True))
    added = [row for row in rows if row.pk not in mine]
    found = [clash for row in added for clash in selectors.clashes([taker], row.starts_at, row.ends_at, but=row)]
    if found and not confirmed:
        raise Clashing(found)
    for row in added:
        row.residencies.add(taker)
        row.sequence += 1
        row.save(update_fields=["sequence", "updated_at"])
    return added


def _repeat(rows: list[Visit], taker: Residency, shift: int, confirmed: bool) -> list[Visit]:
    """Write each visit again, some days later on the wall clock."""
    moments = [(_later(row.starts_at, shift), _later(row.ends_at, shift)) for row in rows]
    found = [clash for start, end in moments for clash in selectors.clashes([taker], start, end)]
    if found and not confirmed:
        raise Clashing(found)
    made = []
    for row, (start, end) in zip(rows, moments, strict=True):
        facts = Facts(row.title, start, end, row.structure, row.commune, row.place, row.guide, row.note)
        copy = Visit(season=taker.season)
        _write(copy, facts, [taker], True)
        made.append(copy)
    return made


def _later(at: datetime, days: int) -> datetime:
    """The same hour on the wall clock some days later, whatever summer time does in between."""
    return timezone.make_aware(timezone.make_naive(at) + timedelta(days=days))


def _hold(by: User, residencies: Iterable[Residency]) -> list[Residency]:
    """Lock them, check that they are of one territory that this person coordinates."""
    keys = {row.pk for row in residencies}
    if not keys:
        raise Refused(_("Choisissez au moins une résidence."), code="nobody", field="residencies")
    locked = lock_residencies(keys)
    for territory in {row.territory for row in locked}:
        require_desk(by, territory)
    if len({row.territory.pk for row in locked}) > 1:
        raise Refused(_("Ces résidences ne sont pas du même territoire."), code="foreign", field="residencies")
    return locked


def _lock(visit: Visit, seen: int | None) -> Visit:
    row = Visit.objects.select_for_update(of=("self",)).select_related("structure__commune", "commune").get(pk=visit.pk)
    if seen is not None and row.sequence != seen:
        raise StaleWrite(
            _(
                "Cette visite a changé pendant que vous regardiez cette page. Rien n'est enregistré : relisez, puis "
                "recommencez."
            ),
            code="stale",
        )
    return row


def _become(by: User, visit: Visit, state: VisitState, seen: int | None) -> tuple[Visit, list[Residency]]:
    locked = _hold(by, visit.residencies.all())
    row = _lock(visit, seen)
    require(rules.can_visit_become(row.state, state))
    row.state = state
    row.sequence += 1
    row.save(update_fields=["state", "sequence", "updated_at"])
    return row, locked


def _moves(row: Visit, facts: Facts) -> bool:
    """Whether the artist must go elsewhere, or at another time."""
    return (row.starts_at, row.ends_at, row.structure_id, row.commune_id, row.place) != (
        facts.starts_at,
        facts.ends_at,
        facts.structure.pk if facts.structure else None,
        facts.commune.pk if facts.commune else None,
        facts.place.strip(),
    )


def _write(visit: Visit, facts: Facts, residencies: Sequence[Residency], confirmed: bool) -> None:
    season = residencies[0].season
    if any(row.season_id != season.pk for row in residencies):
        raise Refused(_("Une visite ne réunit que des résidences d'une même saison."), code="seasons")
    territory = season.programme.territory
    for place in (facts.structure, facts.commune):
        if place is not None and place.territory_id != territory.pk:
            raise Refused(_("Ce lieu est d'un autre territoire."), code="foreign", field="structure")
    require_reach(season, timezone.localdate(facts.starts_at), field="day")
    visit.title, visit.starts_at, visit.ends_at = facts.title.strip(), facts.starts_at, facts.ends_at
    visit.structure, visit.commune = facts.structure, facts.commune
    visit.place, visit.guide, visit.note = facts.place.strip(), facts.guide.strip(), facts.note.strip()
    visit.full_clean()
    found = selectors.clashes(residencies, visit.starts_at, visit.ends_at, but=visit if visit.pk else None)
    if found and not confirmed:
        raise Clashing(found)
    visit.save()
    visit.residencies.set(residencies)


def _data(visit: Visit, residencies: Sequence[Residency]) -> dict[str, object]:
    return {
        "visit": str(visit.uuid),
        "starts_at": visit.starts_at.isoformat(),
        "residencies": [str(row.uuid) for row in residencies],
    }
