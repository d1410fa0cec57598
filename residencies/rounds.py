"""What the residencies do by the clock. Each subject adds its own line."""

from __future__ import annotations

from clea.rounds import Round

ROUNDS: dict[str, Round] = {}
