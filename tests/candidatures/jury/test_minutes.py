"""The minutes: what they say, who reads them, how they are signed, corrected, and made once."""

import io
import re
import subprocess
import threading
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.enums import ApplicationState, LetterOutcome, OfferState, ReviewState
from candidatures.models import Application, Letter, Minutes, Offer, Review
from candidatures.selectors import sessions as selectors
from candidatures.services.jury import minutes, reviews, sessions
from clea.documents.models import StoredFile
from clea.errors import Refused
from clea.journal.models import Entry
from clea.mail import services as mail
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from tests.candidatures.jury.sessions import committee, decided, held, present, states, substitute
from tests.factories.candidatures import tiny_pdf
from tests.factories.jury import RecusalFactory, ReviewFactory, read_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return committee()


def words(content: bytes) -> str:
    """The text of a PDF on one line."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return re.sub(r"\s+", " ", done.stdout.decode())


def printed(edition):
    with minutes.ensure(edition.pk).file.open("rb") as file:
        return file.read()


def scan(name="signé.pdf"):
    return SimpleUploadedFile(name, tiny_pdf(2), content_type="application/pdf")


def settled(room, **kwargs):
    session = held(room)
    decided(room, session)
    return session, sessions.settle(by=room.by, session=session, **kwargs)


def refused(act, **kwargs):
    with pytest.raises(Refused) as caught:
        act(**kwargs)
    return caught.value.code, str(caught.value)


# What they say ------------------------------------------------------------------------------


def test_the_minutes_say_everything_in_an_accessible_pdf(room):
    stand_in = substitute(room)
    session = held(room)
    present(room, session, absent=1, instead=[(stand_in, room.jurors[3])])
    ReviewFactory(juror=room.jurors[0], application=room.dossiers[0], notes=[5, 5])
    RecusalFactory(juror=room.jurors[1], application=room.dossiers[4], words="C'est mon cousin Gaspard.")
    sessions.change_session(by=room.by, session=session, account="Le jury **ouvre** la séance à neuf heures.")
    sessions.propose(by=room.by, session=session, source="ranking", reserve=0)
    sessions.decide_many(by=room.by, session=session, applications=room.dossiers[2:4], outcome="reserve")
    sessions.decline_rest(by=room.by, session=session)
    sessions.decide(
        by=room.by,
        session=session,
        application=room.dossiers[4],
        outcome="declined",
        votes=(1, 2, 0),
        reason="Calendrier incompatible avec l'immersion.",
    )
    edition = sessions.settle(by=room.by, session=session)
    content = printed(edition)
    text = words(content)
    for said in (
        "Procès-verbal du jury",
        room.call.title,
        room.call.territory.name,
        "Maison des arts",
        "Camille Secrétaire",
        *(str(juror) for juror in room.jurors),
        f"siège à la place de {room.jurors[3]}",
        f"siège occupé par {stand_in}",
        "4 sièges sur 4 occupés, quorum 2 : atteint",
        "Le jury ouvre la séance à neuf heures.",
        *(row.display_name for row in room.dossiers),
        *(row.last_deposit.number for row in room.dossiers),
        "Calendrier incompatible",
        "20,00",
        "préside la séance",
    ):
        assert said in text, said
    assert re.search(rf"{room.dossiers[4].display_name} 3 1 2 0", text)
    assert "Gaspard" not in text
    assert "lien professionnel" not in text
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert str(pdf.Root.Lang) == "fr"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in pdf.Root
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as about:
            assert about["dc:title"] == f"Procès-verbal du jury – {room.call.title}"
            assert str(about["pdfuaid:part"]) == "1"
        kinds = structure(pdf.Root.StructTreeRoot)
    assert {"H1", "H2", "H3", "Table", "TH", "TD", "Caption"} <= kinds
    pages = Minutes.objects.get().document.pages
    assert re.findall(r"édition 1 (\d ?/ ?\d)", text)[-1].replace(" ", "") == f"{pages}/{pages}"


def structure(node) -> set[str]:
    """The kinds of the tagged elements."""
    found = {str(node.S)[1:]} if "/S" in node else set()
    children = node.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary):
            found |= structure(child)
    return found


def test_the_closed_reason_of_a_recusal_is_written_when_the_coordination_asks(room):
    RecusalFactory(juror=room.jurors[1], application=room.dossiers[4], words="C'est mon cousin Gaspard.")
    _session, edition = settled(room, recusal_reasons=True)
    text = words(printed(edition))
    assert "lien professionnel ou hiérarchique" in text
    assert "Gaspard" not in text


def test_the_pages_come_from_what_was_frozen(room):
    _session, edition = settled(room)
    Application.objects.filter(pk=room.dossiers[0].pk).update(artist_name="Nom changé après coup")
    type(room.jurors[1].user).objects.filter(pk=room.jurors[1].user_id).update(last_name="Autrenom")
    text = words(printed(edition))
    assert room.dossiers[0].display_name in text
    assert "Nom changé" not in text
    assert "Autrenom" not in text


# Made once ----------------------------------------------------------------------------------


def test_the_pdf_is_made_once_the_session_is_committed(room, django_capture_on_commit_callbacks):
    session = held(room)
    decided(room, session)
    with django_capture_on_commit_callbacks(execute=True):
        edition = sessions.settle(by=room.by, session=session)
        assert Minutes.objects.get(pk=edition.pk).document is None
    made = Minutes.objects.get(pk=edition.pk).document
    assert made is not None
    assert minutes.ensure(edition.pk) == made
    assert minutes.pending() == 0


def test_what_a_crash_left_behind_is_made_later(room):
    _session, edition = settled(room)
    assert minutes.pending() == 1
    assert Minutes.objects.get(pk=edition.pk).document is not None


@pytest.mark.django_db(transaction=True)
def test_two_people_asking_at_once_read_the_same_file():
    room = committee(2, 2)
    session = held(room)
    decided(room, session, selected=1, reserve=0)
    with transaction.atomic():
        edition = sessions.settle(by=room.by, session=session)
        transaction.set_rollback(False)
    Minutes.objects.update(document=None)
    before = StoredFile.objects.count()
    barrier, found = threading.Barrier(2), []

    def ask() -> None:
        barrier.wait()
        try:
            found.append(minutes.ensure(edition.pk).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1
    assert StoredFile.objects.count() == before + 1


# Signed -------------------------------------------------------------------------------------


def test_the_signed_paper_closes_the_session(room):
    session, edition = settled(room)
    sessions.attach_signed(by=room.by, minutes=edition, upload=scan())
    session.refresh_from_db()
    assert session.state == "closed"
    assert session.closed_at is not None
    assert Entry.objects.get(verb="minutes.signed").data["edition"] == 1
    assert refused(sessions.attach_signed, by=room.by, minutes=edition, upload=scan())[0] == "bad_transition"
    assert StoredFile.objects.filter(signed_minutes__isnull=False).count() == 1


def test_what_is_not_a_pdf_is_refused_and_nothing_closes(room):
    session, edition = settled(room)
    text = SimpleUploadedFile("pv.pdf", b"pas un pdf", content_type="application/pdf")
    refused(sessions.attach_signed, by=room.by, minutes=edition, upload=text)
    session.refresh_from_db()
    assert session.state == "settled"


# Corrected ----------------------------------------------------------------------------------


def test_a_correction_gives_every_dossier_its_state_back_and_the_next_edition_says_why(room):
    Application.objects.filter(pk=room.dossiers[0].pk).update(state="interviewed")
    Application.objects.filter(pk=room.dossiers[1].pk).update(state="shortlisted")
    session, first = settled(room)
    sessions.attach_signed(by=room.by, minutes=first, upload=scan())
    assert refused(sessions.correct, by=room.by, session=session, reason="  ")[0] == "reason_needed"
    sessions.correct(by=room.by, session=session, reason="Une voix avait été mal comptée.")
    assert states(room) == ["interviewed", "shortlisted", *["eligible"] * 4]
    session.refresh_from_db()
    assert (session.state, session.quorum_seats, session.settled_at) == ("preparing", None, None)
    assert not selectors.standing_decisions(room.jury)
    sessions.decide(by=room.by, session=session, application=room.dossiers[5], outcome="reserve", reserve_rank=1)
    second = sessions.settle(by=room.by, session=session)
    assert states(room) == ["selected", "reserve", "reserve", "declined", "declined", "reserve"]
    assert (second.edition, second.pk != first.pk) == (2, True)
    text = words(printed(second))
    assert "Édition 2, qui remplace la précédente." in text
    assert "Une voix avait été mal comptée." in text
    first.refresh_from_db()
    assert first.signed is not None
    assert first.data["edition"] == 1
    assert Entry.objects.filter(verb="session.corrected").count() == 1
    assert Entry.objects.filter(verb="application.restored").count() == 6


def test_a_second_session_is_corrected_back_to_the_reserve_list(room):
    session, _first = settled(room)
    Application.objects.filter(pk=room.dossiers[0].pk).update(state="renounced")
    again = held(room)
    sessions.decide_many(by=room.by, session=again, applications=room.dossiers[1:2], outcome="selected")
    sessions.decide_many(by=room.by, session=again, applications=room.dossiers[2:3], outcome="declined")
    sessions.settle(by=room.by, session=again)
    assert refused(sessions.correct, by=room.by, session=session, reason="Non.")[0] == "decided_again"
    sessions.correct(by=room.by, session=again, reason="Erreur.")
    assert states(room)[:3] == ["renounced", "reserve", "reserve"]
    assert refused(sessions.correct, by=room.by, session=session, reason="Non.")[0] == "another"


def letter_for(room, session, *, offer=None):
    """A letter to the first artist, as the coordination prepares it."""
    row = session.decisions.get(application=room.dossiers[0])
    names = ("service", "territoire", "courriel", "telephone", "adresse_postale", "coordonnees", "nom", "appel")
    with transaction.atomic():
        draft = mail.queue(
            by=room.by,
            kind="coordination.message",
            to=row.application.owner.email,
            context=dict.fromkeys((*names, "pour", "sujet", "message"), "–"),
            about=row.application,
            scope=room.call.territory.slug,
            approved=False,
        )
    letter = Letter.objects.create(
        application=row.application, decision=row, outcome=LetterOutcome.SELECTED, mail=draft
    )
    if offer:
        Offer.objects.create(
            application=row.application, decision=row, letter=letter, state=offer, answer_by=timezone.now()
        )
    return letter


def test_drafts_of_letters_and_the_offers_they_carry_are_cancelled(room):
    session, _edition = settled(room)
    letter = letter_for(room, session, offer=OfferState.PENDING)
    _session, cancelled = sessions.correct(by=room.by, session=session, reason="Erreur.")
    assert cancelled == 1
    letter.mail.refresh_from_db()
    assert letter.mail.state == MailState.CANCELLED
    assert Offer.objects.get().state == OfferState.CANCELLED
    assert set(states(room)) == {"eligible"}


@pytest.mark.parametrize("state", [MailState.APPROVED, MailState.SENT])
def test_nothing_is_corrected_once_a_letter_has_left_or_is_leaving(room, state):
    session, _edition = settled(room)
    letters = [letter_for(room, session), letter_for(room, session)]
    moments = {"approved_at": timezone.now(), "sent_at": timezone.now() if state == MailState.SENT else None}
    OutgoingMail.objects.filter(pk__in=[letter.mail_id for letter in letters]).update(state=state, **moments)
    before = states(room)
    code, said = refused(sessions.correct, by=room.by, session=session, reason="Erreur.")
    assert code == "letter_sent"
    assert said.count(str(room.dossiers[0])) == 1
    assert states(room) == before


@pytest.mark.parametrize("letter_of_this_session", [True, False])
def test_an_accepted_offer_is_undone_first(room, letter_of_this_session):
    session, _edition = settled(room)
    letter = letter_for(room, session, offer=OfferState.ACCEPTED)
    if not letter_of_this_session:
        Letter.objects.filter(pk=letter.pk).update(decision=None, made_at=session.created_at)
    code, said = refused(sessions.correct, by=room.by, session=session, reason="Erreur.")
    assert code == "offer_holding"
    assert str(room.dossiers[0]) in said
    assert Offer.objects.get().state == OfferState.ACCEPTED


def test_an_offer_behind_a_letter_cancelled_in_the_outbox_goes_too(room):
    session, _edition = settled(room)
    letter = letter_for(room, session, offer=OfferState.PENDING)
    with transaction.atomic():
        mail.cancel(by=room.by, mails=[letter.mail])
    _session, cancelled = sessions.correct(by=room.by, session=session, reason="Erreur.")
    assert cancelled == 0
    assert Offer.objects.get().state == OfferState.CANCELLED


def test_names_about_to_be_published_are_taken_back_first(room):
    session, _edition = settled(room)
    type(room.jury).objects.filter(pk=room.jury.pk).update(publication_approved_at=timezone.now())
    assert refused(sessions.correct, by=room.by, session=session, reason="Erreur.")[0] == "published"


def test_an_artist_who_renounced_before_the_letters_stays_so(room):
    session, _edition = settled(room)
    Application.objects.filter(pk=room.dossiers[0].pk).update(state=ApplicationState.RENOUNCED)
    sessions.correct(by=room.by, session=session, reason="Erreur.")
    assert states(room) == ["renounced", *["eligible"] * 5]
    sessions.settle(by=room.by, session=session)
    assert states(room) == ["renounced", "reserve", "reserve", "declined", "declined", "declined"]


# Who reads them -----------------------------------------------------------------------------


def opened(user, stored) -> int:
    client = Client()
    client.force_login(user)
    response: Any = client.get(reverse("documents:file", args=[stored.uuid]))
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code


def test_who_reads_the_minutes(room):
    session, edition = settled(room)
    document = minutes.ensure(edition.pk)
    president, member = room.jurors[0], room.jurors[1]
    for juror in (president, member):
        read_by(juror, *room.dossiers)
    page = reverse("jury:session", args=[room.call.slug])
    browser = Client()
    browser.force_login(president.user)
    assert opened(room.by, document) == 200
    assert opened(president.user, document) == 404
    assert browser.get(page).status_code == 404
    sessions.attach_signed(by=room.by, minutes=edition, upload=scan())
    signed = Minutes.objects.get().signed
    assert opened(room.by, signed) == 200
    assert opened(president.user, signed) == 200
    assert str(signed.uuid) in browser.get(page).content.decode()
    assert opened(member.user, signed) == 404
    assert opened(room.dossiers[0].owner, signed) == 404
    assert opened(president.user, document) == 404
    # One dossier that is not theirs to open, and the minutes are not either.
    recusal = RecusalFactory(juror=president, application=room.dossiers[3])
    assert opened(president.user, signed) == 404
    assert browser.get(page).status_code == 404
    recusal.delete()
    type(room.call).objects.filter(pk=room.call.pk).update(blind_reading=True)
    assert opened(president.user, signed) == 404
    assert browser.get(page).status_code == 404
    assert session.pk


# Two at once --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_reading_filed_while_the_session_is_settled_counts_or_is_told_it_is_too_late():
    """Whoever takes the dossier first: the frozen mean holds the reading, or the juror is told why not."""
    room = committee(2, 2)
    session = held(room)
    decided(room, session, selected=1, reserve=0)
    dossier, juror = room.dossiers[0], room.jurors[1]
    review = ReviewFactory(juror=juror, application=dossier, notes=[5, 5], draft=True, advice="favourable")
    barrier = threading.Barrier(2)
    answers: dict[str, str] = {}

    def settle() -> None:
        barrier.wait()
        try:
            answers["settled"] = str(sessions.settle(by=room.by, session=session))
        finally:
            connection.close()

    def file() -> None:
        barrier.wait()
        try:
            reviews.file(by=juror.user, juror=juror, application=dossier, version=review.version)
            answers["filed"] = ""
        except Refused as refusal:
            answers["filed"] = str(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for act in (settle, file)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers["settled"].endswith("– 1")
    mean = session.decisions.get(application=dossier).mean
    if answers["filed"]:
        assert "s'est prononcé" in answers["filed"]
        assert mean is None
        assert Review.objects.get().state == ReviewState.DRAFT
    else:
        assert mean == 20
        assert Review.objects.get().state == ReviewState.FILED


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_settle_once():
    room = committee(2, 2)
    session = held(room)
    decided(room, session, selected=1, reserve=0)
    barrier = threading.Barrier(2)
    answers: list[str] = []

    def settle() -> None:
        barrier.wait()
        try:
            answers.append(str(sessions.settle(by=room.by, session=session).edition))
        except Refused as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=settle) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["1", "bad_transition"]
    assert Minutes.objects.count() == 1
