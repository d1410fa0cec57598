"""The pages of the committees, as the coordination and the public open them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.models import Season
from clea.accounts.models import User
from clea.documents import services as documents
from clea.mail.models import OutgoingMail
from clea.ui.desk import DeskItem
from residencies.admin import steering as desk_pages
from residencies.enums.steering import ActionState, MeetingState, Presence
from residencies.models import Action, Meeting, MeetingDecision, MeetingPaper
from residencies.reports import minutes as minutes_report
from tests.factories.candidatures import SeasonFactory
from tests.factories.steering import ActionFactory, MeetingFactory, people
from tests.factories.structures import CoordinatorFactory, InstitutionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def season() -> Season:
    today = timezone.localdate()
    return SeasonFactory(starts_on=today - timedelta(days=60), ends_on=today + timedelta(days=300))


@pytest.fixture
def desk(client: Client, season: Season) -> User:
    person = CoordinatorFactory(territory=season.programme.territory)
    client.force_login(person)
    return person


def season_page(season: Season, end: str = "") -> str:
    return reverse("admin:residencies_season_steering", args=[season.uuid]) + end


def page(meeting: Meeting, end: str) -> str:
    return f"/coordination/residencies/meeting/{meeting.uuid}/{end}"


def in_days(count: int) -> str:
    return (timezone.localdate() + timedelta(days=count)).isoformat()


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_committee_goes_from_its_rhythm_to_its_first_meetings(client: Client, desk: User, season: Season) -> None:
    typed = {"times": "2", "unit": "month", "weekday": "1", "at": "14:00", "minutes": "90", "place": "Salle"}
    assert client.post(season_page(season, "rythme/technical/"), typed | {"at": "midi"}).status_code == 422
    assert client.post(season_page(season, "rythme/technical/"), typed).status_code == 302
    shown = read(client, season_page(season))
    days = shown.split('name="days" value="')[1:3]
    client.post(season_page(season, "rythme/technical/dates/"), {"days": [day[:10] for day in days]})
    assert [str(timezone.localdate(row.starts_at)) for row in Meeting.objects.order_by("starts_at")] == [
        day[:10] for day in days
    ]
    assert f'value="{days[0][:10]}"' not in read(client, season_page(season))


def test_a_meeting_is_prepared_convened_and_written_down_on_its_pages(
    client: Client, desk: User, season: Season
) -> None:
    typed = {
        "kind": "steering", "title": "COPIL d'automne", "day": in_days(3), "since": "14:00", "until": "13:00",
        "place": "Hôtel communautaire", "link": "", "introduction": "",
    }  # fmt: skip
    refused = client.post(season_page(season, "ajouter/"), typed)
    assert refused.status_code == 422
    assert "COPIL d&#x27;automne" in refused.content.decode()
    client.post(season_page(season, "ajouter/"), typed | {"until": "16:00"})
    meeting = Meeting.objects.get()
    for title in ("Calendrier", "Budget"):
        client.post(page(meeting, "ordre-du-jour/"), {"title": title, "words": ""})
    budget = meeting.items.get(title="Budget")
    client.post(page(meeting, f"ordre-du-jour/{budget.uuid}/deplacer/"), {"sens": "haut"})
    assert [row.title for row in meeting.items.all()] == ["Budget", "Calendrier"]
    guest = {"name": "Sacha Vermeil", "email": "sacha@exemple.test", "presence": "invited", "organisation": "DRAC"}
    client.post(page(meeting, "participants/"), guest)
    assert "sacha@exemple.test" in read(client, page(meeting, "participants/"))
    assert "1. Budget" in read(client, page(meeting, "convoquer/"))
    client.post(page(meeting, "convoquer/"), {"attendees": [meeting.attendees.get().uuid], "words": ""})
    assert OutgoingMail.objects.get().to == "sacha@exemple.test"
    assert "Écrire aux personnes" in read(client, reverse("admin:residencies_meeting_changelist"))

    Meeting.objects.update(starts_at=timezone.now() - timedelta(hours=2), ends_at=timezone.now())
    assert client.post(page(meeting, "tenue/")).headers["Location"].endswith("compte-rendu/")
    meeting.refresh_from_db()
    person = meeting.attendees.get()
    written = {
        "version": str(meeting.version), "introduction": "", "decision": "",
        f"said_{budget.uuid.hex}": "Il est tenu.", f"decision_{budget.uuid.hex}": "Le budget est adopté.",
        f"presence_{person.uuid.hex}": "present",
        "action0-what": "Envoyer le calendrier", "action0-owner": "sacha vermeil", "action0-owner_email": "",
        "action0-due_on": "",
    }  # fmt: skip
    refused = client.post(page(meeting, "compte-rendu/"), written)
    assert refused.status_code == 422
    assert "Le budget est adopté." in refused.content.decode()
    assert not MeetingDecision.objects.exists()
    client.post(page(meeting, "compte-rendu/"), written | {"action0-due_on": in_days(20)})
    person.refresh_from_db()
    assert person.presence == Presence.PRESENT
    assert MeetingDecision.objects.get().item == budget
    assert Action.objects.get().owner_email == "sacha@exemple.test"


def test_what_two_people_typed_is_shown_to_the_second(client: Client, desk: User, season: Season) -> None:
    meeting = MeetingFactory(season=season, held=True)
    item, guest = meeting.items.get(), meeting.attendees.first()
    assert guest is not None
    typed = {"version": "0", "introduction": "", "decision": "", f"said_{item.uuid.hex}": "Le premier."}
    assert client.post(page(meeting, "compte-rendu/"), typed).status_code == 302
    second = typed | {f"said_{item.uuid.hex}": "Le second."}
    stale = client.post(page(meeting, "compte-rendu/"), second)
    shown = stale.content.decode()
    assert stale.status_code == 409
    assert "Le premier." in shown
    assert "Le second." in shown
    assert 'name="version" value="1"' in shown
    assert client.post(page(meeting, "compte-rendu/"), second | {"version": "1"}).status_code == 302
    item.refresh_from_db()
    guest.refresh_from_db()
    assert (item.said, guest.presence) == ("Le second.", Presence.PRESENT)


def test_minutes_are_settled_published_and_taken_back_from_their_page(
    client: Client, desk: User, season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minutes_report, "pdf", lambda *args, **kwargs: b"%PDF-1.7")
    meeting = MeetingFactory(season=season, held=True, title="COTECH du jour")
    public = reverse("residencies:steering_meeting", args=[meeting.uuid])
    assert "Arrêter le compte rendu\N{NO-BREAK SPACE}?" in read(client, page(meeting, "compte-rendu/arreter/"))
    client.post(page(meeting, "compte-rendu/arreter/"), {"version": "7"})
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.HELD
    client.post(page(meeting, "compte-rendu/arreter/"), {"version": "0"})
    assert client.get(public).status_code == 404
    assert "ni nom, ni adresse" in read(client, page(meeting, "compte-rendu/publier/"))
    client.post(page(meeting, "compte-rendu/publier/"))
    assert client.get(f"{public}compte-rendu.pdf").content == b"%PDF-1.7"
    assert client.post(page(meeting, "compte-rendu/rouvrir/"), {"why": ""}).status_code == 422
    client.post(page(meeting, "compte-rendu/rouvrir/"), {"why": "Une faute."})
    assert client.get(public).status_code == 404
    assert "Une faute." in read(client, page(meeting, "compte-rendu/"))


def test_the_public_reads_organisations_and_roles_and_no_name(client: Client, season: Season) -> None:
    meeting = MeetingFactory(season=season, published=True, link="https://visio.exemple.test/terrils")
    ActionFactory(meeting=meeting, what="Écrire aux relais")
    for title, is_public in (("Budget public", True), ("Note interne", False)):
        stored = documents.store_bytes(by=None, content=b"%PDF-1.7", name="d.pdf", content_type="application/pdf")
        MeetingPaper.objects.create(meeting=meeting, title=title, stored_file=stored, is_public=is_public)
    shown = read(client, meeting.get_absolute_url())
    for words in ("Partenaire 0", "chargée de mission", "Écrire aux relais", "Budget public", "Les dates conviennent."):
        assert words in shown
    for words in ("Alix", "Delcambre", "exemple.test", "Note interne"):
        assert words not in shown.replace(meeting.territory.contact_email, "")
    hidden = meeting.papers.get(is_public=False)
    assert client.get(reverse("residencies:steering_paper", args=[meeting.uuid, hidden.uuid])).status_code == 404


def test_an_action_is_followed_from_the_list_of_the_season(client: Client, desk: User, season: Season) -> None:
    action = ActionFactory(meeting=MeetingFactory(season=season, settled=True), due_on=timezone.localdate())
    assert action.what in read(client, season_page(season))
    client.post(page(action.meeting, f"actions/{action.uuid}/suite/"), {"state": "done", "note": "Fait."})
    action.refresh_from_db()
    assert (action.state, action.note) == (ActionState.DONE, "Fait.")
    assert "est notée" in read(client, season_page(season))
    assert action.what not in read(client, season_page(season))


def test_the_desk_is_told_of_what_is_not_ready(client: Client, desk: User, season: Season) -> None:
    now = timezone.now()
    soon = MeetingFactory(season=season, starts_at=now + timedelta(days=6))
    MeetingFactory(season=season, starts_at=now + timedelta(days=8))
    over = MeetingFactory(season=season, starts_at=now - timedelta(days=2), held=True)
    ActionFactory(meeting=over, due_on=timezone.localdate() - timedelta(days=1))
    ActionFactory(meeting=over, due_on=timezone.localdate())

    def items() -> list[tuple[str, int]]:
        request = client.get(season_page(season)).wsgi_request
        found: list[DeskItem] = desk_pages.desk_items(request)
        return [(item.urgency, item.count) for item in found]

    assert items() == [("now", 1), ("soon", 1), ("soon", 1)]
    soon.items.create(title="Point", position=1)
    Meeting.objects.filter(pk=soon.pk).update(invited_at=now)
    Meeting.objects.filter(pk=over.pk).update(state=MeetingState.CANCELLED)
    assert items() == []


# As many queries whatever there is -----------------------------------------------------------


def fill(meeting: Meeting, count: int) -> None:
    people(meeting, count)
    for n in range(count):
        item = meeting.items.create(title=f"Point {n}", position=n + 2)
        meeting.decisions.create(text=f"Décision {n}", position=n + 1, item=item)
        stored = documents.store_bytes(by=None, content=b"%PDF-1.7", name="d.pdf", content_type="application/pdf")
        MeetingPaper.objects.create(meeting=meeting, title=f"Document {n}", stored_file=stored, is_public=True)
        ActionFactory(meeting=meeting)


@pytest.mark.parametrize("end", ["ordre-du-jour/", "participants/", "documents/", "compte-rendu/", "hub"])
def test_a_meeting_costs_as_much_with_thirty_lines_as_with_three(
    client: Client, desk: User, season: Season, end: str, assert_num_queries_constant: Callable[..., int]
) -> None:
    meeting = MeetingFactory(season=season, held=True)
    fill(meeting, 3)
    address = reverse("admin:residencies_meeting_change", args=[meeting.pk]) if end == "hub" else page(meeting, end)
    assert_num_queries_constant(lambda: read(client, address), lambda: fill(meeting, 27), at_most=30)


def test_the_season_and_the_public_cost_as_much_with_thirty_meetings_as_with_three(
    client: Client, desk: User, season: Season, assert_num_queries_constant: Callable[..., int]
) -> None:
    InstitutionFactory(territory=season.programme.territory)

    def grow(count: int) -> None:
        for n in range(count):
            fill(MeetingFactory(season=season, published=True, on=f"2026-0{n % 9 + 1}-0{n // 9 + 1}"), 1)

    grow(3)
    fill(Meeting.objects.all()[0], 3)

    def both() -> None:
        read(client, season_page(season))
        read(client, reverse("residencies:steering"))

    assert_num_queries_constant(both, lambda: grow(27), at_most=40)


def test_published_minutes_cost_as_much_with_thirty_points_as_with_three(
    client: Client, season: Season, assert_num_queries_constant: Callable[..., int]
) -> None:
    meeting = MeetingFactory(season=season, published=True)
    fill(meeting, 3)
    read_it: Callable[[], str] = lambda: read(client, meeting.get_absolute_url())  # noqa: E731
    assert_num_queries_constant(read_it, lambda: fill(meeting, 27), at_most=12)
