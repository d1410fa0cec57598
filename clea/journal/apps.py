from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    name = "clea.journal"
    verbose_name = _("journal")

    def ready(self) -> None:
        from clea.accounts import trace
        from clea.journal import changes, services, verbs

        verbs.register({"journal.actor_erased": _("nom effacé du journal")})
        # People stand below the journal: it brings them its verbs and its pen.
        verbs.register(trace.VERBS)
        trace.use(services.record)
        changes.settle()
