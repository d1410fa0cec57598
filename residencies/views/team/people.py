"""Team: its people and the public details."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clea.accounts.models import User
from clea.errors import Refused
from clea.ui import limits
from clea.ui.http import add_refusal, render_form
from clea.ui.recovery import keeps_answers, recovered
from residencies.forms.team import DetailsForm, NewPersonForm, PersonForm
from residencies.selectors.planning_rules import planning_rules
from residencies.views.access import get_structure, team_frame, team_says_why
from structures.models import Professional, Structure
from structures.services import team

#: Each may be a letter to somebody who asked for nothing.
INVITATIONS = limits.limit("residencies", "invite", "30/h/user,100/d/user", "a colleague named in a team")


def person_of(structure: Structure, uuid: UUID) -> Professional:
    """A member of this team, or 404."""
    found = Professional.objects.filter(structure=structure, uuid=uuid).select_related("structure__territory").first()
    if found is None:
        raise Http404
    return found


def refuse(form: BaseForm, error: Refused | ValidationError) -> None:
    """Put what a service refused beside what was typed."""
    if isinstance(error, Refused):
        add_refusal(form, error)
        return
    for name, texts in getattr(error, "message_dict", {"__all__": error.messages}).items():
        form.add_error(name if name in form.fields else None, texts)


@require_safe
def people(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who is in the team, and whether it is complete."""
    structure = get_structure(request, uuid)
    rows = list(structure.professionals.all())
    own = set(Professional.objects.of(request.user).filter(structure=structure).values_list("pk", flat=True))
    context = {"people": rows, "own": own, "team_size": planning_rules(structure.territory).team_size}
    return render(request, "residencies/team/people.html", team_frame(structure) | context)


@keeps_answers
@require_http_methods(["GET", "POST"])
@team_says_why
def add(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Name a colleague."""
    structure = get_structure(request, uuid)
    form = NewPersonForm(request.POST if request.method == "POST" else recovered(request))
    if request.method == "POST" and form.is_valid():
        if seconds := limits.wait(request, INVITATIONS):
            text = _("Vous avez nommé beaucoup de collègues. Cette fiche n'est pas enregistrée : renvoyez-la %(when)s.")
            form.add_error(None, text % {"when": limits.later(seconds)})
            page = render_form(request, "residencies/team/people_form.html", form, team_frame(structure))
            return limits.mark(page, seconds)
        try:
            person = team.add(by=cast(User, request.user), structure=structure, **form.cleaned_data)
        except (Refused, ValidationError) as error:
            refuse(form, error)
        else:
            told = person.email and form.cleaned_data["invite"]
            text = _("%(name)s est dans l'équipe, et un courriel part.") if told else _("%(name)s est dans l'équipe.")
            messages.success(request, text % {"name": person})
            return redirect("team:people", uuid)
    return render_form(request, "residencies/team/people_form.html", form, team_frame(structure))


@keeps_answers
@require_http_methods(["GET", "POST"])
@team_says_why
def change(request: HttpRequest, uuid: UUID, person: UUID) -> HttpResponse:
    """Correct a member's card."""
    structure = get_structure(request, uuid)
    row = person_of(structure, person)
    form = PersonForm(request.POST if request.method == "POST" else recovered(request), person=row)
    if request.method == "POST" and form.is_valid():
        try:
            row = team.change(
                by=cast(User, request.user), person=row, seen=request.POST.get("seen") or None, **form.cleaned_data
            )
        except (Refused, ValidationError) as error:
            refuse(form, error)
        else:
            messages.success(request, _("La fiche de %(name)s est enregistrée.") % {"name": row})
            return redirect("team:people", uuid)
    context = {"person": row, "seen": team.person_mark(row)}
    return render_form(request, "residencies/team/people_form.html", form, team_frame(structure) | context)


@require_http_methods(["GET", "POST"])
@team_says_why
def remove(request: HttpRequest, uuid: UUID, person: UUID) -> HttpResponse:
    """Ask, then take the member off."""
    structure = get_structure(request, uuid)
    row = person_of(structure, person)
    user = cast(User, request.user)
    team.require_not_last(user, row)
    oneself = Professional.objects.of(user).filter(pk=row.pk).exists()
    if request.method == "POST":
        team.remove(by=user, person=row)
        messages.success(request, _("%(name)s n'est plus dans l'équipe.") % {"name": row})
        return redirect("team:index") if oneself else redirect("team:people", uuid)
    left = structure.professionals.exclude(pk=row.pk).count()
    size = planning_rules(structure.territory).team_size
    context = {"person": row, "oneself": oneself, "incomplete": left < size, "team_size": size}
    return render(request, "residencies/team/people_remove.html", team_frame(structure) | context)


@keeps_answers
@require_http_methods(["GET", "POST"])
@team_says_why
def details(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How the public reaches the structure."""
    structure = get_structure(request, uuid)
    form = DetailsForm(request.POST if request.method == "POST" else recovered(request), structure=structure)
    if request.method == "POST" and form.is_valid():
        try:
            team.change_details(
                by=cast(User, request.user),
                structure=structure,
                seen=request.POST.get("seen") or None,
                **form.cleaned_data,
            )
        except (Refused, ValidationError) as error:
            refuse(form, error)
        else:
            messages.success(request, _("Les coordonnées publiques sont enregistrées."))
            return redirect("team:people", uuid)
    context = {"seen": team.details_mark(structure)}
    return render_form(request, "residencies/team/people_details.html", form, team_frame(structure) | context)
