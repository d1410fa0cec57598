"""The territory's public pages, as a visitor without an account reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from structures.models import FormerStructure, Structure, Territory
from tests.factories.structures import (
    CommuneFactory,
    InstitutionFactory,
    PriorityDistrictFactory,
    ProfessionalFactory,
    SchoolDistrictFactory,
    StructureFactory,
    TerritoryFactory,
    real_territory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def lens() -> Territory:
    return real_territory()


def text_of(client: Client, url: str, data: dict[str, str] | None = None) -> str:
    response = client.get(url, data or {})
    assert response.status_code == 200
    return str(response.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


def names(client: Client, **query: str) -> list[str]:
    response = client.get("/territoire/structures/", query)
    assert response.status_code == 200
    return [structure.name for structure in response.context["directory"].page]


def grow(territory: Territory, count: int) -> None:
    """``count`` communes, each with its districts, a venue of two kinds, a category and a partner."""
    for _number in range(count):
        district = SchoolDistrictFactory(territory=territory)
        commune = CommuneFactory(territory=territory, school_district=district)
        PriorityDistrictFactory(territory=territory, communes=[commune])
        StructureFactory(commune=commune, kinds=["library", "culture_center"])
        StructureFactory(territory=territory, commune=None, is_category=True)
        InstitutionFactory(territory=territory)


class TestTerritory:
    def test_figures_are_counted_from_the_data(self, client: Client, lens: Territory) -> None:
        page = text_of(client, "/territoire/")
        assert "242 013" in page
        assert "10 circonscriptions du premier degré" in page
        assert "15 intitulés, dans 19 communes." in page
        assert "<strong>27</strong> bibliothèques et médiathèques" in page
        assert "<strong>11</strong> centres culturels" in page

    def test_every_commune_is_on_the_map_and_in_the_table(self, client: Client, lens: Territory) -> None:
        page = text_of(client, "/territoire/")
        drawing, table = page.split("</svg>", 3)[-2], page.split("<tbody>")[1]
        for commune in lens.communes.all():
            assert f'href="/territoire/lens-lievin/communes/{commune.slug}/"' in page.split('class="carto"')[1]
            assert f'href="/territoire/lens-lievin/communes/{commune.slug}/"' in table
        assert drawing
        assert "Annay-sous-Lens" in table
        assert "Carenny" not in page

    def test_the_table_sorts_by_links(self, client: Client, lens: Territory) -> None:
        expected = {
            "": "Ablain-Saint-Nazaire",
            "tri=nom&sens=desc": "Wingles",
            "tri=population&sens=desc": "Lens",
            "tri=population&sens=asc": "Bénifontaine",
            "tri=structures&sens=desc": "Lens",
            "tri=circonscription": "Vimy",
            "tri=inconnu": "Ablain-Saint-Nazaire",
        }
        first = {query: client.get(f"/territoire/?{query}").context["communes"][0].name for query in expected}
        assert first == expected

    def test_a_closed_structure_is_not_counted(self, client: Client) -> None:
        structure = StructureFactory()
        StructureFactory(commune=structure.commune, is_active=False)
        context = client.get(structure.territory.get_absolute_url()).context
        assert context["territory"].venue_count == 1
        assert context["communes"][0].venue_count == 1

    def test_a_territory_without_communes_says_so(self, client: Client) -> None:
        TerritoryFactory()
        assert "Aucune commune pour le moment" in text_of(client, "/territoire/")

    def test_an_installation_without_territory_says_so(self, client: Client) -> None:
        assert "Aucun territoire pour le moment" in text_of(client, "/territoire/")
        assert client.get("/territoire/structures/").status_code == 302

    def test_communes_without_coordinates_or_population_are_still_listed(self, client: Client) -> None:
        commune = CommuneFactory(latitude=None, longitude=None, population=None, population_year=None)
        page = text_of(client, "/territoire/")
        assert commune.name in page
        assert "la carte viendra avec elles" in page
        assert "inconnue" in page
        assert "inconnue" in text_of(client, commune.get_absolute_url())


class TestSeveralTerritories:
    def test_one_chooses_and_each_keeps_to_its_own(self, client: Client, lens: Territory) -> None:
        other = StructureFactory(name="Le Phare", commune__name="Rivage", commune__slug="lens")
        chooser = text_of(client, "/territoire/")
        assert lens.get_absolute_url() in chooser
        assert other.territory.get_absolute_url() in chooser
        assert client.get("/territoire/structures/").status_code == 302
        assert "Le Phare" not in text_of(client, "/territoire/lens-lievin/structures/?texte=phare")
        assert "Le Phare" in text_of(client, f"/territoire/{other.territory.slug}/structures/")
        assert "Rivage" in text_of(client, f"/territoire/{other.territory.slug}/communes/lens/")
        assert client.get(f"/territoire/lens-lievin/structures/{other.slug}/").status_code == 404
        assert client.get("/territoire/communes/lens/").status_code == 404  # two of them: one must say which

    def test_short_addresses_lead_to_the_full_ones(self, client: Client, lens: Territory) -> None:
        assert client.get("/territoire/communes/lens/")["Location"] == "/territoire/lens-lievin/communes/lens/"
        short = client.get("/territoire/structures/louvre-lens/")
        assert short["Location"] == "/territoire/lens-lievin/structures/louvre-lens/"
        assert client.get("/territoire/ailleurs/").status_code == 404


class TestCommune:
    def test_it_tells_its_names_figures_and_structures(self, client: Client, lens: Territory) -> None:
        page = text_of(client, "/territoire/lens-lievin/communes/annay/")
        assert "On dit aussi Annay-sous-Lens." in page
        assert "4 571 habitants" in page
        assert "population municipale 2023" in page
        assert "Vendin-le-Vieil" in page
        assert "Bibliothèque d&#x27;Annay" in page

    def test_it_stands_out_alone_on_the_map(self, client: Client, lens: Territory) -> None:
        page = text_of(client, "/territoire/lens-lievin/communes/avion/")
        drawing = page.split('class="carto"')[1].split("</svg>")[0]
        assert drawing.count("carto__place--strong") == 1
        strong = drawing.split("carto__place--strong")[1].split("</a>")[0]
        assert "/communes/avion/" in strong

    def test_it_names_the_nearest_communes(self, client: Client, lens: Territory) -> None:
        around = client.get("/territoire/lens-lievin/communes/avion/").context["page"].around
        assert [commune.name for commune in around][:2] == ["Éleu-dit-Leauwette", "Sallaumines"]

    def test_unnamed_establishments_are_told_apart(self, client: Client, lens: Territory) -> None:
        context = client.get("/territoire/lens-lievin/communes/vimy/").context
        assert [structure.name for structure in context["page"].venues] == ["Médiathèque André Malraux"]
        assert [structure.name for structure in context["page"].categories] == ["École privée (Vimy)"]

    def test_a_large_commune_shows_its_first_structures_and_leads_to_the_others(self, client: Client) -> None:
        commune = StructureFactory(name="Aaa", kinds=["library", "culture_center"]).commune
        for number in range(24):
            StructureFactory(commune=commune, name=f"Lieu {number:02}")
        StructureFactory(commune=commune, name="Zzz", is_category=True)
        page = client.get(commune.get_absolute_url()).context["page"]
        assert [line.name for line in page.venues] == ["Aaa", *(f"Lieu {number:02}" for number in range(23))]
        assert len(page.venues[0].shown_kinds) == 2
        assert [line.name for line in page.categories] == ["Zzz"]
        directory = reverse("territory:directory", args=[commune.territory.slug])
        assert f'href="{directory}?commune={commune.slug}"' in text_of(client, commune.get_absolute_url())

    def test_a_commune_without_structure_says_so(self, client: Client, lens: Territory) -> None:
        assert "Aucune structure recensée ici" in text_of(client, "/territoire/lens-lievin/communes/servins/")


class TestDirectory:
    def test_search_ignores_accents_and_knows_the_communes_other_names(self, client: Client, lens: Territory) -> None:
        assert names(client, texte="MEDIATHEQUE emile") == ["Médiathèque Émile Zola"]
        assert names(client, texte="annay-sous-lens") == ["Bibliothèque d'Annay"]
        assert names(client, texte="coeur de ville") == ["Centre social Cœur de ville"]

    def test_filters_narrow(self, client: Client, lens: Territory) -> None:
        expected = {
            "type=library": 27,
            "type=culture_center": 11,
            "commune=mericourt": 1,
            "type=library&commune=avion": 2,
            "cercle=premier_cercle": 5,
            "type=library&coeur_rural=on": 5,
            "type=culture_center&quartier_prioritaire=on": 11,
            "type=library&quartier_prioritaire=on": 19,
            "texte=zzz": 0,
            "": 58,
        }

        def count(query: str) -> int:
            return int(client.get(f"/territoire/structures/?{query}").context["directory"].page.paginator.count)

        assert {query: count(query) for query in expected} == expected

    def test_a_stale_address_says_what_is_wrong_and_shows_the_list(self, client: Client, lens: Territory) -> None:
        page = text_of(client, "/territoire/structures/", {"commune": "atlantide"})
        assert "choisissez dans la liste." in page

    def test_pages_keep_the_filters(self, client: Client, lens: Territory) -> None:
        page = text_of(client, "/territoire/structures/", {"type": "library"})
        assert "27 structures" in page
        assert "type=library&amp;page=2" in page
        assert len(names(client, type="library", page="2")) == 3
        assert len(names(client, type="library", page="99")) == 3

    def test_categories_and_closed_structures_are_left_out(self, client: Client, lens: Territory) -> None:
        Structure.objects.filter(slug="louvre-lens").update(is_active=False)
        found = [name for page in "123" for name in names(client, page=page)]
        assert "Louvre-Lens" not in found
        assert "Missions locales" not in found

    def test_nothing_found_says_what_to_do(self, client: Client, lens: Territory) -> None:
        assert "Essayez un seul mot" in text_of(client, "/territoire/structures/", {"texte": "introuvable"})


class TestStructure:
    def test_it_shows_the_structure_and_hides_people_and_notes(self, client: Client, lens: Territory) -> None:
        structure = Structure.objects.get(slug="espace-culturel-et-public-la-gare")
        structure.note, structure.email = "code du portail 1234", "lagare@exemple.test"
        structure.save()
        person = ProfessionalFactory(structure=structure, last_name="Invisible", email="invisible@exemple.test")
        page = text_of(client, structure.get_absolute_url())
        assert "?type=culture_center" in page
        assert "?type=library" in page
        assert "lagare@exemple.test" in page
        for hidden in ("code du portail", person.last_name, person.email, person.phone):
            assert hidden not in page

    def test_a_closed_one_is_gone(self, client: Client) -> None:
        structure = StructureFactory(is_active=False)
        assert client.get(structure.get_absolute_url()).status_code == 404

    def test_a_merged_one_leads_to_the_one_kept(self, client: Client) -> None:
        kept = StructureFactory()
        FormerStructure.objects.create(
            territory=kept.territory,
            structure=kept,
            uuid="12345678-1234-4234-8234-123456789012",
            slug="vieux",
            name="V",
        )
        response = client.get(reverse("territory:structure", args=[kept.territory.slug, "vieux"]))
        assert (response.status_code, response["Location"]) == (301, kept.get_absolute_url())


class TestCost:
    @pytest.mark.parametrize("which", ["territory", "directory", "commune", "structure"])
    def test_as_many_queries_at_3_and_at_30_rows(
        self, client: Client, assert_num_queries_constant: Callable[..., int], which: str
    ) -> None:
        territory = TerritoryFactory()
        grow(territory, 3)
        structure = Structure.objects.filter(is_category=False).first()
        assert structure is not None
        assert structure.commune is not None
        urls = {
            "territory": territory.get_absolute_url(),
            "directory": reverse("territory:directory", args=[territory.slug]) + "?type=library&commune=",
            "commune": structure.commune.get_absolute_url(),
            "structure": structure.get_absolute_url(),
        }

        def more() -> None:
            grow(territory, 27)
            for _number in range(3):
                StructureFactory(commune=structure.commune)

        most = {"territory": 5, "directory": 6, "commune": 5, "structure": 5}[which]
        assert_num_queries_constant(lambda: client.get(urls[which]), more, at_most=most)


def test_only_reading_is_allowed(client: Client, lens: Territory) -> None:
    for url in ("/territoire/", "/territoire/structures/", "/territoire/lens-lievin/communes/lens/"):
        assert client.post(url).status_code == 405


def test_every_public_page_is_in_the_sitemap(client: Client, lens: Territory) -> None:
    content: Any = client.get("/sitemap.xml").content.decode()
    assert content.count("/communes/") == 36
    assert "/territoire/lens-lievin/structures/louvre-lens/" in content
    assert "/territoire/lens-lievin/structures/missions-locales/" not in content
