"""Calls, which anyone reads, and a dossier, which only its people open.

The dossier is filed under an open call, so that everything may still be done to it. Its owner, one
who may edit and one who may read are in it; anyone else, the coordination included, gets 404 from
these addresses: the desk has its own.
"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from candidatures.enums import CollaboratorRole, InvitationKind
from candidatures.services import assembly, collaborators
from tests.access.matrix import (
    CO_EDITOR,
    CO_READER,
    EVERYONE,
    OWNER,
    SIGNED_IN,
    STRANGER,
    Arguments,
    Role,
    Row,
)
from tests.access.world import World
from tests.factories.candidatures import (
    ApplicationFactory,
    CallFactory,
    CollaboratorFactory,
    PieceRequestFactory,
    tiny_pdf,
)

TOKEN = "un-jeton-que-les-tests-connaissent"
PEOPLE = OWNER | CO_EDITOR | CO_READER
WRITERS = OWNER | CO_EDITOR
PUBLIC = {EVERYONE: 200}


def build(world: World) -> None:
    world.call = CallFactory(territory=world.territory, complete=True, slug="appel-du-monde")
    world.dossier = ApplicationFactory(call=world.call, owner=world.people[Role.OWNER], submitted=True)
    world.deposit = world.dossier.last_deposit
    for role, may in ((Role.CO_EDITOR, CollaboratorRole.EDIT), (Role.CO_READER, CollaboratorRole.READ)):
        CollaboratorFactory(application=world.dossier, user=world.people[role], role=may)
    world.asked_piece = PieceRequestFactory(application=world.dossier)
    world.invitation = collaborators.invite(
        by=world.people[Role.OWNER],
        application=world.dossier,
        email=world.people[Role.STRANGER].email,
        kind=InvitationKind.READ,
    )
    type(world.invitation).objects.filter(pk=world.invitation.pk).update(token_digest=collaborators.digest(TOKEN))


def slug(w: World) -> dict[str, Any]:
    return {"slug": w.call.slug}


def dossier(**more: Any) -> Arguments:
    """The dossier's address; what is callable in ``more`` is read from the world."""
    return lambda w: {
        "uuid": w.dossier.uuid,
        **{name: value(w) if callable(value) else value for name, value in more.items()},
    }


def one_pdf(w: World) -> dict[str, Any]:
    return {"fichier": SimpleUploadedFile("autre.pdf", tiny_pdf(3), "application/pdf")}


a_number = dossier(number=lambda w: w.deposit.number)
a_reader = dossier(user_uuid=lambda w: w.people[Role.CO_READER].uuid)

ROWS = [
    Row("calls:list", get=PUBLIC),
    # Django's feeds answer any method alike, and read only.
    Row("calls:feed", get=PUBLIC, post=PUBLIC),
    Row("calls:detail", kwargs=slug, get=PUBLIC),
    Row("calls:plain", kwargs=slug, get=PUBLIC),
    Row("calls:calendar", kwargs=slug, get=PUBLIC),
    Row("calls:ask", kwargs=slug, get=PUBLIC, post={EVERYONE: 422}, data=lambda w: {"text": ""}),
    Row("calls:asked", kwargs=slug, get=PUBLIC),
    Row(
        "calls:apply",
        kwargs=slug,
        get={SIGNED_IN: 200, OWNER: "/candidatures/"},
        post={SIGNED_IN: "/candidatures/"},
    ),
    Row(
        "applications:list",
        get={SIGNED_IN: 200},
        shown={PEOPLE: lambda w: w.dossier.get_absolute_url()},
        hidden={SIGNED_IN & ~PEOPLE: lambda w: w.dossier.get_absolute_url()},
    ),
    Row("applications:detail", kwargs=dossier(), get={PEOPLE: 200, SIGNED_IN & ~PEOPLE: 404}),
    Row(
        "applications:section",
        kwargs=dossier(key="pratique"),
        get={PEOPLE: 200, SIGNED_IN & ~PEOPLE: 404},
        post={WRITERS: 302, CO_READER: 403, SIGNED_IN & ~PEOPLE: 404},
        data=lambda w: {"practice": "Autre chose", "version": w.dossier.section_version("pratique")},
    ),
    Row("applications:review", kwargs=dossier(), get={PEOPLE: 200, SIGNED_IN & ~PEOPLE: 404}),
    Row(
        "applications:file",
        kwargs=dossier(),
        post={WRITERS: "/candidatures/", CO_READER: 403, SIGNED_IN & ~PEOPLE: 404},
    ),
    Row(
        "applications:stay_in_touch",
        kwargs=dossier(),
        post={OWNER: 302, CO_EDITOR | CO_READER: 403, SIGNED_IN & ~PEOPLE: 404},
    ),
    Row(
        "applications:withdraw",
        kwargs=dossier(),
        get={OWNER: 200, CO_EDITOR | CO_READER: 403, SIGNED_IN & ~PEOPLE: 404},
        post={OWNER: 302, CO_EDITOR | CO_READER: 403, SIGNED_IN & ~PEOPLE: 404},
    ),
    Row("applications:deposit", kwargs=a_number, get={PEOPLE: 200, SIGNED_IN & ~PEOPLE: 404}),
    Row("applications:assembled", kwargs=a_number, get={PEOPLE: "/fichiers/", SIGNED_IN & ~PEOPLE: 404}),
    Row("applications:receipt", kwargs=a_number, get={PEOPLE: 200, SIGNED_IN & ~PEOPLE: 404}),
    Row(
        "applications:request",
        kwargs=dossier(request_uuid=lambda w: w.asked_piece.uuid),
        get={PEOPLE: 200, SIGNED_IN & ~PEOPLE: 404},
        post={WRITERS: "/candidatures/", CO_READER: 403, SIGNED_IN & ~PEOPLE: 404},
        data=one_pdf,
    ),
    Row(
        "applications:upload",
        kwargs=dossier(code="cv"),
        post={WRITERS: 302, CO_READER: 403, SIGNED_IN & ~PEOPLE: 404},
        data=one_pdf,
    ),
    Row(
        "applications:remove_piece",
        kwargs=dossier(code="cv"),
        post={WRITERS: 302, CO_READER: 403, SIGNED_IN & ~PEOPLE: 404},
    ),
    Row("applications:team", kwargs=dossier(), get={PEOPLE: 200, SIGNED_IN & ~PEOPLE: 404}),
    Row(
        "applications:invite",
        kwargs=dossier(),
        post={OWNER: 302, CO_EDITOR | CO_READER: 403, SIGNED_IN & ~PEOPLE: 404},
        data=lambda w: {"email": "quelqu-un@exemple.test", "kind": InvitationKind.READ.value},
    ),
    Row(
        "applications:revoke",
        kwargs=dossier(invitation_uuid=lambda w: w.invitation.uuid),
        post={OWNER: 302, CO_EDITOR | CO_READER: 403, SIGNED_IN & ~PEOPLE: 404},
    ),
    Row(
        "applications:change_role",
        kwargs=a_reader,
        post={OWNER: 302, CO_EDITOR | CO_READER: 403, SIGNED_IN & ~PEOPLE: 404},
        data=lambda w: {"role": CollaboratorRole.EDIT.value},
    ),
    Row(
        "applications:remove_collaborator",
        kwargs=a_reader,
        # One may always leave; only the owner takes someone else off.
        post={OWNER | CO_READER: 302, CO_EDITOR: 403, SIGNED_IN & ~PEOPLE: 404},
    ),
    # Addressed to one person: any other learns that it is not for them, and opens nothing.
    Row(
        "applications:invitation",
        kwargs=lambda w: {"token": TOKEN},
        get={SIGNED_IN: 409, STRANGER: 200},
        post={SIGNED_IN: 409, STRANGER: 302},
    ),
]


def assembled(world: World) -> Any:
    """The one PDF of the deposit, made now."""
    return assembly.ensure(world.deposit.pk)
