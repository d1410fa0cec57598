"""« Fichiers retenus »: what the antivirus keeps from being read, where it belongs, and a person's word on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clea.accounts.models import User
from clea.documents import keepers, rules
from clea.documents.enums import ScanState
from clea.documents.models import HELD, HeldFile
from clea.documents.services import scanning
from clea.errors import Refused
from clea.journal.selectors import entries_for
from clea.ui.dates import moment
from clea.ui.lists import DeskListMixin
from clea.ui.templatetags.clea import filesize_fr, state_tag

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList

    _Admin = admin.ModelAdmin[HeldFile]
    _ModelForm = forms.ModelForm[HeldFile]
else:
    _Admin = admin.ModelAdmin
    _ModelForm = forms.ModelForm

_TONES = {
    ScanState.WAITING: "attention",
    ScanState.INFECTED: "stop",
    ScanState.RELEASED: "done",
}
_SHOWN = ["name_shown", "state_now", "threat", "place", "sent", "since", "again", "given_reason", "released"]


class ReleaseForm(_ModelForm):
    reason = forms.CharField(
        label=gettext_lazy("Pourquoi ce fichier peut être lu"),
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=scanning.REASON_MIN,
        max_length=scanning.REASON_MAX,
        help_text=gettext_lazy(
            "Vous le libérez sous votre responsabilité : dites ce que vous avez vérifié, et auprès de qui. Le motif "
            "est gardé avec le fichier."
        ),
    )

    class Meta:
        model = HeldFile
        fields: list[str] = []


@admin.register(HeldFile)
class HeldFileAdmin(DeskListMixin, _Admin):
    form = ReleaseForm
    change_form_template = "admin/documents/heldfile/change_form.html"
    list_display = ["file_name", "state_now", "threat", "place", "scanned_at"]
    list_filter = ["scan"]
    ordering = ["-scanned_at", "-pk"]
    empty_text = gettext_lazy("L'antivirus ne retient aucun fichier de votre territoire.")
    actions = None
    show_full_result_count = False  # one count a page is enough

    # Rights --------------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: HeldFile | None = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: HeldFile | None = None) -> bool:
        if not (request.user.is_active and request.user.is_staff):
            return False
        return obj is None or self.get_queryset(request).filter(pk=obj.pk).exists()

    def has_change_permission(self, request: HttpRequest, obj: HeldFile | None = None) -> bool:
        if obj is None:
            return self.has_view_permission(request)
        return bool(rules.can_release(obj, timezone.now())) and self.has_view_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[HeldFile]:
        """Those of the person's territories that are withheld, or were released; copies go with what they copy."""
        user = request.user
        if not isinstance(user, User):
            return super().get_queryset(request).none()
        return super().get_queryset(request).filter(keepers.reach(user), HELD).exclude(copy_of__isnull=False)

    # List ----------------------------------------------------------------------------------

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The rows of this page with where they belong, asked once for all."""
        found = super().get_changelist_instance(request)
        found.result_list = list(found.result_list)
        _placed(found.result_list)
        return found

    @admin.display(description=gettext_lazy("fichier"))
    def file_name(self, row: HeldFile) -> str:
        return format_html('{}<span class="desk-sub">{}</span>', self.name_shown(row), filesize_fr(row.size))

    @admin.display(description=gettext_lazy("nom"))
    def name_shown(self, row: HeldFile) -> str:
        place = _place(row)
        return row.original_name if place is None or not place.private else str(row)

    @admin.display(description=gettext_lazy("état"), ordering="scan")
    def state_now(self, row: HeldFile) -> str:
        return state_tag(row.scan, row.get_scan_display(), _TONES[ScanState(row.scan)])

    @admin.display(description=gettext_lazy("où"))
    def place(self, row: HeldFile) -> str:
        place = _place(row)
        if place is None:
            return "–"
        return format_html('<a href="{}">{}</a>', place.url, place.label) if place.url else place.label

    # One file ------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("reçu le"))
    def sent(self, row: HeldFile) -> str:
        return moment(row.created_at)

    @admin.display(description=gettext_lazy("état depuis"))
    def since(self, row: HeldFile) -> str:
        return moment(row.scanned_at) if row.scanned_at else "–"

    @admin.display(description=gettext_lazy("prochain essai"))
    def again(self, row: HeldFile) -> str:
        again = scanning.next_try(row)
        return moment(again) if again else "–"

    @admin.display(description=gettext_lazy("motif"))
    def given_reason(self, row: HeldFile) -> str:
        return row.release_reason or "–"

    @admin.display(description=gettext_lazy("libéré par"))
    def released(self, row: HeldFile) -> str:
        who = User.objects.filter(uuid=row.released_by_uuid).first() if row.released_by_uuid else None
        return str(who) if who else "–"

    def get_fieldsets(self, request: HttpRequest, obj: HeldFile | None = None) -> list[Any]:
        shown = list(_SHOWN)
        if obj is None or not obj.waiting:
            shown.remove("again")
        if obj is None or obj.scan != ScanState.RELEASED:
            shown = shown[:-2]
        sets: list[Any] = [(None, {"fields": shown})]
        if self.has_change_permission(request, obj):
            sets.append((_("Libérer ce fichier"), {"fields": ["reason"]}))
        return sets

    def get_readonly_fields(self, request: HttpRequest, obj: HeldFile | None = None) -> list[str]:
        return _SHOWN

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id else None
        context: dict[str, Any] = {"show_save_and_add_another": False, "show_save_and_continue": False}
        if row is not None:
            verdict = rules.can_release(row, timezone.now())
            context |= {"why": _why(row), "not_yet": "" if verdict else verdict.reason, "entries": entries_for(row)}
            context["title"] = _("Fichier retenu")
        try:
            return super().changeform_view(request, object_id, form_url, context | (extra_context or {}))
        except Refused as refusal:  # it lost a race in between
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: HeldFile, form: Any, change: bool) -> None:
        scanning.release(by=request.user, stored=obj, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]

    def log_change(self, request: HttpRequest, obj: HeldFile, message: Any) -> Any:
        """The journal says it."""
        return None


def _why(row: HeldFile) -> str:
    if row.scan == ScanState.RELEASED:
        return _("Ce fichier se lit à nouveau : la coordination l'a libéré.")
    return scanning.why(row)


def _place(row: HeldFile) -> keepers.Place | None:
    if not hasattr(row, "_place"):
        _placed([row])
    found: keepers.Place | None = row._place  # type: ignore[attr-defined] # kept on the row while the page is made
    return found


def _placed(rows: Any) -> None:
    places = keepers.places(rows)
    for row in rows:
        row._place = places.get(row.pk)
