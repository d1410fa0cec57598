"""What a residency leaves: productions, words, pictures, and who agreed to what. One page; acts on each line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_POST, require_safe

from candidatures.admin.common import person, refuse
from clea.errors import Refused
from clea.ui.desk import DeskItem
from clea.ui.waiting import Subject, Waits
from residencies.admin.traces_consents import ConsentActs
from residencies.admin.traces_place import Place, PlaceView
from residencies.admin.waits import by_residency
from residencies.models import Picture, Production, ResidencyArtist, Testimony
from residencies.pages.traces import TraceKind, at_file, kind_of, row_of
from residencies.selectors import trace_pages
from residencies.selectors.traces import pictures_shown, testimonies_shown

#: What a button of a line does: the service's verb, and what is said then.
ACTS = {
    "publish": gettext_lazy("C'est publié."),
    "unpublish": gettext_lazy("C'est retiré de la publication."),
    "put_in_kit": gettext_lazy("L'image est dans le dossier de presse."),
    "take_from_kit": gettext_lazy("L'image n'est plus dans le dossier de presse."),
}


class TracesMixin(ConsentActs):
    """The page of everything, a form a kind, publishing."""

    def place_views(self) -> list[tuple[str, PlaceView, str]]:
        one = "traces/<slug:kind>/<uuid:item>/"
        return [
            ("traces/", require_safe(self.traces_page), "traces"),
            # Those of consents first: their word is not a kind.
            *super().place_views(),
            ("traces/<slug:kind>/ajouter/", self.trace_add, "trace_add"),
            (one, self.trace_page, "trace"),
            (f"{one}acte/", require_POST(self.trace_act), "trace_act"),
            (f"{one}supprimer/", self.trace_remove, "trace_remove"),
        ]

    def traces_page(self, request: HttpRequest, place: Place) -> HttpResponse:
        """Everything, with what waits to be published. Six queries beside the frame's."""
        title = _("Traces") if place.residency else _("Traces de toute la saison")
        traces = trace_pages.desk_traces(place.season, place.residency)
        return place.page(request, "list", title=title, traces=traces, today=timezone.localdate())

    def trace_add(self, request: HttpRequest, place: Place, kind: str) -> HttpResponse:
        return self._trace_write(request, place, kind_of(kind), None)

    def trace_page(self, request: HttpRequest, place: Place, kind: str, item: UUID) -> HttpResponse:
        what = kind_of(kind)
        return self._trace_write(request, place, what, row_of(what, place.season, place.residency, item))

    def _trace_write(self, request: HttpRequest, place: Place, what: TraceKind, row: Any) -> HttpResponse:
        form = what.form(
            request.POST or None,
            request.FILES or None,
            season=place.season,
            residency=place.residency,
            desk=True,
            row=row,
        )
        if request.method == "POST" and form.is_valid():
            values = form.values() | {"by": person(request)}
            try:
                if row is None:
                    what.add(season=place.season, residency=place.residency, **values)
                else:
                    what.change(row, seen=form.cleaned_data["seen"], **values)
            except (Refused, ValidationError) as error:
                refuse(form, at_file(error))
            else:
                messages.success(request, _("C'est enregistré."))
                return place.back(what.word)
        title = what.change_title if row is not None else what.add_title
        return place.page(request, "form", title=str(title), form=form, kind=what, trace=row)

    def trace_act(self, request: HttpRequest, place: Place, kind: str, item: UUID) -> HttpResponse:
        """Publish, take off, put in the kit, take out of it."""
        what = kind_of(kind)
        row = row_of(what, place.season, place.residency, item)
        act = request.POST.get("act", "")
        if act not in ACTS or not hasattr(what.service, act):
            raise Http404
        try:
            what.act(act, row, by=person(request))
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, str(ACTS[act]))
        return place.back(what.word)

    def trace_remove(self, request: HttpRequest, place: Place, kind: str, item: UUID) -> HttpResponse:
        """Ask, then erase what is not public."""
        what = kind_of(kind)
        row = row_of(what, place.season, place.residency, item)
        if request.method == "POST":
            try:
                what.act("remove", row, by=person(request))
            except Refused as error:
                messages.error(request, str(error))
            else:
                messages.success(request, str(what.removed))
            return place.back(what.word)
        public = row.is_published or getattr(row, "in_kit", False)
        return place.page(
            request,
            "confirm",
            title=str(what.remove_title),
            lines=[str(row), _("Cela ne se reprend pas.")],
            impossible=_("Retirez-le d'abord de la publication et du dossier de presse.") if public else "",
            button=_("Supprimer"),
            back=f"{place.url('traces')}#{what.word}",
        )


# What the desk says -----------------------------------------------------------------------------


def _rows(request: HttpRequest) -> Iterator[QuerySet[Any]]:
    by_its_artist = Exists(ResidencyArtist.objects.filter(residency=OuterRef("residency"), user=OuterRef("made_by")))
    # Of the residencies that are shown; what is published may be seen neither on the site nor in print any more.
    new = {"is_published": False, "residency__published_at__isnull": False}
    gone = {"is_published": True, "residency__published_at__isnull": False}
    words = Testimony.objects.filter(by_its_artist, **new).exclude(consent__withdrawn_at__isnull=False)
    pictures = Picture.objects.filter(by_its_artist, **new).exclude(consents__withdrawn_at__isnull=False)
    dark_words = Testimony.objects.filter(**gone).exclude(
        Q(pk__in=testimonies_shown("site").values("pk")) | Q(pk__in=testimonies_shown("print").values("pk"))
    )
    dark_pictures = Picture.objects.filter(**gone).exclude(
        Q(pk__in=pictures_shown("site").values("pk")) | Q(pk__in=pictures_shown("print").values("pk"))
    )
    for kind, rows in (
        ("traces.new", words),
        ("traces.new", pictures),
        ("traces.new", Production.objects.filter(by_its_artist, **new)),
        ("traces.hidden", dark_words),
        ("traces.hidden", dark_pictures),
    ):
        yield by_residency(request, kind, rows)


def _lines(request: HttpRequest, found: Waits) -> list[DeskItem]:
    """What artists added and is not published; what a consent no longer covers."""
    lines = []
    for key, here in found.places("traces.hidden", "traces.new").items():
        page = reverse("admin:residencies_residency_traces", args=[key])
        if one := here.get("traces.hidden"):
            words = ngettext_lazy(
                "image ou témoignage publié dont l'accord ne vaut plus",
                "images ou témoignages publiés dont l'accord ne vaut plus",
            )
            lines.append(DeskItem(words, one.n, page, "soon", one.name))
        if one := here.get("traces.new"):
            words = ngettext_lazy("trace ajoutée par l'artiste, à publier", "traces ajoutées par l'artiste, à publier")
            lines.append(DeskItem(words, one.n, page, "info", one.name))
    return lines


desk_items = Subject(_rows, _lines)
