"""Closed vocabularies of the territory. What a coordinator may extend is a row instead (StructureKind)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Circle(models.TextChoices):
    """How far a cultural structure reaches (vocabulary of the pôle métropolitain de l'Artois).

    *Premier cercle*: national to intercommunal reach. *Proximité*: the commune. Empty outside culture.
    """

    FIRST = "premier_cercle", _("premier cercle")
    NEAR = "proximite", _("proximité")


class InstitutionRole(models.TextChoices):
    """What an institution does in the contract."""

    OPERATOR = "operator", _("opératrice")
    FUNDER = "funder", _("co-financeur")
    INSTITUTION = "institution", _("institution signataire")
    RELAY = "relay", _("relais de terrain")
    THEMATIC = "thematic", _("partenaire thématique")


class Weekday(models.IntegerChoices):
    """Days of the week, as Python counts them: Monday is 0."""

    MONDAY = 0, _("lundi")
    TUESDAY = 1, _("mardi")
    WEDNESDAY = 2, _("mercredi")
    THURSDAY = 3, _("jeudi")
    FRIDAY = 4, _("vendredi")
    SATURDAY = 5, _("samedi")
    SUNDAY = 6, _("dimanche")
