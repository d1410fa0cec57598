"""The committee chooses: who is shortlisted, which set of artists it retains, what leaves in a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from candidatures import rules
from candidatures.enums import DELIBERATED_STATES, ApplicationState
from candidatures.models import Application, ChosenSet, InterviewSlot, Jury
from candidatures.selectors import ranking as rankings
from candidatures.services.jury.base import lock_jury, require_desk
from clea.errors import Refused, StaleWrite
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User

S = ApplicationState


def shortlist(*, by: User, jury: Jury, applications: Sequence[Application]) -> list[Application]:
    """Admissible dossiers join the shortlist, all or none. Returns those that changed.

    One already there stays so. Raises ``Refused`` for a dossier of another call, or that may not.
    """
    return _move(by=by, jury=jury, applications=applications, move=(S.ELIGIBLE, S.SHORTLISTED),
                 verb="application.shortlisted")  # fmt: skip


def unshortlist(*, by: User, jury: Jury, applications: Sequence[Application]) -> list[Application]:
    """Shortlisted dossiers go back among the admissible ones, all or none. Returns those that changed.

    Raises ``Refused`` for one that was received, or expects to be: its interview is cancelled first.
    """
    return _move(by=by, jury=jury, applications=applications, move=(S.SHORTLISTED, S.ELIGIBLE),
                 verb="application.unshortlisted")  # fmt: skip


def _move(
    *,
    by: User,
    jury: Jury,
    applications: Sequence[Application],
    move: tuple[ApplicationState, ApplicationState],
    verb: str,
) -> list[Application]:
    """About six queries, and five for each dossier that changes.

    The state table is not enough: it also lets a corrected session put a decided dossier back.
    """
    source, target = move
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        rows = _lock_all(locked, applications)
        moving = [row for row in rows if row.state != target]
        refused = [row for row in moving if row.state != source or not rules.can_transition(source, target)]
        if refused:
            raise Refused(
                _("Rien n'est changé : %(dossiers)s.") % {"dossiers": ", ".join(_stands(row) for row in refused)},
                code="bad_transition",
            )
        if target == S.ELIGIBLE and (booked := _booked(moving)):
            raise Refused(
                _("Rien n'est changé : un entretien est réservé pour %(dossiers)s. Annulez-le d'abord.")
                % {"dossiers": ", ".join(str(row.last_deposit) for row in booked)},
                code="interview_booked",
            )
        for row in moving:
            row.state = target
            row.full_clean(exclude=["owner", "call"], validate_unique=False)
            row.save(update_fields=["state", "updated_at"])
        journal.record_all(by=by, verb=verb, lines=[(row, {"from": source, "to": target}) for row in moving])
    return moving


def retain_set(
    *,
    by: User,
    jury: Jury,
    applications: Sequence[Application],
    wants: Mapping[str, Any],
    note: str,
    seen: str | None = None,
) -> ChosenSet:
    """Write down the set the committee retained, what it wanted, and why. The one before stands no more.

    Nobody's state changes: only the session decides. ``wants`` is plain JSON. ``seen``: the ``uuid``
    of the set that stood on the page that was read, empty when there was none; another one since is
    a ``StaleWrite``. Raises ``Refused`` without a reason, or for a dossier that is decided or gone.
    """
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        rows = _lock_all(locked, applications)
        standing = _standing(locked, seen)
        if not rows:
            raise Refused(_("Choisissez au moins un dossier."), code="empty")
        if not note.strip():
            raise Refused(
                _("Dites en quelques mots pourquoi le comité retient cet ensemble."), code="why", field="note"
            )
        late = [row for row in rows if row.state not in DELIBERATED_STATES]
        if late:
            raise Refused(
                _("Cet ensemble ne peut plus être retenu : %(dossiers)s.")
                % {"dossiers": ", ".join(_stands(row) for row in late)},
                code="decided",
            )
        if standing is not None:
            standing.standing = False
            standing.save(update_fields=["standing"])
        made = ChosenSet(jury=locked, wants=dict(wants), note=note.strip(), made_by=by)
        made.full_clean()
        made.save()
        made.applications.set(rows)
        journal.record(
            by=by,
            verb="jury.set_retained",
            target=locked,
            data={
                "set": str(made.uuid),
                "applications": sorted(str(row.uuid) for row in rows),
                "instead_of": str(standing.uuid) if standing else "",
            },
        )
    return made


def drop_set(*, by: User, jury: Jury, seen: str | None = None) -> None:
    """No set is retained any more. Raises ``Refused`` when there was none, ``StaleWrite`` for another."""
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        standing = _standing(locked, seen)
        if standing is None:
            raise Refused(_("Aucun ensemble n'est retenu."), code="none")
        standing.standing = False
        standing.save(update_fields=["standing"])
        journal.record(by=by, verb="jury.set_dropped", target=locked, data={"set": str(standing.uuid)})


@dataclass(frozen=True)
class Taken:
    """What leaves in a file, already journaled: the ranking, and the readings with their words."""

    jury: Jury
    ranking: rankings.Ranking
    readings: list[rankings.Reading]


def take_figures(*, by: User, key: UUID, form: str) -> Taken:
    """The figures of the jury whose ``uuid`` is ``key``, for a file called ``form``. Eight queries, whatever there is.

    Raises ``Jury.DoesNotExist`` to who does not coordinate its territory.
    """
    with transaction.atomic():
        jury = Jury.objects.coordinated_by(by).with_call().get(uuid=key)
        read = rankings.readings(jury)
        ranking = rankings.table(jury, with_intervals=True, read=read)
        _journal_export(by, jury, form, [line.application for line in ranking.lines])
    return Taken(jury, ranking, read)


def record_export(*, by: User, jury: Jury, form: str, applications: Sequence[Application]) -> None:
    """Journal the dossiers that leave in a file called ``form``: how many, which."""
    with transaction.atomic():
        require_desk(by, jury.call)
        _journal_export(by, jury, form, applications)


def _journal_export(by: User, jury: Jury, form: str, applications: Sequence[Application]) -> None:
    uuids = sorted(str(row.uuid) for row in applications)
    journal.record(
        by=by,
        verb="jury.exported",
        target=jury,
        data={"form": form, "count": len(uuids), "applications": uuids},
    )


def _lock_all(jury: Jury, applications: Sequence[Application]) -> list[Application]:
    """These dossiers of this jury's call, locked in one order for all. One query."""
    keys = {application.pk for application in applications}
    rows = list(
        Application.objects.select_for_update(of=("self",))
        .filter(pk__in=keys, call=jury.call_id, last_deposit__isnull=False)
        .select_related("last_deposit")
        .order_by("pk")
    )
    if len(rows) != len(keys):
        raise Refused(_("Un de ces dossiers n'appartient pas à ce jury. Rechargez la page."), code="foreign")
    return rows


def _standing(jury: Jury, seen: str | None) -> ChosenSet | None:
    """The set that stands, checked against the one on the page. The jury is locked."""
    standing = ChosenSet.objects.filter(jury=jury, standing=True).first()
    if seen is not None and seen != (str(standing.uuid) if standing else ""):
        raise StaleWrite(
            _(
                "L'ensemble retenu a changé depuis que vous avez ouvert cette page. "
                "Rien n'est enregistré : relisez-le, puis recommencez."
            ),
            code="stale",
        )
    return standing


def _booked(rows: Sequence[Application]) -> list[Application]:
    keys = set(InterviewSlot.objects.booked().filter(application__in=rows).values_list("application_id", flat=True))
    return [row for row in rows if row.pk in keys]


def _stands(row: Application) -> str:
    return _("%(number)s est « %(state)s »") % {"number": row.last_deposit, "state": S(row.state).label}
