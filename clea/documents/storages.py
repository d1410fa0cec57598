"""Private files in a folder of this machine. ``object_storage`` keeps them on S3, and behaves the same.

Both write a file whole or not at all, and return once it is safe: the row that names it is written after. Neither has
a public address: clea.documents.views is the only door.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class LocalStorage(FileSystemStorage):
    """A folder. A file is written beside its place, flushed to the disk, then renamed: a power cut leaves it whole,
    or leaves at worst a ``.part`` that no row names.
    """

    #: Whether other machines read the same; a folder may be shared too, and nobody can tell.
    shared = False

    def answers(self) -> bool:
        """Whether the folder is there, or can still be made. No query."""
        place = Path(self.location)
        while not place.exists() and place != place.parent:
            place = place.parent
        return os.access(place, os.R_OK | os.W_OK | os.X_OK)

    def url(self, name: str | None) -> str:
        raise NotImplementedError("a private file has no address: see clea.documents.views")

    def _save(self, name: str, content: File[bytes]) -> str:
        target = Path(self.path(name))
        self._make(target.parent)
        handle, part = tempfile.mkstemp(prefix=".", suffix=".part", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fchmod(out.fileno(), self.file_permissions_mode or 0o600)
                if settings.FILES_FLUSHED:
                    os.fsync(out.fileno())
            Path(part).rename(target)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        _flush_folder(target.parent)
        return str(name).replace("\\", "/")

    def _make(self, folder: Path) -> None:
        """The folder and those above it, each known to the one that holds it."""
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for each in reversed(missing):
            with suppress(FileExistsError):  # another process, at the same moment
                each.mkdir()
                each.chmod(self.directory_permissions_mode or 0o700)
            _flush_folder(each.parent)


def _flush_folder(folder: Path) -> None:
    if not settings.FILES_FLUSHED:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
