"""Say what took place, look back: the same for artists and teams."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.errors import Refused, StaleWrite, require
from clea.ui.recovery import recovered
from residencies.enums import ActivityState, Happened, SessionState
from residencies.forms.confirmations import ConfirmForm, ViewForm
from residencies.models import Activity, Confirmation
from residencies.rules import confirmations as rules
from residencies.selectors import confirmations as selectors
from residencies.services import confirmations, lookback
from residencies.views.sides import Side


def index(request: HttpRequest, side: Side) -> HttpResponse:
    """What is to be confirmed, what was, what to look back on."""
    if side.residency is not None:
        waiting = selectors.to_confirm_of_residency(side.residency)
    else:
        assert side.structure is not None
        waiting = selectors.to_confirm_of_structure(side.structure)
    said = [
        {"confirmation": one, "words": selectors.total_words(selectors.total(one.headcounts.all()))}
        for one in selectors.said_by(**side.party)
    ]
    return side.render(
        request, "confirmations", {"waiting": waiting, "said": said, "activities": selectors.looked_back(**side.party)}
    )


def one(request: HttpRequest, side: Side, key: UUID) -> HttpResponse:
    """The form, filled with what this side already said. 404 for a session of others."""
    session = selectors.sessions_of(**side.party).prefetch_related("audience").filter(uuid=key).first()
    if session is None:
        raise Http404
    said = list(selectors.with_headcounts().filter(session=session))
    mine = next((row for row in said if _is_mine(row, side)), None)
    settled = any(row.side == "desk" for row in said)
    require(rules.can_confirm(session, timezone.now(), settled=settled))
    form = ConfirmForm(request.POST if request.method == "POST" else recovered(request), session=session, mine=mine)
    if request.method == "POST" and form.is_valid():
        try:
            confirmations.confirm(
                by=request.user,  # type: ignore[arg-type]
                session=session,
                side=side.side,
                happened=Happened(form.cleaned_data["happened"]),
                counts=form.counts(),
                words=form.cleaned_data["words"],
                **side.party,
            )
        except Refused as error:
            if not error.field:
                raise
            form.refuse(error)
        else:
            messages.success(request, _("Merci, c'est noté. Vous pouvez le corriger tant que le bilan n'est pas clos."))
            return redirect(side.url("confirmations"))
    context: dict[str, Any] = {"session": session, "form": form, "mine": mine, "list_url": side.url("confirmations")}
    return side.render(request, "confirm", context, status=422 if form.is_bound and form.errors else 200)


def _is_mine(row: Confirmation, side: Side) -> bool:
    if side.residency is not None:
        return row.residency_id == side.residency.pk
    return side.structure is not None and row.structure_id == side.structure.pk


def look_back(request: HttpRequest, side: Side, key: UUID) -> HttpResponse:
    """This side's view; the other's is read beside it once both have written, or the look back is closed."""
    field = "artist_view" if side.residency is not None else "team_view"
    activity = Activity.objects.filter(uuid=key, **_through(side)).exclude(state=ActivityState.CANCELLED).first()
    if activity is None:
        raise Http404
    held = activity.sessions.filter(state=SessionState.HELD).exists()
    verdict = rules.can_look_back(activity, held=held)
    text = getattr(activity, field)
    form = ViewForm(request.POST) if request.method == "POST" else ViewForm.of(text)
    theirs = ""
    if request.method == "POST":
        require(verdict)
        if form.is_valid():
            try:
                lookback.write(
                    by=request.user,  # type: ignore[arg-type]
                    activity=activity,
                    side=side.side,
                    **form.cleaned_data,
                    **side.party,
                )
            except StaleWrite as stale:
                theirs = text
                form = ViewForm(_with(request.POST, seen=text))
                form.add_error("text", str(stale))
            else:
                messages.success(request, _("Votre regard est enregistré."))
                return redirect(side.url("confirmations"))
    other = activity.team_view if side.residency is not None else activity.artist_view
    context = {
        "activity": activity,
        "form": form,
        "verdict": verdict,
        "theirs": theirs,
        "mine": text,
        "other": other if text or not verdict else "",
        "list_url": side.url("confirmations"),
    }
    return side.render(request, "confirm_look_back", context, status=422 if form.is_bound and form.errors else 200)


def _with(data: QueryDict, **changes: str) -> QueryDict:
    """What was typed, with what the page must now say of what it read."""
    copy = data.copy()
    for name, value in changes.items():
        copy[name] = value
    return copy


def _through(side: Side) -> dict[str, Any]:
    return {"residencies": side.residency} if side.residency is not None else {"structures": side.structure}
