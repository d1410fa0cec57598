"""Reading in a real browser: the keyboard alone, no JavaScript, a phone, the dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.keyboard import Keyboard

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def juror(live_server: Any) -> Any:
    from tests.factories.jury import JurorFactory, JuryFactory

    return JurorFactory(jury=JuryFactory())


@pytest.fixture
def dossiers(juror: Any) -> list[Any]:
    from tests.factories.candidatures import ApplicationFactory
    from tests.factories.jury import read_by

    made = [ApplicationFactory(call=juror.jury.call, submitted=True, state="eligible") for _rank in range(3)]
    made.sort(key=lambda one: one.last_deposit.number)
    read_by(juror, *made)
    return made


@pytest.fixture
def signed_in(new_context: Callable[..., BrowserContext], live_server: Any, juror: Any) -> Callable[..., Page]:
    from django.test import Client

    def enter(**options: Any) -> Page:
        client = Client()
        client.force_login(juror.user)
        context = new_context(**options)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        return context.new_page()

    return enter


def desk(juror: Any) -> str:
    return f"/jury/{juror.jury.call.slug}/"


def title(page: Page) -> Any:
    return page.get_by_role("heading", level=1)


def test_three_dossiers_are_read_with_the_keyboard_alone(signed_in, juror, dossiers):
    from candidatures.models import Review

    page = signed_in()
    page.goto(desk(juror))
    press = page.keyboard.press
    keys = Keyboard(page)
    to = keys.to

    to("Lire : ")
    press("Enter")
    for rank, dossier in enumerate(dossiers):
        expect(title(page)).to_have_text(dossier.display_name)
        to("Aller à la grille")
        press("Enter")
        press("Tab")
        # By the key's place: the row of figures of a French keyboard gives other signs.
        press("Digit4")
        press("Digit3")
        total = page.locator("[data-total]")
        expect(total).to_have_text("15,00")
        # The comment of the note just given, where a figure is only a figure.
        press("Shift+Tab")
        page.keyboard.type("3 écoles")
        expect(total).to_have_text("15,00")
        press("Escape")
        press("Delete")
        expect(total).to_have_text("16,00")
        press("Digit3")
        # The advice, then its second choice.
        press("Space")
        press("ArrowRight")
        expect(page.get_by_role("status").get_by_text("Enregistré à")).to_be_visible()
        assert Review.objects.get(application=dossier).state == "draft"
        press("Control+Enter")
        if rank < 2:
            expect(page.get_by_text("Voici le dossier suivant.")).to_be_visible()
    expect(page.get_by_text("C'était la dernière, merci.")).to_be_visible()
    expect(title(page)).to_have_text("Toutes vos lectures sont déposées")
    keys.assert_always_seen()
    for review in Review.objects.all():
        assert (review.state, review.advice) == ("filed", "reserved")
        assert list(review.scores.order_by("criterion__order").values_list("value", "comment")) == [
            (4, ""),
            (3, "3 écoles"),
        ]


def test_the_total_as_one_scores_is_the_server_s_own(signed_in, juror, dossiers):
    from candidatures.methods import scoring

    first, second = juror.jury.call.scoring.all()
    # A third of a scale of three, twice: 20/3 rounds up.
    for criterion, weight, maximum in ((first, 2, 3), (second, 1, 7)):
        criterion.weight, criterion.max_score = weight, maximum
        criterion.save()
    page = signed_in()
    page.goto(f"{desk(juror)}dossiers/{dossiers[0].uuid}/")
    for one, other in ((0, 1), (1, 0), (1, 2), (2, 5), (3, 7)):
        page.locator(f'[name="note_{first.pk}"][value="{one}"]').check(force=True)
        page.locator(f'[name="note_{second.pk}"][value="{other}"]').check(force=True)
        found = scoring.total([(2, 3, one), (1, 7, other)])
        assert isinstance(found, Decimal)
        expect(page.locator("[data-total]")).to_have_text(str(found).replace(".", ","))


def test_without_javascript_a_reading_is_saved_and_filed(signed_in, juror, dossiers, browser_faults):
    from candidatures.models import Review

    browser_faults.expect("status of 422")

    page = signed_in(java_script_enabled=False)
    page.goto(f"{desk(juror)}dossiers/{dossiers[0].uuid}/")
    for group, note in zip(page.locator(".criterion[data-weight]").all(), ("4", "2"), strict=True):
        group.locator("label").filter(has_text=re.compile(rf"^\s*{note}\s*$")).click()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator("[data-total]")).to_have_text("14,00")
    page.get_by_role("button", name="Déposer ma lecture").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez un avis")
    page.locator(".criterion--advice label").filter(has_text=re.compile(r"^\s*favorable\s*$")).click()
    page.get_by_role("button", name="Déposer ma lecture").click()
    expect(page.get_by_text("Votre lecture est déposée")).to_be_visible()
    assert Review.objects.get().state == "filed"


def test_a_page_sent_after_another_tab_s_waits_for_a_choice(signed_in, juror, dossiers, browser_faults):
    from candidatures.models import Review

    browser_faults.expect("status of 409")
    first = signed_in()
    second = first.context.new_page()
    for page in (first, second):
        page.goto(f"{desk(juror)}dossiers/{dossiers[0].uuid}/")
    kept = second.get_by_role("status").get_by_text("Enregistré à")
    second.get_by_label("Appréciation générale").fill("Écrit dans le second onglet.")
    expect(kept).to_be_visible()

    first.get_by_label("Appréciation générale").fill("Écrit dans le premier.")
    first.get_by_role("button", name="Enregistrer").click()
    expect(first.get_by_role("heading", name="Cette lecture a changé entre-temps")).to_be_visible()
    first.get_by_label("Notes personnelles").fill("Encore un mot.")
    first.wait_for_timeout(1300)
    assert Review.objects.get().comment == "Écrit dans le second onglet."

    first.get_by_role("status").get_by_role("button", name="Garder ma version").click()
    expect(first.get_by_role("button", name="Enregistrer", exact=True)).to_be_visible()
    review = Review.objects.get()
    assert (review.comment, review.private_notes) == ("Écrit dans le premier.", "Encore un mot.")
