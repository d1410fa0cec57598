"""verify tells what no longer holds, each thing by its name, and nothing of what does."""

from __future__ import annotations

import json
import os
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, models
from pytest_django import Settings

from candidatures.models import Deposit, DepositCounter, DepositPiece
from clea.documents.models import StoredFile
from clea.upkeep import checks
from tests.factories.candidatures import ApplicationFactory
from tests.factories.documents import StoredFileFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "private"
    return tmp_path / "private"


def found(name: str, *, quick: bool = False) -> list[str]:
    results = {result.name: result for result in checks.run(checks.Options(quick=quick))}
    return [finding.sentence for finding in results[name].findings]


def plain(model: type[models.Model]) -> models.QuerySet:
    """A queryset that may do what the model refuses: somebody in the database."""
    return models.QuerySet(model)


def test_a_sound_installation_has_nothing_to_tell() -> None:
    ApplicationFactory.create(submitted=True)
    said = StringIO()
    call_command("verify", json=True, stdout=said)
    answer = json.loads(said.getvalue())
    assert answer["ok"] is True
    assert {check["check"]: check["findings"] for check in answer["checks"]} == {
        name: [] for name in ("migrations", "journal", "files", "unowned", "references", "deposits", "numbers")
    }


def test_a_file_absent_of_another_size_or_changed_is_told() -> None:
    absent, longer, changed = (StoredFileFactory.create(pages=1) for _n in range(3))
    default_storage.delete(absent.file.name)
    with Path(longer.file.path).open("ab") as file:
        file.write(b"%")
    with Path(changed.file.path).open("r+b") as file:
        file.write(b"%QDF")
    assert found("files") == [
        "Fichier absent",
        "Fichier d'une autre taille que celle enregistrée",
        "Fichier dont l'empreinte n'est plus celle enregistrée",
    ]
    assert len(found("files", quick=True)) == 2
    with pytest.raises(CommandError, match=r"^3 défaut\(s\)\.$"):
        call_command("verify", stdout=StringIO())


def test_a_file_without_a_row_is_told_after_a_day_and_fails_nothing(private_folder: Path) -> None:
    kept = StoredFileFactory.create(pages=1)
    path = Path(kept.file.path)
    plain(StoredFile).filter(pk=kept.pk).delete()
    assert found("unowned") == []
    two_days_ago = time.time() - 48 * 3600
    os.utime(path, (two_days_ago, two_days_ago))
    assert found("unowned") == ["Fichier que rien ne désigne (manage.py menage le supprime)"]
    call_command("verify", stdout=StringIO())


def test_a_journal_without_its_guards_is_told() -> None:
    with connection.cursor() as cursor:
        on = " ON journal_entry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER journal_entry_no_update{on}")
    assert found("journal") == ["Verrou du journal absent de la base (manage.py migrate journal 0001, puis migrate)"]


def test_a_deposit_changed_in_the_database_is_told() -> None:
    application = ApplicationFactory.create(submitted=True)
    deposit = Deposit.objects.get(application=application)
    plain(Deposit).filter(pk=deposit.pk).update(data=deposit.data | {"schema": 2})
    piece = DepositPiece.objects.filter(deposit=deposit).exclude(stored_file=None).first()
    plain(DepositPiece).filter(pk=piece.pk).update(sha256="0" * 64)
    assert found("deposits") == [
        "Dépôt dont l'empreinte n'est plus celle de ses réponses",
        "Dépôt dont les pièces ne sont plus celles de sa liste",
        "Pièce déposée dont l'empreinte n'est plus celle de son fichier",
    ]


def test_a_number_that_was_skipped_is_told_and_one_since_erased_is_not() -> None:
    first, _second = (ApplicationFactory.create(submitted=True) for _n in range(2))
    call = first.call
    series = DepositCounter.objects.filter(prefix=call.reference_prefix, year=call.reference_year)
    number = Deposit.objects.get(application=first).number
    plain(Deposit).filter(number=number).update(number=f"{number}9")
    assert found("numbers") == ["Numéro de dépôt au-delà de son compteur"]  # the journal knows the one that left
    plain(Deposit).filter(number=f"{number}9").update(number=number)
    series.update(last=models.F("last") + 1)
    assert found("numbers") == ["Numéro de dépôt sauté, que le journal ne connaît pas"]
