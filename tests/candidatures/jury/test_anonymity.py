"""What tells who an applicant is: found in any dress, masked, and nothing else with it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidatures.methods.anonymity import Clue, Finding, Identity, findings, mask

DATA: dict[str, Any] = {
    "identity": {
        "first_name": "Zélie",
        "last_name": "Brumeval-Okoye",
        "artist_name": "Les Enfants du Nébul",
        "organisation": "Compagnie Nœud coulant",
        "members": [{"name": "Tancrède Vaucluse", "role": "son"}, {"name": "Li Mo", "role": "image"}],
        "email": "atelier.zb@courrier.example",
        "phone": "06 12 34 56 78",
        "address": "12 bis rue des Coquelourdes",
        "postal_code": "59190",
        "city": "Hazebrouck",
    },
    "practice": {"website": "https://www.brumeval.example/zelie"},
}
WHO = Identity.of(DATA, shared_places=["Lens", "Loos-en-Gohelle"])


def living_in(city: str) -> Identity:
    identity = DATA["identity"] | {"city": city}
    return Identity.of(DATA | {"identity": identity}, shared_places=["Lens", "Loos-en-Gohelle"])


@pytest.mark.parametrize(
    "text",
    [
        "Zélie Brumeval-Okoye",
        "ZELIE BRUMEVAL OKOYE",
        "brumeval okoye, zélie",
        "Okoye",
        "zelie",
        "Bru\u00admeval",
        "Ze\u0301lie",
        "Zélie\nBrumeval",
        "Les enfants du nebul",
        "Nébul",
        "compagnie noeud coulant",
        "Coulant",
        "Tancrède Vaucluse",
        "VAUCLUSE",
        "Li Mo",
        "Mo Li",
        "atelier.zb@courrier.example",
        "atelier.zb",
        "quelquun@ailleurs.org",
        "zelie [at] ailleurs.org",
        "06 12 34 56 78",
        "0612345678",
        "06.12.34.56.78",
        "03 21 00 00 01",
        "+33 6 12 34 56 78",
        "+32 470 12 34 56",
        "brumeval.example/zelie",
        "https://www.brumeval.example/zelie/travaux",
        "www.autre.example",
        "https://autre.example/a?b=1",
        "vimeo.com/123",
        "@zelie_b",
        "rue des Coquelourdes",
        "59190",
        "59190 HAZEBROUCK",
        "Hazebrouck",
    ],
)
def test_it_is_found_and_masked_alone_or_in_a_sentence(text: str) -> None:
    assert mask(text, WHO) == "[masqué]"
    assert mask(f"Avec : {text} ; et vous.", WHO) == "Avec : [masqué] ; et vous."
    assert mask(f"({text}).", WHO) == "([masqué])."


@pytest.mark.parametrize(
    "text",
    [
        "Nous travaillons avec des enfants, du matin au soir.",
        "Un nœud se défait, l'encre coulant sur la toile : une compagnie d'oiseaux.",
        "Nébuleuse et zélies de brumevaliennes.",
        "Le budget est de 12 000,00 €, en 2024 2025 2026, pour 1 320 km.",
        "Il lit, il mord.",
        "Lens et Loos-en-Gohelle, deux villes du bassin.",
        "De 9 h à 12 h, le 05/10/2026, du 1er au 19 février.",
        "etc.Puis, fin.Début",
        "",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert mask(text, WHO) == text


def test_a_place_that_the_call_is_about_may_be_said_by_who_lives_there() -> None:
    assert mask("Je connais Lens.", living_in("LENS")) == "Je connais Lens."
    assert mask("Je connais Loos en Gohelle.", living_in("Loos-en-Gohelle")) == "Je connais Loos en Gohelle."
    assert mask("59190 Lens", living_in("Lens")) == "[masqué]"


def test_neighbours_become_one_mask_and_the_sentence_stays_whole() -> None:
    text = "Je m'appelle Zélie, Tancrède et moi (atelier.zb@courrier.example) vivons à Hazebrouck, 59190."
    assert mask(text, WHO) == "Je m'appelle [masqué] et moi ([masqué]) vivons à [masqué]."


def test_nothing_is_masked_of_nobody() -> None:
    blank = {name: [] if name == "members" else "" for name in DATA["identity"]}
    nobody = Identity.of({"identity": blank, "practice": {"website": ""}})
    assert mask("Zélie dessine à Hazebrouck.", nobody) == "Zélie dessine à Hazebrouck."


def test_a_name_of_one_word_is_masked_and_short_ones_only_together() -> None:
    who = {name: [] if name == "members" else "" for name in DATA["identity"]}
    alone = Identity.of({"identity": who | {"artist_name": "Élan"}, "practice": {"website": ""}})
    assert mask("ELAN joue.", alone) == "[masqué] joue."
    short = Identity.of({"identity": who | {"first_name": "Li", "last_name": "Mo"}, "practice": {"website": ""}})
    assert mask("Li Mo : li et mo.", short) == "[masqué] : li et mo."


def test_findings_say_the_page_and_each_kind_once() -> None:
    pages = ["Rien.", "Zélie, Zélie, 06 12 34 56 78", "", "site : brumeval.example/zelie"]
    assert findings(pages, WHO) == [
        Finding(2, Clue.NAME),
        Finding(2, Clue.PHONE),
        Finding(4, Clue.NAME),
        Finding(4, Clue.WEBSITE),
    ]


@given(
    st.text(max_size=60),
    st.sampled_from(["Zélie", "OKOYE", "Tancrède Vaucluse", "06 12 34 56 78"]),
    st.text(max_size=60),
)
def test_whatever_is_around_a_name_between_spaces_it_goes(before: str, name: str, after: str) -> None:
    said = mask(f"{before} {name} {after}", WHO)
    assert name not in said
    # Masking again finds nothing more.
    assert mask(said, WHO) == said
