"""The desk's first page: the seasons on their line, and the figures of the one that runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.admin.desk import open_calls
from candidatures.admin.jury.in_hand import read_so_far
from clea.ui import navigation
from clea.ui.dates import day, deadline, number
from clea.ui.plots import Column, Part, columns, gauge
from clea.ui.sections import Section
from residencies.selectors import desk_home
from residencies.selectors.desk_home import Intake, SeasonFigures, said
from structures.admin.scope import coordinated


def seasons_on_line(request: HttpRequest, subject: Any) -> Section | None:
    """Call → jury → residencies → bilan for each season that runs, today on it. Two queries, the figures' too."""
    today = timezone.localdate()
    rows = [
        {
            "season": row.season,
            "stages": [{"stage": one, "state": one.state(today), "share": one.share(today)} for one in row.stages],
        }
        for row in desk_home.season_rows(
            _open_seasons(request), _sessions_of_all(request), open_calls(request), read_so_far(request)
        )
    ]
    several = len(coordinated(request)) > 1
    return Section("admin/residencies/home_seasons.html", {"rows": rows, "several": several}) if rows else None


def figures(request: HttpRequest, subject: Any) -> Section | None:
    """A few figures as small plots: each says its number in words and leads to its page. Three queries of its own."""
    cards = []
    arriving = desk_home.intake(open_calls(request))
    if arriving is not None:
        cards.append(_arriving(arriving))
    season = _season(request)
    found = desk_home.season_figures(season, _sessions_of_all(request)) if season is not None else None
    if found is not None:
        cards += [_sessions(found), _presence(found), _money(found), _communes(found)]
    if not cards:
        return None
    return Section("admin/residencies/home_figures.html", {"cards": cards, "season": found.season if found else None})


def _open_seasons(request: HttpRequest) -> list[Any]:
    if not hasattr(request, "_home_seasons"):
        request._home_seasons = desk_home.open_seasons(coordinated(request))  # type: ignore[attr-defined]
    return request._home_seasons  # type: ignore[attr-defined]


def _season(request: HttpRequest) -> Any:
    """The season that the menu stands in, when it has a residency. One query more when it is closed, once."""
    if not hasattr(request, "_home_season"):
        chosen = navigation.season_of(request)
        key = chosen.key if chosen is not None else None
        found = next((season for season in _open_seasons(request) if season.uuid == key), None)
        if found is None and key is not None:
            found = desk_home.season_with_residencies(coordinated(request), key)
        request._home_season = found if found is not None and found.lived else None  # type: ignore[attr-defined]
    return request._home_season  # type: ignore[attr-defined]


def _sessions_of_all(request: HttpRequest) -> list[desk_home.SessionLine]:
    """Those of every season that the page shows. One query, once."""
    if not hasattr(request, "_home_sessions"):
        seasons = {season.pk for season in (*_open_seasons(request), _season(request)) if season is not None}
        request._home_sessions = desk_home.sessions_of(sorted(seasons))  # type: ignore[attr-defined]
    return request._home_sessions  # type: ignore[attr-defined]


def _card(key: str, title: str, url: str, figure: str, words: str, plot: SafeString) -> dict[str, Any]:
    return {"key": key, "title": title, "url": url, "figure": figure, "words": words, "plot": plot}


def _arriving(found: Intake) -> dict[str, Any]:
    title = _("Dossiers déposés par jour")
    months: set[tuple[int, int]] = set()
    rows = []
    for when, n in found.days:
        # A month is named at its first day shown when the next one leaves it room.
        named = (when.year, when.month) not in months and when.day <= 25
        months.add((when.year, when.month))
        rows.append(Column(n, label=str(MONTHS_3[when.month]) if named else "", today=when == found.days[-1][0]))
    closing = found.calls[0]
    words = _("clôture : %(when)s") % {"when": deadline(closing.closes_at)}
    if len(found.calls) == 1:
        words = f"{closing.title}, {words}"
    week = sum(n for when, n in found.days if when > timezone.localdate() - timedelta(days=7))
    told = ngettext("%(n)s dossier depuis sept jours.", "%(n)s dossiers depuis sept jours.", week) % {"n": number(week)}
    listed = reverse("admin:candidatures_application_changelist")
    url = f"{listed}?appel={closing.uuid}" if len(found.calls) == 1 else listed
    figure = ngettext("%(n)s dossier", "%(n)s dossiers", found.total) % {"n": number(found.total)}
    return _card(
        "intake", title, url, figure, words, columns(rows, title=title, description=told, id_prefix="plot-intake")
    )


def _sessions(found: SeasonFigures) -> dict[str, Any]:
    title = _("Séances par semaine")
    this_week = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    rows = []
    month = 0
    for monday, held, planned in found.weeks:
        label = str(MONTHS_3[monday.month]) if monday.month != month else ""
        month = monday.month
        rows.append(Column(held, planned, label=label, today=monday == this_week))
    figure = ngettext("%(n)s tenue", "%(n)s tenues", found.held) % {"n": number(found.held)}
    words = ngettext("%(n)s à venir", "%(n)s à venir", found.planned) % {"n": number(found.planned)}
    busiest = max(found.weeks, key=lambda row: row[1] + row[2], default=None)
    told = ""
    if busiest is not None:
        told = _("La semaine la plus chargée, celle du %(day)s, en compte %(n)s.") % {
            "day": day(busiest[0], weekday=False),
            "n": busiest[1] + busiest[2],
        }
    url = reverse("admin:residencies_season_calendar", args=[found.season.uuid])
    return _card(
        "sessions", title, url, figure, words, columns(rows, title=title, description=told, id_prefix="plot-sessions")
    )


def _presence(found: SeasonFigures) -> dict[str, Any]:
    title = _("Jours de présence")
    places = 0 if found.days_done == found.days_done.to_integral() else 1
    figure = ngettext("%(n)s jour fait", "%(n)s jours faits", int(found.days_done)) % {
        "n": number(found.days_done, places)
    }
    words = _("sur %(n)s aux contrats") % {"n": number(found.days_due)}
    plot = gauge(
        [Part(float(found.days_done))],
        float(found.days_due),
        title=title,
        description=f"{figure} {words}",
        id_prefix="plot-days",
    )
    return _card("days", title, reverse("admin:residencies_residency_changelist"), figure, words, plot)


def _money(found: SeasonFigures) -> dict[str, Any]:
    title, total = _("Argent"), found.money
    figure = _("%(amount)s payés") % {"amount": said(total.spent)}
    words = _("%(engaged)s engagés, %(planned)s apportés par les financeurs") % {
        "engaged": said(total.engaged),
        "planned": said(total.planned),
    }
    rest = max(float(total.engaged) - float(total.spent), 0.0)
    plot = gauge(
        [Part(float(total.spent)), Part(rest, "light")],
        float(total.planned),
        title=title,
        description=f"{figure}, {words}",
        id_prefix="plot-money",
    )
    return _card(
        "money", title, reverse("admin:residencies_season_money", args=[found.season.uuid]), figure, words, plot
    )


def _communes(found: SeasonFigures) -> dict[str, Any]:
    title = _("Communes touchées")
    figure = _("%(n)s sur %(all)s") % {"n": number(found.communes_held), "all": number(found.communes)}
    words = ngettext("%(n)s autre l'est dans les séances à venir", "%(n)s autres le sont dans les séances à venir",
                     found.communes_ahead) % {"n": number(found.communes_ahead)}  # fmt: skip
    plot = gauge(
        [Part(found.communes_held), Part(found.communes_ahead, "light")],
        found.communes,
        title=title,
        description=f"{figure}, {words}",
        id_prefix="plot-communes",
    )
    url = reverse("admin:residencies_season_coverage", args=[found.season.uuid])
    return _card("communes", title, url, figure, words, plot)
