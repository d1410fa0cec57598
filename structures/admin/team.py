"""The desk and a structure's team: who is invited, when it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext

from clea.errors import Refused
from clea.journal import services as journal
from clea.ui.keys import uuids
from structures.admin.scope import ScopedInlineMixin, coordinates_any
from structures.models import Closure, Structure
from structures.services import team

if TYPE_CHECKING:
    from django.forms import ModelForm
    from django.forms.models import BaseInlineFormSet

    _Base = admin.ModelAdmin[Any]
else:
    _Base = object


class ClosureInline(ScopedInlineMixin, admin.TabularInline):
    """When the structure does not receive. Its team writes the same rows in its own space."""

    model = Closure
    fields = ["starts_on", "ends_on", "weekday", "reason"]
    extra = 0


class TeamMixin(_Base):
    """Adds to a structure's page the invitation of its team, and the journal of its closures."""

    change_form_template = "admin/structures/structure_form.html"

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.invite_page)
        return [path("<uuid:key>/inviter/", page, name="structures_structure_invite"), *super().get_urls()]

    def save_formset(
        self, request: HttpRequest, form: ModelForm[Any], formset: BaseInlineFormSet[Any, Any, Any], change: bool
    ) -> None:
        super().save_formset(request, form, formset, change)
        touched = len(formset.new_objects) + len(formset.changed_objects) + len(formset.deleted_objects)
        if formset.model is Closure and touched:
            journal.record(
                by=request.user,  # type: ignore[arg-type]
                verb="closure.desk_changed",
                target=form.instance,
                data={"rows": touched},
            )

    def invite_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Who has an address, who was written to and when; the letters leave at once."""
        if not coordinates_any(request):
            raise PermissionDenied
        structure: Structure | None = self.get_queryset(request).filter(uuid=key).first()
        if structure is None:
            raise Http404
        chosen = uuids(request.POST.getlist("personne"))
        if request.method == "POST":
            try:
                invited = team.invite(by=request.user, structure=structure, people=chosen)  # type: ignore[arg-type]
            except Refused as error:
                messages.error(request, str(error))
            else:
                text = ngettext("%(n)d invitation part.", "%(n)d invitations partent.", len(invited))
                messages.success(request, text % {"n": len(invited)})
            return HttpResponseRedirect(reverse("admin:structures_structure_invite", args=[structure.uuid]))
        last = team.last_invitations(structure)
        people = list(structure.professionals.all())
        context = self.admin_site.each_context(request) | {
            "title": gettext("Inviter l'équipe"),
            "opts": self.opts,
            "structure": structure,
            "people": [(person, last.get(person.uuid)) for person in people],
            "reachable": any(person.email for person in people),
        }
        return TemplateResponse(request, "admin/structures/invite.html", context)
