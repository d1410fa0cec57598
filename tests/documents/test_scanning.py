"""The antivirus: what it finds is held, what it could not look at waits, and nothing waits for ever."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from clea import rounds
from clea.accounts.models import User
from clea.documents import access, keepers, scanner
from clea.documents import services as documents
from clea.documents.access import Grant
from clea.documents.enums import ScanState
from clea.documents.models import StoredFile
from clea.documents.services import scanning
from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from tests import pdfs
from tests.documents.clamd import EICAR, FakeClamd, fake, infected_pdf, real
from tests.factories.accounts import UserFactory
from tests.factories.documents import StoredFileFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_resolver")]

NOWHERE = "unix:///nowhere/clamd.ctl"


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def clamd(settings: Settings) -> Iterator[FakeClamd]:
    with fake() as server:
        settings.CLAMD_URL = server.url
        settings.CLAMD_SECONDS = 0.2
        yield server


def sent(content: bytes | None = None, *, by: User | None = None, hold: bool = False) -> StoredFile:
    upload = SimpleUploadedFile("piece.pdf", content or pdfs.sound(2, title="Un titre"), "application/pdf")
    return documents.intake_pdf(by=by, upload=upload, max_bytes=10**7, max_pages=10, hold=hold)


def later(stored: StoredFile, hours: float = 1) -> StoredFile:
    """Its turn has come, and the others no longer believe the daemon to be down."""
    cache.clear()
    with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False):
        scanning.scan_due()
    stored.refresh_from_db()
    return stored


def verbs() -> list[str]:
    return [verb for verb in Entry.objects.order_by("seq").values_list("verb", flat=True) if verb.startswith("file.")]


# The real one -------------------------------------------------------------------------------------


def test_debian_s_own_daemon_finds_its_test_string_stops_and_starts_again(settings: Settings) -> None:
    artist = UserFactory.create()
    with tempfile.TemporaryDirectory(prefix="clamd-") as name:
        folder = Path(name)
        with real(folder) as settings.CLAMD_URL:
            assert scanner.answers()
            plain = folder / "eicar.com"
            plain.write_bytes(EICAR)
            assert scanner.threat_in(plain, seconds=5).startswith("Clea.Eicar")
            assert sent(by=artist).scan == ScanState.CLEAN
            held = sent(infected_pdf(), by=artist, hold=True)
            assert (held.scan, held.withheld_from(artist)) == (ScanState.INFECTED, True)
        assert not scanner.answers()
        waiting, bad = sent(by=artist), sent(infected_pdf(), by=artist)
        assert {waiting.scan, bad.scan} == {ScanState.WAITING}
        sha256 = waiting.sha256
        with real(folder) as settings.CLAMD_URL:
            assert later(waiting).scan == ScanState.CLEAN
            assert later(bad).scan == ScanState.INFECTED
    assert waiting.sha256 == sha256
    assert verbs() == ["file.held", "file.cleared", "file.held"]


# When a file comes in -----------------------------------------------------------------------------


def test_without_an_antivirus_nothing_is_asked_and_nothing_is_written(settings: Settings) -> None:
    settings.CLAMD_URL = ""
    stored = sent(infected_pdf())
    assert (stored.scan, stored.scanned_at, scanning.scan_due()) == (ScanState.NOT_SCANNED, None, 0)


def test_a_threat_is_refused_with_what_to_do_and_nothing_is_kept(clamd: FakeClamd, private_folder: Path) -> None:
    with pytest.raises(documents.PieceRefused, match="Clea.Test") as refused:
        sent(infected_pdf())
    assert refused.value.code == "infected"
    picture = SimpleUploadedFile("a.jpg", pdfs.jpeg_with_place() + EICAR, "image/jpeg")
    with pytest.raises(documents.PieceRefused, match="Clea.Test"):
        documents.intake_receipt(by=None, upload=picture)
    assert not StoredFile.objects.exists()
    assert not [path for path in private_folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("mood", ["silent", "odd", "away"])
def test_whatever_befalls_the_antivirus_the_file_is_kept_and_waits(
    mood: str, clamd: FakeClamd, settings: Settings
) -> None:
    clamd.mood = mood
    if mood == "away":
        settings.CLAMD_URL = "tcp://127.0.0.1:1"
    artist = UserFactory.create()
    stored = sent(infected_pdf(), by=artist)
    assert stored.scan == ScanState.WAITING
    assert stored.next_scan_at is not None
    assert stored.next_scan_at > timezone.now()
    # Only who sent it reads it, and the next one who sends does not wait to learn the same.
    assert [stored.withheld_from(one) for one in (artist, UserFactory.create())] == [False, True]
    asked = clamd.asked
    assert sent().scan == ScanState.WAITING
    assert clamd.asked == asked


def test_a_copy_goes_as_its_picture_goes(clamd: FakeClamd) -> None:
    clamd.mood = "odd"
    upload = SimpleUploadedFile("a.jpg", pdfs.jpeg_with_place(), "image/jpeg")
    kept = documents.intake_image(by=None, upload=upload, max_bytes=10**7, max_pixels=10**7).file
    small = documents.image_copy(kept, by=None, max_side=8).file
    assert small.scan == ScanState.WAITING
    clamd.mood = "alarmed"
    assert later(kept).infected
    small.refresh_from_db()
    assert (small.scan, small.threat) == (ScanState.INFECTED, "Clea.Test")


# Waiting ------------------------------------------------------------------------------------------


def test_it_is_asked_again_ever_less_often_once_for_all(clamd: FakeClamd, settings: Settings) -> None:
    clamd.mood = "odd"
    first = sent()
    cache.clear()
    second = sent()
    settings.CLAMD_URL, gaps = NOWHERE, []
    for _turn in range(9):
        first.refresh_from_db()
        assert first.next_scan_at is not None
        with time_machine.travel(first.next_scan_at + timedelta(seconds=5), tick=False):
            assert rounds._rounds["antivirus"]() == 0
            first.refresh_from_db()
            assert first.next_scan_at is not None
            gaps.append((first.next_scan_at - timezone.now()).total_seconds() // 60)
    assert gaps == [2, 5, 10, 20, 40, 60, 60, 60, 60]
    assert first.scan_attempts == 9
    settings.CLAMD_URL, clamd.mood = clamd.url, "well"
    assert later(first, hours=30).scan == ScanState.CLEAN
    second.refresh_from_db()
    assert (second.scan, second.next_scan_at) == (ScanState.CLEAN, None)


def test_one_file_that_cannot_be_read_keeps_no_other_waiting(clamd: FakeClamd) -> None:
    clamd.mood = "odd"
    lost, found = sent(), sent()
    lost.file.storage.delete(lost.file.name or "")
    clamd.mood = "well"
    assert later(found).scan == ScanState.CLEAN
    lost.refresh_from_db()
    assert (lost.scan, lost.scan_attempts) == (ScanState.WAITING, 1)


def test_an_answer_that_cannot_be_written_keeps_no_other_waiting(
    clamd: FakeClamd, monkeypatch: pytest.MonkeyPatch
) -> None:
    clamd.mood = "odd"
    stuck, found = sent(), sent()

    def changed(stored: StoredFile) -> None:
        if stored.pk == stuck.pk:
            raise RuntimeError("a keeper that breaks")

    monkeypatch.setattr(keepers, "changed", changed)
    clamd.mood = "well"
    assert later(found).scan == ScanState.CLEAN
    stuck.refresh_from_db()
    assert (stuck.scan, stuck.scan_attempts) == (ScanState.WAITING, 1)


def test_a_repaired_file_is_read_as_it_came_too(clamd: FakeClamd) -> None:
    clamd.mood = "odd"
    stored = sent(pdfs.wrong_startxref() + b"\n%" + EICAR)
    assert stored.repaired
    clamd.mood = "well"
    assert later(stored).infected


# Reading ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "status"), [(ScanState.WAITING, 503), (ScanState.INFECTED, 403)])
def test_the_door_says_why_and_when_to_come_back(state: ScanState, status: int, client: Client) -> None:
    access.register(lambda user, stored: Grant("a.pdf"))
    client.force_login(UserFactory.create())
    stored = StoredFileFactory.create()
    StoredFile.objects.filter(pk=stored.pk).update(
        scan=state, threat="Clea.Test" if state == ScanState.INFECTED else "", next_scan_at=timezone.now()
    )
    response = client.get(reverse("documents:file", args=[stored.uuid]))
    assert response.status_code == status
    assert b"%PDF" not in response.content
    assert response["Cache-Control"] == "private, no-store"
    assert "antivirus" in response.content.decode()
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert not Entry.objects.filter(verb="file.read").exists()


def test_every_way_to_the_bytes_is_closed(clamd: FakeClamd) -> None:
    clamd.mood = "odd"
    stored = sent()
    ways: list[Callable[[], Any]] = [
        lambda: documents.opened(stored),
        lambda: documents.local_path(stored).__enter__(),
        lambda: documents.cleaned(stored),
    ]
    for way in ways:
        with pytest.raises(documents.Withheld, match="antivirus"):
            way()


def test_nothing_opens_a_stored_file_but_by_those_ways() -> None:
    """A file's bytes have one choke point: nobody may go round it."""
    root = Path(__file__).resolve().parents[2]
    found = []
    for app in ("clea", "structures", "candidatures", "residencies"):
        for path in (root / app).rglob("*.py"):
            if "/demo/" in str(path) or path.is_relative_to(root / "clea/documents"):
                continue
            text = path.read_text("utf-8")
            found += [str(path) for sign in (".file.open(", ".file.path", "original.open(") if sign in text]
    # A backup keeps everything, as it is.
    assert [one for one in found if "/upkeep/" not in one] == []


# A person's word ----------------------------------------------------------------------------------


def test_a_held_file_is_released_by_who_may_with_a_reason_that_is_kept(clamd: FakeClamd) -> None:
    held = sent(infected_pdf(), hold=True)
    admin = UserFactory.create(is_staff=True, is_superuser=True)
    with pytest.raises(Forbidden):
        scanning.release(by=UserFactory.create(is_staff=True), stored=held, reason="Vérifié avec l'artiste.")
    with pytest.raises(Refused, match="pourquoi"):
        scanning.release(by=admin, stored=held, reason=" ok ")
    released = scanning.release(by=admin, stored=held, reason="Vérifié avec l'artiste.")
    assert (released.scan, released.withheld, released.released_by_uuid) == (ScanState.RELEASED, False, admin.uuid)
    last = Entry.objects.get(verb="file.released")
    assert last.data["from"] == "infected"
    assert "artiste" not in str(last.data)
    with pytest.raises(Refused, match="rien à libérer"):
        scanning.release(by=admin, stored=held, reason="Vérifié avec l'artiste.")


def test_one_that_waits_is_released_after_the_delay_only(clamd: FakeClamd, settings: Settings) -> None:
    clamd.mood = "odd"
    stored = sent()
    admin = UserFactory.create(is_staff=True, is_superuser=True)
    with pytest.raises(Refused, match="à partir du"):
        scanning.release(by=admin, stored=stored, reason="L'antivirus est en panne.")
    settings.CLAMD_URL = ""
    with time_machine.travel(timezone.now() + timedelta(hours=settings.SCAN_PATIENCE_HOURS, minutes=1)):
        call_command("scan_files", release="L'antivirus est en panne.")
    stored.refresh_from_db()
    assert stored.scan == ScanState.RELEASED


def test_the_command_reads_what_came_before_the_antivirus(clamd: FakeClamd, settings: Settings) -> None:
    settings.CLAMD_URL = ""
    before, bad = sent(), sent(infected_pdf())
    with pytest.raises(CommandError, match="CLAMD_URL"):
        call_command("scan_files")
    settings.CLAMD_URL = clamd.url
    call_command("scan_files")
    for row in (before, bad):
        row.refresh_from_db()
    assert (before.scan, bad.scan) == (ScanState.CLEAN, ScanState.INFECTED)
    assert before.scanned_at is None  # it was read all along: nothing made of it is to be made again
    clamd.mood = "alarmed"
    call_command("scan_files", again=True)
    before.refresh_from_db()
    assert before.infected


@pytest.mark.parametrize("wrong", [{"scan": "infected"}, {"scan": "released"}, {"scan": "fine"}])
def test_the_database_holds_what_the_states_mean(wrong: dict[str, str]) -> None:
    stored = StoredFileFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.filter(pk=stored.pk).update(**wrong)


# The desk -----------------------------------------------------------------------------------------


def hold(count: int) -> None:
    for _one in range(count):
        stored = StoredFileFactory.create()
        StoredFile.objects.filter(pk=stored.pk).update(
            scan=ScanState.INFECTED, threat="Clea.Test", scanned_at=timezone.now()
        )


def test_the_desk_lists_them_in_as_many_queries_and_releases_one(client: Client) -> None:
    admin = UserFactory.create(is_staff=True, is_superuser=True)
    client.force_login(admin)
    page, counts = reverse("admin:documents_heldfile_changelist"), []
    for count in (3, 27):
        hold(count)
        client.get(page)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            response = client.get(page)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert "Clea.Test" in response.content.decode()
    assert "fichiers retenus par l&#x27;antivirus" in client.get(reverse("admin:index")).content.decode()
    one = StoredFile.objects.withheld()[0]
    address = reverse("admin:documents_heldfile_change", args=[one.uuid])
    assert "motif" in client.get(address).content.decode()
    assert client.post(address, {"reason": "court"}).status_code in (200, 422)
    assert client.post(address, {"reason": "Fausse alerte, vue avec l'artiste."}).status_code == 302
    one.refresh_from_db()
    assert one.scan == ScanState.RELEASED
    assert client.get(address).status_code == 200
