"""Take out of a PDF what tells about its maker: names, programs, machines, dates, places.

What goes: the information dictionary and XMP of the document, of each page, picture and font;
private data of programs (``/PieceInfo``, with whole copies of drawings at times); dates of
changes; the author, name and dates of comments; what a signature says (it would be broken by any
change anyway); Exif, IPTC and XMP inside JPEG pictures, where a telephone writes the place.
What stays: the pages, to the pixel. Streams are not recompressed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

TELLTALE = re.compile(
    rb"/(?:Metadata|PieceInfo|LastModified|CreatorInfo|CreationDate|ByteRange|Annot|NM)(?![A-Za-z0-9_.-])"
)
MARKER_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")

APP0, APP2, APP14, COMMENT, START_OF_SCAN, END_OF_IMAGE = 0xE0, 0xE2, 0xEE, 0xFE, 0xDA, 0xD9


def strip_metadata(pdf: pikepdf.Pdf) -> None:
    """Remove everything the module lists, in place. Touches each object once."""
    for key in ("/Info", "/Metadata"):
        if key in pdf.trailer:
            del pdf.trailer[key]
    for key in ("/Metadata", "/Perms", "/DSS", "/PieceInfo"):
        if key in pdf.Root:
            del pdf.Root[key]
    for obj in pdf.objects:
        if isinstance(obj, Stream):
            if has_filter(obj, "/DCTDecode"):
                strip_picture(obj)
            if TELLTALE.search(obj.stream_dict.unparse(resolved=True)):
                _strip_dictionary(obj)
        elif isinstance(obj, (Dictionary, Array)) and TELLTALE.search(obj.unparse(resolved=True)):
            for held in direct_dictionaries(obj):
                _strip_dictionary(held)


def direct_dictionaries(obj: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """``obj`` and the dictionaries it holds without a reference in between."""
    stack = [obj]
    while stack:
        current = stack.pop()
        if isinstance(current, Dictionary):
            yield current
            children = [value for _, value in current.items()]
        else:
            children = list(current)
        stack += [child for child in children if isinstance(child, (Dictionary, Array)) and not child.is_indirect]


def _strip_dictionary(found: pikepdf.Object) -> None:
    # The type of the value tells a property from a resource that happens to bear the same name.
    metadata = found.get("/Metadata")
    if isinstance(metadata, Stream) and metadata.stream_dict.get("/Subtype") not in (Name.Image, Name.Form):
        del found["/Metadata"]
    for key, kind in (("/PieceInfo", Dictionary), ("/CreatorInfo", Dictionary), ("/LastModified", String)):
        if isinstance(found.get(key), kind):
            del found[key]
    if "/ByteRange" in found:
        for told in [str(name) for name in found]:
            if told in found and told not in ("/Type", "/Filter", "/SubFilter"):
                del found[told]
    elif "/Rect" in found and "/Subtype" in found:
        _strip_annotation(found)


def _strip_annotation(annotation: pikepdf.Object) -> None:
    keys = ["/M", "/CreationDate", "/NM"]
    if annotation.get("/Subtype") != Name.Widget:
        keys.append("/T")  # the author of a comment; the name of a field when it is a widget
    for key in keys:
        if key in annotation:
            del annotation[key]


def has_filter(stream: pikepdf.Object, name: str) -> bool:
    filters = stream.stream_dict.get("/Filter")
    if isinstance(filters, Array):
        return any(str(one) == name for one in filters)
    return isinstance(filters, Name) and str(filters) == name


def strip_picture(stream: pikepdf.Object) -> None:
    """Drop the descriptive segments of a JPEG stream; its picture is left bit for bit."""
    if isinstance(stream.stream_dict.get("/Filter"), Array) and len(stream.stream_dict.Filter) > 1:
        return
    kept = without_segments(bytes(stream.get_raw_stream_buffer()))
    if kept is not None:
        parameters = stream.stream_dict.get("/DecodeParms")
        stream.write(kept, filter=Name.DCTDecode)
        if parameters is not None:
            stream.stream_dict.DecodeParms = parameters


def without_segments(data: bytes) -> bytes | None:
    """The JPEG without Exif, IPTC, XMP, comments and trailing pictures; None if none or unreadable.

    Kept: JFIF, the colour profile and Adobe's colour transform, without which colours change.
    """
    if not data.startswith(b"\xff\xd8"):
        return None
    kept, at, dropped = [data[:2]], 2, False
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == END_OF_IMAGE:
            kept.append(data[at : at + 2])
            at += 2
            break
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end > len(data):
            return None
        if marker == START_OF_SCAN:
            following = MARKER_AFTER_SCAN.search(data, end)
            end = following.start() if following else len(data)
        if _describes(marker, data[at + 4 : at + 18]):
            dropped = True
        else:
            kept.append(data[at:end])
        at = end
    if data[at:].strip(b"\x00\r\n"):
        if data[at:] == data[at : at + 2] == b"\xff\xd9":
            kept.append(data[at:])
        else:
            dropped = True
    return b"".join(kept) if dropped else None


def _describes(marker: int, start: bytes) -> bool:
    if marker == APP0:
        return start.startswith(b"JFXX")
    if marker == APP2:
        return not start.startswith(b"ICC_PROFILE")
    return marker == COMMENT or (APP0 < marker <= 0xEF and marker != APP14)
