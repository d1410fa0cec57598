"""Between territories, the first to decide definitively keeps the artist; its jury's date is the proof."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from candidatures.enums import ApplicationState, LetterOutcome, OfferState
from candidatures.models import Application, Letter, Offer, OutsideDecision
from candidatures.rules.answers import Precedence
from candidatures.selectors.answers import board
from candidatures.services.jury import letters, offers, outside
from clea.errors import Forbidden, Refused
from clea.mail.enums import MailState
from tests.candidatures.jury.decided import Decided, fresh, place, send
from tests.factories.jury import JuryFactory
from tests.factories.structures import CoordinatorFactory, TerritoryFactory

pytestmark = pytest.mark.django_db
S = ApplicationState


def record(decided, application, days, territory="Voisin"):
    """``days`` from our session."""
    return outside.record(
        by=decided.desk,
        application=application,
        territory=territory,
        jury_on=decided.session.held_on + timedelta(days=days),
        words="Courriel de la coordination.",
    )


def only(decided, application):
    (conflict,) = outside.conflicts(decided.jury)[application.pk]
    return conflict


@pytest.mark.parametrize(
    ("days", "first", "blocks"),
    [(-1, Precedence.THEIRS, True), (0, Precedence.SAME_DAY, True), (1, Precedence.OURS, False)],
)
def test_who_decided_first_keeps_the_artist(days, first, blocks):
    decided = Decided()
    application = decided.selected[0]
    record(decided, application, days)
    conflict = only(decided, application)
    assert (conflict.first, conflict.blocks) == (first, blocks)
    if blocks:
        with pytest.raises(Refused, match="Voisin"):
            decided.draft(application)
        assert not Letter.objects.exists()
    else:
        assert len(decided.draft(application)) == 1


def test_a_place_on_our_reserve_list_keeps_nobody():
    decided = Decided(reserve=1)
    record(decided, decided.reserve[0], 1)
    assert only(decided, decided.reserve[0]).first == Precedence.THEIRS


def test_a_written_reason_lets_the_letter_leave():
    decided = Decided()
    application = decided.selected[0]
    row = record(decided, application, -1)
    with pytest.raises(Refused) as refusal:
        outside.override(by=decided.desk, decision=row, reason=" ")
    assert refusal.value.field == "reason"
    outside.override(by=decided.desk, decision=row, reason="Le voisin y renonce, courriel du 3.")
    assert len(decided.draft(application)) == 1


def test_information_taken_back_no_longer_blocks():
    decided = Decided()
    row = record(decided, decided.selected[0], -1)
    outside.cancel(by=decided.desk, decision=row)
    assert outside.conflicts(decided.jury) == {}
    assert len(decided.draft(decided.selected[0])) == 1


def test_the_same_information_twice_is_one_row():
    decided = Decided()
    assert record(decided, decided.selected[0], -1) == record(decided, decided.selected[0], -1, territory="voisin ")
    assert OutsideDecision.objects.count() == 1


def test_a_jury_to_come_and_our_own_territory_are_refused():
    decided = Decided()
    with pytest.raises(Refused) as refusal:
        record(decided, decided.selected[0], 30)
    assert refusal.value.field == "jury_on"
    with pytest.raises(Refused) as refusal:
        record(decided, decided.selected[0], -1, territory=decided.jury.territory.name)
    assert refusal.value.field == "territory"


def test_a_letter_of_selection_that_has_not_left_is_held_back():
    decided = Decided()
    application = decided.selected[0]
    offer = decided.offer(application, sent=False)
    row = record(decided, application, -1)
    offer.refresh_from_db()
    offer.letter.mail.refresh_from_db()
    assert (offer.state, offer.letter.mail.state) == (OfferState.CANCELLED, MailState.CANCELLED)
    outside.override(by=decided.desk, decision=row, reason="Le voisin y renonce.")
    assert len(decided.draft(application)) == 1


def test_a_later_decision_elsewhere_holds_nothing_back():
    decided = Decided()
    offer = decided.offer(decided.selected[0], sent=False)
    record(decided, decided.selected[0], 1)
    offer.letter.mail.refresh_from_db()
    assert offer.letter.mail.state == MailState.DRAFT


def test_retained_elsewhere_frees_the_position_and_keeps_the_letter_from_leaving():
    decided = Decided(reserve=1)
    application = decided.selected[0]
    offer = decided.offer(application, sent=False)
    row = record(decided, application, -1)
    outside.elsewhere(by=decided.desk, decision=row)
    offer.refresh_from_db()
    offer.letter.mail.refresh_from_db()
    assert fresh(application).state == S.ELSEWHERE
    assert (offer.state, offer.letter.mail.state) == (OfferState.CANCELLED, MailState.CANCELLED)
    assert board(decided.jury).free == 1
    (letter,) = decided.draft(application)
    assert letter.outcome == LetterOutcome.ELSEWHERE
    assert "Voisin" in letter.mail.body
    send(decided.desk, letter.mail)
    assert str(fresh(application).applicant_state_label) == "retenue par un autre territoire"


def test_retained_elsewhere_after_accepting_releases_the_position():
    decided = Decided()
    application = decided.selected[0]
    offer = decided.offer(application)
    offers.accept(by=application.owner, offer=offer)
    outside.elsewhere(by=decided.desk, decision=record(decided, application, -1))
    offer.refresh_from_db()
    assert offer.state == OfferState.RELEASED


@pytest.mark.parametrize("before", ["shortlisted", "reserve", "selected"])
def test_a_dossier_comes_back_where_it_stood(before):
    decided = Decided(reserve=1)
    application = place(decided.reserve[0] if before == "reserve" else decided.selected[0], before)
    outside.elsewhere(by=decided.desk, decision=record(decided, application, -1))
    (letter,) = decided.draft(application)
    outside.back(by=decided.desk, application=application)
    assert fresh(application).state == before
    letter.mail.refresh_from_db()
    assert letter.mail.state == MailState.CANCELLED


def test_a_dossier_does_not_come_back_on_a_position_given_since():
    decided = Decided(reserve=1)
    application = decided.selected[0]
    outside.elsewhere(by=decided.desk, decision=record(decided, application, -1))
    offers.call_next(by=decided.desk, jury=decided.jury, application=decided.reserve[0])
    with pytest.raises(Refused, match="attribuée depuis"):
        outside.back(by=decided.desk, application=application)


def test_another_territory_of_the_installation_is_found_by_itself():
    neighbour = Decided(jury=JuryFactory(territory=TerritoryFactory(name="Communauté voisine")))
    ours = Decided(held_on=neighbour.session.held_on + timedelta(days=1))
    application = ours.selected[0]
    Application.objects.filter(pk=neighbour.selected[0].pk).update(owner=application.owner)
    conflict = only(ours, application)
    assert (conflict.territory, conflict.jury_on, conflict.row) == (
        "Communauté voisine",
        neighbour.session.held_on,
        None,
    )
    assert conflict.blocks
    # Seen from there, ours came after.
    assert only(neighbour, neighbour.selected[0]).first == Precedence.OURS
    outside.record(
        by=ours.desk, application=application, territory="Communauté voisine", jury_on=conflict.jury_on, words=""
    )
    assert only(ours, application).row is not None


def test_a_reserve_list_elsewhere_is_no_decision_until_it_is_called():
    neighbour = Decided(reserve=1, jury=JuryFactory(territory=TerritoryFactory(name="Communauté voisine")))
    ours = Decided()
    application = ours.selected[0]
    Application.objects.filter(pk=neighbour.reserve[0].pk).update(owner=application.owner)
    assert outside.conflicts(ours.jury) == {}
    offers.refuse(by=neighbour.selected[0].owner, offer=neighbour.offer(neighbour.selected[0]))
    with pytest.raises(Refused, match="retenue par"):
        offers.call_next(by=neighbour.desk, jury=neighbour.jury, application=neighbour.reserve[0])
    row = outside.record(
        by=neighbour.desk,
        application=neighbour.reserve[0],
        territory=ours.jury.territory.name,
        jury_on=ours.session.held_on,
    )
    outside.override(by=neighbour.desk, decision=row, reason="Elle y a renoncé par courriel.")
    offers.call_next(by=neighbour.desk, jury=neighbour.jury, application=neighbour.reserve[0])
    conflict = only(ours, application)
    assert conflict.jury_on == timezone.localdate(Offer.objects.latest("pk").made_at)
    assert conflict.first == Precedence.OURS


def test_only_the_territory_s_coordination_settles():
    decided = Decided()
    row = record(decided, decided.selected[0], -1)
    other = CoordinatorFactory()
    with pytest.raises(Forbidden):
        outside.record(
            by=other, application=decided.selected[0], territory="X", jury_on=decided.session.held_on, words=""
        )
    with pytest.raises(Forbidden):
        outside.elsewhere(by=other, decision=row)
    with pytest.raises(Forbidden):
        outside.override(by=other, decision=row, reason="x")


def test_conflicts_cost_the_same_for_three_and_thirty(assert_num_queries_constant):
    decided = Decided(selected=3)
    for application in decided.selected:
        record(decided, application, -1)

    def grow():
        more = Decided(selected=1, reserve=30, jury=decided.jury, rules=False, held_on=decided.session.held_on)
        for application in more.reserve:
            record(more, application, -1)

    assert_num_queries_constant(lambda: outside.conflicts(decided.jury), grow, at_most=4)
    assert_num_queries_constant(lambda: letters.preview(decided.jury), lambda: None, at_most=11)
