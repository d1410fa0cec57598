"""The jury in session: who counts, what is decided, and what makes it stand."""

import pytest

from candidatures.services.jury import sessions
from tests.candidatures.jury.sessions import committee, decided, held, states

pytestmark = pytest.mark.django_db


def test_a_session_moves_every_dossier_to_what_was_decided():
    room = committee()
    session = held(room)
    decided(room, session)
    minutes = sessions.settle(by=room.by, session=session)
    assert states(room) == ["selected", "reserve", "reserve", "declined", "declined", "declined"]
    assert minutes.edition == 1
