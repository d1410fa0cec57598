"""Who is behind is told: once a stage, never twice the same day, and nobody else."""

from __future__ import annotations

from datetime import date, timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.core.management import call_command

from candidatures.models import Juror, Jury
from candidatures.services.jury import members, notices, reminders
from clea.errors import Forbidden
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from tests.factories.jury import JurorFactory, JuryFactory, RecusalFactory, ReviewFactory, eligible, read_by
from tests.factories.structures import CoordinatorFactory, InstitutionFactory

pytestmark = pytest.mark.django_db
END = date(2026, 3, 1)


@pytest.fixture
def jury():
    jury = JuryFactory()
    Jury.objects.filter(pk=jury.pk).update(reads_from=date(2026, 2, 2), reads_to=END)
    jury.refresh_from_db()
    return jury


def run(days_before: int, hour: int = 9) -> int:
    """The command's two halves, so many days before the last day of reading."""
    day = END - timedelta(days=days_before)
    with time_machine.travel(f"{day.isoformat()} {hour:02d}:00+01:00", tick=False):
        return reminders.remind_readers() + reminders.remind_invited()


def told() -> list[str]:
    return list(OutgoingMail.objects.filter(kind="jury.reading_reminder").order_by("pk").values_list("to", flat=True))


def test_a_member_behind_is_told_a_week_before_two_days_before_and_the_day_after(jury):
    juror = JurorFactory(jury=jury)
    read_by(juror, *eligible(jury.call, 2))
    sent = {days: run(days) for days in (8, 7, 6, 5, 3, 2, 1, 0, -1, -2, -8)}
    assert {days for days, count in sent.items() if count} == {7, 2, -1}
    assert told() == [juror.user.email] * 3
    message = OutgoingMail.objects.filter(kind="jury.reading_reminder").first()
    assert message.subject.startswith("2 lectures à déposer")
    assert "dimanche 1er mars 2026" in message.body
    assert message.state == "approved"


def test_a_machine_that_was_off_catches_up_once(jury):
    read_by(JurorFactory(jury=jury), *eligible(jury.call, 1))
    assert [run(4), run(3), run(-3), run(-4)] == [1, 0, 1, 0]


def test_an_end_that_moves_has_its_reminders_again(jury):
    read_by(JurorFactory(jury=jury), *eligible(jury.call, 1))
    assert run(2) == 1
    Jury.objects.filter(pk=jury.pk).update(reads_to=END + timedelta(days=7))
    assert run(0) == 1


def test_nobody_else_is_told(jury):
    first, second = eligible(jury.call, 2)
    (decided,) = eligible(jury.call, 1, state="selected")
    done = JurorFactory(jury=jury)
    for application in (first, second):
        ReviewFactory(juror=done, application=application, notes=[4, 3])
    recused = JurorFactory(jury=jury)
    read_by(recused, first)
    RecusalFactory(juror=recused, application=first)
    read_by(JurorFactory(jury=jury), decided)
    read_by(JurorFactory(jury=jury, joined_at=None, invited_at=None), second)
    read_by(JurorFactory(jury=jury, user=first.owner), first)
    JurorFactory(jury=jury)
    assert [run(2), run(-1)] == [0, 0]


def test_a_reading_that_has_not_begun_or_has_no_end_says_nothing(jury):
    read_by(JurorFactory(jury=jury), *eligible(jury.call, 1))
    Jury.objects.filter(pk=jury.pk).update(reads_from=END)
    assert run(2) == 0
    Jury.objects.filter(pk=jury.pk).update(reads_to=None)
    assert run(-1) == 0


def test_one_that_fails_keeps_nobody_else_waiting(jury):
    applications = eligible(jury.call, 2)
    jurors = [JurorFactory(jury=jury) for _n in range(2)]
    for juror in jurors:
        read_by(juror, *applications)
    real = notices.readings_left

    def fails_once(*, juror, **more):
        if juror.pk == jurors[0].pk:
            raise RuntimeError("an address that nobody can write to")
        return real(juror=juror, **more)

    with patch.object(notices, "readings_left", fails_once):
        assert run(2) == 1
    assert told() == [jurors[1].user.email]
    assert run(2, hour=10) == 1


def test_an_invitation_without_an_answer_is_recalled_once_after_five_days(jury):
    by = CoordinatorFactory(territory=jury.territory)
    with time_machine.travel("2026-02-02 09:00+01:00", tick=False):
        juror = members.invite(
            by=by,
            jury=jury,
            email="silence@exemple.test",
            first_name="Camille",
            last_name="Exemple",
            institution=InstitutionFactory(territory=jury.territory),
            role="member",
        )
    recalled = OutgoingMail.objects.filter(kind="jury.invitation_reminder")
    sent = []
    for day in ("2026-02-06 09:00", "2026-02-07 09:00", "2026-02-08 09:00"):
        with time_machine.travel(f"{day}+01:00", tick=False):
            sent.append(reminders.remind_invited())
    assert sent == [0, 1, 0]
    # Invited again, the person has five more days.
    with time_machine.travel("2026-02-09 09:00+01:00", tick=False):
        members.invite_again(by=by, juror=juror)
        assert reminders.remind_invited() == 0
    with time_machine.travel("2026-02-14 09:00+01:00", tick=False):
        assert reminders.remind_invited() == 1
    assert recalled.count() == 2


@pytest.mark.parametrize("change", ["joined_at", "declined_at", "left_at"])
def test_an_invitation_that_was_answered_is_not_recalled(jury, change):
    with time_machine.travel("2026-02-12 09:00+01:00", tick=False):
        juror = JurorFactory(jury=jury, joined_at=None)
        Juror.objects.filter(pk=juror.pk).update(**{change: juror.invited_at})
        assert reminders.remind_invited() == 0


def test_an_invitation_is_not_recalled_once_the_reading_is_over(jury):
    with time_machine.travel("2026-03-02 09:00+01:00", tick=False):
        JurorFactory(jury=jury, joined_at=None)
        assert reminders.remind_invited() == 0


def test_the_command_tells_both_and_may_run_again(jury, capsys):
    with time_machine.travel("2026-02-27 09:00+01:00", tick=False):
        read_by(JurorFactory(jury=jury), *eligible(jury.call, 1))
        JurorFactory(jury=jury, joined_at=None)
        call_command("rappels")
        call_command("rappels")
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("2 rappel(s)")
    assert second.startswith("0 rappel(s)")


# By hand -------------------------------------------------------------------------------------


def test_the_coordination_writes_to_those_it_chose_and_once_a_day(jury):
    by = CoordinatorFactory(territory=jury.territory)
    applications = eligible(jury.call, 2)
    chosen, left_out = JurorFactory(jury=jury), JurorFactory(jury=jury)
    for juror in (chosen, left_out):
        read_by(juror, *applications)
    with time_machine.travel("2026-02-15 09:00+01:00", tick=False):
        assert [row.left for row in reminders.behind(jury)] == [2, 2]
        assert reminders.remind_now(by=by, jury=jury, jurors=[chosen]) == [chosen]
        assert reminders.remind_now(by=by, jury=jury, jurors=[chosen]) == []
        assert {row.juror.pk: row.told for row in reminders.behind(jury)} == {chosen.pk: True, left_out.pk: False}
    with time_machine.travel("2026-02-16 09:00+01:00", tick=False):
        assert reminders.remind_now(by=by, jury=jury, jurors=[chosen]) == [chosen]
    assert told() == [chosen.user.email] * 2
    assert Entry.objects.filter(verb="jury.member_reminded").count() == 2


def test_the_machine_and_the_coordination_do_not_write_the_same_day(jury):
    by = CoordinatorFactory(territory=jury.territory)
    juror = JurorFactory(jury=jury)
    read_by(juror, *eligible(jury.call, 1))
    with time_machine.travel("2026-02-27 08:00+01:00", tick=False):
        reminders.remind_now(by=by, jury=jury, jurors=[juror])
    assert run(2) == 0
    # The stage is not lost: it is told the day after.
    assert run(1) == 1


def test_only_the_territory_s_coordination_reminds(jury):
    juror = JurorFactory(jury=jury)
    read_by(juror, *eligible(jury.call, 1))
    with pytest.raises(Forbidden):
        reminders.remind_now(by=CoordinatorFactory(), jury=jury, jurors=[juror])
    assert told() == []


def test_who_is_behind_costs_the_same_whatever_their_number(jury, django_assert_num_queries):
    applications = eligible(jury.call, 2)
    for size in (3, 30):
        while Juror.objects.filter(jury=jury).count() < size:
            read_by(JurorFactory(jury=jury), *applications)
        with django_assert_num_queries(3):
            assert len(reminders.behind(jury)) == size
