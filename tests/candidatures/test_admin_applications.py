"""The coordinator finds a dossier, reads what was filed, checks it, asks, writes, takes it out."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from candidatures.enums import ApplicationState, CheckResult
from candidatures.models import Application, EligibilityCheck, PieceAnswer, PieceRequest
from candidatures.services import deposits
from candidatures.services import desk as acts
from clea.journal.models import Entry
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import (
    ApplicationFactory,
    CallFactory,
    CollaboratorFactory,
    ContactMessageFactory,
    DisciplineFactory,
    ExtensionFactory,
    PieceRequestFactory,
    file_again,
    file_application,
    fill_application,
    midnight,
    tiny_pdf,
)
from tests.factories.structures import CoordinatorFactory, TerritoryFactory

pytestmark = pytest.mark.django_db

LIST = reverse("admin:candidatures_application_changelist")


@pytest.fixture
def territory():
    return TerritoryFactory()


@pytest.fixture
def call(territory):
    return CallFactory(complete=True, territory=territory, title="Appel du Val")


@pytest.fixture
def desk(client, territory):
    client.force_login(CoordinatorFactory(territory=territory))
    return client


def text_of(response):
    text = re.sub(r"\s+", " ", response.content.decode().replace("&nbsp;", " "))
    return text.replace("&#x27;", "'").replace("&quot;", '"')


def page_of(application):
    return reverse("admin:candidatures_application_change", args=[application.pk])


def listed(desk, **params):
    return list(desk.get(LIST, params).context["cl"].result_list)


# The list ---------------------------------------------------------------------------------------


def test_only_filed_dossiers_of_ones_own_territory_are_listed(desk, call):
    filed = ApplicationFactory(call=call, submitted=True)
    draft = ApplicationFactory(call=call, complete=True, artist_name="Brouillon secret")
    foreign = ApplicationFactory(submitted=True, artist_name="Voisine secrète")
    page = desk.get(LIST)
    assert list(page.context["cl"].result_list) == [filed]
    assert "secret" not in text_of(page)
    for hidden in (draft, foreign):
        assert desk.get(page_of(hidden)).status_code == 302


@pytest.mark.parametrize("query", ["elan", "ÉLAN", "elan coeur", "noeux", "CLEA-", "cafe@exemple"])
def test_a_dossier_is_found_without_accents(desk, call, query):
    wanted = ApplicationFactory(
        call=call,
        submitted=True,
        artist_name="Élan du cœur",
        city="Nœux-les-Mines",
        owner=UserFactory(email="cafe@exemple.test"),
    )
    other = ApplicationFactory(call=call, submitted=True, artist_name="Autre")
    found = listed(desk, q=query)
    assert wanted in found
    assert (other in found) == (query == "CLEA-")


def test_the_filters_narrow_the_list(desk, call, territory):
    music, dance = DisciplineFactory(name="musique"), DisciplineFactory(name="danse")
    one = ApplicationFactory(call=call, submitted=True, postal_code="20090", keep_in_touch=True)
    two = ApplicationFactory(call=call, submitted=True, postal_code="20200", applicant_kind="collective")
    three = ApplicationFactory(call=call, submitted=True, country="Belgique", postal_code="7000", state="eligible")
    old = ApplicationFactory(submitted=True, call=CallFactory(complete=True, closed=True, territory=territory))
    one.disciplines.add(music)
    two.disciplines.add(dance)
    PieceRequestFactory(application=one)
    PieceRequestFactory(application=two, due_at=timezone.now() - timedelta(days=1))
    for params, expected in (
        ({"call__id__exact": call.pk}, {one, two, three}),
        ({"etat": "eligible"}, {three}),
        ({"applicant_kind__exact": "collective"}, {two}),
        ({"discipline": music.pk}, {one}),
        ({"departement": "2A"}, {one}),
        ({"departement": "2B"}, {two}),
        ({"departement": "62"}, {old}),
        ({"departement": "hors"}, {three}),
        ({"keep_in_touch__exact": "1"}, {one}),
        ({"pieces": "attendues"}, {one}),
        ({"pieces": "en_retard"}, {two}),
        ({"pieces": "fournies"}, set()),
        ({"last_deposit__received_at__gte": str(midnight(0))}, {one, two, three}),
    ):
        assert set(listed(desk, **params)) == expected, params
    choices = desk.get(LIST).context["cl"].filter_specs
    departments = next(spec for spec in choices if str(spec.title) == "département")
    assert [value for value, _label in departments.lookup_choices] == ["2A", "2B", "62", "hors"]
    states = next(spec for spec in choices if str(spec.title) == "état")
    assert "draft" not in [value for value, _label in states.lookup_choices]


def test_the_current_call_is_counted_by_state_above_the_list(desk, call, territory):
    for state in ("submitted", "submitted", "eligible", "withdrawn"):
        ApplicationFactory(call=call, submitted=True, state=state)
    ApplicationFactory(call=call)
    past = CallFactory(complete=True, closed=True, territory=territory)
    ApplicationFactory(call=past, submitted=True)
    page = desk.get(LIST)
    assert page.context["counted_call"] == call
    assert page.context["total"] == 4
    assert [(str(row["label"]), row["count"]) for row in page.context["state_counts"]] == [
        ("déposée", 2),
        ("recevable", 1),
        ("retirée", 1),
    ]
    assert [row["url"] for row in page.context["state_counts"]][1].endswith(f"call__id__exact={call.pk}&etat=eligible")
    assert desk.get(LIST, {"call__id__exact": past.pk}).context["total"] == 1


def test_the_neighbours_call_is_not_counted(desk, call):
    other = CallFactory(complete=True)
    ApplicationFactory(call=other, submitted=True)
    page = desk.get(LIST, {"call__id__exact": other.pk})
    assert "counted_call" not in page.context
    assert other.title not in text_of(page)


def test_the_list_costs_the_same_at_3_and_at_30(desk, call, assert_num_queries_constant):
    def grow(count):
        for _n in range(count):
            PieceRequestFactory(application=ApplicationFactory(call=call, submitted=True))

    grow(3)
    count = assert_num_queries_constant(lambda: desk.get(LIST), lambda: grow(27))
    assert count <= 15
    assert len(listed(desk)) == 30


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


# Several at once --------------------------------------------------------------------------------


def act(desk, action, *applications, across="0", **more):
    data = {"action": action, "_selected_action": [a.pk for a in applications] or ["0"], "select_across": across}
    asked = desk.post(LIST, data)
    return asked, lambda: desk.post(LIST, data | {"confirme": asked.context["seen"]} | more)


@pytest.mark.parametrize("form", ["xlsx", "csv", "zip"])
def test_an_export_is_told_then_made_then_journaled(desk, call, form):
    chosen = ApplicationFactory(call=call, submitted=True, artist_name="Choisie")
    ApplicationFactory(call=call, submitted=True, artist_name="Laissée")
    asked, confirm = act(desk, f"export_{form}", chosen)
    assert "Exporter 1 dossier" in text_of(asked)
    assert "inscrit au journal" in text_of(asked)
    assert "Choisie" in text_of(asked)
    assert "Laissée" not in text_of(asked)
    assert not Entry.objects.filter(verb="application.exported").exists()
    answer = confirm()
    assert f".{form}" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    content = b"".join(answer.streaming_content)
    if form == "xlsx":
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        names = [row[5] for row in sheet.iter_rows(min_row=2, values_only=True)]
    elif form == "csv":
        names = [
            row["Nom d'artiste ou du collectif"]
            for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
        ]
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            folders = {name.partition("/")[0] for name in opened.namelist() if "/" in name}
        names = [folder.partition(" ")[2] for folder in folders]
    assert names == ["Choisie"]
    entry = Entry.objects.get(verb="application.exported")
    assert entry.target_id == str(call.uuid)
    assert entry.data == {"form": form, "count": 1, "applications": [str(chosen.uuid)]}


def test_the_whole_list_of_a_search_is_taken_out_at_once(desk, call):
    for name in ("Élan", "élan bis", "Autre"):
        ApplicationFactory(call=call, submitted=True, artist_name=name)
    url = f"{LIST}?q=elan"
    assert 'name="action" value="export_csv"' in text_of(desk.get(url))
    data = {"action": "export_csv", "_selected_action": ["0"], "select_across": "1"}
    asked = desk.post(url, data)
    content = b"".join(desk.post(url, data | {"confirme": asked.context["seen"]}).streaming_content).decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(content), delimiter=";"))) == 2


def test_a_list_that_changed_is_shown_again_before_it_leaves(desk, call):
    ApplicationFactory(call=call, submitted=True)
    _asked, confirm = act(desk, "export_csv", across="1")
    newcomer = ApplicationFactory(call=call, submitted=True)
    again = confirm()
    assert "La liste a changé" in text_of(again)
    assert newcomer.last_deposit.number in text_of(again)
    assert not Entry.objects.filter(verb="application.exported").exists()


def test_an_export_costs_the_same_for_3_and_for_30(desk, call, assert_num_queries_constant):
    def grow(count):
        for _n in range(count):
            ApplicationFactory(call=call, submitted=True)

    def export():
        _asked, confirm = act(desk, "export_csv", across="1")
        assert b"".join(confirm().streaming_content)

    grow(3)
    assert_num_queries_constant(export, lambda: grow(27))


def test_people_are_written_to_in_drafts_one_each(desk, call):
    one, two = ApplicationFactory(call=call, submitted=True), ApplicationFactory(call=call, submitted=True)
    ApplicationFactory(call=call, submitted=True)
    asked, confirm = act(desk, "write_to_people", one, two)
    assert "Écrire à 2 personnes" in text_of(asked)
    assert "Rien ne part maintenant" in text_of(asked)
    answer = confirm()
    assert set(answer.context["form"].errors) == {"subject", "message"}
    data = {"action": "write_to_people", "_selected_action": [one.pk, two.pk], "select_across": "0",
            "confirme": asked.context["seen"], "subject": "Visio", "message": "À lundi."}  # fmt: skip
    sent = desk.post(LIST, data, follow=True)
    drafts = OutgoingMail.objects.filter(kind="coordination.message")
    assert {(mail.to, mail.subject, mail.state) for mail in drafts} == {
        (one.owner.email, "Visio", MailState.DRAFT),
        (two.owner.email, "Visio", MailState.DRAFT),
    }
    assert "2 messages attendent dans la boîte d'envoi" in text_of(sent)
    assert {mail.pk for mail in sent.context["cl"].result_list} == {mail.pk for mail in drafts}


def test_nobody_else_s_dossier_is_taken_out(desk, call):
    foreign = ApplicationFactory(submitted=True, artist_name="Voisine secrète")
    ApplicationFactory(call=call, submitted=True)
    for action in ("export_csv", "export_zip", "write_to_people"):
        asked, _confirm = act(desk, action, foreign)
        assert "Voisine" not in text_of(asked)
        asked, _confirm = act(desk, action, across="1")
        assert "Voisine" not in text_of(asked)


# Walls ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["foreign", "draft"])
def test_every_address_of_a_dossier_that_is_not_ours_answers_404(desk, call, kind):
    if kind == "foreign":
        application = ApplicationFactory(submitted=True)
        number = application.last_deposit.number
    else:
        application, number = ApplicationFactory(call=call, complete=True), "CLEA-2026-0001"
    asked = PieceRequestFactory(application=application, piece=application.call.pieces.first())
    for url in (
        check_url(application),
        request_url(application),
        reverse("admin:candidatures_application_pdf", args=[application.uuid, number]),
        reverse("admin:candidatures_application_cancel", args=[application.uuid, asked.uuid]),
    ):
        assert desk.get(url).status_code == 404, url
        assert desk.post(url).status_code == 404, url
    asked.refresh_from_db()
    assert asked.cancelled_at is None


def test_the_artist_does_not_open_the_desk_s_pages(client, call):
    application = ApplicationFactory(call=call, submitted=True)
    client.force_login(application.owner)
    for url in (LIST, page_of(application), check_url(application), request_url(application)):
        answer = client.get(url, follow=True)
        assert answer.status_code == 403, url


# What waits -------------------------------------------------------------------------------------


def items_of(desk):
    """What this app says on the home page."""
    items = desk.get(reverse("admin:index")).context["desk_items"]
    return {str(item.label): item for item in items if "/coordination/candidatures/" in item.url}


def test_the_home_says_what_waits(desk, territory):
    closing = CallFactory(complete=True, territory=territory, closes_at=midnight(2), title="Bientôt clos",
                          jury_on=timezone.localdate() + timedelta(days=5))  # fmt: skip
    CallFactory(draft=True, territory=territory, title="Vide")
    one = ApplicationFactory(call=closing, submitted=True)
    two = ApplicationFactory(call=closing, submitted=True, state="eligible")
    ApplicationFactory(call=closing)
    PieceRequestFactory(application=one, due_at=timezone.now() - timedelta(hours=1))
    PieceRequestFactory(application=two)
    for answered in (False, False, True):
        ContactMessageFactory(call=closing, answered=answered)
    found = items_of(desk)
    assert found["questions sans réponse"].count == 2
    assert (found["candidature à vérifier"].count, found["candidature à vérifier"].urgency) == (1, "now")
    assert found["pièce demandée, en retard"].count == 1
    assert found["pièce attendue"].count == 1
    filed = found["dossiers déposés : Bientôt clos"]
    assert (filed.count, filed.urgency) == (2, "soon")
    assert "1 brouillon" in str(filed.detail)
    assert found["jours avant : jury"].count == 5
    assert found["à compléter avant de publier : Vide"].count == 3
    # Each leads to the rows it counts.
    assert len(desk.get(found["candidature à vérifier"].url).context["cl"].result_list) == 1
    assert len(desk.get(found["pièce demandée, en retard"].url).context["cl"].result_list) == 1


def test_the_home_of_another_territory_is_silent(client, call):
    PieceRequestFactory(application=ApplicationFactory(call=call, submitted=True))
    client.force_login(CoordinatorFactory())
    assert items_of(client) == {}


def test_the_home_costs_the_same_whatever_waits(desk, call, territory, assert_num_queries_constant):
    def grow(count):
        for _n in range(count):
            PieceRequestFactory(application=ApplicationFactory(call=call, submitted=True))
            CallFactory(draft=True, territory=territory)

    grow(1)
    assert_num_queries_constant(lambda: desk.get(reverse("admin:index")), lambda: grow(6), at_most=12)


def test_a_supplied_piece_is_told_and_found(desk, call):
    application = ApplicationFactory(call=call, submitted=True)
    coordinator = CoordinatorFactory(territory=call.territory)
    asked = acts.request_piece(
        by=coordinator,
        application=application,
        piece=call.pieces.get(code="cv"),
        message="Illisible.",
        due_at=midnight(7),
    )
    deposits.supplement(
        by=application.owner, request=asked, upload=SimpleUploadedFile("cv.pdf", tiny_pdf(3), "application/pdf")
    )
    assert items_of(desk)["pièce fournie cette semaine"].count == 1
    assert listed(desk, pieces="fournies") == [application]
    assert "fournie le" in text_of(desk.get(page_of(application)))
