from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "clea.jobs"
    verbose_name = _("travaux")

    def ready(self) -> None:
        from clea import rounds
        from clea.documents import access
        from clea.jobs import files, services
        from clea.journal import verbs

        verbs.register(
            {
                "job.started": _("travail demandé"),
                "job.done": _("travail terminé"),
                "job.failed": _("travail en échec"),
                "job.cancelled": _("travail arrêté"),
                "job.restarted": _("travail relancé"),
            }
        )
        access.register(files.resolve)
        rounds.register("travaux", services.tidy)
