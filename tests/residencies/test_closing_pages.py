"""The closing of a season, as the desk opens it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from candidatures.admin.common import DeskAdmin
from candidatures.models import Call, Season
from clea.accounts.models import User
from clea.jobs import running
from clea.jobs.models import Job
from clea.ui.desk import items_for
from residencies.enums import ResidencyState
from residencies.models import News, Residency, SeasonArchive
from residencies.reports import season_archive
from tests.factories.accounts import AdministratorFactory
from tests.factories.candidatures import CallFactory, ProgrammeFactory, SeasonFactory
from tests.factories.funding import payment
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory
from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory

pytestmark = pytest.mark.django_db


def _one_file(season: Season) -> Iterator[season_archive.File]:
    yield "essai/texte.txt", b"un fichier"


@pytest.fixture(autouse=True)
def _quick_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(season_archive, "PARTS", (season_archive.Part("essai", "Essai", _one_file),))


@pytest.fixture
def residency() -> Residency:
    return ResidencyFactory(
        state=ResidencyState.FINISHED,
        artist__none=True,
        periods=False,
        season__programme=ProgrammeFactory(starts_on=date(2024, 9, 1), ends_on=date(2028, 8, 31)),
        season__name="2025-2026",
        season__starts_on=date(2025, 9, 1),
        season__ends_on=date(2026, 8, 31),
    )


@pytest.fixture
def season(residency: Residency) -> Season:
    return residency.season


@pytest.fixture
def desk(client: Client, season: Season) -> User:
    person = CoordinatorFactory(territory=season.programme.territory)
    client.force_login(person)
    return person


def base(season: Season) -> str:
    return f"/coordination/residencies/residency/saison/{season.uuid}/cloture/"


def test_a_season_is_closed_from_its_page(client: Client, desk: User, season: Season) -> None:
    call = CallFactory(season=season, closed=True, slug="clea-2025-2026", title="Appel 2025-2026")
    page = client.get(base(season)).content.decode()
    assert "Le bilan n&#x27;est pas publié." in page
    assert 'value="clea-2026-2027"' in page
    sent = {
        f"{call.uuid}-take": "on",
        f"{call.uuid}-title": "Appel 2026-2027",
        f"{call.uuid}-slug": "clea-2025-2026",
        "reason-bilan": "",
        "understood": "on",
    }
    refused = client.post(base(season), sent)
    assert refused.status_code == 422
    shown = refused.content.decode()
    # Each error at its field, with what was typed.
    assert f'<a href="#id_{call.uuid}-slug">Cette adresse est déjà celle' in shown
    assert 'value="Appel 2026-2027"' in shown
    sent[f"{call.uuid}-slug"] = "clea-2026-2027"
    # The summary says which of the reasons is missing.
    assert (
        '<a href="#id_reason-bilan">Le bilan n&#x27;est pas publié.</a> Dites'
        in client.post(base(season), sent).content.decode()
    )
    sent["reason-bilan"] = "Le bilan est dans un autre document."
    client.post(base(season), sent)
    job = Job.objects.get()
    running.run(job.pk)
    made = client.get(job.get_absolute_url()).content.decode()
    assert "La saison 2025-2026 est close et archivée." in made
    assert "Il n&#x27;est pas publié." in made
    assert f'href="{base(season)}"' in made
    assert "Télécharger l'archive" in client.get(base(season)).content.decode()
    archive = SeasonArchive.objects.get()
    assert (archive.next_call, archive.closed_by) == (Call.objects.get(slug="clea-2026-2027"), desk)


def test_what_prevents_closing_leads_to_where_it_is_finished(
    client: Client, desk: User, season: Season, residency: Residency
) -> None:
    owed = payment(residency, "3000")
    activity = ActivityFactory(residency=residency)
    SessionFactory(activity=activity, starts_at=timezone.now() + timedelta(days=3))
    page = client.get(base(season)).content.decode()
    assert f'href="/coordination/residencies/residency/{residency.uuid}/argent/"' in page
    assert f'href="/coordination/residencies/activity/{activity.uuid}/seances/"' in page
    shown = client.post(base(season), {"reason-bilan": "Une bonne raison.", "understood": "on"})
    assert shown.status_code == 422
    assert "1 paiement n&#x27;est ni payé, ni annulé." in shown.content.decode()
    assert owed.label in shown.content.decode()
    season.refresh_from_db()
    assert season.closed_at is None


def test_only_an_administrator_finds_the_way_to_reopen(client: Client, desk: User, season: Season) -> None:
    Season.objects.filter(pk=season.pk).update(closed_at=timezone.now())
    assert "écrivez-lui" in client.get(base(season)).content.decode()
    assert client.post(f"{base(season)}rouvrir/", {"reason": "Pour voir."}).status_code == 403
    client.force_login(AdministratorFactory())
    assert client.post(f"{base(season)}rouvrir/", {"reason": ""}).status_code == 422
    assert client.post(f"{base(season)}rouvrir/", {"reason": "Un paiement oublié."}).status_code == 302
    season.refresh_from_db()
    assert season.closed_at is None


def test_no_form_of_the_desk_changes_a_closed_season(
    client: Client, desk: User, season: Season, residency: Residency, rf: RequestFactory
) -> None:
    """Each model of the desk that belongs to a season says which, and is read only once it is closed."""
    call = CallFactory(season=season, draft=True)
    Season.objects.filter(pk=season.pk).update(closed_at=timezone.now())
    request = rf.get("/")
    request.user = desk
    rows = {type(row): row for row in (Season.objects.get(pk=season.pk), call, residency)}
    for row in rows.values():
        row.refresh_from_db()
    for model, model_admin in admin.site._registry.items():
        if model in rows:
            assert isinstance(model_admin, DeskAdmin)
            assert not model_admin.has_change_permission(request, rows[model])
            assert not model_admin.has_delete_permission(request, rows[model])
            assert model_admin.has_change_permission(request)
    address = reverse("admin:candidatures_call_change", args=[call])
    page = client.get(address).content.decode()
    assert "cette page se lit, elle ne change plus" in page
    assert client.post(address, {"title": "Trop tard"}).status_code == 403
    hub = client.get(reverse("admin:residencies_residency_change", args=[residency]), follow=True)
    assert "cette page se lit" in hub.content.decode()
    assert "cette page se lit" in client.get(base(season).replace("cloture", "financement")).content.decode()


def test_a_call_is_not_moved_into_a_closed_season(desk: User, season: Season, rf: RequestFactory) -> None:
    other = SeasonFactory(programme=season.programme)
    Season.objects.filter(pk=season.pk).update(closed_at=timezone.now())
    request = rf.get("/")
    request.user = desk
    form: Any = admin.site._registry[Call].get_form(request)
    assert set(form.base_fields["season"].queryset) == {other}


def test_every_model_of_a_season_says_so_at_the_desk() -> None:
    """A row with a season, or of something that has one, cannot be registered without its ``season_path``."""
    ways = {"season", "residency", "activity", "work", "meeting"}
    lacking = []  # News is the territory's, whichever residency it speaks of.
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label != "residencies" or model is News:
            continue
        names = {field.name for field in model._meta.get_fields()}
        if names & ways and not getattr(model_admin, "season_path", ""):
            lacking.append(model.__name__)
    assert lacking == []


def test_the_contract_does_not_change_the_line_of_a_closed_season(client: Client, desk: User, season: Season) -> None:
    Season.objects.filter(pk=season.pk).update(closed_at=timezone.now())
    programme = season.programme
    sent = {
        "name": programme.name, "starts_on": "01/09/2024", "ends_on": "31/08/2028",
        "seasons-TOTAL_FORMS": "1", "seasons-INITIAL_FORMS": "1", "seasons-0-id": season.pk,
        "seasons-0-programme": programme.pk, "seasons-0-name": "Autre nom",
        "seasons-0-starts_on": "01/10/2025", "seasons-0-ends_on": "31/08/2026",
    }  # fmt: skip
    assert client.post(reverse("admin:candidatures_programme_change", args=[programme]), sent).status_code == 302
    season.refresh_from_db()
    assert (season.name, season.starts_on) == ("2025-2026", date(2025, 9, 1))


def test_the_first_page_asks_to_close_what_is_over(desk: User, season: Season, rf: RequestFactory) -> None:
    def links() -> list[str]:
        request = rf.get("/")
        request.user = desk
        return [item.url for item in items_for(request)]

    assert base(season) in links()
    Season.objects.filter(pk=season.pk).update(closed_at=timezone.now())
    assert base(season) not in links()


def test_the_page_costs_the_same_for_three_residencies_and_for_thirty(
    client: Client, desk: User, season: Season, residency: Residency
) -> None:
    place = StructureFactory(commune=CommuneFactory(territory=residency.territory))

    def measure(count: int) -> int:
        for _ in range(count):
            one = ResidencyFactory(season=season, artist__none=True, periods=False)
            payment(one, "10")
            SessionFactory(
                activity=ActivityFactory(residency=one, structure=place), starts_at=timezone.now() - timedelta(days=9)
            )
        with CaptureQueriesContext(connection) as seen:
            assert client.get(base(season)).status_code == 200
        return len(seen)

    client.get(base(season))
    assert measure(3) == measure(27)
