"""The coordinator's pages of a session."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from candidatures.admin.jury.sessions import desk_items
from candidatures.models import Decision, JurySession, Position
from candidatures.selectors import sessions as selectors
from candidatures.services.jury import sessions
from tests.candidatures.desk import text_of
from tests.candidatures.jury.interviews import booked, open_slots
from tests.candidatures.jury.sessions import committee, decided, held, states, substitute
from tests.factories.candidatures import tiny_pdf
from tests.factories.jury import JurorFactory, RecusalFactory, ReviewFactory, eligible

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


def one(session, row):
    return at(session, "session_decision", dossier_key=row.uuid)


# Reading ------------------------------------------------------------------------------------


def test_the_page_of_a_session_says_who_sits_and_what_is_decided(desk, room):
    session = held(room)
    RecusalFactory(juror=room.jurors[1], application=room.dossiers[0])
    page = text_of(desk.get(at(session)))
    assert "4 sièges sur 4 occupés, quorum 2 : atteint" in page
    assert all(row.display_name in page for row in room.dossiers)
    assert "Dossiers encore à décider" in page
    assert page.count("3 sur 3, quorum 2") == 1
    assert f"Déport : {room.jurors[1]}" in page


def test_the_page_costs_the_same_with_three_and_forty_dossiers(desk, room):
    session = held(room)
    for dossier in room.dossiers[:3]:
        ReviewFactory(juror=room.jurors[0], application=dossier, notes=[3, 4])
    desk.get(at(session))
    with CaptureQueriesContext(
        connection,
    ) as few:
        desk.get(at(session))
    for row in eligible(room.call, 34):
        Decision.objects.create(session=session, application=row, outcome="declined")
        ReviewFactory(juror=room.jurors[1], application=row, notes=[2, 2])
    for _n in range(4):
        RecusalFactory(juror=JurorFactory(jury=room.jury), application=room.dossiers[0])
    with CaptureQueriesContext(connection) as many:
        desk.get(at(session))
    assert len(many) == len(few)
    assert len(many) <= 36


def test_a_settled_session_keeps_its_own_count(desk, room):
    session = held(room)
    RecusalFactory(juror=room.jurors[1], application=room.dossiers[0])
    decided(room, session)
    sessions.settle(by=room.by, session=session)
    type(room.jurors[1]).objects.filter(pk=room.jurors[1].pk).update(left_at=timezone.now())
    room.jurors[1].recusals.all().delete()
    page = text_of(desk.get(at(session)))
    assert "4 sièges sur 4 occupés, quorum 2 : atteint" in page
    assert page.count("3 sur 3, quorum 2") == 1
    assert page.count("4 sur 4, quorum 2") == 5


# A whole story ------------------------------------------------------------------------------


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
    asked = desk.get(at(session, "session_rest"))
    assert second.display_name not in text_of(asked)
    desk.post(at(session, "session_rest"), {"seen": asked.context["seen"]})
    asked = desk.get(at(session, "session_settle"))
    assert asked.context["obstacles"] == []
    desk.post(at(session, "session_settle"), {"seen": asked.context["form"]["seen"].value()})
    assert states(room) == ["selected", "reserve", "declined", "declined", "declined", "declined"]
    page = text_of(desk.get(at(session)))
    assert "Lire le procès-verbal (PDF)" in page
    assert "Enregistrer les présences" not in page
    pdf = desk.get(at(session, "minutes", edition=1), follow=True)
    assert pdf["Content-Type"] == "application/pdf"
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")
    signed = SimpleUploadedFile("pv.pdf", tiny_pdf(), content_type="application/pdf")
    desk.post(at(session, "minutes_signed", edition=1), {"fichier": signed})
    session.refresh_from_db()
    assert session.state == "closed"
    assert "Copie signée (PDF)" in text_of(desk.get(at(session)))
    desk.post(at(session, "session_correct"), {"reason": "Une voix mal comptée."})
    page = text_of(desk.get(at(session)))
    assert "Une voix mal comptée." in page
    assert "Copie signée (PDF)" in page
    assert set(states(room)) == {"eligible"}


def test_a_substitute_is_seated_through_the_page(desk, room):
    stand_in = substitute(room)
    session = held(room)
    sent = {f"presence_{juror.pk}": "present" for juror in room.jurors[:3]}
    sent |= {f"presence_{room.jurors[3].pk}": "excused", f"presence_{stand_in.pk}": "remote"}
    version = JurySession.objects.get().version
    taken = sent | {f"replaces_{stand_in.pk}": room.jurors[0].pk, "seen": version}
    response = desk.post(at(session, "session_attendance"), taken)
    assert f"{room.jurors[0]} est là" in text_of(response)
    desk.post(at(session, "session_attendance"), sent | {f"replaces_{stand_in.pk}": room.jurors[3].pk, "seen": version})
    assert session.attendance.get(juror=stand_in).replaces == room.jurors[3]


# Refused, and nothing lost ------------------------------------------------------------------


def test_two_coordinators_and_the_text_of_the_second_stays(desk, room):
    session = held(room)
    seen = JurySession.objects.get().version
    sessions.change_session(by=room.by, session=session, place="Salle du conseil")
    sent = {"held_on": "2026-03-12", "place": "Médiathèque", "account": "Tout ce que j'ai tapé.", "seen": seen}
    response = desk.post(at(session, "session_details"), sent)
    page = text_of(response)
    assert "Une autre personne, ou un autre onglet" in page
    assert "Tout ce que j'ai tapé." in page
    assert "Médiathèque" in page
    session.refresh_from_db()
    assert session.place == "Salle du conseil"
    again = response.context["details"]["seen"].value()
    desk.post(at(session, "session_details"), sent | {"seen": again})
    session.refresh_from_db()
    assert session.place == "Médiathèque"


def test_ticks_stay_when_somebody_decided_meanwhile(desk, room):
    session = held(room)
    mark = selectors.mark(session)
    sessions.decide(by=room.by, session=session, application=room.dossiers[0], outcome="declined")
    sent = {"acte": "reserve", "dossier": [row.uuid for row in room.dossiers[:2]], "seen": mark}
    response = desk.post(at(session, "session_decide"), sent)
    assert [line["ticked"] for line in response.context["rows"]].count(True) == 2
    assert "Une autre personne" in text_of(response)
    assert session.decisions.filter(outcome="reserve").count() == 0


def test_one_decision_written_by_two_people(desk, room):
    session = held(room)
    page = one(session, room.dossiers[0])
    seen = desk.get(page).context["form"]["seen"].value()
    sessions.decide(by=room.by, session=session, application=room.dossiers[0], outcome="reserve")
    sent = {"outcome": "declined", "reason": "Mon motif, tapé longuement.", "seen": seen}
    response = desk.post(page, sent)
    assert "Mon motif, tapé longuement." in text_of(response)
    assert session.decisions.get(application=room.dossiers[0]).outcome == "reserve"
    desk.post(page, sent | {"seen": response.context["form"]["seen"].value(), "tell_reason": "on"})
    row = session.decisions.get(application=room.dossiers[0])
    assert (row.outcome, row.reason, row.tell_reason) == ("declined", "Mon motif, tapé longuement.", True)


def test_what_a_rule_refuses_is_said_where_it_was_typed(desk, room):
    session = held(room)
    sent = {"outcome": "declined", "votes_for": "3", "votes_against": "2", "votes_blank": "0"}
    page = one(session, room.dossiers[0])
    response = desk.post(page, sent | {"seen": desk.get(page).context["form"]["seen"].value()})
    assert "5 voix pour 4 votants" in " ".join(response.context["form"].errors["votes_for"])


def test_too_many_artists_says_the_figure_and_keeps_the_ticks(desk, room):
    Position.objects.filter(call=room.call).update(count=1)
    session = held(room)
    sent = {"acte": "retenir", "dossier": [row.uuid for row in room.dossiers[:2]]}
    response = desk.post(at(session, "session_decide"), sent)
    assert "2 dossiers retenus pour 1 résidence à pourvoir." in text_of(response)
    assert [line["ticked"] for line in response.context["rows"]].count(True) == 2


def test_an_impossible_settling_shows_every_reason(desk, room):
    session = held(room, absent=3)
    response = desk.get(at(session, "session_settle"))
    page = text_of(response)
    assert "Il manque 1 membre pour atteindre le quorum" in page
    assert "Dossiers encore à décider" in page
    assert 'value="Arrêter la séance"' not in page


def test_an_interview_still_to_come_is_said_before_settling(desk, room):
    session = held(room)
    decided(room, session)
    assert "encore à venir" not in text_of(desk.get(at(session, "session_settle")))
    (slot,) = open_slots(room.jury, 1)
    booked(room.dossiers[0], slot)
    page = text_of(desk.get(at(session, "session_settle")))
    assert "1 entretien réservé est encore à venir : attendez-le, ou annulez-le." in page
    assert 'value="Arrêter la séance"' in page


def test_the_confirmation_is_of_what_was_shown(desk, room):
    session = held(room)
    decided(room, session)
    asked = desk.get(at(session, "session_settle"))
    seen = asked.context["form"]["seen"].value()
    sessions.decide(by=room.by, session=session, application=room.dossiers[5], outcome="reserve")
    response = desk.post(at(session, "session_settle"), {"seen": seen})
    assert response.status_code == 200
    assert set(states(room)) == {"eligible"}


# The reserve list ---------------------------------------------------------------------------


def test_the_reserve_list_is_put_in_order_without_a_script(desk, room):
    session = held(room)
    sessions.decide_many(by=room.by, session=session, applications=room.dossiers[:3], outcome="reserve")
    rows = selectors.reserve(session.decisions.all())
    ranks = {f"rang_{row.pk}": n for n, row in enumerate(rows, start=1)}

    def order():
        return [row.pk for row in selectors.reserve(session.decisions.all())]

    a, b, c = (row.pk for row in rows)
    desk.post(at(session, "session_reserve"), ranks | {"descendre": rows[0].application.uuid})
    assert order() == [b, a, c]
    desk.post(at(session, "session_reserve"), {f"rang_{b}": 1, f"rang_{a}": 2, f"rang_{c}": 1})
    assert order() == [c, b, a]
    page = text_of(desk.get(at(session)))
    # The key Enter, in a rank, presses the first button: the one that keeps the ranks.
    assert page.index("Enregistrer les rangs saisis") < page.index('name="descendre"')


@pytest.mark.parametrize("typed", ["²", "9" * 5000, "deux"])
def test_a_rank_that_is_no_number_is_no_rank(desk, room, typed):
    session = held(room)
    sessions.decide_many(by=room.by, session=session, applications=room.dossiers[:2], outcome="reserve")
    first, second = selectors.reserve(session.decisions.all())
    response = desk.post(at(session, "session_reserve"), {f"rang_{first.pk}": typed, f"rang_{second.pk}": "2"})
    assert response.status_code == 302
    assert [row.pk for row in selectors.reserve(session.decisions.all())] == [second.pk, first.pk]


@pytest.mark.parametrize("typed", ["²", "9" * 5000])
def test_a_page_whose_version_is_no_number_is_stale(desk, room, typed):
    session = held(room)
    response = desk.post(at(session, "session_details"), {"held_on": "2027-03-10", "seen": typed})
    assert response.status_code == 200
    assert JurySession.objects.get(pk=session.pk).held_on == session.held_on


# The desk's first page ----------------------------------------------------------------------


def lines(room):
    request = RequestFactory().get("/")
    request.user = room.by
    with CaptureQueriesContext(connection) as asked:
        found = desk_items(request)
    # The juries in hand, which the other lines of the page share.
    assert len(asked) == 2
    return [(str(line.label), line.count, line.urgency) for line in found]


def test_what_the_desk_says_of_sessions(room):
    assert lines(room) == []
    session = held(room)
    assert lines(room) == [("dossiers à décider", 6, "now")]
    sessions.change_session(by=room.by, session=session, held_on=timezone.localdate() + timedelta(days=3))
    assert lines(room) == [("jours avant la séance du jury", 3, "soon")]
    sessions.change_session(by=room.by, session=session, held_on=timezone.localdate())
    assert lines(room) == [("séance du jury aujourd'hui", 1, "now")]
    decided(room, session)
    sessions.settle(by=room.by, session=session)
    assert lines(room) == [("procès-verbal à faire signer", 1, "soon")]
