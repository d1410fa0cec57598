"""Sharing a dossier."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from candidatures import rules, selectors
from candidatures.enums import CollaboratorRole, InvitationKind
from candidatures.forms.people import InvitationForm, RoleForm
from candidatures.services import collaborators
from candidatures.views.access import authorise, frame, get_dossier, says_why
from clea.errors import Refused
from clea.ui import limits
from clea.ui.http import add_refusal

#: Each is a letter to somebody who asked for nothing.
INVITATIONS = limits.limit("candidatures", "invite", "20/h/user,60/d/user", "an invitation to share a dossier")


def _team(request: HttpRequest, uuid: UUID, form: InvitationForm, status: int = 200) -> HttpResponse:
    application, access = get_dossier(request, uuid, selectors.PEOPLE)
    context = frame(application, access) | {
        "form": form,
        "pending": application.invitations.pending_at(timezone.now()),
        "can_share": rules.can_share(access, application),
        "roles": CollaboratorRole.choices,
    }
    return render(request, "candidatures/applicant/team.html", context, status=status)


@require_GET
def team(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who is in the dossier, who is invited."""
    return _team(request, uuid, InvitationForm())


@require_POST
@says_why
def invite(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send an invitation."""
    application, access = get_dossier(request, uuid)
    authorise(rules.can_share(access, application))
    form = InvitationForm(request.POST)
    if form.is_valid():
        if seconds := limits.wait(request, INVITATIONS):
            text = _("Vous avez envoyé beaucoup d'invitations. Celle-ci n'est pas partie : renvoyez-la %(when)s.")
            form.add_error(None, text % {"when": limits.later(seconds)})
            return limits.mark(_team(request, uuid, form), seconds)
        try:
            collaborators.invite(
                by=request.user,  # type: ignore[arg-type]
                application=application,
                email=form.cleaned_data["email"],
                kind=InvitationKind(form.cleaned_data["kind"]),
            )
        except Refused as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Invitation envoyée à %(email)s.") % {"email": form.cleaned_data["email"]})
            return redirect("applications:team", uuid=uuid)
    return _team(request, uuid, form, status=422)


@require_POST
@says_why
def revoke(request: HttpRequest, uuid: UUID, invitation_uuid: UUID) -> HttpResponse:
    """Cancel an invitation."""
    application, access = get_dossier(request, uuid)
    authorise(rules.can_share(access, application))
    invitation = get_object_or_404(application.invitations, uuid=invitation_uuid)
    try:
        collaborators.revoke(by=request.user, invitation=invitation)  # type: ignore[arg-type]
        messages.success(request, _("Invitation annulée."))
    except Refused as error:
        messages.error(request, str(error))
    return redirect("applications:team", uuid=uuid)


@require_POST
@says_why
def change_role(request: HttpRequest, uuid: UUID, user_uuid: UUID) -> HttpResponse:
    """Let a co-applicant edit, or only read."""
    application, access = get_dossier(request, uuid)
    authorise(rules.can_share(access, application))
    collaborator = get_object_or_404(application.collaborators.select_related("user"), user__uuid=user_uuid)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        collaborators.change_role(
            by=request.user,  # type: ignore[arg-type]
            collaborator=collaborator,
            role=CollaboratorRole(form.cleaned_data["role"]),
        )
        messages.success(request, _("Droit changé."))
    except Refused as error:
        messages.error(request, str(error))
    return redirect("applications:team", uuid=uuid)


@require_POST
@says_why
def remove(request: HttpRequest, uuid: UUID, user_uuid: UUID) -> HttpResponse:
    """Take a co-applicant off the dossier, or leave it."""
    application, access = get_dossier(request, uuid)
    collaborator = get_object_or_404(application.collaborators.select_related("user"), user__uuid=user_uuid)
    leaving = collaborator.user_id == request.user.pk
    if not leaving:
        authorise(rules.can_share(access, application))
    try:
        collaborators.leave_or_remove(by=request.user, collaborator=collaborator)  # type: ignore[arg-type]
    except Refused as error:
        messages.error(request, str(error))
        return redirect("applications:team", uuid=uuid)
    messages.success(request, _("Vous avez quitté ce dossier.") if leaving else _("Accès retiré."))
    return redirect("applications:list") if leaving else redirect("applications:team", uuid=uuid)


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the invitation gives, then accept it."""
    found = collaborators.find(token)
    if found is None:
        raise Http404
    refusal: Refused | None = None
    try:
        collaborators.check(found, request.user)  # type: ignore[arg-type]
        if request.method == "POST":
            application = collaborators.accept(by=request.user, invitation=found)  # type: ignore[arg-type]
            messages.success(request, _("Le dossier est maintenant dans votre espace."))
            return redirect(application)
    except Refused as error:
        refusal = error
    return render(
        request,
        "candidatures/applicant/invitation.html",
        {"invitation": found, "refusal": refusal, "token": token},
        status=409 if refusal else 200,
    )
