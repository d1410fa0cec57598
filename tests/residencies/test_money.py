"""Budgets, schedules, payments: to the cent, under the ceiling, by the table of states."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clea.accounts.models import User
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from residencies.enums.money import PAYMENT_TRANSITIONS, PaymentKind, PaymentState, RefusalRule
from residencies.methods.cents import from_cents, total
from residencies.models import Payment, Residency, ResidencyBudget, TripClaim
from residencies.selectors import money as selectors
from residencies.services import money, payments
from residencies.services.money import Expense, Figures
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import CallFactory
from tests.factories.money import PaymentFactory, funded
from tests.factories.residencies import ResidencyFactory, artist_of
from tests.factories.structures import CoordinatorFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_clock")]

DATES = [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)]
TODAY = date(2027, 3, 10)
S = PaymentState


@pytest.fixture
def _clock() -> Iterator[None]:
    with time_machine.travel("2027-03-10 10:00+01:00", tick=False):
        yield


@pytest.fixture
def residency() -> Residency:
    return funded()


@pytest.fixture
def desk(residency: Residency) -> User:
    return CoordinatorFactory(territory=residency.territory)


def figures(**more: Any) -> Figures:
    usual: dict[str, Any] = {
        "net": Decimal(12000),
        "gross": Decimal(16000),
        "charges": Decimal(7000),
        "total": Decimal(23000),
        "lump_sum": Decimal(500),
        "trips": 3,
    }
    return Figures(**usual | more)


def in_state(residency: Residency, state: PaymentState, **more: Any) -> Payment:
    if state == S.CLAIMED:
        more.setdefault("claimed_at", timezone.now())
    if state == S.REFUSED:
        more.setdefault("refused_rule", RefusalRule.MEALS)
    return PaymentFactory(residency=residency, state=state, **more)


# Budget --------------------------------------------------------------------------------------


def test_a_budget_is_copied_from_the_call_once() -> None:
    residency = ResidencyFactory()
    call = CallFactory(season=residency.season, complete=True)
    seen = selectors.budget_seen(residency)
    assert seen.pk is None
    assert (seen.net, seen.ceiling, seen.lump_sum, seen.trips) == (12000, 24000, 500, 3)
    kept = money.budget_of(residency)
    call.money.net_allowance = Decimal(13000)
    call.money.save()
    assert money.budget_of(residency) == kept
    assert ResidencyBudget.objects.get().net == 12000
    assert selectors.money_of(residency).charges_missing


def test_over_the_ceiling_is_refused_with_the_figures(desk: User, residency: Residency) -> None:
    with pytest.raises(Refused) as refusal:
        money.change_budget(
            by=desk,
            residency=residency,
            figures=figures(charges=Decimal("8000.01"), total=Decimal("24000.01")),
            version=0,
        )
    assert refusal.value.code == "over_ceiling"
    for figure in ("24 000,01", "0,01", "24 000,00"):
        assert figure in str(refusal.value).replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")
    kept = money.change_budget(
        by=desk, residency=residency, figures=figures(charges=Decimal(8000), total=Decimal(24000)), version=0
    )
    assert kept.total == kept.ceiling


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"total": Decimal("23000.01")}, "sum"),
        ({"net": Decimal("16000.01")}, "net_above_gross"),
        # The call's ceiling is not the desk's to raise.
        ({"charges": Decimal(9000), "total": Decimal(25000), "ceiling": Decimal(30000)}, "over_ceiling"),
    ],
)
def test_sums_that_do_not_hold_are_refused(desk: User, residency: Residency, typed: Any, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        money.change_budget(by=desk, residency=residency, figures=figures(**typed), version=0)
    assert refusal.value.code == code


def test_a_budget_does_not_go_below_what_is_engaged(desk: User, residency: Residency) -> None:
    in_state(residency, S.CHECKED, amount=Decimal(9000), cost=Decimal(20000))
    with pytest.raises(Refused) as refusal:
        money.change_budget(
            by=desk,
            residency=residency,
            figures=figures(net=Decimal(8000), gross=Decimal(10000), charges=Decimal(5000), total=Decimal(15000)),
            version=0,
        )
    assert refusal.value.code == "below_engaged"


def test_two_people_do_not_write_one_budget_over_the_other(desk: User, residency: Residency) -> None:
    money.change_budget(by=desk, residency=residency, figures=figures(), version=0)
    with pytest.raises(StaleWrite):
        money.change_budget(by=desk, residency=residency, figures=figures(trips=4), version=0)


def test_the_rules_of_a_corrected_call_are_taken_again(desk: User, residency: Residency) -> None:
    call = residency.season.calls.get()
    call.money.employer_ceiling = Decimal(22000)
    call.money.return_trips = 4
    call.money.save()
    assert selectors.money_of(residency).rules_changed
    with pytest.raises(Refused) as refusal:
        money.reread_rules(by=desk, residency=residency)
    assert refusal.value.code == "over_ceiling"
    call.money.employer_ceiling = Decimal(25000)
    call.money.save()
    budget = money.reread_rules(by=desk, residency=residency)
    assert (budget.ceiling, budget.trips) == (25000, 4)
    assert not selectors.money_of(residency).rules_changed


# Schedule ------------------------------------------------------------------------------------


def test_the_allowance_falls_due_in_four_times_three_thousand(desk: User, residency: Residency) -> None:
    made = money.schedule(by=desk, residency=residency, dates=DATES)
    assert [(one.due_on, one.amount, one.cost) for one in made] == [(day, 3000, 5600) for day in DATES]
    assert made[0].label == "Allocation de résidence, échéance 1 sur 4"
    assert not selectors.money_of(residency).uneven
    with pytest.raises(Refused) as refusal:
        money.schedule(by=desk, residency=residency, dates=DATES)
    assert refusal.value.code == "nothing_left"


@given(st.integers(1, 1_200_000), st.integers(0, 1_200_000), st.integers(1, 25))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_schedule_loses_no_cent_in_any_column(
    desk: User, residency: Residency, net: int, more: int, count: int
) -> None:
    Payment.objects.all().delete()
    whole = from_cents(net + more)
    ResidencyBudget.objects.update(net=from_cents(net), gross=whole, charges=0, total=whole)
    days = [date(2027, 1, 1 + n) for n in range(min(count, net))]
    made = money.schedule(by=desk, residency=residency, dates=days)
    assert total(one.amount for one in made) == from_cents(net)
    assert total(one.cost for one in made) == whole
    found = selectors.money_of(residency)
    assert found.net_gap == found.cost_gap == 0
    states = selectors.by_state(found.payments)
    assert total(line.cost for line in states) == found.total.cost


@pytest.mark.parametrize(
    ("days", "code"),
    [([], "empty"), ([DATES[0], DATES[0]], "twice"), ([date(2031, 1, 1)], "out_of_reach")],
)
def test_dates_that_make_no_schedule(desk: User, residency: Residency, days: list[date], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        money.schedule(by=desk, residency=residency, dates=days)
    assert refusal.value.code == code
    assert not Payment.objects.exists()


def test_one_instalment_is_changed_or_cancelled_and_the_rest_planned_again(desk: User, residency: Residency) -> None:
    first, second, *_ = money.schedule(by=desk, residency=residency, dates=DATES)
    lower = Expense(label="Première", payee="Compagnie", amount=Decimal("2999.99"), cost=Decimal(5600), due_on=DATES[0])
    payments.change(by=desk, payment=first, expense=lower, version=first.version)
    seen = selectors.money_of(residency)
    assert seen.uneven
    assert seen.net_gap == Decimal("0.01")
    payments.cancel(by=desk, payment=second, why="Reporté à l'été.")
    (again,) = money.schedule(by=desk, residency=residency, dates=[date(2027, 6, 30)])
    assert (again.amount, again.cost) == (Decimal("3000.01"), Decimal(5600))
    assert not selectors.money_of(residency).uneven
    # The one that was cancelled does not come back over the ceiling.
    second.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        payments.restore(by=desk, payment=second)
    assert refusal.value.code == "over_ceiling"
    more = Expense(label="Trop", payee="Compagnie", amount=Decimal(3000), cost=Decimal(7601), due_on=DATES[0])
    with pytest.raises(Refused) as refusal:
        payments.change(by=desk, payment=first, expense=more, version=first.version + 1)
    assert refusal.value.code == "over_ceiling"


def test_an_allowance_planned_twice_is_not_engaged_twice(desk: User, residency: Residency) -> None:
    """One is cancelled, planned again, then comes back: the ceiling leaves room, the budget does not."""
    lower = figures(gross=Decimal(13000), charges=Decimal(1000), total=Decimal(14000))
    money.change_budget(by=desk, residency=residency, figures=lower, version=0)
    first, second = money.schedule(by=desk, residency=residency, dates=DATES[:2])
    payments.cancel(by=desk, payment=second, why="Reporté.")
    (again,) = money.schedule(by=desk, residency=residency, dates=DATES[2:3])
    payments.restore(by=desk, payment=second)
    for one in (first, again):
        payments.check(by=desk, payment=one)
    with pytest.raises(Refused) as refusal:
        payments.check(by=desk, payment=second)
    assert refusal.value.code == "over_budget"


def test_a_lump_sum_that_is_engaged_stays_the_budget_s(desk: User, residency: Residency) -> None:
    planned = money.plan_lump_sum(by=desk, residency=residency)
    version = ResidencyBudget.objects.get().version
    budget = money.change_budget(by=desk, residency=residency, figures=figures(lump_sum=Decimal(400)), version=version)
    with pytest.raises(Refused) as refusal:
        payments.check(by=desk, payment=planned)
    assert refusal.value.code == "not_the_lump_sum"
    money.change_budget(by=desk, residency=residency, figures=figures(), version=budget.version)
    payments.check(by=desk, payment=planned)
    with pytest.raises(Refused) as refusal:
        money.change_budget(
            by=desk, residency=residency, figures=figures(lump_sum=Decimal(400)), version=budget.version + 1
        )
    assert refusal.value.code == "lump_sum_engaged"


def test_the_lump_sum_is_planned_once(desk: User, residency: Residency) -> None:
    planned = money.plan_lump_sum(by=desk, residency=residency, due_on=DATES[0])
    assert (planned.amount, planned.cost, planned.kind) == (500, 500, PaymentKind.LUMP_SUM)
    with pytest.raises(Refused) as refusal:
        money.plan_lump_sum(by=desk, residency=residency)
    assert refusal.value.code == "already"
    more = Expense(label="Forfait", payee="Compagnie", amount=Decimal(501), due_on=DATES[1])
    with pytest.raises(Refused) as refusal:
        payments.change(by=desk, payment=planned, expense=more, version=planned.version)
    assert refusal.value.code == "not_the_lump_sum"


def test_an_expense_is_the_season_s_or_a_residency_s(desk: User, residency: Residency) -> None:
    typed = Expense(label="Location du studio", payee="Le Studio", amount=Decimal("250.50"))
    own = money.add_expense(by=desk, season=residency.season, expense=typed)
    assert (own.residency, own.cost) == (None, Decimal("250.50"))
    other = money.add_expense(by=desk, season=residency.season, residency=residency, expense=typed)
    assert other.residency == residency
    with pytest.raises(Refused):
        money.add_expense(by=desk, season=ResidencyFactory().season, residency=residency, expense=typed)
    paid = payments.approve(by=desk, payment=payments.check(by=desk, payment=own))
    assert payments.pay(by=desk, payment=paid, paid_on=TODAY).state == S.PAID
    payments.approve(by=desk, payment=payments.check(by=desk, payment=other))
    # Neither is their artist's money: nobody to tell.
    assert not OutgoingMail.objects.exists()
    assert selectors.money_of(residency).own.count == 0


# States --------------------------------------------------------------------------------------

ACTS: dict[str, tuple[Callable[..., Payment], dict[str, Any], set[PaymentState]]] = {
    "check": (payments.check, {}, {S.PLANNED, S.CLAIMED}),
    "approve": (payments.approve, {}, {S.CHECKED}),
    "pay": (payments.pay, {"paid_on": TODAY}, {S.APPROVED}),
    "refuse": (payments.refuse, {"rule": RefusalRule.MEALS}, {S.CLAIMED, S.CHECKED}),
    "send_back": (payments.send_back, {"why": "Erreur."}, {S.CHECKED, S.APPROVED}),
    "undo_payment": (payments.undo_payment, {"reason": "Erreur."}, {S.PAID}),
    "cancel": (payments.cancel, {"why": "Erreur."}, {S.PLANNED, S.CLAIMED}),
    "restore": (payments.restore, {}, {S.REFUSED, S.CANCELLED}),
}


@pytest.mark.parametrize("name", ACTS)
def test_each_act_only_from_its_states(desk: User, residency: Residency, name: str) -> None:
    act, typed, allowed = ACTS[name]
    for state in S:
        payment = in_state(residency, state, amount=Decimal(10), cost=Decimal(10))
        if state in allowed:
            after = act(by=desk, payment=payment, **typed)
            assert after.state in PAYMENT_TRANSITIONS[state]
            assert after.version == payment.version + 1
        else:
            with pytest.raises(Refused):
                act(by=desk, payment=payment, **typed)
            assert Payment.objects.get(pk=payment.pk).state == state


def test_who_checked_does_not_approve_where_the_territory_asks_for_two(desk: User, residency: Residency) -> None:
    territory = residency.territory
    territory.two_person_payments = True
    territory.save()
    checked = payments.check(by=desk, payment=in_state(residency, S.CLAIMED))
    with pytest.raises(Refused) as refusal:
        payments.approve(by=desk, payment=checked)
    assert refusal.value.code == "same_person"
    other = CoordinatorFactory(territory=territory)
    assert payments.approve(by=other, payment=checked).approved_by == other


def test_only_the_desk_of_the_territory_acts(residency: Residency) -> None:
    payment = in_state(residency, S.PLANNED)
    for stranger in (UserFactory(), artist_of(residency), CoordinatorFactory()):
        with pytest.raises(Forbidden):
            payments.check(by=stranger, payment=payment)
        with pytest.raises(Forbidden):
            money.schedule(by=stranger, residency=residency, dates=DATES)


def test_sending_back_leads_where_it_came_from(desk: User, residency: Residency) -> None:
    claimed = payments.check(by=desk, payment=in_state(residency, S.CLAIMED))
    assert payments.send_back(by=desk, payment=claimed, why="Justificatif illisible.").state == S.CLAIMED
    planned = payments.check(by=desk, payment=in_state(residency, S.PLANNED))
    approved = payments.approve(by=desk, payment=planned)
    back = payments.send_back(by=desk, payment=approved, why="Montant à revoir.")
    assert (back.state, back.approved_by, back.checked_by) == (S.CHECKED, None, desk)
    back = payments.send_back(by=desk, payment=back, why="Montant à revoir.")
    assert (back.state, back.checked_by, back.words) == (S.PLANNED, None, "Montant à revoir.")
    with pytest.raises(Refused):
        payments.send_back(by=desk, payment=payments.check(by=desk, payment=back), why=" ")


def test_a_payment_noted_by_mistake_is_taken_back_then_corrected(desk: User, residency: Residency) -> None:
    paid = in_state(residency, S.PAID, reference="MDT-0")
    back = payments.undo_payment(by=desk, payment=paid, reason="Mauvaise ligne.")
    assert (back.state, back.paid_on, back.reference, back.words) == (S.APPROVED, None, "", "Mauvaise ligne.")
    again = payments.pay(by=desk, payment=back, paid_on=TODAY, reference="MDT-1")
    season = residency.season
    season.closed_at = timezone.now()
    season.save()
    with pytest.raises(Refused) as refusal:
        payments.undo_payment(by=desk, payment=again, reason="Encore.")
    assert refusal.value.code == "season_closed"
    fixed = payments.correct_reference(by=desk, payment=again, paid_on=date(2027, 3, 9), reference="MDT-2")
    assert (fixed.reference, fixed.paid_on, fixed.state) == ("MDT-2", date(2027, 3, 9), S.PAID)
    with pytest.raises(Refused) as refusal:
        payments.correct_reference(by=desk, payment=again, paid_on=date(2027, 3, 11), reference="MDT-2")
    assert refusal.value.code == "future"


def test_a_refused_trip_does_not_come_back_beside_another(desk: User, residency: Residency) -> None:
    def trip(state: PaymentState) -> Payment:
        made = in_state(residency, state, kind=PaymentKind.TRIP, amount=Decimal(80), cost=Decimal(80))
        TripClaim.objects.create(
            payment=made, period=residency.periods.first(), mode="train", home_city="Lyon",
            out_on=date(2026, 10, 4), back_on=date(2026, 10, 10),
        )  # fmt: skip
        return made

    refused = trip(S.REFUSED)
    other = trip(S.CLAIMED)
    with pytest.raises(Refused) as refusal:
        payments.restore(by=desk, payment=refused)
    assert refusal.value.code == "already_claimed"
    payments.refuse(by=desk, payment=other, rule=RefusalRule.NO_RECEIPT)
    assert payments.restore(by=desk, payment=refused).state == S.CLAIMED


def test_artists_are_told_in_their_language(desk: User, residency: Residency) -> None:
    artist = artist_of(residency)
    artist.language = "en"
    artist.save()
    payment = payments.approve(by=desk, payment=payments.check(by=desk, payment=in_state(residency, S.CLAIMED)))
    payments.pay(by=desk, payment=payment, paid_on=TODAY, reference="MDT-7")
    payments.refuse(by=desk, payment=in_state(residency, S.CLAIMED), rule=RefusalRule.OTHER, words="Hors appel.")
    approved, paid, refused = OutgoingMail.objects.order_by("pk")
    assert approved.subject == "Payment approved – €3,000.00"
    assert "MDT-7" in paid.body
    assert "10 March 2027" in paid.body
    assert "Hors appel." in refused.body
    assert {mail.to for mail in (approved, paid, refused)} == {artist.email}


def test_a_refusal_gives_its_rule_and_its_words(desk: User, residency: Residency) -> None:
    claimed = in_state(residency, S.CLAIMED)
    for rule in ("", "inventée", RefusalRule.OTHER):
        with pytest.raises(Refused):
            payments.refuse(by=desk, payment=claimed, rule=rule)
    assert payments.refuse(by=desk, payment=claimed, rule=RefusalRule.MEALS).refused_rule == RefusalRule.MEALS


def test_what_changed_since_it_was_read_is_not_checked(desk: User, residency: Residency) -> None:
    claimed = in_state(residency, S.CLAIMED)
    Payment.objects.filter(pk=claimed.pk).update(version=3, amount=Decimal(2999))
    with pytest.raises(StaleWrite):
        payments.check(by=desk, payment=claimed, version=claimed.version)
    assert payments.check(by=desk, payment=claimed, version=3).amount == 2999


def test_the_journal_keeps_figures_and_no_words(desk: User, residency: Residency) -> None:
    payments.cancel(by=desk, payment=in_state(residency, S.PLANNED), why="Madame Untel est partie.")
    entry = Entry.objects.latest("pk")
    assert entry.verb == "payment.cancelled"
    assert (entry.data["amount"], entry.data["from"]) == ("3000.00", "planned")
    assert "Untel" not in str(entry.data)


# Two at once ---------------------------------------------------------------------------------


def race(*acts: Callable[[], Payment]) -> list[str]:
    """Each in its thread, from the same instant: what each answered."""
    start, answers = threading.Barrier(len(acts)), list[str]()

    def run(act: Callable[[], Payment]) -> None:
        start.wait()
        try:
            answers.append(str(act().state))
        except Refused as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


@pytest.mark.django_db(transaction=True)
def test_a_payment_is_paid_once_and_not_both_approved_and_refused() -> None:
    residency = funded()
    desks = [CoordinatorFactory(territory=residency.territory) for _ in range(2)]
    approved = in_state(residency, S.APPROVED)
    answers = race(*(lambda by=by: payments.pay(by=by, payment=approved, paid_on=TODAY) for by in desks))
    assert answers == ["paid", "wrong_state"]
    assert OutgoingMail.objects.filter(kind="payment.paid").count() == 1
    checked = in_state(residency, S.CHECKED)
    answers = race(
        lambda: payments.approve(by=desks[0], payment=checked),
        lambda: payments.refuse(by=desks[1], payment=checked, rule=RefusalRule.MEALS),
    )
    assert answers in (["approved", "wrong_state"], ["refused", "wrong_state"])
    assert OutgoingMail.objects.exclude(kind="payment.paid").count() == 1
