"""Between territories, once the reserve list is called: the day of the call is our definitive decision."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from candidatures.enums import ApplicationState, LetterOutcome, Outcome
from candidatures.models import Application, Offer
from candidatures.rules.answers import Precedence
from candidatures.selectors.answers import board
from candidatures.services.jury import offers, outside
from tests.candidatures.jury.decided import Decided, fresh, place, send

pytestmark = pytest.mark.django_db
S = ApplicationState


def called(decided: Decided) -> Application:
    """The first of the reserve list, called today on the residency that is free."""
    application = decided.reserve[0]
    offers.call_next(by=decided.desk, jury=decided.jury, application=application)
    return fresh(application)


@pytest.mark.parametrize(
    ("days", "first", "blocks"),
    [(-1, Precedence.THEIRS, True), (0, Precedence.SAME_DAY, True), (1, Precedence.OURS, False)],
)
def test_the_day_of_our_call_is_what_others_are_compared_with(days: int, first: Precedence, blocks: bool) -> None:
    decided = Decided(selected=0, places=1, reserve=1)
    application = called(decided)
    day: date = timezone.localdate()
    (draft,) = application.letters.all()
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        row = outside.record(
            by=decided.desk, application=application, territory="Voisin", jury_on=day + timedelta(days=days)
        )
        (conflict,) = outside.conflicts(decided.jury)[application.pk]
        assert (conflict.first, conflict.ours, conflict.blocks) == (first, day, blocks)
        draft.mail.refresh_from_db()
        # Held back when the other came first, left to leave when our call did.
        assert (draft.mail.state == "cancelled") == blocks
        outside.cancel(by=decided.desk, decision=row)
        assert application.pk not in outside.conflicts(decided.jury)


def test_of_two_territories_of_the_installation_only_one_is_told_to_yield() -> None:
    ours, theirs = Decided(selected=0, places=1, reserve=1), Decided(selected=0, places=1, reserve=0)
    application = called(ours)
    # The same artist, chosen by the other territory's jury three days later.
    rival = theirs.declined[0]
    Application.objects.filter(pk=rival.pk).update(owner=application.owner)
    season, other = ours.call.season, theirs.call.season
    other.starts_on, other.ends_on = season.starts_on, season.ends_on
    other.save()
    theirs.session.held_on = timezone.localdate() + timedelta(days=3)
    theirs.session.save()
    rival.decisions.update(outcome=Outcome.SELECTED, position=theirs.position)
    place(rival, S.SELECTED)
    (here,) = outside.conflicts(ours.jury)[application.pk]
    (there,) = outside.conflicts(theirs.jury)[rival.pk]
    assert (here.first, there.first) == (Precedence.OURS, Precedence.THEIRS)


def test_a_place_on_the_list_keeps_nobody_even_after_a_call_taken_back() -> None:
    decided = Decided(selected=0, places=1, reserve=1)
    application = called(decided)
    offers.cancel(by=decided.desk, offer=Offer.objects.get(), why="Erreur.")
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        day = timezone.localdate() - timedelta(days=1)
        outside.record(by=decided.desk, application=fresh(application), territory="Voisin", jury_on=day)
        (conflict,) = outside.conflicts(decided.jury)[application.pk]
        assert (conflict.first, conflict.ours) == (Precedence.THEIRS, None)


def test_an_artist_called_and_told_is_not_asked_to_leave_for_a_later_jury() -> None:
    decided = Decided(selected=0, places=1, reserve=1)
    application = called(decided)
    offer = Offer.objects.get()
    send(decided.desk, offer.letter.mail)
    offers.accept(by=application.owner, offer=offer)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        outside.record(by=decided.desk, application=application, territory="Voisin", jury_on=timezone.localdate())
        case = board(decided.jury).of(application)
        assert case is not None
        assert (case.blocking, case.due, case.accepted) == ([], LetterOutcome.CALLED, True)
