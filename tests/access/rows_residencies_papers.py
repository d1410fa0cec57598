"""Contracts, agreements, confirmations: the desk's pages and those of the two spaces."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from clea.documents import services as documents
from residencies.enums import ConfirmationSide, Happened, PaperKind, PaperState, SessionState
from residencies.models import Confirmation, Paper, PaperTemplate, Signature
from tests.access.desk import NOBODY, Desk
from tests.access.matrix import (
    ADMINISTRATOR,
    ARTIST,
    COORDINATOR,
    TEAM,
    Row,
)
from tests.access.world import World
from tests.factories.residencies import ActivityFactory, SessionFactory

HANDS = COORDINATOR | ADMINISTRATOR


def build(world: World) -> None:
    """A template; an agreement issued and one session begun, on an activity of their own."""
    world.paper_template = PaperTemplate.objects.create(
        territory=world.territory, kind=PaperKind.CONTRACT, name="Modèle du monde", title="Contrat", body="Texte."
    )
    world.paper_activity = ActivityFactory(residency=world.residency, structure=world.host)
    start = timezone.now() - timedelta(hours=2)
    world.paper_session = SessionFactory(activity=world.paper_activity, starts_at=start, state=SessionState.HELD)
    world.agreement = Paper.objects.create(
        kind=PaperKind.AGREEMENT,
        activity=world.paper_activity,
        number="CV-MONDE-001",
        title="Convention du monde",
        body="Texte.",
        state=PaperState.ISSUED,
        issued_at=start,
        stored_file=documents.store_bytes(
            by=None, content=b"%PDF-1.7", name="convention.pdf", content_type="application/pdf"
        ),
    )
    world.signature = Signature.objects.create(paper=world.agreement, party="Partie", structure=world.host)
    world.confirmation = Confirmation.objects.create(
        session=world.paper_session,
        side=ConfirmationSide.ARTIST,
        residency=world.residency,
        happened=Happened.YES,
        made_at=start,
    )


DESK = {"residencies.papertemplate": Desk(lambda w: w.paper_template, delete=NOBODY)}


def residency(w: World) -> dict[str, Any]:
    return {"key": w.residency.uuid}


def activity(w: World) -> dict[str, Any]:
    return {"key": w.paper_activity.uuid}


def season(w: World) -> dict[str, Any]:
    return {"key": w.residency.season.uuid}


def of_host(**more: Any) -> Any:
    return lambda w: {"uuid": w.host.uuid} | {name: value(w) for name, value in more.items()}


def of_residency(**more: Any) -> Any:
    return lambda w: {"uuid": w.residency.uuid} | {name: value(w) for name, value in more.items()}


def paper_rows(prefix: str, name: str, kwargs: Any, status: dict[str, tuple[Any, Any]]) -> list[Row]:
    """The pages and acts of one paper: what GET and POST answer to the desk."""
    base = f"admin:residencies_{prefix}_{name}"
    signature = {"sign": lambda w: kwargs(w) | {"signature": w.signature.uuid}}
    return [
        Row(
            f"{base}_{act}" if act else base,
            kwargs=signature.get(act, kwargs),
            get={HANDS: seen},
            post={HANDS: done} if done else {},
        )
        for act, (seen, done) in status.items()
    ]


def one_session(w: World) -> dict[str, Any]:
    return activity(w) | {"session": w.paper_session.uuid}


def look(name: str, seen: int, done: int, kwargs: Any = activity) -> Row:
    return Row(f"admin:residencies_activity_{name}", kwargs=kwargs, get={HANDS: seen}, post={HANDS: done})


PAPER, SESSION = (lambda w: w.agreement.uuid), (lambda w: w.paper_session.uuid)
ACTIVITY = lambda w: w.paper_activity.uuid  # noqa: E731

ROWS: list[Row] = [
    # The contract is not drafted: nothing to act on.
    *paper_rows(
        "residency",
        "contract",
        residency,
        {
            "": (200, None),
            "draft": (405, 302),
            **dict.fromkeys(("text", "issue", "send", "cancel"), (404, 404)),
            "preview": (404, None),
            **dict.fromkeys(("signed", "scan", "sign"), (405, 404)),
        },
    ),
    # The agreement waits for its signatures.
    *paper_rows(
        "activity",
        "agreement",
        activity,
        {
            "": (200, None),
            "draft": (405, 302),
            "text": (302, 302),
            "preview": (200, None),
            "issue": (200, 302),
            "send": (200, 302),
            "cancel": (200, 422),
            **dict.fromkeys(("signed", "scan", "sign"), (405, 422)),
        },
    ),
    Row("admin:residencies_activity_lookback", kwargs=activity, get={HANDS: 200}),
    look("evaluate", 405, 422),
    look("evaluation_reopen", 405, 302),
    look("confirm", 200, 422, one_session),
    look("settle", 405, 302, one_session),
    look("unsettle", 405, 302, one_session),
    Row("admin:residencies_season_agreements", kwargs=season, get={HANDS: 200}),
    Row("admin:residencies_season_agreements_act", kwargs=season, get={HANDS: 405}, post={HANDS: 302}),
    Row("admin:residencies_season_confirmations", kwargs=season, get={HANDS: 200}),
    Row("studio:papers", kwargs=of_residency(), get={ARTIST: 200}),
    Row("studio:paper", kwargs=of_residency(paper=PAPER), get={ARTIST: 200}),
    Row("studio:paper_scan", kwargs=of_residency(paper=PAPER), get={ARTIST: 405}, post={ARTIST: 422}),
    Row("studio:confirmations", kwargs=of_residency(), get={ARTIST: 200}),
    Row("studio:confirm", kwargs=of_residency(session=SESSION), get={ARTIST: 200}, post={ARTIST: 422}),
    Row("studio:look_back", kwargs=of_residency(activity=ACTIVITY), get={ARTIST: 200}, post={ARTIST: 302}),
    Row("team:agreements", kwargs=of_host(), get={TEAM: 200}),
    Row("team:agreement", kwargs=of_host(paper=PAPER), get={TEAM: 200}),
    Row("team:agreement_scan", kwargs=of_host(paper=PAPER), get={TEAM: 405}, post={TEAM: 422}),
    Row("team:confirmations", kwargs=of_host(), get={TEAM: 200}),
    Row("team:confirm", kwargs=of_host(session=SESSION), get={TEAM: 200}, post={TEAM: 422}),
    Row("team:look_back", kwargs=of_host(activity=ACTIVITY), get={TEAM: 200}, post={TEAM: 302}),
]
