"""What an operator's tools read."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from clea.upkeep import metrics


@login_not_required
@require_safe
@never_cache
def measures(request: HttpRequest) -> HttpResponse:
    """Every figure, for who holds ``METRICS_TOKEN`` (``Authorization: Bearer``) or is an administrator. Else 404."""
    if not _may_read(request):
        raise Http404
    return HttpResponse(metrics.text(), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    if settings.METRICS_TOKEN and constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        return True
    return bool(request.user.is_active and request.user.is_superuser)
