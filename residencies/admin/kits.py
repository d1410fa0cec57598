"""The pages of an information kit: its PDF, who received it, giving it to several at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from candidatures.admin.common import DeskAdmin, person, refuse
from candidatures.reports.spreadsheets import CSV
from clea.errors import Refused
from residencies.enums import KitChannel
from residencies.forms.kits import ChoiceForm, FileForm, GiveForm
from residencies.models import Kit
from residencies.selectors import relays as selectors
from residencies.services import kits
from structures.reports.sheets import write_csv

PER_PAGE = 100


class KitPages(DeskAdmin):
    season_path = "season"

    def get_urls(self) -> list[URLPattern]:
        def one(route: str, view: Any, name: str) -> URLPattern:
            return path(f"<uuid:key>/{route}", self.admin_site.admin_view(view), name=f"residencies_kit_{name}")

        return [
            one("fichier/", self.file_page, "file"),
            one("remises/", self.deliveries_page, "deliveries"),
            one("remises.csv", require_safe(self.deliveries_csv), "deliveries_csv"),
            one("remises/<uuid:delivery>/effacer/", require_POST(self.take_back), "take_back"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        kit = self.get_object(request, object_id)
        return super().change_view(request, object_id, form_url, {"kit": kit} | (extra_context or {}))

    def file_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Receive the PDF, in place of the former one."""
        kit: Kit = self.found(request, key)
        form = FileForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                kits.attach(by=person(request), kit=kit, upload=form.cleaned_data["upload"])
            except Refused as error:
                form.add_error("upload", str(error))
            else:
                messages.success(request, _("Le PDF est en place : les liens déjà envoyés l'ouvrent."))
                return HttpResponseRedirect(_page_of(kit))
        return self.page(
            request,
            "admin/residencies/kit/file.html",
            title=_("PDF du dossier"),
            obj=kit,
            kit=kit,
            form=form,
            max_bytes=kits.MAX_BYTES,
            max_pages=kits.MAX_PAGES,
            back=_page_of(kit),
        )

    def deliveries_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Who has it, who has not, and giving it to those who are ticked. A mail is read back before it leaves."""
        kit: Kit = self.found(request, key)
        filters = ChoiceForm(request.GET, kit=kit)
        choice = filters.choice()
        form = GiveForm(request.POST if request.method == "POST" else None)
        picked = request.POST.getlist("recipients")
        if request.method == "POST":
            if "tous" in request.POST:
                picked = [row.value for row in selectors.recipients(selectors.candidates(kit, choice))]
            if form.is_valid():
                answer = self._give(request, kit, form, picked)
                if answer is not None:
                    return answer
        page = Paginator(selectors.candidates(kit, choice), PER_PAGE).get_page(request.GET.get("page"))
        return self.page(
            request,
            "admin/residencies/kit/deliveries.html",
            title=_("Qui a reçu ce dossier"),
            obj=kit,
            kit=kit,
            filters=filters,
            choice=choice,
            form=form,
            picked=picked,
            page=page,
            rows=selectors.recipients(page.object_list),
            counts=selectors.counts(kit),
            most_attached=kits.MOST_ATTACHED,
        )

    def _give(self, request: HttpRequest, kit: Kit, form: GiveForm, picked: list[str]) -> HttpResponse | None:
        """Ask to confirm what leaves by mail; then give. Nothing when the form must come back."""
        relays, structures = selectors.named(kit, picked)
        data = form.cleaned_data
        if data["channel"] == KitChannel.MAIL and "confirmer" not in request.POST and (relays or structures):
            return self._read_back(request, kit, form, [*relays, *structures])
        try:
            given = kits.give(
                by=person(request),
                kit=kit,
                relays=relays,
                structures=structures,
                channel=KitChannel(data["channel"]),
                given_on=data["given_on"],
                again=data["again"],
                attached=data["attached"],
            )
        except (Refused, ValidationError) as error:
            refuse(form, error)
            return None
        count = len(given.deliveries)
        said = ngettext("%(n)d remise notée.", "%(n)d remises notées.", count) % {"n": count}
        if given.already:
            had = ngettext("%(n)d destinataire l'avait déjà.", "%(n)d destinataires l'avaient déjà.", given.already) % {
                "n": given.already
            }
            said = f"{said} {had}"
        messages.success(request, said)
        return HttpResponseRedirect(request.get_full_path())

    def _read_back(self, request: HttpRequest, kit: Kit, form: GiveForm, people: list[Any]) -> HttpResponse:
        """Who will be written to, at which address."""
        addresses = selectors.addresses_of(people)
        return self.page(
            request,
            "admin/residencies/kit/confirm.html",
            title=_("Envoyer ce dossier ?"),
            obj=kit,
            kit=kit,
            form=form,
            rows=[(row, addresses.get(selectors.key_of(row), "")) for row in people],
            values=[selectors.value_of(row) for row in people],
            back=request.get_full_path(),
        )

    def deliveries_csv(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The list as it is narrowed, one line a delivery."""
        kit: Kit = self.found(request, key)
        headers, lines = selectors.sheet(kit, ChoiceForm(request.GET, kit=kit).choice())
        name = f"remises-{slugify(kit.title)[:60]}.csv"
        return HttpResponse(
            write_csv(headers, lines),
            content_type=CSV,
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
        )

    def take_back(self, request: HttpRequest, key: UUID, delivery: UUID) -> HttpResponse:
        kit: Kit = self.found(request, key)
        row = kit.deliveries.filter(uuid=delivery).select_related("kit").first()
        if row is None:
            raise Http404
        try:
            kits.take_back(by=person(request), delivery=row)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("La remise est effacée."))
        return HttpResponseRedirect(_page_of(kit))


def _page_of(kit: Kit) -> str:
    return reverse("admin:residencies_kit_deliveries", args=[kit.uuid])
