"""The financing plan, as the desk opens it."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from clea.accounts.models import User
from residencies.enums.money import PaymentState
from residencies.models import Funder, FundingShare, Residency
from tests.factories.funding import FunderFactory, ShareFactory, payment
from tests.factories.residencies import ResidencyFactory
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def residency() -> Residency:
    return ResidencyFactory(artist__none=True, periods=False, artist_name="Compagnie Terril")


@pytest.fixture
def funders(residency: Residency) -> list[Funder]:
    return [FunderFactory(territory=residency.territory, name=name) for name in ("Agglomération", "État")]


@pytest.fixture
def desk(client: Client, residency: Residency) -> User:
    person = CoordinatorFactory(territory=residency.territory)
    client.force_login(person)
    return person


def base(residency: Residency) -> str:
    return f"/coordination/residencies/residency/saison/{residency.season.uuid}/financement/"


def name(field: str, funder: Funder, residency: Residency | None) -> str:
    return f"{residency.uuid.hex if residency else 'saison'}-{funder.uuid.hex}-{field}"


def typed(funders: list[Funder], residency: Residency, **first: str) -> dict[str, str]:
    """The grid as the page sends it, its first row filled."""
    data = {name("version", funder, place): "0" for funder in funders for place in (residency, None)}
    return data | {name(field, funders[0], residency): value for field, value in first.items()}


def test_shares_are_typed_in_a_grid_and_read_on_one_page(
    client: Client, desk: User, residency: Residency, funders: list[Funder]
) -> None:
    sent = typed(funders, residency, planned="12 000,50 €", committed="6000", reference="Arrêté 7")
    assert client.post(f"{base(residency)}parts/", sent).status_code == 302
    assert list(FundingShare.objects.values_list("planned", "committed", "reference")) == [
        (Decimal("12000.50"), Decimal(6000), "Arrêté 7")
    ]
    payment(residency, "2000", PaymentState.PAID)
    shown = client.get(base(residency)).content.decode().replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ")
    assert '<rect class="funding__bar funding__bar--spent"' in shown
    assert "reste 10 000,50 € sur 12 000,50 €" in shown
    assert "Compagnie Terril : les parts dépassent son budget de 10 000,50 €." in shown


def test_a_share_written_since_is_shown_beside_what_was_typed(
    client: Client, desk: User, residency: Residency, funders: list[Funder]
) -> None:
    ShareFactory(funder=funders[0], residency=residency, planned=Decimal(777), version=3)
    page = f"{base(residency)}parts/"
    shown = client.post(page, typed(funders, residency, planned="800")).content.decode()
    assert "maintenant enregistré" in shown
    assert 'value="800"' in shown
    # What they send next answers to what they were shown.
    key = name("version", funders[0], residency)
    assert f'name="{key}" value="3"' in shown
    client.post(page, typed(funders, residency, planned="800", version="3"))
    assert FundingShare.objects.get().planned == Decimal(800)


def test_what_a_row_is_refused_for_stands_beside_it(
    client: Client, desk: User, residency: Residency, funders: list[Funder]
) -> None:
    page = f"{base(residency)}parts/"
    shown = client.post(page, typed(funders, residency, planned="dix", reference="A")).content.decode()
    field = f"id_{name('planned', funders[0], residency)}"
    assert f'<a href="#{field}">' in shown
    assert 'value="dix"' in shown
    shown = client.post(page, typed(funders, residency, committed="10")).content.decode()
    assert f'<a href="#id_{name("reference", funders[0], residency)}">' in shown
    assert not FundingShare.objects.exists()


def test_the_sheets_hold_the_same_figures(
    client: Client, desk: User, residency: Residency, funders: list[Funder]
) -> None:
    ShareFactory(funder=funders[0], residency=residency, planned=Decimal("2000.01"))
    ShareFactory(funder=funders[1], residency=residency, planned=Decimal(1000))
    payment(residency, "100", PaymentState.PAID)
    answer = client.post(f"{base(residency)}export/", {"form": "xlsx"})
    book = load_workbook(io.BytesIO(answer.getvalue()))
    assert book.sheetnames == ["Par financeur", "Par résidence", "Détail"]
    rows = [[cell.value for cell in row] for row in book["Par financeur"].iter_rows(min_row=2)]
    assert [(row[0], row[1], row[6]) for row in rows] == [
        ("Agglomération", 2000.01, 66.67), ("État", 1000, 33.33), ("Total", 3000.01, 100)
    ]  # fmt: skip
    answer = client.post(f"{base(residency)}export/", {"form": "csv"})
    text = answer.getvalue().decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [line[2] for line in lines[1:]] == ["2000,01", "1000,00", "3000,01"]


def test_the_plan_costs_the_same_for_three_residencies_and_for_thirty(
    client: Client, desk: User, residency: Residency, funders: list[Funder]
) -> None:
    def measure(count: int) -> int:
        for _ in range(count):
            one = ResidencyFactory(season=residency.season, artist__none=True, periods=False)
            ShareFactory(funder=funders[0], residency=one)
            payment(one, "10.01")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(base(residency)).status_code == 200
        with CaptureQueriesContext(connection) as grid:
            assert client.get(f"{base(residency)}parts/").status_code == 200
        return len(seen) * 100 + len(grid)

    client.get(base(residency))
    assert measure(3) == measure(27)


def test_what_was_typed_stays_when_the_season_closed_meanwhile(
    client: Client, desk: User, residency: Residency, funders: list[Funder]
) -> None:
    sent = typed(funders, residency, planned="100", reference="Arrêté 7")
    type(residency.season).objects.filter(pk=residency.season.pk).update(closed_at=timezone.now())
    page = client.post(f"{base(residency)}parts/", sent).content.decode()
    assert "est close" in page
    assert 'value="Arrêté 7"' in page
    assert not FundingShare.objects.exists()
    assert client.get(f"{base(residency)}parts/").status_code == 302
