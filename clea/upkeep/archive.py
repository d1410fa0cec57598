"""The archive: a plain tar of gzipped JSON lines and of the files as they are, sealed by age when asked.

``tar`` lists it and ``LISEZMOI.txt`` explains it: nobody needs this program to read it in ten years. It is written
and read as a stream, in constant memory, whatever its size.

Members, in their order: ``LISEZMOI.txt``; the stored files, under their own names; ``tables/<table>.jsonl.gz``;
``files.jsonl.gz`` (name, size, SHA-256 of each file that counts); ``manifest.json``; ``manifest.sha256``.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import tarfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from clea.errors import Refused
from clea.upkeep import age

FORMAT = 1
README, LISTING, MANIFEST, SEAL = "LISEZMOI.txt", "files.jsonl.gz", "manifest.json", "manifest.sha256"
TABLE = re.compile(r"tables/([a-z0-9_]{1,63})\.jsonl\.gz")
#: Where files lie, in the storage and in the archive. A logo keeps the name that it was given.
FILE = re.compile(r"(?:files|logos)/[\w./-]{1,200}")
CHUNK = 256 * 1024
UNKNOWN = "Ce fichier n'est pas une sauvegarde de CLEA : rien n'a été écrit."
EXPLAINED = """Sauvegarde de CLEA, format 1.

files/, logos/  les fichiers, tels quels
tables/         une table par fichier (gzip) : la première ligne nomme les colonnes, puis une ligne JSON par rangée.
                Dates en UTC ; nombres décimaux, identifiants et durées en texte ; contenus binaires en base64 ;
                colonnes JSON en texte JSON.
files.jsonl.gz  nom, taille et SHA-256 de chaque fichier qui compte ; un fichier absent de cette liste a été supprimé
                pendant la sauvegarde.
manifest.json   date, migrations, nombre de lignes de chaque table, SHA-256 de chaque membre, fin du journal.

« manage.py restore » relit tout cela dans une installation vide. L'archive contient des données personnelles.
Une archive chiffrée est au format age (age-encryption.org/v1) : « age --decrypt » l'ouvre avec la phrase secrète.
"""


class Hashing(io.RawIOBase):
    """Reads through ``source`` and keeps what a hash and a count say of it."""

    def __init__(self, source: IO[bytes]) -> None:
        super().__init__()
        self._source = source
        self._hash = hashlib.sha256()
        self.size = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._hash.update(data)
        self.size += len(data)
        return data

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


class Writer:
    """Writes members one after the other, and remembers each one's size and SHA-256."""

    def __init__(self, out: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=out, mode="w|", format=tarfile.GNU_FORMAT, bufsize=CHUNK)  # noqa: SIM115
        self._at = int(time.time())
        self.members: dict[str, tuple[int, str]] = {}
        self.add_bytes(README, EXPLAINED.encode())

    def add(self, name: str, source: IO[bytes], size: int) -> tuple[int, str]:
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = size, self._at, 0o600
        reading = Hashing(source)
        try:
            self._tar.addfile(info, reading)
        except OSError as error:
            if reading.size < size and error.errno is None:
                raise Refused(f"Le fichier {name} est plus court qu'il ne le dit.", code="short") from error
            raise
        self.members[name] = (size, reading.hexdigest())
        return self.members[name]

    def add_bytes(self, name: str, content: bytes) -> tuple[int, str]:
        return self.add(name, io.BytesIO(content), len(content))

    def close(self) -> None:
        self._tar.close()

    def abandon(self) -> None:
        """Write no more, not even the end of the archive when the program drops it."""
        stream: Any = self._tar.fileobj
        stream.closed = True


@dataclass(frozen=True)
class Contents:
    """An archive read from end to end and found whole. ``folder`` holds its tables."""

    manifest: dict[str, Any]
    files: dict[str, tuple[int, str]] = field(repr=False)
    folder: Path

    def rows(self, table: str) -> Iterator[list[Any]]:
        """The rows of one table; the columns first."""
        return json_lines(self.folder / f"{table}.jsonl.gz")


def json_lines(path: Path) -> Iterator[list[Any]]:
    try:
        with gzip.open(path, "rb") as lines:
            for line in lines:
                yield json.loads(line.decode("utf-8", "surrogatepass"))
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise Refused(age.BROKEN, code="broken") from error


def is_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(age.MAGIC)) == age.MAGIC


@contextmanager
def members(path: Path, passphrase: str | None) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """The members of an archive, in their order, to be read at once. Raises ``Refused`` for one that is not whole."""
    with path.open("rb") as file:
        source: IO[bytes] = file
        if is_sealed(path):
            if not passphrase:
                raise Refused(
                    "Cette archive est chiffrée : donnez sa phrase secrète (BACKUP_PASSPHRASE ou --passphrase-file).",
                    code="passphrase",
                )
            source = io.BufferedReader(age.OpenedReader(file, passphrase), CHUNK)
        try:
            with tarfile.open(fileobj=source, mode="r|", bufsize=CHUNK) as tar:
                yield _each(tar)
                # To the last piece: an archive that lost its end is not whole.
                while source.read(CHUNK):
                    pass
        except tarfile.TarError as error:
            raise Refused(UNKNOWN if file.tell() <= CHUNK else age.BROKEN, code="broken") from error


def _each(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for info in tar:
        content = tar.extractfile(info) if info.isreg() else None
        if content is None:
            raise Refused(UNKNOWN, code="broken")
        yield info.name, content


def read(path: Path, passphrase: str | None, folder: Path) -> Contents:
    """Read the whole archive, check every hash, lay the tables down in ``folder``. Nothing else is written."""
    seen: dict[str, tuple[int, str]] = {}
    kept: dict[str, bytes] = {}
    with members(path, passphrase) as each:
        for name, content in each:
            reading = Hashing(content)
            if name in (LISTING, MANIFEST, SEAL):
                kept[name] = reading.read()
            elif found := TABLE.fullmatch(name):
                with (folder / f"{found[1]}.jsonl.gz").open("wb") as out:
                    while data := reading.read(CHUNK):
                        out.write(data)
            else:
                while reading.read(CHUNK):
                    pass
            if name in seen:
                raise Refused(age.BROKEN, code="broken")
            seen[name] = (reading.size, reading.hexdigest())
    if README not in seen:
        raise Refused(UNKNOWN, code="broken")
    if {LISTING, MANIFEST, SEAL} - set(kept):
        raise Refused(age.BROKEN, code="broken")
    manifest = _manifest(kept)
    if any(seen.get(name) != (size, sha256) for name, (size, sha256) in manifest["members"].items()):
        raise Refused(age.BROKEN, code="broken")
    files = {}
    for name, size, sha256 in json.loads(b"[" + b",".join(gzip.decompress(kept[LISTING]).splitlines()) + b"]"):
        if seen.get(name) != (size, sha256) or not is_safe(name):
            raise Refused(age.BROKEN, code="broken")
        files[name] = (size, sha256)
    return Contents(manifest, files, folder)


def _manifest(kept: dict[str, bytes]) -> dict[str, Any]:
    if hashlib.sha256(kept[MANIFEST]).hexdigest() != kept[SEAL].decode("ascii", "replace").strip():
        raise Refused(age.BROKEN, code="broken")
    manifest: dict[str, Any] = json.loads(kept[MANIFEST])
    if manifest["format"] > FORMAT:
        raise Refused(
            "Cette archive vient d'une version plus récente de CLEA : installez cette version, puis recommencez.",
            code="newer",
        )
    manifest["members"] = {name: tuple(said) for name, said in manifest["members"].items()}
    return manifest


def is_safe(name: str) -> bool:
    return bool(FILE.fullmatch(name)) and not {"", ".", ".."} & set(name.split("/"))
