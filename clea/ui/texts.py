"""Every text that comes in, cleaned and bounded at two doors: what a request brings, and what a row saves.

At the first, a form never sees what it could not keep, and a search for it finds nothing rather than failing. At
the second, neither does a service that a command, an import or a task calls. ``clea.text.clean`` says what goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import DataError, models
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from clea.text import clean, one_line

#: A password is what was typed, or is refused by its form.
_AS_TYPED = "password"
#: Longer than any text and any word that people write: laying one out would hold a process for minutes.
MAX_TEXT = 200_000
MAX_WORD = 6_000
_LONG_WORD = re.compile(rf"\S{{{MAX_WORD + 1}}}")
#: What our own pages send back, sealed: one word.
_SEALED = {"lot", "csrfmiddlewaretoken"}
#: What SQLite's driver and PostgreSQL say of it.
_BEYOND = ("too large to convert to SQLite INTEGER", "out of range")
#: Written once, and refused by its own chain.
_LEFT_ALONE = {"journal"}


class TextMiddleware:
    """Clean cookies, query and form; before the session, whose cookie is looked up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if clean(request.path_info) != request.path_info:
            raise Http404  # no address of ours holds such a character
        request.COOKIES = {clean(name): clean(value) for name, value in request.COOKIES.items()}
        request.GET = cleaned(request.GET)  # type: ignore[assignment] # a QueryDict is what Django puts there
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method != "POST":
            return None
        try:
            request.POST = cleaned(request.POST)  # type: ignore[assignment]
        except UnreadablePostError:
            return None  # the sender has gone; the form's view finds it empty
        return too_long(request) if is_too_long(request.POST) else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """400 for a number that no column holds: choices among rows look it up before they refuse it."""
        beyond = isinstance(error, OverflowError | DataError) and any(words in str(error) for words in _BEYOND)
        return render(request, "400.html", status=400) if beyond else None


def is_too_long(sent: QueryDict) -> bool:
    values = [value for name, found in sent.lists() if name not in _SEALED for value in found]
    return any(len(one) > MAX_WORD and (len(one) > MAX_TEXT or _LONG_WORD.search(one)) for one in values)


def too_long(request: HttpRequest) -> HttpResponse:
    """400, nothing read: the browser that goes back still has what was typed."""
    words = _(
        "Un des textes envoyés compte plus de %(text)s caractères, ou un mot de plus de %(word)s : rien n'a été "
        "enregistré. Revenez en arrière, votre navigateur a gardé ce que vous avez tapé, et raccourcissez ce texte."
    )
    figures = {"text": intcomma(MAX_TEXT), "word": intcomma(MAX_WORD)}
    return render(request, "400.html", {"message": words % figures}, status=400)


def cleaned(sent: QueryDict) -> QueryDict:
    """The same, itself where there is nothing to clean."""
    pairs = {name: sent.getlist(name) for name in sent}
    kept = MultiValueDict[str, Any]()
    for name, values in pairs.items():
        kept.setlist(clean(name), values if _AS_TYPED in name.lower() else [clean(value) for value in values])
    if dict(kept.lists()) == pairs:
        return sent
    found = QueryDict(mutable=True, encoding=sent.encoding)
    for name, values in kept.lists():
        found.setlist(name, values)
    found._mutable = False
    return found


@cache
def _texts(model: type[models.Model]) -> tuple[tuple[str, bool], ...]:
    """The columns of a model that hold a text, and whether they hold one line."""
    if model._meta.app_label in _LEFT_ALONE:
        return ()
    return tuple(
        (field.attname, isinstance(field, models.CharField))
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and _AS_TYPED not in field.name
    )


def clean_row(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    """Before a row is saved (``pre_save``)."""
    for name, short in _texts(sender):
        value = instance.__dict__.get(name)
        if isinstance(value, str):
            kept = clean(value)
            if short:
                kept = one_line(kept)
            if kept is not value:
                setattr(instance, name, kept)
