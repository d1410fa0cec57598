"""The texts at the desk."""

from __future__ import annotations

import html as html_module

import pytest
from django.urls import reverse

from clea.mail.models import MailTemplate
from tests.factories.accounts import UserFactory
from tests.factories.mail import KIND, MailTemplateFactory

pytestmark = pytest.mark.django_db
LIST = "/coordination/mail/mailtemplate/"
ADD = f"{LIST}add/?kind={KIND}&language=fr&scope=lens"
TEXT = {"subject": "Reçu {{ numero }}", "body": "Bonjour {{ nom }}."}


def _page(row):
    return reverse("admin:mail_mailtemplate_change", args=[row.pk])


def _text(response):
    return html_module.unescape(response.content.decode())


@pytest.fixture
def desk(client, coordinator):
    client.force_login(coordinator)
    return client


def test_every_message_of_the_program_is_listed_with_the_text_that_leaves(desk):
    MailTemplateFactory(scope="lens", language="en")
    MailTemplateFactory(scope="bethune")
    MailTemplateFactory(scope="")
    page = _text(desk.get(f"{LIST}tous/"))

    assert "Avis de test" in page
    assert "Part quand un test le demande." in page
    assert "texte commun à tous les territoires" in page
    assert "réécrit, " in page
    assert "Lens-Liévin" in page
    assert "Béthune-Bruay" not in page
    assert f"/add/?kind={KIND}&language=fr&scope=lens" in page


def test_the_catalogue_costs_the_same_whatever_was_written(desk, assert_num_queries_constant):
    assert_num_queries_constant(
        lambda: desk.get(f"{LIST}tous/"),
        lambda: [
            MailTemplateFactory(scope=scope, language=language) for scope in ("", "lens") for language in ("fr", "en")
        ],
    )


def test_adding_without_a_message_in_mind_shows_them_all(desk):
    assert desk.get(f"{LIST}add/").url == f"{LIST}tous/"
    assert desk.get(f"{LIST}add/?kind=test.gone").status_code == 404
    assert desk.get(f"{LIST}add/?kind={KIND}&language=de").status_code == 404


def test_a_new_text_starts_from_the_one_in_force_with_its_variables(desk):
    MailTemplateFactory(scope="", subject="Le commun {{ numero }}", body="corps commun")
    page = _text(desk.get(ADD))

    assert 'value="Le commun {{ numero }}"' in page
    assert "corps commun" in page
    assert "{{ nom }}" in page
    assert "nom de la personne" in page
    assert "Lens-Liévin" in page
    assert "Béthune-Bruay" not in page


def test_a_coordinator_writes_a_text_for_the_own_territory(desk, coordinator):
    assert desk.post(ADD, TEXT | {"scope": "lens"}).status_code == 302

    row = MailTemplate.objects.get()
    assert (row.kind, row.language, row.scope, row.subject) == (KIND, "fr", "lens", "Reçu {{ numero }}")
    assert row.history.get().history_user == coordinator
    again = desk.post(ADD, TEXT | {"scope": "lens"})
    assert "déjà un texte dans cette langue" in _text(again)


@pytest.mark.parametrize("scope", ["bethune", ""])
def test_nor_for_another_territory_nor_for_all(desk, scope):
    answer = desk.post(ADD.replace("lens", scope), TEXT | {"scope": scope})

    assert answer.status_code == 200
    assert MailTemplate.objects.count() == 0


def test_an_administrator_writes_the_common_text(client, administrator):
    client.force_login(administrator)

    assert client.post(f"{LIST}add/?kind={KIND}&language=en", TEXT | {"scope": ""}).status_code == 302
    assert MailTemplate.objects.get().scope == ""


def test_an_unknown_variable_is_refused_beside_its_field(desk):
    answer = desk.post(ADD, {"scope": "lens", "subject": "Reçu {{ numéro }}", "body": "Bonjour {{ nom }}."})

    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert list(errors) == ["subject"]
    assert "Variables possibles\xa0: {{ numero }}, {{ nom }}." in errors["subject"][0]
    assert "Reçu {{ numéro }}" in _text(answer), "what was typed is still there"
    assert MailTemplate.objects.count() == 0


def test_a_text_is_changed_kept_in_history_and_given_back(desk):
    row = MailTemplateFactory(scope="lens")
    assert desk.post(_page(row), {"subject": "Nouveau {{ numero }}", "body": "x"}).status_code == 302

    row.refresh_from_db()
    assert (row.subject, row.scope, row.kind) == ("Nouveau {{ numero }}", "lens", KIND)
    history = desk.get(reverse("admin:mail_mailtemplate_history", args=[row.pk]))
    assert history.status_code == 200
    assert "Cyr Coron" in _text(history)
    removed = desk.post(reverse("admin:mail_mailtemplate_delete", args=[row.pk]), {"post": "yes"})
    assert removed.status_code == 302
    assert MailTemplate.objects.count() == 0


def test_the_common_text_is_read_and_not_changed_by_a_coordinator(desk):
    row = MailTemplateFactory(scope="", subject="Le texte commun")

    page = desk.get(_page(row))
    assert "Le texte commun" in _text(page)
    assert 'name="subject"' not in page.content.decode()
    assert desk.post(_page(row), TEXT).status_code == 403
    assert desk.post(reverse("admin:mail_mailtemplate_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_another_territory_s_text_and_its_past_stay_hidden(desk):
    row = MailTemplateFactory(scope="bethune", subject="Le texte de Béthune")

    assert "Le texte de Béthune" not in _text(desk.get(LIST))
    assert desk.get(_page(row)).status_code == 302
    past = desk.get(reverse("admin:mail_mailtemplate_history", args=[row.pk]))
    assert past.status_code in {302, 403, 404}
    version = row.history.get()
    assert desk.get(f"{LIST}{row.pk}/history/{version.pk}/").status_code == 404


def test_staff_without_a_territory_see_no_text(client):
    row = MailTemplateFactory()
    client.force_login(UserFactory(is_staff=True))

    for address in (LIST, f"{LIST}tous/", ADD, _page(row)):
        assert client.get(address).status_code == 403
    assert client.post(f"{LIST}apercu/?kind={KIND}", TEXT).status_code == 403


def test_the_preview_shows_what_is_being_typed_and_saves_nothing(desk):
    page = desk.get(ADD).content.decode()
    assert f'formaction="{LIST}apercu/?kind={KIND}&amp;language=fr"' in page

    shown = desk.post(f"{LIST}apercu/?kind={KIND}&language=fr", TEXT)
    assert "<title>Reçu CLEA-2026-0042</title>" in shown.content.decode()
    assert "<p>Bonjour [nom de la personne].</p>" in shown.content.decode()
    assert "default-src 'none'" in shown["Content-Security-Policy"]
    assert MailTemplate.objects.count() == 0


def test_the_preview_of_a_wrong_text_says_what_is_wrong(desk):
    shown = desk.post(f"{LIST}apercu/?kind={KIND}", TEXT | {"body": "{{ prenom }}"})

    assert shown.status_code == 422
    assert "La variable « {{ prenom }} » n'existe pas." in _text(shown)


def test_the_preview_answers_to_a_form_only(desk):
    assert desk.get(f"{LIST}apercu/?kind={KIND}").status_code == 405


def test_texts_are_searched_and_filtered(desk):
    MailTemplateFactory(scope="lens", subject="le mien", language="en")

    assert "le mien" in _text(desk.get(LIST, {"q": "mien", "kind": KIND, "language__exact": "en", "scope": "lens"}))
    assert "le mien" not in _text(desk.get(LIST, {"q": "autre"}))
    assert "Tous les messages du programme" in _text(desk.get(LIST))
