"""Copies that say nothing about who made them, on what machine, where and when."""

from __future__ import annotations

import tempfile
from pathlib import Path

from clea.documents.models import StoredFile
from clea.documents.services.assembly import cleaned_copy
from clea.documents.services.storage import PDF, local_path


def cleaned(stored_file: StoredFile) -> bytes:
    """The PDF without its metadata, for those who must judge the work and not the person.

    The same file always gives the same bytes, with an ``/ID`` of their own. The stored file is
    left as it came. Made in a bounded process: raises :class:`AssemblyFailed` beyond its limits. No query.
    """
    if stored_file.content_type != PDF:
        raise ValueError("only a PDF can be cleaned")
    with tempfile.TemporaryDirectory(prefix="clea-clean-") as scratch, local_path(stored_file) as path:
        out = Path(scratch) / "clean.pdf"
        cleaned_copy(path, out)
        return out.read_bytes()
