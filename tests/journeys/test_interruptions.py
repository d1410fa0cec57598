"""What goes wrong at 23:58: two tabs, a session that ends, a line that drops. Nothing is lost."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.journeys.artist import LETTER, Artist

pytestmark = pytest.mark.django_db(transaction=True)
SAVED = re.compile(r"^Enregistré à \d+\sh(\s\d\d)? – pas encore déposé$")


@pytest.fixture
def draft(call):
    """A dossier just begun, and its person."""
    from tests.factories.accounts import UserFactory
    from tests.factories.candidatures import ApplicationFactory

    return ApplicationFactory(call=call, owner=UserFactory(email="lou.terril@exemple.test"), artist_name="Lou")


@pytest.fixture
def letter_url(draft) -> str:
    return f"{draft.get_absolute_url()}piece-lettre/"


def stored_letter(draft) -> str:
    from candidatures.models import PieceAnswer

    answer = PieceAnswer.objects.filter(application=draft, piece__code="lettre").first()
    return answer.text if answer else ""


def status(page: Page):
    return page.locator("[data-save-status]")


def write(page: Page, text: str) -> None:
    page.get_by_label("Votre texte").fill(text)


def end_session(context: BrowserContext) -> None:
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)


# Two tabs -----------------------------------------------------------------------------------------


def test_two_tabs_do_not_overwrite_each_other_and_each_keeps_its_text(draft, letter_url, signed_in, browser_faults):
    browser_faults.expect(r"status of 409")
    context = signed_in(draft.owner)
    first, second = context.new_page(), context.new_page()
    first.goto(letter_url)
    second.goto(letter_url)
    write(first, "Version du premier onglet.")
    expect(status(first)).to_have_text(SAVED)

    write(second, "Version du second onglet.")
    expect(status(second)).to_contain_text("depuis un autre onglet ou par une autre personne")
    assert stored_letter(draft) == "Version du premier onglet."
    expect(second.get_by_label("Votre texte")).to_have_value("Version du second onglet.")

    second.get_by_role("button", name="Garder ma version").first.click()
    expect(status(second)).to_have_text(SAVED)
    assert stored_letter(draft) == "Version du second onglet."

    # The first one now meets the same fence, and may take what the other wrote.
    write(first, "Encore autre chose.")
    first.get_by_role("button", name="Prendre l'autre version").click()
    expect(first.get_by_label("Votre texte")).to_have_value("Version du second onglet.")
    assert stored_letter(draft) == "Version du second onglet."


def test_two_tabs_without_javascript_meet_a_page_that_shows_both_texts(draft, letter_url, signed_in, browser_faults):
    browser_faults.expect(r"status of 409")
    context = signed_in(draft.owner, java_script_enabled=False)
    first, second = context.new_page(), context.new_page()
    first.goto(letter_url)
    second.goto(letter_url)
    write(first, "Version du premier onglet.")
    first.get_by_role("button", name="Enregistrer et continuer").click()

    write(second, "Version du second onglet.")
    second.get_by_role("button", name="Enregistrer et continuer").click()
    expect(second.get_by_role("heading", name="Cette page a changé entre-temps")).to_be_visible()
    assert stored_letter(draft) == "Version du premier onglet."
    expect(second.get_by_label("Votre texte")).to_have_value("Version du second onglet.")
    second.get_by_text("Voir ce qui est enregistré").click()
    expect(second.get_by_role("definition").filter(has_text="Version du premier onglet.")).to_be_visible()

    second.get_by_role("button", name="Garder ma version").click()
    expect(second.get_by_role("heading", level=1, name="CV", exact=True)).to_be_visible()
    assert stored_letter(draft) == "Version du second onglet."


# A session that ends ------------------------------------------------------------------------------


def test_a_session_that_ends_while_one_types_keeps_the_text_and_saves_it_after_the_sign_in(
    draft, letter_url, signed_in, smtp_server, browser_faults
):
    browser_faults.expect(r"status of 40[13]")
    context = signed_in(draft.owner)
    page = context.new_page()
    page.goto(letter_url)
    end_session(context)
    write(page, LETTER)
    expect(status(page)).to_contain_text("Votre session a expiré")
    assert stored_letter(draft) == ""

    with context.expect_page() as opened:
        page.get_by_role("link", name="Se reconnecter dans un nouvel onglet").click()
    Artist(opened.value, smtp_server, email=draft.owner.email).sign_in()
    expect(opened.value.get_by_role("heading", level=1, name="Lettre d'intention")).to_be_visible()
    opened.value.close()

    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")  # what bringing a tab to the front does
    expect(status(page)).to_have_text(SAVED)
    assert stored_letter(draft) == LETTER


def test_a_session_that_ends_loses_nothing_without_javascript(draft, letter_url, signed_in, smtp_server):
    context = signed_in(draft.owner, java_script_enabled=False)
    page = context.new_page()
    page.goto(letter_url)
    write(page, LETTER)
    end_session(context)
    page.get_by_role("button", name="Enregistrer et continuer").click()

    Artist(page, smtp_server, email=draft.owner.email).sign_in()
    expect(page.get_by_text("Nous avons gardé ce que vous aviez saisi")).to_be_visible()
    expect(page.get_by_label("Votre texte")).to_have_value(LETTER)
    assert stored_letter(draft) == ""
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.get_by_role("heading", level=1, name="CV", exact=True)).to_be_visible()
    assert stored_letter(draft) == LETTER


def test_a_file_sent_after_the_session_ended_says_so_and_stays_chosen(draft, signed_in, smtp_server, browser_faults):
    browser_faults.expect(r"status of 40[13]")
    from tests.journeys.artist import CV

    context = signed_in(draft.owner)
    page = context.new_page()
    page.goto(f"{draft.get_absolute_url()}piece-cv/")
    end_session(context)
    Artist(page, smtp_server).choose(CV, "parcours.pdf")
    expect(page.locator("[data-upload-status]")).to_contain_text("Votre session a expiré")
    assert page.locator("input[type=file]").evaluate("input => input.files.length") == 1


# A line that drops --------------------------------------------------------------------------------


def test_a_line_that_drops_is_told_and_tried_again(draft, letter_url, signed_in, browser_faults):
    browser_faults.expect(r"ERR_INTERNET_DISCONNECTED")
    context = signed_in(draft.owner)
    page = context.new_page()
    page.goto(letter_url)
    context.set_offline(True)
    write(page, LETTER)
    expect(status(page)).to_contain_text("Pas encore enregistré")
    expect(status(page)).to_contain_text("Nouvelle tentative")
    context.set_offline(False)
    expect(status(page)).to_have_text(SAVED, timeout=10_000)
    assert stored_letter(draft) == LETTER


def test_a_server_that_fails_once_is_asked_again(draft, letter_url, signed_in, browser_faults):
    browser_faults.expect(r"503")
    page = signed_in(draft.owner).new_page()
    refused: list[str] = []

    def fail_once(route: Route) -> None:
        if route.request.method == "POST" and not refused:
            refused.append(route.request.url)
            route.fulfill(status=503, body="")
        else:
            route.continue_()

    page.route("**/piece-lettre/", fail_once)
    page.goto(letter_url)
    write(page, LETTER)
    expect(status(page)).to_have_text(SAVED, timeout=10_000)
    assert len(refused) == 1
    assert stored_letter(draft) == LETTER


def test_a_save_whose_answer_is_lost_is_not_taken_for_someone_elses(draft, letter_url, signed_in, browser_faults):
    browser_faults.expect(r"ERR_FAILED")
    page = signed_in(draft.owner).new_page()
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.request.url)
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/piece-lettre/", lose_the_answer)
    page.goto(letter_url)
    write(page, LETTER)
    expect(status(page)).to_contain_text("Pas encore enregistré")
    assert stored_letter(draft) == LETTER
    expect(status(page)).to_have_text(SAVED, timeout=10_000)


def test_a_browser_that_closes_before_saving_gives_the_text_back(draft, letter_url, signed_in, browser_faults):
    browser_faults.expect(r"ERR_INTERNET_DISCONNECTED")
    context = signed_in(draft.owner)
    page = context.new_page()
    page.goto(letter_url)
    context.set_offline(True)
    write(page, LETTER)
    expect(status(page)).to_contain_text("Pas encore enregistré")
    page.close()

    context.set_offline(False)
    again = context.new_page()
    again.goto(letter_url)
    expect(again.get_by_label("Votre texte")).to_have_value(LETTER)
    # Saved again by this page, or already by the last breath of the one that closed: either keeps the text.
    for _ in range(150):
        if stored_letter(draft) == LETTER:
            break
        again.wait_for_timeout(100)
    assert stored_letter(draft) == LETTER
