"""The welcome: visits, lodging, inventories, check-ins, incidents."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clea.accounts.models import User
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from residencies.admin.welcome import desk_items
from residencies.enums import (
    IncidentState,
    IncidentTopic,
    InventoryMoment,
    LineCondition,
    Severity,
    VisitState,
)
from residencies.models import CheckIn, Incident, Lodging, Residency, Stay, Visit
from residencies.rules import welcome as rules
from residencies.selectors import welcome as selectors
from residencies.services import check_ins, incidents, lodgings, visits
from tests.factories.residencies import ResidencyFactory, SessionFactory, artist_of, moment
from tests.factories.structures import CoordinatorFactory, StructureFactory, TerritoryFactory

pytestmark = pytest.mark.django_db
GOOD, WORN, MISSING = LineCondition.GOOD, LineCondition.WORN, LineCondition.MISSING


@pytest.fixture
def residency() -> Residency:
    return ResidencyFactory()


@pytest.fixture
def desk(residency: Residency) -> User:
    return CoordinatorFactory(territory=residency.territory)


def facts(
    title: str = "Découverte du 11/19", on: str = "2026-10-06", at: str = "10:00", to: str = "12:00", **more: Any
):
    return visits.Facts(title, moment(on, at), moment(on, to), **more)


def stay(residency: Residency, desk: User, lodging: Lodging | None = None, **more: Any) -> Stay:
    house = lodging or Lodging.objects.create(
        territory=residency.territory, name="Maison du parc", address="1 rue du Parc", beds=2,
        inventory="Cuisine : quatre chaises\n\nChambre : un lit\n",
    )  # fmt: skip
    dates: dict[str, Any] = {"starts_on": date(2026, 10, 4), "ends_on": date(2026, 10, 10), "people": 1} | more
    return lodgings.book(by=desk, residency=residency, lodging=house, **dates)


# Visits ------------------------------------------------------------------------------------------


def test_a_visit_is_shared_and_refused_when_a_residency_is_busy_then(residency, desk):
    other = ResidencyFactory(season=residency.season)
    both = visits.plan(by=desk, residencies=[residency, other], facts=facts())
    assert [list(selectors.visits_of(row)) for row in (residency, other)] == [[both], [both]]
    with pytest.raises(visits.Clashing, match=r"Découverte du 11/19.*confirmez"):
        visits.plan(by=desk, residencies=[other], facts=facts("Musée", at="11:59", to="13:00"))
    # One ends when the other begins.
    visits.plan(by=desk, residencies=[other], facts=facts("Musée", at="12:00", to="13:00"))
    visits.plan(by=desk, residencies=[other], facts=facts("Deux à la fois", at="11:00", to="13:00"), confirmed=True)
    assert selectors.visits_of(residency.season).count() == 3


def test_a_session_takes_the_artist_as_a_visit_does(residency, desk):
    from tests.factories.residencies import ActivityFactory

    SessionFactory(activity=ActivityFactory(residency=residency, title="Atelier son"), on="2026-10-06", at="11:00")
    with pytest.raises(visits.Clashing, match="Atelier son"):
        visits.plan(by=desk, residencies=[residency], facts=facts())


@pytest.mark.parametrize(("today", "written"), [("2026-10-01", 1), ("2026-09-01", 0)])
def test_artists_are_written_to_when_a_visit_near_in_time_moves(residency, desk, today, written):
    artist = artist_of(residency)
    User.objects.filter(pk=artist.pk).update(language="en")
    with time_machine.travel(f"{today} 08:00", tick=False):
        visit = visits.plan(by=desk, residencies=[residency], facts=facts())
        moved = visits.change(by=desk, visit=visit, residencies=[residency], facts=facts(at="15:00", to="16:00"))
        assert moved.sequence == visit.sequence + 1
        mails = OutgoingMail.objects.filter(kind="visit.moved")
        assert [(mail.to, "3 pm" in mail.subject) for mail in mails] == [(artist.email, True)] * written
        # A word corrected moves nobody.
        same = visits.change(
            by=desk, visit=visit, residencies=[residency], facts=facts("Visite", at="15:00", to="16:00")
        )
        assert (same.sequence, mails.count()) == (moved.sequence, written)
        visits.cancel(by=desk, visit=visit, seen=moved.sequence)
    assert OutgoingMail.objects.filter(kind="visit.cancelled").count() == written


def test_who_leaves_a_visit_is_told_and_an_old_page_changes_nothing(residency, desk):
    other = ResidencyFactory(season=residency.season)
    with time_machine.travel("2026-10-01 08:00", tick=False):
        visit = visits.plan(by=desk, residencies=[residency, other], facts=facts())
        visits.change(by=desk, visit=visit, residencies=[residency], facts=facts(), seen=0)
        assert OutgoingMail.objects.get(kind="visit.cancelled").to == artist_of(other).email
        with pytest.raises(StaleWrite):
            visits.change(by=desk, visit=visit, residencies=[residency], facts=facts(), seen=0)
        with pytest.raises(Refused, match="pas encore commencé"):
            visits.mark(by=desk, visit=visit, state=VisitState.DONE)
    with time_machine.travel("2026-10-06 18:00", tick=False):
        done = visits.mark(by=desk, visit=visit, state=VisitState.DONE)
        with pytest.raises(Refused):
            visits.cancel(by=desk, visit=done)
    assert Entry.objects.filter(verb__startswith="visit.").count() == 3


def test_a_programme_is_shared_or_copied_to_other_days_at_the_same_hours(residency, desk):
    for at, to in (("09:00", "10:00"), ("14:00", "15:00")):
        visits.plan(by=desk, residencies=[residency], facts=facts(at=at, to=to))
    visits.cancel(by=desk, visit=visits.plan(by=desk, residencies=[residency], facts=facts(at="17:00", to="18:00")))
    other = ResidencyFactory(season=residency.season)
    assert len(visits.copy_programme(by=desk, source=residency, target=other)) == 2
    assert Visit.objects.count() == 3
    assert visits.copy_programme(by=desk, source=residency, target=other) == []
    late = ResidencyFactory(season=residency.season)
    # Summer time ends on 25 October 2026: nine o'clock stays nine o'clock.
    made = visits.copy_programme(by=desk, source=residency, target=late, starting_on=date(2026, 11, 2))
    assert [timezone.localtime(row.starts_at).strftime("%d/%m %H:%M") for row in made] == ["02/11 09:00", "02/11 14:00"]
    with pytest.raises(visits.Clashing):
        visits.copy_programme(by=desk, source=residency, target=late, starting_on=date(2026, 11, 2))


def test_the_neighbours_do_not_touch_the_programme(residency, desk):
    stranger = CoordinatorFactory(territory=TerritoryFactory())
    for who in (stranger, artist_of(residency)):
        with pytest.raises(Forbidden):
            visits.plan(by=who, residencies=[residency], facts=facts())
    with pytest.raises(Refused, match="autre territoire"):
        visits.plan(by=desk, residencies=[residency], facts=facts(structure=StructureFactory()))
    with pytest.raises(ValidationError):
        visits.plan(by=desk, residencies=[residency], facts=facts(at="12:00", to="12:00"))


# Lodging -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stays", "most"),
    [
        ([], 0),
        ([(1, 5, 2)], 2),
        ([(1, 5, 1), (5, 9, 1)], 1),
        ([(1, 5, 1), (4, 9, 1)], 2),
        ([(1, 3, 1), (2, 4, 1), (3, 6, 1)], 2),
        ([(20, 25, 3)], 0),
    ],
)
def test_the_most_people_of_a_night(stays, most):
    rows = [(date(2026, 10, start), date(2026, 10, end), people) for start, end, people in stays]
    assert rules.most_people(rows, date(2026, 10, 1), date(2026, 10, 10)) == most


def test_no_more_people_than_beds_on_any_night(residency, desk):
    first = stay(residency, desk)
    other = ResidencyFactory(season=residency.season)
    with pytest.raises(Refused, match="déjà pris"):
        stay(other, desk, first.lodging, people=2)
    stay(other, desk, first.lodging, people=2, starts_on=date(2026, 10, 10), ends_on=date(2026, 10, 12))
    with pytest.raises(Refused, match="2 couchages"):
        stay(other, desk, first.lodging, people=3)
    # One's own stay does not stand in its own way.
    longer = lodgings.book(
        by=desk, residency=residency, stay=first, lodging=first.lodging, starts_on=date(2026, 10, 3),
        ends_on=date(2026, 10, 10), people=2,
    )  # fmt: skip
    assert (longer.pk, longer.people) == (first.pk, 2)
    first.lodging.beds = 1
    with pytest.raises(Refused, match="2 personnes"), time_machine.travel("2026-10-01 08:00", tick=False):
        lodgings.save_lodging(by=desk, lodging=first.lodging)
    with pytest.raises(Refused, match="décochez"):
        lodgings.remove_lodging(by=desk, lodging=first.lodging)


@time_machine.travel("2026-10-12 08:00", tick=False)
def test_an_inventory_is_prefilled_agreed_and_compared(residency, desk):
    row = stay(residency, desk)
    artist = artist_of(residency)
    assert [line.item for line in selectors.prefilled(row, "entry", None)] == [
        "Cuisine : quatre chaises",
        "Chambre : un lit",
    ]
    with pytest.raises(Refused, match="d'entrée"):
        lodgings.write_inventory(
            by=desk, stay=row, moment=InventoryMoment.EXIT, reading=lodgings.Reading(date(2026, 10, 10)), lines=[]
        )
    entry = lodgings.write_inventory(
        by=desk,
        stay=row,
        moment=InventoryMoment.ENTRY,
        reading=lodgings.Reading(date(2026, 10, 4), keys=2, meters="eau 120"),
        lines=[lodgings.Line("quatre chaises"), lodgings.Line("un lit", WORN), lodgings.Line("  ")],
    )
    assert OutgoingMail.objects.get(kind="inventory.to_read").to == artist.email
    with pytest.raises(Forbidden):
        lodgings.agree(by=desk, inventory=entry, version=1)
    with pytest.raises(StaleWrite):
        lodgings.agree(by=artist, inventory=entry, version=0)
    agreed = lodgings.agree(by=artist, inventory=entry, version=1, words="Une chaise bancale.")
    assert (agreed.agreed_by, agreed.artist_words) == (artist, "Une chaise bancale.")
    assert "Une chaise bancale." in OutgoingMail.objects.get(kind="inventory.reserved").body
    with pytest.raises(Refused, match="déjà accepté"):
        lodgings.agree(by=artist, inventory=entry, version=1)

    leaving = lodgings.write_inventory(
        by=desk,
        stay=row,
        moment=InventoryMoment.EXIT,
        reading=lodgings.Reading(date(2026, 10, 10), keys=1),
        lines=[lodgings.Line("quatre chaises", MISSING, "une manque"), lodgings.Line("un lit", WORN)],
    )
    told = selectors.told(leaving)
    assert told.differences == [("quatre chaises", "bon état", "manquant", "une manque")]
    assert told.keys_missing == 1

    # Written again, it is no longer agreed: the artist is asked again.
    again = lodgings.write_inventory(
        by=desk, stay=row, moment=InventoryMoment.ENTRY, reading=lodgings.Reading(date(2026, 10, 4)),
        lines=[lodgings.Line("trois chaises")], version=1,
    )  # fmt: skip
    assert (again.agreed_at, again.version, again.artist_words) == (None, 2, "Une chaise bancale.")
    with pytest.raises(StaleWrite):
        lodgings.write_inventory(
            by=desk, stay=row, moment=InventoryMoment.ENTRY, reading=lodgings.Reading(date(2026, 10, 4)),
            lines=[lodgings.Line("deux chaises")], version=1,
        )  # fmt: skip
    with pytest.raises(Refused, match="deux fois"):
        lodgings.write_inventory(
            by=desk, stay=row, moment=InventoryMoment.ENTRY, reading=lodgings.Reading(date(2026, 10, 4)),
            lines=[lodgings.Line("lit"), lodgings.Line("lit")], version=2,
        )  # fmt: skip
    with pytest.raises(Refused, match="ne se supprime plus"):
        lodgings.remove_stay(by=desk, stay=row)


@pytest.mark.parametrize(
    ("today", "waits"),
    [
        ("2026-09-26", ""),
        ("2026-09-27", "entry"),
        ("2026-10-30", "entry"),
    ],
)
def test_a_stay_near_waits_for_its_entry_inventory(residency, desk, today, waits):
    stay(residency, desk)
    with time_machine.travel(f"{today} 08:00", tick=False):
        assert [row.waits for row in selectors.stays_of(residency)] == [waits]


@pytest.mark.parametrize(
    ("today", "waits"), [("2026-10-09", ""), ("2026-10-10", "exit"), ("2026-10-09 agreed late", "agreement")]
)
def test_a_stay_waits_for_its_exit_then(residency, desk, today, waits):
    row = stay(residency, desk)
    done = date(2026, 10, 3) if "late" in today else date(2026, 10, 4)
    with time_machine.travel("2026-10-04 08:00", tick=False):
        lodgings.write_inventory(
            by=desk, stay=row, moment=InventoryMoment.ENTRY, reading=lodgings.Reading(done),
            lines=[lodgings.Line("lit")],
        )  # fmt: skip
    with time_machine.travel(f"{today[:10]} 08:00", tick=False):
        assert [found.waits for found in selectors.stays_of(residency)] == [waits]


# Check-ins ---------------------------------------------------------------------------------------


def test_a_series_of_check_ins_keeps_to_the_periods_and_adds_what_is_missing(residency, desk):
    made = check_ins.plan_series(by=desk, residency=residency, first=date(2027, 2, 2), weeks=2)
    days = [row.due_on for row in made]
    # Phase 1, nothing in the winter gap, then phase 2 to its end.
    assert days[:3] == [date(2027, 2, 2), date(2027, 2, 16), date(2027, 3, 16)]
    assert days[-1] == date(2027, 6, 8)
    assert len(check_ins.plan_series(by=desk, residency=residency, first=date(2027, 2, 2), weeks=1)) == 8
    with pytest.raises(Refused, match="déjà prévus"):
        check_ins.plan_series(by=desk, residency=residency, first=date(2027, 2, 2))
    with pytest.raises(Refused, match="périodes"):
        check_ins.plan_series(by=desk, residency=residency, first=date(2027, 7, 1), weeks=4)


@time_machine.travel("2027-02-03 08:00", tick=False)
def test_the_artist_reads_what_is_shared_and_never_the_rest(residency, desk, client):
    row = check_ins.plan_series(by=desk, residency=residency, first=date(2027, 2, 2))[0]
    mark = check_ins.mark(row)
    with pytest.raises(Refused, match="quel jour"):
        check_ins.write(by=desk, check_in=row, account=check_ins.Account(row.due_on, words="Mots tus"))
    account = check_ins.Account(row.due_on, row.due_on, "Mots tus", "Tout va bien", "Rappeler le collège")
    check_ins.write(by=desk, check_in=row, account=account, seen=mark)
    with pytest.raises(StaleWrite):
        check_ins.write(by=desk, check_in=row, account=account, seen=mark)
    with pytest.raises(Refused, match="a eu lieu"):
        check_ins.remove(by=desk, check_in=row)
    client.force_login(artist_of(residency))
    page = client.get(reverse("studio:welcome", args=[residency.uuid])).content.decode()
    assert "Tout va bien" in page
    assert "Rappeler le collège" in page
    assert "Mots tus" not in page


# Incidents ---------------------------------------------------------------------------------------


def test_an_incident_goes_from_the_artist_to_its_end(residency, desk):
    artist = artist_of(residency)
    row = incidents.report(
        by=artist, residency=residency, topic=IncidentTopic.LODGING, severity=Severity.URGENT, title="Plus de chauffage"
    )
    mail = OutgoingMail.objects.get(kind="incident.reported")
    assert (mail.to, mail.reply_to) == (residency.territory.contact_email, artist.email)
    with pytest.raises(Forbidden):
        incidents.step(by=artist, incident=row, target=IncidentState.CLOSED, text="Réglé", shared=True)
    incidents.step(by=desk, incident=row, target=IncidentState.FOLLOWED, text="Note interne", shared=False)
    assert not OutgoingMail.objects.filter(to=artist.email).exists()
    incidents.step(by=desk, incident=row, target=IncidentState.FOLLOWED, text="Plombier à 14 h", shared=True)
    assert OutgoingMail.objects.get(to=artist.email).kind == "incident.followed"
    seen = selectors.shared_incidents(residency).get()
    assert [step.text for step in seen.shared_steps] == ["Plombier à 14 h"]  # type: ignore[attr-defined]
    for text, shared, message in (("  ", True, "dernier mot"), ("Réparé", False, "partagez")):
        with pytest.raises(Refused, match=message):
            incidents.step(by=desk, incident=row, target=IncidentState.CLOSED, text=text, shared=shared)
    with pytest.raises(StaleWrite):
        incidents.step(by=desk, incident=row, target=IncidentState.CLOSED, text="Réparé", shared=True, seen=1)
    incidents.step(by=desk, incident=row, target=IncidentState.CLOSED, text="Réparé", shared=True, seen=2)
    row.refresh_from_db()
    assert row.closed_at is not None
    with pytest.raises(Refused, match="clos"):
        incidents.answer(by=artist, incident=row, text="Encore")
    with pytest.raises(Refused, match="rouvrez"):
        incidents.step(by=desk, incident=row, target=IncidentState.CLOSED, text="Bis", shared=True)
    incidents.step(by=desk, incident=row, target=IncidentState.FOLLOWED, text="Revenu", shared=True)
    row.refresh_from_db()
    assert row.state == IncidentState.FOLLOWED
    assert not Incident.objects.exclude(closed_at=None).exists()
    incidents.answer(by=artist, incident=row, text="Merci")
    assert list(Entry.objects.filter(verb__startswith="incident.").order_by("seq").values_list("verb", flat=True)) == [
        "incident.reported", "incident.followed", "incident.followed", "incident.closed", "incident.reopened",
        "incident.answered",
    ]  # fmt: skip


def test_an_incident_of_the_coordination_is_unknown_to_the_artist_until_a_step_is_shared(residency, desk):
    row = incidents.report(
        by=desk, residency=residency, topic=IncidentTopic.OTHER, severity=Severity.LOW, title="Retards", words="Souvent"
    )
    assert not OutgoingMail.objects.exists()
    assert not selectors.shared_incidents(residency).exists()
    incidents.step(by=desk, incident=row, target=IncidentState.FOLLOWED, text="Parlons-en", shared=True)
    assert selectors.shared_incidents(residency).get() == row
    with pytest.raises(Forbidden):
        incidents.report(
            by=artist_of(ResidencyFactory()), residency=residency, topic=IncidentTopic.OTHER, severity=Severity.LOW,
            title="Autre",
        )  # fmt: skip


# Pages -------------------------------------------------------------------------------------------


def items(user: User) -> dict[str, tuple[int, str]]:
    request = RequestFactory().get("/")
    request.user = user
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = {item.label: (item.count, item.urgency) for item in desk_items(request)}
    # One's territories and their open seasons, which every subject shares, and the one question.
    assert len(queries) <= 3
    return {str(label): value for label, value in found.items()}


@time_machine.travel("2026-10-12 08:00", tick=False)
def test_the_desk_says_what_waits_in_one_query(residency, desk):
    assert items(desk) == {}
    stay(residency, desk)
    stay(residency, desk, starts_on=date(2026, 10, 18), ends_on=date(2026, 10, 20))
    CheckIn.objects.create(residency=residency, due_on=date(2026, 10, 11))
    for severity in (Severity.URGENT, Severity.LOW):
        Incident.objects.create(
            residency=residency, topic="other", severity=severity, title="Panne", opened_at=timezone.now()
        )
    assert items(desk) == {
        "incident urgent": (1, "now"),
        "incident à suivre": (1, "soon"),
        "états des lieux d'entrée à faire": (2, "soon"),
        "point d'étape en retard": (1, "soon"),
    }
    assert items(CoordinatorFactory(territory=TerritoryFactory())) == {}
    # What was left unfinished in a season that closed can no longer be done.
    type(residency.season).objects.update(closed_at=timezone.now())
    assert items(desk) == {}


def fill(residency: Residency, desk: User, count: int) -> None:
    """As many of each as asked, more than there were."""
    done = residency.check_ins.count()
    for n in range(done, done + count):
        day = date(2027, 2, 1) + timedelta(days=n)
        visits.plan(by=desk, residencies=[residency], facts=facts(f"Visite {n}", on=day.isoformat()), confirmed=True)
        CheckIn.objects.create(residency=residency, due_on=day, held_on=day, shared="Partagé")
        row = stay(residency, desk, starts_on=day, ends_on=day + timedelta(days=1))
        lodgings.write_inventory(
            by=desk, stay=row, moment=InventoryMoment.ENTRY, reading=lodgings.Reading(date(2026, 1, 1)),
            lines=[lodgings.Line("lit")],
        )  # fmt: skip
        incident = Incident.objects.create(
            residency=residency, topic="other", title=f"Panne {n}", opened_at=timezone.now(), by_artist=True
        )
        incidents.step(by=desk, incident=incident, target=IncidentState.FOLLOWED, text="Vu", shared=True)


@pytest.mark.parametrize("side", ["desk", "studio"])
def test_the_page_of_a_stay_costs_the_same_whatever_it_holds(residency, desk, side, client: Client):
    client.force_login(desk if side == "desk" else artist_of(residency))
    name = "admin:residencies_residency_welcome" if side == "desk" else "studio:welcome"
    url, counts = reverse(name, args=[residency.uuid]), []
    for size in (3, 9):
        fill(residency, desk, size - residency.check_ins.count())
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url).content.decode()
        assert page.count("Panne") >= size
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_desk_plans_a_visit_confirms_a_clash_and_reads_what_was_typed(residency, desk, client):
    client.force_login(desk)
    url = reverse("admin:residencies_residency_welcome_visit_add", args=[residency.uuid])
    typed = {
        "title": "Musée",
        "day": "2026-10-06",
        "since": "10h",
        "until": "9h",
        "residencies": [residency.pk],
    }
    page = client.post(url, typed)
    assert "L'heure de fin doit suivre" in page.content.decode().replace("&#x27;", "'")
    assert client.post(url, typed | {"until": "11 h 30"}).status_code == 302
    page = client.post(url, typed | {"until": "12:00", "title": "Autre"}).content.decode()
    assert 'type="checkbox" name="confirmed"' in page
    assert 'value="Autre"' in page
    assert client.post(url, typed | {"until": "12:00", "title": "Autre", "confirmed": "on"}).status_code == 302
    assert Visit.objects.count() == 2


@time_machine.travel("2026-10-05 08:00", tick=False)
def test_an_inventory_is_written_on_the_desk_and_agreed_in_the_studio(residency, desk, client):
    row = stay(residency, desk)
    client.force_login(desk)
    url = reverse("admin:residencies_residency_welcome_inventory", args=[residency.uuid, row.uuid, "entree"])
    assert "quatre chaises" in client.get(url).content.decode()
    typed = {
        "done_on": "2026-10-04",
        "keys": "2",
        "version": "0",
        "lignes-TOTAL_FORMS": "2",
        "lignes-INITIAL_FORMS": "0",
        "lignes-0-item": "quatre chaises",
        "lignes-0-condition": "worn",
        "lignes-1-item": "",
        "lignes-1-condition": "good",
    }
    assert client.post(url, typed).status_code == 302
    # Another tab, still on the blank one.
    assert "a changé pendant que vous" in client.post(url, typed).content.decode()
    inventory = row.inventories.get()
    assert [(line.item, line.condition) for line in inventory.lines.all()] == [("quatre chaises", "worn")]
    pdf = client.get(
        reverse("admin:residencies_residency_welcome_inventory_pdf", args=[residency.uuid, row.uuid, "entree"])
    )
    assert pdf.content.startswith(b"%PDF-")
    client.force_login(artist_of(residency))
    mine = reverse("studio:welcome_inventory", args=[residency.uuid, inventory.uuid])
    assert client.post(mine, {"version": "1", "words": ""}).status_code == 302
    assert "Accepté par" in client.get(mine).content.decode()
    assert client.post(mine, {"version": "1"}).status_code == 409


def test_the_artist_tells_an_incident_and_the_page_keeps_what_was_typed(residency, client):
    client.force_login(artist_of(residency))
    url = reverse("studio:welcome_incident_new", args=[residency.uuid])
    page = client.post(url, {"title": "", "topic": "vehicle", "severity": "serious", "words": "Pneu crevé"})
    assert page.status_code == 422
    assert "Pneu crevé" in page.content.decode()
    page = client.post(url, {"title": "Pneu crevé", "topic": "vehicle", "severity": "serious"}, follow=True)
    assert "la coordination reçoit aussitôt un message" in page.content.decode()
    assert Incident.objects.get().by_artist
