"""The page that places a session, or moves it: the same at the desk and in an artist's space.

The form comes back filled with every warning, its facts, and a field for the reason; beside it,
moments at which nothing is broken. A moment chosen there fills the form, and nothing is written yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from candidatures.admin.common import refuse
from clea.errors import Forbidden, Refused, StaleWrite
from clea.rules import Verdict
from residencies.forms.sessions import SessionForm
from residencies.methods import slots
from residencies.methods.slots import Slot
from residencies.methods.warnings import Draft, PlanWarning, local_days, stem, warnings, whatever_the_moment
from residencies.methods.weeks import clamped
from residencies.models import Activity, Session
from residencies.rules import planning as rules
from residencies.rules.activities import Seat
from residencies.selectors import planning as selectors
from residencies.services import sessions

if TYPE_CHECKING:
    from clea.accounts.models import User

#: How far slots are looked for.
HORIZON = timedelta(days=150)


@dataclass(frozen=True)
class Said:
    """A warning on the page: ``name`` of its field, the reason typed so far, whether this person may give one."""

    warning: PlanWarning
    name: str
    reason: str
    can_waive: Verdict


@dataclass
class PlanPage:
    form: SessionForm
    said: list[Said] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    standing: list[PlanWarning] = field(default_factory=list)
    #: What was written; the view goes on to its page.
    made: list[Session] = field(default_factory=list)
    #: A slot was chosen, or the moment looked at: nothing is written.
    looked: bool = False
    #: Something was wrong in the form, or a warning waits for its reason.
    status: int = 200
    day: date | None = None

    @property
    def stopped(self) -> bool:
        """Somebody else must answer a warning."""
        return any(not row.can_waive for row in self.said)


def page(request: HttpRequest, by: User, activity: Activity, seat: Seat, session: Session | None = None) -> PlanPage:
    """Answer a request. Raises ``Forbidden`` and what else the form cannot show."""
    if request.method != "POST":
        shown = PlanPage(SessionForm(activity=activity, session=session, initial=_asked(request)))
        return _with_slots(shown, activity, session)
    data = request.POST.copy()
    chosen = _chosen(data)
    shown = PlanPage(SessionForm(data, activity=activity, session=session))
    shown.looked = chosen or "regarder" in data
    if shown.form.is_valid():
        _answer(shown, by, activity, seat, session, data)
    else:
        shown.status = 422
    return shown if shown.made else _with_slots(shown, activity, session)


def _answer(
    shown: PlanPage, by: User, activity: Activity, seat: Seat, session: Session | None, data: QueryDict
) -> None:
    wanted = shown.form.wanted()
    reasons = posted(data)
    try:
        if shown.looked:
            found = sessions.look(by=by, activity=activity, wanted=wanted, session=session)
            shown.said = said(found, reasons, seat, by)
        elif session is not None:
            version = shown.form.cleaned_data["version"]
            shown.made = [sessions.change(by=by, session=session, wanted=wanted, version=version, waivers=reasons)]
        else:
            weeks = shown.form.cleaned_data["weeks"] or 1
            shown.made = sessions.plan_weekly(by=by, activity=activity, wanted=wanted, weeks=weeks, waivers=reasons)
    except sessions.Warned as error:
        shown.said, shown.status = said(error.warnings, reasons, seat, by), 422
    except (Forbidden, StaleWrite):
        raise
    except (Refused, ValidationError) as error:
        refuse(shown.form, error)
        shown.status = 422


# Reasons -----------------------------------------------------------------------------------------


def posted(data: QueryDict) -> dict[str, str]:
    """The reasons typed, by key of warning: fields ``alerte-1`` (the key) and ``raison-1``."""
    return {
        str(data[name]): data.get(f"raison-{name.removeprefix('alerte-')}", "").strip()
        for name in data
        if name.startswith("alerte-")
    }


def said(found: list[PlanWarning], reasons: Mapping[str, str], seat: Seat | None, by: User) -> list[Said]:
    """Each with its field. A reason typed for another moment is offered again, not taken."""
    by_stem = {stem(key): reason for key, reason in reasons.items() if reason}
    return [
        Said(
            row,
            str(n),
            reasons.get(row.key) or by_stem.get(stem(row.key), ""),
            rules.can_waive(seat, row.code, own=sessions.is_own(by, seat, row)),
        )
        for n, row in enumerate(found, start=1)
    ]


# Slots -------------------------------------------------------------------------------------------


def _chosen(data: QueryDict) -> bool:
    """``creneau`` holds a moment: put it in the fields of the form."""
    try:
        start, end = (timezone.localtime(datetime.fromisoformat(part)) for part in data.get("creneau", "").split("/"))
    except (ValueError, OverflowError):
        return False
    data["day"], data["at"], data["until"] = start.date().isoformat(), f"{start:%H:%M}", f"{end:%H:%M}"
    data["last_day"] = ""
    return True


def _asked(request: HttpRequest) -> dict[str, Any]:
    """``?le=2027-03-02``: a day come from a calendar."""
    try:
        day = parse_date(request.GET.get("le", ""))
    except ValueError:
        day = None
    return {"day": clamped(day)} if day is not None else {}


def _with_slots(shown: PlanPage, activity: Activity, session: Session | None) -> PlanPage:
    """The next moments that break nothing, from the day wished on. Eleven queries."""
    draft = _draft(shown.form, activity, session)
    first = max(timezone.localdate() + timedelta(days=1), _day(shown.form) or date.min)
    between = (first, first + HORIZON)
    known = selectors.world(
        activity.territory,
        residencies=draft.residencies,
        structures=draft.structures,
        start=timezone.make_aware(datetime.combine(between[0], datetime.min.time())),
        end=timezone.make_aware(datetime.combine(between[1], datetime.max.time())),
    )
    shown.slots = slots.propose(known, draft, minutes=shown.form.length(), between=between, not_before=timezone.now())
    shown.standing = whatever_the_moment(warnings(draft, known))
    shown.day = first
    return shown


def _day(form: SessionForm) -> date | None:
    data: dict[str, Any] = getattr(form, "cleaned_data", {}) if form.is_bound else dict(form.initial)
    return data.get("day")


def _draft(form: SessionForm, activity: Activity, session: Session | None) -> Draft:
    """Who and where as far as typed; the activity's own otherwise."""
    data: dict[str, Any] = getattr(form, "cleaned_data", {}) if form.is_bound else {}
    residencies = data.get("residencies") or activity.residencies.all()
    structures = data.get("structures") if "structures" in data else activity.structures.select_related("commune")
    host = data.get("host") if form.is_bound else next(iter(structures or ()), None)
    people = {row.pk for row in structures or ()} | ({host.pk} if host else set())
    now = timezone.now()
    return Draft(
        starts_at=now,
        ends_at=now + timedelta(minutes=form.length()),
        kind=activity.kind,
        residencies=frozenset(row.pk for row in residencies),
        structures=frozenset(people),
        spot=selectors.spot(host, data.get("commune"), data.get("place") or ""),
        life_stage=activity.life_stage,
        key=selectors.session_key(session) if session is not None else "",
    )


def days(rows: list[Slot]) -> list[tuple[date, list[Slot]]]:
    """Slots under their day."""
    found: dict[date, list[Slot]] = {}
    for row in rows:
        found.setdefault(local_days(row.starts_at, row.ends_at)[0], []).append(row)
    return list(found.items())
