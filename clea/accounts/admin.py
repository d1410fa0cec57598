"""Accounts, for administrators of the installation only."""

from __future__ import annotations

from typing import Any

from allauth.account.admin import EmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clea.accounts import services
from clea.accounts.models import User
from clea.errors import Refused

_RIGHTS = ("is_active", "is_staff", "is_superuser")

# Who an address belongs to is decided by a code that it received, not on the desk.
admin.site.unregister(EmailAddress)


@admin.register(EmailAddress)
class ProvedAddressAdmin(EmailAddressAdmin):
    raw_id_fields = ()
    readonly_fields = ("user",)

    def has_add_permission(self, request: object) -> bool:
        return False


class PasswordForm(AdminPasswordChangeForm):
    """Django's, in a sentence that holds here: a list would not stand in its paragraph."""

    usable_password_help_text = _(  # type: ignore[assignment]
        "Sans mot de passe, la personne entre par un code reçu par courriel. Son mot de passe actuel est alors perdu."
    )

    def save(self, commit: bool = True) -> Any:
        user = super().save(commit=commit)
        services.end_sessions(person=user)
        return user


class LostFactorForm(forms.Form):
    reason = forms.CharField(
        label=_("Comment avez-vous vérifié que la demande vient bien de cette personne ?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("Rappelée à son numéro connu, rencontrée, vue en visioconférence… Jamais sur un simple courriel."),
    )


@admin.register(User)
class CleaUserAdmin(UserAdmin):
    list_display = ("email", "first_name", "last_name", "is_staff", "is_active", "date_joined")
    list_filter = ("is_staff", "is_superuser", "is_active", "language")
    search_fields = ("search",)
    ordering = ("email",)
    show_full_result_count = False  # one count a page is enough
    change_password_form = PasswordForm
    readonly_fields = ("uuid", "last_login", "date_joined", "second_factor")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("email", "password", "uuid")}),
        (_("Identité"), {"fields": ("first_name", "last_name", "language")}),
        (_("Droits"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Connexion"), {"fields": ("second_factor", "last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "first_name", "last_name", "usable_password", "password1", "password2", "is_staff"),
            },
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        reset = path(
            "<uuid:key>/second-facteur/",
            self.admin_site.admin_view(self.reset_factor),
            name="accounts_user_reset_factor",
        )
        return [reset, *super().get_urls()]

    @admin.display(description=_("double authentification"))
    def second_factor(self, user: User) -> str:
        if user.pk is None or not Authenticator.objects.filter(user=user).exists():
            return gettext("pas activée")
        url = reverse("admin:accounts_user_reset_factor", args=[user.uuid])
        return format_html('{} – <a href="{}">{}</a>', gettext("active"), url, gettext("la retirer si elle est perdue"))

    def reset_factor(self, request: HttpRequest, key: Any) -> HttpResponse:
        """The procedure of a lost factor: a reason, then the service."""
        if not request.user.is_superuser:
            raise PermissionDenied
        person = User.objects.filter(uuid=key).first()
        if person is None:
            raise Http404
        form = LostFactorForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                services.reset_factor(by=request.user, person=person, reason=form.cleaned_data["reason"])
            except Refused as error:
                form.add_error(error.field or None, str(error))
            else:
                messages.success(
                    request,
                    gettext("La double authentification est retirée et les sessions de ce compte sont fermées."),
                )
                return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[person.uuid]))
        context = self.admin_site.each_context(request) | {
            "title": gettext("Retirer la double authentification : %(name)s") % {"name": person},
            "opts": self.opts,
            "form": form,
            "person": person,
            "back": reverse("admin:accounts_user_change", args=[person.uuid]),
        }
        return TemplateResponse(
            request, "admin/accounts/reset_factor.html", context, status=422 if form.errors else 200
        )

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Rights that change close the account's sessions and are written in the journal."""
        known = User.objects.filter(pk=obj.pk).values(*_RIGHTS).first() if change else None
        super().save_model(request, obj, form, change)
        before = known or {"is_active": True, "is_staff": False, "is_superuser": False}
        services.rights_changed(by=request.user, person=obj, before=before)  # type: ignore[arg-type]

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """An account is switched off, not deleted: its dossiers and its trace remain."""
        return False
