"""Somebody asks to be erased: what goes at once, what the law keeps and until when, what they must do first."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from clea.accounts.models import OpenSession, User
from clea.errors import Forbidden, Refused
from clea.jobs.models import Job
from clea.journal import services as journal
from clea.mail.models import OutgoingMail
from clea.privacy import common, own, traces
from clea.privacy.own import FIRST, NOW, Fate

if TYPE_CHECKING:
    from clea.privacy.own import Part

log = logging.getLogger(__name__)


def fates(user: User) -> list[Fate]:
    """All that an erasure of this account would do, kind after kind. A few queries an app."""
    found = [fate for domain in own.domains() for fate in domain.fates(user)]
    if user.is_staff or user.is_superuser:
        found.append(
            Fate(
                FIRST,
                _("Votre accès à la coordination"),
                _("Votre compte est celui de la coordination : demandez d'abord à l'administration d'y mettre fin."),
            )
        )
    return found


def erase(*, by: User, user: User, typed: str) -> bool:
    """Erase this person's data and account, as far as the law lets. ``typed``: their address, by hand.

    Each dossier goes in its own transaction, then the account in the last: stopped half-way, asked again, it goes
    on. Returns whether the account's row is gone; when an archive or a contract needs it, the row stays closed,
    without an address, a key nor a session. The confirmation leaves before the address does.
    Raises ``Forbidden`` for another's account, ``Refused`` when the address is mistyped or something comes first.
    """
    if by.pk != user.pk:
        raise Forbidden(_("Chacun n'efface que son propre compte."), code="not_yours")
    if typed.strip().casefold() != user.email.casefold():
        raise Refused(_("Recopiez votre adresse électronique pour confirmer."), code="typed", field="typed")
    _require_free(user)
    for domain in own.domains():
        for fate in domain.fates(user):
            if fate.when == NOW and fate.subject and domain.erase is not None:
                domain.erase(by=user, user=user, subject=fate.subject)
    _confirm(user)
    return _close(user)


def _require_free(user: User) -> None:
    for fate in fates(user):
        if fate.when == FIRST:
            raise Refused(_("Avant d'effacer votre compte, voyez : %(what)s.") % {"what": fate.label}, code="first")


def _confirm(user: User) -> None:
    """Tell them, from memory: no row of the outbox will know the address. A server away stops nothing."""
    with translation.override(user.language):
        message = EmailMessage(
            subject=_("Votre compte est effacé"),
            body=_(
                "Bonjour,\n\nVous avez demandé l'effacement de votre compte : il est en train d'être effacé, et nous "
                "ne gardons plus votre adresse. Ce message est le dernier.\n\nCe que la loi nous fait conserver "
                "(contrats, procès-verbaux) reste le temps qu'elle dit ; la page « Données personnelles » le "
                "rappelle.\n\nVous n'avez rien demandé ? Écrivez-nous sans attendre, depuis l'adresse du site.\n"
            ),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[user.email],
        )
    try:
        message.send()
    except OSError as error:
        log.warning("the last message to an erased account did not leave: %s", type(error).__name__)


@transaction.atomic
def _close(user: User) -> bool:
    locked = User.objects.select_for_update().get(pk=user.pk)
    _require_free(locked)
    person = own.person_of(locked)
    gone: Counter[str] = Counter()
    for part in own.parts():
        if part.erase is not None and part.at_once:
            gone += _erase_part(part, person)
    for domain in own.domains():
        if domain.close is not None:
            gone += domain.close(user=locked)
    if common.untied(User.objects.filter(pk=locked.pk)).exists():
        common.erase_account(by=None, user=locked, why="request")
        return True
    _shut(locked, gone, keeps_name=any(fate.keeps_name for fate in fates(locked)))
    return False


def _erase_part(part: Part, person: own.Person) -> Counter[str]:
    if part.erase is None:
        return Counter()
    rows = list(part.rows(person))
    return part.erase(by=None, rows=rows) if rows else Counter()


def _shut(user: User, gone: Counter[str], *, keeps_name: bool) -> None:
    """What an archive or a contract hangs from stays, closed: nobody signs in to it, and no address leads to it."""
    addresses = {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
    written = Q()
    for address in addresses:
        written |= Q(to__iexact=address)
    gone += traces.forget_mails(common.unheld(OutgoingMail.objects.filter(written)))
    gone += traces.forget(traces.of([user]))
    for job in Job.objects.of(user).select_related("result", "sent"):
        gone += traces.forget_job(job)
    for rows in (
        EmailAddress.objects.filter(user=user),
        Authenticator.objects.filter(user=user),
        OpenSession.objects.filter(person=user),
    ):
        gone += Counter(rows.delete()[1])
    user.email = f"{user.uuid}@compte-efface.invalid"
    user.is_active, user.is_staff = False, False
    if not keeps_name:
        user.first_name = user.last_name = ""
    user.set_unusable_password()
    user.full_clean(exclude=["password"])
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
    journal.record(by=None, verb="account.closed", target=user, data={"why": "request", "rows": gone.total()})
    journal.erase(user.uuid)
