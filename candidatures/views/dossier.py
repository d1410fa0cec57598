"""One's own dossiers: the list, the task list, the pages."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from candidatures import rules, sections, selectors
from candidatures.forms import pages
from candidatures.models import Application
from candidatures.money import BudgetSummary, summarise
from candidatures.selectors import answers, interviews, next_steps
from candidatures.services import applications
from candidatures.views.access import frame, get_dossier, refused
from clea.errors import Forbidden, Refused, StaleWrite
from clea.ui import next_step
from clea.ui.dates import hour
from clea.ui.http import wants_json
from clea.ui.recovery import keeps_answers, recovered

#: The unit of a call's limit, as its page gives it.
MEGABYTE = 1024 * 1024


@require_GET
def own_list(request: HttpRequest) -> HttpResponse:
    """The person's space: the next thing to do, then each dossier with its next step."""
    from candidatures.models import Call

    dossiers = next_steps.Dossiers(request.user)  # type: ignore[arg-type]
    held = {application.call_id for application in dossiers.own}
    context = {
        "steps": next_step.ordered([*dossiers.steps(), *next_step.of(request, but={""})]),
        "rows": [(row, dossiers.step(row)) for row in dossiers.own if not dossiers.is_past(row)],
        "past": [row for row in dossiers.own if dossiers.is_past(row)],
        "open_calls": [call for call in Call.objects.open_at().with_territory() if call.pk not in held],
    }
    return render(request, "candidatures/applicant/list.html", context)


@require_GET
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The task list of a draft; what was filed and what comes next otherwise."""
    application, access = get_dossier(request, uuid, full=True)
    context = frame(application, access)
    filed = application.last_deposit_id is not None
    context |= {
        "tasks": sections.task_list(application),
        "deposits": list(application.deposits.all()) if filed else [],
        "interview": interviews.booking(application) if filed else None,
        "told": answers.told(application),
        "requests": list(application.piece_requests.filter(cancelled_at=None).select_related("piece")) if filed else [],
    }
    return render(request, "candidatures/applicant/detail.html", context)


@keeps_answers
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, uuid: UUID, key: str) -> HttpResponse:
    """One page of the dossier. GET shows it; POST saves it, whole or field by field."""
    prefetch = (
        selectors.PIECE_PREFETCH if key.startswith(sections.PIECE_PREFIX) else selectors.SECTION_PREFETCH.get(key)
    )
    if prefetch is None:
        raise Http404
    wanted = ("call__pieces", *prefetch)
    if request.method == "POST":
        return _save(request, uuid, key, wanted)
    application, access = get_dossier(request, uuid, *wanted)
    kept = recovered(request)
    page = _page(application, key, kept)
    if kept is not None:
        messages.warning(
            request,
            _(
                "Votre session avait expiré. Nous avons gardé ce que vous aviez saisi, ci-dessous : "
                "vérifiez, puis enregistrez. Un fichier choisi est à choisir de nouveau."
            ),
        )
        # What was typed answers to the page as it was then: if it has changed since, saving says so.
        return _show(request, application, access, page, version=_number(kept))
    return _show(request, application, access, page)


def _page(application: Application, key: str, data: QueryDict | None) -> pages.PageForms:
    page = pages.build(application, key, data)
    if page is None:
        raise Http404
    return page


def _version(request: HttpRequest) -> int | None:
    """The page's version the person was looking at; an explicit "keep mine" writes over."""
    return None if request.POST.get("ecraser") else _number(request.POST)


def _number(sent: QueryDict) -> int:
    try:
        return int(sent.get("version", ""))
    except ValueError:
        return -1


def _save(request: HttpRequest, uuid: UUID, key: str, wanted: Sequence[str]) -> HttpResponse:
    """Read and written under one lock: what the forms were filled beside is what is changed."""
    try:
        with transaction.atomic():
            application, access = get_dossier(request, uuid, *wanted, locked=True)
            page = _page(application, key, request.POST)
            valid = page.is_valid()
            applications.save_section(
                by=request.user,  # type: ignore[arg-type]
                application=application,
                section=page.section,
                changes=page.changes(),
                version=_version(request),
                held=True,
            )
    except StaleWrite as error:
        return _stale(request, application, access, page, error)
    except Refused as error:
        if wants_json(request):
            return JsonResponse({"message": str(error)}, status=403 if isinstance(error, Forbidden) else 409)
        return refused(request, error, frame(application, access))
    if wants_json(request):
        return _saved_json(application, page)
    if not valid:
        return _show(request, application, access, page, status=422)
    if "ajouter" in request.POST:
        return redirect(f"{request.path}#lignes")
    messages.success(request, _("Enregistré. Votre dossier n'est pas encore déposé."))
    if "retour" in request.POST:
        return redirect(application)
    return redirect(sections.url_after(application, page.section))


def _saved_json(application: Application, page: pages.PageForms) -> JsonResponse:
    now = timezone.localtime()
    answer = {
        "version": application.section_version(page.section),
        "saved_at": hour(now),
        "message": _("Enregistré à %(when)s – pas encore déposé") % {"when": hour(now)},
        "errors": page.errors(),
    }
    if page.section == sections.BUDGET:
        summary = _running_budget(application, page)
        answer["fragments"] = {
            "budget-summary": render_to_string("candidatures/applicant/budget_summary.html", {"budget": summary})
        }
    return JsonResponse(answer)


def _running_budget(application: Application, page: pages.PageForms) -> BudgetSummary:
    lines = pages.budget_lines(page.rows) if page.rows is not None and page.rows.is_bound else None
    return summarise(
        lines if lines is not None else application.budget_lines.all(), getattr(application.call, "money", None)
    )


def _stale(
    request: HttpRequest,
    application: Application,
    access: rules.Access,
    page: pages.PageForms,
    error: StaleWrite,
) -> HttpResponse:
    """Another tab or person wrote first: nothing is overwritten, what was typed stays on the page."""
    if wants_json(request):
        return JsonResponse({"message": str(error), "conflict": True}, status=409)
    stored = pages.build(application, page.section)
    return _show(request, application, access, page, status=409, conflict=str(error), stored=stored)


def _show(
    request: HttpRequest,
    application: Application,
    access: rules.Access,
    page: pages.PageForms,
    *,
    status: int = 200,
    conflict: str = "",
    stored: pages.PageForms | None = None,
    version: int | None = None,
) -> HttpResponse:
    piece = page.piece
    context = frame(application, access) | {
        "page": page,
        "form": page.form,
        "rows": page.rows,
        "piece": piece,
        "section_key": page.section,
        "version": application.section_version(page.section) if version is None else version,
        "conflict": conflict,
        "stored": stored,
        "section_title": section_title(page),
        "place": sections.place(application, page.section),
    }
    if page.section == sections.BUDGET:
        context["budget"] = _running_budget(application, page)
    if piece is not None or page.section == sections.SINGLE_PDF:
        from candidatures.services.pieces import limits

        context["document"] = sections.document_of(application, piece)
        context["max_bytes"], context["max_pages"] = limits(application, piece)
        context["max_mb"] = context["max_bytes"] // MEGABYTE
        context["upload_code"] = piece.code if piece else sections.SINGLE_PDF
        if page.form is None and page.rows is None:
            context["next_url"] = sections.url_after(application, page.section)
        if piece is not None:
            answer = sections.answer_of(application, piece)
            context["held_by_single"] = bool(application.single_pdf and answer and answer.in_single_pdf)
    return render(request, page.template, context, status=status)


def section_title(page: pages.PageForms) -> str:
    """The page's name, as in the task list."""
    from clea.i18n import localised

    if page.piece is not None:
        return localised(page.piece, "title")
    return sections.titles()[page.section]
