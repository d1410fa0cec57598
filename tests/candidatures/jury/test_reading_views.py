"""The reading page: what it shows, what it saves, what it costs, and when it is closed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from candidatures.enums import ReviewState
from candidatures.models import Review
from tests.factories.jury import JurorFactory, JuryFactory, eligible, read_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def jury():
    return JuryFactory()


@pytest.fixture
def juror(jury, client):
    juror = JurorFactory(jury=jury)
    client.force_login(juror.user)
    return juror


@pytest.fixture
def dossier(jury, juror):
    (application,) = eligible(jury.call, 1)
    read_by(juror, application)
    return application


def page(jury, application, name="dossier"):
    return reverse(f"jury:{name}", args=[jury.call.slug, application.uuid])


def grid(jury, *notes, **others):
    sent = {"version": "0", "advice": "", "comment": "", "private_notes": ""}
    for criterion, note in zip(jury.call.scoring.all(), notes, strict=False):
        sent[f"mot_{criterion.pk}"] = ""
        if note is not None:
            sent[f"note_{criterion.pk}"] = str(note)
    return sent | others


def test_a_reading_is_saved_then_filed_and_the_desk_follows(client, jury, juror, dossier):
    client.post(page(jury, dossier), grid(jury, 3, 2))
    assert Review.objects.get().state == ReviewState.DRAFT
    answer = client.post(page(jury, dossier), grid(jury, 3, 4, advice="favourable", deposer="1", version="1"))
    assert answer.headers["Location"] == reverse("jury:desk", args=[jury.call.slug])
    assert Review.objects.get().state == ReviewState.FILED
