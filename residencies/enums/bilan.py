"""The bilan: audience by group, what was made, consents."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from residencies.enums.activities import AudienceCategory


class AudienceGroup(models.TextChoices):
    """The three publics of a bilan. Every category belongs to one."""

    PUPILS = "pupils", _("élèves")
    RESIDENTS = "residents", _("autres habitants")
    PROFESSIONALS = "professionals", _("professionnels et bénévoles")


#: A category of an older report that does not say the level.
PUPILS_UNSPECIFIED = "pupils"
GROUP_OF: dict[str, AudienceGroup] = {
    AudienceCategory.EARLY: AudienceGroup.RESIDENTS,
    AudienceCategory.PRIMARY: AudienceGroup.PUPILS,
    AudienceCategory.SECONDARY: AudienceGroup.PUPILS,
    PUPILS_UNSPECIFIED: AudienceGroup.PUPILS,
    AudienceCategory.YOUTH: AudienceGroup.RESIDENTS,
    AudienceCategory.FAMILIES: AudienceGroup.RESIDENTS,
    AudienceCategory.ADULTS: AudienceGroup.RESIDENTS,
    AudienceCategory.SENIORS: AudienceGroup.RESIDENTS,
    AudienceCategory.CARE: AudienceGroup.RESIDENTS,
    AudienceCategory.GENERAL: AudienceGroup.RESIDENTS,
    AudienceCategory.PROFESSIONALS: AudienceGroup.PROFESSIONALS,
}
#: What an older report may count.
REPORTED_CATEGORIES = [*AudienceCategory.choices, (PUPILS_UNSPECIFIED, _("élèves, niveau non précisé"))]


class BilanState(models.TextChoices):
    DRAFT = "draft", _("en préparation")
    PUBLISHED = "published", _("publié")


BILAN_TRANSITIONS: dict[BilanState, frozenset[BilanState]] = {
    BilanState.DRAFT: frozenset({BilanState.PUBLISHED}),
    BilanState.PUBLISHED: frozenset({BilanState.DRAFT}),
}


class ProductionKind(models.TextChoices):
    PODCAST = "podcast", _("podcast")
    PODCAST_SERIES = "podcast_series", _("série de podcasts")
    VIDEO = "video", _("vidéo")
    EXHIBITION = "exhibition", _("exposition")
    BOOKLET = "booklet", _("livret")
    BOOK = "book", _("livre, recueil")
    POSTER = "poster", _("affiche")
    PORTRAIT = "portrait", _("portrait")
    SHOW = "show", _("spectacle, lecture")
    CONFERENCE = "conference", _("conférence")
    GAME = "game", _("jeu, quiz")
    WEB = "web", _("site, page en ligne")
    OTHER = "other", _("autre")


class ConsentForm(models.TextChoices):
    """How a consent was given: it can be shown (RGPD, article 7)."""

    PAPER = "paper", _("formulaire signé sur papier")
    EMAIL = "email", _("message électronique")
    ONLINE = "online", _("en ligne, par la personne elle-même")
