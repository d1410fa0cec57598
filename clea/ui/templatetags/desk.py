"""``{% load desk %}``: the desk's menu and the path to its pages, on every page whoever rendered it."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clea.ui import navigation

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_menu(context: dict[str, Any], folded: bool = False) -> SafeString:
    """The menu by moments of the work. ``folded``: the copy for narrow screens, all groups shut but this page's.

    Both copies are one text, but on the first page, where the other one is wide open.
    """
    request: HttpRequest = context["request"]
    drawn: dict[bool, SafeString] = request.__dict__.setdefault("_desk_menu", {})
    unfolded = not folded and _is_home(request)
    if unfolded not in drawn:
        drawn[unfolded] = _menu(navigation.menu(request), navigation.other_seasons(request), unfolded)
    return drawn[unfolded]


#: Menus as they were last drawn, by all that they show: a page and the next one differ by what is marked.
_MENUS: dict[Any, SafeString] = {}
_MENUS_KEPT = 64


def _menu(groups: list[dict[str, Any]], seasons: list[dict[str, Any]], unfolded: bool) -> SafeString:
    """Drawn once for the same links, seasons and marks in the same language."""
    links = tuple(
        (group["key"], group["season"], link["name"], link["url"], link["here"], link["exact"])
        for group in groups
        for link in group["links"]
    )
    others = tuple((str(season["label"]), season["url"], season["here"]) for season in seasons)
    key = (get_language(), unfolded, links, others)
    drawn = _MENUS.get(key)
    if drawn is None:
        if len(_MENUS) >= _MENUS_KEPT:
            _MENUS.clear()
        drawn = _MENUS[key] = render_to_string(
            "admin/menu.html", {"groups": groups, "seasons": seasons, "unfolded": unfolded}
        )
    return drawn


@register.inclusion_tag("admin/breadcrumbs.html", takes_context=True)
def desk_path(context: dict[str, Any]) -> dict[str, Any]:
    """The path to this page: the moment of the work, its list, the row, the page. Nothing on the first one."""
    request: HttpRequest | None = context.get("request")
    if request is None or _is_home(request):
        return {"steps": []}
    steps = [{"label": _("À traiter"), "url": reverse("admin:index")}]
    steps += _list_steps(context, request)
    steps += _row_steps(context, request)
    last = str(context.get("path_last") or context.get("title") or "")
    if last and steps[-1]["label"] != last and not _is_the_link(context, request):
        steps.append({"label": Truncator(last).words(14), "url": ""})
    return {"steps": steps}


def _is_home(request: HttpRequest) -> bool:
    return bool(request.resolver_match and request.resolver_match.view_name == "admin:index")


def _is_the_link(context: dict[str, Any], request: HttpRequest) -> bool:
    """Whether this page is the one the menu leads to: its last step is named already."""
    here = navigation.current_link(request)
    return here is not None and request.resolver_match is not None and request.resolver_match.view_name == here.name


def _list_steps(context: dict[str, Any], request: HttpRequest) -> list[dict[str, str]]:
    """The list this page is of, or the season's page it is below."""
    here = navigation.place(request)
    opts = context.get("opts")
    steps: list[dict[str, str]] = []
    if here is not None:
        group, link = here
        steps.append({"label": str(group.label), "url": ""})
        if link.season and context.get("season") is not None:
            steps.append({"label": str(context["season"].name), "url": ""})
        steps.append({"label": str(link.label), "url": _address(link, request)})
    elif opts is not None:
        label = capfirst(str(opts.verbose_name_plural))
        steps.append({"label": label, "url": _reversed(f"admin:{opts.app_label}_{opts.model_name}_changelist")})
    return steps


def _address(link: navigation.Link, request: HttpRequest) -> str:
    if not link.season:
        return _reversed(link.name)
    match = request.resolver_match
    return _reversed(link.name, key=match.kwargs["key"]) if match and "key" in match.kwargs else ""


def _row_steps(context: dict[str, Any], request: HttpRequest) -> list[dict[str, str]]:
    """The row this page is about, linked to its own page."""
    row = context.get("original") or context.get("object")
    if row is None:
        return []
    name = request.resolver_match.view_name if request.resolver_match else ""
    url = str(context.get("object_url") or "")
    label = Truncator(str(row)).words(12)
    if name.endswith(("_history", "_delete")):
        url = request.path.rsplit("/", 2)[0] + "/change/"
        context["path_last"] = _("Historique") if name.endswith("_history") else _("Supprimer")
    elif context.get("change") or url == request.path:
        context["path_last"] = label
    return [{"label": label, "url": url}]


def _reversed(name: str, **kwargs: Any) -> str:
    try:
        return reverse(name, kwargs=kwargs or None)
    except NoReverseMatch:
        return ""
