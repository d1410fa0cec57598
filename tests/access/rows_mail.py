"""The outbox and the texts of the messages: each territory's own, and the common texts to read."""

from __future__ import annotations

from typing import Any

from clea.mail import kinds
from clea.mail.models import MailAttachment
from tests.access.desk import NOBODY, Desk
from tests.access.matrix import ADMINISTRATOR, COORDINATOR, OTHER_COORDINATOR, STAFF, Row
from tests.access.world import World
from tests.factories.mail import MailTemplateFactory, OutgoingMailFactory


def build(world: World) -> None:
    kind = next(iter(kinds.everything())).key
    world.mail = OutgoingMailFactory(kind=kind, scope=world.territory.slug)
    MailAttachment.objects.create(
        mail=world.mail, name="piece.pdf", content=b"%PDF-1.7", content_type="application/pdf", size=8
    )
    world.mail_template = MailTemplateFactory(kind=kind, scope=world.territory.slug, subject="Objet", body="Texte")


DESK = {
    "mail.outgoingmail": Desk(lambda w: w.mail, add=NOBODY, delete=NOBODY),
    "mail.mailtemplate": Desk(lambda w: w.mail_template),
}

OWN = {COORDINATOR | ADMINISTRATOR: 200, OTHER_COORDINATOR: 404}


def one_mail(w: World) -> dict[str, Any]:
    return {"key": w.mail.uuid}


ROWS = [
    Row("admin:mail_outgoingmail_preview", kwargs=one_mail, get=OWN, post=OWN),
    Row(
        "admin:mail_outgoingmail_attachment",
        kwargs=lambda w: one_mail(w) | {"place": 1},
        get=OWN,
        post=OWN,
    ),
    Row("admin:mail_mailtemplate_catalogue", get={STAFF: 200}, post={STAFF: 200}),
    # It answers to a form being typed only, and needs to know which message.
    Row("admin:mail_mailtemplate_preview", post={STAFF: 404}),
    # One version of a text: none exists under this number.
]
