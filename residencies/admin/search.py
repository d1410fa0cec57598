"""This app's rows in the desk's search."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from clea.text import normalise
from clea.ui.dates import day, moment
from clea.ui.search import SHOWN, Found, Hit, Source, among, register, rows
from residencies.models import Activity, Event, Meeting, News, Relay, Residency, ResidencyArtist, Session, Work
from structures.admin.scope import coordinated
from structures.search import words_in

#: « 12/03/2027 », « 12/03 », « 12 mars », « 1er mars 2027 ».
_FIGURES = re.compile(r"\b(\d{1,2})/(\d{1,2})(?:/(\d{4}))?\b")
_WORDS = re.compile(r"\b(\d{1,2})(?:er)? ([a-z]+)(?: (\d{4}))?\b")


def add() -> None:
    residencies = rows(
        Residency,
        _("Résidences"),
        detail=lambda row: " · ".join(part for part in (row.title, row.season.name, row.get_state_display()) if part),
    )
    activities = rows(Activity, _("Activités"), detail=lambda row: f"{row.season.name} · {row.get_state_display()}")
    events = among(
        Event, _("Évènements"), said=lambda row: (row.title, row.place), detail=lambda row: moment(row.starts_at)
    )
    meetings = among(
        Meeting,
        _("Réunions de pilotage"),
        said=lambda row: (row.title, row.place),
        detail=lambda row: day(row.starts_at),
    )
    works = among(
        Work,
        _("Œuvres à diffuser"),
        said=lambda row: (row.title, row.residency.artist_name),
        detail=lambda row: row.residency.artist_name,
        related=("residency",),
    )
    relays = rows(Relay, _("Relais"), detail=lambda row: row.organisation)
    news = among(News, _("Actualités"), said=lambda row: (row.title, row.summary))
    register(Source("residencies", 15, residencies))
    register(Source("artists", 20, artists))
    register(Source("relays", 35, relays))
    register(Source("activities", 60, activities))
    register(Source("sessions", 65, sessions))
    register(Source("events", 70, events))
    register(Source("meetings", 75, meetings))
    register(Source("works", 80, works))
    register(Source("news", 85, news))


def artists(request: HttpRequest, text: str) -> Found | None:
    """People of a residency by their own name, those who left too. One query."""
    people = ResidencyArtist.objects.filter(
        residency__season__programme__territory__in=coordinated(request)
    ).select_related("residency__season")
    wanted = normalise(text).split()
    kept = [row for row in people if all(word in normalise(row.first_name, row.last_name) for word in wanted)]
    return Found(
        _("Artistes en résidence"),
        [
            Hit(
                f"{row.first_name} {row.last_name}".strip(),
                reverse("admin:residencies_residency_change", args=[row.residency.uuid]),
                f"{row.residency.artist_name} · {row.residency.season.name}",
            )
            for row in kept[:SHOWN]
        ],
    )


def sessions(request: HttpRequest, text: str) -> Found | None:
    """Sessions by activity, place or artist, and by date: « 12 mars », « 12/03/2027 ». One query."""
    when, rest = _day_in(normalise(text))
    if when is None and not rest:
        return None
    said = words_in(
        rest,
        "activity__search",
        "host__search",
        "host__commune__search",
        "commune__search",
        "activity__residencies__search",
        "activity__structures__search",
    )
    found = (
        Session.objects.filter(said, activity__season__programme__territory__in=coordinated(request))
        .filter(when or Q())
        .select_related("activity", "host__commune", "commune")
        .order_by("-starts_at")
        .distinct()[: SHOWN + 1]
    )
    hits = []
    for row in found[:SHOWN]:
        where = row.commune or (row.host.commune if row.host else None)
        url = reverse("admin:residencies_activity_session", args=[row.activity.uuid, row.uuid])
        detail = " · ".join(str(part) for part in (row.activity.title, row.host, where) if part)
        hits.append(Hit(moment(row.starts_at), url, detail))
    return Found(_("Séances"), hits)


def _day_in(folded: str) -> tuple[Q | None, str]:
    """The day said by the text, as a condition on ``starts_at``, and what is left of the text."""
    names = {normalise(str(name)): number for number, name in MONTHS.items()}
    for pattern in (_FIGURES, _WORDS):
        for match in pattern.finditer(folded):
            number, month, year = match.groups()
            at = int(month) if month.isdecimal() else names.get(month, 0)
            years = [int(year)] if year else [timezone.localdate().year + step for step in (-1, 0, 1)]
            days = [one for one in (_day(y, at, int(number)) for y in years) if one]
            if days:
                condition = Q()
                for one in days:
                    first = timezone.make_aware(datetime.combine(one, time(0)))
                    last = timezone.make_aware(datetime.combine(one + timedelta(days=1), time(0)))
                    condition |= Q(starts_at__gte=first, starts_at__lt=last)
                return condition, (folded[: match.start()] + folded[match.end() :]).strip()
    return None, folded


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
