"""Who pays for what: no cent lost between funders, no share written over unseen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clea.accounts.models import User
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from residencies.enums.money import PaymentKind, PaymentState
from residencies.methods import funding as methods
from residencies.methods.funding import Amounts, Cost, Doubt, Share
from residencies.models import Funder, FundingShare, Residency, ResidencyBudget
from residencies.selectors.funding import plan_of
from residencies.services import funding
from residencies.services.funding import Typed
from structures.models import TerritoryMembership
from tests.factories.funding import FunderFactory, ShareFactory, payment
from tests.factories.residencies import ResidencyFactory
from tests.factories.structures import CoordinatorFactory, TerritoryFactory

EUROS = st.integers(0, 3_000_000).map(lambda cents: Decimal(cents) / 100)
PLACE = st.sampled_from([None, 1, 2, 3])


@st.composite
def _costs(draw: st.DrawFn) -> Cost:
    spent, owed, rest = draw(EUROS), draw(EUROS), draw(EUROS)
    return Cost(spent + owed + rest, spent + owed, spent)


@settings(max_examples=50, deadline=None)
@given(
    shares=st.lists(st.builds(Share, st.sampled_from([11, 12, 13]), PLACE, EUROS, EUROS, EUROS), max_size=12),
    costs=st.dictionaries(PLACE, _costs(), max_size=4),
)
def test_every_slice_adds_up_to_the_whole(shares: list[Share], costs: dict[int | None, Cost]) -> None:
    needs = {1: Decimal(24000), 2: Decimal(0), 3: Decimal("12500.50")}
    grid = methods.plan([11, 12, 13], needs, shares, costs)
    assert methods.total(line.amounts for line in grid.funders) == grid.total
    assert methods.total(line.amounts for line in grid.residencies) == grid.total
    for line in grid.funders:
        assert methods.total(grid.cell(line.key, row.key) for row in grid.residencies) == line.amounts
    for line in grid.residencies:
        assert methods.total(grid.cell(row.key, line.key) for row in grid.funders) == line.amounts
        paid = costs.get(line.key, Cost())
        assert (line.amounts.cost, line.amounts.engaged, line.amounts.spent) == (paid.cost, paid.engaged, paid.spent)
    for cell in grid.cells.values():
        assert cell.cost >= cell.engaged >= cell.spent >= 0
    assert grid.total.planned == sum(share.planned for share in shares)
    assert grid.total.left == grid.total.planned - sum(one.spent for one in costs.values())


def test_a_cost_is_charged_to_its_own_funders_then_to_those_of_the_season() -> None:
    shares = [
        Share(11, 1, Decimal(2000)),
        Share(12, 1, Decimal(1000)),
        Share(12, None, Decimal(500)),
    ]
    costs = {1: Cost(Decimal(100), Decimal(100), Decimal(100)), 2: Cost(Decimal(40)), None: Cost(Decimal(10))}
    grid = methods.plan([11, 12], {1: Decimal(3000), 2: Decimal(0)}, shares, costs)
    assert grid.cell(11, 1).spent == Decimal("66.67")
    assert grid.cell(12, 1).spent == Decimal("33.33")
    assert grid.cell(12, 2) == Amounts(cost=Decimal(40))
    assert grid.cell(12, None) == Amounts(planned=Decimal(500), cost=Decimal(10))
    alone = methods.plan([11], {1: Decimal(0)}, [], {1: Cost(Decimal(7))})
    assert [(line.key, line.amounts.cost) for line in alone.funders] == [(11, Decimal(0)), (None, Decimal(7))]


def test_what_does_not_cover_or_goes_beyond_is_said() -> None:
    shares = [
        Share(11, 1, Decimal(900), Decimal(100)),
        Share(11, 2, Decimal(600), Decimal(600), Decimal(600)),
    ]
    costs = {1: Cost(Decimal(300), Decimal(300), Decimal(0)), None: Cost(Decimal(50))}
    grid = methods.plan([11], {1: Decimal(1000), 2: Decimal(500)}, shares, costs)
    assert [(one.doubt, one.residency, one.amount) for one in grid.warnings] == [
        (Doubt.SHORT, 1, Decimal(100)),
        (Doubt.UNNOTIFIED, 1, Decimal(200)),
        (Doubt.OVER, 2, Decimal(100)),
        (Doubt.SHORT, None, Decimal(50)),
    ]
    ahead = methods.plan([11], {1: Decimal(9)}, [Share(11, 1, Decimal(9), Decimal(9))], {1: Cost(*[Decimal(9)] * 3)})
    assert [(one.doubt, one.whole) for one in ahead.warnings] == [(Doubt.ADVANCED, True)]


# The services ----------------------------------------------------------------------------------


@pytest.fixture
def residency(db: None) -> Residency:
    return ResidencyFactory(artist__none=True, periods=False)


@pytest.fixture
def desk(residency: Residency) -> User:
    return CoordinatorFactory(territory=residency.territory)


@pytest.fixture
def funder(residency: Residency) -> Funder:
    return FunderFactory(territory=residency.territory, name="Agglomération")


def typed(funder: Funder, residency: Residency | None, planned: int = 3000, **more: Any) -> Typed:
    values: dict[str, Any] = {"committed": Decimal(0), "received": Decimal(0)} | more
    return Typed(funder, residency, Decimal(planned), **values)


def test_only_what_differs_is_written_and_journaled(residency: Residency, desk: User, funder: Funder) -> None:
    season = residency.season
    assert funding.save_shares(by=desk, season=season, shares=[typed(funder, residency), typed(funder, None, 0)]) == 1
    share = FundingShare.objects.get()
    assert (share.planned, share.version) == (Decimal(3000), 1)
    # The same again, though from a page that saw nothing: nothing to write, nothing to refuse.
    assert funding.save_shares(by=desk, season=season, shares=[typed(funder, residency)]) == 0
    assert Entry.objects.filter(verb="funding.changed").count() == 1
    assert funding.save_shares(by=desk, season=season, shares=[typed(funder, residency, 0, version=1)]) == 1
    assert not FundingShare.objects.exists()


def test_a_share_written_since_is_not_overwritten(residency: Residency, desk: User, funder: Funder) -> None:
    other = FunderFactory(territory=residency.territory)
    share = ShareFactory(funder=funder, residency=residency, version=4)
    with pytest.raises(funding.WrongShares) as refused:
        funding.save_shares(
            by=desk,
            season=residency.season,
            shares=[typed(other, residency, 50), typed(funder, residency, 10, version=3)],
        )
    assert {place: type(error) for place, error in refused.value.errors.items()} == {1: StaleWrite}
    share.refresh_from_db()
    assert (share.planned, FundingShare.objects.count()) == (Decimal(3000), 1)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"committed": Decimal(10), "received": Decimal(11), "reference": "A"}, "received_unnotified"),
        ({"committed": Decimal(10)}, "no_reference"),
        ({"committed": Decimal(-1)}, "invalid"),
    ],
)
def test_a_share_that_says_two_things_is_refused(
    residency: Residency, desk: User, funder: Funder, values: dict[str, Any], code: str
) -> None:
    if code == "invalid":
        values |= {"received": Decimal(-1)}
    with pytest.raises(funding.WrongShares) as refused:
        funding.save_shares(by=desk, season=residency.season, shares=[typed(funder, residency, **values)])
    assert refused.value.errors[0].code == code


def test_money_stays_within_its_territory(residency: Residency, desk: User, funder: Funder) -> None:
    stranger = FunderFactory(territory=TerritoryFactory())
    elsewhere = ResidencyFactory(artist__none=True, periods=False)
    for share in (typed(stranger, residency), typed(funder, elsewhere)):
        with pytest.raises(funding.WrongShares) as refused:
            funding.save_shares(by=desk, season=residency.season, shares=[share])
        assert refused.value.errors[0].code == "foreign"
    with pytest.raises(Forbidden):
        funding.save_shares(by=desk, season=elsewhere.season, shares=[])
    with pytest.raises(Forbidden):
        funding.save_funder(by=desk, funder=stranger)


def test_a_funder_with_a_share_stays(residency: Residency, desk: User, funder: Funder) -> None:
    ShareFactory(funder=funder, residency=residency)
    with pytest.raises(Refused, match="elles restent"):
        funding.remove_funder(by=desk, funder=funder)
    # Nor does it go to another territory, even of the same coordination: the plan would lose its money.
    other = TerritoryFactory()
    TerritoryMembership.objects.create(territory=other, user=desk)
    funder.territory = other
    with pytest.raises(Refused) as refusal:
        funding.save_funder(by=desk, funder=funder)
    assert refusal.value.field == "territory"
    taken = Funder.objects.get(pk=funder.pk)
    taken.territory = other
    with pytest.raises(Forbidden):
        funding.save_funder(by=CoordinatorFactory(territory=other), funder=taken)
    unused = FunderFactory(territory=residency.territory)
    funding.remove_funder(by=desk, funder=unused)
    assert list(Funder.objects.all()) == [funder]


def test_the_plan_reads_the_budget_and_the_payments(residency: Residency, funder: Funder) -> None:
    ResidencyBudget.objects.create(
        residency=residency, gross=Decimal(15000), charges=Decimal(6000), total=Decimal(21000), lump_sum=Decimal(500)
    )
    state = Funder.objects.create(territory=residency.territory, name="État", position=99)
    ShareFactory(funder=funder, residency=residency, planned=Decimal(14000), committed=Decimal(14000))
    ShareFactory(funder=state, residency=residency, planned=Decimal(7000))
    payment(residency, "1000.01", PaymentState.PAID)
    payment(residency, "500", PaymentState.APPROVED)
    payment(residency, "300", PaymentState.CLAIMED)
    payment(residency, "999", PaymentState.REFUSED)
    payment(residency, "20", residency=None, kind=PaymentKind.OTHER)
    plan = plan_of(residency.season)
    assert [line.label for line in plan.funders] == ["Agglomération", "État", "Sans financeur"]
    assert [line.spent for line in plan.funders] == [Decimal("666.67"), Decimal("333.34"), 0]
    assert [line.label for line in plan.residencies] == [residency.artist_name, "Toute la saison"]
    assert (plan.total.cost, plan.total.engaged, plan.total.spent) == (
        Decimal("1820.01"), Decimal("1500.01"), Decimal("1000.01"),
    )  # fmt: skip
    assert (plan.need, plan.total.left) == (Decimal(21520), Decimal("19999.99"))
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in plan.warnings] == [
        "20,00 € de dépenses n'ont pas de financeur.",
        f"{residency.artist_name} : il manque 500,00 € pour couvrir son budget.",
        "Toute la saison : il manque 20,00 € pour ses dépenses et les résidences sans part.",
        "Le territoire avance 1 000,01 € : plus a été payé que reçu.",
    ]
