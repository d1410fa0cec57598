"""A team's home, people, closures and wishes; the wish desk; the invitation of a team."""

from __future__ import annotations

from datetime import date
from typing import Any

from candidatures.enums import LifeStage
from residencies.enums import ActivityState, AudienceCategory, RequestState
from residencies.models import ActivityRequest
from structures.models import Closure
from tests.access.desk import NOBODY, Desk
from tests.access.matrix import ADMINISTRATOR, COORDINATOR, OTHER_COORDINATOR, STAFF, TEAM, Role, Row
from tests.access.world import World
from tests.factories.residencies import ActivityFactory


def build(world: World) -> None:
    def wish(**more: Any) -> ActivityRequest:
        facts = {
            "season": world.residency.season, "structure": world.host, "residency": world.residency,
            "public": "le groupe du monde", "category": AudienceCategory.PRIMARY, "life_stage": LifeStage.SCHOOL,
            "people": 20, "hope": "Se rencontrer.", "made_by": world.people[Role.TEAM],
        }  # fmt: skip
        return ActivityRequest.objects.create(**(facts | more))

    world.wish = wish()
    world.proposed_wish = wish(state=RequestState.PROPOSED, proposed=world.other_residency)
    world.withdrawn_wish = wish(state=RequestState.WITHDRAWN)
    world.refused_wish = wish(state=RequestState.REFUSED, answer="Non.")
    world.joinable = ActivityFactory(residency=world.residency, state=ActivityState.IDEA)
    world.closure = Closure.objects.create(structure=world.host, starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 5))
    world.member = world.host.professionals.get()


DESK = {
    "residencies.activityrequest": Desk(lambda w: w.wish, add=NOBODY, change=NOBODY, delete=NOBODY),
}


def house(w: World) -> dict[str, Any]:
    return {"uuid": w.host.uuid}


def person(w: World) -> dict[str, Any]:
    return house(w) | {"person": w.member.uuid}


def of(name: str):
    return lambda w: house(w) | {"wish": getattr(w, name).uuid}


def key(name: str = "wish"):
    return lambda w: {"key": getattr(w, name).uuid}


OWN = {COORDINATOR | ADMINISTRATOR: 200}
BACK = {COORDINATOR | ADMINISTRATOR: 302}
WISHES = "/coordination/residencies/activityrequest/"

ROWS = [
    Row("team:home", kwargs=house, get={TEAM: 200}),
    Row("team:people", kwargs=house, get={TEAM: 200}),
    Row("team:person_add", kwargs=house, get={TEAM: 200}, post={TEAM: 422}),
    Row("team:person", kwargs=person, get={TEAM: 200}, post={TEAM: 422}),
    # The only one who can enter: the reason, and nothing is removed.
    Row("team:person_remove", kwargs=person, get={TEAM: 409}, post={TEAM: 409}),
    Row("team:details", kwargs=house, get={TEAM: 200}, post={TEAM: 302}),
    Row("team:closures", kwargs=house, get={TEAM: 200}, post={TEAM: 422}),
    Row("team:closures_week", kwargs=house, post={TEAM: 302}),
    Row("team:closure_remove", kwargs=lambda w: house(w) | {"closure": w.closure.uuid}, post={TEAM: 302}),
    Row("team:requests", kwargs=house, get={TEAM: 200}),
    Row("team:request_add", kwargs=house, get={TEAM: 200}, post={TEAM: 422}),
    Row("team:request", kwargs=of("wish"), get={TEAM: 200}),
    Row("team:request_change", kwargs=of("wish"), get={TEAM: 200}, post={TEAM: 422}),
    Row("team:request_withdraw", kwargs=of("wish"), get={TEAM: 200}, post={TEAM: 302}),
    Row("team:request_resume", kwargs=of("withdrawn_wish"), post={TEAM: 302}),
    Row("team:request_answer", kwargs=of("proposed_wish"), post={TEAM: 422}),
    Row("admin:residencies_activityrequest_by_effect", get={STAFF: 200}),
    Row("admin:residencies_activityrequest_refuse_several", get={STAFF: WISHES}, post={STAFF: WISHES}),
    Row("admin:residencies_activityrequest_turn", kwargs=key(), get=OWN, post=OWN),
    Row(
        "admin:residencies_activityrequest_join",
        kwargs=key(),
        query=lambda w: {"activite": w.joinable.uuid},
        data=lambda w: {"activite": "", "version": "99"},
        get=OWN,
        post={COORDINATOR | ADMINISTRATOR: 404},
    ),
    Row("admin:residencies_activityrequest_propose", kwargs=key(), get=OWN, post=OWN),
    Row("admin:residencies_activityrequest_refuse", kwargs=key(), get=OWN, post=OWN),
    Row("admin:residencies_activityrequest_reopen", kwargs=key("refused_wish"), post=BACK),
    # Nobody ticked: back to the page, which says so.
    Row(
        "admin:structures_structure_invite",
        kwargs=key("host"),
        get=OWN,
        post=BACK | {OTHER_COORDINATOR: 404},
    ),
]
