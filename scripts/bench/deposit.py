"""A whole deposit through the forms: every page read, filled and sent, five PDFs of 4 MB, until the confirmation.

In process, with the bench's own settings: what is counted is queries and processor time, which no network changes.
"""

from __future__ import annotations

import time
from typing import Any

from bench.figures import Figure
from bench.rush import MEGABYTE, heavy_pdf
from bench.site import HOST, Bench, alone

PART = "deposit"
#: pretalx 2026.2.1, through its own forms.
PEER = 140


def run(bench: Bench) -> list[Figure]:
    """Half of the peer's queries for what it asks; a dossier of ours beside it."""
    bench.setup()
    from candidatures.models import Season
    from tests.candidatures import depositing

    season = Season.objects.order_by("-starts_on").first()
    given: dict[str, Any] = {} if season is None else {"season": season}
    found: list[Figure] = []
    for name, make, pdf in (
        ("a form like the peer's: who, what, a text, an agreement", depositing.plain, b""),
        (
            "a dossier of ours, five PDFs of 4 MB",
            depositing.five_pieces,
            heavy_pdf((1 if bench.quick else 4) * MEGABYTE),
        ),
    ):
        stamp = f"{time.time_ns():x}"
        call = make(slug=f"depot-{stamp}", reference_prefix=f"D{stamp[-8:].upper()}", **given)
        # Another artist came before: each process has read the templates, and what the call asks for.
        depositing.deposit(call, pdf=pdf, host=HOST, email=f"premier-{stamp}@exemple.test")
        began = time.process_time()
        counts = depositing.deposit(call, pdf=pdf, host=HOST, email=f"depot-{stamp}@exemple.test")
        spent = (time.process_time() - began) * 1000
        limit = PEER / 2 - 1 if make is depositing.plain else None
        found += [
            Figure(PART, f"{name}: queries", sum(counts), "queries", limit,
                   note=f"{len(counts)} pages and forms; the peer: {PEER}"),
            Figure(PART, f"{name}: processor time of the pages", spent, "ms"),
        ]  # fmt: skip
    return found


if __name__ == "__main__":
    alone(run, serving=False)
