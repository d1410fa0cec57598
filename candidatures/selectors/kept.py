"""What is still known of dossiers that were erased: how many, in which state, and a portrait of the whole call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from candidatures.enums import ApplicantKind, ApplicationState
from candidatures.models import Application, Call, Decision
from candidatures.rules import retention
from clea.privacy import services as privacy

#: What is kept under: counts that each erasure adds to, and the portrait made before the first of them.
ERASED, PORTRAIT = "dossiers-effaces", "portrait"


@dataclass(frozen=True)
class Erased:
    """Of one call: dossiers filed and drafts that are no longer there. ``states``: in which state they ended."""

    filed: int = 0
    drafts: int = 0
    states: dict[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> list[tuple[str, int]]:
        """In words, in the order of the states."""
        return [(str(state.label), self.states[state]) for state in ApplicationState if self.states.get(state)]


def erased(calls: Iterable[Call]) -> dict[UUID, Erased]:
    """Of each call, what was erased. One query."""
    rows = privacy.kept([call.uuid for call in calls], ERASED)
    return {
        key: Erased(data.get("filed", 0), data.get("drafts", 0), data.get("states", {})) for key, data in rows.items()
    }


def erased_of(call: Call) -> Erased:
    return erased([call]).get(call.uuid, Erased())


def portrait_of(call: Call) -> list[tuple[str, list[tuple[str, int]]]]:
    """The anonymous portrait kept of the call, ready to be read; empty before anything was erased. One query."""
    from django.utils.translation import gettext as _

    data = privacy.kept([call.uuid], PORTRAIT).get(call.uuid, {})
    names = {
        "states": _("Issue"),
        "kinds": _("Seul ou en collectif"),
        "disciplines": _("Disciplines"),
        "axes": _("Axes explorés"),
        "departments": _("Départements"),
        "countries": _("Pays"),
        "means": _("Notes moyennes sur 20"),
    }
    labels = {str(choice.value): str(choice.label) for choice in (*ApplicationState, *ApplicantKind)}
    return [
        (label, [(_("autres") if one == "*" else labels.get(one, one), n) for one, n in data[name].items()])
        for name, label in names.items()
        if data.get(name)
    ]


def count_erased(application: Application) -> None:
    """Keep the figures of a dossier about to go, in the transaction that takes it. The first one costs the portrait."""
    call = application.call
    scope = call.territory.slug
    if application.last_deposit_id is None:
        counts: dict[str, Any] = {"drafts": 1}
    else:
        # Drawn once, with everybody's outcome: not by who asks to be erased in the middle of the process.
        if retention.process_end(call) <= timezone.localdate():
            privacy.put(scope=scope, subject=call.uuid, name=PORTRAIT, data=portrait(call))
        counts = {"filed": 1, "states": {application.state: 1}}
    privacy.add(scope=scope, subject=call.uuid, name=ERASED, counts=counts)


def portrait(call: Call) -> dict[str, Any]:
    """Who applied, as groups of five people at least: what a report of a past season may still say. Six queries.

    The outcomes are told whole: the minutes and the published names tell them already.
    """
    filed = Application.objects.filed().filter(call=call)
    rows = list(filed.only("state", "applicant_kind", "postal_code", "country"))
    means: dict[int, Decimal | None] = dict(
        Decision.objects.filter(session__jury__call=call, mean__isnull=False)
        .order_by("session__held_on")
        .values_list("application", "mean")
    )
    found: dict[str, Counter[str]] = {
        "kinds": Counter(str(row.applicant_kind) for row in rows),
        "departments": Counter(row.department for row in rows if row.department),
        "countries": Counter(row.country.strip() for row in rows if row.country.strip()),
        "disciplines": Counter(filed.filter(disciplines__isnull=False).values_list("disciplines__name", flat=True)),
        "axes": Counter(filed.filter(axes__isnull=False).values_list("axes__title", flat=True)),
        "means": Counter(_bracket(mean) for mean in means.values() if mean is not None),
    }
    return {
        "filed": len(rows),
        "states": dict(Counter(row.state for row in rows)),
        **{name: privacy.anonymous(counts) for name, counts in found.items()},
    }


def _bracket(mean: Decimal) -> str:
    """Two points at a time: "12–14"."""
    low = min(int(mean) // 2 * 2, 18)
    return f"{low}–{low + 2}"
