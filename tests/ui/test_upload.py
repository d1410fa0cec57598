"""A file that visibly arrives, is refused with a reason, or may be tried again."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.ui.site import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.ui.site")]
PDF = {"name": "budget.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 " + b"x" * 100_000}


@pytest.fixture(autouse=True)
def server():
    Server.reset()
    return Server


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def visitor(request, new_context):
    return new_context(java_script_enabled=request.param).new_page()


def test_a_file_arrives(visitor, server):
    visitor.goto("/envoi/")
    visitor.get_by_label("Votre fichier PDF").set_input_files(PDF)
    visitor.get_by_role("button", name="Envoyer le fichier").click()
    expect(visitor.get_by_text("Arrivé : budget.pdf")).to_be_visible()


def test_a_refused_file_says_why_and_stays_chosen(page, server, browser_faults):
    browser_faults.expect("status of 422")
    page.goto("/envoi/")
    page.get_by_label("Votre fichier PDF").set_input_files({**PDF, "buffer": b"MZ not a pdf"})
    page.get_by_role("button", name="Envoyer le fichier").click()
    error = page.locator("#id_fichier_error")
    expect(error).to_have_text("Ce n'est pas un PDF.")
    field = page.get_by_label("Votre fichier PDF")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-describedby", "id_fichier_helptext id_fichier_error")
    assert field.evaluate("input => input.files.length") == 1
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_file_too_heavy_is_said_before_it_leaves(page, server):
    page.goto("/envoi/")
    page.get_by_label("Votre fichier PDF").set_input_files({**PDF, "buffer": b"%PDF-" + b"x" * 2_400_000})
    expect(page.locator("#id_fichier_error")).to_contain_text("pèse 2,4\xa0Mo")
    expect(page.locator("#id_fichier_error")).to_contain_text("2\xa0Mo")
    page.get_by_role("button", name="Envoyer le fichier").click()
    assert server.arrived == ""
    page.get_by_label("Votre fichier PDF").set_input_files(PDF)
    expect(page.locator("#id_fichier_error")).to_have_count(0)


def test_no_file_chosen_is_said(page, server):
    page.goto("/envoi/")
    page.get_by_role("button", name="Envoyer le fichier").click()
    expect(page.locator("#id_fichier_error")).to_have_text("Choisissez d'abord un fichier.")


def test_an_expired_session_offers_to_sign_in_and_keeps_the_file(page, server, browser_faults):
    browser_faults.expect("status of 401")
    server.mode = "expired"
    page.goto("/envoi/")
    page.get_by_label("Votre fichier PDF").set_input_files(PDF)
    page.get_by_role("button", name="Envoyer le fichier").click()
    expect(page.get_by_role("status").filter(has_text="expiré")).to_be_visible()
    expect(page.get_by_role("link", name="Se reconnecter")).to_have_attribute("href", "/compte/connexion/")
    server.mode = "well"
    page.get_by_role("button", name="Envoyer le fichier").click()
    expect(page.get_by_text("Arrivé : budget.pdf")).to_be_visible()


def test_a_failure_may_be_tried_again_at_once(page, server, browser_faults):
    browser_faults.expect("status of 429")
    server.mode = "down"
    page.goto("/envoi/")
    page.get_by_label("Votre fichier PDF").set_input_files(PDF)
    page.get_by_role("button", name="Envoyer le fichier").click()
    expect(page.get_by_text("L'envoi n'a pas abouti.")).to_be_visible()
    server.mode = "well"
    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_text("Arrivé : budget.pdf")).to_be_visible()


def test_a_busy_server_is_asked_again_without_the_person(page, server, browser_faults):
    browser_faults.expect("status of 503|answer 503")
    server.mode = "busy"
    page.goto("/envoi/")
    page.get_by_label("Votre fichier PDF").set_input_files(PDF)
    page.get_by_role("button", name="Envoyer le fichier").click()
    expect(page.get_by_text("Beaucoup de fichiers arrivent. Nouvel essai, sans rien faire")).to_be_visible()
    expect(page.get_by_text("Arrivé : budget.pdf")).to_be_visible()


def test_progress_is_said_in_words_and_an_upload_may_be_given_up(page, server):
    page.goto("/envoi/")
    # The server takes its time: the request waits in the browser until the person gives up.
    page.route("**/envoi/", lambda route: None if route.request.method == "POST" else route.continue_())
    page.get_by_label("Votre fichier PDF").set_input_files(PDF)
    page.get_by_role("button", name="Envoyer le fichier").click()
    expect(page.locator("progress")).to_be_visible()
    expect(page.get_by_role("button", name="Envoyer le fichier")).to_be_disabled()
    page.get_by_role("button", name="Annuler l'envoi").click()
    expect(page.get_by_text("Envoi annulé.")).to_be_visible()
    expect(page.get_by_role("button", name="Envoyer le fichier")).to_be_enabled()
    assert page.get_by_label("Votre fichier PDF").evaluate("input => input.files.length") == 1
    assert server.arrived == ""


def test_progress_words_follow_the_bytes(page, server, browser_faults):
    browser_faults.expect("status of 422")
    page.goto("/envoi/")
    page.evaluate(
        """() => {
        window.seen = [];
        const place = document.querySelector("[data-upload-status]");
        new MutationObserver(() => {
            const text = place.querySelector("p[aria-hidden]")?.textContent;
            if (text) window.seen.push(text);
        }).observe(place, {childList: true, subtree: true, characterData: true});
        }"""
    )
    page.get_by_label("Votre fichier PDF").set_input_files({**PDF, "buffer": b"nonpdf" + b"x" * 1_900_000})
    page.get_by_role("button", name="Envoyer le fichier").click()
    expect(page.locator("#id_fichier_error")).to_have_text("Ce n'est pas un PDF.")
    seen = page.evaluate("window.seen")
    assert "Fichier reçu, vérification en cours…" in seen
    assert any(re.fullmatch(r"\d+ % – [\d,]+\s(o|Ko|Mo) sur 1,9\sMo", text) for text in seen), seen
