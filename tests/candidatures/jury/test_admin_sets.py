"""Sets on the desk: the wants stay on the page, each set says what it gives up, none is chosen by itself."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db.models import QuerySet
from django.urls import reverse

from candidatures.enums import ApplicationState
from candidatures.methods import sets
from candidatures.models import Axis, ChosenSet, Deposit, MoneyRules, Position
from candidatures.pages.sets import cannot
from candidatures.selectors.pool import pool
from candidatures.services.jury import choosing
from clea.errors import Refused, StaleWrite
from clea.journal.models import Entry
from tests.candidatures.desk import text_of
from tests.factories.candidatures import DisciplineFactory
from tests.factories.jury import JurorFactory, JuryFactory, ReviewFactory, eligible
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db

S = ApplicationState
WANTS = {
    "taille": "2", "parmi": "preselection", "premiers": "10", "score": "moyenne", "notes": "3", "disciplines": "0",
    "axes": "0", "publics": "0", "origines": "0", "enveloppe": "", "ecart": "1",
}  # fmt: skip


@pytest.fixture
def coordinator(territory):
    return CoordinatorFactory(territory=territory)


@pytest.fixture
def jury(territory):
    jury = JuryFactory(territory=territory)
    Position.objects.filter(call=jury.call).update(count=2)
    Axis.objects.filter(call=jury.call).delete()
    for order, title in enumerate(("Paysage", "Mémoire")):
        Axis.objects.create(call=jury.call, title=title, title_en=f"{title} EN", order=order)
    DisciplineFactory(name="danse", name_en="dance")
    return jury


def filed(application, **answers):
    """Change what a light dossier has filed."""
    data = application.last_deposit.data
    for key, value in answers.items():
        room, _sep, name = key.partition("__")
        data[room][name] = value
    QuerySet(Deposit).filter(pk=application.last_deposit_id).update(data=data)


@pytest.fixture
def four(jury):
    """In the order of the ranking: 20, 16, 12, 8. The first two dance; the third costs the least."""
    readers = [JurorFactory(jury=jury), JurorFactory(jury=jury)]
    rows = eligible(jury.call, 4, state=S.SHORTLISTED)
    for note, name, application in zip((5, 4, 3, 2), ("Un", "Deux", "Trois", "Quatre"), rows, strict=True):
        application.artist_name = name
        application.save()
        for reader in readers:
            ReviewFactory(juror=reader, application=application, notes=[note, note])
    filed(rows[0], practice__disciplines=["danse"], budget__total="24000.00", articulation__axes=["Paysage"])
    filed(rows[1], practice__disciplines=["Dance"], budget__total="22000.00", articulation__axes=["Paysage EN"])
    filed(rows[2], practice__disciplines=["théâtre"], budget__total="18000.00", articulation__axes=["Mémoire"],
          articulation__life_stages=["temps scolaire"])  # fmt: skip
    filed(rows[3], practice__disciplines=["cirque"], budget__total="0.00")
    return rows


def at(jury, name="sets"):
    return reverse(f"admin:candidatures_jury_{name}", args=[jury.uuid])


def names(card):
    return [member.application.artist_name for member in card.members]


# The pool ---------------------------------------------------------------------------------------


def test_each_candidate_brings_what_was_filed(jury, four):
    found = pool(jury)
    first, second, third, fourth = found.candidates
    assert [row.score for row in found.candidates] == [Decimal(20), Decimal(16), Decimal(12), Decimal(8)]
    # The English name of a discipline, or of an axis, is the same one.
    assert first.disciplines == second.disciplines != third.disciplines
    assert first.axes == second.axes != third.axes
    assert third.stages == {"school"}
    assert (first.origin, second.origin, third.cost) == ("59", "62", Decimal(18000))
    # Without a budget, the ceiling is counted, and said.
    assert (fourth.cost, found.members[3].assumed) == (Decimal(24000), True)
    assert found.envelope == 48000


def test_the_department_stands_for_the_origin_and_the_country_abroad(jury, four):
    filed(four[0], identity__country="Belgique", identity__postal_code="7000")
    filed(four[1], identity__postal_code="")
    assert [row.origin for row in pool(jury).candidates[:2]] == ["Belgique", ""]


def test_the_first_of_the_ranking_may_stand_for_the_shortlist(jury, four):
    for row, state in zip(four, (S.ELIGIBLE, S.DECLINED, S.ELIGIBLE, S.SHORTLISTED), strict=True):
        row.state = state
        row.save()
    assert [member.application for member in pool(jury, top=2).members] == [four[0], four[2]]
    assert [member.application for member in pool(jury).members] == [four[3]]


def test_one_without_a_reading_is_named_apart(desk, jury, four):
    [unread] = eligible(jury.call, 1, state=S.SHORTLISTED)
    answer = desk.get(at(jury), WANTS)
    assert f"hors de la comparaison : {unread.display_name}" in text_of(answer)
    assert answer.context["choice"].considered == 6


# The page ---------------------------------------------------------------------------------------


def test_the_page_opens_with_the_positions_the_shortlist_and_the_money(desk, jury, four):
    answer = desk.get(at(jury))
    form = answer.context["form"]
    assert form.cleaned_data["taille"] == 2
    assert form.cleaned_data["parmi"] == "preselection"
    assert form.cleaned_data["enveloppe"] == 48000
    assert answer.context["choice"].considered == 6
    text = text_of(answer)
    assert "le comité choisit, la machine jamais" in text
    assert not ChosenSet.objects.exists()


def test_without_a_shortlist_the_first_of_the_ranking_are_proposed(desk, jury, four):
    for row in four:
        row.state = S.ELIGIBLE
        row.save()
    assert desk.get(at(jury)).context["form"].cleaned_data["parmi"] == "premiers"


def test_what_the_committee_wants_stays_on_the_page(desk, jury, four):
    answer = desk.get(at(jury), WANTS | {"disciplines": "4", "garder": four[2].uuid, "ecarter": four[1].uuid})
    form = answer.context["form"]
    assert form["disciplines"].value() == "4"
    assert (answer.context["kept"], answer.context["left_out"]) == ({four[2].pk}, {four[1].pk})
    text = text_of(answer)
    assert f'name="garder" value="{four[2].uuid}" checked' in text
    assert f'name="ecarter" value="{four[1].uuid}" checked' in text
    cards = [row["card"] for row in answer.context["cards"]]
    assert [names(card) for card in cards] == [["Un", "Trois"], ["Trois", "Quatre"]]


def test_a_set_says_what_it_gains_and_what_it_gives_up(desk, jury, four):
    MoneyRules.objects.filter(call=jury.call).update(employer_ceiling=24000)
    answer = desk.get(at(jury), WANTS | {"disciplines": "4", "enveloppe": "45000"})
    plain = answer.context["plain"]
    assert names(plain) == ["Un", "Deux"]
    assert plain.over == 1000
    card = answer.context["cards"][0]["card"]
    assert names(card) == ["Un", "Trois"]
    assert [member.application.artist_name for member in card.entering] == ["Trois"]
    assert [member.application.artist_name for member in card.leaving] == ["Deux"]
    gains, gives = " ; ".join(card.gains), " ; ".join(card.gives)
    for said in (
        "2 disciplines au lieu de 1",
        "plus aucune paire d'artistes d'une même discipline, au lieu de 1",
        "couvre aussi : Mémoire",
        "touche aussi : temps scolaire",
        "coûte 4\xa0000\xa0€ de moins : 42\xa0000\xa0€",
        "tient dans l'enveloppe, que le classement seul dépasse de 1\xa0000\xa0€",
    ):
        assert said in gains
    assert "moyenne plus basse de 2,00 : 16,00 au lieu de 18,00" in gives
    assert "la note la plus basse descend : 12,00 au lieu de 16,00" in gives
    text = text_of(answer)
    assert "entre : Trois (rang 3)" in text
    assert "laisse sa place : Deux (rang 2)" in text
    assert "dépasse l'enveloppe de 1 000 €" in text


def test_when_nothing_fits_the_page_says_which_condition_blocks(desk, jury, four):
    text = text_of(desk.get(at(jury), WANTS | {"publics": "4", "enveloppe": "41000"}))
    assert "Aucun ensemble ne remplit toutes les conditions" in text
    assert "Sans exiger tous les temps de vie couverts : 1 ensemble." in text
    assert "Renoncer seulement à exiger un coût dans l'enveloppe ne suffit pas." in text
    text = text_of(desk.get(at(jury), WANTS | {"publics": "4", "enveloppe": "39000"}))
    assert "Exiger un coût dans l'enveloppe est impossible avec ces dossiers" in text


def test_too_many_and_too_few_are_said_with_a_way_out(desk, jury, four, monkeypatch):
    text = text_of(desk.get(at(jury), WANTS | {"taille": "5"}))
    assert "Il faut au moins 5 dossiers notés" in text
    assert "Il faut au moins 1 dossier noté pour" in cannot(sets.TooFew(0, 1))
    monkeypatch.setattr(sets, "LIMIT", 5)
    text = text_of(desk.get(at(jury), WANTS))
    assert "6 ensembles sont possibles : c'est trop" in text
    assert "parmi 3 dossiers au plus" in text
    assert "Le classement seul" not in text


def test_a_wrong_figure_is_said_beside_its_field(desk, jury, four):
    answer = desk.get(at(jury), WANTS | {"taille": "zéro", "enveloppe": "-5"})
    assert set(answer.context["form"].errors) == {"taille", "enveloppe"}
    assert answer.status_code == 200


def test_the_corrected_scores_may_be_asked_for(desk, jury, four):
    answer = desk.get(at(jury), WANTS | {"score": "corrigee"})
    assert answer.context["form"].corrected
    assert answer.context["choice"].considered == 6


def test_the_page_costs_the_same_at_3_and_at_30(desk, jury, four, assert_num_queries_constant):
    reader = JurorFactory(jury=jury)

    def grow():
        for application in eligible(jury.call, 26, state=S.SHORTLISTED):
            ReviewFactory(juror=reader, application=application, notes=[3, 3])

    shown = []
    assert_num_queries_constant(
        lambda: shown.append(len(desk.get(at(jury), WANTS).context["pool"].members)), grow, at_most=18
    )
    assert shown[-1] == 30


# Retained ---------------------------------------------------------------------------------------


def retain(desk, jury, *rows, **data):
    query = "&".join([*(f"{key}={value}" for key, value in WANTS.items()), *(f"dossier={row.uuid}" for row in rows)])
    url = f"{at(jury, 'retain')}?{query}"
    return desk.get(url), lambda **more: desk.post(url, data | more, follow=True)


def test_the_committee_retains_a_set_with_its_reason(desk, jury, four):
    asked, confirm = retain(desk, jury, four[0], four[2], note="Deux écritures qui se répondent.")
    assert "c'est la séance qui décide" in text_of(asked)
    assert "laisse sa place : Deux (rang 2)" in text_of(asked)
    assert not ChosenSet.objects.exists()
    text = text_of(confirm())
    made = ChosenSet.objects.get()
    assert set(made.applications.all()) == {four[0], four[2]}
    assert made.standing
    assert made.note == "Deux écritures qui se répondent."
    assert made.wants["size"] == 2
    assert made.wants["cares"]["scores"] == 3
    assert "Ensemble retenu par le comité" in text
    assert "Deux écritures qui se répondent." in text
    entry = Entry.objects.get(verb="jury.set_retained")
    assert entry.data == {
        "set": str(made.uuid),
        "applications": sorted([str(four[0].uuid), str(four[2].uuid)]),
        "instead_of": "",
    }
    for row in four:
        row.refresh_from_db()
    assert {row.state for row in four} == {S.SHORTLISTED}


def test_without_a_reason_nothing_is_retained(desk, jury, four, coordinator):
    _asked, confirm = retain(desk, jury, four[0], four[2], note="  ")
    assert "note" in confirm().context["form"].errors
    with pytest.raises(Refused) as refused:
        choosing.retain_set(by=coordinator, jury=jury, applications=four[:2], wants={}, note=" ")
    assert refused.value.field == "note"
    assert not ChosenSet.objects.exists()


def test_another_set_takes_the_place_of_the_first(desk, jury, four):
    retain(desk, jury, four[0], four[2], note="D'abord.")[1]()
    first = ChosenSet.objects.get()
    asked, confirm = retain(desk, jury, four[0], four[1], note="Puis.")
    assert "Il remplace l'ensemble retenu" in text_of(asked)
    confirm(seen=str(first.uuid))
    assert list(ChosenSet.objects.order_by("made_at").values_list("note", "standing")) == [
        ("D'abord.", False),
        ("Puis.", True),
    ]
    assert Entry.objects.filter(verb="jury.set_retained").first().data["instead_of"] == str(first.uuid)


def test_a_set_that_came_meanwhile_is_shown_before_it_is_replaced(desk, jury, four):
    _asked, confirm = retain(desk, jury, four[0], four[2], note="Le mien.")
    retain(desk, jury, four[0], four[1], note="D'un collègue.")[1]()
    answer = confirm(seen="")
    assert "L'ensemble retenu a changé" in text_of(answer)
    assert re.search(r"<textarea[^>]*>\s*Le mien\.</textarea>", answer.content.decode())
    assert [row.note for row in ChosenSet.objects.filter(standing=True)] == ["D'un collègue."]
    # What was typed is still there; confirmed again, knowingly, it is retained.
    confirm(seen=answer.context["form"]["seen"].value())
    assert [row.note for row in ChosenSet.objects.filter(standing=True)] == ["Le mien."]


def test_the_set_retained_is_marked_among_those_shown(desk, jury, four):
    retain(desk, jury, four[0], four[1], note="Le haut du classement.")[1]()
    cards = desk.get(at(jury), WANTS).context["cards"]
    assert [row["retained"] for row in cards] == [True, False, False, False, False, False]


def test_it_may_be_dropped_knowingly(desk, jury, four, coordinator):
    retain(desk, jury, four[0], four[1], note="Oui.")[1]()
    made = ChosenSet.objects.get()
    text = text_of(desk.post(at(jury, "drop_set"), {"seen": "autre"}, follow=True))
    assert "L'ensemble retenu a changé" in text
    assert "Plus aucun ensemble" in text_of(desk.post(at(jury, "drop_set"), {"seen": str(made.uuid)}, follow=True))
    made.refresh_from_db()
    assert not made.standing
    assert Entry.objects.filter(verb="jury.set_dropped").count() == 1
    with pytest.raises(Refused):
        choosing.drop_set(by=coordinator, jury=jury)


def test_a_set_with_a_decided_dossier_is_refused(jury, four, coordinator):
    four[0].state = S.SELECTED
    four[0].save()
    with pytest.raises(Refused) as refused:
        choosing.retain_set(by=coordinator, jury=jury, applications=four[:2], wants={}, note="Trop tard.")
    assert refused.value.code == "decided"
    with pytest.raises(Refused):
        choosing.retain_set(by=coordinator, jury=jury, applications=[], wants={}, note="Personne.")
    with pytest.raises(StaleWrite):
        choosing.retain_set(by=coordinator, jury=jury, applications=four[1:3], wants={}, note="Vu.", seen="autre")


def test_an_address_that_names_nobody_goes_back_to_the_sets(desk, jury, four):
    asked, _confirm = retain(desk, jury)
    assert asked.status_code == 302
    assert asked.headers["Location"].startswith(at(jury))
    [foreign] = eligible(JuryFactory(territory=jury.territory).call, 1, state=S.SHORTLISTED)
    asked, _confirm = retain(desk, jury, four[0], foreign)
    assert asked.status_code == 302
