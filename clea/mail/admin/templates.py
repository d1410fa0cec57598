"""Texts of the messages: the list of everything the program writes, and the form that changes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from simple_history.admin import SimpleHistoryAdmin

from clea.mail import kinds, rules, scopes, services
from clea.mail.admin.common import KindFilter, ScopedMailAdmin, ScopeFilter, framed_mail, framed_problems
from clea.mail.enums import MailLanguage
from clea.mail.models import MailTemplate

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[MailTemplate]
else:
    _ModelForm = forms.ModelForm


class MailTemplateForm(_ModelForm):
    """A text. Which message and which language come from the address, never from the form."""

    kind: str
    language: str
    scope_choices: list[tuple[str, str]] | None = None
    initial_scope = ""

    class Meta:
        model = MailTemplate
        fields = ["scope", "subject", "body"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.instance.kind, self.instance.language = self.kind, self.language
            text = services.text_in_force(kinds.get(self.kind), self.language, self.initial_scope)
            self.initial.setdefault("subject", text.subject)
            self.initial.setdefault("body", text.body)
            self.initial.setdefault("scope", self.initial_scope)
        if "scope" in self.fields and self.scope_choices is not None:
            self.fields["scope"] = forms.ChoiceField(
                label=self.fields["scope"].label,
                choices=self.scope_choices,
                required=all(value for value, _name in self.scope_choices),
            )

    def _get_validation_exclusions(self) -> set[str]:
        # Both are set above: the constraint on the three columns is checked here, not by a 500.
        return super()._get_validation_exclusions() - {"kind", "language", "scope"}  # type: ignore[misc]


@admin.register(MailTemplate)
class MailTemplateAdmin(ScopedMailAdmin, SimpleHistoryAdmin):
    form = MailTemplateForm
    list_display = ["message", "language", "territory", "subject", "updated_at"]
    list_filter = [KindFilter, "language", ScopeFilter]
    search_fields = ["subject", "body", "kind"]
    search_help_text = gettext_lazy("Objet ou texte.")
    empty_text = gettext_lazy(
        "Le programme écrit lui-même chaque message. « Tous les messages du programme » montre chacun, à réécrire."
    )
    readonly_fields = ["message", "purpose", "language_name", "territory", "variables"]
    actions = None

    # Rights --------------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.handles_any(request)

    def has_change_permission(self, request: HttpRequest, obj: MailTemplate | None = None) -> bool:
        return self.handles_any(request) if obj is None else bool(rules.can_change_template(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: MailTemplate | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def shows(self, request: HttpRequest, obj: MailTemplate) -> bool:
        # The common text is everybody's to read: it is what leaves where no other is written.
        return not obj.scope or super().shows(request, obj)

    # Pages ---------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("tous/", wrap(self.catalogue), name="mail_mailtemplate_catalogue"),
            path("apercu/", wrap(require_POST(self.preview)), name="mail_mailtemplate_preview"),
            *super().get_urls(),
        ]

    def catalogue(self, request: HttpRequest) -> HttpResponse:
        """Every message the program knows, with the text in force for each territory and language.

        One query whatever the number of messages.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = {(row.kind, row.language, row.scope): row for row in self.get_queryset(request)}
        places = self._scopes_to_write(request)
        entries = [
            {
                "kind": kind,
                "texts": [
                    {
                        "language": language.label,
                        "scope": name,
                        "row": rows.get((kind.key, language.value, scope)),
                        "inherited": rows.get((kind.key, language.value, "")) if scope else None,
                        "translated": language.value in kind.subject,
                        "add_url": f"{reverse('admin:mail_mailtemplate_add')}?"
                        + urlencode({"kind": kind.key, "language": language.value, "scope": scope}),
                    }
                    for scope, name in places
                    for language in MailLanguage
                ],
            }
            for kind in kinds.everything()
        ]
        context = self.admin_site.each_context(request) | {
            "title": _("Tous les messages du programme"),
            "opts": self.opts,
            "entries": entries,
        }
        return TemplateResponse(request, "admin/mail/mailtemplate/catalogue.html", context)

    def preview(self, request: HttpRequest) -> HttpResponse:
        """The text being typed, filled with sample values, as it would be received. Saves nothing."""
        if not self.handles_any(request):
            raise PermissionDenied
        kind, language = self._asked(request)
        subject, body = request.POST.get("subject", ""), request.POST.get("body", "")
        try:
            MailTemplate(kind=kind.key, language=language, subject=subject, body=body).clean()
        except ValidationError as error:
            return framed_problems(problems=error.messages, language=language)
        sample = kind.sample()
        return framed_mail(subject=kinds.fill(subject, sample), body=kinds.fill(body, sample), language=language)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form knows which message it is about: without one in the address, show them all."""
        if "kind" not in request.GET:
            return HttpResponseRedirect(reverse("admin:mail_mailtemplate_catalogue"))
        self._asked(request)
        return super().add_view(request, form_url, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id else None
        kind, language = (row.kind, row.language) if row else (request.GET.get("kind"), request.GET.get("language"))
        preview = f"{reverse('admin:mail_mailtemplate_preview')}?" + urlencode({"kind": kind, "language": language})
        return super().changeform_view(
            request,
            object_id,
            form_url,
            {"preview_url": preview, "show_save_and_add_another": False} | (extra_context or {}),
        )

    # Form ----------------------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: MailTemplate | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[MailTemplate]]:
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None:
            kind, language = self._asked(request)
            form.kind, form.language = kind.key, language  # type: ignore[attr-defined]
            form.initial_scope = request.GET.get("scope", "")  # type: ignore[attr-defined]
            places = self._scopes_to_write(request)
            if scopes.names() or scopes.held_by(request.user) is not None:
                form.scope_choices = places  # type: ignore[attr-defined]
        return form

    def get_fieldsets(self, request: HttpRequest, obj: MailTemplate | None = None) -> list[Any]:
        where = "scope" if obj is None else "territory"
        return [
            (None, {"fields": ["message", "purpose", "language_name", where]}),
            (_("Ce que dit le message"), {"fields": ["subject", "body", "variables"]}),
        ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        # The address names the message; it never fills the text.
        return {}

    def save_model(self, request: HttpRequest, obj: MailTemplate, form: Any, change: bool) -> None:
        services.save_template(by=request.user, template=obj)  # type: ignore[arg-type]

    def delete_model(self, request: HttpRequest, obj: MailTemplate) -> None:
        services.remove_template(by=request.user, template=obj)  # type: ignore[arg-type]

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[MailTemplate]) -> None:
        for row in queryset:
            self.delete_model(request, row)

    # Columns -------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("message"), ordering="kind")
    def message(self, row: MailTemplate) -> str:
        return kinds.label(row.kind)

    @admin.display(description=gettext_lazy("quand il part"))
    def purpose(self, row: MailTemplate) -> str:
        return str(kinds.get(row.kind).description)

    @admin.display(description=gettext_lazy("langue"))
    def language_name(self, row: MailTemplate) -> str:
        return str(MailLanguage(row.language).label)

    @admin.display(description=gettext_lazy("territoire"), ordering="scope")
    def territory(self, row: MailTemplate) -> str:
        return scopes.names().get(row.scope, row.scope) if row.scope else _("tous les territoires")

    @admin.display(description=gettext_lazy("variables possibles"))
    def variables(self, row: MailTemplate) -> str:
        """What may stand between double braces, each with its meaning."""
        names = kinds.get(row.kind).variables
        if not names:
            return _("Ce message n'a pas de variable.")
        rows = format_html_join(
            "", "<li><code>{}</code> {}</li>", ((f"{{{{ {name} }}}}", label) for name, label in names.items())
        )
        return format_html("<ul>{}</ul>", rows)

    # ---------------------------------------------------------------------------------------

    def _asked(self, request: HttpRequest) -> tuple[kinds.MailKind, str]:
        """The message and the language that the address names; 404 when it names none."""
        try:
            return kinds.get(request.GET.get("kind", "")), MailLanguage(request.GET.get("language", "fr")).value
        except (kinds.UnknownKind, ValueError):
            raise Http404(_("Ce message n'existe pas dans le programme.")) from None

    def _scopes_to_write(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Where this person may write a text, with the name people read."""
        held, known = scopes.held_by(request.user), scopes.names()
        everywhere = [("", _("tous les territoires"))] if held is None else []
        return everywhere + sorted(
            ((slug, known.get(slug, slug)) for slug in (known if held is None else held)), key=lambda pair: pair[1]
        )
