"""What the two desks of this app share: the walls, the filters, the way a message is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from clea.mail import kinds, rendering, scopes
from clea.ui.http import framed
from clea.ui.lists import DeskListMixin

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin


class ScopedMailAdmin(DeskListMixin, _Admin):
    """Rows of the territories one handles. Closed while nobody says who handles what."""

    show_full_result_count = False  # one count a page is enough

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).visible_to(request.user)  # type: ignore[attr-defined]

    def handles_any(self, request: HttpRequest) -> bool:
        return scopes.held_by(request.user) != set()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.handles_any(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # By the object too: a row that is gone keeps its history, which no queryset filters.
        return self.handles_any(request) and (obj is None or self.shows(request, obj))

    def shows(self, request: HttpRequest, obj: Any) -> bool:
        return scopes.holds(request.user, obj.scope)


class KindFilter(admin.SimpleListFilter):
    """Messages by what they are for."""

    title = _("message")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.key, str(kind.label)) for kind in kinds.everything()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class ScopeFilter(admin.SimpleListFilter):
    """Messages by territory: those one handles, absent when there is no choice."""

    title = _("territoire")
    parameter_name = "scope"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        held = scopes.held_by(request.user)
        known = scopes.names()
        if len(known if held is None else held) < 2:
            return []
        return sorted(
            ((slug, known.get(slug, slug)) for slug in (known if held is None else held)), key=lambda pair: pair[1]
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(scope=self.value()) if self.value() else queryset


def framed_mail(*, subject: str, body: str, language: str) -> HttpResponse:
    """The HTML alternative alone, for a sandboxed frame of our own pages."""
    return _framed(HttpResponse(rendering.html_document(subject=subject, body=body, language=language)))


def framed_problems(*, problems: list[str], language: str) -> HttpResponse:
    """Why there is nothing to preview, in the same frame."""
    context = {"problems": problems, "language": language, "subject": _("Aperçu impossible")}
    return _framed(HttpResponse(render_to_string("mail/problems.html", context), status=422))


def _framed(response: HttpResponse) -> HttpResponse:
    # A mail is shown as it will be received, with its own <style>: the frame may do nothing else.
    response._csp_replace = {  # type: ignore[attr-defined]  # django-csp reads it
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": None,
        "form-action": ["'none'"],
        "sandbox": [""],
    }
    return framed(response)
