"""What a file is, judged by its content. The verdict is a sentence that a person can act on."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clea.documents.enums import Refusal
from clea.documents.services import bounded

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

INSPECTOR = Path(__file__).resolve().parent.parent / "inspector.py"
MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 10
WALL_SECONDS = 10


@dataclass(frozen=True)
class Inspection:
    """What was found. ``code`` and ``message`` are empty when ``ok``; ``title`` is the file's own."""

    ok: bool
    code: str = ""
    message: str | _StrPromise = ""
    pages: int | None = None
    repaired: bool = False
    title: str = ""


def inspect(path: Path | str, *, max_bytes: int, max_pages: int, repaired_to: Path | str | None = None) -> Inspection:
    """Judge the file at ``path`` in a process bounded in memory (512 MB) and time (10 s).

    ``max_bytes`` and ``max_pages`` are settings of the call. When only the table was broken,
    ``repaired`` is true and a sound copy is written at ``repaired_to`` (thrown away if None).
    Never raises for what the file holds; raises ``bounded.Busy`` when the machine reads too many files already.
    Costs about 0.2 s; no query.
    """
    path = Path(path)
    size = path.stat().st_size
    if size == 0:
        return refusal(Refusal.EMPTY)
    if size > max_bytes:
        return refusal(Refusal.TOO_LARGE, size=size, max_bytes=max_bytes)
    with tempfile.TemporaryDirectory(prefix="clea-inspect-") as scratch:
        found = _run(path, max_pages, Path(repaired_to) if repaired_to else Path(scratch) / "repaired.pdf")
    if found["code"]:
        return refusal(Refusal(found["code"]), pages=found.get("pages"), max_pages=max_pages)
    return Inspection(True, pages=found["pages"], repaired=found["repaired"], title=found["title"])


def _run(path: Path, max_pages: int, repaired_to: Path) -> dict[str, Any]:
    arguments = [str(path.absolute()), str(max_pages), str(repaired_to.absolute())]
    found = bounded.run(INSPECTOR, arguments, memory=MEMORY_BYTES, cpu=CPU_SECONDS, wall=WALL_SECONDS)
    # Killed by a limit, or by qpdf running out of memory: either way nobody should open it.
    return found if found is not None else {"code": Refusal.TOO_COMPLEX}


def refusal(
    code: Refusal, *, size: int = 0, max_bytes: int = 0, pages: int | None = None, max_pages: int = 0
) -> Inspection:
    """Build the negative answer: what is wrong, then what to do next."""
    return Inspection(False, code.value, _message(code, size, max_bytes, pages, max_pages), pages=pages)


def megabytes(size: int) -> str:
    """``20 971 520`` → ``20 Mo``, ``35 861 299`` → ``34,2 Mo`` (binary millions, as systems show them)."""
    value = size / (1024 * 1024)
    decimals = 0 if value == int(value) else 1
    return _("%(size)s Mo") % {"size": number_format(round(value, decimals), decimals)}


def _message(code: Refusal, size: int, max_bytes: int, pages: int | None, max_pages: int) -> str:
    if code is Refusal.TOO_LARGE:
        return _(
            "Ce fichier pèse %(size)s ; la limite est de %(limit)s. Réduisez le poids des images, ou enregistrez-le "
            "à nouveau en PDF avec une qualité plus légère, puis envoyez-le."
        ) % {"size": megabytes(size), "limit": megabytes(max_bytes)}
    if code is Refusal.TOO_MANY_PAGES:
        return ngettext(
            "Ce PDF compte %(pages)s pages ; la limite est de %(limit)s page. Gardez l'essentiel et envoyez une "
            "version plus courte.",
            "Ce PDF compte %(pages)s pages ; la limite est de %(limit)s pages. Gardez l'essentiel et envoyez une "
            "version plus courte.",
            max_pages,
        ) % {"pages": pages, "limit": max_pages}
    return {
        Refusal.EMPTY: _(
            "Ce fichier est vide (0 octet). Vérifiez qu'il s'ouvre sur votre ordinateur, puis envoyez-le à nouveau."
        ),
        Refusal.NOT_PDF: _(
            "Ce fichier n'est pas un PDF, quel que soit son nom. Ouvrez-le dans le logiciel qui l'a créé, choisissez "
            "« Enregistrer en PDF » ou « Exporter en PDF », puis envoyez le résultat."
        ),
        Refusal.LEADING_BYTES: _(
            "Ce fichier commence par autre chose qu'un PDF : il a sans doute été abîmé en chemin. Ouvrez-le, "
            "enregistrez-le à nouveau en PDF (Imprimer, puis « Enregistrer en PDF »), puis envoyez cette copie."
        ),
        Refusal.TRUNCATED: _(
            "Ce PDF est incomplet ou abîmé : une partie manque et ne peut pas être retrouvée. Reprenez le fichier "
            "d'origine, exportez-le à nouveau en PDF, puis envoyez-le."
        ),
        Refusal.ENCRYPTED: _(
            "Ce PDF est protégé (mot de passe ou restrictions). Enregistrez-en une copie sans protection, par exemple "
            "avec Imprimer, puis « Enregistrer en PDF », et envoyez cette copie."
        ),
        Refusal.JAVASCRIPT: _(
            "Ce PDF contient un programme (JavaScript). Par sécurité, il n'est pas accepté. Imprimez-le dans un "
            "nouveau PDF (Imprimer, puis « Enregistrer en PDF ») : le contenu reste, le programme disparaît."
        ),
        Refusal.LAUNCH: _(
            "Ce PDF cherche à ouvrir un programme, un autre fichier ou une adresse sans qu'on le lui demande. Par "
            "sécurité, il n'est pas accepté. Imprimez-le dans un nouveau PDF (Imprimer, puis « Enregistrer en "
            "PDF ») et envoyez cette copie. Les liens vers une page web restent permis."
        ),
        Refusal.EMBEDDED_FILES: _(
            "Ce PDF contient d'autres fichiers (pièces jointes ou porte-documents). Seules ses pages seraient lues. "
            "Retirez les fichiers joints, ou imprimez-le dans un nouveau PDF, puis envoyez cette copie."
        ),
        Refusal.RICH_MEDIA: _(
            "Ce PDF contient une vidéo, un son, une animation ou un objet 3D, que la plupart des lecteurs ne montrent "
            "pas. Remplacez-le par une image et un lien vers une page web, puis exportez à nouveau en PDF."
        ),
        Refusal.XFA: _(
            "Ce PDF est un formulaire dynamique (XFA), que la plupart des lecteurs affichent vide. Ouvrez-le dans "
            "Adobe Reader, imprimez-le dans un nouveau PDF (« Enregistrer en PDF »), puis envoyez cette copie."
        ),
        Refusal.NO_PAGES: _("Ce PDF n'a aucune page. Exportez à nouveau votre document en PDF, puis envoyez-le."),
        Refusal.TOO_COMPLEX: _(
            "Ce PDF est trop complexe pour être vérifié. Imprimez-le dans un nouveau PDF (Imprimer, puis "
            "« Enregistrer en PDF »), puis envoyez cette copie."
        ),
    }[code]
