"""Who may answer what, and until when; what the coordination may do with an offer. Pure predicates."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from candidatures.enums import OFFER_TRANSITIONS, ApplicationState, OfferState, Outcome
from clea.rules import ALLOWED, Verdict, forbid, refuse
from clea.ui.dates import deadline

if TYPE_CHECKING:
    from candidatures.models import Application, Decision, Offer
    from candidatures.rules.dossier import Access

S = OfferState


def _closed_sentence(offer: Offer, email: str) -> str:
    """Why an offer no longer takes an answer, in the artist's words."""
    if offer.state == S.ACCEPTED:
        return _("Vous avez déjà accepté cette résidence. Pour y renoncer, écrivez à %(email)s.") % {"email": email}
    if offer.state == S.REFUSED:
        return _("Vous avez déjà décliné cette résidence. Pour toute question, écrivez à %(email)s.") % {"email": email}
    if offer.state == S.LAPSED:
        return _(
            "Cette proposition est close, faute de réponse dans le délai. Si vous êtes toujours disponible, écrivez "
            "sans attendre à %(email)s : la résidence est peut-être encore libre."
        ) % {"email": email}
    return _("Cette proposition a été close par la coordination. Écrivez à %(email)s pour en savoir plus.") % {
        "email": email
    }


def can_answer(access: Access, application: Application, offer: Offer, now: datetime) -> Verdict:
    """Accept or decline: the owner, an offer that waits, before its date, on a dossier still selected."""
    if not access.owner:
        return forbid(
            _("Seule la personne responsable du dossier peut répondre. Vous pouvez lire la proposition."), "not_owner"
        )
    email = application.call.contact_email
    if offer.state != S.PENDING or application.state != ApplicationState.SELECTED:
        return refuse(_closed_sentence(offer, email), "closed")
    if now >= offer.answer_by:
        return refuse(
            _(
                "Le délai de réponse est passé : %(when)s. Si vous êtes toujours disponible, écrivez sans attendre à "
                "%(email)s : la résidence est peut-être encore libre."
            )
            % {"when": deadline(offer.answer_by), "email": email},
            "too_late",
        )
    return ALLOWED


def can_become(offer: Offer, target: OfferState) -> Verdict:
    """The offer's state table, and nothing else."""
    if target in OFFER_TRANSITIONS[S(offer.state)]:
        return ALLOWED
    return refuse(
        _("Cette proposition est « %(state)s » : quelqu'un l'a changée depuis que vous avez ouvert la page.")
        % {"state": offer.get_state_display()},
        "wrong_state",
    )


def can_lapse(offer: Offer, sent: bool, now: datetime) -> Verdict:
    """Close an offer nobody answered: sent, and past its date."""
    if not (verdict := can_become(offer, S.LAPSED)):
        return verdict
    if not sent:
        return refuse(_("Le courrier n'est pas parti : l'artiste ne peut pas avoir répondu."), "not_sent")
    if now < offer.answer_by:
        return refuse(
            _("L'artiste peut encore répondre : %(when)s.") % {"when": deadline(offer.answer_by)}, "too_early"
        )
    return ALLOWED


def can_accept_late(offer: Offer, application: Application, free: int, sent: bool, now: datetime) -> Verdict:
    """Record a late yes: past the date or already closed for silence, while the position is free."""
    if not (verdict := can_become(offer, S.ACCEPTED)):
        return verdict
    if not sent:
        return refuse(_("Le courrier n'est pas parti : l'artiste ne peut pas avoir répondu."), "not_sent")
    if offer.state == S.PENDING:
        if now < offer.answer_by:
            return refuse(_("L'artiste peut encore répondre dans son espace."), "too_early")
        return ALLOWED
    if application.state != ApplicationState.RENOUNCED:
        return refuse(_("Ce dossier a changé d'état depuis."), "wrong_state")
    if free < 1:
        return refuse(_("La résidence a été attribuée depuis : il n'y a plus de place."), "no_place")
    return ALLOWED


def can_extend(offer: Offer, sent: bool) -> Verdict:
    """Move the date: of an offer that waits, once its letter has left with the former one."""
    if offer.state != S.PENDING:
        return refuse(_("Cette proposition n'attend plus de réponse."), "wrong_state")
    if not sent:
        return refuse(
            _("Le courrier n'est pas parti : annulez-le dans la boîte d'envoi, puis préparez-le avec la bonne date."),
            "not_sent",
        )
    return ALLOWED


def can_give_back(offer: Offer, application: Application, sent: bool) -> Verdict:
    """Free the position of an offer that was announced, then cancelled: nothing else would."""
    if offer.state != S.CANCELLED or application.state != ApplicationState.SELECTED:
        return refuse(_("Cette proposition ne retient plus de place."), "wrong_state")
    if not sent:
        return refuse(
            _("Le courrier n'est pas parti : préparez-le de nouveau, ou corrigez la séance pour décider autrement."),
            "not_sent",
        )
    return ALLOWED


def can_call(application: Application, free: int) -> Verdict:
    """Call from the reserve list: on it, and a position is free."""
    if application.state != ApplicationState.RESERVE:
        return refuse(
            _("« %(name)s » n'est plus en liste complémentaire.") % {"name": application.display_name}, "not_reserve"
        )
    if free < 1:
        return refuse(_("Aucune résidence n'est libre."), "no_place")
    return ALLOWED


class Precedence(StrEnum):
    """Between two territories, who decided first (rules.md 7)."""

    THEIRS = "theirs"
    SAME_DAY = "same_day"
    OURS = "ours"


def precedence(theirs: date, ours: date | None) -> Precedence:
    """Who keeps the artist: the first to decide definitively, the jury's date being proof (rules.md 7).

    ``ours`` is ``None`` while we have not definitively decided: a place on a reserve list keeps nobody.
    """
    if ours is None or theirs < ours:
        return Precedence.THEIRS
    return Precedence.SAME_DAY if theirs == ours else Precedence.OURS


def definitive_on(decision: Decision | None, called_on: date | None = None) -> date | None:
    """The day we definitively kept the artist, or nothing: our session's, or that of the call from the
    reserve list (``called_on``, while the artist called holds the place).
    """
    if decision is None:
        return None
    return decision.session.held_on if decision.outcome == Outcome.SELECTED else called_on
