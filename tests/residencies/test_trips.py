"""Trips home–territory: what is covered, what is refused and by which rule, to the cent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clea.documents.models import StoredFile
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from residencies.enums import ExpenseNature, PaymentKind, PaymentState, RefusalRule, ScaleMethod, TravelMode
from residencies.files import resolve
from residencies.methods.mileage import Bracket
from residencies.models import Residency, ResidencyBudget, ScaleVersion, SentReceipt, TripClaim
from residencies.rules import trips as rules
from residencies.selectors import scales as scale_selectors
from residencies.selectors import trips as selectors
from residencies.services import payments, scales, trips
from residencies.services.trips import Line
from structures.models import MileageScale, Territory
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.residencies import ResidencyFactory, artist_of
from tests.factories.structures import CoordinatorFactory
from tests.factories.trips import facts, load_scales, photo, sent_receipt, ticket, trip

pytestmark = pytest.mark.django_db
D, N, R = Decimal, ExpenseNature, RefusalRule
TRAIN = TravelMode.TRAIN
KM = st.integers(1, 3000)


@pytest.fixture
def residency() -> Residency:
    return ResidencyFactory()


@pytest.fixture
def desk(residency):
    return CoordinatorFactory(territory=residency.territory)


# By car ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "worth"), [("fiscal", "839.52"), ("public_agent", "422.40")])
def test_the_scale_of_the_territory_pays_the_kilometres_line_by_line(residency, kind, worth):
    Territory.objects.filter(pk=residency.territory.pk).update(mileage_scale=kind)
    claim = trip(Residency.objects.get(pk=residency.pk))
    payment = claim.payment
    assert (payment.kind, payment.state, payment.amount, payment.cost) == (
        PaymentKind.TRIP, PaymentState.CLAIMED, D(worth), D(worth),
    )  # fmt: skip
    assert (payment.claimed_by, payment.label) == (artist_of(residency), "Voyage aller-retour\u00a0: Immersion")
    out, back = selectors.ways(TripClaim.objects.get().calculation)
    assert (out.way, out.km, out.km_before, back.km_before) == ("out", 660, 0, 660)
    assert out.amount + back.amount == D(worth)
    assert claim.scale == kind
    mail = OutgoingMail.objects.get(kind="trip.claimed")
    assert mail.to == residency.territory.contact_email
    (line,) = Entry.objects.filter(verb="trip.claimed")
    assert line.data["amount"] == worth
    assert "Nantes" not in str(line.data)


def test_an_electric_car_and_what_is_inside_the_scale(residency):
    toll = Line(N.TOLL, "Péage", date(2026, 10, 5), D("31.20"), None)
    meal = Line(N.MEAL, "Déjeuner", date(2026, 10, 5), D("14.00"), None)
    claim = trip(residency, lines=[toll, meal, ticket(residency)], electric=True)
    assert claim.payment.amount == D("1007.42")
    assert [(line.covered, line.rule) for line in claim.lines.order_by("pk")] == [
        (D("0.00"), R.INSIDE_SCALE), (D("0.00"), R.MEALS), (D("0.00"), R.INSIDE_SCALE),
    ]  # fmt: skip


def test_kilometres_of_the_year_go_on_from_a_claim_to_the_next(residency):
    Territory.objects.filter(pk=residency.territory.pk).update(mileage_scale=MileageScale.PUBLIC_AGENT)
    residency = Residency.objects.get(pk=residency.pk)
    first = trip(residency, 1, km_out=900, km_back=900)
    second = trip(residency, 2, km_out=900, km_back=900)
    assert [way.km_before for way in selectors.ways(second.calculation)] == [1800, 2700]
    (scale,) = scale_selectors.versions("public_agent")
    assert first.payment.amount + second.payment.amount == scale.worth(3600, 5) == D("1280.00")
    # Immersion was the year before.
    assert [way.km_before for way in selectors.ways(trip(residency, 0).calculation)] == [0, 660]


def test_a_scale_that_changes_in_mid_year_applies_by_the_day_of_each_way(residency):
    load_scales()
    later = ScaleVersion(
        kind=MileageScale.FISCAL, applies_from=date(2027, 6, 1), method=ScaleMethod.TOTAL, source="texte inventé"
    )
    scales.save(by=AdministratorFactory(), version=later, brackets=[Bracket(1, None, 0, D(1))])
    claim = trip(residency, 2)
    out, back = selectors.ways(claim.calculation)
    assert (out.day, out.amount, out.applies_from) == (date(2027, 3, 8), D("419.76"), date(2022, 1, 1))
    assert (back.day, back.amount, back.applies_from) == (date(2027, 6, 11), D("660.00"), date(2027, 6, 1))
    assert claim.payment.amount == D("1079.76")
    # It was counted with both: neither may change.
    with pytest.raises(Refused, match="ne change plus"):
        scales.save(by=AdministratorFactory(), version=later, brackets=[Bracket(1, None, 0, D(2))])
    trips.withdraw(by=artist_of(residency), claim=claim)
    scales.remove(by=AdministratorFactory(), version=later)


def test_no_scale_for_the_day_is_said_at_the_day(residency):
    with pytest.raises(Refused, match="Aucun barème") as caught:
        trips.claim(by=artist_of(residency), residency=residency, facts=facts(residency))
    assert (caught.value.code, caught.value.field) == ("no_scale", "out_on")
    assert TripClaim.objects.count() == 0


@given(
    km=st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 3000)), min_size=3, max_size=3), gone=st.integers(0, 2)
)
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_withdrawn_what_stands_is_the_year_to_the_cent(km, gone):
    phases = [("phase", f"Phase {n}", date(2027, n * 2, 1), date(2027, n * 2, 20)) for n in (1, 2, 3)]
    made = ResidencyFactory(periods=phases)
    Territory.objects.filter(pk=made.season.programme.territory_id).update(mileage_scale=MileageScale.PUBLIC_AGENT)
    residency = Residency.objects.get(slug=made.slug)
    claims = [trip(residency, n, km_out=out, km_back=back) for n, (out, back) in enumerate(km)]
    (scale,) = scale_selectors.versions("public_agent")

    def paid() -> Decimal:
        return sum((row.amount for row in selectors.trips_of(residency).live), D(0))

    assert paid() == scale.worth(sum(map(sum, km)), 5)
    trips.withdraw(by=artist_of(residency), claim=claims[gone])
    assert paid() == scale.worth(sum(sum(pair) for n, pair in enumerate(km) if n != gone), 5)


# By train ----------------------------------------------------------------------------------------


def test_tickets_in_second_class_are_covered_and_the_rest_stays_with_its_rule(residency):
    lines = [
        ticket(residency, "62.50"),
        ticket(residency, "70.10", label="Lens–Nantes", day=date(2026, 10, 9)),
        ticket(residency, "110.00", N.FIRST_CLASS),
        ticket(residency, "12.00", receipt=None),
        Line(N.MEAL, "Déjeuner", date(2026, 10, 5), D("14.00"), None),
        Line(N.OTHER_TRIP, "Taxi", date(2026, 10, 5), D("20.00"), None),
        Line(N.OTHER, "Bagage", date(2026, 10, 5), D("5.00"), None),
        ticket(residency, "40.00", day=date(2026, 11, 30)),
    ]
    claim = trip(residency, lines=lines, mode=TRAIN)
    assert claim.payment.amount == D("132.60")
    assert [(line.covered, line.rule) for line in claim.lines.order_by("pk")] == [
        (D("62.50"), ""), (D("70.10"), ""), (0, R.FIRST_CLASS), (0, R.NO_RECEIPT), (0, R.MEALS), (0, R.NOT_HOME_TRIP),
        (0, R.OTHER), (0, R.OUT_OF_DATES),
    ]  # fmt: skip
    assert SentReceipt.objects.count() == 0
    assert (claim.calculation, claim.scale) == ([], "")


@given(amounts=st.lists(st.decimals("0.01", "999.99", places=2), min_size=1, max_size=6))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_claim_is_the_sum_of_its_covered_lines_to_the_cent(residency, amounts):
    lines = [ticket(residency, str(amount)) for amount in amounts]
    counted = trips.count(residency=residency, facts=facts(residency, mode=TRAIN), lines=lines)
    assert counted.amount == sum(amounts)


# Refused at once -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"period": None}, "not_home_trip"),
        ({"outside_france": True}, "outside_france"),
        ({"out_on": date(2026, 9, 20)}, "out_of_dates"),
        ({"back_on": date(2026, 10, 17)}, "out_of_dates"),
        ({"out_on": date(2026, 10, 9), "back_on": date(2026, 10, 8)}, "days_order"),
    ],
)
def test_a_trip_that_the_rules_exclude_is_refused_with_what_to_do(residency, change, code):
    with pytest.raises(Refused) as caught:
        trip(residency, **change)
    assert caught.value.code == code
    assert str(caught.value).count(".") >= (1 if code == "days_order" else 2)
    assert TripClaim.objects.count() == 0


@pytest.mark.parametrize(("out", "back"), [("2026-09-28", "2026-10-16"), ("2026-10-09", "2026-10-09")])
def test_a_week_around_the_period_is_home_to_territory_still(residency, out, back):
    claim = trip(residency, out_on=date.fromisoformat(out), back_on=date.fromisoformat(back))
    assert claim.payment.state == PaymentState.CLAIMED


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (None, "no_line"),
        (("62.50", N.TICKET, None), "no_receipt"),
        (("14.00", N.MEAL, None), "meals"),
    ],
)
def test_a_train_of_which_nothing_would_be_paid_is_refused(residency, line, code):
    lines = [] if line is None else [ticket(residency, line[0], line[1], receipt=line[2])]
    with pytest.raises(Refused) as caught:
        trip(residency, lines=lines, mode=TRAIN)
    assert caught.value.code == code


def test_a_period_has_one_trip_and_the_budget_a_number_of_them(residency):
    trip(residency, 0)
    with pytest.raises(Refused, match="déjà été demandé"):
        trip(residency, 0)
    ResidencyBudget.objects.update(trips=2)
    trip(residency, 1)
    with pytest.raises(Refused, match="est atteint") as caught:
        trip(residency, 2)
    assert caught.value.code == R.OUT_OF_TRIPS
    assert selectors.trips_of(residency).left == 0
    # What is taken back may be claimed again.
    first = TripClaim.objects.earliest("pk")
    trips.withdraw(by=artist_of(residency), claim=first)
    assert trip(residency, 0).payment.state == PaymentState.CLAIMED


def test_only_its_artists_claim_and_only_its_own_files_and_periods(residency):
    other = ResidencyFactory(season=residency.season)
    with pytest.raises(Forbidden):
        trips.claim(by=artist_of(other), residency=residency, facts=facts(residency))
    with pytest.raises(Forbidden):
        trips.keep_receipt(by=artist_of(other), residency=residency, upload=photo())
    load_scales()
    with pytest.raises(Refused, match="autre résidence"):
        trips.claim(by=artist_of(residency), residency=residency, facts=facts(other))
    with pytest.raises(Refused, match="justificatif n'est plus là"):
        trip(residency, lines=[ticket(other)], mode=TRAIN)


def test_another_amount_than_the_one_that_was_shown_is_said_first(residency):
    load_scales()
    with pytest.raises(Refused, match="839,52") as caught:
        trips.claim(by=artist_of(residency), residency=residency, facts=facts(residency), seen=D("800.00"))
    assert caught.value.code == "amount_changed"


def test_a_closed_season_takes_no_claim(residency):
    claim = trip(residency)
    type(residency.season).objects.update(closed_at=claim.payment.claimed_at)
    for act in (lambda: trip(residency, 1), lambda: trips.withdraw(by=artist_of(residency), claim=claim)):
        with pytest.raises(Refused, match="close"):
            act()


# Changed, taken back, checked ------------------------------------------------------------------


def test_a_claim_changes_while_nobody_checked_it(residency, desk):
    claim = trip(residency, mode=TRAIN)
    line = claim.lines.get()
    kept = Line(line.nature, line.label, line.day, line.amount, line.receipt)
    more = ticket(residency, "30.00", label="Lens–Nantes")
    artist = artist_of(residency)
    with pytest.raises(StaleWrite):
        trips.change(by=artist, claim=claim, facts=facts(residency, mode=TRAIN), lines=[kept], version=9)
    trips.change(by=artist, claim=claim, facts=facts(residency, mode=TRAIN), lines=[kept, more], version=0)
    claim.payment.refresh_from_db()
    assert (claim.payment.amount, claim.payment.version) == (D("92.50"), 1)
    # A receipt that no line holds any more is gone.
    trips.change(by=artist, claim=claim, facts=facts(residency, mode=TRAIN), lines=[kept])
    assert list(StoredFile.objects.all()) == [line.receipt]
    payments.check(by=desk, payment=claim.payment)
    for act in (
        lambda: trips.change(by=artist, claim=claim, facts=facts(residency, mode=TRAIN), lines=[kept]),
        lambda: trips.withdraw(by=artist, claim=claim),
    ):
        with pytest.raises(Refused, match="vérifié"):
            act()


def test_what_was_checked_keeps_its_sum_when_an_earlier_one_goes(residency, desk):
    Territory.objects.filter(pk=residency.territory.pk).update(mileage_scale=MileageScale.PUBLIC_AGENT)
    residency = Residency.objects.get(pk=residency.pk)
    first, second = (trip(residency, n, km_out=900, km_back=900) for n in (1, 2))
    payments.check(by=desk, payment=second.payment)
    trips.withdraw(by=artist_of(residency), claim=first)
    second.payment.refresh_from_db()
    assert second.payment.amount == D("704.00")


def test_what_nobody_checked_is_counted_again_when_an_earlier_one_is_refused(residency, desk):
    Territory.objects.filter(pk=residency.territory.pk).update(mileage_scale=MileageScale.PUBLIC_AGENT)
    residency = Residency.objects.get(pk=residency.pk)
    first, second = (trip(residency, n, km_out=900, km_back=900) for n in (1, 2))
    payments.refuse(by=desk, payment=first.payment, rule=R.NO_RECEIPT)
    second.refresh_from_db()
    second.payment.refresh_from_db()
    assert (second.payment.amount, selectors.ways(second.calculation)[0].km_before) == (D("576.00"), 0)
    payments.restore(by=desk, payment=first.payment)
    second.payment.refresh_from_db()
    assert second.payment.amount == D("704.00")


# The desk ----------------------------------------------------------------------------------------


def test_the_desk_covers_the_fare_in_second_class_with_its_reason(residency, desk):
    claim = trip(residency, lines=[ticket(residency), ticket(residency, "110.00", N.FIRST_CLASS)], mode=TRAIN)
    line = claim.lines.get(nature=N.FIRST_CLASS)
    with pytest.raises(Refused, match="Dites pourquoi"):
        trips.cover(by=desk, line=line, covered=D("58.00"), words=" ")
    with pytest.raises(Refused, match="110,00"):
        trips.cover(by=desk, line=line, covered=D("110.01"), words="Tarif du même train")
    with pytest.raises(Forbidden):
        trips.cover(by=artist_of(residency), line=line, covered=D("58.00"), words="Tarif")
    payment = trips.cover(by=desk, line=line, covered=D("58.00"), words="Tarif du même train", version=0)
    line.refresh_from_db()
    assert (line.covered, line.rule, line.words) == (D("58.00"), R.FIRST_CLASS, "Tarif du même train")
    assert (payment.amount, payment.cost, payment.version) == (D("120.50"), D("120.50"), 1)
    assert OutgoingMail.objects.get(kind="trip.coverage_changed").to == artist_of(residency).email
    assert Entry.objects.get(verb="trip.coverage_changed").data["covered"] == "58.00"
    with pytest.raises(StaleWrite):
        trips.cover(by=desk, line=line, covered=D("60.00"), words="Encore", version=0)
    # The artist adds a line: what was decided of this one stays.
    lines = [Line(one.nature, one.label, one.day, one.amount, one.receipt) for one in claim.lines.all()]
    trips.change(by=artist_of(residency), claim=claim, facts=facts(residency, mode=TRAIN), lines=lines)
    assert claim.lines.get(nature=N.FIRST_CLASS).covered == D("58.00")


def test_what_the_desk_decided_of_a_line_serves_that_line_once(residency, desk):
    paper = ticket(residency, "50.00", receipt=None)
    claim = trip(residency, lines=[ticket(residency), paper], mode=TRAIN)
    trips.cover(by=desk, line=claim.lines.get(receipt=None), covered=D("50.00"), words="Billet vu sur papier")
    kept = [Line(one.nature, one.label, one.day, one.amount, one.receipt) for one in claim.lines.all()]
    artist = artist_of(residency)
    trips.change(by=artist, claim=claim, facts=facts(residency, mode=TRAIN), lines=[*kept, paper, paper])
    claim.payment.refresh_from_db()
    assert claim.payment.amount == D("112.50")
    # By car the scale is all there is: the ticket of the same way is not paid beside it.
    trips.change(by=artist, claim=claim, facts=facts(residency), lines=kept)
    claim.payment.refresh_from_db()
    assert claim.payment.amount == D("839.52")
    trips.change(by=artist, claim=claim, facts=facts(residency, mode=TRAIN), lines=kept)
    claim.refresh_from_db()
    assert (claim.km_out, claim.km_back, claim.fiscal_power) == (None, None, None)


def test_a_claim_of_which_nothing_is_covered_is_not_checked(residency, desk):
    claim = trip(residency, lines=[ticket(residency, "110.00", N.FIRST_CLASS)], mode=TRAIN)
    assert claim.payment.amount == 0
    with pytest.raises(Refused) as refusal:
        payments.check(by=desk, payment=claim.payment)
    assert refusal.value.code == "nothing"
    with pytest.raises(Refused, match="sa règle"):
        payments.cancel(by=desk, payment=claim.payment, why="Rien à payer.")
    trips.cover(by=desk, line=claim.lines.get(), covered=D("58.00"), words="Tarif du même train")
    assert payments.check(by=desk, payment=claim.payment).amount == 58


def test_meals_are_covered_by_nobody_and_nothing_changes_once_checked(residency, desk):
    meal = Line(N.MEAL, "Déjeuner", date(2026, 10, 5), D("14.00"), None)
    claim = trip(residency, lines=[ticket(residency), meal], mode=TRAIN)
    with pytest.raises(Refused, match="Les repas ne sont pas"):
        trips.cover(by=desk, line=claim.lines.get(nature=N.MEAL), covered=D("1.00"), words="Une fois")
    payments.check(by=desk, payment=claim.payment)
    with pytest.raises(Refused, match="étape précédente"):
        trips.cover(by=desk, line=claim.lines.get(nature=N.TICKET), covered=D("1.00"), words="Une fois")


def test_a_claim_goes_to_its_payment_by_two_people(residency, desk):
    Territory.objects.filter(pk=residency.territory.pk).update(two_person_payments=True)
    payment = trip(residency).payment
    payments.check(by=desk, payment=payment)
    with pytest.raises(Refused, match="autre personne"):
        payments.approve(by=desk, payment=payment)
    payments.approve(by=CoordinatorFactory(territory=residency.territory), payment=payment)
    paid = payments.pay(by=desk, payment=payment, paid_on=date(2026, 11, 3), reference="M-12")
    assert (paid.state, paid.amount) == (PaymentState.PAID, D("839.52"))


# Receipts ----------------------------------------------------------------------------------------


def test_a_receipt_waits_for_its_claim_and_goes_after_thirty_days(residency):
    stored = trips.keep_receipt(by=artist_of(residency), residency=residency, upload=photo("billet.png"))
    assert (stored.content_type, stored.original_name) == ("image/jpeg", "billet.jpg")
    assert selectors.receipts_at_hand(residency, None) == {stored.uuid: stored}
    assert trips.purge_receipts() == 0
    old = sent_receipt(residency)
    row = SentReceipt.objects.get(stored_file=old)
    SentReceipt.objects.filter(pk=row.pk).update(sent_at=row.sent_at - timedelta(days=31))
    assert trips.purge_receipts() == 1
    assert list(StoredFile.objects.all()) == [stored]


def test_a_receipt_is_read_by_its_artists_and_its_coordination_only(residency, desk):
    waiting = sent_receipt(residency)
    taken = StoredFile.objects.get(expense_lines__claim=trip(residency, mode=TRAIN))
    other = ResidencyFactory(season=residency.season)
    for stored in (waiting, taken):
        for allowed in (artist_of(residency), desk):
            assert resolve(allowed, stored).filename.endswith(".pdf")
        for refused in (artist_of(other), UserFactory(), CoordinatorFactory()):
            assert resolve(refused, stored) is None


def test_every_nature_has_its_answer_by_both_means():
    for mode in TravelMode.values:
        for nature in N.values:
            found = rules.coverage(mode, nature, date(2026, 10, 5), D(10), has_receipt=True, period=None)
            assert bool(found.covered) == (mode == TRAIN and nature == N.TICKET)
            assert bool(found.rule) != bool(found.covered)
