"""Public keys: what stands for a row in an address, never its primary key.

A row's ``uuid`` where it has one. Where it has none (a commune, a discipline, a line of the journal,
rows of the packages), its primary key sealed under the installation's secret: the same shape, no
query, and nothing that can be counted or guessed. Changing ``SECRET_KEY`` changes those.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.urls.converters import PathConverter

from clea.ui.words import Worded

#: Stands for any row of a list, whose addresses differ by their key alone.
ANY = str(UUID(int=0))
_ROUNDS = 4
_HALF = 8  # bytes


def field_of(model: type[models.Model]) -> str:
    """The column that is the public key: ``uuid``, or a primary key that is one; nothing when it is sealed."""
    if isinstance(model._meta.pk, models.UUIDField):
        return model._meta.pk.name
    try:
        field = model._meta.get_field("uuid")
    except FieldDoesNotExist:
        return ""
    return field.name if isinstance(field, models.UUIDField) and field.unique else ""


def of(row: models.Model) -> UUID:
    """The public key of a row. No query."""
    name = field_of(type(row))
    return getattr(row, name) if name else seal(type(row), row.pk)


def row(queryset: models.QuerySet[Any], key: str) -> Any:
    """The row of this set that a key stands for, or nothing. One query."""
    try:
        asked = UUID(str(key))
    except ValueError:
        return None
    name = field_of(queryset.model)
    if name:
        return queryset.filter(**{name: asked}).first()
    number = unseal(queryset.model, asked)
    return queryset.filter(pk=number).first() if number is not None else None


def uuids(texts: Iterable[str]) -> list[UUID]:
    """The keys that are keys; anything else was not sent by our page."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


# Sealing: a permutation of sixteen bytes keyed by the secret and the model (Feistel over HMAC-SHA-256). Eight zero
# bytes before the number tell a key of ours from any other.


def _turn(model: type[models.Model], step: int, half: bytes) -> bytes:
    key = f"clea.ui.keys {model._meta.label_lower} {settings.SECRET_KEY}".encode()
    return hmac.new(key, bytes([step]) + half, hashlib.sha256).digest()[:_HALF]


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def seal(model: type[models.Model], number: int) -> UUID:
    left, right = bytes(_HALF), int(number).to_bytes(_HALF, "big")
    for step in range(_ROUNDS):
        left, right = right, _mixed(left, _turn(model, step, right))
    return UUID(bytes=left + right)


def unseal(model: type[models.Model], key: UUID) -> int | None:
    left, right = key.bytes[:_HALF], key.bytes[_HALF:]
    for step in reversed(range(_ROUNDS)):
        left, right = _mixed(right, _turn(model, step, left)), left
    number = int.from_bytes(right, "big")
    return number if left == bytes(_HALF) and number < 2**63 else None


class _Key(PathConverter):
    """A row of one model in an address of the desk. Reading checks the shape only; a number is no key.

    Writing takes a key or a row. Django's own pages give a primary key in a few places (the link of a
    read-only relation, the list of what a deletion takes along): it costs one query, and never shows.
    """

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model

    def to_python(self, value: str) -> str:
        return str(UUID(value))

    def to_url(self, value: Any) -> str:
        if isinstance(value, models.Model):
            return str(of(value))
        if not str(value).isdecimal():
            return str(value)
        name = field_of(self.model)
        if not name:
            return str(seal(self.model, int(value)))
        key = self.model._base_manager.filter(pk=value).values_list(name, flat=True).first()
        if key is None:
            raise ValueError("no such row")
        return str(key)


class _KeyedChangeList:
    _address = ""
    opts: Any
    preserved_filters: str

    def url_for_result(self, result: models.Model) -> str:
        """The address of a row, and the way back to this list, made once a list: a page of rows differs by its keys."""
        if not self._address:
            page = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[ANY])
            given = {"preserved_filters": self.preserved_filters, "opts": self.opts}
            self._address = add_preserved_filters(given, page)
            # Django would add them again, and resolve the address of each row to know whether it may.
            self.preserved_filters = ""
        return self._address.replace(ANY, str(of(result)))


class _KeyedAdmin(Worded):
    """Mixed into every ModelAdmin of the site by ``addressed``."""

    #: simple_history's own links each version by its number.
    object_history_list_template = "admin/history_list.html"

    def get_urls(self) -> list[URLPattern]:
        """Without simple_history's page of one version: by its number, and it would restore it when sent by hand."""
        found: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        patterns = [one for one in found if not str(one.name).endswith("_simple_history")]
        for one in patterns:
            # Django's own name, and the one of an account's password.
            for name in {"object_id", "id"} & one.pattern.converters.keys():
                one.pattern.converters = {**one.pattern.converters, name: _Key(self.model)}  # type: ignore[attr-defined]
        return patterns

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """By its key; by its number too, which no address gives."""
        if from_field is not None or str(object_id).isdecimal():
            return super().get_object(request, object_id, from_field)  # type: ignore[misc]
        return row(self.get_queryset(request), object_id)  # type: ignore[attr-defined]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return unwrapped(super().formfield_for_dbfield(db_field, request, **kwargs))  # type: ignore[misc]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """``?call=<uuid>``: the address that fills a form in advance names rows by their keys too."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)  # type: ignore[misc]
        for name in list(initial.keys() & request.GET.keys()):
            try:
                field = self.model._meta.get_field(name)  # type: ignore[attr-defined]
            except FieldDoesNotExist:
                continue
            if isinstance(field, models.ForeignKey):
                asked = row(field.related_model._default_manager.all(), initial.pop(name))
                if asked is not None:
                    initial[name] = asked.pk
        return initial

    def get_view_on_site_url(self, obj: models.Model | None = None) -> str | None:
        """The page itself, not Django's detour by numbers."""
        if self.view_on_site is True:  # type: ignore[attr-defined]
            return obj.get_absolute_url() if obj is not None and hasattr(obj, "get_absolute_url") else None
        return super().get_view_on_site_url(obj)  # type: ignore[misc]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The history's own tables hold numbers. 404 for what one may not know."""
        found = self.get_object(request, object_id)
        if found is None:
            raise Http404
        return super().history_view(request, str(found.pk), extra_context)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[Any]:
        base = super().get_changelist(request, **kwargs)  # type: ignore[misc]
        return type(base.__name__, (_KeyedChangeList, base), {})


def unwrapped(field: Any) -> Any:
    """A choice among rows without the four small buttons that open another window, on a row by its number."""
    if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
        field.widget = field.widget.widget
    return field


def addressed(kind: type[admin.ModelAdmin[Any]]) -> type[admin.ModelAdmin[Any]]:
    """This admin, its addresses made of keys."""
    if issubclass(kind, _KeyedAdmin):
        return kind
    words: dict[str, Any] = {"__module__": kind.__module__, "__doc__": kind.__doc__}
    if kind.raw_id_fields:  # a number to type: a name to look for instead
        words |= {"raw_id_fields": (), "autocomplete_fields": (*kind.autocomplete_fields, *kind.raw_id_fields)}
    return type(kind.__name__, (_KeyedAdmin, kind), words)
