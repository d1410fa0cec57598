"""A season's dossiers come to their end: warned, listed, approved, erased; the figures and the others stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from candidatures.models import Application, Decision, Minutes
from candidatures.selectors import kept
from candidatures.services import erasure
from clea.privacy import services as privacy
from clea.privacy.enums import DisposalState, LineState
from clea.privacy.models import DisposalList, KeptFigures
from tests.factories.accounts import UserFactory
from tests.privacy.world import ADDRESS, MARK, chain_holds, mails_about, process, stored, traces_of

pytestmark = pytest.mark.django_db(transaction=True)

_LATER = timedelta(days=31)


def _listed(call: object) -> DisposalList:
    """Warn now, list a month later; the caller travels."""
    privacy.run()
    with time_machine.travel(timezone.now() + _LATER, tick=False):
        privacy.run()
    return DisposalList.objects.get(scope=call.territory.slug)  # type: ignore[attr-defined]


def test_nothing_is_left_of_the_person_and_everything_of_the_others() -> None:
    world = process()
    before = kept.portrait(world["call"])
    files = set(erasure.files_of([world["gone"].pk]).values_list("file", flat=True))
    assert files
    assert files <= set(stored())
    assert {"candidatures.Application", "candidatures.Minutes", "mail.OutgoingMail"} <= traces_of(MARK, ADDRESS)
    disposal = _listed(world["call"])
    with time_machine.travel(timezone.now() + _LATER, tick=False):
        privacy.approve(
            by=world["agent"], disposal=disposal, shown=privacy.seen(disposal), typed=f" {disposal.number.lower()} "
        )
    disposal.refresh_from_db()
    assert disposal.state == DisposalState.CARRIED_OUT
    assert set(disposal.lines.values_list("holding", "state")) == {
        ("dossiers.non-retenus", LineState.DONE),
        ("appels.questions", LineState.DONE),
    }
    # Only the account is left, which has a retention of its own.
    assert traces_of(MARK, ADDRESS) == {"accounts.User", "account.EmailAddress", "journal.ActorSnapshot"}
    assert not files & set(stored())
    assert mails_about(world["gone"]) == 0
    assert chain_holds()
    # The others are whole, the minutes stand as the PDF they were printed to, the figures say the same.
    assert {row.pk for row in Application.objects.all()} == {world["selected"].pk, world["agreed"].pk}
    assert Decision.objects.count() == 2
    assert world["selected"].last_deposit.pieces.exists()
    assert mails_about(world["selected"])
    edition = Minutes.objects.get()
    assert edition.document is not None
    assert edition.data["decisions"][1]["name"]
    erased = kept.erased_of(world["call"])
    assert (erased.filed, erased.states) == (1, {"declined": 1})
    assert KeptFigures.objects.get(name=kept.PORTRAIT).data == before
    # Three years later, nobody came back: the account goes too, and with it the last trace.
    with time_machine.travel(timezone.now() + timedelta(days=1160), tick=False):
        privacy.run()
    with time_machine.travel(timezone.now() + timedelta(days=1200), tick=False):
        privacy.run()
        accounts = DisposalList.objects.get(scope="")
        chief = UserFactory(is_staff=True, is_superuser=True)
        privacy.approve(by=chief, disposal=accounts, shown=privacy.seen(accounts), typed=accounts.number)
    assert traces_of(MARK, ADDRESS) == set()
    assert chain_holds()
