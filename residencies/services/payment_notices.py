"""What artists are told of their payments. Call inside the act's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import translation

from candidatures.services.notices import absolute
from clea.mail import services as mail
from clea.ui.dates import day, euros
from residencies.models import Payment
from residencies.selectors.money import artists_of, goes_to_artist

if TYPE_CHECKING:
    from clea.accounts.models import User


def approved(*, by: User, payment: Payment) -> None:
    """It will be paid."""
    _tell("payment.approved", by=by, payment=payment)


def paid(*, by: User, payment: Payment) -> None:
    """It is paid: when, under which reference."""
    _tell("payment.paid", by=by, payment=payment)


def refused(*, by: User, payment: Payment) -> None:
    """It is not covered: the rule, and the words of who read it."""
    _tell("payment.refused", by=by, payment=payment)


def _tell(kind: str, *, by: User, payment: Payment) -> None:
    """To each artist of the residency who has an account; nobody for what goes to somebody else."""
    residency = payment.residency
    if residency is None or not goes_to_artist(payment):
        return
    territory = payment.territory
    parts = (
        territory.service_name or territory.name,
        " ".join(territory.contact_address.split()),
        territory.contact_email,
        territory.contact_phone,
    )
    for user in artists_of(residency):
        with translation.override(user.language):
            mail.queue(
                by=by,
                kind=kind,
                to=user.email,
                language=user.language,
                context={
                    "nom": user.get_full_name() or residency.artist_name,
                    "objet": payment.label,
                    "montant": euros(payment.amount),
                    "beneficiaire": payment.payee,
                    "echeance": day(payment.due_on) if payment.due_on else "–",
                    "paye_le": day(payment.paid_on) if payment.paid_on else "–",
                    "reference": payment.reference or "–",
                    "regle": payment.get_refused_rule_display() if payment.refused_rule else "–",
                    "explication": payment.words or "–",
                    "lien": absolute(reverse("studio:money", args=[residency.uuid])),
                    "territoire": territory.name,
                    "coordonnees": ", ".join(part for part in parts if part),
                },
                about=residency,
                scope=territory.slug,
                reply_to=territory.contact_email,
                # Paid, undone, paid again: told again. The same act twice: once.
                dedupe_key=f"{kind}:{payment.uuid}:{payment.version}:{user.uuid}",
            )
