"""Reading what opening needs: offers that wait, who is where, structures that protect minors, documents."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from candidatures.enums import PeriodKind
from candidatures.models import Call, CallPeriod, Jury, Offer, Season
from clea import daycount
from clea.daycount import DayCount
from residencies.enums import ActivityState, DocumentKind, RequestState
from residencies.models import Activity, ActivityRequest, Period, RequestedDocument, Residency, Session
from structures.models import Structure, Territory

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from clea.accounts.models import User

#: Why each document is asked, proposed when it is; the artist reads it in their language.
WHY: dict[str, str | _StrPromise] = {
    DocumentKind.BANK: _("Pour verser votre rémunération et vos défraiements."),
    DocumentKind.INSURANCE: _("Responsabilité civile, en cours de validité pendant la résidence."),
    DocumentKind.LICENCE: _(
        "La résidence se déroule dans des communes éloignées les unes des autres : vous conduisez."
    ),
    DocumentKind.VEHICLE: _(
        "Votre véhicule sert à vos trajets sur le territoire : carte grise et attestation d'assurance."
    ),
    DocumentKind.SAFEGUARDING: _(
        "La loi la demande à qui intervient auprès de jeunes enfants ou d'enfants protégés. Elle est vérifiée, "
        "puis effacée : elle n'est pas conservée."
    ),
}
#: What every residency is asked for when it opens.
SEEDED = (DocumentKind.BANK, DocumentKind.INSURANCE, DocumentKind.LICENCE, DocumentKind.VEHICLE)


def in_french(text: object) -> str:
    """A text of the program as it is kept in the database."""
    with translation.override("fr"):
        return str(text)


def has_usual_title(document: RequestedDocument) -> bool:
    """Nobody rewrote it: the kind says it all."""
    return document.title.casefold() == in_french(DocumentKind(document.kind).label).casefold()


def asked_title(document: RequestedDocument) -> str:
    """In the reader's language while nobody rewrote it."""
    return capfirst(document.get_kind_display()) if has_usual_title(document) else document.title


def asked_why(document: RequestedDocument) -> str:
    """In the reader's language while nobody rewrote it."""
    usual = WHY.get(document.kind, "")
    return str(usual) if document.why == in_french(usual) else document.why


# From the selection --------------------------------------------------------------------------


def offers_to_open(territories: Any, jury: Jury | None = None) -> list[Offer]:
    """Accepted offers without a residency, in these territories or of this jury. One query."""
    rows = (
        Offer.objects.accepted()
        .filter(residency__isnull=True, application__residency__isnull=True)
        .select_related("application__owner", "application__call__season__programme__territory", "position")
        .order_by("application__call__season__starts_on", "application__artist_name", "pk")
    )
    if jury is not None:
        return list(rows.filter(application__call=jury.call_id))
    return list(rows.filter(application__call__season__programme__territory__in=territories))


def model_call(season: Season, kind: str) -> Call | None:
    """The season's call of this kind, whose periods and rules a residency outside the selection takes. One query."""
    return season.calls.filter(kind=kind).select_related("money").order_by("-closes_at").first()


def presence_periods(call: Call) -> list[CallPeriod]:
    """Immersion and phases; high points are moments inside them. One query."""
    return list(call.periods.exclude(kind=PeriodKind.EVENT))


def day_count(periods: Iterable[Period | CallPeriod], territory: Territory) -> DayCount:
    """Weekdays, and working days (rules.md 14). No query."""
    return daycount.count([(row.starts_on, row.ends_on) for row in periods], zone=territory.school_zone)


def announcing_jury(residency: Residency) -> Jury | None:
    """The jury that says when the name is public; nothing for an artist chosen outside. One query at most."""
    if residency.application_id is None:
        return None
    return Jury.objects.filter(call__applications=residency.application_id).first()


# People --------------------------------------------------------------------------------------


def people_with_account(residency: Residency) -> list[User]:
    """Who is written to: present, with an active account, the lead first. One query."""
    rows = residency.artists.filter(left_at=None, user__is_active=True).select_related("user")
    return [row.user for row in rows if row.user is not None]


# Protection of minors ------------------------------------------------------------------------

#: A wish that may still become something.
_LIVE_WISHES = [RequestState.SENT, RequestState.PROPOSED, RequestState.ACCEPTED]


def _protecting() -> Any:
    return Structure.objects.filter(kinds__protects_minors=True).values("pk")


def protecting_structures(residency: Residency) -> list[Structure]:
    """Structures for young children or child protection that are planned or asked for. One query.

    In an activity that is not called off, in a session that stands, or in a wish for this artist.
    """
    activities = Activity.objects.filter(residencies=residency).exclude(state=ActivityState.CANCELLED)
    sessions = Session.objects.standing().filter(residencies=residency)
    wishes = ActivityRequest.objects.filter(Q(residency=residency) | Q(proposed=residency), state__in=_LIVE_WISHES)
    return list(
        Structure.objects.filter(pk__in=_protecting())
        .filter(
            Q(Exists(activities.filter(structures=OuterRef("pk"))))
            | Q(Exists(sessions.filter(structures=OuterRef("pk"))))
            | Q(Exists(sessions.filter(host=OuterRef("pk"))))
            | Q(Exists(wishes.filter(structure=OuterRef("pk"))))
        )
        .order_by("name")
    )


def residencies_with_minors(ids: Collection[int]) -> set[int]:
    """Those of these residencies for which :func:`protecting_structures` is not empty. One query."""
    protecting = _protecting()
    activities = Activity.objects.filter(structures__in=protecting).exclude(state=ActivityState.CANCELLED)
    sessions = Session.objects.standing().filter(Q(structures__in=protecting) | Q(host__in=protecting))
    wishes = ActivityRequest.objects.filter(structure__in=protecting, state__in=_LIVE_WISHES)
    found = Residency.objects.filter(pk__in=ids).filter(
        Q(Exists(activities.filter(residencies=OuterRef("pk"))))
        | Q(Exists(sessions.filter(residencies=OuterRef("pk"))))
        | Q(Exists(wishes.filter(Q(residency=OuterRef("pk")) | Q(proposed=OuterRef("pk")))))
    )
    return set(found.values_list("pk", flat=True))


# Documents and dates -------------------------------------------------------------------------


def documents_of(residency: Residency) -> list[RequestedDocument]:
    """Everything asked, by date, with its file and who saw it. One query."""
    return list(residency.requested_documents.select_related("stored_file", "seen_by"))


def bounds(periods: Iterable[Period]) -> tuple[date | None, date | None]:
    """The first and the last day of presence. No query."""
    rows = list(periods)
    if not rows:
        return None, None
    return min(row.starts_on for row in rows), max(row.ends_on for row in rows)
