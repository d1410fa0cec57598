"""The four calls of the demonstration: the real one, its sister, one that a jury reads, one that is open today."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from candidatures.demo import call_data, content
from candidatures.enums import CallKind
from candidatures.models import (
    Axis,
    Call,
    CallPeriod,
    CallPiece,
    CallSection,
    Discipline,
    EligibilityCriterion,
    FrequentQuestion,
    MoneyRules,
    Position,
    Programme,
    ScoringCriterion,
    Season,
)
from candidatures.services import calls as service
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User
    from structures.models import Territory

FIRST_CONTRACT = 2025
CONTRACT_YEARS = 3
#: A residency is prepared: the results are known at least this long before immersion.
NOTICE = timedelta(days=60)


def disciplines() -> None:
    """The shared list of disciplines."""
    Discipline.objects.bulk_create(
        Discipline(name=name, name_en=name_en, order=order)
        for order, (name, name_en) in enumerate(call_data.DISCIPLINES)
    )


def season(territory: Territory, year: int) -> Season:
    """The season that starts in September of ``year``, with its contract of three years."""
    first = FIRST_CONTRACT + CONTRACT_YEARS * ((year - FIRST_CONTRACT) // CONTRACT_YEARS)
    last = first + CONTRACT_YEARS
    programme, _ = Programme.objects.get_or_create(
        slug=f"clea-{first}-{last}",
        defaults={
            "territory": territory,
            "name": f"CLEA+ {first}-{last}",
            "starts_on": date(first, 9, 1),
            "ends_on": date(last, 8, 31),
        },
    )
    found, _ = Season.objects.get_or_create(
        programme=programme,
        name=f"{year}-{year + 1}",
        defaults={"starts_on": date(year, 9, 1), "ends_on": date(year + 1, 8, 31)},
    )
    return found


def artistic(*, by: User, season: Season) -> Call:
    """The real call for five artists, published by the coordinator before it opens."""
    call = _call(season, CallKind.ARTISTIC, "clea-2026-2027", "CLEA", call_data.ARTISTIC | content.plain("clea"))
    _rows(Position, call, [{"title": "Résidence-mission artistique", "title_en": "Artist residency", "count": 5}])
    _rows(Axis, call, call_data.AXES)
    _common(call, call_data.CRITERIA, call_data.PIECES, call_data.CHAPTERS)
    _questions(call, content.questions("clea"))
    _scoring(call)
    return service.publish(by=by, call=call)


def emi(*, by: User, season: Season) -> Call:
    """The sister call for a journalist: one residency, the same weeks and money (rules.md 1)."""
    call = _call(season, CallKind.EMI, "emi-2026-2027", "EMI", call_data.EMI | content.plain("emi"))
    _rows(
        Position,
        call,
        [
            {
                "title": "Résidence-mission d'éducation aux médias",
                "title_en": "Media education residency",
                "count": 1,
            }
        ],
    )
    criteria = [call_data.EMI_CRITERIA.get(rank, row) for rank, row in enumerate(call_data.CRITERIA)]
    pieces = [piece | call_data.EMI_PIECES.get(piece["code"], {}) for piece in call_data.PIECES]
    _common(call, criteria, pieces, call_data.EMI_CHAPTERS)
    all_questions = content.questions("clea")
    _questions(call, [all_questions[rank] for rank in call_data.EMI_QUESTIONS])
    _scoring(call)
    return service.publish(by=by, call=call)


def _call(season: Season, kind: CallKind, slug: str, prefix: str, words: dict[str, Any]) -> Call:
    call = Call(
        season=season,
        kind=kind,
        slug=slug,
        reference_prefix=prefix,
        reference_year=2026,
        silence_notice=call_data.SILENCE,
        silence_notice_en=call_data.SILENCE_EN,
        **call_data.DATES,
        **call_data.CONTACT,
        **{name: text if name.endswith("_en") else content.french(text) for name, text in words.items()},
    )
    call.full_clean()
    call.save()
    MoneyRules.objects.create(call=call, **call_data.MONEY)
    return call


def _common(
    call: Call,
    criteria: list[tuple[str, str, str, str]],
    pieces: list[dict[str, Any]],
    chapters: list[tuple[str, str]],
) -> None:
    _rows(
        EligibilityCriterion,
        call,
        [
            {"text": text, "text_en": text_en, "help": content.french(more), "help_en": more_en}
            for text, text_en, more, more_en in criteria
        ],
    )
    _rows(CallPiece, call, pieces)
    passages = [content.chapter(folder, name) for folder, name in chapters]
    _rows(
        CallSection,
        call,
        [
            {"slug": p.slug, "title": p.title, "title_en": p.title_en, "text": p.text, "text_en": p.text_en}
            for p in passages
        ],
    )
    for kind, title, title_en, starts_on, ends_on in call_data.PERIODS:
        period = CallPeriod(call=call, kind=kind, title=title, title_en=title_en, starts_on=starts_on, ends_on=ends_on)
        period.full_clean()
        period.save()


def _questions(call: Call, passages: list[content.Passage]) -> None:
    _rows(
        FrequentQuestion,
        call,
        [{"question": p.title, "question_en": p.title_en, "answer": p.text, "answer_en": p.text_en} for p in passages],
    )


def _scoring(call: Call) -> None:
    _rows(
        ScoringCriterion,
        call,
        [
            {
                "title": title,
                "title_en": title_en,
                "guidance": content.french(guidance),
                "guidance_en": guidance_en,
                "weight": weight,
            }
            for title, title_en, guidance, guidance_en, weight in call_data.SCORING
        ],
    )


def _rows(model: type[models.Model], call: Call, rows: list[dict[str, Any]]) -> None:
    for order, row in enumerate(rows, start=1):
        instance = model(call=call, order=order, **row)
        instance.full_clean()
        instance.save()


def read_today(*, by: User, source: Call, now: datetime) -> Call:
    """Next season's journalists' call, closed twelve days ago: its jury is reading. Ready to publish."""
    today = now.astimezone(call_data.PARIS).date()
    interviews = _monday(today + timedelta(days=8))
    return _next_season(
        by=by,
        source=source,
        opens=today - timedelta(days=75),
        closing=today - timedelta(days=12),
        interviews=interviews,
        slug="emi",
    )


def open_today(*, by: User, source: Call, now: datetime) -> Call:
    """Next season's call: the real one cloned, its own dates around ``now``, ready to publish.

    Presence moves by whole years of 52 weeks, as the clone does it, to the first season that
    leaves :data:`NOTICE` after the results. Closing is at midnight, sixty days from ``now``.
    """
    today = now.astimezone(call_data.PARIS).date()
    closing = today + timedelta(days=60)
    return _next_season(
        by=by,
        source=source,
        opens=today - timedelta(days=30),
        closing=closing,
        # Some ten days after the close; the rest follows at the real call's pace.
        interviews=_monday(closing + timedelta(days=10)),
        slug="clea",
    )


def _monday(day: date) -> date:
    """That day, or the Monday after it."""
    return day + timedelta(days=(7 - day.weekday()) % 7)


def _next_season(*, by: User, source: Call, opens: date, closing: date, interviews: date, slug: str) -> Call:
    results = interviews + timedelta(days=11)
    years = 1
    while source.periods.earliest("starts_on").starts_on + timedelta(weeks=52 * years) < results + NOTICE:
        years += 1
    first = 2026 + years
    name = f"{first}-{first + 1}"
    with transaction.atomic():
        call = service.clone(
            by=by,
            call=source,
            season=season(source.territory, first),
            slug=f"{slug}-{name}",
            title=source.title.replace("2026-2027", name),
            reference_year=closing.year,
            weeks=52 * years,
        )
        call.title_en = source.title_en.replace("2026-2027", name)
        call.opens_at = _midnight(opens) + timedelta(hours=9)
        call.closes_at = _midnight(closing)
        call.interviews_from, call.interviews_to = interviews, interviews + timedelta(days=4)
        call.jury_on, call.results_on = interviews + timedelta(days=9), results
        call.full_clean()
        call.save()
        journal.record(by=by, verb="call.changed", target=call, data={"closes_at": call.closes_at.isoformat()})
    return call


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=call_data.PARIS)
