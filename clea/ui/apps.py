"""The shell of the site, and the admin's own configuration."""

from types import ModuleType

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import pre_save
from django.utils.translation import gettext_lazy as _

from clea.ui import sentences


class UiConfig(AppConfig):
    name = "clea.ui"
    label = "ui"
    verbose_name = _("interface")

    def ready(self) -> None:
        from clea.ui import checks, texts  # noqa: F401  (registers the checks)
        from clea.ui.navigation import Link, register

        pre_save.connect(texts.clean_row, dispatch_uid="clea.ui.texts")
        register(
            "today", _("Aujourd'hui"), 10, Link("admin:index", _("À traiter")), Link("jobs:list", _("Mes travaux"))
        )
        register(
            "technical",
            _("Administration"),
            100,
            Link("admin:accounts_user_changelist", _("Comptes"), administrators=True),
            Link("admin:journal_entry_changelist", _("Journal"), administrators=True),
            Link("admin:django_tasks_database_dbtaskresult_changelist", _("Tâches de fond"), administrators=True),
            Link("admin:account_emailaddress_changelist", _("Adresses vérifiées"), administrators=True),
            Link("admin:mfa_authenticator_changelist", _("Seconds facteurs"), administrators=True),
        )
        if settings.DEBUG:
            register("technical", _("Administration"), 100, Link("style", _("Composants du site")))


class CleaAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with the coordination's desk as its default site."""

    # Named in full in INSTALLED_APPS; "clea.ui" alone must find UiConfig only.
    default = False
    default_site = "clea.ui.admin.CleaAdminSite"

    def __init__(self, app_name: str, app_module: ModuleType | None) -> None:
        super().__init__(app_name, app_module)
        # First of the applications, before any form or model of the project is made.
        sentences.settle()

    def ready(self) -> None:
        from clea.ui import words

        words.settle()
        super().ready()
