"""Planning a session: what is written, what is warned of, who may pass over it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from candidatures.enums import LifeStage
from clea.accounts.models import User
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from residencies.enums import ActivityKind, ActivityState, DayPart, SessionState
from residencies.models import Activity, Event, MeetingSlot, PresenceDay, Residency, Room, Session, Visit
from residencies.selectors import activities as activity_selectors
from residencies.selectors import planning as selectors
from residencies.services import activities, sessions
from structures.models import Closure, Structure, Territory
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory, artist_of, member_of, moment
from tests.factories.structures import CoordinatorFactory
from tests.residencies.planning import codes, place, plan, reasons, signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("winter")]


@pytest.fixture
def winter() -> Iterator[None]:
    with time_machine.travel("2027-01-10 09:00:00+01:00", tick=False):
        yield


@pytest.fixture
def residency() -> Residency:
    return signed(ResidencyFactory(artist_name="Compagnie du Chevalet"))


@pytest.fixture
def host(residency: Residency) -> Structure:
    return place(residency, "Médiathèque du Fond")


@pytest.fixture
def activity(residency: Residency, host: Structure) -> Activity:
    return ActivityFactory(residency=residency, structure=host, state=ActivityState.WRITING)


@pytest.fixture
def desk(residency: Residency) -> User:
    return CoordinatorFactory(territory=residency.territory)


def other(residency: Residency, structure: Structure, **more: object) -> Activity:
    return ActivityFactory(residency=residency, structure=structure, title="Chœur des corons", **more)


def warned(by: User, activity: Activity, *args: str, **more: Any) -> sessions.Warned:
    with pytest.raises(sessions.Warned) as caught:
        plan(by, activity, *args, **more)
    assert not Session.objects.filter(activity=activity).exists()
    return caught.value


# What is written ---------------------------------------------------------------------------------


def test_a_session_that_breaks_nothing_is_placed_at_once(desk, activity):
    with CaptureQueriesContext(connection) as queries:
        session = plan(desk, activity, audience={"primary": 25, "professionals": None})
    activity.refresh_from_db()
    assert (activity.state, session.state) == (ActivityState.PLANNED, SessionState.PLANNED)
    assert list(session.structures.all()) == list(activity.structures.all())
    assert dict(session.audience.values_list("category", "expected")) == {"primary": 25, "professionals": None}
    assert Entry.objects.filter(verb="planning.planned", target_id=str(session.uuid)).count() == 1
    assert sum("SAVEPOINT" not in query["sql"] for query in queries) <= 36


def test_what_does_not_hold_together_is_refused(desk, residency, activity, host):
    stranger = place(residency, "Autre lieu")
    for more, field in (
        ({"until": "10:00"}, "until"),
        ({"host": stranger}, "structures"),
        ({"host": host, "residencies": [ResidencyFactory(season=residency.season)]}, "residencies"),
        ({"host": host, "residencies": []}, "residencies"),
    ):
        with pytest.raises(Refused) as caught:
            plan(desk, activity, **more)
        assert caught.value.field == field


def test_only_the_artist_and_the_coordination_place_a_session(activity, host):
    assert plan(artist_of(activity.residencies.get()), activity).state == SessionState.PLANNED
    for stranger in (member_of(host), artist_of(ResidencyFactory())):
        with pytest.raises(Forbidden):
            plan(stranger, activity, "2027-02-03")


def test_a_diffusion_may_follow_a_finished_residency(desk, residency, activity):
    residency.state = "finished"
    residency.save()
    with pytest.raises(Refused, match="terminée"):
        plan(desk, activity, "2027-06-22")
    activity.kind = ActivityKind.DIFFUSION
    activity.save()
    assert plan(desk, activity, "2027-06-22").pk


def test_every_week_keeps_the_hour_of_the_clock_across_summer_time(desk, activity):
    wanted = sessions.Wanted(moment("2027-03-23"), moment("2027-03-23", "11:30"), host=activity.structures.get())
    made = sessions.plan_weekly(by=desk, activity=activity, wanted=wanted, weeks=3)
    assert [row.starts_at for row in made] == [moment("2027-03-23"), moment("2027-03-30"), moment("2027-04-06")]
    with pytest.raises(sessions.Warned) as caught:
        sessions.plan_weekly(by=desk, activity=activity, wanted=wanted, weeks=4)
    # All or none: the three taken moments are said together, the free fourth is not placed.
    assert codes(caught.value).count("artist_taken") == 3
    assert Session.objects.count() == 3


# What is warned of -------------------------------------------------------------------------------


def test_the_artist_is_elsewhere_and_the_reason_is_kept_for_that_moment_only(desk, residency, activity):
    taken = SessionFactory(activity=other(residency, place(residency, "École des Terrils")), at="11:00")
    error = warned(desk, activity)
    assert codes(error) == ["artist_taken"]
    assert "Chœur des corons" in error.warnings[0].explain
    assert "École des Terrils" in error.warnings[0].explain
    assert "11\xa0h" in error.warnings[0].explain
    session = plan(desk, activity, waivers=reasons(error, "Deux membres de la compagnie y vont."))
    assert session.waivers.get().reason == "Deux membres de la compagnie y vont."
    # Said once, it is said for both: the other session is not to look at again either.
    assert not selectors.to_review(residency.territory, [session, taken])
    # Another moment of the other one, still over this one: what was waived is no longer what is.
    Session.objects.filter(pk=taken.pk).update(
        starts_at=moment("2027-02-02", "10:30"), ends_at=moment("2027-02-02", "12:30")
    )
    taken.refresh_from_db()
    found = selectors.to_review(residency.territory, [session, taken])
    assert {pk: [row.code.value for row in review.warnings] for pk, review in found.items()} == {
        session.pk: ["artist_taken"],
        taken.pk: ["artist_taken"],
    }


def test_two_sessions_may_follow_each_other_in_one_building(desk, residency, activity, host):
    SessionFactory(activity=other(residency, host), at="08:30")
    assert plan(desk, activity, at="10:00").pk
    assert plan(desk, activity, at="11:30", until="12:30").pk


@pytest.mark.parametrize(("at", "until", "gap"), [("10:20", "11:30", "20"), ("06:30", "08:15", "15")])
def test_the_road_needs_its_minutes_before_and_after(desk, residency, activity, at, until, gap):
    # 0,07° of latitude: 7,8 km as the crow flies, 10,1 by road, 16 minutes at 40 km/h, 10 to settle.
    SessionFactory(activity=other(residency, place(residency, "Loin", latitude=50.5)), at="08:30")
    error = warned(desk, activity, "2027-02-02", at, until)
    assert codes(error) == ["travel"]
    assert "10,1\xa0km" in error.warnings[0].explain or "10,1 km" in error.warnings[0].explain
    assert "26 minutes" in error.warnings[0].explain
    assert f"il y en a {gap}" in error.warnings[0].explain
    assert plan(desk, activity, at="10:26", until="11:30").pk


def test_sessions_called_off_or_not_held_take_nobody(desk, residency, activity, host):
    for state in (SessionState.CANCELLED, SessionState.NOT_HELD):
        SessionFactory(activity=other(residency, host), state=state)
    assert plan(desk, activity).pk


def test_visits_events_and_computed_meetings_take_the_artist(desk, residency, activity, host):
    season = residency.season
    visit = Visit.objects.create(
        season=season, title="Bassin", starts_at=moment("2027-02-02", "09:00"), ends_at=moment("2027-02-02", "12:00")
    )
    visit.residencies.set([residency])
    event = Event.objects.create(
        season=season,
        slug="temps",
        title="27e heure",
        place="Base 11/19",
        state="published",
        starts_at=moment("2027-02-03", "09:00"),
        ends_at=moment("2027-02-03", "12:00"),
    )
    room = Room.objects.create(event=event, name="1")
    MeetingSlot.objects.create(
        event=event, residency=residency, structure=host, room=room, starts_at=moment("2027-02-03", "10:15")
    )
    assert codes(warned(desk, activity)) == ["artist_taken"]
    assert codes(warned(desk, activity, "2027-02-03", "10:20", "11:00")) == ["artist_taken", "structure_taken"]
    event.residencies.add(residency)
    assert codes(warned(desk, activity, "2027-02-03", "11:00", "12:30")) == ["artist_taken"]


def test_the_team_is_taken_by_another_artist(desk, residency, activity, host):
    elsewhere = signed(ResidencyFactory(season=residency.season))
    SessionFactory(activity=other(elsewhere, host))
    assert codes(warned(desk, activity)) == ["structure_taken"]


def test_the_days_of_the_contract_of_the_year_and_of_the_structure(desk, residency, activity, host):
    Closure.objects.create(structure=host, weekday=0, reason="fermé le lundi")
    Closure.objects.create(structure=host, starts_on=date(2027, 6, 7), ends_on=date(2027, 6, 9))
    assert codes(warned(desk, activity, "2027-02-22")) == ["outside_periods", "structure_closed", "school_holiday"]
    assert codes(warned(desk, activity, "2027-03-29")) == ["structure_closed", "public_holiday"]
    assert codes(warned(desk, activity, "2027-06-09")) == ["structure_closed"]
    # In the spring holidays, inside the period: knowingly, and only with the school.
    assert codes(warned(desk, activity, "2027-04-21")) == ["school_holiday"]
    activity.life_stage = LifeStage.OUT_OF_SCHOOL
    activity.save()
    assert plan(desk, activity, "2027-04-21").pk
    activity.kind = ActivityKind.DIFFUSION
    activity.save()
    assert plan(desk, activity, "2027-02-23").pk


@pytest.mark.parametrize(("at", "until", "said"), [("09:00", "12:00", []), ("12:30", "14:00", ["absent"])])
def test_half_a_day_of_presence_is_half_a_day(desk, residency, activity, at, until, said):
    PresenceDay.objects.create(residency=residency, day=date(2027, 2, 2), planned=DayPart.MORNING)
    if not said:
        assert plan(desk, activity, at=at, until=until).pk
    else:
        assert codes(warned(desk, activity, "2027-02-02", at, until)) == said


def test_the_days_due_are_all_taken(desk, residency, activity):
    residency.contract_days = Decimal(20)
    residency.save()
    # Five days of immersion, fifteen of phase 1: the next weekday of presence is the twenty-first.
    assert plan(desk, activity, "2027-02-19").pk
    with pytest.raises(sessions.Warned) as caught:
        plan(desk, activity, "2027-03-08")
    assert codes(caught.value) == ["past_days"]
    assert "20" in caught.value.warnings[0].explain


def test_a_contract_not_signed_and_a_team_not_complete_are_said(desk):
    residency = ResidencyFactory()
    lonely = place(residency, "Lieu sans équipe", members=1)
    activity = ActivityFactory(residency=residency, structure=lonely, state=ActivityState.WRITING)
    error = warned(CoordinatorFactory(territory=residency.territory), activity)
    assert codes(error) == ["not_contracted", "no_team"]


def test_the_artist_passes_over_what_is_theirs_alone(residency, activity, host):
    artist = artist_of(residency)
    PresenceDay.objects.create(residency=residency, day=date(2027, 2, 2), planned=DayPart.NONE)
    session = plan(artist, activity, waivers=reasons(warned(artist, activity), "Je reviens pour cela."))
    assert session.waivers.get().code == "absent"
    Closure.objects.create(structure=host, weekday=2)
    with pytest.raises(sessions.Warned) as caught:
        plan(artist, activity, "2027-02-03")
    with pytest.raises(sessions.Warned) as again:
        plan(artist, activity, "2027-02-03", waivers=reasons(caught.value))
    assert codes(again.value) == ["structure_closed"]


def test_a_blank_reason_is_no_reason(desk, activity, host):
    Closure.objects.create(structure=host, weekday=1)
    with pytest.raises(sessions.Warned):
        plan(desk, activity, waivers=reasons(warned(desk, activity), "   "))


# Moving, calling off, putting back ---------------------------------------------------------------


def test_a_move_tells_who_was_to_come_and_grows_the_sequence(desk, residency, activity, host):
    session = plan(desk, activity)
    session = sessions.move(
        by=desk, session=session, starts_at=moment("2027-02-04"), ends_at=moment("2027-02-04", "11:30")
    )
    assert session.sequence == 1
    told = {mail.to: mail for mail in OutgoingMail.objects.filter(kind="planning.moved")}
    assert set(told) == {artist_of(residency).email, host.professionals.order_by("pk")[0].email}
    assert "jeudi 4 février 2027" in told[artist_of(residency).email].body
    assert "mardi 2 février 2027" in told[artist_of(residency).email].body
    wanted = sessions.Wanted(session.starts_at, session.ends_at, host=host, audience={"adults": 12}, is_public=True)
    session = sessions.change(by=desk, session=session, wanted=wanted, version=session.version)
    # Another audience moves nothing: no message, the calendars keep the event.
    assert (session.sequence, OutgoingMail.objects.count()) == (1, 2)
    with pytest.raises(StaleWrite):
        sessions.change(by=desk, session=session, wanted=wanted, version=0)


def test_a_session_called_off_sends_the_activity_back_to_writing_and_comes_back(desk, residency, activity, host):
    session = plan(artist_of(residency), activity)
    with pytest.raises(Refused):
        sessions.cancel(by=desk, session=session, reason=" ")
    session = sessions.cancel(by=desk, session=session, reason="Dégât des eaux.")
    activity.refresh_from_db()
    assert (session.state, session.sequence, activity.state) == (SessionState.CANCELLED, 1, ActivityState.WRITING)
    assert all("Dégât des eaux." in mail.body for mail in OutgoingMail.objects.filter(kind="planning.cancelled"))
    with pytest.raises(Refused, match="rétablissez"):
        sessions.move(by=desk, session=session, starts_at=session.starts_at, ends_at=session.ends_at)
    SessionFactory(activity=other(residency, host))
    with pytest.raises(sessions.Warned) as caught:
        sessions.restore(by=desk, session=session)
    session = sessions.restore(by=desk, session=session, waivers=reasons(caught.value))
    activity.refresh_from_db()
    assert (session.state, session.cancelled_why, activity.state) == ("planned", "", ActivityState.PLANNED)


def test_a_past_session_is_called_off_without_a_word_and_a_confirmed_one_never(desk, residency, activity):
    past = SessionFactory(activity=activity, on="2026-10-06")
    sessions.cancel(by=desk, session=past, reason="Erreur de saisie.")
    assert not OutgoingMail.objects.exists()
    held = SessionFactory(activity=activity, on="2026-10-07", state=SessionState.HELD)
    with pytest.raises(Refused):
        sessions.cancel(by=desk, session=held, reason="Trop tard.")


def test_calling_the_activity_off_calls_off_what_was_to_come_in_one_message(desk, residency, activity, host):
    first, second = plan(desk, activity), plan(desk, activity, "2027-02-03")
    activities.cancel(by=desk, activity=activity, reason="L'école ferme.")
    assert set(activity.sessions.values_list("state", flat=True)) == {SessionState.CANCELLED}
    mails = OutgoingMail.objects.filter(kind="activity.cancelled")
    assert mails.count() == 2
    assert all("mardi 2" in mail.body and "mercredi 3" in mail.body for mail in mails)
    with pytest.raises(Refused):
        plan(desk, activity, "2027-02-05")
    activities.reopen(by=desk, activity=activity)
    assert plan(desk, activity, "2027-02-05").pk != first.pk
    second.refresh_from_db()
    assert second.state == SessionState.CANCELLED


def test_an_english_speaking_artist_reads_english(desk, residency, activity):
    artist = artist_of(residency)
    artist.language = "en"
    artist.save()
    session = plan(desk, activity)
    sessions.cancel(by=desk, session=session, reason="Fuite.")
    mail = OutgoingMail.objects.get(to=artist.email)
    assert mail.subject.startswith("Session cancelled")
    assert "Tuesday 2 February 2027, 10" in mail.body


# Later changes around a planned session ----------------------------------------------------------


def test_what_changes_later_puts_a_session_among_those_to_look_at_again(desk, residency, activity, host):
    session = plan(desk, activity)
    territory = [Territory.objects.get(pk=residency.territory.pk)]
    assert activity_selectors.reviews_of(territory) == []
    Closure.objects.create(structure=host, starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 5), reason="travaux")
    (found,) = activity_selectors.reviews_of(territory)
    assert [row.code.value for row in found[0].warnings] == ["structure_closed"]
    sessions.waive(by=desk, session=session, reasons={found[0].warnings[0].key: "La salle du fond reste ouverte."})
    assert activity_selectors.reviews_of(territory) == []
    assert Entry.objects.filter(verb="planning.waived").count() == 1


def test_looking_again_costs_the_same_at_three_and_at_thirty(desk, residency, host, django_assert_num_queries):
    territory = [Territory.objects.get(pk=residency.territory.pk)]

    def cost(days: range) -> int:
        for n in days:
            SessionFactory(activity=ActivityFactory(residency=residency, structure=host), on=f"2027-05-{n:02d}")
        with CaptureQueriesContext(connection) as queries:
            activity_selectors.reviews_of(territory)
        return len(queries)

    assert cost(range(3, 6)) == cost(range(6, 31))
