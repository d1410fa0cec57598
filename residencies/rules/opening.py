"""When a residency opens, moves, is shown to the public; what may be asked from its artist. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from candidatures.enums import OfferState
from clea.rules import ALLOWED, Verdict, refuse
from clea.ui.dates import day
from residencies.enums import (
    DOCUMENT_TRANSITIONS,
    RESIDENCY_TRANSITIONS,
    DocumentKind,
    DocumentState,
    ResidencyState,
)

if TYPE_CHECKING:
    from candidatures.models import Jury, Offer
    from residencies.models import RequestedDocument, Residency
    from structures.models import Structure

R, D = ResidencyState, DocumentState
#: Still expected from the artist, or to be looked at by the coordination.
OPEN_DOCUMENTS = frozenset({D.ASKED, D.RECEIVED, D.RETURNED})
#: The artist has something to send.
AWAITED_DOCUMENTS = frozenset({D.ASKED, D.RETURNED})

#: First dates proposed; each is changed document by document. Three weeks leave time to ask again.
BEFORE_IMMERSION = timedelta(days=21)
#: Nobody finds a paper in less.
AT_LEAST = timedelta(days=7)


def can_open(offer: Offer) -> Verdict:
    """A residency opens on an offer that its artist accepted and that still stands."""
    if offer.state == OfferState.ACCEPTED:
        return ALLOWED
    if offer.state == OfferState.PENDING:
        return refuse(
            _("L'artiste n'a pas encore répondu : la résidence s'ouvre une fois la place acceptée."), "pending"
        )
    return refuse(
        _("Cette proposition n'est plus acceptée : vérifiez les réponses du jury avant d'ouvrir la résidence."),
        "not_accepted",
    )


def can_become(residency: Residency, target: str) -> Verdict:
    """Whether the table of states has this arrow."""
    if ResidencyState(target) in RESIDENCY_TRANSITIONS[ResidencyState(residency.state)]:
        return ALLOWED
    return refuse(
        _("Une résidence « %(state)s » ne peut pas le devenir : rechargez la page pour voir où elle en est.")
        % {"state": residency.get_state_display()},
        "wrong_state",
    )


def can_change(residency: Residency) -> Verdict:
    """A stopped residency is taken up again before anything in it moves."""
    if residency.state == R.STOPPED:
        return refuse(_("Cette résidence est interrompue : reprenez-la d'abord."), "stopped")
    return ALLOWED


def can_publish(residency: Residency, jury: Jury | None, today: date) -> Verdict:
    """A public page has something to say, and does not announce a name before the jury's."""
    if residency.state == R.STOPPED:
        return refuse(_("Cette résidence est interrompue : reprenez-la d'abord."), "stopped")
    if not residency.presentation.strip():
        return refuse(_("Écrivez d'abord quelques lignes de présentation : la page serait vide."), "no_text")
    if jury is not None and (
        jury.publication_approved_at is None or jury.publish_on is None or jury.publish_on > today
    ):
        if jury.publication_approved_at is not None and jury.publish_on is not None:
            return refuse(
                _("Les noms retenus ne seront publics que le %(day)s : publiez cette page ce jour-là.")
                % {"day": day(jury.publish_on)},
                "names_not_public",
            )
        return refuse(
            _("Les noms retenus ne sont pas encore publics : approuvez d'abord leur publication, page « Réponses »."),
            "names_not_public",
        )
    return ALLOWED


# Documents -----------------------------------------------------------------------------------


def can_ask(kind: str, protecting: Sequence[Structure]) -> Verdict:
    """A safeguarding certificate is asked only where young children, or protected ones, are met."""
    if kind == DocumentKind.SAFEGUARDING and not protecting:
        return refuse(
            _(
                "L'attestation d'honorabilité ne se demande que si une activité, une séance ou un souhait prévoit une "
                "structure de la petite enfance ou de la protection de l'enfance. Aucune n'est prévue ici."
            ),
            "not_needed",
        )
    return ALLOWED


def document_can_become(document: RequestedDocument, target: str) -> Verdict:
    """Whether the table of states has this arrow, said to whoever acts."""
    if DocumentState(target) in DOCUMENT_TRANSITIONS[DocumentState(document.state)]:
        return ALLOWED
    return refuse(
        _("« %(title)s » est « %(state)s » : rechargez la page pour voir où en est ce document.")
        % {"title": document.title, "state": document.get_state_display()},
        "wrong_state",
    )


def can_send(document: RequestedDocument) -> Verdict:
    """The artist sends, or replaces, while the document is expected and not yet accepted."""
    if document.state in OPEN_DOCUMENTS:
        return ALLOWED
    if document.state == D.ACCEPTED:
        return refuse(_("Ce document est vérifié : vous n'avez plus rien à envoyer."), "accepted")
    return refuse(_("Ce document n'est plus demandé : vous n'avez rien à envoyer."), "waived")


def is_late(document: RequestedDocument, today: date) -> bool:
    """The artist owed it before today."""
    return document.state in AWAITED_DOCUMENTS and document.due_on < today


def is_expired(document: RequestedDocument, today: date) -> bool:
    """It was seen, and is not valid any more."""
    return document.state == D.ACCEPTED and document.valid_until is not None and document.valid_until < today


def first_due(immersion: date | None, today: date) -> date:
    """The day by which documents are asked: three weeks before the first day, never in less than a week."""
    if immersion is None:
        return today + BEFORE_IMMERSION
    return max(immersion - BEFORE_IMMERSION, today + AT_LEAST)
