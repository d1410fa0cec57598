"""Private files on an object store: S3, or what speaks like it (django-storages)."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from clea.errors import Unavailable

if TYPE_CHECKING:
    from typing import Self

    from botocore.response import StreamingBody

#: A reader asks for a little first, since most want one range, then for more and more.
FIRST_WINDOW = 256 * 1024
LARGEST_WINDOW = 8 * 1024 * 1024
#: Above this a file goes in parts, one after the other: memory holds one.
PART = 16 * 1024 * 1024
#: Seconds. A store that does not answer must not keep the few threads of a web process.
CONNECT_WITHIN, READ_WITHIN = 3, 20


@contextmanager
def _answering() -> Iterator[None]:
    """One error for a store that is down, refuses us or is full, and the usual one for an object that is not there."""
    try:
        yield
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404 and _is_of_an_object(error):
            raise FileNotFoundError("no such object") from error
        raise Unavailable(f"the object store answers {error.response.get('Error', {}).get('Code')}") from error
    except (BotoCoreError, Boto3Error) as error:
        raise Unavailable(f"the object store does not answer ({type(error).__name__})") from error


def _is_of_an_object(error: Any) -> bool:
    return error.response.get("Error", {}).get("Code") != "NoSuchBucket"


class ObjectStorage(S3Storage):
    """A bucket that only this program reads: no public address, no link that opens it. Raises ``Unavailable``."""

    shared = True

    def __init__(self, *, addressing_style: str = "path", **options: Any) -> None:
        config = Config(
            s3={"addressing_style": addressing_style},
            signature_version="s3v4",
            connect_timeout=CONNECT_WITHIN,
            read_timeout=READ_WITHIN,
            retries={"mode": "standard", "total_max_attempts": 2},
            # Stores that speak like S3 do not all know the checksums of 2025; ours is the row's SHA-256.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        transfer = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, use_threads=False)
        fixed = {"file_overwrite": False, "default_acl": None, "querystring_auth": False, "gzip": False}
        super().__init__(**(options | fixed), client_config=config, transfer_config=transfer)

    def answers(self) -> bool:
        """Whether the bucket is there and lets us in: one request. No query."""
        try:
            with _answering():
                self.connection.meta.client.head_bucket(Bucket=self.bucket_name)
        except OSError:
            return False
        return True

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        raise NotImplementedError("a private file has no address: see clea.documents.views")

    def _open(self, name: str, mode: str = "rb") -> StoredObject:
        if mode != "rb":
            raise ValueError("a stored file is read; it is written once, by save()")
        return StoredObject(self, name)

    def _save(self, name: str, content: File[bytes]) -> str:
        with _answering():
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with _answering(), suppress(FileNotFoundError):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _answering():
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with _answering():
            return int(super().size(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _answering():
            folders, files = super().listdir(path)
            return list(folders), list(files)

    def get_modified_time(self, name: str) -> datetime:
        with _answering():
            found: datetime = super().get_modified_time(name)
            return found

    # What a reader asks.

    def length_of(self, name: str) -> int:
        with _answering():
            key = self._normalize_name(clean_name(name))
            found = self.connection.meta.client.head_object(Bucket=self.bucket_name, Key=key)
            return int(found["ContentLength"])

    def window(self, name: str, start: int, stop: int) -> StreamingBody:
        with _answering():
            key = self._normalize_name(clean_name(name))
            wanted = f"bytes={start}-{stop - 1}"
            found = self.connection.meta.client.get_object(Bucket=self.bucket_name, Key=key, Range=wanted)
            body: StreamingBody = found["Body"]
            return body


class StoredObject(File[bytes]):
    """An object read where one asks, never fetched whole. ``FileNotFoundError`` at once when it is not there."""

    def __init__(self, storage: ObjectStorage, name: str) -> None:
        self._storage = storage
        self._length = storage.length_of(name)
        self.mode = "rb"
        super().__init__(self._reader(name), name)

    def _reader(self, name: str) -> Any:
        return io.BufferedReader(_Windows(self._storage, name, self._length), 64 * 1024)

    @property
    def size(self) -> int:
        return self._length

    def open(self, mode: str | None = None, *args: Any, **kwargs: Any) -> Self:
        if self.closed:
            self.file = self._reader(str(self.name))
        else:
            self.seek(0)
        return self


class _Windows(io.RawIOBase):
    """The bytes of an object, asked for window by window; a window grows as long as one reads on."""

    def __init__(self, storage: ObjectStorage, name: str, length: int) -> None:
        self._storage, self._name, self._length = storage, name, length
        self._at, self._size = 0, FIRST_WINDOW
        self._body: StreamingBody | None = None
        self._until = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        if at < 0:
            raise ValueError("before the beginning")
        if at != self._at:
            self._leave()
            self._at, self._size = at, FIRST_WINDOW
        return at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._length:
            return 0
        if self._body is None:
            self._until = min(self._at + self._size, self._length)
            self._body = self._storage.window(self._name, self._at, self._until)
            self._size = min(self._size * 2, LARGEST_WINDOW)
        with _answering():
            found = self._body.read(min(len(buffer), self._until - self._at))
        if not found:  # shorter than announced: never a file that ends early without a word
            raise Unavailable("the object store stopped in the middle of a file")
        buffer[: len(found)] = found
        self._at += len(found)
        if self._at >= self._until:
            self._leave()
        return len(found)

    def _leave(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None

    def close(self) -> None:
        self._leave()
        super().close()
