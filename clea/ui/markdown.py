"""Markdown that coordinators write, made safe and fitted into a page's outline."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_TAGS = {
    "a", "abbr", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
# A table that is wider than a phone slides: the keyboard must reach it.
_ATTRIBUTES = {
    "table": {"tabindex"},
    "a": {"href", "title", "rel", "lang"},
    "ol": {"start"},
    "th": {"scope"},
    "td": {"class"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # Raw HTML stays text; images are left out on purpose: no asset from elsewhere, no missing alternative.
    parser = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["table", "strikethrough"])
    return parser.disable(["image", "html_block", "html_inline"])


def _is_external(href: str) -> bool:
    host = urlsplit(href).netloc
    return bool(host) and host != urlsplit(settings.SITE_URL).netloc


def _walk(tokens: list[Token], first_heading: int) -> None:
    """Shift headings so that the highest written one becomes ``first_heading``; mark outside links."""
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    shift = first_heading - min(levels) if levels else 0
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, max(2, int(token.tag[1]) + shift))}"
        elif token.type == "table_open":
            token.attrs = {"tabindex": "0"}
        elif token.type == "th_open":
            token.attrs = {"scope": "col"}
        elif token.type == "td_open":
            token.attrs = {"class": "num"} if "right" in str(token.attrs.get("style", "")) else {}
        for child in token.children or []:
            if child.type == "link_open" and _is_external(str(child.attrs.get("href", ""))):
                child.attrSet("rel", "noopener external")


@lru_cache(maxsize=512)
def _render(text: str, first_heading: int) -> str:
    import nh3

    parser = _parser()
    env: dict[str, Any] = {}
    tokens = parser.parse(text, env)
    _walk(tokens, first_heading)
    html = parser.renderer.render(tokens, parser.options, env)
    # A second, independent judge: what is not in the list is gone, whatever the parser let through.
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)


def render(text: str | None, first_heading: int = 2) -> SafeString:
    """CommonMark with tables to safe HTML. ``first_heading``: the level of its highest heading (2 to 6).

    Raw HTML is shown as text, images and unknown link schemes are dropped. Same text, same result:
    the last 512 texts are kept in memory.
    """
    if not text or not text.strip():
        return mark_safe("")
    return mark_safe(_render(text, min(6, max(2, first_heading))))  # noqa: S308 (nh3 cleaned it)
