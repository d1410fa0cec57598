"""The statement of expenses of a residency, as a PDF to hand to the finance department or keep."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.documents import services as documents
from residencies.enums.money import LIVE_PAYMENTS
from residencies.methods.cents import ZERO, total
from residencies.models import Payment, Residency, TripClaim
from residencies.selectors import money as selectors
from residencies.selectors import trips as selectors_of_trips
from residencies.selectors.trips import Told


def context(residency: Residency) -> dict[str, Any]:
    """Trips with their lines and rules, instalments, lump sum, totals. Seven queries at most."""
    money = selectors.money_of(residency)
    claims = {
        claim.payment_id: claim
        for claim in TripClaim.objects.filter(payment__residency=residency)
        .select_related("period")
        .prefetch_related("lines")
    }
    rows = []
    for payment in money.trips:
        claim = claims.get(payment.pk)
        if claim is not None:
            claim.payment = payment
        rows.append(Row(payment, selectors_of_trips.told(claim) if claim is not None else None))
    return {
        "residency": residency,
        "territory": residency.territory,
        "money": money,
        "trips": rows,
        "asked": total(row.asked for row in rows),
        "covered": total(row.covered for row in rows),
        "made_on": timezone.localdate(),
    }


@dataclass(frozen=True)
class Row:
    """A trip: its payment, and the claim with its lines and its calculation."""

    payment: Payment
    told: Told | None

    @property
    def asked(self) -> Decimal:
        """What the artist asked for, covered or not: the lines, plus what the scale gives."""
        return self.payment.amount if self.told is None else self.told.asked + self.told.kilometres

    @property
    def covered(self) -> Decimal:
        """What will be paid, or was: nothing once refused or withdrawn."""
        return self.payment.amount if self.payment.state in LIVE_PAYMENTS else ZERO


def pdf(residency: Residency) -> bytes:
    """Tagged. A second or two."""
    return documents.render_pdf("pdf/residencies/expense_statement.html", context(residency), title=title(residency))


def title(residency: Residency) -> str:
    return _("État de frais – %(artist)s") % {"artist": residency.artist_name}


def answer(residency: Residency) -> HttpResponse:
    """Shown in the browser; never kept by a cache."""
    name = f"etat-de-frais-{residency.slug}-{timezone.localdate().isoformat()}.pdf"
    return HttpResponse(
        pdf(residency),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"},
    )
