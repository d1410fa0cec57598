"""More time for one person, and questions from the public."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from candidatures.models import Extension
from candidatures.selectors import personal_deadline
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from tests.candidatures.desk import text_of
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import (
    CallFactory,
    ContactMessageFactory,
    midnight,
)

pytestmark = pytest.mark.django_db


def test_more_time_is_given_by_address_even_without_a_draft(desk, territory):
    call, artist = CallFactory(closed=True, complete=True, territory=territory), UserFactory()
    url = reverse("admin:candidatures_extension_add")
    until = timezone.localdate() + timedelta(days=4)
    data = {"call": call.pk, "email": artist.email.upper(), "until_date": f"{until:%d/%m/%Y}", "until_time": "",
            "reason": "Hospitalisation."}  # fmt: skip
    assert desk.post(url, data).status_code == 302
    extension = Extension.objects.get()
    assert (extension.user, extension.until, extension.reason) == (artist, midnight(5), "Hospitalisation.")
    assert personal_deadline(call, artist.pk) == midnight(5)
    assert OutgoingMail.objects.filter(kind="extension.granted", to=artist.email).count() == 1
    assert Entry.objects.filter(verb="extension.granted").count() == 1
    page = desk.get(reverse("admin:candidatures_extension_change", args=[extension.pk]))
    assert 'name="reason"' not in text_of(page)
    # Midnight in Paris, which the server's own clock calls 22 or 23 h the day before.
    assert f"{timezone.localtime(midnight(5)):%d/%m/%Y} 00:00" in text_of(page)
    assert "Hospitalisation." in text_of(page)
    answer = desk.post(reverse("admin:candidatures_extension_change", args=[extension.pk]), data)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "inconnue@exemple.test"}, "email"),
        ({"until_date": "01/01/2020"}, "until"),
        ({"reason": "   "}, "reason"),
    ],
)
def test_more_time_that_is_refused_comes_back_filled(desk, territory, changes, field):
    call, artist = CallFactory(closed=True, complete=True, territory=territory), UserFactory()
    until = timezone.localdate() + timedelta(days=4)
    data = {"call": call.pk, "email": artist.email, "until_date": f"{until:%d/%m/%Y}", "until_time": "",
            "reason": "Panne."} | changes  # fmt: skip
    answer = desk.post(reverse("admin:candidatures_extension_add"), data)
    form = answer.context["adminform"].form
    assert set(form.errors) == {field}
    assert form["email"].value() == data["email"]
    assert not Extension.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_more_time_is_not_given_for_another_territory_s_call(desk):
    call = CallFactory(closed=True, complete=True)
    until = timezone.localdate() + timedelta(days=4)
    answer = desk.post(
        reverse("admin:candidatures_extension_add"),
        {"call": call.pk, "email": UserFactory().email, "until_date": f"{until:%d/%m/%Y}", "reason": "Panne."},
    )
    assert set(answer.context["adminform"].form.errors) == {"call"}
    assert not Extension.objects.exists()


def test_a_question_is_read_and_ticked(desk, territory):
    message = ContactMessageFactory(
        call=CallFactory(territory=territory), text="<b>Bonjour</b>\nEt la Belgique ?", email="a+b@exemple.test"
    )
    url = reverse("admin:candidatures_contactmessage_change", args=[message.pk])
    page = desk.get(url)
    assert "&lt;b&gt;Bonjour&lt;/b&gt;" in page.content.decode()
    assert "Votre nom" not in page.content.decode()
    assert "mailto:a%2Bb@exemple.test?subject=" in page.content.decode()
    desk.post(url, {"answered": "on", "text": "Falsifié"})
    message.refresh_from_db()
    assert message.answered
    assert message.text.startswith("<b>")
    listed, sent = reverse("admin:candidatures_contactmessage_changelist"), {"action": "mark_waiting"}
    asked = desk.post(listed, sent | {"_selected_action": [message.pk]}).content.decode()
    seen = asked.split('name="confirme" value="')[1].split('"')[0]
    desk.post(listed, sent | {"_selected_action": [message.pk], "confirme": seen})
    message.refresh_from_db()
    assert not message.answered
