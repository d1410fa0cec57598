"""The coordinator's scope: an admin that shows and changes one's own territories only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from structures.models import Territory

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = object


def coordinates_any(request: HttpRequest) -> bool:
    """Whether the person holds at least one desk. One query a request, then kept on it."""
    if not hasattr(request, "_coordinated_territories"):
        request._coordinated_territories = list(  # type: ignore[attr-defined]
            Territory.objects.coordinated_by(request.user)
        )
    return bool(request._coordinated_territories)  # type: ignore[attr-defined]


class ScopedAdminMixin(_Base):
    """Give a ModelAdmin the territory's walls.

    ``territory_path`` is the lookup from the model to its territory (``"territory"``,
    ``"call__season__programme__territory"``, or ``"pk"`` for Territory itself). Rows outside are
    absent, choices of related objects too. Permission comes from TerritoryMembership: Django's
    per-model permissions are not used, so there is nothing to forget to tick.
    """

    territory_path: str = "territory"
    can_add = True
    can_change = True
    can_delete = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset = super().get_queryset(request)
        if request.user.is_superuser:
            return queryset
        return queryset.filter(
            **{f"{self.territory_path}__in": Territory.objects.coordinated_by(request.user).values("pk")}
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return coordinates_any(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return coordinates_any(request)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return self.can_add and coordinates_any(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_change and coordinates_any(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_delete and coordinates_any(request)

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if "queryset" not in kwargs:
            related = self.admin_site._registry.get(db_field.related_model)  # type: ignore[arg-type]
            if isinstance(related, ScopedAdminMixin):
                kwargs["queryset"] = related.get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: Any) -> Any:
        if "queryset" not in kwargs:
            related = self.admin_site._registry.get(db_field.related_model)  # type: ignore[arg-type]
            if isinstance(related, ScopedAdminMixin):
                kwargs["queryset"] = related.get_queryset(request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)
