"""The pages of money: a residency's on the desk, a season's payments, the artist's own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pikepdf
import pytest
import time_machine
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from clea.accounts.models import User
from clea.journal.models import Entry
from residencies.admin import money as desk_money
from residencies.enums.money import PaymentKind, PaymentState, RefusalRule
from residencies.methods.cents import total
from residencies.models import Payment, Residency, ResidencyBudget
from residencies.reports import expense_statement
from residencies.services import payments
from tests.factories.money import PaymentFactory, funded, many_payments
from tests.factories.residencies import artist_of
from tests.factories.structures import CoordinatorFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_clock")]

S = PaymentState


@pytest.fixture
def _clock() -> Iterator[None]:
    with time_machine.travel("2027-03-10 10:00+01:00", tick=False):
        yield


@pytest.fixture
def residency() -> Residency:
    return funded()


@pytest.fixture
def coordinator(residency: Residency) -> User:
    return CoordinatorFactory(territory=residency.territory)


@pytest.fixture
def desk(coordinator: User) -> Client:
    client = Client()
    client.force_login(coordinator)
    return client


def of_residency(residency: Residency, name: str) -> str:
    return reverse(f"admin:residencies_residency_{name}", args=[residency.uuid])


def of_season(residency: Residency, name: str, *more: object) -> str:
    return reverse(f"admin:residencies_season_{name}", args=[residency.season.uuid, *more])


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return plain(response.content.decode())


def plain(text: str) -> str:
    for space in ("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}", "&nbsp;"):
        text = text.replace(space, " ")
    return text


def test_a_residency_from_its_budget_to_its_last_payment(desk: Client, residency: Residency) -> None:
    over = {
        "net": "12 000",
        "gross": "16 000",
        "charges": "8 000,01",
        "total": "24 000,01",
        "lump_sum": "500",
        "trips": "3",
    }
    response = desk.post(of_residency(residency, "money_budget"), over | {"version": "0"})
    assert response.status_code == 422
    assert "dépasse de 0,01 € le plafond de l'appel (24 000,00 €)" in plain(response.content.decode()).replace(
        "&#x27;", "'"
    )
    assert 'value="24 000,01"' in response.content.decode()
    good = over | {"charges": "8 000", "total": "24 000", "version": "0"}
    assert desk.post(of_residency(residency, "money_budget"), good).status_code == 302
    assert ResidencyBudget.objects.get().total == 24000

    page = read(desk, of_residency(residency, "money_schedule"))
    assert 'value="2027-02-28"' in page
    assert page.count('type="date"') == 4
    days = {"nombre": "4", "day_1": "2027-02-28", "day_2": "2027-03-31", "day_3": "", "day_4": "2027-04-30"}
    assert desk.post(of_residency(residency, "money_schedule"), days).status_code == 302
    assert [one.amount for one in Payment.objects.all()] == [4000, 4000, 4000]
    assert desk.post(of_residency(residency, "money_lump_sum"), {"due_on": "2027-03-31"}).status_code == 302
    typed = {"label": "Captation", "payee": "Image Nord", "amount": "300", "cost": "", "due_on": ""}
    assert desk.post(of_residency(residency, "money_expense"), typed).status_code == 302

    page = read(desk, of_residency(residency, "money"))
    assert "12 800,00 € à verser en tout" in page
    assert "échéance passée" in page
    first = Payment.objects.earliest("pk")
    payments.cancel(by=User.objects.get(pk=int(desk.session["_auth_user_id"])), payment=first, why="Reporté.")
    page = read(desk, of_residency(residency, "money"))
    assert "Les échéances font 8 000,00 € net et 16 000,00 €" in page
    assert "Établir l'échéancier (4 000,00 € à prévoir)" in page.replace("&#x27;", "'")


def test_one_payment_through_its_pages(desk: Client, residency: Residency) -> None:
    payment = PaymentFactory(residency=residency)

    def act(slug: str, **typed: str) -> int:
        version = str(Payment.objects.get(pk=payment.pk).version)
        address = of_season(residency, "payment_act", payment.uuid, slug)
        return desk.post(address, typed | {"version": version}).status_code

    changed = {"label": "Première", "payee": "Compagnie", "amount": "2 999,50", "cost": "5600", "due_on": "2027-03-01"}
    address = of_season(residency, "payment_change", payment.uuid)
    assert desk.post(address, changed | {"version": "0"}).status_code == 302
    stale = desk.post(address, changed | {"version": "0", "amount": "1"})
    assert stale.status_code == 422
    assert 'value="1"' in stale.content.decode()
    assert act("payer", paid_on="2027-03-01") == 422
    assert act("verifier") == act("valider") == 302
    assert "prévenus aussitôt" in read(desk, of_season(residency, "payment_act", payment.uuid, "payer"))
    assert act("payer", paid_on="2027-03-11", reference="MDT-1") == 422
    assert act("payer", paid_on="2027-03-01", reference="MDT-1") == 302
    page = read(desk, of_season(residency, "payment", payment.uuid))
    assert "MDT-1" in page
    assert "2 999,50 €" in page
    assert act("reference", paid_on="2027-03-02", reference="MDT-2") == 302
    assert act("reprendre", why="Mauvaise ligne.") == 302
    assert act("renvoyer", why="À revoir.") == act("refuser", rule=RefusalRule.OTHER, words="Hors appel.") == 302
    assert act("retablir") == 302
    payment.refresh_from_db()
    assert payment.state == S.CLAIMED
    assert desk.get(of_season(residency, "payment_act", payment.uuid, "rien")).status_code == 404


def test_several_at_once_behind_a_page_that_gives_their_total(desk: Client, residency: Residency) -> None:
    claimed = PaymentFactory(residency=residency, state=S.CLAIMED, amount=Decimal("100.10"), cost=Decimal("100.10"))
    planned = PaymentFactory(residency=residency, amount=Decimal("50.05"), cost=Decimal("60.00"))
    paid = PaymentFactory(residency=residency, state=S.PAID, label="Déjà payé")
    address = of_season(residency, "payments_act")
    chosen = {"action": "verifier", "payments": [str(one.uuid) for one in (claimed, planned, paid)]}
    page = plain(desk.post(address, chosen).content.decode())
    assert "150,15 €" in page
    assert "160,10 €" in page
    assert "1 paiement est laissé de côté" in page
    assert Payment.objects.get(pk=claimed.pk).state == S.CLAIMED
    # One of them changed between the page and the button: the others are done, that one says so.
    seen = {f"v-{claimed.uuid}": "0", f"v-{planned.uuid}": "7"}
    answer = desk.post(address, chosen | seen | {"confirmed": "1"}, follow=True).content.decode()
    assert "1 paiement est vérifié." in answer
    assert "a changé depuis que vous avez ouvert la page" in answer
    assert Payment.objects.filter(state=S.CHECKED).get() == claimed
    several = {"action": "payer", "payments": [str(claimed.uuid)], "confirmed": "1", "paid_on": ""}
    assert desk.post(address, several).status_code == 422
    assert desk.post(address, {"action": "verifier"}).status_code == 302
    assert desk.post(address, {"action": "refuser", "payments": [str(claimed.uuid)]}).status_code == 404


def test_the_finance_department_reads_the_same_figures(desk: Client, residency: Residency) -> None:
    made = many_payments(residency, 12)
    PaymentFactory(residency=residency, state=S.CANCELLED, label="=HYPERLINK(1)")
    address = of_season(residency, "payments_export")
    book = load_workbook(io.BytesIO(b"".join(desk.post(address, {"form": "xlsx"}))))
    rows = list(book["Paiements"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == 13
    assert (
        total(Decimal(str(row[6])).quantize(Decimal("0.01")) for row in rows)
        == total(one.amount for one in made) + 3000
    )
    assert rows[0][8].date() == date(2027, 1, 1)
    last = list(book["Totaux"].iter_rows(values_only=True))[-1]
    assert last[1] == 12
    assert Decimal(str(last[3])).quantize(Decimal("0.01")) == total(one.cost for one in made)
    sent = desk.post(address, {"form": "csv", "etat": "paid"})
    lines = list(csv.reader(io.StringIO(b"".join(sent).decode("utf-8-sig")), delimiter=";"))
    assert lines[0][6] == "Montant versé (€)"
    assert len(lines) == 1 + sum(one.state == S.PAID for one in made)
    text = b"".join(desk.post(address, {"form": "csv", "etat": "cancelled"})).decode()
    assert "'=HYPERLINK(1)" in text
    assert Entry.objects.filter(verb="payment.exported").count() == 3
    assert desk.post(address, {"form": "exe"}).status_code == 404


def test_the_list_is_filtered_and_its_totals_follow(desk: Client, residency: Residency) -> None:
    PaymentFactory(
        residency=residency, state=S.CLAIMED, label="Réclamé", amount=Decimal("12.34"), cost=Decimal("12.34")
    )
    PaymentFactory(residency=residency, label="En retard", due_on=date(2027, 3, 9))
    PaymentFactory(residency=residency, label="À venir", due_on=date(2027, 3, 10), kind=PaymentKind.LUMP_SUM)
    address = of_season(residency, "payments")

    def shown(question: str) -> list[str]:
        page = read(desk, f"{address}{question}")
        return [label for label in ("Réclamé", "En retard", "À venir") if f">{label}</a>" in page]

    assert shown("") == shown("?etat=inventé") == ["Réclamé", "En retard", "À venir"]
    assert shown("?etat=claimed") == ["Réclamé"]
    assert shown("?retard=on") == ["En retard"]
    assert shown("?nature=lump_sum") == ["À venir"]
    assert shown(f"?residence={residency.slug}") == ["Réclamé", "En retard", "À venir"]
    assert shown("?residence=saison") == []
    assert "12,34 € à verser" in read(desk, f"{address}?etat=claimed")


def test_the_artist_sees_what_is_paid_and_what_is_left(residency: Residency) -> None:
    PaymentFactory(residency=residency, state=S.PAID, reference="MDT-3")
    PaymentFactory(residency=residency, label="La suivante")
    client = Client()
    client.force_login(artist_of(residency))
    page = read(client, reverse("studio:money", args=[residency.uuid]))
    assert page.count("3 000,00 €") >= 4
    assert page.count("<dd>6 000,00 €</dd>") == 1
    assert page.count("<dd>3 000,00 €</dd>") == 2
    assert "réf. MDT-3" in page
    assert "/coordination/" not in page


def test_the_statement_is_tagged_and_gives_the_totals(residency: Residency) -> None:
    PaymentFactory(residency=residency, state=S.PAID)
    PaymentFactory(residency=residency, kind=PaymentKind.TRIP, state=S.CLAIMED, amount=Decimal(80), cost=Decimal(80))
    refused = {"state": S.REFUSED, "refused_rule": RefusalRule.MEALS, "amount": Decimal(40), "cost": Decimal(40)}
    PaymentFactory(residency=residency, kind=PaymentKind.TRIP, **refused)
    found = expense_statement.context(residency)
    assert (found["asked"], found["covered"]) == (120, 80)
    assert (found["money"].total.amount, found["money"].total.left) == (3080, 80)
    with pikepdf.open(io.BytesIO(expense_statement.pdf(residency))) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.docinfo["/Title"]).startswith("État de frais")


def test_the_desk_says_what_waits(residency: Residency, coordinator: User) -> None:
    request = RequestFactory().get("/")
    request.user = coordinator
    assert desk_money.desk_items(request) == []
    PaymentFactory(residency=residency, state=S.CLAIMED, due_on=None)
    PaymentFactory(residency=residency, due_on=date(2027, 3, 9))
    PaymentFactory(residency=residency, due_on=date(2027, 3, 10))
    PaymentFactory(residency=residency, state=S.CHECKED, checked_by=coordinator, due_on=None)
    with CaptureQueriesContext(connection) as queries:
        found = desk_money.desk_items(request)
    assert len(queries) == 1
    assert [(one.count, one.url.partition("?")[2]) for one in found] == [
        (1, "etat=claimed"),
        (1, "retard=on"),
        (1, "etat=checked"),
    ]
    # Where two people are needed, what one checked waits for the other.
    residency.territory.two_person_payments = True
    residency.territory.save()
    assert len(desk_money.desk_items(request)) == 2
    request.user = CoordinatorFactory(territory=residency.territory)
    assert len(desk_money.desk_items(request)) == 3


def test_a_closed_season_is_read_and_no_longer_written(desk: Client, residency: Residency) -> None:
    payment = PaymentFactory(residency=residency, state=S.PAID)
    season = residency.season
    season.closed_at = timezone.now()
    season.save()
    assert "Modifier le budget" not in read(desk, of_residency(residency, "money"))
    page = read(desk, of_season(residency, "payment", payment.uuid))
    assert "Corriger la date ou la référence" in page
    assert "Reprendre un paiement" not in page
    assert desk.post(of_residency(residency, "money_lump_sum"), {}).status_code == 422


def test_pages_cost_the_same_at_three_and_thirty(desk: Client, residency: Residency) -> None:
    artist = Client()
    artist.force_login(artist_of(residency))
    pages = [
        (desk, of_residency(residency, "money")),
        (desk, of_season(residency, "payments")),
        (artist, reverse("studio:money", args=[residency.uuid])),
    ]

    def cost() -> list[int]:
        taken = []
        for client, address in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            taken.append(len(queries))
        return taken

    many_payments(residency, 3)
    cost()  # what is read once a process
    few = cost()
    many_payments(residency, 30)
    assert cost() == few
    assert max(few) <= 20
