"""``{% load lists %}``: the form above a list of the desk, and its rows as cards on a telephone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from clea.ui import lists

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList

register = template.Library()

_OPENING = re.compile(r"^<(td|th)\b")


@register.simple_tag
def desk_view(cl: ChangeList) -> lists.View:
    """What the list shows of its rows: its filters, and those in force."""
    return lists.view_of(cl)


@register.simple_tag
def cell(item: str, headers: list[dict[str, Any]], index: int) -> SafeString:
    """A cell that says its column, for a screen too narrow for the headers."""
    header = headers[index] if index < len(headers) else {}
    label = "" if "action-checkbox" in str(header.get("class_attrib", "")) else str(header.get("text", ""))
    words = escape(label[:1].upper() + label[1:])
    # The cell is Django's own, already escaped: its opening tag alone gets one attribute.
    return mark_safe(_OPENING.sub(lambda tag: f'{tag[0]} data-label="{words}"', str(item)))  # noqa: S308
