"""The rows of a list of the desk: as Django draws them, each column looked up once for the list.

Fifty rows of seven columns are three hundred and fifty cells: what a column is called, where its value comes from
and whether it leads to the row's own page are the same in each row.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from html import escape
from typing import TYPE_CHECKING, Any

from django.contrib.admin.templatetags.admin_list import _coerce_field_name  # type: ignore[attr-defined]
from django.contrib.admin.utils import display_for_field, display_for_value, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.html import conditional_escape
from django.utils.safestring import SafeData, SafeString, mark_safe

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList

#: What a cell says, escaped, and whether it must stay on one line.
Words = Callable[[Any], tuple[str, bool]]


def drawn(cl: ChangeList, headers: list[dict[str, Any]]) -> SafeString:
    """Each cell says its column too, for a screen too narrow for the headers. No query of its own."""
    links: Any = cl.list_display_links or ()
    title = next((place for place, name in enumerate(cl.list_display) if name in links), None)
    cells = [
        _cell(cl, place, name, _label(header), "th" if place == title else "td")
        for place, (name, header) in enumerate(zip(cl.list_display, headers, strict=True))
    ]
    rows = [f"<tr>{''.join([cell(row) for cell in cells])}</tr>\n" for row in cl.result_list]
    return mark_safe("".join(rows))  # noqa: S308 - each part escaped where it is made


def _cell(cl: ChangeList, place: int, name: Any, label: str, tag: str) -> Callable[[Any], str]:
    """How a column draws the cell of a row."""
    words = _words(cl, name)
    kind = "action-checkbox" if name == "action_checkbox" else f"field-{_coerce_field_name(name, place)}"
    start, whole, end = f'<{tag}{label} class="{kind}">', f'<{tag}{label} class="{kind} nowrap">', f"</{tag}>"
    key = str(cl.to_field or cl.lookup_opts.pk.attname)

    def plain(row: Any) -> str:
        said, one_line = words(row)
        return f"{whole if one_line else start}{said}{end}"

    def link(row: Any) -> str:
        said, one_line = words(row)
        opener = f' data-popup-opener="{escape(str(row.serializable_value(key)))}"' if cl.is_popup else ""
        return f'{whole if one_line else start}<a href="{escape(cl.url_for_result(row))}"{opener}>{said}</a>{end}'

    return link if name in (cl.list_display_links or ()) else plain


def _label(header: dict[str, Any]) -> str:
    if "action-checkbox" in str(header.get("class_attrib", "")):
        return ' data-label=""'
    text = str(header.get("text", ""))
    return f' data-label="{escape(text[:1].upper() + text[1:])}"'


def _words(cl: ChangeList, name: Any) -> Words:
    """A function, or the desk's own method, is asked at once; a field or what a row says of itself, Django's way."""
    desk = cl.model_admin
    empty = desk.get_empty_value_display()
    fields = {field.name for field in cl.lookup_opts.get_fields()}
    made = name if callable(name) else None if name in fields else getattr(desk, name, None)
    if made is None or name == "__str__":
        return _stored(desk, name, empty, linked=name in (cl.list_display_links or ()))
    instead, boolean = getattr(made, "empty_value_display", empty), getattr(made, "boolean", False)

    def words(row: Any) -> tuple[str, bool]:
        try:
            value = made(row)
        except ObjectDoesNotExist:
            return conditional_escape(empty), False
        if isinstance(value, SafeData) and value.strip():  # type: ignore[attr-defined]
            return str(value), False
        return _shown(value, instead, boolean)

    return words


def _shown(value: Any, empty: Any, boolean: bool) -> tuple[str, bool]:
    if isinstance(value, str) and not value.strip():
        value = ""
    return conditional_escape(display_for_value(value, empty, boolean)), isinstance(value, (date, time))


def _stored(desk: Any, name: str, empty: Any, *, linked: bool) -> Words:
    """A column of the row, a row it is tied to, or what it says of itself."""

    def words(row: Any) -> tuple[str, bool]:
        try:
            field, attr, value = lookup_field(name, row, desk)
        except ObjectDoesNotExist:
            return conditional_escape(empty), False
        instead = getattr(attr, "empty_value_display", empty)
        if field is None or field.auto_created:
            own = attr.fget if isinstance(attr, property) else attr
            return _shown(value, instead, getattr(own, "boolean", False))
        one_line = isinstance(field, (models.DateField, models.TimeField, models.ForeignKey))
        if isinstance(field.remote_field, models.ManyToOneRel):
            related = getattr(row, field.name)
            return conditional_escape(instead if related is None else related), one_line
        if isinstance(value, str) and not value.strip():
            value = ""
        return conditional_escape(display_for_field(value, field, instead, avoid_link=linked)), one_line

    return words
