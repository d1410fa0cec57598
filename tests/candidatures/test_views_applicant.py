"""The applicant's pages: what is typed is kept, what is known is told, strangers see nothing."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pikepdf
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from candidatures import sections, selectors, snapshot
from candidatures.enums import ApplicationState, CollaboratorRole
from candidatures.models import Application, BudgetLine, Deposit, Member, WorkItem
from clea.accounts.models import OpenSession as Session
from clea.documents.services.bounded import Busy
from clea.ui.dates import deadline
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.candidatures import (
    ApplicationFactory,
    CallFactory,
    CollaboratorFactory,
    DisciplineFactory,
    ExtensionFactory,
    InvitationFactory,
    PieceRequestFactory,
    file_again,
    tiny_pdf,
)

pytestmark = pytest.mark.django_db

ROWS = {
    "lignes-TOTAL_FORMS": "3",
    "lignes-INITIAL_FORMS": "0",
    "lignes-MIN_NUM_FORMS": "0",
    "lignes-MAX_NUM_FORMS": "40",
}
FETCH: dict[str, Any] = {"HTTP_X_REQUESTED_WITH": "fetch", "HTTP_ACCEPT": "application/json"}


def page(application: Application, key: str) -> str:
    return reverse("applications:section", args=[application.uuid, key])


def signed_in(application: Application) -> Client:
    client = Client()
    client.force_login(application.owner, backend="django.contrib.auth.backends.ModelBackend")
    return client


def pdf_upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("cv.pdf", tiny_pdf(), "application/pdf")


def text(response: Any) -> str:
    return response.content.decode()


def budget(total: str = "22000", label: str = "Salaire") -> dict[str, str]:
    return ROWS | {
        "lignes-0-nature": "general",
        "lignes-0-label": label,
        "lignes-0-net": "12 000,00",
        "lignes-0-gross": "15 400",
        "lignes-0-employer_charges": "6600,00 €",
        "lignes-0-total": total,
        "budget_comment": "",
    }


def test_saving_a_page_leads_to_the_next_and_says_it_is_not_filed() -> None:
    application = ApplicationFactory()
    client = signed_in(application)
    discipline = DisciplineFactory(name="danse")
    response = client.post(
        page(application, "pratique"),
        {"version": 0, "disciplines": [discipline.pk], "practice": "Je danse.", "website": "exemple.test"},
        follow=True,
    )
    assert response.redirect_chain[-1][0] == page(application, "conditions")
    assert "pas encore déposé" in text(response)
    kept = Application.objects.get()
    assert kept.practice == "Je danse."
    assert kept.website == "https://exemple.test"
    assert list(kept.disciplines.all()) == [discipline]


@pytest.mark.parametrize("key", [name for name in sections.titles() if name != sections.CONSENT] + ["piece-lettre"])
def test_a_page_that_sends_nothing_erases_nothing(key: str) -> None:
    application = ApplicationFactory(complete=True)
    Application.objects.update(single_pdf=True, territory_link="Lien.", budget_comment="Mot.", applies_elsewhere=True)
    application.declarations.update(comment="Depuis toujours.")
    application.answers.update(in_single_pdf=True)
    before = snapshot.take(selectors.with_content(application.pk)).data
    response = signed_in(application).post(page(application, key), {"version": 0})
    assert response.status_code in {302, 422}
    after = snapshot.take(selectors.with_content(application.pk)).data
    # Boxes alone cannot tell "no" from "not sent".
    after["practice"]["disciplines"] = before["practice"]["disciplines"]
    assert after == before


def test_a_remark_that_is_too_long_leaves_the_former_one() -> None:
    application = ApplicationFactory(complete=True)
    application.declarations.update(comment="Depuis toujours.")
    sent: dict[str, Any] = {"version": 0}
    for criterion in application.call.criteria.all():
        sent |= {f"declared_{criterion.pk}": "on", f"comment_{criterion.pk}": "x" * 501}
    response = signed_in(application).post(page(application, "conditions"), sent)
    assert response.status_code == 422
    assert set(application.declarations.values_list("comment", flat=True)) == {"Depuis toujours."}


def test_ticks_that_are_not_pieces_of_the_call_change_nothing() -> None:
    application = ApplicationFactory(complete=True, single_pdf=True)
    application.answers.update(in_single_pdf=True)
    sent = {"version": 0, "single_pdf": "1", "holds": ["999999"]}
    assert signed_in(application).post(page(application, "dossier-unique"), sent).status_code == 422
    assert not application.answers.filter(in_single_pdf=False).exists()


def test_a_text_holds_as_many_signs_as_the_page_counted() -> None:
    application = ApplicationFactory()
    typed = ("a" * 99 + "\r\n") * 20
    response = signed_in(application).post(page(application, "pratique"), {"version": 0, "practice": typed})
    assert response.status_code == 302
    assert Application.objects.get().practice == typed.strip().replace("\r\n", "\n")


def test_a_choice_sent_empty_by_hand_is_refused_in_words() -> None:
    application = ApplicationFactory()
    response = signed_in(application).post(
        page(application, "identite"), ROWS | {"version": 0, "applicant_kind": "", "artist_name": "Autre"}
    )
    assert response.status_code == 409
    assert Application.objects.get().artist_name == application.artist_name


def test_a_wrong_answer_comes_back_filled_and_the_right_ones_are_kept() -> None:
    application = ApplicationFactory()
    response = signed_in(application).post(
        page(application, "pratique"), {"version": 0, "practice": "Je danse.", "website": "pas une adresse"}
    )
    assert response.status_code == 422
    assert "pas une adresse" in text(response)
    assert 'id="id_website_error"' in text(response)
    assert Application.objects.get().practice == "Je danse."


def test_amounts_are_read_as_people_write_them() -> None:
    application = ApplicationFactory()
    response = signed_in(application).post(page(application, "budget"), {"version": 0} | budget())
    assert response.status_code == 302
    line = BudgetLine.objects.get()
    assert (str(line.net), str(line.gross), str(line.employer_charges), str(line.total)) == (
        "12000.00",
        "15400.00",
        "6600.00",
        "22000.00",
    )


def test_an_amount_that_is_not_one_is_refused_and_the_stored_lines_stay() -> None:
    application = ApplicationFactory(complete=True)
    response = signed_in(application).post(page(application, "budget"), {"version": 0} | budget(total="beaucoup"))
    assert response.status_code == 422
    assert "beaucoup" in text(response)
    assert BudgetLine.objects.get().label == "Rémunération"


def test_the_running_budget_says_by_how_much_it_is_over() -> None:
    application = ApplicationFactory()
    data = budget() | {"lignes-0-gross": "17400,01", "lignes-0-total": "24000,01", "version": "0"}
    response = signed_in(application).post(page(application, "budget"), data, **FETCH)
    answer = json.loads(response.content)
    assert answer["version"] == 1
    assert "0,01\xa0€" in answer["fragments"]["budget-summary"]


def test_autosave_keeps_what_is_right_and_names_what_is_wrong() -> None:
    application = ApplicationFactory()
    response = signed_in(application).post(
        page(application, "pratique"), {"version": 0, "practice": "Je danse.", "website": "???"}, **FETCH
    )
    answer = json.loads(response.content)
    assert response.status_code == 200
    assert set(answer["errors"]) == {"website"}
    assert "pas encore déposé" in answer["message"]
    assert Application.objects.get().practice == "Je danse."


def test_the_second_tab_is_told_and_keeps_its_text_on_the_page() -> None:
    application = ApplicationFactory()
    client = signed_in(application)
    client.post(page(application, "pratique"), {"version": 0, "practice": "Onglet un."})
    response = client.post(page(application, "pratique"), {"version": 0, "practice": "Onglet deux."})
    assert response.status_code == 409
    assert "Onglet deux." in text(response)
    assert "Onglet un." in text(response)
    assert Application.objects.get().practice == "Onglet un."
    client.post(page(application, "pratique"), {"version": 0, "ecraser": "1", "practice": "Onglet deux."})
    assert Application.objects.get().practice == "Onglet deux."


def test_the_second_tab_with_its_script_is_told_too() -> None:
    application = ApplicationFactory()
    client = signed_in(application)
    client.post(page(application, "pratique"), {"version": 0, "practice": "Onglet un."}, **FETCH)
    response = client.post(page(application, "pratique"), {"version": 0, "practice": "Onglet deux."}, **FETCH)
    assert response.status_code == 409
    assert json.loads(response.content)["conflict"] is True


def test_an_expired_session_loses_nothing() -> None:
    application = ApplicationFactory()
    client = Client()
    address = page(application, "pratique")
    response = client.post(address, {"version": 0, "practice": "Tapé pendant une heure."})
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("account_login"))
    assert "Ce que vous avez saisi est gardé" in text(client.get(response.headers["Location"]))
    assert "saisi est gardé" not in text(Client().get(response.headers["Location"]))
    assert client.login(username=application.owner.email, password=PASSWORD)
    response = client.get(address)
    assert "Tapé pendant une heure." in text(response)
    assert "Votre session avait expiré" in text(response)
    assert Application.objects.get().practice == ""
    assert "Tapé pendant une heure." not in text(client.get(address))


def test_what_was_set_aside_does_not_silently_replace_what_came_since() -> None:
    application = ApplicationFactory()
    client, address = Client(), page(application, "pratique")
    client.post(address, {"version": 0, "practice": "Avant de partir."})
    other = signed_in(application)
    assert other.post(address, {"version": 0, "practice": "Écrit depuis, ailleurs."}).status_code == 302
    assert client.login(username=application.owner.email, password=PASSWORD)
    shown = client.get(address)
    assert "Avant de partir." in text(shown)
    response = client.post(address, {"version": shown.context["version"], "practice": "Avant de partir."})
    assert response.status_code == 409
    assert Application.objects.get().practice == "Écrit depuis, ailleurs."


def test_what_was_set_aside_is_never_shown_to_another_person() -> None:
    application = ApplicationFactory()
    client = Client()
    client.post(page(application, "pratique"), {"version": 0, "practice": "Secret."})
    stranger = UserFactory()
    assert client.login(username=stranger.email, password=PASSWORD)
    assert client.get(page(application, "pratique")).status_code == 404


def test_a_form_older_than_the_last_sign_in_gets_its_answers_back() -> None:
    application = ApplicationFactory()
    client = Client(enforce_csrf_checks=True)
    client.force_login(application.owner, backend="django.contrib.auth.backends.ModelBackend")
    address = page(application, "pratique")
    response = client.post(address, {"version": 0, "practice": "Vieux jeton.", "csrfmiddlewaretoken": "x" * 64})
    assert response.status_code == 302
    assert "Vieux jeton." in text(client.get(address))
    assert Application.objects.get().practice == ""


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://ailleurs.test"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}],
    ids=["origin", "fetch-metadata", "hidden-origin"],
)
def test_another_site_puts_no_words_in_a_dossier(headers: dict[str, str]) -> None:
    application = ApplicationFactory()
    client = Client(enforce_csrf_checks=True)
    address = page(application, "pratique")
    response = client.post(address, {"version": 0, "practice": "Venu d'ailleurs."}, headers=headers)
    assert response.status_code == 403
    assert "sessionid" not in response.cookies
    client.force_login(application.owner, backend="django.contrib.auth.backends.ModelBackend")
    assert "Venu d" not in text(client.get(address))


def test_a_machine_where_nobody_is_signed_in_does_not_fill_the_disk() -> None:
    application = ApplicationFactory()
    for _n in range(60):
        Client().post(page(application, "pratique"), {"version": 0, "practice": "x"})
    kept = Session.objects.count()
    response = Client().post(page(application, "pratique"), {"version": 0, "practice": "x"})
    assert response.headers["Location"].startswith(reverse("account_login"))
    assert Session.objects.count() == kept


def test_an_expired_session_is_told_to_the_script() -> None:
    application = ApplicationFactory()
    response = Client().post(page(application, "pratique"), {"practice": "x"}, **FETCH)
    assert response.status_code == 401
    assert "login_url" in json.loads(response.content)


def test_a_file_sent_signed_out_leads_back_to_its_page() -> None:
    application = ApplicationFactory()
    address = reverse("applications:upload", args=[application.uuid, "cv"])
    response = Client().post(address, {"fichier": SimpleUploadedFile("cv.pdf", tiny_pdf())})
    assert page(application, "piece-cv") in response.headers["Location"].replace("%2F", "/")


def test_a_piece_arrives_and_is_shown() -> None:
    application = ApplicationFactory()
    client = signed_in(application)
    address = reverse("applications:upload", args=[application.uuid, "cv"])
    response = client.post(address, {"fichier": SimpleUploadedFile("Mon CV.pdf", tiny_pdf(3))}, follow=True)
    assert "Mon CV.pdf" in text(response)
    assert "3 pages" in text(response)


def test_a_refused_piece_says_why_and_the_former_one_stays() -> None:
    application = ApplicationFactory(complete=True)
    client = signed_in(application)
    address = reverse("applications:upload", args=[application.uuid, "cv"])
    response = client.post(address, {"fichier": SimpleUploadedFile("cv.pdf", b"")})
    assert response.status_code == 422
    assert "vide" in text(response)
    assert "cv.pdf" in text(response)
    assert application.documents.count() == 1
    response = client.post(address, {"fichier": SimpleUploadedFile("cv.docx", b"PK\x03\x04")}, **FETCH)
    assert response.status_code == 422
    assert json.loads(response.content)["message"]


def test_a_machine_too_busy_to_read_a_file_says_when_to_send_it_again() -> None:
    application = ApplicationFactory()
    client, address = signed_in(application), reverse("applications:upload", args=[application.uuid, "cv"])
    with patch("candidatures.services.pieces.add", side_effect=Busy):
        answers = [client.post(address, {"fichier": pdf_upload()}, **said) for said in ({}, FETCH)]
    assert [(answer.status_code, answer["Retry-After"]) for answer in answers] == [(503, "10")] * 2
    assert "Renvoyez-le dans une minute" in text(answers[0])


def test_a_sixty_first_file_in_an_hour_waits() -> None:
    application = ApplicationFactory()
    client, address = signed_in(application), reverse("applications:upload", args=[application.uuid, "cv"])
    with patch("candidatures.services.pieces.add"):
        for _n in range(60):
            assert client.post(address, {"fichier": pdf_upload()}).status_code == 302
        assert client.post(address, {"fichier": pdf_upload()}).status_code == 422
        other = ApplicationFactory(call=application.call)
        elsewhere = reverse("applications:upload", args=[other.uuid, "cv"])
        assert signed_in(other).post(elsewhere, {"fichier": pdf_upload()}).status_code == 302


def test_forgetting_to_choose_a_file_is_said() -> None:
    application = ApplicationFactory()
    response = signed_in(application).post(reverse("applications:upload", args=[application.uuid, "cv"]))
    assert response.status_code == 422
    assert "Choisissez" in text(response)


def test_filing_shows_a_confirmation_worth_keeping() -> None:
    application = ApplicationFactory(complete=True)
    client = signed_in(application)
    assert "Déposer mon dossier" in text(client.get(reverse("applications:review", args=[application.uuid])))
    response = client.post(reverse("applications:file", args=[application.uuid]), follow=True)
    deposit = Deposit.objects.get()
    assert deposit.number in text(response)
    assert deposit.sha256 in text(response)
    receipt = client.get(reverse("applications:receipt", args=[application.uuid, deposit.number]))
    with pikepdf.open(io.BytesIO(receipt.content)) as pdf:
        assert pdf.docinfo["/Title"] == f"Accusé de réception {deposit.number}"
    made = client.get(reverse("applications:assembled", args=[application.uuid, deposit.number]), follow=True)
    assert made.headers["Content-Type"] == "application/pdf"
    assert made.getvalue().startswith(b"%PDF-")
    made.close()


def test_filing_an_incomplete_dossier_shows_what_is_missing_with_a_way_to_each_page() -> None:
    application = ApplicationFactory()
    response = signed_in(application).post(reverse("applications:file", args=[application.uuid]), follow=True)
    assert page(application, "piece-cv") in text(response)
    assert "un téléphone" in text(response)
    assert Deposit.objects.count() == 0


def test_filing_too_late_says_so_and_the_page_helps() -> None:
    application = ApplicationFactory(complete=True)
    with time_machine.travel(application.call.closes_at, tick=False):
        client = signed_in(application)
        response = client.post(reverse("applications:file", args=[application.uuid]))
        assert response.status_code == 409
        assert application.call.contact_email in text(response)
        assert "intact" in text(response)
        closed = client.get(page(application, "pratique"))
        assert "disabled" in text(closed)
        assert application.call.contact_email in text(closed)


def test_a_change_after_filing_is_said_not_to_count_yet() -> None:
    application = ApplicationFactory(submitted=True)
    client = signed_in(application)
    client.post(page(application, "pratique"), {"version": 0, "practice": "Mieux."})
    assert "Modifié depuis votre dépôt" in text(client.get(application.get_absolute_url()))


@pytest.mark.parametrize("state", [ApplicationState.SELECTED, ApplicationState.DECLINED, ApplicationState.SHORTLISTED])
def test_no_page_gives_a_decision_away(state: ApplicationState) -> None:
    application = ApplicationFactory(submitted=True, state=state)
    client = signed_in(application)
    for address in (application.get_absolute_url(), reverse("applications:list")):
        assert str(state.label) not in text(client.get(address))


def test_a_stranger_gets_404_on_every_page_of_a_dossier() -> None:
    application = ApplicationFactory(submitted=True)
    number = application.last_deposit.number
    client = Client()
    client.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    for name, args in (
        ("detail", []),
        ("review", []),
        ("withdraw", []),
        ("team", []),
        ("section", ["pratique"]),
        ("deposit", [number]),
        ("assembled", [number]),
        ("receipt", [number]),
    ):
        assert client.get(reverse(f"applications:{name}", args=[application.uuid, *args])).status_code == 404, name
    stored = application.documents.get().stored_file
    assert client.get(reverse("documents:file", args=[stored.uuid])).status_code == 404
    for name, args in (("file", []), ("upload", ["cv"]), ("remove_piece", ["cv"]), ("invite", [])):
        assert client.post(reverse(f"applications:{name}", args=[application.uuid, *args])).status_code == 404, name


def test_a_reader_sees_and_changes_nothing() -> None:
    application = ApplicationFactory(complete=True)
    reader = CollaboratorFactory(application=application, role=CollaboratorRole.READ).user
    client = Client()
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(application.get_absolute_url()).status_code == 200
    assert "Enregistrer et continuer" not in text(client.get(page(application, "pratique")))
    response = client.post(page(application, "pratique"), {"version": 0, "practice": "Pirate."})
    assert response.status_code == 403
    assert Application.objects.get().practice != "Pirate."


def test_the_piece_asked_for_is_sent_from_its_own_page() -> None:
    request = PieceRequestFactory()
    application = request.application
    client = signed_in(application)
    address = reverse("applications:request", args=[application.uuid, request.uuid])
    assert escape(request.message) in text(client.get(address))
    assert address in text(client.get(application.get_absolute_url()))
    refused = client.post(address, {"fichier": SimpleUploadedFile("cv.pdf", b"nope")})
    assert refused.status_code == 422
    response = client.post(address, {"fichier": SimpleUploadedFile("cv.pdf", tiny_pdf(2))}, follow=True)
    assert Deposit.objects.count() == 2
    assert Deposit.objects.first().number in text(response)


def test_every_page_of_the_form_costs_six_queries_at_most(assert_max_queries: Any) -> None:
    application = ApplicationFactory(complete=True)
    client = signed_in(application)
    client.get(application.get_absolute_url())
    for key in sections.keys(application.call):
        assert_max_queries(6, lambda key=key: client.get(page(application, key)))


@pytest.mark.django_db(transaction=True)
def test_filing_costs_fifty_two_queries_at_most_with_its_pdf_and_its_mail() -> None:
    first, application = ApplicationFactory(complete=True), ApplicationFactory(complete=True)
    signed_in(first).post(reverse("applications:file", args=[first.uuid]))
    client = signed_in(application)
    with CaptureQueriesContext(connection) as captured:
        response = client.post(reverse("applications:file", args=[application.uuid]))
    assert response.status_code == 302
    assert Deposit.objects.count() == 2
    assert Deposit.objects.filter(assembly__isnull=False).count() == 2
    assert len(captured) <= 52, len(captured)


def test_one_s_own_list_costs_the_same_whatever_its_length(assert_num_queries_constant: Any) -> None:
    artist = UserFactory()
    client = Client()
    client.force_login(artist, backend="django.contrib.auth.backends.ModelBackend")

    def grow(count: int) -> None:
        for _ in range(count):
            ApplicationFactory(owner=artist, call=CallFactory())

    grow(3)
    assert_num_queries_constant(lambda: client.get(reverse("applications:list")), lambda: grow(27), at_most=5)


def test_the_space_opens_on_the_most_pressing_dossier_with_the_person_s_own_deadline() -> None:
    artist = UserFactory()
    later = ApplicationFactory(owner=artist, call=CallFactory(title="Appel de danse"))
    sooner = ApplicationFactory(owner=artist, call=CallFactory(title="Appel de musique"))
    over = ApplicationFactory(owner=artist, call=CallFactory(title="Appel passé"), state="withdrawn")
    close = timezone.now() + timedelta(days=400)
    ExtensionFactory(call=later.call, user=artist, until=close)
    client = Client()
    client.force_login(artist)
    html = client.get(reverse("applications:list")).content.decode()
    first = html.index("Terminer et déposer votre dossier")
    assert html.count("La prochaine chose à faire") == 1
    assert first < html.index("Appel de musique") < html.index("Mes dossiers")
    assert deadline(close) in html
    assert html.index("1 dossier passé") < html.index(over.call.title)
    home = client.get("/").content.decode()
    assert "Où vous en étiez" in home
    assert sooner.get_absolute_url() in home
    assert "Où vous en étiez" not in Client().get("/").content.decode()


def test_a_dossier_costs_the_same_whatever_its_deposits(assert_num_queries_constant: Any) -> None:
    application = ApplicationFactory(submitted=True)
    client = signed_in(application)
    file_again(application), file_again(application)

    def grow() -> None:
        for _ in range(10):
            file_again(application)

    assert_num_queries_constant(lambda: client.get(application.get_absolute_url()), grow)


def test_the_pages_of_a_dossier_cost_the_same_however_much_it_holds(assert_num_queries_constant: Any) -> None:
    application = ApplicationFactory(complete=True)
    client = signed_in(application)

    def fill(count: int) -> None:
        Member.objects.bulk_create(Member(application=application, name=f"Personne {n}") for n in range(count))
        WorkItem.objects.bulk_create(WorkItem(application=application, title=f"Œuvre {n}") for n in range(count))
        BudgetLine.objects.bulk_create(BudgetLine(application=application, label=f"Ligne {n}") for n in range(count))
        for _ in range(count):
            CollaboratorFactory(application=application)
            InvitationFactory(application=application)

    names = ["review", "detail", "team"]
    addresses = [reverse(f"applications:{name}", args=[application.uuid]) for name in names]
    addresses += [page(application, key) for key in sections.keys(application.call)]
    fill(3)

    def read() -> None:
        for address in addresses:
            assert client.get(address).status_code == 200

    assert_num_queries_constant(read, lambda: fill(27))


@pytest.mark.parametrize(
    ("closed", "states"),
    [
        (False, ("eligible", "ineligible")),
        (True, ("eligible", "ineligible", "shortlisted", "interviewed")),
        (True, ("interviewed", "selected", "reserve", "declined", "elsewhere")),
        (True, ("withdrawn", "renounced")),
    ],
    ids=["while the call is open", "under study", "decided", "left by their artist"],
)
def test_nothing_on_the_artists_pages_tells_what_was_found_or_decided(closed: bool, states: tuple[str, ...]) -> None:
    application = ApplicationFactory(call=CallFactory(complete=True, closed=closed), submitted=True)
    client = signed_in(application)
    root = application.get_absolute_url()
    pages = ("", "verifier/", "pratique/", "equipe/", "retirer/", "reponse/")
    for address in ("/candidatures/", *(f"{root}{page}" for page in pages)):
        seen = set()
        for state in states:
            Application.objects.filter(pk=application.pk).update(state=state)
            html = text(client.get(address))
            seen.add(re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html))
        assert len(seen) == 1, address
