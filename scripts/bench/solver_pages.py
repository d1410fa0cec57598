"""From a click on the desk to its page, at the size the methods are asked for: rows read, the answer computed, written.

On the database of this part alone, filled here and thrown away. Processor time of the request in this process, queries
included (SQLite runs in it).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from bench.figures import Figure

PART = "solvers"
DOSSIERS, READERS, POOL, STRUCTURES, ARTISTS = 500, 15, 30, 120, 6
#: What "where next" chooses among.
PLACES = 5000


def clicks(rounds: int) -> Iterator[Figure]:
    """One figure a page. Each is asked once before it is measured: what a process reads once is not counted."""
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import CaptureQueriesContext, setup_test_environment

    call_command("migrate", verbosity=0)
    setup_test_environment()
    client, pages = fill()
    for what, (address, limit, words) in pages.items():
        client.get(address)
        times = []
        for _round in range(rounds):
            began = time.process_time()
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address)
            times.append(time.process_time() - began)
            text = answer.content.decode()
            if answer.status_code != 200 or words not in text:
                raise AssertionError(f"{what}: {answer.status_code}, without « {words} »")
        note = f"processor, the whole request; {len(queries)} queries, {len(text) // 1024} KB"
        yield Figure(PART, f"click: {what}", round(statistics.median(times), 2), "s", limit, note=note)
    connection.close()


def fill() -> tuple[Any, dict[str, tuple[str, float, str]]]:
    """A signed-in coordinator, and for each page its address, its limit, and words that prove the answer."""
    from django.test import Client

    from clea.accounts import factor
    from tests.factories.structures import CoordinatorFactory, real_territory

    territory = real_territory()
    coordinator = CoordinatorFactory(territory=territory)
    client = Client(REMOTE_ADDR="127.0.0.1")
    client.force_login(coordinator, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    factor.vouch(session, coordinator)
    session.save()
    return client, jury_pages(territory) | season_pages(territory, coordinator)


def jury_pages(territory: Any) -> dict[str, tuple[str, float, str]]:
    from django.urls import reverse

    from candidatures.models import Position
    from tests.factories.jury import JurorFactory, JuryFactory, ReviewFactory, eligible
    from tests.factories.structures import InstitutionFactory

    jury = JuryFactory(territory=territory, readers_per_dossier=3, institutions_per_dossier=2)
    Position.objects.filter(call=jury.call).update(count=6)
    houses = [InstitutionFactory(territory=territory) for _n in range(5)]
    jurors = [JurorFactory(jury=jury, institution=houses[n % 5]) for n in range(READERS)]
    dossiers = eligible(jury.call, DOSSIERS)
    for n, dossier in enumerate(dossiers[:POOL]):
        ReviewFactory(juror=jurors[n % READERS], application=dossier, notes=[1 + n % 4, 1 + n // 4 % 4])
    plan = reverse("admin:candidatures_jury_assignment_plan", args=[jury.uuid])
    asked = {"readers": 3, "institutions": 2}
    wants = {
        "taille": 6, "parmi": "premiers", "premiers": POOL, "score": "moyenne", "notes": 3, "disciplines": 2,
        "axes": 1, "publics": 1, "origines": 1, "enveloppe": "", "ecart": 2,
    }  # fmt: skip
    sets = reverse("admin:candidatures_jury_sets", args=[jury.uuid])
    return {
        f"assignment of {DOSSIERS} dossiers to {READERS} members": (f"{plan}?{urlencode(asked)}", 2.0, "Aucune autre"),
        "an assignment that cannot be, and why": (
            f"{plan}?{urlencode(asked | {'readers': 6, 'institutions': 6})}", 2.0, "5 institutions possibles sur 6",
        ),
        f"sets of 6 among {POOL}": (f"{sets}?{urlencode(wants)}", 2.0, "593"),
    }  # fmt: skip


def season_pages(territory: Any, coordinator: Any) -> dict[str, tuple[str, float, str]]:
    from django.urls import reverse
    from django.utils import timezone

    from residencies.models import MeetingWish, Registration
    from residencies.services import events
    from structures.models import Commune, Structure
    from tests.factories.candidatures import SeasonFactory
    from tests.factories.residencies import ResidencyFactory, moment, plan_many

    season = SeasonFactory(territory=territory)
    communes = list(Commune.objects.filter(territory=territory))
    first = Structure.objects.filter(territory=territory).count()
    Structure.objects.bulk_create(
        Structure(territory=territory, commune=communes[n % len(communes)], name=f"Lieu {n}", slug=f"lieu-{n}")
        for n in range(first, PLACES)
    )
    places = list(Structure.objects.filter(territory=territory, is_category=False).order_by("pk"))
    residencies = [ResidencyFactory(season=season) for _n in range(ARTISTS)]
    for rank, residency in enumerate(residencies):
        plan_many(residency, 25, places[rank * 25 : rank * 25 + 25])
    event = events.create(
        by=coordinator, season=season, residencies=residencies, rooms=[f"Table {n + 1}" for n in range(ARTISTS - 2)],
        programme=[], title="La 27e heure", place="Salle des fêtes", slot_minutes=10, break_minutes=0,
        starts_at=moment("2027-10-06", "09:00"), ends_at=moment("2027-10-06", "18:00"),
        meetings_from=moment("2027-10-06", "10:00"), meetings_to=moment("2027-10-06", "17:00"),
    )  # fmt: skip
    comers = places[:STRUCTURES]
    Registration.objects.bulk_create(
        Registration(
            event=event, structure=place, name="Équipe", email=f"equipe{n}@exemple.test", people=2,
            state="confirmed", made_at=timezone.now(),
        )
        for n, place in enumerate(comers)
    )  # fmt: skip
    MeetingWish.objects.bulk_create(
        MeetingWish(
            event=event, structure=place, residency=residencies[(n + rank * (1 + n % 2)) % ARTISTS], rank=rank + 1
        )
        for n, place in enumerate(comers)
        for rank in range(3)
    )
    week = date(2027, 2, 1) + timedelta(weeks=1)
    where = reverse("admin:residencies_season_where_next", args=[season.uuid])
    return {
        f"meetings of {ARTISTS} artists and {STRUCTURES} structures": (
            reverse("admin:residencies_event_compute", args=[event.uuid]), 2.0, "Table 4",
        ),
        f"where next among {PLACES} structures": (f"{where}?semaine={week.isoformat()}", 1.0, "Lieu"),
    }  # fmt: skip
