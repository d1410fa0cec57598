"""The kilometre scale: the year's kilometres, whatever the trips they are cut into."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residencies.enums import ScaleMethod
from residencies.methods.mileage import Bracket, Leg, Line, NoScale, Scale, compute, faults, scale_on, total

D = Decimal
FISCAL = Scale(
    "fiscal", date(2022, 1, 1), ScaleMethod.TOTAL,
    (
        Bracket(1, 4, 0, D("0.606")), Bracket(1, 4, 5000, D("0.34"), D(1330)), Bracket(1, 4, 20000, D("0.407")),
        Bracket(5, None, 0, D("0.636")), Bracket(5, None, 5000, D("0.357"), D(1395)),
        Bracket(5, None, 20000, D("0.427")),
    ),
    electric_multiplier=D("1.2"),
)  # fmt: skip
AGENTS = Scale(
    "public_agent", date(2022, 1, 1), ScaleMethod.MARGINAL,
    (Bracket(1, None, 0, D("0.32")), Bracket(1, None, 2000, D("0.40")), Bracket(1, None, 10000, D("0.23"))),
)  # fmt: skip
DEARER = Scale(
    "fiscal", date(2027, 4, 1), ScaleMethod.TOTAL, (Bracket(1, None, 0, D("0.7131")),), electric_multiplier=D("1.2")
)
BOTH = pytest.mark.parametrize("scale", [FISCAL, AGENTS], ids=["fiscal", "agents"])


def leg(km: int, on: str = "2026-10-05", power: int = 5, way: str = "out", electric: bool = False) -> Leg:
    return Leg(way, date.fromisoformat(on), km, power, electric)


@pytest.mark.parametrize(("scale", "worth"), [(FISCAL, "839.52"), (AGENTS, "422.40")])
def test_five_cv_and_1320_km_give_the_sums_of_the_rules(scale: Scale, worth: str) -> None:
    lines = compute([leg(660), leg(660, "2026-10-09", way="back")], [scale])
    assert total(lines) == scale.worth(1320, 5) == D(worth)
    assert [line.amount for line in lines] == [D(worth) / 2] * 2


@pytest.mark.parametrize(
    ("km", "fiscal", "agents"),
    [(0, "0.00", "0.00"), (2000, "1272.00", "640.00"), (2001, "1272.64", "640.40"), (5000, "3180.00", "1840.00"),
     (5001, "3180.36", "1840.40"), (10001, "4965.36", "3840.23"), (20000, "8535.00", "6140.00")],
)  # fmt: skip
def test_the_brackets_meet_where_the_texts_say(km: int, fiscal: str, agents: str) -> None:
    assert (FISCAL.worth(km, 5), AGENTS.worth(km, 5)) == (D(fiscal), D(agents))


def test_an_electric_car_is_worth_a_fifth_more_by_the_fiscal_scale_only() -> None:
    assert FISCAL.worth(1320, 5, electric=True) == D("1007.42")
    assert AGENTS.worth(1320, 5, electric=True) == D("422.40")


def test_kilometres_of_the_year_go_on_from_a_claim_to_the_next_and_start_again_in_january() -> None:
    lines = compute([leg(600, "2026-12-30"), leg(600, "2027-01-03", way="back")], [AGENTS], {2026: 1900})
    assert [(line.km_before, line.km_after, line.amount) for line in lines] == [
        (1900, 2500, D("232.00")),  # 100 km at 0.32, 500 km at 0.40
        (0, 600, D("192.00")),
    ]


def test_a_scale_that_changes_in_mid_year_changes_the_legs_from_its_day_on() -> None:
    versions = [DEARER, FISCAL]
    assert [scale_on(date.fromisoformat(on), versions) for on in ("2022-01-01", "2027-03-31", "2027-04-01")] == [
        FISCAL, FISCAL, DEARER,
    ]  # fmt: skip
    out, back = compute([leg(600, "2027-03-31"), leg(600, "2027-04-01", way="back")], versions)
    assert (out.amount, out.scale) == (D("381.60"), FISCAL)
    # The kilometres already driven stay driven: 1 200 km by the new version, less 600 by the new version.
    assert (back.amount, back.km_before) == (D("855.72") - D("427.86"), 600)


def test_a_day_or_a_car_without_a_scale_is_said() -> None:
    with pytest.raises(NoScale) as caught:
        compute([leg(10, "2021-12-31")], [FISCAL])
    assert caught.value.day == date(2021, 12, 31)
    only_small = Scale("fiscal", date(2022, 1, 1), ScaleMethod.TOTAL, (Bracket(1, 4, 0, D(1)),))
    with pytest.raises(NoScale) as caught:
        compute([leg(10)], [only_small])
    assert caught.value.day == date(2026, 10, 5)


def test_what_is_kept_is_text_and_adds_up() -> None:
    (line,) = compute([leg(400)], [AGENTS], {2026: 1900})
    kept = line.kept()
    assert (kept["km"], kept["km_before"], kept["km_after"]) == ("400", "1900", "2300")
    assert kept["steps"] == [
        {"km": "2000", "rate": "0.32", "fixed": "0.00", "worth": "640.00"},
        {"km": "300", "rate": "0.40", "fixed": "0.00", "worth": "120.00"},
    ]
    assert D(str(kept["worth_after"])) - D(str(kept["worth_before"])) == D(str(kept["amount"])) == line.amount


# Whatever the year ---------------------------------------------------------------------------

kilometres = st.lists(st.integers(1, 3000), min_size=1, max_size=12)
powers = st.integers(1, 30)


@BOTH
@given(cuts=kilometres, power=powers, electric=st.booleans())
@settings(max_examples=50, deadline=None)
def test_splitting_a_year_in_trips_in_any_way_gives_its_total_to_the_cent(
    scale: Scale, cuts: list[int], power: int, electric: bool
) -> None:
    legs = [leg(km, f"2026-01-{n + 1:02d}", power, electric=electric) for n, km in enumerate(cuts)]
    whole = scale.worth(sum(cuts), power, electric=electric)
    at_once = compute(legs, [scale])
    # The same, claimed one after the other.
    driven, one_by_one = 0, list[Line]()
    for one in legs:
        one_by_one += compute([one], [scale], {2026: driven})
        driven += one.km
    assert total(at_once) == total(one_by_one) == whole
    assert all(line.amount >= 0 for line in at_once)


@given(cuts=kilometres, at=st.integers(0, 12), power=powers)
@settings(max_examples=50, deadline=None)
def test_a_scale_change_by_date_neither_loses_nor_makes_a_cent(cuts: list[int], at: int, power: int) -> None:
    change = date(2027, 3, 1) + timedelta(days=at)
    later = Scale("fiscal", change, ScaleMethod.TOTAL, DEARER.brackets)
    legs = [Leg("out", date(2027, 3, 1) + timedelta(days=n), km, power) for n, km in enumerate(cuts)]
    before = sum(one.km for one in legs if one.day < change)
    year = sum(cuts)
    expected = FISCAL.worth(before, power) + later.worth(year, power) - later.worth(before, power)
    assert total(compute(legs, [later, FISCAL])) == expected


@BOTH
@given(km=st.integers(0, 25_000), power=powers)
@settings(max_examples=50, deadline=None)
def test_one_more_kilometre_is_never_worth_less(scale: Scale, km: int, power: int) -> None:
    # The texts' own figures: no bracket falls where the next one begins.
    assert scale.worth(km, power) <= scale.worth(km + 1, power)


@pytest.mark.parametrize(
    ("sets", "found"),
    [
        ([(1, 4, 0), (5, None, 0)], []),
        ([], [("no_first", 1)]),
        ([(1, None, 5000)], [("no_first", 1)]),
        ([(2, None, 0)], [("gap", 1)]),
        ([(1, 4, 0), (4, None, 0)], [("overlap", 4)]),
        ([(1, 3, 0), (5, None, 0)], [("gap", 4)]),
        ([(1, 3, 0)], [("no_last", 4)]),
        ([(1, None, 0), (5, None, 0)], [("overlap", 5)]),
    ],
)
def test_a_scale_that_forgets_a_car_is_said(sets: list[tuple[int, int | None, int]], found: list[object]) -> None:
    assert faults([Bracket(start, end, above, D("0.5")) for start, end, above in sets]) == found


def test_the_order_of_days_is_the_order_of_lines() -> None:
    lines = compute([leg(10, "2026-10-09", way="back"), leg(10)], [FISCAL])
    assert all(first.leg.day <= second.leg.day for first, second in pairwise(lines))
    assert [line.leg.way for line in lines] == ["out", "back"]
