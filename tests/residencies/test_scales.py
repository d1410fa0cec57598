"""Kilometre scales: loaded with their source, versioned by day, never changed once used."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from residencies.enums import ScaleMethod
from residencies.methods.mileage import Bracket
from residencies.models import ScaleBracket, ScaleVersion
from residencies.selectors import scales as selectors
from residencies.services import scales
from structures.models import MileageScale
from tests.factories.accounts import AdministratorFactory
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db
WHOLE = [Bracket(1, None, 0, Decimal("0.5"))]


def run(*args: str) -> str:
    out = StringIO()
    call_command("load_rates", *args, stdout=out)
    return out.getvalue()


def a_file(tmp_path: Path, data: Any) -> str:
    path = tmp_path / "rates.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    return str(path)


def test_the_scales_of_the_program_load_once_with_their_source() -> None:
    assert run().count("chargé") == 2
    fiscal, agents = ScaleVersion.objects.order_by("kind")
    assert (fiscal.kind, fiscal.method, fiscal.electric_multiplier) == ("fiscal", ScaleMethod.TOTAL, Decimal("1.20"))
    assert "CGI art. 83" in fiscal.source
    assert (agents.kind, agents.method) == ("public_agent", ScaleMethod.MARGINAL)
    assert "3 juillet 2006" in agents.source
    assert (fiscal.brackets.count(), agents.brackets.count()) == (15, 9)
    row = fiscal.brackets.get(power_from=5, km_above=5000)
    assert (row.power_to, row.rate, row.fixed) == (5, Decimal("0.3570"), Decimal("1395.00"))
    assert Entry.objects.filter(verb="scale.loaded").count() == 2
    assert run().count("déjà là.") == 2
    assert (ScaleVersion.objects.count(), ScaleBracket.objects.count()) == (2, 24)


@pytest.mark.parametrize(("kind", "worth"), [("fiscal", "839.52"), ("public_agent", "422.40")])
def test_what_is_loaded_gives_the_sums_of_the_rules(kind: str, worth: str) -> None:
    scales.load()
    (scale,) = selectors.versions(kind)
    assert scale.worth(1320, 5) == Decimal(worth)


def test_what_the_desk_corrected_stays_and_is_said() -> None:
    scales.load()
    ScaleBracket.objects.filter(scale__kind="fiscal", power_from=4, km_above=0).update(rate=Decimal("0.61"))
    assert "corrigé depuis" in run()
    assert ScaleBracket.objects.get(scale__kind="fiscal", power_from=4, km_above=0).rate == Decimal("0.61")


def test_a_later_version_of_a_file_comes_beside_the_first(tmp_path: Path) -> None:
    scales.load()
    later = {"as_of": "2027", "public_agent_scale": [
        {"source": "arrêté inventé", "brackets": [{"cv": "1 à 6", "le_2000": 0.4}, {"cv": "7 et plus", "le_2000": 1}]},
    ]}  # fmt: skip
    run(a_file(tmp_path, later))
    assert [one.applies_from for one in selectors.versions("public_agent")] == [date(2027, 1, 1), date(2022, 1, 1)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("{", "ne se lit pas"),
        ({}, "aucun barème"),
        ({"public_agent_scale": {"brackets": []}, "as_of": "2027"}, "n'a pas la forme"),
        ({"public_agent_scale": {"source": "x", "brackets": [{"cv": "beaucoup"}]}, "as_of": "2027"}, "la forme"),
        ({"public_agent_scale": {"source": "x", "brackets": [{"cv": "4", "le_2000": 1}]}, "as_of": "2027"}, "1 CV"),
    ],
)
def test_a_file_that_says_something_else_is_refused_whole(tmp_path: Path, data: Any, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(a_file(tmp_path, data))
    assert ScaleVersion.objects.count() == 0


def test_an_administrator_writes_a_version_and_a_desk_does_not() -> None:
    version = ScaleVersion(
        kind=MileageScale.FISCAL, applies_from=date(2027, 1, 1), method=ScaleMethod.TOTAL, source="texte inventé"
    )
    with pytest.raises(Forbidden):
        scales.save(by=CoordinatorFactory(), version=version, brackets=WHOLE)
    admin = AdministratorFactory()
    with pytest.raises(Refused, match="5 CV"):
        scales.save(by=admin, version=version, brackets=[Bracket(1, 4, 0, Decimal("0.5"))])
    scales.save(by=admin, version=version, brackets=WHOLE)
    assert [one.worth(10, 9) for one in selectors.versions("fiscal")] == [Decimal("5.00")]
    with pytest.raises(Forbidden):
        scales.remove(by=CoordinatorFactory(), version=version)
    scales.remove(by=admin, version=version)
    assert ScaleVersion.objects.count() == 0
    assert Entry.objects.filter(verb__in=["scale.saved", "scale.removed"]).count() == 2
