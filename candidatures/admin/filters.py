"""Filters of the list of dossiers that Django does not have."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from candidatures.admin.common import own_calls
from candidatures.enums import ApplicationState, DepositKind
from candidatures.models import Application, Discipline, PieceRequest
from candidatures.models.application import department_of
from structures.admin.scope import ScopedRelatedFilter

ABROAD = "hors"


def titled(kind: type[admin.FieldListFilter], title: Any) -> type[admin.FieldListFilter]:
    """A filter of Django's under a title of ours: a column's own name speaks to the artist."""

    class Titled(kind):  # type: ignore[misc, valid-type]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = title

    return Titled


class CallFilter(ScopedRelatedFilter):
    """Calls of one's territories by their title. One query a request."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(call.uuid), call.title) for call in own_calls(request).values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the call's own number, known already: the indexes of dossiers begin with it."""
        found = next((call.pk for call in own_calls(request).values() if str(call.uuid) == self.value()), None)
        return super().queryset(request, queryset) if found is None else queryset.filter(call=found)


class StateFilter(admin.SimpleListFilter):
    """States of a filed dossier: a draft never comes here."""

    title = _("état")
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, state.label) for state in ApplicationState if state != ApplicationState.DRAFT]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        return queryset.filter(state=self.value()) if self.value() else queryset


class DisciplineFilter(admin.SimpleListFilter):
    """Disciplines that exist. One query."""

    title = _("discipline")
    parameter_name = "discipline"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = list(Discipline.objects.all())
        self.numbers = {slugify(row.name): row.pk for row in rows}
        return [(key, row.name) for key, row in zip(self.numbers, rows, strict=True)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        number = self.numbers.get(self.value() or "")
        return queryset.filter(disciplines=number) if number else queryset


def department_condition(code: str) -> Q:
    """The dossiers whose :attr:`Application.department` is ``code``, said to the database.

    Corsica shares ``20`` between two departments; overseas codes have three figures.
    """
    france = Q(country__iexact="france") & Q(postal_code__regex=r"^[0-9]{5}$")
    if code == "2A":
        return france & Q(postal_code__startswith="20", postal_code__lt="20200")
    if code == "2B":
        return france & Q(postal_code__startswith="20", postal_code__gte="20200")
    after = str(int(code) + 1).zfill(len(code)) if code.isdecimal() else ""
    # A range, which an index holds in any collation; the code itself says the rest.
    within = Q(postal_code__gte=code, postal_code__lt=after) if len(after) == len(code) else Q(postal_code__gte=code)
    return france & within & Q(postal_code__startswith=code)


def filed_in_all(request: HttpRequest) -> int | None:
    """How many dossiers the list has, whatever is chosen: known once its departments are."""
    return getattr(request, "_filed_in_all", None)


class DepartmentFilter(admin.SimpleListFilter):
    """Departments where artists of this list live. One query, of two columns, that counts the dossiers as well."""

    title = _("département")
    parameter_name = "departement"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        mine = Application.objects.filed().filter(call__in=[*own_calls(request)])
        places = list(mine.order_by().values_list("postal_code", "country").annotate(n=Count("*")))
        request._filed_in_all = sum(n for *_place, n in places)  # type: ignore[attr-defined]
        known = {department_of(code, country) for code, country, _n in places}
        choices: list[tuple[str, Any]] = [(code, code) for code in sorted(known - {""})]
        return [*choices, (ABROAD, _("à l'étranger ou non précisé"))] if "" in known else choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        value = self.value() or ""
        if value == ABROAD:
            return queryset.exclude(country__iexact="france", postal_code__regex=r"^[0-9]{5}$")
        return queryset.filter(department_condition(value)) if value.isalnum() else queryset


class RequestFilter(admin.SimpleListFilter):
    """Dossiers by what happened to the pieces that were asked for."""

    title = _("pièces demandées")
    parameter_name = "pieces"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("attendues", _("attendues")), ("en_retard", _("en retard")), ("fournies", _("fournies"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        waiting = PieceRequest.objects.waiting()
        now = timezone.now()
        if self.value() == "attendues":
            return queryset.filter(pk__in=waiting.filter(due_at__gt=now).values("application"))
        if self.value() == "en_retard":
            return queryset.filter(pk__in=waiting.filter(due_at__lte=now).values("application"))
        if self.value() == "fournies":
            return queryset.filter(deposits__kind=DepositKind.SUPPLEMENT).distinct()
        return queryset
