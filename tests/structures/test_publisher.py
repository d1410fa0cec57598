"""The legal notice names the one territory that lives here."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.structures import TerritoryFactory

pytestmark = pytest.mark.django_db


def test_the_one_territory_publishes_the_site(client: Client) -> None:
    territory = TerritoryFactory(name="Communauté de l'essai", siren="123456789")
    page = client.get(reverse("legal")).content.decode()
    assert "Communauté de l&#x27;essai" in page
    assert "123456789" in page
    assert territory.contact_email in page


def test_with_several_territories_the_settings_say_who_publishes(client: Client, settings: object) -> None:
    TerritoryFactory(name="Premier territoire")
    TerritoryFactory(name="Second territoire")
    settings.LEGAL_NOTICE = {"name": "Syndicat commun", "director": "La présidence"}  # type: ignore[attr-defined]
    page = client.get(reverse("legal")).content.decode()
    assert "Syndicat commun" in page
    assert "Premier territoire" not in page
