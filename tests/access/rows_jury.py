"""The world of the selection: a closed call, its jury, and one dossier read by one juror.

``world.jury``, ``world.read_dossier`` (admissible, given to JUROR and to RECUSED_JUROR, who stepped
aside), ``world.jurors`` by role. The addresses are in ``rows_jury_<subject>.py``.
"""

from __future__ import annotations

from tests.access.matrix import Role, Row
from tests.access.world import World
from tests.factories.candidatures import ApplicationFactory
from tests.factories.jury import JurorFactory, JuryFactory, RecusalFactory, read_by


def build(world: World) -> None:
    world.jury = JuryFactory(territory=world.territory)
    world.jury_call = world.jury.call
    world.read_dossier = ApplicationFactory(
        call=world.jury_call, owner=world.people[Role.OWNER], submitted=True, state="eligible"
    )
    world.jurors = {
        role: JurorFactory(jury=world.jury, user=world.people[role])
        for role in (Role.JUROR, Role.OTHER_JUROR, Role.RECUSED_JUROR)
    }
    read_by(world.jurors[Role.JUROR], world.read_dossier)
    read_by(world.jurors[Role.RECUSED_JUROR], world.read_dossier)
    RecusalFactory(juror=world.jurors[Role.RECUSED_JUROR], application=world.read_dossier)


ROWS: list[Row] = []
