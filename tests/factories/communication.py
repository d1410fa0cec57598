"""The plan, the press log, the news and who receives them. Every name is invented."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from residencies.enums import CommunicationChannel, SubscriberState
from residencies.models import CommunicationItem, News, PressItem, Subscriber
from tests.factories.candidatures import SeasonFactory
from tests.factories.structures import TerritoryFactory


class CommunicationItemFactory(DjangoModelFactory[CommunicationItem]):
    """To do, on 15 January 2027."""

    class Meta:
        model = CommunicationItem

    season = factory.SubFactory(SeasonFactory)
    what = factory.Sequence(lambda n: f"Affiche {n}")
    audience = "habitants"
    channel = CommunicationChannel.PRINT
    due_on = date(2027, 1, 15)


class PressItemFactory(DjangoModelFactory[PressItem]):
    class Meta:
        model = PressItem

    season = factory.SubFactory(SeasonFactory)
    outlet = "La Gazette du terril"
    title = factory.Sequence(lambda n: f"Un article {n}")
    day = date(2026, 10, 8)


class NewsFactory(DjangoModelFactory[News]):
    """In preparation; ``published=True`` for everybody."""

    class Meta:
        model = News

    class Params:
        published = factory.Trait(published_at=factory.LazyFunction(timezone.now))

    territory = factory.SubFactory(TerritoryFactory)
    title = factory.Sequence(lambda n: f"Nouvelle {n}")
    slug = factory.Sequence(lambda n: f"nouvelle-{n}")
    summary = "En une phrase."
    body = "## Le détail\n\nUn texte **en gras**."


class SubscriberFactory(DjangoModelFactory[Subscriber]):
    """Confirmed; ``asked=True``: not yet."""

    class Meta:
        model = Subscriber

    class Params:
        asked = factory.Trait(state=SubscriberState.ASKED, confirmed_at=None)

    territory = factory.SubFactory(TerritoryFactory)
    email = factory.Sequence(lambda n: f"abonne-{n}@exemple.test")
    state = SubscriberState.CONFIRMED
    asked_at = factory.LazyFunction(timezone.now)
    confirmed_at = factory.LazyFunction(timezone.now)


def subscribe_many(count: int, **values: Any) -> None:
    """``count`` confirmed subscribers of one territory. One query."""
    Subscriber.objects.bulk_create(SubscriberFactory.build_batch(count, **values))
