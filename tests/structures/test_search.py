"""A search box takes whatever is pasted into it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from clea.text import MAX_WORDS, normalise, words
from structures.models import Structure
from tests.factories.structures import CoordinatorFactory, StructureFactory

pytestmark = pytest.mark.django_db

PASTED = " ".join(f"m{n}" for n in range(1500))


def test_a_page_pasted_into_the_search_finds_nothing_and_breaks_nothing(client: Client) -> None:
    structure = StructureFactory(name="Médiathèque")
    assert client.get("/territoire/structures/", {"texte": PASTED}).status_code == 200
    assert list(Structure.objects.matching("médiathèque " * 1500)) == [structure]


@pytest.mark.parametrize("page", ["structures_structure", "mail_outgoingmail", "candidatures_application"])
@pytest.mark.parametrize("typed", [PASTED, "\x00", "a\x00b", "%", "'", "\\", "\u202e"])
def test_no_search_of_the_desk_breaks(client: Client, page: str, typed: str) -> None:
    client.force_login(CoordinatorFactory(territory=StructureFactory().territory))
    assert client.get(reverse(f"admin:{page}_changelist"), {"q": typed}, follow=True).status_code == 200


def test_words_are_told_once_and_not_without_end() -> None:
    assert words("Élan, élan  du Cœur") == ["elan,", "elan", "du", "coeur"]
    assert len(words(PASTED)) == MAX_WORDS
    assert normalise("a\x00b") == "a b"
