"""Letters a coordination writes often: a beginning to choose when one writes to several people."""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from clea.errors import Refused
from clea.mail import kinds
from structures.models.territory import Territory

#: What a letter may name, each with what it stands for.
NAMES = {"nom": _("nom de la personne"), "pour": _("sa structure, son dossier ou son jury")}


class StandardLetter(models.Model):
    """A letter's subject and text, kept under a name. ``{{ nom }}`` and ``{{ pour }}`` are filled for each person."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="standard_letters", verbose_name=_("territoire")
    )
    name = models.CharField(
        _("nom de la lettre"), max_length=120, help_text=_("Pour la retrouver ; les destinataires ne le voient pas.")
    )
    subject = models.CharField(_("objet"), max_length=200)
    message = models.TextField(
        _("texte"),
        max_length=10_000,
        help_text=_(
            "Texte simple. Une ligne vide sépare deux paragraphes, « - » ouvre une liste. « {{ nom }} » devient le "
            "nom de la personne, « {{ pour }} » sa structure, son dossier ou son jury. La signature du service est "
            "ajoutée."
        ),
    )
    updated_at = models.DateTimeField(_("modifiée le"), auto_now=True)

    class Meta:
        verbose_name = _("lettre type")
        verbose_name_plural = _("lettres types")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "name"],
                name="standard_letter_unique",
                violation_error_message=_("Une lettre type porte déjà ce nom."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Every placeholder is one of :data:`NAMES`."""
        errors = {}
        for name in ("subject", "message"):
            try:
                kinds.check_placeholders(NAMES, getattr(self, name))
            except Refused as error:
                errors[name] = str(error)
        if errors:
            raise ValidationError(errors)
