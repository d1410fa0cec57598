"""Keep of a PDF what its pages show, and reword what only a program would read in it.

For a copy that must not say whose it is, beyond :mod:`clea.documents.pdf.metadata`: bookmarks,
links, comments, named places, layer names and page labels go; descriptions for screen readers stay,
passed through ``reword``. What a comment or a stamp draws on the page becomes part of the page.
"""

from __future__ import annotations

from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from clea.documents.pdf.metadata import direct_dictionaries

#: What lays a page out. Anything else in its dictionary is about it, not on it.
OF_A_PAGE = frozenset(
    {
        "/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox",
        "/Contents", "/Rotate", "/Group", "/StructParents", "/Tabs", "/UserUnit",
    }
)  # fmt: skip
OF_THE_FILE = frozenset({"/Type", "/Pages", "/StructTreeRoot", "/MarkInfo", "/OCProperties", "/Lang", "/Version"})
OF_AN_ANNOTATION = frozenset({"/Type", "/Subtype", "/Rect", "/StructParent"})
WORDS = ("/Alt", "/ActualText", "/E", "/T", "/TU", "/Title", "/Summary", "/Contents", "/Author", "/Subj")


def keep_pages_only(pdf: pikepdf.Pdf, reword: Callable[[str], str]) -> None:
    """Do it, in place. Forms must have been flattened before. Touches each object once."""
    pdf.flatten_annotations("screen")
    _keep(pdf.Root, OF_THE_FILE)
    for page in pdf.pages:
        _keep(page.obj, OF_A_PAGE)
    layers = 0
    for obj in pdf.objects:
        if isinstance(obj, Stream):
            _reword(obj, reword)
            if "/OPI" in obj:  # names files of its maker's disk
                del obj["/OPI"]
        elif isinstance(obj, (Dictionary, Array)):
            for found in direct_dictionaries(obj):
                if "/Rect" in found and "/Subtype" in found:
                    # Out of its page, still in the tags: an empty frame remains.
                    _keep(found, OF_AN_ANNOTATION)
                elif found.get("/Type") == Name.OCG:
                    layers += 1
                    found.Name = String(str(layers))
                _reword(found, reword)
    _unname_layers(pdf.Root.get("/OCProperties"))


def _keep(found: pikepdf.Object, keys: frozenset[str]) -> None:
    for key in [name for name, _ in found.items() if name not in keys]:
        if key in found:  # a key whose value is null is told and is not there
            del found[key]


def _reword(found: pikepdf.Object, reword: Callable[[str], str]) -> None:
    for key in WORDS:
        value = found.get(key)
        if isinstance(value, String):
            said = str(value)
            if (now := reword(said)) != said:
                found[key] = String(now)


def _unname_layers(properties: object) -> None:
    if not isinstance(properties, Dictionary):
        return
    if "/Configs" in properties:
        del properties["/Configs"]
    default = properties.get("/D")
    if isinstance(default, Dictionary):
        for key in ("/Order", "/Name", "/Creator"):
            if key in default:
                del default[key]
