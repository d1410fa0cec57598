"""The statement of expenses of a residency, as a PDF to hand to the finance department or keep."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.documents import services as documents
from residencies.enums.money import LIVE_PAYMENTS
from residencies.methods.cents import total
from residencies.models import Payment, Residency, TripClaim
from residencies.selectors import money as selectors


def context(residency: Residency) -> dict[str, Any]:
    """Trips with their lines and rules, instalments, lump sum, totals. Seven queries at most."""
    money = selectors.money_of(residency)
    claims = {
        claim.payment_id: claim
        for claim in TripClaim.objects.filter(payment__residency=residency)
        .select_related("period")
        .prefetch_related("lines")
    }
    trips = [(one, claims.get(one.pk)) for one in money.trips]
    return {
        "residency": residency,
        "territory": residency.territory,
        "money": money,
        "trips": [{"payment": one, "claim": claim, "asked": asked(one, claim)} for one, claim in trips],
        "asked": total(asked(one, claim) for one, claim in trips),
        "covered": total(one.amount for one, _claim in trips if one.state in LIVE_PAYMENTS),
        "made_on": timezone.localdate(),
    }


def asked(payment: Payment, claim: TripClaim | None) -> Decimal:
    """What the artist asked for, covered or not: the lines, plus what the scale gives."""
    if claim is None:
        return payment.amount
    lines = list(claim.lines.all())
    beside = total(line.covered for line in lines)
    return total(line.amount for line in lines) + max(payment.amount - beside, Decimal(0))


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
