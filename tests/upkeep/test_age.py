"""What is sealed opens with its passphrase and no other, whole or not at all."""

from __future__ import annotations

import base64
import io

import pytest

from clea.errors import Refused
from clea.upkeep import age

PHRASE = "trois moulins près du terril"
WORK = 4  # as quick as can be: the strength of a passphrase is not what is tested
PIECE, TAG = age.PIECE, age.TAG

SEALED = """
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBhVFQ4N0laMEJ0QzZxUzNKdUFVWml3IDQKS2FZdHBuS0M3SExRZENjZHZ2
ZTFGdlZIeWgvMTlFcG1FUGZhNnlrM2pqNAotLS0gaml0Wk9xRitCSnBkWnBlK2tlVzV3YUNlWFptZkhMb0dvbG4wSlZPaEcybwrY
Ivo0YeeaCsQ4CnF5Rj4+E5mP8AFpAjw0vG8WRVSWZdRLhi+6+PD46JgO/QlggGUrrTIGLm/td6EYfnUUZQ==
"""


def sealed(content: bytes) -> bytes:
    out = io.BytesIO()
    with age.SealedWriter(out, PHRASE, work=WORK) as writer:
        for start in range(0, len(content), 50_000):
            writer.write(content[start : start + 50_000])
    return out.getvalue()


def opened(data: bytes, phrase: str = PHRASE) -> bytes:
    return io.BufferedReader(age.OpenedReader(io.BytesIO(data), phrase)).read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 150_000])
def test_what_was_sealed_comes_back(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    assert opened(sealed(content[:size])) == content[:size]


def test_a_file_that_the_age_program_opens_is_read_as_it_reads_it() -> None:
    # Made once, and opened by Debian's age 1.1.1.
    assert opened(base64.b64decode(SEALED)) == "Bonjour à toutes et à tous.\n".encode()


def test_another_passphrase_is_refused_as_such() -> None:
    with pytest.raises(Refused, match="phrase secrète n'est pas celle"):
        opened(sealed(b"secret"), "trois moulins pres du terril")


def test_a_byte_changed_anywhere_is_refused() -> None:
    whole = sealed(bytes(PIECE + 100))
    for place in [0, 25, 40, 70, 110, 150, 200, 230, len(whole) - 1, *range(0, len(whole), 2003)]:
        changed = bytearray(whole)
        changed[place] ^= 1
        with pytest.raises(Refused):
            opened(bytes(changed))


def test_an_end_cut_off_a_piece_moved_or_added_is_refused() -> None:
    whole = sealed(bytes(3 * PIECE))
    start = len(whole) - 3 * (PIECE + TAG)
    head, pieces = whole[:start], [whole[start + n * (PIECE + TAG) :][: PIECE + TAG] for n in range(3)]
    for kept in ([], [0], [0, 1], [1, 0, 2], [0, 2], [0, 1, 2, 2]):
        with pytest.raises(Refused, match="abîmée ou incomplète"):
            opened(head + b"".join(pieces[n] for n in kept))


def test_a_backup_given_up_never_passes_for_whole() -> None:
    out = io.BytesIO()
    writer = age.SealedWriter(out, PHRASE, work=WORK)
    writer.write(bytes(2 * PIECE))
    writer.abandon()
    with pytest.raises(Refused, match="abîmée ou incomplète"):
        opened(out.getvalue())


def test_an_archive_sealed_for_a_key_is_told_apart() -> None:
    with pytest.raises(Refused, match="autrement que par une phrase"):
        opened(age.MAGIC + b"-> X25519 abc\nabc\n--- abc\n")


def test_a_work_that_would_take_all_the_memory_is_refused() -> None:
    head = age.MAGIC + b"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 40\n" + b"A" * 43 + b"\n--- AAAA\n"
    with pytest.raises(Refused):
        opened(head)
