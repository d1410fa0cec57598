"""A territory, and the browser of someone who coordinates it and administers nothing."""

from __future__ import annotations

import pytest

# Factories are imported inside: this file is read before the applications are loaded.


@pytest.fixture
def territory(db):
    from tests.factories.structures import TerritoryFactory

    return TerritoryFactory()


@pytest.fixture
def desk(client, territory):
    from tests.factories.structures import CoordinatorFactory

    client.force_login(CoordinatorFactory(territory=territory))
    return client
