"""Pages of a season, as artists, teams, the public and the coordination meet them: valid, accessible in light and
dark, fit for a phone. One page of each make.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from tests.access.matrix import Role
from tests.journeys.eyes import Eyes
from tests.journeys.season import filled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.looks]


@pytest.fixture
def world(site: str) -> Any:
    """Sessions to come, held, contested and called off; wishes, an agreement, a contract drafted; see ``filled``."""
    return filled()


def looking(signed_in: Any, user: Any) -> Eyes:
    return Eyes(signed_in(user).new_page())


def test_an_artist_s_pages(world, signed_in):
    eyes = looking(signed_in, world.people[Role.ARTIST])

    def studio(name: str, *more: Any) -> str:
        return reverse(f"studio:{name}", args=[world.residency.uuid, *more])

    eyes.visit(
        [
            studio("home"),
            studio("document", world.asked.uuid),
            studio("calendar") + "?jour=2027-02-02",
            studio("presence"),
            studio("activity", world.activity.uuid),
            studio("activity_write", world.activity.uuid),
            studio("session_plan", world.activity.uuid),
            studio("session", world.moment.uuid),
            studio("coverage"),
            studio("where_next"),
            studio("welcome"),
            studio("welcome_inventory", world.inventory.uuid),
            studio("paper", world.agreement.uuid),
            studio("confirm", world.paper_session.uuid),
        ]
    )
    eyes.assert_no_fault()


@pytest.mark.smoke
def test_a_team_s_pages_and_the_public_s(world, signed_in, new_context):
    eyes = looking(signed_in, world.people[Role.TEAM])

    def team(name: str, *more: Any) -> str:
        return reverse(f"team:{name}", args=[world.host.uuid, *more])

    eyes.visit(
        [
            team("home"),
            team("people"),
            team("closures"),
            team("request_add"),
            team("request", world.proposed_wish.uuid),
            team("activity", world.activity.uuid),
            team("event", world.event.uuid),
            team("work", world.work.uuid),
            team("confirmations"),
        ]
    )
    anyone = Eyes(new_context().new_page())
    anyone.visit(
        [
            reverse("residencies:residency", args=[world.residency.slug]),
            reverse("residencies:agenda"),
            reverse("residencies:event", args=[world.event.slug]),
            reverse("residencies:event_register", args=[world.event.slug]),
            reverse("residencies:works"),
        ]
    )
    eyes.assert_no_fault()
    anyone.assert_no_fault()


def test_the_desk_s_pages_of_a_residency_and_of_its_activities(world, signed_in):
    eyes = looking(signed_in, world.people[Role.COORDINATOR])

    def residency(name: str, *more: Any) -> str:
        return reverse(f"admin:residencies_residency_{name}", args=[world.residency.uuid, *more])

    def activity(row: Any, name: str, *more: Any) -> str:
        return reverse(f"admin:residencies_activity_{name}", args=[row.uuid, *more])

    eyes.visit(
        [
            reverse("admin:residencies_residency_change", args=[world.residency.pk]),
            residency("periods"),
            residency("documents"),
            residency("contract"),
            residency("welcome"),
            residency("presence"),
            residency("activities"),
            residency("coverage"),
            reverse("admin:residencies_activity_change", args=[world.activity.pk]),
            activity(world.activity, "sessions"),
            activity(world.activity, "session_plan"),
            activity(world.paper_activity, "agreement"),
            activity(world.paper_activity, "lookback"),
        ]
    )
    eyes.assert_no_fault()


def test_the_desk_s_pages_of_a_season(world, signed_in):
    eyes = looking(signed_in, world.people[Role.COORDINATOR])
    monday = date(2027, 2, 1).isoformat()

    def season(name: str) -> str:
        return reverse(f"admin:residencies_season_{name}", args=[world.residency.season.uuid])

    def event(name: str) -> str:
        return reverse(f"admin:residencies_event_{name}", args=[world.event.uuid])

    eyes.visit(
        [
            reverse("admin:index"),
            reverse("admin:residencies_residency_changelist"),
            season("calendar") + f"?jour={monday}",
            season("coverage"),
            season("where_next") + f"?semaine={monday}",
            season("agreements"),
            season("confirmations"),
            reverse("admin:residencies_event_change", args=[world.event.pk]),
            event("registrations"),
            event("meetings"),
            event("compute"),
            reverse("admin:residencies_activityrequest_by_effect"),
            reverse("admin:residencies_activityrequest_change", args=[world.wish.pk]),
            reverse("admin:structures_structure_invite", args=[world.host.uuid]),
        ]
    )
    eyes.assert_no_fault()
