"""Add the deployment to the story of the demonstration: what happened from April 2026 to today, act by act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from candidatures.demo import build as candidatures_demo
from candidatures.demo import story
from candidatures.demo.build import Built, Stage
from candidatures.demo.story import paris
from residencies.demo import ending, landscape, life, past, running, season, start, trips
from structures.models import Structure, Territory

if TYPE_CHECKING:
    from datetime import datetime

    from clea.accounts.models import User
    from residencies.models import Residency


@dataclass
class Scene:
    """The stage of the selection, and what the deployment adds to it."""

    stage: Stage
    territory: Territory
    places: dict[str, Structure] = field(default_factory=dict)
    residencies: dict[str, Residency] = field(default_factory=dict)
    #: Those of the season before.
    past: dict[str, Residency] = field(default_factory=dict)

    @property
    def password(self) -> str:
        """The hash that every account of the demonstration shares."""
        return self.desk.password

    @property
    def desk(self) -> User:
        return self.stage.coordinator

    def at(self, moment: datetime, act: Callable[[Scene], None]) -> None:
        """An act of this scene, if its hour has come."""
        if moment <= self.stage.now:
            self.stage.at(moment, partial(act, self))


def build() -> Built:
    """The whole demonstration: the selection, then the deployment. Under a minute."""
    return candidatures_demo.build(_deploy)


def _deploy(stage: Stage) -> None:
    """Schedule every act. Those whose hour has not come are not played."""
    scene = Scene(stage, stage.calls[story.CLEA].territory)
    scene.at(paris("2026-03-30 09:00"), landscape.places)
    scene.at(paris("2026-03-30 10:00"), landscape.rules_and_past)
    scene.at(paris("2026-04-02 10:00"), landscape.teams)
    scene.at(paris("2026-04-03 10:00"), landscape.relays)
    scene.at(paris("2026-04-03 11:00"), running.load_scales)
    scene.at(paris("2026-04-13 09:30"), start.open_all)
    scene.at(paris("2026-04-14 11:00"), start.present)
    scene.at(paris("2026-05-04 14:00"), start.papers)
    scene.at(paris("2026-06-15 10:00"), start.contracts)
    scene.at(paris("2026-06-29 09:00"), past.residencies)
    scene.at(paris("2026-06-29 10:00"), past.sessions)
    scene.at(paris("2026-06-30 10:00"), ending.paid)
    scene.at(paris("2026-06-30 10:30"), trips.former)
    scene.at(paris("2026-06-30 11:00"), ending.shares)
    scene.at(paris("2026-07-01 10:00"), ending.committees)
    scene.at(paris("2026-07-02 10:00"), ending.traces)
    scene.at(paris("2026-07-02 11:00"), running.opinions)
    scene.at(paris("2026-09-09 10:00"), ending.older)
    scene.at(paris("2026-09-10 10:00"), ending.write_bilan)
    scene.at(paris("2026-09-11 09:00"), ending.close)
    scene.at(paris("2026-09-11 10:00"), running.schedules)
    scene.at(paris("2026-09-11 11:00"), running.rhythm)
    scene.at(paris("2026-10-13 17:00"), running.october)
    scene.at(paris("2026-10-14 10:00"), running.tell)
    scene.at(paris("2026-10-20 10:00"), trips.immersion)
    scene.at(paris("2026-11-06 10:00"), running.first_payments)
    scene.at(paris("2026-11-09 10:00"), running.next_committee)
    scene.at(paris("2026-07-03 16:00"), start.signatures)
    scene.at(paris("2026-08-31 09:00"), life.welcome)
    scene.at(paris("2026-09-07 09:00"), life.kits)
    season.announce(scene)
    scene.at(paris("2026-10-04 18:00"), start.begin)
    scene.at(paris("2026-10-05 17:30"), life.entry_inventories)
    scene.at(paris("2026-10-09 18:00"), life.after_immersion)
    season.follow(scene)
