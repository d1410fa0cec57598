"""Help beside the thing: each list and tab of the desk has a section, each section names pages that exist."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from django.utils.translation import override

from clea.ui import help as guides
from residencies.admin.residencies import ResidencyAdmin
from tests.access.matrix import addresses

_SPACES = ("jury:", "studio:", "team:")


def names() -> set[str]:
    return {address.name for address in addresses().values()}


def test_every_list_and_every_tab_of_the_desk_is_explained() -> None:
    lists = {f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist" for m in admin.site._registry}
    rows = {name.removesuffix("list") for name in lists}
    tabs = {
        f"admin:{getattr(page, 'prefix', '')}_{tab.name}"
        for page in admin.site._registry.values()
        for tab in getattr(page, "tabs", ())
        if not getattr(tab, "hub", False) and tab.name != "hub"
    }
    seasons = {f"admin:residencies_season_{tab.name}" for tab in ResidencyAdmin.season_tabs}
    wanted = lists | rows | tabs | seasons | {"admin:index", "admin:search"}
    assert not [name for name in sorted(wanted & names() | lists | seasons) if guides.of(name) is None]
    # A list is not explained by the page of a row, nor two lists by one section.
    assert len({guides.of(name) for name in lists}) >= len(lists) - 3


def test_a_section_has_one_anchor_says_something_and_names_pages_that_exist() -> None:
    known = names()
    for language in ("fr", "en"):
        with override(language):
            for one in guides.guides():
                anchors = [section.anchor for section in one.sections]
                assert len(set(anchors)) == len(anchors), one.slug
                for section in one.sections:
                    assert section.summary, section.title
                    for name in section.pages:
                        assert any(other == name or other.startswith((f"{name}_", name)) for other in known), name


def test_the_english_artist_reads_the_same_pages_explained() -> None:
    french, english = guides.guide("artiste"), None
    with override("en"):
        english = guides.guide("artiste")
        assert guides.of("applications:review").title == "Checking and filing"
    assert [section.pages for section in english.sections] == [section.pages for section in french.sections]


def test_a_page_shows_its_own_section_and_the_way_to_the_guide(rf: RequestFactory) -> None:
    def shown(path: str) -> str:
        request: Any = rf.get(path)
        request.resolver_match = resolve(path)
        return Template("{% load help %}{% page_help %}").render(Context({"request": request, "LANGUAGE_CODE": "fr"}))

    html = shown(reverse("admin:candidatures_call_changelist"))
    assert "La liste des appels" in html
    assert 'href="/aide/coordination/#appels"' in html
    assert shown(reverse("health")).strip() == ""


@pytest.mark.django_db
def test_guides_are_read_by_everyone_and_their_anchors_are_there(client: Client) -> None:
    assert client.get("/aide/personne/").status_code == 404
    for one in guides.guides():
        page = client.get(reverse("help:guide", args=[one.slug])).content.decode()
        assert all(f'id="{section.anchor}"' in page for section in one.sections)
        assert not [mark for mark in ("<!-- pages", "&lt;!--", "![") if mark in page]
    assert 'href="/aide/artiste/"' in client.get("/aide/public/").content.decode()
