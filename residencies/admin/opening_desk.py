"""What opening and documents ask of the coordinator today, in one query."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, IntegerField, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.models import Offer
from clea.ui.desk import DeskItem
from residencies.enums import DocumentState, ResidencyState
from residencies.models import Paper, RequestedDocument, Residency
from residencies.rules.opening import AWAITED_DOCUMENTS
from residencies.selectors.readiness import NEAR
from structures.models import Territory

_SEASON = "season__programme__territory"
_OFFER = "application__call__season__programme__territory"


def _count(rows: QuerySet[Any], path: str) -> Coalesce:
    """How many of these rows belong to the territory of the outer query."""
    counted = rows.filter(**{path: OuterRef("pk")}).order_by().values(path).annotate(n=Count("pk", distinct=True))
    return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), Value(0))


def _territories(request: HttpRequest) -> QuerySet[Territory]:
    today = timezone.localdate()
    documents = RequestedDocument.objects.filter(
        residency__state__in=[ResidencyState.PREPARING, ResidencyState.CURRENT]
    )
    signed = Paper.objects.signed().filter(residency=OuterRef("pk"))
    soon = Residency.objects.live().annotate(first_day=Min("periods__starts_on")).filter(~Exists(signed))
    bare = Residency.objects.filter(pk__in=soon.filter(first_day__lte=today + NEAR).values("pk"))
    waiting = Offer.objects.accepted().filter(
        residency__isnull=True, application__residency__isnull=True, application__call__season__closed_at=None
    )
    place = f"residency__{_SEASON}"
    return Territory.objects.coordinated_by(request.user).annotate(
        to_open=_count(waiting, _OFFER),
        unsigned=_count(bare, _SEASON),
        received=_count(documents.filter(state=DocumentState.RECEIVED), place),
        late=_count(documents.filter(state__in=AWAITED_DOCUMENTS, due_on__lt=today), place),
        expired=_count(
            documents.filter(
                state=DocumentState.ACCEPTED, valid_until__lt=today, valid_until__gte=today - timedelta(days=365)
            ),
            place,
        ),
    )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """Offers to open, contracts that should be signed, documents. One query, nothing when all is well."""
    totals = dict.fromkeys(("to_open", "unsigned", "received", "late", "expired"), 0)
    for row in _territories(request):
        for name in totals:
            totals[name] += getattr(row, name)
    listed = reverse("admin:residencies_residency_changelist")
    to_open, unsigned, received = totals["to_open"], totals["unsigned"], totals["received"]
    late = totals["late"] + totals["expired"]
    items = []
    if unsigned:
        items.append(
            DeskItem(
                ngettext(
                    "contrat de résidence à faire signer",
                    "contrats de résidence à faire signer",
                    unsigned,
                ),
                unsigned,
                f"{listed}?alerte=contrat",
                "now",
            )
        )
    if to_open:
        label = ngettext("résidence à ouvrir", "résidences à ouvrir", to_open)
        detail = _("Les artistes ont accepté leur place.")
        items.append(DeskItem(label, to_open, reverse("admin:residencies_residency_open"), "now", detail))
    if received:
        label = ngettext("document d'artiste à vérifier", "documents d'artistes à vérifier", received)
        items.append(DeskItem(label, received, f"{listed}?alerte=documents-recus", "soon"))
    if late:
        label = ngettext("document d'artiste en retard ou expiré", "documents d'artistes en retard ou expirés", late)
        items.append(DeskItem(label, late, f"{listed}?alerte=documents-en-retard", "soon"))
    return items
