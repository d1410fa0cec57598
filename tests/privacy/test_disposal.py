"""A season's dossiers come to their end: warned, listed, approved, erased; the figures and the others stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.models import Application, Call, Decision, Minutes
from candidatures.selectors import kept
from candidatures.services import applications, erasure
from candidatures.services.desk import grant_extension
from clea.errors import Forbidden, Refused, StaleWrite
from clea.jobs.models import Job
from clea.mail.models import OutgoingMail
from clea.privacy import holdings
from clea.privacy import services as privacy
from clea.privacy.enums import DisposalState, LineState
from clea.privacy.models import DisposalList, KeptFigures, Warned
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import ApplicationFactory
from tests.privacy.world import ADDRESS, MARK, chain_holds, mails_about, process, stored, traces_of

pytestmark = pytest.mark.django_db(transaction=True)

_LATER = timedelta(days=31)


def _listed(call: object) -> DisposalList:
    """Warn now, list a month later; the caller travels."""
    privacy.run()
    with time_machine.travel(timezone.now() + _LATER, tick=False):
        privacy.run()
    return DisposalList.objects.get(scope=call.territory.slug)  # type: ignore[attr-defined]


def test_nothing_is_left_of_the_person_and_everything_of_the_others(client: Client) -> None:
    world = process(whole=True)
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
    edition = Minutes.objects.get()
    assert edition.document is not None
    assert edition.data["decisions"][1]["name"]
    erased = kept.erased_of(world["call"])
    assert (erased.filed, erased.states) == (1, {"declined": 1})
    assert KeptFigures.objects.get(name=kept.PORTRAIT).data == before
    client.force_login(world["agent"])
    jury = world["jury"].uuid
    places = {"call_change": world["call"].uuid, "jury_change": jury, "jury_sessions": jury, "jury_ranking": jury}
    for name, key in places.items():
        page = client.get(reverse(f"admin:candidatures_{name}", args=[key])).content.decode()
        assert MARK not in page
        assert name != "call_change" or "3 dossiers déposés" in page
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


def test_a_list_is_read_corrected_and_approved_by_who_answers_for_it(client: Client) -> None:
    """Taken off for a dispute, changed since it was read, mistyped, somebody else's: each is refused in words."""
    world = process()
    agent = world["agent"]
    # Warned today: nothing is listed before the notice has run, however late the clock was.
    privacy.run()
    told = OutgoingMail.objects.get(kind="application.retention")
    assert (told.to, Warned.objects.count()) == (ADDRESS, 1)
    assert set(DisposalList.objects.get().lines.values_list("holding", flat=True)) == {"appels.questions"}
    assert privacy.run() == 0
    with time_machine.travel(timezone.now() + _LATER, tick=False):
        assert privacy.run() == 1
        disposal = DisposalList.objects.get()
        line = disposal.lines.get(holding="dossiers.non-retenus")
        shown = privacy.seen(disposal)
        with pytest.raises(Forbidden):
            privacy.approve(by=UserFactory(is_staff=True), disposal=disposal, shown=shown, typed=disposal.number)
        with pytest.raises(Refused, match="Recopiez le numéro"):
            privacy.approve(by=agent, disposal=disposal, shown=shown, typed="oui")
        client.force_login(agent)
        place = reverse("admin:privacy_disposallist_change", args=[disposal.uuid])
        page = client.get(place).content.decode()
        # The list names nobody: its number leads to what must be read before it goes.
        assert f'{reverse("admin:candidatures_application_change", args=[line.subject])}">{line.reference}</a>' in page
        keep = reverse("admin:privacy_disposallist_keep", args=[disposal.uuid, line.uuid])
        assert "litige, un recours" in client.post(keep, {"why": " "}, follow=True).content.decode()
        client.post(keep, {"why": "Recours gracieux"})
        with pytest.raises(StaleWrite):
            privacy.approve(by=agent, disposal=disposal, shown=shown, typed=disposal.number)
        # By the page: what is kept stays, and is not asked about again the next day.
        approve = reverse("admin:privacy_disposallist_approve", args=[disposal.uuid])
        client.post(approve, {"shown": privacy.seen(disposal), "typed": disposal.number})
        printed = client.get(reverse("admin:privacy_disposallist_printed", args=[disposal.uuid]))
        assert printed.content.startswith(b"%PDF")
        assert privacy.run() == 0
    line.refresh_from_db()
    disposal.refresh_from_db()
    assert (line.state, line.why) == (LineState.KEPT, "Recours gracieux")
    assert disposal.state == DisposalState.CARRIED_OUT
    assert Application.objects.filter(pk=world["gone"].pk).exists()


def test_what_changed_since_the_approval_is_left_and_says_why() -> None:
    """The artist agrees between the approval and the work; the archive that names the dossier goes with the others."""
    world = process()
    disposal = _listed(world["call"])
    agent, gone = world["agent"], world["gone"]
    job = Job.objects.create(
        owner=agent, kind="dossiers.archive", label="x", params={"dossiers": [str(gone.uuid)]}, state="done",
        finished_at=timezone.now(), expires_at=timezone.now() + timedelta(days=60),
    )  # fmt: skip
    with time_machine.travel(timezone.now() + _LATER, tick=False):
        applications.stay_in_touch(by=world["owner"], application=gone, agreed=True)
        shown = privacy.seen(disposal)
        privacy.approve(by=agent, disposal=disposal, shown=shown, typed=disposal.number)
        line = disposal.lines.get(holding="dossiers.non-retenus")
        assert (line.state, bool(line.why)) == (LineState.LEFT, True)
        assert Job.objects.filter(pk=job.pk).exists()
        with pytest.raises(Forbidden):
            applications.stay_in_touch(by=agent, application=gone, agreed=False)
        applications.stay_in_touch(by=world["owner"], application=gone, agreed=False)
        erasure.erase(by=agent, application=gone, why="request")
    assert not Job.objects.filter(pk=job.pk).exists()


def test_a_draft_that_got_a_delay_since_is_left_and_an_early_erasure_draws_no_portrait() -> None:
    """Approved, then extended: it may still be filed. A dossier erased at once leaves the portrait to the end."""
    world = process()
    call, agent = world["call"], world["agent"]
    draft = ApplicationFactory(call=call)
    drafts = holdings.get("dossiers.brouillons")
    assert drafts.find
    assert drafts.dispose
    assert str(draft.uuid) in {due.subject for due in drafts.find(call.territory.slug, timezone.localdate())}
    grant_extension(by=agent, call=call, user=draft.owner, until=timezone.now() + timedelta(days=3), reason="Panne.")
    with pytest.raises(Refused, match="délai"), transaction.atomic():
        drafts.dispose(by=agent, scope=call.territory.slug, subject=str(draft.uuid))
    assert Application.objects.filter(pk=draft.pk).exists()

    Call.objects.filter(pk=call.pk).update(results_on=timezone.localdate() + timedelta(days=30))
    erasure.erase(by=agent, application=Application.objects.get(pk=world["gone"].pk), why="request")
    assert kept.erased_of(call).filed == 1
    assert kept.portrait_of(call) == []
