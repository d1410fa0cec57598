"""Budgets, schedules, payments: to the cent, under the ceiling, by the table of states."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from clea.accounts.models import User
from clea.mail.models import OutgoingMail
from residencies.enums.money import PaymentState
from residencies.models import Residency
from residencies.services import money, payments
from tests.factories.money import funded
from tests.factories.structures import CoordinatorFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_clock")]

DATES = [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)]


@pytest.fixture
def _clock() -> object:
    with time_machine.travel("2027-03-10 10:00+01:00", tick=False):
        yield


@pytest.fixture
def residency() -> Residency:
    return funded()


@pytest.fixture
def desk(residency: Residency) -> User:
    return CoordinatorFactory(territory=residency.territory)


def test_all_of_it(desk: User, residency: Residency) -> None:
    made = money.schedule(by=desk, residency=residency, dates=DATES)
    assert [one.amount for one in made] == [Decimal(3000)] * 4
    assert [one.cost for one in made] == [Decimal(5600)] * 4
    first = payments.check(by=desk, payment=made[0])
    first = payments.approve(by=desk, payment=first)
    first = payments.pay(by=desk, payment=first, paid_on=date(2027, 3, 1), reference="MDT-1")
    assert first.state == PaymentState.PAID
    assert OutgoingMail.objects.count() == 2
