"""The coordination's list of a jury's dossiers, and one dossier as its jury sees it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from candidatures.enums import Advice, ReviewState
from candidatures.models import BlindCopy, DiscussionComment, Jury, Review
from candidatures.services.jury import blind
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from tests.candidatures.jury.blind import blind_jury, body, named_dossier, signed_pdf, standing
from tests.factories.candidatures import ApplicationFactory, file_again
from tests.factories.jury import JurorFactory, JuryFactory, RecusalFactory, ReviewFactory, eligible, read_by
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def jury(territory):
    return JuryFactory(territory=territory)


def page(response) -> str:
    assert response.status_code == 200, response
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def dossiers(jury: Jury) -> str:
    return reverse("admin:candidatures_jury_dossiers", args=[jury.uuid])


def one(jury: Jury, application, name: str = "dossier", **kwargs) -> str:
    return reverse(f"admin:candidatures_jury_{name}", kwargs={"key": jury.uuid, "dossier": application.uuid, **kwargs})


def row(html: str, name: str) -> str:
    return next(part for part in html.split("<tr>") if name in part)


# The list ----------------------------------------------------------------------------------------


def test_the_list_says_what_is_read_what_is_owed_and_where_readers_disagree(desk, jury) -> None:
    apart, quiet = eligible(jury.call, 2)
    first, second, third = (JurorFactory(jury=jury) for _ in range(3))
    for juror in (first, second, third):
        read_by(juror, apart)
    read_by(first, quiet)
    ReviewFactory(juror=first, application=apart, notes=[5, 5])
    ReviewFactory(juror=second, application=apart, notes=[1, 1], advice=Advice.UNFAVOURABLE)
    html = page(desk.get(dossiers(jury)))
    told = row(html, apart.artist_name)
    assert "2 / 3" in told
    assert "12,00" in told
    assert "4,0 – 20,0" in told
    assert "1 favorable, 1 défavorable" in told
    assert "avis éloignés" in told
    assert "1 lecture attendue" in told
    ReviewFactory(juror=third, application=apart, notes=[1, 1], advice=Advice.UNFAVOURABLE)
    assert "1 favorable, 2 défavorables" in row(page(desk.get(dossiers(jury))), apart.artist_name)
    told = row(html, quiet.artist_name)
    assert "0 / 1" in told
    assert "avis éloignés" not in told


def test_a_recused_reading_leaves_every_count(desk, jury) -> None:
    (application,) = eligible(jury.call, 1)
    stays, leaves = JurorFactory(jury=jury), JurorFactory(jury=jury)
    ReviewFactory(juror=stays, application=application, notes=[3, 3])
    ReviewFactory(juror=leaves, application=application, notes=[5, 5])
    RecusalFactory(juror=leaves, application=application)
    told = row(page(desk.get(dossiers(jury))), application.artist_name)
    assert "1 / 1" in told
    assert "12,00" in told
    assert "2 / 2" not in told


def test_a_newer_deposit_than_the_one_read_is_told(desk, jury) -> None:
    application = ApplicationFactory(call=jury.call, submitted=True, state="eligible")
    ReviewFactory(juror=JurorFactory(jury=jury), application=application, notes=[3, 3])
    read = application.last_deposit.number
    assert "nouveau dépôt non relu" not in page(desk.get(dossiers(jury)))
    jury.call.applications.filter(pk=application.pk).update(state="submitted")
    file_again(application)
    jury.call.applications.filter(pk=application.pk).update(state="eligible")
    assert "nouveau dépôt non relu" in page(desk.get(dossiers(jury)))
    assert f"lecture faite sur {read}" in page(desk.get(one(jury, application)))


@pytest.mark.parametrize("blindly", [False, True])
def test_the_list_costs_the_same_at_three_and_thirty(desk, jury, blindly) -> None:
    jury.call.blind_reading = blindly
    jury.call.save()
    juror = JurorFactory(jury=jury)

    def add(count: int) -> None:
        for application in eligible(jury.call, count):
            ReviewFactory(juror=juror, application=application, notes=[3, 3])

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert desk.get(dossiers(jury)).status_code == 200
        return len(seen)

    add(3)
    cost()
    few = cost()
    add(27)
    assert cost() == few


# One dossier -------------------------------------------------------------------------------------


def test_the_page_shows_notes_words_and_recusals_but_no_private_notes(desk, jury) -> None:
    (application,) = eligible(jury.call, 1)
    reader, slow, away = (JurorFactory(jury=jury) for _ in range(3))
    review = ReviewFactory(
        juror=reader, application=application, notes=[4, 2], comment="Un dossier habité.", private_notes="Secret."
    )
    review.scores.update(comment="Juste et précis.")
    read_by(slow, application)
    ReviewFactory(juror=away, application=application, notes=[1, 1], comment="Avis retiré.")
    RecusalFactory(juror=away, application=application, words="Voisins de palier.")
    html = page(desk.get(one(jury, application)))
    for said in ("Un dossier habité.", "Juste et précis.", "14,00", str(slow), "Voisins de palier."):
        assert said in html
    for hidden in ("Secret.", "Avis retiré."):
        assert hidden not in html


def test_the_page_costs_the_same_with_more_readers(desk, jury) -> None:
    (application,) = eligible(jury.call, 1)

    def add(count: int) -> None:
        for _ in range(count):
            juror = JurorFactory(jury=jury)
            ReviewFactory(juror=juror, application=application, notes=[4, 2])
            read_by(JurorFactory(jury=jury), application)
            RecusalFactory(juror=JurorFactory(jury=jury), application=application)
            DiscussionComment.objects.create(application=application, juror=juror, author=juror.user, text="Oui.")

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(one(jury, application)).status_code == 200
        return len(seen)

    add(1)
    cost()
    few = cost()
    add(9)
    assert cost() == few


def test_a_dossier_of_another_jury_or_not_admissible_is_not_there(desk, jury, territory) -> None:
    (elsewhere,) = eligible(JuryFactory(territory=territory).call, 1)
    (refused,) = eligible(jury.call, 1, state="ineligible")
    for application in (elsewhere, refused):
        assert desk.get(one(jury, application)).status_code == 404
        assert desk.get(one(jury, application, "dossier_blind_pdf")).status_code == 404


def test_the_coordination_of_another_territory_sees_nothing(client, jury) -> None:
    client.force_login(CoordinatorFactory())
    (application,) = eligible(jury.call, 1)
    for url in (dossiers(jury), one(jury, application), one(jury, application, "dossier_blind_pdf")):
        assert client.get(url).status_code == 404


# Discussion and reopening ------------------------------------------------------------------------


def test_the_coordination_takes_part_in_the_discussion_once_it_is_open(desk, jury) -> None:
    (application,) = eligible(jury.call, 1)
    say = one(jury, application, "dossier_say")
    html = page(desk.post(say, {"text": "Pensez au budget."}))
    assert "n'a pas encore ouvert la discussion" in html
    assert not DiscussionComment.objects.exists()
    Jury.objects.update(discussion_opened_at=timezone.now())
    assert desk.post(say, {"text": "Pensez au budget."}).status_code == 302
    remark = DiscussionComment.objects.get()
    assert remark.juror is None
    html = page(desk.get(one(jury, application)))
    assert "Pensez au budget." in html
    desk.post(one(jury, application, "dossier_unsay", remark=remark.uuid))
    html = page(desk.get(one(jury, application)))
    assert "Pensez au budget." not in html
    assert "Remarque retirée par son auteur." in html


def test_what_was_typed_survives_a_refusal(desk, jury) -> None:
    (application,) = eligible(jury.call, 1)
    Jury.objects.update(discussion_opened_at=timezone.now())
    html = page(desk.post(one(jury, application, "dossier_say"), {"text": "m" * 4001}))
    assert "4000 au plus" in html
    assert "m" * 4001 in html


def test_a_filed_reading_is_reopened_with_a_reason_that_its_author_reads(desk, jury) -> None:
    (application,) = eligible(jury.call, 1)
    review = ReviewFactory(juror=JurorFactory(jury=jury), application=application, notes=[4, 2])
    Jury.objects.update(discussion_opened_at=timezone.now())
    url = one(jury, application, "dossier_reopen", review=review.uuid)
    assert "Dites pourquoi vous rouvrez" in page(desk.post(url, {"reason": " "}))
    assert Review.objects.get().state == ReviewState.FILED
    assert desk.post(url, {"reason": "Deux notes ont été inversées."}).status_code == 302
    assert Review.objects.get().state == ReviewState.DRAFT
    letter = OutgoingMail.objects.get(kind="jury.review_reopened")
    assert letter.to == review.juror.user.email
    assert "Deux notes ont été inversées." in letter.body
    assert desk.get(url).status_code == 404


# Anonymity ---------------------------------------------------------------------------------------


@pytest.fixture
def told(territory):
    """A jury that reads blindly, and a dossier whose pages still say a name."""
    jury = blind_jury(territory=territory)
    application = named_dossier(jury, images=signed_pdf("Zélie Brumeval 0612345678"))
    blind.ensure(standing(application).pk)
    return jury, application


def test_findings_are_told_with_their_page_on_the_list_the_page_and_the_desk(desk, told) -> None:
    jury, application = told
    assert "anonymat à examiner" in row(page(desk.get(dossiers(jury))), application.artist_name)
    html = page(desk.get(one(jury, application)))
    assert "nom de la personne ou du collectif, numéro de téléphone" in html
    assert f'{one(jury, application, "dossier_blind_pdf")}#page=5"' in html
    home = page(desk.get(reverse("admin:index")))
    assert "copie anonyme à examiner" in home


def test_the_coordination_leaves_a_piece_out_and_the_copy_is_made_again(desk, told) -> None:
    jury, application = told
    copy = BlindCopy.objects.get()
    before = copy.stored_file
    html = page(desk.get(one(jury, application)))
    assert re.search(r'name="piece_images"[^>]*checked', html)
    assert not re.search(r'name="piece_cv"[^>]*checked', html)
    seen = blind.seen_mark(copy)
    response = desk.post(one(jury, application, "dossier_blind"), {"seen": seen, "piece_lettre": "on"})
    assert response.status_code == 302
    copy.refresh_from_db()
    assert copy.withheld == ["cv", "portfolio", "oeuvres", "images"]
    assert copy.findings == []
    assert copy.judged_at is not None
    assert copy.stored_file != before
    assert copy.stored_file.pages == 4
    assert Entry.objects.filter(verb="blind.judged").count() == 1
    assert "anonymat à examiner" not in page(desk.get(dossiers(jury)))
    assert "copie anonyme à examiner" not in page(desk.get(reverse("admin:index")))


def test_a_copy_may_be_kept_as_it_is(desk, told) -> None:
    jury, application = told
    copy = BlindCopy.objects.get()
    data = {"seen": blind.seen_mark(copy), "piece_lettre": "on", "piece_images": "on"}
    desk.post(one(jury, application, "dossier_blind"), data)
    fresh = BlindCopy.objects.get()
    assert fresh.stored_file == copy.stored_file
    assert fresh.judged_at is not None
    assert len(fresh.findings) == 2


def test_two_colleagues_do_not_judge_over_each_other(desk, told) -> None:
    jury, application = told
    data = {"seen": blind.seen_mark(BlindCopy.objects.get()), "piece_lettre": "on"}
    url = one(jury, application, "dossier_blind")
    desk.post(url, data | {"piece_images": "on"})
    html = page(desk.post(url, data))
    assert "Un collègue a modifié cette copie anonyme entre-temps" in html
    assert BlindCopy.objects.get().withheld == ["cv", "portfolio", "oeuvres"]
    # What was chosen is still on the page, and holds when sent again.
    assert not re.search(r'name="piece_images"[^>]*checked', html)
    mark = re.search(r'name="seen" value="([^"]+)"', html)
    assert mark is not None
    assert desk.post(url, data | {"seen": mark[1]}).status_code == 302
    assert BlindCopy.objects.get().withheld == ["cv", "portfolio", "oeuvres", "images"]


def test_missing_copies_are_made_on_request(desk, territory, django_capture_on_commit_callbacks) -> None:
    jury = blind_jury(territory=territory)
    named_dossier(jury)
    assert "1 copie anonyme reste à faire" in page(desk.get(dossiers(jury)))
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(reverse("admin:candidatures_jury_dossiers_copies", args=[jury.uuid]))
    assert BlindCopy.objects.count() == 1
    assert "reste à faire" not in page(desk.get(dossiers(jury)))


def test_the_two_pdfs_open_from_the_page(desk, told) -> None:
    jury, application = told
    response = desk.get(one(jury, application, "dossier_blind_pdf"), follow=True)
    assert response.status_code == 200
    assert f"{application.last_deposit.number}-anonyme.pdf" in response["Content-Disposition"]
    assert body(response).startswith(b"%PDF-")


def test_the_candidature_leads_to_what_its_jury_said_once_it_is_admissible(desk, jury) -> None:
    application = ApplicationFactory(call=jury.call, submitted=True)
    url = reverse("admin:candidatures_application_change", args=[application.pk])
    assert one(jury, application) not in page(desk.get(url))
    jury.call.applications.update(state="eligible")
    assert one(jury, application) in page(desk.get(url))
