"""What the antivirus holds, in the season of the world: its coordination decides, and nobody else knows of it."""

from __future__ import annotations

from django.utils import timezone

from clea.documents.enums import ScanState
from clea.documents.models import HeldFile, StoredFile
from tests.access.desk import NOBODY, Desk
from tests.access.world import World
from tests.factories.communication import PressItemFactory
from tests.factories.documents import StoredFileFactory


def build(world: World) -> None:
    stored = StoredFileFactory(original_name="retenu.pdf")
    PressItemFactory(season=world.residency.season, day=timezone.localdate(), stored_file=stored)
    StoredFile.objects.filter(pk=stored.pk).update(
        scan=ScanState.INFECTED, threat="Clea.Test", scanned_at=timezone.now()
    )
    world.held = HeldFile.objects.get(pk=stored.pk)


DESK = {"documents.heldfile": Desk(lambda w: w.held, add=NOBODY, delete=NOBODY)}
ROWS = []
