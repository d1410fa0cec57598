"""Pictures made to hurt whoever draws them again."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from PIL import Image

Maker = Callable[[], bytes]

#: What must never come out of the door: a place, a name, a program.
SECRETS = (b"Camille Secret", b"<script", b"PK\x03\x04", b"GPS")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, data: bytes, *more: bytes, depth: int = 8, colour: int = 2) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def blank(length: int) -> bytes:
    packer = zlib.compressobj(9)
    block = bytes(1_000_000)
    return b"".join(packer.compress(block) for _ in range(length // len(block))) + packer.flush()


def saved(kind: str, mode: str = "RGB", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(out, kind, **options)
    return out.getvalue()


def told() -> bytes:
    """An Exif block that says who, and where."""
    exif = Image.Exif()
    exif[0x010F] = exif[0x9286] = "Camille Secret"
    exif[0x0112] = 6
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (50.0, 25.0, 9.0), "E", (2.0, 47.0, 9.0)
    return exif.tobytes()


def frames(kind: str, number: int) -> bytes:
    out = io.BytesIO()
    every = [Image.new("RGB", (4, 4), (step % 256, step // 256 % 256, 0)) for step in range(number)]
    every[0].save(out, kind, save_all=True, append_images=every[1:])
    return out.getvalue()


def many_frames(number: int) -> bytes:
    """An animated PNG that holds them all, without drawing each."""
    body = zlib.compress(b"\0" + bytes(3))
    parts = [chunk(b"acTL", struct.pack(">II", number, 0))]
    for step in range(number):
        parts.append(chunk(b"fcTL", struct.pack(">IIIIIHHBB", step, 1, 1, 0, 0, 1, 100, 0, 0)))
        parts.append(chunk(b"fdAT", struct.pack(">I", step) + body))
    return png(1, 1, body, *parts)


def broken_jpeg(**sizes: int) -> bytes:
    data = bytearray(saved("JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", sizes["height"], sizes["width"])
    return bytes(data)


PICTURES: dict[str, Maker] = {
    "png of 50 000 by 50 000": lambda: png(50_000, 50_000, blank(10_000_000)),
    "png of two thousand million": lambda: png(2**31 - 1, 2**31 - 1, blank(1_000_000)),
    "png of nothing": lambda: png(0, 0, b""),
    "png just in size, a gigabyte of pixels": lambda: png(7000, 7000, blank(1_000_000_000)),
    "png of 49 million, empty": lambda: png(7000, 7000, blank(147_000_000)),
    "png sixteen bits": lambda: png(6000, 4000, blank(145_000_000), depth=16),
    "png whose text inflates": lambda: png(4, 4, blank(1_000_000), chunk(b"zTXt", b"a\0\0" + blank(300_000_000))),
    "png whose profile inflates": lambda: png(4, 4, blank(1_000_000), chunk(b"iCCP", b"a\0\0" + blank(300_000_000))),
    "png of a hundred thousand texts": lambda: png(4, 4, blank(1_000_000), *[chunk(b"tEXt", b"a\0b")] * 100_000),
    "png of a hundred thousand views": lambda: many_frames(100_000),
    "png with a wrong sum": lambda: png(64, 64, blank(1_000_000)).replace(b"IEND", b"IENE"),
    "png of three kinds of pixels": lambda: png(64, 64, blank(1_000_000), depth=3, colour=9),
    "jpeg of 65 000 by 65 000": lambda: broken_jpeg(width=65_000, height=65_000),
    "jpeg of no height": lambda: broken_jpeg(width=64, height=0),
    "jpeg with a place": lambda: saved("JPEG", exif=told(), comment=b"Camille Secret"),
    "jpeg with a zip behind": lambda: saved("JPEG") + b"PK\x03\x04" + b"x" * 999,
    "jpeg and web page": lambda: saved("JPEG", comment=b"<script>alert(1)</script>") + b"<script>alert(1)</script>",
    "jpeg of four inks": lambda: saved("JPEG", "CMYK"),
    "jpeg with a broken profile": lambda: saved("JPEG", icc_profile=b"\0\0\xff\xff" * 5000),
    "jpeg with a broken profile, four inks": lambda: saved("JPEG", "CMYK", icc_profile=b"acsp" * 9000),
    "jpeg with a broken Exif": lambda: saved("JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\xff" * 5000),
    "jpeg of a million scans": lambda: saved("JPEG", progressive=True)[:-2] + b"\xff\xda\0\x08\1\1\0\0\x3f\0" * 100_000,
    "jpeg of a million comments": lambda: b"\xff\xd8" + b"\xff\xfe\0\2" * 1_000_000 + saved("JPEG")[2:],
    "jpeg cut": lambda: saved("JPEG", size=(640, 480))[:9000],
    "webp with a place": lambda: saved("WEBP", exif=told()),
    "webp of many views": lambda: frames("WEBP", 500),
    "webp that lies of its size": lambda: saved("WEBP")[:20] + b"\xff" * 20 + saved("WEBP")[40:],
    "webp cut": lambda: saved("WEBP", size=(640, 480))[:3000],
    "gif of a thousand views": lambda: frames("GIF", 1000),
    "gif called jpeg": lambda: saved("GIF", "P"),
    "tiff": lambda: saved("TIFF"),
    "bmp": lambda: saved("BMP"),
    "psd": lambda: b"8BPS\0\1" + b"\0" * 6 + b"\0\3\xff\xff\xff\xff\xff\xff\xff\xff\0\x08\0\3" + b"\0" * 99,
    "eps": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%touch /tmp/x) (w) file\n",
    "svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "svg, declared": lambda: b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a 'b'>]><svg><script>1</script></svg>",
    "fits": lambda: b"SIMPLE  =                    T" + b" " * 3000,
    "ico": lambda: saved("ICO"),
    "heic": lambda: b"\0\0\0\x18ftypheic" + b"\0" * 99,
    "nothing": lambda: b"",
    "noise": lambda: bytes(range(256)) * 99,
    "only the first bytes of a jpeg": lambda: b"\xff\xd8\xff",
    "only the first bytes of a png": lambda: b"\x89PNG\r\n\x1a\n",
    "only the first bytes of a webp": lambda: b"RIFF\xff\xff\xff\xffWEBPVP8L",
}


def by_hand() -> Iterator[tuple[str, Maker]]:
    yield from PICTURES.items()


def bases() -> list[tuple[str, bytes]]:
    """Sound ones, to be spoilt."""
    return [
        ("jpeg", saved("JPEG", size=(200, 150), exif=told())),
        ("progressive", saved("JPEG", size=(200, 150), progressive=True)),
        ("png", saved("PNG", size=(120, 90))),
        ("palette", saved("PNG", "P", size=(120, 90))),
        ("webp", saved("WEBP", size=(200, 150))),
        ("lossless", saved("WEBP", size=(100, 80), lossless=True)),
    ]
