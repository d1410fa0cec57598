"""What the residencies do by the clock. Each subject adds its own line."""

from __future__ import annotations

from clea.rounds import Round
from residencies.services import documents

ROUNDS: dict[str, Round] = {
    "residencies.documents": documents.remind,
    "residencies.documents_purge": documents.purge,
}
