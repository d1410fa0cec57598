"""The coordination's desk: what each person sees, the cost of a list, the merge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from structures.models import Professional, Structure, Territory
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.structures import (
    CommuneFactory,
    CoordinatorFactory,
    InstitutionFactory,
    PriorityDistrictFactory,
    ProfessionalFactory,
    SchoolDistrictFactory,
    StructureFactory,
    StructureKindFactory,
    TerritoryFactory,
)

pytestmark = pytest.mark.django_db

MODELS = [
    "territory", "commune", "schooldistrict", "prioritydistrict", "structurekind", "structure", "professional",
    "institution",
]  # fmt: skip


def url(model: str, page: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:structures_{model}_{page}", args=args)


def furnish(territory: Territory, mark: str) -> Structure:
    """One row of everything, each bearing ``mark`` in its name."""
    district = SchoolDistrictFactory(territory=territory, name=f"Circonscription {mark}")
    commune = CommuneFactory(territory=territory, name=f"Commune {mark}", school_district=district)
    PriorityDistrictFactory(territory=territory, label=f"Quartier {mark}", communes=[commune])
    kind = StructureKindFactory(territory=territory, slug=f"kind-{mark}", label=f"Type {mark}")
    structure = StructureFactory(commune=commune, name=f"Structure {mark}", kinds=[kind.slug])
    ProfessionalFactory(structure=structure, last_name=f"Personne {mark}")
    InstitutionFactory(territory=territory, name=f"Institution {mark}")
    return structure


@pytest.fixture
def here() -> Territory:
    return TerritoryFactory(name="Territoire ici", short_name="Ici")


@pytest.fixture
def desk(client: Client, here: Territory) -> Client:
    client.force_login(CoordinatorFactory(territory=here))
    return client


class TestWalls:
    @pytest.mark.parametrize("model", MODELS)
    def test_a_coordinator_sees_one_territory_in_lists_filters_and_choices(
        self, desk: Client, here: Territory, model: str
    ) -> None:
        furnish(here, "ici")
        furnish(TerritoryFactory(name="Territoire voisin", short_name="Voisin"), "voisine")
        page = desk.get(url(model)).content.decode()
        assert "ici" in page
        assert "voisin" not in page.casefold()
        if model != "territory":
            assert "voisin" not in desk.get(url(model, "add")).content.decode().casefold()

    @pytest.mark.parametrize("model", MODELS)
    def test_another_territorys_row_cannot_be_opened_changed_or_deleted(
        self, desk: Client, here: Territory, model: str
    ) -> None:
        structure = furnish(TerritoryFactory(), "voisine")
        rows: Any = structure._meta.apps.get_model("structures", model).objects
        row = structure.territory if model == "territory" else rows.get()
        for page in ("change", "delete", "history"):
            assert desk.get(url(model, page, row.pk)).status_code in {302, 403, 404}
            assert "voisine" not in desk.get(url(model, page, row.pk), follow=True).content.decode()

    @pytest.mark.parametrize("model", MODELS)
    def test_others_have_no_desk(self, client: Client, here: Territory, model: str) -> None:
        furnish(here, "ici")
        assert client.get(url(model)).status_code == 302
        client.force_login(UserFactory(is_staff=True))
        assert client.get(url(model)).status_code == 403
        for page in ("import", "export"):
            if model in {"structure", "professional"}:
                assert client.get(url(model, page)).status_code == 403

    def test_a_forged_choice_of_another_territory_is_refused(self, desk: Client, here: Territory) -> None:
        structure, foreign = furnish(here, "ici"), furnish(TerritoryFactory(), "voisine")
        form = structure_form(structure) | {"commune": foreign.commune_id, "kinds": foreign.kinds.get().pk}
        response = desk.post(url("structure", "change", structure.pk), form)
        assert response.status_code == 200
        assert set(response.context["adminform"].errors) == {
            "commune",
            "kinds",
        }

    def test_the_first_territory_can_be_made_by_an_administrator_only(self, client: Client) -> None:
        client.force_login(AdministratorFactory())
        assert client.get(url("territory", "add")).status_code == 200
        client.force_login(CoordinatorFactory())
        assert client.get(url("territory", "add")).status_code == 403


def structure_form(structure: Structure, **changes: Any) -> dict[str, Any]:
    return {
        "name": structure.name,
        "kinds": [kind.pk for kind in structure.kinds.all()],
        "circle": structure.circle,
        "is_active": "on",
        "commune": structure.commune_id or "",
        "closures-TOTAL_FORMS": 0,
        "closures-INITIAL_FORMS": 0,
        "professionals-TOTAL_FORMS": 0,
        "professionals-INITIAL_FORMS": 0,
    } | changes


class TestTerritory:
    def form(self, territory: Territory, **changes: Any) -> dict[str, Any]:
        return {
            "name": territory.name,
            "short_name": territory.short_name,
            "contact_email": territory.contact_email,
            "mileage_scale": "fiscal",
            "school_zone": "B",
            "memberships-TOTAL_FORMS": 0,
            "memberships-INITIAL_FORMS": 0,
        } | changes

    def test_a_coordinator_edits_the_contact_and_not_the_address_nor_the_desk(
        self, desk: Client, here: Territory
    ) -> None:
        page = desk.get(url("territory", "change", here.pk)).content.decode()
        assert "memberships" not in page
        stranger = UserFactory(is_staff=True)
        desk.post(
            url("territory", "change", here.pk),
            self.form(here, slug="autre", contact_phone="03 00 00 00 00")
            | {"memberships-TOTAL_FORMS": 1, "memberships-0-user": stranger.pk},
        )
        here.refresh_from_db()
        assert here.contact_phone == "03 00 00 00 00"
        assert here.slug != "autre"
        assert not here.memberships.filter(user=stranger).exists()

    def test_a_coordinator_does_not_lift_the_rule_of_two_people_for_a_payment(
        self, client: Client, here: Territory
    ) -> None:
        Territory.objects.filter(pk=here.pk).update(two_person_payments=True)
        address = url("territory", "change", here.pk)
        for user, kept in ((CoordinatorFactory(territory=here), True), (AdministratorFactory(), False)):
            client.force_login(user)
            client.post(address, self.form(here))
            here.refresh_from_db()
            assert here.two_person_payments == kept

    def test_an_administrator_gives_and_takes_desks(self, client: Client, here: Territory) -> None:
        client.force_login(AdministratorFactory())
        person = UserFactory(is_staff=True)
        address = url("territory", "change", here.pk)
        client.post(address, self.form(here) | {"memberships-TOTAL_FORMS": 1, "memberships-0-user": person.pk})
        membership = here.memberships.get(user=person)
        client.post(
            address,
            self.form(here)
            | {
                "memberships-TOTAL_FORMS": 1,
                "memberships-INITIAL_FORMS": 1,
                "memberships-0-id": membership.pk,
                "memberships-0-territory": here.pk,
                "memberships-0-user": person.pk,
                "memberships-0-DELETE": "on",
            },
        )
        assert not here.memberships.exists()


class TestStructure:
    def test_a_structure_is_made_with_its_team_and_its_identifier_comes_from_its_name(
        self, desk: Client, here: Territory
    ) -> None:
        kind, commune = StructureKindFactory(territory=here), CommuneFactory(territory=here)
        response = desk.post(
            url("structure", "add"),
            {
                "territory": here.pk, "name": "L'Écluse", "kinds": [kind.pk], "commune": commune.pk, "is_active": "on",
                "closures-TOTAL_FORMS": 0, "closures-INITIAL_FORMS": 0,
                "professionals-TOTAL_FORMS": 1, "professionals-INITIAL_FORMS": 0,
                "professionals-0-last_name": "Marin", "professionals-0-first_name": "Lou",
            },
        )  # fmt: skip
        assert response.status_code == 302
        structure = Structure.objects.get()
        assert (structure.slug, structure.territory) == ("lecluse", here)
        assert str(structure.professionals.get()) == "Lou Marin"
        assert structure.history.first().history_user is not None

    def test_a_web_address_without_its_scheme_is_completed(self, desk: Client, here: Territory) -> None:
        structure = furnish(here, "ici")
        desk.post(url("structure", "change", structure.pk), structure_form(structure, website="exemple.test"))
        structure.refresh_from_db()
        assert structure.website == "https://exemple.test"

    def test_the_only_territory_is_chosen_beforehand(self, desk: Client, here: Territory) -> None:
        form = desk.get(url("structure", "add")).context["adminform"].form
        assert form["territory"].value() == here.pk

    @pytest.mark.parametrize("search", ["ecluse", "L'ÉCLUSE", "sous lens", "ecluse annay-sous-lens"])
    def test_search_ignores_accents_and_knows_the_communes_other_names(
        self, desk: Client, here: Territory, search: str
    ) -> None:
        commune = CommuneFactory(territory=here, name="Annay", other_names="Annay-sous-Lens")
        structure = StructureFactory(commune=commune, name="L'Écluse")
        StructureFactory(commune__territory=here, name="Le Phare")
        found = desk.get(url("structure"), {"q": search}).context["cl"].result_list
        assert list(found) == [structure]

    def test_filters_by_team_and_duplicates(self, desk: Client, here: Territory) -> None:
        full, single, empty = (StructureFactory(commune__territory=here) for _number in range(3))
        ProfessionalFactory.create_batch(2, structure=full)
        ProfessionalFactory(structure=single)
        twin = StructureFactory(commune=empty.commune, name=empty.name.upper())

        def found(**query: str) -> set[Structure]:
            return set(desk.get(url("structure"), query).context["cl"].result_list)

        assert found(equipe="oui") == {full}
        assert found(equipe="seule") == {single}
        assert found(equipe="aucune") == {empty, twin}
        assert found(doublons="oui") == {empty, twin}

    def test_the_history_tells_who_changed_what_and_restores_nothing(self, desk: Client, here: Territory) -> None:
        structure = furnish(here, "ici")
        desk.post(url("structure", "change", structure.pk), structure_form(structure, phone="03 11 11 11 11"))
        page = desk.get(url("structure", "history", structure.pk)).content.decode()
        assert "03 11 11 11 11" in page
        version = structure.history.last().pk
        restore = f"/coordination/structures/structure/{structure.pk}/history/{version}/"
        assert desk.get(restore).status_code == 404
        assert desk.post(restore, structure_form(structure, name="ancien")).status_code == 404


class TestMerge:
    def choose(self, desk: Client, *structures: Structure) -> Any:
        return desk.post(
            url("structure"),
            {"action": "merge_selected", "_selected_action": [structure.pk for structure in structures]},
            follow=True,
        )

    def test_compare_choose_confirm(self, desk: Client, here: Territory) -> None:
        first = StructureFactory(commune__territory=here, phone="03 11 11 11 11")
        second = StructureFactory(commune=first.commune, email="deux@exemple.test")
        ProfessionalFactory(structure=second)
        page = self.choose(desk, first, second)
        content = page.content.decode()
        assert "03 11 11 11 11" in content
        assert "ne s'annule pas" in content
        form = {"structures": f"{first.uuid},{second.uuid}", "keep": first.pk}
        assert "Cochez la case" in desk.post(url("structure", "merge"), form).content.decode()
        assert Structure.objects.count() == 2
        done = desk.post(url("structure", "merge"), form | {"understood": "on"}, follow=True)
        assert "Fusion faite" in done.content.decode()
        kept = Structure.objects.get()
        assert (kept, kept.email, kept.professionals.count()) == (first, "deux@exemple.test", 1)

    def test_one_alone_or_a_neighbours_is_refused(self, desk: Client, here: Territory) -> None:
        mine, foreign = StructureFactory(commune__territory=here), StructureFactory()
        assert "au moins deux" in self.choose(desk, mine).content.decode()
        response = desk.post(
            url("structure", "merge"),
            {"structures": f"{mine.uuid},{foreign.uuid}", "keep": mine.pk, "understood": "on"},
        )
        assert response.status_code == 302
        assert Structure.objects.count() == 2
        assert desk.get(url("structure", "merge"), {"structures": "abc"}).status_code == 302


@pytest.mark.parametrize("model", MODELS)
def test_a_list_costs_the_same_at_3_and_at_30_rows(
    desk: Client, here: Territory, assert_num_queries_constant: Callable[..., int], model: str
) -> None:
    if model == "territory":
        desk.force_login(AdministratorFactory())

    def grow(count: int) -> None:
        for number in range(count):
            territory = TerritoryFactory() if model == "territory" else here
            furnish(territory, f"{Structure.objects.count()}-{number}")

    grow(3)
    assert_num_queries_constant(lambda: desk.get(url(model)), lambda: grow(27), at_most=16)


def test_no_page_of_the_desk_has_an_inline_script_or_style(desk: Client, here: Territory) -> None:
    structure = furnish(here, "ici")
    twin = StructureFactory(commune=structure.commune)
    pages = [url(model) for model in MODELS] + [
        url("structure", "add"),
        url("structure", "change", structure.pk),
        url("structure", "history", structure.pk),
        url("structure", "import"),
        url("structure", "export"),
        url("structure", "merge") + f"?structures={structure.uuid},{twin.uuid}",
        url("structure", "delete", structure.pk),
        url("professional", "import"),
        url("territory", "change", here.pk),
    ]
    for page in pages:
        response = desk.get(page)
        assert response.status_code == 200, page
        content = response.content.decode()
        for forbidden in (" style=", "<style", "onclick=", "onchange=", "javascript:"):
            assert forbidden not in content, (page, forbidden)
        for script in content.split("<script")[1:]:
            opening = script.split(">")[0]
            assert "src=" in opening or "application/json" in opening, (page, opening)


def test_the_desk_asks_for_what_is_missing_in_ones_own_territory(desk: Client, here: Territory) -> None:
    def asked() -> list[tuple[str, int]]:
        items = desk.get(reverse("admin:index")).context["desk_items"]
        return [(str(item.label), item.count) for item in items if "/structures/" in item.url]

    neighbour = StructureFactory()
    StructureFactory(commune=neighbour.commune, name=neighbour.name)
    assert asked() == [("Coordonnées du service à compléter", 1)]
    Territory.objects.filter(pk=here.pk).update(contact_phone="03 11 11 11 11")
    assert asked() == []
    mine = StructureFactory(commune__territory=here)
    StructureFactory(commune=mine.commune, name=mine.name.upper())
    assert asked() == [("Structures peut-être en double", 2)]


def test_deleting_a_person_at_the_desk_leaves_no_trace_of_their_name(desk: Client, here: Territory) -> None:
    person = ProfessionalFactory(structure__commune__territory=here)
    desk.post(url("professional", "delete", person.pk), {"post": "yes"})
    assert not Professional.objects.exists()
    assert not Professional.history.exists()
