"""What the pages of this desk share: the walls, one page around any question, refusals said in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clea.errors import Refused
from structures.admin.scope import ScopedAdminMixin

if TYPE_CHECKING:
    from django.db.models import Model

    from clea.accounts.models import User

    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin


class DeskAdmin(ScopedAdminMixin, _Admin):
    """A page of this desk: the territory's walls, this app's style sheet, pages found by ``uuid``."""

    class Media:
        css = {"all": ["css/coordination.css"]}

    def found(self, request: HttpRequest, key: UUID) -> Any:
        """The row behind an address of our own. 404 outside the walls, as for what does not exist."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_queryset(request).filter(uuid=key).first()
        if row is None:
            raise Http404
        return row

    def page(
        self, request: HttpRequest, template: str, *, title: str, obj: Model | None = None, **context: Any
    ) -> HttpResponse:
        """A page of the desk in the admin's frame. ``obj`` is the row it is about."""
        base = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        return TemplateResponse(
            request,
            template,
            self.admin_site.each_context(request)
            | {
                "title": title,
                "opts": self.opts,
                "original": obj,
                "media": self.media,
                "list_url": reverse(f"{base}_changelist"),
                "object_url": reverse(f"{base}_change", args=[obj.pk]) if obj is not None else "",
            }
            | context,
        )


def person(request: HttpRequest) -> User:
    """Who acts. The admin's pages are for signed-in people only."""
    return cast("User", request.user)


def refuse(form: BaseForm, error: Refused | ValidationError) -> None:
    """Put what a service refused where the person typed it, or on top of the form."""
    if isinstance(error, ValidationError):
        for name, messages in getattr(error, "message_dict", {"__all__": error.messages}).items():
            form.add_error(name if name in form.fields else None, messages)
        return
    form.add_error(error.field if error.field in form.fields else None, str(error))


def choose_first(label: str = "") -> tuple[str, str]:
    """The empty line of a list of choices."""
    return ("", label or _("Choisissez"))
