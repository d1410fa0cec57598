"""From the accepted offers to signed contracts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from candidatures.demo import dossiers, pdfs
from candidatures.demo.content import personas
from candidatures.models import Offer, Season
from residencies.demo import data
from residencies.enums import DocumentKind
from residencies.models import Paper
from residencies.selectors.papers import standing_contract
from residencies.services import documents, opening
from residencies.services import papers as paper_services
from residencies.services import signatures as signature_services

if TYPE_CHECKING:
    from residencies.demo.build import Scene

#: Whose employer has not signed yet: the desk says so.
UNSIGNED = "gaillette"
#: Who sends their documents; the others show them.
SENDING = ("briquet", "houille", "wagonnet")


def open_all(scene: Scene) -> None:
    """Every artist who accepted becomes a residency, by one act each."""
    for offer in Offer.objects.accepted().select_related("application__owner").order_by("pk"):
        key = offer.application.owner.email.partition("@")[0]
        title, presentation, presentation_en = data.RESIDENCIES[key]
        scene.residencies[key] = opening.open_from_offer(
            by=scene.desk,
            offer=offer,
            title=title,
            presentation=presentation,
            presentation_en=presentation_en,
            employer=data.EMPLOYERS.get(key, ""),
        )


def season_of(scene: Scene) -> Season:
    return next(iter(scene.residencies.values())).season


def present(scene: Scene) -> None:
    """Their pages open to the public."""
    for key, residency in scene.residencies.items():
        scene.residencies[key] = opening.publish(by=scene.desk, residency=residency)


def papers(scene: Scene) -> None:
    """Documents asked at the opening: most arrive and are seen; one comes back; one is still due."""
    for key, residency in scene.residencies.items():
        persona = personas()[key]
        for document in residency.requested_documents.order_by("pk"):
            artist = residency.artists.get(is_lead=True).user
            assert artist is not None
            if key == "rivelaine" and document.kind == DocumentKind.INSURANCE:
                continue
            if key not in SENDING or document.kind == DocumentKind.LICENCE:
                # Shown across the table: nothing to send.
                documents.accept(by=scene.desk, document=document)
                continue
            scan = dossiers.upload(pdfs.letter_pdf(persona), f"{document.get_kind_display()}.pdf")
            documents.send(by=artist, document=document, upload=scan)
            if key == "houille" and document.kind == DocumentKind.VEHICLE:
                documents.send_back(
                    by=scene.desk, document=document, words="La carte grise est à un autre nom : joignez l'assurance."
                )
            elif key != "briquet" or document.kind != DocumentKind.BANK:
                documents.accept(by=scene.desk, document=document)


def contracts(scene: Scene) -> None:
    """A contract each, issued and sent."""
    for residency in scene.residencies.values():
        paper = paper_services.draft_contract(by=scene.desk, residency=residency)
        paper = paper_services.issue(by=scene.desk, paper=paper)
        paper_services.send(by=scene.desk, paper=paper)


def signatures(scene: Scene) -> None:
    """Everybody signs but one employer."""
    for key, residency in scene.residencies.items():
        paper: Paper | None = standing_contract(residency)
        assert paper is not None
        if key != UNSIGNED:
            signature_services.sign_all(by=scene.desk, paper=paper, signed_on=date(2026, 7, 3))
            continue
        for signature in list(paper.signatures.order_by("order"))[:2]:
            signature_services.sign(by=scene.desk, signature=signature, signed_on=date(2026, 7, 3))


def begin(scene: Scene) -> None:
    """The eve of the immersion: the residencies are under way."""
    for key, residency in scene.residencies.items():
        scene.residencies[key] = opening.start(by=scene.desk, residency=residency)
