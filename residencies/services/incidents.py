"""Incidents: told by the artist or by the coordination, followed to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from residencies.enums import IncidentState, IncidentTopic, Severity
from residencies.models import Incident, IncidentStep, Residency
from residencies.rules import welcome as rules
from residencies.services import welcome_notices as notices
from residencies.services.base import is_artist, lock_residency, require_artist, require_desk

if TYPE_CHECKING:
    from clea.accounts.models import User


def report(
    *, by: User, residency: Residency, topic: IncidentTopic, severity: Severity, title: str, words: str = ""
) -> Incident:
    """Open an incident. An artist's is written to the coordination at once."""
    with transaction.atomic():
        locked = lock_residency(residency)
        by_artist = is_artist(by, locked)
        if not by_artist:
            require_desk(by, locked.territory)
        row = Incident(
            residency=locked,
            topic=topic,
            severity=severity,
            title=" ".join(title.split()),
            words=words.strip(),
            opened_at=timezone.now(),
            opened_by=by,
            by_artist=by_artist,
        )
        row.full_clean()
        row.save()
        if by_artist:
            notices.incident_told(by=by, incident=row, residency=locked, words=row.words)
        journal.record(
            by=by,
            verb="incident.reported",
            target=locked,
            data={"incident": str(row.uuid), "topic": str(topic), "severity": str(severity), "by_artist": by_artist},
        )
        return row


def step(
    *,
    by: User,
    incident: Incident,
    target: IncidentState,
    text: str,
    shared: bool,
    severity: Severity | None = None,
    seen: int | None = None,
) -> IncidentStep:
    """Write what was done, and take the incident where it goes: followed, closed, or opened again.

    Never without words. ``seen`` is the number of steps the page showed. What is shared is written to
    the artists; the end of an incident that they reported is always shared with them.
    """
    with transaction.atomic():
        row, residency = _hold(incident)
        require_desk(by, residency.territory)
        before = IncidentState(row.state)
        if seen is not None and seen != row.steps.count():
            raise StaleWrite(
                _(
                    "Une suite est arrivée pendant que vous écriviez. Rien n'est enregistré : lisez-la, puis "
                    "enregistrez de nouveau."
                ),
                code="stale",
            )
        require(rules.can_incident_become(before, target))
        if not text.strip():
            raise Refused(
                _("Un incident se clôt avec un dernier mot : dites comment il s'est réglé.")
                if target == IncidentState.CLOSED
                else _("Dites ce qui est fait."),
                code="words_needed",
                field="text",
            )
        if target == IncidentState.CLOSED and row.by_artist and not shared:
            raise Refused(
                _("L'artiste a signalé cet incident : partagez avec lui comment il se termine."),
                code="share_the_end",
                field="shared",
            )
        row.state = target
        row.severity = severity or row.severity
        row.closed_at = timezone.now() if target == IncidentState.CLOSED else None
        row.full_clean()
        row.save()
        made = _add(row, by, text, shared)
        if shared:
            notices.incident_followed(
                by=by, incident=row, residency=residency, text=made.text, closed=target == IncidentState.CLOSED
            )
        journal.record(
            by=by,
            verb=_verb(before, target),
            target=residency,
            data={
                "incident": str(row.uuid),
                "from": before.value,
                "to": target.value,
                "severity": row.severity,
                "shared": shared,
            },
        )
        return made


def answer(*, by: User, incident: Incident, text: str) -> IncidentStep:
    """The artist adds a word to an incident that is not closed; the coordination is written to."""
    with transaction.atomic():
        row, residency = _hold(incident)
        require_artist(by, residency)
        require(rules.can_answer_incident(row))
        if not text.strip():
            raise Refused(_("Écrivez quelques mots."), code="words_needed", field="text")
        made = _add(row, by, text, True)
        notices.incident_told(by=by, incident=row, residency=residency, words=made.text)
        journal.record(by=by, verb="incident.answered", target=residency, data={"incident": str(row.uuid)})
        return made


def _verb(before: IncidentState, target: IncidentState) -> str:
    if target == IncidentState.CLOSED:
        return "incident.closed"
    return "incident.reopened" if before == IncidentState.CLOSED else "incident.followed"


def _hold(incident: Incident) -> tuple[Incident, Residency]:
    residency = lock_residency(incident.residency)
    return Incident.objects.select_for_update().get(pk=incident.pk), residency


def _add(row: Incident, by: User, text: str, shared: bool) -> IncidentStep:
    made = IncidentStep(
        incident=row, made_at=timezone.now(), made_by=by, state=row.state, text=text.strip(), shared=shared
    )
    made.full_clean()
    made.save()
    return made
