"""What no text needs never gets in: not by a request, not by a service."""

from __future__ import annotations

import pytest
from django import forms
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from clea.text import clean
from clea.ui.texts import MAX_TEXT, MAX_WORD, cleaned
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import ApplicationFactory
from tests.factories.structures import CoordinatorFactory


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\0b", "ab"),
        ("\x01\x07\x1b[31mrouge\x7f\x85", "[31mrouge"),
        ("facture\u202egpj.exe", "facturegpj.exe"),
        ("\u2066Lina\u2069 \u202aM\u202c", "Lina M"),
        ("Li\u200bna\ufeff", "Lina"),
        ("un\u2028deux", "un\ndeux"),
        ("moitié \ud83d", "moitié \ufffd"),
        ("tab\tligne\r\nautre", "tab\tligne\r\nautre"),
        ("דוד \u200f(\u200eDavid) 👩\u200d🎨 می\u200cخواهم 🏴\U000e0067\U000e007f", None),
        ("Élise Nœud, n\u00b0 1\u202f000", None),
    ],
)
def test_what_is_kept_of_a_text(given, kept):
    assert clean(given) == (given if kept is None else kept)


def test_a_form_is_cleaned_but_for_its_password():
    sent = QueryDict(mutable=True)
    sent.setlist("name", ["a\0", "b"])
    sent.setlist("new_password", ["mot\u200bde passe"])
    assert dict(cleaned(sent).lists()) == {"name": ["a", "b"], "new_password": ["mot\u200bde passe"]}
    plain = QueryDict("name=a&name=b")
    assert cleaned(plain) is plain


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
@pytest.mark.parametrize("kind", [forms.DateField, forms.DateTimeField])
def test_a_day_at_the_ends_of_the_calendar_is_refused(kind, day):
    with pytest.raises(forms.ValidationError, match="de 1900 à 2199"):
        kind().clean(day)
    assert kind().clean("2027-02-15").year == 2027


@pytest.mark.django_db
def test_a_row_is_cleaned_whoever_saves_it():
    person = UserFactory(first_name="Li\0na", last_name="\u202eMar\r\n chand")
    person.refresh_from_db()
    assert (person.first_name, person.last_name) == ("Lina", "Mar chand")


@pytest.mark.django_db
def test_what_a_request_brings_is_cleaned_before_anything_looks_it_up():
    client = Client()
    client.cookies["sessionid"] = "a\0b"
    client.cookies["django_language"] = "f\0r"
    calls = reverse("calls:list")
    assert client.get(calls, {"q": "a\0b\u202e", "\0page": "\0"}).status_code == 200
    assert client.get(f"{calls}%00/").status_code == 404
    assert client.get(f"{calls}a%E2%80%AEb/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["A" * (MAX_WORD + 1), "mot " * (MAX_TEXT // 4 + 1)], ids=["word", "text"])
def test_a_text_nobody_writes_is_refused_in_words(text):
    answer = Client().post(reverse("account_login"), {"login": "a@exemple.test", "note": text})
    assert answer.status_code == 400
    assert "raccourcissez ce texte" in answer.content.decode()
    fine = Client().post(reverse("account_login"), {"login": "a", "note": f"{'A' * MAX_WORD} " * 20})
    assert fine.status_code == 200


@pytest.mark.django_db
def test_a_list_filtered_by_a_number_no_column_holds_says_so():
    desk = Client()
    desk.force_login(CoordinatorFactory())
    listed = reverse("admin:residencies_funder_changelist")
    assert desk.get(listed, {"territory": "9" * 30})["Location"] == f"{listed}?e=1"
    assert desk.get(listed, {"q": "9" * 30}).status_code == 200
    late = reverse("admin:candidatures_extension_changelist")
    for key in ("x", "9" * 30):
        assert desk.post(late, {"action": "write_to_people", "_selected_action": key})["Location"] == late


@pytest.mark.django_db
def test_a_choice_that_names_a_number_no_column_holds_is_not_understood():
    dossier = ApplicationFactory()
    client = Client()
    client.force_login(dossier.owner)
    section = reverse("applications:section", kwargs={"uuid": dossier.uuid, "key": "pratique"})
    assert client.post(section, {"practice": "a", "disciplines": "9" * 30}).status_code in {400, 409, 422}
    assert client.get(section).status_code == 200
