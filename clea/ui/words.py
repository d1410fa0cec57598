"""The desk's own words, in place of Django's stiff ones: titles, what was done, yes and no, the packages' pages.

« Modification de structure » names the model and not the row; « L'objet structure » is nobody's French;
a package without French shows its class names. Said here once, for every admin of the site.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.templatetags import admin_list
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clea.ui import dates

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin


def _without(tree: list[Any], starts: tuple[str, ...]) -> list[Any]:
    """A tree of what a deletion takes along, without the leaves whose text starts so."""
    left = [_without(one, starts) if isinstance(one, list) else one for one in tree]
    return [one for one in left if one and not (isinstance(one, str) and one.startswith(starts))]


class Worded:
    """Mixed into every ModelAdmin of the site."""

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """The page is called by its row, or by what it adds, where the admin says nothing better."""
        opts, row = self.opts, kwargs.get("obj")  # type: ignore[attr-defined]
        stiff = {text % opts.verbose_name for text in map(gettext, ("Add %s", "Change %s", "View %s"))}
        if str(context.get("title")) in stiff:
            new = getattr(self, "add_title", "") or gettext("Ajouter : %(name)s") % {"name": opts.verbose_name}
            context |= {"title": str(row) if row is not None else new, "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> Any:
        kept = context.get("protected") or context.get("perms_lacking")
        text = gettext("On ne peut pas supprimer : %(name)s") if kept else gettext("Supprimer : %(name)s")
        return super().render_delete_form(  # type: ignore[misc]
            request, context | {"title": text % {"name": context["object"]}, "subtitle": None}
        )

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes with the rows, but the rows that only link two others: they have no name of their own."""
        tree, counts, lacking, kept = super().get_deleted_objects(objs, request)  # type: ignore[misc]
        links = [one._meta for one in apps.get_models(include_auto_created=True) if one._meta.auto_created]
        called = tuple(f"{capfirst(one.verbose_name)}: " for one in links)
        plurals = {one.verbose_name_plural for one in links}
        return _without(tree, called), {k: n for k, n in counts.items() if k not in plurals}, lacking, kept

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response: Any = super().history_view(request, object_id, extra_context)  # type: ignore[misc]
        context = getattr(response, "context_data", None)
        if context and "object" in context:
            context["title"] = gettext("Historique : %(name)s") % {"name": context["object"]}
        return response

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        self._say(request, gettext("C'est ajouté : %(name)s."), obj)
        return super().response_add(request, obj, *args, **kwargs)  # type: ignore[misc]

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self._say(request, gettext("C'est enregistré : %(name)s."), obj)
        return super().response_change(request, obj)  # type: ignore[misc]

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        self._say(request, gettext("C'est supprimé : %(name)s."), obj_display)
        return super().response_delete(request, obj_display, obj_id)  # type: ignore[misc]

    @staticmethod
    def _say(request: HttpRequest, text: str, row: Any) -> None:
        request._desk_says = text % {"name": row}  # type: ignore[attr-defined]

    def message_user(self, request: HttpRequest, message: Any, *args: Any, **kwargs: Any) -> None:
        """What Django is about to say of a row that was just written, in our words. Anything else as it is."""
        said = request.__dict__.pop("_desk_says", None)
        super().message_user(request, said or message, *args, **kwargs)  # type: ignore[misc]


def yes_or_no(value: bool | None) -> SafeString:
    """In place of an image whose alternative is « True »."""
    return format_html("{}", {True: gettext("oui"), False: gettext("non"), None: gettext("inconnu")}[value])


def settle() -> None:
    """Once, when the admin starts. Django has no setting for it."""
    admin_list._boolean_icon = yes_or_no  # type: ignore[attr-defined]


# The packages' pages -----------------------------------------------------------------------------

#: Not on the desk: rights come from the territory one coordinates, never from a group of Django's.
HIDDEN = {"auth.group"}

_STATES = {
    "READY": _("en attente"),
    "RUNNING": _("en cours"),
    "SUCCESSFUL": _("faite"),
    "SUCCEEDED": _("faite"),
    "FAILED": _("en échec"),
}
_FACTORS = {
    "totp": _("application de codes"),
    "recovery_codes": _("codes de secours"),
    "webauthn": _("clé ou empreinte"),
}


def _moment(when: Any) -> str:
    return dates.moment(when) if when else "–"


class _Named(_Admin):
    """A package's model under French names, without touching the model: its migrations are the package's."""

    names: tuple[Any, Any]

    def __init__(self, model: Any, site: Any) -> None:
        super().__init__(model, site)
        self.opts = copy(model._meta)
        self.opts.verbose_name, self.opts.verbose_name_plural = self.names

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        changelist.opts = self.opts
        changelist.title = capfirst(str(self.opts.verbose_name_plural))
        return changelist

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Nothing hangs from these rows."""
        return [str(row) for row in objs], {self.opts.verbose_name_plural: len(objs)}, set(), []

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TaskAdmin(_Named):
    """What the server does behind the pages, to read only."""

    names = (_("tâche de fond"), _("tâches de fond"))
    list_display = ["what", "state", "queued", "started", "ended"]
    ordering = ["-enqueued_at"]
    fields = ("what", "state", "queued", "started", "ended", "why")
    readonly_fields = fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("tâche"), ordering="task_path")
    def what(self, row: Any) -> str:
        return str(row.task_path)

    @admin.display(description=_("état"), ordering="status")
    def state(self, row: Any) -> str:
        return str(_STATES.get(row.status, row.status))

    @admin.display(description=_("demandée"), ordering="enqueued_at")
    def queued(self, row: Any) -> str:
        return _moment(row.enqueued_at)

    @admin.display(description=_("commencée"), ordering="started_at")
    def started(self, row: Any) -> str:
        return _moment(row.started_at)

    @admin.display(description=_("finie"), ordering="finished_at")
    def ended(self, row: Any) -> str:
        return _moment(row.finished_at)

    @admin.display(description=_("pourquoi elle a échoué"))
    def why(self, row: Any) -> str:
        return format_html("<pre>{}</pre>", row.traceback) if row.traceback else "–"


class FactorAdmin(_Named):
    """Second factors: seen. One that is lost is taken off on the account's page, with a reason, and journaled."""

    names = (_("second facteur"), _("seconds facteurs"))
    list_display = ["person", "factor", "added", "used"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
    fields = ("person", "factor", "added", "used")
    readonly_fields = fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("compte"), ordering="user__email")
    def person(self, row: Any) -> str:
        return str(row.user)

    @admin.display(description=_("second facteur"), ordering="type")
    def factor(self, row: Any) -> str:
        return str(_FACTORS.get(row.type, row.type))

    @admin.display(description=_("ajouté le"), ordering="created_at")
    def added(self, row: Any) -> str:
        return _moment(row.created_at)

    @admin.display(description=_("utilisé le"), ordering="last_used_at")
    def used(self, row: Any) -> str:
        return _moment(row.last_used_at)


PACKAGES: dict[str, type[_Admin]] = {
    "django_tasks_database.dbtaskresult": TaskAdmin,
    "mfa.authenticator": FactorAdmin,
}
