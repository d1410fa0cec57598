from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    name = "clea.journal"
    verbose_name = _("journal")

    def ready(self) -> None:
        from clea.journal import verbs

        verbs.register({"journal.actor_erased": _("nom effacé du journal")})
