"""Co-applicants: invite, accept, leave, hand over."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures import rules
from candidatures.enums import DECIDED_STATES, ApplicationState, CollaboratorRole, InvitationKind
from candidatures.models import Application, Collaborator, Invitation
from candidatures.services import notices
from candidatures.services.applications import lock
from candidatures.services.jury.renouncing import void_letters
from clea.errors import Refused, require
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User

VALID_FOR = timedelta(days=14)
MAX_PENDING = 10
#: An invitation is a letter to an address that asked for nothing: so many a day from one person.
MAX_A_DAY = 20


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _require_share(locked: Application, by: User) -> None:
    access = rules.role_access(locked, by, locked.closes_at)
    require(rules.can_share(access, locked))


def invite(*, by: User, application: Application, email: str, kind: InvitationKind) -> Invitation:
    """Invite an address to read, edit, or take the dossier over. The link lasts fourteen days.

    A second invitation of the same address replaces the first. Ten may wait at once, and a person
    sends twenty a day, cancelled ones included.
    """
    email = email.strip().lower()
    now = timezone.now()
    with transaction.atomic():
        locked = lock(application)
        _require_share(locked, by)
        if email == locked.owner.email.lower():
            raise Refused(_("Vous êtes déjà responsable de ce dossier."), code="self", field="email")
        pending = locked.invitations.pending_at(now)
        pending.filter(email=email).update(revoked_at=now)
        if pending.count() >= MAX_PENDING:
            raise Refused(
                _("Dix invitations attendent déjà une réponse. Annulez-en une avant d'en envoyer une autre."),
                code="too_many",
            )
        if Invitation.objects.filter(invited_by=by, created_at__gt=now - timedelta(days=1)).count() >= MAX_A_DAY:
            raise Refused(
                _("Vous avez envoyé vingt invitations en un jour. Attendez demain pour en envoyer une autre."),
                code="too_many_today",
            )
        token = secrets.token_urlsafe(32)
        invitation = Invitation(
            application=locked,
            kind=kind,
            email=email,
            token_digest=digest(token),
            invited_by=by,
            expires_at=now + VALID_FOR,
        )
        invitation.full_clean()
        invitation.save()
        journal.record(
            by=by,
            verb="collaborator.invited",
            target=locked,
            data={"invitation": str(invitation.uuid), "kind": kind.value},
        )
        notices.invited(by=by, invitation=invitation, token=token)
        return invitation


def revoke(*, by: User, invitation: Invitation) -> None:
    """Cancel an invitation that nobody accepted."""
    with transaction.atomic():
        locked = lock(invitation.application)
        _require_share(locked, by)
        changed = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True).update(
            revoked_at=timezone.now()
        )
        if not changed:
            raise Refused(_("Cette invitation n'est plus en attente."), code="not_pending")
        journal.record(by=by, verb="collaborator.revoked", target=locked, data={"invitation": str(invitation.uuid)})


def find(token: str) -> Invitation | None:
    """The invitation behind a link, whatever its state."""
    return (
        Invitation.objects.select_related("application__call", "invited_by").filter(token_digest=digest(token)).first()
    )


def check(invitation: Invitation, user: User) -> None:
    """Raise ``Refused`` unless ``user`` may accept the invitation now."""
    if invitation.accepted_at:
        raise Refused(_("Cette invitation a déjà été acceptée. Le dossier est dans votre espace."), code="accepted")
    if invitation.revoked_at or invitation.expires_at <= timezone.now():
        raise Refused(
            _("Cette invitation n'est plus valable. Demandez-en une nouvelle à la personne qui vous l'a envoyée."),
            code="expired",
        )
    if invitation.email != user.email.lower():
        raise Refused(
            _("Cette invitation a été envoyée à %(email)s. Connectez-vous avec cette adresse pour l'accepter.")
            % {"email": invitation.email},
            code="other_address",
        )


def accept(*, by: User, invitation: Invitation) -> Application:
    """Join the dossier, or become its owner; the former owner then keeps the right to edit."""
    with transaction.atomic():
        locked = lock(invitation.application)
        fresh = Invitation.objects.select_for_update().get(pk=invitation.pk)
        check(fresh, by)
        if locked.is_left:
            raise Refused(_("Ce dossier a été retiré."), code="withdrawn")
        if locked.state in DECIDED_STATES and locked.was_told:
            raise Refused(_("Ce dossier est clos : il ne se partage plus."), code="closed_file")
        fresh.accepted_at = timezone.now()
        fresh.save(update_fields=["accepted_at"])
        if fresh.kind == InvitationKind.OWNER:
            _hand_over(locked, by)
            # A letter written to the former owner is not theirs to read any more: it is drafted again.
            void_letters(by=None, locked=locked)
        elif locked.owner_id != by.pk:
            Collaborator.objects.update_or_create(
                application=locked, user=by, defaults={"role": CollaboratorRole(fresh.kind)}
            )
        journal.record(
            by=by,
            verb="collaborator.owner_changed" if fresh.kind == InvitationKind.OWNER else "collaborator.joined",
            target=locked,
            data={"invitation": str(fresh.uuid), "kind": fresh.kind},
        )
        return locked


def _hand_over(locked: Application, to: User) -> None:
    if locked.owner_id == to.pk:
        return
    taken = Application.objects.filter(call=locked.call, owner=to).exclude(state=ApplicationState.WITHDRAWN)
    has_one = Refused(
        _("Vous avez déjà un dossier pour cet appel : retirez-le avant de reprendre celui-ci."), code="has_one"
    )
    if taken.exclude(pk=locked.pk).exists():
        raise has_one
    former = locked.owner
    Collaborator.objects.filter(application=locked, user=to).delete()
    Collaborator.objects.update_or_create(application=locked, user=former, defaults={"role": CollaboratorRole.EDIT})
    locked.owner = to
    try:
        with transaction.atomic():
            locked.save(update_fields=["owner", "updated_at", "search"])
    except IntegrityError:  # they opened their own at the same moment
        raise has_one from None
    # A place promised by the former owner is no longer theirs to give.
    locked.invitations.pending_at(timezone.now()).filter(kind=InvitationKind.OWNER).update(revoked_at=timezone.now())


def _present(collaborator: Collaborator) -> Collaborator:
    """The co-applicant as they are now, under the dossier's lock."""
    present = Collaborator.objects.select_related("user").filter(pk=collaborator.pk).first()
    if present is None:
        raise Refused(_("Cette personne n'est plus dans le dossier."), code="gone")
    return present


def leave_or_remove(*, by: User, collaborator: Collaborator) -> None:
    """Take a co-applicant off the dossier: the owner anyone, a co-applicant themselves."""
    with transaction.atomic():
        locked = lock(collaborator.application)
        if collaborator.user_id != by.pk:
            _require_share(locked, by)
        user_uuid = str(_present(collaborator).user.uuid)
        collaborator.delete()
        journal.record(by=by, verb="collaborator.removed", target=locked, data={"user": user_uuid})


def change_role(*, by: User, collaborator: Collaborator, role: CollaboratorRole) -> None:
    """Let a co-applicant edit, or only read."""
    with transaction.atomic():
        locked = lock(collaborator.application)
        _require_share(locked, by)
        collaborator = _present(collaborator)
        collaborator.role = role
        collaborator.full_clean()
        collaborator.save(update_fields=["role"])
        journal.record(
            by=by,
            verb="collaborator.role_changed",
            target=locked,
            data={"user": str(collaborator.user.uuid), "role": role.value},
        )
