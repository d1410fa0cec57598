"""Logs say what happened, where and how long it took; they name nobody and open no door."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from clea.upkeep import logs


@pytest.fixture
def access(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, logger="clea.access"):
        yield caplog


def written(record: logging.LogRecord) -> dict[str, Any]:
    logs.RequestId().filter(record)
    found: dict[str, Any] = json.loads(logs.Json().format(record))
    return found


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("refused for lea.moreau+x@exemple.test", "refused for …@exemple.test"),
        ("Not Found: /calendriers/9f86d081884c7d659a2feaa0c55ad015.ics", "Not Found: /calendriers/….ics"),
        ("/consentements/Mw:1tKz9x:2f0aQ-kd83jJSnWq_Zzz/", "/consentements/…/"),
        ("GET /coordination/recherche/?q=Moreau 200", "GET /coordination/recherche/?… 200"),
        ("password=hunter2 and 'token': 'abc'", "password=… and 'token': '…'"),
        (
            "/candidatures/2f1b0a4e-6c1d-4f7e-9a53-0d7f7a0c9b11/pieces/",
            "/candidatures/2f1b0a4e-6c1d-4f7e-9a53-0d7f7a0c9b11/pieces/",
        ),
        (
            "violates check constraint\nDETAIL:  Failing row contains (12, Léa Moreau,\n\nun projet secret).\n\n"
            "The above exception was the direct cause",
            "violates check constraint\nDETAIL: …\n\nThe above exception was the direct cause",
        ),
        ("La valeur «\u00a0Léa Moreau\u00a0» n'est pas un UUID", "La valeur «…» n'est pas un UUID"),
        ("ordinary words, 12:30 and http://localhost:8000/", "ordinary words, 12:30 and http://localhost:8000/"),
    ],
)
def test_what_names_a_person_or_opens_a_door_is_masked(text: str, masked: str) -> None:
    assert logs.mask(text) == masked


def test_a_traceback_is_masked_too_and_stays_one_line_of_json() -> None:
    try:
        raise ValueError("Key (email)=(lea.moreau@exemple.test) already exists")
    except ValueError:
        record = logging.LogRecord("clea", logging.ERROR, __file__, 1, "it broke", (), sys.exc_info())
    line = logs.Json().format(record) if logs.RequestId().filter(record) else ""
    assert "\n" not in line
    assert "lea.moreau" not in line
    found = json.loads(line)
    assert found["level"] == "ERROR"
    assert "already exists" in found["exc_info"]


@pytest.mark.django_db
def test_each_request_is_one_line_with_its_route_and_its_identifier(
    client: Client, access: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/sante/?cle=secrete")
    found = written(access.records[-1])
    assert found["message"] == "GET /sante/ 200"
    assert found["request_id"] == answer["X-Request-ID"]
    assert found["status"] == 200
    assert found["ms"] >= 0
    assert "secrete" not in access.text


@pytest.mark.django_db
def test_the_proxys_identifier_is_taken_when_there_is_a_proxy_and_it_is_one(client: Client, settings: Any) -> None:
    given = {"X-Request-ID": "abcdef-0123456789"}
    assert client.get("/sante/", headers=given)["X-Request-ID"] != given["X-Request-ID"]
    settings.BEHIND_PROXY = True
    assert client.get("/sante/", headers=given)["X-Request-ID"] == given["X-Request-ID"]
    assert "\n" not in client.get("/sante/", headers={"X-Request-ID": "a\nb" * 9})["X-Request-ID"]
