"""Acts on several dossiers: take them out in a file, write to their people. Each is told before it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidatures import jobs
from candidatures.admin.common import DeskAdmin, person
from candidatures.models import Application
from candidatures.reports import archive, spreadsheets
from candidatures.reports.rows import rows, titles
from candidatures.services import exports
from structures.admin.letters import WritingMixin
from structures.letters import Mailing, Recipient, mailing_of

if TYPE_CHECKING:
    _Base = DeskAdmin
else:
    _Base = object

#: How many dossiers a confirmation names one by one.
NAMED = 30


class BulkActionsMixin(WritingMixin, _Base):
    """Actions of the list of dossiers."""

    actions = ["write_to_people", "export_xlsx", "export_csv", "export_zip"]

    # Files ---------------------------------------------------------------------------------

    @admin.action(description=gettext_lazy("Tableau Excel (XLSX)"))
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

    @admin.action(description=gettext_lazy("Tableau CSV"))
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

    @admin.action(description=gettext_lazy("Dossiers complets (ZIP)"))
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

    def mailing_for(self, request: HttpRequest, queryset: QuerySet[Application]) -> Mailing:
        """The owners, each once whatever the number of their dossiers."""
        rows = queryset.select_related("owner", "call__season__programme__territory")
        return mailing_of(
            Recipient(row.display_name, row.owner.email, row.call.territory, row, row.call.title, row.owner.language)
            for row in rows.order_by("last_deposit__number")
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
