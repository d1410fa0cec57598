"""Private files, one by one: the same address, and as many answers as there are kinds of file."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clea.journal.models import Entry
from tests.access import rows_candidatures
from tests.access.matrix import ADMINISTRATOR, ANONYMOUS, CO_EDITOR, CO_READER, COORDINATOR, OWNER, Role
from tests.access.world import World, build_world
from tests.factories.candidatures import CallFactory, file_again, stored_pdf

pytestmark = pytest.mark.django_db
PEOPLE = OWNER | CO_EDITOR | CO_READER


def working_copy(world: World) -> Any:
    """A file of the draft that no deposit holds."""
    document = world.dossier.documents.get(piece__code="cv")
    document.stored_file = stored_pdf(world.people[OWNER], name="nouveau.pdf", pages=2)
    document.save()
    return document.stored_file


def deposited(world: World) -> Any:
    return world.deposit.pieces.get(code="cv").stored_file


def replaced(world: World) -> Any:
    """A piece of an earlier deposit, which the draft does not hold any more."""
    former = deposited(world)
    working_copy(world)
    file_again(world.dossier)
    return former


def nobodys(world: World) -> Any:
    return stored_pdf(world.people[OWNER], name="perdu.pdf")


FILES = {
    "working copy": (working_copy, PEOPLE),
    "piece of the deposit": (deposited, PEOPLE | COORDINATOR | ADMINISTRATOR),
    "piece of a former deposit": (replaced, PEOPLE | COORDINATOR | ADMINISTRATOR),
    "assembled dossier": (rows_candidatures.assembled, PEOPLE | COORDINATOR | ADMINISTRATOR),
    "file that nothing holds": (nobodys, Role(0)),
}


@pytest.mark.parametrize(("make", "readers"), FILES.values(), ids=FILES)
def test_a_file_opens_for_its_people_and_does_not_exist_for_the_others(make, readers):
    world = build_world()
    stored = make(world)
    address = reverse("documents:file", args=[stored.uuid])
    for role in Role:
        client = Client()
        if role is ANONYMOUS:
            answer = client.get(address)
            assert answer.status_code == 302
            assert answer["Location"].startswith("/compte/connexion/")
            continue
        client.force_login(world.people[role])
        before = Entry.objects.filter(verb="file.read").count()
        answer = client.get(address)
        allowed = role in readers
        assert answer.status_code == (200 if allowed else 404), role
        assert Entry.objects.filter(verb="file.read").count() - before == int(allowed), role
        if allowed:
            assert b"".join(answer.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
            assert "no-store" in answer["Cache-Control"]


def test_a_call_in_preparation_is_read_by_its_own_coordination_only():
    world = build_world()
    CallFactory(territory=world.territory, complete=True, draft=True, slug="secret")
    for role in Role:
        client = Client()
        if role is not ANONYMOUS:
            client.force_login(world.people[role])
        expected = 200 if role in COORDINATOR | ADMINISTRATOR else 404
        assert client.get("/appels/secret/").status_code == expected, role
        assert client.get("/appels/secret/dates.ics").status_code == expected, role
        assert b"/appels/secret/" not in client.get("/appels/fil.atom").content, role


def test_what_a_co_applicant_may_not_do_changes_nothing():
    world = build_world()
    dossier, invitation = world.dossier, world.invitation
    root = dossier.get_absolute_url()
    editor = world.people[Role.CO_EDITOR]
    for role in (Role.CO_EDITOR, Role.CO_READER):
        client = Client()
        client.force_login(world.people[role])
        client.post(f"{root}equipe/invitations/{invitation.uuid}/annuler/")
        client.post(f"{root}equipe/{editor.uuid}/droit/", {"role": "read"})
        client.post(f"{root}equipe/inviter/", {"email": "quelqu-un@exemple.test", "kind": "owner"})
        client.post(f"{root}retirer/")
    client.post(f"{root}equipe/{editor.uuid}/retirer/")
    client.post(f"{root}pieces/cv/retirer/")
    client.post(f"{root}pratique/", {"practice": "effacé", "ecraser": "1"})
    dossier.refresh_from_db()
    invitation.refresh_from_db()
    assert dossier.state == "submitted"
    assert invitation.revoked_at is None
    assert dossier.invitations.count() == 1
    assert dossier.collaborators.get(user=editor).role == "edit"
    assert dossier.documents.filter(piece__code="cv").exists()
    assert dossier.practice != "effacé"
