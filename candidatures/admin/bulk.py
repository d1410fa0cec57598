"""Acts on several dossiers: take them out in a file, write to their people. Each is told before it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidatures import jobs
from candidatures.admin.common import DeskAdmin, person, refuse
from candidatures.models import Application
from candidatures.reports import archive, spreadsheets
from candidatures.reports.rows import rows, titles
from candidatures.services import desk, exports
from clea.errors import Refused
from clea.mail.enums import MailState

if TYPE_CHECKING:
    _Base = DeskAdmin
    _Form = forms.Form
else:
    _Base = object
    _Form = forms.Form

#: How many dossiers a confirmation names one by one.
NAMED = 30


class LetterForm(_Form):
    """A word from the coordination. Its greeting and its signature come from the template."""

    subject = forms.CharField(
        label=gettext_lazy("Objet"), max_length=200, widget=forms.TextInput(attrs={"class": "vTextField"})
    )
    message = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 12, "cols": 80, "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "Texte simple. Une ligne vide sépare deux paragraphes, « - » ouvre une liste. "
            "La signature du service est ajoutée."
        ),
    )


class BulkActionsMixin(_Base):
    """Actions of the list of dossiers."""

    actions = ["export_xlsx", "export_csv", "export_zip", "write_to_people"]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    # Files ---------------------------------------------------------------------------------

    @admin.action(description=gettext_lazy("Exporter la sélection en tableau Excel (XLSX)"))
    def export_xlsx(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse | None:
        return self._exported(
            request,
            queryset,
            form="xlsx",
            lines=[
                _("Un classeur Excel, une ligne par dossier : coordonnées, disciplines, budget, recevabilité."),
                _("Les montants et les dates s'y trient et s'y additionnent."),
            ],
            make=lambda chosen: FileResponse(
                spreadsheets.xlsx(titles(), rows(chosen), title=_("Candidatures")),
                content_type=spreadsheets.XLSX,
                headers=_attached("xlsx"),
            ),
        )

    @admin.action(description=gettext_lazy("Exporter la sélection en tableau CSV"))
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse | None:
        return self._exported(
            request,
            queryset,
            form="csv",
            lines=[
                _("Le même tableau, dans le format que lisent tous les logiciels : séparé par des points-virgules."),
                _("Un texte qu'un tableur prendrait pour une formule y est précédé d'une apostrophe."),
            ],
            make=lambda chosen: StreamingHttpResponse(
                spreadsheets.csv_lines(titles(), rows(chosen)),
                content_type=spreadsheets.CSV,
                headers=_attached("csv"),
            ),
        )

    @admin.action(description=gettext_lazy("Télécharger les dossiers complets (ZIP)"))
    def export_zip(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse | None:
        return self._exported(
            request,
            queryset,
            form="zip",
            lines=[
                _("Un dossier par candidature, à son numéro et à son nom : le PDF réuni, puis chaque pièce."),
                _("À la racine, le tableau « liste.csv » de ces candidatures."),
                _(
                    "Jusqu'à %(n)d dossiers, le téléchargement commence aussitôt ; au-delà, l'archive se prépare "
                    "pendant que vous continuez, et vous attend sept jours dans « Mes travaux »."
                )
                % {"n": jobs.AT_ONCE},
            ],
            make=lambda chosen: self._archived(request, list(chosen)),
        )

    @staticmethod
    def _archived(request: HttpRequest, chosen: list[Application]) -> HttpResponse | StreamingHttpResponse:
        """A few at once; many in the background."""
        if len(chosen) > jobs.AT_ONCE:
            job = jobs.start_archive(by=person(request), applications=chosen, back_url=request.get_full_path())
            return HttpResponseRedirect(job.get_absolute_url())
        return StreamingHttpResponse(archive.stream(chosen), content_type="application/zip", headers=_attached("zip"))

    def _exported(
        self,
        request: HttpRequest,
        queryset: QuerySet[Application],
        *,
        form: str,
        lines: list[str],
        make: Callable[[QuerySet[Application]], HttpResponse | StreamingHttpResponse | FileResponse],
    ) -> Any:
        chosen = queryset.order_by("last_deposit__number")
        found = list(chosen)
        if request.POST.get("confirme") == _digest(found):
            exports.record(by=person(request), applications=found, form=form)
            return make(Application.objects.filter(pk__in=[row.pk for row in found]).order_by("last_deposit__number"))
        count = ngettext("Exporter %(n)d dossier", "Exporter %(n)d dossiers", len(found)) % {"n": len(found)}
        return self._asked(
            request,
            found,
            title=count,
            button=_("Télécharger"),
            lines=[
                *lines,
                _(
                    "Ces données sont personnelles : l'export est inscrit au journal, à votre nom. "
                    "Supprimez le fichier après usage."
                ),
            ],
        )

    # Letters -------------------------------------------------------------------------------

    @admin.action(description=gettext_lazy("Écrire aux personnes choisies"))
    def write_to_people(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse | None:
        found = list(queryset.order_by("last_deposit__number"))
        sent = "confirme" in request.POST
        form = LetterForm(request.POST if sent else None)
        if sent and form.is_valid() and request.POST["confirme"] == _digest(found):
            try:
                drafts = desk.write_to(by=person(request), applications=found, **form.cleaned_data)
            except Refused as refusal:
                refuse(form, refusal)
            else:
                self.message_user(
                    request,
                    ngettext(
                        "%(n)d message attend dans la boîte d'envoi : relisez-le, puis approuvez-le.",
                        "%(n)d messages attendent dans la boîte d'envoi : relisez-les, puis approuvez-les.",
                        len(drafts),
                    )
                    % {"n": len(drafts)},
                    messages.SUCCESS,
                )
                outbox = reverse("admin:mail_outgoingmail_changelist")
                return HttpResponseRedirect(f"{outbox}?state__exact={MailState.DRAFT}&kind=coordination.message")
        people = len({application.owner_id for application in found})
        return self._asked(
            request,
            found,
            title=ngettext("Écrire à %(n)d personne", "Écrire à %(n)d personnes", people) % {"n": people},
            button=_("Préparer les messages"),
            lines=[
                _("Un message par personne, même si elle a plusieurs dossiers. Chacune ne voit que le sien."),
                _("Rien ne part maintenant : les messages attendent votre relecture dans la boîte d'envoi."),
            ],
            form=form,
        )

    def _asked(
        self, request: HttpRequest, found: list[Application], *, title: str, button: str, lines: list[str], **more: Any
    ) -> HttpResponse:
        """The page that says what will happen. It carries a digest of what it showed: a list that
        changed since is shown again rather than acted upon."""
        return self.page(
            request,
            "admin/candidatures/application/bulk.html",
            title=title,
            lines=lines,
            button=button,
            applications=found[:NAMED],
            left=max(0, len(found) - NAMED),
            changed="confirme" in request.POST and request.POST["confirme"] != _digest(found),
            action=request.POST.get("action", ""),
            checkbox=ACTION_CHECKBOX_NAME,
            selected=request.POST.getlist(ACTION_CHECKBOX_NAME),
            across=request.POST.get("select_across", "0"),
            seen=_digest(found),
            back=request.get_full_path(),
            **more,
        )


def _digest(found: list[Application]) -> str:
    """Which dossiers, and which deposit of each."""
    return hashlib.sha256(" ".join(f"{row.pk}:{row.last_deposit_id}" for row in found).encode()).hexdigest()


def _attached(extension: str) -> dict[str, str]:
    name = f"candidatures-{timezone.localdate().isoformat()}.{extension}"
    return {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
