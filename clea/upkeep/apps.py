from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UpkeepConfig(AppConfig):
    name = "clea.upkeep"
    verbose_name = _("entretien")

    def ready(self) -> None:
        from django_tasks.signals import task_started

        from clea.journal import verbs
        from clea.upkeep import checks, gauges, leftovers

        verbs.register({"backup.made": _("sauvegarde faite"), "backup.restored": _("sauvegarde restaurée")})
        checks.bring()
        gauges.bring()
        leftovers.register()
        task_started.connect(_name_the_task, dispatch_uid="clea.upkeep.logs")


def _name_the_task(task_result: Any, **kwargs: Any) -> None:
    """What a task logs bears its identifier, where the tasks of the queue run."""
    from clea.upkeep.logs import request_id

    # Run at once, in a request: the request's own stays.
    if request_id.get() == "-" or request_id.get().startswith("task-"):
        request_id.set(f"task-{task_result.id}")
