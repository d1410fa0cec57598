"""What is not a refused dossier: a dossier a residency came of, registrations, teams, drafts, old versions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from candidatures.models import Application, Season
from candidatures.rules import retention
from candidatures.services import erasure
from clea.errors import Refused
from clea.privacy import holdings, months
from residencies.models import Event, Registration, Residency
from structures.models import Professional, Structure
from tests.factories.jury import JuryFactory, eligible
from tests.factories.residencies import ResidencyFactory, team
from tests.factories.structures import CoordinatorFactory, StructureFactory

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(days=1200)


def test_a_dossier_lives_as_long_as_the_residency_that_came_of_it() -> None:
    call = JuryFactory().call
    (row,) = eligible(call, 1, state="renounced")
    residency = ResidencyFactory(season=call.season)
    Residency.objects.filter(pk=residency.pk).update(application=row)
    by = CoordinatorFactory(territory=call.territory)
    with pytest.raises(Refused, match="sa saison n'est pas close"):
        erasure.erase(by=by, application=row, why="retention")
    found = holdings.get("dossiers.retenus").find
    assert found is not None
    assert list(found(call.territory.slug, timezone.localdate() + LONG_AGO)) == []
    closed = timezone.now()
    Season.objects.filter(pk=call.season_id).update(closed_at=closed)
    (due,) = found(call.territory.slug, timezone.localdate() + 3 * LONG_AGO)
    end = max(timezone.localdate(closed), call.season.ends_on)
    assert (due.subject, due.due_on) == (str(row.uuid), months.after(end, 60))
    erasure.erase(by=by, application=row, why="retention")
    residency.refresh_from_db()
    assert residency.application_id is None
    assert not Application.objects.filter(pk=row.pk).exists()


def test_the_clock_of_a_dossier_starts_when_its_process_ends() -> None:
    """Undecided, it waits for a date written by hand; on the reserve, for the season; agreed, 24 months."""
    call = JuryFactory().call
    call.results_on, call.process_ends_on = timezone.localdate(), None
    (row,) = eligible(call, 1)
    row.call = call
    assert retention.kept_until(row) is None
    row.state = "declined"
    assert retention.kept_until(row) == months.after(call.results_on, 3)
    row.keep_in_touch = True
    assert retention.kept_until(row) == months.after(call.results_on, 24)
    row.state, row.keep_in_touch = "reserve", False
    assert retention.kept_until(row) == months.after(max(call.results_on, call.season.starts_on), 3)
    row.state, call.process_ends_on = "eligible", call.results_on
    assert retention.kept_until(row) == months.after(call.results_on, 3)


def test_registrations_become_figures_and_the_team_of_a_closed_structure_goes() -> None:
    call = JuryFactory().call
    scope, by = call.territory.slug, CoordinatorFactory(territory=call.territory)
    then = timezone.now() - LONG_AGO
    event = Event.objects.create(
        season=call.season, slug="rencontre", title="Rencontre", starts_at=then, ends_at=then + timedelta(hours=2)
    )
    Registration.objects.create(event=event, name="Zoé", email="zoe@exemple.test", people=4, made_at=then)
    structure = StructureFactory(territory=call.territory)
    team(structure)
    Structure.objects.filter(pk=structure.pk).update(is_active=False, updated_at=then)
    for key, left in (("evenements.inscriptions", {("–", "", 4)}), ("structures.equipes", {("–", "", 4)})):
        holding = holdings.get(key)
        assert holding.find is not None
        assert holding.dispose is not None
        (due,) = holding.find(scope, timezone.localdate())
        assert holding.dispose(by=by, scope=scope, subject=due.subject).total >= 1
        assert holding.dispose(by=by, scope=scope, subject=due.subject) is None
        assert list(holding.find(scope, timezone.localdate())) == []
        assert set(event.registrations.values_list("name", "email", "people")) == left
    assert not Professional.objects.filter(structure=structure).exists()
    # Versions as old as that go without a list: they are no archive.
    history = Professional.history.model.objects
    team(StructureFactory(territory=call.territory))
    history.update(history_date=then)
    sweep = holdings.get("structures.equipes").sweep
    assert sweep is not None
    assert sweep(timezone.localdate()) >= 2
    assert not history.exists()
