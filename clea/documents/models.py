"""Private files. The bytes lie in the default storage; the row says what they are."""

from __future__ import annotations

import functools
import operator
import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clea.documents.enums import WITHHELD, ScanState
from clea.ui.dates import moment

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User

models.CharField.register_lookup(Length)

EXTENSIONS = {
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/svg+xml": ".svg",
    "text/csv": ".csv",
    "text/calendar": ".ics",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


def random_name(instance: StoredFile, filename: str) -> str:
    """A place that tells nothing: neither who sent the file, nor how it was called.

    The extension comes from the content type that *we* found, never from the sender.
    """
    name = uuid.uuid4().hex
    return f"files/{name[:2]}/{name}{EXTENSIONS.get(instance.content_type, '.bin')}"


def in_one_of(*states: ScanState) -> models.Q:
    """Files in one of these states, in the words of the indexes that hold the few of them among all the files.

    Equals joined by "or": SQLite knows them from an index's own condition, and not a list.
    """
    return functools.reduce(operator.or_, (models.Q(scan=state) for state in states))


#: What the antivirus holds or held: the desk's list.
HELD = in_one_of(*WITHHELD, ScanState.RELEASED)


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def pdfs(self) -> StoredFileQuerySet:
        return self.filter(content_type="application/pdf")

    def withheld(self) -> StoredFileQuerySet:
        """Those that wait for the antivirus, or that it holds."""
        return self.filter(in_one_of(*WITHHELD))

    def originals(self) -> StoredFileQuerySet:
        """Without those drawn from another file: "not a copy" leaves SQLite the index of what else is asked."""
        return self.exclude(copy_of__isnull=False)


class StoredFile(models.Model):
    """A file as the program uses it, written once and never changed.

    ``sha256``, ``size`` and ``pages`` describe ``file``. When what was sent had a broken table,
    ``file`` is the repaired copy and ``original`` keeps the bytes as they came.

    ``scan`` is what the antivirus says of it (:mod:`clea.documents.services.scanning`): the one thing
    that changes. A copy drawn from another file (``copy_of``) goes as that one goes.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(_("fichier"), upload_to=random_name, max_length=120)
    original = models.FileField(_("fichier reçu"), upload_to=random_name, max_length=120, blank=True)
    original_name = models.CharField(_("nom d'origine"), max_length=255)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("taille en octets"))
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64, db_index=True)
    pages = models.PositiveIntegerField(_("nombre de pages"), null=True, blank=True)
    repaired = models.BooleanField(_("réparé"), default=False)
    created_at = models.DateTimeField(_("reçu le"), default=timezone.now, editable=False)
    # Not a foreign key: an erased account must neither take files away nor be held by them.
    created_by_uuid = models.UUIDField(_("déposé par"), null=True, blank=True, editable=False, db_index=True)

    # With a default of the database's own: a process of the version before may write during an upgrade.
    scan = models.CharField(
        _("antivirus"),
        max_length=12,
        choices=ScanState.choices,
        default=ScanState.NOT_SCANNED,
        db_default=ScanState.NOT_SCANNED.value,
        editable=False,
    )
    threat = models.CharField(_("menace signalée"), max_length=200, blank=True, db_default="", editable=False)
    scan_attempts = models.PositiveIntegerField(_("essais"), default=0, db_default=0, editable=False)
    next_scan_at = models.DateTimeField(_("prochain essai"), null=True, blank=True, editable=False)
    #: When it was found to be readable, or not, for the last time.
    scanned_at = models.DateTimeField(_("état depuis"), null=True, blank=True, editable=False)
    release_reason = models.TextField(_("motif de la libération"), blank=True, db_default="", editable=False)
    released_by_uuid = models.UUIDField(_("libéré par"), null=True, blank=True, editable=False)
    copy_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="copies",
        verbose_name=_("copie de"),
    )

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("fichier")
        verbose_name_plural = _("fichiers")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["next_scan_at"], name="storedfile_withheld", condition=in_one_of(*WITHHELD)),
            # The desk's list: a few rows among all the files there are.
            models.Index(
                fields=["-scanned_at", "-id"],
                name="storedfile_held",
                condition=HELD,
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scan__in=ScanState.values)
                & (~models.Q(scan=ScanState.INFECTED) | ~models.Q(threat=""))
                & (models.Q(scan=ScanState.RELEASED) ^ models.Q(release_reason="")),
                name="storedfile_scan_whole",
                violation_error_message=_("Un fichier retenu dit pourquoi ; un fichier libéré, pour quel motif."),
            ),
            models.CheckConstraint(
                condition=models.Q(size__gt=0),
                name="storedfile_not_empty",
                violation_error_message=_("Un fichier vide ne se conserve pas."),
            ),
            models.CheckConstraint(
                condition=models.Q(sha256__length=64),
                name="storedfile_sha256_whole",
                violation_error_message=_("L'empreinte SHA-256 compte 64 caractères."),
            ),
            models.CheckConstraint(
                condition=models.Q(pages__isnull=True) | models.Q(pages__gt=0),
                name="storedfile_has_pages",
                violation_error_message=_("Un PDF a au moins une page."),
            ),
            models.CheckConstraint(
                condition=(models.Q(repaired=True) & ~models.Q(original="") | models.Q(repaired=False, original="")),
                name="storedfile_repaired_keeps_original",
                violation_error_message=_("Un fichier réparé garde le fichier reçu, et lui seul."),
            ),
        ]

    def __str__(self) -> str:
        return self.original_name

    @property
    def is_pdf(self) -> bool:
        return self.content_type == "application/pdf"

    @property
    def withheld(self) -> bool:
        """Whether the antivirus keeps it from being read. No query."""
        return self.scan in WITHHELD

    @property
    def waiting(self) -> bool:
        return self.scan == ScanState.WAITING

    @property
    def infected(self) -> bool:
        return self.scan == ScanState.INFECTED

    def withheld_from(self, user: User | AnonymousUser) -> bool:
        """Whether this person may not read it now: who sent it keeps it while it waits. No query."""
        if not self.withheld:
            return False
        mine = user.is_authenticated and user.uuid == self.created_by_uuid
        return not (self.waiting and mine)


class HeldFile(StoredFile):
    """The same rows, as the coordination sees them: those that the antivirus holds, held, or let wait."""

    class Meta:
        proxy = True
        verbose_name = _("fichier retenu")
        verbose_name_plural = _("fichiers retenus")

    def __str__(self) -> str:
        """By when it came: its name may say whose draft it is in."""
        return gettext("Fichier reçu le %(when)s") % {"when": moment(self.created_at)}
