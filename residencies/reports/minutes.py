"""The minutes of a committee as a tagged PDF."""

from __future__ import annotations

from clea.documents import services as documents
from clea.ui.dates import day
from residencies.models import Meeting
from residencies.selectors.steering import Minutes


def pdf(meeting: Meeting, minutes: Minutes, *, draft: bool = False) -> bytes:
    """Slow: half a second. ``draft``: says on each page that nothing is settled yet."""
    title = f"{minutes.title}, {day(minutes.starts_at)}"
    return documents.render_pdf(
        "pdf/residencies/minutes.html",
        {
            "minutes": minutes,
            "territory": meeting.territory,
            "season": meeting.season,
            "draft": draft,
            "footer_text": title,
        },
        title=title,
    )
