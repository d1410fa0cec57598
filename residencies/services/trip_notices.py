"""What the coordination and the artists are told about trips. Call inside the act's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import translation

from candidatures.services.notices import absolute
from clea.mail import services as mail
from clea.ui.dates import day, euros
from residencies.models import ExpenseLine, Payment, Residency, TripClaim
from residencies.services.welcome_notices import artists_of

if TYPE_CHECKING:
    from clea.accounts.models import User


def claimed(*, by: User, claim: TripClaim) -> None:
    """Tell the coordination that a trip is to be checked."""
    payment = claim.payment
    residency = _residency(payment)
    territory = residency.territory
    with translation.override("fr"):
        context = _frame(residency, payment) | {
            "moyen": claim.get_mode_display(),
            "jours": f"{day(claim.out_on)} – {day(claim.back_on)}",
            "lien": absolute(reverse("admin:residencies_residency_trip", args=[residency.uuid, payment.uuid])),
        }
    mail.queue(
        by=by,
        kind="trip.claimed",
        to=territory.contact_email,
        context=context,
        about=residency,
        scope=territory.slug,
        reply_to=by.email,
        dedupe_key=f"trip:{payment.uuid}:{payment.version}",
    )


def coverage_changed(*, by: User, line: ExpenseLine, payment: Payment) -> None:
    """Tell the artists what the desk decided of a line."""
    residency = _residency(payment)
    territory = residency.territory
    for seat in artists_of([residency]):
        assert seat.user is not None
        with translation.override(seat.user.language):
            mail.queue(
                by=by,
                kind="trip.coverage_changed",
                to=seat.user.email,
                language=seat.user.language,
                context=_frame(residency, payment)
                | {
                    "ligne": line.label,
                    "mots": line.words,
                    "lien": absolute(reverse("studio:trip", args=[residency.uuid, payment.uuid])),
                },
                about=residency,
                scope=territory.slug,
                reply_to=territory.contact_email,
                dedupe_key=f"trip:{payment.uuid}:{payment.version}:{seat.user_id}",
            )


def _residency(payment: Payment) -> Residency:
    assert payment.residency is not None
    return payment.residency


def _frame(residency: Residency, payment: Payment) -> dict[str, object]:
    territory = residency.territory
    service = territory.service_name or territory.name
    address = " ".join(territory.contact_address.split())
    known = (service, address, territory.contact_email, territory.contact_phone)
    return {
        "residence": residency.artist_name,
        "voyage": payment.label,
        "montant": euros(payment.amount),
        "territoire": territory.name,
        "coordonnees": ", ".join(part for part in known if part),
    }
