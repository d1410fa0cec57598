"""The map: each place readable, none over another, the same every time."""

from __future__ import annotations

import csv
import itertools
import math
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clea.ui import svg

COMMUNES = Path(__file__).parents[2] / "structures" / "data" / "lens-lievin" / "communes.csv"


def territory() -> list[svg.Circle]:
    with COMMUNES.open(encoding="utf-8", newline="") as lines:
        return [
            svg.Circle(
                key=row["insee"],
                label=row["name"],
                value=float(row["population"]),
                x=float(row["longitude"]),
                y=-float(row["latitude"]) * 1.57,
                href=f"/territoire/communes/{row['slug']}/",
                note=f"{row['population']} habitants",
            )
            for row in csv.DictReader(lines)
        ]


def overlaps(one: svg.Placed, other: svg.Placed) -> bool:
    return math.hypot(one.x - other.x, one.y - other.y) < one.r + other.r - 0.2


def test_the_36_communes_stand_apart_and_inside_the_drawing():
    layout = svg.dorling(tuple(territory()))
    assert len(layout.places) == 36
    assert not [pair for pair in itertools.combinations(layout.places, 2) if overlaps(*pair)]
    for place in layout.places:
        assert place.r <= place.x <= layout.width - place.r
        assert place.r <= place.y <= layout.height - place.r
        left, top, right, bottom = place.box
        assert left >= 0, place
        assert right <= layout.width, place
        assert top >= 0, place
        assert bottom <= layout.height, place


def test_no_label_of_the_36_covers_another_nor_another_circle():
    places = svg.dorling(tuple(territory())).places
    for one, other in itertools.permutations(places, 2):
        left, top, right, bottom = one.box
        o_left, o_top, o_right, o_bottom = other.box
        assert not (left < o_right and o_left < right and top < o_bottom and o_top < bottom), (one.lines, other.lines)
        near_x, near_y = min(max(other.x, left), right), min(max(other.y, top), bottom)
        assert math.hypot(near_x - other.x, near_y - other.y) > other.r - 1, (one.lines, other.lines)


def test_areas_follow_the_population():
    places = {place.circle.label: place for place in svg.dorling(tuple(territory())).places}
    ratio = places["Lens"].r ** 2 / places["Avion"].r ** 2
    assert ratio == pytest.approx(places["Lens"].circle.value / places["Avion"].circle.value, rel=0.02)


def test_north_stays_north_and_west_stays_west():
    places = {place.circle.label: place for place in svg.dorling(tuple(territory())).places}
    assert places["Wingles"].y < places["Lens"].y < places["Vimy"].y
    assert places["Bouvigny-Boyeffles"].x < places["Liévin"].x < places["Harnes"].x


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 50_000)),
        min_size=1,
        max_size=14,
    )
)
def test_any_set_of_places_is_laid_out_without_overlap_and_twice_alike(points):
    circles = tuple(svg.Circle(str(i), f"Lieu {i}", value, x, y) for i, (x, y, value) in enumerate(points))
    layout = svg.dorling(circles)
    assert not [pair for pair in itertools.combinations(layout.places, 2) if overlaps(*pair)]
    svg._settled.cache_clear()
    assert svg.dorling(circles) == layout


def test_the_drawing_is_well_formed_named_and_styled_by_classes_only():
    drawing = svg.cartogram(
        territory(), title="Les communes", description="Une surface, une population.", id_prefix="c"
    )
    root = ET.fromstring(str(drawing))
    assert root.get("role") == "group"
    assert root.get("aria-labelledby") == "c-t c-d"
    assert "style" not in drawing
    links = root.findall("a")
    assert [link.get("aria-label", "").split(",")[0] for link in links[:3]] == [
        "Ablain-Saint-Nazaire",
        "Acheville",
        "Aix-Noulette",
    ]
    # Accents do not send a commune to the end of the alphabet.
    names = [link.get("aria-label", "").split(",")[0] for link in links]
    assert names.index("Éleu-dit-Leauwette") < names.index("Estevelles")


def test_a_hostile_name_is_only_text():
    drawing = svg.cartogram(
        [svg.Circle("a", "<script>alert(1)</script>", 1, 0, 0, href='"><script>', note='" onload="x')],
        title="<b>",
        description="&",
        id_prefix="h",
    )
    assert "<script" not in drawing
    assert ET.fromstring(str(drawing)).find("a") is not None


def test_places_without_a_page_make_an_image():
    drawing = svg.cartogram([svg.Circle("a", "Lens", 1, 0, 0)], title="t", description="d", id_prefix="x")
    assert ET.fromstring(str(drawing)).get("role") == "img"


def test_no_place_draws_nothing():
    assert svg.cartogram([], title="t", description="d", id_prefix="x") == ""
    assert svg.bars([], title="t", description="d", id_prefix="x") == ""


def test_bars_share_one_scale_and_say_what_is_unknown():
    drawing = svg.bars(
        [svg.Bar("Scolaire", 100), svg.Bar("Grand public", 50, emphasis=True), svg.Bar("Ailleurs", None)],
        title="Publics",
        description="d",
        id_prefix="b",
    )
    root = ET.fromstring(str(drawing))
    widths = [float(bar.get("width", 0)) for bar in root.findall("rect")]
    assert widths[0] == 2 * widths[1]
    assert [text.text for text in root.findall("text")][-1] == "inconnu"


def test_bars_of_nothing_but_zeros_do_not_divide_by_zero():
    drawing = svg.bars([svg.Bar("a", 0)], title="t", description="d", id_prefix="b")
    assert ET.fromstring(str(drawing)).find("rect") is not None
