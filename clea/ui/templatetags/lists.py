"""``{% load lists %}``: the form above a list of the desk, and its rows as cards on a telephone."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from django import template
from django.contrib.admin.templatetags.admin_list import result_headers
from django.utils.safestring import SafeString, mark_safe

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


@register.simple_tag
def filter_options(field: lists.Field) -> SafeString:
    """The lines of a filter's list, in one go: a list of dossiers has a hundred of them, under eight filters."""
    lines = (
        f'<option value="{escape(one.value)}"{" selected" if one.selected else ""}>{escape(one.label)}</option>'
        for one in field.options
    )
    return mark_safe("".join(lines))  # noqa: S308 - each part escaped
