"""The ranking and the readings of a jury, for other people's tools. Private notes are in no file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.enums import Advice, ApplicationState
from candidatures.models import Application
from candidatures.reports import spreadsheets

if TYPE_CHECKING:
    from decimal import Decimal

    from candidatures.models import Jury, ScoringCriterion
    from candidatures.reports.rows import Cell
    from candidatures.selectors.ranking import Ranking, Reading


def ranking_titles(ranking: Ranking) -> list[str]:
    return [
        _("Rang"),
        _("Rang corrigé"),
        _("Numéro"),
        _("Nom d'artiste ou du collectif"),
        _("État"),
        _("Moyenne sur 20"),
        _("Moyenne corrigée sur 20"),
        _("Lectures comptées"),
        _("Lectures voulues"),
        _("Abstentions"),
        _("Écart-type"),
        _("Note la plus basse"),
        _("Note la plus haute"),
        *(str(advice.label).capitalize() for advice in Advice if advice != Advice.ABSTAIN),
        _("Meilleur rang (intervalle à 90 %)"),
        _("Moins bon rang (intervalle à 90 %)"),
        *map(_criterion, ranking.criteria),
    ]


def ranking_rows(ranking: Ranking) -> Iterator[list[Cell]]:
    """One line a dossier, in the order of the ranking given."""
    for line in ranking.lines:
        application = line.application
        yield [
            line.raw_rank,
            line.corrected_rank,
            str(application.last_deposit),
            application.display_name,
            str(ApplicationState(application.state).label),
            _float(line.mean),
            _float(line.corrected),
            line.n,
            ranking.wanted,
            line.abstentions,
            _float(line.sd),
            _float(line.low),
            _float(line.high),
            *(line.advices.get(advice, 0) for advice in Advice if advice != Advice.ABSTAIN),
            line.interval.best if line.interval else None,
            line.interval.worst if line.interval else None,
            *(_float(mean) for mean in line.criteria),
        ]


def review_titles(ranking: Ranking) -> list[str]:
    return [
        _("Numéro"),
        _("Nom d'artiste ou du collectif"),
        _("Membre du jury"),
        _("Institution"),
        _("Avis"),
        _("Total sur 20"),
        _("Comptée dans la moyenne"),
        _("Appréciation générale"),
        *(
            title
            for row in ranking.criteria
            for title in (
                _criterion(row),
                _("%(criterion)s : commentaire") % {"criterion": row.title},
            )
        ),
        _("Déposée le"),
        _("Dépôt lu"),
    ]


def review_rows(ranking: Ranking, read: Iterable[Reading]) -> Iterator[list[Cell]]:
    """One line a filed reading, recused members' apart, in the order of the dossiers. No query."""
    names = {line.application.pk: line.application for line in ranking.lines}
    for reading in read:
        application = names.get(reading.application)
        if application is None:
            continue
        total, words = reading.total(ranking.criteria), reading.words
        yield [
            str(application.last_deposit),
            application.display_name,
            f"{words['first_name']} {words['last_name']}".strip() or words["email"],
            words["institution"],
            str(Advice(reading.advice).label),
            _float(total),
            _("oui") if total is not None and reading.counts else _("non"),
            words["comment"],
            *(cell for row in ranking.criteria for cell in reading.marks.get(row.pk, (None, ""))),
            timezone.localtime(words["filed_at"]).replace(tzinfo=None, microsecond=0),
            words["number"],
        ]


def workbook(ranking: Ranking, read: Iterable[Reading]) -> IO[bytes]:
    """The ranking on a sheet, the readings on another. No query."""
    return spreadsheets.workbook(
        [
            (_("Classement"), ranking_titles(ranking), ranking_rows(ranking)),
            (_("Lectures"), review_titles(ranking), review_rows(ranking, read)),
        ]
    )


def ranking_csv(ranking: Ranking) -> Iterator[bytes]:
    """No query."""
    return spreadsheets.csv_lines(ranking_titles(ranking), ranking_rows(ranking))


def reviews_csv(ranking: Ranking, read: Iterable[Reading]) -> Iterator[bytes]:
    """No query."""
    return spreadsheets.csv_lines(review_titles(ranking), review_rows(ranking, read))


def shortlisted(jury: Jury) -> list[Application]:
    """The dossiers of the shortlist, received in interview or not, in the order of their numbers. One query."""
    return list(
        Application.objects.filter(
            call=jury.call_id, state__in=(ApplicationState.SHORTLISTED, ApplicationState.INTERVIEWED)
        )
        .select_related("call", "last_deposit", "owner")
        .order_by("last_deposit__number")
    )


def _criterion(row: ScoringCriterion) -> str:
    return _("%(criterion)s (sur %(max)d)") % {"criterion": row.title, "max": row.max_score}


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
