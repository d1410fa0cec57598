"""Who may write in the ledger of presence, and about which days."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from candidatures.models import Season
from clea.rules import ALLOWED, Verdict, forbid, refuse
from residencies.enums import AbsenceReason, DayPart
from residencies.methods.presence import worth
from residencies.models import PresenceDay, Residency

#: Diffusion takes place before and after a residency (rules.md 15), not years away.
MARGIN = timedelta(days=366)


def can_write(residency: Residency, *, desk: bool) -> Verdict:
    """The coordination always; an artist of the residency while it is alive. No query."""
    if desk or residency.is_live:
        return ALLOWED
    return forbid(
        _("La résidence est close : demandez à la coordination de corriger ce qui doit l'être."), "residency_over"
    )


def in_reach(season: Season, day: date) -> Verdict:
    """A day of the season, or within a year of it: beyond, the year is mistyped. No query."""
    if season.starts_on - MARGIN <= day <= season.ends_on + MARGIN:
        return ALLOWED
    return refuse(_("Ce jour est trop loin de la saison : vérifiez l'année."), "out_of_reach")


def can_touch(row: PresenceDay | None, *, desk: bool) -> Verdict:
    """A day the coordination verified is corrected by the coordination. No query."""
    if row is None or row.checked_at is None or desk:
        return ALLOWED
    return refuse(
        _("La coordination a vérifié cette journée : écrivez-lui si elle doit être corrigée."), "already_checked"
    )


def can_note_done(day: date, today: date) -> Verdict:
    """What was done is noted on the day itself or later."""
    if day <= today:
        return ALLOWED
    return refuse(_("Ce jour n'est pas encore passé : notez ce qui a été fait le jour même ou après."), "in_the_future")


def can_announce(day: date, today: date, *, desk: bool) -> Verdict:
    """What is planned changes before the day; the coordination may put it right afterwards."""
    if desk or day >= today:
        return ALLOWED
    return refuse(_("Ce jour est passé : notez plutôt ce qui a été fait."), "in_the_past")


def reason_given(least: str, kept: str, absence: str) -> Verdict:
    """Less than what is due or planned asks for a reason, of the closed list."""
    if absence and absence not in AbsenceReason.values:
        return refuse(_("Choisissez un motif de la liste."), "unknown_reason")
    if worth(kept) >= worth(least) or absence:
        return ALLOWED
    return refuse(_("Choisissez le motif de l'absence."), "reason_missing")


def known_part(part: str) -> Verdict:
    """A part of a day of the closed list."""
    if part in DayPart.values:
        return ALLOWED
    return refuse(_("Choisissez journée, matin, après-midi ou aucune présence."), "unknown_part")
