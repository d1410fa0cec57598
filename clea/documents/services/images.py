"""Pictures in: judged by what they hold, drawn again from their pixels, stored without what else they said."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from clea.documents.enums import PictureRefusal
from clea.documents.errors import PieceRefused
from clea.documents.models import EXTENSIONS, StoredFile
from clea.documents.services import bounded, scanning
from clea.documents.services.inspection import megabytes
from clea.documents.services.storage import CHUNK, intake_pdf, local_path, refusing_politely, store_path

if TYPE_CHECKING:
    from clea.accounts.models import User

INSPECTOR = Path(__file__).resolve().parent.parent / "image_inspector.py"
#: The program itself, then two copies of fifty million pixels while they are turned or coloured.
MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 10
WALL_SECONDS = 10

CONTENT_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}

#: A receipt is read once or twice: a page of a telephone's camera is enough.
RECEIPT_BYTES = 10 * 1024 * 1024
RECEIPT_PAGES = 20
RECEIPT_PIXELS = 50_000_000
RECEIPT_SIDE = 3000


@dataclass(frozen=True)
class StoredImage:
    """A picture as it is kept, in pixels."""

    file: StoredFile
    width: int
    height: int


def intake_image(
    *, by: User | None, upload: UploadedFile, max_bytes: int, max_pixels: int, max_side: int = 0
) -> StoredImage:
    """Receive a JPEG, PNG or WebP picture: copy, judge, draw again, store. Raises :class:`PieceRefused`.

    Neither its name nor the browser's word is believed. Place, camera and hidden data are gone, the
    orientation is applied; ``max_side`` brings a larger one down to so many pixels (0: as it is). Call it
    *before* opening your own transaction: a large picture takes seconds. One query.
    """
    with refusing_politely(), tempfile.TemporaryDirectory(prefix="clea-image-") as scratch:
        received = Path(scratch) / "received"
        _receive(upload, received, max_bytes)
        scan = scanning.at_intake(received)
        scanning.refuse_infected(scan)
        return _drawn_again(by, received, Path(scratch), upload.name or "image", max_pixels, max_side, scan=scan)


def image_copy(stored_file: StoredFile, *, by: User | None, max_side: int) -> StoredImage:
    """A copy of a stored picture for screens: WebP, ``max_side`` pixels at most on its longest side. One query.

    It is readable when that picture is.
    """
    with (
        tempfile.TemporaryDirectory(prefix="clea-image-") as scratch,
        local_path(stored_file, withheld_too=True) as path,
    ):
        name = stored_file.original_name
        return _drawn_again(
            by, path, Path(scratch), name, RECEIPT_PIXELS * 2, max_side, light=True, copy_of=stored_file
        )


def intake_receipt(
    *, by: User | None, upload: UploadedFile, max_bytes: int = RECEIPT_BYTES, max_pages: int = RECEIPT_PAGES
) -> StoredFile:
    """Receive a receipt: a PDF or a picture, by its content. Raises :class:`PieceRefused`. One query.

    A photograph is brought down to 3 000 pixels, enough to read the smallest print of a ticket.
    """
    head = upload.read(1024)
    upload.seek(0)
    if b"%PDF-" in head:
        return intake_pdf(by=by, upload=upload, max_bytes=max_bytes, max_pages=max_pages)
    try:
        kept = intake_image(by=by, upload=upload, max_bytes=max_bytes, max_pixels=RECEIPT_PIXELS, max_side=RECEIPT_SIDE)
    except PieceRefused as error:
        if error.code == PictureRefusal.NOT_PICTURE:
            raise refusal(PictureRefusal.NOT_RECEIPT) from None
        raise
    return kept.file


def _receive(upload: UploadedFile, path: Path, max_bytes: int) -> None:
    """Copy what comes in, and stop reading as soon as it is over the limit."""
    size = 0
    with path.open("wb") as out:
        for chunk in upload.chunks(CHUNK):
            size += len(chunk)
            if size > max_bytes:
                raise refusal(PictureRefusal.TOO_LARGE, size=max(size, upload.size or 0), limit=max_bytes)
            out.write(chunk)


def _drawn_again(
    by: User | None,
    path: Path,
    scratch: Path,
    name: str,
    max_pixels: int,
    max_side: int,
    *,
    light: bool = False,
    scan: scanning.Scan = scanning.NOT_SCANNED,
    copy_of: StoredFile | None = None,
) -> StoredImage:
    drawn = scratch / "drawn"
    found = _run(path, drawn, max_pixels, max_side, light)
    if found["code"]:
        pixels = found.get("width", 0) * found.get("height", 0)
        raise refusal(PictureRefusal(found["code"]), size=pixels, limit=max_pixels)
    content_type = CONTENT_TYPES[found["format"]]
    stem = Path(name.replace("\\", "/").rsplit("/", 1)[-1]).stem or "image"
    # The name says what the file is, whatever it was called.
    kept = store_path(
        by=by, path=drawn, name=stem + EXTENSIONS[content_type], content_type=content_type, scan=scan, copy_of=copy_of
    )
    return StoredImage(kept, found["width"], found["height"])


def _run(path: Path, out: Path, max_pixels: int, max_side: int, light: bool) -> dict[str, Any]:
    arguments = [str(path.absolute()), str(out.absolute()), str(max_pixels), str(max_side), "light" if light else ""]
    found = bounded.run(INSPECTOR, arguments, memory=MEMORY_BYTES, cpu=CPU_SECONDS, wall=WALL_SECONDS)
    return found if found is not None else {"code": PictureRefusal.TOO_COMPLEX}


def refusal(code: PictureRefusal, *, size: int = 0, limit: int = 0) -> PieceRefused:
    """What is wrong, then what to do next. ``size`` and ``limit`` are bytes, or pixels for a picture too large."""
    return PieceRefused(_message(code, size, limit), code=code.value)


def _megapixels(pixels: int) -> str:
    return number_format(round(pixels / 1_000_000, 1 if pixels % 1_000_000 else 0))


def _message(code: PictureRefusal, size: int, limit: int) -> str:
    if code is PictureRefusal.TOO_LARGE:
        return _(
            "Ce fichier pèse %(size)s ; la limite est de %(limit)s. Enregistrez l'image en plus petit (par exemple "
            "1 600 pixels de large), puis envoyez-la."
        ) % {"size": megabytes(size), "limit": megabytes(limit)}
    if code is PictureRefusal.TOO_MANY_PIXELS:
        return _(
            "Cette image compte %(size)s millions de pixels ; la limite est de %(limit)s. Enregistrez-la en plus "
            "petit (par exemple 3 000 pixels de large), puis envoyez-la."
        ) % {"size": _megapixels(size), "limit": _megapixels(limit)}
    return {
        PictureRefusal.EMPTY: _(
            "Ce fichier est vide (0 octet). Vérifiez qu'il s'ouvre sur votre ordinateur, puis envoyez-le à nouveau."
        ),
        PictureRefusal.NOT_PICTURE: _(
            "Ce fichier n'est pas une image JPEG, PNG ou WebP, quel que soit son nom. Ouvrez-le, enregistrez-le dans "
            "l'un de ces formats, puis envoyez le résultat."
        ),
        PictureRefusal.NOT_RECEIPT: _(
            "Ce fichier n'est ni un PDF, ni une image JPEG, PNG ou WebP, quel que soit son nom. Enregistrez-le en PDF, "
            "ou photographiez le justificatif, puis envoyez le résultat."
        ),
        PictureRefusal.HEIC: _(
            "Cette photo est au format HEIC, que tous les ordinateurs ne savent pas lire. Sur votre téléphone, faites "
            "une capture d'écran de la photo et envoyez la capture, ou choisissez Réglages, Appareil photo, Formats, "
            "« Le plus compatible », puis reprenez la photo."
        ),
        PictureRefusal.OTHER_PICTURE: _(
            "Ce format d'image n'est pas accepté (GIF, TIFF, BMP, AVIF, SVG…). Ouvrez l'image, enregistrez-la en JPEG "
            "ou en PNG, puis envoyez cette copie."
        ),
        PictureRefusal.ANIMATED: _(
            "Cette image est animée : seule sa première vue serait gardée. Enregistrez la vue que vous voulez montrer "
            "en JPEG ou en PNG, puis envoyez-la."
        ),
        PictureRefusal.DAMAGED: _(
            "Cette image est incomplète ou abîmée : elle ne peut pas être lue en entier. Reprenez le fichier "
            "d'origine, vérifiez qu'il s'ouvre, puis envoyez-le à nouveau."
        ),
        PictureRefusal.TOO_COMPLEX: _(
            "Cette image est trop complexe pour être vérifiée. Ouvrez-la, enregistrez-la en JPEG en plus petit, puis "
            "envoyez cette copie."
        ),
    }[code]
