"""Stored files. The bytes are real: a PDF opens, its hash and its pages are its own."""

from __future__ import annotations

from typing import Any

import factory
from factory.django import DjangoModelFactory

from clea.accounts.models import User
from clea.documents import services as documents
from clea.documents.models import StoredFile
from tests import pdfs


class StoredFileFactory(DjangoModelFactory[StoredFile]):
    """``StoredFileFactory(pages=4, by=user)``; ``content`` overrides the bytes."""

    class Meta:
        model = StoredFile

    original_name = factory.Sequence(lambda n: f"pièce {n}.pdf")
    content_type = "application/pdf"
    pages = 2

    @classmethod
    def _create(cls, model_class: type[StoredFile], *args: Any, **kwargs: Any) -> StoredFile:
        by: User | None = kwargs.get("by")
        pages = kwargs["pages"] if kwargs["content_type"] == "application/pdf" else None
        return documents.store_bytes(
            by=by,
            content=kwargs.get("content") or pdfs.sound(kwargs["pages"], title="Un titre"),
            name=kwargs["original_name"],
            content_type=kwargs["content_type"],
            pages=pages,
        )
