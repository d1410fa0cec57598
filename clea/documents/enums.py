"""Why a piece is refused, and what the antivirus says of a file. The values are stable: tests, views and
statistics branch on them.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Refusal(models.TextChoices):
    EMPTY = "empty", _("fichier vide")
    TOO_LARGE = "too_large", _("fichier trop lourd")
    NOT_PDF = "not_pdf", _("pas un PDF")
    LEADING_BYTES = "leading_bytes", _("octets avant l'en-tête")
    TRUNCATED = "truncated", _("fichier incomplet ou abîmé")
    ENCRYPTED = "encrypted", _("fichier protégé")
    JAVASCRIPT = "javascript", _("contient un programme")
    LAUNCH = "launch", _("ouvre un programme ou un autre fichier")
    EMBEDDED_FILES = "embedded_files", _("contient des fichiers joints")
    RICH_MEDIA = "rich_media", _("contient un média")
    XFA = "xfa", _("formulaire XFA")
    NO_PAGES = "no_pages", _("aucune page")
    TOO_MANY_PAGES = "too_many_pages", _("trop de pages")
    TOO_COMPLEX = "too_complex", _("trop complexe")


class PictureRefusal(models.TextChoices):
    """Why a picture, or a receipt, is refused. Same stability."""

    EMPTY = "empty", _("fichier vide")
    TOO_LARGE = "too_large", _("fichier trop lourd")
    NOT_PICTURE = "not_picture", _("pas une image")
    NOT_RECEIPT = "not_receipt", _("ni un PDF ni une image")
    HEIC = "heic", _("image HEIC")
    OTHER_PICTURE = "other_picture", _("image d'un autre format")
    ANIMATED = "animated", _("image animée")
    DAMAGED = "damaged", _("image incomplète ou abîmée")
    TOO_MANY_PIXELS = "too_many_pixels", _("image trop grande")
    TOO_COMPLEX = "too_complex", _("image trop complexe")


class ScanState(models.TextChoices):
    """What the antivirus says of a file. ``waiting`` and ``infected`` keep it from being read."""

    NOT_SCANNED = "not_scanned", _("non analysé")
    WAITING = "waiting", _("en attente d'analyse")
    CLEAN = "clean", _("sain")
    INFECTED = "infected", _("retenu")
    RELEASED = "released", _("libéré")


SCAN_TRANSITIONS: dict[ScanState, set[ScanState]] = {
    ScanState.NOT_SCANNED: {ScanState.WAITING, ScanState.CLEAN, ScanState.INFECTED},
    ScanState.WAITING: {ScanState.CLEAN, ScanState.INFECTED, ScanState.RELEASED},
    ScanState.CLEAN: {ScanState.WAITING, ScanState.INFECTED},
    ScanState.INFECTED: {ScanState.RELEASED},
    ScanState.RELEASED: set(),
}

#: Nobody reads these, but who sent a file that waits.
WITHHELD = (ScanState.WAITING, ScanState.INFECTED)
READABLE = (ScanState.NOT_SCANNED, ScanState.CLEAN, ScanState.RELEASED)
