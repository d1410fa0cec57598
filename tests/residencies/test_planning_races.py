"""Two people plan the same artist at the same instant: one is placed, the other is warned."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from clea.accounts.models import User
from residencies.enums import ActivityState
from residencies.models import Activity, Session
from residencies.services import sessions
from tests.factories.residencies import ActivityFactory, ResidencyFactory
from tests.factories.structures import CoordinatorFactory
from tests.residencies.planning import codes, place, plan, signed


@pytest.mark.django_db(transaction=True)
def test_the_second_of_two_plannings_of_one_artist_is_warned() -> None:
    residency = signed(ResidencyFactory())
    activities = [
        ActivityFactory(residency=residency, structure=place(residency, name), state=ActivityState.WRITING)
        for name in ("Lieu A", "Lieu B")
    ]
    desks = [CoordinatorFactory(territory=residency.territory) for _ in activities]
    start, answers = threading.Barrier(2), list[str]()

    def act(by: User, activity: Activity) -> None:
        start.wait()
        try:
            plan(by, activity)
            answers.append("placed")
        except sessions.Warned as error:
            answers.extend(codes(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=pair) for pair in zip(desks, activities, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["artist_taken", "placed"]
    assert Session.objects.count() == 1
