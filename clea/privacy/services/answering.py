"""Answering somebody who has no account: what one territory holds under an address, a copy of it, its erasure."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.errors import Forbidden, Refused
from clea.journal import services as journal
from clea.mail import scopes
from clea.privacy import own

if TYPE_CHECKING:
    from clea.accounts.models import User
    from clea.privacy.own import Part, Person


def person(*, by: User, address: str, scope: str) -> Person:
    """Whoever wrote to this territory with this address. Raises ``Forbidden`` outside the desk's walls, ``Refused``
    (field ``address``) for what is no address."""
    if not (by.is_active and by.is_staff and scopes.holds(by, scope)):
        raise Forbidden(_("Ce territoire n'est pas le vôtre : demandez à sa coordination."))
    try:
        validate_email(address.strip())
    except ValidationError as error:
        raise Refused(
            _("Cette adresse électronique n'est pas valable."), code="bad_address", field="address"
        ) from error
    return own.person_by(address, scope)


def held(found: Person) -> list[tuple[Part, int]]:
    """What is held of them here, and how many of each. One query a part."""
    return [(part, count) for part in own.parts() if (count := part.rows(found).count())]


@transaction.atomic
def given(*, by: User, address: str, scope: str) -> Person:
    """Note that a copy was made for them; nothing of the address is written down. Raises as :func:`person`."""
    found = person(by=by, address=address, scope=scope)
    told = {part.name: count for part, count in held(found)}
    if not told:
        raise Refused(_("Rien n'est gardé sous cette adresse dans ce territoire."), code="nothing")
    journal.record(by=by, verb="privacy.copy_given", data={"scope": scope, "parts": told})
    return found


@transaction.atomic
def erase(*, by: User, address: str, scope: str, part: str, asked_on: date | None) -> Counter[str]:
    """Take away what this part holds of them, at their request of that day (RGPD, article 17): rows, by model.

    Raises as :func:`person`; ``Refused`` for a part that stays, or without the day of the request.
    """
    found = person(by=by, address=address, scope=scope)
    chosen = next((one for one in own.parts() if one.name == part), None)
    if chosen is None or chosen.erase is None:
        raise Refused(_("Cela ne s'efface pas d'ici : la colonne « Effacement » dit pourquoi."), code="stays")
    if asked_on is None or asked_on > timezone.localdate():
        raise Refused(_("Donnez le jour où la demande est arrivée."), code="no_day", field="asked_on")
    rows = list(chosen.rows(found))
    if not rows:
        raise Refused(_("Il n'y a plus rien à effacer ici."), code="nothing")
    gone = chosen.erase(by=by, rows=rows)
    data = {"scope": scope, "part": part, "asked_on": asked_on, "rows": len(rows)}
    journal.record(by=by, verb="privacy.erased_on_request", data=data)
    return gone
