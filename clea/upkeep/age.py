"""Encryption by a passphrase, in the age format: ``age --decrypt`` reads what we write, and the other way round.

The format is public (age-encryption.org/v1) and small: scrypt turns the passphrase into a key that wraps the file's
own; the content follows in pieces of 64 KiB, each sealed by ChaCha20-Poly1305 under a number and a mark of the last.
A piece changed, moved, taken out or cut off is refused, and nothing is given before its piece was found whole.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import io
import os
import struct
from base64 import b64decode, b64encode
from typing import IO, TYPE_CHECKING

from clea.errors import Refused

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

MAGIC = b"age-encryption.org/v1\n"
#: 2^17 rounds: 128 MB and about half a second for whoever tries a passphrase.
WORK = 17
#: Beyond, reading a stranger's file would take all the memory.
WORK_MAX = 20
PIECE = 64 * 1024
TAG = 16

BROKEN = "Cette archive est abîmée ou incomplète : rien n'a été écrit. Prenez-en une autre."
WRONG = "La phrase secrète n'est pas celle de cette archive : rien n'a été écrit. Vérifiez-la et recommencez."
FOREIGN = "Cette archive est chiffrée autrement que par une phrase secrète : déchiffrez-la d'abord avec « age »."


class SealedWriter(io.RawIOBase):
    """Writes into ``out`` what it is given, sealed. ``close`` writes the last piece, and leaves ``out`` open."""

    def __init__(self, out: IO[bytes], passphrase: str, *, work: int = WORK) -> None:
        super().__init__()
        self._out = out
        file_key, nonce, salt = os.urandom(16), os.urandom(16), os.urandom(16)
        wrapped = _cipher(_wrapping_key(passphrase, salt, work)).encrypt(bytes(12), file_key, None)
        head = MAGIC + b"-> scrypt %s %d\n%s\n---" % (_text(salt), work, _text(wrapped))
        out.write(head + b" " + _text(_mac(file_key, head)) + b"\n" + nonce)
        self._cipher = _cipher(_derive(file_key, nonce, b"payload"))
        self._number = 0
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        self._waiting += data
        # The last piece is not known before the end: one byte more than a piece must wait.
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last), piece, None))
        self._number += 1

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self._waiting), last=True)
        super().close()

    def abandon(self) -> None:
        """Close without the last piece: what was written can never pass for whole."""
        super().close()


class OpenedReader(io.RawIOBase):
    """Reads what was sealed in ``source``. Raises ``Refused`` at once for a wrong passphrase."""

    def __init__(self, source: IO[bytes], passphrase: str) -> None:
        super().__init__()
        self._source = source
        file_key = _open_header(source, passphrase)
        nonce = source.read(16)
        if len(nonce) != 16:
            raise Refused(BROKEN, code="broken")
        self._cipher = _cipher(_derive(file_key, nonce, b"payload"))
        self._number = 0
        self._ready = b""
        self._next = source.read(PIECE + TAG)
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._ready and not self._ended:
            self._ready = self._open()
        given = self._ready[: len(buffer)]
        buffer[: len(given)] = given
        self._ready = self._ready[len(given) :]
        return len(given)

    def _open(self) -> bytes:
        sealed, self._next = self._next, b""
        if len(sealed) == PIECE + TAG:
            self._next = self._source.read(PIECE + TAG)
        self._ended = not self._next
        piece = _unsealed(self._cipher, _nonce(self._number, self._ended), sealed)
        if piece is None:
            raise Refused(BROKEN, code="broken")
        if not piece and self._number:
            raise Refused(BROKEN, code="broken")
        self._number += 1
        return piece


def _open_header(source: IO[bytes], passphrase: str) -> bytes:
    """The file's key. Only a header that ``SealedWriter`` or ``age --passphrase`` writes is read."""
    lines = [source.readline(200) for _line in range(4)]
    stanza = lines[1].split()
    if lines[0] != MAGIC or not lines[3].startswith(b"--- "):
        raise Refused(FOREIGN if lines[0] == MAGIC and stanza[1:2] != [b"scrypt"] else BROKEN, code="broken")
    if len(stanza) != 4 or stanza[:2] != [b"->", b"scrypt"] or not stanza[3].isdigit():
        raise Refused(FOREIGN, code="foreign")
    salt, wrapped, mac = _bytes(stanza[2]), _bytes(lines[2].strip()), _bytes(lines[3][4:].strip())
    work = int(stanza[3])
    if len(salt) != 16 or len(wrapped) != 32 or not 1 <= work <= WORK_MAX:
        raise Refused(BROKEN, code="broken")
    file_key = _unsealed(_cipher(_wrapping_key(passphrase, salt, work)), bytes(12), wrapped)
    if file_key is None:
        raise Refused(WRONG, code="passphrase")
    if not hmac.compare_digest(mac, _mac(file_key, b"".join(lines[:3]) + b"---")):
        raise Refused(BROKEN, code="broken")
    return file_key


def _wrapping_key(passphrase: str, salt: bytes, work: int) -> bytes:
    salt = b"age-encryption.org/v1/scrypt" + salt
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=2**work, r=8, p=1, maxmem=2 * 1024 * 2**work, dklen=32)


def _cipher(key: bytes) -> ChaCha20Poly1305:
    """cryptography weighs ten megabytes, and is loaded by the first archive: no page of ours needs it."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    return ChaCha20Poly1305(key)


def _unsealed(cipher: ChaCha20Poly1305, nonce: bytes, sealed: bytes) -> bytes | None:
    """``None`` when it is not what was sealed."""
    from cryptography.exceptions import InvalidTag

    try:
        return cipher.decrypt(nonce, sealed, None)
    except (InvalidTag, ValueError):
        return None


def _derive(key: bytes, salt: bytes, info: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(key)


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.digest(_derive(file_key, b"", b"header"), head, "sha256")


def _nonce(number: int, last: bool) -> bytes:
    return bytes(3) + struct.pack(">Q?", number, last)


def _text(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")


def _bytes(text: bytes) -> bytes:
    try:
        return b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise Refused(BROKEN, code="broken") from None
