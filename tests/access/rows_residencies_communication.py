"""Communication: the desk's plan, press log and news; the public news and their subscriptions."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from residencies.services.news_notices import confirm_token, leave_token
from tests.access.desk import NOBODY, Desk
from tests.access.matrix import ADMINISTRATOR, COORDINATOR, EVERYONE, Row
from tests.access.world import World
from tests.factories.communication import (
    CommunicationItemFactory,
    NewsFactory,
    PressItemFactory,
    SubscriberFactory,
)

HANDS = COORDINATOR | ADMINISTRATOR
PUBLIC = {EVERYONE: 200}


def build(world: World) -> None:
    """A line of the plan, a mention, a news for everybody and one in preparation, a request to receive them."""
    season = world.residency.season
    world.plan_item = CommunicationItemFactory(season=season)
    world.press_item = PressItemFactory(season=season, day=timezone.localdate())
    world.news = NewsFactory(territory=world.territory, title="Nouvelle en préparation du monde")
    world.public_news = NewsFactory(territory=world.territory, published=True)
    world.subscriber = SubscriberFactory(territory=world.territory, email="abonne@exemple.test", asked=True)


DESK = {"residencies.news": Desk(lambda w: w.news, delete=NOBODY)}


def season(w: World) -> dict[str, Any]:
    return {"key": w.residency.season.uuid}


def item(w: World) -> dict[str, Any]:
    return season(w) | {"item": w.plan_item.uuid}


def mention(w: World) -> dict[str, Any]:
    return season(w) | {"item": w.press_item.uuid}


def news(w: World) -> dict[str, Any]:
    return {"key": w.news.uuid}


def hand(name: str, kwargs: Any, seen: int, done: int | None, **more: Any) -> Row:
    post = {HANDS: done} if done else {}
    return Row(f"admin:residencies_{name}", kwargs=kwargs, get={HANDS: seen}, post=post, **more)


ROWS: list[Row] = [
    hand("season_communication", season, 200, None),
    hand("season_communication_add", season, 200, 422),
    hand("season_communication_item", item, 200, 422),
    hand("season_communication_move", item, 405, 404),
    hand("season_communication_remove", item, 405, 302),
    hand("season_communication_press_add", season, 200, 422),
    hand("season_communication_press", mention, 200, 422),
    hand("season_communication_press_remove", mention, 200, 302),
    hand("season_communication_export", lambda w: season(w) | {"what": "presse", "form": "csv"}, 200, None),
    hand("season_communication_unsubscribe", season, 405, 422),
    hand("news_publish", news, 200, 302),
    hand("news_unpublish", news, 200, 302),
    hand("news_send", news, 200, 302),
    hand("news_discard", news, 200, 302),
    Row("residencies:news", get=PUBLIC, hidden={EVERYONE: lambda w: w.news.title}),
    Row("residencies:news_feed", get=PUBLIC, post=PUBLIC, hidden={EVERYONE: lambda w: w.news.title}),
    Row("residencies:news_item", kwargs=lambda w: {"slug": w.public_news.slug}, get=PUBLIC),
    # An empty form comes back with its errors.
    Row("residencies:news_subscribe", get=PUBLIC, post={EVERYONE: 422}),
    Row("residencies:news_subscribed", get=PUBLIC),
    # The link is the right, whoever follows it.
    Row(
        "residencies:news_confirm",
        kwargs=lambda w: {"token": confirm_token(w.subscriber)},
        get=PUBLIC,
        post=PUBLIC,
    ),
    Row("residencies:news_leave", kwargs=lambda w: {"token": leave_token(w.subscriber)}, get=PUBLIC, post=PUBLIC),
]
