"""The minutes of a meeting: written, decisions, actions, settled, published."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from candidatures.admin.common import person, refuse
from clea.errors import Refused, StaleWrite
from residencies.admin.steering_base import MeetingPages
from residencies.enums.steering import ACTION_TRANSITIONS, ActionState, MeetingState
from residencies.forms.steering import ActionForm, DecisionForm, FollowForm, MinutesForm, WhyForm
from residencies.reports import minutes as reports
from residencies.rules import steering as rules
from residencies.selectors import steering as selectors
from residencies.services import actions
from residencies.services import meeting_minutes as services


class MinutesMixin(MeetingPages):
    def row_urls(self) -> list[URLPattern]:
        decision, action = "decisions/<uuid:decision>/", "actions/<uuid:action>/"
        return [
            self.address("compte-rendu/", self.minutes_page, "minutes"),
            self.address("compte-rendu/apercu.pdf", require_safe(self.minutes_preview), "minutes_preview"),
            self.address("compte-rendu/arreter/", self.settle_page, "settle"),
            self.address("compte-rendu/rouvrir/", self.reopen_page, "reopen"),
            self.address("compte-rendu/publier/", self.publish_page, "publish"),
            self.address("compte-rendu/depublier/", require_POST(self.unpublish), "unpublish"),
            self.address("compte-rendu/envoyer/", self.send_page, "send"),
            self.address(decision, self.decision_page, "decision"),
            self.address(f"{decision}retirer/", require_POST(self.decision_remove), "decision_remove"),
            self.address(action, self.action_page, "action"),
            self.address(f"{action}retirer/", require_POST(self.action_remove), "action_remove"),
            self.address(f"{action}suite/", self.follow_page, "follow"),
            *super().row_urls(),
        ]

    # Writing -------------------------------------------------------------------------------------

    def minutes_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """One form for what is said, decided and asked while people speak; read once settled."""
        meeting = self.meeting(request, key)
        items, people = list(meeting.items.all()), list(meeting.attendees.all())
        form = MinutesForm(
            request.POST if request.method == "POST" else None, meeting=meeting, items=items, people=people
        )
        theirs: list[tuple[str, str]] = []
        stale: Refused | None = None
        if request.method == "POST" and form.is_valid():
            try:
                services.write(by=person(request), meeting=meeting, **form.values())
            except StaleWrite as error:
                stale, theirs = error, form.look_again(meeting)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("Le compte rendu est enregistré."))
                return self.back(meeting, "minutes")
        decisions = list(meeting.decisions.select_related("item"))
        response = self.meeting_page(
            request,
            "admin/residencies/meeting/minutes.html",
            meeting=meeting,
            title=_("Compte rendu"),
            tab="minutes",
            form=form,
            stale=stale,
            theirs=theirs,
            points=[
                (item, said, new, [row for row in decisions if row.item_id == item.pk])
                for item, said, new in form.points()
            ],
            others=[row for row in decisions if row.item_id is None],
            actions=[(row, rules.is_late(row, timezone.localdate())) for row in meeting.actions.all()],
            can_write=rules.can_write(meeting),
        )
        response.status_code = 409 if stale else 422 if form.is_bound else 200
        return response

    def minutes_preview(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """As it would be settled, or as the public would read it; a draft says so on the page."""
        meeting = self.meeting(request, key)
        read = selectors.minutes(meeting, public="public" in request.GET)
        return HttpResponse(
            reports.pdf(meeting, read, draft=meeting.state != MeetingState.SETTLED),
            content_type="application/pdf",
            headers={"Content-Disposition": 'inline; filename="apercu.pdf"', "Cache-Control": "private, no-store"},
        )

    # Decisions and actions, one by one -----------------------------------------------------------

    def decision_page(self, request: HttpRequest, key: UUID, decision: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        row = self.own(meeting.decisions.select_related("item"), decision)
        form = DecisionForm(request.POST if request.method == "POST" else None, meeting=meeting, decision=row)
        if request.method == "POST" and self.sent(
            form, lambda: services.change_decision(by=person(request), decision=row, **form.cleaned_data)
        ):
            return self.back(meeting, "minutes")
        return self.form_page(
            request,
            meeting,
            title=_("Décision %(n)d") % {"n": row.position},
            tab="minutes",
            button=_("Enregistrer la décision"),
            form=form,
            remove_url=self.url("decision_remove", meeting, row),
            remove_label=_("Retirer cette décision"),
        )

    def decision_remove(self, request: HttpRequest, key: UUID, decision: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        row = self.own(meeting.decisions, decision)
        done = _("La décision est retirée ; les suivantes prennent son numéro.")
        self.act(request, lambda: services.remove_decision(by=person(request), decision=row), done)
        return self.back(meeting, "minutes")

    def action_page(self, request: HttpRequest, key: UUID, action: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        row = self.own(meeting.actions, action)
        addresses = {one.name.casefold(): one.email for one in meeting.attendees.exclude(email="")}
        form = ActionForm.of(row, request.POST if request.method == "POST" else None, addresses)
        if request.method == "POST" and self.sent(
            form, lambda: actions.change(by=person(request), action=row, **form.cleaned_data)
        ):
            return self.back(meeting, "minutes")
        return self.form_page(
            request,
            meeting,
            title=_("Corriger une action"),
            tab="minutes",
            button=_("Enregistrer l'action"),
            form=form,
            remove_url=self.url("action_remove", meeting, row),
            remove_label=_("Retirer cette action"),
        )

    def action_remove(self, request: HttpRequest, key: UUID, action: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        row = self.own(meeting.actions, action)
        self.act(request, lambda: actions.remove(by=person(request), action=row), _("L'action est retirée."))
        return self.back(meeting, "minutes")

    def follow_page(self, request: HttpRequest, key: UUID, action: UUID) -> HttpResponse:
        """Done, dropped, or to do again; back to the list it was opened from."""
        meeting = self.meeting(request, key)
        row = self.own(meeting.actions, action)
        targets = [state for state in ActionState if state in ACTION_TRANSITIONS[ActionState(row.state)]]
        form = FollowForm(request.POST if request.method == "POST" else None, action=row, targets=targets)

        def mark() -> None:
            data = form.cleaned_data
            actions.mark(by=person(request), action=row, target=ActionState(data["state"]), note=data["note"])

        if request.method == "POST" and self.sent(form, mark):
            messages.success(request, _("La suite de « %(what)s » est notée.") % {"what": row.what})
            return self.to_season(meeting, "#actions")
        return self.form_page(
            request,
            meeting,
            title=_("Suite d'une action"),
            tab="minutes",
            button=_("Noter la suite"),
            form=form,
            lines=[row.what, _("Confiée à %(who)s.") % {"who": row.owner}],
        )

    # Settled, opened again, published ------------------------------------------------------------

    def settle_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Ask, then freeze."""
        meeting = self.meeting(request, key)
        if request.method == "POST":
            text = request.POST.get("version", "")
            version = int(text) if text.isdecimal() else None
            done = _("Le compte rendu est arrêté. Envoyez-le aux participants, publiez-le si vous le souhaitez.")
            self.act(request, lambda: services.settle(by=person(request), meeting=meeting, version=version), done)
            return self.back(meeting, "minutes")
        lines = [
            _("Le PDF est fait et gardé avec son empreinte ; plus rien de la réunion ne change."),
            _("Il reste interne : vous le publierez ensuite, ou non."),
            _("Une erreur se corrige : on le rouvre, avec un motif."),
        ]
        title, button = _("Arrêter le compte rendu ?"), _("Arrêter le compte rendu")
        return self.form_page(
            request, meeting, title=title, tab="minutes", button=button, lines=lines, version=meeting.version
        )

    def reopen_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        form = WhyForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and self.sent(
            form, lambda: services.reopen(by=person(request), meeting=meeting, why=form.cleaned_data["why"])
        ):
            messages.success(request, _("Le compte rendu est rouvert : corrigez-le, puis arrêtez-le à nouveau."))
            return self.back(meeting, "minutes")
        lines = [_("Le PDF arrêté est retiré ; le journal garde son empreinte.")]
        if meeting.is_published:
            lines.append(_("Il quitte aussi le site : vous le publierez à nouveau."))
        title, button = _("Rouvrir le compte rendu ?"), _("Rouvrir le compte rendu")
        return self.form_page(request, meeting, title=title, tab="minutes", button=button, form=form, lines=lines)

    def publish_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Say what becomes public, then publish."""
        meeting = self.meeting(request, key)
        if request.method == "POST":
            done = _("Le compte rendu est publié.")
            self.act(request, lambda: services.publish(by=person(request), meeting=meeting), done)
            return self.back(meeting, "minutes")
        n = selectors.public_papers(meeting).count()
        lines = [
            _("Chacun lira l'ordre du jour, ce qui a été dit, les décisions et ce qui est à faire."),
            _("Les participants n'y sont que par leur organisme et leur fonction : ni nom, ni adresse."),
            _("Relisez ce qui est écrit : un nom tapé dans un texte y reste."),
            ngettext("%(n)d document est publié avec lui.", "%(n)d documents sont publiés avec lui.", n) % {"n": n},
        ]
        title, button = _("Publier le compte rendu ?"), _("Publier le compte rendu")
        return self.form_page(
            request,
            meeting,
            title=title,
            tab="minutes",
            button=button,
            lines=lines,
            preview=self.url("minutes_preview", meeting) + "?public",
        )

    def unpublish(self, request: HttpRequest, key: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        done = _("Le compte rendu n'est plus sur le site : il reste interne.")
        self.act(request, lambda: services.unpublish(by=person(request), meeting=meeting), done)
        return self.back(meeting, "minutes")

    def send_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Say to whom, then send."""
        meeting = self.meeting(request, key)
        people = list(meeting.attendees.exclude(email=""))
        if request.method == "POST":
            done = _("Le compte rendu est envoyé aux participants.")
            self.act(request, lambda: services.send(by=person(request), meeting=meeting), done)
            return self.back(meeting, "minutes")
        lines = [" – ".join(part for part in (row.name, row.organisation, row.email) if part) for row in people]
        title, button = _("Envoyer le compte rendu à ces personnes ?"), _("Envoyer le compte rendu")
        return self.form_page(request, meeting, title=title, tab="minutes", button=button, lines=lines)
