"""The coordination's pages on conflicts of interest."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from candidatures.models import Application, Recusal
from tests.candidatures.desk import text_of
from tests.factories.jury import JurorFactory, JuryFactory, RecusalFactory, ReviewFactory, eligible, read_by
from tests.ui.html import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def jury(territory):
    return JuryFactory(territory=territory)


@pytest.fixture
def juror(jury):
    return JurorFactory(
        jury=jury, user__email="ana@fabrique.org", user__first_name="Ana", user__last_name="Terril", city="Arras"
    )


@pytest.fixture
def dossiers(jury):
    """The first one's owner has the member's domain; the second lives in their town."""
    rows = eligible(jury.call, 3)
    rows[0].owner.email = "zoe@fabrique.org"
    rows[0].owner.save()
    return rows


def at(name: str, jury, *more) -> str:
    return reverse(f"admin:candidatures_jury_{name}", args=[jury.uuid, *(row.uuid for row in more)])


def faults(response) -> list[str]:
    """What a validator would say of the page, but for the drawing of Django's own theme button."""
    return [fault for fault in read(response.content.decode()).faults if fault != "<use/> closes itself"]


def plain(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(response)))


def test_the_page_shows_what_is_declared_noticed_and_set_aside(desk, jury, juror, dossiers):
    other = JurorFactory(jury=jury, user__email="leo@gmail.com", user__first_name="Léo", user__last_name="Galibot")
    RecusalFactory(juror=other, application=dossiers[2], words="Nous avons travaillé ensemble.")
    row = RecusalFactory(juror=other, application=dossiers[1])
    row.standing, row.set_aside_at, row.set_aside_words = False, row.declared_at, "Simple homonymie."
    row.save()
    page = desk.get(at("conflicts", jury))
    text = plain(page)
    assert "1 déport en vigueur" in text
    assert "Nous avons travaillé ensemble." in text
    assert "Même domaine de courriel : fabrique.org." in text
    assert "1 indice faible" in text
    assert "Même ville : Arras." in text
    assert "Simple homonymie." in text
    [strong] = page.context["found"].strong
    assert (strong.juror, strong.application) == (juror, dossiers[0])
    [weak] = page.context["found"].weak
    assert (weak.juror, weak.application) == (juror, dossiers[1])


def test_what_too_many_dossiers_share_is_left_out_and_told(desk, jury, juror):
    eligible(jury.call, 20)
    text = plain(desk.get(at("conflicts", jury)))
    assert "Laissé de côté" in text
    assert "exemple.test" in text


def test_a_hint_leads_to_a_recusal(desk, jury, juror, dossiers):
    read_by(juror, dossiers[0])
    page = desk.get(at("conflicts_pair", jury, juror, dossiers[0]))
    assert "Même domaine de courriel : fabrique.org." in text_of(page)
    answer = desk.post(
        at("conflicts_recuse", jury, juror, dossiers[0]), {"reason": "work", "words": "Même compagnie."}, follow=True
    )
    assert "Déport prononcé" in text_of(answer)
    row = Recusal.objects.get()
    assert (row.standing, row.reason, row.origin, row.words) == (True, "work", "coordination", "Même compagnie.")
    assert not Application.objects.readable_by(juror).exists()
    assert answer.context["found"].strong == []


def test_a_hint_is_set_aside_with_words_and_does_not_come_back(desk, jury, juror, dossiers):
    url = at("conflicts_set_aside", jury, juror, dossiers[0])
    refused = desk.post(url, {"words": " "})
    assert refused.context["set_aside_form"].errors
    assert not Recusal.objects.exists()
    answer = desk.post(url, {"words": "Un incubateur, trois cents adresses."}, follow=True)
    assert answer.context["found"].strong == []
    row = Recusal.objects.get()
    assert (row.standing, row.set_aside_words) == (False, "Un incubateur, trois cents adresses.")
    assert row.words == "Même domaine de courriel : fabrique.org."
    assert "trois cents adresses" in text_of(answer)


def test_a_recusal_is_lifted(desk, jury, juror, dossiers):
    ReviewFactory(juror=juror, application=dossiers[2], notes=[3, 3])
    RecusalFactory(juror=juror, application=dossiers[2])
    page = desk.get(at("conflicts_pair", jury, juror, dossiers[2]))
    assert "Lever le déport" in text_of(page)
    assert "/prononcer/" not in text_of(page)
    desk.post(at("conflicts_set_aside", jury, juror, dossiers[2]), {"words": "Erreur de dossier."})
    assert Recusal.objects.get().standing is False
    assert Application.objects.readable_by(juror).filter(pk=dossiers[2].pk).exists()


def test_another_reason_without_words_comes_back_to_its_field(desk, jury, juror, dossiers):
    answer = desk.post(at("conflicts_recuse", jury, juror, dossiers[0]), {"reason": "other", "words": ""})
    assert answer.context["recusal_form"].errors["words"] == ["Précisez cet autre motif en quelques mots."]
    assert not Recusal.objects.exists()


def test_any_pair_may_be_examined(desk, jury, juror, dossiers):
    answer = desk.post(at("conflicts", jury), {"juror": juror.uuid, "dossier": dossiers[2].uuid})
    assert answer.url == at("conflicts_pair", jury, juror, dossiers[2])
    page = desk.get(answer.url)
    assert "Rien." in text_of(page)
    incomplete = desk.post(at("conflicts", jury), {"juror": juror.uuid})
    assert incomplete.context["form"].errors["dossier"]


def test_once_decided_the_page_says_that_nothing_changes(desk, jury, juror):
    [dossier] = eligible(jury.call, 1, state="declined")
    answer = desk.post(at("conflicts_recuse", jury, juror, dossier), {"reason": "work"})
    assert "les déports ne changent plus" in text_of(answer)
    assert not Recusal.objects.exists()


def test_a_pair_of_another_jury_does_not_exist(desk, jury, juror, dossiers):
    other = JuryFactory(territory=jury.territory)
    foreign = JurorFactory(jury=other)
    [elsewhere] = eligible(other.call, 1)
    [draft] = eligible(jury.call, 1, state="submitted")
    for name in ("conflicts_pair", "conflicts_recuse", "conflicts_set_aside"):
        for pair in ((foreign, dossiers[0]), (juror, elsewhere), (juror, draft)):
            assert desk.post(at(name, jury, *pair), {"reason": "work", "words": "Non."}).status_code == 404
    assert not Recusal.objects.exists()


def test_both_pages_are_valid_html(desk, jury, juror, dossiers):
    RecusalFactory(juror=juror, application=dossiers[2])
    for page in (
        desk.get(at("conflicts", jury)),
        desk.get(at("conflicts_pair", jury, juror, dossiers[0])),
        desk.get(at("conflicts_pair", jury, juror, dossiers[2])),
        desk.post(at("conflicts_recuse", jury, juror, dossiers[0]), {}),
        desk.post(at("conflicts_set_aside", jury, juror, dossiers[0]), {}),
    ):
        assert page.status_code == 200
        assert faults(page) == []


def test_the_page_costs_the_same_whatever_its_length(desk, jury, juror, dossiers, assert_num_queries_constant):
    def grow() -> None:
        rows = eligible(jury.call, 27)
        jurors = [JurorFactory(jury=jury, city="Lille") for _ in range(3)]
        for one in jurors:
            RecusalFactory(juror=one, application=rows[0])
        row = RecusalFactory(juror=jurors[0], application=rows[1])
        row.standing, row.set_aside_at = False, row.declared_at
        row.save()

    RecusalFactory(juror=juror, application=dossiers[2])
    assert_num_queries_constant(lambda: desk.get(at("conflicts", jury)), grow, at_most=16)
