"""Give dossiers to members, take them back, apply a computed plan.

Each act holds the jury, then its dossiers, then checks every pair again: a plan or a page that was read
before a recusal gives nobody what they may no longer see.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from candidatures.enums import DELIBERATED_STATES, AssignmentOrigin, AssignmentPurpose, ReviewState
from candidatures.models import Application, Assignment, Juror, Jury, Review, Score
from candidatures.selectors import assignment as selector
from candidatures.selectors.assignment import Board, Pair, Plan, Wish
from candidatures.services.jury import notices
from candidatures.services.jury.base import lock_jury, require_desk
from clea.errors import Refused, StaleWrite
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User

Pairs = Iterable[tuple[Juror, Application]]
READ, CONSULT = AssignmentPurpose.READ, AssignmentPurpose.CONSULT


@dataclass(frozen=True)
class Done:
    """What an act changed. ``told``: members who were written to."""

    given: int
    taken: int = 0
    told: int = 0


def preview(jury: Jury, wish: Wish) -> Plan:
    """The best assignment under ``wish``, or why there is none. Writes nothing."""
    return selector.preview(jury, wish)


def assign(
    *,
    by: User,
    jury: Jury,
    pairs: Pairs,
    purpose: str = READ,
    origin: str = AssignmentOrigin.MANUAL,
) -> Done:
    """Give dossiers to members, to read or to consult; each member who has to read is written to once.

    A dossier they already have is left as it is, but that one in consultation may become one to read.
    Raises ``Refused``, and gives nothing to anybody, when one of the pairs is not allowed: not a member
    or a dossier of this jury, decided already, recused, their own.
    """
    keys = [(juror.pk, application.pk) for juror, application in pairs]
    with transaction.atomic():
        locked, seen = _held(by, jury, (dossier for _juror, dossier in keys))
        return _give(by, locked, seen, keys, AssignmentPurpose(purpose), AssignmentOrigin(origin))


def apply(*, by: User, jury: Jury, plan: str) -> Done:
    """Do exactly what a previewed plan (``Plan.signed``) showed.

    Raises ``StaleWrite`` when anything it was drawn from changed since.
    """
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        # The board's dossiers first: nobody decides on one between the check and the rows.
        _lock_dossiers(Application.objects.for_jury().filter(call=locked.call_id))
        seen = selector.board(locked)
        return _give(by, locked, seen, selector.unsign(seen, plan), READ, AssignmentOrigin.COMPUTED)


def unassign(*, by: User, jury: Jury, pairs: Pairs) -> Done:
    """Take dossiers back from members. Raises ``Refused``, and takes nothing, when one has been worked on."""
    keys = [(juror.pk, application.pk) for juror, application in pairs]
    with transaction.atomic():
        locked, seen = _held(by, jury, (dossier for _juror, dossier in keys))
        return Done(given=0, taken=_take(by, locked, seen, keys))


def arrange(*, by: User, jury: Jury, application: Application, wants: Mapping[Juror, str], seen_mark: str) -> Done:
    """Set who reads one dossier, who consults it (``""``: neither). ``wants`` names the members to set.

    Raises ``StaleWrite`` when its assignments are no longer those of ``seen_mark``.
    """
    with transaction.atomic():
        locked, seen = _held(by, jury, [application.pk])
        if mark(seen, application) != seen_mark:
            raise StaleWrite(
                _(
                    "Les attributions de ce dossier ont changé depuis que vous avez ouvert cette page. "
                    "Rien n'est enregistré : relisez vos choix, puis enregistrez de nouveau."
                ),
                code="stale",
            )
        now = {juror: seen.given.get((juror.pk, application.pk)) for juror in wants}
        gone = [j for j, purpose in wants.items() if (row := now[j]) and row.purpose != purpose]
        # Somebody who consults and now reads keeps their row; the others lose it, then may get another.
        lowered = [j for j in gone if wants[j] != READ]
        taken = _take(by, locked, seen, [(juror.pk, application.pk) for juror in lowered])
        for juror in lowered:
            del seen.given[juror.pk, application.pk]
        told = given = 0
        for purpose in (READ, CONSULT):
            keys = [(juror.pk, application.pk) for juror, wanted in wants.items() if wanted == purpose]
            done = _give(by, locked, seen, keys, purpose, AssignmentOrigin.MANUAL)
            given, told = given + done.given, told + done.told
        return Done(given, taken, told)


def mark(seen: Board, application: Application) -> str:
    """Who has a dossier and who may not have it, as a page showed it."""
    rows = sorted((key[0], row.purpose) for key, row in seen.given.items() if key[1] == application.pk)
    barred = sorted(key for key in seen.barred if key[1] == application.pk)
    return hashlib.sha256(repr((rows, barred)).encode()).hexdigest()[:16]


def worked_on(jury: Jury) -> set[Pair]:
    """Pairs whose reading holds something: a note, a word, an advice. One query."""
    written = Score.objects.filter(review=OuterRef("pk")).exclude(value__isnull=True, comment="")
    rows = Review.objects.filter(juror__jury=jury).filter(
        ~Q(state=ReviewState.DRAFT) | ~Q(advice="", comment="", private_notes="") | Exists(written)
    )
    return set(rows.values_list("juror_id", "application_id"))


# Inside the lock ---------------------------------------------------------------------------------


def _held(by: User, jury: Jury, dossiers: Iterable[int]) -> tuple[Jury, Board]:
    """The jury and these dossiers, locked, and the board as it is then."""
    locked = lock_jury(jury)
    require_desk(by, locked.call)
    _lock_dossiers(Application.objects.filter(call=locked.call_id, pk__in=set(dossiers)))
    return locked, selector.board(locked)


def _lock_dossiers(rows: QuerySet[Application]) -> None:
    list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))


def _require_allowed(seen: Board, pair: Pair) -> None:
    """Raise ``Refused`` with the reason, unless this member may be given this dossier."""
    juror = next((row for row in seen.jurors if row.pk == pair[0]), None)
    dossier = seen.files.get(pair[1])
    if juror is None:
        raise Refused(_("Cette personne ne siège pas dans ce jury."), code="not_sitting")
    if dossier is None or dossier.state not in DELIBERATED_STATES:
        raise Refused(
            _("Un des dossiers n'est pas, ou plus, à l'étude du jury. Rechargez la page."), code="not_deliberated"
        )
    if code := seen.barred.get(pair):
        raise Refused(
            _("« %(dossier)s » ne peut pas être attribué à %(juror)s : %(why)s.")
            % {"dossier": dossier.display_name, "juror": juror, "why": selector.why_barred(code)},
            code=code,
        )


def _give(
    by: User, jury: Jury, seen: Board, pairs: Iterable[Pair], purpose: AssignmentPurpose, origin: AssignmentOrigin
) -> Done:
    wanted = list(dict.fromkeys(pairs))
    for pair in wanted:
        _require_allowed(seen, pair)
    new = [pair for pair in wanted if pair not in seen.given]
    raised = [row.pk for pair in wanted if (row := seen.given.get(pair)) and purpose == READ and row.purpose != purpose]
    if not new and not raised:
        return Done(given=0)
    rows = [
        Assignment(juror_id=juror, application_id=dossier, purpose=purpose, origin=origin, created_by=by)
        for juror, dossier in new
    ]
    Assignment.objects.bulk_create(rows)
    Assignment.objects.filter(pk__in=raised).update(purpose=purpose, origin=origin)
    changed = [*new, *(pair for pair in wanted if (row := seen.given.get(pair)) and row.pk in set(raised))]
    told = _tell(by, jury, seen, Counter(juror for juror, _dossier in changed)) if purpose == READ else 0
    journal.record(
        by=by,
        verb="jury.assigned",
        target=jury,
        data={"purpose": purpose, "origin": origin, "count": len(changed), "given": _listed(seen, changed)},
    )
    return Done(given=len(changed), told=told)


def _take(by: User, jury: Jury, seen: Board, pairs: Iterable[Pair]) -> int:
    mine = [pair for pair in dict.fromkeys(pairs) if pair in seen.given]
    kept = worked_on(jury) & set(mine)
    if kept:
        juror, dossier = sorted(kept)[0]
        raise Refused(
            _(
                "%(juror)s a commencé ou déposé sa lecture de « %(dossier)s » : l'attribution reste. "
                "En cas de conflit d'intérêts, prononcez un déport."
            )
            % {"juror": seen.people[juror], "dossier": seen.files.get(dossier, "–")},
            code="worked_on",
        )
    if not mine:
        return 0
    for pair in mine:
        if pair[1] not in seen.files:
            raise Refused(
                _("Un des dossiers n'est pas, ou plus, à l'étude du jury. Rechargez la page."), code="not_deliberated"
            )
    empty = [pk for pk, juror, dossier in _reviews_of(jury) if (juror, dossier) in set(mine)]
    Score.objects.filter(review__in=empty).delete()
    Review.objects.filter(pk__in=empty).delete()
    Assignment.objects.filter(pk__in=[seen.given[pair].pk for pair in mine]).delete()
    journal.record(by=by, verb="jury.unassigned", target=jury, data={"count": len(mine), "taken": _listed(seen, mine)})
    return len(mine)


def _reviews_of(jury: Jury) -> Iterable[tuple[int, int, int]]:
    return Review.objects.filter(juror__jury=jury).values_list("pk", "juror_id", "application_id")


def _listed(seen: Board, pairs: Iterable[Pair]) -> dict[str, list[str]]:
    """Dossiers by member, as identifiers for the journal."""
    found: dict[str, list[str]] = defaultdict(list)
    for juror, dossier in pairs:
        found[str(seen.people[juror].uuid)].append(str(seen.files[dossier].uuid))
    return dict(found)


def _tell(by: User, jury: Jury, seen: Board, counts: Mapping[int, int]) -> int:
    for key, count in counts.items():
        juror = seen.people[key]
        juror.jury = jury
        notices.given(by=by, juror=juror, count=count)
    return len(counts)
