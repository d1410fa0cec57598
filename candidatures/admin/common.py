"""What the pages of this desk share: the walls, one page around any question, refusals said in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from candidatures.models import Call
from clea.errors import Refused
from clea.ui.keys import uuids as uuids
from structures.admin.scope import ScopedAdminMixin, coordinated

if TYPE_CHECKING:
    from django.db.models import Model

    from candidatures.models import Season
    from clea.accounts.models import User

    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin


class DeskAdmin(ScopedAdminMixin, _Admin):
    """A page of this desk: the territory's walls, this app's style sheet, pages found by ``uuid``."""

    #: From a row to its season (``"season"``, ``"call__season"``; ``"self"`` is the season): closed, it is read only.
    season_path = ""
    change_form_template = "admin/candidatures/change_form.html"

    class Media:
        css = {"all": ["css/coordination.css"]}

    def archived(self, obj: Any) -> Season | None:
        """The closed season this row belongs to. No query on a row read with its season."""
        if obj is None or not self.season_path:
            return None
        season: Any = obj
        for name in () if self.season_path == "self" else self.season_path.split("__"):
            season = getattr(season, name, None)
        return season if season is not None and season.closed_at is not None else None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self.archived(obj) is None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self.archived(obj) is None

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Nothing is added to a closed season, nor moved into it."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.related_model._meta.label == "candidatures.Season":
            field.queryset = field.queryset.filter(closed_at=None)
        return field

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page is called by the row's own name."""
        row = self.get_object(request, object_id) if object_id else None
        context = {
            "title": str(row) if row is not None else self.add_title,
            "subtitle": None,
            "show_save_and_add_another": False,
            "archived": self.archived(row),
        }
        return super().changeform_view(request, object_id, form_url, context | (extra_context or {}))

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
                "object_url": reverse(f"{base}_change", args=[obj]) if obj is not None else "",
                "archived": self.archived(obj),
            }
            | context,
        )


class OwnCall(NamedTuple):
    """What a list says of a call of one's territories."""

    pk: int
    uuid: UUID
    title: str
    kind: str
    status: str
    opens_at: datetime
    season: str


def own_calls(request: HttpRequest) -> dict[int, OwnCall]:
    """The calls of the person's territories, the last to close first. One query a request."""
    if not hasattr(request, "_own_calls"):
        held = [territory.pk for territory in coordinated(request)]
        rows = (
            Call.objects.filter(season__programme__territory__in=held)
            .order_by("-closes_at", "-pk")
            .values_list("pk", "uuid", "title", "kind", "status", "opens_at", "season__name")
        )
        request._own_calls = {row[0]: OwnCall(*row) for row in rows}  # type: ignore[attr-defined]
    return request._own_calls  # type: ignore[attr-defined]


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


def whole(text: str) -> int | None:
    """A whole number as typed, or nothing: « ² » is a digit and no number."""
    try:
        return int(text)
    except ValueError:
        return None
