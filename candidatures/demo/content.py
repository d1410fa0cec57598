"""The texts of the demonstration, read from ``texts/`` and set with French spaces."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from clea.ui.dates import NBSP

TEXTS = Path(__file__).resolve().parent / "texts"

_BEFORE = re.compile(r" (?=[:;!?»%€])")
_AFTER = re.compile(r"(?<=«) ")
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}\b)")


def french(text: str) -> str:
    """No-break spaces before ``: ; ! ? » % €``, after ``«`` and between thousands."""
    return _THOUSANDS.sub(NBSP, _AFTER.sub(NBSP, _BEFORE.sub(NBSP, text)))


@dataclass(frozen=True)
class Passage:
    """A titled text in both languages."""

    slug: str
    title: str
    text: str
    title_en: str
    text_en: str


def chapter(folder: str, name: str) -> Passage:
    """A chapter: ``texts/<folder>/<name>.fr.md`` and ``.en.md``, a ``#`` title then the text."""
    title, text = _split(_read(folder, f"{name}.fr.md"))
    title_en, text_en = _split(_read(folder, f"{name}.en.md"))
    return Passage(name.split("-", 1)[1], french(title), french(text), title_en, text_en)


def questions(folder: str) -> list[Passage]:
    """The frequent questions: ``##`` headings of ``faq.fr.md`` and ``faq.en.md``, in the same order."""
    pairs = zip(_questions(_read(folder, "faq.fr.md")), _questions(_read(folder, "faq.en.md")), strict=True)
    return [
        Passage("", french(question), french(answer), question_en, answer_en)
        for (question, answer), (question_en, answer_en) in pairs
    ]


def plain(folder: str) -> dict[str, str]:
    """The version in plain language, ``facile.fr.md`` and ``facile.en.md``, as the fields of a call."""
    return {"plain_text": _read(folder, "facile.fr.md"), "plain_text_en": _read(folder, "facile.en.md")}


def _read(folder: str, name: str) -> str:
    return (TEXTS / folder / name).read_text(encoding="utf-8")


def _split(text: str) -> tuple[str, str]:
    title, _, rest = text.partition("\n")
    return title.removeprefix("# ").strip(), rest.strip()


def _questions(text: str) -> list[tuple[str, str]]:
    return [_split(part) for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]]


@dataclass(frozen=True)
class Persona:
    """An invented artist, as ``texts/people.toml`` tells them."""

    key: str
    first: str
    last: str
    city: str
    postal: str
    disciplines: list[str]
    practice: str
    idea: str
    place: str
    works: list[list[str]]
    transitions: str = ""
    name: str = ""
    email: str = ""
    kind: str = "artist"
    country: str = "France"
    language: str = "fr"
    organisation: str = ""
    closing: str = ""
    drives: bool = True
    members: list[list[str]] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    rank: int = 0

    @property
    def stage_name(self) -> str:
        return self.name or f"{self.first} {self.last}"

    @property
    def address(self) -> str:
        """Where the account is reached: the reserved domain of the demonstration."""
        return self.email or f"{self.key}@demo.test"

    @property
    def phone(self) -> str:
        """A mobile number from the range the regulator keeps for fiction (06 39 98 xx xx)."""
        return f"06 39 98 {self.rank // 100:02d} {self.rank % 100:02d}".replace(" ", NBSP)

    @property
    def website(self) -> str:
        """An address that leads nowhere: ``.example`` is reserved for that."""
        return f"https://{self.key}.example/"


_SET_IN_FRENCH = ("practice", "idea", "place", "transitions", "closing")


@cache
def personas() -> dict[str, Persona]:
    """The cast, by key, in the order of the file."""
    rows = tomllib.loads((TEXTS / "people.toml").read_text(encoding="utf-8"))["artist"]
    return {row["key"]: _persona(rank, row) for rank, row in enumerate(rows, start=11)}


def _persona(rank: int, row: dict[str, Any]) -> Persona:
    for name in _SET_IN_FRENCH:
        if name in row:
            row[name] = french(row[name])
    return Persona(**row, rank=rank)


@cache
def letter_parts() -> dict[str, list[str]]:
    rows = tomllib.loads((TEXTS / "letters.toml").read_text(encoding="utf-8"))
    return {name: [french(text) for text in texts] for name, texts in rows.items()}


def letter(persona: Persona) -> list[str]:
    """A letter of application, in paragraphs; the same for the same person every time."""
    parts = letter_parts()

    def one(kind: str, shift: int) -> str:
        return parts[kind][(persona.rank * shift) % len(parts[kind])]

    body = [one("openings", 1), one("missions", 3), f"{persona.practice} {persona.idea}"]
    body += [one("teams", 5), " ".join(part for part in (persona.place, persona.transitions) if part)]
    return [*body, persona.closing or one("closings", 7), persona.stage_name]
