"""Offers: what the artist answers, what the coordination closes, and who is called next (rules.md 7)."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from candidatures import rules
from candidatures.enums import ApplicationState, OfferState
from candidatures.models import Application, Jury, Letter, Offer, Position
from candidatures.rules import answers as answer_rules
from candidatures.selectors.answers import Board, board
from candidatures.services.applications import lock
from candidatures.services.jury import letters, offer_notices, renouncing
from candidatures.services.jury.base import lock_jury, require_desk
from clea.errors import Forbidden, Refused, require
from clea.journal import services as journal
from clea.mail.enums import MailState
from clea.ui.dates import deadline

if TYPE_CHECKING:
    from clea.accounts.models import User

log = logging.getLogger(__name__)

S = ApplicationState
#: Before the date, who has not answered is reminded.
NOTICE = timedelta(hours=48)


def _lock_offer(offer: Offer) -> tuple[Application, Offer]:
    """The dossier, then its offer, both locked and fresh."""
    application = lock(Application(pk=offer.application_id))
    fresh = (
        Offer.objects.select_for_update(of=("self",))
        .select_related("position", "letter__mail", "decision")
        .get(pk=offer.pk)
    )
    fresh.application = application
    return application, fresh


def _move(application: Application, target: ApplicationState) -> str:
    """Change the dossier's state by its table; returns the former one."""
    require(rules.can_transition(application.state, target))
    before = application.state
    application.state = target
    application.save(update_fields=["state", "updated_at", "search"])
    return before


def _was_sent(offer: Offer) -> bool:
    return offer.letter.mail.state == MailState.SENT


# The artist ----------------------------------------------------------------------------------


def accept(*, by: User, offer: Offer, words: str = "") -> Offer:
    """The artist says yes: the owner, before the date, by the clock read under the lock.

    Sent twice, the same answer is written once. Raises ``Refused`` with what to do next otherwise.
    """
    return _answer(by=by, offer=offer, state=OfferState.ACCEPTED, words=words)


def refuse(*, by: User, offer: Offer, words: str = "") -> Offer:
    """The artist says no: the dossier is renounced, its position free for the reserve list."""
    return _answer(by=by, offer=offer, state=OfferState.REFUSED, words=words)


def _answer(*, by: User, offer: Offer, state: OfferState, words: str) -> Offer:
    with transaction.atomic():
        application, locked = _lock_offer(offer)
        access = rules.role_access(application, by, application.call.closes_at)
        if not _was_sent(locked):
            # Nobody can have read it: for the dossier's people it does not exist.
            raise Refused(_("Aucune proposition n'attend de réponse."), code="no_offer")
        if access.owner and locked.state == state and locked.answered_at:
            return locked
        now = timezone.now()
        require(answer_rules.can_answer(access, application, locked, now))
        require(answer_rules.can_become(locked, state))
        locked.state = state
        locked.words = words.strip()
        locked.answered_at, locked.answered_by = now, by
        if state == OfferState.REFUSED:
            locked.ended_at = now
            _move(application, S.RENOUNCED)
        _save(locked)
        yes = state == OfferState.ACCEPTED
        (offer_notices.accepted if yes else offer_notices.refused)(by=by, application=application, offer=locked)
        offer_notices.answered(application=application, offer=locked)
        journal.record(
            by=by,
            verb="offer.accepted" if yes else "offer.refused",
            target=application,
            data={"offer": str(locked.uuid), "answer_by": locked.answer_by.isoformat()},
        )
        # The last word is the clock's: nothing is received after the date.
        if timezone.now() >= locked.answer_by:
            raise Refused(
                _("Le délai de réponse vient de passer : écrivez sans attendre à %(email)s.")
                % {"email": application.call.contact_email},
                code="too_late",
            )
        return locked


def _save(offer: Offer) -> None:
    offer.full_clean(exclude=["application", "decision", "position", "letter", "answered_by"])
    offer.save()


# The coordination ----------------------------------------------------------------------------


def _desk(by: User, offer: Offer) -> tuple[Jury, Application, Offer]:
    """The jury, the dossier and the offer, locked in that order; the right checked."""
    jury = lock_jury(Jury.objects.get(call__applications=offer.application_id))
    require_desk(by, jury.call)
    application, locked = _lock_offer(offer)
    return jury, application, locked


def lapse(*, by: User, offer: Offer) -> Offer:
    """Close an offer that nobody answered in time: the position is free. The artist's message is a draft."""
    with transaction.atomic():
        _jury, application, locked = _desk(by, offer)
        require(answer_rules.can_lapse(locked, _was_sent(locked), timezone.now()))
        renouncing.close_offer(by=by, offer=locked, state=OfferState.LAPSED)
        before = _move(application, S.RENOUNCED)
        with translation.override(application.owner.language):
            why = _("Nous n'avons pas reçu de réponse dans le délai : %(when)s.") % {"when": deadline(locked.answer_by)}
        offer_notices.closed(by=by, application=application, offer=locked, why=why)
        journal.record(by=by, verb="offer.lapsed", target=application, data={"offer": str(locked.uuid), "from": before})
        return locked


def accept_late(*, by: User, offer: Offer, words: str = "") -> Offer:
    """Record a yes that came after the date, while the position is free. The artist gets the confirmation."""
    with transaction.atomic():
        jury, application, locked = _desk(by, offer)
        free = free_for(board(jury), locked.position)
        require(answer_rules.can_accept_late(locked, application, free, _was_sent(locked), timezone.now()))
        if application.state != S.SELECTED:
            _move(application, S.SELECTED)
        locked.state = OfferState.ACCEPTED
        locked.words = words.strip()
        locked.answered_at, locked.answered_by = timezone.now(), by
        locked.ended_at, locked.ended_why = None, ""
        _save(locked)
        offer_notices.accepted(by=by, application=application, offer=locked)
        journal.record(by=by, verb="offer.accepted_late", target=application, data={"offer": str(locked.uuid)})
        return locked


def extend(*, by: User, offer: Offer, answer_by: datetime) -> Offer:
    """Move the date of an offer that waits, even past it; the artist is told at once."""
    with transaction.atomic():
        _jury, application, locked = _desk(by, offer)
        require(answer_rules.can_extend(locked, _was_sent(locked)))
        if answer_by <= timezone.now():
            raise Refused(_("Le nouveau délai doit être dans le futur."), code="past", field="answer_by")
        before = locked.answer_by
        if answer_by == before:
            return locked
        locked.answer_by = answer_by
        _save(locked)
        offer_notices.extended(by=by, application=application, offer=locked)
        journal.record(
            by=by,
            verb="offer.extended",
            target=application,
            data={"offer": str(locked.uuid), "from": before.isoformat(), "to": answer_by.isoformat()},
        )
        return locked


def release(*, by: User, offer: Offer, why: str, on: date) -> Offer:
    """Free a position after it was accepted, mid-season included: with its reason and its day."""
    with transaction.atomic():
        _jury, application, locked = _desk(by, offer)
        require(answer_rules.can_become(locked, OfferState.RELEASED))
        if not why.strip():
            raise Refused(_("Indiquez le motif : il est conservé."), code="reason_needed", field="why")
        if on > timezone.localdate():
            raise Refused(_("La date doit être passée, ou celle du jour."), code="future", field="on")
        if locked.answered_at and on < timezone.localdate(locked.answered_at):
            raise Refused(_("La date doit suivre l'acceptation."), code="too_early", field="on")
        renouncing.close_offer(by=by, offer=locked, state=OfferState.RELEASED, why=why.strip())
        locked.ended_at = timezone.make_aware(datetime.combine(on, time(12)))
        locked.save(update_fields=["ended_at"])
        _move(application, S.RENOUNCED)
        offer_notices.closed(by=by, application=application, offer=locked, why=why.strip())
        journal.record(
            by=by, verb="offer.released", target=application, data={"offer": str(locked.uuid), "on": on.isoformat()}
        )
        return locked


def cancel(*, by: User, offer: Offer, why: str) -> Offer:
    """Take back an offer that waits. Its letter, if it has not left, is cancelled; else a message is drafted.

    One called from the reserve goes back on it. One selected by the session stays selected: its letter
    may be written again, or the session corrected.
    """
    with transaction.atomic():
        _jury, application, locked = _desk(by, offer)
        require(answer_rules.can_become(locked, OfferState.CANCELLED))
        if not why.strip():
            raise Refused(_("Indiquez le motif : il est conservé."), code="reason_needed", field="why")
        sent = _was_sent(locked)
        renouncing.close_offer(by=by, offer=locked, state=OfferState.CANCELLED, why=why.strip())
        if sent:
            offer_notices.closed(by=by, application=application, offer=locked, why=why.strip())
        else:
            renouncing.void_letters(by=by, locked=application)
        if locked.from_reserve and application.state == S.SELECTED:
            _move(application, S.RESERVE)
        journal.record(
            by=by, verb="offer.cancelled", target=application, data={"offer": str(locked.uuid), "sent": sent}
        )
        return locked


def give_back(*, by: User, offer: Offer) -> Offer:
    """Free the position after an announced offer was cancelled: the dossier is out, the reserve may be called.

    What was announced no session can correct, and a cancelled offer takes no answer. A letter drafted
    since is cancelled. Raises ``Refused`` when another offer is on its way.
    """
    with transaction.atomic():
        _jury, application, locked = _desk(by, offer)
        require(answer_rules.can_give_back(locked, application, _was_sent(locked)))
        holding = Offer.objects.holding().filter(application=application).select_related("letter__mail").first()
        if holding is not None and _was_sent(holding):
            raise Refused(_("Une autre proposition attend sa réponse : annulez-la d'abord."), code="another")
        renouncing.void_letters(by=by, locked=application)
        if holding is not None:
            renouncing.close_offer(by=by, offer=holding, state=OfferState.CANCELLED)
        before = _move(application, S.RENOUNCED)
        journal.record(
            by=by, verb="offer.given_back", target=application, data={"offer": str(locked.uuid), "from": before}
        )
        return locked


# The reserve list ----------------------------------------------------------------------------


def free_for(found: Board, position: Position | None) -> int:
    """Positions left, of this residency when it is known."""
    line = found.line_of(position) if position is not None else None
    return found.free_of(line) if line is not None else found.free


def call_next(
    *,
    by: User,
    jury: Jury,
    application: Application,
    position: Position | None = None,
    why: str = "",
    answer_by: datetime | None = None,
) -> Letter:
    """Call a dossier of the reserve list on a free position: selected, with its letter drafted and its offer.

    Works at any time, mid-season too. Out of the list's order, ``why`` is required and kept. Raises
    ``Refused`` when nothing is free, when somebody called it already, or when another territory keeps
    the artist.
    """
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        held = lock(application)
        if held.call_id != locked.call_id:
            raise Forbidden(_("Ce dossier n'appartient pas à cet appel."), code="other_call")
        if position is not None and position.call_id != locked.call_id:
            raise Refused(_("Cette résidence n'est pas de cet appel."), code="other_call", field="position")
        found = board(locked)
        if position is None:
            position = _first_free(found, held)
        require(answer_rules.can_call(held, free_for(found, position)))
        case = found.of(held)
        if case is None or case.decision is None:
            raise Refused(_("Aucune séance n'a placé ce dossier en liste complémentaire."), code="no_decision")
        if case.blocking:
            raise Refused(
                _("« %(name)s » est retenue par %(territory)s : réglez d'abord ce cas.")
                % {"name": held.display_name, "territory": case.blocking[0].territory},
                code="elsewhere",
            )
        expected = found.next_for(position)
        out_of_order = expected is None or expected.application.pk != held.pk
        if out_of_order and not why.strip():
            raise Refused(
                _("« %(name)s » n'est pas la première de la liste : indiquez pourquoi elle est appelée avant.")
                % {"name": held.display_name},
                code="reason_needed",
                field="why",
            )
        until = letters.checked_answer_by(locked, answer_by)
        renouncing.lock_unsent([held])
        _move(held, S.SELECTED)
        journal.record(
            by=by,
            verb="reserve.called",
            target=held,
            data={"rank": case.reserve_rank, "out_of_order": out_of_order, "position": getattr(position, "pk", None)},
        )
        (planned,) = letters.preview(locked, [held])
        planned.case.position = position
        letters.require_ready(planned)
        return letters.write(
            by=by,
            jury=locked,
            planned=planned,
            answer_by=until,
            out_of_order=why.strip() if out_of_order else "",
        )


def _first_free(found: Board, application: Application) -> Position | None:
    """The residency this dossier would take: the one decided for it, else the first with room."""
    case = found.of(application)
    if case is not None and case.decision is not None and case.decision.position is not None:
        return case.decision.position
    return next((line.position for line in found.lines if line.position and found.free_of(line)), None)


def end_reserve(*, by: User, jury: Jury, applications: Iterable[Application] | None = None) -> list[Letter]:
    """Close the reserve list, or take dossiers off it: not selected, with their letters drafted."""
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        rows = Application.objects.filter(call=locked.call_id, state=S.RESERVE)
        if applications is not None:
            rows = rows.filter(pk__in=[application.pk for application in applications])
        held = [lock(row) for row in rows.order_by("pk")]
        if not held:
            raise Refused(_("Il n'y a personne en liste complémentaire."), code="nobody")
        for application in held:
            require(rules.can_transition(application.state, S.DECLINED))
            _move(application, S.DECLINED)
        drafted = letters.draft(by=by, jury=locked, applications=held)
        journal.record(by=by, verb="reserve.ended", target=locked, data={"dossiers": [str(row.uuid) for row in held]})
        return drafted


# Reminders -----------------------------------------------------------------------------------


def remind_waiting(*, now: datetime | None = None) -> int:
    """Remind, two days before the date, the artists who have not answered. Returns how many.

    Idempotent: one message an offer and a date. One that fails is logged and keeps nobody else waiting.
    """
    now = now or timezone.now()
    waiting = Offer.objects.filter(
        state=OfferState.PENDING,
        letter__mail__state=MailState.SENT,
        answer_by__gt=now,
        answer_by__lte=now + NOTICE,
    ).order_by("pk")
    count = 0
    for offer in waiting:
        try:
            count += _remind(offer, now)
        except Exception:
            log.exception("the artist of offer %s cannot be reminded", offer.uuid)
    return count


def _remind(offer: Offer, now: datetime) -> bool:
    with transaction.atomic():
        application, locked = _lock_offer(offer)
        waits = locked.state == OfferState.PENDING and now < locked.answer_by <= now + NOTICE
        # A date as short as the notice itself: the letter has just said it.
        just_told = locked.letter.mail.sent_at is not None and locked.letter.mail.sent_at > now - timedelta(hours=12)
        if not waits or just_told or offer_notices.is_reminded(locked):
            return False
        offer_notices.reminded(application=application, offer=locked)
        journal.record(
            by=None,
            verb="offer.reminded",
            target=application,
            data={"offer": str(locked.uuid), "until": locked.answer_by.isoformat()},
        )
        return True
