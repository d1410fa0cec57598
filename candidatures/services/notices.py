"""What people are told, and when. Every text is a template the coordinator may change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from candidatures.models import Application, ContactMessage, Deposit, Document, Extension, Invitation, PieceRequest
from clea.i18n import localised
from clea.mail import services as mail
from clea.ui.dates import deadline, moment

if TYPE_CHECKING:
    from datetime import datetime

    from candidatures.models import Call
    from clea.accounts.models import User


def absolute(path: str) -> str:
    """The public address of ``path``, where there is no request to take it from."""
    return f"{settings.SITE_URL}{path}"


def _service(call: Call) -> dict[str, object]:
    """The service in charge, as the acknowledgement must name it (CRPA, R112-11-1)."""
    territory = call.territory
    service = territory.service_name or territory.name
    phone = call.contact_phone or territory.contact_phone
    address = " ".join(territory.contact_address.split())
    return {
        "service": service,
        "territoire": territory.name,
        "courriel": call.contact_email,
        "telephone": phone or "–",
        "adresse_postale": address or "–",
        "coordonnees": ", ".join(part for part in (service, address, call.contact_email, phone) if part),
    }


def acknowledged(*, by: User, deposit: Deposit) -> None:
    """The electronic acknowledgement, at once, to the owner and to who filed (rules.md 8)."""
    application = deposit.application
    call = application.call
    people = {application.owner.pk: application.owner, by.pk: by}
    until = application.closes_at
    for person in people.values():
        with translation.override(person.language):
            context = _service(call) | {
                "nom": application.display_name,
                "appel": localised(call, "title"),
                "numero": deposit.number,
                "recu_le": moment(deposit.received_at),
                "empreinte": deposit.sha256,
                "pieces": "\n".join(f"- {piece['title']}" for piece in deposit.data["pieces"]) or "–",
                "silence": localised(call, "silence_notice"),
                "cloture": deadline(until),
                "lien": absolute(reverse("applications:deposit", args=[application.uuid, deposit.number])),
            }
            mail.queue(
                by=by,
                kind="application.acknowledgement",
                to=person.email,
                language=person.language,
                context=context,
                about=application,
                scope=call.territory.slug,
                reply_to=call.contact_email,
                dedupe_key=f"ack:{deposit.uuid}:{person.uuid}",
            )


def _to_owner(
    kind: str,
    *,
    by: User | None,
    application: Application,
    context: dict[str, object] | None = None,
    approved: bool = True,
    dedupe_key: str = "",
) -> None:
    """Write to the dossier's owner, in their language (call inside their ``override``)."""
    call = application.call
    mail.queue(
        by=by,
        kind=kind,
        to=application.owner.email,
        language=application.owner.language,
        context=_service(call) | {"nom": application.display_name, "appel": localised(call, "title")} | (context or {}),
        about=application,
        scope=call.territory.slug,
        reply_to=call.contact_email,
        approved=approved,
        dedupe_key=dedupe_key,
    )


def _number(application: Application) -> str:
    return application.last_deposit.number if application.last_deposit else "–"


def withdrawn(*, by: User, application: Application) -> None:
    """Confirm a withdrawal to the owner."""
    with translation.override(application.owner.language):
        _to_owner("application.withdrawn", by=by, application=application, context={"numero": _number(application)})


def invited(*, by: User, invitation: Invitation, token: str) -> None:
    """Send the link. The token lives in the message only."""
    application = invitation.application
    language = by.language
    with translation.override(language):
        mail.queue(
            by=by,
            kind="collaborator.invitation",
            to=invitation.email,
            language=language,
            context={
                "invitant": str(by),
                "dossier": application.display_name,
                "appel": localised(application.call, "title"),
                "droit": invitation.get_kind_display(),
                "jusqu_au": moment(invitation.expires_at),
                "lien": absolute(reverse("applications:invitation", args=[token])),
            },
            about=application,
            # No territory's desk reads this one: its link opens a draft that is nobody else's business.
            scope="",
        )


def request_key(request: PieceRequest) -> str:
    """What finds the one letter of a request again."""
    return f"piece-request:{request.uuid}"


def piece_requested(*, by: User, request: PieceRequest) -> None:
    """Draft the letter that asks for a piece; the coordinator approves it in the outbox."""
    application = request.application
    with translation.override(application.owner.language):
        _to_owner(
            "piece.request",
            by=by,
            application=application,
            context={
                "numero": _number(application),
                "piece": localised(request.piece, "title"),
                "message": request.message,
                "delai": deadline(request.due_at),
                "lien": absolute(reverse("applications:request", args=[application.uuid, request.uuid])),
            },
            approved=False,
            dedupe_key=request_key(request),
        )


def held(*, document: Document) -> None:
    """Tell the artist that the antivirus holds a piece found clean by nobody until then."""
    application, piece = document.application, document.piece
    section = f"piece-{piece.code}" if piece else "dossier-unique"
    with translation.override(application.owner.language):
        _to_owner(
            "piece.held",
            by=None,
            application=application,
            context={
                "piece": localised(piece, "title") if piece else _("Dossier complet"),
                "fichier": document.stored_file.original_name,
                "menace": document.stored_file.threat,
                "lien": absolute(reverse("applications:section", args=[application.uuid, section])),
            },
            dedupe_key=f"piece-held:{document.stored_file.uuid}",
        )


def extended(*, by: User, extension: Extension) -> None:
    """Tell one person that they have more time."""
    call = extension.call
    with translation.override(extension.user.language):
        mail.queue(
            by=by,
            kind="extension.granted",
            to=extension.user.email,
            language=extension.user.language,
            context=_service(call)
            | {
                "appel": localised(call, "title"),
                "delai": deadline(extension.until),
                "lien": absolute(call.get_absolute_url()),
            },
            about=call,
            scope=call.territory.slug,
            reply_to=call.contact_email,
        )


def closing_soon(*, application: Application, until: datetime) -> None:
    """Warn the owner of a dossier that is not filed as it stands."""
    with translation.override(application.owner.language):
        _to_owner(
            "application.reminder",
            by=None,
            application=application,
            context={"delai": deadline(until), "lien": absolute(application.get_absolute_url())},
            dedupe_key=f"reminder:{application.uuid}:{until.isoformat()}",
        )


def asked(*, message: ContactMessage) -> None:
    """Carry a question from the public to the coordination; "reply" answers the person."""
    call = message.call
    mail.queue(
        by=None,
        kind="call.question",
        to=call.contact_email,
        language="fr",
        context={"appel": call.title, "nom": message.name, "courriel": message.email, "question": message.text},
        about=message,
        scope=call.territory.slug,
        reply_to=message.email,
        dedupe_key=f"question:{message.uuid}",
    )
