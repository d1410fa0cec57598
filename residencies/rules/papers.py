"""What may be done with a contract or an agreement, and when. No query."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from clea.rules import ALLOWED, Verdict, refuse
from residencies.enums import PAPER_TRANSITIONS, PaperState
from residencies.models import Paper


def can_become(paper: Paper, target: PaperState) -> Verdict:
    """By the table of states."""
    if target in PAPER_TRANSITIONS[PaperState(paper.state)]:
        return ALLOWED
    return refuse(
        _("Ce document est dans l'état « %(state)s » : rouvrez sa page, puis choisissez une action possible.")
        % {"state": paper.get_state_display()},
        "wrong_state",
    )


def can_rewrite(paper: Paper) -> Verdict:
    """What people hold in hand is not rewritten: it is cancelled, and another edition made."""
    if paper.state == PaperState.DRAFT:
        return ALLOWED
    return refuse(
        _("Ce document a été émis : son texte ne change plus. Annulez-le, puis faites une autre édition."), "issued"
    )


def can_send(paper: Paper) -> Verdict:
    """Once issued, as often as needed, until it is signed."""
    if paper.state == PaperState.ISSUED:
        return ALLOWED
    if paper.state == PaperState.DRAFT:
        return refuse(_("Émettez d'abord ce document : c'est le PDF émis qui part."), "draft")
    return refuse(_("Ce document n'attend plus de signature : il n'y a rien à envoyer."), "closed")


def can_sign(paper: Paper) -> Verdict:
    """Note a signature; correct one, once all are there."""
    if paper.state in (PaperState.ISSUED, PaperState.SIGNED):
        return ALLOWED
    if paper.state == PaperState.DRAFT:
        return refuse(_("Émettez d'abord ce document : on ne signe pas un brouillon."), "draft")
    return refuse(_("Ce document est annulé : faites-en une autre édition."), "cancelled")


def can_attach(paper: Paper, *, desk: bool) -> Verdict:
    """The scan of what was signed. Once everybody has signed, only the coordination replaces it."""
    verdict = can_sign(paper)
    if verdict and paper.state == PaperState.SIGNED and not desk:
        return refuse(_("La coordination a déjà vérifié ce document signé : écrivez-lui pour le remplacer."), "signed")
    return verdict


def can_date(on: date, today: date) -> Verdict:
    """Nobody has signed tomorrow. Before the issue is possible: the same text, signed on paper first."""
    if on > today:
        return refuse(_("La date de signature doit être passée, ou celle du jour."), "future")
    return ALLOWED
