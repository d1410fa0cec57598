"""Text as it is kept, and as people search it: without accents, case or ligatures."""

from __future__ import annotations

import re
import unicodedata
from itertools import filterfalse
from typing import Any

from django.db import models

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "’": "'", "ʼ": "'"})

#: Nobody tells a place or a person by more.
MAX_WORDS = 12

#: What no text of ours needs. Controls: PostgreSQL refuses NUL, XML and mail the others. Marks that turn the direction
#: of what follows them, or that nobody sees: with them a name shows as another's, a file as another kind. The marks of
#: Arabic and Hebrew (U+200E, U+200F, U+061C) and the joiners of their letters and of emoji (U+200C, U+200D) stay.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_BREAKS = re.compile("[\u2028\u2029]")
_LINES = re.compile(r"[ \t]*[\t\r\n]+[ \t]*")
_HALVES = re.compile("[\ud800-\udfff]")
_SUSPECT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]"
)


def clean(text: str) -> str:
    """What is kept of a text: no control character, no mark that hides or turns what one reads.

    Half of a character (a lone surrogate) becomes U+FFFD, the separators of lines and paragraphs a new line.
    """
    if not _SUSPECT.search(text):
        return text
    return _HALVES.sub("\ufffd", _BREAKS.sub("\n", _UNWANTED.sub("", text)))


def one_line(text: str) -> str:
    """The same on one line: a name holds no new line, which a calendar or a header would take for another field."""
    return _LINES.sub(" ", text) if _LINES.search(text) else text


def normalise(*parts: object) -> str:
    """Fold accents, case, ligatures and runs of space: ``"Élise  Nœud"`` → ``"elise noeud"``."""
    text = " ".join(str(part) for part in parts if part).replace("\0", " ")
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
        text = "".join(filterfalse(unicodedata.combining, text))
    return re.sub(r"[\s\-']+", " ", text).strip().casefold()


def words(text: str) -> list[str]:
    """The words of a search, folded, each once; the first :data:`MAX_WORDS`.

    Each is a condition in the query, and SQLite refuses a query of a thousand.
    """
    return list(dict.fromkeys(normalise(text).split()))[:MAX_WORDS]


class SearchField(models.TextField):
    """A column that holds the folded text of other columns, kept by the ORM at each save.

    Both databases then answer an accent-free search with a plain ``contains``; PostgreSQL's
    ``unaccent`` has no twin on SQLite. ``sources`` are attribute paths (``"owner__email"``).
    """

    def __init__(self, *args: Any, sources: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.sources = sources
        kwargs.setdefault("editable", False)
        kwargs.setdefault("default", "")
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs["sources"] = self.sources
        return name, path, list(args), kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        values = []
        for source in self.sources:
            value: Any = model_instance
            for step in source.split("__"):
                value = getattr(value, step, "") if value is not None else ""
            values.append(value)
        folded = normalise(*values)
        setattr(model_instance, self.attname, folded)
        return folded
