"""What took place: said by each side, settled by the desk; figures that are not added twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from clea.accounts.models import User
from clea.errors import Forbidden, Refused, StaleWrite
from clea.mail.models import OutgoingMail
from residencies.enums import ActivityState, AudienceCategory, ConfirmationSide, Happened, Qualifier, SessionState
from residencies.models import Activity, Audience, Confirmation, Residency, Session
from residencies.selectors import confirmations as selectors
from residencies.services import confirmations, lookback, paper_rounds
from residencies.services.confirmations import Count
from structures.models import Structure
from tests.factories.residencies import (
    ActivityFactory,
    ResidencyFactory,
    SessionFactory,
    artist_of,
    member_of,
    moment,
    team,
)
from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory

pytestmark = pytest.mark.django_db
C = AudienceCategory


@pytest.fixture
def residency() -> Residency:
    return ResidencyFactory()


@pytest.fixture
def place(residency: Residency) -> Structure:
    found = StructureFactory(commune=CommuneFactory(territory=residency.territory))
    team(found)
    return found


@pytest.fixture
def activity(residency: Residency, place: Structure) -> Activity:
    return ActivityFactory(residency=residency, structure=place)


@pytest.fixture
def session(activity: Activity) -> Session:
    """Monday 1 February 2027 at 10."""
    return SessionFactory(activity=activity, on="2027-02-01")


@pytest.fixture
def desk(residency: Residency) -> User:
    return CoordinatorFactory(territory=residency.territory)


@pytest.fixture(autouse=True)
def _the_day_after() -> Iterator[None]:
    with time_machine.travel(moment("2027-02-02", "09:00"), tick=False):
        yield


def by_artist(session: Session, *counts: Count, happened: Happened = Happened.YES, **more: Any) -> Confirmation:
    residency = session.residencies.get()
    return confirmations.confirm(
        by=artist_of(residency),
        session=session,
        side=ConfirmationSide.ARTIST,
        residency=residency,
        happened=happened,
        counts=counts,
        **more,
    )


def by_team(session: Session, *counts: Count, happened: Happened = Happened.YES) -> Confirmation:
    place = session.structures.get()
    return confirmations.confirm(
        by=member_of(place),
        session=session,
        side=ConfirmationSide.STRUCTURE,
        structure=place,
        happened=happened,
        counts=counts,
    )


def said(confirmation: Confirmation) -> tuple[int | None, str]:
    found = selectors.total(confirmation.headcounts.all())
    return found.value, found.qualifier


# Figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "total"),
    [
        ([Count(C.GENERAL, 650), Count(C.PRIMARY, 330, inside=True)], (650, Qualifier.EXACT)),
        ([Count(C.PRIMARY, 420), Count(C.ADULTS, 350)], (770, Qualifier.EXACT)),
        ([Count(C.PRIMARY, 0)], (0, Qualifier.EXACT)),
        ([Count(C.PRIMARY, None)], (None, Qualifier.EXACT)),
        ([], (None, Qualifier.EXACT)),
        ([Count(C.PRIMARY, 25), Count(C.ADULTS, None)], (25, Qualifier.MORE_THAN)),
        ([Count(C.PRIMARY, 25), Count(C.ADULTS, 4, Qualifier.ABOUT)], (29, Qualifier.ABOUT)),
    ],
)
def test_a_total_adds_what_is_known_once(session: Session, counts: list[Count], total: tuple[int | None, str]) -> None:
    assert said(by_artist(session, *counts)) == total


def test_a_part_is_never_larger_than_what_it_is_part_of(session: Session) -> None:
    for counts, code in (
        ([Count(C.GENERAL, 330), Count(C.PRIMARY, 650, inside=True)], "inside_too_large"),
        ([Count(C.PRIMARY, 330, inside=True)], "inside_of_nothing"),
    ):
        with pytest.raises(Refused) as refusal:
            by_artist(session, *counts)
        assert refusal.value.code == code
    assert not session.confirmations.exists()


def test_a_public_is_not_counted_on_two_lines(session: Session) -> None:
    with pytest.raises(Refused) as refusal:
        by_artist(session, Count(C.PRIMARY, 3), Count(C.PRIMARY, 4))
    assert refusal.value.code == "twice"


# Who and when --------------------------------------------------------------------------------


def test_a_session_is_confirmed_from_its_first_minute(session: Session) -> None:
    with time_machine.travel(moment("2027-02-01", "09:59")), pytest.raises(Refused) as refusal:
        by_artist(session)
    assert refusal.value.code == "too_early"
    with time_machine.travel(moment("2027-02-01", "10:00")):
        by_artist(session)
    session.refresh_from_db()
    assert session.state == SessionState.HELD


def test_only_its_own_sides_confirm_it(session: Session, residency: Residency, place: Structure) -> None:
    other = ResidencyFactory(season=residency.season)
    elsewhere = StructureFactory(commune=place.commune)
    team(elsewhere)
    tries: list[dict[str, Any]] = [
        {"by": artist_of(other), "side": ConfirmationSide.ARTIST, "residency": other},
        {"by": artist_of(other), "side": ConfirmationSide.ARTIST, "residency": residency},
        {"by": member_of(elsewhere), "side": ConfirmationSide.STRUCTURE, "structure": elsewhere},
        {"by": member_of(elsewhere), "side": ConfirmationSide.STRUCTURE, "structure": place},
        {"by": artist_of(residency), "side": ConfirmationSide.DESK},
        {"by": CoordinatorFactory(), "side": ConfirmationSide.DESK},
    ]
    for one in tries:
        with pytest.raises(Forbidden):
            confirmations.confirm(session=session, happened=Happened.YES, **one)


# Agreeing, differing, settling ---------------------------------------------------------------


def test_the_first_word_stands_and_one_that_agrees_changes_nothing(session: Session, activity: Activity) -> None:
    first = by_artist(session, Count(C.PRIMARY, 24))
    session.refresh_from_db()
    before = session.sequence
    by_team(session, Count(C.PRIMARY, 24))
    session.refresh_from_db()
    assert (session.standing, session.contested, session.sequence) == (first, False, before)
    activity.refresh_from_db()
    assert activity.state == ActivityState.DONE


@pytest.mark.parametrize(
    ("counts", "happened", "contested"),
    [
        ([Count(C.PRIMARY, 22)], Happened.YES, True),
        ([], Happened.NO, True),
        ([Count(C.PRIMARY, 24)], Happened.CHANGED, True),
        ([Count(C.PRIMARY, None)], Happened.YES, False),
        ([Count(C.PRIMARY, 20), Count(C.ADULTS, 4)], Happened.YES, False),
    ],
)
def test_a_word_that_differs_is_shown(
    session: Session, counts: list[Count], happened: Happened, contested: bool
) -> None:
    by_artist(session, Count(C.PRIMARY, 24))
    by_team(session, *counts, happened=happened)
    session.refresh_from_db()
    assert (session.contested, session.state) == (contested, SessionState.HELD)


def test_the_coordination_settles_and_nobody_changes_it_after(session: Session, desk: User, activity: Activity) -> None:
    by_artist(session, Count(C.PRIMARY, 24))
    theirs = by_team(session, happened=Happened.NO)
    settled = confirmations.settle(by=desk, session=session, confirmation=theirs)
    session.refresh_from_db()
    activity.refresh_from_db()
    assert (session.standing, session.contested, session.state) == (settled, False, SessionState.NOT_HELD)
    assert activity.state == ActivityState.PLANNED
    with pytest.raises(Refused) as refusal:
        by_artist(session, Count(C.PRIMARY, 30))
    assert refusal.value.code == "settled"
    confirmations.unsettle(by=desk, session=session)
    session.refresh_from_db()
    assert (session.contested, session.state) == (True, SessionState.HELD)


def test_a_word_that_came_meanwhile_is_read_before_settling(session: Session, desk: User) -> None:
    mine = by_artist(session, Count(C.PRIMARY, 24))
    (seen,) = selectors.sessions(session.activity)
    by_team(session, Count(C.PRIMARY, 3))
    with pytest.raises(StaleWrite):
        confirmations.settle(by=desk, session=session, confirmation=mine, seen=seen.mark)


def test_said_again_it_replaces_what_was_said(session: Session) -> None:
    by_artist(session, Count(C.PRIMARY, 24))
    again = by_artist(session, happened=Happened.NO)
    session.refresh_from_db()
    assert (session.confirmations.count(), session.state) == (1, SessionState.NOT_HELD)
    assert not again.headcounts.exists()


# The activity --------------------------------------------------------------------------------


def test_an_activity_is_done_once_no_session_waits(session: Session, activity: Activity) -> None:
    second = SessionFactory(activity=activity, on="2027-02-01", at="14:00")
    SessionFactory(activity=activity, on="2027-03-01", state=SessionState.CANCELLED)
    by_artist(session, Count(C.PRIMARY, 24))
    activity.refresh_from_db()
    assert activity.state == ActivityState.PLANNED
    by_artist(second, happened=Happened.NO)
    activity.refresh_from_db()
    assert activity.state == ActivityState.DONE


def test_different_people_are_not_more_than_attendances(session: Session, activity: Activity, desk: User) -> None:
    second = SessionFactory(activity=activity, on="2027-02-01", at="14:00")
    by_artist(session, Count(C.PRIMARY, 24))
    by_artist(second, Count(C.PRIMARY, 22))
    assert selectors.attendances(selectors.sessions(activity)).value == 46
    with pytest.raises(Refused) as refusal:
        lookback.evaluate(by=desk, activity=activity, desk_view="", people_met=47)
    assert refusal.value.field == "people_met"
    done = lookback.evaluate(by=desk, activity=activity, desk_view="Bien.", people_met=25, classes=1)
    assert (done.state, done.people_met, done.classes) == (ActivityState.EVALUATED, 25, 1)
    with pytest.raises(Refused) as refusal:
        by_artist(session, Count(C.PRIMARY, 30))
    assert refusal.value.code == "evaluated"


def test_an_activity_is_not_evaluated_before_its_sessions_are_confirmed(activity: Activity, desk: User) -> None:
    with pytest.raises(Refused) as refusal:
        lookback.evaluate(by=desk, activity=activity, desk_view="", people_met=None)
    assert refusal.value.code == "not_done"


def test_each_side_writes_its_own_view_and_overwrites_nobody(
    session: Session, activity: Activity, residency: Residency
) -> None:
    mine: dict[str, Any] = {
        "by": artist_of(residency),
        "activity": activity,
        "side": ConfirmationSide.ARTIST,
        "residency": residency,
    }
    with pytest.raises(Refused):
        lookback.write(text="Trop tôt.", seen="", **mine)
    by_artist(session)
    lookback.write(text="Un chœur.", seen="", **mine)
    with pytest.raises(StaleWrite):
        lookback.write(text="Autre chose.", seen="", **mine)
    activity.refresh_from_db()
    assert (activity.artist_view, activity.team_view) == ("Un chœur.", "")


# Lists and reminders -------------------------------------------------------------------------


def test_what_is_to_confirm_is_what_one_has_not_said(session: Session, residency: Residency, place: Structure) -> None:
    SessionFactory(activity=session.activity, on="2027-02-03")
    assert selectors.to_confirm_of_residency(residency) == [session]
    by_artist(session)
    assert selectors.to_confirm_of_residency(residency) == []
    assert selectors.to_confirm_of_structure(place) == [session]


def test_the_day_after_who_said_nothing_is_reminded_once(session: Session, residency: Residency) -> None:
    Audience.objects.create(session=session, category=C.PRIMARY, expected=24)
    by_team(session, Count(C.PRIMARY, 24))
    with time_machine.travel(moment("2027-02-01", "23:59")):
        assert paper_rounds.remind_confirmations() == 0
    with time_machine.travel(moment("2027-02-02", "00:01")):
        assert paper_rounds.remind_confirmations() == 1
        assert paper_rounds.remind_confirmations() == 0
    (mail,) = OutgoingMail.objects.filter(kind="session.confirmation_reminder")
    assert mail.to == artist_of(residency).email
    assert f"/ma-residence/{residency.uuid}/confirmer/{session.uuid}/" in mail.body
