"""Who holds which desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from clea.mail import scopes
from structures.models import Territory, TerritoryMembership
from structures.rules import can_manage_desks, can_merge, coordinates
from structures.services.desks import give_desk, take_desk
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.structures import CoordinatorFactory, StructureFactory, TerritoryFactory

pytestmark = pytest.mark.django_db


def people(territory: Territory) -> dict[str, Any]:
    member_not_staff = UserFactory()
    TerritoryMembership.objects.create(territory=territory, user=member_not_staff)
    closed = CoordinatorFactory(territory=territory, is_active=False)
    return {
        "coordinator": CoordinatorFactory(territory=territory),
        "administrator": AdministratorFactory(),
        "neighbour": CoordinatorFactory(),
        "staff": UserFactory(is_staff=True),
        "member": member_not_staff,
        "closed": closed,
        "anonymous": AnonymousUser(),
    }


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("coordinator", True),
        ("administrator", True),
        ("neighbour", False),
        ("staff", False),
        ("member", False),
        ("closed", False),
        ("anonymous", False),
    ],
)
def test_coordinates(who: str, allowed: bool) -> None:
    territory = TerritoryFactory()
    verdict = coordinates(people(territory)[who], territory)
    assert bool(verdict) is allowed
    assert bool(str(verdict.reason)) is not allowed


def test_only_administrators_say_who_coordinates() -> None:
    everyone = people(TerritoryFactory())
    assert [who for who, user in everyone.items() if can_manage_desks(user)] == ["administrator"]


def test_merging_needs_two_structures_of_one_territory() -> None:
    here, there = StructureFactory(), StructureFactory()
    twin = StructureFactory(commune=here.commune)
    coordinator = CoordinatorFactory(territory=here.territory)
    assert can_merge(coordinator, [here, twin])
    assert can_merge(None, [here, twin])
    assert can_merge(coordinator, [here]).code == "too_few"
    assert can_merge(coordinator, [here, here]).code == "too_few"
    assert can_merge(coordinator, [here, there]).code == "foreign"
    assert can_merge(CoordinatorFactory(), [here, twin]).code == "not_coordinator"


def test_mail_follows_the_desks() -> None:
    territory = TerritoryFactory(slug="ici")
    TerritoryFactory(slug="ailleurs")
    assert scopes.held_by(CoordinatorFactory(territory=territory)) == {"ici"}
    assert scopes.held_by(AdministratorFactory()) is None
    assert scopes.held_by(UserFactory()) == set()
    assert set(scopes.names()) >= {"ici", "ailleurs"}


class TestDesks:
    def test_an_administrator_gives_and_takes_a_desk(self) -> None:
        territory, person, administrator = TerritoryFactory(), UserFactory(is_staff=True), AdministratorFactory()
        membership = give_desk(by=administrator, territory=territory, user=person)
        assert give_desk(by=administrator, territory=territory, user=person) == membership
        assert coordinates(person, territory)
        take_desk(by=administrator, membership=membership)
        assert not coordinates(person, territory)
        assert list(Entry.objects.order_by("seq").values_list("verb", flat=True)) == [
            "territory.desk_given",
            "territory.desk_taken",
        ]

    def test_nobody_else_does(self) -> None:
        territory = TerritoryFactory()
        coordinator = CoordinatorFactory(territory=territory)
        with pytest.raises(Forbidden):
            give_desk(by=coordinator, territory=territory, user=UserFactory(is_staff=True))
        with pytest.raises(Forbidden):
            take_desk(by=coordinator, membership=territory.memberships.get())
        assert territory.memberships.count() == 1

    def test_an_account_that_cannot_open_the_desk_is_refused(self) -> None:
        with pytest.raises(Refused, match="coordination"):
            give_desk(by=None, territory=TerritoryFactory(), user=UserFactory())
