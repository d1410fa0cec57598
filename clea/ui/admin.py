"""The coordination's desk: Django's admin, in French, with what needs attention first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clea.journal.selectors import entries_by
from clea.ui import desk, keys, limits, lists, search, sections, words

#: It reads everything: fast fingers are far below, a program that walks the base is not.
SEARCHES = limits.limit("ui", "search", "60/m/user", "a search over the desk")

# The domain comes first, then its people, then the machinery.
_APP_ORDER = ["residencies", "candidatures", "structures", "mail", "documents", "accounts", "journal"]


class CleaAdminSite(admin.AdminSite):
    """One desk for every territory; what a person sees in it is each ModelAdmin's business."""

    site_title = gettext_lazy("Coordination CLEA")
    site_header = gettext_lazy("Coordination")
    index_title = gettext_lazy("À traiter")
    empty_value_display = "–"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Whatever is registered, a package's models too: a list of the desk, by public keys, in our words."""
        for model in model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]:
            label = model._meta.label_lower
            if label not in words.HIDDEN:
                kind = words.PACKAGES.get(label, admin_class or admin.ModelAdmin)
                super().register(model, keys.addressed(lists.listed(kind)), **options)

    def get_urls(self) -> list[Any]:
        """With the search; without Django's way to a row's page by the numbers of its kind and of the row."""
        found = path("recherche/", require_safe(self.admin_view(self.search)), name="search")
        return [found, *(one for one in super().get_urls() if getattr(one, "name", "") != "view_on_site")]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Without Django's list of models, which the menu replaces: it would read permissions that nobody uses."""
        return {
            "site_title": self.site_title,
            "site_header": self.site_header,
            "site_url": self.site_url,
            "has_permission": self.has_permission(request),
            "is_popup": False,
        }

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        apps = super().get_app_list(request, app_label)
        rank = {label: position for position, label in enumerate(_APP_ORDER)}
        for app in apps:
            app["name"] = capfirst(app["name"])
        return sorted(apps, key=lambda app: (rank.get(app["app_label"], len(rank)), app["name"]))

    def search(self, request: HttpRequest) -> HttpResponse:
        """``?q=``: people, places, dossiers, residencies, sessions, mails… of the person's territories."""
        text = request.GET.get("q", "").strip()[:200]
        if text and (seconds := limits.wait(request, SEARCHES)):
            return limits.refused(request, seconds)
        found = search.everything(request, text)
        context = self.each_context(request) | {
            "title": _("Recherche"),
            "desk_query": text,
            "found": found,
            "too_short": bool(text) and not search.long_enough(text),
            "total": sum(len(one.hits) for one in found),
            "cut": any(len(one.hits) >= search.SHOWN for one in found),
        }
        return TemplateResponse(request, "admin/search.html", context)

    @method_decorator(never_cache)
    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Where the seasons are, what waits for someone, a few figures. A fixed number of queries.

        Those are the providers' (``clea.ui.desk``) and the sections' ("desk", "desk_beside").
        """
        items = desk.items_for(request)
        groups = desk.grouped(items)
        lines = [line for group in groups for line in group.lines]
        context = {
            "desk_items": items,
            "desk_groups": groups,
            "desk_now": sum(line.urgency == "now" for line in lines),
            "desk_soon": sum(line.urgency == "soon" for line in lines),
            "sections_above": sections.of("desk", request, None),
            "sections_beside": sections.of("desk_beside", request, None),
            "today": timezone.localdate(),
            "own_entries": entries_by(request.user)[:6],
        }
        shown = self.each_context(request) | {"title": self.index_title, "subtitle": None} | context
        request.current_app = self.name
        return TemplateResponse(request, "admin/index.html", shown | (extra_context or {}))

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the site's one sign-in page; tell a signed-in stranger that the desk is not theirs."""
        target = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
            target = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return HttpResponseRedirect(target)
        if request.user.is_authenticated:
            raise PermissionDenied(
                _(
                    "Cet espace est réservé à la coordination. Votre compte n'y a pas accès : "
                    "demandez-le à la personne qui coordonne votre territoire."
                )
            )
        return redirect_to_login(target)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One page for passwords, the account's own, so that its rules and limits are the only ones."""
        return redirect("account_change_password")
