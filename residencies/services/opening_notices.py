"""What the people of a residency are told when it opens, and about their documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from candidatures.services.notices import absolute
from clea.mail import services as mail
from clea.ui.dates import day, span
from residencies.selectors.opening import asked_title, asked_why

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clea.accounts.models import User
    from clea.mail.models import OutgoingMail
    from residencies.models import RequestedDocument, Residency, ResidencyArtist


def contact_email(residency: Residency) -> str:
    """Where an artist writes back: the service of the territory. No query."""
    return residency.territory.contact_email


def _context(residency: Residency, user: User) -> dict[str, object]:
    territory = residency.territory
    service = territory.service_name or territory.name
    address = " ".join(territory.contact_address.split())
    parts = (service, address, territory.contact_email, territory.contact_phone)
    return {
        "service": service,
        "territoire": territory.name,
        "courriel": territory.contact_email,
        "telephone": territory.contact_phone or "–",
        "coordonnees": ", ".join(part for part in parts if part),
        "personne": user.get_full_name() or residency.artist_name,
        "nom": residency.artist_name,
        "saison": residency.season.name,
    }


def _write(
    kind: str,
    *,
    by: User | None,
    residency: Residency,
    user: User,
    path: str,
    dedupe_key: str = "",
    **more: object,
) -> OutgoingMail:
    """In the person's language: call it inside ``translation.override`` when ``more`` is translated."""
    return mail.queue(
        by=by,
        kind=kind,
        to=user.email,
        language=user.language,
        context=_context(residency, user) | {"lien": absolute(path)} | more,
        about=residency,
        scope=residency.territory.slug,
        reply_to=contact_email(residency),
        dedupe_key=dedupe_key,
    )


def opened(*, by: User, residency: Residency, user: User) -> None:
    """The residency is open: where its space is, when to come, what to send."""
    with translation.override(user.language):
        documents = [
            _("- %(title)s (avant le %(day)s)") % {"title": asked_title(row), "day": day(row.due_on)}
            for row in residency.requested_documents.all()
        ]
        periods = [f"- {row.title} : {span(row.starts_on, row.ends_on)}" for row in residency.periods.all()]
        _write(
            "residency.opened",
            by=by,
            residency=residency,
            user=user,
            path=reverse("studio:home", args=[residency.uuid]),
            periodes="\n".join(periods) or _("Elles vous seront données bientôt."),
            documents="\n".join(documents) or _("Rien pour le moment."),
        )


def joined(*, by: User, artist: ResidencyArtist) -> None:
    """Somebody with an account joins: where the space is."""
    if artist.user is None:
        return
    path = reverse("studio:home", args=[artist.residency.uuid])
    _write("residency.joined", by=by, residency=artist.residency, user=artist.user, path=path)


def _to_people(
    kind: str, *, by: User | None, document: RequestedDocument, people: Sequence[User], key: str = "", **more: object
) -> None:
    path = reverse("studio:document", args=[document.residency.uuid, document.uuid])
    for user in people:
        with translation.override(user.language):
            extra = dict(more)
            if "pourquoi" in extra:
                extra["pourquoi"] = asked_why(document)
            _write(
                kind,
                by=by,
                residency=document.residency,
                user=user,
                path=path,
                dedupe_key=f"{key}:{user.uuid}" if key else "",
                document=asked_title(document),
                avant_le=day(document.due_on),
                **extra,
            )


def asked(*, by: User, document: RequestedDocument, people: Sequence[User]) -> None:
    """A document is needed: which, why, by when."""
    _to_people("residency.document_asked", by=by, document=document, people=people, pourquoi="")


def returned(*, by: User, document: RequestedDocument, people: Sequence[User]) -> None:
    """What was sent will not do: why, and by when another."""
    _to_people("residency.document_returned", by=by, document=document, people=people, motif=document.words)


def reminded(*, document: RequestedDocument, people: Sequence[User], moment: str) -> None:
    """``moment``: "soon" or "late". One message a person, a date and a moment."""
    key = f"residency-document:{document.uuid}:{document.due_on.isoformat()}:{moment}"
    _to_people("residency.document_reminder", by=None, document=document, people=people, key=key)
