"""The desk answers who asks by an address: what is held here, a copy, an erasure; nothing of another territory."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.test import Client
from django.utils import timezone

from clea.accounts.models import User
from clea.journal.models import Entry
from structures.models import Professional
from tests.factories.structures import CoordinatorFactory, ProfessionalFactory, StructureFactory, TerritoryFactory

pytestmark = pytest.mark.django_db
URL = "/coordination/droits-d-une-personne/"
ADDRESS = "odile.terrier@exemple.test"


@pytest.fixture
def agent(client: Client) -> User:
    territory = TerritoryFactory(slug="ici")
    agent = CoordinatorFactory(territory=territory)
    client.force_login(agent)
    for place in (territory, TerritoryFactory(slug="ailleurs")):
        ProfessionalFactory(structure=StructureFactory(territory=place), email=ADDRESS, last_name="Terrier")
    return agent


def test_a_copy_holds_what_this_territory_holds_and_leaves_no_address_behind(client: Client, agent: User) -> None:
    page = client.post(URL, {"address": ADDRESS.upper(), "scope": "ici"})
    assert page.status_code == 200
    assert [(part.name, count) for part, count in page.context["held"]] == [("equipes", 1)]
    copy = client.post(URL, {"address": ADDRESS, "scope": "ici", "copy": "1"})
    files = zipfile.ZipFile(io.BytesIO(b"".join(copy.streaming_content)))  # type: ignore[attr-defined]
    assert len(json.loads(files.read("equipes.json"))["rows"]) == 1
    line = Entry.objects.get(verb="privacy.copy_given")
    assert ADDRESS not in json.dumps(line.data)


def test_what_may_go_goes_here_only_with_the_day_of_the_request(client: Client, agent: User) -> None:
    ask = {"address": ADDRESS, "scope": "ici", "part": "equipes"}
    assert client.post(URL, ask).status_code == 422
    assert Professional.objects.filter(email=ADDRESS).count() == 2
    assert client.post(URL, ask | {"asked_on": timezone.localdate().isoformat()}).status_code == 200
    assert Professional.objects.get(email=ADDRESS).structure.territory.slug == "ailleurs"
    assert Entry.objects.filter(verb="privacy.erased_on_request").count() == 1


def test_another_territory_is_no_choice(client: Client, agent: User) -> None:
    page = client.post(URL, {"address": ADDRESS, "scope": "ailleurs", "copy": "1"})
    assert page.status_code == 422
    assert not Entry.objects.filter(verb="privacy.copy_given").exists()
