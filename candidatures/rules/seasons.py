"""What a closed season still allows. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from clea.rules import ALLOWED, Verdict, refuse

if TYPE_CHECKING:
    from candidatures.models import Season


def is_open(season: Season) -> Verdict:
    """Whether what belongs to this season may still change: closed, it is an archive."""
    if season.closed_at is None:
        return ALLOWED
    return refuse(
        _("La saison %(season)s est close : elle se lit, elle ne change plus.") % {"season": season.name},
        "season_closed",
    )
