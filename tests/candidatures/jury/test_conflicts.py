"""What the machine notices between a member and a dossier, and what it leaves alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import QuerySet

from candidatures.methods.conflicts import (
    FREE_MAIL,
    File,
    Hint,
    Kind,
    Person,
    domain_of,
    same_house,
    searched,
    suspicions,
)
from candidatures.models import Application, Deposit
from candidatures.selectors import conflicts as selector
from tests.factories.jury import JurorFactory, JuryFactory, RecusalFactory, eligible
from tests.factories.structures import InstitutionFactory, ProfessionalFactory, StructureFactory


def person(**kwargs) -> Person:
    said: dict[str, Any] = {"key": 1, "user": 11, "email": "ana@gmail.com", "last_name": "Terril"}
    return Person(**said | kwargs)


def dossier(**kwargs) -> File:
    said: dict[str, Any] = {"key": 5, "users": frozenset({50}), "emails": ("zoe@gmail.com",)}
    return File(**said | kwargs)


def hints(one: Person, *files: File) -> list[Hint]:
    return [hint for row in suspicions([one], list(files)).suspicions for hint in row.hints]


# One hint at a time ------------------------------------------------------------------------------


def test_two_strangers_have_nothing_in_common():
    assert hints(person(), dossier(names=("Nom",), city="Lille", texts={"pratique": "Je dessine."})) == []


def test_the_same_domain_of_an_organisation_is_a_strong_hint():
    [hint] = hints(person(email="ana@fabrique.org"), dossier(emails=("zoe@gmail.com", "Zoe@Fabrique.ORG")))
    assert hint == Hint(Kind.DOMAIN, "fabrique.org")
    assert hint.strong


def test_a_box_that_anyone_may_open_says_nothing():
    assert len(FREE_MAIL) > 50
    for domain in FREE_MAIL:
        assert hints(person(email=f"ana@{domain}"), dossier(emails=(f"zoe@{domain.upper()}",))) == [], domain


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("fabrique.org", "fabrique.org", True),
        ("fabrique.org", "lens.fabrique.org", True),
        ("lens.fabrique.org", "fabrique.org", True),
        ("fabrique.org", "mafabrique.org", False),
        ("culture.gouv.fr", "gouv.fr", False),
        ("culture.gouv.fr", "drac.culture.gouv.fr", True),
        ("un.asso.fr", "autre.asso.fr", False),
    ],
)
def test_a_domain_below_another_is_the_same_house(one, other, same):
    assert same_house(one, other) is same


def test_an_address_without_a_domain_says_nothing():
    assert domain_of("") == domain_of("ana") == domain_of("ana@localhost") == ""


@pytest.mark.parametrize("written", ["La Fabrique à Gestes", "la fabrique   a gestes", "LA FABRIQUE-À-GESTES."])
def test_a_house_named_in_a_text_is_a_strong_hint_with_its_field(written):
    text = f"J'ai répété à {written} l'an passé."
    [hint] = hints(person(houses=("La Fabrique à Gestes",)), dossier(texts={"pratique": text, "transitions": "Rien."}))
    assert hint == Hint(Kind.NAMED, "La Fabrique à Gestes", "pratique")
    assert hint.strong


def test_a_house_named_in_two_fields_gives_each():
    texts = {"compagnie": "Euralune", "pratique": "Avec Euralune.", "transitions": ""}
    found = hints(person(houses=("Euralune",)), dossier(texts=texts))
    assert [hint.where for hint in found] == ["compagnie", "pratique"]


def test_a_part_of_a_word_is_not_a_name():
    assert hints(person(houses=("Lune",)), dossier(texts={"pratique": "Les lunettes de la commune."})) == []


def test_the_short_name_in_brackets_is_looked_for_too():
    house = "Direction du bassin minier (DBM 62)"
    assert [*searched(house)] == ["direction du bassin minier dbm 62", "direction du bassin minier", "dbm 62"]
    for text in ("Soutenu par la DBM 62.", "La direction du bassin minier nous aide."):
        [hint] = hints(person(houses=(house,)), dossier(texts={"pratique": text}))
        assert hint.words == house


@pytest.mark.parametrize(
    "house", ["Médiathèque", "La Gare", "École de musique", "Centre culturel de la ville", "TNT", ""]
)
def test_a_name_that_only_says_what_kind_of_place_it_is_is_ignored(house):
    assert not searched(house)
    assert hints(person(houses=(house,)), dossier(texts={"pratique": f"Je joue à la {house}."})) == []


def test_the_same_family_name_and_the_same_town_are_weak_hints():
    found = hints(
        person(last_name="D'Élan", city="Hénin-Beaumont"),
        dossier(names=("Nom", "Ana D’ELAN", "d elan"), city="henin beaumont"),
    )
    assert [(hint.kind, hint.strong) for hint in found] == [(Kind.FAMILY_NAME, False), (Kind.CITY, False)]


def test_the_family_name_of_a_member_of_the_collective_counts():
    assert [hint.kind for hint in hints(person(last_name="Terril"), dossier(names=("Zoé Terril",)))] == [
        Kind.FAMILY_NAME
    ]


def test_no_town_is_not_a_town():
    assert hints(person(city="", last_name=""), dossier(city="", names=("",))) == []


@pytest.mark.parametrize("part", [{"users": frozenset({50, 11})}, {"emails": ("ANA@gmail.com",)}])
def test_ones_own_dossier_is_a_strong_hint(part):
    [hint] = hints(person(), dossier(**part))
    assert hint == Hint(Kind.OWN, "ana@gmail.com")
    assert hint.strong


# Among many --------------------------------------------------------------------------------------


def test_what_many_dossiers_share_says_nothing_and_is_told():
    files = [
        dossier(
            key=n, emails=(f"p{n}@ecole.org",), city="Lens", texts={"pratique": "Avec Euralune." if n < 6 else "Seule."}
        )
        for n in range(10)
    ]
    found = suspicions([person(email="ana@ecole.org", city="Lens", houses=("Euralune",))], files)
    assert found.suspicions == ()
    assert found.common == ("Euralune", "ecole.org", "Lens")


def test_a_common_town_still_counts_beside_something_else():
    files = [dossier(key=n, city="Lens", names=("Terril" if n == 3 else "Nom",)) for n in range(10)]
    [row] = suspicions([person(city="Lens")], files).suspicions
    assert row.file == 3
    assert [hint.kind for hint in row.hints] == [Kind.FAMILY_NAME, Kind.CITY]


def test_the_strongest_come_first():
    files = [
        dossier(key=1, city="Lens"),
        dossier(key=2, names=("Terril",), city="Lens"),
        dossier(key=3, emails=("zoe@fabrique.org",)),
    ]
    found = suspicions([person(email="ana@fabrique.org", city="Lens")], files)
    assert [row.file for row in found.suspicions] == [3, 2, 1]
    assert [row.strong for row in found.suspicions] == [True, False, False]


def test_three_hundred_dossiers_and_fifteen_members_are_all_compared():
    text = "Un long récit de résidence. " * 200
    files = [dossier(key=n, texts={"pratique": text + (f"Maison {n}." if n % 50 == 0 else "")}) for n in range(300)]
    people = [person(key=n, user=1000 + n, houses=(f"Maison {n * 50}",)) for n in range(15)]
    found = suspicions(people, files)
    assert {(row.person, row.file) for row in found.suspicions} == {(n, n * 50) for n in range(6)}


# From the rows -----------------------------------------------------------------------------------


@pytest.fixture
def jury(db):
    return JuryFactory()


def member(jury, email: str = "ana@gmail.com", **kwargs):
    return JurorFactory(jury=jury, user__email=email, user__last_name="Terril", **kwargs)


def say(application: Application, **said) -> None:
    """Write in what was filed: ``practice="…"``, ``organisation="…"``, ``letter="…"``."""
    deposit = application.last_deposit
    data = deposit.data
    if "organisation" in said:
        data["identity"]["organisation"] = said["organisation"]
    if "practice" in said:
        data["practice"]["practice"] = said["practice"]
    if "territory_link" in said:
        data["articulation"]["territory_link"] = said["territory_link"]
    if "letter" in said:
        data["answers"]["letter"] = {"text": said["letter"]}
        data["pieces"].append({"code": "letter", "title": "Lettre de motivation"})
    # A deposit is immutable to its own manager; here is what another artist would have filed.
    QuerySet(Deposit).filter(pk=deposit.pk).update(data=data)


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"organisation": "Association Euralune"}, "compagnie ou structure employeuse"),
        ({"practice": "Je travaille avec Euralune."}, "pratique"),
        ({"territory_link": "Euralune m'accueille."}, "articulation avec le territoire"),
        ({"letter": "Chère Euralune,"}, "Lettre de motivation"),
    ],
)
def test_the_institution_is_looked_for_in_all_that_was_typed(jury, said, where):
    juror = member(jury, institution=InstitutionFactory(territory=jury.territory, name="Euralune"))
    named, _other = eligible(jury.call, 2)
    say(named, **said)
    [row] = selector.conflicts(jury).strong
    assert (row.juror, row.application) == (juror, named)
    assert row.evidence == [f"« Euralune » est cité dans : {where}."]


def test_the_structure_where_a_member_works_is_looked_for(jury):
    juror = member(jury)
    structure = StructureFactory(territory=jury.territory, name="La Fosse aux Lunes")
    ProfessionalFactory(structure=structure, email=juror.user.email.upper())
    [named] = eligible(jury.call, 1)
    say(named, practice="En résidence à la Fosse aux Lunes.")
    [row] = selector.conflicts(jury).strong
    assert row.evidence == ["« La Fosse aux Lunes » est cité dans : pratique."]


def test_a_structure_of_another_territory_is_not(jury):
    juror = member(jury)
    ProfessionalFactory(structure=StructureFactory(name="La Fosse aux Lunes"), email=juror.user.email)
    [named] = eligible(jury.call, 1)
    say(named, practice="En résidence à la Fosse aux Lunes.")
    assert selector.conflicts(jury).strong == []


def test_their_own_dossier_is_told_to_be_closed_already(jury):
    juror = member(jury)
    owned, shared = eligible(jury.call, 2)
    Application.objects.filter(pk=owned.pk).update(owner=juror.user)
    shared.collaborators.create(user=juror.user)
    found = selector.conflicts(jury).strong
    assert {row.application for row in found} == {owned, shared}
    assert all(row.own for row in found)


@pytest.mark.parametrize("standing", [True, False])
def test_a_pair_that_somebody_settled_is_not_suggested_again(jury, standing):
    juror = member(jury, "ana@fabrique.org")
    [named] = eligible(jury.call, 1)
    named.owner.email = "zoe@fabrique.org"
    named.owner.save()
    assert len(selector.conflicts(jury).strong) == 1
    recusal = RecusalFactory(juror=juror, application=named)
    if not standing:
        recusal.standing, recusal.set_aside_at = False, recusal.declared_at
        recusal.save()
    found = selector.conflicts(jury)
    assert found.strong == []
    assert [row.pk for row in (found.declared if standing else found.set_aside)] == [recusal.pk]
    assert (found.set_aside if standing else found.declared) == []


def test_neither_a_decided_dossier_nor_a_member_who_left_is_suggested(jury):
    gone = member(jury, "ana@fabrique.org")
    [named] = eligible(jury.call, 1)
    named.owner.email = "zoe@fabrique.org"
    named.owner.save()
    assert len(selector.conflicts(jury).strong) == 1
    Application.objects.filter(pk=named.pk).update(state="declined")
    assert selector.conflicts(jury).strong == []
    Application.objects.filter(pk=named.pk).update(state="eligible")
    gone.left_at = gone.joined_at
    gone.save()
    assert selector.conflicts(jury).strong == []


def test_suggestions_cost_the_same_whatever_their_number(jury, assert_num_queries_constant):
    JurorFactory(jury=jury)
    eligible(jury.call, 3)

    def grow() -> None:
        rows = eligible(jury.call, 27)
        jurors = [JurorFactory(jury=jury, city="Lille") for _ in range(3)]
        RecusalFactory(juror=jurors[0], application=rows[0])
        rows[1].collaborators.create(user=jurors[1].user)

    assert_num_queries_constant(lambda: selector.conflicts(jury), grow, at_most=5)
