"""What a session decides on each dossier. Nothing is told, and no dossier moves, before it is settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.enums import Outcome
from candidatures.models import Application, ChosenSet, Decision, JurySession, Position
from candidatures.rules import sessions as rules
from candidatures.selectors import ranking
from candidatures.selectors import sessions as selectors
from candidatures.services.jury.session_base import hold, stale, touch
from clea.errors import Refused, require
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User

#: For, against, blank.
Votes = tuple[int | None, int | None, int | None]
NO_VOTES: Votes = (None, None, None)


def decide(
    *,
    by: User,
    session: JurySession,
    application: Application,
    outcome: str,
    position: Position | None = None,
    rank: int | None = None,
    reserve_rank: int | None = None,
    reason: str = "",
    tell_reason: bool = False,
    votes: Votes = NO_VOTES,
    seen: str | None = None,
) -> Decision:
    """Write all that is decided on one dossier; an empty outcome puts it back among those to decide.

    ``seen`` is the decision's own mark (:func:`decision_mark`) on the page: another since is a
    ``StaleWrite``. ``reserve_rank`` places it in the reserve list, at the end when absent. Raises
    ``Refused`` for more artists than residencies, more votes than voters, or a dossier this session
    may not decide on.
    """
    with transaction.atomic():
        locked = hold(by, session)
        row = locked.decisions.filter(application=application).select_related("application").first()
        if row is None:
            row = Decision(session=locked, application=Application.objects.get(pk=application.pk))
            if row.application.call_id != locked.jury.call_id:
                raise Refused(_("Ce dossier n'est pas de cet appel."), code="other_call")
        if seen is not None and seen != decision_mark(row):
            raise stale()
        require(rules.can_put_on_agenda(row.application.state, selectors.has_earlier(locked)))
        if not (verdict := rules.can_vote(votes, selectors.room(locked).for_dossier(row.application_id).present)):
            raise Refused(verdict.reason, code=verdict.code, field="votes_for")
        if position is not None and position.call_id != locked.jury.call_id:
            raise Refused(_("Cette résidence n'est pas de cet appel."), code="other_call", field="position")
        row.position = position
        _set_outcome(locked, [row], outcome)
        row.rank, row.reason, row.tell_reason = rank, reason.strip(), tell_reason and bool(reason.strip())
        row.votes_for, row.votes_against, row.votes_blank = votes
        row.full_clean(exclude=["session", "application", "position"])
        row.save()
        _place(locked, row, reserve_rank)
        touch(locked)
        journal.record(
            by=by,
            verb="session.decided",
            target=locked,
            data={"application": str(row.application.uuid), "outcome": outcome, "votes": list(votes)},
        )
        return Decision.objects.select_related("application", "position").get(pk=row.pk)


def decide_many(
    *,
    by: User,
    session: JurySession,
    applications: Iterable[Application],
    outcome: str,
    seen: str | None = None,
) -> int:
    """The same outcome for several dossiers of the agenda; reasons, votes and ranks stay. Returns how many.

    ``seen`` is :func:`selectors.mark` as the page showed it.
    """
    with transaction.atomic():
        locked = hold(by, session)
        _fresh(locked, seen)
        keys = {application.pk for application in applications}
        rows = [row for row in selectors.agenda(locked) if row.application_id in keys]
        if not rows:
            raise Refused(_("Choisissez au moins un dossier."), code="nobody")
        return _apply(by, locked, rows, outcome)


def decline_rest(*, by: User, session: JurySession, seen: str | None = None) -> int:
    """Every dossier of the agenda that is still to decide is not retained. Returns how many."""
    with transaction.atomic():
        locked = hold(by, session)
        _fresh(locked, seen)
        rows = [row for row in selectors.agenda(locked) if not row.outcome]
        return _apply(by, locked, rows, Outcome.DECLINED) if rows else 0


def propose(
    *,
    by: User,
    session: JurySession,
    source: str,
    reserve: int = 0,
    corrected: bool = False,
    seen: str | None = None,
) -> tuple[int, int]:
    """Start from the ranking (``"ranking"``) or from the set in force (``"set"``): a draft, to be changed.

    Writes the rank of every dossier that has one. Retains the set, or the first of the ranking while
    residencies are left, then puts the next ``reserve`` ones in the reserve list, in their order. What
    is already decided is left as it is. Returns how many were retained, and put in reserve.
    """
    with transaction.atomic():
        locked = hold(by, session)
        _fresh(locked, seen)
        rows = {row.application_id: row for row in selectors.agenda(locked)}
        table = ranking.table(locked.jury, corrected=corrected)
        order = [line.application.pk for line in table.scored if line.application.pk in rows]
        ranks = {line.application.pk: line.rank for line in table.scored}
        for key, row in rows.items():
            row.rank = ranks.get(key)
        Decision.objects.bulk_update(rows.values(), ["rank"], batch_size=200)
        taken = sum(row.outcome == Outcome.SELECTED for row in rows.values())
        left = max(0, selectors.places(locked).free - taken)
        open_rows = [rows[key] for key in order if not rows[key].outcome]
        if source == "set":
            chosen = ChosenSet.objects.filter(jury=locked.jury_id, standing=True).first()
            if chosen is None:
                raise Refused(_("Aucun ensemble n'est retenu pour l'instant."), code="no_set")
            keys = set(chosen.applications.values_list("pk", flat=True))
            selected = [row for key, row in rows.items() if key in keys and not row.outcome]
        elif source == "ranking":
            selected = open_rows[:left]
        else:
            raise ValueError(source)
        retained = {row.pk for row in selected}
        following = [row for row in open_rows if row.pk not in retained][: max(0, reserve)]
        for chosen_rows, outcome in ((selected, Outcome.SELECTED), (following, Outcome.RESERVE)):
            if chosen_rows:
                _set_outcome(locked, chosen_rows, outcome)
                _write(chosen_rows)
                close_ranks(locked)
        touch(locked)
        journal.record(
            by=by,
            verb="session.decided",
            target=locked,
            data={"from": source, "corrected": corrected, "selected": len(selected), "reserve": len(following)},
        )
        return len(selected), len(following)


def order_reserve(
    *, by: User, session: JurySession, typed: Mapping[int, int | None], seen: str | None = None
) -> list[Decision]:
    """The reserve list as typed: a rank for each decision, by its key. Always 1 to n, without a hole."""
    with transaction.atomic():
        locked = hold(by, session)
        _fresh(locked, seen)
        current = [row.pk for row in _reserve(locked)]
        return _write_order(by, locked, rules.in_order(current, typed))


def move_reserve(
    *, by: User, session: JurySession, application: Application, step: int, seen: str | None = None
) -> list[Decision]:
    """One dossier a step up (-1) or down (1) in the reserve list."""
    with transaction.atomic():
        locked = hold(by, session)
        _fresh(locked, seen)
        rows = _reserve(locked)
        key = next((row.pk for row in rows if row.application_id == application.pk), None)
        if key is None:
            raise Refused(_("Ce dossier n'est pas en liste complémentaire."), code="not_in_reserve")
        return _write_order(by, locked, rules.moved([row.pk for row in rows], key, step))


def decision_mark(row: Decision) -> str:
    """What somebody looking at this decision sees. Empty for one not written yet."""
    return row.updated_at.isoformat() if row.pk else ""


# Inside -------------------------------------------------------------------------------------


def _fresh(locked: JurySession, seen: str | None) -> None:
    if seen is not None and seen != selectors.mark(locked):
        raise stale()


def _apply(by: User, locked: JurySession, rows: Sequence[Decision], outcome: str) -> int:
    earlier = selectors.has_earlier(locked)
    for row in rows:
        require(rules.can_put_on_agenda(row.application.state, earlier))
    _set_outcome(locked, rows, outcome)
    _write(rows)
    close_ranks(locked)
    touch(locked)
    journal.record(
        by=by,
        verb="session.decided",
        target=locked,
        data={"applications": [str(row.application.uuid) for row in rows], "outcome": outcome},
    )
    return len(rows)


def _set_outcome(locked: JurySession, rows: Sequence[Decision], outcome: str) -> None:
    """Give the outcome to these rows, not saved yet, within the residencies to award."""
    if outcome and outcome not in Outcome.values:
        raise Refused(_("Choisissez une décision de la liste."), code="unknown_outcome", field="outcome")
    if outcome == Outcome.SELECTED:
        places = selectors.places(locked)
        others = locked.decisions.filter(outcome=Outcome.SELECTED).exclude(pk__in=[row.pk for row in rows if row.pk])
        if not (verdict := rules.fits(others.count() + len(rows), places.free)):
            raise Refused(verdict.reason, code=verdict.code, field="outcome")
        for row in rows:
            row.position = row.position or places.only
    for row in rows:
        row.outcome = outcome
        if outcome != Outcome.SELECTED:
            row.position = None
        if outcome != Outcome.RESERVE:
            row.reserve_rank = None


def _write(rows: Sequence[Decision]) -> None:
    now = timezone.now()
    for row in rows:
        row.updated_at = now
    Decision.objects.bulk_update(rows, ["outcome", "position", "reserve_rank", "updated_at"], batch_size=200)


def _reserve(locked: JurySession) -> list[Decision]:
    return selectors.reserve(locked.decisions.select_related("application"))


def _place(locked: JurySession, row: Decision, wanted: int | None) -> None:
    order = [other.pk for other in _reserve(locked)]
    if wanted is not None and row.pk in order:
        order.remove(row.pk)
        order.insert(min(max(wanted - 1, 0), len(order)), row.pk)
    _renumber(locked, order)


def close_ranks(locked: JurySession) -> None:
    """Ranks 1 to n after somebody came or left; newcomers go last, in the order of the ranking."""
    _renumber(locked, [row.pk for row in _reserve(locked)])


def _renumber(locked: JurySession, order: Sequence[int]) -> list[Decision]:
    """Write the ranks in this order. The unique constraint is met at every step."""
    rows = {row.pk: row for row in _reserve(locked)}
    wanted = {key: rank for rank, key in enumerate(order, start=1)}
    changed = [row for key, row in rows.items() if row.reserve_rank != wanted[key]]
    if changed:
        locked.decisions.filter(pk__in=[row.pk for row in changed]).update(reserve_rank=None)
        now = timezone.now()
        for row in changed:
            row.reserve_rank, row.updated_at = wanted[row.pk], now
        Decision.objects.bulk_update(changed, ["reserve_rank", "updated_at"], batch_size=200)
    return [rows[key] for key in order]


def _write_order(by: User, locked: JurySession, order: Sequence[int]) -> list[Decision]:
    rows = _renumber(locked, order)
    touch(locked)
    journal.record(
        by=by,
        verb="session.reserve_ordered",
        target=locked,
        data={"order": [str(row.application.uuid) for row in rows]},
    )
    return rows
