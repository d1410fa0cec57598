"""The drawing of ranks and their intervals: readable without seeing it, coloured by the style sheet only."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from clea.ui import svg

ROWS = [
    svg.Span("1. Élan <du soir>", 1, 4, 2, "1 à 4"),
    svg.Span("2. Nœud", 2, 9, 3, "2 à 9"),
]


def drawn(rows=ROWS, **more):
    options: dict[str, Any] = {
        "title": "Rangs",
        "description": "Deux rangs.",
        "id_prefix": "r",
        "cut": 2.5,
        "cut_label": "2 places",
    }
    return str(svg.spans(rows, **(options | more)))


def test_it_is_an_image_with_a_title_and_a_description():
    root = ElementTree.fromstring(drawn())
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "r-t r-d"
    assert [root[0].get("id"), root[0].text] == ["r-t", "Rangs"]
    assert [root[1].get("id"), root[1].text] == ["r-d", "Deux rangs."]


def test_each_row_has_its_name_its_line_its_point_and_its_words():
    drawing = drawn()
    assert drawing.count("<circle") == 2
    assert "<title>1. Élan &lt;du soir&gt; : 1 à 4</title>" in drawing
    assert ">2 à 9</text>" in drawing
    lines = re.findall(r'spans__line" d="M([\d.]+) [\d.]+H([\d.]+)"', drawing)
    (left, right), (other_left, other_right) = [tuple(map(float, line)) for line in lines]
    # One rank is as wide on each line, and the second begins one rank later.
    assert (right - left) / 3 == pytest.approx((other_right - other_left) / 7, abs=0.1)
    assert other_left - left == pytest.approx((right - left) / 3, abs=0.1)


def test_the_strong_line_stands_between_two_ranks_with_its_own_label():
    drawing = drawn()
    cut = float(re.search(r'spans__cut" d="M([\d.]+)', drawing).group(1))
    points = sorted(float(x) for x in re.findall(r'circle class="spans__dot" cx="([\d.]+)"', drawing))
    assert points[0] < cut < points[1]
    assert ">2 places</text>" in drawing
    assert "spans__cut" not in drawn(cut=None)


def test_nothing_is_styled_inline_and_nothing_is_drawn_for_nothing():
    assert "style" not in drawn()
    assert drawn([]) == ""


def test_a_long_name_is_cut_and_stays_whole_for_who_listens():
    name = "Compagnie des Grandes Lisières du Bassin Minier et d'Ailleurs"
    drawing = drawn([svg.Span(name, 1, 1, 1)])
    label = re.search(r'spans__label"[^>]*>([^<]*)<', drawing).group(1)
    assert label.endswith("…")
    assert len(label) < len(name)
    assert "<title>Compagnie des Grandes Lisières du Bassin Minier et d&#x27;Ailleurs</title>" in drawing


def test_three_hundred_ranks_have_a_readable_scale():
    rows = [svg.Span(str(rank), max(1, rank - 20), min(300, rank + 20), rank) for rank in range(1, 301)]
    ticks = re.findall(r'spans__scale"[^>]*>(\d+)<', drawn(rows, cut=5.5))
    assert ticks[-1] == "300"
    assert len(ticks) <= 13
