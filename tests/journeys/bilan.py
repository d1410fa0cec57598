"""The second half of a season: its money, its committees, its bilan; what its pages are filled with."""

from __future__ import annotations

import io
import random
import re
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from PIL import Image
from playwright.sync_api import FilePayload, Locator, expect

from tests.access.matrix import Role
from tests.journeys.season import Coordination, Visitor, filled, territory


def photographed(name: str) -> FilePayload:
    """A ticket as a phone takes it: a JPEG that is no flat colour."""
    image = Image.effect_noise((400, 300), 60 + random.Random(name).randrange(9)).convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def shown_in(words: str) -> int:
    """The number of « plus de 1 312 présences »."""
    found = re.search(r"\d[\d\s]*", words)
    assert found is not None, words
    return int(re.sub(r"\s", "", found[0]))


def ended() -> SimpleNamespace:
    """A season whose sessions took place: one residency under its budget, its artist, two people at the desk.

    ``desk``, ``colleague``, ``artist``, ``residency``, ``season``; ``sessions`` held, ``attendances`` counted in them;
    ``consent`` of somebody who has the link, whose words are published; ``send_news(to)``.
    """
    from residencies.models import Headcount, Testimony
    from residencies.services import consents, news, testimonies
    from tests.factories import bilan_pages, traces
    from tests.factories.money import funded
    from tests.factories.residencies import ResidencyFactory, artist_of
    from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory
    from tests.factories.trips import load_scales

    load_scales()
    world = SimpleNamespace()
    place = territory(two_person_payments=True)
    world.desk, world.colleague = (CoordinatorFactory(territory=place) for _ in range(2))
    world.residency = lou = funded(ResidencyFactory(territory=place, artist_name="Lou Terril", slug="lou-terril"))
    type(lou).objects.filter(pk=lou.pk).update(home_city="Nantes", published_at=timezone.now())
    world.season, world.artist = lou.season, artist_of(lou)
    towns = [CommuneFactory(territory=place, name=name, latitude=50.43, longitude=2.8) for name in ("Bourg", "Hameau")]
    structures = [StructureFactory(commune=town, name=f"École de {town.name}") for town in towns]
    world.sessions = bilan_pages.held(lou, 20, structures)
    world.attendances = sum(Headcount.objects.values_list("value", flat=True))
    world.consent = consents.record(
        by=world.desk, season=lou.season, person="Odile Terrier", email="odile@exemple.test", form="paper",
        given_on=traces.GIVEN_ON,
    )  # fmt: skip
    said = traces.testimony(lou)
    Testimony.objects.filter(pk=said.pk).update(consent=world.consent)
    said.refresh_from_db()
    testimonies.publish(by=world.desk, testimony=said)
    traces.production(lou)

    def send_news(to: Visitor) -> Any:
        text = news.Text(title="Le terril en fête", summary="Samedi.", body="Venez.")
        row = news.publish(by=world.desk, news=news.write(by=world.desk, territory=place, text=text))
        assert news.send(by=world.desk, news=row) == 1
        return to.last_message("Le terril en fête")

    world.send_news = send_news
    return world


@dataclass
class Traveller(Visitor):
    """An artist who claims a trip; whoever has a link of a mail."""

    def line(self, number: int) -> Locator:
        return self.page.locator(".trip-lines > li").nth(number - 1)

    def start_trip(self, period: str, means: str) -> None:
        """From the page of the money to the form of the trip."""
        self.page.get_by_role("link", name="Demander un voyage").click()
        self.answer("Pour quelle période ?", f"{period}, ")
        self.answer("Par quel moyen ?", means)
        self.press("Continuer")
        expect(self.page.get_by_role("heading", level=1, name=f"Voyage : {period}")).to_be_visible()

    def travel(self, out: str, back: str, *, km: int = 0, power: int = 0) -> None:
        self.page.get_by_label("Ville de départ").fill("Nantes")
        self.page.get_by_label("Jour de l'aller").fill(out)
        self.page.get_by_label("Jour du retour").fill(back)
        if km:
            self.page.get_by_label("Kilomètres à l'aller").fill(str(km))
            self.page.get_by_label("Kilomètres au retour").fill(str(km))
            self.page.get_by_label("Puissance fiscale").fill(str(power))

    def expense(
        self, number: int, nature: str, label: str, day: str, amount: str, receipt: FilePayload | None = None
    ) -> None:
        line = self.line(number)
        line.get_by_label("Nature").select_option(label=nature)
        line.get_by_label("Trajet ou dépense").fill(label)
        line.get_by_label("Jour").fill(day)
        line.get_by_label("Montant payé (€)").fill(amount)
        if receipt is not None:
            line.locator("input[type=file]").set_input_files(receipt)

    def send_claim(self, amount: str) -> None:
        """What was counted, as the button says it."""
        self.page.get_by_role("button", name=re.compile(rf"^Envoyer la demande \({amount}")).click()
        expect(self.page.get_by_text("C'est envoyé")).to_be_visible()


@dataclass
class Hands(Coordination):
    """One of the people of the coordination, on payments."""

    def act_on(self, payments: str, payment: Any, button: str, done: str) -> None:
        """A step of a payment, from its page, through the page that asks."""
        self.page.goto(f"{payments}{payment.uuid}/")
        self.follow(button)
        expect(self.page.get_by_role("button", name=button, exact=True)).to_be_visible()
        self.press(button)
        self.told(done)


def reported() -> Any:
    """``filled``, and what issue 5 shows: trips paid and refused, a budget, shares, answers, a bilan on the site.

    ``world.car`` a trip beside ``world.trip`` by train, ``world.bilan`` published, ``world.seen`` a real picture.
    """
    from residencies.enums.bilan import BilanState
    from residencies.enums.money import PaymentState
    from residencies.models import Bilan, Picture, ResidencyBudget
    from residencies.services import pictures
    from tests.factories import bilan_pages, feedback, traces
    from tests.factories.funding import FunderFactory, ShareFactory
    from tests.factories.money import PaymentFactory, funded
    from tests.factories.trips import trip

    world = filled()
    lou, desk = world.residency, world.people[Role.COORDINATOR]
    # Its claims made it one, without a call's figures.
    ResidencyBudget.objects.filter(residency=lou).delete()
    funded(lou)
    for rank, state in enumerate(PaymentState):
        PaymentFactory(residency=lou, label=f"Échéance {rank}", state=state)
    world.car = trip(lou, 1)
    for name, planned in (("Communauté du monde", "15000"), ("Direction des affaires culturelles", "9000")):
        funder = FunderFactory(territory=world.territory, name=name)
        ShareFactory(funder=funder, residency=lou, planned=planned)
    feedback.ask(world.territory)
    feedback.answered(lou, 5, words="Un beau moment")
    bilan_pages.held(lou, 24, [world.host, world.other_host])
    bilan_pages.by_hand(bilan_pages.earlier(lou.season, 2))
    traces.production(lou)
    world.seen = pictures.add(
        by=desk, season=lou.season, residency=lou, upload=traces.photo(), consents=[world.consent],
        alt="Une classe devant le terril", credit="Compagnie Terril", rights="libre",
    )  # fmt: skip
    Picture.objects.filter(pk=world.seen.pk).update(is_published=True)
    Bilan.objects.filter(pk=world.bilan.pk).update(
        state=BilanState.PUBLISHED,
        published_at=timezone.now(),
        introduction="Une saison **entière**.",
        highlights="- Un premier temps fort.",
        outlook="Continuer.",
    )
    return world
