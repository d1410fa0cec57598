"""Pages of the money, the committees and the bilan, as each meets them: valid, accessible in light and dark, fit for a
phone. One page of each make.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.access.matrix import Role
from tests.journeys.bilan import reported
from tests.journeys.eyes import Eyes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.looks]


@pytest.fixture
def world(site: str) -> Any:
    """Trips, payments in every state, committees, answers, a bilan on the site; see ``reported``."""
    return reported()


def looking(signed_in: Any, user: Any) -> Eyes:
    return Eyes(signed_in(user).new_page())


def test_an_artist_s_pages(world, signed_in):
    eyes = looking(signed_in, world.people[Role.ARTIST])
    period = world.residency.periods.order_by("starts_on")[2]

    def studio(name: str, *more: Any) -> str:
        return reverse(f"studio:{name}", args=[world.residency.uuid, *more])

    eyes.visit(
        [
            studio("money"),
            studio("trip_new"),
            studio("trip_write", period.uuid, "train"),
            studio("trip_change", world.car.payment.uuid),
            studio("trip", world.car.payment.uuid),
            studio("trip", world.trip.payment.uuid),
            studio("trip_withdraw", world.car.payment.uuid),
            studio("traces"),
            studio("trace_add", "images"),
            studio("trace_remove", "temoignages", world.testimony.uuid),
        ]
    )
    eyes.assert_no_fault()


@pytest.mark.smoke
def test_what_anyone_reads(world, new_context):
    from residencies.services import consents
    from residencies.services.news_notices import confirm_token, leave_token

    bilan, news = {"slug": world.bilan.slug}, {"slug": world.public_news.slug}
    eyes = Eyes(new_context().new_page())
    eyes.visit(
        [
            reverse("residencies:bilans"),
            reverse("residencies:bilan", kwargs=bilan),
            reverse("residencies:bilan_trace", kwargs=bilan),
            reverse("residencies:steering"),
            reverse("residencies:steering_meeting", args=[world.meeting_published.uuid]),
            reverse("residencies:news"),
            reverse("residencies:news_item", kwargs=news),
            reverse("residencies:news_subscribe"),
            reverse("residencies:news_confirm", args=[confirm_token(world.subscriber)]),
            reverse("residencies:news_leave", args=[leave_token(world.subscriber)]),
            reverse("residencies:consent", args=[consents.token(world.consent)]),
            reverse("residencies:press_kit", args=[world.residency.slug]),
            reverse("residencies:residency", args=[world.residency.slug]),
            reverse("residencies:feedback", args=[world.feedback_invitation.uuid]),
        ]
    )
    eyes.assert_no_fault()


def test_the_desk_s_money(world, signed_in):
    eyes = looking(signed_in, world.people[Role.COORDINATOR])

    def residency(name: str, *more: Any) -> str:
        return reverse(f"admin:residencies_residency_{name}", args=[world.residency.uuid, *more])

    def season(name: str, *more: Any) -> str:
        return reverse(f"admin:residencies_season_{name}", args=[world.residency.season.uuid, *more])

    eyes.visit(
        [
            residency("money"),
            residency("money_schedule"),
            residency("trip", world.trip.payment.uuid),
            residency("trip_line", world.trip.payment.uuid, world.trip_line.uuid),
            residency("traces"),
            residency("trace_add", "images"),
            residency("consent", world.consent.uuid),
            season("payments"),
            season("payment", world.trip.payment.uuid),
            season("payment_act", world.money_payment.uuid, "refuser"),
            season("money"),
            season("money_shares"),
            season("closing"),
            reverse("admin:residencies_scaleversion_change", args=[world.scale.pk]),
        ]
    )
    eyes.assert_no_fault()


def test_the_desk_s_committees_and_bilan(world, signed_in):
    eyes = looking(signed_in, world.people[Role.COORDINATOR])

    def season(name: str, *more: Any) -> str:
        return reverse(f"admin:residencies_season_{name}", args=[world.residency.season.uuid, *more])

    def meeting(row: Any, name: str, *more: Any) -> str:
        return reverse(f"admin:residencies_meeting_{name}", args=[row.uuid, *more])

    coming, held, published = world.meeting_to_come, world.meeting_held, world.meeting_published
    eyes.visit(
        [
            season("steering"),
            season("steering_rhythm", "technical"),
            reverse("admin:residencies_meeting_change", args=[coming.pk]),
            meeting(coming, "agenda"),
            meeting(coming, "attendees"),
            meeting(coming, "papers"),
            meeting(coming, "invite"),
            meeting(held, "minutes"),
            meeting(held, "follow", world.action.uuid),
            meeting(published, "publish"),
            season("feedback"),
            season("communication"),
            season("communication_add"),
            reverse("admin:residencies_news_change", args=[world.public_news.pk]),
            reverse("admin:residencies_news_send", args=[world.public_news.uuid]),
            season("bilan"),
            season("bilan_trace"),
            season("bilan_words"),
            season("bilan_publishing"),
            season("hand_add"),
            season("hand_load"),
        ]
    )
    eyes.assert_no_fault()
