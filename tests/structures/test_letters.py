"""Writing to people chosen in a list: each once, seen before it leaves, nobody beyond the wall."""

from __future__ import annotations

import pytest
from django.urls import reverse

from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from structures.admin.letters import of_professional
from structures.letters import Mailing
from structures.models import Professional, StandardLetter
from structures.services import letters
from tests.factories.structures import CoordinatorFactory, ProfessionalFactory, StructureFactory, TerritoryFactory

pytestmark = pytest.mark.django_db
LIST = "/coordination/structures/structure/"


@pytest.fixture
def place():
    structure = StructureFactory(territory=TerritoryFactory(), name="Maison des arts")
    ProfessionalFactory(structure=structure, first_name="Ada", last_name="Corail", email="ada@lieu.example")
    return structure


@pytest.fixture
def by(place):
    return CoordinatorFactory(territory=place.territory)


def people(*structures):
    mailing = Mailing()
    for row in Professional.objects.filter(structure__in=structures).select_related("structure__territory"):
        mailing.add(of_professional(row))
    return mailing.recipients


def chosen(*structures, **more):
    return {"action": "write_to_people", "_selected_action": [row.pk for row in structures], **more}


def test_a_person_of_two_teams_is_written_to_once_and_who_has_no_address_is_named(client, by, place):
    twin = StructureFactory(territory=place.territory, name="Annexe")
    ProfessionalFactory(structure=twin, last_name="Corail", email="ADA@lieu.example")
    ProfessionalFactory(structure=twin, first_name="Sans", last_name="Courriel", email="")
    empty = StructureFactory(territory=place.territory, name="Salle vide")
    client.force_login(by)
    page = client.post(LIST, chosen(place, twin, empty))
    mailing = page.context["mailing"]
    assert [one.email.lower() for one in mailing.recipients] == ["ada@lieu.example"]
    assert mailing.repeated == 1
    assert {name for name, _why in mailing.unreached} == {"Sans Courriel", "Salle vide"}


def test_a_letter_is_written_looked_at_then_kept_as_drafts(client, by, place):
    client.force_login(by)
    letter = StandardLetter.objects.create(
        territory=place.territory, name="Visite", subject="Visite", message="Bonjour {{ nom }}."
    )
    page = client.post(LIST, chosen(place, reprendre="1", lettre=str(letter.uuid)))
    assert page.context["form"]["message"].value() == "Bonjour {{ nom }}."
    assert set(client.post(LIST, chosen(place, apercu="1")).context["form"].errors) == {"subject"}
    typed = {"subject": "À {{ pour }}", "message": "Bonjour {{ nom }}.", "leaves": "brouillons"}
    page = client.post(LIST, chosen(place, apercu="1", **typed))
    assert page.context["preview"][0] == "À Maison des arts"
    assert page.context["preview"][1].startswith("Bonjour Ada Corail.")
    assert not OutgoingMail.objects.exists()
    stale = client.post(LIST, chosen(place, confirme="autre", **typed))
    assert stale.context["changed"]
    answer = client.post(LIST, chosen(place, confirme=page.context["seen"], **typed))
    assert answer.status_code == 302
    draft = OutgoingMail.objects.get()
    assert (draft.to, draft.state, draft.subject) == ("ada@lieu.example", MailState.DRAFT, "À Maison des arts")
    assert place.territory.contact_email in draft.body


def test_a_letter_may_leave_at_once_and_the_journal_says_who_let_it(by, place):
    [sent] = letters.write(
        by=by, recipients=people(place), subject="Visio", message="À {{ nom }}, lundi.", approved=True
    )
    assert sent.state == MailState.APPROVED
    assert sent.approved_by == by
    assert Entry.objects.filter(verb="letter.written").get().data == {"count": 1, "approved": True}


@pytest.mark.parametrize(
    ("subject", "message", "field"),
    [(" ", "Texte", "subject"), ("Objet", "\n", "message"), ("O", "{{ x }}", "message")],
)
def test_a_letter_has_a_subject_a_text_and_no_unknown_name(by, place, subject, message, field):
    with pytest.raises(Refused) as refused:
        letters.write(by=by, recipients=people(place), subject=subject, message=message)
    assert refused.value.field == field


def test_what_a_person_is_called_is_never_read_as_a_name_to_fill(by, place):
    Professional.objects.update(first_name="", last_name="{{ message }}")
    [draft] = letters.write(by=by, recipients=people(place), subject="{{ nom }}", message="Texte")
    assert draft.subject == "{{ message }}"


def test_one_person_of_another_territory_and_nobody_is_written_to(client, by, place):
    foreign = StructureFactory(territory=TerritoryFactory(), name="Voisine")
    ProfessionalFactory(structure=foreign)
    with pytest.raises(Forbidden):
        letters.write(by=by, recipients=people(place, foreign), subject="Objet", message="Texte")
    assert not OutgoingMail.objects.exists()
    client.force_login(by)
    page = client.post(LIST, chosen(foreign))
    assert page.context["mailing"].recipients == []


def test_a_letter_type_with_a_wrong_name_is_refused_and_one_is_journaled(client, by, place):
    client.force_login(by)
    add = reverse("admin:structures_standardletter_add")
    data = {"territory": place.territory.pk, "name": "Accueil", "subject": "Bienvenue", "message": "{{ prenom }}"}
    assert "message" in client.post(add, data).context["adminform"].form.errors
    client.post(add, data | {"message": "Bonjour {{ nom }}"})
    assert Entry.objects.filter(verb="letter.kept").exists()


def test_a_letter_confirmed_twice_is_written_once(client, by, place):
    client.force_login(by)
    typed = {"subject": "Visite", "message": "Bonjour.", "leaves": "aussitot"}
    page = client.post(LIST, chosen(place, apercu="1", **typed))
    once = page.context["form"]["once"].value()
    sent = chosen(place, confirme=page.context["seen"], once=once, **typed)
    client.post(LIST, sent)
    again = client.post(LIST, sent, follow=True)
    assert OutgoingMail.objects.count() == 1
    assert "déjà" in again.content.decode()
    assert Entry.objects.filter(verb="letter.written").count() == 1
