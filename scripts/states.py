"""Draw docs/states.md from the tables of transitions in the code."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "states.md"

HEAD = """\
# States

Drawn from the code by `make states`; a test holds that it is current. A state changes in a service,
under a lock, once the table below has said yes; the words are those of the coordination's desk.
"""


def chart(transitions: Mapping, first: str) -> str:
    """A Mermaid diagram. A state that may follow itself is drawn as a loop."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {state.value}: {state.label}" for state in transitions]
    lines.append(f"    [*] --> {first}")
    for state, targets in transitions.items():
        lines += [f"    {state.value} --> {target.value}" for target in transitions if target in targets]
        if not targets:
            lines.append(f"    {state.value} --> [*]")
    return "\n".join([*lines, "```"])


def table(transitions: Mapping) -> str:
    """The same for those who read tables, in the order of the code."""
    lines = ["| state | in French | may become |", "| --- | --- | --- |"]
    for state, targets in transitions.items():
        names = [f"`{target.value}`" for target in transitions if target in targets]
        lines.append(f"| `{state.value}` | {state.label} | {', '.join(names) or 'nothing more'} |")
    return "\n".join(lines)


def page() -> str:
    """The whole page. Django must be set up."""
    from django.utils import translation

    from candidatures.enums import (
        APPLICATION_TRANSITIONS,
        CALL_TRANSITIONS,
        OFFER_TRANSITIONS,
        REVIEW_TRANSITIONS,
        SESSION_TRANSITIONS,
    )
    from clea.mail.enums import TRANSITIONS as MAIL_TRANSITIONS

    chapters: list[tuple[str, str, Mapping]] = [
        (
            "A dossier",
            "`candidatures/enums/dossier.py`. Filing again before the deadline replaces the deposit and keeps the "
            "state. From a decision back to where the dossier stood: a correction of the session, journaled. "
            "The artist reads less than this: « à l'étude » from admissibility to the announced decision.",
            APPLICATION_TRANSITIONS,
        ),
        (
            "A call",
            "`candidatures/enums/dossier.py`. What the coordinator decides; whether a published call is upcoming, open "
            "or closed is computed from the server's clock and never stored.",
            CALL_TRANSITIONS,
        ),
        (
            "A review",
            "`candidatures/enums/jury.py`. A juror's reading. Its author takes it back before the discussion opens.",
            REVIEW_TRANSITIONS,
        ),
        (
            "A session",
            "`candidatures/enums/jury.py`. Back to preparation is a correction, with its reason in the journal.",
            SESSION_TRANSITIONS,
        ),
        (
            "An offer",
            "`candidatures/enums/jury.py`. A residency offered to a selected artist. Two states hold a position: "
            "awaiting an answer, and accepted.",
            OFFER_TRANSITIONS,
        ),
        (
            "A message",
            "`clea/mail/enums.py`. A message that a person must read starts as a draft; the others start approved.",
            MAIL_TRANSITIONS,
        ),
    ]
    with translation.override("fr"):
        parts = [
            f"## {title}\n\n{words}\n\n{chart(transitions, next(iter(transitions)).value)}\n\n{table(transitions)}\n"
            for title, words, transitions in chapters
        ]
    return "\n".join([HEAD, *parts])


def main() -> int:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DEBUG", "true")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clea.settings")
    import django

    django.setup()
    drawn = page()
    PAGE.write_text(drawn, encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
