"""What comes in is kept whole under a name that tells nothing, or not kept at all."""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.db.models.fields.files import FieldFile
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.documents.services import storage
from clea.documents.services.storage import plain_name
from clea.journal.models import Entry
from tests import pdfs
from tests.factories.accounts import UserFactory
from tests.factories.documents import StoredFileFactory

pytestmark = pytest.mark.django_db

MB = 1024 * 1024


def upload(data: bytes, name: str = "Mon CV – Élise.pdf", content_type: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type)


def take(data: bytes, name: str = "Mon CV – Élise.pdf", **limits: Any) -> StoredFile:
    return documents.intake_pdf(
        by=UserFactory.create(), upload=upload(data, name), **{"max_bytes": 20 * MB, "max_pages": 40} | limits
    )


def content(field: FieldFile) -> bytes:
    with field.open("rb") as file:
        return file.read()


def lying(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_piece_is_kept_byte_for_byte_with_its_hash_and_its_pages() -> None:
    data = pdfs.sound(3)
    person = UserFactory.create()
    kept = documents.intake_pdf(by=person, upload=upload(data), max_bytes=MB, max_pages=9)
    kept.refresh_from_db()
    assert (kept.original_name, kept.content_type, kept.pages, kept.repaired) == (
        "Mon CV – Élise.pdf",
        "application/pdf",
        3,
        False,
    )
    assert (kept.size, kept.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert content(kept.file) == data
    assert not kept.original
    assert kept.created_by_uuid == person.uuid


def test_the_place_of_a_file_tells_neither_its_name_nor_its_address(private_folder: Path) -> None:
    kept = take(pdfs.sound(), name="Élise Dupont.pdf")
    (place,) = lying(private_folder)
    assert place == kept.file.name
    folder, shard, name = place.split("/")
    assert (folder, shard, name[32:]) == ("files", name[:2], ".pdf")
    assert kept.uuid.hex not in place
    assert (private_folder / place).stat().st_mode & 0o777 == 0o600


def test_the_sender_s_word_counts_for_nothing(private_folder: Path) -> None:
    with pytest.raises(documents.PieceRefused) as refused:
        take(b"MZ\x90\x00" * 50, name="innocent.pdf")
    assert refused.value.code == "not_pdf"
    assert str(take(pdfs.sound(), name="dessin.exe").file.name).endswith(".pdf")


@pytest.mark.parametrize("code", ["empty", "not_pdf", "truncated", "encrypted", "javascript"])
def test_a_refused_piece_leaves_nothing_behind(code: str, private_folder: Path) -> None:
    maker = next(iter(pdfs.HOSTILE[code].values()))
    with pytest.raises(documents.PieceRefused) as refused:
        take(maker())
    assert refused.value.code == code
    assert str(refused.value)
    assert lying(private_folder) == []
    assert not StoredFile.objects.exists()


def test_reading_stops_at_the_limit_of_size() -> None:
    class Endless(SimpleUploadedFile):
        def __init__(self) -> None:
            super().__init__("grand.pdf", b"%PDF-")
            self.given = 0

        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            while True:
                self.given += MB
                yield b"x" * MB

    endless = Endless()
    with pytest.raises(documents.PieceRefused) as refused:
        documents.intake_pdf(by=UserFactory.create(), upload=endless, max_bytes=3 * MB, max_pages=9)
    assert refused.value.code == "too_large"
    assert endless.given == 4 * MB


def test_a_repaired_piece_keeps_what_was_received(private_folder: Path) -> None:
    received = pdfs.wrong_startxref()
    kept = take(received)
    assert kept.repaired
    assert content(kept.original) == received
    repaired = content(kept.file)
    assert (kept.size, kept.sha256) == (len(repaired), hashlib.sha256(repaired).hexdigest())
    with pikepdf.open(io.BytesIO(repaired), attempt_recovery=False) as pdf:
        assert len(pdf.pages) == kept.pages == 3
    assert len(lying(private_folder)) == 2


def test_intake_is_one_query() -> None:
    person = UserFactory.create()
    with CaptureQueriesContext(connection) as queries:
        documents.intake_pdf(by=person, upload=upload(pdfs.sound()), max_bytes=MB, max_pages=9)
    assert [query["sql"].split()[0] for query in queries if "SAVEPOINT" not in query["sql"]] == ["INSERT"]


def test_a_row_that_cannot_be_written_takes_its_file_with_it(
    private_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise IntegrityError("no room")

    monkeypatch.setattr(StoredFile, "save", fail)
    with pytest.raises(IntegrityError):
        take(pdfs.wrong_startxref())
    assert lying(private_folder) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\Élise\\CV.pdf", "CV.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\n\u202efdp.exe", "abfdp.exe"),
        ("   ", "document"),
        ("..", "document"),
        ("x" * 400 + ".pdf", "x" * 251 + ".pdf"),
    ],
)
def test_a_name_is_made_fit_to_be_shown(given: str, kept: str) -> None:
    assert plain_name(given) == kept


def test_bytes_that_the_program_made_are_kept_with_their_type() -> None:
    kept = documents.store_bytes(by=None, content=b"PK..", name="export.zip", content_type="application/zip")
    assert (kept.size, kept.pages, kept.created_by_uuid) == (4, None, None)
    assert str(kept.file.name).endswith(".zip")


def test_an_empty_file_is_never_kept(private_folder: Path) -> None:
    with pytest.raises(IntegrityError, match="storedfile_not_empty"), transaction.atomic():
        documents.store_bytes(by=None, content=b"", name="x", content_type="text/plain")
    assert lying(private_folder) == []


@pytest.mark.parametrize(
    "wrong",
    [{"size": 0}, {"sha256": "abc"}, {"pages": 0}, {"repaired": True}, {"original": "files/aa/x.pdf"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_the_database_itself_refuses_a_false_row(wrong: dict[str, object]) -> None:
    kept = StoredFileFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.filter(pk=kept.pk).update(**wrong)


# Discarding ---------------------------------------------------------------------------------------


def test_discarding_waits_for_the_commit(
    private_folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    kept = take(pdfs.wrong_startxref())
    with django_capture_on_commit_callbacks(execute=True):
        documents.discard(kept)
        assert not StoredFile.objects.exists()
        assert len(lying(private_folder)) == 2
    assert lying(private_folder) == []
    line = Entry.objects.get(verb="file.discarded")
    assert line.data == {"sha256": kept.sha256}


@pytest.mark.django_db(transaction=True)
def test_a_discard_that_is_rolled_back_loses_nothing(private_folder: Path) -> None:
    kept = StoredFileFactory.create()
    with transaction.atomic():
        documents.discard(kept)
        transaction.set_rollback(True)
    assert content(StoredFile.objects.get().file) == (private_folder / lying(private_folder)[0]).read_bytes()


def test_a_file_that_something_still_needs_is_not_discarded(
    private_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = StoredFileFactory.create()

    def protected(*args: object, **kwargs: object) -> None:
        raise ProtectedError("needed", set())

    monkeypatch.setattr(StoredFile, "delete", protected)
    with pytest.raises(ProtectedError):
        documents.discard(kept)
    assert len(lying(private_folder)) == 1
    assert not Entry.objects.filter(verb="file.discarded").exists()


def test_a_file_already_gone_does_not_stop_a_discard(
    private_folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    kept = StoredFileFactory.create()
    default_storage.delete(str(kept.file.name))
    with django_capture_on_commit_callbacks(execute=True):
        documents.discard(kept)
    assert not StoredFile.objects.exists()


# Leftovers ----------------------------------------------------------------------------------------


def orphan(private_folder: Path, hours: float, name: str = "files/zz/orphan.pdf") -> Path:
    path = private_folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    moment = time.time() - hours * 3600
    os.utime(path, (moment, moment))
    return path


@pytest.mark.django_db(transaction=True)
def test_a_rollback_leaves_a_file_that_the_command_removes(
    private_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with transaction.atomic():
        take(pdfs.sound())
        transaction.set_rollback(True)
    assert not StoredFile.objects.exists()
    assert len(lying(private_folder)) == 1
    call_command("clean_files", hours=0)
    assert lying(private_folder) == []
    assert capsys.readouterr().out == "1 fichier(s) supprimé(s).\n"


def test_the_command_spares_what_a_row_names_and_what_is_young(private_folder: Path) -> None:
    kept = take(pdfs.wrong_startxref())
    for name in (kept.file.name, kept.original.name):
        os.utime(private_folder / str(name), (0, 0))
    old, young = orphan(private_folder, 25), orphan(private_folder, 23, "files/zz/young.pdf")
    assert documents.remove_unowned_files(older_than=timedelta(hours=24)) == ["files/zz/orphan.pdf"]
    assert not old.exists()
    assert young.exists()
    assert content(kept.file)
    assert content(kept.original)


def test_a_file_that_goes_while_they_are_looked_at_stops_nobody(
    private_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part renamed by an upload, a file purged at that instant."""
    orphan(private_folder, 25)
    monkeypatch.setattr(storage, "_stored_names", lambda *_: iter(["files/zz/.gone.part", "files/zz/orphan.pdf"]))
    assert documents.remove_unowned_files(older_than=timedelta(hours=24)) == ["files/zz/orphan.pdf"]


def test_a_dry_run_counts_and_touches_nothing(private_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = orphan(private_folder, 48)
    call_command("clean_files", dry_run=True, verbosity=2)
    assert capsys.readouterr().out == "files/zz/orphan.pdf\n1 fichier(s) à supprimer.\n"
    assert old.exists()


def test_the_command_costs_the_same_for_one_file_and_for_thirty(private_folder: Path) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            documents.remove_unowned_files(older_than=timedelta(hours=24), dry_run=True)
        return len(queries)

    StoredFileFactory.create()
    one = count()
    StoredFileFactory.create_batch(29)
    assert count() == one == 2


def test_nothing_stored_yet_is_nothing_to_clean() -> None:
    assert documents.remove_unowned_files(older_than=timedelta(0)) == []


# Reading elsewhere than on a disk -----------------------------------------------------------------


def test_a_file_kept_far_away_is_lent_as_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = StoredFileFactory.create()
    data = content(kept.file)
    with documents.local_path(kept) as path:
        assert path == Path(kept.file.path)

    def far(self: object, name: str) -> str:
        raise NotImplementedError("no path on this storage")

    monkeypatch.setattr(type(default_storage._wrapped), "path", far)  # type: ignore[attr-defined]
    monkeypatch.setattr(type(default_storage._wrapped), "open", lambda self, name, mode="rb": io.BytesIO(data))  # type: ignore[attr-defined]
    with documents.local_path(kept) as path:
        assert path.read_bytes() == data
    assert not path.exists()
