"""Documents asked from the artist, on the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.admin.common import person, refuse
from clea.errors import Refused
from residencies.admin.base import ResidencyPages
from residencies.enums import DOCUMENT_TRANSITIONS, DocumentKind, DocumentState
from residencies.forms.opening import AcceptForm, AgainForm, AskForm, ConfirmForm, RequestForm, SendBackForm
from residencies.models import RequestedDocument, Residency
from residencies.rules import opening as rules
from residencies.selectors import opening as selectors
from residencies.services import documents as services

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

D = DocumentState
TONES = {D.ASKED: "idle", D.RECEIVED: "attention", D.ACCEPTED: "done", D.RETURNED: "partial", D.WAIVED: "idle"}


@dataclass(frozen=True)
class Act:
    """What is done to a document. ``target`` is the state it leads to, which the table must allow."""

    label: str | _StrPromise
    target: DocumentState
    form: type[forms.Form]
    line: str | _StrPromise
    done: str | _StrPromise
    service: Any


ACTS: dict[str, Act] = {
    "verifier": Act(
        gettext_lazy("Noter comme vérifié"),
        D.ACCEPTED,
        AcceptForm,
        gettext_lazy("Vous l'avez lu, ou l'artiste vous l'a montré. La date et votre nom sont notés."),
        gettext_lazy("Le document est noté comme vérifié."),
        services.accept,
    ),
    "renvoyer": Act(
        gettext_lazy("Renvoyer à l'artiste"),
        D.RETURNED,
        SendBackForm,
        gettext_lazy("Le fichier reçu est effacé, l'artiste en envoie un autre."),
        gettext_lazy("L'artiste est prévenu, son fichier est effacé."),
        services.send_back,
    ),
    "dispenser": Act(
        gettext_lazy("Dispenser"),
        D.WAIVED,
        ConfirmForm,
        gettext_lazy("Le document n'est plus demandé. S'il avait été envoyé, son fichier est effacé."),
        gettext_lazy("Le document n'est plus demandé."),
        services.waive,
    ),
    "redemander": Act(
        gettext_lazy("Demander de nouveau"),
        D.ASKED,
        AgainForm,
        gettext_lazy("Il a expiré, ou il manque après tout : l'artiste est prévenu aussitôt."),
        gettext_lazy("Le document est demandé de nouveau."),
        services.ask_again,
    ),
}


class DocumentsMixin(ResidencyPages):
    def row_urls(self) -> list[URLPattern]:
        return [
            self.address("documents/", self.documents_page, "documents"),
            self.address("documents/demander/", self.document_ask_page, "document_ask"),
            self.address("documents/<uuid:document_key>/", self.document_page, "document"),
            self.address("documents/<uuid:document_key>/<slug:act>/", self.document_act_page, "document_act"),
            *super().row_urls(),
        ]

    def documents_url(self, residency: Residency) -> str:
        return reverse("admin:residencies_residency_documents", args=[residency.uuid])

    def documents_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Everything asked, where it is, what may be done."""
        residency = self.residency(request, key)
        today = timezone.localdate()
        protecting = selectors.protecting_structures(residency)
        return self.residency_page(
            request,
            "admin/residencies/residency/documents.html",
            residency=residency,
            title=_("Documents de l'artiste"),
            tab="documents",
            rows=[_line(row, today) for row in selectors.documents_of(residency)],
            protecting=protecting,
            kept_days=services.KEPT_AFTER.days,
        )

    def _document(self, residency: Residency, key: UUID) -> RequestedDocument:
        row = residency.requested_documents.select_related("stored_file", "seen_by").filter(uuid=key).first()
        if row is None:
            raise Http404
        row.residency = residency
        return row

    def document_ask_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """One more document; the artist is written to."""
        residency = self.residency(request, key)
        first_day, _last = selectors.bounds(residency.periods.all())
        asked = request.GET.get("document", "")
        initial = {
            "due_on": rules.first_due(first_day, timezone.localdate()),
            "kind": asked if asked in DocumentKind.values else DocumentKind.OTHER,
        }
        form = AskForm(request.POST if request.method == "POST" else None, initial=initial)
        return self._act(
            request,
            residency,
            form,
            title=_("Demander un document"),
            lines=[_("L'artiste est prévenu aussitôt, puis la semaine d'avant, puis une fois la date passée.")],
            button=_("Demander"),
            done=_("Le document est demandé, l'artiste est prévenu."),
            act=lambda values: services.ask(by=person(request), residency=residency, **values),
        )

    def document_page(self, request: HttpRequest, key: UUID, document_key: UUID) -> HttpResponse:
        """What is asked and by when, while it is awaited."""
        residency = self.residency(request, key)
        row = self._document(residency, document_key)
        form = RequestForm(request.POST if request.method == "POST" else None, instance=row)
        return self._act(
            request,
            residency,
            form,
            title=row.title,
            lines=[_("L'artiste voit ces changements dans son espace ; aucun message ne part.")],
            button=_("Enregistrer"),
            done=_("C'est enregistré."),
            act=lambda values: services.change_request(
                by=person(request), document=row, **({"keep_file": row.keep_file} | values)
            ),
            impossible=(
                ""
                if row.state in rules.OPEN_DOCUMENTS
                else _("Ce document n'est plus attendu : demandez-le de nouveau, depuis la liste.")
            ),
        )

    def document_act_page(self, request: HttpRequest, key: UUID, document_key: UUID, act: str) -> HttpResponse:
        """Say what will happen, then do it."""
        residency = self.residency(request, key)
        row = self._document(residency, document_key)
        if act not in ACTS:
            raise Http404
        chosen = ACTS[act]
        form = chosen.form(request.POST if request.method == "POST" else None, initial=self._initial(act, row))
        lines: list[Any] = [chosen.line]
        if act == "verifier" and row.stored_file_id is not None:
            lines.append(
                _("Le fichier est conservé le temps de la résidence.")
                if row.keep_file
                else _("Le fichier est effacé aussitôt.")
            )
        return self._act(
            request,
            residency,
            form,
            title=f"{row.title} – {chosen.label}",
            lines=lines,
            button=chosen.label,
            done=chosen.done,
            act=lambda values: chosen.service(by=person(request), document=row, **values),
            document=row,
            impossible=str(rules.document_can_become(row, chosen.target).reason),
        )

    @staticmethod
    def _initial(act: str, row: RequestedDocument) -> dict[str, Any]:
        soon = timezone.localdate() + rules.AT_LEAST
        if act == "renvoyer":
            return {"due_on": max(row.due_on, soon)}
        return {"due_on": soon} if act == "redemander" else {}

    def _act(
        self,
        request: HttpRequest,
        residency: Residency,
        form: forms.BaseForm,
        *,
        title: str,
        lines: list[Any],
        button: Any,
        done: Any,
        act: Any,
        **context: Any,
    ) -> HttpResponse:
        """Ask, then act. What the service refuses comes back beside what was typed."""
        if request.method == "POST" and form.is_valid():
            try:
                act(form.cleaned_data)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, str(done))
                return HttpResponseRedirect(self.documents_url(residency))
        return self.residency_page(
            request,
            "admin/residencies/residency/act.html",
            residency=residency,
            title=title,
            tab="documents",
            form=form,
            lines=lines,
            button=button,
            back=self.documents_url(residency),
            **context,
        )


def _line(row: RequestedDocument, today: Any) -> dict[str, Any]:
    late, expired = rules.is_late(row, today), rules.is_expired(row, today)
    arrows = DOCUMENT_TRANSITIONS[DocumentState(row.state)]
    label = row.get_state_display()
    if late:
        label = _("en retard")
    elif expired:
        label = _("n'est plus valable")
    return {
        "document": row,
        "kind": "" if selectors.has_usual_title(row) else row.get_kind_display(),
        "label": label,
        "tone": "stop" if late or expired else TONES[DocumentState(row.state)],
        "acts": [(name, _act_label(name, act, row)) for name, act in ACTS.items() if act.target in arrows],
        "open": row.state in rules.OPEN_DOCUMENTS,
    }


def _act_label(name: str, act: Act, row: RequestedDocument) -> str:
    if name == "verifier" and row.stored_file_id is None:
        return _("Noter comme vu")
    return str(act.label)
