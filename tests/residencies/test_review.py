"""What a hostile reading found: dates from nowhere, acts on what is over, doors left open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clea.errors import Refused
from clea.mail.models import OutgoingMail
from residencies.enums import (
    AbsenceReason,
    ActivityState,
    DayPart,
    EventState,
    PaperKind,
    PaperState,
    ResidencyState,
    SessionState,
    WarningCode,
)
from residencies.models import (
    Activity,
    CalendarFeed,
    Event,
    Lodging,
    Paper,
    PresenceDay,
    Residency,
    Session,
    Signature,
    Visit,
    Work,
)
from residencies.selectors import feeds as feed_selectors
from residencies.selectors import team_home
from residencies.selectors import works as work_selectors
from residencies.selectors.where_next import facts
from residencies.services import activities, events, feeds, opening, people, sessions, works
from structures.models import Structure
from structures.services.merging import merge_structures
from tests.factories.accounts import UserFactory
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory, artist_of, member_of, moment
from tests.factories.structures import CoordinatorFactory, ProfessionalFactory
from tests.residencies.planning import codes, place, plan, reasons, signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("winter")]

#: Dates that a form reads and that no calendar holds.
NOWHERE = ("9999-12-31", "0001-01-01")
# Years that a form takes, and no season does.
FAR = ("2150-12-31", "1901-01-01")


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
def desk(residency: Residency) -> Any:
    return CoordinatorFactory(territory=residency.territory)


# Bad input -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", NOWHERE)
@pytest.mark.parametrize("name", ["du", "au"])
def test_the_agenda_answers_whatever_the_date(client: Client, name: str, day: str) -> None:
    for address in ("residencies:agenda", "residencies:agenda_calendar"):
        assert client.get(reverse(address), {name: day}).status_code == 200


@pytest.mark.parametrize("day", FAR)
def test_a_session_of_another_age_is_refused_beside_its_day(client: Client, activity: Activity, day: str) -> None:
    residency, host = activity.residencies.get(), activity.structures.get()
    client.force_login(artist_of(residency))
    address = reverse("studio:session_plan", args=[residency.uuid, activity.uuid])
    assert client.get(address, {"le": day}).status_code == 200
    typed = {"day": day, "at": "10:00", "until": "11:00", "host": host.pk, "residencies": residency.pk}
    for more in ({}, {"regarder": "1"}, {"creneau": f"{day}T10:00/{day}T11:00"}):
        answer = client.post(address, typed | more)
        assert answer.status_code == 422
        assert "vérifiez l'année" in answer.content.decode().replace("&#x27;", "'")
    last = client.post(address, typed | {"day": "2027-02-02", "last_day": day})
    assert last.status_code == 422
    with pytest.raises(Refused, match="trop loin"):
        plan(artist_of(residency), activity, on="2032-02-02")
    assert not Session.objects.exists()


@pytest.mark.parametrize("day", FAR)
def test_the_desk_mistypes_a_year_and_is_told_so(client: Client, residency: Residency, desk: Any, day: str) -> None:
    client.force_login(desk)
    lodging = Lodging.objects.create(territory=residency.territory, name="Maison", beds=3)
    own, other = [residency.uuid], ResidencyFactory(season=residency.season)
    Visit.objects.create(
        season=residency.season, title="Musée", starts_at=moment("2027-02-02"), ends_at=moment("2027-02-02", "11:00")
    ).residencies.set([other])
    period = {"periodes-TOTAL_FORMS": 1, "periodes-INITIAL_FORMS": 0, "periodes-0-title": "x", "version": 0}
    days = {"day": day, "since": "10:00", "until": "12:00", "title": "x", "place": "x"}
    sizes = {"slot_minutes": 15, "break_minutes": 5, "meetings_per_structure": 3}
    posts: list[tuple[str, list[Any], dict[str, Any]]] = [
        ("residency_periods", own, period | {"periodes-0-starts_on": day, "periodes-0-ends_on": day}),
        ("residency_welcome_visit_add", own, days | {"residencies": residency.pk}),
        ("residency_welcome_visits_copy", own, {"source": other.pk, "starting_on": day}),
        ("residency_welcome_check_ins_add", own, {"first": day, "weeks": 2}),
        ("event_add", [], days | sizes | {"season": residency.season.pk, "kind": "public"}),
        (
            "residency_welcome_stay_add",
            own,
            {"lodging": lodging.pk, "starts_on": "2027-02-01", "people": 1, "ends_on": day},
        ),
    ]
    for name, key, data in posts:
        page = client.post(reverse(f"admin:residencies_{name}", args=key), data)
        assert page.status_code in (200, 422), name
        # A departure before the arrival is said first.
        if not (name.endswith("stay_add") and day < "2000"):
            assert "loin de la saison" in page.content.decode(), name
    assert not Event.objects.exists()


def test_a_number_too_long_is_a_stale_page_and_no_more(client: Client, activity: Activity) -> None:
    from residencies.services import requests

    host = activity.structures.get()
    wish = requests.file(
        by=member_of(host), structure=host, public="les habitants", category="adults", life_stage="general",
        people=20, hope="Se rencontrer.",
    )  # fmt: skip
    client.force_login(member_of(host))
    data = {"version": "9" * 5000, "public": "tous", "category": "adults", "life_stage": "general", "people": 3}
    answer = client.post(reverse("team:request_change", args=[host.uuid, wish.uuid]), data | {"hope": "Mieux."})
    assert answer.status_code == 422


def test_a_reason_is_plain_text(activity: Activity, residency: Residency, host: Structure) -> None:
    """PostgreSQL holds no NUL, and a reason comes from no form."""
    host.professionals.all().delete()
    with pytest.raises(sessions.Warned) as warned:
        plan(artist_of(residency), activity)
    made = plan(artist_of(residency), activity, waivers=reasons(warned.value, "Convenu\x00 avec eux."))
    assert made.waivers.get().reason == "Convenu avec eux."


# Rights --------------------------------------------------------------------------------------------


def test_an_artist_answers_for_their_own_presence_only(activity: Activity, residency: Residency) -> None:
    other = signed(ResidencyFactory(season=residency.season, artist_name="Compagnie du Terril"))
    activity.residencies.add(other)
    for row in (residency, other):
        PresenceDay.objects.create(residency=row, day="2027-02-02", planned=DayPart.NONE)
    with pytest.raises(sessions.Warned) as warned:
        plan(artist_of(residency), activity)
    assert codes(warned.value) == ["absent", "absent"]
    with pytest.raises(sessions.Warned) as left:
        plan(artist_of(residency), activity, waivers=reasons(warned.value))
    assert [row.text for row in left.value.warnings] == ["Compagnie du Terril ne sera pas là."]


def test_who_left_a_residency_is_not_made_its_lead(residency: Residency, desk: Any) -> None:
    gone = people.add_artist(by=desk, residency=residency, first_name="Ada", last_name="Noir", email="ada@exemple.fr")
    people.remove_artist(by=desk, artist=gone)
    with pytest.raises(Refused, match="n'est plus dans"):
        people.change_artist(by=desk, artist=gone, first_name="Ada", last_name="Noir", is_lead=True)
    assert residency.artists.filter(is_lead=True, left_at=None).count() == 1


def test_an_event_that_was_never_announced_is_never_shown(residency: Residency, desk: Any, client: Client) -> None:
    event = events.create(
        by=desk, season=residency.season, title="Fête secrète", starts_at=moment("2027-03-10", "14:00"),
        ends_at=moment("2027-03-10", "18:00"), place="Salle des fêtes", open_to_public=True,
    )  # fmt: skip
    with pytest.raises(Refused, match="personne ne le voit"):
        events.cancel(by=desk, event=event, why="Une erreur.")
    assert Event.objects.get().state == EventState.DRAFT
    assert client.get(event.get_absolute_url()).status_code == 404
    assert "Fête secrète" not in client.get(reverse("residencies:agenda")).content.decode()


def test_who_has_no_account_any_more_is_not_written_to(activity: Activity, residency: Residency, desk: Any) -> None:
    artist = artist_of(residency)
    artist.is_active = False
    artist.save()
    session = SessionFactory(activity=activity)
    event = events.create(
        by=desk, season=residency.season, residencies=[residency], title="27e heure", place="Salle des fêtes",
        starts_at=moment("2027-03-10", "14:00"), ends_at=moment("2027-03-10", "18:00"),
    )  # fmt: skip
    events.publish(by=desk, event=event)
    sessions.cancel(by=desk, session=session, reason="Grève.")
    events.cancel(by=desk, event=event, why="Grève.")
    assert artist.email not in set(OutgoingMail.objects.values_list("to", flat=True))


# What happens after --------------------------------------------------------------------------------


def test_an_activity_of_which_something_took_place_is_not_called_off(
    activity: Activity, residency: Residency, desk: Any
) -> None:
    held = SessionFactory(activity=activity, on="2027-01-05", state=SessionState.HELD)
    ahead = SessionFactory(activity=activity, on="2027-02-02")
    Activity.objects.filter(pk=activity.pk).update(state=ActivityState.PLANNED)
    with pytest.raises(Refused, match="a déjà eu lieu"):
        activities.cancel(by=desk, activity=activity, reason="Grève.")
    sessions.cancel(by=desk, session=ahead, reason="Grève.")
    activity.refresh_from_db()
    held.refresh_from_db()
    assert (activity.state, held.state) == (ActivityState.DONE, SessionState.HELD)


def test_a_structure_closed_for_good_is_said_so_on_its_sessions(activity: Activity, host: Structure, desk: Any) -> None:
    Structure.objects.filter(pk=host.pk).update(is_active=False)
    with pytest.raises(sessions.Warned) as warned:
        plan(desk, activity)
    assert WarningCode.STRUCTURE_CLOSED in codes(warned.value)


def test_nothing_is_to_be_signed_of_an_activity_called_off(activity: Activity, host: Structure) -> None:
    paper = Paper.objects.create(
        kind=PaperKind.AGREEMENT, activity=activity, number="CV-1", title="Convention", body="Texte",
        state=PaperState.ISSUED,
    )  # fmt: skip
    Signature.objects.create(paper=paper, order=0, party=host.name, structure=host)
    assert len(team_home.home(host).to_sign) == 1
    Activity.objects.filter(pk=activity.pk).update(state=ActivityState.CANCELLED)
    assert team_home.home(host).to_sign == []


def test_two_structures_followed_by_one_person_still_merge(residency: Residency, host: Structure, desk: Any) -> None:
    double, user = place(residency, "Médiathèque du fond (bis)"), UserFactory()
    for row in (host, double):
        ProfessionalFactory(structure=row, email=user.email, first_name=user.first_name, last_name=user.last_name)
        feeds.open_feed(by=user, structure=row)
    merge_structures(by=desk, keep=host, others=[double])
    kept = CalendarFeed.objects.get(user=user)
    assert kept.structure == host
    assert feed_selectors.still_theirs(kept)


def test_a_half_day_announced_is_half_a_day_for_what_to_do_next(residency: Residency) -> None:
    row = PresenceDay.objects.create(
        residency=residency, day="2027-02-02", planned=DayPart.MORNING, absence=AbsenceReason.PERSONAL
    )
    row.refresh_from_db()
    assert facts(residency.season, [residency]).here(residency.pk, row.day) == DayPart.MORNING


def test_a_work_outlives_a_residency_finished_not_broken_off(residency: Residency, host: Structure, desk: Any) -> None:
    Residency.objects.filter(pk=residency.pk).update(published_at=timezone.now())
    work = Work.objects.create(residency=residency, title="Terrils", form="film", is_published=True)
    asked = works.book(by=member_of(host), work=work, structure=host, dates="en juin", public="tous", people=30)
    opening.finish(by=desk, residency=residency)
    assert list(work_selectors.catalogue()) == [work]
    accepted = works.accept(by=desk, booking=asked)
    assert accepted.activity is not None
    assert accepted.activity.kind == "diffusion"
    Residency.objects.filter(pk=residency.pk).update(state=ResidencyState.STOPPED)
    assert not work_selectors.catalogue().exists()
