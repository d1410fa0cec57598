"""The end of a session: settled, its minutes read and signed, or reopened for a correction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.admin.common import person, refuse
from candidatures.enums import Outcome, SessionState
from candidatures.forms.sessions import CorrectForm, SettleForm, SignedForm
from candidatures.models import JurySession, Minutes
from candidatures.rules import settling as cases
from candidatures.selectors import sessions as selectors
from candidatures.services.jury import minutes as papers
from candidatures.services.jury import sessions
from clea.errors import Refused
from clea.ui.dates import day

if TYPE_CHECKING:
    from candidatures.admin.jury.base import JuryPages

    class _Base(JuryPages):
        def one_session(self, request: HttpRequest, key: UUID, session_key: UUID) -> JurySession: ...
        def session_url(self, session: JurySession, anchor: str = "") -> str: ...
        def show_session(self, request: HttpRequest, session: JurySession, **more: Any) -> HttpResponse: ...
else:
    _Base = object


class MinutesMixin(_Base):
    """Settle, print, sign, correct."""

    def jury_urls(self) -> list[URLPattern]:
        one = "seances/<uuid:session_key>/"
        return [
            self.address(f"{one}arreter/", self.session_settle_page, "session_settle"),
            self.address(f"{one}corriger/", self.session_correct_page, "session_correct"),
            self.address(f"{one}proces-verbal/<int:edition>/", self.minutes_pdf, "minutes"),
            self.address(f"{one}proces-verbal/<int:edition>/signe/", self.minutes_signed_page, "minutes_signed"),
            *super().jury_urls(),
        ]

    @staticmethod
    def session_editions(session: JurySession) -> list[Minutes]:
        """Every edition, the latest first; one that a correction opened waits for the next settling."""
        rows = session.minutes.select_related("document", "signed", "made_by")
        return list(rows)

    def session_settle_page(self, request: HttpRequest, key: UUID, session_key: UUID) -> HttpResponse:
        """What will stand, what prevents it, then the act."""
        session = self.one_session(request, key, session_key)
        case = sessions.examine(session)
        form = SettleForm(request.POST if request.method == "POST" else None, initial={"seen": selectors.mark(session)})
        if request.method == "POST" and form.is_valid():
            try:
                sessions.settle(by=person(request), session=session, **form.cleaned_data)
            except Refused as error:
                form.look_again(selectors.mark(session))
                refuse(form, error)
            else:
                messages.success(
                    request,
                    _("La séance est arrêtée. Le procès-verbal est à signer ; rien n'est annoncé aux artistes."),
                )
                return HttpResponseRedirect(self.session_url(session, "proces-verbal"))
        groups = [
            {"label": outcome.label, "rows": [row for row in case.agenda if row.outcome == outcome]}
            for outcome in (Outcome.SELECTED, Outcome.DECLINED)
        ]
        groups.insert(1, {"label": Outcome.RESERVE.label, "rows": selectors.reserve(case.agenda)})
        return self.jury_page(
            request,
            "admin/candidatures/jury/session_settle.html",
            jury=session.jury,
            title=_("Arrêter la séance du %(day)s") % {"day": day(session.held_on)},
            tab="sessions",
            session=session,
            quorum=case.room.quorum,
            groups=groups,
            obstacles=cases.obstacles(case, timezone.localdate()),
            remarks=cases.remarks(case),
            settled=session.state != SessionState.PREPARING,
            form=form,
            back=self.session_url(session),
        )

    def session_correct_page(self, request: HttpRequest, key: UUID, session_key: UUID) -> HttpResponse:
        """Say why, then reopen."""
        session = self.one_session(request, key, session_key)
        form = CorrectForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                _session, cancelled = sessions.correct(by=person(request), session=session, **form.cleaned_data)
            except Refused as error:
                refuse(form, error)
            else:
                messages.success(request, _("La séance est rouverte. Les dossiers ont retrouvé leur état d'avant."))
                if cancelled:
                    messages.info(
                        request,
                        ngettext(
                            "%(n)d courrier préparé, qui n'était pas parti, est annulé.",
                            "%(n)d courriers préparés, qui n'étaient pas partis, sont annulés.",
                            cancelled,
                        )
                        % {"n": cancelled},
                    )
                return HttpResponseRedirect(self.session_url(session))
        return self.jury_page(
            request,
            "admin/candidatures/jury/session_ask.html",
            jury=session.jury,
            title=_("Corriger la séance du %(day)s") % {"day": day(session.held_on)},
            tab="sessions",
            lines=[
                _("Les dossiers retrouvent l'état qu'ils avaient avant la séance, et les décisions peuvent changer."),
                _("Les courriers encore en brouillon sont annulés. C'est impossible si un courrier est déjà parti."),
                _("Le procès-verbal et sa copie signée sont conservés ; le prochain dira pourquoi il les remplace."),
            ],
            form=form,
            button=_("Rouvrir la séance"),
            blocked=session.state == SessionState.PREPARING,
            back=self.session_url(session),
        )

    def minutes_pdf(self, request: HttpRequest, key: UUID, session_key: UUID, edition: int) -> HttpResponse:
        """The edition's PDF, made now if nobody has; the file's own address then journals the reading."""
        row = self.session_edition(request, key, session_key, edition)
        return HttpResponseRedirect(reverse("documents:file", args=[papers.ensure(row.pk).uuid]))

    def minutes_signed_page(self, request: HttpRequest, key: UUID, session_key: UUID, edition: int) -> HttpResponse:
        """Receive the signed paper: the session is closed."""
        row = self.session_edition(request, key, session_key, edition)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = SignedForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                sessions.attach_signed(by=person(request), minutes=row, upload=form.cleaned_data["fichier"])
            except Refused as error:
                form.add_error("fichier", str(error))
            else:
                messages.success(request, _("Le procès-verbal signé est enregistré : la séance est close."))
                return HttpResponseRedirect(self.session_url(row.session, "proces-verbal"))
        return self.show_session(request, row.session, signed=form)

    def session_edition(self, request: HttpRequest, key: UUID, session_key: UUID, edition: int) -> Minutes:
        session = self.one_session(request, key, session_key)
        row = session.minutes.filter(edition=edition).exclude(data={}).first()
        if row is None:
            raise Http404
        row.session = session
        return row
