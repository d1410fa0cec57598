"""Make one PDF out of many, or a copy that says nothing of its maker, in a process of its own that may be killed.

The twin of ``inspector.py`` for what is written. Run as a script, never imported by the site, without Django:

    python -I assembler.py JOB OUT MEMORY_BYTES CPU_SECONDS

JOB is a JSON file: ``{"clean": path}``, or what :func:`assembled` reads. Asks the site on stdout, one JSON object a
line: whether its cover and contents are written (``{"ask": "ours"}`` → ``{}``), for a sheet of letters (``{"ask":
"sheet", "characters": …}`` → ``{"path": …}``) and for other words (``{"ask": "reword", "part": 3, "text": …}`` →
``{"text": …}``); then says ``{"pages": 12}``, or ``{"failed": "…"}``.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import pikepdf

from clea.documents.pdf.merge import Source, Unfaithful, clean, merge, sign
from clea.documents.pdf.pen import Pen

#: No picture is described in more: such a text hides something.
LONGEST_TEXT = 100_000

Ask = Callable[[dict[str, Any]], dict[str, Any]]


def main(argv: list[str]) -> int:
    memory, cpu = int(argv[3]), int(argv[4])
    for what, limit in (("AS", memory), ("FSIZE", memory), ("CPU", cpu), ("CORE", 0)):
        resource.setrlimit(getattr(resource, f"RLIMIT_{what}"), (limit, limit))
    sys.stdout.write(json.dumps(work(json.loads(Path(argv[1]).read_text("utf-8")), argv[2], _ask)))
    return 0


def _ask(question: dict[str, Any]) -> dict[str, Any]:
    sys.stdout.write(json.dumps(question) + "\n")
    sys.stdout.flush()
    answer: dict[str, Any] = json.loads(sys.stdin.readline())
    return answer


def work(job: dict[str, Any], path: str, ask: Ask) -> dict[str, Any]:
    """Do ``job``, writing at ``path``; the answer, whatever happens."""
    try:
        with warnings.catch_warnings(action="ignore"), open(path, "w+b") as out:
            if "clean" in job:
                clean(job["clean"], out)
                sign(out)
                return {}
            pages = assembled(job, out, ask)
            sign(out)
            return {"pages": pages}
    except Unfaithful as error:
        return {"failed": str(error)}
    except Exception as error:  # noqa: BLE001 - what a stranger's file does to the reader is said, not suffered
        return {"failed": f"{type(error).__name__} while the pieces were read"}


def assembled(job: dict[str, Any], out: BinaryIO, ask: Ask) -> int:
    """``job``: ``parts`` (title, path, awaited, pages, bookmarks, reword), and the arguments of :func:`merge`.

    The parts ``awaited`` are ours, written by the site while the others are read.
    """

    @cache
    def wait() -> None:
        ask({"ask": "ours"})

    def awaited(path: str) -> Callable[[], str]:
        def written() -> str:
            wait()
            return path

        return written

    def reword(part: int) -> Callable[[str], str]:
        @cache
        def other(text: str) -> str:
            if len(text) > LONGEST_TEXT:
                return ""
            return str(ask({"ask": "reword", "part": part, "text": text})["text"])

        return other

    def pen(into: pikepdf.Pdf, characters: str, prefix: str, opened: ExitStack) -> Pen:
        # The sheet stays open until the whole is written, since streams are copied then.
        sheet = ask({"ask": "sheet", "characters": characters})["path"]
        return Pen(into, opened.enter_context(pikepdf.open(sheet)), prefix)

    sources = [
        Source(
            part["title"],
            awaited(part["path"]) if part["awaited"] else part["path"],
            pages=part["pages"],
            bookmarks=part["bookmarks"],
            reword=reword(place) if part["reword"] else None,
        )
        for place, part in enumerate(job["parts"])
    ]
    return merge(
        sources,
        contents=job["contents"],
        stamp=Path(job["stamp"]),
        pen=pen,
        key=job["key"],
        title=job["title"],
        language=job["language"],
        out=out,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv))
