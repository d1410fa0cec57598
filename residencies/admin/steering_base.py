"""What the pages of one committee's meeting share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from candidatures.admin.common import refuse
from clea.errors import Refused
from residencies.admin.base import TabbedPages
from residencies.models import Meeting


class MeetingPages(TabbedPages):
    """Pages of one meeting. Templates extend ``admin/residencies/meeting/base.html``."""

    territory_path = "season__programme__territory"
    season_path = "season"
    prefix = "residencies_meeting"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("season__programme__territory", "minutes")

    def meeting(self, request: HttpRequest, key: UUID) -> Meeting:
        """The meeting behind an address, its territory with it. 404 outside the walls."""
        return self.found(request, key)

    def own(self, rows: Any, key: UUID) -> Any:
        """A row of the meeting, or 404."""
        row = rows.filter(uuid=key).first()
        if row is None:
            raise Http404
        return row

    def meeting_page(
        self, request: HttpRequest, template: str, *, meeting: Meeting, title: str, tab: str, **context: Any
    ) -> HttpResponse:
        season_url = reverse("admin:residencies_season_steering", args=[meeting.season.uuid])
        return self.tabbed(
            request, template, row=meeting, title=title, tab=tab, meeting=meeting, season_url=season_url, **context
        )

    def back(self, meeting: Meeting, tab: str = "hub", anchor: str = "") -> HttpResponse:
        return HttpResponseRedirect(self.back_url(meeting, tab) + anchor)

    def back_url(self, meeting: Meeting, tab: str = "hub") -> str:
        return next(self.tab_url(one, meeting) for one in self.tabs if one.name == tab)

    def url(self, name: str, meeting: Meeting, row: Any = None) -> str:
        return reverse(f"admin:{self.prefix}_{name}", args=[meeting.uuid, *([row.uuid] if row is not None else [])])

    def to_season(self, meeting: Meeting, anchor: str = "") -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:residencies_season_steering", args=[meeting.season.uuid]) + anchor)

    def act(self, request: HttpRequest, act: Callable[[], object], done: str = "") -> bool:
        """Do it and say so, or say why not. Whether it was done."""
        try:
            act()
        except Refused as error:
            messages.error(request, str(error))
            return False
        if done:
            messages.success(request, done)
        return True

    def sent(self, form: Form, act: Callable[[], object]) -> bool:
        """Do what a valid form asks; a refusal goes beside its field."""
        if not form.is_valid():
            return False
        try:
            act()
        except (Refused, ValidationError) as error:
            refuse(form, error)
            return False
        return True

    def form_page(
        self,
        request: HttpRequest,
        meeting: Meeting,
        *,
        title: str,
        tab: str,
        button: str,
        form: Form | None = None,
        lines: list[str] | None = None,
        **context: Any,
    ) -> HttpResponse:
        """One question: what the act does, its form if it has one, a way back."""
        response = self.meeting_page(
            request,
            "admin/residencies/meeting/form.html",
            meeting=meeting,
            title=title,
            tab=tab,
            form=form,
            lines=lines or [],
            button=button,
            back=self.back_url(meeting, tab),
            **context,
        )
        response.status_code = 422 if form is not None and form.is_bound else 200
        return response
