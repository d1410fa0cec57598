"""PDFs of every kind, made on the spot: sound ones, odd ones, broken ones, hostile ones.

``HOSTILE`` maps each refusal to the ways we know of earning it; ``REPAIRABLE`` holds files whose
table alone is broken; ``BENIGN`` what looks suspicious and must be accepted; ``ODD_PAGES`` what an
assembly must not spoil. ``document``, ``changed``, ``field``… build others.
"""

from tests.pdfs.accepted import BENIGN, ODD_PAGES
from tests.pdfs.build import (
    REPAIRABLE,
    Maker,
    add_outline,
    annotate,
    attached,
    changed,
    document,
    field,
    jpeg_with_place,
    link,
    picture,
    raw,
    script,
    sound,
    write,
    wrong_startxref,
)
from tests.pdfs.refused import HOSTILE, hostile

__all__ = [
    "BENIGN",
    "HOSTILE",
    "ODD_PAGES",
    "REPAIRABLE",
    "Maker",
    "add_outline",
    "annotate",
    "attached",
    "changed",
    "document",
    "field",
    "hostile",
    "jpeg_with_place",
    "link",
    "picture",
    "raw",
    "script",
    "sound",
    "write",
    "wrong_startxref",
]
