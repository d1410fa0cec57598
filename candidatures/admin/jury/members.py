"""Who sits: invitations, roles, removals, progress."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from candidatures.admin.common import person, refuse
from candidatures.admin.jury.base import JuryPages
from candidatures.admin.jury.in_hand import juries_in_hand, read_so_far
from candidatures.forms.jury_members import InviteForm, ListForm, MemberForm, ReasonForm
from candidatures.models import Juror, Jury
from candidatures.selectors import panel
from candidatures.services.jury import members, roster
from clea.errors import Refused, StaleWrite
from clea.journal.selectors import entries_for
from clea.ui import limits
from clea.ui.desk import DeskItem
from structures.admin.letters import chosen_keys
from structures.letters import Mailing, Recipient, mailing_of
from structures.models import Institution

if TYPE_CHECKING:
    _Base = JuryPages
else:
    _Base = object

#: A reading that ends within this time is told.
SOON = timedelta(days=7)


#: A list of people counts for one. Far above any committee: for a session that somebody else would be using.
INVITATIONS = limits.limit("candidatures", "invite_juror", "60/h/user", "an invitation to a jury, or a list of them")


def _pace(request: HttpRequest) -> None:
    if seconds := limits.wait(request, INVITATIONS):
        text = _("Vous avez envoyé beaucoup d'invitations. Rien n'est parti : reprenez %(when)s.")
        raise Refused(text % {"when": limits.later(seconds)}, code="too_many")


def of_jurors(jurors: QuerySet[Juror]) -> Mailing:
    """Those who sit, each under their jury's name. One query."""
    rows = jurors.select_related("user", "jury__call__season__programme__territory")
    return mailing_of(
        Recipient(str(row.user), row.user.email, row.jury.territory, row.jury, row.jury.call.title, row.user.language)
        for row in rows.order_by("user__last_name", "user__first_name")
    )


class MembersMixin(_Base):
    def jury_urls(self) -> list[URLPattern]:
        one = "membres/<uuid:member>/"
        return [
            self.address("membres/", self.members_page, "members"),
            self.address("membres/ecrire/", self.write_page, "member_write"),
            self.address("membres/inviter/", self.invite_page, "member_invite"),
            self.address("membres/inviter-une-liste/", self.list_page, "member_list"),
            self.address(one, self.member_page, "member"),
            self.address(f"{one}inviter-de-nouveau/", self.again_page, "member_again"),
            self.address(f"{one}retirer/", self.remove_page, "member_remove"),
            *super().jury_urls(),
        ]

    def members_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Who sits, and where each one stands."""
        jury = self.jury(request, key)
        rows = panel.members(jury)
        sitting = [row for row in rows if row.juror.is_sitting]
        return self.jury_page(
            request,
            "admin/candidatures/jury/members.html",
            jury=jury,
            title=_("Membres du jury"),
            tab="members",
            sitting=sitting,
            gone=[row for row in rows if not row.juror.is_sitting],
            totals={
                name: sum(getattr(row, name) for row in sitting) for name in ("assigned", "filed", "started", "late")
            },
            institutions=len({row.juror.institution_id for row in sitting}),
            behind=sum(1 for row in sitting if row.left and row.juror.joined_at),
            applicants=[row for row in sitting if row.applies],
            warnings=panel.warnings(jury, rows),
            quorum=panel.quorum_sentence(jury, [row.juror for row in sitting]),
            reading=panel.reading_sentence(jury),
            entries=entries_for(jury)[:20],
        )

    def write_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Write to the members ticked, to all of them when none is."""
        jury = self.jury(request, key)
        chosen = chosen_keys(request, "membre")
        sitting = Juror.objects.filter(jury=jury).sitting()
        return self.letter_flow(  # type: ignore[attr-defined]
            request,
            of_jurors(sitting.filter(uuid__in=chosen) if chosen else sitting),
            back=self._members(jury),
            row=jury,
            hidden=[("membre", str(one)) for one in chosen],
        )

    # Invite --------------------------------------------------------------------------------

    def invite_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """One person; the letter leaves at once."""
        jury = self.jury(request, key)
        form = InviteForm(request.POST or None, jury=jury, initial=self._past(request, jury))
        if request.method == "POST" and form.is_valid():
            try:
                _pace(request)
                juror = members.invite(by=person(request), jury=jury, **form.cleaned_data)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                self._tell_invited(request, jury, juror, form)
                return HttpResponseRedirect(self._members(jury))
        return self.jury_page(
            request,
            "admin/candidatures/jury/member_form.html",
            jury=jury,
            title=_("Inviter un membre"),
            tab="members",
            form=form,
            button=_("Inviter"),
            note=_("L'invitation part aussitôt par courriel. Les dossiers s'ouvrent une fois l'engagement accepté."),
            back=self._members(jury),
        )

    @staticmethod
    def _past(request: HttpRequest, jury: Jury) -> dict[str, Any]:
        """What is known of somebody who declined or was removed, to invite them again."""
        try:
            asked = UUID(request.GET.get("membre", ""))
        except ValueError:
            return {}
        juror = Juror.objects.filter(jury=jury, uuid=asked).select_related("user").first()
        if juror is None:
            return {}
        return {
            "email": juror.user.email,
            "first_name": juror.user.first_name,
            "last_name": juror.user.last_name,
            "institution": juror.institution_id,
            "role": juror.role,
            "function": juror.function,
            "city": juror.city,
            "max_load": juror.max_load,
        }

    @staticmethod
    def _tell_invited(request: HttpRequest, jury: Jury, juror: Juror, form: InviteForm) -> None:
        messages.success(
            request,
            _("%(name)s est invité ou invitée : le message part à l'adresse %(email)s.")
            % {"name": juror.user, "email": juror.user.email},
        )
        typed = f"{form.cleaned_data['first_name']} {form.cleaned_data['last_name']}".strip()
        if typed and typed != juror.user.get_full_name():
            messages.info(
                request, _("Cette adresse a déjà un compte, au nom de %(name)s : il est gardé.") % {"name": juror.user}
            )
        if panel.applying(jury, [juror.user_id]):
            messages.warning(
                request,
                _("%(name)s a un dossier dans cet appel. Ce membre ne le verra jamais dans l'espace du jury.")
                % {"name": juror.user},
            )

    def list_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Several people: the list is read line by line, corrected, then invited as it was shown."""
        jury = self.jury(request, key)
        form = ListForm(request.POST or None)
        lines: list[roster.Line] = []
        digest = ""
        if request.method == "POST" and form.is_valid():
            text = form.cleaned_data["people"]
            lines = roster.read(jury, text)
            digest = hashlib.sha256(text.encode()).hexdigest()
            ready = lines and not any(line.errors for line in lines)
            if not lines:
                form.add_error("people", _("Écrivez au moins une personne."))
            elif len(lines) > roster.MAX_LINES:
                form.add_error("people", _("Cette liste est trop longue : %(n)d lignes.") % {"n": len(lines)})
                lines = []
            elif ready and "confirmer" in request.POST and request.POST.get("vu") == digest:
                try:
                    _pace(request)
                    invited = roster.invite_all(by=person(request), jury=jury, lines=lines)
                except Refused as refusal:
                    refuse(form, refusal)
                else:
                    count = len(invited)
                    messages.success(
                        request,
                        ngettext(
                            "%(n)d personne est invitée : son message part.",
                            "%(n)d personnes sont invitées : leurs messages partent.",
                            count,
                        )
                        % {"n": count},
                    )
                    return HttpResponseRedirect(self._members(jury))
        faulty = sum(1 for line in lines if line.errors)
        return self.jury_page(
            request,
            "admin/candidatures/jury/member_list.html",
            jury=jury,
            title=_("Inviter une liste de membres"),
            tab="members",
            form=form,
            lines=lines,
            faulty=faulty,
            seen=digest if lines and not faulty else "",
            institutions=Institution.objects.filter(territory=jury.territory),
            back=self._members(jury),
        )

    # One member ----------------------------------------------------------------------------

    def member_page(self, request: HttpRequest, key: UUID, member: UUID) -> HttpResponse:
        """A seat: institution, role, what helps the assignment."""
        jury = self.jury(request, key)
        juror = self._member(jury, member)
        form = MemberForm(request.POST or None, jury=jury, juror=juror)
        if request.method == "POST" and form.is_valid():
            try:
                members.change(by=person(request), juror=juror, seen=form.cleaned_data["seen"], **form.seat())
            except StaleWrite as stale:
                form.look_again(self._member(jury, member))
                form.add_error(None, str(stale))
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("%(name)s : modifications enregistrées.") % {"name": juror})
                return HttpResponseRedirect(self._members(jury))
        return self.jury_page(
            request,
            "admin/candidatures/jury/member_form.html",
            jury=jury,
            title=str(juror),
            tab="members",
            form=form,
            juror=juror,
            button=_("Enregistrer"),
            note="",
            back=self._members(jury),
        )

    def again_page(self, request: HttpRequest, key: UUID, member: UUID) -> HttpResponse:
        """Send an invitation again."""
        jury = self.jury(request, key)
        juror = self._member(jury, member)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            _pace(request)
            members.invite_again(by=person(request), juror=juror)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("L'invitation repart à l'adresse %(email)s.") % {"email": juror.user.email})
        return HttpResponseRedirect(self._members(jury))

    def remove_page(self, request: HttpRequest, key: UUID, member: UUID) -> HttpResponse:
        """Take a seat back, once it is said what that does."""
        jury = self.jury(request, key)
        juror = self._member(jury, member)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                members.remove(by=person(request), juror=juror, reason=form.cleaned_data["reason"])
            except Refused as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, _("%(name)s ne siège plus dans ce jury.") % {"name": juror})
                return HttpResponseRedirect(self._members(jury))
        return self.jury_page(
            request,
            "admin/candidatures/jury/member_act.html",
            jury=jury,
            title=_("Retirer %(name)s du jury") % {"name": juror},
            tab="members",
            form=form,
            lines=self._what_removal_does(jury, juror),
            impossible="" if juror.is_sitting else _("%(name)s ne siège plus dans ce jury.") % {"name": juror},
            button=_("Retirer du jury"),
            back=self._members(jury),
        )

    @staticmethod
    def _what_removal_does(jury: Jury, juror: Juror) -> list[str]:
        row = next(row for row in panel.members(jury) if row.juror.pk == juror.pk)
        lines = [_("Les dossiers se ferment aussitôt pour cette personne, PDF compris.")]
        if row.filed:
            lines.append(
                ngettext(
                    "%(n)d lecture déposée reste, et compte dans le classement.",
                    "%(n)d lectures déposées restent, et comptent dans le classement.",
                    row.filed,
                )
                % {"n": row.filed}
            )
        if row.left:
            lines.append(
                ngettext(
                    "%(n)d lecture non déposée est rendue : elle peut être attribuée à quelqu'un d'autre.",
                    "%(n)d lectures non déposées sont rendues : elles peuvent être attribuées à d'autres.",
                    row.left,
                )
                % {"n": row.left}
            )
        lines.append(_("Le site ne prévient pas la personne : écrivez-lui. Elle pourra être invitée de nouveau."))
        return lines

    # Parts ---------------------------------------------------------------------------------

    @staticmethod
    def _members(jury: Jury) -> str:
        return reverse("admin:candidatures_jury_members", args=[jury.uuid])

    @staticmethod
    def _member(jury: Jury, key: UUID) -> Juror:
        juror = (
            Juror.objects.filter(jury=jury, uuid=key)
            .select_related("user", "institution", "jury__call__season__programme__territory")
            .first()
        )
        if juror is None:
            raise Http404
        return juror


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """Invitations without an answer, readings late, a reading that ends soon. Two queries, which others share."""
    today = timezone.localdate()
    read = read_so_far(request)
    rows = sorted(juries_in_hand(request), key=lambda jury: (jury.reads_to or date.max, jury.pk))
    return [line for jury in rows for line in _lines(jury, read.get(jury.pk, panel.Progress()), today)]


def _lines(jury: Any, read: panel.Progress, today: Any) -> list[DeskItem]:
    page = reverse("admin:candidatures_jury_members", args=[jury.uuid])
    over = jury.reads_to is not None and jury.reads_to < today
    lines = []
    if jury.silent and not over:
        lines.append(
            DeskItem(
                ngettext_lazy("invitation au jury sans réponse", "invitations au jury sans réponse"),
                jury.silent,
                page,
                "soon",
                jury.call.title,
            )
        )
    if over and read.owed:
        lines.append(
            DeskItem(
                ngettext_lazy("membre du jury en retard de lecture", "membres du jury en retard de lecture"),
                read.behind,
                page,
                "now",
                jury.call.title,
            )
        )
    elif read.owed and jury.reads_to is not None and jury.reads_to <= today + SOON:
        lines.append(
            DeskItem(
                ngettext_lazy("lecture à déposer par le jury", "lectures à déposer par le jury"),
                read.owed,
                page,
                "soon",
                jury.call.title,
                until=jury.reads_to,
            )
        )
    return lines
