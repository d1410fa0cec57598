"""Every text that comes in, cleaned at two doors: what a request brings, and what a row saves.

At the first, a form never sees what it could not keep, and a search for it finds nothing rather than failing. At
the second, neither does a service that a command, an import or a task calls. ``clea.text.clean`` says what goes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.utils.datastructures import MultiValueDict

from clea.text import clean

#: A password is what was typed, or is refused by its form.
_AS_TYPED = "password"
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
        request.GET = cleaned(request.GET)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.method == "POST":
            try:
                request.POST = cleaned(request.POST)
            except UnreadablePostError:
                return  # the sender has gone; the form's view finds it empty


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
def _texts(model: type[models.Model]) -> tuple[str, ...]:
    """The columns of a model that hold a text."""
    if model._meta.app_label in _LEFT_ALONE:
        return ()
    return tuple(
        field.attname
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and _AS_TYPED not in field.name
    )


def clean_row(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    """Before a row is saved (``pre_save``)."""
    for name in _texts(sender):
        value = instance.__dict__.get(name)
        if isinstance(value, str):
            kept = clean(value)
            if kept is not value:
                setattr(instance, name, kept)
