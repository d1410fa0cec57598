"""Who may do what to a dossier, and when. Pure predicates; a refusal says what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from candidatures.enums import (
    APPLICATION_TRANSITIONS,
    DECIDED_STATES,
    LIVE_STATES,
    ApplicationState,
    CallPhase,
    CallStatus,
    CollaboratorRole,
    OfferState,
)
from clea.rules import ALLOWED, Verdict, forbid, refuse
from clea.ui.dates import moment as in_full

if TYPE_CHECKING:
    from candidatures.models import Application, Call
    from clea.accounts.models import User

S = ApplicationState


@dataclass(frozen=True)
class Access:
    """A person's place in one dossier. ``deadline`` is theirs, extension included."""

    owner: bool = False
    editor: bool = False
    reader: bool = False
    coordinator: bool = False
    deadline: datetime | None = None

    @property
    def can_write(self) -> bool:
        return self.owner or self.editor


def role_access(application: Application, user: User, deadline: datetime) -> Access:
    """The person's place. No query for its owner; one for another, unless the collaborators were fetched."""
    if application.owner_id == user.pk:
        return Access(owner=True, deadline=deadline)
    for collaborator in application.collaborators.all():
        if collaborator.user_id == user.pk:
            return Access(
                editor=collaborator.role == CollaboratorRole.EDIT,
                reader=collaborator.role == CollaboratorRole.READ,
                deadline=deadline,
            )
    return Access(deadline=deadline)


def can_transition(current: str, target: ApplicationState) -> Verdict:
    """The state table, and nothing else."""
    if target in APPLICATION_TRANSITIONS[S(current)]:
        return ALLOWED
    return refuse(
        _("Une candidature « %(current)s » ne peut pas devenir « %(target)s ».")
        % {"current": S(current).label, "target": target.label},
        "bad_transition",
    )


def can_receive(call: Call, deadline: datetime, now: datetime) -> Verdict:
    """Whether the call takes a dossier at ``now``, the person's own deadline included."""
    if call.status == CallStatus.ARCHIVED:
        return refuse(_("Cet appel est terminé et archivé : il ne reçoit plus de dossier."), "archived")
    if call.status != CallStatus.PUBLISHED:
        return refuse(_("Cet appel n'est pas publié : il ne reçoit pas de dossier."), "not_published")
    if now < call.opens_at:
        return refuse(
            _("Cet appel ouvrira le %(when)s. Revenez à partir de ce moment.") % {"when": in_full(call.opens_at)},
            "not_open_yet",
        )
    if now >= deadline:
        return refuse(
            _("Le délai est passé depuis le %(when)s. En cas d'empêchement, écrivez à %(email)s.")
            % {"when": in_full(deadline), "email": call.contact_email},
            "closed",
        )
    return ALLOWED


def can_start(call: Call, deadline: datetime, now: datetime) -> Verdict:
    """Open a draft."""
    return can_receive(call, deadline, now)


def can_edit(access: Access, application: Application, now: datetime) -> Verdict:
    """Change the working copy: one's own, before the deadline, in a state that allows it."""
    if not access.can_write:
        return forbid(
            _("Vous pouvez lire ce dossier, pas le modifier. Demandez le droit de modifier à son responsable."),
            "read_only",
        )
    if application.is_left:
        return refuse(_("Ce dossier a été retiré : il ne se modifie plus."), "withdrawn")
    # The deadline first: past it, the reason must not tell one state of the study from another.
    verdict = can_receive(application.call, access.deadline or application.call.closes_at, now)
    if verdict.code == "closed":
        return refuse(_("%(why)s Ce que vous aviez écrit est conservé.") % {"why": verdict.reason}, "closed")
    if verdict and not application.can_change:
        return refuse(_("Ce dossier est à l'étude : il ne se modifie plus."), "under_review")
    return verdict


def can_file(access: Access, application: Application, now: datetime) -> Verdict:
    """File, or file again. Completeness is a separate question (``sections.task_list``)."""
    return can_edit(access, application, now)


def can_withdraw(access: Access, application: Application) -> Verdict:
    """Withdraw: the owner, at any time before they are told of a decision.

    Decided and not announced, the dossier may still be withdrawn: a refusal would announce it. An
    artist told to be on the reserve list may leave it. The target is :func:`withdrawn_state`.
    """
    if not access.owner:
        return forbid(_("Seule la personne responsable du dossier peut le retirer."), "not_owner")
    if application.is_left:
        return refuse(_("Ce dossier est déjà retiré."), "withdrawn")
    if application.state in DECIDED_STATES and application.was_told and application.state != S.RESERVE:
        if application.told[1] == OfferState.PENDING:
            return refuse(_("Une résidence vous est proposée : répondez-y depuis votre dossier."), "answer")
        return refuse(
            _("La commission s'est prononcée : pour renoncer, écrivez à %(email)s.")
            % {"email": application.call.contact_email},
            "decided",
        )
    return can_transition(application.state, withdrawn_state(application))


def withdrawn_state(application: Application) -> ApplicationState:
    """Where a withdrawal leads: after a decision it is a renouncement, which frees the position."""
    return S.RENOUNCED if application.state in DECIDED_STATES else S.WITHDRAWN


def can_share(access: Access, application: Application) -> Verdict:
    """Invite, change or remove co-applicants, hand the dossier over."""
    if not access.owner:
        return forbid(_("Seule la personne responsable du dossier gère les invitations."), "not_owner")
    if application.is_left or (application.state in DECIDED_STATES and application.was_told):
        return refuse(_("Ce dossier est clos : il ne se partage plus."), "closed_file")
    return ALLOWED


def can_check(application: Application) -> Verdict:
    """Record eligibility: on a filed dossier that nobody withdrew or decided."""
    if application.last_deposit_id is None:
        return refuse(_("Ce dossier n'est pas déposé : il n'y a rien à vérifier."), "not_filed")
    if application.state == S.WITHDRAWN:
        return refuse(_("Ce dossier a été retiré par l'artiste."), "withdrawn")
    if application.state in DECIDED_STATES:
        return refuse(_("La décision est prise : la recevabilité ne change plus."), "decided")
    return ALLOWED


def can_request_piece(application: Application) -> Verdict:
    """Ask for a missing piece."""
    if application.state not in LIVE_STATES | {S.INELIGIBLE}:
        return refuse(_("Une pièce ne se demande que pour un dossier déposé et à l'étude."), "not_live")
    return ALLOWED


def can_answer_request(access: Access, application: Application, due_at: datetime, now: datetime) -> Verdict:
    """Give the piece that was asked for, before its own deadline."""
    if not access.can_write:
        return forbid(_("Vous pouvez lire ce dossier, pas y ajouter de pièce."), "read_only")
    if application.is_left:
        return refuse(_("Ce dossier a été retiré."), "withdrawn")
    if now >= due_at:
        return refuse(
            _("Le délai pour fournir cette pièce est passé depuis le %(when)s. Écrivez à %(email)s.")
            % {"when": in_full(due_at), "email": application.call.contact_email},
            "too_late",
        )
    return ALLOWED


def can_publish(call: Call) -> Verdict:
    """Publish: the state only; what the call contains is checked by ``services.calls.check``."""
    if call.status == CallStatus.PUBLISHED:
        return refuse(_("Cet appel est déjà publié."), "published")
    return ALLOWED


def can_unpublish(call: Call, has_applications: bool) -> Verdict:
    """Take a call back to preparation: only while nobody has started a dossier."""
    if call.status != CallStatus.PUBLISHED:
        return refuse(_("Cet appel n'est pas publié."), "not_published")
    if has_applications:
        return refuse(
            _("Des dossiers sont commencés : l'appel ne peut plus être retiré. Modifiez-le ou archivez-le."),
            "has_applications",
        )
    return ALLOWED


def phase_sentence(call: Call, now: datetime) -> str:
    """One sentence on where the call stands, for its page when it is not open."""
    phase = call.phase(now)
    if phase == CallPhase.UPCOMING:
        return _("L'appel ouvrira le %(when)s.") % {"when": in_full(call.opens_at)}
    if phase == CallPhase.OPEN:
        return _("L'appel est ouvert.")
    if phase == CallPhase.CLOSED:
        return _("L'appel est clos. Les dossiers reçus sont à l'étude.")
    return _("L'appel est terminé.")
