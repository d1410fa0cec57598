"""The desk's lists: filters in one form, what is filtered said in words, dates as people say them.

A list is read by its address: whatever is searched, filtered or sorted is in it, so that a bookmark,
a colleague's message or the back button find the same rows again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR, SEARCH_VAR
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from clea.text import normalise, words
from clea.ui import dates

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList
    from django.utils.functional import _StrPromise
    from django.utils.safestring import SafeString

    _Base = admin.ModelAdmin[Any]
    _FieldFilter = admin.FieldListFilter
else:
    _Base = object
    _FieldFilter = admin.FieldListFilter

#: The name of every select of the form: its value is what the choice adds to the address.
CHOICE_VAR = "f"
#: Sent beside the boxes ticked, so that "the whole list" needs none.
NOTHING = "0"


@lru_cache(maxsize=8)
def _choose_words(_language: str | None) -> str:
    return gettext("Choisir la ligne : %(row)s")


class DeskListMixin(_Base):
    """What every list of the desk has. Its template is ``admin/change_list.html``."""

    #: What to do while there is nothing yet.
    empty_text: Any = ""
    #: What the button that adds a row says, and the title of the page it opens.
    add_title: str | _StrPromise = _("Ajouter")
    list_per_page = 50
    #: Rows go one by one, on a page that says what goes with them.
    can_delete_several = False

    class Media:
        css = {"all": ["css/coordination.css"]}

    def get_list_display(self, request: HttpRequest) -> Any:
        """Moments and yes-or-no columns in words, whatever the list."""
        model: Any = self.model
        return [_worded(model, name) if isinstance(name, str) else name for name in super().get_list_display(request)]

    def action_checkbox(self, obj: models.Model) -> SafeString:
        """Django's own box, without a form's widget and its template for each row."""
        label = escape(_choose_words(get_language()) % {"row": obj})
        box = f'<input type="checkbox" name="{ACTION_CHECKBOX_NAME}" value="{escape(str(obj.pk))}"'
        return mark_safe(f'{box} class="action-select" aria-label="{label}">')  # noqa: S308 - each part escaped

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Days are typed, also where an app below this one asks for Django's own filter of dates."""
        return [
            (spec[0], PeriodFilter) if isinstance(spec, tuple) and spec[1] is admin.DateFieldListFilter else spec
            for spec in super().get_list_filter(request)
        ]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        return {name: one for name, one in actions.items() if name != "delete_selected" or self.can_delete_several}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The form's choices become the list's own address; the title says what is shown."""
        if _beyond_numbers(request.GET):
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")  # as Django does of a lookup it cannot read
        if request.method in {"GET", "HEAD"} and CHOICE_VAR in request.GET:
            return HttpResponseRedirect(f"{request.path}{address_of(request.GET)}")
        title = capfirst(self.opts.verbose_name_plural)
        response = super().changelist_view(
            request, {"title": title, "add_title": self.add_title} | (extra_context or {})
        )
        context = getattr(response, "context_data", None)
        if context and "cl" in context and not context["cl"].is_popup:
            context["title"] = described(str(context["title"]), view_of(context["cl"]))
        return response

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By words, without accents or case, where no column is kept for it. One query more, of the columns searched.

        For the short tables of a desk; a column that is kept folded is searched by the database. A field with a
        lookup of its own (``=verb``) is Django's to search.
        """
        fields = [str(name) for name in self.get_search_fields(request)]
        if fields == ["search"]:
            for word in words(search_term):
                queryset = queryset.filter(search__contains=word)
            return queryset, False
        if not fields or any(name[0] in "=^@" for name in fields):
            return super().get_search_results(request, queryset, search_term)
        asked = words(search_term)
        if not asked:
            return queryset, False
        rows = queryset.order_by().values_list("pk", *fields)
        folded = ((pk, normalise(*texts)) for pk, *texts in rows)
        found = {pk for pk, text in folded if all(word in text for word in asked)}
        return queryset.filter(pk__in=found), False

    def asked(
        self,
        request: HttpRequest,
        rows: Sequence[models.Model],
        *,
        title: str,
        lines: Sequence[str],
        button: str,
        left_out: Sequence[tuple[str, str]] = (),
    ) -> HttpResponse | None:
        """The page that says what an act on several rows will do; nothing once that very page was confirmed.

        ``left_out`` names rows chosen that the act will not touch, and why. A list that changed since it was
        shown is shown again.
        """
        seen = hashlib.sha256(" ".join(str(row.pk) for row in rows).encode()).hexdigest()
        if request.POST.get("confirme") == seen:
            return None
        context = self.admin_site.each_context(request) | {
            "title": title,
            "opts": self.opts,
            "media": self.media,
            "lines": lines,
            "button": button,
            "names": [str(row) for row in rows],
            "left_out": left_out,
            "changed": "confirme" in request.POST,
            "seen": seen,
            "action": request.POST.get("action", ""),
            "across": request.POST.get("select_across", "0"),
            "checkbox": ACTION_CHECKBOX_NAME,
            "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/asked.html", context)

    def _is_key(self, text: str) -> bool:
        """Whether a row may go by this: anything else was not sent by our page."""
        try:
            self.opts.pk.to_python(text)
        except ValidationError:
            return False
        return not _is_beyond(text)

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *where: Any) -> HttpResponse | None:
        chosen = [key for key in request.POST.getlist(ACTION_CHECKBOX_NAME) if key != NOTHING]
        if not all(map(self._is_key, chosen)) or (not chosen and request.POST.get("select_across") != "1"):
            words = gettext("Cochez au moins une ligne, ou « toute la liste ».")
            self.message_user(request, words, messages.WARNING)
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset, *where)


def _beyond_numbers(sent: QueryDict) -> bool:
    """Whether a filter names a number that no column holds: SQLite fails on it, where it is a foreign key's."""
    values = [value for name, found in sent.lists() if name != SEARCH_VAR for value in found]
    return any(map(_is_beyond, values))


def _is_beyond(text: str) -> bool:
    return len(text) > 18 and text.lstrip("-").isdecimal()


def listed(kind: type[admin.ModelAdmin[Any]]) -> type[admin.ModelAdmin[Any]]:
    """This admin, its list one of the desk's: for the ground's models and the packages'."""
    if issubclass(kind, DeskListMixin):
        return kind
    return type(kind.__name__, (DeskListMixin, kind), {"__module__": kind.__module__, "__doc__": kind.__doc__})


class PeriodFilter(_FieldFilter):
    """Days from one to another, both included, typed rather than chosen among "today, this week"."""

    def __init__(
        self, field: Any, request: HttpRequest, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        name = field_path.rsplit("__", 1)[-1]
        self.from_name, self.to_name = f"{name}_du", f"{name}_au"
        super().__init__(field, request, params, model, model_admin, field_path)

    def expected_parameters(self) -> list[str | None]:
        return [self.from_name, self.to_name]

    def _day(self, name: str) -> date | None:
        value: Any = self.used_parameters.get(name) or ""
        text = str(value[-1] if isinstance(value, list) else value)
        try:
            return parse_date(text)
        except ValueError:
            return None

    @property
    def inputs(self) -> list[tuple[str, str, str]]:
        """Name, label and value of the two fields."""
        words = ((self.from_name, gettext("du")), (self.to_name, gettext("au")))
        return [(name, label, day.isoformat() if (day := self._day(name)) else "") for name, label in words]

    @property
    def words(self) -> str:
        """``du 1er au 5 mars 2026``, ``depuis le 1er mars 2026``; empty while no day is typed."""
        first, last = self._day(self.from_name), self._day(self.to_name)
        if first and last:
            return dates.span(first, last) if first <= last else gettext("aucun jour")
        if first:
            return gettext("depuis le %(day)s") % {"day": dates.day(first, weekday=False)}
        return gettext("jusqu'au %(day)s") % {"day": dates.day(last, weekday=False)} if last else ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = self._day(self.from_name), self._day(self.to_name)
        if first:
            queryset = queryset.filter(**{f"{self.field_path}__gte": self._bound(first)})
        if last and last < date.max:
            queryset = queryset.filter(**{f"{self.field_path}__lt": self._bound(last + timedelta(days=1))})
        return queryset

    def _bound(self, day: date) -> date | datetime:
        if not isinstance(self.field, models.DateTimeField):
            return day
        return timezone.make_aware(datetime.combine(day, time.min))

    def choices(self, changelist: ChangeList) -> Any:
        removed = changelist.get_query_string(remove=[self.from_name, self.to_name])
        yield {"selected": not self.words, "query_string": removed, "display": gettext("Tout")}


# The form, and what it says ----------------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    selected: bool


@dataclass(frozen=True)
class Field:
    """One filter: a list to choose from, or two days to type."""

    label: str
    options: list[Option]
    inputs: list[tuple[str, str, str]]
    #: What is chosen, in words, and the address without it.
    chosen: str
    without: str


@dataclass(frozen=True)
class View:
    """What a list shows of its rows."""

    fields: list[Field]
    active: list[Field]
    hidden: list[tuple[str, str]]
    clear: str

    @property
    def searched(self) -> bool:
        return bool(self.active)


def address_of(given: QueryDict) -> str:
    """The list's own query, each choice unfolded; ``""`` when nothing is left."""
    pairs: dict[str, str] = {}
    for name, values in given.lists():
        for value in values:
            if name == CHOICE_VAR:
                pairs |= dict(parse_qsl(value))
            elif value and name != PAGE_VAR:
                pairs[name] = str(value)
    return f"?{urlencode(pairs)}" if pairs else "?"


def view_of(cl: ChangeList) -> View:
    """The filters of a list, read once a page. No query but those of the filters themselves."""
    if not hasattr(cl, "desk_view"):
        cl.desk_view = _view(cl)  # type: ignore[attr-defined]
    return cl.desk_view  # type: ignore[attr-defined]


def described(title: str, view: View) -> str:
    """``Candidatures – état : déposée, ville : Lille``."""
    chosen = ", ".join(f"{field.label}{dates.NBSP}: {field.chosen}" for field in view.active)
    return f"{title} – {chosen}" if chosen else title


def _view(cl: ChangeList) -> View:
    fields, known = [], {SEARCH_VAR, PAGE_VAR, "e", CHOICE_VAR}
    for spec in cl.filter_specs:
        expected = [name for name in spec.expected_parameters() if name]
        known.update(expected)
        fields.append(_field(cl, spec, expected))
    active = [field for field in fields if field.chosen]
    if cl.query:
        words = gettext("« %(words)s »") % {"words": cl.query}
        active.insert(0, Field(gettext("recherche"), [], [], words, cl.get_query_string(remove=[SEARCH_VAR])))
    kept = {name: value for name, value in cl.params.items() if name not in known}
    clear = {name: value for name, value in kept.items() if name in {"o", IS_POPUP_VAR, "_to_field"}}
    return View(fields, active, [(name, str(value)) for name, value in kept.items()], f"?{urlencode(clear)}")


def _field(cl: ChangeList, spec: Any, expected: list[str]) -> Field:
    options, empty = [], cl.model_admin.get_empty_value_display()
    for choice in spec.choices(cl):
        # What the choice adds to the address: already written there, between two "&".
        pairs = str(choice["query_string"]).lstrip("?").split("&")
        value = "&".join(pair for pair in pairs if pair.partition("=")[0] in expected)
        label = str(choice["display"])
        options.append(Option(value, gettext("non renseigné") if label == empty else label, bool(choice["selected"])))
    inputs = getattr(spec, "inputs", [])
    picked = next((option.label for option in options if option.selected and option.value), "")
    chosen = spec.words if inputs else picked
    return Field(str(spec.title), [] if inputs else options, inputs, chosen, cl.get_query_string(remove=expected))


# Columns -----------------------------------------------------------------------------------------


def short_moment(value: date | datetime | None) -> str:
    """``7 octobre 2026, 9 h``: a list has no room for the day's name. A date without a time is a day."""
    if value is None:
        return "–"
    local = dates.local(value)
    day = dates.day(local, weekday=False).replace(" ", dates.NBSP)
    return f"{day}, {dates.hour(local)}" if isinstance(local, datetime) else day


def yes_or_no(value: bool | None) -> str:
    return "–" if value is None else gettext("oui") if value else gettext("non")


@lru_cache(maxsize=512)
def _worded(model: type[models.Model], name: str) -> str | Callable[[Any], str]:
    """The column ``name``, said in words when it is a moment, a day or a yes-or-no."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    words: Callable[[Any], str]
    if isinstance(field, models.DateField):
        words = short_moment
    elif isinstance(field, models.BooleanField):
        words = yes_or_no
    else:
        return name

    def column(row: Any) -> str:
        return words(getattr(row, name))

    column.__name__ = name
    column.short_description = field.verbose_name  # type: ignore[attr-defined]
    column.admin_order_field = name  # type: ignore[attr-defined]
    return column
