"""An artist's sessions: placed, moved, called off, put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from clea.errors import Refused
from clea.rules import Verdict
from clea.ui.recovery import keeps_answers
from residencies.forms.activities import ReasonForm
from residencies.models import Activity, Residency, Session
from residencies.pages import planning
from residencies.rules import planning as rules
from residencies.rules.activities import Seat
from residencies.selectors import activities as selectors
from residencies.selectors.planning import to_review
from residencies.services import sessions as services
from residencies.views.access import get_residency, refused, studio_frame, studio_says_why
from residencies.views.studio.activities import get_activity

if TYPE_CHECKING:
    from clea.accounts.models import User


def get_session(residency: Residency, key: UUID) -> Session:
    """A session of the residency's activities, or 404."""
    try:
        return selectors.session_of(Activity.objects.filter(residencies=residency), key)
    except Session.DoesNotExist:
        raise Http404 from None


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def plan(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """Place one session, or the same hour for some weeks."""
    residency = get_residency(request, uuid)
    activity = get_activity(residency, key)
    frame = studio_frame(residency) | {"activity": activity}
    verdict = rules.can_plan(Seat.ARTIST, activity.state, activity.kind, activity.residencies.all())
    return _planning(request, frame, verdict, activity)


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def change(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """Another moment, place or audience."""
    residency = get_residency(request, uuid)
    session = get_session(residency, key)
    frame = studio_frame(residency) | {"activity": session.activity, "session": session}
    return _planning(request, frame, rules.can_change(Seat.ARTIST, session.state), session.activity, session)


def _planning(
    request: HttpRequest, frame: dict[str, Any], verdict: Verdict, activity: Activity, session: Session | None = None
) -> HttpResponse:
    if not verdict:
        return refused(request, Refused(verdict.reason, code=verdict.code), frame)
    shown = planning.page(request, _person(request), activity, Seat.ARTIST, session)
    if shown.made:
        messages.success(request, written(shown.made, session))
        return redirect("studio:activity", frame["residency"].uuid, activity.uuid)
    context = frame | {"page": shown, "form": shown.form, "days": planning.days(shown.slots)}
    return render(request, "residencies/studio/session_plan.html", context, status=shown.status)


def written(made: list[Session], session: Session | None) -> str:
    if session is not None:
        return _("La séance est modifiée. Si son moment ou son lieu change, qui devait venir est prévenu.")
    return ngettext("La séance est placée.", "%(n)d séances sont placées.", len(made)) % {"n": len(made)}


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def session(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """One session. POST says knowingly what it breaks now."""
    residency = get_residency(request, uuid)
    found = get_session(residency, key)
    reasons = planning.posted(request.POST) if request.method == "POST" else {}
    error = ""
    if request.method == "POST":
        try:
            services.waive(by=_person(request), session=found, reasons=reasons)
            messages.success(request, _("C'est noté : la séance n'est plus à revoir pour cela."))
            return redirect("studio:session", uuid, key)
        except Refused as refusal:
            error = str(refusal)
    context = studio_frame(residency) | session_page(found, Seat.ARTIST, _person(request), reasons) | {"error": error}
    return render(request, "residencies/studio/session.html", context, status=422 if error else 200)


def session_page(session: Session, seat: Seat, by: User, reasons: dict[str, str] | None = None) -> dict[str, Any]:
    """What a session's page shows, from one seat."""
    looked = to_review(session.activity.territory, [session]) if seat != Seat.TEAM else {}
    review = looked.get(session.pk)
    return {
        "activity": session.activity,
        "session": session,
        "said": planning.said(list(review.warnings), reasons or {}, seat, by) if review else [],
        "can_change": rules.can_change(seat, session.state),
        "can_cancel": rules.can_call_off(seat, session.state),
        "can_restore": rules.can_restore(seat, session.state),
    }


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def cancel(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """Asked, with a reason, before it is called off."""
    residency = get_residency(request, uuid)
    found = get_session(residency, key)
    context = studio_frame(residency) | {"activity": found.activity, "session": found}
    verdict = rules.can_call_off(Seat.ARTIST, found.state)
    if not verdict:
        return refused(request, Refused(verdict.reason, code=verdict.code), context)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.cancel(by=_person(request), session=found, reason=form.cleaned_data["reason"])
        messages.success(request, _("La séance est annulée. Qui devait venir est prévenu."))
        return redirect("studio:activity", uuid, found.activity.uuid)
    status = 422 if form.is_bound else 200
    return render(request, "residencies/studio/session_cancel.html", context | {"form": form}, status=status)


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def restore(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """Put it back as it stood, its warnings met again."""
    residency = get_residency(request, uuid)
    found = get_session(residency, key)
    frame = studio_frame(residency) | {"activity": found.activity, "session": found}
    verdict = rules.can_restore(Seat.ARTIST, found.state)
    if not verdict:
        return refused(request, Refused(verdict.reason, code=verdict.code), frame)
    said: list[planning.Said] = []
    if request.method == "POST":
        reasons = planning.posted(request.POST)
        try:
            services.restore(by=_person(request), session=found, waivers=reasons)
            messages.success(request, _("La séance est rétablie."))
            return redirect("studio:activity", uuid, found.activity.uuid)
        except services.Warned as error:
            said = planning.said(error.warnings, reasons, Seat.ARTIST, _person(request))
    status = 422 if said else 200
    return render(request, "residencies/studio/session_restore.html", frame | {"said": said}, status=status)


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)
