"""What a field offers, in one go: Django's own markup, but for blank lines, without two templates for each line of it.

A commune has forty names in a list, a territory has up to five thousand structures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template.base import render_value_in_context
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeData, SafeString, mark_safe

register = template.Library()

#: What ``Widget.optgroups`` gives: the name of a group, its options, its place.
Groups = Iterable[tuple[Any, list[dict[str, Any]], int]]

#: Django's own templates of a box or a button with its label. Another one is rendered as it is.
_TICKS = frozenset({"django/forms/widgets/checkbox_option.html", "django/forms/widgets/radio_option.html"})


def _value(value: Any) -> str:
    """As ``{{ value|stringformat:"s" }}``."""
    return f"{value}" if isinstance(value, SafeData) else escape(f"{value}")


def _words(value: Any, context: template.Context) -> str:
    """As ``{{ value }}``."""
    return conditional_escape(value) if isinstance(value, str) else render_value_in_context(value, context)


def _attributes(attributes: Mapping[str, Any]) -> str:
    return "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{_value(value)}"'
        for name, value in attributes.items()
        if value is not False
    )


@register.simple_tag(takes_context=True)
def options(context: template.Context, groups: Groups) -> SafeString:
    """The lines of a ``<select>``, under their groups."""
    found: list[str] = []
    for name, lines, _index in groups:
        if name:
            found.append(f'\n  <optgroup label="{_words(name, context)}">')
        found += [
            f'\n  <option value="{_value(one["value"])}"{_attributes(one["attrs"])}>{_words(one["label"], context)}'
            "</option>"
            for one in lines
        ]
        if name:
            found.append("\n  </optgroup>")
    return mark_safe("".join(found))  # noqa: S308 - each part escaped above


@register.simple_tag(takes_context=True)
def ticks(context: template.Context, groups: Groups) -> SafeString:
    """Boxes to tick, or buttons of which one is, under their groups."""
    found: list[str] = []
    for name, lines, _index in groups:
        if name:
            found.append(f"\n  <div><label>{_words(name, context)}</label>")
        found += [f"\n<div>{_tick(one, context)}</div>" for one in lines]
        if name:
            found.append("\n  </div>")
    return mark_safe("".join(found))  # noqa: S308 - each part escaped above


def _tick(one: Mapping[str, Any], context: template.Context) -> str:
    if one["template_name"] not in _TICKS:
        with context.push(widget=one):
            assert context.template is not None
            return str(context.template.engine.get_template(one["template_name"]).render(context))
    value, attributes = one["value"], one["attrs"]
    said = "" if value is None else f' value="{_value(value)}"'
    box = f'<input type="{one["type"]}" name="{escape(one["name"])}"{said}{_attributes(attributes)}>'
    if not one["wrap_label"]:
        return box
    target = f' for="{_words(attributes["id"], context)}"' if attributes.get("id") else ""
    return f"<label{target}>{box} {_words(one['label'], context)}</label>"
