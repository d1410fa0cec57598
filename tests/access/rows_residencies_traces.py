"""Traces: the desk's pages, the artist's, the pictures and the kit that anyone reads, a person's own consent."""

from __future__ import annotations

from typing import Any

from residencies.services import consents
from tests.access.matrix import ADMINISTRATOR, ARTIST, COORDINATOR, EVERYONE, Row
from tests.access.world import World
from tests.factories import traces as make

HANDS = COORDINATOR | ADMINISTRATOR


def build(world: World) -> None:
    """One of each; the picture is published under a consent that stands."""
    world.consent = make.consent(world.residency, in_press=True)
    world.testimony = make.testimony(world.residency)
    world.picture = make.picture(world.residency, consents=[world.consent], is_published=True)
    world.season_production = make.production(world.residency)
    type(world.season_production).objects.filter(pk=world.season_production.pk).update(residency=None)


def of_residency(**more: Any) -> Any:
    return lambda w: {"key": w.residency.uuid} | {name: value(w) for name, value in more.items()}


def of_season(**more: Any) -> Any:
    return lambda w: {"key": w.residency.season.uuid} | {name: value(w) for name, value in more.items()}


def studio(**more: Any) -> Any:
    return lambda w: {"uuid": w.residency.uuid} | {name: value(w) for name, value in more.items()}


def said(value: Any) -> Any:
    return lambda w: value


CONSENT = lambda w: w.consent.uuid  # noqa: E731
TESTIMONY, PRODUCTION = (lambda w: w.testimony.uuid), (lambda w: w.season_production.uuid)


def desk(prefix: str, place: Any, kind: str, item: Any) -> list[Row]:
    """The same pages below a residency and below its season."""
    base = f"admin:residencies_{prefix}_"
    consent, trace = place(item=CONSENT), place(kind=said(kind), item=item)
    return [
        Row(f"{base}traces", kwargs=place(), get={HANDS: 200}),
        Row(f"{base}trace_add", kwargs=place(kind=said(kind)), get={HANDS: 200}, post={HANDS: 200}),
        Row(f"{base}trace", kwargs=trace, get={HANDS: 200}, post={HANDS: 200}),
        Row(f"{base}trace_act", kwargs=trace, get={HANDS: 405}, post={HANDS: 404}),
        Row(f"{base}trace_remove", kwargs=trace, get={HANDS: 200}, post={HANDS: 302}),
        Row(f"{base}consent_add", kwargs=place(), get={HANDS: 200}, post={HANDS: 200}),
        Row(f"{base}consent", kwargs=consent, get={HANDS: 200}, post={HANDS: 200}),
        Row(f"{base}consent_withdraw", kwargs=consent, get={HANDS: 200}, post={HANDS: 302}),
        Row(f"{base}consent_remove", kwargs=consent, get={HANDS: 200}, post={HANDS: 302}),
        Row(f"{base}consent_link", kwargs=consent, get={HANDS: 405}, post={HANDS: 302}),
    ]


ROWS: list[Row] = [
    *desk("residency", of_residency, "temoignages", TESTIMONY),
    *desk("season", of_season, "productions", PRODUCTION),
    Row("studio:traces", kwargs=studio(), get={ARTIST: 200}),
    Row("studio:trace_add", kwargs=studio(kind=said("images")), get={ARTIST: 200}, post={ARTIST: 422}),
    Row(
        "studio:trace",
        kwargs=studio(kind=said("temoignages"), key=TESTIMONY),
        get={ARTIST: 200},
        post={ARTIST: 422},
    ),
    Row(
        "studio:trace_remove",
        kwargs=studio(kind=said("temoignages"), key=TESTIMONY),
        get={ARTIST: 200},
        post={ARTIST: 302},
    ),
    Row("residencies:picture", kwargs=lambda w: {"uuid": w.picture.uuid, "ext": "jpg"}, get={EVERYONE: 200}),
    # The world's picture is one of before, without its light copy.
    Row("residencies:picture_light", kwargs=lambda w: {"uuid": w.picture.uuid, "ext": "webp"}, get={EVERYONE: 404}),
    Row("residencies:picture_small", kwargs=lambda w: {"uuid": w.picture.uuid, "ext": "jpg"}, get={EVERYONE: 200}),
    Row(
        "residencies:consent",
        kwargs=lambda w: {"token": consents.token(w.consent)},
        get={EVERYONE: 200},
        post={EVERYONE: 302},
    ),
    Row("residencies:press_kit", kwargs=lambda w: {"slug": w.residency.slug}, get={EVERYONE: 200}),
    Row("residencies:press_kit_zip", kwargs=lambda w: {"slug": w.residency.slug}, get={EVERYONE: 200}),
]
