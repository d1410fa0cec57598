"""Who may do what to a message, and when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail import kinds, scopes
from clea.mail.enums import TRANSITIONS, MailState
from clea.mail.models import MailTemplate, OutgoingMail
from clea.rules import ALLOWED, Verdict, refuse

if TYPE_CHECKING:
    from clea.mail.scopes import AnyUser


def can_handle(user: AnyUser, mail: OutgoingMail) -> Verdict:
    """Whether the message belongs to a territory this person handles."""
    if scopes.holds(user, mail.scope):
        return ALLOWED
    return refuse(_("Ce message relève d'un autre territoire."), "other_scope")


def can_change_template(user: AnyUser, template: MailTemplate) -> Verdict:
    """A territory's text belongs to its coordination; the common text to administrators."""
    if scopes.holds(user, template.scope):
        return ALLOWED
    if not template.scope:
        return refuse(
            _("Le texte commun à tous les territoires ne se modifie qu'avec un compte d'administration."), "common_text"
        )
    return refuse(_("Ce texte relève d'un autre territoire."), "other_scope")


def can_become(mail: OutgoingMail, state: MailState, now: datetime) -> Verdict:
    """Whether the message may pass to ``state``; not while a worker is handing it over."""
    if state not in TRANSITIONS[MailState(mail.state)]:
        return refuse(
            _("Ce message est dans l'état « %(state)s » : cette action n'est plus possible.")
            % {"state": mail.get_state_display()},
            "wrong_state",
        )
    if mail.state == MailState.APPROVED and mail.claimed_until and mail.claimed_until > now:
        return refuse(_("Ce message est en cours d'envoi : attendez quelques minutes."), "being_sent")
    return ALLOWED


def can_approve(mail: OutgoingMail, now: datetime) -> Verdict:
    """Whether the message may be let go: its state, then what the app that wrote it says of it now."""
    return can_become(mail, MailState.APPROVED, now) and kinds.may_leave(mail)


def can_edit(mail: OutgoingMail) -> Verdict:
    """Only a draft is edited: what was approved is what leaves."""
    if mail.state == MailState.DRAFT:
        return ALLOWED
    return refuse(_("Seul un message à approuver peut être modifié."), "not_a_draft")
