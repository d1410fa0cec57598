"""The end of a session: settled, its minutes signed, or reopened for a correction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.enums import ApplicationState, OfferState, Outcome, SessionState
from candidatures.models import Application, Decision, InterviewSlot, JurySession, Letter, Minutes, Offer
from candidatures.rules import can_transition
from candidatures.rules import jury as jury_rules
from candidatures.rules import sessions as rules
from candidatures.rules import settling as cases
from candidatures.selectors import ranking
from candidatures.selectors import sessions as selectors
from candidatures.services.jury import minutes as papers
from candidatures.services.jury.renouncing import close_offer
from candidatures.services.jury.session_base import hold, stale
from clea.documents import services as documents
from clea.errors import Refused, require
from clea.journal import services as journal
from clea.mail import services as mail
from clea.mail.enums import MailState

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from clea.accounts.models import User

#: The signed scan: a few pages, photographed sometimes.
SIGNED_MAX_BYTES = 20 * 1024 * 1024
SIGNED_MAX_PAGES = 100
#: A letter in one of these has left, or is leaving.
_LEAVING = frozenset({MailState.APPROVED, MailState.SENT})


def examine(session: JurySession) -> cases.Case:
    """All that settling looks at, for the page and for :func:`settle`. Fifteen queries at most."""
    earlier = selectors.has_earlier(session)
    agenda = selectors.agenda(session)
    outside = list(selectors.waiting(session, earlier))
    return cases.Case(
        session=session,
        room=selectors.room(session),
        agenda=agenda,
        places=selectors.places(session),
        earlier=earlier,
        outside=[row for row in outside if row.state == ApplicationState.RESERVE],
        unread=Application.objects.filter(call=session.jury.call_id, state=ApplicationState.SUBMITTED).count(),
        undecided_elsewhere=sum(row.state != ApplicationState.RESERVE for row in outside),
        interviews=InterviewSlot.objects.open()
        .filter(application__in=[row.application_id for row in agenda], starts_at__gt=timezone.now())
        .count(),
    )


def settle(*, by: User, session: JurySession, recusal_reasons: bool = False, seen: str | None = None) -> Minutes:
    """Make the decisions stand: states, frozen figures, a new edition of the minutes.

    ``recusal_reasons``: the minutes give the closed reason of each recusal; the words never.
    ``seen`` is :func:`selectors.mark` of what was confirmed. Raises ``Refused`` with every reason why
    not (:func:`candidatures.rules.settling.obstacles`), its ``code`` that of the first. The PDF is
    made once the transaction has committed.
    """
    with transaction.atomic():
        locked = hold(by, session, preparing=False)
        require(jury_rules.can_session_transition(locked.state, SessionState.SETTLED))
        if seen is not None and seen != selectors.mark(locked):
            raise stale()
        _lock_dossiers(locked)
        case = examine(locked)
        if found := cases.obstacles(case, timezone.localdate()):
            raise Refused(" ".join(obstacle.sentence for obstacle in found), code=found[0].code)
        moving = cases.to_decide(case.agenda)
        _freeze(locked, moving)
        changes = _move(moving)
        _mark_settled(locked, by, case)
        edition = _edition(locked, by)
        edition.data = papers.frozen(edition, case, recusal_reasons=recusal_reasons)
        edition.full_clean(exclude=["session", "made_by", "document", "signed", "signed_at"])
        edition.save()
        journal.record_all(by=by, verb="application.decided", lines=_told(changes, locked))
        journal.record(
            by=by,
            verb="session.settled",
            target=locked,
            data={
                "edition": edition.edition,
                "quorum": [locked.quorum_present, locked.quorum_needed, locked.quorum_seats],
                "outcomes": {value: sum(row.outcome == value for row in case.agenda) for value in Outcome.values},
            },
        )
        # Robust: the decisions stand, whatever the queue answers; the page makes the PDF when asked for it.
        transaction.on_commit(lambda: _print_later(edition.pk), robust=True)
        return edition


def _print_later(minutes_id: int) -> None:
    from candidatures.tasks import make_minutes

    make_minutes.enqueue(minutes_id)


def _lock_dossiers(locked: JurySession) -> None:
    """Every dossier of the agenda, in the order of keys."""
    keys = locked.decisions.values("application_id")
    rows = Application.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    list(rows.order_by("pk").values_list("pk", flat=True))


def _freeze(locked: JurySession, rows: Sequence[Decision]) -> None:
    """Raw and corrected means, as they stood when the jury decided."""
    lines = {line.application.pk: line for line in ranking.table(locked.jury).lines}
    for row in rows:
        line = lines.get(row.application_id)
        row.mean, row.corrected = (line.mean, line.corrected) if line else (None, None)
        row.before = row.application.state
    Decision.objects.bulk_update(rows, ["mean", "corrected", "before"], batch_size=200)


def _move(rows: Iterable[Decision]) -> list[tuple[Application, str]]:
    """Give each dossier its state, by the table; returns those that moved, with the state before."""
    changed: list[tuple[Application, str]] = []
    for row in rows:
        target = rules.STATE_OF[row.outcome]
        before = row.application.state
        if before == target:
            continue
        require(can_transition(before, target))
        row.application.state = target
        changed.append((row.application, before))
    _write_states(application for application, _before in changed)
    return changed


def _told(changes: Iterable[tuple[Application, str]], locked: JurySession) -> list[tuple[Application, dict[str, str]]]:
    """What the journal says of each dossier that moved."""
    return [
        (application, {"from": before, "to": application.state, "session": str(locked.uuid)})
        for application, before in changes
    ]


def _write_states(applications: Iterable[Application]) -> None:
    """One query a state: the words searched for do not depend on it."""
    groups: dict[str, list[int]] = defaultdict(list)
    for application in applications:
        groups[application.state].append(application.pk)
    for state, keys in groups.items():
        Application.objects.filter(pk__in=keys).update(state=state, updated_at=timezone.now())


def _mark_settled(locked: JurySession, by: User, case: cases.Case) -> None:
    count = case.room.quorum
    locked.state = SessionState.SETTLED
    locked.quorum_seats, locked.quorum_needed, locked.quorum_present = count.seats, count.needed, count.present
    locked.settled_at, locked.settled_by = timezone.now(), by
    locked.version += 1
    locked.save()


def _edition(locked: JurySession, by: User) -> Minutes:
    """The edition a correction opened, or a new one."""
    latest = locked.minutes.first()
    if latest is not None and not latest.data:
        latest.made_at, latest.made_by = timezone.now(), by
        return latest
    return Minutes(session=locked, edition=latest.edition + 1 if latest else 1, made_by=by, made_at=timezone.now())


def attach_signed(*, by: User, minutes: Minutes, upload: UploadedFile) -> Minutes:
    """Receive the signed scan of the latest edition: the session is closed.

    Raises ``PieceRefused`` for a file that is not a sound PDF, ``Refused`` for an edition that is no
    longer the latest, or a session that is not settled.
    """
    stored = documents.intake_pdf(by=by, upload=upload, max_bytes=SIGNED_MAX_BYTES, max_pages=SIGNED_MAX_PAGES)
    try:
        with transaction.atomic():
            locked = hold(by, minutes.session, preparing=False)
            require(jury_rules.can_session_transition(locked.state, SessionState.CLOSED))
            latest = locked.minutes.select_related("document").first()
            if latest is None or latest.pk != minutes.pk or not latest.data:
                raise Refused(
                    _("Une édition plus récente du procès-verbal existe : c'est elle qu'il faut faire signer."),
                    code="not_latest",
                )
            latest.signed, latest.signed_at = stored, timezone.now()
            latest.save(update_fields=["signed", "signed_at"])
            locked.state, locked.closed_at = SessionState.CLOSED, latest.signed_at
            locked.version += 1
            locked.save(update_fields=["state", "closed_at", "version", "updated_at"])
            journal.record(
                by=by,
                verb="minutes.signed",
                target=locked,
                data={"edition": latest.edition, "sha256": stored.sha256},
            )
            return latest
    except BaseException:
        documents.discard(stored, by=by)
        raise


# Corrections --------------------------------------------------------------------------------


def correct(*, by: User, session: JurySession, reason: str) -> tuple[JurySession, int]:
    """Reopen a settled session: dossiers go back to where they stood, drafts of letters are cancelled.

    A dossier whose artist renounced, or was retained elsewhere, since stays so. Earlier editions and
    their signed scans are kept; the next edition says why. Returns the session and how many letters
    were cancelled. Raises ``Refused``, naming what must be undone first, when a letter has left, an
    offer holds a position, names are published, or another session has decided since.
    """
    with transaction.atomic():
        locked = hold(by, session, preparing=False)
        require(jury_rules.can_session_transition(locked.state, SessionState.PREPARING))
        if not (reason := reason.strip()):
            raise Refused(
                _("Indiquez le motif de la correction : le prochain procès-verbal le porte."),
                code="reason_needed",
                field="reason",
            )
        _lock_dossiers(locked)
        rows = selectors.agenda(locked)
        letters = _letters(locked)
        _require_correctable(locked, rows, letters)
        cancelled = _cancel_drafts(by, letters)
        restored = _restore(rows)
        edition = (locked.minutes.aggregate(last=Max("edition"))["last"] or 0) + 1
        pending = Minutes(session=locked, edition=edition, made_by=by, correction=reason)
        pending.full_clean(exclude=["session", "made_by", "document", "signed", "signed_at", "data"])
        pending.save()
        locked.state = SessionState.PREPARING
        locked.quorum_seats = locked.quorum_needed = locked.quorum_present = None
        locked.settled_at = locked.settled_by = locked.closed_at = None
        locked.version += 1
        locked.save()
        journal.record_all(by=by, verb="application.restored", lines=_told(restored, locked))
        journal.record(
            by=by,
            verb="session.corrected",
            target=locked,
            data={"edition": edition, "restored": len(restored), "letters_cancelled": cancelled},
        )
        return locked, cancelled


def _letters(locked: JurySession) -> list[Letter]:
    """Letters that follow from these decisions."""
    since = Q(application__in=locked.decisions.values("application_id"), made_at__gte=locked.settled_at)
    return list(
        Letter.objects.filter(Q(decision__session=locked) | since & Q(decision__isnull=True)).select_related(
            "mail", "application", "offer"
        )
    )


def _require_correctable(locked: JurySession, rows: Sequence[Decision], letters: Sequence[Letter]) -> None:
    if locked.jury.sessions.filter(state=SessionState.PREPARING).exists():
        raise Refused(
            _("Une autre séance est en préparation : arrêtez-la, ou supprimez-la, avant de corriger celle-ci."),
            code="another",
        )
    keys = [row.application_id for row in rows]
    later = Decision.objects.filter(
        application__in=keys, session__state__in=selectors.DONE, session__settled_at__gt=locked.settled_at
    ).exclude(session=locked)
    if again := later.select_related("application").order_by("application_id"):
        raise Refused(
            _("Une séance plus récente s'est prononcée sur %(names)s : corrigez-la d'abord.")
            % {"names": cases.names(row.application for row in again)},
            code="decided_again",
        )
    if locked.jury.publication_approved_at is not None:
        raise Refused(_("La publication des noms est approuvée : retirez-la d'abord."), code="published")
    if gone := [letter for letter in letters if letter.mail.state in _LEAVING]:
        # Once each: one called from the reserve has had two letters.
        sent = list(dict.fromkeys(letter.application for letter in gone if letter.mail.state == MailState.SENT))
        raise Refused(
            _("Un courrier est parti pour %(names)s : ce qui a été annoncé ne se corrige plus ici.")
            % {"names": cases.names(sent)}
            if sent
            else _("Un courrier va partir pour %(names)s : annulez-le d'abord dans les messages.")
            % {"names": cases.names(dict.fromkeys(letter.application for letter in gone))},
            code="letter_sent",
        )
    # An offer that waits behind a letter which never left goes with that letter: nobody was told of it.
    untold = Q(state=OfferState.PENDING, letter__in=[letter.pk for letter in letters])
    holding = Offer.objects.holding().filter(application__in=keys).exclude(untold)
    if offers := holding.select_related("application"):
        raise Refused(
            _("Une proposition est en cours ou acceptée pour %(names)s : annulez-la d'abord.")
            % {"names": cases.names(offer.application for offer in offers)},
            code="offer_holding",
        )
    moved = [
        row.application
        for row in rows
        if row.before and row.application.state not in cases.GONE | {rules.STATE_OF[row.outcome]}
    ]
    if moved:
        raise Refused(
            _("%(names)s : l'état de ces dossiers a changé depuis la séance. Annulez d'abord ce qui l'a changé.")
            % {"names": cases.names(moved)},
            code="moved",
        )


def _cancel_drafts(by: User, letters: Sequence[Letter]) -> int:
    """Letters that have not left never will; the offers behind them are closed. Returns how many letters."""
    waiting = [letter for letter in letters if letter.mail.state in {MailState.DRAFT, MailState.FAILED}]
    if waiting:
        mail.cancel(by=by, mails=[letter.mail for letter in waiting])
    offers = Offer.objects.select_for_update().filter(letter__in=letters, state=OfferState.PENDING)
    for offer in offers.order_by("pk"):
        close_offer(by=by, offer=offer, state=OfferState.CANCELLED, why=_("Séance du jury rouverte pour correction."))
        journal.record(by=by, verb="offer.cancelled", target=offer.application, data={"offer": str(offer.uuid)})
    return len(waiting)


def _restore(rows: Sequence[Decision]) -> list[tuple[Application, str]]:
    restored: list[tuple[Application, str]] = []
    for row in rows:
        if not row.before or row.application.state in cases.GONE:
            continue
        before, target = row.application.state, ApplicationState(row.before)
        row.mean = row.corrected = None
        row.before = ""
        if before != target:
            require(can_transition(before, target))
            row.application.state = target
            restored.append((row.application, before))
    Decision.objects.bulk_update(rows, ["mean", "corrected", "before"], batch_size=200)
    _write_states(application for application, _before in restored)
    return restored
