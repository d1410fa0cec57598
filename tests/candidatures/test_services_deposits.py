"""Filing: the clock, the number, the snapshot, and fifty people at once."""

from __future__ import annotations

import io
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pikepdf
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.utils import timezone, translation

from candidatures import snapshot
from candidatures.enums import ApplicationState, CollaboratorRole, DepositKind
from candidatures.models import Application, Assembly, Deposit, DepositCounter, PieceRequest
from candidatures.services import applications, assembly, deposits, desk, pieces
from candidatures.services.jury import offers
from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.errors import Refused
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from tests.candidatures.jury.decided import Decided
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import (
    ApplicationFactory,
    CallFactory,
    CollaboratorFactory,
    ExtensionFactory,
    PieceRequestFactory,
    file_again,
    file_application,
    fill_application,
    tiny_pdf,
)
from tests.factories.structures import CoordinatorFactory

PARIS = ZoneInfo("Europe/Paris")
WINTER = datetime(2026, 2, 16, tzinfo=PARIS)
SUMMER = datetime(2026, 7, 1, 12, tzinfo=PARIS)

pytestmark = pytest.mark.django_db


def ready(closes_at: datetime, **kwargs: Any) -> Application:
    call = CallFactory(complete=True, opens_at=closes_at - timedelta(days=40), closes_at=closes_at)
    with time_machine.travel(closes_at - timedelta(days=2), tick=False):
        return ApplicationFactory(call=call, complete=True, **kwargs)


@pytest.mark.parametrize("closes_at", [WINTER, SUMMER], ids=["winter-midnight", "summer-noon"])
def test_the_last_second_before_is_accepted(closes_at: datetime) -> None:
    application = ready(closes_at)
    with time_machine.travel(closes_at - timedelta(seconds=1), tick=False):
        deposit = deposits.file(by=application.owner, application=application)
    assert deposit.received_at == closes_at - timedelta(seconds=1)
    assert Application.objects.get().state == ApplicationState.SUBMITTED


@pytest.mark.parametrize("closes_at", [WINTER, SUMMER], ids=["winter-midnight", "summer-noon"])
@pytest.mark.parametrize("late", [0, 1, 3600])
def test_the_second_itself_is_too_late_and_the_draft_is_intact(closes_at: datetime, late: int) -> None:
    application = ready(closes_at)
    with time_machine.travel(closes_at + timedelta(seconds=late), tick=False), pytest.raises(Refused) as refused:
        deposits.file(by=application.owner, application=application)
    assert refused.value.code == "closed"
    assert application.call.contact_email in str(refused.value)
    kept = Application.objects.get()
    assert kept.state == ApplicationState.DRAFT
    assert kept.documents.count() == 1
    assert kept.budget_lines.count() == 1
    assert Deposit.objects.count() == 0
    assert DepositCounter.objects.filter(last__gt=0).count() == 0


def test_midnight_in_paris_is_an_hour_of_utc_that_changes_with_the_season() -> None:
    assert WINTER.astimezone(UTC).hour == 23
    summer_midnight = datetime(2026, 7, 1, tzinfo=PARIS)
    application = ready(summer_midnight)
    with time_machine.travel(datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC), tick=False):
        deposits.file(by=application.owner, application=application)
    other = ready(summer_midnight)
    with time_machine.travel(datetime(2026, 6, 30, 22, 0, 0, tzinfo=UTC), tick=False), pytest.raises(Refused):
        deposits.file(by=other.owner, application=other)


def test_a_request_begun_before_and_committed_after_is_refused_with_the_draft_intact() -> None:
    application = ready(WINTER)
    real = snapshot.take

    def slow(taken: Application) -> snapshot.Snapshot:
        traveller.move_to(WINTER + timedelta(seconds=1))
        return real(taken)

    with (
        time_machine.travel(WINTER - timedelta(seconds=1), tick=False) as traveller,
        patch("candidatures.services.deposits.snapshot.take", slow),
        pytest.raises(Refused) as refused,
    ):
        deposits.file(by=application.owner, application=application)
    assert refused.value.code == "closed"
    assert Application.objects.get().state == ApplicationState.DRAFT
    assert Deposit.objects.count() == 0
    assert OutgoingMail.objects.count() == 0
    assert DepositCounter.objects.filter(last__gt=0).count() == 0


def test_a_closed_call_receives_from_the_one_person_who_has_an_extension() -> None:
    application = ready(WINTER)
    neighbour = ready(WINTER)
    coordinator = CoordinatorFactory(territory=application.call.territory)
    with time_machine.travel(WINTER - timedelta(hours=1), tick=False):
        desk.grant_extension(
            by=coordinator,
            call=application.call,
            user=application.owner,
            until=WINTER + timedelta(days=2),
            reason="Panne de la plateforme, constatée.",
        )
    with time_machine.travel(WINTER + timedelta(days=1), tick=False):
        assert deposits.file(by=application.owner, application=application).rank == 1
        with pytest.raises(Refused):
            deposits.file(by=neighbour.owner, application=neighbour)
    with time_machine.travel(WINTER + timedelta(days=2), tick=False):
        Application.objects.filter(pk=application.pk).update(content_version=99)
        with pytest.raises(Refused):
            deposits.file(by=application.owner, application=application)


def test_what_is_missing_is_said_in_words_and_nothing_is_filed() -> None:
    application = ApplicationFactory(complete=True)
    application.documents.all().delete()
    Application.objects.filter(pk=application.pk).update(phone="", accuracy_declared=False)
    with pytest.raises(deposits.Incomplete) as refused:
        deposits.file(by=application.owner, application=application)
    assert "un téléphone" in refused.value.missing
    assert "CV : à fournir" in refused.value.missing
    assert "certifier l'exactitude de votre dossier" in refused.value.missing
    assert Deposit.objects.count() == 0


def test_a_budget_over_the_ceiling_cannot_be_filed() -> None:
    application = ApplicationFactory(complete=True)
    application.budget_lines.update(gross="20000", employer_charges="4000.01", total="24000.01")
    with pytest.raises(deposits.Incomplete) as refused:
        deposits.file(by=application.owner, application=application)
    assert any("0,01" in message for message in refused.value.missing)


def test_filing_twice_without_a_change_makes_one_deposit() -> None:
    application = ApplicationFactory(complete=True)
    first = deposits.file(by=application.owner, application=application)
    second = deposits.file(by=application.owner, application=application)
    assert first == second
    assert Deposit.objects.count() == 1


def test_filing_again_makes_a_new_number_and_keeps_the_first() -> None:
    application = ApplicationFactory(complete=True)
    first = file_application(application)
    before = dict(first.data)
    applications.save_section(
        by=application.owner,
        application=application,
        section="pratique",
        changes=applications.Changes(columns={"practice": "Autre chose."}),
        version=0,
    )
    second = deposits.file(by=application.owner, application=application)
    kept = Application.objects.get()
    assert kept.last_deposit == second
    assert not kept.has_unfiled_changes
    assert (first.rank, second.rank) == (1, 2)
    assert first.number != second.number
    assert Deposit.objects.get(pk=first.pk).data == before
    assert second.data["practice"]["practice"] == "Autre chose."


def test_numbers_follow_one_another_across_calls_of_the_same_series() -> None:
    call = CallFactory(complete=True, reference_year=2026)
    sister = CallFactory(complete=True, season=call.season, reference_year=2026)
    emi = CallFactory(complete=True, season=call.season, reference_year=2026, reference_prefix="EMI")
    numbers = [file_application(ApplicationFactory(call=item, complete=True)).number for item in (call, sister, emi)]
    assert numbers == ["CLEA-2026-0001", "CLEA-2026-0002", "EMI-2026-0001"]


def test_the_acknowledgement_says_what_the_law_asks() -> None:
    application = ApplicationFactory(complete=True)
    deposit = deposits.file(by=application.owner, application=application)
    mail = OutgoingMail.objects.get(kind="application.acknowledgement")
    territory = application.call.territory
    assert mail.to == application.owner.email
    for expected in (
        deposit.number,
        deposit.sha256,
        application.call.contact_email,
        application.call.silence_notice,
        territory.service_name or territory.name,
        "Lettre d'intention",
    ):
        assert expected in mail.body


def test_a_deposit_cannot_be_changed_or_deleted() -> None:
    deposit = file_application(ApplicationFactory(complete=True))
    deposit.number = "CLEA-2026-9999"
    for attempt in (deposit.save, Deposit.objects.all().delete, lambda: Deposit.objects.update(rank=2)):
        with pytest.raises(TypeError):
            attempt()


def test_the_digest_covers_the_answers_and_each_piece() -> None:
    deposit = file_application(ApplicationFactory(complete=True))
    assert snapshot.digest(deposit.data) == deposit.sha256
    changed = deposit.data | {"practice": {"practice": "x"}}
    assert snapshot.digest(changed) != deposit.sha256
    listed = {piece["code"]: piece["sha256"] for piece in deposit.data["pieces"]}
    assert listed["cv"] == deposit.pieces.get(code="cv").stored_file.sha256


def test_a_co_applicant_who_edits_may_file_and_a_reader_may_not() -> None:
    application = ApplicationFactory(complete=True)
    editor = CollaboratorFactory(application=application, role=CollaboratorRole.EDIT).user
    reader = CollaboratorFactory(application=application, role=CollaboratorRole.READ).user
    with pytest.raises(Refused) as refused:
        deposits.file(by=reader, application=application)
    assert refused.value.code == "read_only"
    deposit = deposits.file(by=editor, application=application)
    assert deposit.filed_by == editor
    recipients = set(OutgoingMail.objects.values_list("to", flat=True))
    assert recipients == {application.owner.email, editor.email}


def test_a_stranger_files_nothing() -> None:
    application = ApplicationFactory(complete=True)
    with pytest.raises(Refused):
        deposits.file(by=UserFactory(), application=application)


def test_the_assembled_pdf_holds_the_pieces_in_order() -> None:
    application = ApplicationFactory(complete=True)
    pieces.add(
        by=application.owner,
        application=application,
        piece=application.call.pieces.get(code="cv"),
        upload=SimpleUploadedFile("cv.pdf", tiny_pdf(5), "application/pdf"),
    )
    deposit = deposits.file(by=application.owner, application=Application.objects.get())
    stored = assembly.ensure(deposit.pk)
    assert assembly.ensure(deposit.pk) == stored
    with stored.file.open("rb") as file, pikepdf.open(io.BytesIO(file.read())) as pdf:
        assert len(pdf.pages) == stored.pages
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root]
    assert titles[:3] == ["Page de garde", "Sommaire", "Fiche de candidature"]
    assert titles[3:5] == ["Lettre d'intention", "CV"]


def test_whoever_assembles_second_throws_their_copy_away() -> None:
    deposit = file_application(ApplicationFactory(complete=True))
    first: list[StoredFile] = []
    build = assembly._build

    def slow(*args: Any) -> Any:
        if not first:
            first.append(StoredFile())
            first[0] = assembly.ensure(deposit.pk)
        return build(*args)

    with patch.object(assembly, "_build", slow):
        stored = assembly.ensure(deposit.pk)
    assert stored == first[0]
    assert StoredFile.objects.filter(original_name=f"{deposit.number}.pdf").count() == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_while_the_assembled_dossier_is_copied() -> None:
    deposit = file_application(ApplicationFactory(complete=True))
    Assembly.objects.all().delete()
    held: list[bool] = []
    store = documents.store_path

    def watched(**kwargs: Any) -> StoredFile:
        held.append(connection.in_atomic_block)
        return store(**kwargs)

    with patch.object(documents, "store_path", watched):
        assembly.ensure(deposit.pk)
    assert held == [False]


def test_a_dossier_that_cannot_be_assembled_keeps_no_other_waiting() -> None:
    call = CallFactory(complete=True)
    made = [file_application(ApplicationFactory(call=call, complete=True)) for _n in range(2)]
    Assembly.objects.all().delete()
    broken = made[1].pieces.get(code="cv").stored_file
    broken.file.storage.delete(broken.file.name)
    assert assembly.pending() == 1
    assert Assembly.objects.get().deposit == made[0]


def test_a_piece_asked_for_makes_a_new_deposit_equal_to_the_last_plus_it() -> None:
    request = PieceRequestFactory()
    application = request.application
    first = application.last_deposit
    with time_machine.travel(application.call.closes_at + timedelta(days=1), tick=False):
        request.due_at = timezone.now() + timedelta(days=3)
        request.save()
        deposit = deposits.supplement(
            by=application.owner,
            request=request,
            upload=SimpleUploadedFile("nouveau-cv.pdf", tiny_pdf(4), "application/pdf"),
        )
    assert deposit.kind == DepositKind.SUPPLEMENT
    assert deposit.rank == 2
    assert deposit.pieces.get(code="cv").original_name == "nouveau-cv.pdf"
    assert deposit.data["identity"] == first.data["identity"]
    assert deposit.pieces.get(code="lettre").sha256 == first.pieces.get(code="lettre").sha256
    request.refresh_from_db()
    assert request.answered_at == deposit.received_at


def supplied(application: Application, name: str = "nouveau-cv.pdf") -> Deposit:
    request = PieceRequestFactory(application=application)
    upload = SimpleUploadedFile(name, tiny_pdf(4), "application/pdf")
    return deposits.supplement(by=application.owner, request=request, upload=upload)


def test_filing_again_keeps_the_piece_that_was_asked_for() -> None:
    application = ApplicationFactory(submitted=True)
    supplied(application)
    again = file_again(application)
    assert again.pieces.get(code="cv").original_name == "nouveau-cv.pdf"
    assert again.pieces.filter(code="cv").count() == 1


def test_a_piece_supplied_on_a_dossier_as_it_was_filed_leaves_nothing_to_file() -> None:
    application = ApplicationFactory(submitted=True)
    supplied(application)
    kept = Application.objects.get()
    assert not kept.has_unfiled_changes
    assert deposits.file(by=kept.owner, application=kept) == kept.last_deposit


def test_a_piece_supplied_does_not_file_the_changes_in_progress() -> None:
    application = ApplicationFactory(submitted=True)
    Application.objects.update(practice="En cours.", content_version=F("content_version") + 1)
    deposit = supplied(application)
    assert deposit.data["practice"]["practice"] == "Je dessine avec des gens."
    assert Application.objects.get().has_unfiled_changes


def test_a_change_after_a_supplement_is_told_in_the_journal() -> None:
    application = ApplicationFactory(submitted=True)
    supplied(application)
    assert not Entry.objects.filter(verb="application.edited").exists()
    pieces.remove(by=application.owner, application=application, piece=application.call.pieces.get(code="cv"))
    assert Entry.objects.get(verb="application.edited").data == {"section": "piece-cv"}


def test_a_supplement_is_in_the_language_of_what_it_completes() -> None:
    application = ApplicationFactory(submitted=True)
    with translation.override("en"):
        deposit = supplied(application)
    assert deposit.language == "fr"
    assert deposit.pieces.get(code="lettre").title == "Lettre d'intention"


def test_a_piece_nobody_may_send_any_more_is_not_even_inspected() -> None:
    request = PieceRequestFactory()
    upload = SimpleUploadedFile("cv.pdf", tiny_pdf(), "application/pdf")
    with (
        time_machine.travel(request.due_at, tick=False),
        patch("clea.documents.services.storage.inspect") as inspected,
        pytest.raises(Refused),
    ):
        deposits.supplement(by=request.application.owner, request=request, upload=upload)
    assert not inspected.called


def test_the_acknowledgement_says_the_person_s_own_close() -> None:
    closes_at = WINTER
    application = ready(closes_at)
    ExtensionFactory(call=application.call, user=application.owner, until=closes_at + timedelta(days=3))
    with time_machine.travel(closes_at + timedelta(days=1), tick=False):
        deposits.file(by=application.owner, application=application)
    body = OutgoingMail.objects.get(kind="application.acknowledgement").body
    assert "mercredi 18 février 2026" in body
    assert "dimanche 15 février 2026 inclus" not in body


def test_a_piece_that_comes_after_its_own_deadline_is_refused() -> None:
    request = PieceRequestFactory()
    with time_machine.travel(request.due_at, tick=False), pytest.raises(Refused) as refused:
        deposits.supplement(
            by=request.application.owner,
            request=request,
            upload=SimpleUploadedFile("cv.pdf", tiny_pdf(), "application/pdf"),
        )
    assert refused.value.code == "too_late"
    assert Deposit.objects.count() == 1


def test_withdrawing_keeps_the_deposits_and_frees_the_place() -> None:
    application = ApplicationFactory(submitted=True)
    applications.withdraw(by=application.owner, application=application)
    kept = Application.objects.get()
    assert kept.state == ApplicationState.WITHDRAWN
    assert kept.deposits.count() == 1
    again = applications.start(by=application.owner, call=application.call)
    assert again.pk != application.pk


def test_nobody_waits_for_a_piece_of_a_withdrawn_dossier() -> None:
    request = PieceRequestFactory()
    applications.withdraw(by=request.application.owner, application=request.application)
    assert not PieceRequest.objects.waiting().exists()


def test_an_accepted_residency_cannot_be_withdrawn_here() -> None:
    decided = Decided()
    application = decided.selected[0]
    offers.accept(by=application.owner, offer=decided.offer(application))
    with pytest.raises(Refused) as refused:
        applications.withdraw(by=application.owner, application=application)
    assert application.call.contact_email in str(refused.value)


def test_every_filing_leaves_a_line_in_the_journal() -> None:
    application = ApplicationFactory(submitted=True)
    file_again(application)
    lines = Entry.objects.filter(verb="application.filed", target_id=str(application.uuid)).order_by("seq")
    assert [line.data["rank"] for line in lines] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_fifty_artists_filing_at_the_same_moment_are_all_received_once(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    call = CallFactory(complete=True)
    people = [fill_application(ApplicationFactory(call=call)) for _ in range(50)]
    barrier = threading.Barrier(len(people))
    failures: list[Exception] = []

    def run(application: Application) -> None:
        try:
            barrier.wait()
            deposits.file(by=application.owner, application=application)
            # The double click of someone in a hurry.
            deposits.file(by=application.owner, application=application)
        except Exception as error:  # noqa: BLE001 - whatever a thread meets is the test's business
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(application,)) for application in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    numbers = sorted(Deposit.objects.values_list("number", flat=True))
    year = call.reference_year
    assert numbers == [f"CLEA-{year}-{rank:04d}" for rank in range(1, 51)]
    assert Application.objects.filter(state=ApplicationState.SUBMITTED).count() == 50
    assert OutgoingMail.objects.filter(kind="application.acknowledgement").count() == 50


@pytest.mark.parametrize("state", [ApplicationState.ELIGIBLE, ApplicationState.INELIGIBLE])
def test_a_dossier_checked_before_the_close_can_still_be_filed_again_and_is_then_to_check_anew(
    state: ApplicationState,
) -> None:
    application = ApplicationFactory(submitted=True, state=state)
    applications.save_section(
        by=application.owner,
        application=application,
        section="pratique",
        changes=applications.Changes(columns={"practice": "Une version plus juste."}),
        version=0,
    )
    assert deposits.file(by=application.owner, application=application).rank == 2
    assert Application.objects.get().state == ApplicationState.SUBMITTED


def test_a_dossier_before_the_committee_is_not_filed_again() -> None:
    application = ApplicationFactory(submitted=True, state=ApplicationState.SHORTLISTED)
    with pytest.raises(Refused) as refused:
        file_again(application)
    assert refused.value.code == "under_review"
