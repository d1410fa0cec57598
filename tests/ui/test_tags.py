"""The small tags."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import mark_safe

from clea.ui import icons


def render(source: str, **context: object) -> str:
    return Template("{% load clea %}" + source).render(Context(context))


def test_a_text_is_shown_in_english_only_where_it_was_written_in_english():
    call = SimpleNamespace(title="Appel", title_en="Call", summary="Résumé", summary_en="")
    source = "{{ call|localised:'title' }} / {{ call|localised:'summary' }}"
    assert render(source, call=call) == "Appel / Résumé"
    with translation.override("en"):
        assert render(source, call=call) == "Call / Résumé"


def test_filters_say_nothing_of_nothing():
    filters = ["moment", "day", "hour", "deadline", "iso", "euros", "number", "filesize_fr", "markdown"]
    assert [render(f"{{{{ x|{name} }}}}", x=None) for name in filters] == [""] * len(filters)


def test_iso_is_paris_time_with_its_offset():
    closing = datetime(2026, 2, 15, 23, 0, tzinfo=ZoneInfo("UTC"))
    assert render("{{ x|iso }}", x=closing) == "2026-02-16T00:00+01:00"


def test_a_day_kept_in_a_deposit_is_read_in_words():
    assert render("{{ x|day:'short' }}", x="2027-02-09") == "9 février 2027"
    assert render("{{ x|day }}", x="") == ""


def test_zero_is_a_figure():
    assert render("{{ x|number }} {{ x|euros:0 }}", x=0).replace("\xa0", " ") == "0 0 €"


def test_a_page_knows_itself_in_the_navigation():
    request = RequestFactory().get("/appels/clea/")
    assert "true" in render("{% current '/appels/' %}", request=request)
    assert render("{% current '/territoire/' %}", request=request) == ""
    assert render("{% current '/' exact=True %}", request=request) == ""
    assert "page" in render("{% current '/appels/clea/' %}", request=request)


def test_the_last_crumb_is_the_page_and_is_not_a_link():
    html = render("{% breadcrumb 'Appels' '/appels/' 'Résidences' %}")
    assert '<a href="/appels/">Appels</a>' in html
    assert '<span aria-current="page">Résidences</span>' in html


def test_a_parameter_is_changed_or_removed_and_the_rest_stays():
    request = RequestFactory().get("/x/?a=1&b=2&b=3")
    assert render("{% query a=5 %}", request=request) == "a=5&amp;b=2&amp;b=3"
    assert render("{% query b=None %}", request=request) == "a=1"


def test_a_sign_with_a_meaning_is_named_and_a_misspelt_one_is_caught():
    assert 'aria-label="Fermé"' in icons.svg("cross", "Fermé")
    assert 'aria-hidden="true"' in icons.svg("cross")
    # What one caller vouched for is nobody else's.
    assert "<b>" in icons.svg("cross", mark_safe("<b>"))
    assert "<b>" not in icons.svg("cross", "<b>")
    with pytest.raises(KeyError):
        icons.svg("croix")


def test_a_meter_never_passes_its_end():
    assert 'value="20"' in render("{% bar 35 20 '35 sur 20' %}")
    assert "35 sur 20</meter>" in render("{% bar 35 20 '35 sur 20' %}")
