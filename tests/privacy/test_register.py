"""The register of processing says what the program keeps, to the coordination and to everybody."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from clea.privacy import holdings
from clea.text import normalise
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


def test_the_register_and_the_public_page_say_each_delay_that_is_carried_out(client: Client) -> None:
    public = client.get("/donnees-personnelles/").content.decode()
    client.force_login(CoordinatorFactory())
    page = client.get("/coordination/registre-des-traitements/").content.decode()
    answer = client.get("/coordination/registre-des-traitements/registre-des-traitements.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [line[0] for line in lines[1:]] == [
        str(one.label) for one in sorted(holdings.everything(), key=lambda one: normalise(str(one.label)))
    ]
    assert {len(line) for line in lines} == {10}
    for one in holdings.everything():
        for shown in (public, page):
            assert str(one.duration) in shown.replace("&#x27;", "'")
