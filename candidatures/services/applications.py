"""Open a dossier and write into it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from candidatures import rules, sections
from candidatures.enums import ApplicationState
from candidatures.models import (
    Application,
    BudgetLine,
    Call,
    EligibilityDeclaration,
    Member,
    PieceAnswer,
    TerritoryClaim,
    WorkItem,
)
from candidatures.selectors import personal_deadline, piece_by_code
from clea.errors import Forbidden, Refused, StaleWrite, require
from clea.journal import services as journal
from clea.ui.dates import hour

if TYPE_CHECKING:
    from candidatures.models.call import CallQuerySet
    from clea.accounts.models import User

#: Columns of the dossier that each page writes. A page never writes another's.
COLUMNS: dict[str, tuple[str, ...]] = {
    sections.IDENTITY: (
        "applicant_kind",
        "artist_name",
        "first_name",
        "last_name",
        "phone",
        "address",
        "postal_code",
        "city",
        "country",
        "organisation",
    ),
    sections.PRACTICE: ("practice", "website"),
    sections.SINGLE_PDF: ("single_pdf",),
    sections.ARTICULATION: ("territory_link", "transitions_link", "life_stages"),
    sections.BUDGET: ("budget_comment",),
    sections.TERRITORIES: ("applies_elsewhere",),
    sections.CONSENT: ("accuracy_declared", "privacy_read", "keep_in_touch"),
}
#: Choices among rows, by page.
CHOICES: dict[str, tuple[str, ...]] = {
    sections.PRACTICE: ("disciplines",),
    sections.ARTICULATION: ("axes",),
}
#: Repeated rows, by page: relation and model. A save replaces them all.
ROWS: dict[str, tuple[str, type[models.Model]]] = {
    sections.IDENTITY: ("members", Member),
    sections.BUDGET: ("budget_lines", BudgetLine),
    sections.TERRITORIES: ("claims", TerritoryClaim),
}
WORKS = ("works", WorkItem)

#: The journal keeps one line for a run of saves by the same person on the same page.
JOURNAL_EVERY = timedelta(minutes=15)


@dataclass(frozen=True)
class Changes:
    """What one page of the form sends, already of the right shape."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, Sequence[models.Model]] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] | None = None
    #: By condition: declared or not, and the remark; ``None`` keeps the remark that is stored.
    declarations: Mapping[int, tuple[bool, str | None]] | None = None
    ticked_pieces: set[int] | None = None
    text: str | None = None

    def mark(self) -> str:
        """Two pages that say the very same thing have the same mark."""
        said = {
            "columns": dict(self.columns),
            "choices": {name: [row.pk for row in chosen] for name, chosen in self.choices.items()},
            "rows": self.rows,
            "declarations": self.declarations,
            "ticked": None if self.ticked_pieces is None else sorted(self.ticked_pieces),
            "text": self.text,
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]


def start(*, by: User, call: Call) -> Application:
    """Open the person's draft for the call, or return the one they have: :func:`start_in` for a call already read."""
    return start_in(by=by, calls=Call.objects.filter(pk=call.pk))


def start_in(*, by: User, calls: CallQuerySet) -> Application:
    """Open the person's draft for the one call of ``calls``, or return the one they have.

    Never makes two: one dossier a person and call (constraint), and two clicks at once find the
    same row. Raises ``Refused`` when the call does not receive dossiers now, ``Call.DoesNotExist`` when there is none.
    """
    standing = Application.objects.filter(owner=by).exclude(state=ApplicationState.WITHDRAWN)
    try:
        with transaction.atomic():
            # Locked: a call taken back to preparation at this instant is not left with a dossier in it.
            own = Subquery(standing.filter(call=OuterRef("pk")).values("pk")[:1])
            call = calls.select_for_update(of=("self",)).with_close_for(by.pk).annotate(own=own).get()
            if call.own is not None:
                return Application.objects.get(pk=call.own)
            require(rules.can_start(call, personal_deadline(call, by.pk), timezone.now()))
            application = Application(call=call, owner=by, first_name=by.first_name, last_name=by.last_name)
            application.clean_fields(exclude=["call", "owner"])
            # "One a person and call" is the table's to hold: whoever loses the race gets the winner's row.
            application.save(force_insert=True)
            journal.record(by=by, verb="application.started", target=application, data={"call": str(call.uuid)})
            return application
    except IntegrityError:
        existing = standing.filter(call__in=calls).first()
        if existing is None:
            raise
        return existing


def lock(application: Application) -> Application:
    """The row, locked until the transaction ends, fresh from the database. One query, two after a wait.

    SQLite has no row lock; its transactions are IMMEDIATE, so the whole database is ours.
    """
    rows = Application.objects.select_related("call__season__programme__territory", "owner", "last_deposit")
    return rows.with_close().held(pk=application.pk)


def require_writable(application: Application, by: User) -> rules.Access:
    """Check, on a locked row, that ``by`` may change the working copy at this instant."""
    access = rules.role_access(application, by, application.closes_at)
    require(rules.can_edit(access, application, timezone.now()))
    return access


def save_section(
    *, by: User, application: Application, section: str, changes: Changes, version: int | None, held: bool = False
) -> Application:
    """Write one page of the dossier. ``held``: the caller read it locked, in a transaction that ends with this act.

    ``version`` is the page's version the person was looking at; ``None`` writes over whatever is
    there, which only an explicit choice of theirs may ask. The page last written, sent again, is
    not written twice: its answer was lost on the way, another tab brought the same text, or the
    person passed through without a change, which leaves a filed dossier as it was filed. Raises
    ``StaleWrite`` when another tab or person wrote something else there since, ``Refused`` when the
    dossier does not take changes or a value has not the column's shape.
    """
    with nullcontext() if held else transaction.atomic():
        locked = application if held else lock(application)
        require_writable(locked, by)
        mark = changes.mark()
        if locked.sections.get(section, {}).get("m") == mark:
            return locked
        if version is not None and locked.section_version(section) != version:
            raise StaleWrite(_stale_message(locked, section), code="stale")
        columns = [name for name in COLUMNS.get(section, ()) if name in changes.columns]
        for name in columns:
            setattr(locked, name, changes.columns[name])
        if "keep_in_touch" in columns:
            date_agreement(locked)
            columns.append("keep_in_touch_at")
        try:
            locked.clean_fields(exclude={f.name for f in Application._meta.fields} - set(columns))
            _write_relations(locked, section, changes)
        except ValidationError as error:
            # The form checked the shape: only a page sent by hand comes here.
            raise Refused(" ".join(error.messages), code="invalid") from None
        touch(locked, by=by, section=section, columns=columns, mark=mark)
        return locked


def touch(
    locked: Application,
    *,
    by: User,
    section: str,
    columns: Sequence[str] = (),
    mark: str = "",
    in_journal: bool = True,
) -> None:
    """Count one more change of ``section`` and journal it, at most once in a while.

    ``mark`` is that of the changes (:meth:`Changes.mark`); empty when a file changed.
    ``in_journal=False`` when the caller's own line says it.
    """
    now = timezone.now()
    before = locked.sections.get(section, {})
    journaled = parse_datetime(before["j"]) if before.get("j") else None
    by_same = before.get("by") == str(by.uuid)
    write_journal = in_journal and not (by_same and journaled and now - journaled < JOURNAL_EVERY)
    told = now if write_journal else journaled
    locked.sections[section] = {
        "v": int(before.get("v", 0)) + 1,
        "at": now.isoformat(),
        "by": str(by.uuid),
        "m": mark,
        "j": told.isoformat() if told else "",
    }
    locked.content_version += 1
    locked.save(update_fields=[*columns, "sections", "content_version", "updated_at", "search"])
    if write_journal:
        journal.record(by=by, verb="application.edited", target=locked, data={"section": section})


def date_agreement(locked: Application) -> None:
    """An agreement has a date, kept while it stands."""
    if not locked.keep_in_touch:
        locked.keep_in_touch_at = None
    elif locked.keep_in_touch_at is None:
        locked.keep_in_touch_at = timezone.now()


def stay_in_touch(*, by: User, application: Application, agreed: bool) -> Application:
    """Give, or take back, the agreement to be written to about other calls: at any time, filed or not.

    It decides how long a dossier that was not retained is kept (rules.md 25), and is its owner's alone.
    """
    with transaction.atomic():
        locked = lock(application)
        access = rules.role_access(locked, by, locked.closes_at)
        if not access.owner:
            raise Forbidden(_("Seule la personne responsable du dossier donne ou retire cet accord."), code="not_owner")
        if locked.keep_in_touch != agreed:
            locked.keep_in_touch = agreed
            date_agreement(locked)
            locked.save(update_fields=["keep_in_touch", "keep_in_touch_at"])
            verb = "application.contact_agreed" if agreed else "application.contact_withdrawn"
            journal.record(by=by, verb=verb, target=locked, data={})
        return locked


def _write_relations(locked: Application, section: str, changes: Changes) -> None:
    for name, chosen in changes.choices.items():
        if name in CHOICES.get(section, ()):
            getattr(locked, name).set(chosen)
    if changes.rows is not None:
        relation, model = WORKS if section.startswith(sections.PIECE_PREFIX) else ROWS[section]
        getattr(locked, relation).all().delete()
        rows = [model(application=locked, order=order, **row) for order, row in enumerate(changes.rows)]
        for row in rows:
            row.clean_fields(exclude=["application"])
        model._default_manager.bulk_create(rows)
    if changes.declarations is not None:
        _write_declarations(locked, changes.declarations)
    if changes.ticked_pieces is not None:
        _write_answers(
            *(
                PieceAnswer(application=locked, piece=piece, in_single_pdf=piece.pk in changes.ticked_pieces)
                for piece in locked.call.pieces.all()
            ),
            column="in_single_pdf",
        )
    if changes.text is not None:
        code = section.removeprefix(sections.PIECE_PREFIX)
        typed = piece_by_code(locked, code)
        if typed is None:
            raise Refused(_("Cette pièce n'est pas demandée par l'appel."), code="unknown_piece")
        _write_answers(PieceAnswer(application=locked, piece=typed, text=changes.text), column="text")


def _write_answers(*rows: PieceAnswer, column: str) -> None:
    """One ``column`` of the answers, their other one left as it is. One query."""
    PieceAnswer.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["application", "piece"], update_fields=[column]
    )


def _write_declarations(locked: Application, declarations: Mapping[int, tuple[bool, str | None]]) -> None:
    known = {criterion.pk for criterion in locked.call.criteria.all()}
    former = EligibilityDeclaration.objects.filter(application=locked, criterion_id__in=declarations)
    kept = any(comment is None for _declared, comment in declarations.values())
    remarks = dict(former.values_list("criterion_id", "comment")) if kept else {}
    former.delete()
    EligibilityDeclaration.objects.bulk_create(
        EligibilityDeclaration(
            application=locked,
            criterion_id=pk,
            declared=declared,
            comment=remarks.get(pk, "") if comment is None else comment,
        )
        for pk, (declared, comment) in declarations.items()
        if pk in known
    )


def _stale_message(locked: Application, section: str) -> str:
    written = parse_datetime(locked.sections.get(section, {}).get("at", "") or "")
    when = hour(timezone.localtime(written)) if written else _("un autre moment")
    return _(
        "Cette page a été enregistrée à %(when)s depuis un autre onglet ou par une autre personne. Rien de ce que "
        "vous avez saisi n'est perdu : comparez, puis enregistrez de nouveau pour garder votre version."
    ) % {"when": when}


def withdraw(*, by: User, application: Application) -> Application:
    """Take the dossier out of the process. Deposits are kept (rules.md 5); a letter that has not left is cancelled.

    Once the committee has decided it is a renouncement: what was offered is free again, and the
    coordination is told. The artist reads the same words.
    """
    from candidatures.services import notices
    from candidatures.services.jury import interview_places, renouncing

    with transaction.atomic():
        locked = lock(application)
        access = rules.role_access(locked, by, locked.closes_at)
        require(rules.can_withdraw(access, locked))
        before = locked.state
        target = rules.withdrawn_state(locked)
        told = locked.was_told
        locked.state = target
        locked.save(update_fields=["state", "updated_at", "search"])
        # Nobody waits any more for a piece of a dossier that will not be examined.
        locked.piece_requests.waiting().update(cancelled_at=timezone.now())
        renouncing.lock_unsent([locked])
        interview_places.give_back(by=by, application=locked)
        renouncing.void_letters(by=None, locked=locked)
        if target == ApplicationState.RENOUNCED:
            renouncing.settle(by=by, locked=locked, before=before)
        journal.record(
            by=by, verb="application.withdrawn", target=locked, data={"from": before, "to": target.value, "told": told}
        )
        if locked.last_deposit_id:
            notices.withdrawn(by=by, application=locked)
        return locked
