"""People. The e-mail address is the login; what someone may do is decided by the domain."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clea.text import SearchField


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        """Create an account. Without a password it signs in by code only."""
        if not email:
            raise ValueError("an account needs an e-mail address")
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> User:
        return self.create_user(email, password, **extra | {"is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email__iexact=email)


class Language(models.TextChoices):
    FRENCH = "fr", _("français")
    ENGLISH = "en", _("anglais")


class User(AbstractBaseUser, PermissionsMixin):
    """A person: artist, juror, member of a structure, coordinator."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("adresse électronique"), unique=True)
    first_name = models.CharField(_("prénom"), max_length=150, blank=True)
    last_name = models.CharField(pgettext_lazy("personne", "nom"), max_length=150, blank=True)
    language = models.CharField(_("langue"), max_length=2, choices=Language.choices, default=Language.FRENCH)
    is_staff = models.BooleanField(
        _("coordination"), default=False, help_text=_("Peut ouvrir l'espace de coordination.")
    )
    is_active = models.BooleanField(
        _("compte actif"), default=True, help_text=_("Décochez plutôt que de supprimer le compte.")
    )
    date_joined = models.DateTimeField(_("inscription"), default=timezone.now)
    search = SearchField(sources=("email", "first_name", "last_name"))

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("compte")
        verbose_name_plural = _("comptes")
        ordering = ["last_name", "first_name", "email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_ci",
                violation_error_message=_("Un compte existe déjà avec cette adresse."),
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email


class OpenSession(AbstractBaseSession):
    """A browser of somebody's, or of a visitor who wrote something before signing in.

    Read and written by :mod:`clea.accounts.sessions`. Address and device are shown to their owner only.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        User, verbose_name=_("personne"), null=True, on_delete=models.CASCADE, related_name="open_sessions"
    )
    staff = models.BooleanField(_("de la coordination"), default=False)
    opened_at = models.DateTimeField(_("ouverte"), default=timezone.now)
    seen_at = models.DateTimeField(_("vue"), default=timezone.now)
    ip = models.GenericIPAddressField(_("adresse du réseau"), null=True, blank=True)
    device = models.CharField(_("appareil"), max_length=200, blank=True)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = _("session ouverte")  # type: ignore[assignment]
        verbose_name_plural = _("sessions ouvertes")  # type: ignore[assignment]

    @classmethod
    def get_session_store_class(cls) -> Any:
        from clea.accounts.sessions import SessionStore

        return SessionStore
