"""Wishes of structures: filed, answered, turned into activities; one answer wins."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from candidatures.enums import LifeStage
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from residencies.enums import ActivityKind, ActivityState, AudienceCategory, RequestState, ResidencyState
from residencies.models import Activity, ActivityRequest, Residency
from residencies.selectors import requests as selectors
from residencies.services import requests
from structures.models import Structure
from tests.factories.accounts import UserFactory
from tests.factories.residencies import ActivityFactory, ResidencyFactory, artist_of, member_of, team
from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory

pytestmark = pytest.mark.django_db

WISH: dict[str, Any] = {
    "public": "deux classes de CM1",
    "category": AudienceCategory.PRIMARY,
    "life_stage": LifeStage.SCHOOL,
    "people": 48,
    "dates": "les mardis de mars",
    "hope": "Écouter la cité et la raconter.",
}


@pytest.fixture(autouse=True)
def in_the_season():
    with time_machine.travel("2026-11-20 10:00+01:00", tick=False):
        yield


@pytest.fixture
def residency() -> Residency:
    return ResidencyFactory()


@pytest.fixture
def structure(residency) -> Structure:
    place = StructureFactory(commune=CommuneFactory(territory=residency.territory))
    team(place, 2)
    return place


@pytest.fixture
def member(structure):
    return member_of(structure)


@pytest.fixture
def desk(residency):
    return CoordinatorFactory(territory=residency.territory)


@pytest.fixture
def wish(structure, member, residency) -> ActivityRequest:
    return requests.file(by=member, structure=structure, residency=residency, **WISH)


@pytest.fixture
def other(residency) -> Residency:
    return ResidencyFactory(season=residency.season)


def kinds() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


class TestTheTeam:
    def test_a_wish_waits_and_who_filed_it_has_a_confirmation(self, wish, member, residency):
        assert (wish.state, wish.season, wish.made_by) == (RequestState.SENT, residency.season, member)
        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.to, mail.reply_to) == (
            "request.filed", member.email, residency.territory.contact_email,
        )  # fmt: skip
        assert residency.artist_name in mail.body
        assert Entry.objects.get(verb="request.filed").data["people"] == 48

    def test_only_the_team_files_for_its_structure(self, structure, residency, desk):
        for stranger in (UserFactory(), artist_of(residency), desk, member_of(StructureFactory())):
            with pytest.raises(Forbidden):
                requests.file(by=stranger, structure=structure, residency=residency, **WISH)

    def test_what_is_not_of_its_season_or_territory_is_refused_at_its_field(self, structure, member, residency):
        over = ResidencyFactory(season=residency.season, state=ResidencyState.FINISHED)
        hidden = ResidencyFactory(season=residency.season, state=ResidencyState.PREPARING)
        for wrong in (
            {"residency": over}, {"residency": hidden}, {"residency": ResidencyFactory()},
            {"partner": structure}, {"partner": StructureFactory()}, {"people": 0}, {"hope": " "},
        ):  # fmt: skip
            with pytest.raises(ValidationError) as refusal:
                requests.file(by=member, structure=structure, **(WISH | wrong))
            assert list(refusal.value.message_dict) == list(wrong)
        assert not ActivityRequest.objects.exists()

    def test_an_announced_artist_may_be_wished_for_before_the_start(self, structure, member, residency):
        early = ResidencyFactory(season=residency.season, state=ResidencyState.PREPARING, published_at=timezone.now())
        assert list(selectors.wishable(residency.season)) == sorted([residency, early], key=lambda row: row.artist_name)
        requests.file(by=member, structure=structure, residency=early, **WISH)

    def test_no_season_takes_wishes_once_its_residencies_are_over(self, structure, member, residency):
        assert selectors.open_season(structure.territory) == residency.season
        Residency.objects.update(state=ResidencyState.FINISHED)
        with pytest.raises(Refused) as refusal:
            requests.file(by=member, structure=structure, **WISH)
        assert refusal.value.code == "no_season"

    def test_it_changes_while_nobody_answered_and_two_colleagues_do_not_overwrite(self, wish, member, structure):
        colleague = UserFactory(email=structure.professionals.exclude(email=member.email).get().email)
        requests.change(by=colleague, request=wish, version=wish.version, **(WISH | {"people": 50}))
        with pytest.raises(StaleWrite):
            requests.change(by=member, request=wish, version=wish.version, **(WISH | {"people": 12}))
        wish.refresh_from_db()
        assert wish.people == 50

    def test_it_is_withdrawn_and_taken_back(self, wish, member):
        requests.withdraw(by=member, request=wish)
        with pytest.raises(Refused, match="retiré"):
            requests.change(by=member, request=wish, version=1, **WISH)
        assert requests.resume(by=member, request=wish).state == RequestState.SENT


class TestTheDesk:
    def test_a_wish_becomes_an_idea_of_both_and_both_are_told(self, wish, desk, residency, structure):
        activity = requests.turn_into_activity(by=desk, request=wish, words="Belle idée.")
        wish.refresh_from_db()
        assert (wish.state, wish.activity) == (RequestState.ACCEPTED, activity)
        assert (activity.state, activity.kind, activity.title) == (
            ActivityState.IDEA, ActivityKind.GESTURE, "Geste artistique – deux classes de CM1",
        )  # fmt: skip
        assert (activity.public, activity.people_expected, activity.life_stage, activity.intention) == (
            WISH["public"], 48, LifeStage.SCHOOL, WISH["hope"],
        )  # fmt: skip
        assert list(activity.residencies.all()) == [residency]
        assert list(activity.structures.all()) == [structure]
        told = dict(OutgoingMail.objects.exclude(kind="request.filed").values_list("to", "kind"))
        assert told == {person.email: "request.accepted" for person in structure.professionals.all()} | {
            artist_of(residency).email: "request.for_artist"
        }
        assert Entry.objects.get(verb="request.turned").data["activity"] == str(activity.uuid)

    def test_the_partner_comes_when_ticked_and_is_told(self, structure, member, desk, residency):
        partner = StructureFactory(commune=structure.commune)
        team(partner, 1)
        rows = [
            requests.file(by=member, structure=structure, residency=residency, partner=partner, **WISH)
            for _ in range(2)
        ]
        alone = requests.turn_into_activity(by=desk, request=rows[0], with_partner=False)
        assert list(alone.structures.all()) == [structure]
        assert "request.partner" not in kinds()
        both = requests.turn_into_activity(by=desk, request=rows[1])
        assert set(both.structures.all()) == {structure, partner}
        assert OutgoingMail.objects.get(kind="request.partner").to == partner.professionals.get().email

    def test_an_english_speaking_artist_is_written_to_in_english(self, wish, desk, residency):
        artist = artist_of(residency)
        artist.language = "en"
        artist.save()
        requests.turn_into_activity(by=desk, request=wish)
        mail = OutgoingMail.objects.get(kind="request.for_artist")
        assert "wishes to work with you" in mail.subject
        assert "about 48" in mail.body

    def test_a_structure_joins_an_activity_that_is_still_open(self, wish, desk, residency, structure):
        standing = ActivityFactory(residency=residency)
        before = standing.version
        requests.join(by=desk, request=wish, activity=standing)
        standing.refresh_from_db()
        assert structure in standing.structures.all()
        assert standing.structures.count() == 2
        assert standing.version == before + 1
        assert "request.joined" in kinds()
        done = ActivityFactory(residency=residency, state=ActivityState.DONE)
        requests.reopen(by=desk, request=_without_activity(wish))
        with pytest.raises(Refused) as refusal:
            requests.join(by=desk, request=wish, activity=done)
        assert refusal.value.code == "not_open"

    def test_a_refusal_has_words_and_they_leave_as_written(self, wish, desk, member):
        with pytest.raises(Refused) as refusal:
            requests.refuse(by=desk, request=wish, words="  ")
        assert refusal.value.field == "words"
        requests.refuse(by=desk, request=wish, words="La compagnie est prise en mars.")
        mail = OutgoingMail.objects.get(kind="request.refused")
        assert mail.to == member.email
        assert "La compagnie est prise en mars." in mail.body
        assert requests.reopen(by=desk, request=wish).answer == ""

    def test_several_are_refused_together_or_none_is(self, wish, desk, member, structure, residency):
        second = requests.file(by=member, structure=structure, residency=residency, **WISH)
        third = requests.file(by=member, structure=structure, residency=residency, **WISH)
        requests.withdraw(by=member, request=third)
        with pytest.raises(Refused, match="Aucun message"):
            requests.refuse_several(by=desk, requests=[wish, second, third], words="Trop de souhaits.")
        wish.refresh_from_db()
        assert wish.state == RequestState.SENT
        assert "request.refused" not in kinds()
        requests.refuse_several(by=desk, requests=[wish, second], words="Trop de souhaits.")
        assert kinds().count("request.refused") == 2

    def test_the_letter_goes_to_a_colleague_once_who_filed_has_left(self, wish, desk, member, structure):
        structure.professionals.filter(email=member.email).delete()
        requests.refuse(by=desk, request=wish, words="Non.")
        assert OutgoingMail.objects.get(kind="request.refused").to == structure.professionals.get().email

    def test_a_desk_answers_its_own_territory_only(self, wish, member):
        for stranger in (CoordinatorFactory(), member):
            with pytest.raises(Forbidden):
                requests.refuse(by=stranger, request=wish, words="Non.")


class TestAnotherArtist:
    def test_accepted_by_the_team_it_becomes_an_activity_of_the_artist_proposed(self, wish, desk, member, other):
        requests.propose(by=desk, request=wish, residency=other, words="Elle travaille le son.")
        wish.refresh_from_db()
        assert (wish.state, wish.proposed) == (RequestState.PROPOSED, other)
        assert "Elle travaille le son." in OutgoingMail.objects.get(kind="request.proposed").body
        requests.answer_proposal(by=member, request=wish, accepts=True, words="Avec joie.")
        wish.refresh_from_db()
        assert wish.state == RequestState.ACCEPTED
        assert wish.activity is not None
        assert list(wish.activity.residencies.all()) == [other]
        told = OutgoingMail.objects.get(kind="request.proposal_answered")
        assert (told.to, "Avec joie." in told.body) == (wish.territory.contact_email, True)

    def test_declined_the_wish_stands_as_it_was(self, wish, desk, member, other, residency):
        requests.propose(by=desk, request=wish, residency=other)
        wish.refresh_from_db()
        requests.answer_proposal(by=member, request=wish, accepts=False, words="Nous tenons au théâtre.")
        wish.refresh_from_db()
        assert (wish.state, wish.proposed, wish.residency) == (RequestState.SENT, None, residency)
        assert wish.team_answer == "Nous tenons au théâtre."
        assert not Activity.objects.exists()

    def test_neither_the_artist_wished_for_nor_one_who_is_gone_is_proposed(self, wish, desk, residency, other):
        with pytest.raises(Refused) as refusal:
            requests.propose(by=desk, request=wish, residency=residency)
        assert refusal.value.code == "same_artist"
        Residency.objects.filter(pk=other.pk).update(state=ResidencyState.STOPPED)
        with pytest.raises(Refused) as refusal:
            requests.propose(by=desk, request=wish, residency=other)
        assert refusal.value.code == "not_live"

    def test_nobody_but_the_team_answers_and_a_changed_proposal_is_read_again(self, wish, desk, member, other):
        requests.propose(by=desk, request=wish, residency=other)
        seen = ActivityRequest.objects.get(pk=wish.pk)
        with pytest.raises(Forbidden):
            requests.answer_proposal(by=desk, request=seen, accepts=True)
        third = ResidencyFactory(season=wish.season)
        requests.propose(by=desk, request=wish, residency=third)
        with pytest.raises(StaleWrite):
            requests.answer_proposal(by=member, request=seen, accepts=True, version=seen.version)
        assert not Activity.objects.exists()


class TestOneAnswerWins:
    """The second one acts on what it read a moment ago."""

    def test_the_second_coordinator_is_told_what_the_first_did(self, wish, desk, residency):
        colleague = CoordinatorFactory(territory=residency.territory)
        requests.turn_into_activity(by=desk, request=wish)
        stale = ActivityRequest.objects.get(pk=wish.pk)
        stale.state = RequestState.SENT
        for act in (
            lambda: requests.turn_into_activity(by=colleague, request=stale),
            lambda: requests.refuse(by=colleague, request=stale, words="Non."),
        ):
            with pytest.raises(Refused, match="déjà devenu une activité"):
                act()
        assert Activity.objects.count() == 1

    def test_a_wish_taken_back_meanwhile_becomes_nothing(self, wish, desk, member):
        requests.withdraw(by=member, request=wish)
        with pytest.raises(Refused, match="a retiré"):
            requests.turn_into_activity(by=desk, request=wish)
        assert not Activity.objects.exists()

    def test_a_wish_answered_meanwhile_is_not_taken_back(self, wish, desk, member):
        requests.turn_into_activity(by=desk, request=wish)
        with pytest.raises(Refused, match="déjà répondu"):
            requests.withdraw(by=member, request=wish)

    def test_a_wish_rewritten_meanwhile_is_read_again_before_an_answer(self, wish, desk, member):
        seen = wish.version
        requests.change(by=member, request=wish, version=seen, **(WISH | {"people": 90}))
        with pytest.raises(StaleWrite):
            requests.turn_into_activity(by=desk, request=wish, version=seen)

    def test_an_answer_is_taken_back_only_once_its_activity_is_off(self, wish, desk):
        activity = requests.turn_into_activity(by=desk, request=wish)
        wish.refresh_from_db()
        with pytest.raises(Refused, match="annulez-la d'abord"):
            requests.reopen(by=desk, request=wish)
        Activity.objects.filter(pk=activity.pk).update(state=ActivityState.CANCELLED)
        assert requests.reopen(by=desk, request=wish).activity is None


def _without_activity(wish: ActivityRequest) -> ActivityRequest:
    """As after its activity was erased."""
    ActivityRequest.objects.filter(pk=wish.pk).update(activity=None)
    wish.refresh_from_db()
    return wish
