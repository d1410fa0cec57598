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
    from clea.documents.enums import SCAN_TRANSITIONS
    from clea.jobs.enums import TRANSITIONS as JOB_TRANSITIONS
    from clea.mail.enums import TRANSITIONS as MAIL_TRANSITIONS
    from clea.privacy.enums import TRANSITIONS as DISPOSAL_TRANSITIONS
    from residencies.enums import (
        ACTION_TRANSITIONS,
        ACTIVITY_TRANSITIONS,
        BILAN_TRANSITIONS,
        COMMUNICATION_TRANSITIONS,
        DOCUMENT_TRANSITIONS,
        INCIDENT_TRANSITIONS,
        MEETING_TRANSITIONS,
        PAPER_TRANSITIONS,
        PAYMENT_TRANSITIONS,
        REQUEST_TRANSITIONS,
        RESIDENCY_TRANSITIONS,
    )
    from residencies.enums import SESSION_TRANSITIONS as MOMENT_TRANSITIONS

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
            "A residency",
            "`residencies/enums/residency.py`. It starts when the artists arrive; what is stopped may resume.",
            RESIDENCY_TRANSITIONS,
        ),
        (
            "A document asked from the artist",
            "`residencies/enums/residency.py`. Seen across a table: straight to accepted; its file is erased.",
            DOCUMENT_TRANSITIONS,
        ),
        (
            "A contract or an agreement",
            "`residencies/enums/papers.py`. What people hold in hand never becomes a draft again: it is cancelled and "
            "another edition made.",
            PAPER_TRANSITIONS,
        ),
        (
            "A wish of a structure",
            "`residencies/enums/activities.py`. Another artist may be proposed; the structure accepts, or not.",
            REQUEST_TRANSITIONS,
        ),
        (
            "An activity",
            "`residencies/enums/activities.py`. Planned once it has a session, done once all have taken place.",
            ACTIVITY_TRANSITIONS,
        ),
        (
            "A session of an activity",
            "`residencies/enums/activities.py`. Held or not as its sides, or the coordination, say.",
            MOMENT_TRANSITIONS,
        ),
        (
            "An incident",
            "`residencies/enums/welcome.py`. Followed to its end, with a last word.",
            INCIDENT_TRANSITIONS,
        ),
        (
            "A payment",
            "`residencies/enums/money.py`. An instalment, a lump sum, a trip or an expense. What falls due is checked "
            "without a claim; where the territory asks for two people, who checked cannot approve. Backwards: a "
            "correction, with its reason.",
            PAYMENT_TRANSITIONS,
        ),
        (
            "A committee's meeting",
            "`residencies/enums/steering.py`. Its minutes are settled, then published or kept; opened again, the PDF "
            "goes.",
            MEETING_TRANSITIONS,
        ),
        (
            "An action decided by a committee",
            "`residencies/enums/steering.py`. Reminded until it is done or given up.",
            ACTION_TRANSITIONS,
        ),
        (
            "A line of the communication plan",
            "`residencies/enums/steering.py`.",
            COMMUNICATION_TRANSITIONS,
        ),
        (
            "A bilan",
            "`residencies/enums/bilan.py`. Its words; the figures are read from what took place.",
            BILAN_TRANSITIONS,
        ),
        (
            "A message",
            "`clea/mail/enums.py`. A message that a person must read starts as a draft; the others start approved.",
            MAIL_TRANSITIONS,
        ),
        (
            "A file, for the antivirus",
            "`clea/documents/enums.py`. Held or waiting, nobody reads it; released, on the written word of a person. "
            "A clean file waits again when it was made of another that is now held.",
            SCAN_TRANSITIONS,
        ),
        (
            "A disposal list",
            "`clea/privacy/enums.py`. Prepared by the clock, read and approved by a person, then carried out line by "
            "line. Approved, it is not taken back: it may stop half-way, and is carried on.",
            DISPOSAL_TRANSITIONS,
        ),
        (
            "A piece of long work",
            "`clea/jobs/enums.py`. Interrupted or stopped, it is started again, from where it stood when its kind can.",
            JOB_TRANSITIONS,
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
