"""The list of filed dossiers, line by line, as every spreadsheet of the desk shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.enums import ApplicantKind, ApplicationState, CheckResult
from candidatures.models import Application, Deposit, EligibilityCheck, PieceRequest

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

#: An amount in euros is a ``Decimal``, another figure a ``float``.
Cell = str | int | float | Decimal | datetime | date | None

#: Dossiers read at a time: memory does not grow with the list.
CHUNK = 500

#: What a line is made of.
READ = (
    "state", "postal_code", "country", "keep_in_touch", "call__title",
    "last_deposit__number", "last_deposit__received_at", "last_deposit__sha256", "last_deposit__data",
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A title, and how to read the cell. A moment is local and without a zone, as Excel wants it."""

    title: str | _StrPromise
    read: Callable[[Application, dict[str, Any]], Cell]


def _identity(name: str) -> Callable[[Application, dict[str, Any]], Cell]:
    return lambda application, data: data["identity"][name]


def _amount(name: str) -> Callable[[Application, dict[str, Any]], Cell]:
    return lambda application, data: Decimal(data["budget"][name])


def _kind(application: Application, data: dict[str, Any]) -> Cell:
    return str(ApplicantKind(data["identity"]["kind"]).label)


def _members(application: Application, data: dict[str, Any]) -> Cell:
    members = data["identity"]["members"]
    return " ; ".join(f"{row['name']} ({row['role']})" if row["role"] else row["name"] for row in members)


def _received(application: Application, data: dict[str, Any]) -> Cell:
    assert application.last_deposit is not None
    return timezone.localtime(application.last_deposit.received_at).replace(tzinfo=None, microsecond=0)


def _number(application: Application, data: dict[str, Any]) -> Cell:
    assert application.last_deposit is not None
    return application.last_deposit.number


def _digest(application: Application, data: dict[str, Any]) -> Cell:
    assert application.last_deposit is not None
    return application.last_deposit.sha256


def _elsewhere(application: Application, data: dict[str, Any]) -> Cell:
    answer = data["other_territories"]["applies_elsewhere"]
    return "" if answer is None else _yes_no(answer)


def _claims(application: Application, data: dict[str, Any]) -> Cell:
    return " ; ".join(
        _("%(territory)s (jury : %(day)s)")
        % {"territory": claim["territory"], "day": "/".join(reversed(claim["jury_on"].split("-")))}
        if claim["jury_on"]
        else claim["territory"]
        for claim in data["other_territories"]["claims"]
    )


def _not_met(application: Application, data: dict[str, Any]) -> Cell:
    return " ; ".join(f"{check.criterion.text} {check.reason}".strip() for check in application.checks.all())


def _requests(application: Application, data: dict[str, Any]) -> Cell:
    return " ; ".join(str(request.piece) for request in application.piece_requests.all())


def _yes_no(value: object) -> str:
    return _("oui") if value else _("non")


COLUMNS: tuple[Column, ...] = (
    Column(gettext_lazy("Numéro"), _number),
    Column(gettext_lazy("Reçu le"), _received),
    Column(gettext_lazy("Nombre de dépôts"), lambda application, data: application.deposit_count),  # type: ignore[attr-defined]
    Column(gettext_lazy("État"), lambda application, data: str(ApplicationState(application.state).label)),
    Column(gettext_lazy("Appel"), lambda application, data: application.call.title),
    Column(gettext_lazy("Nom d'artiste ou du collectif"), _identity("artist_name")),
    Column(gettext_lazy("Candidature"), _kind),
    Column(gettext_lazy("Prénom"), _identity("first_name")),
    Column(gettext_lazy("Nom"), _identity("last_name")),
    Column(gettext_lazy("Adresse électronique"), _identity("email")),
    Column(gettext_lazy("Téléphone"), _identity("phone")),
    Column(gettext_lazy("Adresse"), _identity("address")),
    Column(gettext_lazy("Code postal"), _identity("postal_code")),
    Column(gettext_lazy("Ville"), _identity("city")),
    Column(gettext_lazy("Pays"), _identity("country")),
    Column(gettext_lazy("Département"), lambda application, data: application.department),
    Column(gettext_lazy("Compagnie ou structure employeuse"), _identity("organisation")),
    Column(gettext_lazy("Membres du collectif"), _members),
    Column(gettext_lazy("Disciplines"), lambda application, data: ", ".join(data["practice"]["disciplines"])),
    Column(gettext_lazy("Site internet"), lambda application, data: data["practice"]["website"]),
    Column(gettext_lazy("Axes explorés"), lambda application, data: ", ".join(data["articulation"]["axes"])),
    Column(
        gettext_lazy("Publics et temps de vie"),
        lambda application, data: ", ".join(data["articulation"]["life_stages"]),
    ),
    Column(gettext_lazy("Budget : net (€)"), _amount("net")),
    Column(gettext_lazy("Budget : brut (€)"), _amount("gross")),
    Column(gettext_lazy("Budget : charges employeur (€)"), _amount("employer_charges")),
    Column(gettext_lazy("Budget : coût total (€)"), _amount("total")),
    Column(gettext_lazy("Candidate dans d'autres territoires"), _elsewhere),
    Column(gettext_lazy("Autres territoires sollicités"), _claims),
    Column(
        gettext_lazy("Pièces reçues"), lambda application, data: ", ".join(piece["title"] for piece in data["pieces"])
    ),
    Column(gettext_lazy("Pièces demandées, attendues"), _requests),
    Column(gettext_lazy("Conditions non remplies"), _not_met),
    Column(
        gettext_lazy("Accepte d'être recontacté"),
        lambda application, data: _yes_no(application.keep_in_touch),
    ),
    Column(gettext_lazy("Empreinte du dépôt (SHA-256)"), _digest),
)


def titles() -> list[str]:
    return [str(column.title) for column in COLUMNS]


def rows(applications: QuerySet[Application]) -> Iterator[list[Cell]]:
    """One line a filed dossier, in the order given. Three queries for each run of 500 dossiers.

    What was filed is the source, not the working copy: the state and the findings alone are of now. Time and memory of
    a line are those of what it shows: of a dozen conditions, those that are not met.
    """
    deposits = Deposit.objects.filter(application=OuterRef("pk")).order_by().values("application")
    queryset = (
        applications.filter(last_deposit__isnull=False)
        .select_related("call", "last_deposit")
        .annotate(deposit_count=Subquery(deposits.values(count=Count("pk"))))
        .prefetch_related(
            Prefetch(
                "checks",
                EligibilityCheck.objects.filter(result=CheckResult.NOT_MET)
                .select_related("criterion")
                .order_by("criterion__order", "pk"),
            ),
            Prefetch("piece_requests", PieceRequest.objects.waiting().select_related("piece")),
        )
        .only(*READ)
    )
    for application in queryset.iterator(chunk_size=CHUNK):
        assert application.last_deposit is not None
        data = application.last_deposit.data
        yield [column.read(application, data) for column in COLUMNS]
