"""How far one's long work is, and what it made."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clea.errors import Refused
from clea.jobs import rules, selectors, services
from clea.jobs.models import Job

if TYPE_CHECKING:
    from clea.accounts.models import User


def _on_desk(
    view: Callable[Concatenate[HttpRequest, ...], HttpResponse],
) -> Callable[Concatenate[HttpRequest, ...], HttpResponse]:
    """Behind the desk's own gate."""

    @wraps(view)
    def inner(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        gated: Callable[..., HttpResponse] = admin.site.admin_view(view)
        return gated(request, **kwargs)

    return inner


def _found(request: HttpRequest, uuid: UUID) -> Job:
    by: User = request.user  # type: ignore[assignment]
    try:
        return services.find(by=by, uuid=uuid)
    except Job.DoesNotExist:
        raise Http404 from None


@_on_desk
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Every job of the person that is still kept. Two queries beyond the desk's own."""
    by: User = request.user  # type: ignore[assignment]
    now = timezone.now()
    rows = [services.settle(job) if rules.is_stale(job, now) else job for job in selectors.latest(by)]
    context = admin.site.each_context(request) | {"title": _("Mes travaux"), "jobs": rows}
    return render(request, "admin/jobs/list.html", context)


@_on_desk
@never_cache
@require_safe
def page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One job. ``?partie=1`` gives what changes alone, for the script that follows it."""
    job = _found(request, uuid)
    if not job.is_active and job.seen_at is None:
        Job.objects.filter(pk=job.pk, claim=job.claim, seen_at=None).update(seen_at=timezone.now())
    follows = job.is_active and "figer" not in request.GET
    context: dict[str, Any] = {
        "job": job,
        "follows": follows,
        "untaken": rules.is_untaken(job, timezone.now()),
        "readable": job.result is not None and bool(rules.can_ask(request.user, job)),  # type: ignore[arg-type]
    }
    if "partie" in request.GET:
        return render(request, "admin/jobs/_job.html", context)
    return render(request, "admin/jobs/job.html", admin.site.each_context(request) | {"title": job.label} | context)


@_on_desk
@require_POST
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _acted(request, uuid, services.cancel)


@_on_desk
@require_POST
def restart(request: HttpRequest, uuid: UUID) -> HttpResponse:
    return _acted(request, uuid, services.restart)


def _acted(request: HttpRequest, uuid: UUID, act: Callable[..., Job]) -> HttpResponse:
    job = _found(request, uuid)
    try:
        job = act(by=request.user, job=job)
    except Refused as error:
        messages.error(request, str(error))
    return redirect(job)
