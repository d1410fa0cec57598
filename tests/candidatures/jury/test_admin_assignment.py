"""The coordination's pages on who reads what."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from candidatures.enums import AssignmentPurpose
from candidatures.models import Assignment
from clea.mail.models import OutgoingMail
from tests.candidatures.desk import text_of
from tests.factories.jury import (
    AssignmentFactory,
    JurorFactory,
    JuryFactory,
    RecusalFactory,
    ReviewFactory,
    eligible,
    read_by,
)
from tests.factories.structures import InstitutionFactory
from tests.ui.html import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def jury(territory):
    return JuryFactory(territory=territory)


@pytest.fixture
def jurors(jury):
    houses = [InstitutionFactory(territory=jury.territory) for _ in range(2)]
    names = ["Aubin", "Brasse", "Combe", "Doux"]
    return [
        JurorFactory(jury=jury, institution=houses[n % 2], user__first_name="Ana", user__last_name=name)
        for n, name in enumerate(names)
    ]


@pytest.fixture
def dossiers(jury):
    return eligible(jury.call, 4)


def at(name: str, jury, *more) -> str:
    return reverse(f"admin:candidatures_jury_{name}", args=[jury.uuid, *more])


def given(purpose: str | None = None) -> set[tuple[int, int]]:
    rows = Assignment.objects.all() if purpose is None else Assignment.objects.filter(purpose=purpose)
    return set(rows.values_list("juror_id", "application_id"))


def faults(response) -> list[str]:
    """What a validator would say of the page, but for the drawing of Django's own theme button."""
    return [fault for fault in read(response.content.decode()).faults if fault != "<use/> closes itself"]


def plain(response) -> str:
    """The words of the page, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(response)))


def hidden(response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    assert found, name
    return found[1]


# The table ---------------------------------------------------------------------------------------


def test_the_page_says_loads_readers_and_what_is_missing(desk, jury, jurors, dossiers):
    ReviewFactory(juror=jurors[0], application=dossiers[0], notes=[3, 3])
    read_by(jurors[1], dossiers[0])
    AssignmentFactory(juror=jurors[2], application=dossiers[1], purpose=AssignmentPurpose.CONSULT)
    RecusalFactory(juror=jurors[3], application=dossiers[1])
    page = desk.get(at("assignment", jury))
    text = plain(page)
    assert "4 dossiers à l'étude" in text
    assert "6 lectures à attribuer sur 8" in text
    rows = {row["dossier"].pk: row for row in page.context["rows"]}
    assert [r["juror"] for r in rows[dossiers[0].pk]["readers"]] == jurors[:2]
    assert rows[dossiers[0].pk]["lacks"] == 0
    assert rows[dossiers[0].pk]["institutions"] == 2
    assert rows[dossiers[1].pk]["consults"] == [jurors[2]]
    assert rows[dossiers[1].pk]["barred"] == [jurors[3]]
    assert rows[dossiers[1].pk]["lacks"] == 2
    assert "Ana Aubin déposée" in text
    assert "Ne peuvent pas le lire : Ana Doux" in text
    loads = {row["juror"].pk: (row["load"], row["filed"]) for row in page.context["members"]}
    assert loads == {jurors[0].pk: (1, 1), jurors[1].pk: (1, 0), jurors[2].pk: (0, 0), jurors[3].pk: (0, 0)}


def test_the_page_shows_only_what_lacks_readers_or_one_member_s(desk, jury, jurors, dossiers):
    read_by(jurors[0], dossiers[0])
    read_by(jurors[1], dossiers[0])
    short = desk.get(at("assignment", jury), {"manque": "1"})
    assert {row["dossier"].pk for row in short.context["rows"]} == {d.pk for d in dossiers[1:]}
    one = desk.get(at("assignment", jury), {"membre": str(jurors[0].uuid)})
    assert [row["dossier"] for row in one.context["rows"]] == [dossiers[0]]


def test_a_recused_reader_is_not_a_reader(desk, jury, jurors, dossiers):
    ReviewFactory(juror=jurors[0], application=dossiers[0], notes=[3, 3])
    RecusalFactory(juror=jurors[0], application=dossiers[0])
    page = desk.get(at("assignment", jury))
    [row] = [row for row in page.context["rows"] if row["dossier"] == dossiers[0]]
    assert row["readers"] == []
    assert row["lacks"] == 2
    assert [m["load"] for m in page.context["members"] if m["juror"] == jurors[0]] == [0]


def test_without_members_or_dossiers_the_page_says_what_to_do(desk, jury):
    assert "Invitez d'abord des membres" in text_of(desk.get(at("assignment", jury)))
    JurorFactory(jury=jury)
    assert "vérifiez d'abord la recevabilité" in text_of(desk.get(at("assignment", jury)))


def test_once_the_jury_has_decided_nothing_is_left_to_assign(desk, jury, jurors):
    eligible(jury.call, 2, state="declined")
    said = text_of(desk.get(at("assignment", jury)))
    assert "Le jury s'est prononcé sur tous les dossiers" in said
    assert "vérifiez d'abord la recevabilité" not in said


def test_every_page_is_valid_html(desk, jury, jurors, dossiers):
    ReviewFactory(juror=jurors[0], application=dossiers[0], notes=[3, 3])
    RecusalFactory(juror=jurors[1], application=dossiers[0])
    AssignmentFactory(juror=jurors[2], application=dossiers[1], purpose=AssignmentPurpose.CONSULT)
    pages = [
        desk.get(at("assignment", jury)),
        desk.get(at("assignment_plan", jury)),
        desk.get(at("assignment_plan", jury), {"readers": 4, "institutions": 4}),
        desk.get(at("assignment_dossier", jury, dossiers[0].uuid)),
        batch(desk, jury, "read", dossiers, jurors),
        batch(desk, jury, "remove", dossiers, jurors),
        batch(desk, jury, "read", dossiers, []),
    ]
    for page in pages:
        assert page.status_code == 200
        assert faults(page) == []


def test_the_page_costs_the_same_whatever_its_length(desk, jury, jurors, assert_num_queries_constant):
    read_by(jurors[0], *eligible(jury.call, 3))

    def grow() -> None:
        rows = eligible(jury.call, 27)
        for juror in (JurorFactory(jury=jury), JurorFactory(jury=jury)):
            read_by(juror, *rows)
        RecusalFactory(juror=jurors[2], application=rows[0])

    assert_num_queries_constant(lambda: desk.get(at("assignment", jury)), grow, at_most=20)


# Computed ----------------------------------------------------------------------------------------


def test_the_proposal_is_seen_then_applied(desk, jury, jurors, dossiers):
    page = desk.get(at("assignment_plan", jury), {"readers": 2, "institutions": 2})
    text = plain(page)
    assert "8 lectures à attribuer" in text
    assert "charge la plus lourde : 2" in text
    assert "charges égales" in text
    assert "2 lectures par dossier, de 2 institutions différentes au moins." in text
    assert "+ Ana Aubin" in text
    assert not given()
    done = desk.post(
        at("assignment_plan", jury), {"readers": 2, "institutions": 2, "plan": hidden(page, "plan")}, follow=True
    )
    assert "8 attributions enregistrées, 4 membres prévenus." in text_of(done)
    assert len(given(AssignmentPurpose.READ)) == 8
    assert OutgoingMail.objects.filter(kind="jury.assigned").count() == 4


def test_the_proposal_without_figures_is_that_of_the_jury_s_rules(desk, jury, jurors, dossiers):
    assert desk.get(at("assignment_plan", jury)).context["plan"].added == 8


def test_what_changed_meanwhile_brings_a_new_proposal(desk, jury, jurors, dossiers):
    page = desk.get(at("assignment_plan", jury))
    first = page.context["plan"]
    juror = next(line.juror for line in first.members if line.added)
    dossier = next(line.dossier for line in first.dossiers if juror in line.added)
    RecusalFactory(juror=juror, application=dossier)
    again = desk.post(at("assignment_plan", jury), {"readers": 2, "institutions": 2, "plan": hidden(page, "plan")})
    assert "a changé depuis cette proposition" in text_of(again)
    assert not given()
    new = again.context["plan"]
    assert juror not in next(line.added for line in new.dossiers if line.dossier == dossier)
    desk.post(at("assignment_plan", jury), {"readers": 2, "institutions": 2, "plan": hidden(again, "plan")})
    assert len(given()) == 8


def test_an_impossible_demand_is_explained_and_cannot_be_applied(desk, jury, jurors, dossiers):
    page = desk.get(at("assignment_plan", jury), {"readers": 3, "institutions": 3})
    text = plain(page)
    assert "Impossible : il manque 4 lectures sur 12" in text
    # The same for all: told once, the first ones by their number.
    numbers = ", ".join(str(dossier.last_deposit) for dossier in dossiers[:3])
    assert f"4 dossiers ({numbers}…) : 2 institutions possibles sur 3 demandées." in text
    assert "Sans exiger plusieurs institutions : possible." in text
    assert 'name="plan"' not in page.content.decode()


def test_a_wish_that_contradicts_itself_comes_back(desk, jury, jurors, dossiers):
    page = desk.get(at("assignment_plan", jury), {"readers": 2, "institutions": 3})
    assert page.context["plan"] is None
    assert "plus d'institutions que de lectures" in text_of(page)


def test_a_complete_jury_has_nothing_to_add(desk, jury, jurors, dossiers):
    for juror in jurors[:2]:
        read_by(juror, *dossiers)
    page = desk.get(at("assignment_plan", jury))
    assert "Rien à attribuer" in text_of(page)
    assert 'name="plan"' not in page.content.decode()


# In bulk -----------------------------------------------------------------------------------------


def batch(desk, jury, act, dossiers, jurors):
    data = {"act": act, "dossiers": [d.uuid for d in dossiers], "jurors": [j.uuid for j in jurors]}
    return desk.post(at("assignment_batch", jury), data)


def confirm(desk, jury, page):
    return desk.post(at("assignment_batch", jury), {"lot": hidden(page, "lot")}, follow=True)


def test_dossiers_are_given_to_members_once_it_was_told(desk, jury, jurors, dossiers):
    read_by(jurors[0], dossiers[0])
    RecusalFactory(juror=jurors[1], application=dossiers[1])
    page = batch(desk, jury, "read", dossiers[:2], jurors[:2])
    text = plain(page)
    assert "Attribuer 2 lectures" in text
    assert "1 attribution existe déjà et ne change pas." in text
    assert f"{dossiers[1].display_name}, Ana Brasse : déport" in text
    assert len(given()) == 1
    assert "2 attributions enregistrées, 2 membres prévenus." in text_of(confirm(desk, jury, page))
    assert given() == {
        (jurors[0].pk, dossiers[0].pk),
        (jurors[0].pk, dossiers[1].pk),
        (jurors[1].pk, dossiers[0].pk),
    }
    assert set(Assignment.objects.values_list("origin", flat=True)) == {"manual", "bulk"}


def test_a_recusal_between_the_two_pages_stops_the_whole_act(desk, jury, jurors, dossiers):
    page = batch(desk, jury, "read", dossiers[:2], jurors[:2])
    RecusalFactory(juror=jurors[1], application=dossiers[1])
    assert "ne peut pas être attribué à Ana Brasse : déport" in text_of(confirm(desk, jury, page))
    assert not given()


def test_the_whole_jury_consults(desk, jury, jurors, dossiers):
    read_by(jurors[0], dossiers[0])
    page = batch(desk, jury, "everyone", dossiers[:1], [])
    assert "Ouvrir 3 consultations" in plain(page)
    assert "Personne n'est prévenu" in plain(page)
    confirm(desk, jury, page)
    assert len(given(AssignmentPurpose.CONSULT)) == 3
    assert given(AssignmentPurpose.READ) == {(jurors[0].pk, dossiers[0].pk)}


def test_taking_back_leaves_what_was_worked_on(desk, jury, jurors, dossiers):
    ReviewFactory(juror=jurors[0], application=dossiers[0], notes=[3, 3])
    read_by(jurors[1], dossiers[0])
    page = batch(desk, jury, "remove", dossiers[:1], jurors)
    assert "Gardés : la lecture est commencée ou déposée" in plain(page)
    assert "1 attribution retirée." in text_of(confirm(desk, jury, page))
    assert given() == {(jurors[0].pk, dossiers[0].pk)}


def test_an_incomplete_choice_comes_back_with_what_was_ticked(desk, jury, jurors, dossiers):
    page = batch(desk, jury, "read", dossiers[:1], [])
    assert "Choisissez au moins un membre." in text_of(page)
    assert f'value="{dossiers[0].uuid}" aria-label="Choisir {dossiers[0].display_name}" checked' in text_of(page)
    assert "Choisissez au moins un dossier." in text_of(batch(desk, jury, "read", [], jurors))
    assert not given()


def test_what_is_not_this_jury_s_is_not_chosen(desk, jury, jurors, dossiers):
    other = JuryFactory(territory=jury.territory)
    [foreign] = eligible(other.call, 1)
    page = batch(desk, jury, "read", [foreign], jurors)
    assert page.context["form"].errors
    page = batch(desk, jury, "read", dossiers, [JurorFactory(jury=other)])
    assert page.context["form"].errors
    assert "Cette page n'est plus lisible" in text_of(
        desk.post(at("assignment_batch", jury), {"lot": "inventé"}, follow=True)
    )
    assert not given()


# One dossier -------------------------------------------------------------------------------------


def choices(page, **by_juror) -> dict[str, str]:
    return {"seen": hidden(page, "seen")} | by_juror


def test_one_dossier_is_arranged_by_hand(desk, jury, jurors, dossiers):
    read_by(jurors[0], dossiers[0])
    RecusalFactory(juror=jurors[3], application=dossiers[0])
    url = at("assignment_dossier", jury, dossiers[0].uuid)
    page = desk.get(url)
    assert f"juror_{jurors[3].uuid}" not in page.content.decode()
    assert "déport" in plain(page)
    data = choices(page, **{f"juror_{jurors[1].uuid}": "read", f"juror_{jurors[2].uuid}": "consult"})
    answer = desk.post(url, data, follow=True)
    assert "2 attributions enregistrées, 1 attribution retirée, 1 membre prévenu." in text_of(answer)
    assert given(AssignmentPurpose.READ) == {(jurors[1].pk, dossiers[0].pk)}
    assert given(AssignmentPurpose.CONSULT) == {(jurors[2].pk, dossiers[0].pk)}


def test_a_colleague_s_change_is_not_overwritten_and_the_choices_stay(desk, jury, jurors, dossiers):
    url = at("assignment_dossier", jury, dossiers[0].uuid)
    page = desk.get(url)
    read_by(jurors[0], dossiers[0])
    data = choices(page, **{f"juror_{jurors[1].uuid}": "read"})
    stale = desk.post(url, data)
    assert "ont changé depuis que vous avez ouvert cette page" in text_of(stale)
    assert given() == {(jurors[0].pk, dossiers[0].pk)}
    name = f"juror_{jurors[1].uuid}"
    assert re.search(rf'name="{name}" value="read"[^>]* checked', stale.content.decode())
    desk.post(url, data | {"seen": hidden(stale, "seen")})
    assert given() == {(jurors[1].pk, dossiers[0].pk)}


def test_a_reader_at_work_stays_and_the_page_says_why(desk, jury, jurors, dossiers):
    ReviewFactory(juror=jurors[0], application=dossiers[0], notes=[3, 3])
    url = at("assignment_dossier", jury, dossiers[0].uuid)
    answer = desk.post(url, choices(desk.get(url)))
    assert "a commencé ou déposé sa lecture" in text_of(answer)
    assert given() == {(jurors[0].pk, dossiers[0].pk)}


def test_a_dossier_that_is_not_to_deliberate_has_no_page(desk, jury, jurors):
    for state in ("submitted", "declined", "withdrawn"):
        [dossier] = eligible(jury.call, 1, state=state)
        assert desk.get(at("assignment_dossier", jury, dossier.uuid)).status_code == 404


# The home page -----------------------------------------------------------------------------------


def todo(desk) -> dict[str, int]:
    return {str(item.label): item.count for item in desk.get("/coordination/").context["desk_items"]}


def test_the_desk_asks_to_top_up(desk, jury, jurors, dossiers):
    title = jury.call.title
    short, after = f"n'ont pas assez de lecteurs – {title}", f"à compléter après un déport – {title}"
    # Nothing to say before the reading is given out.
    assert not [label for label in todo(desk) if "lecteurs" in label or "déport" in label]
    for juror in jurors[:2]:
        read_by(juror, *dossiers[:3])
    assert todo(desk)[f"dossier n'a pas assez de lecteurs – {title}"] == 1
    RecusalFactory(juror=jurors[0], application=dossiers[0])
    RecusalFactory(juror=jurors[0], application=dossiers[1])
    RecusalFactory(juror=jurors[3], application=dossiers[2])
    found = todo(desk)
    assert found[f"dossiers {after}"] == 2
    assert found[f"dossier n'a pas assez de lecteurs – {title}"] == 1
    assert f"dossiers {short}" not in found
    read_by(jurors[2], *dossiers[:2])
    assert f"dossiers {after}" not in todo(desk)


def test_another_territory_s_jury_asks_nothing_here(desk, territory):
    other = JuryFactory()
    read_by(JurorFactory(jury=other), *eligible(other.call, 2))
    assert not [label for label in todo(desk) if "lecteurs" in label]
