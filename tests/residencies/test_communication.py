"""The plan of communication and the press log of a season."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from candidatures.models import Season
from clea.accounts.models import User
from clea.documents.access import grant_for
from clea.documents.errors import PieceRefused
from clea.documents.models import StoredFile
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from residencies.admin.communication import desk_items
from residencies.enums import CommunicationChannel, CommunicationState
from residencies.enums.steering import COMMUNICATION_TRANSITIONS
from residencies.models import CommunicationItem, PressItem, Subscriber
from residencies.rules import communication as rules
from residencies.selectors import communication as selectors
from residencies.services import communication, press
from residencies.services.communication import Line
from residencies.services.press import Mention
from tests.factories.candidatures import SeasonFactory, tiny_pdf
from tests.factories.communication import CommunicationItemFactory, PressItemFactory, SubscriberFactory
from tests.factories.mail import OutgoingMailFactory
from tests.factories.residencies import ResidencyFactory
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
LINE = Line(what="Affiche", audience="habitants", channel=CommunicationChannel.PRINT, due_on=date(2027, 1, 15))
MENTION = Mention(outlet="La Gazette du terril", title="Ils arrivent", day=date(2026, 10, 8))


@pytest.fixture(autouse=True)
def _in_november(time_machine):
    time_machine.move_to("2026-11-22 08:00+00:00", tick=False)


@pytest.fixture
def season() -> Season:
    return SeasonFactory(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))


@pytest.fixture
def coordinator(season: Season) -> User:
    return CoordinatorFactory(territory=season.programme.territory)


@pytest.fixture
def desk(coordinator: User) -> Client:
    client = Client()
    client.force_login(coordinator)
    return client


def url(name: str, season: Season, *more: Any) -> str:
    return reverse(f"admin:residencies_season_{name}", args=[season.uuid, *more])


# The plan -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", CommunicationState)
@pytest.mark.parametrize(("due", "late"), [(date(2026, 11, 21), True), (TODAY, False), (date(2026, 11, 23), False)])
def test_only_what_is_still_to_do_is_late_and_only_after_its_day(state, due, late):
    item = CommunicationItem(state=state, due_on=due)
    live = state in {CommunicationState.TODO, CommunicationState.DOING}
    assert rules.is_late(item, TODAY) is (late and live)


def test_an_action_goes_from_the_plan_to_done(season, coordinator):
    residency = ResidencyFactory(season=season)
    item = communication.add(by=coordinator, season=season, line=LINE)
    assert (item.state, item.season) == (CommunicationState.TODO, season)
    seen = communication.mark(item)
    changed = Line("Dépliant", "familles", CommunicationChannel.WEB, date(2027, 2, 1), "Mina", "A6", residency)
    communication.change(by=coordinator, item=item, line=changed, seen=seen)
    with pytest.raises(StaleWrite):
        communication.change(by=coordinator, item=item, line=LINE, seen=seen)
    communication.move(by=coordinator, item=item, target=CommunicationState.DOING)
    with pytest.raises(Refused, match="abandonnez-la"):
        communication.remove(by=coordinator, item=item)
    communication.move(by=coordinator, item=item, target=CommunicationState.DONE)
    item.refresh_from_db()
    assert (item.what, item.owner, item.residency, item.state) == ("Dépliant", "Mina", residency, "done")
    verbs = Entry.objects.filter(verb__startswith="communication.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == [f"communication.{name}" for name in ("added", "changed", "moved", "moved")]


@pytest.mark.parametrize("state", CommunicationState)
def test_states_change_by_the_table_only(season, coordinator, state):
    for target in CommunicationState:
        item = CommunicationItemFactory(season=season, state=state)
        if target in COMMUNICATION_TRANSITIONS[state]:
            assert communication.move(by=coordinator, item=item, target=target).state == target
        else:
            with pytest.raises(Refused, match="rechargez"):
                communication.move(by=coordinator, item=item, target=target)


def test_a_plan_is_of_its_season_its_desk_and_its_time(season, coordinator):
    with pytest.raises(Forbidden):
        communication.add(by=CoordinatorFactory(), season=season, line=LINE)
    far = Line("A", "B", CommunicationChannel.WEB, date(2030, 1, 1))
    elsewhere = Line("A", "B", CommunicationChannel.WEB, TODAY, residency=ResidencyFactory())
    for line, field in ((far, "due_on"), (elsewhere, "residency")):
        with pytest.raises(Refused) as refusal:
            communication.add(by=coordinator, season=season, line=line)
        assert refusal.value.field == field
    item = CommunicationItemFactory(season=season)
    mention = PressItemFactory(season=season)
    season.closed_at = timezone.now()
    season.save()
    for act in (
        lambda: communication.add(by=coordinator, season=season, line=LINE),
        lambda: communication.change(by=coordinator, item=item, line=LINE, seen=communication.mark(item)),
        lambda: communication.move(by=coordinator, item=item, target=CommunicationState.DONE),
        lambda: communication.remove(by=coordinator, item=item),
        lambda: press.save(by=coordinator, season=season, mention=MENTION),
        lambda: press.remove(by=coordinator, item=mention),
    ):
        with pytest.raises(Refused, match="est close"):
            act()
    client = Client()
    client.force_login(coordinator)
    assert "Prévoir une action" not in client.get(url("communication", season)).content.decode()


def test_the_desk_counts_what_is_late_in_seasons_that_last(season, coordinator):
    CommunicationItemFactory.create_batch(2, season=season, due_on=date(2026, 11, 21))
    CommunicationItemFactory(season=season, due_on=TODAY)
    CommunicationItemFactory(season=season, due_on=date(2026, 11, 1), state=CommunicationState.DONE)
    CommunicationItemFactory(due_on=date(2026, 11, 1))
    request = RequestFactory().get("/")
    request.user = coordinator
    (item,) = desk_items(request)
    assert (item.count, item.url) == (2, url("communication", season) + "#plan")
    found = selectors.plan(season, TODAY)
    assert (found.late, found.soon, len(found.live), len(found.rows)) == (2, 1, 3, 4)
    season.closed_at = timezone.now()
    season.save()
    again = RequestFactory().get("/")
    again.user = coordinator
    assert desk_items(again) == []


# The press log --------------------------------------------------------------------------------------


def scan(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("article.pdf", content or tiny_pdf(), "application/pdf")


def test_a_mention_keeps_its_scan_for_the_coordination_only(season, coordinator):
    item = press.save(by=coordinator, season=season, mention=MENTION, upload=scan())
    stored = item.stored_file
    assert stored is not None
    grant = grant_for(coordinator, stored)
    assert grant is not None
    assert grant.filename == "2026-10-08-la-gazette-du-terril.pdf"
    residency = ResidencyFactory(season=season)
    for person in (CoordinatorFactory(), residency.artists.get().user):
        assert grant_for(person, stored) is None
    seen, other = press.mark(item), scan(tiny_pdf() + b"\n")
    again = press.save(by=coordinator, season=season, mention=MENTION, item=item, seen=seen, upload=other)
    assert not StoredFile.objects.filter(pk=stored.pk).exists()
    bare = press.save(
        by=coordinator, season=season, mention=MENTION, item=again, seen=press.mark(again), drop_file=True
    )
    assert bare.stored_file is None
    assert not StoredFile.objects.exists()
    press.remove(by=coordinator, item=bare)
    assert not PressItem.objects.exists()


def test_a_mention_is_refused_in_words_and_leaves_no_file(season, coordinator):
    item = PressItemFactory(season=season)
    tomorrow = Mention("A", "B", date(2026, 11, 23))
    with pytest.raises(Refused, match="à venir"):
        press.save(by=coordinator, season=season, mention=tomorrow, upload=scan())
    with pytest.raises(PieceRefused):
        press.save(by=coordinator, season=season, mention=MENTION, upload=scan(b"not a PDF"))
    with pytest.raises(StaleWrite):
        press.save(by=coordinator, season=season, mention=MENTION, item=item, seen="ancien", upload=scan())
    with pytest.raises(Forbidden):
        press.save(by=CoordinatorFactory(), season=season, mention=MENTION, upload=scan())
    assert not StoredFile.objects.exists()


def test_the_sheets_open_in_a_spreadsheet_and_nothing_in_them_runs(season, desk):
    CommunicationItemFactory(season=season, what="=1+1", due_on=date(2026, 11, 1))
    PressItemFactory(season=season, title="=HYPERLINK(1)", url="https://gazette.test/a")
    sheet = desk.get(url("communication_export", season, "presse", "xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(sheet.content))
    lines = list(book.worksheets[0].iter_rows(values_only=True))
    assert lines[1][:3] == ("08/10/2026", "La Gazette du terril", "=HYPERLINK(1)")
    assert book.worksheets[0]["C2"].data_type == "s"
    answer = desk.get(url("communication_export", season, "plan", "csv"))
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[1][:2] == ["01/11/2026", "'=1+1"]
    assert rows[1][6] == "oui"
    assert desk.get(url("communication_export", season, "plan", "pdf")).status_code == 404


# The desk -------------------------------------------------------------------------------------------


def test_the_page_asks_the_same_number_of_queries(season, desk, assert_num_queries_constant):
    def grow() -> None:
        residency = ResidencyFactory(season=season)
        CommunicationItemFactory.create_batch(9, season=season, residency=residency)
        for _ in range(9):
            PressItemFactory(season=season, residency=residency)
        OutgoingMailFactory.create_batch(5, failed=True, kind="news.published", scope=season.programme.territory.slug)

    grow()
    assert_num_queries_constant(lambda: desk.get(url("communication", season)), grow, at_most=14)


def test_the_desk_plans_moves_and_notes(season, desk):
    page = desk.get(url("communication", season)).content.decode()
    assert "Rien n&#x27;est encore prévu" in page or "Rien n'est encore prévu" in page
    typed = {"what": "Affiche", "audience": "habitants", "channel": "print", "due_on": "01/11/2026"}
    wrong = desk.post(url("communication_add", season), typed | {"due_on": "demain"})
    assert wrong.status_code == 422
    assert "Écrivez la date ainsi" in wrong.content.decode()
    desk.post(url("communication_add", season), typed)
    item = CommunicationItem.objects.get()
    page = desk.get(url("communication", season)).content.decode()
    assert "en retard" in page
    one = desk.get(url("communication_item", season, item.uuid)).content.decode()
    assert f'name="seen" value="{communication.mark(item)}"' in one
    stale = desk.post(url("communication_item", season, item.uuid), typed | {"what": "À moi", "seen": "vieux"})
    assert stale.status_code == 422
    assert 'value="À moi"' in stale.content.decode()
    desk.post(url("communication_move", season, item.uuid), {"state": "done"})
    item.refresh_from_db()
    assert item.state == CommunicationState.DONE
    assert desk.post(url("communication_move", season, item.uuid), {"state": "rien"}).status_code == 404
    page = desk.get(url("communication", season)).content.decode()
    assert "Tout ce qui était prévu est fait." in page
    assert "Affiche" in desk.get(url("communication", season) + "?voir=toutes").content.decode()

    typed = {"outlet": "La Gazette", "title": "Ils arrivent", "day": "08/10/2026", "url": "https://gazette.test/a"}
    desk.post(url("communication_press_add", season), typed | {"upload": scan()})
    mention = PressItem.objects.get()
    assert mention.stored_file is not None
    page = desk.get(url("communication", season)).content.decode()
    assert reverse("documents:file", args=[mention.stored_file.uuid]) in page
    assert "La copie de l" in desk.get(url("communication_press_remove", season, mention.uuid)).content.decode()
    desk.post(url("communication_press_remove", season, mention.uuid))
    assert not PressItem.objects.exists()


def test_the_desk_sees_how_many_receive_and_who_could_not_be_written_to(season, desk):
    territory = season.programme.territory
    SubscriberFactory(territory=territory, language="en", email="mina@exemple.test")
    SubscriberFactory.create_batch(2, territory=territory)
    SubscriberFactory(territory=territory, asked=True)
    OutgoingMailFactory(failed=True, kind="news.published", scope=territory.slug, to="perdu@exemple.test")
    page = desk.get(url("communication", season)).content.decode()
    assert "3 adresses confirmées" in page
    assert "en français : 2, en anglais : 1" in page
    assert "1 en attente de confirmation" in page
    assert "perdu@exemple.test" in page
    assert "mina@exemple.test" not in page
    out = url("communication_unsubscribe", season)
    assert desk.post(out, {"email": "inconnu@exemple.test"}).status_code == 422
    assert desk.post(out, {"email": "mina@exemple.test"}).status_code == 302
    assert Subscriber.objects.count() == 3
