"""A structure's team keeps itself: people, public details, closures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from structures.models import Closure, Professional, Structure
from structures.services import closures, team
from structures.services.merging import merge_structures
from tests.factories.accounts import UserFactory
from tests.factories.residencies import member_of
from tests.factories.residencies import team as team_of
from tests.factories.structures import CommuneFactory, CoordinatorFactory, ProfessionalFactory, StructureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def structure() -> Structure:
    return StructureFactory()


@pytest.fixture
def member(structure):
    team_of(structure, 2)
    return member_of(structure)


@pytest.fixture
def desk(structure):
    return CoordinatorFactory(territory=structure.territory)


def in_days(n: int) -> date:
    return timezone.localdate() + timedelta(days=n)


class TestPeople:
    def test_a_member_adds_a_colleague_who_is_told_and_the_history_says_by_whom(self, structure, member):
        person = team.add(by=member, structure=structure, last_name=" Dufour ", email="ADA@exemple.test", invite=True)
        assert (person.last_name, person.email) == ("Dufour", "ada@exemple.test")
        assert person.history.get().history_user == member
        mail = OutgoingMail.objects.get(kind="structure.invitation")
        assert mail.to == "ada@exemple.test"
        assert f"/ma-structure/{structure.uuid}/" in mail.body
        assert str(member) in mail.body
        assert mail.reply_to == structure.territory.contact_email
        assert [entry.verb for entry in Entry.objects.order_by("seq")] == ["team.member_invited", "team.member_added"]

    def test_only_the_team_and_its_desk_write_it(self, structure, member, desk):
        for stranger in (UserFactory(), member_of(StructureFactory()), CoordinatorFactory()):
            with pytest.raises(Forbidden):
                team.add(by=stranger, structure=structure, last_name="Dufour")
        team.add(by=desk, structure=structure, last_name="Dufour")
        structure.is_active = False
        structure.save()
        with pytest.raises(Refused, match="fermée"):
            team.add(by=member, structure=structure, last_name="Martel")

    def test_one_address_is_one_person(self, structure, member):
        with pytest.raises(Refused) as refusal:
            team.add(by=member, structure=structure, last_name="Autre", email=member.email.upper())
        assert refusal.value.field == "email"

    def test_only_one_person_is_contacted_first(self, structure, member):
        first = team.add(by=member, structure=structure, last_name="Un", is_contact=True)
        team.add(by=member, structure=structure, last_name="Deux", is_contact=True)
        first.refresh_from_db()
        assert not first.is_contact

    def test_two_colleagues_do_not_overwrite_one_another(self, structure, member):
        person = structure.professionals.last()
        seen = team.person_mark(person)
        team.change(by=member, person=person, last_name="Premier", email=person.email, seen=seen)
        with pytest.raises(StaleWrite):
            team.change(by=member, person=person, last_name="Second", email=person.email, seen=seen)

    def test_nobody_closes_their_own_door_by_a_slip(self, structure, member, desk):
        own = structure.professionals.get(email=member.email)
        with pytest.raises(Refused) as refusal:
            team.change(by=member, person=own, last_name=own.last_name, email="faute@exemple.test")
        assert (refusal.value.code, refusal.value.field) == ("own_door", "email")
        team.change(by=desk, person=own, last_name=own.last_name, email="autre@exemple.test")
        assert not Professional.objects.of(member).exists()

    def test_the_last_who_can_enter_stays(self, structure, member, desk):
        other = structure.professionals.exclude(email=member.email).get()
        own = structure.professionals.get(email=member.email)
        team.remove(by=member, person=other)
        ProfessionalFactory(structure=structure, email="")
        with pytest.raises(Refused) as refusal:
            team.remove(by=member, person=own)
        assert refusal.value.code == "last_member"
        team.remove(by=desk, person=own)
        assert not Professional.history.filter(email=member.email).exists()

    def test_public_details_are_checked_and_journaled(self, structure, member):
        with pytest.raises(ValidationError) as refusal:
            team.change_details(by=member, structure=structure, email="accueil", phone="", website="")
        assert list(refusal.value.message_dict) == ["email"]
        team.change_details(
            by=member, structure=structure, email="accueil@exemple.test", phone="03 00 00 00 00", website=""
        )
        structure.refresh_from_db()
        assert structure.email == "accueil@exemple.test"
        assert structure.history.first().history_user == member
        entry = Entry.objects.get(verb="structure.details_changed")
        assert entry.data["fields"] == ["email", "phone"]


class TestInvitation:
    def test_the_desk_writes_to_whoever_has_an_address_and_not_twice(self, client, structure, desk):
        reachable = ProfessionalFactory(structure=structure, email="ada@exemple.test")
        ProfessionalFactory(structure=structure, email="")
        client.force_login(desk)
        url = reverse("admin:structures_structure_invite", args=[structure.uuid])
        assert "jamais" in client.get(url).content.decode()
        client.post(url, {"personne": [str(reachable.uuid)]})
        answer = client.post(url, {"personne": [str(reachable.uuid)]}, follow=True).content.decode()
        assert "attendez quelques minutes" in answer
        mail = OutgoingMail.objects.get()
        assert mail.to == "ada@exemple.test"
        assert structure.territory.service_name in mail.body
        assert list(team.last_invitations(structure)) == [reachable.uuid]

    def test_a_team_without_any_address_is_told_so(self, client, structure, desk):
        ProfessionalFactory(structure=structure, email="")
        client.force_login(desk)
        url = reverse("admin:structures_structure_invite", args=[structure.uuid])
        assert "Personne n&#x27;a d&#x27;adresse" in client.post(url, follow=True).content.decode()
        assert not OutgoingMail.objects.exists()

    def test_the_team_itself_does_not_invite_the_others(self, structure, member):
        with pytest.raises(Refused):
            team.invite(by=member, structure=structure)


class TestClosures:
    def test_spans_that_overlap_become_one(self, structure, member):
        closures.add_span(by=member, structure=structure, starts_on=in_days(10), ends_on=in_days(14), reason="travaux")
        closures.add_span(by=member, structure=structure, starts_on=in_days(20), ends_on=in_days(22))
        closures.add_span(by=member, structure=structure, starts_on=in_days(14), ends_on=in_days(16))
        rows = structure.closures.values_list("starts_on", "ends_on", "reason")
        assert sorted(rows) == [(in_days(10), in_days(16), "travaux"), (in_days(20), in_days(22), "")]

    @pytest.mark.parametrize(("start", "end", "code"), [(5, 4, "order"), (-9, -1, "past"), (1, 500, "too_long")])
    def test_dates_that_make_no_sense_are_refused_at_their_field(self, structure, member, start, end, code):
        with pytest.raises(Refused) as refusal:
            closures.add_span(by=member, structure=structure, starts_on=in_days(start), ends_on=in_days(end))
        assert (refusal.value.code, refusal.value.field) == (code, "ends_on")

    def test_the_days_of_the_week_are_those_that_were_said(self, structure, member):
        closures.set_weekdays(by=member, structure=structure, weekdays=[0, 6])
        closures.set_weekdays(by=member, structure=structure, weekdays=[6, 2])
        assert sorted(structure.closures.values_list("weekday", flat=True)) == [2, 6]
        with pytest.raises(Refused):
            closures.set_weekdays(by=member, structure=structure, weekdays=range(7))

    def test_another_structure_does_not_close_this_one(self, structure):
        with pytest.raises(Forbidden):
            closures.set_weekdays(by=member_of(StructureFactory()), structure=structure, weekdays=[0])

    def test_two_structures_closed_on_the_same_day_can_be_merged(self, structure, desk):
        twin = StructureFactory(commune=CommuneFactory(territory=structure.territory))
        for row in (structure, twin):
            Closure.objects.create(structure=row, weekday=6)
        merge_structures(by=desk, keep=structure, others=[twin])
        assert structure.closures.count() == 1

    def test_the_desk_writes_them_on_the_structures_page(self, client, structure, desk):
        client.force_login(desk)
        url = reverse("admin:structures_structure_change", args=[structure.pk])
        page = client.get(url)
        form = {
            name: value
            for inline in page.context["inline_admin_formsets"]
            for name, value in _management(inline.formset)
        }
        data = form | {
            "name": structure.name, "kinds": [kind.pk for kind in structure.kinds.all()], "circle": structure.circle,
            "commune": structure.commune_id, "is_active": "on",
            "closures-TOTAL_FORMS": "1", "closures-0-weekday": "0", "closures-0-structure": structure.pk,
        }  # fmt: skip
        assert client.post(url, data).status_code == 302
        assert structure.closures.get().weekday == 0
        assert Entry.objects.filter(verb="closure.desk_changed").count() == 1


def _management(formset):
    for name, field in formset.management_form.fields.items():
        yield f"{formset.prefix}-{name}", formset.management_form.get_initial_for_field(field, name) or 0
