"""One dossier: what was filed, what was found, what was asked, what happened."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures import rules
from candidatures.admin.common import DeskAdmin, person, refuse
from candidatures.admin.dossier_forms import EligibilityForm, RequestForm
from candidatures.enums import JURY_STATES, ApplicationState, CheckResult
from candidatures.models import (
    Application,
    Collaborator,
    Deposit,
    DepositPiece,
    EligibilityCheck,
    Extension,
    Invitation,
    PieceRequest,
)
from candidatures.selectors import personal_deadline
from candidatures.services import assembly, desk, notices
from clea.errors import Refused, StaleWrite
from clea.journal.selectors import entries_for
from clea.mail.models import OutgoingMail
from clea.mail.selectors import mails_about
from clea.ui.dates import deadline, moment

if TYPE_CHECKING:
    _Base = DeskAdmin
else:
    _Base = object


class DossierMixin(_Base):
    """The dossier's page and its acts. Every page is found by the dossier's ``uuid``, within the walls."""

    dossier_template = "admin/candidatures/application/dossier.html"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "candidatures_application"
        return [
            path("<uuid:key>/recevabilite/", wrap(self.check_page), name=f"{name}_check"),
            path("<uuid:key>/demander/", wrap(self.request_page), name=f"{name}_request"),
            path("<uuid:key>/demandes/<uuid:request_key>/annuler/", wrap(self.cancel_page), name=f"{name}_cancel"),
            path("<uuid:key>/depots/<slug:number>/dossier.pdf", wrap(self.pdf), name=f"{name}_pdf"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page itself. Nothing is sent here: each act has its own address."""
        application = self.get_object(request, object_id)
        if application is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET"])
        return self._dossier(request, self._full(application.uuid))

    # Acts ----------------------------------------------------------------------------------

    def check_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Record what was found on each condition; the state follows."""
        application = self._full(self.found(request, key).uuid)
        if request.method != "POST":
            return HttpResponseRedirect(self._at(application, "recevabilite"))
        data = request.POST.copy()
        if "toutes" in data:
            for criterion in application.call.criteria.all():
                data[f"result_{criterion.pk}"] = CheckResult.MET
        form = EligibilityForm(data, application=application, mark=desk.seen_mark(application))
        if form.is_valid():
            try:
                checked = desk.check_eligibility(
                    by=person(request), application=application, results=form.results(), seen=form.cleaned_data["seen"]
                )
            except StaleWrite as stale:
                form.look_again(desk.seen_mark(application))
                form.add_error(None, str(stale))
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(
                    request,
                    _("Constats enregistrés. La candidature est maintenant « %(state)s ».")
                    % {"state": ApplicationState(checked.state).label},
                )
                return HttpResponseRedirect(self._at(application, "recevabilite"))
        return self._dossier(request, application, check_form=form)

    def request_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Ask for a piece, then read the letter before it leaves."""
        application = self._full(self.found(request, key).uuid)
        if request.method != "POST":
            return HttpResponseRedirect(self._at(application, "pieces-demandees"))
        form = RequestForm(request.POST, application=application)
        if form.is_valid():
            try:
                asked = desk.request_piece(by=person(request), application=application, **form.cleaned_data)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(
                    request,
                    _("La demande est enregistrée. Voici le message : relisez-le, puis approuvez-le pour qu'il parte."),
                )
                letter = OutgoingMail.objects.get(dedupe_key=notices.request_key(asked))
                return HttpResponseRedirect(reverse("admin:mail_outgoingmail_change", args=[letter.uuid]))
        return self._dossier(request, application, request_form=form)

    def cancel_page(self, request: HttpRequest, key: UUID, request_key: UUID) -> HttpResponse:
        """Take a request back."""
        application = self.found(request, key)
        asked = application.piece_requests.filter(uuid=request_key).first()
        if asked is None:
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            desk.cancel_request(by=person(request), request=asked)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("La demande est annulée ; son message, s'il n'était pas parti, l'est aussi."))
        return HttpResponseRedirect(self._at(application, "pieces-demandees"))

    def pdf(self, request: HttpRequest, key: UUID, number: str) -> HttpResponse:
        """The one PDF of a deposit, made now if nobody has; the file's own address then journals the reading."""
        deposit = Deposit.objects.filter(application=self.found(request, key), number=number).first()
        if deposit is None:
            raise Http404
        return HttpResponseRedirect(reverse("documents:file", args=[assembly.ensure(deposit.pk).uuid]))

    # The page ------------------------------------------------------------------------------

    @staticmethod
    def _at(application: Application, anchor: str) -> str:
        return f"{reverse('admin:candidatures_application_change', args=[application.pk])}#{anchor}"

    @staticmethod
    def _full(key: UUID) -> Application:
        """The dossier with all that its page shows, whatever the number of its deposits."""
        pieces = DepositPiece.objects.select_related("stored_file").order_by("order")
        return (
            Application.objects.select_related(
                "call__season__programme__territory",
                "call__jury",
                "owner",
                "last_deposit__filed_by",
                "last_deposit__assembly",
            )
            .prefetch_related(
                "call__pieces",
                "call__criteria",
                Prefetch("checks", EligibilityCheck.objects.select_related("checked_by")),
                Prefetch("deposits", Deposit.objects.select_related("filed_by").defer("data")),
                Prefetch("last_deposit__pieces", pieces),
                Prefetch("piece_requests", PieceRequest.objects.select_related("piece", "asked_by")),
                Prefetch("collaborators", Collaborator.objects.select_related("user")),
                Prefetch("invitations", Invitation.objects.pending_at(timezone.now()), to_attr="pending_invitations"),
            )
            .get(uuid=key)
        )

    def _dossier(
        self,
        request: HttpRequest,
        application: Application,
        *,
        check_form: EligibilityForm | None = None,
        request_form: RequestForm | None = None,
    ) -> HttpResponse:
        call, deposit = application.call, application.last_deposit
        assert deposit is not None
        now = timezone.now()
        until = personal_deadline(call, application.owner_id)
        data = _readable(deposit.data)
        return self.page(
            request,
            self.dossier_template,
            title=f"{deposit.number} – {application.display_name}",
            obj=application,
            application=application,
            call=call,
            deposit=deposit,
            data=data,
            answers=_answers(data, {piece.code: piece for piece in call.pieces.all()}),
            pieces=deposit.pieces.all(),
            check_form=check_form or EligibilityForm(application=application, mark=desk.seen_mark(application)),
            can_check=rules.can_check(application),
            still_open=deadline(until) if now < until and application.can_change else "",
            request_form=request_form or RequestForm(application=application),
            can_request=rules.can_request_piece(application),
            requests=[_request_line(asked, now) for asked in application.piece_requests.all()],
            extensions=Extension.objects.filter(call=call, user=application.owner).select_related("granted_by"),
            mails=mails_about(application)
            .visible_to(request.user)
            .only("uuid", "subject", "to", "state", "kind", "created_at", "sent_at"),
            entries=entries_for(application),
            checkbox=ACTION_CHECKBOX_NAME,
            tone=_tone(application),
            jury=getattr(call, "jury", None) if application.state in JURY_STATES else None,
        )


def _tone(application: Application) -> str:
    from candidatures.admin.applications import TONES

    return TONES[application.state]


def _request_line(asked: PieceRequest, now: Any) -> dict[str, Any]:
    """A request as the desk reads it: where it stands, with the tone of it."""
    if asked.answered_at:
        state, tone = _("fournie le %(when)s") % {"when": moment(asked.answered_at)}, "done"
    elif asked.cancelled_at:
        state, tone = _("annulée"), "idle"
    elif asked.due_at <= now:
        state, tone = _("en retard"), "stop"
    else:
        state, tone = _("attendue"), "attention"
    return {
        "request": asked,
        "state": state,
        "tone": tone,
        "waiting": not (asked.answered_at or asked.cancelled_at),
        "due": deadline(asked.due_at),
    }


def _readable(data: dict[str, Any]) -> dict[str, Any]:
    """What was filed, with dates as dates."""
    claims = [
        claim | {"jury_day": date.fromisoformat(claim["jury_on"]) if claim["jury_on"] else None}
        for claim in data["other_territories"]["claims"]
    ]
    return data | {"other_territories": data["other_territories"] | {"claims": claims}}


def _link(address: str) -> dict[str, str]:
    """An address that an artist typed: a link if it is one of the web, a text otherwise."""
    return {"text": address, "href": address if address.startswith(("https://", "http://")) else ""}


def _answers(data: dict[str, Any], pieces: dict[str, Any]) -> list[dict[str, Any]]:
    """Pieces that were typed, in the order of the deposit, with the title they had then."""
    titles = {piece["code"]: piece["title"] for piece in data["pieces"]}
    return [
        {
            **answer,
            "code": code,
            "title": titles.get(code) or str(pieces.get(code, code)),
            "links": [_link(address) for address in answer.get("links", [])],
        }
        for code, answer in data["answers"].items()
    ]
