"""Imports with a preview and a report, exports: the package's flow, within the walls and the CSP.

Loaded by the first who exchanges a sheet (:class:`structures.admin.exchange.SheetExchangeMixin`), never at the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.admin import ImportExportMixin
from import_export.forms import ConfirmImportForm, ExportForm, ImportForm
from import_export.results import Result
from import_export.tmp_storages import CacheStorage

from clea.documents.errors import PieceRefused
from clea.jobs.services import MANY
from clea.journal import services as journal
from structures import jobs
from structures.admin.exchange import SheetExchangeMixin
from structures.admin.scope import coordinated
from structures.models import Territory
from structures.reports.sheet_formats import FrenchCSV, SafeXLSX, Unreadable

if TYPE_CHECKING:
    _Base = SheetExchangeMixin
else:
    _Base = object

MAX_BYTES = 5 * 1024 * 1024


class WaitingFile(CacheStorage):
    """The file between the preview and the confirmation: in the shared cache, for an hour."""

    CACHE_LIFETIME = 3600
    CACHE_PREFIX = "import-"

    def read(self) -> Any:
        content = cache.get(self.CACHE_PREFIX + self.name)
        if content is None:
            raise Unreadable(_("Le fichier n'attend plus : une heure a passé. Choisissez-le à nouveau."))
        return content


class _TerritoryField(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Territory.objects.none(), label=gettext_lazy("Territoire"), **kwargs)

    def open_to(self, territories: list[Territory]) -> None:
        self.queryset = Territory.objects.filter(pk__in=[territory.pk for territory in territories])
        if len(territories) == 1:
            self.initial = territories[0].pk
            self.widget = forms.HiddenInput()
            self.widget.is_required = True


class SheetImportForm(ImportForm):
    """A file, and the territory it is about. The format comes from the file's name."""

    territory = _TerritoryField()
    format = forms.ChoiceField(required=False, widget=forms.HiddenInput())
    field_order = ["territory", "import_file"]

    def __init__(self, formats: Any, resources: Any, *, territories: list[Territory], **kwargs: Any) -> None:
        super().__init__(formats, resources, **kwargs)
        self.formats = formats
        self.fields["territory"].open_to(territories)
        self.fields["import_file"].label = _("Fichier (.xlsx ou .csv)")
        self.fields["import_file"].widget.attrs = {"accept": ".xlsx,.csv"}

    @property
    def media(self) -> forms.Media:
        return forms.Media()  # the package's script guesses the format; clean() does it without

    def clean_import_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["import_file"]
        if (upload.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("Ce fichier dépasse 5 Mo : coupez-le en plusieurs."))
        return upload

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        upload = data.get("import_file")
        if upload is not None:
            extension = (upload.name or "").rpartition(".")[2].casefold()
            known = [form().get_extension() for form in self.formats]
            if extension not in known:
                self.add_error("import_file", _("Envoyez un fichier .xlsx ou .csv."))
            else:
                data["format"] = str(known.index(extension))
        return data


class SheetConfirmForm(ConfirmImportForm):
    territory = forms.ModelChoiceField(Territory.objects.none(), widget=forms.HiddenInput())

    def __init__(self, *, territories: list[Territory], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["territory"].queryset = Territory.objects.filter(pk__in=[territory.pk for territory in territories])


class SheetExportForm(ExportForm):
    """The format, nothing else: every column is exported."""

    def __init__(self, formats: Any, resources: Any, **kwargs: Any) -> None:
        super().__init__(formats, resources, **kwargs)
        choices = [(str(index), form().get_title()) for index, form in enumerate(formats)]
        self.fields["format"] = forms.ChoiceField(
            label=_("Format"), choices=choices, initial="0", widget=forms.RadioSelect()
        )


def _preview(result: Result) -> dict[str, Any]:
    """The rows to come, without the columns that say nothing in any of them."""
    rows = [row for row in result.rows if row.diff is not None]
    kept = [index for index in range(len(result.diff_headers)) if any(row.diff[index] for row in rows)]
    return {
        "headers": [result.diff_headers[index] for index in kept],
        "rows": [{"type": row.import_type, "values": [row.diff[index] for index in kept]} for row in rows],
    }


class SheetExchange(ImportExportMixin, _Base):
    """The pages of an exchange; comes before a ModelAdmin of :class:`SheetExchangeMixin` in a class of both.

    The whole file goes in, or nothing: also when something changed between the preview and the confirmation.
    """

    formats = [SafeXLSX, FrenchCSV]
    import_form_class = SheetImportForm
    confirm_form_class = SheetConfirmForm
    export_form_class = SheetExportForm
    tmp_storage_class = WaitingFile
    import_template_name = "admin/structures/import.html"
    export_template_name = "admin/structures/export.html"
    # The package's own let everybody in.
    has_import_permission = SheetExchangeMixin.has_import_permission
    has_export_permission = SheetExchangeMixin.has_export_permission

    @property
    def resource_classes(self) -> list[Any]:
        return [import_string(self.sheet)]

    # Import --------------------------------------------------------------------------------------

    def get_import_form_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        return super().get_import_form_kwargs(request) | {"territories": coordinated(request)}

    def get_confirm_form_kwargs(self, request: HttpRequest, import_form: Any = None) -> dict[str, Any]:
        return super().get_confirm_form_kwargs(request, import_form) | {"territories": coordinated(request)}

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_confirm_form_initial(request, import_form)
        if import_form is not None:
            initial["territory"] = import_form.cleaned_data["territory"].pk
        return initial

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        chosen = getattr(form, "cleaned_data", {}).get("territory") if form is not None else None
        return {"territory": chosen}

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {"rollback_on_validation_errors": True}

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response: Any = super().import_action(request, **kwargs)
        result = getattr(response, "context_data", {}).get("result")
        if result is not None:
            response.context_data["preview"] = _preview(result)
        return response

    def get_import_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"import_help": self.import_help, "max_bytes": MAX_BYTES}

    def add_data_read_fail_error_to_form(self, form: forms.Form, e: Exception) -> None:
        message = str(e) if isinstance(e, Unreadable) else _("Ce fichier n'est pas lisible. Enregistrez-le à nouveau.")
        form.add_error("import_file", message)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return self._in_the_background(request) or super().process_import(request, **kwargs)
        except (Unreadable, PieceRefused) as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self._url("import"))

    def _in_the_background(self, request: HttpRequest) -> HttpResponse | None:
        """A long sheet goes in by parts, in a job; a short one with the page, at once."""
        form: Any = self.create_confirm_form(request)
        if not self.has_import_permission(request) or not form.is_valid():
            return None
        waiting = WaitingFile(name=form.cleaned_data["import_file_name"])
        content, at = waiting.read(), int(form.cleaned_data["format"])
        rows = len(self.get_import_formats()[at]().create_dataset(content))
        if rows <= MANY:
            return None
        job = jobs.start_import(
            by=request.user,  # type: ignore[arg-type]
            model=self.opts.label_lower,
            territory=form.cleaned_data["territory"],
            content=content,
            name=form.cleaned_data["original_file_name"],
            rows=rows,
            back_url=reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
        )
        waiting.remove()
        return HttpResponseRedirect(job.get_absolute_url())

    def process_dataset(self, dataset: Any, form: Any, request: HttpRequest, **kwargs: Any) -> Result:
        """Write the file and its line in the journal, together."""
        with transaction.atomic():
            result: Result = super().process_dataset(dataset, form, request, **kwargs)
            counts = jobs.counted(result)
            if not self._refused(result) and (counts["created"] or counts["updated"]):
                journal.record(
                    by=request.user,  # type: ignore[arg-type]
                    verb=self.import_verb,
                    target=form.cleaned_data["territory"],
                    data=counts,
                )
        return result

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        if self._refused(result):
            messages.error(
                request,
                _("Rien n'a été importé : la base a changé depuis l'aperçu. Reprenez l'import pour voir pourquoi."),
            )
            return HttpResponseRedirect(self._url("import"))
        return super().process_result(result, request)

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        messages.success(request, jobs.said(jobs.counted(result)))

    @staticmethod
    def _refused(result: Result) -> bool:
        return bool(result.has_errors() or result.has_validation_errors())

    def _url(self, name: str) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}")

    # Export --------------------------------------------------------------------------------------

    def get_export_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {}

    def get_valid_export_item_pks(self, request: HttpRequest) -> Any:
        return self.get_queryset(request).values_list("pk", flat=True)

    def get_export_filename(self, request: HttpRequest, queryset: Any, file_format: Any) -> str:
        day = timezone.localdate().isoformat()
        return f"{self.opts.model_name}-{day}.{file_format.get_extension()}"

    def _do_file_export(
        self, file_format: Any, request: HttpRequest, queryset: Any, export_form: Any = None
    ) -> HttpResponse:
        if not self.has_export_permission(request):
            raise PermissionDenied
        with transaction.atomic():
            response: HttpResponse = super()._do_file_export(file_format, request, queryset, export_form=export_form)
            journal.record(
                by=request.user,  # type: ignore[arg-type]
                verb=self.export_verb,
                data={"rows": queryset.count(), "format": file_format.get_extension()},
            )
        return response
