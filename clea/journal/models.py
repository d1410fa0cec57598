"""The journal's rows: lines that are written once, who wrote them, and the end of the chain."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clea.journal import chain, verbs


class AppendOnly(RuntimeError):
    """Somebody tried to change or remove what the journal says: a programming error."""


def _refuse() -> NoReturn:
    raise AppendOnly("the journal is written once; call clea.journal.services.record")


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """A queryset that reads. Rows come one by one from ``services.record``."""

    def update(self, **kwargs: Any) -> int:
        _refuse()

    def delete(self) -> tuple[int, dict[str, int]]:
        _refuse()

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[Any]:
        _refuse()

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        _refuse()


class AppendOnlyModel(models.Model):
    """A row that can be inserted, and read. The database's own triggers say the same."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            _refuse()
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _refuse()


class ActorRole(models.TextChoices):
    SYSTEM = "system", _("système")
    PERSON = "person", _("compte")
    COORDINATOR = "coordinator", _("coordination")
    ADMINISTRATOR = "administrator", _("administration")


class ActorSnapshot(AppendOnlyModel):
    """A person as they were called when they acted; one row while nothing about it changes.

    The chain hashes ``digest`` only. ``services.erase`` empties ``label`` and ``salt``: the name
    is gone, nobody can try names against the digest, and the chain still holds.
    """

    user_uuid = models.UUIDField(_("identifiant du compte"), null=True, blank=True, db_index=True)
    label = models.CharField(_("nom au moment de l'action"), max_length=320, blank=True)
    role = models.CharField(_("rôle au moment de l'action"), max_length=20, choices=ActorRole.choices)
    salt = models.CharField(_("sel"), max_length=64, blank=True)
    digest = models.CharField(_("empreinte"), max_length=64)
    erased_at = models.DateTimeField(_("effacé le"), null=True, blank=True)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("auteur d'une action")
        verbose_name_plural = _("auteurs des actions")
        constraints = [
            models.UniqueConstraint(
                fields=["user_uuid", "label", "role"],
                condition=Q(erased_at=None),
                name="journal_actor_unique",
                violation_error_message=_("Cet auteur est déjà connu du journal."),
            ),
            models.UniqueConstraint(
                fields=["role"],
                condition=Q(role="system"),
                name="journal_actor_one_system",
                violation_error_message=_("Le système n'a qu'une ligne dans le journal."),
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(label="", salt=""),
                name="journal_actor_erased_is_empty",
                violation_error_message=_("Un auteur effacé ne garde ni nom ni sel."),
            ),
        ]

    def __str__(self) -> str:
        if self.erased_at:
            return gettext("personne effacée")
        if self.role == ActorRole.SYSTEM:
            return gettext("système")
        return self.label

    def holds(self) -> bool:
        """Whether the name is the one that was hashed, or was taken out whole."""
        if self.erased_at:
            return self.label == "" and self.salt == ""
        return self.digest == chain.actor_digest(
            salt=self.salt, user_uuid=self.user_uuid, label=self.label, role=self.role
        )


class Entry(AppendOnlyModel):
    """One line: who did what, to what, when. ``hash`` covers the line and the one before."""

    seq = models.BigIntegerField(_("numéro"), primary_key=True)
    at = models.DateTimeField(_("date"), db_index=True)
    verb = models.CharField(_("action"), max_length=80, db_index=True)
    target_type = models.CharField(_("type d'objet"), max_length=100, blank=True)
    target_id = models.CharField(_("identifiant de l'objet"), max_length=64, blank=True)
    summary = models.CharField(_("résumé"), max_length=500, blank=True)
    data = models.JSONField(_("détails"), default=dict, blank=True)
    actor = models.ForeignKey(ActorSnapshot, on_delete=models.PROTECT, related_name="entries", verbose_name=_("auteur"))
    prev_hash = models.CharField(_("empreinte précédente"), max_length=64)
    hash = models.CharField(_("empreinte"), max_length=64)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("ligne du journal")
        verbose_name_plural = _("journal")
        ordering = ["-seq"]
        indexes = [models.Index(fields=["target_type", "target_id", "-seq"], name="journal_entry_target")]
        constraints = [
            models.UniqueConstraint(
                fields=["prev_hash"],
                name="journal_entry_prev_hash_unique",
                violation_error_message=_("Deux lignes ne peuvent pas suivre la même ligne."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.seq} · {self.label}"

    @property
    def label(self) -> str:
        """The verb as people read it, in their language."""
        return verbs.label(self.verb)

    def holds(self) -> bool:
        """Whether the line matches its hash, and its author's name its digest."""
        return self.hash == self.expected_hash() and self.actor.holds()

    def expected_hash(self) -> str:
        """What ``hash`` must be if nothing on the line was touched."""
        return chain.entry_hash(
            seq=self.seq,
            at=self.at,
            verb=self.verb,
            target_type=self.target_type,
            target_id=self.target_id,
            summary=self.summary,
            data=self.data,
            actor_digest=self.actor.digest,
            prev_hash=self.prev_hash,
        )


class ChainHead(models.Model):
    """The last line written. Its one row is the lock that puts writers in a queue."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=chain.GENESIS)
    #: Moves with what the public may read (clea.journal.changes).
    public = models.CharField(max_length=16, default="", blank=True)

    class Meta:
        verbose_name = _("fin de la chaîne")
        verbose_name_plural = _("fin de la chaîne")
        constraints = [
            models.CheckConstraint(
                condition=Q(id=1),
                name="journal_chain_head_single",
                violation_error_message=_("La chaîne n'a qu'une fin."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.seq} · {self.hash}"
