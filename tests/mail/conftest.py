"""A kind of message that only these tests know, and who handles which territory.

Named on the command line, this folder's conftest is read before Django is ready: what imports
models is imported by the fixtures.
"""

from __future__ import annotations

import pytest

from clea.mail import kinds, scopes
from clea.mail.kinds import MailKind
from tests.plugins.smtp import smtp_server  # noqa: F401


@pytest.fixture(autouse=True)
def notice(monkeypatch):
    """The kind ``test.notice``, in French and English."""
    from tests.factories.mail import KIND

    kind = MailKind(
        key=KIND,
        label="avis de test",
        description="Part quand un test le demande.",
        variables={"numero": "numéro de dépôt", "nom": "nom de la personne"},
        subject={"fr": "Dépôt {{ numero }}", "en": "Filing {{ numero }}"},
        body={
            "fr": "Bonjour {{ nom }},\n\nvotre dépôt **{{ numero }}** est reçu.",
            "en": "Hello {{nom}},\n\nyour filing {{ numero }} has arrived.",
        },
        samples={"numero": "CLEA-2026-0042"},
    )
    monkeypatch.setitem(kinds._KINDS, KIND, kind)
    return kind


@pytest.fixture(autouse=True)
def territories(monkeypatch):
    """Addresses to the territories they handle; the tests fill it. Nothing else grants a right."""
    held: dict[str, set[str]] = {}
    monkeypatch.setattr(scopes, "_HOLDERS", [lambda user: held.get(user.email, set())])
    monkeypatch.setattr(scopes, "_NAMES", [lambda: {"lens": "Lens-Liévin", "bethune": "Béthune-Bruay"}])
    return held


@pytest.fixture
def coordinator(db, territories):
    """Someone who handles Lens-Liévin and nothing else."""
    from tests.factories.accounts import UserFactory

    user = UserFactory(is_staff=True, first_name="Cyr", last_name="Coron")
    territories[user.email] = {"lens"}
    return user


@pytest.fixture
def administrator(db):
    from tests.factories.accounts import AdministratorFactory

    return AdministratorFactory(first_name="Lise", last_name="Fosse")


@pytest.fixture
def values():
    return {"numero": "CLEA-2026-0042", "nom": "Ada Terril"}
