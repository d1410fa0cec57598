"""What the tests of the planning share."""

from __future__ import annotations

from datetime import date
from typing import Any

from clea.accounts.models import User
from residencies.enums import PaperKind, PaperState
from residencies.models import Activity, Paper, Residency, Session
from residencies.services import sessions
from structures.models import Structure
from tests.factories.residencies import moment, team
from tests.factories.structures import CommuneFactory, StructureFactory


def signed(residency: Residency) -> Residency:
    """Its contract is signed."""
    Paper.objects.create(
        kind=PaperKind.CONTRACT,
        residency=residency,
        number=f"C-{residency.pk}",
        title="Contrat",
        body="Texte",
        state=PaperState.SIGNED,
        signed_on=date(2026, 9, 1),
    )
    return residency


def place(residency: Residency, name: str, *, latitude: float = 50.43, members: int = 2) -> Structure:
    """A structure with its team, in a commune of its own."""
    commune = CommuneFactory(territory=residency.territory, latitude=latitude, longitude=2.83)
    structure = StructureFactory(commune=commune, name=name)
    if members:
        team(structure, members)
    return structure


def plan(
    by: User, activity: Activity, on: str = "2027-02-02", at: str = "10:00", until: str = "11:30", **more: Any
) -> Session:
    """At the activity's first structure unless told."""
    if not {"host", "commune", "place"} & more.keys():
        more["host"] = activity.structures.first()
    return sessions.plan(by=by, activity=activity, starts_at=moment(on, at), ends_at=moment(on, until), **more)


def codes(error: sessions.Warned) -> list[str]:
    return [row.code.value for row in error.warnings]


def reasons(error: sessions.Warned, words: str = "Convenu de vive voix.") -> dict[str, str]:
    """A reason for each."""
    return {row.key: words for row in error.warnings}
