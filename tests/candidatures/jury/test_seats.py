"""Before a session is settled: who sits in its seats, and who may still file."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from candidatures.enums import JurorRole, Presence
from candidatures.models import Application, Extension, Juror, Jury, JurySession
from candidatures.rules import settling as cases
from candidatures.selectors import sessions as selectors
from candidatures.services.jury import members, sessions
from tests.factories.jury import JurorFactory, JuryFactory, eligible
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


class Table:
    """Three members, one of them away, whose seat a substitute takes."""

    def __init__(self) -> None:
        self.jury: Jury = JuryFactory(quorum_percent=100)
        self.desk = CoordinatorFactory(territory=self.jury.territory)
        self.there = [JurorFactory(jury=self.jury) for _n in range(2)]
        self.away: Juror = JurorFactory(jury=self.jury)
        self.substitute: Juror = JurorFactory(jury=self.jury, role=JurorRole.SUBSTITUTE)
        self.session: JurySession = sessions.open_session(by=self.desk, jury=self.jury, held_on=self.jury.reads_to)
        rows: list[tuple[Juror, str, Juror | None]] = [(juror, Presence.PRESENT, None) for juror in self.there]
        rows += [(self.away, Presence.EXCUSED, None), (self.substitute, Presence.PRESENT, self.away)]
        sessions.attend(by=self.desk, session=self.session, rows=rows)

    @property
    def count(self) -> tuple[int, int]:
        count = selectors.room(self.session).quorum
        return count.present, count.seats


def test_nothing_is_decided_while_an_artist_may_still_file_again() -> None:
    """Their page would say so: what could be changed in the morning no longer could after the session."""
    table = Table()
    (application,) = eligible(table.jury.call, 1)
    sessions.put_on_agenda(by=table.desk, session=table.session, applications=[application])
    until = timezone.now() + timedelta(days=1)
    Extension.objects.create(call=table.jury.call, user=application.owner, until=until, reason="Panne.")

    def codes() -> set[str]:
        return {row.code for row in cases.obstacles(sessions.examine(table.session), timezone.localdate())}

    assert "may_file" in codes()
    # In the shortlist nothing is filed any more; past its date neither.
    Application.objects.filter(pk=application.pk).update(state="shortlisted")
    assert "may_file" not in codes()
    Application.objects.filter(pk=application.pk).update(state="eligible")
    with time_machine.travel(until):
        assert "may_file" not in codes()


def test_a_substitute_holds_the_seat_they_sit_in() -> None:
    assert Table().count == (3, 3)


def test_a_substitute_who_becomes_a_member_holds_one_seat_not_two() -> None:
    table = Table()
    substitute = table.substitute
    members.change(by=table.desk, juror=substitute, institution=substitute.institution, role=JurorRole.MEMBER)
    assert table.count == (3, 4)


def test_a_substitute_who_was_removed_since_holds_no_seat() -> None:
    table = Table()
    members.remove(by=table.desk, juror=table.substitute, reason="Erreur.")
    assert table.count == (2, 3)


def test_a_member_who_leaves_after_the_session_sat_there() -> None:
    table = Table()
    JurySession.objects.filter(pk=table.session.pk).update(held_on=timezone.localdate() - timedelta(days=1))
    table.session.refresh_from_db()
    members.remove(by=table.desk, juror=table.substitute, reason="Mutation.")
    members.remove(by=table.desk, juror=table.there[0], reason="Mutation.")
    assert table.count == (3, 3)
    # Its attendance may be written again, with the same people.
    rows = [(row.juror, row.presence, row.replaces) for row in table.session.attendance.all()]
    sessions.attend(by=table.desk, session=table.session, rows=rows)
    assert table.count == (3, 3)
    chair = table.there[0]
    sessions.change_session(by=table.desk, session=table.session, chair=Juror.objects.get(pk=chair.pk))
