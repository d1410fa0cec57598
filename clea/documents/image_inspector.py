"""Look inside a picture and draw it again, in a process of its own that may be killed.

The twin of ``inspector.py`` for pictures. Run as a script, never imported by the site: a hostile file can
at worst make this process die. It imports neither Django nor the project.

    python -I image_inspector.py FILE OUT MAX_PIXELS MAX_SIDE LIGHT MEMORY_BYTES CPU_SECONDS

Writes one JSON object on stdout: ``{"code": "", "format": "JPEG", "width": 1600, "height": 1200}``; ``code``
is empty when the picture is fit and drawn again at OUT, else a refusal of ``clea.documents.enums``.

What is stored is never what was sent: only its pixels are kept. So goes everything a camera or a program
hides beside them: place, date, serial number, thumbnail of what was cropped, comments, and any byte put
after the end. The orientation is applied and colours are brought to sRGB first, as both were said there.
MAX_SIDE (0 for none) brings a larger picture down to that many pixels on its longest side; done before anything that
copies it, so that fifty million pixels hold in 512 MB. LIGHT ("" for no) writes WebP, whatever came, for screens: a
half to a third of the same JPEG.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import warnings
from typing import Any

from PIL import Image, ImageCms, ImageOps

#: Pillow's own readers, and no other: each is code that meets hostile bytes.
READERS = ("JPEG", "PNG", "WEBP")
QUALITY = 88
LIGHT_QUALITY = 68
HEAD = 64
#: Kinds of pixels that may be mixed with their neighbours as they are.
CAN_SHRINK = {"L", "RGB", "CMYK"}

#: ISO media files say their brand after "ftyp": what telephones send.
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
#: Pictures that we know and do not take, by their first bytes.
OTHER_PICTURES = (b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"8BPS", b"\x00\x00\x01\x00", b"<svg")


class Unfit(Exception):
    """The picture is refused with this code."""


def main(argv: list[str]) -> int:
    path, out, max_pixels, max_side, light, memory, cpu = argv[1:]
    limit_this_process(memory=int(memory), cpu=int(cpu))
    found = judge(path, out, max_pixels=int(max_pixels), max_side=int(max_side), light=bool(light))
    sys.stdout.write(json.dumps(found))
    return 0


def judge(path: str, out: str, *, max_pixels: int, max_side: int = 0, light: bool = False) -> dict[str, Any]:
    """The answer of :func:`look`, whatever happens."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return look(path, out, max_pixels, max_side, light)
    except Unfit as error:
        return {"code": error.args[0], **(error.args[1] if len(error.args) > 1 else {})}
    except MemoryError:
        return {"code": "too_complex"}
    except Exception as error:  # noqa: BLE001 - a file that confuses the reader is damaged: no crash
        sys.stderr.write(f"{type(error).__name__}\n")
        return {"code": "damaged"}


def limit_this_process(*, memory: int, cpu: int) -> None:
    """Bound memory and written files (bytes) and processor time (seconds); leave no core dump."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def kind_of(head: bytes) -> str:
    """``JPEG``, ``PNG`` or ``WEBP`` by the first bytes; raise :class:`Unfit` for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        if head[8:12] in HEIC_BRANDS:
            raise Unfit("heic")
        if head[8:12] in {b"avif", b"avis"}:
            raise Unfit("other_picture")
    if head.startswith(OTHER_PICTURES) or (head.lstrip().startswith(b"<?xml") and b"<svg" in head):
        raise Unfit("other_picture")
    raise Unfit("not_picture" if head else "empty")


def look(path: str, out: str, max_pixels: int, max_side: int, light: bool = False) -> dict[str, Any]:
    """Inspect the picture at ``path`` and draw it again at ``out``; raise :class:`Unfit` to refuse it."""
    with open(path, "rb") as file:
        kind = kind_of(file.read(HEAD))
    # Our own limit is asked before a single pixel is decoded; Pillow's would only warn.
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(path, formats=READERS) as picture:
        width, height = picture.size
        if width * height > max_pixels:
            raise Unfit("too_many_pixels", {"width": width, "height": height})
        # A telephone's JPEG may hold a second view of the same scene (MPO): the first is the picture.
        if kind != "JPEG" and getattr(picture, "n_frames", 1) > 1:
            raise Unfit("animated")
        if max_side and kind == "JPEG":
            # Read at an eighth, a quarter or a half where that is still enough: seconds less.
            picture.draft(None, (max_side, max_side))
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
        if picture.mode in CAN_SHRINK:
            shrink(picture, max_side)
        drawn = in_plain_colours(picture, kind)
    shrink(drawn, max_side)
    # A new image: nothing that the reader remembered of the file goes along.
    clean = Image.new(drawn.mode, drawn.size)
    clean.paste(drawn)
    del drawn, picture
    kind = "WEBP" if light else kind
    save(clean, kind, out, LIGHT_QUALITY if light else QUALITY)
    return {"code": "", "format": kind, "width": clean.width, "height": clean.height}


def shrink(picture: Image.Image, max_side: int) -> None:
    if max_side and max(picture.size) > max_side:
        picture.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)


def in_plain_colours(picture: Image.Image, kind: str) -> Image.Image:
    """Grey, RGB or RGBA in eight bits, sRGB: what every screen, browser and PDF shows the same."""
    if picture.mode.startswith("I") or picture.mode == "F":
        # Sixteen bits of grey: keep the upper eight instead of clipping to white.
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    see_through = "transparency" in picture.info or picture.mode in {"RGBA", "LA", "PA", "RGBa", "La"}
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "RGBA", "CMYK"}:
        picture = to_srgb(picture, profile)
    plain = "L" if picture.mode in {"1", "L"} else "RGB"
    wanted = "RGBA" if see_through and kind != "JPEG" else plain
    return picture if picture.mode == wanted and "transparency" not in picture.info else picture.convert(wanted)


def to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Colours moved from the file's own profile; a profile that cannot be read is no reason to refuse."""
    wanted = "RGB" if picture.mode == "CMYK" else picture.mode
    try:
        moved = ImageCms.profileToProfile(
            picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode=wanted
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return moved if moved is not None else picture


def save(picture: Image.Image, kind: str, out: str, quality: int = QUALITY) -> None:
    with open(out, "wb") as file:
        if kind == "JPEG":
            picture.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
        elif kind == "PNG":
            picture.save(file, "PNG", optimize=False)
        else:
            picture.save(file, "WEBP", quality=quality, method=5)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
