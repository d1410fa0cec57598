"""Drafts: one each, saved page by page, never overwritten silently."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from candidatures import sections, selectors
from candidatures.enums import (
    ApplicantKind,
    ApplicationState,
    CallStatus,
    CollaboratorRole,
    InvitationKind,
    LetterOutcome,
)
from candidatures.models import Application, Call, Collaborator, Document, Invitation, Letter
from candidatures.services import applications, collaborators, pieces
from candidatures.services.applications import Changes
from clea.documents.models import StoredFile
from clea.documents.services import PieceRefused
from clea.errors import Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import (
    ApplicationFactory,
    CallFactory,
    CollaboratorFactory,
    file_application,
    tiny_pdf,
)
from tests.factories.mail import OutgoingMailFactory
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


def pdf(pages: int = 1, name: str = "piece.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, tiny_pdf(pages), "application/pdf")


def save(application: Application, section: str, version: int | None, **columns: object) -> Application:
    return applications.save_section(
        by=application.owner,
        application=application,
        section=section,
        changes=Changes(columns=columns),
        version=version,
    )


def test_starting_twice_finds_the_same_draft() -> None:
    call, artist = CallFactory(complete=True), UserFactory()
    assert applications.start(by=artist, call=call) == applications.start(by=artist, call=call)
    assert Application.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_start_one_draft() -> None:
    call, artist = CallFactory(complete=True), UserFactory()
    barrier, found = threading.Barrier(4), []

    def click() -> None:
        barrier.wait()
        try:
            found.append(applications.start(by=artist, call=call).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


@pytest.mark.django_db(transaction=True)
def test_whoever_waited_for_a_dossier_reads_what_was_written_meanwhile() -> None:
    application = ApplicationFactory(complete=True)
    read: list[list[str]] = []

    def other_tab() -> None:
        try:
            with transaction.atomic():
                found, _access = selectors.dossier(application.uuid, application.owner, "members", locked=True)
                read.append([member.name for member in found.members.all()])
        finally:
            connection.close()

    thread = threading.Thread(target=other_tab)
    with transaction.atomic():
        locked = applications.lock(application)
        thread.start()
        time.sleep(0.5)  # until it waits for the row
        locked.members.create(name="Lia", order=0)
        applications.touch(locked, by=locked.owner, section=sections.IDENTITY)
    thread.join()
    assert read == [["Lia"]]


@pytest.mark.parametrize(
    ("kind", "code"), [("closed", "closed"), ("upcoming", "not_open_yet"), ("draft", "not_published")]
)
def test_a_call_that_is_not_open_takes_no_draft_and_says_why(kind: str, code: str) -> None:
    call = CallFactory(complete=True, **{kind: True})
    with pytest.raises(Refused) as refused:
        applications.start(by=UserFactory(), call=call)
    assert refused.value.code == code


def test_a_draft_cannot_be_written_after_the_close_whatever_the_door() -> None:
    application = ApplicationFactory(complete=True)
    with time_machine.travel(application.call.closes_at, tick=False):
        for attempt in (
            lambda: save(application, "pratique", 0, practice="x"),
            lambda: pieces.add(by=application.owner, application=application, piece=None, upload=pdf()),
            lambda: pieces.remove(
                by=application.owner, application=application, piece=application.call.pieces.get(code="cv")
            ),
        ):
            with pytest.raises(Refused) as refused:
                attempt()
            assert refused.value.code == "closed"


def test_another_tab_does_not_overwrite_silently() -> None:
    application = ApplicationFactory()
    save(application, "pratique", 0, practice="Premier onglet.")
    with pytest.raises(StaleWrite):
        save(application, "pratique", 0, practice="Second onglet.")
    assert Application.objects.get().practice == "Premier onglet."
    save(application, "pratique", None, practice="Choix assumé.")
    assert Application.objects.get().practice == "Choix assumé."


def test_the_page_last_written_sent_again_is_neither_a_conflict_nor_a_second_write() -> None:
    application = ApplicationFactory()
    save(application, sections.PRACTICE, 0, practice="Une phrase.")
    again = save(application, sections.PRACTICE, 0, practice="Une phrase.")
    assert again.section_version(sections.PRACTICE) == 1
    save(application, sections.PRACTICE, 1, practice="Une autre.")
    with pytest.raises(StaleWrite):
        save(application, sections.PRACTICE, 0, practice="Une phrase.")


def test_passing_through_a_page_without_a_change_leaves_a_filed_dossier_as_it_was_filed() -> None:
    application = ApplicationFactory(complete=True)
    saved = save(application, "pratique", 0, practice="Je peins.")
    file_application(saved)
    save(application, "pratique", saved.section_version("pratique"), practice="Je peins.")
    assert not Application.objects.get().has_unfiled_changes
    save(application, "pratique", saved.section_version("pratique"), practice="Je grave.")
    assert Application.objects.get().has_unfiled_changes


def test_a_value_of_the_wrong_shape_is_refused_and_nothing_is_written() -> None:
    application = ApplicationFactory()
    with pytest.raises(Refused):
        save(application, "identite", 0, applicant_kind="", artist_name="Autre")
    kept = Application.objects.get()
    assert (kept.applicant_kind, kept.artist_name) == (ApplicantKind.ARTIST, application.artist_name)


def test_a_remark_left_out_stays_as_it_was() -> None:
    application = ApplicationFactory()
    criterion = application.call.criteria.first()
    for version, remark in enumerate(["Permis B depuis 2010.", None]):
        applications.save_section(
            by=application.owner,
            application=application,
            section="conditions",
            changes=Changes(declarations={criterion.pk: (True, remark)}),
            version=version,
        )
    assert application.declarations.get().comment == "Permis B depuis 2010."


def test_a_call_taken_back_meanwhile_takes_no_draft() -> None:
    call = CallFactory(complete=True)
    Call.objects.update(status=CallStatus.DRAFT)
    with pytest.raises(Refused) as refused:
        applications.start(by=UserFactory(), call=call)
    assert refused.value.code == "not_published"
    assert not Application.objects.exists()


def test_two_pages_do_not_disturb_each_other() -> None:
    application = ApplicationFactory()
    save(application, "pratique", 0, practice="Danse.")
    save(application, "articulation", 0, territory_link="Les terrils.")
    kept = Application.objects.get()
    assert (kept.practice, kept.territory_link) == ("Danse.", "Les terrils.")


def test_a_page_cannot_write_the_column_of_another() -> None:
    application = ApplicationFactory()
    save(application, "pratique", 0, practice="Danse.", accuracy_declared=True)
    assert not Application.objects.get().accuracy_declared


def test_rows_are_replaced_in_their_order() -> None:
    application = ApplicationFactory()
    rows = [{"name": "Basile", "role": "son"}, {"name": "Céleste", "role": ""}]
    applications.save_section(
        by=application.owner, application=application, section="identite", changes=Changes(rows=rows), version=0
    )
    applications.save_section(
        by=application.owner, application=application, section="identite", changes=Changes(rows=rows[::-1]), version=1
    )
    assert [member.name for member in application.members.all()] == ["Céleste", "Basile"]


def test_a_run_of_saves_leaves_one_line_in_the_journal() -> None:
    application = ApplicationFactory()
    with time_machine.travel(application.call.opens_at + timedelta(days=1), tick=False) as clock:
        for version in range(3):
            save(application, "pratique", version, practice=f"État {version}")
            clock.shift(timedelta(minutes=4))
        clock.shift(timedelta(minutes=15))
        save(application, "pratique", 3, practice="Plus tard")
    assert Entry.objects.filter(verb="application.edited").count() == 2


def test_a_collective_needs_another_member() -> None:
    application = ApplicationFactory(complete=True)
    Application.objects.update(applicant_kind=ApplicantKind.COLLECTIVE)
    tasks = sections.task_list(selectors.with_content(application.pk))
    assert tasks.missing == ["au moins un autre membre du collectif"]


def test_one_pdf_that_holds_the_pieces_stands_for_them() -> None:
    application = ApplicationFactory(complete=True)
    application.documents.all().delete()
    application.answers.all().delete()
    pieces.add(by=application.owner, application=application, piece=None, upload=pdf(12, "dossier.pdf"))
    tasks = sections.task_list(selectors.with_content(application.pk))
    assert "cocher les pièces que contient votre PDF unique" in tasks.missing
    held = set(application.call.pieces.filter(code__in=["lettre", "cv"]).values_list("pk", flat=True))
    applications.save_section(
        by=application.owner,
        application=application,
        section=sections.SINGLE_PDF,
        changes=Changes(columns={"single_pdf": True}, ticked_pieces=held),
        version=1,
    )
    assert sections.task_list(selectors.with_content(application.pk)).complete
    deposit = file_application(Application.objects.get())
    assert deposit.data["held_by_single_pdf"] == ["lettre", "cv"]
    assert deposit.pieces.first().original_name == "dossier.pdf"


def test_replacing_a_piece_deletes_the_former_file_unless_it_was_filed() -> None:
    application = ApplicationFactory(complete=True)
    cv = application.call.pieces.get(code="cv")
    drafted = Document.objects.get(piece=cv).stored_file
    pieces.add(by=application.owner, application=application, piece=cv, upload=pdf(3))
    assert not StoredFile.objects.filter(pk=drafted.pk).exists()
    file_application(Application.objects.get())
    filed = Document.objects.get(piece=cv).stored_file
    pieces.add(by=application.owner, application=Application.objects.get(), piece=cv, upload=pdf(4))
    assert StoredFile.objects.filter(pk=filed.pk).exists()
    assert filed.deposit_pieces.count() == 1


def test_a_refused_file_leaves_the_former_one_in_place() -> None:
    application = ApplicationFactory(complete=True)
    cv = application.call.pieces.get(code="cv")
    before = Document.objects.get(piece=cv)
    with pytest.raises(PieceRefused):
        pieces.add(
            by=application.owner,
            application=application,
            piece=cv,
            upload=SimpleUploadedFile("cv.pdf", b"MZ not a pdf", "application/pdf"),
        )
    assert Document.objects.get(piece=cv) == before
    assert StoredFile.objects.count() == 1


def test_the_limit_of_pages_of_a_piece_is_its_own() -> None:
    application = ApplicationFactory(complete=True)
    cv = application.call.pieces.get(code="cv")
    cv.max_pages = 2
    cv.save()
    pieces.add(by=application.owner, application=application, piece=cv, upload=pdf(2))
    with pytest.raises(PieceRefused):
        pieces.add(by=application.owner, application=application, piece=cv, upload=pdf(3))


def invitation_token(kind: InvitationKind, email: str) -> tuple[Application, str]:
    application = ApplicationFactory()
    collaborators.invite(by=application.owner, application=application, email=email, kind=kind)
    body = OutgoingMail.objects.get(kind="collaborator.invitation").body
    token = body.split("/candidatures/invitations/")[1].split("/")[0]
    return application, token


def test_an_invited_person_edits_once_they_accept() -> None:
    friend = UserFactory()
    application, token = invitation_token(InvitationKind.EDIT, friend.email.upper())
    assert not Application.objects.of(friend).exists()
    invitation = collaborators.find(token)
    assert invitation is not None
    collaborators.accept(by=friend, invitation=invitation)
    assert Collaborator.objects.get().role == CollaboratorRole.EDIT
    applications.save_section(
        by=friend, application=application, section="pratique", changes=Changes(columns={"practice": "Ami."}), version=0
    )
    with pytest.raises(Refused) as refused:
        collaborators.accept(by=friend, invitation=invitation)
    assert refused.value.code == "accepted"


def test_the_token_is_not_kept() -> None:
    _application, token = invitation_token(InvitationKind.READ, "ami@exemple.test")
    assert Invitation.objects.get().token_digest == collaborators.digest(token)
    assert token not in Invitation.objects.get().token_digest


def test_the_desk_does_not_read_an_invitation_into_somebody_s_draft() -> None:
    application, _token = invitation_token(InvitationKind.EDIT, "ami@exemple.test")
    coordinator = CoordinatorFactory(territory=application.call.territory)
    assert not OutgoingMail.objects.visible_to(coordinator).filter(kind="collaborator.invitation").exists()


def test_only_the_invited_address_may_accept_and_only_in_time() -> None:
    application, token = invitation_token(InvitationKind.READ, "ami@exemple.test")
    invitation = collaborators.find(token)
    assert invitation is not None
    with pytest.raises(Refused) as refused:
        collaborators.accept(by=UserFactory(), invitation=invitation)
    assert refused.value.code == "other_address"
    with time_machine.travel(invitation.expires_at, tick=False), pytest.raises(Refused) as refused:
        collaborators.accept(by=UserFactory(email="ami@exemple.test"), invitation=invitation)
    assert refused.value.code == "expired"
    assert application.collaborators.count() == 0


def test_a_dossier_handed_over_changes_hands_and_its_former_owner_still_edits() -> None:
    heir = UserFactory()
    application, token = invitation_token(InvitationKind.OWNER, heir.email)
    former = application.owner
    invitation = collaborators.find(token)
    assert invitation is not None
    collaborators.accept(by=heir, invitation=invitation)
    kept = Application.objects.get()
    assert kept.owner == heir
    assert kept.collaborators.get().user == former
    assert Entry.objects.filter(verb="collaborator.owner_changed", target_id=str(kept.uuid)).exists()


def test_a_place_promised_by_the_former_owner_is_no_longer_theirs_to_give() -> None:
    heir, other = UserFactory(), UserFactory()
    application, promised = invitation_token(InvitationKind.OWNER, other.email)
    collaborators.invite(by=application.owner, application=application, email=heir.email, kind=InvitationKind.OWNER)
    body = OutgoingMail.objects.get(to=heir.email).body
    first = collaborators.find(body.split("/candidatures/invitations/")[1].split("/")[0])
    second = collaborators.find(promised)
    assert first is not None
    assert second is not None
    collaborators.accept(by=heir, invitation=first)
    with pytest.raises(Refused) as refused:
        collaborators.accept(by=other, invitation=second)
    assert refused.value.code == "expired"
    assert Application.objects.get().owner == heir


def test_one_person_sends_twenty_invitations_a_day_cancelled_ones_included() -> None:
    application = ApplicationFactory()

    def send(n: int) -> Invitation:
        return collaborators.invite(
            by=application.owner, application=application, email=f"ami{n}@exemple.test", kind=InvitationKind.READ
        )

    for n in range(20):
        collaborators.revoke(by=application.owner, invitation=send(n))
    with pytest.raises(Refused) as refused:
        send(20)
    assert refused.value.code == "too_many_today"
    with time_machine.travel(timedelta(days=1, minutes=1), tick=False):
        send(20)


def test_someone_who_has_a_dossier_for_the_call_cannot_take_another() -> None:
    heir = UserFactory()
    application, token = invitation_token(InvitationKind.OWNER, heir.email)
    applications.start(by=heir, call=application.call)
    invitation = collaborators.find(token)
    assert invitation is not None
    with pytest.raises(Refused) as refused:
        collaborators.accept(by=heir, invitation=invitation)
    assert refused.value.code == "has_one"


def test_a_co_applicant_invites_nobody_and_withdraws_nothing() -> None:
    application = ApplicationFactory(submitted=True)
    editor = CollaboratorFactory(application=application, role=CollaboratorRole.EDIT).user
    with pytest.raises(Refused):
        collaborators.invite(by=editor, application=application, email="x@exemple.test", kind=InvitationKind.READ)
    with pytest.raises(Refused):
        applications.withdraw(by=editor, application=application)
    assert Application.objects.get().state == ApplicationState.SUBMITTED


def test_nobody_joins_a_dossier_whose_decision_was_announced() -> None:
    heir = UserFactory()
    application, token = invitation_token(InvitationKind.OWNER, heir.email)
    Application.objects.update(state=ApplicationState.DECLINED)
    mail = OutgoingMailFactory(sent=True)
    Letter.objects.create(application=application, outcome=LetterOutcome.DECLINED, mail=mail)
    invitation = collaborators.find(token)
    assert invitation is not None
    with pytest.raises(Refused) as refused:
        collaborators.accept(by=heir, invitation=invitation)
    assert refused.value.code == "closed_file"
    assert Application.objects.get().owner == application.owner


def test_a_dossier_handed_over_before_the_announcement_takes_its_letter_back() -> None:
    """Refusing would tell that there is a decision; the letter is not for the former owner to read."""
    heir = UserFactory()
    application, token = invitation_token(InvitationKind.OWNER, heir.email)
    Application.objects.update(state=ApplicationState.DECLINED)
    mail = OutgoingMailFactory()
    Letter.objects.create(application=application, outcome=LetterOutcome.DECLINED, mail=mail)
    invitation = collaborators.find(token)
    assert invitation is not None
    collaborators.accept(by=heir, invitation=invitation)
    mail.refresh_from_db()
    assert mail.state == MailState.CANCELLED
    assert Application.objects.get().owner == heir


def test_two_clicks_remove_a_co_applicant_once() -> None:
    collaborator = CollaboratorFactory()
    owner = collaborator.application.owner
    again = Collaborator.objects.get()
    collaborators.leave_or_remove(by=owner, collaborator=collaborator)
    with pytest.raises(Refused):
        collaborators.leave_or_remove(by=owner, collaborator=again)
    with pytest.raises(Refused):
        collaborators.change_role(by=owner, collaborator=again, role=CollaboratorRole.EDIT)
    assert Entry.objects.filter(verb="collaborator.removed").count() == 1


def test_a_co_applicant_may_leave() -> None:
    membership = CollaboratorFactory()
    collaborators.leave_or_remove(by=membership.user, collaborator=membership)
    assert Collaborator.objects.count() == 0
