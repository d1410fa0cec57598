"""What may be written of a funder's share. Pure."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from clea.rules import ALLOWED, Verdict, refuse


def can_write_share(committed: Decimal, received: Decimal, reference: str) -> Verdict:
    """Money comes in once it was notified, and a notification has a reference."""
    if received > committed:
        return refuse(
            _("Ce qui est reçu dépasse ce qui est notifié : notez d'abord la notification."), "received_unnotified"
        )
    if committed > 0 and not reference.strip():
        return refuse(
            _("Donnez la référence de ce qui est notifié : arrêté, délibération ou convention."), "no_reference"
        )
    return ALLOWED
