"""A season of residencies: its people and places, and what the coordination, an artist and a team do in its pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from playwright.sync_api import Locator, expect

from tests.access.matrix import Role, row_modules
from tests.access.world import World
from tests.journeys.artist import Artist
from tests.journeys.committee import Desk

PHONE = {"width": 360, "height": 740}
#: Before the immersion; then the evening of a session of the first phase.
SEPTEMBER, FEBRUARY = "2026-09-15", "2027-02-02"
IMMERSION, PHASE = (date(2026, 10, 5), date(2026, 10, 9)), (date(2027, 2, 1), date(2027, 2, 19))


def territory(**more: Any) -> Any:
    """With the addresses that a contract prints."""
    from tests.factories.structures import TerritoryFactory

    facts = {
        "slug": "terres-noires",
        "name": "Communauté des Terres noires",
        "service_name": "Service culture des Terres noires",
        "contact_email": "culture@terres-noires.exemple.test",
        "contact_phone": "00 00 00 00 01",
        "contact_address": "1 place du Carreau\n62000 Bourg",
    }
    return TerritoryFactory(**facts | more)


def decided() -> SimpleNamespace:
    """A jury has decided and Lou Terril has accepted; another residency runs, six places have their teams.

    ``desk``, ``offer``, ``owner``, ``season``, ``other`` (a residency), ``places`` by name. Noa Rivière, of the
    school, never came in: the address is all that is known.
    """
    from candidatures.models import Application, CallPeriod
    from candidatures.services.jury import offers, publication
    from clea.accounts.models import User
    from structures.models import Closure
    from tests.candidatures.jury.decided import Decided
    from tests.factories.jury import JuryFactory
    from tests.factories.residencies import ResidencyFactory, team
    from tests.factories.structures import CommuneFactory, ProfessionalFactory, StructureFactory

    world = SimpleNamespace()
    world.territory = territory()
    jury = Decided(selected=1, jury=JuryFactory(territory=world.territory))
    world.desk, world.season = jury.desk, jury.call.season
    for row, (first, last) in zip(CallPeriod.objects.filter(call=jury.call), (IMMERSION, PHASE), strict=True):
        CallPeriod.objects.filter(pk=row.pk).update(starts_on=first, ends_on=last)
    Application.objects.update(applies_elsewhere=False)
    chosen = jury.selected[0]
    Application.objects.filter(pk=chosen.pk).update(
        artist_name="Lou Terril", first_name="Lou", last_name="Terril", practice="Je dessine dehors."
    )
    world.owner = chosen.owner
    User.objects.filter(pk=world.owner.pk).update(first_name="Lou", last_name="Terril")
    world.offer = offers.accept(by=chosen.owner, offer=jury.offer(chosen))
    publication.approve(by=world.desk, jury=jury.jury, publish_on=timezone.localdate())
    world.other = ResidencyFactory(season=world.season, artist_name="Studio Sablon", discipline="son")
    world.places = {}
    for rank, name in enumerate(["École du Rivage", "Médiathèque du Coron", "Maison des Aînés", "Crèche des Saules"]):
        town = CommuneFactory(
            territory=world.territory, name=f"{name.split()[-1]}-sur-Deûle", slug=f"ville-{rank}", latitude=50.43
        )
        world.places[name] = StructureFactory(commune=town, name=name, slug=f"lieu-{rank}")
    school, *others = world.places.values()
    for place in others:
        team(place)
    for first_name, last_name, email in (
        ("Noa", "Rivière", "noa.riviere@ecole.test"),
        ("Ida", "Sorbier", "ida@ecole.test"),
    ):
        ProfessionalFactory(structure=school, first_name=first_name, last_name=last_name, email=email)
    Closure.objects.create(
        structure=school, starts_on=date(2027, 2, 2), ends_on=date(2027, 2, 2), reason="journée pédagogique"
    )
    world.school = school
    return world


@dataclass
class Coordination(Desk):
    """The coordination, on the pages of residencies, activities, events and seasons."""

    def part(self, name: str) -> None:
        """A part of the row on the page, by its tab, which is then the current one."""
        tabs = self.page.locator("nav.desk-tabs")
        tabs.get_by_role("link", name=name, exact=True).click()
        expect(tabs.locator('[aria-current="page"]')).to_have_text(name)

    def unfold(self, name: str) -> Locator:
        """Open what a heading folds; returns it."""
        summary = self.page.locator("summary").filter(has_text=name).first
        summary.click()
        return summary.locator("xpath=..")

    def pdf(self, link: str) -> bytes:
        """What a link of the page gives, asked with the browser's own session."""
        address = self.page.get_by_role("link", name=link, exact=True).get_attribute("href")
        assert address is not None
        answer = self.page.request.get(address)
        assert answer.headers["content-type"].startswith("application/pdf"), answer.status
        return answer.body()

    def typed(self, name: str, value: str) -> None:
        """The field of a form by the end of its label: hints and times may follow it."""
        self.page.get_by_label(re.compile(rf"^{re.escape(name)}\s*:?\s*$")).fill(value)

    def when(self, day: str, since: str, until: str) -> None:
        for name, value in (("Jour", day), ("De", since), ("À", until)):
            self.typed(name, value)

    def issue(self, draft: str) -> None:
        """A contract or an agreement, from nothing to the people who sign it."""
        self.press(draft)
        self.told("relisez-le avant de l'émettre")
        self.follow("Émettre")
        self.press("Émettre")
        self.told("envoyez-le aux signataires")
        self.follow("Envoyer aux signataires")
        self.press("Envoyer")
        self.told(re.compile("message part|messages partent"))


@dataclass
class Visitor(Artist):
    """An artist in their residency, or a professional in the space of their structure, often on a phone."""

    def answer(self, question: str, words: str) -> None:
        """One of a group of answers, by its label as a thumb would."""
        box = self.page.get_by_role("group", name=question)
        box.locator("label").filter(has_text=words).first.click()

    def told(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()

    def assert_fits(self, heading: str | re.Pattern[str]) -> None:
        """On the page of this title, nothing sticks out of the screen. Waits for the page: a link was just followed."""
        expect(self.page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        self.page.wait_for_load_state()
        assert self.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    def confirm(self, count: int) -> None:
        """What took place, on its own page: that it did, and how many were there."""
        self.answer("La séance a-t-elle eu lieu ?", "oui, comme prévu")
        self.page.get_by_label("Nombre", exact=True).first.fill(str(count))
        self.press("Confirmer")


# Looks -----------------------------------------------------------------------------------------


def filled() -> Any:
    """The residencies of the access matrix's world, and more on their pages.

    ``world.people`` holds two artists, two teams and the coordination; for the rest see the ``build`` of
    ``rows_residencies*``. Here: a contract to read, a session of which two sides say otherwise, forty sessions to come.
    """
    from residencies.enums import AudienceCategory, ConfirmationSide, Happened
    from residencies.services import confirmations, papers
    from tests.factories.accounts import UserFactory
    from tests.factories.residencies import plan_many
    from tests.factories.structures import CoordinatorFactory

    world = World()
    world.territory = territory()
    roles = (Role.ARTIST, Role.OTHER_ARTIST, Role.TEAM, Role.OTHER_TEAM)
    world.people = {role: UserFactory(email=f"{str(role.name).lower()}@exemple.test") for role in roles}
    world.people[Role.COORDINATOR] = CoordinatorFactory(territory=world.territory)
    for module in row_modules():
        if module.__name__.rpartition(".")[2].startswith("rows_residencies"):
            getattr(module, "build", lambda world: None)(world)
    papers.draft_contract(by=world.people[Role.COORDINATOR], residency=world.residency)
    sides = (
        (ConfirmationSide.ARTIST, Role.ARTIST, {"residency": world.residency}, 24),
        (ConfirmationSide.STRUCTURE, Role.TEAM, {"structure": world.host}, 21),
    )
    for side, role, where, count in sides:
        confirmations.confirm(
            by=world.people[role],
            session=world.paper_session,
            side=side,
            happened=Happened.YES,
            counts=[confirmations.Count(AudienceCategory.PRIMARY, count)],
            words="Un beau moment.",
            **where,
        )
    plan_many(world.residency, 40, [world.host, world.other_host])
    return world
