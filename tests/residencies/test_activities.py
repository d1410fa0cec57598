"""Activities written together: who writes what, nobody over anybody, joint ones counted once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from clea.accounts.models import User
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from residencies.enums import ActivityKind, ActivityState, SessionState
from residencies.models import Activity, Residency
from residencies.services import activities
from structures.models import Structure
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory, artist_of, member_of
from tests.factories.structures import CoordinatorFactory
from tests.residencies.planning import place, signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("winter")]


@pytest.fixture
def winter() -> Iterator[None]:
    with time_machine.travel("2027-01-10 09:00:00+01:00", tick=False):
        yield


@pytest.fixture
def residency() -> Residency:
    return signed(ResidencyFactory())


@pytest.fixture
def host(residency: Residency) -> Structure:
    return place(residency, "Médiathèque du Fond")


@pytest.fixture
def desk(residency: Residency) -> User:
    return CoordinatorFactory(territory=residency.territory)


def idea(by: User, residency: Residency, *structures: Structure, **more: object) -> Activity:
    return activities.create(
        by=by,
        season=residency.season,
        residencies=[residency],
        structures=structures,
        kind=ActivityKind.GESTURE,
        title=" Cartes du fond ",
        **more,  # type: ignore[arg-type]
    )


def test_an_artist_has_an_idea_and_the_team_writes_in_it(residency, host):
    made = idea(artist_of(residency), residency, host, intention="Relever les traces.")
    assert (made.title, made.state) == ("Cartes du fond", ActivityState.IDEA)
    activities.write(by=member_of(host), activity=made, version=made.version, needs="Une salle.")
    made.refresh_from_db()
    assert (made.state, made.needs, made.intention) == (ActivityState.WRITING, "Une salle.", "Relever les traces.")
    assert Entry.objects.get(verb="activity.written").data == {"fields": ["needs"]}


def test_nobody_creates_or_writes_elsewhere(residency, host):
    stranger = artist_of(ResidencyFactory(season=residency.season))
    for by in (stranger, member_of(host)):
        with pytest.raises(Forbidden):
            idea(by, residency, host)
    made = idea(artist_of(residency), residency)
    # The structure is not associated: its team has no part in it yet.
    for by in (stranger, member_of(host), CoordinatorFactory()):
        with pytest.raises(Forbidden):
            activities.write(by=by, activity=made, version=0, needs="x")


def test_the_second_writer_is_told_and_nothing_is_lost(residency, host):
    made = idea(artist_of(residency), residency, host)
    activities.write(by=artist_of(residency), activity=made, version=0, intention="La première.")
    with pytest.raises(StaleWrite):
        activities.write(by=member_of(host), activity=made, version=0, intention="La seconde.")
    made.refresh_from_db()
    assert (made.intention, made.version) == ("La première.", 1)


@pytest.mark.parametrize("state", [ActivityState.DONE, ActivityState.EVALUATED, ActivityState.CANCELLED])
def test_the_text_is_closed_once_it_took_place(desk, residency, host, state):
    made = ActivityFactory(residency=residency, structure=host, state=state)
    for by in (desk, artist_of(residency), member_of(host)):
        with pytest.raises(Refused) as caught:
            activities.write(by=by, activity=made, version=0, intention="Trop tard.")
        assert caught.value.code == "closed"


def test_structures_are_the_artists_and_the_coordinations_and_stay_while_a_session_counts_on_them(
    residency, host, desk
):
    made = ActivityFactory(residency=residency, structure=host)
    other = place(residency, "École")
    with pytest.raises(Forbidden):
        activities.choose_structures(by=member_of(host), activity=made, structures=[host, other])
    activities.choose_structures(by=artist_of(residency), activity=made, structures=[host, other])
    session = SessionFactory(activity=made, structures=[host])
    with pytest.raises(Refused, match="Médiathèque du Fond"):
        activities.choose_structures(by=desk, activity=made, structures=[other])
    session.state = SessionState.CANCELLED
    session.save()
    activities.choose_structures(by=desk, activity=made, structures=[other])
    assert list(made.structures.all()) == [other]
    stranger = place(ResidencyFactory(), "Ailleurs")
    with pytest.raises(Refused, match="territoire"):
        activities.choose_structures(by=desk, activity=made, structures=[other, stranger])


def test_two_residencies_make_one_activity(desk, residency, host):
    second = signed(ResidencyFactory(season=residency.season))
    made = ActivityFactory(residency=residency, structure=host)
    with pytest.raises(Forbidden):
        activities.join_residency(by=artist_of(residency), activity=made, residency=second)
    activities.join_residency(by=desk, activity=made, residency=second)
    assert Activity.objects.of_artist(artist_of(second)).count() == 1
    with pytest.raises(Refused) as again:
        activities.join_residency(by=desk, activity=made, residency=second)
    assert again.value.code == "already"
    SessionFactory(activity=made)
    with pytest.raises(Refused) as counted:
        activities.leave_residency(by=desk, activity=made, residency=second)
    assert counted.value.code == "in_a_session"
    made.sessions.all().delete()
    activities.leave_residency(by=desk, activity=made, residency=second)
    with pytest.raises(Refused) as last:
        activities.leave_residency(by=desk, activity=made, residency=residency)
    assert last.value.code == "last"
    with pytest.raises(Refused):
        activities.join_residency(by=desk, activity=made, residency=ResidencyFactory())


def test_a_team_does_not_call_an_activity_off(desk, residency, host):
    made = ActivityFactory(residency=residency, structure=host, state=ActivityState.WRITING)
    with pytest.raises(Forbidden):
        activities.cancel(by=member_of(host), activity=made, reason="Nous ne pouvons plus.")
    with pytest.raises(Refused):
        activities.cancel(by=desk, activity=made, reason="  ")
    activities.cancel(by=artist_of(residency), activity=made, reason="Report à la saison prochaine.")
    made.refresh_from_db()
    assert (made.state, made.cancelled_why) == (ActivityState.CANCELLED, "Report à la saison prochaine.")
    activities.reopen(by=desk, activity=made)
    made.refresh_from_db()
    assert (made.state, made.cancelled_why) == (ActivityState.WRITING, "")
