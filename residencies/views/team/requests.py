"""Team: wishes."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidatures.admin.common import whole
from clea.accounts.models import User
from clea.errors import Refused, require
from clea.ui.http import render_form
from clea.ui.recovery import keeps_answers, recovered
from residencies.forms.requests import ProposalForm, WishForm
from residencies.models import ActivityRequest, Residency
from residencies.rules import requests as rules
from residencies.selectors import requests as selectors
from residencies.services import requests as services
from residencies.views.access import get_structure, team_frame, team_says_why
from residencies.views.team.people import refuse
from structures.models import Structure


def _wish(request: HttpRequest, uuid: UUID, wish: UUID) -> tuple[Structure, ActivityRequest]:
    """The structure, then one of its wishes; or 404."""
    structure = get_structure(request, uuid)
    try:
        return structure, selectors.request_of(structure, wish)
    except ActivityRequest.DoesNotExist:
        raise Http404 from None


def _wished_artist(request: HttpRequest) -> dict[str, Any]:
    """The artist of the link that led here (« ?artiste= »)."""
    try:
        asked = UUID(request.GET.get("artiste", ""))
    except ValueError:
        return {}
    found = Residency.objects.filter(uuid=asked).values_list("pk", flat=True).first()
    return {"residency": found} if found else {}


def _version(request: HttpRequest) -> int:
    """The version of the page; one that no wish has when it cannot be read."""
    found = whole(request.POST.get("version", ""))
    return -1 if found is None else found


@require_safe
def requests(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What was wished for, and what came of it."""
    structure = get_structure(request, uuid)
    context = {
        "rows": [(row, selectors.TONES[row.state]) for row in selectors.of_structure(structure)],
        "season": selectors.open_season(structure.territory),
    }
    return render(request, "residencies/team/requests.html", team_frame(structure) | context)


@keeps_answers
@require_http_methods(["GET", "POST"])
@team_says_why
def add(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """File a wish for the season under way."""
    structure = get_structure(request, uuid)
    season = selectors.open_season(structure.territory)
    if season is None:
        raise Refused(
            _("Aucune saison n'accueille de souhaits pour le moment : la coordination vous préviendra."),
            code="no_season",
        )
    data = request.POST if request.method == "POST" else recovered(request)
    form = WishForm(data, season=season, structure=structure, initial=_wished_artist(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = services.file(by=cast(User, request.user), structure=structure, season=season, **form.cleaned_data)
        except (Refused, ValidationError) as error:
            refuse(form, error)
        else:
            messages.success(request, _("Votre souhait est envoyé. Un courriel vous le confirme."))
            return redirect("team:request", uuid, row.uuid)
    context = team_frame(structure) | {"season": season}
    return render_form(request, "residencies/team/requests_form.html", form, context)


@require_safe
def detail(request: HttpRequest, uuid: UUID, wish: UUID) -> HttpResponse:
    """One wish: what was written, where it stands, what may be done."""
    structure, row = _wish(request, uuid, wish)
    return _show(request, structure, row, ProposalForm(initial={"version": row.version}))


def _show(
    request: HttpRequest, structure: Structure, row: ActivityRequest, form: ProposalForm, status: int = 200
) -> HttpResponse:
    context = {
        "wish": row,
        "tone": selectors.TONES[row.state],
        "form": form,
        "can_change": rules.can_change(row),
        "can_withdraw": rules.can_withdraw(row),
        "can_resume": rules.can_resume(row),
        "can_answer": rules.can_answer_proposal(row),
    }
    return render(request, "residencies/team/requests_detail.html", team_frame(structure) | context, status=status)


@keeps_answers
@require_http_methods(["GET", "POST"])
@team_says_why
def change(request: HttpRequest, uuid: UUID, wish: UUID) -> HttpResponse:
    """Rewrite it while nobody answered."""
    structure, row = _wish(request, uuid, wish)
    require(rules.can_change(row))
    data = request.POST if request.method == "POST" else recovered(request)
    form = WishForm(data, season=row.season, structure=structure, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            services.change(
                by=cast(User, request.user),
                request=row,
                version=_version(request),
                **form.cleaned_data,
            )
        except (Refused, ValidationError) as error:
            refuse(form, error)
        else:
            messages.success(request, _("Votre souhait est enregistré."))
            return redirect("team:request", uuid, wish)
    context = team_frame(structure) | {"wish": row, "season": row.season, "version": row.version}
    return render_form(request, "residencies/team/requests_form.html", form, context)


@require_http_methods(["GET", "POST"])
@team_says_why
def withdraw(request: HttpRequest, uuid: UUID, wish: UUID) -> HttpResponse:
    """Ask, then take it back."""
    structure, row = _wish(request, uuid, wish)
    require(rules.can_withdraw(row))
    if request.method == "POST":
        services.withdraw(by=cast(User, request.user), request=row)
        messages.success(request, _("Votre souhait est retiré. Vous pouvez le reprendre quand vous voulez."))
        return redirect("team:request", uuid, wish)
    return render(request, "residencies/team/requests_withdraw.html", team_frame(structure) | {"wish": row})


@require_POST
@team_says_why
def resume(request: HttpRequest, uuid: UUID, wish: UUID) -> HttpResponse:
    """The wish waits again."""
    _structure, row = _wish(request, uuid, wish)
    services.resume(by=cast(User, request.user), request=row)
    messages.success(request, _("Votre souhait est de nouveau à l'étude."))
    return redirect("team:request", uuid, wish)


@require_POST
@team_says_why
def answer(request: HttpRequest, uuid: UUID, wish: UUID) -> HttpResponse:
    """Yes or no to the artist proposed."""
    structure, row = _wish(request, uuid, wish)
    form = ProposalForm(request.POST)
    require(rules.can_answer_proposal(row))
    if not form.is_valid():
        return _show(request, structure, row, form, status=422)
    accepts = form.cleaned_data["answer"] == "yes"
    services.answer_proposal(
        by=cast(User, request.user),
        request=row,
        accepts=accepts,
        words=form.cleaned_data["words"],
        version=_version(request),
    )
    said = _("C'est entendu : l'activité commence à s'écrire.") if accepts else _("C'est noté : votre souhait reste.")
    messages.success(request, said)
    return redirect("team:request", uuid, wish)
