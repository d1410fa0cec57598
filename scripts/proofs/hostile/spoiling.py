"""Sound files spoilt by chance, always the same for a seed."""

from __future__ import annotations

import io
import random
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, String

NUMBERS = [b"0", b"-1", b"65536", b"2147483648", b"-2147483649", b"9223372036854775808", b"1" + b"0" * 400, b"0.00001"]
WORDS = re.compile(rb"/[A-Z][A-Za-z0-9]+")
REFERENCE = re.compile(rb"\d+ 0 R")
NUMBER = re.compile(rb"(?<![\d.])\d+(?![\d.])")


def cut(data: bytes, chance: random.Random) -> bytes:
    """Anywhere, or at a place that matters: in the header, a stream, the table, the last line."""
    places = [chance.randrange(len(data)), min(chance.randrange(1, 40), len(data))]
    for mark in (b"stream", b"endobj", b"xref", b"trailer", b"startxref", b"%%EOF"):
        found = [match.start() for match in re.finditer(mark, data)]
        if found:
            places.append(chance.choice(found) + chance.randrange(len(mark) + 2))
    return data[: chance.choice(places)]


def flip(data: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(data)
    for _ in range(chance.randrange(1, 40)):
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def blank(data: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(data)), chance.randrange(1, 2000)
    return data[:at] + b"\0" * min(length, len(data) - at) + data[at + length :]


def remove(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randrange(1, 1000) :]


def repeat(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    piece = data[at : at + chance.randrange(1, 2000)]
    return data[:at] + piece * chance.randrange(2, 50) + data[at:]


def insert(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.randbytes(chance.randrange(1, 500)) + data[at:]


def shuffle(data: bytes, chance: random.Random) -> bytes:
    """Its objects in another order, the table left as it was."""
    parts = re.split(rb"(?<=endobj\n)", data)
    middle = parts[1:-1]
    chance.shuffle(middle)
    return b"".join([*parts[:1], *middle, *parts[-1:]])


def _some(pattern: re.Pattern[bytes], data: bytes, chance: random.Random, other: Callable[[], bytes]) -> bytes:
    found = list(pattern.finditer(data))
    if not found:
        return flip(data, chance)
    for match in sorted(chance.sample(found, min(len(found), chance.randrange(1, 5))), key=lambda one: -one.start()):
        data = data[: match.start()] + other() + data[match.end() :]
    return data


def misname(data: bytes, chance: random.Random) -> bytes:
    words = WORDS.findall(data) or [b"/Kids"]
    return _some(WORDS, data, chance, lambda: chance.choice(words))


def misdirect(data: bytes, chance: random.Random) -> bytes:
    most = max(len(REFERENCE.findall(data)), 2)
    return _some(REFERENCE, data, chance, lambda: b"%d 0 R" % chance.randrange(most + 2))


def miscount(data: bytes, chance: random.Random) -> bytes:
    return _some(NUMBER, data, chance, lambda: chance.choice(NUMBERS))


def regrow(data: bytes, chance: random.Random) -> bytes:
    """Its objects changed for others, itself, or nothing, then written as a sound file: the table tells nothing."""
    try:
        with warnings.catch_warnings(action="ignore"), pikepdf.open(io.BytesIO(data)) as pdf:
            return _regrown(pdf, chance)
    except Exception:  # noqa: BLE001 - locked, or too spoilt to be opened, or to be written
        return flip(data, chance)


def _regrown(pdf: Pdf, chance: random.Random) -> bytes:
    holders = [one for one in pdf.objects if isinstance(one, (Dictionary, pikepdf.Stream)) and len(one.keys())]
    for _ in range(chance.randrange(1, 6)):
        if not holders:
            break
        holder = chance.choice(holders)
        key = chance.choice(sorted(holder.keys()))
        if key == "/Length":
            continue
        holder[key] = _other(pdf, chance)
    out = io.BytesIO()
    modes = [ObjectStreamMode.disable, ObjectStreamMode.generate]
    pdf.save(out, static_id=True, object_stream_mode=chance.choice(modes))
    return out.getvalue()


def _other(pdf: Pdf, chance: random.Random) -> Any:
    deep: Any = Array()
    for _ in range(chance.choice([1, 5, 90])):
        deep = Array([deep])
    return chance.choice(
        [
            chance.choice(list(pdf.objects)),
            pdf.pages[0].obj if len(pdf.pages) else Array(),
            pdf.Root,
            deep,
            Array([chance.choice(list(pdf.objects)) for _ in range(chance.choice([2, 200]))]),
            Dictionary(),
            String("\ufeff\x00é" * chance.choice([1, 9000])),
            Name("/" + "N" * chance.choice([1, 3000])),
            chance.choice([-1, 0, 2**31, -(2**31), True]),
        ]
    )


WAYS = (cut, cut, flip, blank, remove, repeat, insert, shuffle, misname, misdirect, miscount, regrow, regrow, regrow)


def spoilt(bases: list[tuple[str, bytes]], number: int, seed: int) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """``number`` files made from ``bases``."""

    def one(place: int) -> bytes:
        chance = random.Random(f"{seed}/{place}")  # noqa: S311 - the same for a seed
        return chance.choice(WAYS)(chance.choice(bases)[1], chance)

    for place in range(number):
        yield f"spoilt {seed}/{place}", lambda place=place: one(place)  # type: ignore[misc]
