"""Check one's answers, file, keep the proof, withdraw, answer a request."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from candidatures import rules, sections, snapshot
from candidatures.enums import ApplicationState
from candidatures.models import Application, Deposit
from candidatures.services import applications, assembly, deposits
from candidatures.views.access import authorise, frame, get_dossier, not_received, received_file, refused, says_why
from candidatures.views.dossier import MEGABYTE
from clea.documents import services as documents
from clea.errors import Refused, require
from clea.ui.http import wants_json
from clea.ui.recovery import keeps_answers, returns_to


@require_GET
def review(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Everything as it will be filed, with a way back to each page."""
    application, access = get_dossier(request, uuid, full=True)
    tasks = sections.task_list(application)
    context = frame(application, access) | {
        "tasks": tasks,
        "data": snapshot.take(application).data,
        "can_file": rules.can_file(access, application, timezone.now()),
    }
    return render(request, "candidatures/applicant/review.html", context)


@returns_to(lambda uuid: reverse("applications:review", args=[uuid]))
@require_POST
def file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """File. Refused or incomplete: back to the check page, the draft untouched."""
    application = get_object_or_404(Application.objects.of(request.user).only("pk"), uuid=uuid)
    try:
        deposit = deposits.file(by=request.user, application=application)  # type: ignore[arg-type]
    except deposits.Incomplete:
        messages.error(request, _("Votre dossier n'est pas complet : voici ce qui manque."))
        return redirect("applications:review", uuid=uuid)
    except Refused as error:
        return refused(request, error, frame(*get_dossier(request, uuid)))
    return redirect("applications:deposit", uuid=uuid, number=deposit.number)


def _deposit(request: HttpRequest, uuid: UUID, number: str) -> tuple[Deposit, dict[str, object]]:
    application, access = get_dossier(request, uuid)
    deposit = get_object_or_404(
        Deposit.objects.select_related("assembly__stored_file", "filed_by").prefetch_related("pieces__stored_file"),
        application=application,
        number=number,
    )
    deposit.application = application
    return deposit, frame(application, access) | {"deposit": deposit}


@require_GET
def deposit(request: HttpRequest, uuid: UUID, number: str) -> HttpResponse:
    """The confirmation worth keeping: number, time, digest, PDF, what happens next."""
    found, context = _deposit(request, uuid, number)
    context["assembled"] = getattr(found, "assembly", None)
    context["stands"] = found.application.last_deposit_id == found.pk
    return render(request, "candidatures/applicant/deposit.html", context)


@require_GET
def assembled(request: HttpRequest, uuid: UUID, number: str) -> HttpResponse:
    """The one PDF, made now if the worker has not yet."""
    found, _context = _deposit(request, uuid, number)
    stored = assembly.ensure(found.pk)
    return redirect("documents:file", uuid=stored.uuid)


@require_GET
def receipt(request: HttpRequest, uuid: UUID, number: str) -> HttpResponse:
    """The acknowledgement as a PDF, in the language of the deposit."""
    found, context = _deposit(request, uuid, number)
    with translation.override(found.language):
        content = documents.render_pdf(
            "pdf/candidatures/receipt.html",
            context | {"territory": found.application.call.territory},
            title=_("Accusé de réception %(number)s") % {"number": found.number},
            language=found.language,
        )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.number}-accuse-de-reception.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@keeps_answers
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask for a confirmation, then withdraw."""
    application, access = get_dossier(request, uuid)
    leaves_reserve = application.state == ApplicationState.RESERVE and application.was_told
    context = frame(application, access) | {"leaves_reserve": leaves_reserve}
    if request.method == "GET":
        try:
            require(context["can_withdraw"])
        except Refused as error:
            return refused(request, error, context)
        return render(request, "candidatures/applicant/withdraw.html", context)
    try:
        applications.withdraw(by=request.user, application=application)  # type: ignore[arg-type]
    except Refused as error:
        return refused(request, error, context)
    if leaves_reserve:
        messages.success(request, _("Vous avez quitté la liste complémentaire."))
    else:
        messages.success(request, _("Votre dossier est retiré. Il ne sera pas examiné."))
    return redirect("applications:list")


@returns_to(lambda uuid: reverse("applications:detail", args=[uuid]))
@require_POST
@says_why
def stay_in_touch(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give or take back the agreement to be written to about other calls."""
    application, _access = get_dossier(request, uuid)
    agreed = request.POST.get("accord") == "oui"
    applications.stay_in_touch(by=request.user, application=application, agreed=agreed)  # type: ignore[arg-type]
    if agreed:
        messages.success(request, _("C'est noté : nous pourrons vous écrire pour d'autres appels."))
    else:
        messages.success(request, _("C'est noté : nous ne vous écrirons pas pour d'autres appels."))
    return redirect("applications:detail", uuid=uuid)


@keeps_answers
@require_http_methods(["GET", "POST"])
@says_why
def answer_request(request: HttpRequest, uuid: UUID, request_uuid: UUID) -> HttpResponse:
    """Give the piece the coordination asked for."""
    application, access = get_dossier(request, uuid)
    asked = get_object_or_404(application.piece_requests.select_related("piece__call"), uuid=request_uuid)
    if asked.cancelled_at:
        raise Http404
    asked.application = application
    context = frame(application, access) | {
        "asked": asked,
        "verdict": rules.can_answer_request(access, application, asked.due_at, timezone.now()),
        "max_bytes": asked.piece.max_bytes,
        "max_mb": asked.piece.max_bytes // MEGABYTE,
        "max_pages": asked.piece.page_limit,
    }
    if request.method == "POST":
        authorise(context["verdict"])
        try:
            sent = received_file(request)
            made = deposits.supplement(by=request.user, request=asked, upload=sent)  # type: ignore[arg-type]
        except Refused as error:
            return not_received(request, error, "candidatures/applicant/request.html", context)
        target = reverse("applications:deposit", args=[uuid, made.number])
        return JsonResponse({"redirect": target}) if wants_json(request) else HttpResponseRedirect(target)
    return render(request, "candidatures/applicant/request.html", context)
