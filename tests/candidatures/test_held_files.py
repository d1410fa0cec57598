"""A dossier whose piece the antivirus holds, or has not looked at: nothing is lost or read, people are told."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from candidatures.models import Application, BlindCopy, Deposit
from candidatures.reports import archive
from candidatures.services import assembly, deposits, making_again, pieces
from candidatures.services.jury import blind
from clea.documents import keepers
from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.documents.services import scanning
from clea.errors import Refused
from clea.mail.models import OutgoingMail
from tests import pdfs
from tests.documents.clamd import EICAR, FakeClamd, fake, infected_pdf
from tests.factories.candidatures import ApplicationFactory
from tests.factories.structures import CoordinatorFactory, TerritoryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def clamd(settings: Settings) -> Iterator[FakeClamd]:
    cache.clear()
    with fake() as server:
        settings.CLAMD_URL = server.url
        yield server
    cache.clear()


def send_cv(application: Application, content: bytes) -> StoredFile:
    cache.clear()
    upload = SimpleUploadedFile("cv.pdf", content, "application/pdf")
    piece = application.call.pieces.get(code="cv")
    return pieces.add(by=application.owner, application=application, piece=piece, upload=upload).stored_file


def filed(application: Application) -> Deposit:
    return deposits.file(by=application.owner, application=Application.objects.get(pk=application.pk))


def ask_again() -> int:
    cache.clear()
    StoredFile.objects.filter(copy_of=None, scan="waiting").update(next_scan_at=timezone.now())
    return scanning.scan_due()


def words(stored: StoredFile) -> str:
    with documents.local_path(stored) as path:
        pages = documents.text_by_page(path)
    assert pages is not None
    return " ".join(" ".join(pages).split())


def test_a_piece_held_at_once_counts_as_missing_and_is_replaced(clamd: FakeClamd, client: Client) -> None:
    application = ApplicationFactory(complete=True)
    client.force_login(application.owner)
    page = reverse("applications:upload", args=[application.uuid, "cv"])
    upload = SimpleUploadedFile("cv.pdf", infected_pdf(), "application/pdf")
    answer = client.post(page, {"fichier": upload}, follow=True).content.decode()
    assert "Fichier retenu" in answer
    assert "Clea.Test" in answer
    dossier = client.get(reverse("applications:detail", args=[application.uuid])).content.decode()
    assert "à remplacer ou à retirer" in dossier  # not « à fournir », as if nothing had come
    place = keepers.places(StoredFile.objects.withheld())
    assert [one.private for one in place.values()] == [True]  # a draft is nobody else's, down to its name
    with pytest.raises(deposits.Incomplete) as refused:
        filed(application)
    assert "retenu par l'antivirus" in " ".join(map(str, refused.value.missing))
    send_cv(application, pdfs.sound(1, title="Un titre"))
    assert filed(application).pieces.filter(code="cv").exists()


def test_a_deadline_loses_nothing_and_what_waited_joins_the_pdf(
    clamd: FakeClamd, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    application = ApplicationFactory(complete=True)
    clamd.mood = "odd"
    send_cv(application, pdfs.sound(3, title="Un titre"))
    deposit = filed(application)
    sha256, number = deposit.sha256, deposit.number
    before = assembly.ensure(deposit.pk)
    copy = blind.ensure(deposit.pk)
    assert "pas encore analysée" in words(before)
    assert before.pages is not None
    clamd.mood = "well"
    with django_capture_on_commit_callbacks(execute=True):
        assert ask_again() == 1
    after = assembly.ensure(deposit.pk)
    assert "pas encore analysée" not in words(after)
    assert after.pages == before.pages + 2
    assert not StoredFile.objects.filter(pk__in=[before.pk, copy.pk]).exists()
    assert BlindCopy.objects.get().stored_file_id != copy.pk
    deposit = Deposit.objects.get()
    assert (deposit.sha256, deposit.number) == (sha256, number)
    assert making_again.pending() == 0


def test_a_threat_found_once_filed_is_held_told_left_out_and_released(
    clamd: FakeClamd, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    application = ApplicationFactory(complete=True)
    territory = application.call.territory
    clamd.mood = "odd"
    stored = send_cv(application, infected_pdf())
    deposit = filed(application)
    assembly.ensure(deposit.pk)
    clamd.mood = "well"
    ask_again()
    # The task was lost: what was made of it is not read meanwhile, and the round makes it again.
    assert making_again.pending() == 1
    assert "l'antivirus la retient" in words(assembly.ensure(deposit.pk)).replace("’", "'")
    told = {mail.kind: mail for mail in OutgoingMail.objects.filter(kind__in=["file.held", "piece.held"])}
    assert told["piece.held"].to == application.owner.email
    assert told["file.held"].to == application.call.contact_email
    assert deposit.number in told["file.held"].body
    content = b"".join(archive.stream([application]))
    with zipfile.ZipFile(io.BytesIO(content)) as archived:
        note = archived.read("À LIRE – fichiers manquants.txt").decode("utf-8-sig")
        assert not any(EICAR in archived.read(name) for name in archived.namelist())
    assert "antivirus" in note
    place = keepers.places([stored])[stored.pk]
    assert (place.private, deposit.number in place.label) == (False, True)
    stranger = CoordinatorFactory(territory=TerritoryFactory())
    with pytest.raises(Refused):
        scanning.release(by=stranger, stored=stored, reason="Vérifié avec l'artiste.")
    with django_capture_on_commit_callbacks(execute=True):
        scanning.release(by=CoordinatorFactory(territory=territory), stored=stored, reason="Vérifié avec l'artiste.")
    assert "retient" not in words(assembly.ensure(deposit.pk))
