"""``{% load calls %}``: what only the calls' pages say."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def opens_in(opening: datetime) -> str:
    """``Ouvre dans 9 jours``: calendar days in the site's time zone; hours, then minutes, on the day itself."""
    days = (timezone.localdate(opening) - timezone.localdate()).days
    if days >= 1:
        return ngettext("Ouvre dans %(count)s jour", "Ouvre dans %(count)s jours", days) % {"count": days}
    left = max(opening - timezone.now(), timedelta(minutes=1))
    hours, minutes = int(left.total_seconds() // 3600), int(left.total_seconds() // 60)
    if hours:
        return ngettext("Ouvre dans %(count)s heure", "Ouvre dans %(count)s heures", hours) % {"count": hours}
    return ngettext("Ouvre dans %(count)s minute", "Ouvre dans %(count)s minutes", minutes) % {"count": minutes}
