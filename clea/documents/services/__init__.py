"""What other apps may ask of files: ``from clea.documents import services as documents``."""

from clea.documents.enums import PictureRefusal, Refusal
from clea.documents.errors import AssemblyFailed, PieceRefused, Withheld
from clea.documents.services.assembly import Assembled, Part, assemble
from clea.documents.services.cleaning import cleaned
from clea.documents.services.images import StoredImage, image_copy, intake_image, intake_receipt
from clea.documents.services.inspection import Inspection, inspect
from clea.documents.services.reading import text_by_page
from clea.documents.services.rendering import render_pdf
from clea.documents.services.sheets import SheetRefused, read_workbook
from clea.documents.services.storage import (
    discard,
    intake_bytes,
    intake_pdf,
    local_path,
    opened,
    remove_unowned_files,
    store_bytes,
    store_path,
)

__all__ = [
    "Assembled",
    "AssemblyFailed",
    "Inspection",
    "Part",
    "PictureRefusal",
    "PieceRefused",
    "Refusal",
    "SheetRefused",
    "StoredImage",
    "Withheld",
    "assemble",
    "cleaned",
    "discard",
    "image_copy",
    "inspect",
    "intake_bytes",
    "intake_image",
    "intake_pdf",
    "intake_receipt",
    "local_path",
    "opened",
    "read_workbook",
    "remove_unowned_files",
    "render_pdf",
    "store_bytes",
    "store_path",
    "text_by_page",
]
