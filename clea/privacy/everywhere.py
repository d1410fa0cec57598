"""Looking for words in every column of every table, and in the names of every stored file. For proofs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models

from clea.text import normalise


def traces_of(marks: Iterable[str]) -> dict[str, set[str]]:
    """Where each of these words stands still: labels of models, and names of files. Reads the whole database.

    Whole words, without case, and as the search columns write them.
    """
    wanted = {mark: _pattern(mark) for mark in marks}
    found: dict[str, set[str]] = {mark: set() for mark in wanted}
    for label, said in _texts():
        for mark, pattern in wanted.items():
            if pattern.search(said):
                found[mark].add(label)
    return found


def _pattern(mark: str) -> re.Pattern[str]:
    forms = "|".join(re.escape(form) for form in sorted({mark.casefold(), normalise(mark)}))
    return re.compile(rf"(?<![\w.])(?:{forms})(?!\w)")


def columns() -> int:
    """How many columns are read."""
    return sum(len(model._meta.concrete_fields) for model in _models())


def stored(folder: str = "files") -> list[str]:
    """Every file of the storage, by its name."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    return [f"{folder}/{name}" for name in files] + [name for child in folders for name in stored(f"{folder}/{child}")]


def _models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]


def _texts() -> Iterator[tuple[str, str]]:
    for model in _models():
        names = [field.attname for field in model._meta.concrete_fields]
        for values in models.QuerySet(model).values_list(*names).iterator(chunk_size=500):
            yield model._meta.label, " ".join(_words(values)).casefold()
    for name in stored():
        yield f"file {name}", name.casefold()


def _words(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, memoryview | bytes):
            yield bytes(value).decode("utf-8", "replace")
        elif value is not None:
            yield str(value)
