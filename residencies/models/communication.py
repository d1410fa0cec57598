"""Communication: the plan, the press log, the news and who asked to receive them (rules.md 22)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from candidatures.models import Season
from clea.documents.models import StoredFile
from clea.ui.addresses import address
from residencies.enums.steering import (
    CommunicationChannel,
    CommunicationState,
    SubscriberState,
)
from residencies.models.residency import Residency
from structures.models import Territory
from structures.models.fields import HttpsURLField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


class CommunicationItem(models.Model):
    """A line of the plan: what, for whom, by which channel, when, by whom."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(
        Season, on_delete=models.PROTECT, related_name="communication_items", verbose_name=_("saison")
    )
    residency = models.ForeignKey(
        Residency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="communication_items",
        verbose_name=_("résidence"),
        help_text=_("Vide : pour toute la saison."),
    )
    what = models.CharField(_("quoi"), max_length=200)
    audience = models.CharField(_("pour qui"), max_length=200)
    channel = models.CharField(_("par quel canal"), max_length=10, choices=CommunicationChannel.choices)
    due_on = models.DateField(_("quand"))
    owner = models.CharField(_("qui s'en charge"), max_length=160, blank=True)
    state = models.CharField(
        _("état"),
        max_length=10,
        choices=CommunicationState.choices,
        default=CommunicationState.TODO,
        editable=False,
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    updated_at = models.DateTimeField(_("modifiée le"), auto_now=True)

    class Meta:
        verbose_name = _("action de communication")
        verbose_name_plural = _("plan de communication")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.what


class PressItem(models.Model):
    """An article, a broadcast, a mention: the press log."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="press_items", verbose_name=_("saison"))
    residency = models.ForeignKey(
        Residency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="press_items",
        verbose_name=_("résidence"),
    )
    outlet = models.CharField(_("média"), max_length=160)
    title = models.CharField(_("titre"), max_length=250)
    day = models.DateField(_("paru le"))
    url = HttpsURLField(_("lien"), blank=True)
    stored_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="press_items", editable=False
    )
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("retombée de presse")
        verbose_name_plural = _("revue de presse")
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return self.title


class NewsQuerySet(models.QuerySet["News"]):
    def coordinated_by(self, user: User | AnonymousUser) -> NewsQuerySet:
        return self.filter(territory__in=Territory.objects.coordinated_by(user))

    def published(self) -> NewsQuerySet:
        return self.filter(published_at__isnull=False)


class News(models.Model):
    """Something told to everybody, on the site and, if the coordination sends it, to the subscribers."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    territory = models.ForeignKey(
        Territory, on_delete=models.PROTECT, related_name="news", verbose_name=_("territoire")
    )
    residency = models.ForeignKey(
        Residency, on_delete=models.SET_NULL, null=True, blank=True, related_name="news", verbose_name=_("résidence")
    )
    slug = models.SlugField(_("identifiant d'adresse"), unique=True, max_length=120)
    title = models.CharField(_("titre"), max_length=200)
    summary = models.TextField(_("en une ou deux phrases"), max_length=500)
    body = models.TextField(_("texte"), max_length=10000, blank=True, help_text=_("Markdown."))
    published_at = models.DateTimeField(_("publiée le"), null=True, editable=False)
    sent_at = models.DateTimeField(_("envoyée aux abonnés le"), null=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(_("modifiée le"), auto_now=True)

    objects = NewsQuerySet.as_manager()

    class Meta:
        verbose_name = _("actualité")
        verbose_name_plural = _("actualités")
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(summary=""),
                name="news_title_and_summary",
                violation_error_message=_("Donnez un titre et une phrase de résumé."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address("residencies:news_item", self.slug)


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def confirmed(self) -> SubscriberQuerySet:
        return self.filter(state=SubscriberState.CONFIRMED)


class Subscriber(models.Model):
    """An address that asked for the news, confirmed by its owner. Leaving erases the row (rules.md 25)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="subscribers", verbose_name=_("territoire")
    )
    email = models.EmailField(_("adresse électronique"))
    language = models.CharField(_("langue"), max_length=5, default="fr")
    state = models.CharField(
        _("état"), max_length=10, choices=SubscriberState.choices, default=SubscriberState.ASKED, editable=False
    )
    asked_at = models.DateTimeField(_("demandé le"))
    confirmed_at = models.DateTimeField(_("confirmé le"), null=True, editable=False)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("abonnement aux actualités")
        verbose_name_plural = _("abonnements aux actualités")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "email"],
                name="subscriber_once",
                violation_error_message=_("Cette adresse est déjà abonnée."),
            ),
            models.CheckConstraint(
                condition=~Q(state=SubscriberState.CONFIRMED) | Q(confirmed_at__isnull=False),
                name="subscriber_confirmed_at",
            ),
        ]

    def __str__(self) -> str:
        return self.email
