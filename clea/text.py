"""Text as people search it: without accents, case or ligatures."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db import models

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "’": "'", "ʼ": "'"})

#: Nobody tells a place or a person by more.
MAX_WORDS = 12


def normalise(*parts: object) -> str:
    """Fold accents, case, ligatures and runs of space: ``"Élise  Nœud"`` → ``"elise noeud"``."""
    text = " ".join(str(part) for part in parts if part).replace("\0", " ")
    text = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    text = "".join(char for char in text if not unicodedata.combining(char))
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
