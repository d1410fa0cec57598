"""A backup made while people write comes back identical; what is not whole, or not empty, is refused."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django import Settings

from clea.accounts.models import OpenSession, User
from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.errors import Refused
from clea.journal import services as journal
from clea.mail.models import MailAttachment
from clea.upkeep import age, archive, backup, checks, restore, tables
from tests.factories.accounts import UserFactory
from tests.factories.documents import StoredFileFactory
from tests.factories.mail import OutgoingMailFactory

PHRASE = "une phrase bien assez longue"
#: What the line that says so adds to.
HEAD = {"journal_actorsnapshot", "journal_chainhead", "journal_entry"}


@pytest.fixture(autouse=True)
def private_folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "private"
    return tmp_path / "private"


def fill(folder: Path) -> list[StoredFile]:
    """A little of each kind of value: texts, dates, JSON, bytes, files and the files they came from."""
    joined = datetime(2026, 2, 15, 22, 59, 59, 1, tzinfo=UTC)
    person = UserFactory.create(first_name="Élise \N{SNOWMAN}", date_joined=joined)
    kept = [StoredFileFactory.create(by=person, pages=1) for _n in range(3)]
    repaired = folder / "réparé.pdf"
    repaired.write_bytes(b"%PDF-1.7 repaired")
    first = folder / "reçu.pdf"
    first.write_bytes(b"%PDF-1.7 received")
    kept.append(
        documents.store_path(
            by=person, path=repaired, original=first, name="cv.pdf", content_type="application/pdf", pages=1
        )
    )
    mail = OutgoingMailFactory.create()
    MailAttachment.objects.create(
        mail=mail, name="a", content_type="application/zip", content=bytes(range(256)), size=256, sha256="0" * 64
    )
    return kept


def write_and_discard(stop: threading.Event, faults: list[BaseException]) -> None:
    """What people do meanwhile: send files, replace them."""
    try:
        previous = None
        while not stop.is_set():
            stored = documents.store_bytes(by=None, content=b"%PDF-1.7", name="x.pdf", content_type="application/pdf")
            if previous is not None:
                documents.discard(previous)
            previous = stored
            stop.wait(0.03)
    except BaseException as error:
        faults.append(error)
        raise
    finally:
        connection.close()


def lying(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def emptied(settings: Settings, folder: Path) -> None:
    """An installation that holds nothing yet."""
    call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
    settings.MEDIA_ROOT = folder


@pytest.mark.django_db(transaction=True)
def test_a_backup_made_while_people_write_comes_back_identical(
    settings: Settings, tmp_path: Path, private_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = fill(tmp_path)
    stop, faults = threading.Event(), []
    came: list[StoredFile] = []
    discarded: list[int] = []
    named = backup._named

    def and_discard(database: BaseDatabaseWrapper, schema: tables.Schema) -> list[str]:
        names = list(named(database, schema))
        if not came and not discarded:
            came.extend(StoredFileFactory.create(pages=1) for _n in range(2))
        elif came and database is not connection:
            # Just after the instant of the rows, before their new files are copied: the worst moment.
            discarded.append(came[0].pk)
            documents.discard(came.pop(0))
        return names

    monkeypatch.setattr(backup, "_named", and_discard)
    # The strength of a passphrase is not what is tested.
    monkeypatch.setitem(age.SealedWriter.__init__.__kwdefaults__ or {}, "work", 4)
    people = threading.Thread(target=write_and_discard, args=(stop, faults))
    people.start()
    try:
        made = backup.to_path(tmp_path, passphrase=PHRASE)
    finally:
        stop.set()
        people.join()
    assert not faults
    assert made.sound
    assert made.attempts > 1
    assert made.path
    assert made.path.stat().st_mode & 0o777 == 0o600
    before = lying(private_folder)

    emptied(settings, tmp_path / "elsewhere")
    done = restore.run(made.path, passphrase=PHRASE)
    assert done.faults == []
    assert (done.rows, done.files) == (made.rows, made.files)
    # Restore itself compared every row with the archive's; here are the files, and what must not begin again.
    after = lying(tmp_path / "elsewhere")
    assert {name: before[name] for name in after if name in before} == {n: c for n, c in after.items() if n in before}
    assert set(after) == set(StoredFile.objects.values_list("file", flat=True)) | set(
        StoredFile.objects.exclude(original="").values_list("original", flat=True)
    )
    assert {file.uuid for file in kept} <= set(StoredFile.objects.values_list("uuid", flat=True))
    assert User.objects.get().first_name == "Élise \N{SNOWMAN}"
    assert bytes(MailAttachment.objects.get().content) == bytes(range(256))
    assert journal.missing_guards() == []
    assert StoredFileFactory.create(pages=1).pk > max(discarded)
    assert [result.faults for result in checks.run()] == [[]] * len(checks._checks)

    # Twice the same is refused.
    with pytest.raises(Refused, match="n'est pas vide"):
        restore.run(made.path, passphrase=PHRASE)


@pytest.mark.django_db(transaction=True)
def test_a_restore_that_was_interrupted_is_started_again(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path)
    made = backup.to_path(tmp_path / "a.tar")
    assert made.path
    schema = tables.Schema.applied(connection)
    kept = [table for table in schema.kept if table.name not in HEAD]
    before = tables.digests(connection, kept)
    emptied(settings, tmp_path / "elsewhere")

    # A damaged archive, or files that already lie here: nothing is written.
    whole = made.path.read_bytes()
    (tmp_path / "cut.tar").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Refused, match="abîmée ou incomplète"):
        restore.run(tmp_path / "cut.tar")
    name = default_storage.save("files/00/x.pdf", io.BytesIO(b"x"))
    with pytest.raises(Refused, match="fichiers sont déjà"):
        restore.run(made.path)
    default_storage.delete(name)
    assert restore.MARKER not in connection.introspection.table_names()

    class Killed(BaseException):
        pass

    def die(*args: object, **kwargs: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(restore, "_lies_there", die)
        with pytest.raises(Killed):
            restore.run(made.path)
    # Somebody took it for done, and worked: nothing of theirs is wiped away.
    with transaction.atomic():
        journal.record(by=None, verb="backup.made")
    with pytest.raises(Refused, match="servi depuis"):
        restore.run(made.path)
    with transaction.atomic():
        tables.empty(connection, tables.Schema.applied(connection).tables)
    done = restore.run(made.path)
    assert done.faults == []
    assert tables.digests(connection, kept) == before


def test_no_session_is_taken_along() -> None:
    """Whoever reads an archive must not be signed in as anybody, nor a closed session come back."""
    assert OpenSession._meta.db_table in tables.LEFT_OUT


def test_a_territory_s_logo_is_saved_with_the_rest_and_no_name_leads_elsewhere() -> None:
    """Old installations have some: a name that an archive refused would leave them without any backup."""
    assert archive.is_safe("logos/Région_2.png")
    assert not any(map(archive.is_safe, ("logos/../../etc/x", "/files/a", "files//a", "files/./a", "autre/a")))


# The commands -----------------------------------------------------------------------------------------


def test_only_the_last_archives_are_kept(tmp_path: Path) -> None:
    for day in range(1, 6):
        (tmp_path / f"clea-2026110{day}T020000Z.tar.age").touch()
    (tmp_path / "notes.txt").touch()
    gone = backup.prune(tmp_path, keep=2)
    assert [path.name[5:13] for path in gone] == ["20261101", "20261102", "20261103"]
    assert len(list(tmp_path.iterdir())) == 3


def test_a_short_passphrase_and_none_at_all_are_refused(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "p").write_text("court\n")
    with pytest.raises(CommandError, match="12 caractères au moins"):
        call_command("backup", to=str(tmp_path), passphrase_file=str(tmp_path / "p"))
    with pytest.raises(CommandError, match="BACKUP_PASSPHRASE ou --passphrase-file"):
        call_command("backup", to=str(tmp_path), encrypt=True)
    assert [path.name for path in tmp_path.iterdir()] == ["p"]


# The archive ------------------------------------------------------------------------------------------


def small_archive(path: Path) -> None:
    out = io.BytesIO()
    writer = archive.Writer(out)
    writer.add_bytes("files/aa/x.pdf", b"%PDF" * 500)
    writer.add_bytes("tables/accounts_user.jsonl.gz", gzip.compress(b'["id"]\n[1]\n', mtime=0))
    listing = tables.line(["files/aa/x.pdf", *writer.members["files/aa/x.pdf"]])
    writer.add_bytes(archive.LISTING, gzip.compress(listing, mtime=0))
    said = {name: given for name, given in writer.members.items() if not archive.is_safe(name)}
    manifest = json.dumps({"format": 1, "members": said}).encode()
    writer.add_bytes(archive.MANIFEST, manifest)
    writer.add_bytes(archive.SEAL, hashlib.sha256(manifest).hexdigest().encode())
    writer.close()
    path.write_bytes(out.getvalue())


def test_a_byte_changed_in_an_archive_is_refused_or_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    small_archive(path)
    whole, folder = path.read_bytes(), tmp_path / "tables"
    folder.mkdir()
    sound = archive.read(path, None, folder)
    tables_then = {file.name: file.read_bytes() for file in folder.iterdir()}
    refused = 0
    for place in range(0, len(whole), 97):
        changed = bytearray(whole)
        changed[place] ^= 0xFF
        path.write_bytes(changed)
        try:
            assert archive.read(path, None, folder) == sound
            assert {file.name: file.read_bytes() for file in folder.iterdir()} == tables_then
        except Refused:
            refused += 1
    assert refused > 30
    for cut in range(0, len(whole) - 10240, 509):
        path.write_bytes(whole[:cut])
        with pytest.raises(Refused):
            archive.read(path, None, folder)


def test_an_archive_is_a_tar_that_any_program_lists(tmp_path: Path) -> None:
    small_archive(tmp_path / "a.tar")
    listed = subprocess.run(["tar", "-tf", tmp_path / "a.tar"], capture_output=True, text=True, check=True).stdout
    assert listed.split() == [
        "LISEZMOI.txt", "files/aa/x.pdf", "tables/accounts_user.jsonl.gz", "files.jsonl.gz", "manifest.json",
        "manifest.sha256",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["files/../x", "/etc/passwd", "files//x", "tables/x", "files/a\nb", "files/./x"])
def test_a_name_that_leads_elsewhere_has_no_place_in_an_archive(name: str) -> None:
    assert not archive.is_safe(name)


@pytest.mark.django_db
def test_a_backup_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    StoredFileFactory.create(pages=1)

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_copy", full)
    with pytest.raises(CommandError, match="No space left on device.*rien n'en reste"):
        call_command("backup", to=str(tmp_path / "a.tar"))
    assert [path.name for path in tmp_path.glob("*.tar*")] == []
