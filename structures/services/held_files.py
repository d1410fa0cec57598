"""Telling a coordination that the antivirus holds a file of theirs."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from clea.documents.keepers import Place
from clea.documents.models import StoredFile
from clea.mail import services as mail
from structures.messages import HELD
from structures.models import Territory


def tell_coordination(*, territory: Territory, to: str, stored: StoredFile, place: Place) -> None:
    """One message a file, in the transaction that holds it. Two queries."""
    page = reverse("admin:documents_heldfile_change", args=[stored.uuid])
    mail.queue(
        by=None,
        kind=HELD,
        to=to,
        language="fr",
        context={
            "fichier": stored.original_name,
            "ou": place.label,
            "menace": stored.threat,
            "lien": f"{settings.SITE_URL}{page}",
        },
        about=stored,
        scope=territory.slug,
        dedupe_key=f"held:{stored.uuid}",
    )
