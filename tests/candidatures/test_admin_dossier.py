"""The coordinator reads what was filed, records what was found, asks for what is missing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from candidatures.enums import ApplicationState, CheckResult
from candidatures.models import Application, EligibilityCheck, PieceAnswer, PieceRequest
from clea.journal.models import Entry
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from tests.candidatures.desk import page_of, text_of
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import (
    ApplicationFactory,
    CallFactory,
    CollaboratorFactory,
    ExtensionFactory,
    PieceRequestFactory,
    file_again,
    file_application,
    fill_application,
    midnight,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(territory):
    return CallFactory(complete=True, territory=territory, title="Appel du Val")


# A dossier --------------------------------------------------------------------------------------


def test_the_page_shows_what_was_filed_and_not_the_working_copy(desk, call):
    application = ApplicationFactory(
        call=call, submitted=True, artist_name="Déposé", practice="Je sculpte le vent.", organisation="Cie du Vent"
    )
    Application.objects.filter(pk=application.pk).update(practice="En train de changer", organisation="Autre")
    text = text_of(desk.get(page_of(application)))
    deposit = application.last_deposit
    for shown in (
        deposit.number,
        deposit.sha256,
        "Je sculpte le vent.",
        "Cie du Vent",
        "Je souhaite créer avec vous.",
        "https://exemple.test/travaux",
        "Lisières",
        "Rémunération",
        "21 000,00 €",
        "Je parle français.",
        application.owner.email,
        "arts visuels",
        reverse("documents:file", args=[deposit.pieces.get(code="cv").stored_file.uuid]),
        "dossier déposé",  # the journal
    ):
        assert shown.replace("\xa0", " ") in text.replace("\xa0", " "), shown
    assert "En train de changer" not in text


def test_the_page_shows_every_deposit_and_what_surrounds_the_dossier(desk, call):
    application = ApplicationFactory(call=call, submitted=True)
    first = application.last_deposit.number
    second = file_again(application).number
    CollaboratorFactory(application=application, user=UserFactory(email="complice@exemple.test"))
    ExtensionFactory(call=call, user=application.owner, reason="Certificat reçu.")
    ExtensionFactory(call=call, reason="Pour une autre personne.")
    text = text_of(desk.get(page_of(application)))
    for shown in (first, second, "dépôt numéro 2", "complice@exemple.test", "Certificat reçu.", "bien reçu"):
        assert shown in text, shown
    assert "Pour une autre personne." not in text


def test_what_an_artist_types_never_runs(desk, call):
    application = ApplicationFactory(call=call, practice="<script>alert(1)</script>", artist_name="<b>Gras</b>")
    fill_application(application)
    PieceAnswer.objects.filter(piece__code="portfolio").update(text="javascript:alert(1)\nhttps://exemple.test/a")
    file_application(Application.objects.get(pk=application.pk))
    html = desk.get(page_of(application)).content.decode()
    assert "<script>alert" not in html
    assert "<b>Gras" not in html
    assert 'href="javascript' not in html
    assert "javascript:alert(1)" in html
    assert 'href="https://exemple.test/a"' in html


def test_the_page_costs_the_same_whatever_the_dossier_holds(desk, call, assert_num_queries_constant):
    application = ApplicationFactory(call=call, submitted=True)
    PieceRequestFactory(application=application)
    ExtensionFactory(call=call, user=application.owner)
    CollaboratorFactory(application=application)

    def grow():
        for code in ("lettre", "portfolio"):
            PieceRequestFactory(application=application, piece=call.pieces.get(code=code))
        for _n in range(3):
            ExtensionFactory(call=call, user=application.owner)
            CollaboratorFactory(application=application)
            file_again(application)

    assert_num_queries_constant(lambda: desk.get(page_of(application)), grow, at_most=22)


def test_the_page_sends_nothing_by_itself(desk, call):
    application = ApplicationFactory(call=call, submitted=True)
    assert desk.post(page_of(application), {"state": "selected"}).status_code == 405
    for name in ("add",):
        assert desk.get(reverse(f"admin:candidatures_application_{name}")).status_code == 403
    url = reverse("admin:candidatures_application_delete", args=[application.pk])
    assert desk.post(url, {"post": "yes"}).status_code == 403
    assert Application.objects.filter(pk=application.pk).exists()


def test_the_one_pdf_is_made_when_missing_then_read(desk, call):
    application = ApplicationFactory(call=call, submitted=True)
    number = application.last_deposit.number
    url = reverse("admin:candidatures_application_pdf", args=[application.uuid, number])
    answer = desk.get(url, follow=True)
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert number in answer.headers["Content-Disposition"]
    assert Entry.objects.filter(verb="file.read").exists()
    assert desk.get(url).headers["Location"] == answer.redirect_chain[0][0]
    other = ApplicationFactory(call=call, submitted=True).last_deposit.number
    assert desk.get(reverse("admin:candidatures_application_pdf", args=[application.uuid, other])).status_code == 404


# Eligibility ------------------------------------------------------------------------------------


def check_data(desk, application, *results):
    """What the form sends: the hidden mark, then a finding and a reason for each condition."""
    form = desk.get(page_of(application)).context["check_form"]
    data = {"seen": form["seen"].value()}
    for criterion, (result, reason) in zip(form.criteria, results, strict=True):
        data |= {f"result_{criterion.pk}": result, f"reason_{criterion.pk}": reason}
    return data


def check_url(application):
    return reverse("admin:candidatures_application_check", args=[application.uuid])


def test_findings_are_recorded_and_the_state_follows(desk, call):
    application = ApplicationFactory(call=call, submitted=True)
    answer = desk.post(
        check_url(application), check_data(desk, application, ("met", ""), ("not_met", "Permis périmé.")), follow=True
    )
    assert "Constats enregistrés. La candidature est maintenant « non recevable »." in text_of(answer)
    assert "Permis périmé." in text_of(answer)
    assert "Dernier constat : non remplie" in text_of(answer)
    application.refresh_from_db()
    assert application.state == ApplicationState.INELIGIBLE


def test_one_button_says_that_all_is_met(desk, call):
    application = ApplicationFactory(call=call, submitted=True)
    data = check_data(desk, application, ("to_verify", ""), ("to_verify", "Vu au téléphone."))
    desk.post(check_url(application), data | {"toutes": "1"})
    application.refresh_from_db()
    assert application.state == ApplicationState.ELIGIBLE
    assert application.checks.filter(result=CheckResult.MET).count() == 2
    assert application.checks.filter(reason="Vu au téléphone.").exists()


def test_a_finding_without_its_reason_comes_back_filled(desk, call):
    application = ApplicationFactory(call=call, submitted=True)
    first, last = call.criteria.all()
    data = check_data(desk, application, ("met", "Vu avec elle"), ("not_met", ""))
    answer = desk.post(check_url(application), data)
    form = answer.context["check_form"]
    assert set(form.errors) == {f"reason_{last.pk}"}
    assert form[f"reason_{first.pk}"].value() == "Vu avec elle"
    assert f'id="id_reason_{last.pk}_error"' in text_of(answer)
    assert not EligibilityCheck.objects.exists()


def test_a_deposit_that_came_meanwhile_is_shown_and_nothing_is_lost(desk, call):
    application = ApplicationFactory(call=call, submitted=True)
    data = check_data(desk, application, ("met", "Vu avec elle"), ("met", ""))
    new = file_again(application)
    answer = desk.post(check_url(application), data)
    assert "Un nouveau dépôt" in text_of(answer)
    assert new.number in text_of(answer)
    form = answer.context["check_form"]
    assert form[f"reason_{call.criteria.first().pk}"].value() == "Vu avec elle"
    assert not EligibilityCheck.objects.exists()
    # Read again, then sent again as it is on the page: recorded.
    desk.post(check_url(application), data | {"seen": form["seen"].value()})
    assert EligibilityCheck.objects.filter(result=CheckResult.MET).count() == 2


def test_a_withdrawn_dossier_is_read_only(desk, call):
    application = ApplicationFactory(call=call, submitted=True, state="withdrawn")
    text = text_of(desk.get(page_of(application)))
    assert "Ce dossier a été retiré par l'artiste." in text
    assert "Enregistrer les constats" not in text
    assert "Préparer la demande" not in text


def test_the_desk_is_told_that_the_artist_may_still_file(desk, call):
    application = ApplicationFactory(call=call, submitted=True)
    assert "L'artiste peut encore déposer de nouveau" in text_of(desk.get(page_of(application)))
    past = ApplicationFactory(submitted=True, call=CallFactory(complete=True, closed=True, season=call.season))
    assert "L'artiste peut encore déposer de nouveau" not in text_of(desk.get(page_of(past)))


# A missing piece --------------------------------------------------------------------------------


def request_url(application):
    return reverse("admin:candidatures_application_request", args=[application.uuid])


def request_data(call, **changes):
    until = timezone.localdate() + timedelta(days=6)
    return {
        "piece": call.pieces.get(code="cv").pk,
        "message": "Le CV est illisible.",
        "due_at_date": f"{until:%d/%m/%Y}",
        "due_at_time": "",
    } | changes


def test_a_piece_is_asked_for_and_its_letter_is_read_before_it_leaves(desk, call):
    application = ApplicationFactory(call=call, submitted=True)
    answer = desk.post(request_url(application), request_data(call))
    letter = OutgoingMail.objects.get(kind="piece.request")
    assert answer.headers["Location"] == reverse("admin:mail_outgoingmail_change", args=[letter.pk])
    assert letter.state == MailState.DRAFT
    asked = PieceRequest.objects.get()
    assert asked.due_at == midnight(7)
    text = text_of(desk.get(page_of(application)))
    assert "attendue" in text
    assert "Le CV est illisible." in text
    desk.post(reverse("admin:candidatures_application_cancel", args=[application.uuid, asked.uuid]))
    asked.refresh_from_db()
    letter.refresh_from_db()
    assert asked.cancelled_at is not None
    assert letter.state == MailState.CANCELLED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"due_at_date": "01/01/2020"}, "due_at"),
        ({"message": "  "}, "message"),
        ({"piece": ""}, "piece"),
    ],
)
def test_a_request_that_is_refused_comes_back_filled(desk, call, changes, field):
    application = ApplicationFactory(call=call, submitted=True)
    data = request_data(call, **changes)
    answer = desk.post(request_url(application), data)
    form = answer.context["request_form"]
    assert set(form.errors) == {field}
    assert form["message"].value() == data["message"]
    assert '<details class="desk-new" open>' in text_of(answer)
    assert not PieceRequest.objects.exists()


def test_a_piece_already_asked_for_is_said(desk, call):
    application = ApplicationFactory(call=call, submitted=True)
    desk.post(request_url(application), request_data(call))
    answer = desk.post(request_url(application), request_data(call, message="Encore."))
    assert "Cette pièce est déjà demandée" in answer.context["request_form"].errors["piece"][0]
