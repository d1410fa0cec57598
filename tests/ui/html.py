"""A strict reading of our HTML: what a validator would say of tags, ids and attributes."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Inside inline SVG, an empty element may close itself.
SELF_CLOSED = {"path", "circle", "rect"}
NO_BLOCK_INSIDE = {"p", "h1", "h2", "h3", "h4", "button", "label"}
BLOCKS = {"div", "p", "ul", "ol", "dl", "table", "form", "section", "fieldset", "h1", "h2", "h3", "h4"}


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.referred: set[str] = set()
        self.resources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        values = dict(attrs)
        for name, count in Counter(names).items():
            if count > 1:
                self.faults.append(f"<{tag}> has {name} twice")
        if "style" in values or any(name.startswith("on") for name in names):
            self.faults.append(f"<{tag}> has an inline style or script")
        if values.get("id"):
            self.ids.append(values["id"] or "")
        for name in ("for", "aria-labelledby", "aria-describedby"):
            self.referred |= set((values.get(name) or "").split())
        if tag in BLOCKS and (holders := [parent for parent in self.open if parent in NO_BLOCK_INSIDE]):
            self.faults.append(f"<{tag}> inside <{holders[-1]}>")
        if tag == "link" and values.get("rel") in {"stylesheet", "icon", "manifest"} and values.get("sizes") is None:
            self.resources.append(values.get("href") or "")
        if tag in {"script", "img"} and values.get("src"):
            self.resources.append(values.get("src") or "")
        if tag == "script" and not values.get("src") and values.get("type") != "application/ld+json":
            self.faults.append("an inline script")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in SELF_CLOSED | VOID:
            self.faults.append(f"<{tag}/> closes itself")
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes <{self.open[-1] if self.open else 'nothing'}>")
        if tag in self.open:
            while self.open.pop() != tag:
                pass


def read(html: str, *, fragment: bool = False) -> Reader:
    """Read a page, or a ``fragment`` whose ids may be referred to from elsewhere."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    if reader.open:
        reader.faults.append(f"never closed: {reader.open}")
    reader.faults += [f"id {name} twice" for name, count in Counter(reader.ids).items() if count > 1]
    if not fragment:
        reader.faults += [f"nothing has the id {name}" for name in sorted(reader.referred - set(reader.ids))]
    return reader
