"""The public pages as a browser shows them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from candidatures.models import Call, CallSection
from tests.factories.candidatures import CallFactory, SeasonFactory
from tests.factories.structures import CommuneFactory

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 360, "height": 740}
VIEWPORTS = [{"width": 1280, "height": 800}, {"width": 768, "height": 1000}, PHONE]


@pytest.fixture
def call() -> Call:
    call = CallFactory(complete=True, season=SeasonFactory(ends_on=date(2099, 8, 31)), title="Cinq résidences")
    for index in range(6):
        CallSection.objects.create(
            call=call, slug=f"c{index}", title=f"Chapitre {index}", text="Du texte à lire. " * 80, order=index
        )
    CommuneFactory.create_batch(3, territory=call.territory)
    return call


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", VIEWPORTS, ids=lambda size: str(size["width"]))
@pytest.mark.looks
def test_pages_are_accessible_and_never_wider_than_the_screen(
    new_context: Callable[..., BrowserContext], call: Call, viewport: dict[str, int], scheme: str
) -> None:
    page = new_context(viewport=viewport, color_scheme=scheme).new_page()
    for path in ("/", "/appels/", call.get_absolute_url(), f"{call.get_absolute_url()}question/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
        violations = Axe().run(page).response["violations"]
        assert not violations, f"{path}: {[(v['id'], v['nodes'][0]['html']) for v in violations]}"


def test_the_contents_and_the_button_stay_beside_the_text(page: Page, call: Call) -> None:
    page.goto(f"{call.get_absolute_url()}#c5")
    side = page.get_by_role("complementary")
    assert page.evaluate("scrollY") > 800
    for name in ("Candidater", "Chapitre 0"):
        box = side.get_by_role("link", name=name, exact=True).bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= 800


def test_on_a_phone_the_button_follows_and_leaves_the_end_of_the_page_free(
    new_context: Callable[..., BrowserContext], call: Call
) -> None:
    page = new_context(viewport=PHONE).new_page()
    page.goto(call.get_absolute_url())
    page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    button = page.get_by_role("link", name="Candidater", exact=True)
    box = button.bounding_box()
    assert box is not None
    assert PHONE["height"] - 90 < box["y"] + box["height"] <= PHONE["height"]
    # Whatever takes the focus near the bottom is scrolled clear of the bar.
    last = page.get_by_role("link", name="Poser une question")
    last.focus()
    place, bar = last.bounding_box(), page.locator(".call__bar").bounding_box()
    assert place is not None
    assert bar is not None
    assert place["y"] + place["height"] <= bar["y"] or place["y"] >= bar["y"] + bar["height"]


def test_on_a_phone_the_contents_open_and_lead(new_context: Callable[..., BrowserContext], call: Call) -> None:
    page = new_context(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(call.get_absolute_url())
    link = page.get_by_role("link", name="Chapitre 5")
    assert not link.is_visible()
    page.get_by_text("Sommaire").click()
    link.click()
    assert page.get_by_role("heading", name="Chapitre 5").is_visible()


def test_a_question_is_sent_without_javascript(page_without_js: Page, call: Call) -> None:
    page = page_without_js
    page.goto(call.get_absolute_url())
    page.get_by_role("link", name="Poser une question").click()
    page.get_by_label("Votre nom").fill("Gaspard Curieux")
    page.get_by_label("Votre adresse électronique").fill("gaspard@exemple.test")
    page.get_by_label("Votre question").fill("Peut-on venir de Belgique ?")
    page.get_by_role("button", name="Envoyer ma question").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Votre question est partie"
    assert call.messages.count() == 1
