"""``{% load help %}{% page_help %}``: what this page is for, folded, with the way to the guide."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.translation import get_language

from clea.ui import help as guides

register = template.Library()


@register.inclusion_tag("components/page_help.html", takes_context=True)
def page_help(context: dict[str, Any]) -> dict[str, Any]:
    """Nothing where no guide speaks of the page. No query."""
    request: HttpRequest | None = context.get("request")
    match = request.resolver_match if request else None
    section = guides.of(match.view_name) if match and match.view_name else None
    other = section is not None and not (get_language() or "fr").startswith(section.language)
    return {"section": section, "lang": section.language if section and other else ""}
