"""The coordinator's pages of a session."""

import pytest
from django.urls import reverse

from candidatures.models import Decision, JurySession
from candidatures.services.jury import sessions
from tests.candidatures.desk import text_of
from tests.candidatures.jury.sessions import committee, decided, held, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return committee()


@pytest.fixture
def desk(client, room):
    client.force_login(room.by)
    return client


def at(session, name="session", **kwargs):
    return reverse(
        f"admin:candidatures_jury_{name}", kwargs={"key": session.jury.uuid, "session_key": session.uuid} | kwargs
    )


def test_the_page_of_a_session_says_who_sits_and_what_is_decided(desk, room):
    session = held(room)
    page = text_of(desk.get(at(session)))
    assert "4 sièges sur 4 occupés, quorum 2 : atteint" in page
    assert all(row.display_name in page for row in room.dossiers)
    assert "Dossiers encore à décider" in page


def test_a_whole_session_through_the_pages(desk, room):
    sessions_page = reverse("admin:candidatures_jury_sessions", args=[room.jury.uuid])
    response = desk.post(sessions_page, {"held_on": "2026-03-10", "chair": room.jurors[0].pk, "place": "Mairie"})
    session = JurySession.objects.get()
    assert response.url == at(session)
    presences = {f"presence_{juror.pk}": "present" for juror in room.jurors} | {"seen": session.version}
    desk.post(at(session, "session_attendance"), presences)
    first, second, *_rest = room.dossiers
    for act, row in (("retenir", first), ("reserve", second)):
        desk.post(at(session, "session_decide"), {"acte": act, "dossier": [row.uuid]})
    desk.post(at(session, "session_rest"))
    asked = desk.get(at(session, "session_settle"))
    assert asked.context["obstacles"] == []
    desk.post(at(session, "session_settle"), {"seen": asked.context["form"]["seen"].value()})
    assert states(room) == ["selected", "reserve", "declined", "declined", "declined", "declined"]
    page = text_of(desk.get(at(session)))
    assert "Lire le procès-verbal (PDF)" in page
