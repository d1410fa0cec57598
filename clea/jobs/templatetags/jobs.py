"""``{% my_jobs %}``: the person's long work, in the head of the desk."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest

from clea.jobs import selectors

register = template.Library()


@register.inclusion_tag("admin/jobs/_head.html", takes_context=True)
def my_jobs(context: dict[str, Any]) -> dict[str, Any]:
    """How many go on, ended, failed. One query; none for who is not of the coordination."""
    request: HttpRequest | None = context.get("request")
    user = getattr(request, "user", None)
    return {"mine": selectors.counts(user) if user is not None and user.is_staff else None}
