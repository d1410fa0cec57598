"""What the clock remembers between two passages."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Passage(models.Model):
    """The last time each periodic work of ``manage.py horloge`` was begun and ended, whichever machine did it."""

    work = models.CharField(_("travail"), max_length=60, unique=True)
    started_at = models.DateTimeField(_("commencé le"))
    ended_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    # Which process has it (clea.processes). With a default of the database's own: see an upgrade.
    holder = models.CharField(_("processus"), max_length=64, blank=True, default="", db_default="", editable=False)
    well = models.BooleanField(_("réussi"), default=False)

    class Meta:
        verbose_name = _("passage de l'horloge")
        verbose_name_plural = _("passages de l'horloge")
        ordering = ["work"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("started_at")),
                name="passage_ends_after_it_starts",
                violation_error_message=_("Un passage se termine après avoir commencé."),
            )
        ]

    def __str__(self) -> str:
        return self.work
