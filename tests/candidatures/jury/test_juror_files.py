"""The one PDF of a dossier that a juror may read, and none of its other files."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from candidatures.models import Application, Assignment, Juror, Jury
from candidatures.services import assembly
from candidatures.services.jury import blind
from clea.documents.models import StoredFile
from clea.journal.models import Entry
from tests.candidatures.jury.blind import body
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import ApplicationFactory, file_again, stored_pdf
from tests.factories.jury import JurorFactory, JuryFactory, RecusalFactory, ReviewFactory, read_by

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def light(monkeypatch):
    """PDFs of one blank page: what is in them is another test's question."""

    def build(deposit, path):
        with stored_pdf().file.open("rb") as file:
            path.write_bytes(file.read())
        return type("Made", (), {"pages": 1})

    monkeypatch.setattr(assembly, "_build", build)
    monkeypatch.setattr(blind, "_make", lambda deposit, withheld: blind._Made(stored=stored_pdf(), findings=[]))


@pytest.fixture
def juror(db):
    return JurorFactory()


@pytest.fixture
def dossier(juror):
    application = ApplicationFactory(
        call=juror.jury.call, artist_name="Compagnie Vantadour", submitted=True, state="eligible"
    )
    read_by(juror, application)
    return application


@pytest.fixture
def visitor(client, juror):
    client.force_login(juror.user)
    return client


def blindly(jury: Jury) -> None:
    type(jury.call).objects.filter(pk=jury.call_id).update(blind_reading=True)


def pdf(application: Application) -> str:
    return reverse("jury:pdf", args=[application.call.slug, application.uuid])


def address(stored: StoredFile) -> str:
    return reverse("documents:file", args=[stored.uuid])


def status(client, url: str) -> int:
    response = client.get(url)
    body(response)
    return response.status_code


def test_the_full_pdf_bears_number_and_name_and_its_reading_is_journaled(visitor, juror, dossier) -> None:
    response = visitor.get(pdf(dossier), follow=True)
    assert response.status_code == 200
    body(response)
    number = dossier.last_deposit.number
    assert response["Content-Disposition"] == f'inline; filename="{number}-compagnie-vantadour.pdf"'
    entry = Entry.objects.select_related("actor").get(verb="file.read")
    assert entry.actor.user_uuid == juror.user.uuid
    assert entry.target_id == str(dossier.uuid)


def test_read_blindly_the_copy_alone_is_there_under_its_number(visitor, juror, dossier) -> None:
    blindly(juror.jury)
    response = visitor.get(pdf(dossier), follow=True)
    assert response.status_code == 200
    body(response)
    assert response["Content-Disposition"] == f'inline; filename="{dossier.last_deposit.number}.pdf"'
    copy = response.redirect_chain[-1][0]
    assembly.ensure(dossier.last_deposit_id)
    opened = [address(stored) for stored in StoredFile.objects.all() if status(visitor, address(stored)) == 200]
    assert opened == [copy]


def test_once_identities_are_shown_the_full_pdf_replaces_the_copy(visitor, juror, dossier) -> None:
    blindly(juror.jury)
    copy = blind.ensure(dossier.last_deposit_id)
    full = assembly.ensure(dossier.last_deposit_id)
    assert (status(visitor, address(copy)), status(visitor, address(full))) == (200, 404)
    Jury.objects.update(identities_shown_at=timezone.now())
    assert (status(visitor, address(copy)), status(visitor, address(full))) == (404, 200)
    assert visitor.get(pdf(dossier)).url == address(full)


def test_no_piece_is_ever_opened_one_by_one(visitor, dossier) -> None:
    assembly.ensure(dossier.last_deposit_id)
    pieces = [row.stored_file for row in dossier.last_deposit.pieces.exclude(stored_file=None)]
    assert pieces
    assert {status(visitor, address(stored)) for stored in pieces} == {404}


def gone(juror: Juror, dossier: Application) -> None:
    Juror.objects.update(left_at=timezone.now())


def declined(juror: Juror, dossier: Application) -> None:
    Juror.objects.update(declined_at=timezone.now())


def recused(juror: Juror, dossier: Application) -> None:
    RecusalFactory(juror=juror, application=dossier)


def unassigned(juror: Juror, dossier: Application) -> None:
    Assignment.objects.all().delete()


def no_longer_admissible(juror: Juror, dossier: Application) -> None:
    Application.objects.update(state="ineligible")


@pytest.mark.parametrize("change", [gone, declined, recused, unassigned, no_longer_admissible])
@pytest.mark.parametrize("blind_reading", [False, True])
def test_nothing_is_there_for_who_may_not_read(visitor, juror, dossier, change, blind_reading) -> None:
    if blind_reading:
        blindly(juror.jury)
    files = [blind.ensure(dossier.last_deposit_id), assembly.ensure(dossier.last_deposit_id)]
    change(juror, dossier)
    assert [status(visitor, address(stored)) for stored in files] == [404, 404]
    assert status(visitor, pdf(dossier)) == 404


def not_bound(juror: Juror) -> None:
    Juror.objects.update(joined_at=None)


def too_early(juror: Juror) -> None:
    Jury.objects.update(reads_from=timezone.localdate() + timedelta(days=1))


@pytest.mark.parametrize(("change", "answer"), [(not_bound, 302), (too_early, 403)])
def test_before_the_charter_or_the_first_day_the_file_is_not_there_and_the_page_says_why(
    visitor, juror, dossier, change, answer
) -> None:
    full = assembly.ensure(dossier.last_deposit_id)
    change(juror)
    assert status(visitor, address(full)) == 404
    response = visitor.get(pdf(dossier))
    assert response.status_code == answer
    assert "/fichiers/" not in response.headers.get("Location", "")


def test_a_member_of_another_jury_and_a_passer_by_read_nothing(client, dossier) -> None:
    full = assembly.ensure(dossier.last_deposit_id)
    for user in (JurorFactory(jury=JuryFactory()).user, UserFactory()):
        client.force_login(user)
        assert status(client, address(full)) == 404
        assert status(client, pdf(dossier)) == 404


def test_another_deposit_is_there_only_while_ones_review_is_tied_to_it(visitor, juror, dossier) -> None:
    earlier = dossier.last_deposit
    first = assembly.ensure(earlier.pk)
    review = ReviewFactory(juror=juror, application=dossier, notes=[3, 3])
    later = file_again(dossier)
    Application.objects.update(state="eligible")
    second = assembly.ensure(later.pk)
    assert (status(visitor, address(first)), status(visitor, address(second))) == (200, 200)
    assert visitor.get(pdf(dossier)).url == address(second)
    assert visitor.get(f"{pdf(dossier)}?depot={earlier.number}").url == address(first)
    review.deposit = later
    review.save()
    assert (status(visitor, address(first)), status(visitor, address(second))) == (404, 200)
    assert status(visitor, f"{pdf(dossier)}?depot={earlier.number}") == 404
    assert status(visitor, f"{pdf(dossier)}?depot=autre") == 404


def test_a_right_costs_two_queries_more(visitor, juror, dossier) -> None:
    full = assembly.ensure(dossier.last_deposit_id)
    status(visitor, address(full))  # the journal has its line
    with CaptureQueriesContext(connection) as seen:
        assert status(visitor, address(full)) == 200
    rights = [query["sql"] for query in seen if "candidatures_" in query["sql"] and "journal" not in query["sql"]]
    # Document, deposit's piece, assembly; its people, the desk; then the seat and the dossier.
    assert len(rights) <= 7
