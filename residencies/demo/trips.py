"""Home and back: the trips claimed in both seasons, by train, by car, and one that the rules exclude."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile

from residencies.demo import drawings, ending, past_data
from residencies.demo.life import artist
from residencies.enums import ExpenseNature, RefusalRule, TravelMode
from residencies.models import Period, Residency, TripClaim
from residencies.services import payments, trips
from residencies.services.trips import Facts, Line

if TYPE_CHECKING:
    from residencies.demo.build import Scene

#: Kilometres from home to the territory, by the key of the residency of the season before.
HOME = {"carreau": 42, "galibot": 112, "crayon": 38, "haveuse": 188, "crassier": 131, "bobine": 21}


def former(scene: Scene) -> None:
    """Three return trips each, by car, paid."""
    for past in past_data.RESIDENCIES:
        residency = scene.past[past.key]
        for period in residency.periods.order_by("starts_on"):
            claim = _by_car(residency, period, past.home, HOME[past.key], power=5)
            ending.settle(scene, claim.payment, date(2026, 6, 30))


def immersion(scene: Scene) -> None:
    """The trip of the immersion week: paid, approved, refused, or waiting to be checked."""
    first = {key: row.periods.order_by("starts_on")[0] for key, row in scene.residencies.items()}
    claim = _by_train(scene.residencies["briquet"], first["briquet"])
    ending.settle(scene, claim.payment, date(2026, 10, 20))
    claim = _by_car(scene.residencies["houille"], first["houille"], "Reims", 187, power=6)
    row = payments.check(by=scene.desk, payment=claim.payment)
    payments.approve(by=scene.desk, payment=row)
    claim = _by_car(scene.residencies["rivelaine"], first["rivelaine"], "Lille", 39, power=4)
    payments.refuse(
        by=scene.desk,
        payment=claim.payment,
        rule=RefusalRule.OUTSIDE_FRANCE,
        words="Vous veniez ce jour-là d'une tournée en Belgique, pas de votre domicile.",
    )
    _by_car(scene.residencies["wagonnet"], first["wagonnet"], "Amiens", 74, power=7)


def _by_car(residency: Residency, period: Period, home: str, kilometres: int, *, power: int) -> TripClaim:
    return trips.claim(
        by=artist(residency),
        residency=residency,
        facts=Facts(
            period=period,
            mode=TravelMode.CAR,
            home_city=home,
            out_on=period.starts_on,
            back_on=period.ends_on,
            km_out=kilometres,
            km_back=kilometres,
            fiscal_power=power,
        ),
    )


def _by_train(residency: Residency, period: Period) -> TripClaim:
    """Two tickets with their receipts, and a meal that the call does not cover."""
    who = artist(residency)
    out, back = period.starts_on - timedelta(days=1), period.ends_on
    lines = []
    for label, day, amount in (
        ("Aller, seconde classe", out, Decimal("47.00")),
        ("Retour, seconde classe", back, Decimal("52.50")),
    ):
        picture = drawings.ticket([label, f"{day:%d/%m/%Y}", f"{amount} EUR"])
        receipt = trips.keep_receipt(
            by=who, residency=residency, upload=SimpleUploadedFile(f"billet-{day:%d-%m}.jpg", picture, "image/jpeg")
        )
        lines.append(Line(ExpenseNature.TICKET, label, day, amount, receipt))
    lines.append(Line(ExpenseNature.MEAL, "Déjeuner à l'arrivée", out, Decimal("14.80")))
    facts = Facts(period=period, mode=TravelMode.TRAIN, home_city="Nantes", out_on=out, back_on=back)
    return trips.claim(by=who, residency=residency, facts=facts, lines=lines)
