"""Assignments, plans and recusals at the same instant."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection

from candidatures.models import Application, Assignment, Recusal
from candidatures.selectors.assignment import Wish
from candidatures.services.jury import assignments, recusals
from clea.errors import Refused, StaleWrite
from clea.mail.models import OutgoingMail
from tests.factories.jury import JurorFactory, JuryFactory, eligible
from tests.factories.structures import CoordinatorFactory

WISH = Wish(readers=2, institutions=2)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run them at once, each in its thread and its connection: results, or the refusals."""
    results: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(rank: int) -> None:
        start.wait(20)
        try:
            results[rank] = acts[rank]()
        except Exception as error:  # noqa: BLE001
            results[rank] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_apply_the_same_plan_once():
    jury = JuryFactory()
    coordinator = CoordinatorFactory(territory=jury.territory)
    for _ in range(4):
        JurorFactory(jury=jury)
    eligible(jury.call, 6)
    plan = assignments.preview(jury, WISH).signed
    results = together(*[lambda: assignments.apply(by=coordinator, jury=jury, plan=plan)] * 2)
    done = [result for result in results if isinstance(result, assignments.Done)]
    assert [row.given for row in done] == [12]
    assert sum(isinstance(result, StaleWrite) for result in results) == 1
    assert Assignment.objects.count() == 12
    assert OutgoingMail.objects.filter(kind="jury.assigned").count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_recusal_and_an_assignment_at_once_never_leave_the_dossier_open():
    jury = JuryFactory()
    coordinator = CoordinatorFactory(territory=jury.territory)
    juror = JurorFactory(jury=jury)
    for dossier in eligible(jury.call, 4):
        pairs = [(juror, dossier)]
        recused, given = together(
            partial(recusals.declare, by=coordinator, juror=juror, application=dossier, reason="work"),
            partial(assignments.assign, by=coordinator, jury=jury, pairs=pairs),
        )
        assert isinstance(recused, Recusal)
        # Given first, it was taken back; asked after, it was refused with the reason.
        assert isinstance(given, assignments.Done) or (isinstance(given, Refused) and given.code == "recused")
    assert not Application.objects.readable_by(juror).exists()
    assert not Assignment.objects.exists()
