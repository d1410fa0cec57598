"""The shell of the site, and the admin's own configuration."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "clea.ui"
    label = "ui"
    verbose_name = _("interface")

    def ready(self) -> None:
        from clea.ui import checks  # noqa: F401  (registers the checks)


class CleaAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with the coordination's desk as its default site."""

    # Named in full in INSTALLED_APPS; "clea.ui" alone must find UiConfig only.
    default = False
    default_site = "clea.ui.admin.CleaAdminSite"
