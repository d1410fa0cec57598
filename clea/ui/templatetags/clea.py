"""``{% load clea %}``: dates, money and texts in words, and the components that need a little logic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from uuid import UUID

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import HttpRequest, QueryDict
from django.template.base import Node, NodeList, Parser, Token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clea.ui import dates, head, icons, identity, keys, markdown, season, structured
from clea.ui.sections import Section

register = template.Library()


# Words -----------------------------------------------------------------------------------------


@register.filter(name="markdown")
def markdown_filter(text: str | None, first_heading: int = 2) -> SafeString:
    """``{{ text|markdown }}``, ``{{ text|markdown:3 }}`` when the page already has an h2 above."""
    return markdown.render(text, int(first_heading))


@register.filter
def moment(value: datetime | date | None) -> str:
    """``dimanche 15 février 2026, 23 h 59``."""
    return dates.moment(value) if value else ""


@register.filter
def day(value: datetime | date | str | None, form: str = "") -> str:
    """``dimanche 15 février 2026``; ``|day:"short"`` → ``15 février 2026``; ``|day:"bare"`` → ``15 février``.

    A day kept as JSON, ``2026-02-15``, is read too.
    """
    if isinstance(value, str):
        value = parse_date(value)
    if not value:
        return ""
    return dates.day(value, weekday=form == "", year=form != "bare")


@register.filter
def hour(value: datetime | None) -> str:
    """``23 h 59``."""
    return dates.hour(value) if value else ""


@register.filter
def deadline(value: datetime | None) -> str:
    """A closing moment; midnight is said as the day before, included."""
    return dates.deadline(value) if value else ""


@register.simple_tag
def span(start: date | datetime, end: date | datetime) -> str:
    """``{% span period.start period.end %}`` → ``du 5 au 9 octobre 2026``."""
    return dates.span(start, end)


@register.filter
def iso(value: date | datetime | None) -> str:
    """For the ``datetime`` attribute of ``<time>``."""
    if value is None:
        return ""
    value = dates.local(value)
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


@register.filter
def euros(value: Any, places: int = 2) -> str:
    """``12 000,00 €``; ``|euros:0`` → ``12 000 €``. Nothing for nothing."""
    amount = _decimal(value)
    return "" if amount is None else dates.euros(amount, int(places))


@register.filter
def number(value: Any, places: int = 0) -> str:
    """``242 013``; ``|number:1`` → ``12,5``."""
    if type(value) is int:
        return dates.number(value, int(places))
    amount = _decimal(value)
    return "" if amount is None else dates.number(amount, int(places))


@register.filter
def filesize_fr(value: int | None) -> str:
    """``4,9 Mo``."""
    return "" if value is None else dates.filesize(int(value))


@register.filter
def localised(obj: Any, field: str) -> Any:
    """``{{ call|localised:"title" }}``: ``title_en`` in English when it is filled, else ``title``."""
    if (get_language() or "fr").startswith("en"):
        english = getattr(obj, f"{field}_en", "")
        if english:
            return english
    return getattr(obj, field, "")


# Components ------------------------------------------------------------------------------------


@register.simple_tag
def field(bound: BoundField | str, **options: Any) -> SafeString | str:
    """The one field template. Options: ``hint``, ``label``, ``autofocus``, ``compact`` (see field.html)."""
    if not isinstance(bound, BoundField):
        raise template.TemplateSyntaxError("{% field %} takes a form's field")
    if bound.is_hidden:
        return bound.as_widget()
    return mark_safe(bound.form.renderer.render("components/field.html", {"field": bound} | options))  # noqa: S308


@register.simple_tag
def widget(bound: BoundField, hint: str = "") -> SafeString:
    """The input alone, described by its hint and its errors, marked as required for assistive tools."""
    attrs: dict[str, Any] = {}
    if not bound.use_fieldset:
        described = [bound.field.widget.attrs.get("aria-describedby", "")]
        if hint or bound.help_text:
            described.append(f"{bound.auto_id}_helptext")
        if bound.errors:
            described.append(f"{bound.auto_id}_error")
        if joined := " ".join(part for part in described if part):
            attrs["aria-describedby"] = joined
    return bound.as_widget(attrs=attrs)


@register.filter
def field_kind(bound: BoundField) -> str:
    """``choices``, ``check``, ``file``, ``textarea``, ``select`` or ``input``: how the field is laid out."""
    kind = bound.widget_type
    if bound.use_fieldset:
        return "choices"
    known = {"checkbox": "check", "clearablefile": "file", "file": "file", "textarea": "textarea", "select": "select"}
    return known.get(kind, "input")


@register.simple_tag
def form_errors(*forms: BaseForm | None) -> SafeString:
    """The error summary, linked to the fields, for one or several forms. Nothing when all is well."""
    entries: list[dict[str, str]] = []
    for form in forms:
        if form is None or not form.is_bound:
            continue
        entries += [{"message": str(message), "target": ""} for message in form.non_field_errors()]
        for bound in form:
            # A group of choices takes the focus on its first box, the only thing in it that can.
            target = bound.id_for_label or (f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id)
            entries += [
                {
                    "message": str(message),
                    "target": "" if bound.is_hidden else target,
                    "label": str(bound.label or "").rstrip("\u00a0\u202f .:?"),
                }
                for message in bound.errors
            ]
    return render_to_string("components/errors.html", {"entries": entries}) if entries else SafeString()


@register.simple_tag
def state_tag(state: str, label: str, tone: str = "") -> SafeString:
    """A state: a word and a shape. ``tone``: done, open, attention, stop, idle (guessed from ``state``)."""
    return _state(str(label), tone or icons.tone_of(str(state)))


@lru_cache(maxsize=512, typed=True)
def _state(label: str, tone: str) -> SafeString:
    """Its markup, drawn once for a word in one language and a shape: a list shows a few of them fifty times."""
    return render_to_string("components/state.html", {"label": label, "tone": tone})


@register.simple_tag
def address(name: str, *args: Any) -> str:
    """The address of a page about a row, whose key comes last: looked up once for a long list, then ``|at:key``."""
    return reverse(name, args=[*args, keys.ANY])


@register.filter
def at(pattern: str, key: UUID) -> str:
    """``{% address "jury:dossier" call.slug as page %}…{{ page|at:row.uuid }}``: the page of this row."""
    return pattern.replace(keys.ANY, str(key))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A drawn sign, hidden from assistive tools unless ``label`` says what it means."""
    return icons.svg(name, label)


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The address's query with some parameters changed (``None`` removes): ``?{% query page=2 %}``."""
    request: HttpRequest | None = context.get("request")
    params = request.GET.copy() if request else QueryDict(mutable=True)
    for key, value in changes.items():
        if value is None:
            params.pop(key, None)
        else:
            params[key] = str(value)
    return params.urlencode()


@register.simple_tag(takes_context=True)
def page_link(context: dict[str, Any], number: int) -> str:
    """The address's query for another page: ``page``, or what the template calls ``parameter``; then its ``anchor``."""
    anchor = context.get("anchor")
    return query(context, **{context.get("parameter") or "page": number}) + (f"#{anchor}" if anchor else "")


@register.simple_tag
def page_window(page: Page[Any]) -> list[int | str]:
    """Page numbers to show, with "…" for the gaps."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))


@register.simple_tag
def season_line(steps: Sequence[season.Step], today: date | None = None, label: str = "") -> SafeString:
    """The season as a line, with today on it. ``steps``: ``clea.ui.season.Step`` in order."""
    return _season_line(tuple(steps), today or timezone.localdate(), label, get_language())


@lru_cache(maxsize=64)
def _season_line(steps: tuple[season.Step, ...], today: date, label: str, _language: str | None) -> SafeString:
    """Drawn once a day and a language."""
    return render_to_string("components/season_line.html", season.line(steps, today) | {"label": label})


@register.simple_tag
def whom_to_write_to() -> dict[str, Any]:
    """For the pages of errors: the publisher as last known and the server's hour. No query, so it never fails."""
    return {"publisher": identity.remembered(), "now": timezone.now()}


@register.simple_tag
def count_days(until: datetime | None) -> dict[str, Any]:
    """``{% count_days call.closes_at as left %}``: what remains, in whole days, then hours, then minutes."""
    return season.remaining(until)


@register.simple_tag
def bar(value: Any, total: Any, label: str = "") -> SafeString:
    """A native meter, readable without colour: ``{% bar done total "12 sur 20" %}``."""
    top, amount = _decimal(total) or Decimal(1), _decimal(value) or Decimal(0)
    return format_html(
        '<meter class="meter" min="0" max="{}" value="{}">{}</meter>', str(top), str(min(amount, top)), label
    )


@register.filter
def unlocalised(value: Any) -> str:
    """A figure for SVG: a dot, never a comma."""
    return f"{value:g}" if isinstance(value, float) else str(value)


@register.simple_tag(takes_context=True)
def current(context: dict[str, Any], prefix: str, exact: bool = False) -> SafeString:
    """``aria-current`` for a navigation link: "page" on the page itself, "true" within its section."""
    request: HttpRequest | None = context.get("request")
    path = request.path if request else ""
    if path == prefix:
        return mark_safe(' aria-current="page"')
    if not exact and path.startswith(prefix):
        return mark_safe(' aria-current="true"')
    return SafeString()


@register.simple_tag(takes_context=True)
def breadcrumb(context: dict[str, Any], *parts: str) -> SafeString:
    """``{% breadcrumb "Appels" calls_url call.title %}``: label, address, … and the page's own label last.

    A page that search engines keep says the same to them.
    """
    items = [
        {"label": parts[index], "href": parts[index + 1] if index + 1 < len(parts) else ""}
        for index in range(0, len(parts), 2)
    ]
    found = _head(context)
    path = [(_("Accueil"), "/")] + [(str(item["label"]), item["href"]) for item in items]
    said = SafeString() if found.hidden else structured.script([structured.breadcrumbs(path)])
    return render_to_string("components/breadcrumb.html", {"items": items}) + said


@register.simple_tag(takes_context=True)
def page_section(context: dict[str, Any], section: Section) -> SafeString:
    """A block that an upper floor adds to this page (``clea.ui.sections``), with the page's own context."""
    return render_to_string(section.template, {**context.flatten(), **section.context})  # type: ignore[attr-defined]


# The head of the page --------------------------------------------------------------------------


def _head(context: Any) -> head.Head:
    """Found once a page. ``context`` is the template's, whose request and name tell what is shown."""
    found = context.render_context.get(head) if hasattr(context, "render_context") else None
    if found is None:
        name = getattr(getattr(context, "template", None), "name", "") or ""
        found = head.of(context.get("request"), context, name)
        if hasattr(context, "render_context"):
            context.render_context[head] = found
    return found


@register.simple_tag(takes_context=True)
def page_head(context: Any) -> head.Head:
    """``{% page_head as shell_head %}``: ``shell_head.hidden`` from search engines, else its ``.canonical`` address."""
    return _head(context)


@register.simple_tag
def public_address(path: str) -> str:
    """The absolute address of a path of this site, for what is read elsewhere."""
    return structured.absolute(path)


@register.simple_tag(takes_context=True)
def json_ld(context: Any) -> SafeString:
    """The ``structured`` things that the view gave (``clea.ui.structured``), on a page search engines keep."""
    return SafeString() if _head(context).hidden else structured.script(context.get("structured") or [])


class _Capture(Node):
    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: template.Context) -> SafeString:
        # Spaces of the source only: a no-break space is the sentence's own.
        context[self.name] = mark_safe(re.sub(r"[ \t\n]+", " ", self.nodelist.render(context)).strip())  # noqa: S308
        return SafeString()


@register.tag
def capture(parser: Parser, token: Token) -> Node:
    """``{% capture shell_title %}{% block title %}{% endblock %}{% endcapture %}``: a block said in several places."""
    name = token.split_contents()[1]
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return _Capture(name, nodelist)
