"""The minutes of a session: what they say, frozen when it is settled, and the PDF made from that alone.

They are in French, whoever settles. A recusal is written as a fact: who stepped aside from which
dossier; its closed reason only when the coordination asked for it, the member's words never.
"""

from __future__ import annotations

import io
import logging
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from candidatures.enums import ApplicationState, ConflictReason, JurorRole, Outcome
from candidatures.models import Decision, Minutes, Recusal
from candidatures.selectors import sessions as selectors
from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.ui.dates import hour, moment
from clea.ui.dates import number as in_words

if TYPE_CHECKING:
    from candidatures.rules.settling import Case

log = logging.getLogger(__name__)

SCHEMA = 1


def frozen(edition: Minutes, case: Case, *, recusal_reasons: bool = False) -> dict[str, Any]:
    """Everything the edition says, as plain JSON: names, labels and figures as they are today. One query."""
    with translation.override("fr"):
        session, room = case.session, case.room
        call = session.jury.call
        count = room.quorum
        return {
            "schema": SCHEMA,
            "edition": edition.edition,
            "correction": edition.correction,
            "call": {
                "title": call.title,
                "reference": f"{call.reference_prefix}-{call.reference_year}",
                "territory": call.territory.name,
                "service": call.territory.service_name or call.territory.name,
                "blind": call.blind_reading,
            },
            "session": {
                "uuid": str(session.uuid),
                "held_on": session.held_on.isoformat(),
                "starts_at": session.starts_at.isoformat() if session.starts_at else "",
                "ends_at": session.ends_at.isoformat() if session.ends_at else "",
                "place": session.place,
                "chair": str(session.chair) if session.chair else "",
                "chair_institution": session.chair.institution.name if session.chair else "",
                "secretary": session.secretary,
                "account": session.account,
                "settled_at": session.settled_at.isoformat() if session.settled_at else "",
                "settled_by": str(session.settled_by) if session.settled_by else "",
            },
            "quorum": {
                "percent": session.jury.quorum_percent,
                "seats": count.seats,
                "needed": count.needed,
                "present": count.present,
                "institutions": count.institutions,
                "institutions_needed": count.institutions_needed,
                "sentence": count.sentence(),
            },
            "attendance": _attendance(case),
            "recusals": _recusals(case, reasons=recusal_reasons),
            "positions": [{"title": row.title, "count": row.count} for row in case.places.positions],
            "free": case.places.free,
            "decisions": [_decision(case, row) for row in case.agenda],
            "left_to_study": case.undecided_elsewhere,
        }


def _attendance(case: Case) -> list[dict[str, Any]]:
    lines = []
    for member in case.room.members:
        if member.row is None:
            continue
        juror = member.juror
        seat = case.room.by_key.get(member.row.replaces_id) if member.row.replaces_id else None
        lines.append(
            {
                "name": str(juror),
                "institution": juror.institution.name,
                "function": juror.function,
                "role": str(JurorRole(juror.role).label),
                "presence": str(member.row.get_presence_display()),
                "sits": member.sits,
                # A substitute without a seat listens: neither counted nor signing as a voter.
                "votes": member.sits and (juror.role != JurorRole.SUBSTITUTE or seat is not None),
                "replaces": str(seat) if seat else "",
                "replaced_by": str(member.substitute) if member.substitute else "",
                "bound_on": juror.joined_at.isoformat() if juror.joined_at else "",
                "chair": juror.pk == case.session.chair_id,
            }
        )
    return lines


def _recusals(case: Case, *, reasons: bool) -> list[dict[str, str]]:
    """Who stepped aside, from which dossier of the agenda. One query."""
    declared = {
        (row.juror_id, row.application_id): str(row.get_reason_display())
        for row in Recusal.objects.standing().filter(juror__jury=case.session.jury_id)
    }
    # Their own dossier, or one they help to write: no declaration is needed to leave the count.
    own = str(ConflictReason.PROJECT.label)
    return [
        {
            "member": str(juror),
            "number": selectors.number(row.application),
            "name": row.application.display_name,
            "reason": declared.get((juror.pk, row.application_id), own) if reasons else "",
        }
        for juror in case.room.jurors
        for row in sorted(case.agenda, key=lambda row: selectors.number(row.application))
        if juror.pk in case.room.recused.get(row.application_id, ())
    ]


def _decision(case: Case, row: Decision) -> dict[str, Any]:
    count = case.room.for_dossier(row.application_id)
    voted = row.votes_for is not None
    return {
        "number": selectors.number(row.application),
        "name": row.application.display_name,
        "rank": row.rank,
        "mean": str(row.mean) if row.mean is not None else "",
        "corrected": str(row.corrected) if row.corrected is not None else "",
        "interviewed": row.before == ApplicationState.INTERVIEWED,
        "from_reserve": row.before == ApplicationState.RESERVE,
        "outcome": row.outcome,
        "outcome_label": str(Outcome(row.outcome).label),
        "position": row.position.title if row.position else "",
        "reserve_rank": row.reserve_rank,
        "seats": count.seats,
        "needed": count.needed,
        "voters": count.present,
        "recused": case.room.recused_names(row.application_id),
        "votes": [row.votes_for, row.votes_against, row.votes_blank] if voted else [],
        "reason": row.reason,
        "told": row.tell_reason,
    }


# The PDF ------------------------------------------------------------------------------------


def ensure(minutes_id: int) -> StoredFile:
    """The edition's PDF, made now if nobody has. Safe to call twice at once.

    Pages are laid out outside any transaction; whoever comes second throws their copy away.
    Raises ``Minutes.DoesNotExist`` for an edition that a correction opened and nobody settled yet.
    """
    edition = Minutes.objects.select_related("document").exclude(data={}).get(pk=minutes_id)
    if edition.document is not None:
        return edition.document
    content, pages = _printed(edition.data)
    stored = documents.store_bytes(
        by=None, content=content, name=file_name(edition), content_type="application/pdf", pages=pages
    )
    with transaction.atomic():
        first = Minutes.objects.filter(pk=edition.pk, document__isnull=True).update(document=stored)
    if first:
        return stored
    documents.discard(stored)
    made = Minutes.objects.select_related("document").get(pk=minutes_id).document
    assert made is not None
    return made


def pending() -> int:
    """Make what a crash left behind; returns how many. One that fails is logged and holds nobody up."""
    count = 0
    for pk in Minutes.objects.filter(document__isnull=True).exclude(data={}).values_list("pk", flat=True):
        try:
            ensure(pk)
            count += 1
        except Exception:
            log.exception("minutes %s cannot be made", pk)
    return count


def file_name(edition: Minutes, *, signed: bool = False) -> str:
    """``PV-CLEA-2026-seance-2026-03-10-edition-1.pdf``"""
    data = edition.data
    name = f"PV-{data['call']['reference']}-seance-{data['session']['held_on']}-edition-{edition.edition}"
    return f"{name}-signe.pdf" if signed else f"{name}.pdf"


def _printed(data: dict[str, Any]) -> tuple[bytes, int]:
    """The pages, from what was frozen and nothing else."""
    import pikepdf

    content = documents.render_pdf("pdf/candidatures/minutes.html", readable(data), title=title_of(data), language="fr")
    with pikepdf.open(io.BytesIO(content)) as made:
        return content, len(made.pages)


def title_of(data: dict[str, Any]) -> str:
    with translation.override("fr"):
        return _("Procès-verbal du jury – %(call)s") % {"call": data["call"]["title"]}


def readable(data: dict[str, Any]) -> dict[str, Any]:
    """The frozen edition with dates as dates and lists as the page needs them."""
    with translation.override("fr"):
        session = data["session"]
        held_on = date.fromisoformat(session["held_on"])
        decisions = [_figures(row) for row in data["decisions"]]
        ranked = sorted((row for row in decisions if row["rank"]), key=lambda row: (row["rank"], row["number"]))
        settled = datetime.fromisoformat(session["settled_at"])
        return {
            "data": data,
            "held_on": held_on,
            "hours": _hours(session["starts_at"], session["ends_at"]),
            "attendance": [
                row | {"bound": datetime.fromisoformat(row["bound_on"]) if row["bound_on"] else None}
                for row in data["attendance"]
            ],
            "signers": [row for row in data["attendance"] if row["votes"] and not row["chair"]],
            "ranked": ranked,
            "with_figures": any(row["mean"] for row in decisions),
            "decisions": decisions,
            "selected": [row for row in decisions if row["outcome"] == Outcome.SELECTED],
            "reserve": sorted(
                (row for row in decisions if row["outcome"] == Outcome.RESERVE), key=lambda row: row["reserve_rank"]
            ),
            "declined": [row for row in decisions if row["outcome"] == Outcome.DECLINED],
            "voted": [row for row in decisions if row["votes"]],
            "narrowed": [row for row in decisions if row["recused"]],
            "reasoned": [row for row in decisions if row["reason"]],
            "settled": moment(timezone.localtime(settled)),
            "footer_text": _("Procès-verbal – séance du %(day)s – édition %(n)s")
            % {"day": f"{held_on:%d/%m/%Y}", "n": data["edition"]},
        }


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    """Scores as French people write them."""
    return row | {name: in_words(Decimal(row[name]), 2) if row[name] else "" for name in ("mean", "corrected")}


def _hours(starts_at: str, ends_at: str) -> str:
    start = hour(time.fromisoformat(starts_at)) if starts_at else ""
    end = hour(time.fromisoformat(ends_at)) if ends_at else ""
    if start and end:
        return _("de %(start)s à %(end)s") % {"start": start, "end": end}
    if start:
        return _("à partir de %(start)s") % {"start": start}
    return _("jusqu'à %(end)s") % {"end": end} if end else ""
