"""Dates, money and sizes in words, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import get_language, gettext

NBSP = "\N{NO-BREAK SPACE}"


def french() -> bool:
    return not (get_language() or "fr").startswith("en")


def local(value: date | datetime) -> date | datetime:
    """An aware moment in the site's time zone; anything else as it is."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _as_date(value: date | datetime) -> date:
    value = local(value)
    return value.date() if isinstance(value, datetime) else value


def day(value: date | datetime, *, weekday: bool = True, year: bool = True) -> str:
    """``dimanche 15 février 2026``, ``lundi 1er mars 2027``; ``Sunday 15 February 2026`` in English."""
    return _day(_as_date(value), weekday, year, get_language())


@lru_cache(maxsize=2048)
def _day(value: date, weekday: bool, year: bool, _language: str | None) -> str:
    """A list says the same days on fifty rows: each is put in words once a language."""
    number = "1er" if value.day == 1 and french() else str(value.day)
    words = [str(WEEKDAYS[value.weekday()])] if weekday else []
    words += [number, str(MONTHS[value.month])]
    if french():
        words = [word.lower() for word in words]
    if year:
        words.append(str(value.year))
    return " ".join(words)


def hour(value: datetime | time) -> str:
    """``23 h 59``, ``9 h``; ``11:59 pm``, ``9 am`` in English."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).time() if timezone.is_aware(value) else value.time()
    if french():
        return f"{value.hour}{NBSP}h" + (f"{NBSP}{value.minute:02d}" if value.minute else "")
    half = "am" if value.hour < 12 else "pm"
    return f"{value.hour % 12 or 12}" + (f":{value.minute:02d}" if value.minute else "") + f"{NBSP}{half}"


def moment(value: date | datetime) -> str:
    """``dimanche 15 février 2026, 23 h 59``. A date without a time is a day."""
    value = local(value)
    if not isinstance(value, datetime):
        return day(value)
    return f"{day(value)}, {hour(value)}"


def deadline(value: datetime) -> str:
    """A closing moment as people say it.

    Midnight belongs to nobody's calendar: a call that closes at 00:00 on the 16th is open all the
    15th, so it reads "dimanche 15 février 2026 inclus (jusqu'à 23 h 59)". Other times read plainly.
    """
    closing = local(value)
    if not isinstance(closing, datetime) or closing.time() != time(0):
        return moment(value)
    last = closing - timedelta(minutes=1)
    return gettext("%(day)s inclus (jusqu'à %(hour)s)") % {"day": day(last), "hour": hour(last)}


def span(start: date | datetime, end: date | datetime) -> str:
    """``du 5 au 9 octobre 2026``, ``du 8 mars au 11 juin 2027``; one day reads as that day."""
    first, last = _as_date(start), _as_date(end)
    if first == last:
        return day(first)
    same_year = first.year == last.year
    if same_year and first.month == last.month:
        opening = "1er" if first.day == 1 and french() else str(first.day)
    else:
        opening = day(first, weekday=False, year=not same_year)
    return gettext("du %(start)s au %(end)s") % {"start": opening, "end": day(last, weekday=False)}


def number(value: Decimal | float | int, places: int = 0) -> str:
    """``242 013`` with no-break spaces; ``242,013`` in English. Half a unit rounds away from zero."""
    if type(value) is int:
        text = f"{value:,.{places}f}" if places else f"{value:,}"
    else:
        amount = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        text = f"{amount:,.{places}f}"
    if french():
        text = text.replace(",", NBSP).replace(".", ",")
    return text.replace("-", "\N{MINUS SIGN}", 1)


def euros(value: Decimal | float | int, places: int = 2) -> str:
    """``12 000,00 €``; ``€12,000.00`` in English."""
    text = number(value, places)
    if french():
        return f"{text}{NBSP}€"
    return f"\N{MINUS SIGN}€{text[1:]}" if text.startswith("\N{MINUS SIGN}") else f"€{text}"


def filesize(size: int) -> str:
    """Octets by thousands, as French systems show them: ``812 Ko``, ``4,9 Mo``; ``kB``, ``MB`` in English."""
    letter = "o" if french() else "B"
    if size < 1000:
        return f"{size}{NBSP}{'octets' if french() else 'bytes'}"
    for unit, scale in (("K" if french() else "k", 1000), ("M", 1000**2), ("G", 1000**3)):
        if size < scale * 1000 or unit == "G":
            amount = Decimal(size) / scale
            places = 1 if unit != "K" and unit != "k" and amount < 100 else 0
            return f"{number(amount, places)}{NBSP}{unit}{letter}"
    raise AssertionError("unreachable")
