"""The coordinator's scope: an admin that shows and changes one's own territories only.

Also what every list of the desk needs: accent-free search, filters that do not name the neighbours'
rows, a history that stays within the walls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.db.models import QuerySet
from django.forms import ModelChoiceField, ModelForm
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from clea.text import words
from clea.ui import keys
from clea.ui.forms import by_name
from clea.ui.lists import DeskListMixin
from structures.models import Structure, Territory

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
    _InlineBase = admin.TabularInline[Any, Any]
else:
    _Base = object
    _InlineBase = object


def coordinated(request: HttpRequest) -> list[Territory]:
    """The territories of this person, by name. One query a request, then kept on it."""
    if not hasattr(request, "_coordinated_territories"):
        request._coordinated_territories = list(  # type: ignore[attr-defined]
            Territory.objects.coordinated_by(request.user)
        )
        # The mail's pages of the menu ask by the person: ``structures.apps.coordinated_slugs``.
        held = {territory.slug for territory in request._coordinated_territories}  # type: ignore[attr-defined]
        request.user._coordinated_slugs = held  # type: ignore[union-attr]
    return request._coordinated_territories  # type: ignore[attr-defined]


def coordinates_any(request: HttpRequest) -> bool:
    """Whether the person holds at least one desk. An administrator always does, even before any territory."""
    if not hasattr(request, "_coordinates_any"):
        user = request.user
        administers = user.is_authenticated and user.is_active and user.is_superuser
        request._coordinates_any = administers or bool(coordinated(request))  # type: ignore[attr-defined]
    return request._coordinates_any  # type: ignore[attr-defined]


class _ScopedChoices(_Base):
    """Choices of related objects come from the related admin's own scope."""

    def formfield_for_dbfield(self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        return keys.unwrapped(super().formfield_for_dbfield(db_field, request, **kwargs))

    def formfield_for_foreignkey(self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if "queryset" not in kwargs:
            related = self.admin_site._registry.get(db_field.related_model)
            if isinstance(related, ScopedAdminMixin):
                kwargs["queryset"] = related.choosable(request)
        return _quick(super().formfield_for_foreignkey(db_field, request, **kwargs))

    def formfield_for_manytomany(self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: Any) -> Any:
        if "queryset" not in kwargs:
            related = self.admin_site._registry.get(db_field.related_model)
            if isinstance(related, ScopedAdminMixin):
                kwargs["queryset"] = related.choosable(request)
        return _quick(super().formfield_for_manytomany(db_field, request, **kwargs))


def _quick(field: Any) -> Any:
    """A territory has up to five thousand structures: their names are enough to choose one."""
    if isinstance(field, ModelChoiceField) and field.queryset is not None and field.queryset.model is Structure:
        by_name(field)
    return field


class ScopedAdminMixin(DeskListMixin, _ScopedChoices):
    """Give a ModelAdmin the territory's walls.

    ``territory_path`` is the lookup from the model to its territory (``"territory"``,
    ``"call__season__programme__territory"``, or ``"pk"`` for Territory itself). Rows outside are
    absent, choices of related objects too. Permission comes from TerritoryMembership: Django's
    per-model permissions are not used, so there is nothing to forget to tick.

    A model with its own ``territory`` column takes the person's only territory by itself, and keeps
    it: the column is read-only once the row exists.
    """

    territory_path: str = "territory"
    can_add = True
    can_change = True
    can_delete = True
    show_full_result_count = False  # one count a page is enough

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset = super().get_queryset(request)
        if request.user.is_superuser:
            return queryset
        # Their keys, read once a request: the database then takes the index that begins with the territory.
        held = [territory.pk for territory in coordinated(request)]
        return queryset.filter(**{f"{self.territory_path}__in": held})

    def choosable(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows of one's territories, to be named in a choice: without what only their own list counts."""
        return self.get_queryset(request)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Without the territory's column for who holds a single one."""
        columns = [*super().get_list_display(request)]
        if "territory" in columns and len(coordinated(request)) < 2:
            columns.remove("territory")
        return columns

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        territories = coordinated(request)
        if self.territory_path == "territory" and len(territories) == 1:
            initial.setdefault("territory", territories[0].pk)
        return initial

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        readonly = [*super().get_readonly_fields(request, obj)]
        if obj is not None and self.territory_path == "territory" and "territory" not in readonly:
            readonly.append("territory")
        return readonly

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


class LabelledFormSet(BaseInlineFormSet):
    """Each input of a table says what it is: a column's title is not a label to assistive tools.

    A line is one of this table's: Django would know that of any row there is.
    """

    def add_fields(self, form: ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        assert self.model is not None
        key = form.fields.get(self.model._meta.pk.name)
        if isinstance(key, ModelChoiceField):
            key.queryset = self.get_queryset()
        for field in form.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs.setdefault("aria-label", str(field.label or ""))


class ScopedInlineMixin(_InlineBase if TYPE_CHECKING else _ScopedChoices):  # type: ignore[misc]
    """An inline of a scoped page: the page's walls are enough, Django's permissions are not asked.

    Without it an inline is invisible to a coordinator who is not an administrator.
    """

    can_add = True
    can_change = True
    formset: Any = LabelledFormSet

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return coordinates_any(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_add and coordinates_any(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_change and coordinates_any(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.can_delete) and coordinates_any(request)


class AccentFreeSearchMixin(_Base):
    """Search by words, without accents or case, in :class:`clea.text.SearchField` columns.

    ``accent_free_fields`` are lookups to such columns; every word must be found in one of them, across relations to
    many as well: no row comes twice. Autocompletion uses it too.
    """

    accent_free_fields: tuple[str, ...] = ("search",)
    search_fields = ("search",)  # Django asks for it before it offers autocompletion
    search_help_text = _("Un ou plusieurs mots, avec ou sans accents.")

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return self.accent_free_fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        for word in words(search_term):
            # Each column is searched by itself, which its index can do, rather than joined rows by "or".
            found = [
                queryset.model._base_manager.filter(**{f"{column}__contains": word}).order_by().values("pk")
                for column in self.accent_free_fields
            ]
            queryset = queryset.filter(pk__in=found[0].union(*found[1:], all=True) if found[1:] else found[0])
        return queryset, False


class ScopedRelatedFilter(admin.FieldListFilter):
    """A filter by related row whose choices stay within the person's territories.

    The address names the row by its key, under the column's French name: ``?appel=<uuid>``,
    ``?commune=lens``; ``aucun`` is for what has none.
    """

    NONE = "aucun"
    #: What a choice is named by, where the related row is long; all its columns otherwise.
    choice_columns: tuple[str, ...] = ()

    def __init__(
        self, field: Any, request: HttpRequest, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        related = field.related_model
        self.key = keys.field_of(related) or "slug"
        self.parameter = parameter_of(field)
        super().__init__(field, request, params, model, model_admin, field_path)
        self.lookup_choices = self.field_choices(field, request, model_admin)
        self.title = getattr(field, "verbose_name", related._meta.verbose_name)
        self.may_be_empty = field.null or field.many_to_many

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        related = model_admin.admin_site._registry.get(field.related_model)
        rows = (
            related.choosable(request)
            if isinstance(related, ScopedAdminMixin)
            else field.related_model._default_manager.all()
        )
        if self.choice_columns:
            rows = rows.select_related(None).only(*self.choice_columns)
        return [(str(getattr(row, self.key)), str(row)) for row in rows]

    def expected_parameters(self) -> list[str | None]:
        return [self.parameter]

    def has_output(self) -> bool:
        return len(self.lookup_choices) + self.may_be_empty > 1

    def value(self) -> str:
        given = self.used_parameters.get(self.parameter) or [""]
        return str(given[-1] if isinstance(given, list) else given)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if not value:
            return queryset
        if value == self.NONE:
            return queryset.filter(**{f"{self.field_path}__isnull": True})
        if value not in {key for key, _name in self.lookup_choices}:
            raise IncorrectLookupParameters
        return queryset.filter(**{f"{self.field_path}__{self.key}": value})

    def choices(self, changelist: ChangeList) -> Any:
        """Yield what the filter's list shows, "all" first."""
        value = self.value()
        rows = [*self.lookup_choices, *([(self.NONE, gettext("aucun"))] if self.may_be_empty else [])]
        every = changelist.get_query_string(remove=[self.parameter])
        yield {"selected": not value, "query_string": every, "display": gettext("Tous")}
        for key, name in rows:
            link = changelist.get_query_string({self.parameter: key})
            yield {"selected": key == value, "query_string": link, "display": name}


def parameter_of(field: Any) -> str:
    """The name of a filter in an address: the column's, in French whatever the page's language."""
    with override("fr"):
        return slugify(str(getattr(field, "verbose_name", field.related_model._meta.verbose_name)))


class ScopedHistoryAdmin(SimpleHistoryAdmin):
    """The history of a row, within the walls, to read only.

    The package shows the history of any row of the address: that door is shut here, and the page of one
    version, which would restore it, in ``clea.ui.keys``.
    """

    def history_view_title(self, request: HttpRequest, obj: Any) -> str:
        return gettext("Historique : %(name)s") % {"name": obj}

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if self.get_object(request, object_id) is None:
            raise Http404
        return super().history_view(request, object_id, extra_context)
