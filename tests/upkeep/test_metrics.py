"""What an operator's tools read at /sante/mesures/."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families

from tests.factories.accounts import AdministratorFactory
from tests.factories.mail import OutgoingMailFactory

pytestmark = pytest.mark.django_db
TOKEN = {"Authorization": "Bearer only-for-the-tools"}


def read(client: Client) -> dict[str, dict[tuple[str, ...], float]]:
    """What the page says, read by a parser that is not ours."""
    page = client.get("/sante/mesures/", headers=TOKEN)
    assert page.status_code == 200
    return {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in text_string_to_metric_families(page.content.decode())
    }


def test_the_figures_are_for_the_tools_and_for_administrators(client: Client, settings: Any) -> None:
    assert client.get("/sante/mesures/", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = "only-for-the-tools"
    assert client.get("/sante/mesures/", headers=TOKEN).status_code == 200
    assert client.get("/sante/mesures/", headers={"Authorization": "Bearer other"}).status_code == 404
    client.force_login(AdministratorFactory())
    assert client.get("/sante/mesures/").status_code == 200


def test_the_figures_count_what_waits_and_what_was_answered(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "only-for-the-tools"
    before = read(client)
    OutgoingMailFactory.create_batch(3)
    client.get("/sante/")
    after = read(client)
    assert after["clea_mails"][("draft",)] == before["clea_mails"].get(("draft",), 0) + 3
    answered = ("GET", "sante", "200")
    assert after["clea_requests"][answered] >= before["clea_requests"].get(answered, 0) + 2
    assert after["clea_disk_free_bytes"][()] > 0


def test_the_figures_cost_the_same_whatever_waits(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "only-for-the-tools"
    counts = []
    for rows in (3, 27):
        OutgoingMailFactory.create_batch(rows)
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            read(client)
        counts.append(len(asked))
    assert counts[0] == counts[1]
