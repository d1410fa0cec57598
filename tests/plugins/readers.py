"""What strangers send is put together in this process here: its limits have their own tests (``bounded``)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True, scope="session")
def _assembled_here() -> Iterator[None]:
    """A fifth of a second less for each dossier. ``bounded.run`` itself is untouched."""
    from clea.documents import assembler
    from clea.documents.services import assembly, bounded

    class Here:
        Busy = bounded.Busy

        @staticmethod
        def run(
            program: Path, arguments: list[str], *, answer: Any = None, meanwhile: Any = None, **limits: Any
        ) -> dict[str, Any] | None:
            if program.name != "assembler.py":  # a test put another in its place
                return bounded.run(program, arguments, answer=answer, meanwhile=meanwhile, **limits)
            job, out = arguments
            if meanwhile is not None:
                meanwhile()
            return assembler.work(json.loads(Path(job).read_text("utf-8")), out, answer)

    patch = pytest.MonkeyPatch()
    patch.setattr(assembly, "bounded", Here)
    yield
    patch.undo()
