"""The pages of one contract or one agreement: drafted, reread, issued, sent, signed, cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from candidatures.admin.common import person, refuse
from clea.documents import services as documents
from clea.errors import Refused, StaleWrite
from clea.journal.selectors import entries_for
from residencies.admin.base import TabbedPages
from residencies.enums import PaperState
from residencies.forms.papers import AllSignedForm, CancelForm, DraftForm, ScanForm, SignatureForm, TextForm
from residencies.methods import papers as methods
from residencies.models import Activity, Paper, PaperTemplate, Residency, Signature
from residencies.rules import papers as rules
from residencies.selectors import papers as selectors
from residencies.services import papers, signatures

Owner = TypeVar("Owner", Residency, Activity)


class PaperActs(TabbedPages, Generic[Owner]):
    """What a contract and an agreement share. The page is ``paper_name``'s, below ``paper_route``."""

    paper_kind = ""
    paper_name = ""
    paper_route = ""

    if TYPE_CHECKING:
        # What each of the two says for itself.

        def paper_owner(self, request: HttpRequest, key: UUID) -> Owner:
            """The residency or the activity behind the address. 404 outside the walls."""

        def paper_of(self, owner: Owner) -> Paper | None:
            """The edition that stands."""

        def paper_draft(self, request: HttpRequest, owner: Owner, template: PaperTemplate | None) -> Paper: ...

        def paper_frame(
            self, request: HttpRequest, owner: Owner, part: str, title: str, **context: Any
        ) -> HttpResponse:
            """``admin/residencies/papers/<part>.html`` in the owner's frame."""

    # Addresses ----------------------------------------------------------------------------------

    def paper_urls(self) -> list[URLPattern]:
        route, name = self.paper_route, self.paper_name
        return [
            self.address(route, require_safe(self.paper_page), name),
            self.address(f"{route}rediger/", self.paper_draft_act, f"{name}_draft"),
            self.address(f"{route}texte/", self.paper_text_page, f"{name}_text"),
            self.address(f"{route}apercu.pdf", require_safe(self.paper_preview), f"{name}_preview"),
            self.address(f"{route}emettre/", self.paper_issue_page, f"{name}_issue"),
            self.address(f"{route}envoyer/", self.paper_send_page, f"{name}_send"),
            self.address(f"{route}signatures/<uuid:signature>/", self.paper_sign_act, f"{name}_sign"),
            self.address(f"{route}signe/", self.paper_signed_act, f"{name}_signed"),
            self.address(f"{route}copie-signee/", self.paper_scan_act, f"{name}_scan"),
            self.address(f"{route}annuler/", self.paper_cancel_page, f"{name}_cancel"),
        ]

    def paper_urls_of(self, owner: Owner) -> dict[str, str]:
        """The addresses of the acts, by name, for the templates that both share."""
        acts = ("draft", "text", "preview", "issue", "send", "signed", "scan", "cancel")
        base = f"admin:{self.prefix}_{self.paper_name}"
        return {"page": reverse(base, args=[owner.uuid])} | {
            act: reverse(f"{base}_{act}", args=[owner.uuid]) for act in acts
        }

    def _back(self, owner: Owner) -> HttpResponseRedirect:
        return HttpResponseRedirect(self.paper_urls_of(owner)["page"])

    def _standing(self, request: HttpRequest, owner: Owner) -> Paper:
        """The paper that stands. 404 without one; ``StaleWrite`` when the page showed another."""
        paper = self.paper_of(owner)
        if paper is None:
            raise Http404
        if request.method == "POST" and request.POST.get("paper", str(paper.uuid)) != str(paper.uuid):
            raise StaleWrite(_("Une autre édition a été faite entre-temps : relisez-la, puis recommencez."))
        return paper

    # Pages --------------------------------------------------------------------------------------

    def paper_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The paper that stands, and those before it."""
        return self._shown(request, self.paper_owner(request, key))

    def _shown(self, request: HttpRequest, owner: Owner, *, status: int = 200, **forms: Any) -> HttpResponse:
        editions = selectors.editions(owner)
        paper = next((one for one in editions if one.state != PaperState.CANCELLED), None)
        read = selectors.reading(paper) if paper is not None else None
        templates = PaperTemplate.objects.filter(territory=owner.territory, kind=self.paper_kind, is_active=True)
        base = f"admin:{self.prefix}_{self.paper_name}"
        rows = []
        for one in read.signatures if read is not None else ():
            form = forms.get(f"signature_{one.pk}") or SignatureForm(
                initial={"signatory": one.signatory, "signed_on": one.signed_on}, prefix=f"s{one.pk}"
            )
            rows.append({"row": one, "form": form, "url": reverse(f"{base}_sign", args=[owner.uuid, one.uuid])})
        response = self.paper_frame(
            request,
            owner,
            "paper",
            str(dict(self._titles())[self.paper_kind]),
            paper=paper,
            read=read,
            rows=rows,
            former=[one for one in editions if one.state == PaperState.CANCELLED],
            templates=templates,
            draft_form=DraftForm(templates=templates) if len(templates) > 1 else None,
            scan_form=forms.get("scan_form") or ScanForm(),
            all_form=forms.get("all_form") or AllSignedForm(initial={"signed_on": timezone.localdate()}, prefix="all"),
            can_send=paper is not None and rules.can_send(paper),
            is_contract=self.paper_kind == "contract",
            entries=entries_for(owner).filter(verb__startswith="paper.")[:20],
        )
        response.status_code = status
        return response

    @staticmethod
    def _titles() -> list[tuple[str, Any]]:
        return [("contract", _("Contrat de résidence")), ("agreement", _("Convention"))]

    def paper_draft_act(self, request: HttpRequest, key: UUID) -> HttpResponse:
        owner = self.paper_owner(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        chosen = None
        if "template" in request.POST:
            templates = PaperTemplate.objects.filter(territory=owner.territory, kind=self.paper_kind, is_active=True)
            form = DraftForm(request.POST, templates=templates)
            chosen = form.cleaned_data["template"] if form.is_valid() else None
        try:
            paper = self.paper_draft(request, owner, chosen)
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request, _("%(number)s est rédigé : relisez-le avant de l'émettre.") % {"number": paper.number}
            )
        return self._back(owner)

    def paper_text_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Correct the draft. Two people never overwrite one another."""
        owner = self.paper_owner(request, key)
        paper = self._or_back(request, owner)
        if not isinstance(paper, Paper):
            return paper
        verdict = rules.can_rewrite(paper)
        if not verdict:
            messages.error(request, str(verdict.reason))
            return self._back(owner)
        form = TextForm(request.POST) if request.method == "POST" else TextForm.of(paper)
        theirs = ""
        if request.method == "POST" and form.is_valid():
            try:
                papers.rewrite(by=person(request), paper=paper, **form.cleaned_data)
            except StaleWrite as stale:
                theirs = paper.body
                typed = request.POST.copy()
                typed["version"] = str(paper.version)
                form = TextForm(typed)
                form.add_error(None, str(stale))
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("Texte enregistré."))
                return self._back(owner)
        response = self.paper_frame(
            request,
            owner,
            "text",
            _("Texte de %(number)s") % {"number": paper.number},
            paper=paper,
            form=form,
            theirs=theirs,
            placeholders=methods.PLACEHOLDERS[paper.kind],
        )
        response.status_code = 422 if form.errors else 200
        return response

    def _or_back(self, request: HttpRequest, owner: Owner) -> Paper | HttpResponse:
        try:
            return self._standing(request, owner)
        except StaleWrite as stale:
            messages.error(request, str(stale))
            return self._back(owner)

    def paper_preview(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """What would be issued, as a PDF that says it is not."""
        owner = self.paper_owner(request, key)
        paper = self._standing(request, owner)
        content = papers.pdf(paper, selectors.reading(paper))
        return HttpResponse(
            content,
            content_type="application/pdf",
            headers={
                "Content-Disposition": f'inline; filename="{paper.number}-apercu.pdf"',
                "Cache-Control": "private, no-store",
            },
        )

    def paper_issue_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Say what issuing does, then freeze the text."""
        owner = self.paper_owner(request, key)
        paper = self._or_back(request, owner)
        if not isinstance(paper, Paper):
            return paper
        if request.method == "POST":
            try:
                issued = papers.issue(by=person(request), paper=paper, version=_version(request))
            except Refused as error:
                messages.error(request, str(error))
            else:
                messages.success(
                    request, _("%(number)s est émis : envoyez-le aux signataires.") % {"number": issued.number}
                )
            return self._back(owner)
        read = selectors.reading(paper)
        verdict = rules.can_become(paper, PaperState.ISSUED)
        return self.paper_frame(
            request,
            owner,
            "ask",
            _("Émettre %(number)s") % {"number": paper.number},
            paper=paper,
            impossible="" if verdict else verdict.reason,
            lines=[
                _("Le texte est figé, et le PDF gardé tel qu'il part. Pour le changer ensuite, il faudra l'annuler."),
                _("Signataires : %(list)s.") % {"list": ", ".join(one.label for one in read.parties)},
            ],
            missing=read.missing,
            button="" if read.missing else _("Émettre"),
            preview=True,
        )

    def paper_send_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Say who is written to, then write."""
        owner = self.paper_owner(request, key)
        paper = self._or_back(request, owner)
        if not isinstance(paper, Paper):
            return paper
        if request.method == "POST":
            try:
                _paper, count, unreachable = papers.send(by=person(request), paper=paper)
            except Refused as error:
                messages.error(request, str(error))
            else:
                messages.success(
                    request,
                    ngettext("%(n)d message part.", "%(n)d messages partent.", count) % {"n": count},
                )
                if unreachable:
                    messages.warning(
                        request, _("Sans adresse, donc non prévenus : %(list)s.") % {"list": ", ".join(unreachable)}
                    )
            return self._back(owner)
        verdict = rules.can_send(paper)
        found = selectors.recipients(paper, unsigned_only=True)
        lines = [f"{one.name or one.email} – {one.email}" for one in found.people]
        return self.paper_frame(
            request,
            owner,
            "ask",
            _("Envoyer %(number)s") % {"number": paper.number},
            paper=paper,
            impossible="" if verdict else verdict.reason,
            intro=_("Le message part aussitôt, avec l'adresse du document dans l'espace de chacun :"),
            lines=lines,
            warning=_("Sans adresse, donc non prévenus : %(list)s.") % {"list": ", ".join(found.unreachable)}
            if found.unreachable
            else "",
            button=_("Envoyer") if lines else "",
        )

    # Signatures ---------------------------------------------------------------------------------

    def paper_sign_act(self, request: HttpRequest, key: UUID, signature: UUID) -> HttpResponse:
        """Note one signature, correct it, or take it back."""
        owner = self.paper_owner(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        paper = self._or_back(request, owner)
        if not isinstance(paper, Paper):
            return paper
        row = Signature.objects.filter(paper=paper, uuid=signature).select_related("paper").first()
        if row is None:
            raise Http404
        if "retirer" in request.POST:
            return self._done(request, owner, lambda: signatures.unsign(by=person(request), signature=row))
        form = SignatureForm(request.POST, prefix=f"s{row.pk}")
        if form.is_valid():
            try:
                after = signatures.sign(by=person(request), signature=row, **form.cleaned_data)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                return self._signed(request, owner, after)
        return self._shown(request, owner, status=422, **{f"signature_{row.pk}": form})

    def _signed(self, request: HttpRequest, owner: Owner, paper: Paper) -> HttpResponse:
        if paper.state == PaperState.SIGNED:
            messages.success(request, _("%(number)s est signé par toutes les parties.") % {"number": paper.number})
        else:
            messages.success(request, _("Signature notée."))
        return self._back(owner)

    def _done(self, request: HttpRequest, owner: Owner, act: Any) -> HttpResponse:
        try:
            act()
        except Refused as error:
            messages.error(request, str(error))
        return self._back(owner)

    def paper_signed_act(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Everybody signed, that day."""
        owner = self.paper_owner(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = AllSignedForm(request.POST, prefix="all")
        paper = self._or_back(request, owner)
        if not isinstance(paper, Paper):
            return paper
        if form.is_valid():
            try:
                after = signatures.sign_all(by=person(request), paper=paper, signed_on=form.cleaned_data["signed_on"])
            except Refused as error:
                refuse(form, error)
            else:
                return self._signed(request, owner, after)
        return self._shown(request, owner, status=422, all_form=form)

    def paper_scan_act(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Attach the signed copy."""
        owner = self.paper_owner(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = ScanForm(request.POST, request.FILES)
        paper = self._or_back(request, owner)
        if not isinstance(paper, Paper):
            return paper
        if form.is_valid():
            try:
                signatures.attach_scan(
                    by=person(request),
                    paper=paper,
                    upload=form.cleaned_data["fichier"],
                    signed_on=form.cleaned_data["signed_on"],
                )
            except documents.PieceRefused as error:
                form.add_error("fichier", str(error))
            except Refused as error:
                refuse(form, error)
            else:
                messages.success(request, _("La copie signée est gardée."))
                return self._back(owner)
        return self._shown(request, owner, status=422, scan_form=form)

    def paper_cancel_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Say what cancelling does, ask why."""
        owner = self.paper_owner(request, key)
        paper = self._or_back(request, owner)
        if not isinstance(paper, Paper):
            return paper
        form = CancelForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                papers.cancel(by=person(request), paper=paper, why=form.cleaned_data["why"])
            except Refused as error:
                refuse(form, error)
            else:
                messages.success(
                    request,
                    _("%(number)s est annulé. Vous pouvez en rédiger une autre édition.") % {"number": paper.number},
                )
                return self._back(owner)
        lines = [_("Ce document ne vaudra plus ; il reste lisible parmi les éditions précédentes.")]
        if paper.sent_at is not None:
            lines.append(_("Les personnes qui l'ont reçu en sont prévenues aussitôt, avec le motif."))
        response = self.paper_frame(
            request,
            owner,
            "ask",
            _("Annuler %(number)s") % {"number": paper.number},
            paper=paper,
            lines=lines,
            form=form,
            button=_("Annuler ce document"),
        )
        response.status_code = 422 if form.errors else 200
        return response


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else None
