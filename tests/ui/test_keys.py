"""No primary key in an address of the desk: the access matrix reads every page for one (tests/access/reading.py)."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from clea.ui import keys
from structures.models import Commune, Structure, Territory
from tests.factories.accounts import AdministratorFactory
from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory


@pytest.fixture
def structure(db: None) -> Structure:
    return StructureFactory(kinds=["cinema"])


@pytest.fixture
def desk(client: Client, structure: Structure) -> Client:
    client.force_login(CoordinatorFactory(territory=structure.territory))
    return client


def test_a_sealed_number_opens_with_its_model_only() -> None:
    sealed = [keys.seal(Commune, number) for number in (1, 2, 3, 2**62)]
    assert len({key.hex[:6] for key in sealed} | {key.hex[-6:] for key in sealed}) == 8
    assert [keys.unseal(Commune, key) for key in sealed] == [1, 2, 3, 2**62]
    assert keys.unseal(Territory, sealed[0]) is None
    assert keys.unseal(Commune, UUID(int=sealed[0].int + 1)) is None


def test_an_address_takes_a_row_or_its_number_and_shows_its_key(structure: Structure) -> None:
    name = "admin:structures_structure_change"
    assert reverse(name, args=[structure.pk]) == reverse(name, args=[structure]) == reverse(name, args=[structure.uuid])
    assert f"/{structure.uuid}/" in reverse(name, args=[structure])
    commune = structure.commune
    assert commune is not None
    assert f"/{keys.of(commune)}/" in reverse("admin:structures_commune_history", args=[commune.pk])


def test_numbers_of_rows_lead_nowhere(desk: Client, structure: Structure) -> None:
    assert structure.commune is not None
    for row in (structure, structure.commune):
        base = f"/coordination/structures/{row._meta.model_name}/"
        for end in ("", "change/", "history/"):
            assert desk.get(f"{base}{row.pk}/{end}").status_code == 404
            assert desk.get(f"{base}{keys.of(row)}/{end}", follow=True).status_code == 200
        assert desk.get(f"{base}{uuid4()}/change/").headers["Location"] == reverse("admin:index")
    assert desk.get("/coordination/r/1/1/").status_code == 404


def test_a_filter_names_rows_by_their_keys(desk: Client, structure: Structure) -> None:
    other = StructureFactory(commune=CommuneFactory(territory=structure.territory), kinds=["school"])
    url = reverse("admin:structures_structure_changelist")
    assert "types=cinema" in desk.get(url).content.decode()
    assert set(desk.get(url, {"types": "cinema"}).context["cl"].queryset) == {structure}
    assert set(desk.get(url).context["cl"].queryset) == {structure, other}
    assert set(desk.get(url, {"types": "aucun"}).context["cl"].queryset) == set()
    assert desk.get(url, {"types": "x"}).status_code == 302


def test_what_is_merged_is_named_by_its_keys(desk: Client, structure: Structure) -> None:
    twin = StructureFactory(commune=structure.commune, territory=structure.territory)
    rows: list[Structure] = [structure, twin]
    asked = desk.post(
        reverse("admin:structures_structure_changelist"),
        {"action": "merge_selected", "_selected_action": [row.pk for row in rows]},
    )
    address = asked.headers["Location"]
    assert {row.uuid for row in rows} == set(keys.uuids(address.partition("structures=")[2].split(",")))
    page = desk.get(address)
    assert {row.pk for row in page.context["structures"]} == {row.pk for row in rows}
    merge = reverse("admin:structures_structure_merge")
    assert desk.get(merge, {"structures": f"{structure.pk},{twin.pk}"}).status_code == 302


def test_an_account_s_password_has_no_number_either(client: Client, structure: Structure) -> None:
    owner = AdministratorFactory()
    client.force_login(owner)
    assert client.get(f"/coordination/accounts/user/{owner.pk}/password/").status_code == 404
    assert client.get(f"/coordination/accounts/user/{owner.uuid}/password/").status_code == 200
