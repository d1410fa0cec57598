"""The stage of the stories: one territory, one open call, one mail server, as many people as needed.

Named on the command line, this folder's conftest is read before Django is ready: what imports
models is imported by the fixtures.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import BrowserContext

from tests.plugins.smtp import smtp_server  # noqa: F401

if TYPE_CHECKING:
    from candidatures.models import Call
    from clea.accounts.models import User


@pytest.fixture(autouse=True)
def site(live_server: Any, smtp_server: Any, settings: Any) -> str:  # noqa: F811
    """The address that the messages give is the one the browser uses."""
    settings.SITE_URL = live_server.url
    return live_server.url


@pytest.fixture
def call(site: str) -> Call:
    """An open call with every kind of piece, its money rules, and a desk with a full address."""
    from tests.factories.candidatures import CallFactory, DisciplineFactory
    from tests.factories.structures import TerritoryFactory

    territory = TerritoryFactory(
        slug="terres-noires",
        name="Communauté des Terres noires",
        service_name="Service culture des Terres noires",
        contact_email="culture@terres-noires.exemple.test",
        contact_phone="00 00 00 00 01",
        contact_address="1 place du Carreau\n62000 Bourg",
    )
    for name in ("arts visuels", "danse", "création sonore"):
        DisciplineFactory(name=name)
    return CallFactory(
        territory=territory, complete=True, slug="residences", title="Résidences aux Terres noires",
        contact_email=territory.contact_email,
    )  # fmt: skip


@pytest.fixture
def signed_in(new_context: Callable[..., BrowserContext], site: str) -> Callable[..., BrowserContext]:
    """``signed_in(user, viewport=…)``: a browser where ``user`` already came in."""
    from django.conf import settings
    from django.test import Client

    def enter(user: User, **options: Any) -> BrowserContext:
        client = Client()
        client.force_login(user)
        context = new_context(**options)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])
        return context

    return enter
