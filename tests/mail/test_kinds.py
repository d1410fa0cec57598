"""The registry of kinds, placeholders, and which text is in force."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clea.errors import Forbidden, Refused
from clea.journal.selectors import entries_for
from clea.mail import kinds
from clea.mail import services as mail
from clea.mail.kinds import MailKind
from clea.mail.models import MailTemplate
from tests.factories.accounts import UserFactory
from tests.factories.mail import KIND, MailTemplateFactory

pytestmark = pytest.mark.django_db


def _kind(**changes):
    values = {
        "key": "test.other", "label": "autre", "description": "", "variables": {"nom": "nom"},
        "subject": {"fr": "{{ nom }}"}, "body": {"fr": "{{ nom }}"},
    }  # fmt: skip
    return MailKind(**values | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"body": {"fr": "{{ prenom }}"}},
        {"subject": {"fr": "{{ prenom }}"}},
        {"subject": {"en": "x"}, "body": {"en": "x"}},
        {"subject": {"fr": "x", "en": "x"}},
        {"variables": {"nom": "nom", "Un Nom": "x"}},
    ],
)
def test_a_kind_that_does_not_hold_together_does_not_start(changes):
    with pytest.raises(ValueError, match=r"test\.other"):
        _kind(**changes)


def test_two_kinds_cannot_share_a_key(notice):
    with pytest.raises(ValueError, match="already registered"):
        kinds.register(_kind(key=notice.key))

    assert kinds.get(notice.key) is notice


def test_values_are_text_and_never_read_again():
    assert kinds.fill("{{a}} {{ b }}", {"a": "{{ b }}", "b": "{% now %}"}) == "{{ b }} {% now %}"


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("body", "Bonjour {{ prenom }}", "unknown_placeholder"),
        ("subject", "Dépôt {{ numéro }}", "unknown_placeholder"),
        ("body", "Bonjour {{ nom.upper }}", "unknown_placeholder"),
        ("body", "Bonjour {{ nom|safe }}", "unknown_placeholder"),
        ("body", "Bonjour {{ }}", "unknown_placeholder"),
        ("body", "Bonjour {{ nom }", "malformed_placeholder"),
        ("body", "Bonjour nom }}", "malformed_placeholder"),
        ("body", "{% include 'x' %}", "malformed_placeholder"),
    ],
)
def test_a_placeholder_that_does_not_exist_is_refused_with_those_that_do(administrator, notice, field, text, code):
    with pytest.raises(Refused) as refusal:
        kinds.check_text(notice, text)
    assert refusal.value.code == code

    with pytest.raises(ValidationError) as error:
        mail.save_template(by=administrator, template=MailTemplateFactory.build(**{field: text}))
    assert set(error.value.message_dict) == {field}
    assert "{{ numero }}, {{ nom }}" in error.value.message_dict[field][0]
    assert MailTemplate.objects.count() == 0


def test_a_subject_of_two_lines_is_refused(administrator):
    with pytest.raises(ValidationError) as error:
        mail.save_template(by=administrator, template=MailTemplateFactory.build(subject="Bonjour\nBcc: x@y.test"))

    assert error.value.message_dict == {"subject": ["L'objet tient sur une seule ligne."]}


def test_a_text_for_a_message_that_does_not_exist_is_refused(administrator):
    with pytest.raises(ValidationError) as error:
        mail.save_template(by=administrator, template=MailTemplateFactory.build(kind="test.gone"))

    assert "kind" in error.value.message_dict


def test_one_text_for_each_message_language_and_territory(administrator):
    MailTemplateFactory(scope="lens")

    with pytest.raises(ValidationError, match="déjà un texte"):
        mail.save_template(by=administrator, template=MailTemplateFactory.build(scope="lens"))
    with pytest.raises(IntegrityError), transaction.atomic():
        MailTemplateFactory(scope="lens")
    mail.save_template(by=administrator, template=MailTemplateFactory.build(scope="bethune"))


@pytest.mark.parametrize(
    ("rows", "language", "scope", "expected"),
    [
        ([], "fr", "lens", ("Dépôt {{ numero }}", "fr", "program")),
        ([], "en", "lens", ("Filing {{ numero }}", "en", "program")),
        ([], "de", "lens", ("Dépôt {{ numero }}", "fr", "program")),
        ([("fr", "")], "fr", "lens", ("fr ", "fr", "common")),
        ([("fr", ""), ("fr", "lens")], "fr", "lens", ("fr lens", "fr", "scope")),
        ([("fr", "lens")], "fr", "bethune", ("Dépôt {{ numero }}", "fr", "program")),
        ([("fr", "lens")], "fr", "", ("Dépôt {{ numero }}", "fr", "program")),
        ([("fr", "lens"), ("fr", "")], "en", "lens", ("Filing {{ numero }}", "en", "program")),
        ([("en", ""), ("fr", "lens")], "en", "lens", ("en ", "en", "common")),
        ([("en", "lens"), ("en", "")], "en", "lens", ("en lens", "en", "scope")),
    ],
)
def test_the_territory_s_text_comes_before_the_common_one_before_the_program_s(notice, rows, language, scope, expected):
    for row_language, row_scope in rows:
        MailTemplateFactory(language=row_language, scope=row_scope, subject=f"{row_language} {row_scope}")

    text = mail.text_in_force(notice, language, scope)

    assert (text.subject, text.language, text.source) == expected


def test_without_an_english_text_the_territory_s_french_one_is_sent():
    kind = _kind()
    MailTemplateFactory(kind="test.other", scope="lens", subject="à Lens", body="{{ nom }}")

    text = mail.text_in_force(kind, "en", "lens")

    assert (text.subject, text.language) == ("à Lens", "fr")


def test_the_text_in_force_costs_one_query(notice, assert_max_queries):
    MailTemplateFactory(scope="lens")

    assert_max_queries(1, lambda: mail.text_in_force(notice, "en", "lens"))


def test_changing_a_text_is_journaled_without_the_text(coordinator):
    template = MailTemplateFactory.build(scope="lens", body="Un texte à moi, {{ nom }}.")
    mail.save_template(by=coordinator, template=template)

    entry = entries_for(template).get()
    assert (entry.verb, str(entry.actor)) == ("mail.template_changed", "Cyr Coron")
    assert (entry.data["change"], entry.data["kind"], entry.data["scope"]) == ("saved", KIND, "lens")
    assert "Un texte" not in str(entry.data)
    assert template.history.get().body == "Un texte à moi, {{ nom }}."


def test_removing_a_text_goes_back_to_the_one_before_and_says_so(coordinator, notice):
    template = MailTemplateFactory(scope="lens")
    entries = entries_for(template)
    mail.remove_template(by=coordinator, template=template)

    assert mail.text_in_force(notice, "fr", "lens").source == "program"
    assert entries.get().data["change"] == "removed"


@pytest.mark.parametrize("scope", ["bethune", ""])
def test_a_coordinator_changes_the_texts_of_the_own_territory_only(coordinator, scope):
    template = MailTemplateFactory(scope=scope)

    for change in (mail.save_template, mail.remove_template):
        with pytest.raises(Forbidden):
            change(by=coordinator, template=template)
    assert MailTemplate.objects.filter(pk=template.pk).exists()


def test_somebody_without_a_desk_changes_nothing(territories):
    stranger = UserFactory()
    territories[stranger.email] = {"lens"}

    with pytest.raises(Forbidden):
        mail.save_template(by=stranger, template=MailTemplateFactory.build(scope="lens"))
