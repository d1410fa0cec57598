"""What a form says of a wrong answer: what to do, in place of Django's own sentences. The one place.

A field that says better of itself (``error_messages=``) keeps its words.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core import validators
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

_DATE = _("Écrivez la date ainsi : 15/02/2027.")
_HOUR = _("Écrivez l'heure ainsi : 14:30.")
_GONE = _("Cette réponse n'est pas proposée : choisissez dans la liste.")
_MISSING = _("Il manque une réponse ici.")

FIELDS: dict[type[forms.Field], dict[str, Any]] = {
    forms.Field: {"required": _MISSING},
    forms.EmailField: {
        "required": _("Écrivez une adresse électronique."),
        "invalid": _("Écrivez l'adresse entière, comme nom@exemple.fr."),
    },
    forms.URLField: {
        "required": _("Collez l'adresse de la page."),
        "invalid": _("Collez l'adresse entière de la page, comme https://exemple.fr/page."),
    },
    forms.IntegerField: {
        "required": _("Écrivez un nombre."),
        "invalid": _("Écrivez un nombre entier, en chiffres."),
    },
    forms.FloatField: {"invalid": _("Écrivez un nombre, en chiffres.")},
    forms.DecimalField: {"invalid": _("Écrivez un nombre, en chiffres : 12,50.")},
    forms.DateField: {"required": _("Donnez une date."), "invalid": _DATE},
    forms.TimeField: {"required": _("Donnez une heure."), "invalid": _HOUR},
    forms.DateTimeField: {
        "required": _("Donnez une date et une heure."),
        "invalid": _("Écrivez la date et l'heure ainsi : 15/02/2027 14:30."),
    },
    forms.SplitDateTimeField: {
        "required": _("Donnez une date et une heure."),
        "invalid_date": _DATE,
        "invalid_time": _HOUR,
    },
    forms.BooleanField: {"required": _("Cochez cette case pour continuer.")},
    forms.ChoiceField: {"required": _("Choisissez une réponse."), "invalid_choice": _GONE},
    forms.MultipleChoiceField: {"required": _("Choisissez au moins une réponse."), "invalid_choice": _GONE},
    forms.ModelChoiceField: {"required": _("Choisissez une réponse."), "invalid_choice": _GONE},
    forms.ModelMultipleChoiceField: {"required": _("Choisissez au moins une réponse."), "invalid_choice": _GONE},
    forms.FileField: {
        "required": _("Choisissez un fichier."),
        "missing": _("Choisissez un fichier."),
        "invalid": _("Aucun fichier n'est arrivé : choisissez-le de nouveau."),
        "empty": _("Ce fichier est vide : choisissez-en un autre."),
    },
    forms.ImageField: {
        "invalid_image": _("Cette image ne s'ouvre pas : envoyez un fichier JPEG, PNG ou WebP."),
    },
}

MODELS: dict[type[models.Field[Any, Any]], dict[str, Any]] = {
    models.Field: {
        "blank": _MISSING,
        "null": _MISSING,
        "invalid_choice": _("« %(value)s » n'est pas proposé : choisissez dans la liste."),
        "unique": _("C'est déjà pris : donnez une autre réponse."),
    },
    models.DateField: {"invalid": _DATE, "invalid_date": _("Ce jour n'existe pas : vérifiez la date.")},
    models.IntegerField: {"invalid": _("Écrivez un nombre entier, en chiffres.")},
    models.DecimalField: {"invalid": _("Écrivez un nombre, en chiffres : 12,50.")},
}

VALIDATORS: dict[type[Any], Any] = {
    validators.EmailValidator: _("Écrivez l'adresse entière, comme nom@exemple.fr."),
    validators.URLValidator: _("Collez l'adresse entière de la page, comme https://exemple.fr/page."),
    validators.MaxValueValidator: _("Le plus grand nombre possible est %(limit_value)s."),
    validators.MinValueValidator: _("Le plus petit nombre possible est %(limit_value)s."),
    validators.MaxLengthValidator: ngettext_lazy(
        "%(limit_value)d caractère au plus : il y en a %(show_value)d.",
        "%(limit_value)d caractères au plus : il y en a %(show_value)d.",
        "limit_value",
    ),
    validators.MinLengthValidator: ngettext_lazy(
        "%(limit_value)d caractère au moins : il y en a %(show_value)d.",
        "%(limit_value)d caractères au moins : il y en a %(show_value)d.",
        "limit_value",
    ),
}


#: Outside of these a year was mistyped; at the ends of the calendar a day more is an error.
FIRST_YEAR, LAST_YEAR = 1900, 2199


def plausible(day: date) -> None:
    """A validator of the fields of days, and of moments."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(_("Vérifiez l'année : elle va de 1900 à 2199."), code="implausible_date")


def settle() -> None:
    """Give Django's fields these words. Once, before any form or model of the project is made."""
    for kind_of_day in (forms.DateField, forms.DateTimeField):
        kind_of_day.default_validators = [plausible]
    kinds: list[tuple[Any, dict[str, Any]]] = [*FIELDS.items(), *MODELS.items()]
    for kind, words in kinds:
        kind.default_error_messages = {**vars(kind).get("default_error_messages", {}), **words}
    for validator, message in VALIDATORS.items():
        validator.message = message
