"""After the decision: letters, answers, other territories; and the artist's own answer.

``world.offer`` waits for the answer of OWNER, in a jury of its own whose call is closed.
"""

from __future__ import annotations

from typing import Any

from tests.access.matrix import ADMINISTRATOR, CO_EDITOR, CO_READER, COORDINATOR, OTHER_COORDINATOR, OWNER, Role, Row
from tests.access.world import World
from tests.candidatures.jury.decided import Decided
from tests.factories.candidatures import CollaboratorFactory
from tests.factories.jury import JuryFactory


def build(world: World) -> None:
    from candidatures.models import Application, LetterRule
    from candidatures.services.jury import outside

    decided = Decided(jury=JuryFactory(territory=world.territory), selected=1, reserve=1, declined=0)
    world.answers = decided
    world.offered = decided.selected[0]
    Application.objects.filter(pk=world.offered.pk).update(owner=world.people[Role.OWNER])
    world.offered.refresh_from_db()
    CollaboratorFactory(application=world.offered, user=world.people[Role.CO_EDITOR], role="edit")
    CollaboratorFactory(application=world.offered, user=world.people[Role.CO_READER], role="read")
    world.offer = decided.offer(world.offered)
    world.letter_rule = LetterRule.objects.filter(jury=decided.jury).earliest("pk")
    world.outside = outside.record(
        by=decided.desk, application=decided.reserve[0], territory="Voisin", jury_on=decided.session.held_on
    )


READERS = COORDINATOR | ADMINISTRATOR


def jury(w: World) -> dict[str, Any]:
    return {"key": w.answers.jury.uuid}


def reserve(w: World) -> dict[str, Any]:
    return jury(w) | {"dossier_key": w.answers.reserve[0].uuid}


def one_rule(w: World) -> dict[str, Any]:
    return jury(w) | {"rule_key": w.letter_rule.uuid}


def one_offer(w: World) -> dict[str, Any]:
    return jury(w) | {"offer_key": w.offer.uuid, "act": "annuler"}


def one_outside(w: World) -> dict[str, Any]:
    return jury(w) | {"outside_key": w.outside.uuid}


def page(name: str, kwargs: Any = jury, post: Any = (200, 302)) -> Row:
    """A page of the desk: the coordination of the territory, and administrators."""
    return Row(
        f"admin:candidatures_jury_{name}",
        kwargs=kwargs,
        get={READERS: 200, OTHER_COORDINATOR: 404},
        post={READERS: post, OTHER_COORDINATOR: 404},
        hidden={OTHER_COORDINATOR: lambda w: w.offered.display_name},
    )


def act(name: str, kwargs: Any, get: int = 405) -> Row:
    """An act that only a form asks for."""
    return Row(
        f"admin:candidatures_jury_{name}",
        kwargs=kwargs,
        get={READERS: get, OTHER_COORDINATOR: 404},
        post={READERS: 302, OTHER_COORDINATOR: 404},
    )


ROWS = [
    page("letters"),
    Row(
        "admin:candidatures_jury_letters_draft",
        kwargs=jury,
        get={READERS: 302, OTHER_COORDINATOR: 404},
        # Nothing ticked: the page comes back and says so.
        post={READERS: 200, OTHER_COORDINATOR: 404},
    ),
    page("letter", reserve),
    page("letter_rule_add"),
    page("letter_rule", one_rule),
    act("letter_rule_move", one_rule),
    page("answers"),
    page("answers_offer", one_offer),
    page("answers_call", reserve),
    Row(
        "admin:candidatures_jury_answers_end_reserve",
        kwargs=jury,
        get={READERS: 200, OTHER_COORDINATOR: 404},
        # A bare post without the page's own field is a page read, nothing more.
        post={READERS: 200, OTHER_COORDINATOR: 404},
    ),
    page("answers_publication"),
    page("outside"),
    page("outside_override", one_outside),
    page("outside_elsewhere", one_outside, post=200),
    page("outside_cancel", one_outside, post=200),
    act("outside_back", reserve),
    Row(
        "applications:answer",
        kwargs=lambda w: {"uuid": w.offered.uuid},
        get={OWNER | CO_EDITOR | CO_READER: 200},
        # An empty form is refused field by field; a co-applicant reads, and does not answer.
        post={OWNER: 422, CO_EDITOR | CO_READER: 403},
    ),
]
