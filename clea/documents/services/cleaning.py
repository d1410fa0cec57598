"""Copies that say nothing about who made them, on what machine, where and when."""

from __future__ import annotations

import io
import warnings

from clea.documents.models import StoredFile
from clea.documents.services.storage import PDF, local_path


def cleaned(stored_file: StoredFile) -> bytes:
    """The PDF without its metadata, for those who must judge the work and not the person.

    The same file always gives the same bytes, with an ``/ID`` of their own. The stored file is
    left as it came. No query.
    """
    if stored_file.content_type != PDF:
        raise ValueError("only a PDF can be cleaned")
    import pikepdf

    from clea.documents.pdf.metadata import strip_metadata

    out = io.BytesIO()
    with local_path(stored_file) as path, pikepdf.open(path) as pdf:
        strip_metadata(pdf)
        if "/ID" in pdf.trailer:
            del pdf.trailer["/ID"]
        # A field that belongs to no form shows as well after as before: nobody needs to hear of it.
        with warnings.catch_warnings(action="ignore", category=pikepdf.PageCopyWarning):
            pdf.save(out, deterministic_id=True, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()
