"""The desk speaks French: the access matrix looks for English in every page it opens (tests/access/reading.py)."""

from __future__ import annotations

import pytest
from django.contrib.admin.templatetags.admin_list import _boolean_icon  # type: ignore[attr-defined]
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from structures.models import StructureKind
from tests.access.reading import english_in
from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory, TerritoryFactory


@pytest.mark.django_db
def test_a_row_is_called_by_its_name_and_what_was_done_is_said_plainly(client: Client) -> None:
    territory = TerritoryFactory()
    client.force_login(CoordinatorFactory(territory=territory))
    base = "admin:structures_structurekind"
    sent = {"territory": territory.pk, "slug": "kiosque", "label": "kiosque", "plural": "kiosques", "order": 0}
    added = client.post(reverse(f"{base}_add"), sent, follow=True)
    assert "C'est ajouté : kiosque." in strip_tags(added.content.decode()).replace("&#x27;", "'")
    kind = StructureKind.objects.get(slug="kiosque")
    page = client.get(reverse(f"{base}_change", args=[kind])).content.decode()
    assert "<h1>kiosque</h1>" in page
    assert "Modification de" not in page
    gone = client.get(reverse(f"{base}_delete", args=[kind])).content.decode()
    assert "<h1>Supprimer : kiosque</h1>" in gone
    place = StructureFactory(territory=territory, commune__territory=territory)
    going = client.get(reverse("admin:structures_structure_delete", args=[place])).content.decode()
    assert place.name in strip_tags(going)
    assert ("object (" in going, "structure-structurekind" in going, "l’objet" in going) == (
        False, False, False)  # fmt: skip
    place.delete()
    told = client.post(reverse(f"{base}_delete", args=[kind]), {"post": "yes"}, follow=True).content.decode()
    assert "est supprimé : kiosque." in told
    commune = CommuneFactory(territory=territory)
    assert (
        f"Historique : {commune}"
        in client.get(reverse("admin:structures_commune_history", args=[commune])).content.decode()
    )


def test_yes_and_no_are_words() -> None:
    assert [_boolean_icon(value) for value in (True, False, None)] == ["oui", "non", "inconnu"]


def test_the_reader_of_pages_finds_english() -> None:
    page = '<html lang="fr"><p>Bonjour</p><th>Created at</th><img alt="True"><p lang="en">Please</p><b>Successfully</b>'
    assert english_in(page + "</html>") == ["Created at", "Successfully", "True"]
    assert english_in(page.replace('"fr"', '"en"')) == []
