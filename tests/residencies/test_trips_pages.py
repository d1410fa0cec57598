"""The pages of trips: nothing typed is lost, files stay received, the amount is seen before it is sent."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clea.mail.models import OutgoingMail
from residencies.enums import ExpenseNature, PaymentState, RefusalRule
from residencies.models import Residency, ScaleVersion, SentReceipt, TripClaim
from residencies.services import payments
from residencies.services.trips import Line
from tests.factories.accounts import AdministratorFactory
from tests.factories.residencies import ResidencyFactory, artist_of
from tests.factories.structures import CoordinatorFactory
from tests.factories.trips import load_scales, photo, ticket, trip

pytestmark = pytest.mark.django_db
D = Decimal
NBSP = "\u00a0"


@pytest.fixture
def residency() -> Residency:
    load_scales()
    return ResidencyFactory(home_city="Nantes")


@pytest.fixture
def artist(residency, client: Client) -> Client:
    client.force_login(artist_of(residency))
    return client


@pytest.fixture
def desk(residency) -> Client:
    browser = Client()
    browser.force_login(CoordinatorFactory(territory=residency.territory))
    return browser


def page(residency: Residency, mode: str = "voiture", period: int = 0) -> str:
    found = residency.periods.order_by("starts_on")[period]
    return reverse("studio:trip_write", args=[residency.uuid, found.uuid, mode])


def car(**more: Any) -> dict[str, Any]:
    return {
        "home_city": "Nantes", "out_on": "2026-10-05", "back_on": "2026-10-09", "km_out": "660", "km_back": "660",
        "fiscal_power": "5", "lignes-TOTAL_FORMS": "2", "lignes-INITIAL_FORMS": "0", "action": "count",
    } | more  # fmt: skip


def train(n: int = 0, **more: Any) -> dict[str, Any]:
    line = {"nature": "ticket", "label": "Nantes–Lens", "day": "2026-10-05", "amount": "62,50"}
    return {
        "home_city": "Nantes", "out_on": "2026-10-05", "back_on": "2026-10-09", "lignes-TOTAL_FORMS": "2",
        "lignes-INITIAL_FORMS": "0", "action": "count",
    } | {f"lignes-{n}-{name}": value for name, value in line.items()} | more  # fmt: skip


def text(response: Any) -> str:
    return " ".join(response.content.decode().replace(NBSP, " ").replace("&nbsp;", " ").replace("\u202f", " ").split())


def test_two_steps_and_the_amount_before_it_is_sent(residency, artist) -> None:
    start = reverse("studio:trip_new", args=[residency.uuid])
    period = residency.periods.order_by("starts_on")[0]
    assert "aller-retour" in text(artist.get(start)) or "allers-retours" in text(artist.get(start))
    response = artist.get(start, {"periode": str(period.uuid), "moyen": "car"})
    assert response["Location"] == page(residency)
    assert 'value="Nantes"' in text(artist.get(page(residency)))
    counted = artist.post(page(residency), car())
    assert counted.status_code == 200
    shown = text(counted)
    assert "660 km × 0,636 € = 419,76 €" in shown
    assert "1 320 km × 0,636 € = 839,52 €" in shown
    assert "moins 419,76 €, déjà comptés pour les 660 km de 2026 faits avant" in shown
    assert "Envoyer la demande (839,52 €)" in shown
    assert "CGI art. 83" in shown
    assert TripClaim.objects.count() == 0
    seen = counted.context["form"]["seen"].value()
    sent = artist.post(page(residency), car(action="send", seen=seen), follow=True)
    claim = TripClaim.objects.get()
    assert sent.redirect_chain[0][0] == reverse("studio:trip", args=[residency.uuid, claim.payment.uuid])
    assert "839,52 €" in text(sent)
    assert claim.payment.amount == D("839.52")


def test_sent_without_being_seen_or_seen_otherwise_it_is_shown_first(residency, artist) -> None:
    unseen = artist.post(page(residency), car(action="send"))
    assert (unseen.status_code, TripClaim.objects.count()) == (200, 0)
    other = artist.post(page(residency), car(action="send", seen="100.00"))
    assert (other.status_code, TripClaim.objects.count()) == (422, 0)
    assert "Le montant est maintenant de 839,52 €" in text(other)
    assert other.context["form"]["seen"].value() == "839.52"


@pytest.mark.parametrize(
    ("period", "words"), [("autre", "un aller-retour par période"), ("taken", "déjà été demandé"), ("none", "atteint")]
)
def test_what_the_rules_exclude_is_said_before_anything_is_typed(residency, artist, period, words) -> None:
    trip(residency)
    first, second = residency.periods.order_by("starts_on")[:2]
    if period == "none":
        residency.budget.trips = 1
        residency.budget.save()
    key = {"autre": "autre", "taken": str(first.uuid), "none": str(second.uuid)}[period]
    response = artist.get(reverse("studio:trip_new", args=[residency.uuid]), {"periode": key, "moyen": "train"})
    assert response.status_code == 200
    assert words in text(response)
    assert "coordination" in text(response)


def test_going_on_without_choosing_says_what_is_missing_and_keeps_the_rest(residency, artist) -> None:
    start = reverse("studio:trip_new", args=[residency.uuid])
    assert "à reprendre" not in text(artist.get(start))
    assert "2 réponses sont à reprendre" in text(artist.get(start, {"suite": ""}))
    half = text(artist.get(start, {"moyen": "car", "suite": ""}))
    assert "Une réponse est à reprendre" in half
    assert re.search(r'<input[^>]*value="car"[^>]*checked', half)


def test_a_refused_claim_loses_nothing_and_its_files_stay_received(residency, artist) -> None:
    data = train(outside_france="on") | {"lignes-0-file": photo("billet.png")}
    response = artist.post(page(residency, "train"), data)
    assert response.status_code == 422
    shown = text(response)
    assert "métropolitaine seulement" in shown
    assert "décochez la case" in shown
    assert 'value="62,50"' in shown
    assert "billet.jpg" in shown
    waiting = SentReceipt.objects.get().stored_file
    line = response.context["lines"].forms[0]
    assert line["kept"].value() == str(waiting.uuid)
    # The same page, corrected: the file is not asked for again.
    again = artist.post(page(residency, "train"), train() | {"lignes-0-kept": str(waiting.uuid)})
    assert again.status_code == 200
    assert "Envoyer la demande (62,50 €)" in text(again)
    artist.post(page(residency, "train"), train(action="send", seen="62.50") | {"lignes-0-kept": str(waiting.uuid)})
    claim = TripClaim.objects.get()
    assert claim.lines.get().receipt == waiting
    assert not SentReceipt.objects.exists()


def test_a_file_that_is_no_receipt_is_said_at_its_line_and_the_others_are_kept(residency, artist) -> None:
    bad = photo("photo.heic")
    bad.file.seek(0)
    bad.file.write(b"\x00\x00\x00\x18ftypheic")
    bad.file.seek(0)
    data = train() | train(1) | {"lignes-0-file": bad, "lignes-1-file": photo()}
    response = artist.post(page(residency, "train"), data)
    assert response.status_code == 422
    first, second = response.context["lines"].forms
    assert "HEIC" in str(first.errors["file"])
    assert second.receipt is not None
    assert "capture d'écran" in text(response).replace("&#x27;", "'")


def test_a_line_of_which_only_a_refused_file_came_says_so(residency, artist) -> None:
    bad = SimpleUploadedFile("notes.pdf", b"not a receipt")
    response = artist.post(page(residency, "train"), train() | {"lignes-0-file": photo(), "lignes-1-file": bad})
    assert response.status_code == 422
    assert "ni un PDF, ni une image" in str(response.context["lines"].forms[1].errors["file"])


def test_lines_are_added_without_a_word_lost_and_blank_ones_do_not_count(residency, artist) -> None:
    more = artist.post(page(residency, "train"), train(1, action="more"))
    assert more.status_code == 200
    assert 'value="62,50"' in text(more)
    assert more.context["lines"].total_form_count() >= 4
    assert "Erreur" not in text(more)
    counted = artist.post(page(residency, "train"), train(1) | {"lignes-1-file": photo()})
    assert "Envoyer la demande (62,50 €)" in text(counted)
    half = artist.post(page(residency, "train"), train() | {"lignes-1-label": "Sans montant"})
    assert half.status_code == 422
    assert set(half.context["lines"].forms[1].errors) == {"nature", "day", "amount"}


def test_a_file_of_another_residency_is_not_taken(residency, artist) -> None:
    other = ResidencyFactory(season=residency.season)
    stolen = ticket(other).receipt
    response = artist.post(page(residency, "train"), train() | {"lignes-0-kept": str(stolen.uuid)})
    assert response.status_code == 422
    assert str(RefusalRule.NO_RECEIPT.label) in text(response)
    assert stolen.original_name not in text(response)


def test_a_claim_is_changed_and_taken_back_while_nobody_checked_it(residency, artist, desk) -> None:
    claim = trip(residency, mode="train")
    key = [residency.uuid, claim.payment.uuid]
    form = artist.get(reverse("studio:trip_change", args=key))
    kept = form.context["lines"].forms[0]["kept"].value()
    assert "billet.pdf" in text(form)
    changed = train() | {"lignes-0-amount": "50", "version": "0", "action": "send", "seen": "50.00"}
    response = artist.post(reverse("studio:trip_change", args=key), changed | {"lignes-0-kept": str(kept)})
    assert response.status_code == 302
    claim.payment.refresh_from_db()
    assert claim.payment.amount == D("50.00")
    stale = artist.post(reverse("studio:trip_change", args=key), changed | {"lignes-0-kept": str(kept)})
    assert stale.status_code == 422
    assert "a changé" in text(stale)
    payments.check(by=CoordinatorFactory(territory=residency.territory), payment=claim.payment)
    assert artist.get(reverse("studio:trip_change", args=key)).status_code == 409
    assert artist.post(reverse("studio:trip_withdraw", args=key)).status_code == 409
    assert "Modifier" not in text(artist.get(reverse("studio:trip", args=key)))


def test_a_closed_season_shows_its_trips_and_takes_no_more(residency, artist) -> None:
    claim = trip(residency)
    type(residency.season).objects.update(closed_at=claim.payment.claimed_at)
    key = [residency.uuid, claim.payment.uuid]
    assert "Modifier" not in text(artist.get(reverse("studio:trip", args=key)))
    for address in (reverse("studio:trip_new", args=key[:1]), page(residency, period=1)):
        assert artist.get(address).status_code == 409
    for name in ("studio:trip_change", "studio:trip_withdraw"):
        assert artist.post(reverse(name, args=key)).status_code == 409
    assert "Demander un voyage" not in text(artist.get(reverse("studio:money", args=key[:1])))


def test_taken_back_it_may_be_claimed_again(residency, artist) -> None:
    claim = trip(residency)
    key = [residency.uuid, claim.payment.uuid]
    assert "839,52" in text(artist.get(reverse("studio:trip_withdraw", args=key)))
    artist.post(reverse("studio:trip_withdraw", args=key))
    claim.payment.refresh_from_db()
    assert claim.payment.state == PaymentState.CANCELLED
    assert "demander à nouveau" in text(artist.get(reverse("studio:trip", args=key)))


# The desk --------------------------------------------------------------------------------------


def test_the_desk_reads_the_calculation_the_receipts_and_sets_a_fare(residency, desk) -> None:
    meal = Line(ExpenseNature.MEAL, "Déjeuner", date(2026, 10, 5), D("14.00"), None)
    claim = trip(residency, lines=[ticket(residency, "110", ExpenseNature.FIRST_CLASS), meal], mode="train")
    key = [residency.uuid, claim.payment.uuid]
    shown = text(desk.get(reverse("admin:residencies_residency_trip", args=key)))
    assert "tarif de seconde classe" in shown
    assert "Les repas ne sont pas pris en charge." in shown
    fare, other = claim.lines.order_by("pk")
    assert reverse("documents:file", args=[fare.receipt.uuid]) in shown
    url = reverse("admin:residencies_residency_trip_line", args=[*key, fare.uuid])
    assert url in shown
    assert reverse("admin:residencies_residency_trip_line", args=[*key, other.uuid]) not in shown
    wrong = desk.post(url, {"covered": "58", "words": "", "version": "0"})
    assert wrong.status_code == 422
    desk.post(url, {"covered": "58", "words": "Tarif du même train", "version": "0"})
    claim.payment.refresh_from_db()
    assert claim.payment.amount == D("58.00")
    assert OutgoingMail.objects.filter(kind="trip.coverage_changed").count() == 1
    stale = desk.post(url, {"covered": "60", "words": "Encore", "version": "0"})
    assert stale.status_code == 422
    assert 'value="60' in text(stale)


def test_every_desk_reads_the_scales_and_an_administrator_adds_the_next_version(residency, desk) -> None:
    version = ScaleVersion.objects.get(kind="fiscal")
    url = reverse("admin:residencies_scaleversion_change", args=[version.pk])
    assert "0,636" in text(desk.get(url))
    assert desk.post(url, {}).status_code == 403
    admin = Client()
    admin.force_login(AdministratorFactory())
    add = reverse("admin:residencies_scaleversion_add")
    row = {"power_from": "1", "power_to": "4", "km_above": "0", "rate": "0.7", "fixed": "0"}
    data = {
        "kind": "fiscal", "applies_from": "2027-01-01", "method": "total", "electric_multiplier": "1.2",
        "source": "texte inventé", "brackets-TOTAL_FORMS": "1", "brackets-INITIAL_FORMS": "0",
    } | {f"brackets-0-{name}": value for name, value in row.items()}  # fmt: skip
    assert "5 CV" in text(admin.post(add, data))
    assert ScaleVersion.objects.filter(kind="fiscal").count() == 1
    assert admin.post(add, data | {"brackets-0-power_to": ""}).status_code == 302
    later = ScaleVersion.objects.get(kind="fiscal", applies_from=date(2027, 1, 1))
    assert [(row.power_from, row.power_to, row.rate) for row in later.brackets.all()] == [(1, None, D("0.7000"))]
    # Counted with the first one: it only reads from then on.
    trip(residency)
    assert admin.post(url, data).status_code == 403
    assert (
        admin.post(reverse("admin:residencies_scaleversion_delete", args=[later.pk]), {"post": "yes"}).status_code
        == 302
    )


@pytest.mark.parametrize("side", ["artist", "desk"])
def test_a_claim_costs_the_same_with_three_lines_and_with_fifteen(residency, artist, desk, side) -> None:
    names = {"artist": (artist, "studio:trip"), "desk": (desk, "admin:residencies_residency_trip")}
    browser, name = names[side]

    def cost(claim: TripClaim) -> int:
        url = reverse(name, args=[residency.uuid, claim.payment.uuid])
        browser.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url).status_code == 200
        return len(queries)

    few = trip(residency, 0, lines=[ticket(residency) for _ in range(3)], mode="train")
    many = trip(residency, 1, lines=[ticket(residency, period=1) for _ in range(15)], mode="train")
    assert cost(few) == cost(many) <= 14
