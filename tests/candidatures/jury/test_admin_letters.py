"""The coordinator's page of letters: who gets which, why, and the rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from candidatures.admin.jury import letters as letters_admin
from candidatures.enums import Outcome
from candidatures.models import Letter, LetterRule, OutsideDecision
from clea.mail.enums import MailState
from tests.candidatures.jury.decided import Decided, faults, fresh, send
from tests.factories.jury import eligible
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided():
    return Decided(selected=1, reserve=1, declined=1)


@pytest.fixture
def desk(client, decided):
    client.force_login(decided.desk)
    return client


def address(decided, name="letters", *args):
    return reverse(f"admin:candidatures_jury_{name}", args=[decided.jury.uuid, *args])


def read(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode().replace("&#x27;", "'").replace("&#39;", "'")


def until(days=7):
    return {"answer_by_date": (timezone.localdate() + timedelta(days=days)).strftime("%d/%m/%Y"), "answer_by_time": ""}


def test_every_decided_dossier_is_listed_with_its_rule_and_why(desk, decided):
    html = read(desk, address(decided))
    for application in (*decided.selected, *decided.reserve, *decided.declined):
        assert application.display_name in html
    assert "3 courriers à préparer" in html
    assert html.count('type="checkbox" name="dossier"') == 3


def test_the_pages_are_valid_html(desk, decided):
    rule = decided.jury.letter_rules.get(name="Retenue")
    for url in (
        address(decided),
        address(decided, "letter", decided.selected[0].uuid),
        address(decided, "letter_rule", rule.uuid),
    ):
        assert not faults(desk.get(url).content.decode()), url


def test_the_letters_ticked_are_drafted_and_the_others_are_not(desk, decided):
    response = desk.post(
        address(decided, "letters_draft"),
        {"dossier": [str(decided.selected[0].uuid), str(decided.declined[0].uuid)], **until()},
    )
    assert response.status_code == 302
    assert set(Letter.objects.values_list("application_id", flat=True)) == {
        decided.selected[0].pk,
        decided.declined[0].pk,
    }
    assert set(Letter.objects.values_list("mail__state", flat=True)) == {MailState.DRAFT}
    html = read(desk, address(decided))
    assert "1 courrier à préparer" in html
    assert html.count('type="checkbox" name="dossier"') == 1


def test_nothing_ticked_says_so(desk, decided):
    html = desk.post(address(decided, "letters_draft"), {"dossier": ["x"], **until()}).content.decode()
    assert "Choisissez au moins un dossier." in html


def test_a_bad_date_keeps_what_was_ticked(desk, decided):
    html = desk.post(
        address(decided, "letters_draft"),
        {"dossier": [str(decided.selected[0].uuid)], "answer_by_date": "demain", "answer_by_time": ""},
    ).content.decode()
    assert "Écrivez la date ainsi" in html
    assert html.count(" checked") == 1
    assert not Letter.objects.exists()


def test_a_dossier_kept_elsewhere_cannot_be_ticked_and_says_why(desk, decided):
    OutsideDecision.objects.create(
        application=decided.selected[0], territory="Voisin", jury_on=decided.session.held_on - timedelta(days=1)
    )
    html = read(desk, address(decided))
    assert "Retenue par Voisin" in html
    assert f'value="{decided.selected[0].uuid}"' not in html.partition("<form")[2].partition("Règles de courrier")[
        0
    ].replace(address(decided, "letter", decided.selected[0].uuid), "")


def test_a_letter_is_read_before_it_is_drafted(desk, decided):
    html = read(desk, address(decided, "letter", decided.selected[0].uuid))
    assert decided.selected[0].owner.email in html
    assert "Votre candidature est retenue" in html
    assert not Letter.objects.exists()


def test_a_dossier_that_is_due_nothing_has_no_letter_to_read(desk, decided):
    (pending,) = eligible(decided.call, 1)
    assert desk.get(address(decided, "letter", pending.uuid)).status_code == 404


RULE = {
    "name": "Essai",
    "outcome": "declined",
    "interviewed": "",
    "reasoned": "",
    "is_active": "on",
    "subject": "Objet {{ appel }}",
    "body": "Bonjour {{ nom }},\n\nMerci.",
    "subject_en": "",
    "body_en": "",
}


def test_a_rule_is_tried_on_a_real_dossier_without_being_saved(desk, decided):
    name = decided.declined[0].display_name
    html = desk.post(address(decided, "letter_rule_add"), {**RULE, "apercu": "1"}).content.decode()
    assert f"Bonjour {name}," in html
    assert not LetterRule.objects.filter(name="Essai").exists()


def test_a_rule_is_added_last_then_moved(desk, decided):
    assert desk.post(address(decided, "letter_rule_add"), RULE).status_code == 302
    rule = LetterRule.objects.get(name="Essai")
    assert list(decided.jury.letter_rules.all())[-1] == rule
    desk.post(address(decided, "letter_rule_move", rule.uuid), {"sens": "haut"})
    assert list(decided.jury.letter_rules.all())[-2] == rule
    desk.post(address(decided, "letter_rule_move", rule.uuid), {"sens": "bas"})
    assert list(decided.jury.letter_rules.all())[-1] == rule


def test_an_unknown_variable_comes_back_with_what_was_typed(desk, decided):
    html = desk.post(address(decided, "letter_rule_add"), {**RULE, "body": "Bonjour {{ prenom }}"}).content.decode()
    assert "La variable" in html
    assert "Bonjour {{ prenom }}" in html
    assert not LetterRule.objects.filter(name="Essai").exists()


def test_two_people_on_the_same_rule_do_not_erase_each_other(desk, decided):
    rule = decided.jury.letter_rules.get(name="Retenue")
    url = address(decided, "letter_rule", rule.uuid)
    seen = read(desk, url).partition('name="seen" value="')[2].partition('"')[0]
    assert seen
    typed = {**RULE, "name": rule.name, "outcome": rule.outcome, "seen": seen}
    assert desk.post(url, {**typed, "body": "Le premier."}).status_code == 302
    html = desk.post(url, {**typed, "body": "Le second."}).content.decode()
    rule.refresh_from_db()
    assert rule.body == "Le premier."
    assert "Le premier." in html
    assert "Le second." in html


def test_a_rule_of_another_jury_does_not_exist(desk, decided):
    other = Decided()
    rule = other.jury.letter_rules.get(name="Retenue")
    assert desk.get(address(decided, "letter_rule", rule.uuid)).status_code == 404
    assert desk.get(reverse("admin:candidatures_jury_letters", args=[other.jury.uuid])).status_code == 404


def test_the_page_costs_the_same_for_three_and_thirty(desk, decided, assert_num_queries_constant):
    decided.draft(decided.selected[0])

    def grow():
        rows = eligible(decided.call, 27)
        for row in rows:
            decided.decide(row, Outcome.DECLINED)
        for letter in decided.draft(*[fresh(row) for row in rows[:9]]):
            send(decided.desk, letter.mail)

    assert_num_queries_constant(lambda: read(desk, address(decided)), grow, at_most=20)


def test_the_home_page_counts_the_letters_nobody_prepared(decided, rf, django_assert_num_queries):
    request = rf.get("/coordination/")
    request.user = decided.desk
    # The juries in hand, which the other lines of the page share, then the letters.
    with django_assert_num_queries(2):
        (item,) = letters_admin.desk_items(request)
    assert item.count == 3
    for letter in decided.draft(*decided.selected, *decided.reserve, *decided.declined):
        send(decided.desk, letter.mail)
    assert letters_admin.desk_items(request) == []
    request = rf.get("/coordination/")
    request.user = CoordinatorFactory()
    assert letters_admin.desk_items(request) == []
