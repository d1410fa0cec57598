"""How often the committees of a season meet, and the dates that are kept of those proposed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.errors import Refused
from clea.journal import services as journal
from residencies.enums.steering import MeetingKind
from residencies.models import Meeting, SteeringRhythm
from residencies.services.base import lock_season, require_desk, require_reach

if TYPE_CHECKING:
    from clea.accounts.models import User


def set_rhythm(
    *,
    by: User,
    season: Season,
    kind: MeetingKind,
    times: int,
    unit: str,
    weekday: int,
    at: time,
    minutes: int = 90,
    place: str = "",
) -> SteeringRhythm:
    """Say how often a committee meets. Meetings already planned stay where they are."""
    with transaction.atomic():
        locked = lock_season(season)
        require_desk(by, locked.programme.territory)
        row = SteeringRhythm.objects.filter(season=locked, kind=kind).first() or SteeringRhythm(
            season=locked, kind=kind
        )
        row.times, row.unit, row.weekday, row.at = times, unit, weekday, at
        row.minutes, row.place = minutes, place.strip()
        row.full_clean()
        row.save()
        data = {"kind": str(kind), "times": times, "unit": str(unit), "weekday": weekday}
        journal.record(by=by, verb="steering_rhythm.set", target=locked, data=data)
        return row


def remove(*, by: User, season: Season, kind: MeetingKind) -> None:
    """No rhythm any more. Its meetings stay."""
    with transaction.atomic():
        locked = lock_season(season)
        require_desk(by, locked.programme.territory)
        SteeringRhythm.objects.filter(season=locked, kind=kind).delete()
        journal.record(by=by, verb="steering_rhythm.removed", target=locked, data={"kind": str(kind)})


def create_dates(*, by: User, season: Season, kind: MeetingKind, days: Iterable[date]) -> list[Meeting]:
    """Plan a meeting on each day that was ticked, at the rhythm's hour. All or none.

    A day on which this committee already meets is refused, and so is a day that has passed.
    """
    with transaction.atomic():
        locked = lock_season(season)
        require_desk(by, locked.programme.territory)
        rhythm = SteeringRhythm.objects.filter(season=locked, kind=kind).first()
        if rhythm is None:
            raise Refused(_("Fixez d'abord le rythme de ce comité : les dates en viennent."), code="no_rhythm")
        chosen = sorted(set(days))
        if not chosen:
            raise Refused(_("Cochez au moins une date."), code="nothing")
        standing = Meeting.objects.standing().filter(season=locked, kind=kind)
        taken = {timezone.localdate(at) for at in standing.values_list("starts_at", flat=True)}
        rows = []
        for day in chosen:
            require_reach(locked, day)
            if day in taken:
                raise Refused(
                    _("Ce comité se réunit déjà le %(day)s : rouvrez la page.") % {"day": f"{day:%d/%m/%Y}"},
                    code="taken",
                )
            if day < timezone.localdate():
                raise Refused(_("Une date cochée est passée : rouvrez la page."), code="past")
            starts_at = from_current_timezone(datetime.combine(day, rhythm.at))
            row = Meeting(
                season=locked,
                kind=kind,
                title=capfirst(str(MeetingKind(kind).label)),
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=rhythm.minutes),
                place=rhythm.place,
            )
            row.full_clean()
            row.save()
            rows.append(row)
        days_of = [(row, {"on": day.isoformat(), "kind": str(kind)}) for row, day in zip(rows, chosen, strict=True)]
        journal.record_all(by=by, verb="meeting.planned", lines=days_of)
        return rows
