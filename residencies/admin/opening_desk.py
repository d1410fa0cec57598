"""What opening and documents ask of the coordinator today, in one query."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.models import Offer
from clea.ui.desk import DeskItem
from clea.ui.waiting import Subject, Waits
from residencies.admin.waits import everywhere
from residencies.enums import DocumentState, ResidencyState
from residencies.models import Paper, Period, RequestedDocument, Residency
from residencies.rules.opening import AWAITED_DOCUMENTS
from residencies.selectors.readiness import NEAR


def _rows(request: HttpRequest) -> Iterator[QuerySet[Any]]:
    today = timezone.localdate()
    documents = RequestedDocument.objects.filter(
        residency__state__in=[ResidencyState.PREPARING, ResidencyState.CURRENT]
    )
    late = documents.filter(state__in=AWAITED_DOCUMENTS, due_on__lt=today)
    expired = documents.filter(
        state=DocumentState.ACCEPTED, valid_until__lt=today, valid_until__gte=today - timedelta(days=365)
    )
    signed = Paper.objects.signed().filter(residency=OuterRef("pk"))
    begun = Period.objects.filter(residency=OuterRef("pk"), starts_on__lte=today + NEAR)
    waiting = Offer.objects.accepted().filter(residency__isnull=True, application__residency__isnull=True)
    inside = "residency__season__"
    yield everywhere(request, "opening.to_open", waiting, "application__call__season__")
    yield everywhere(request, "opening.unsigned", Residency.objects.live().filter(Exists(begun), ~Exists(signed)))
    yield everywhere(request, "opening.received", documents.filter(state=DocumentState.RECEIVED), inside)
    yield everywhere(request, "opening.late", late, inside)
    yield everywhere(request, "opening.late", expired, inside)


def _lines(request: HttpRequest, found: Waits) -> list[DeskItem]:
    """Offers to open, contracts that should be signed, documents."""
    kinds = ("opening.to_open", "opening.unsigned", "opening.received", "opening.late")
    to_open, unsigned, received, late = (found.total(kind) for kind in kinds)
    listed = reverse("admin:residencies_residency_changelist")
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


desk_items = Subject(_rows, _lines)
