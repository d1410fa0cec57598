"""More time for one person: found by their address, given once, then read only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from candidatures.admin.common import DeskAdmin, person
from candidatures.admin.fields import deadline_field
from candidatures.models import Extension
from candidatures.services import desk
from clea.accounts.models import User
from clea.errors import Refused
from clea.ui.dates import deadline
from structures.admin.letters import WritingMixin
from structures.admin.scope import ScopedRelatedFilter
from structures.letters import Mailing, Recipient, mailing_of

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Extension]
else:
    _ModelForm = forms.ModelForm


class ExtensionForm(_ModelForm):
    """The person is named by their address, whether or not they have begun a dossier."""

    email = forms.EmailField(
        label=_("Adresse électronique du compte"),
        help_text=_("La personne n'a pas besoin d'avoir commencé un dossier, mais il lui faut un compte."),
        widget=forms.EmailInput(attrs={"class": "vTextField"}),
    )
    until = deadline_field(_("Nouveau délai"))
    granted: Extension | None = None
    by: User

    class Meta:
        model = Extension
        fields = ["call", "until", "reason"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 3, "cols": 60})}
        help_texts = {
            "reason": _("Conservé ici et lu par la coordination seule ; le message à la personne ne le dit pas.")
        }

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).strip().lower()
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise ValidationError(
                gettext("Aucun compte n'a cette adresse. Demandez à la personne de créer le sien, puis recommencez.")
            )
        self.instance.user = user
        return email

    def _post_clean(self) -> None:
        """Grant once all else is well: a refusal comes back with the form filled. One transaction, the admin's."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.granted = desk.grant_extension(
                by=self.by,
                call=self.cleaned_data["call"],
                user=self.instance.user,
                until=self.cleaned_data["until"],
                reason=self.cleaned_data["reason"],
            )
        except Refused as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


@admin.register(Extension)
class ExtensionAdmin(WritingMixin, DeskAdmin):
    territory_path = "call__season__programme__territory"
    add_title = _("Accorder un délai supplémentaire")
    form = ExtensionForm
    can_delete = False
    list_display = ["user", "call", "until_in_words", "reason", "granted_by", "granted_at"]
    list_select_related = ["user", "call", "granted_by"]
    list_filter = [("call", ScopedRelatedFilter)]
    search_fields = ["user__search"]
    search_help_text = _("Nom ou adresse de la personne.")
    ordering = ["-granted_at"]
    actions = ["write_to_people"]
    empty_text = _("Aucun délai n'a été accordé. Un délai est personnel, daté et motivé.")

    def mailing_for(self, request: HttpRequest, queryset: QuerySet[Extension]) -> Mailing:
        rows = queryset.select_related("user", "call__season__programme__territory").order_by("user__email")
        return mailing_of(
            Recipient(str(row.user), row.user.email, row.call.territory, row, row.call.title, row.user.language)
            for row in rows
        )

    def has_change_permission(self, request: HttpRequest, obj: Extension | None = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        extra = {"show_save_and_continue": False} | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, extra)

    def get_fieldsets(self, request: HttpRequest, obj: Extension | None = None) -> list[Any]:
        if obj is not None:
            return [(None, {"fields": ["call", "whom", "until_in_words", "reason", "granter", "granted_at"]})]
        return [
            (
                None,
                {
                    "fields": ["call", "email", "until", "reason"],
                    "description": _(
                        "Un délai est personnel, daté et motivé. La personne en est prévenue aussitôt par message ; "
                        "il ne se modifie pas : accordez-en un autre s'il faut plus."
                    ),
                },
            )
        ]

    def get_form(self, request: HttpRequest, obj: Extension | None = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change=change, **kwargs | {"form": forms.ModelForm})
        # "email" is the form's own, not a column: the admin must not look for it in the model.
        form = super().get_form(request, obj, change=change, **kwargs | {"fields": ["call", "until", "reason"]})
        form.by = person(request)  # type: ignore[attr-defined]
        return form

    def save_model(self, request: HttpRequest, obj: Extension, form: Any, change: bool) -> None:
        """Already granted by the service, in this transaction: take its row for the rest of the page."""
        obj.__dict__.update(form.granted.__dict__)

    # Names, not links: accounts are the administration's.
    @admin.display(description=_("personne"))
    def whom(self, extension: Extension) -> str:
        return str(extension.user)

    @admin.display(description=_("accordé par"))
    def granter(self, extension: Extension) -> str:
        return str(extension.granted_by)

    @admin.display(description=_("nouveau délai"), ordering="until")
    def until_in_words(self, extension: Extension) -> str:
        return deadline(extension.until)
