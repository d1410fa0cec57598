"""The colours of the site as its style sheet gives them, and their contrast, computed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils.translation import gettext_lazy as _

#: Each palette, and the media queries that make it, in the order of the sheet.
PALETTES: dict[str, tuple[str, ...]] = {
    "light": ("",),
    "dark": ("", "dark"),
    "more": ("", "more"),
    "more dark": ("", "dark", "more", "more dark"),
    "less": ("", "less"),
    "less dark": ("", "dark", "less", "less dark"),
}
NAMES = {
    "light": _("clair"),
    "dark": _("sombre"),
    "more": _("clair, contraste renforcé"),
    "more dark": _("sombre, contraste renforcé"),
    "less": _("clair, contraste adouci"),
    "less dark": _("sombre, contraste adouci"),
}
#: Text on its ground (WCAG 1.4.3: 4.5), then borders and signs (1.4.11: 3).
TEXTS = [
    ("ink", "paper"), ("ink", "surface"), ("ink", "sand"), ("ink", "sky"),
    ("ink-soft", "paper"), ("ink-soft", "surface"), ("ink-soft", "sand"), ("ink-soft", "sky"),
    ("brick", "paper"), ("brick", "surface"), ("brick", "sand"), ("brick-deep", "paper"),
    ("on-brick", "brick"), ("on-brick", "brick-deep"),
    ("terril", "paper"), ("terril", "surface"), ("coal", "straw"),
]  # fmt: skip
SIGNS = [("line", "paper"), ("line", "surface"), ("brick", "sky"), ("terril", "sky"), ("ink", "slate")]

_ROOT = re.compile(r"(?:@media ([^{]+)\{\s*)?:root \{([^}]*)\}")
_COLOUR = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b")


@dataclass(frozen=True)
class Contrast:
    """Two tokens, their ratio, and what is asked of it."""

    ink: str
    ground: str
    ratio: float
    least: float

    @property
    def holds(self) -> bool:
        return self.ratio >= self.least


def _media(condition: str | None) -> str | None:
    """``dark``, ``more``, ``less dark``…; ``None`` for a block that is not one of the palettes."""
    if condition is None:
        return ""
    if "forced-colors" in condition or "print" in condition:
        return None
    words = re.findall(r"prefers-contrast: (more|less)", condition)
    words += ["dark"] if "prefers-color-scheme: dark" in condition else []
    return " ".join(words) if words else None


def palettes() -> dict[str, dict[str, str]]:
    """Every palette whole: token → ``#rrggbb``. Reads the style sheet."""
    sheet = finders.find("css/clea.css")
    assert isinstance(sheet, str)
    source = Path(sheet).read_text(encoding="utf-8")
    # The sheet of paper has its own tokens, on white: not a screen's.
    blocks: dict[str, dict[str, str]] = {}
    for condition, body in _ROOT.findall(source.partition("@layer print {")[0]):
        if (name := _media(condition or None)) is not None:
            blocks.setdefault(name, {}).update({token: _long(value) for token, value in _COLOUR.findall(body)})
    found = {}
    for name, parts in PALETTES.items():
        found[name] = {token: value for part in parts for token, value in blocks.get(part, {}).items()}
    return found


def _long(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(char * 2 for char in colour[1:])


def luminance(colour: str) -> float:
    """WCAG's relative luminance of ``#rrggbb``."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """WCAG's ratio, from 1 to 21."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def contrasts(colours: dict[str, str]) -> list[Contrast]:
    """Each pair that the site uses, in one palette."""
    pairs = [(pair, 4.5) for pair in TEXTS] + [(pair, 3.0) for pair in SIGNS]
    return [
        Contrast(ink, ground, round(contrast(colours[ink], colours[ground]), 2), least)
        for (ink, ground), least in pairs
    ]
