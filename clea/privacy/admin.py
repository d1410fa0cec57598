"""The desk's page of disposal lists: read one, take lines off, approve it, print it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clea.documents import services as documents
from clea.errors import Refused
from clea.jobs.models import Job
from clea.journal.selectors import entries_for
from clea.mail import scopes
from clea.mail.admin.common import ScopedMailAdmin, ScopeFilter
from clea.privacy import selectors, services
from clea.privacy.enums import DisposalState
from clea.privacy.models import DisposalList
from clea.ui.templatetags.clea import state_tag

if TYPE_CHECKING:
    from clea.accounts.models import User

_TONES = {
    DisposalState.PREPARED: "attention",
    DisposalState.APPROVED: "open",
    DisposalState.CARRIED_OUT: "done",
    DisposalState.CANCELLED: "idle",
}


@admin.register(DisposalList)
class DisposalListAdmin(ScopedMailAdmin):
    """Lists come from the clock; here one reads them, and says yes or not yet."""

    list_display = ["number", "state_now", "territory", "prepared_at", "approved_at", "carried_out_at"]
    list_filter = ["state", ScopeFilter]
    ordering = ["-prepared_at", "-pk"]
    search_fields = ["number"]
    search_help_text = gettext_lazy("Numéro du bordereau.")
    empty_text = gettext_lazy(
        "Rien n'est arrivé au terme de sa conservation. Le premier bordereau se préparera tout seul, et rien ne "
        "sera effacé sans vous."
    )

    # Rights --------------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: DisposalList | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: DisposalList | None = None) -> bool:
        return False

    # List ----------------------------------------------------------------------------------

    def get_list_display(self, request: HttpRequest) -> Any:
        """Without the territory for who handles a single one."""
        held = scopes.held_by(request.user)
        alone = held is not None and len(held) < 2
        return [name for name in super().get_list_display(request) if not (alone and name == "territory")]

    @admin.display(description=gettext_lazy("état"), ordering="state")
    def state_now(self, disposal: DisposalList) -> str:
        return state_tag(disposal.state, disposal.get_state_display(), _TONES[DisposalState(disposal.state)])

    @admin.display(description=gettext_lazy("territoire"), ordering="scope")
    def territory(self, disposal: DisposalList) -> str:
        return scopes.names().get(disposal.scope, disposal.scope) or _("toute l'installation")

    # One list ------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        def one(tail: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            return path(f"<uuid:key>/{tail}", self.admin_site.admin_view(view), name=f"privacy_disposallist_{name}")

        return [
            one("lignes/<uuid:line>/conserver/", self.keep, "keep"),
            one("lignes/<uuid:line>/remettre/", self.put_back, "put_back"),
            one("approuver/", self.approve, "approve"),
            one("abandonner/", self.cancel, "cancel"),
            one("reprendre/", self.resume, "resume"),
            one("bordereau.pdf", self.printed, "printed"),
            *super().get_urls(),
        ]

    def found(self, request: HttpRequest, key: UUID | str) -> DisposalList:
        """404 outside the walls, as for what does not exist."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_queryset(request).filter(uuid=key).select_related("approved_by").first()
        if row is None:
            raise Http404
        return cast(DisposalList, row)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The list as it will be read, approved, printed. Reading only: the buttons have addresses of their own."""
        disposal = self.found(request, object_id)
        job = None
        if disposal.state == DisposalState.APPROVED:
            job = Job.objects.active().filter(params__disposal=str(disposal.uuid)).first()
        context = self.admin_site.each_context(request) | {
            "title": disposal.number,
            "subtitle": None,
            "opts": self.opts,
            "original": disposal,
            "media": self.media,
            "disposal": disposal,
            "tone": _TONES[DisposalState(disposal.state)],
            "territory": self.territory(disposal),
            "groups": selectors.groups(disposal),
            "shown": services.seen(disposal),
            "job": job,
            "own_job": job is not None and job.owner_id == request.user.pk,
            "entries": entries_for(disposal)[:20],
            "list_url": reverse("admin:privacy_disposallist_changelist"),
        }
        return TemplateResponse(request, "admin/privacy/disposal.html", context)

    @method_decorator(require_safe)
    def printed(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The list on paper: numbers and fingerprints, no name."""
        disposal = self.found(request, key)
        content = documents.render_pdf(
            "pdf/privacy/disposal.html",
            {
                "disposal": disposal,
                "territory": self.territory(disposal),
                "groups": selectors.groups(disposal),
            },
            title=_("Bordereau d'élimination %(number)s") % {"number": disposal.number},
        )
        headers = {
            "Content-Disposition": content_disposition_header(False, f"{disposal.number}.pdf") or "inline",
            "Cache-Control": "private, no-store",
        }
        return HttpResponse(content, content_type="application/pdf", headers=headers)

    # Acts ----------------------------------------------------------------------------------

    @method_decorator(require_POST)
    def keep(self, request: HttpRequest, key: UUID, line: UUID) -> HttpResponse:
        return self._act(
            request,
            key,
            lambda disposal: services.keep(
                by=_person(request), disposal=disposal, line=line, why=request.POST.get("why", "")
            ),
            _("La ligne est conservée : elle sera proposée de nouveau dans un an."),
        )

    @method_decorator(require_POST)
    def put_back(self, request: HttpRequest, key: UUID, line: UUID) -> HttpResponse:
        return self._act(
            request,
            key,
            lambda disposal: services.put_back(by=_person(request), disposal=disposal, line=line),
            _("La ligne sera éliminée avec les autres."),
        )

    @method_decorator(require_POST)
    def approve(self, request: HttpRequest, key: UUID) -> HttpResponse:
        return self._act(
            request,
            key,
            lambda disposal: services.approve(
                by=_person(request),
                disposal=disposal,
                shown=request.POST.get("shown", ""),
                typed=request.POST.get("typed", ""),
            ),
            _("Le bordereau est approuvé."),
        )

    @method_decorator(require_POST)
    def cancel(self, request: HttpRequest, key: UUID) -> HttpResponse:
        return self._act(
            request,
            key,
            lambda disposal: services.cancel(by=_person(request), disposal=disposal, why=request.POST.get("why", "")),
            _("Le bordereau est abandonné : rien n'est effacé. Un autre sera préparé, à jour."),
        )

    @method_decorator(require_POST)
    def resume(self, request: HttpRequest, key: UUID) -> HttpResponse:
        return self._act(
            request,
            key,
            lambda disposal: services.resume(by=_person(request), disposal=disposal),
            _("L'élimination reprend où elle s'était arrêtée."),
        )

    def _act(
        self, request: HttpRequest, key: UUID, act: Callable[[DisposalList], Any], done: str
    ) -> HttpResponseRedirect:
        """Do it, then show the list; or go to the long work it started."""
        disposal = self.found(request, key)
        try:
            result = act(disposal)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, done)
            if isinstance(result, Job):
                return HttpResponseRedirect(result.get_absolute_url())
        return HttpResponseRedirect(reverse("admin:privacy_disposallist_change", args=[disposal.uuid]))


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)
