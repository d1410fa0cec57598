"""``{% load lists %}``: the form above a list of the desk, and its rows as cards on a telephone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from clea.ui import lists

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList

register = template.Library()


@register.simple_tag
def desk_view(cl: ChangeList) -> lists.View:
    """What the list shows of its rows: its filters, and those in force."""
    return lists.view_of(cl)


@register.simple_tag
def rows(results: Iterable[Iterable[str]], headers: list[dict[str, Any]]) -> SafeString:
    """The rows, each cell saying its column, for a screen too narrow for the headers.

    The cells are Django's own, already escaped: their opening tag (``<td`` or ``<th``) alone gets one attribute.
    Made here and not in a template: three hundred cells a page.
    """
    labels = [f' data-label="{_column(header)}"' for header in headers]
    found = []
    for result in results:
        cells = ((str(cell), label) for cell, label in zip(result, labels, strict=False))
        found.append(f"<tr>{''.join(f'{cell[:3]}{label}{cell[3:]}' for cell, label in cells)}</tr>\n")
    return mark_safe("".join(found))  # noqa: S308


def _column(header: dict[str, Any]) -> str:
    if "action-checkbox" in str(header.get("class_attrib", "")):
        return ""
    label = str(header.get("text", ""))
    return escape(label[:1].upper() + label[1:])
