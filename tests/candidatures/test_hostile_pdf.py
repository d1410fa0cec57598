"""What people type stays on the sheet, however long its words."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from candidatures.models import TerritoryClaim
from candidatures.services import assembly, deposits
from tests.factories.candidatures import ApplicationFactory

pytestmark = pytest.mark.django_db


def words(path: Path) -> list[tuple[float, float, float]]:
    """Left and right of every word, and the width of its page, in points."""
    out = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, check=True).stdout
    found, width = [], 0.0
    for line in out.splitlines():
        if page := re.search(r'<page width="([\d.]+)"', line):
            width = float(page[1])
        elif word := re.search(r'xMin="([-\d.]+)".*xMax="([-\d.]+)"', line):
            found.append((float(word[1]), float(word[2]), width))
    return found


def test_no_word_runs_off_the_sheet(tmp_path: Path) -> None:
    application = ApplicationFactory(
        complete=True, artist_name="W" * 200, first_name="É" * 150, last_name="x" * 150, organisation="o" * 200
    )
    application.practice, application.city, application.territory_link = "p" * 2000, "v" * 120, "t" * 6000
    application.applies_elsewhere = True
    application.save()
    TerritoryClaim.objects.create(application=application, territory="T" * 200)
    application.budget_lines.update(label="L" * 200)
    application.works.update(title="M" * 200, form="f" * 200, needs="n" * 500)
    application.declarations.update(comment="🎭\u202eabc" + "c" * 400)
    application.answers.filter(piece__code="lettre").update(text="é" * 5000 + " \u202eà rebours 🎭 <b>&")
    application.answers.filter(piece__code="portfolio").update(text="https://exemple.test/" + "a" * 480)
    type(application.call).objects.update(title="C" * 200)
    type(application.call.pieces.first()).objects.filter(code="lettre").update(title="P" * 200)
    deposit = deposits.file(by=application.owner, application=application)
    path = tmp_path / "dossier.pdf"
    with assembly.ensure(deposit.pk).file.open("rb") as file:
        path.write_bytes(file.read())
    found = words(path)
    assert len(found) > 200
    assert [word for word in found if word[0] < 20 or word[1] > word[2] - 20] == []
