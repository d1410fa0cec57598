"""Answers, positions, the reserve list, publication. Other territories are in a module of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidatures.admin.common import person
from candidatures.admin.jury.answer_forms import (
    CallForm,
    ConfirmForm,
    ExtendForm,
    LateForm,
    PublicationForm,
    ReasonForm,
    ReleaseForm,
)
from candidatures.admin.jury.answers_desk import desk_items
from candidatures.admin.jury.base import JuryPages
from candidatures.admin.jury.letters import MAIL_TONES
from candidatures.admin.jury.outside import OutsideMixin
from candidatures.enums import ApplicationState, OfferState
from candidatures.models import Application, Jury, Offer, Position
from candidatures.rules import answers as rules
from candidatures.selectors import answers as selectors
from candidatures.selectors.answers import Board, Case
from candidatures.services.jury import letters, offers, publication
from clea.errors import Refused
from clea.i18n import localised
from clea.mail.enums import MailState
from clea.ui import sections
from clea.ui.dates import day, deadline

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    _Base = JuryPages
else:
    _Base = object

__all__ = ["AnswersMixin", "desk_items"]

OFFER_TONES = {
    OfferState.PENDING: "attention",
    OfferState.ACCEPTED: "done",
    OfferState.REFUSED: "idle",
    OfferState.LAPSED: "stop",
    OfferState.RELEASED: "idle",
    OfferState.CANCELLED: "idle",
}


@dataclass(frozen=True)
class Act:
    """What the coordination does to an offer: its form, what the page says first, the service."""

    label: str | _StrPromise
    form: type[forms.Form]
    lines: tuple[str | _StrPromise, ...]
    button: str | _StrPromise
    done: str | _StrPromise
    service: Any


ACTS: dict[str, Act] = {
    "delai": Act(
        gettext_lazy("Déplacer le délai"),
        ExtendForm,
        (gettext_lazy("L'artiste en est prévenu aussitôt par courriel."),),
        gettext_lazy("Déplacer le délai"),
        gettext_lazy("Le délai est déplacé, l'artiste en est prévenu."),
        offers.extend,
    ),
    "sans-reponse": Act(
        gettext_lazy("Clore sans réponse"),
        ConfirmForm,
        (
            gettext_lazy("La candidature passe en désistement et la résidence se libère."),
            gettext_lazy("Un message à l'artiste attend votre accord dans la boîte d'envoi."),
            gettext_lazy(
                "Si l'artiste répond après tout, et que la résidence est encore libre, vous pourrez le noter."
            ),
        ),
        gettext_lazy("Clore cette proposition"),
        gettext_lazy("La proposition est close, la résidence est libre."),
        offers.lapse,
    ),
    "acceptation-tardive": Act(
        gettext_lazy("Noter une acceptation tardive"),
        LateForm,
        (gettext_lazy("La résidence lui est réservée de nouveau ; l'artiste reçoit la confirmation aussitôt."),),
        gettext_lazy("Enregistrer l'acceptation"),
        gettext_lazy("L'acceptation est enregistrée."),
        offers.accept_late,
    ),
    "liberer": Act(
        gettext_lazy("Libérer la résidence"),
        ReleaseForm,
        (
            gettext_lazy("L'artiste avait accepté : la candidature passe en désistement et la résidence se libère."),
            gettext_lazy("Son nom quitte la page publique. Un message attend votre accord dans la boîte d'envoi."),
        ),
        gettext_lazy("Libérer la résidence"),
        gettext_lazy("La résidence est libre."),
        offers.release,
    ),
    "annuler": Act(
        gettext_lazy("Annuler la proposition"),
        ReasonForm,
        (
            gettext_lazy("L'artiste ne pourra plus répondre. Son courrier, s'il n'est pas parti, est annulé."),
            gettext_lazy("Appelée depuis la liste complémentaire, elle y revient ; sinon elle reste retenue."),
        ),
        gettext_lazy("Annuler la proposition"),
        gettext_lazy("La proposition est annulée."),
        offers.cancel,
    ),
    "rendre-la-place": Act(
        gettext_lazy("Rendre la place"),
        ConfirmForm,
        (
            gettext_lazy("La proposition annulée avait été annoncée : la candidature sort de la sélection."),
            gettext_lazy("La résidence se libère ; la liste complémentaire peut être appelée."),
        ),
        gettext_lazy("Rendre la place"),
        gettext_lazy("La résidence est libre."),
        offers.give_back,
    ),
}


class AnswersMixin(OutsideMixin, _Base):
    """Each page is found by the jury's ``uuid``, within the walls, then the offer's or the dossier's."""

    def jury_urls(self) -> list[URLPattern]:
        return [
            self.address("reponses/", self.answers_page, "answers"),
            self.address("reponses/propositions/<uuid:offer_key>/<slug:act>/", self.offer_page, "answers_offer"),
            self.address("reponses/liste/<uuid:dossier_key>/appeler/", self.reserve_call_page, "answers_call"),
            self.address("reponses/liste/clore/", self.end_reserve_page, "answers_end_reserve"),
            self.address("reponses/publication/", self.publication_page, "answers_publication"),
            *super().jury_urls(),
        ]

    def answers_url(self, jury: Jury) -> str:
        return reverse("admin:candidatures_jury_answers", args=[jury.uuid])

    def answers_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Positions, who answered what, the reserve list, other territories, the names."""
        jury = self.jury(request, key)
        board = selectors.board(jury)
        today = timezone.localdate()
        return self.jury_page(
            request,
            "admin/candidatures/jury/answers.html",
            jury=jury,
            title=_("Réponses"),
            tab="answers",
            board=board,
            lines=[self._position_line(line, board) for line in board.lines],
            reserve=[{"case": case, "next": case is board.next_for(None)} for case in board.reserve],
            left=[_case(case, board) for case in board.cases if case.offers and _is_gone(case)],
            conflicts=[conflict for case in board.cases for conflict in case.blocking],
            names=publication.names(jury.call, max(today, jury.publish_on or today)),
            published=jury.publication_approved_at is not None,
            public_now=jury.publish_on is not None and jury.publish_on <= today,
            sections=sections.of("jury_answers", request, jury),
        )

    @staticmethod
    def _position_line(line: selectors.PositionLine, board: Board) -> dict[str, Any]:
        title = localised(line.position, "title") if line.position else _("Sans résidence attribuée")
        return {
            "title": title,
            "line": line,
            "free": board.free_of(line) if line.position else 0,
            "next": board.next_for(line.position) if line.position and board.free_of(line) else None,
            "holders": [_case(case, board) for case in line.holders],
        }

    # Acts --------------------------------------------------------------------------------------

    def offer_page(self, request: HttpRequest, key: UUID, offer_key: UUID, act: str) -> HttpResponse:
        """Say what will happen, then do it."""
        jury = self.jury(request, key)
        offer = (
            Offer.objects.filter(application__call=jury.call_id, uuid=offer_key)
            .select_related("application__owner", "position", "letter__mail")
            .first()
        )
        if offer is None or act not in ACTS:
            raise Http404
        chosen = ACTS[act]
        initial = {"on": timezone.localdate(), "answer_by": letters.default_answer_by(jury)}
        form = chosen.form(request.POST or None, initial=initial)
        impossible = self._impossible(offer, act, jury)
        return self.answer_act(
            request,
            jury,
            form,
            title=f"{chosen.label} – {offer.application.display_name}",
            lines=[*chosen.lines],
            button=chosen.button,
            done=chosen.done,
            act=lambda values: chosen.service(by=person(request), offer=offer, **values),
            impossible=impossible,
        )

    @staticmethod
    def _impossible(offer: Offer, act: str, jury: Jury) -> str:
        """Why this act is not possible now, before it is asked. The service checks again."""
        now, sent = timezone.now(), offer.letter.mail.state == MailState.SENT
        if act == "acceptation-tardive":
            free = offers.free_for(selectors.board(jury), offer.position)
            verdict = rules.can_accept_late(offer, offer.application, free, sent, now)
        else:
            verdict = {
                "delai": lambda: rules.can_extend(offer, sent),
                "sans-reponse": lambda: rules.can_lapse(offer, sent, now),
                "liberer": lambda: rules.can_become(offer, OfferState.RELEASED),
                "annuler": lambda: rules.can_become(offer, OfferState.CANCELLED),
                "rendre-la-place": lambda: rules.can_give_back(offer, offer.application, sent),
            }[act]()
        return str(verdict.reason)

    def reserve_call_page(self, request: HttpRequest, key: UUID, dossier_key: UUID) -> HttpResponse:
        """Call a dossier of the reserve list; out of its order, say why."""
        jury = self.jury(request, key)
        board = selectors.board(jury)
        case = next((case for case in board.cases if case.application.uuid == dossier_key), None)
        if case is None:
            raise Http404
        free = [line.position for line in board.lines if line.position and board.free_of(line)]
        expected = board.next_for(free[0] if len(free) == 1 else None)
        in_order = expected is not None and expected.application.pk == case.application.pk
        form = CallForm(
            request.POST or None,
            positions=[(str(position.pk), localised(position, "title")) for position in free],
            in_order=in_order,
            initial={"answer_by": letters.default_answer_by(jury)},
        )
        verdict = rules.can_call(case.application, board.free)
        lines = [_("La candidature devient retenue ; un courrier et une proposition sont préparés.")]
        if not in_order and expected is not None:
            lines.append(_("La première de la liste est « %(name)s ».") % {"name": expected.application.display_name})
        if case.blocking:
            lines.append(
                _("Elle est retenue par %(territory)s : réglez d'abord ce cas.")
                % {"territory": case.blocking[0].territory}
            )
        return self.answer_act(
            request,
            jury,
            form,
            title=_("Appeler %(name)s") % {"name": case.application.display_name},
            lines=lines,
            button=_("Appeler"),
            done=_("Le courrier est préparé : relisez-le dans la boîte d'envoi, puis approuvez-le."),
            act=lambda values: self._call(request, jury, case, free, values),
            impossible=str(verdict.reason),
        )

    @staticmethod
    def _call(request: HttpRequest, jury: Jury, case: Case, free: list[Position], values: dict[str, Any]) -> None:
        chosen = values.pop("position", "")
        position = next((row for row in free if str(row.pk) == chosen), free[0] if len(free) == 1 else None)
        offers.call_next(by=person(request), jury=jury, application=case.application, position=position, **values)

    def end_reserve_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Close the reserve list: not selected, with their letters drafted."""
        jury = self.jury(request, key)
        waiting = Application.objects.filter(call=jury.call_id, state=ApplicationState.RESERVE)
        names = [application.display_name for application in waiting.select_related("owner")]
        return self.answer_act(
            request,
            jury,
            ConfirmForm(request.POST or None),
            title=_("Clore la liste complémentaire"),
            lines=[
                ngettext(
                    "Un dossier devient non retenu : %(names)s.",
                    "%(n)d dossiers deviennent non retenus : %(names)s.",
                    len(names),
                )
                % {"n": len(names), "names": ", ".join(names)},
                _("Leurs courriers sont préparés : ils attendent votre accord dans la boîte d'envoi."),
            ],
            button=_("Clore la liste"),
            done=_("La liste complémentaire est close, les courriers sont préparés."),
            act=lambda values: offers.end_reserve(by=person(request), jury=jury),
            impossible="" if names else _("Il n'y a personne en liste complémentaire."),
        )

    def publication_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Approve the names for a day, or take them off."""
        jury = self.jury(request, key)
        if request.method == "POST" and "retirer" in request.POST:
            try:
                publication.withdraw(by=person(request), jury=jury)
            except Refused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("Les noms ne sont plus publics."))
            return HttpResponseRedirect(self.answers_url(jury))
        board = selectors.board(jury)
        accepted = [case.application.display_name for case in board.cases if case.accepted]
        lines = [
            _("La page publique de l'appel nommera, à partir de ce jour, celles et ceux qui ont accepté : %(names)s.")
            % {"names": ", ".join(accepted) or "–"},
            _("La liste suit les réponses : une acceptation l'allonge, un désistement en retire le nom."),
        ]
        if board.pending:
            lines.append(
                ngettext("Une réponse est encore attendue.", "%(n)d réponses sont encore attendues.", board.pending)
                % {"n": board.pending}
            )
        initial = {"publish_on": jury.publish_on or jury.call.results_on or timezone.localdate()}
        return self.answer_act(
            request,
            jury,
            PublicationForm(request.POST or None, initial=initial),
            title=_("Publier les noms"),
            lines=lines,
            button=_("Approuver la publication"),
            done=_("La publication est approuvée."),
            act=lambda values: publication.approve(by=person(request), jury=jury, **values),
        )


def _is_gone(case: Case) -> bool:
    return case.application.state in {ApplicationState.RENOUNCED, ApplicationState.ELSEWHERE}


def _case(case: Case, board: Board) -> dict[str, Any]:
    """A dossier that holds, or held, a position, with what may be done."""
    offer, now = case.offer, timezone.now()
    if offer is not None and offer.state == OfferState.PENDING and offer.letter.mail.state == MailState.CANCELLED:
        # Its letter was cancelled in the outbox: nobody was offered anything, it is to be drafted again.
        offer = None
    letter = offer.letter if offer is not None else case.letter
    late = offer is not None and offer.state == OfferState.PENDING and now >= offer.answer_by
    return {
        "case": case,
        "offer": offer,
        "letter": letter,
        "letter_tone": MAIL_TONES[MailState(letter.mail.state)] if letter is not None else "partial",
        "tone": OFFER_TONES[OfferState(offer.state)] if offer is not None else "partial",
        "late": late,
        "until": deadline(offer.answer_by) if offer is not None and offer.state == OfferState.PENDING else "",
        "ended": day(offer.ended_at) if offer is not None and offer.ended_at else "",
        "acts": [(act, ACTS[act].label) for act in _possible(case, offer, board, late)],
    }


def _possible(case: Case, offer: Offer | None, board: Board, late: bool) -> list[str]:
    """The acts offered beside a name; each page checks again."""
    if offer is None:
        return []
    if offer.state == OfferState.ACCEPTED:
        return ["liberer"]
    if offer.state == OfferState.PENDING:
        sent = offer.letter.mail.state == MailState.SENT
        return [
            *(["delai"] if sent else []),
            *(["sans-reponse", "acceptation-tardive"] if late and sent else []),
            "annuler",
        ]
    if rules.can_give_back(offer, case.application, offer.letter.mail.state == MailState.SENT):
        return ["rendre-la-place"]
    free = offers.free_for(board, offer.position)
    if offer.state == OfferState.LAPSED and case.application.state == ApplicationState.RENOUNCED and free:
        return ["acceptation-tardive"]
    return []
