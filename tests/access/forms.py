"""Every form of every page, as its role sees it, and what would pass in each of its fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.forms import BaseForm, BaseFormSet, ModelChoiceField
from django.urls import Resolver404, resolve

from tests.access.asking import send
from tests.access.matrix import ADMINISTRATOR, ANONYMOUS, DENIED, LOGIN, Role, Row
from tests.access.world import World

_SAMPLES = {
    "date": "2027-02-03", "time": "10:00", "datetime-local": "2027-02-03T10:00", "number": "1", "month": "2027-02",
    "email": "quelqu-un@exemple.test", "url": "https://exemple.test/", "tel": "0102030405", "color": "#112233",
}  # fmt: skip
#: What a text is written into.
TEXTS = {"text", "textarea", "search", "tel"}


@dataclass
class Field:
    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)

    def valid(self) -> list[str]:
        """What a person in no hurry would send."""
        if self.kind in {"select", "radio", "checkbox"}:
            return [next((one for one in self.options if one), "")]
        if self.kind in {"select-multiple"}:
            return self.options[:1]
        return [self.value or _SAMPLES.get(self.kind, "Un texte")]


@dataclass
class Form:
    role: Role
    page: str
    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        try:
            name = resolve(urlsplit(self.action).path).view_name
        except Resolver404:
            name = self.action
        return name, self.method, ",".join(sorted(self.fields))

    def valid(self) -> dict[str, list[str]]:
        return {name: one.valid() for name, one in self.fields.items() if one.kind != "file"}


class _Reader(HTMLParser):
    """The forms of a page, fields named by ``form=`` included."""

    def __init__(self, role: Role, page: str, url: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.role, self.page, self.url = role, page, url
        self.inside: Form | None = None
        self.select: Field | None = None
        self.area: Field | None = None

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in pairs}
        if tag == "form":
            action = urljoin(self.url, said.get("action", "") or self.url)
            self.inside = Form(self.role, self.page, action, said.get("method", "get").lower())
            self.found.append(self.inside)
            self.by_id[said.get("id", "")] = self.inside
        owner = self.by_id.get(said["form"]) if "form" in said else self.inside
        name = said.get("name", "")
        if tag == "option" and self.select is not None:
            self.select.options.append(said.get("value", ""))
        if owner is None or not name or name == "csrfmiddlewaretoken":
            return
        if tag == "select":
            self.select = Field(name, "select-multiple" if "multiple" in said else "select")
            owner.fields[name] = self.select
        elif tag == "textarea":
            self.area = owner.fields.setdefault(name, Field(name, "textarea"))
        elif tag in {"input", "button"}:
            kind = said.get("type", "text" if tag == "input" else "submit")
            one = owner.fields.setdefault(name, Field(name, kind, said.get("value", "")))
            if kind in {"radio", "checkbox"}:
                one.options.append(said.get("value", "on"))

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None


@dataclass
class Crawl:
    forms: list[Form]
    requests: int = 0
    choices: int = 0
    faults: list[str] = field(default_factory=list)


def crawl(rows: list[Row], world: World, neighbour: World | None = None) -> Crawl:
    """Each page once for each answer it gives, each kind of form once; no choice may hold a row of the neighbour."""
    seen: dict[tuple[str, str, str], Form] = {}
    walked = Crawl([])
    for row in rows:
        for role in sorted(Role, key=lambda one: one is ADMINISTRATOR):
            if row.expected("get", role) in (DENIED, LOGIN, 403, 404):
                continue
            url = row.url(world)
            response = send(world, role, "get", url, row.query(world))
            walked.requests += 1
            if response.status_code != 200 or "html" not in response.headers.get("Content-Type", ""):
                continue
            reader = _Reader(role, row.name, url)
            reader.feed(response.content.decode(errors="replace"))
            for form in reader.found:
                if form.action.startswith("/"):
                    seen.setdefault(form.key, form)
            if neighbour is not None and role not in ADMINISTRATOR | ANONYMOUS:
                _scoped(walked, row, role, response.context, neighbour)
    walked.forms = list(seen.values())
    return walked


def _scoped(walked: Crawl, row: Row, role: Role, context: Any, neighbour: World) -> None:
    """No choice of a form holds a row of the neighbour: sent by hand, it would be taken."""
    for form in forms_in(context):
        for name, one in form.fields.items():
            if not isinstance(one, ModelChoiceField) or one.queryset is None:
                continue
            walked.choices += 1
            theirs = neighbour.pks.get(one.queryset.model, ())
            if theirs and one.queryset.order_by().filter(pk__in=theirs).exists():
                label = one.queryset.model._meta.label_lower
                walked.faults.append(f"GET {row.name} as {role.name}: {name} takes the neighbour's {label}")


def forms_in(context: Any) -> Iterator[BaseForm]:
    """The forms a page was made with, those of the admin and of sets of forms too."""
    if context is None:
        return
    known: set[int] = set()
    for layer in context if isinstance(context, list) else [context]:
        for part in layer.dicts:
            for value in part.values():
                for form in _forms_of(value):
                    if id(form) not in known:
                        known.add(id(form))
                        yield form


def _forms_of(value: Any) -> Iterator[BaseForm]:
    if isinstance(value, BaseForm):
        yield value
    elif isinstance(value, BaseFormSet):
        yield from [*value.forms, value.empty_form]
    elif isinstance(value, list | tuple):
        for one in value[:50]:
            yield from _forms_of(one)
    elif isinstance(inner := getattr(value, "form", None), BaseForm):
        yield inner
    elif isinstance(inner := getattr(value, "formset", None), BaseFormSet):
        yield from _forms_of(inner)
