"""Pictures are judged by what they hold, and only their pixels are kept."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile
from PIL.ExifTags import IFD, Base

from clea.documents import image_inspector
from clea.documents import services as documents
from clea.documents.enums import PictureRefusal
from clea.documents.models import StoredFile
from clea.documents.services.images import refusal
from tests import pdfs

MB = 1024 * 1024
PLACE = "48 rue des Tisserands"


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    """Red on its left half, black on its right one."""
    image = Image.new("RGB", size, "black")
    image.paste((200, 30, 30), (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


def with_secrets(kind: str) -> bytes:
    """A picture that says where, by whom and how it was held (a quarter turn)."""
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    exif[Base.Artist] = PLACE
    exif.get_ifd(IFD.GPSInfo)[2] = (50.0, 25.0, 53.0)
    return picture(kind, exif=exif)


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it holds ten thousand million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def animated() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


@pytest.fixture(autouse=True)
def as_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """WeasyPrint, once imported, lets half pictures through; the inspector runs where it never is."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)


def judge(data: bytes, tmp_path: Path, max_pixels: int = MB, max_side: int = 0) -> tuple[dict[str, object], Path]:
    """What the inspector says, asked in this process: the limits have their own test."""
    source, out = tmp_path / "source", tmp_path / "out"
    source.write_bytes(data)
    return image_inspector.judge(str(source), str(out), max_pixels=max_pixels, max_side=max_side), out


def upload(data: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="text/plain")


HOSTILE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "not_picture": lambda: b"MZ\x90\x00 a program",
    "heic": lambda: b"\x00\x00\x00\x18ftypheic" + bytes(60),
    "other_picture": lambda: picture("GIF", mode="L"),
    "animated": animated,
    "damaged": lambda: picture("PNG", (60, 60))[:-90],
    "too_many_pixels": bomb,
}


@pytest.mark.parametrize("code", HOSTILE)
def test_a_picture_that_cannot_be_kept_is_refused_for_its_reason(code: str, tmp_path: Path) -> None:
    found, out = judge(HOSTILE[code](), tmp_path)
    assert found["code"] == code
    assert not out.exists()


@pytest.mark.parametrize("data", [b"<svg onload='x()'/>", b"<?xml version='1.0'?><svg/>", b"\x00\x00\x00\x18ftypavif"])
def test_a_drawing_that_may_hold_a_program_is_not_a_picture_for_us(data: bytes, tmp_path: Path) -> None:
    assert judge(data, tmp_path)[0]["code"] == "other_picture"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_only_pixels_are_kept_and_they_stand_upright(kind: str, tmp_path: Path) -> None:
    sent = with_secrets(kind) + b"<script>hidden after the end</script>"
    assert PLACE.encode() in sent
    found, out = judge(sent, tmp_path)
    assert found == {"code": "", "format": kind, "width": 20, "height": 40}
    kept = out.read_bytes()
    assert PLACE.encode() not in kept
    assert b"script" not in kept
    with Image.open(out) as drawn:
        assert (drawn.format, drawn.size, dict(drawn.getexif())) == (kind, (20, 40), {})
        assert "icc_profile" not in drawn.info
        # Held a quarter turn to the right: what was on the left is on top.
        red = drawn.convert("RGB").getchannel("R").tobytes()
    assert red[4 * 20 + 10] > 150 > 60 > red[36 * 20 + 10]


def test_colours_of_another_profile_are_moved_and_a_broken_profile_is_ignored(tmp_path: Path) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (srgb, b"not a profile at all" * 10):
        found, out = judge(picture("PNG", icc_profile=profile), tmp_path)
        assert found["code"] == ""
        with Image.open(out) as drawn:
            assert drawn.convert("RGB").getpixel((1, 1)) == (200, 30, 30)


@pytest.mark.parametrize(
    ("kind", "mode", "kept"),
    [
        ("PNG", "RGBA", "RGBA"), ("PNG", "L", "L"), ("PNG", "1", "L"), ("PNG", "P", "RGB"), ("PNG", "I;16", "L"),
        ("JPEG", "CMYK", "RGB"), ("JPEG", "L", "L"), ("WEBP", "RGBA", "RGBA"),
    ],
)  # fmt: skip
def test_every_way_of_writing_colours_ends_in_one_that_screens_show(
    kind: str, mode: str, kept: str, tmp_path: Path
) -> None:
    out = io.BytesIO()
    Image.new(mode, (6, 4)).save(out, kind)
    found, drawn = judge(out.getvalue(), tmp_path)
    assert found["code"] == ""
    with Image.open(drawn) as image:
        assert (image.mode, image.size) == (kept, (6, 4))


def test_a_large_picture_is_brought_down_and_keeps_its_shape(tmp_path: Path) -> None:
    found, _ = judge(picture("JPEG", (300, 150)), tmp_path, max_side=100)
    assert (found["width"], found["height"]) == (100, 50)
    found, _ = judge(picture("JPEG", (60, 30)), tmp_path, max_side=100)
    assert (found["width"], found["height"]) == (60, 30)


@given(data=st.binary(max_size=200), kind=st.sampled_from(["JPEG", "PNG", "WEBP"]), at=st.integers(0, 300))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_the_bytes_the_answer_is_one_of_ours(data: bytes, kind: str, at: int, tmp_path: Path) -> None:
    whole = picture(kind, (8, 8))
    found, _ = judge(whole[:at] + data + whole[at + len(data) :], tmp_path)
    assert found["code"] in {"", *PictureRefusal.values}


@pytest.mark.parametrize("code", PictureRefusal)
def test_every_refusal_has_words_of_its_own(code: PictureRefusal) -> None:
    words = [str(refusal(one, size=9_500_000, limit=5_000_000)) for one in PictureRefusal]
    assert len(set(words)) == len(words)
    assert str(refusal(code, size=9_500_000, limit=5_000_000)).endswith(".")


# Through the bounded process, into the storage ----------------------------------------------------


@pytest.mark.django_db
def test_a_picture_is_stored_under_a_name_that_tells_nothing_but_its_kind() -> None:
    kept = documents.intake_image(by=None, upload=upload(with_secrets("PNG"), "C:\\moi\\vacances.JPG"), max_bytes=MB,
                                  max_pixels=MB)  # fmt: skip
    assert (kept.width, kept.height) == (20, 40)
    assert (kept.file.content_type, kept.file.original_name) == ("image/png", "vacances.png")
    assert str(kept.file.file.name).endswith(".png")
    assert "vacances" not in str(kept.file.file.name)
    with kept.file.file.open("rb") as file:
        assert PLACE.encode() not in file.read()
    small = documents.image_copy(kept.file, by=None, max_side=10)
    assert (small.width, small.height) == (5, 10)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["too_large", "too_many_pixels", "heic", "empty"])
def test_a_refusal_stores_nothing_and_says_what_to_do(code: str) -> None:
    data = bytes(2 * MB) if code == "too_large" else HOSTILE[code]()
    with pytest.raises(documents.PieceRefused) as caught:
        documents.intake_image(by=None, upload=upload(data), max_bytes=MB, max_pixels=MB)
    assert caught.value.code == code
    assert StoredFile.objects.count() == 0


@pytest.mark.django_db
def test_a_picture_beyond_the_limits_of_the_process_stops_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clea.documents.services.images.MEMORY_BYTES", 64 * MB)
    large = picture(size=(3000, 3000))
    with pytest.raises(documents.PieceRefused) as caught:
        documents.intake_image(by=None, upload=upload(large), max_bytes=MB, max_pixels=10_000_000)
    assert caught.value.code == "too_complex"


@pytest.mark.django_db
def test_a_receipt_is_a_pdf_or_a_picture_whatever_its_name() -> None:
    paper = documents.intake_receipt(by=None, upload=upload(pdfs.sound(1), "billet.jpg"))
    photo = documents.intake_receipt(by=None, upload=upload(picture("WEBP"), "billet.pdf"))
    assert (paper.content_type, paper.pages) == ("application/pdf", 1)
    assert (photo.content_type, photo.original_name) == ("image/webp", "billet.webp")
    with pytest.raises(documents.PieceRefused) as caught:
        documents.intake_receipt(by=None, upload=upload(b"PK\x03\x04 a document", "billet.pdf"))
    assert caught.value.code == "not_receipt"
