"""Interviews: slots, invitations, the grid of the day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy
from django.views.decorators.http import require_safe

from candidatures.admin.common import person, refuse
from candidatures.admin.jury import interview_slot
from candidatures.admin.jury.base import JuryPages
from candidatures.admin.jury.in_hand import juries_in_hand
from candidatures.enums import ApplicationState, InterviewOutcome
from candidatures.forms.interviews import InviteForm, SeriesForm
from candidatures.models import InterviewInvitation, InterviewSlot, Jury
from candidatures.reports import interview_calendars
from candidatures.selectors import interviews as selectors
from candidatures.services.jury import interviews
from clea.documents import services as documents
from clea.errors import Refused
from clea.mail.enums import MailState
from clea.ui.dates import day as in_words
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    _Base = JuryPages
else:
    _Base = object


class InterviewsMixin(interview_slot.SlotMixin, _Base):
    """The interviews of a jury, as the coordination prepares and follows them."""

    def jury_urls(self) -> list[URLPattern]:
        return [
            self.address("entretiens/", require_safe(self.interviews_page), "interviews"),
            self.address("entretiens/creneaux/", self.interviews_open_page, "interviews_open"),
            self.address("entretiens/inviter/", self.interviews_invite, "interviews_invite"),
            self.address("entretiens/grille/", require_safe(self.interviews_grid), "interviews_grid"),
            self.address("entretiens/grille.pdf", require_safe(self.interviews_grid_pdf), "interviews_grid_pdf"),
            self.address("entretiens/entretiens.ics", require_safe(self.interviews_ics), "interviews_ics"),
            *self.slot_urls(),
            *super().jury_urls(),
        ]

    # The list ------------------------------------------------------------------------------------

    def interviews_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The shortlist, its invitations, every slot in the order of time."""
        return self._interviews(request, self.jury(request, key))

    def _interviews(
        self, request: HttpRequest, jury: Jury, *, form: InviteForm | None = None, status: int = 200
    ) -> HttpResponse:
        now = timezone.now()
        rows = selectors.slots(jury)
        candidates = selectors.candidates(jury, now)
        free = [row for row in rows if row.application_id is None and row.starts_at > now]
        invitable = sum(bool(row.can_invite) for row in candidates)
        response = self.jury_page(
            request,
            "admin/candidatures/jury/interviews.html",
            jury=jury,
            title=_("Entretiens"),
            tab="interviews",
            form=form or InviteForm(call_id=jury.call_id),
            chosen=form.data.getlist("applications") if form is not None and form.is_bound else [],  # type: ignore[attr-defined]
            candidates=candidates,
            invitable=invitable,
            days=selectors.by_day(rows),
            free=len(free),
            booked=sum(row.application_id is not None for row in rows),
            short=max(0, invitable - len(free)),
            now=now,
        )
        response.status_code = status
        return response

    # Opening slots -------------------------------------------------------------------------------

    def interviews_open_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """A day of slots: first shown one by one, then opened."""
        jury = self.jury(request, key)
        if request.method != "POST":
            first = jury.call.interviews_from
            initial = {"day": first} if first and first > timezone.localdate() else {}
            return self._show_series(request, jury, SeriesForm(initial=initial))
        form = SeriesForm(request.POST)
        if not form.is_valid():
            return self._show_series(request, jury, form, status=422)
        spans, room = form.spans(), form.room()
        found = selectors.clashes(jury, spans, room.where)
        if "confirme" in request.POST:
            try:
                made = interviews.open_slots(by=person(request), jury=jury, spans=spans, room=room)
            except (Refused, ValidationError) as error:
                refuse(form, error)
                return self._show_series(request, jury, form, status=422)
            messages.success(
                request, ngettext("%(n)d créneau ouvert.", "%(n)d créneaux ouverts.", len(made)) % {"n": len(made)}
            )
            return HttpResponseRedirect(self._interviews_url(jury))
        if not spans:
            form.add_error("until", _("Aucun créneau ne tient entre ces deux heures."))
            return self._show_series(request, jury, form, status=422)
        return self._show_series(request, jury, form, spans=spans, clashes=found)

    def _show_series(
        self, request: HttpRequest, jury: Jury, form: SeriesForm, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        response = self.jury_page(
            request,
            "admin/candidatures/jury/interviews_open.html",
            jury=jury,
            title=_("Ouvrir des créneaux"),
            tab="interviews",
            form=form,
            back=self._interviews_url(jury),
            **context,
        )
        response.status_code = status
        return response

    # Inviting ------------------------------------------------------------------------------------

    def interviews_invite(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Draft the letters of those who were ticked, then read them in the outbox."""
        jury = self.jury(request, key)
        if request.method != "POST":
            return HttpResponseRedirect(self._interviews_url(jury))
        form = InviteForm(request.POST, call_id=jury.call_id)
        if form.is_valid():
            try:
                made = interviews.invite(
                    by=person(request),
                    jury=jury,
                    applications=form.cleaned_data["applications"],
                    book_by=form.cleaned_data["book_by"],
                )
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(
                    request,
                    ngettext(
                        "%(n)d invitation prête dans la boîte d'envoi : relisez-la, puis approuvez-la pour "
                        "qu'elle parte.",
                        "%(n)d invitations prêtes dans la boîte d'envoi : relisez-les, puis approuvez-les pour "
                        "qu'elles partent.",
                        len(made),
                    )
                    % {"n": len(made)},
                )
                return HttpResponseRedirect(self._interviews_url(jury))
        return self._interviews(request, jury, form=form, status=422)

    # The grid of a day ---------------------------------------------------------------------------

    def interviews_grid(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The day on one page, to read or print."""
        jury = self.jury(request, key)
        context = self._day_grid(request, jury)
        return self.jury_page(
            request,
            "admin/candidatures/jury/interviews_grid.html",
            jury=jury,
            title=_("Entretiens du %(day)s") % {"day": in_words(context["day"])},
            tab="interviews",
            back=self._interviews_url(jury),
            **context,
        )

    def interviews_grid_pdf(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The same as a PDF, with room to write."""
        jury = self.jury(request, key)
        context = self._day_grid(request, jury)
        content = documents.render_pdf(
            "pdf/candidatures/interview_grid.html",
            context | {"jury": jury, "call": jury.call},
            title=_("Entretiens du %(day)s") % {"day": in_words(context["day"])},
        )
        name = f"entretiens-{context['day'].isoformat()}{'' if context['names'] else '-numeros'}.pdf"
        return HttpResponse(
            content,
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"},
        )

    def _day_grid(self, request: HttpRequest, jury: Jury) -> dict[str, Any]:
        try:
            day = parse_date(request.GET.get("jour", ""))
        except ValueError:
            day = None
        if day is None:
            raise Http404
        names = request.GET.get("noms") != "non"
        rows = selectors.grid(jury, day, names=names)
        if not rows:
            raise Http404
        return {"day": day, "rows": rows, "names": names}

    def interviews_ics(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The interviews that are booked, for the coordination's own calendar."""
        jury = self.jury(request, key)
        rows = selectors.slots(jury)
        grid = [
            selectors.GridRow(
                row,
                row.application,
                row.application.display_name if row.application else "",
                row.application.last_deposit.number if row.application and row.application.last_deposit else "",
                [],
            )
            for row in rows
        ]
        return HttpResponse(
            interview_calendars.for_desk(jury, grid),
            content_type="text/calendar; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="entretiens-{jury.call.slug}.ics"',
                "Cache-Control": "private, no-store",
            },
        )

    @staticmethod
    def _interviews_url(jury: Jury) -> str:
        return reverse("admin:candidatures_jury_interviews", args=[jury.uuid])


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """Today's interviews, those to record, and who was invited and has no slot. One query of its own."""
    lines = []
    for jury in _counted(request):
        url = reverse("admin:candidatures_jury_interviews", args=[jury.uuid])
        counts: dict[str, int] = {name: getattr(jury, name) for name in ("today", "unrecorded", "waiting")}
        if counts["today"]:
            lines.append(
                DeskItem(
                    ngettext_lazy("entretien aujourd'hui", "entretiens aujourd'hui"),
                    counts["today"],
                    f"{reverse('admin:candidatures_jury_interviews_grid', args=[jury.uuid])}"
                    f"?jour={timezone.localdate().isoformat()}",
                    "now",
                    jury.call.title,
                )
            )
        if counts["unrecorded"]:
            lines.append(
                DeskItem(
                    ngettext_lazy("entretien passé, issue à noter", "entretiens passés, issue à noter"),
                    counts["unrecorded"],
                    url,
                    "soon",
                    jury.call.title,
                )
            )
        if counts["waiting"]:
            lines.append(
                DeskItem(
                    ngettext_lazy(
                        "artiste invité à un entretien, sans créneau", "artistes invités à un entretien, sans créneau"
                    ),
                    counts["waiting"],
                    url,
                    "info",
                    jury.call.title,
                )
            )
    return lines


def _counted(request: HttpRequest) -> QuerySet[Jury]:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    planned = InterviewSlot.objects.booked().filter(jury=OuterRef("pk"), outcome=InterviewOutcome.PLANNED)
    waiting = (
        InterviewInvitation.objects.filter(
            application__call__jury=OuterRef("pk"),
            application__state=ApplicationState.SHORTLISTED,
            declined_at__isnull=True,
            mail__state=MailState.SENT,
        )
        .exclude(application__in=InterviewSlot.objects.booked().values("application"))
        .order_by()
        .values("application__call")
    )
    return (
        Jury.objects.filter(pk__in=[jury.pk for jury in juries_in_hand(request)])
        .select_related("call")
        .annotate(
            today=_count(planned.filter(starts_at__gte=today, starts_at__lt=today + timedelta(days=1)), "jury"),
            unrecorded=_count(planned.filter(starts_at__lt=today), "jury"),
            waiting=Coalesce(Subquery(waiting.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0),
        )
        .filter(Q(today__gt=0) | Q(unrecorded__gt=0) | Q(waiting__gt=0))
        .order_by(F("call__title"))
    )


def _count(rows: QuerySet[InterviewSlot], group: str) -> Coalesce:
    counted = rows.order_by().values(group).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
