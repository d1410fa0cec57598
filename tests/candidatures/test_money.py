"""The provisional budget against the call's rules."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidatures.money import summarise


@dataclass
class Line:
    nature: str = "general"
    label: str = "Salaire"
    net: Decimal = Decimal("0.00")
    gross: Decimal = Decimal("0.00")
    employer_charges: Decimal = Decimal("0.00")
    total: Decimal = Decimal("0.00")


@dataclass
class Rules:
    net_allowance: Decimal | None = None
    employer_ceiling: Decimal | None = Decimal("24000.00")
    cachet_max_percent: Decimal | None = Decimal("30.00")
    author_max_percent: Decimal | None = Decimal("30.00")
    budget_required: bool = True


def line(nature: str = "general", gross: str = "0", charges: str = "0", net: str = "0") -> Line:
    total = Decimal(gross) + Decimal(charges)
    return Line(nature, "Ligne", Decimal(net), Decimal(gross), Decimal(charges), total)


def codes(*lines: Line, rules: Rules | None = None) -> set[str]:
    return {finding.code for finding in summarise(lines, rules or Rules()).findings}


def test_a_total_at_the_ceiling_can_be_filed() -> None:
    summary = summarise([line(gross="17000", charges="7000")], Rules())
    assert summary.blocking == []
    assert summary.room_left == Decimal("0.00")


def test_one_cent_above_the_ceiling_blocks_and_says_by_how_much() -> None:
    summary = summarise([line(gross="17000", charges="7000.01")], Rules())
    assert summary.over_ceiling_by == Decimal("0.01")
    [finding] = summary.blocking
    assert finding.code == "over_ceiling"
    assert "0,01" in finding.message
    assert "24\xa0000,00" in finding.message


def test_a_line_that_does_not_add_up_is_named() -> None:
    wrong = Line("general", "Répétitions", Decimal("80"), Decimal("100.00"), Decimal("40.00"), Decimal("140.01"))
    [finding] = summarise([wrong], Rules()).blocking
    assert finding.code == "line_sum"
    assert "Répétitions" in finding.message
    assert finding.line == 0


def test_a_net_above_the_gross_blocks() -> None:
    assert "net_above_gross" in codes(line(gross="100", net="100.01"))


@pytest.mark.parametrize(("nature", "code"), [("cachet", "cachet_share"), ("author", "author_share")])
def test_the_share_that_is_announced_as_possible_is_possible(nature: str, code: str) -> None:
    # 30 % of 100.05 € is 30.015 €: 30.02 € would be refused in its turn.
    [finding] = [found for found in summarise([line(nature, gross="100.05")], Rules()).findings if found.code == code]
    assert "soit 30,01\xa0€" in finding.message
    assert code not in codes(line(nature, gross="30.01"), line(gross="70.04"))


@pytest.mark.parametrize(
    ("cachet", "general", "blocked"),
    [("3000", "7000", False), ("3000.01", "7000", True), ("0", "7000", False)],
)
def test_cachets_are_held_to_their_share_of_the_whole_remuneration(cachet: str, general: str, blocked: bool) -> None:
    found = codes(line("cachet", gross=cachet), line(gross=general))
    assert ("cachet_share" in found) is blocked


def test_the_author_share_is_counted_on_the_gross_not_on_the_total() -> None:
    # 30 % of the gross exactly, though charges make it a smaller share of the total.
    assert "author_share" not in codes(line("author", gross="3000"), line(gross="7000", charges="3000"))
    assert "author_share" in codes(line("author", gross="3000.01"), line(gross="7000", charges="3000"))


def test_both_natures_together_warn_without_blocking() -> None:
    summary = summarise([line("author", gross="1000"), line("cachet", gross="1000"), line(gross="10000")], Rules())
    assert [finding.code for finding in summary.findings] == ["cachet_and_author"]
    assert summary.blocking == []


def test_an_empty_budget_blocks_only_where_a_budget_is_asked() -> None:
    assert codes() == {"empty"}
    assert codes(rules=Rules(budget_required=False)) == set()


def test_another_call_has_other_ceilings() -> None:
    rules = Rules(employer_ceiling=Decimal("9000"), cachet_max_percent=None, author_max_percent=Decimal("50"))
    assert codes(line("cachet", gross="5000"), line("author", gross="4000"), rules=rules) == {"cachet_and_author"}


cents = st.integers(0, 5_000_000).map(lambda value: Decimal(value).scaleb(-2))


@given(st.lists(st.builds(line, st.sampled_from(["general", "cachet", "author", "other"]), cents, cents), max_size=12))
def test_totals_are_the_sum_of_their_parts_to_the_cent(lines: list[Line]) -> None:
    summary = summarise(lines, Rules())
    assert summary.sums.total == sum((item.total for item in lines), Decimal(0))
    assert summary.sums.total == sum((part.total for part in summary.by_nature.values()), Decimal(0))
    assert summary.sums.gross + summary.sums.employer_charges == summary.sums.total
    over = max(summary.sums.total - Decimal(24000), Decimal(0))
    assert summary.over_ceiling_by == over
