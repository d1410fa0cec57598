"""The calls of every season: the demonstration's own text, on each season's dates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models, transaction

from bench.volume_places import World
from candidatures.demo import calls
from candidatures.enums import CallStatus
from candidatures.models import Axis, Call, CallPiece, EligibilityCriterion, MoneyRules, Position, ScoringCriterion
from candidatures.services.calls import CONTENT

PARIS = ZoneInfo("Europe/Paris")
YEAR_OF_THE_TEXT = 2026


@dataclass
class Facts:
    """A call and what a dossier answers, read once."""

    call: Call
    pieces: dict[str, CallPiece] = field(default_factory=dict)
    criteria: list[EligibilityCriterion] = field(default_factory=list)
    scoring: list[ScoringCriterion] = field(default_factory=list)
    axes: list[Axis] = field(default_factory=list)
    position: Position | None = None

    @property
    def days(self) -> tuple[date, date]:
        """Of the interviews."""
        assert self.call.interviews_from is not None
        assert self.call.interviews_to is not None
        return self.call.interviews_from, self.call.interviews_to

    @property
    def results(self) -> date:
        assert self.call.results_on is not None
        return self.call.results_on


def facts(call: Call) -> Facts:
    return Facts(
        call=call,
        pieces={piece.code: piece for piece in CallPiece.objects.filter(call=call).order_by("order")},
        criteria=list(EligibilityCriterion.objects.filter(call=call).order_by("order")),
        scoring=list(ScoringCriterion.objects.filter(call=call).order_by("order")),
        axes=list(Axis.objects.filter(call=call).order_by("order")),
        position=Position.objects.filter(call=call).first(),
    )


def first(world: World, year: int) -> Call:
    """The call of the oldest season, through the services; the others are copies of it."""
    calls.disciplines()
    with transaction.atomic():
        call = calls.artistic(by=world.desk, season=calls.season(world.territory, year))
        _move(call, 52 * (year - YEAR_OF_THE_TEXT))
        _named(call, f"clea-{year}-{year + 1}", year)
        call.save()
    return call


def copied(world: World, source: Call, year: int, *, slug: str, weeks: int, status: CallStatus) -> Call:
    """The same call in the season that starts in September of ``year``, its dates moved by whole weeks."""
    with transaction.atomic():
        call = Call.objects.get(pk=source.pk)
        call.pk = None
        call._state.adding = True
        call.uuid = world.rows.uuid()
        call.season = calls.season(world.territory, year)
        call.cloned_from = source
        call.status = status
        _named(call, slug, year)
        _shift(call, weeks)
        call.save()
        several: list[type[models.Model]] = [*CONTENT, MoneyRules]
        for model in several:
            rows: Any = model._default_manager.filter(call=source).order_by("pk")
            for row in rows:
                row.pk = None
                row._state.adding = True
                row.call = call
                _shift(row, weeks)
                row.save()
        said = {"from": str(source.uuid), "weeks": weeks}
        began = call.opens_at - timedelta(days=20)
        world.journal.say(began, "call.cloned", "candidatures.call", call.uuid, said, world.by_desk)
        if status != CallStatus.DRAFT:
            call.published_at = began + timedelta(days=1)
            call.save()
            world.journal.say(call.published_at, "call.published", "candidatures.call", call.uuid, {}, world.by_desk)
    return call


def dated(call: Call, *, opens: date, closes: date, interviews: date) -> Call:
    """Around today, at the real call's pace after the close: what a jury reads now, what is open now."""
    call.opens_at = datetime.combine(opens, time(9), tzinfo=PARIS)
    call.closes_at = datetime.combine(closes, time(0), tzinfo=PARIS)
    call.interviews_from, call.interviews_to = interviews, interviews + timedelta(days=4)
    call.jury_on, call.results_on = interviews + timedelta(days=9), interviews + timedelta(days=11)
    call.reference_year = closes.year
    call.published_at = call.opens_at - timedelta(days=3)
    call.save()
    return call


def _named(call: Call, slug: str, year: int) -> None:
    before = f"{YEAR_OF_THE_TEXT}-{YEAR_OF_THE_TEXT + 1}"
    held = str(call.season.name) if call.cloned_from_id is None else f"{year}-{year + 1}"
    if call.cloned_from is not None:
        before = str(call.cloned_from.season.name)
    for name in ("title", "title_en"):
        setattr(call, name, getattr(call, name).replace(before, held))
    call.slug, call.reference_year = slug, year


def _move(call: Call, weeks: int) -> None:
    _shift(call, weeks)
    for period in call.periods.all():
        _shift(period, weeks)
        period.save()


def _shift(row: Any, weeks: int) -> None:
    for column in row._meta.concrete_fields:
        value = getattr(row, column.attname)
        if isinstance(value, date) and column.name not in ("updated_at", "published_at"):
            moved = value + timedelta(weeks=weeks)
            if isinstance(value, datetime):
                # The same hour of the clock, in summer as in winter.
                moved = (value.astimezone(PARIS).replace(tzinfo=None) + timedelta(weeks=weeks)).replace(tzinfo=PARIS)
            setattr(row, column.attname, moved)
