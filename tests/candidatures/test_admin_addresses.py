"""An address written by hand breaks no page of the desk."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from structures.models import Territory
from tests.factories.candidatures import ApplicationFactory, CallFactory


@pytest.mark.parametrize("number", ["²", "９", "-1", "0", "x", "9" * 40, "\x00"])
@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("candidatures_application_changelist", "appel"),
        ("candidatures_application_changelist", "discipline"),
        ("candidatures_application_changelist", "departement"),
        ("candidatures_application_changelist", "p"),
        ("candidatures_call_changelist", "saison"),
        ("structures_structure_merge", "structures"),
    ],
)
def test_a_number_that_is_not_one_breaks_nothing(
    desk: Client, territory: Territory, name: str, parameter: str, number: str
) -> None:
    ApplicationFactory(call=CallFactory(complete=True, territory=territory), submitted=True)
    response = desk.get(reverse(f"admin:{name}"), {parameter: number}, follow=True)
    assert response.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["%00", "CLEA-2026-0001%00", "x", "..", "%2e%2e"])
def test_a_deposit_number_that_is_not_one_is_not_found(client: Client, number: str) -> None:
    application = ApplicationFactory()
    client.force_login(application.owner, backend="django.contrib.auth.backends.ModelBackend")
    for page in ("", "dossier.pdf", "accuse.pdf"):
        assert client.get(f"/candidatures/{application.uuid}/depots/{number}/{page}").status_code == 404
