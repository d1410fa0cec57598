"""Saving as one types, in a real browser: nothing typed is ever lost, nothing false is ever said."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Dialog, Page, expect

from tests.ui.site import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.ui.site")]


@pytest.fixture(autouse=True)
def server():
    Server.reset()
    return Server


def status(page: Page):
    return page.locator("[data-save-status]")


def expect_saved(page: Page) -> None:
    expect(status(page)).to_have_text("Enregistré à 23 h 12 – pas encore déposé")


def questions(page: Page) -> list[str]:
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    return asked


def test_a_field_is_saved_a_moment_after_it_is_typed(page, server):
    page.goto("/essai/")
    page.get_by_label("Nom").fill("Ada")
    expect_saved(page)
    assert server.values["name"] == "Ada"
    expect(page.locator('input[name="version"]')).to_have_value("2")
    expect(page.locator("#total")).to_have_text("1")
    page.get_by_label("Plusieurs").check()
    expect(page.locator('input[name="version"]')).to_have_value("3")
    assert server.values["kind"] == "b"


def test_a_burst_of_typing_is_one_save(page, server):
    page.goto("/essai/")
    page.get_by_label("Lettre").press_sequentially("Bonjour à toutes et tous", delay=15)
    expect_saved(page)
    assert [save["text"] for save in server.saves] == ["Bonjour à toutes et tous"]


def type_while_saving(page: Page, server: type[Server], mode: str) -> None:
    server.mode = mode
    page.get_by_label("Nom").fill("Ada")
    while not server.saves:
        page.wait_for_timeout(30)
    page.get_by_label("Nom").fill("Ada Nom")
    page.get_by_role("button", name="Enregistrer").click()


def test_the_button_waits_for_the_save_under_way_and_is_not_another_tab(page, server):
    page.goto("/essai/")
    type_while_saving(page, server, "slow")
    expect(page.locator('input[name="version"]')).to_have_value("3")
    expect(page.get_by_label("Nom")).to_have_value("Ada Nom")
    assert server.posted == ["2"]
    assert [save["name"] for save in server.saves] == ["Ada"]


def test_the_button_does_not_wait_for_ever(page, server):
    questions(page)
    page.goto("/essai/")
    type_while_saving(page, server, "stuck")
    expect(page.locator('input[name="version"]')).to_have_value("3", timeout=7000)
    assert server.posted == ["1"]


def test_without_javascript_the_button_saves_the_page(page_without_js, server):
    page_without_js.goto("/essai/")
    page_without_js.get_by_label("Nom").fill("Ada")
    page_without_js.get_by_role("button", name="Enregistrer").click()
    expect(page_without_js.get_by_label("Nom")).to_have_value("Ada")
    assert server.values["name"] == "Ada"


def test_a_wrong_answer_is_said_beside_its_field_and_goes_when_it_is_put_right(page, server):
    page.goto("/essai/")
    address = page.get_by_label("Adresse")
    address.fill("pas une adresse")
    expect(page.locator("#id_email_error")).to_contain_text("adresse")
    expect(address).to_have_attribute("aria-invalid", "true")
    expect(address).to_have_attribute("aria-describedby", "id_email_error")
    expect(status(page)).to_contain_text("sauf ce qui est signalé")
    address.fill("ada@exemple.test")
    expect(page.locator("#id_email_error")).to_have_count(0)
    expect(address).not_to_have_attribute("aria-invalid", "true")
    expect_saved(page)


def test_what_the_person_has_not_touched_is_not_reproached(page, server):
    server.values = {}
    page.goto("/essai/")
    page.get_by_label("Nom").fill("Ada")
    expect_saved(page)
    expect(page.locator(".field--error")).to_have_count(0)


def test_somebody_wrote_first_and_mine_is_kept(page, server, browser_faults):
    browser_faults.expect("status of 409")
    page.goto("/essai/")
    server.version, server.values = 7, {"name": "Basile", "email": "b@exemple.test"}
    page.get_by_label("Nom").fill("Ada")
    expect(status(page)).to_contain_text("Quelqu'un a écrit avant vous.")
    assert server.values["name"] == "Basile"
    # The page stops writing until the person has chosen.
    page.get_by_label("Lettre").fill("Suite")
    page.wait_for_timeout(1300)
    assert server.values["name"] == "Basile"
    page.get_by_role("button", name="Garder ma version").click()
    expect_saved(page)
    assert server.values["name"] == "Ada"


def test_somebody_wrote_first_and_theirs_is_taken(page, server, browser_faults):
    browser_faults.expect("status of 409")
    page.goto("/essai/")
    server.version, server.values = 7, {"name": "Basile", "email": "b@exemple.test"}
    page.get_by_label("Nom").fill("Ada")
    page.get_by_role("button", name="Prendre l'autre version").click()
    expect(page.get_by_label("Nom")).to_have_value("Basile")
    expect(status(page)).to_be_empty()
    assert server.values["name"] == "Basile"


def test_a_session_that_expired_loses_nothing_and_resumes(page, server, browser_faults):
    browser_faults.expect("status of 401")
    page.goto("/essai/")
    server.mode = "expired"
    page.get_by_label("Lettre").fill("Un long texte")
    expect(status(page)).to_contain_text("Votre session a expiré.")
    link = page.get_by_role("link", name="Se reconnecter dans un nouvel onglet")
    expect(link).to_have_attribute("target", "_blank")
    expect(page.get_by_label("Lettre")).to_have_value("Un long texte")
    server.mode = "well"
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect_saved(page)
    assert server.values["text"] == "Un long texte"


def test_a_text_that_never_left_is_found_again_on_the_page(page, server, browser_faults):
    browser_faults.expect("status of 401")
    page.goto("/essai/")
    server.mode = "expired"
    page.get_by_label("Lettre").fill("Un long texte")
    expect(status(page)).to_contain_text("expiré")
    page.on("dialog", lambda dialog: dialog.accept())
    server.mode = "well"
    page.reload()
    expect(page.get_by_label("Lettre")).to_have_value("Un long texte")
    expect_saved(page)
    assert server.values["text"] == "Un long texte"


def test_a_text_found_again_never_overwrites_a_newer_one_by_itself(page, server, browser_faults):
    browser_faults.expect("status of 401")
    page.goto("/essai/")
    server.mode = "expired"
    page.get_by_label("Lettre").fill("Ancien")
    expect(status(page)).to_contain_text("expiré")
    page.on("dialog", lambda dialog: dialog.accept())
    server.mode, server.version, server.values = "well", 9, {"text": "Plus récent", "email": "a@exemple.test"}
    page.reload()
    expect(page.get_by_label("Lettre")).to_have_value("Plus récent")
    expect(status(page)).to_contain_text("retrouvé")
    page.get_by_role("button", name="Prendre l'autre version").click()
    page.reload()
    expect(status(page)).to_be_empty()
    assert server.values["text"] == "Plus récent"


def test_a_lost_connection_is_said_and_tried_again(page, server, browser_faults):
    browser_faults.expect("status of 429")
    page.goto("/essai/")
    server.mode = "down"
    page.get_by_label("Nom").fill("Ada")
    expect(status(page)).to_contain_text("Pas encore enregistré")
    server.mode = "well"
    expect_saved(page)
    assert server.values["name"] == "Ada"


def test_leaving_with_something_unsaved_asks_first(page, server, browser_faults):
    browser_faults.expect("status of 429")
    page.goto("/essai/")
    server.mode = "down"
    page.get_by_label("Nom").fill("Ada")
    expect(status(page)).to_contain_text("Pas encore enregistré")
    asked = questions(page)
    page.get_by_role("link", name="Ailleurs").click()
    page.wait_for_url(re.compile("mentions"))
    assert asked == ["beforeunload"]


def test_leaving_when_all_is_saved_asks_nothing(page, server):
    page.goto("/essai/")
    page.get_by_label("Nom").fill("Ada")
    expect_saved(page)
    asked = questions(page)
    page.get_by_role("link", name="Ailleurs").click()
    page.wait_for_url(re.compile("mentions"))
    assert asked == []
    page.goto("/essai/")
    expect(status(page)).to_be_empty()


def test_sending_the_page_itself_asks_nothing_and_leaves_nothing_behind(page, server):
    page.goto("/essai/")
    asked = questions(page)
    page.get_by_label("Nom").fill("Ada")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator('input[name="version"]')).to_have_value("2")
    assert asked == []
    page.goto("/essai/")
    expect(page.get_by_label("Nom")).to_have_value("Ada")
    expect(status(page)).to_be_empty()
    assert page.evaluate("localStorage.length") == 0


def test_a_rule_that_says_no_is_not_tried_for_ever(page, server, browser_faults):
    browser_faults.expect("status of 409")
    page.goto("/essai/")
    server.mode = "closed"
    page.get_by_label("Nom").fill("Ada")
    expect(status(page)).to_have_text("L'appel est clos depuis minuit.")
    server.mode = "well"
    page.get_by_label("Nom").fill("Ada Autre")
    page.wait_for_timeout(1300)
    assert server.saves == []


def test_a_security_token_that_changed_is_renewed_unseen(page, server, browser_faults):
    browser_faults.expect("status of 403")
    page.goto("/essai/")
    server.mode = "token"
    page.get_by_label("Nom").fill("Ada")
    expect_saved(page)
    assert server.values["name"] == "Ada"


def test_the_page_has_no_fault_axe_can_find_even_in_conflict(page, server, browser_faults):
    browser_faults.expect("status of 409")
    page.goto("/essai/")
    assert Axe().run(page).violations_count == 0
    browser_faults.expect("status of 409")
    server.version = 7
    page.get_by_label("Adresse").fill("x")
    expect(status(page)).to_contain_text("Quelqu'un a écrit avant vous.")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_summary_takes_the_focus_and_its_link_gives_it_to_the_field(page, server):
    page.goto("/essai/")
    page.get_by_label("Adresse").fill("")
    page.get_by_role("button", name="Enregistrer").click()
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    expect(page.get_by_label("Adresse")).to_be_focused()


def test_a_text_says_how_much_is_left_of_its_limit(page, server):
    page.goto("/essai/")
    page.get_by_label("Lettre").fill("x" * 120)
    expect(page.locator(".char-count")).to_have_text("120 / 300")
