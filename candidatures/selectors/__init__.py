"""Read models for pages. The dossier's own are here; the jury's are in modules of their own."""

from candidatures.selectors.dossier import (
    PEOPLE,
    PIECE_PREFETCH,
    SECTION_PREFETCH,
    acting,
    base,
    dossier,
    full_dossier,
    own_applications,
    personal_deadline,
    piece_by_code,
    with_content,
)

__all__ = [
    "PEOPLE",
    "PIECE_PREFETCH",
    "SECTION_PREFETCH",
    "acting",
    "base",
    "dossier",
    "full_dossier",
    "own_applications",
    "personal_deadline",
    "piece_by_code",
    "with_content",
]
