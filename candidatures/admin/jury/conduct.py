"""The jury's rules, its discussion, the end of a blind reading, and who is written to about what is late."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.admin.common import person, refuse
from candidatures.admin.jury.base import JuryPages
from candidatures.forms.jury_members import ReasonForm, RulesForm
from candidatures.models import Jury
from candidatures.selectors import panel
from candidatures.services.jury import members, notices, reminders
from clea.errors import Refused, StaleWrite
from clea.mail.rendering import to_html
from clea.ui.dates import moment

if TYPE_CHECKING:
    _Base = JuryPages
else:
    _Base = object

_ACT = "admin/candidatures/jury/member_act.html"


class ConductMixin(_Base):
    def jury_urls(self) -> list[URLPattern]:
        return [
            self.address("regles/", self.rules_page, "rules"),
            self.address("discussion/", self.discussion_page, "discussion"),
            self.address("identites/", self.identities_page, "identities"),
            self.address("relancer/", self.remind_page, "remind"),
            *super().jury_urls(),
        ]

    def rules_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Dates, readings a dossier, quorum, time to answer, the charter."""
        jury = self.jury(request, key)
        form = RulesForm(request.POST or None, jury=jury)
        if request.method == "POST" and form.is_valid():
            try:
                members.set_rules(by=person(request), jury=jury, seen=form.cleaned_data["seen"], **form.rules())
            except StaleWrite as stale:
                form.look_again(self.jury(request, key))
                form.add_error(None, str(stale))
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("Règles du jury enregistrées."))
                return HttpResponseRedirect(_members(jury))
        rows = panel.members(jury)
        return self.jury_page(
            request,
            "admin/candidatures/jury/rules.html",
            jury=jury,
            title=_("Règles du jury"),
            tab="members",
            form=form,
            quorum=panel.quorum_sentence(jury, [row.juror for row in rows]),
            charter=panel.charter(jury),
            bound=sum(1 for row in rows if row.juror.is_sitting and row.juror.joined_at),
            back=_members(jury),
        )

    def discussion_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Open the discussion, or close it. ``vers`` says which, so that a second click undoes nothing."""
        jury = self.jury(request, key)
        if request.method == "POST":
            act = members.open_discussion if request.POST.get("vers") == "ouverte" else members.close_discussion
            if request.POST.get("vers") in ("ouverte", "fermee"):
                try:
                    done = act(by=person(request), jury=jury)
                except Refused as refusal:
                    messages.error(request, str(refusal))
                else:
                    said = _("La discussion est ouverte.") if done.discussion_open else _("La discussion est fermée.")
                    messages.success(request, said)
            return HttpResponseRedirect(_members(jury))
        return self.jury_page(
            request,
            _ACT,
            jury=jury,
            title=_("Fermer la discussion") if jury.discussion_open else _("Ouvrir la discussion"),
            tab="members",
            lines=self._discussion_lines(jury),
            hidden={"vers": "fermee" if jury.discussion_open else "ouverte"},
            button=_("Fermer la discussion") if jury.discussion_open else _("Ouvrir la discussion"),
            back=_members(jury),
        )

    @staticmethod
    def _discussion_lines(jury: Jury) -> list[str]:
        if jury.discussion_opened_at is not None:
            return [
                _("Elle est ouverte depuis le %(when)s.") % {"when": moment(jury.discussion_opened_at)},
                _("Fermée, les membres ne voient plus que leur propre lecture, et peuvent de nouveau la reprendre."),
                _("Ce qui a été écrit reste, et reparaît si la discussion est ouverte de nouveau."),
            ]
        left = panel.owed(jury).count()
        lines = [
            _("Un membre qui a déposé sa lecture d'un dossier voit alors celles des autres, et peut écrire."),
            _("Une lecture déposée ne se reprend plus, pour que personne ne s'aligne."),
        ]
        if left:
            lines.append(
                ngettext(
                    "%(n)d lecture n'est pas encore déposée : son auteur ne verra rien de ce dossier avant de l'avoir "
                    "fait.",
                    "%(n)d lectures ne sont pas encore déposées : leurs auteurs ne verront rien de ces dossiers "
                    "avant de l'avoir fait.",
                    left,
                )
                % {"n": left}
            )
        return lines

    def identities_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """End the blind reading, for good."""
        jury = self.jury(request, key)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                members.show_identities(by=person(request), jury=jury, reason=form.cleaned_data["reason"])
            except Refused as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, _("Les identités sont dévoilées au jury."))
                return HttpResponseRedirect(_members(jury))
        impossible = ""
        if not jury.call.blind_reading:
            impossible = _("La lecture de cet appel n'est pas anonyme.")
        elif jury.identities_shown_at is not None:
            impossible = _("Les identités sont dévoilées depuis le %(when)s.") % {
                "when": moment(jury.identities_shown_at)
            }
        return self.jury_page(
            request,
            _ACT,
            jury=jury,
            title=_("Dévoiler les identités au jury"),
            tab="members",
            lines=[
                _(
                    "Les membres verront les noms, les adresses et les pièces qui identifient les artistes, "
                    "dans les dossiers qui leur sont attribués."
                ),
                _("C'est définitif : personne n'oublie un nom. L'anonymat de cet appel ne se rétablit pas."),
                _("La date, votre nom et le motif sont conservés."),
            ],
            form=form,
            impossible=impossible,
            button=_("Dévoiler les identités"),
            back=_members(jury),
        )

    def remind_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Who has readings to file, and the message that each would receive; then send it."""
        jury = self.jury(request, key)
        rows = reminders.behind(jury)
        if request.method == "POST":
            chosen = set(request.POST.getlist("membre"))
            wanted = [row.juror for row in rows if str(row.juror.uuid) in chosen]
            try:
                written = reminders.remind_now(by=person(request), jury=jury, jurors=wanted)
            except Refused as refusal:
                messages.error(request, str(refusal))
            else:
                self._tell_written(request, len(written))
            return HttpResponseRedirect(_members(jury))
        sample = next((row for row in rows if not row.told), None)
        letter = None
        if sample is not None:
            sample.juror.jury = jury
            subject, body = notices.readings_left_text(juror=sample.juror, left=sample.left)
            letter = subject, to_html(body)
        return self.jury_page(
            request,
            "admin/candidatures/jury/remind.html",
            jury=jury,
            title=_("Relancer les lectures en attente"),
            tab="members",
            rows=rows,
            sample=sample,
            letter=letter,
            reading=panel.reading_sentence(jury),
            back=_members(jury),
        )

    @staticmethod
    def _tell_written(request: HttpRequest, count: int) -> None:
        if not count:
            messages.info(request, _("Personne n'est relancé : aucun membre choisi n'avait à l'être aujourd'hui."))
            return
        messages.success(
            request,
            ngettext("%(n)d membre est relancé.", "%(n)d membres sont relancés.", count) % {"n": count},
        )


def _members(jury: Jury) -> str:
    return reverse("admin:candidatures_jury_members", args=[jury.uuid])
