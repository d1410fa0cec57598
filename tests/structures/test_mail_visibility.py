"""Which texts a person reads at the desk."""

from __future__ import annotations

import pytest

from clea.mail.models import MailTemplate
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.mail import MailTemplateFactory
from tests.factories.structures import CoordinatorFactory, TerritoryFactory

pytestmark = pytest.mark.django_db


def test_an_administrator_reads_all_a_coordinator_their_own_and_the_common_ones_others_nothing() -> None:
    territory = TerritoryFactory()
    coordinator = CoordinatorFactory(territory=territory)
    own = MailTemplateFactory(scope=territory.slug)
    common = MailTemplateFactory(scope="", language="en")
    other = MailTemplateFactory(scope="ailleurs")
    read = MailTemplate.objects.visible_to
    assert set(read(AdministratorFactory())) == {own, common, other}
    assert set(read(coordinator)) == {own, common}
    assert not read(UserFactory()).exists()
