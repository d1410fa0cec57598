"""An artist's activities: the list, one activity, its text, its structures, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidatures.admin.common import refuse
from clea.errors import Forbidden, Refused, StaleWrite
from clea.ui.recovery import keeps_answers
from residencies.forms.activities import ActivityForm, NewActivityForm, ReasonForm, StructuresForm
from residencies.models import Activity, Residency
from residencies.rules import activities as rules
from residencies.rules import planning as planning_rules
from residencies.rules.activities import Seat
from residencies.selectors import activities as selectors
from residencies.services import activities as services
from residencies.views.access import get_residency, refused, studio_frame, studio_says_why

if TYPE_CHECKING:
    from clea.accounts.models import User


def get_activity(residency: Residency, key: UUID) -> Activity:
    """One of the residency's activities, or 404."""
    try:
        return selectors.of_artist(residency, key)
    except Activity.DoesNotExist:
        raise Http404 from None


@require_safe
def activities(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Everything, what is alive first."""
    residency = get_residency(request, uuid)
    rows = selectors.of_residency(residency)
    context = {
        "groups": selectors.by_state(rows),
        "to_review": sum(len(row.reviews) for row in rows),
        "can_create": rules.can_create(Seat.ARTIST, [residency]),
    }
    return render(request, "residencies/studio/activities.html", studio_frame(residency) | context)


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """An idea: a title is enough."""
    residency = get_residency(request, uuid)
    data = request.POST if request.method == "POST" else None
    form = NewActivityForm(data, season_id=residency.season_id, territory=residency.territory)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create(
                by=_person(request),
                season=residency.season,
                residencies=[residency],
                structures=form.structures(),
                **form.text(),
            )
        except Forbidden:
            raise
        except (Refused, ValidationError) as error:
            refuse(form, error)
        else:
            messages.success(request, _("L'activité est créée. Écrivez-la avec l'équipe, puis placez une séance."))
            return redirect("studio:activity", uuid, made.uuid)
    status = 422 if form.is_bound else 200
    context = studio_frame(residency) | {"form": form}
    return render(request, "residencies/studio/activity_new.html", context, status=status)


@require_safe
def activity(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """The text, the sessions, the agreement, who writes."""
    residency = get_residency(request, uuid)
    found = get_activity(residency, key)
    return render(request, "residencies/studio/activity.html", studio_frame(residency) | page(found, Seat.ARTIST))


def page(activity: Activity, seat: Seat) -> dict[str, Any]:
    """What an activity's page shows, from one seat."""
    return {
        "activity": activity,
        "residencies": list(activity.residencies.all()),
        "places": list(activity.structures.select_related("commune")),
        "axes": list(activity.axes.all()),
        "moments": selectors.moments(activity, review=seat != Seat.TEAM),
        "agreement": activity.agreements.standing().first(),
        "can_write": rules.can_write(seat, activity.state),
        "can_structures": rules.can_choose_structures(seat, activity.state),
        "can_cancel": rules.can_cancel(seat, activity.state),
        "can_reopen": rules.can_reopen(seat, activity.state),
        "can_plan": planning_rules.can_plan(seat, activity.state, activity.kind, activity.residencies.all()),
    }


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def write(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """The text, shared with the team: nobody writes over anybody."""
    residency = get_residency(request, uuid)
    found = get_activity(residency, key)
    answer = writing(request, found, Seat.ARTIST)
    if answer is None:
        return redirect("studio:activity", uuid, key)
    return render(
        request, "residencies/studio/activity_write.html", studio_frame(residency) | answer, status=answer["status"]
    )


def writing(request: HttpRequest, activity: Activity, seat: Seat) -> dict[str, Any] | None:
    """The page that writes; nothing once it is written. Raises what the form cannot show."""
    verdict = rules.can_write(seat, activity.state)
    if not verdict:
        raise Refused(verdict.reason, code=verdict.code)
    if request.method != "POST":
        form = ActivityForm(instance=activity, season_id=activity.season_id)
        return {"activity": activity, "form": form, "status": 200}
    form = ActivityForm(request.POST, instance=activity, season_id=activity.season_id)
    context: dict[str, Any] = {"activity": activity, "form": form, "status": 422}
    if not form.is_valid():
        return context
    try:
        services.write(by=_person(request), activity=activity, version=form.cleaned_data["version"] or 0, **form.text())
    except StaleWrite as error:
        # Both texts: what the other wrote above, what was typed in the form, which now builds on it.
        theirs = Activity.objects.get(pk=activity.pk)
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["version"] = str(theirs.version)  # type: ignore[index]
        return context | {"stale": error, "theirs": differing(theirs, form), "status": 409}
    except Forbidden:
        raise
    except (Refused, ValidationError) as error:
        refuse(form, error)
        return context
    messages.success(request, _("Le texte est enregistré. L'artiste, l'équipe et la coordination le lisent."))
    return None


def differing(theirs: Activity, form: ActivityForm) -> list[tuple[str, str]]:
    """Label and text of each field that somebody else left otherwise than what was typed."""
    rows = []
    for name in services.TEXT:
        value = getattr(theirs, name)
        if value != form.cleaned_data[name]:
            shown = getattr(theirs, f"get_{name}_display", lambda value=value: value)()
            rows.append((str(form.fields[name].label), str(shown if shown not in (None, "") else _("(vide)"))))
    return rows


@require_http_methods(["GET", "POST"])
@studio_says_why
def structures(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """Which structures take part."""
    residency = get_residency(request, uuid)
    found = get_activity(residency, key)
    context = studio_frame(residency) | {"activity": found}
    verdict = rules.can_choose_structures(Seat.ARTIST, found.state)
    if not verdict:
        return refused(request, Refused(verdict.reason, code=verdict.code), context)
    form = StructuresForm(request.POST if request.method == "POST" else None, activity=found)
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_structures(by=_person(request), activity=found, structures=form.structures())
        except Forbidden:
            raise
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Les structures associées sont enregistrées."))
            return redirect("studio:activity", uuid, key)
    status = 422 if form.is_bound else 200
    return render(request, "residencies/studio/activity_structures.html", context | {"form": form}, status=status)


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def cancel(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """Asked, with a reason, before it is called off."""
    residency = get_residency(request, uuid)
    found = get_activity(residency, key)
    context = studio_frame(residency) | {"activity": found, "ahead": ahead(found)}
    verdict = rules.can_cancel(Seat.ARTIST, found.state)
    if not verdict:
        return refused(request, Refused(verdict.reason, code=verdict.code), context)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.cancel(by=_person(request), activity=found, reason=form.cleaned_data["reason"])
        messages.success(request, _("L'activité est annulée. Qui devait venir est prévenu."))
        return redirect("studio:activity", uuid, key)
    status = 422 if form.is_bound else 200
    return render(request, "residencies/studio/activity_cancel.html", context | {"form": form}, status=status)


def ahead(activity: Activity) -> list[Any]:
    """The planned sessions that calling the activity off calls off too."""
    return list(activity.sessions.filter(state="planned").select_related("host"))


@require_POST
@studio_says_why
def reopen(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    residency = get_residency(request, uuid)
    services.reopen(by=_person(request), activity=get_activity(residency, key))
    messages.success(request, _("L'activité est de nouveau en écriture. Ses séances se rétablissent une à une."))
    return redirect("studio:activity", uuid, key)


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)
