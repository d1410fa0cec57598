"""``{% load lists %}``: the form above a list of the desk, and its rows as cards on a telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.contrib.admin.templatetags.admin_list import result_headers

from clea.ui import lists, rows

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList

register = template.Library()


@register.simple_tag
def desk_view(cl: ChangeList) -> lists.View:
    """What the list shows of its rows: its filters, and those in force."""
    return lists.view_of(cl)


@register.inclusion_tag("admin/change_list_results.html")
def desk_rows(cl: ChangeList) -> dict[str, Any]:
    """In place of Django's ``result_list``: the same headers, the rows drawn column by column."""
    headers = list(result_headers(cl))
    return {"headers": headers, "rows": rows.drawn(cl, headers)}
