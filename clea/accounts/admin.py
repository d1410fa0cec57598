"""Accounts, for administrators of the installation only."""

from allauth.account.admin import EmailAddressAdmin
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.utils.translation import gettext_lazy as _

from clea.accounts.models import User

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


@admin.register(User)
class CleaUserAdmin(UserAdmin):
    list_display = ("email", "first_name", "last_name", "is_staff", "is_active", "date_joined")
    list_filter = ("is_staff", "is_superuser", "is_active", "language")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("email",)
    change_password_form = PasswordForm
    readonly_fields = ("uuid", "last_login", "date_joined")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("email", "password", "uuid")}),
        (_("Identité"), {"fields": ("first_name", "last_name", "language")}),
        (_("Droits"), {"fields": ("is_active", "is_staff", "is_superuser")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
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

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """An account is switched off, not deleted: its dossiers and its trace remain."""
        return False
