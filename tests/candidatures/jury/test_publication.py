"""The names of those who accepted, from the day the coordination approved, and not an hour before."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from candidatures.services.jury import offers, publication
from clea.errors import Forbidden, Refused
from tests.candidatures.jury.decided import Decided, fresh
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def decided():
    made = Decided(selected=2, reserve=1)
    offers.accept(by=made.selected[0].owner, offer=made.offer(made.selected[0]))
    made.offer(made.selected[1])
    return made


def page(client, decided, at=None):
    with time_machine.travel(at or timezone.now(), tick=False):
        return client.get(decided.call.get_absolute_url()).content.decode()


def test_only_those_who_accepted_are_named_on_the_day_and_not_before(client, decided):
    accepted, silent = decided.selected
    on = timezone.localdate() + timedelta(days=3)
    publication.approve(by=decided.desk, jury=decided.jury, publish_on=on)
    first = datetime.combine(on, datetime.min.time(), PARIS)
    assert accepted.artist_name not in page(client, decided, first - timedelta(seconds=1))
    html = page(client, decided, first)
    assert accepted.artist_name in html
    for hidden in (silent, *decided.reserve, *decided.declined):
        assert hidden.artist_name not in html


def test_nothing_is_public_before_it_is_approved_nor_once_taken_back(client, decided):
    name = decided.selected[0].artist_name
    assert name not in page(client, decided)
    publication.approve(by=decided.desk, jury=decided.jury, publish_on=timezone.localdate())
    assert name in page(client, decided)
    publication.withdraw(by=decided.desk, jury=decided.jury)
    assert name not in page(client, decided)


def test_a_renouncement_takes_the_name_off_at_once(client, decided):
    publication.approve(by=decided.desk, jury=decided.jury, publish_on=timezone.localdate())
    offer = decided.selected[0].offers.get()
    offers.release(by=decided.desk, offer=offer, why="Empêchement.", on=timezone.localdate())
    assert fresh(decided.selected[0]).artist_name not in page(client, decided)


def test_the_day_is_the_call_s_day_of_results_unless_told(decided):
    decided.call.results_on = timezone.localdate() + timedelta(days=8)
    decided.call.save()
    assert publication.approve(by=decided.desk, jury=decided.jury).publish_on == decided.call.results_on


def test_without_any_day_it_is_refused_on_its_field(decided):
    with pytest.raises(Refused) as refusal:
        publication.approve(by=decided.desk, jury=decided.jury)
    assert refusal.value.field == "publish_on"


def test_only_the_territory_s_coordination_publishes(decided):
    with pytest.raises(Forbidden):
        publication.approve(by=CoordinatorFactory(), jury=decided.jury, publish_on=timezone.localdate())


def test_the_public_page_keeps_its_cost(client, decided, assert_max_queries):
    publication.approve(by=decided.desk, jury=decided.jury, publish_on=timezone.localdate())
    client.get(decided.call.get_absolute_url())
    assert_max_queries(6, lambda: client.get(decided.call.get_absolute_url()))
