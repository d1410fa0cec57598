"""The session: its day, who sits, its agenda. Decisions and minutes are in modules of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.admin.common import person, refuse, whole
from candidatures.admin.jury.in_hand import juries_in_hand
from candidatures.admin.jury.session_decisions import DecisionsMixin
from candidatures.admin.jury.session_minutes import MinutesMixin
from candidatures.enums import JurorRole, SessionState
from candidatures.forms.sessions import AttendanceForm, ProposeForm, SessionForm, SignedForm
from candidatures.models import ChosenSet, Juror, Jury, JurySession
from candidatures.rules import sessions as rules
from candidatures.rules import settling as cases
from candidatures.selectors import ranking
from candidatures.selectors import sessions as selectors
from candidatures.services.jury import sessions
from clea.errors import Refused, StaleWrite
from clea.ui.dates import day
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    from candidatures.admin.jury.base import JuryPages

    _Base = JuryPages
else:
    _Base = object

TONES = {SessionState.PREPARING: "partial", SessionState.SETTLED: "attention", SessionState.CLOSED: "done"}
OUTCOME_TONES = {"selected": "done", "reserve": "open", "declined": "idle", "": "partial"}
#: How far ahead a session is told on the desk's first page.
AHEAD = timedelta(days=7)


class SessionsMixin(DecisionsMixin, MinutesMixin, _Base):
    """Each page is found by the jury's ``uuid``, within the walls, then the session's."""

    def jury_urls(self) -> list[URLPattern]:
        one = "seances/<uuid:session_key>/"
        return [
            self.address("seances/", self.sessions_page, "sessions"),
            self.address(one, self.session_page, "session"),
            self.address(f"{one}seance/", self.session_details_page, "session_details"),
            self.address(f"{one}presences/", self.session_attendance_page, "session_attendance"),
            self.address(f"{one}ordre-du-jour/", self.session_agenda_page, "session_agenda"),
            self.address(f"{one}supprimer/", self.session_discard_page, "session_discard"),
            *super().jury_urls(),
        ]

    def one_session(self, request: HttpRequest, key: UUID, session_key: UUID) -> JurySession:
        """A session of this jury, or 404."""
        jury = self.jury(request, key)
        session = JurySession.objects.filter(jury=jury, uuid=session_key).select_related(
            "chair__user", "chair__institution", "settled_by"
        )
        found = session.first()
        if found is None:
            raise Http404
        found.jury = jury
        return found

    def session_url(self, session: JurySession, anchor: str = "") -> str:
        url = reverse("admin:candidatures_jury_session", args=[session.jury.uuid, session.uuid])
        return f"{url}#{anchor}" if anchor else url

    # The list -----------------------------------------------------------------------------

    def sessions_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The sessions of this jury, the latest first, and a form to open one."""
        jury = self.jury(request, key)
        form = SessionForm(request.POST if request.method == "POST" else None, jurors=_possible_chairs(jury))
        if request.method == "POST" and form.is_valid():
            try:
                session = sessions.open_session(by=person(request), jury=jury, **form.values())
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                count = session.decisions.count()
                messages.success(
                    request,
                    ngettext(
                        "La séance est ouverte, avec %(n)d dossier à l'ordre du jour.",
                        "La séance est ouverte, avec %(n)d dossiers à l'ordre du jour.",
                        count,
                    )
                    % {"n": count},
                )
                return HttpResponseRedirect(self.session_url(session))
        if not form.is_bound:
            form.initial["held_on"] = jury.call.jury_on
        rows = jury.sessions.select_related("chair__user").annotate(
            dossiers=Count("decisions", distinct=True), editions=Count("minutes", distinct=True)
        )
        return self.jury_page(
            request,
            "admin/candidatures/jury/sessions.html",
            jury=jury,
            title=_("Séances du jury"),
            tab="sessions",
            rows=[{"session": row, "tone": TONES[SessionState(row.state)]} for row in rows],
            can_open=not any(row.state == SessionState.PREPARING for row in rows),
            form=form,
        )

    # One session --------------------------------------------------------------------------

    def session_page(self, request: HttpRequest, key: UUID, session_key: UUID) -> HttpResponse:
        """The page itself: nothing is sent here, each act has its own address."""
        session = self.one_session(request, key, session_key)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET"])
        return self.show_session(request, session)

    def session_details_page(self, request: HttpRequest, key: UUID, session_key: UUID) -> HttpResponse:
        """Write the day, the place, the chair, the account."""
        session = self.one_session(request, key, session_key)
        if request.method != "POST":
            return HttpResponseRedirect(self.session_url(session, "seance"))
        form = SessionForm(request.POST, jurors=_possible_chairs(session.jury), session=session)
        if form.is_valid():
            try:
                version = _version(form.cleaned_data["seen"])
                sessions.change_session(by=person(request), session=session, version=version, **form.values())
            except StaleWrite as error:
                form.look_again(str(_now(session)))
                form.add_error(None, str(error))
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("La séance est enregistrée."))
                return HttpResponseRedirect(self.session_url(session, "seance"))
        return self.show_session(request, session, details=form)

    def session_attendance_page(self, request: HttpRequest, key: UUID, session_key: UUID) -> HttpResponse:
        """Write who is there, and whose seat a substitute takes."""
        session = self.one_session(request, key, session_key)
        if request.method != "POST":
            return HttpResponseRedirect(self.session_url(session, "presences"))
        form = AttendanceForm(request.POST, room=selectors.room(session))
        if form.is_valid():
            try:
                version = _version(form.cleaned_data["seen"])
                sessions.attend(by=person(request), session=session, rows=form.rows(), version=version)
            except StaleWrite as error:
                form.look_again(str(_now(session)))
                form.add_error(None, str(error))
            except Refused as error:
                refuse(form, error)
            else:
                count = selectors.room(session).quorum
                messages.success(
                    request, _("Les présences sont enregistrées : %(count)s.") % {"count": count.sentence()}
                )
                return HttpResponseRedirect(self.session_url(session, "presences"))
        return self.show_session(request, session, attendance=form)

    def session_agenda_page(self, request: HttpRequest, key: UUID, session_key: UUID) -> HttpResponse:
        """Put on the agenda every dossier that waits, or the reserve list."""
        session = self.one_session(request, key, session_key)
        if request.method != "POST":
            return HttpResponseRedirect(self.session_url(session, "decisions"))
        try:
            state = "reserve" if request.POST.get("quoi") == "reserve" else "waiting"
            count = sessions.put_all_on_agenda(by=person(request), session=session, state=state)
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                ngettext(
                    "%(n)d dossier inscrit à l'ordre du jour.", "%(n)d dossiers inscrits à l'ordre du jour.", count
                )
                % {"n": count},
            )
        return HttpResponseRedirect(self.session_url(session, "decisions"))

    def session_discard_page(self, request: HttpRequest, key: UUID, session_key: UUID) -> HttpResponse:
        """Ask, then throw away a session opened by mistake."""
        session = self.one_session(request, key, session_key)
        if request.method == "POST":
            try:
                sessions.discard_session(by=person(request), session=session)
            except Refused as error:
                messages.error(request, str(error))
                return HttpResponseRedirect(self.session_url(session))
            messages.success(request, _("La séance est supprimée. Aucun dossier n'a changé d'état."))
            return HttpResponseRedirect(reverse("admin:candidatures_jury_sessions", args=[session.jury.uuid]))
        return self.jury_page(
            request,
            "admin/candidatures/jury/session_ask.html",
            jury=session.jury,
            title=_("Supprimer la séance du %(day)s") % {"day": day(session.held_on)},
            tab="sessions",
            lines=[
                _("Les présences et les décisions préparées sont effacées."),
                _("Les dossiers restent dans l'état où ils sont : rien n'avait été arrêté."),
            ],
            button=_("Supprimer la séance"),
            back=self.session_url(session),
        )

    # The page -----------------------------------------------------------------------------

    def show_session(self, request: HttpRequest, session: JurySession, **more: Any) -> HttpResponse:
        """Everything about a session. Thirty-six queries at most, whatever the number of dossiers and members.

        ``more``, after a refusal: the form that was sent (``details``, ``attendance``, ``signed``), the
        dossiers ``ticked``, the ranks ``typed``, and the ``error`` said on top.
        """
        ticked, typed = more.get("ticked", set()), more.get("typed", {})
        preparing = session.state == SessionState.PREPARING
        case = sessions.examine(session)
        mark = selectors.mark(session)
        lines = {} if not preparing else {line.application.pk: line for line in ranking.table(session.jury).lines}
        editions = self.session_editions(session)
        # Settled, the page says what the minutes froze: a recusal or a seat may have changed since.
        said = {} if preparing or not editions else {row["number"]: row for row in editions[0].data["decisions"]}
        rows = [_row(case, row, lines.get(row.application_id), said, ticked) for row in case.agenda]
        reserve = [
            {"row": row, "typed": typed.get(row.pk, row.reserve_rank), "first": n == 0}
            for n, row in enumerate(selectors.reserve(case.agenda))
        ]
        selected = sum(row.outcome == "selected" for row in case.agenda)
        return self.jury_page(
            request,
            "admin/candidatures/jury/session.html",
            jury=session.jury,
            title=_("Séance du %(day)s") % {"day": day(session.held_on)},
            tab="sessions",
            session=session,
            tone=TONES[SessionState(session.state)],
            preparing=preparing,
            mark=mark,
            error=more.get("error", ""),
            details=more.get("details") or SessionForm(jurors=_chairs_of(case), session=session),
            attendance=more.get("attendance") or AttendanceForm(room=case.room),
            members=case.room.members,
            quorum=case.room.quorum if preparing else _frozen_quorum(session, case.room.quorum),
            rows=rows,
            counts={
                "selected": selected,
                "reserve": len(reserve),
                "declined": sum(row.outcome == "declined" for row in case.agenda),
                "undecided": sum(not row.outcome for row in case.agenda),
                "free": case.places.free,
                "total": case.places.total,
                "left": max(0, case.places.free - selected),
            },
            propose=ProposeForm(
                mark=mark,
                has_set=preparing and ChosenSet.objects.filter(jury=session.jury, standing=True).exists(),
            )
            if preparing
            else None,
            reserve=reserve,
            outside=case.outside,
            waiting=case.undecided_elsewhere,
            obstacles=cases.obstacles(case, timezone.localdate()) if preparing else [],
            several=len(case.places.positions) > 1,
            editions=editions,
            signed_form=more.get("signed") or SignedForm(),
        )


def _row(case: cases.Case, row: Any, line: Any, said: dict[str, Any], ticked: set[str]) -> dict[str, Any]:
    """One dossier of the agenda, with its own count of voters: of today, or as the minutes say it."""
    number = selectors.number(row.application)
    if frozen := said.get(number):
        count = rules.Quorum(frozen["seats"], frozen["voters"], frozen["needed"])
        recused = frozen["recused"]
    else:
        count = case.room.for_dossier(row.application_id)
        recused = case.room.recused_names(row.application_id)
    return {
        "row": row,
        "number": number,
        "tone": OUTCOME_TONES[row.outcome],
        "label": row.get_outcome_display() if row.outcome else _("à décider"),
        "mean": line.mean if line else row.mean,
        "corrected": line.corrected if line else row.corrected,
        "count": count,
        "recused": ", ".join(recused),
        "ticked": str(row.application.uuid) in ticked,
    }


def _frozen_quorum(session: JurySession, today: rules.Quorum) -> rules.Quorum:
    """The count that the settled session keeps."""
    if session.quorum_seats is None:
        return today
    return replace(
        today, seats=session.quorum_seats, present=session.quorum_present or 0, needed=session.quorum_needed or 0
    )


def _chairs_of(case: cases.Case) -> list[Juror]:
    return [member.juror for member in case.room.members]


def _possible_chairs(jury: Jury) -> list[Juror]:
    """The president first: one query."""
    rows = Juror.objects.filter(jury=jury).sitting().select_related("user")
    return sorted(rows, key=lambda juror: juror.role != JurorRole.PRESIDENT)


def _version(seen: str) -> int:
    """The version a page was written on; one that says none is stale."""
    found = whole(seen)
    return -1 if found is None else found


def _now(session: JurySession) -> int:
    return JurySession.objects.values_list("version", flat=True).get(pk=session.pk)


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """A session to hold or to settle, and minutes that wait for their signatures. One query."""
    today = timezone.localdate()
    rows = (
        JurySession.objects.filter(
            Q(state=SessionState.SETTLED) | Q(state=SessionState.PREPARING, held_on__lte=today + AHEAD),
            jury__in=juries_in_hand(request),
        )
        .select_related("jury__call")
        .annotate(undecided=Count("decisions", filter=Q(decisions__outcome="")))
        .order_by("held_on")
    )
    return [_item(session, today) for session in rows]


def _item(session: Any, today: Any) -> DeskItem:
    title = session.jury.call.title
    url = reverse("admin:candidatures_jury_session", args=[session.jury.uuid, session.uuid])
    detail = f"{title}, {day(session.held_on)}"
    if session.state == SessionState.SETTLED:
        return DeskItem(_("procès-verbal à faire signer"), 1, f"{url}#proces-verbal", "soon", detail)
    left = (session.held_on - today).days
    if left > 0:
        label = ngettext("jour avant la séance du jury", "jours avant la séance du jury", left)
        return DeskItem(label, left, url, "soon", detail)
    if left == 0:
        return DeskItem(_("séance du jury aujourd'hui"), 1, url, "now", detail)
    if session.undecided:
        label = ngettext("dossier à décider", "dossiers à décider", session.undecided)
        return DeskItem(label, session.undecided, f"{url}#decisions", "now", detail)
    return DeskItem(_("séance tenue, à arrêter"), 1, url, "now", detail)
