"""What this app holds of one person, for their own copy: their line in a team, the territories they coordinate."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.privacy import own, traces
from clea.privacy.own import Part
from structures.models import Professional

if TYPE_CHECKING:
    from clea.accounts.models import User


def _erase_lines(*, by: User | None, rows: list[Professional]) -> Counter[str]:
    gone = traces.forget(traces.of(rows))
    return gone + Counter(Professional.objects.filter(pk__in=[row.pk for row in rows]).delete()[1])


PARTS = (
    Part(
        holding="structures.equipes", name="equipes", label=_("Votre place dans l'équipe d'une structure"),
        model="structures.Professional", email="email", scope="structure__territory__slug", erase=_erase_lines,
        fields=("structure__name", "first_name", "last_name", "role", "email", "phone", "is_contact"),
    ),
    Part(
        holding="coordination", name="coordination", label=_("Les territoires que vous coordonnez"),
        model="structures.TerritoryMembership", user="user", fields=("territory__name",),
    ),
)  # fmt: skip


def register() -> None:
    """Called when the app starts."""
    own.register(*PARTS)
