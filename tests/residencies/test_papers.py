"""Contracts and agreements: drafted, issued, sent, signed, cancelled; who may read their files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pikepdf
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape

from clea.accounts.models import User
from clea.documents.access import grant_for
from clea.errors import Forbidden, Refused, StaleWrite
from clea.mail.models import OutgoingMail
from clea.ui.markdown import render
from residencies.enums import PaperKind, PaperState
from residencies.methods import papers as methods
from residencies.models import Activity, Paper, PaperTemplate, Residency
from residencies.selectors import papers as selectors
from residencies.services import paper_rounds, papers, signatures
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import CallFactory
from tests.factories.residencies import (
    ActivityFactory,
    ResidencyFactory,
    SessionFactory,
    artist_of,
    member_of,
    moment,
    team,
)
from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory

pytestmark = pytest.mark.django_db


REAL_PDF = papers.pdf


@pytest.fixture(autouse=True)
def _quick_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Laying a page out takes half a second: one test does it for all."""
    monkeypatch.setattr(papers, "pdf", lambda *args, **kwargs: b"%PDF-1.7")


@pytest.fixture
def residency() -> Residency:
    found = ResidencyFactory(employer="Compagnie des Trois Puits", season__name="2026-2027")
    CallFactory(season=found.season, complete=True)
    return found


@pytest.fixture
def desk(residency: Residency) -> User:
    return CoordinatorFactory(territory=residency.territory)


@pytest.fixture
def activity(residency: Residency) -> Activity:
    place = StructureFactory(commune=CommuneFactory(territory=residency.territory), name="Médiathèque du Pont")
    team(place)
    found = ActivityFactory(residency=residency, structure=place, intention="Écouter le quartier.")
    SessionFactory(activity=found, on="2027-02-02")
    return found


@pytest.fixture
def agreement(desk: User, activity: Activity) -> Paper:
    return papers.issue(by=desk, paper=papers.draft_agreement(by=desk, activity=activity))


def scan() -> SimpleUploadedFile:
    made, out = pikepdf.new(), BytesIO()
    made.add_blank_page()
    made.save(out)
    return SimpleUploadedFile("signe.pdf", out.getvalue(), "application/pdf")


# Text ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["*a* [b](c) `d`", "# titre", "- tiret", "3. point", "a | b", "{{ artiste }}", "a_b_c"]
)
def test_a_value_is_shown_as_it_was_typed(typed: str) -> None:

    assert render(f"{methods.escape(typed)}").strip() == f"<p>{escape(typed)}</p>"


def test_a_value_is_never_read_again() -> None:
    found = methods.filled(PaperKind.CONTRACT, "{{ artiste }}", {"artiste": "{{ plafond }}", "plafond": "24 000 €"})
    assert found.text == "{{ plafond }}"


def test_both_counts_are_in_the_contract_and_the_one_that_binds(desk: User, residency: Residency) -> None:
    text = selectors.reading(papers.draft_contract(by=desk, residency=residency)).text
    assert "**90 jours**" in text
    assert "90 jours de semaine et 87 jours ouvrés" in text
    assert "jours de semaine (du lundi au vendredi, fériés compris)" in text
    assert "12\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}€" in text


def test_an_unknown_placeholder_is_refused_with_the_known_ones(desk: User, residency: Residency) -> None:
    papers.draft_contract(by=desk, residency=residency)
    template = PaperTemplate.objects.get(territory=residency.territory, kind=PaperKind.CONTRACT)
    template.body = "{{ salaire }}"
    with pytest.raises(Refused, match="{{ salaire }} ».*{{ allocation }}") as refusal:
        papers.save_template(by=desk, template=template, version=0)
    assert refusal.value.field == "body"


def test_a_template_saved_by_somebody_else_is_not_overwritten(desk: User, residency: Residency) -> None:
    papers.draft_contract(by=desk, residency=residency)
    template = PaperTemplate.objects.get(territory=residency.territory, kind=PaperKind.CONTRACT)
    papers.save_template(by=desk, template=template, version=0)
    with pytest.raises(StaleWrite):
        papers.save_template(by=desk, template=PaperTemplate.objects.get(pk=template.pk), version=0)


# Draft and issue -----------------------------------------------------------------------------


def test_what_lacks_is_shown_and_holds_the_issue_back(desk: User) -> None:
    residency = ResidencyFactory(contract_days=0)
    desk = CoordinatorFactory(territory=residency.territory)
    paper = papers.draft_contract(by=desk, residency=residency)
    assert "**[à compléter\N{NO-BREAK SPACE}: jours de présence dus]**" in selectors.reading(paper).text
    with pytest.raises(Refused, match="jours de présence dus \\(vue d'ensemble de la résidence\\)") as refusal:
        papers.issue(by=desk, paper=paper)
    assert refusal.value.code == "incomplete"
    paper.refresh_from_db()
    assert (paper.state, paper.stored_file) == (PaperState.DRAFT, None)


def test_a_draft_follows_the_residency_until_it_is_issued(desk: User, residency: Residency) -> None:
    paper = papers.draft_contract(by=desk, residency=residency)
    Residency.objects.filter(pk=residency.pk).update(structures_target=23)
    issued = papers.issue(by=desk, paper=Paper.objects.get(pk=paper.pk))
    assert "**23 structures différentes**" in issued.body
    assert "{{" not in issued.body
    Residency.objects.filter(pk=residency.pk).update(structures_target=25)
    assert "23 structures" in Paper.objects.get(pk=paper.pk).body


def test_an_issued_contract_is_a_tagged_pdf_with_its_parties(
    desk: User, residency: Residency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "pdf", REAL_PDF)
    paper = papers.issue(by=desk, paper=papers.draft_contract(by=desk, residency=residency))
    assert paper.number == "CR-2026-2027-001"
    assert list(paper.signatures.values_list("party", flat=True)) == [
        residency.territory.name,
        str(residency.artists.get()),
        "Compagnie des Trois Puits",
    ]
    assert paper.stored_file is not None
    with pikepdf.open(BytesIO(paper.stored_file.file.read())) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "fr"
    paper.stored_file.file.close()


def test_numbers_follow_one_another_and_an_edition_keeps_its_own(desk: User, activity: Activity) -> None:
    first = papers.draft_agreement(by=desk, activity=activity)
    assert papers.draft_agreement(by=desk, activity=activity) == first
    other = ActivityFactory(residency=activity.residencies.get())
    assert papers.draft_agreement(by=desk, activity=other).number == "CV-2026-2027-002"
    papers.rewrite(by=desk, paper=first, version=0, title="À nous", body="Avec {{ artistes }}.")
    issued = papers.issue(by=desk, paper=Paper.objects.get(pk=first.pk))
    papers.cancel(by=desk, paper=issued, why="Une structure de plus.")
    again = papers.draft_agreement(by=desk, activity=activity)
    assert (again.number, again.edition, again.title) == ("CV-2026-2027-001-2", 2, "À nous")
    assert again.body == "Avec {{ artistes }}."


def test_a_text_corrected_by_somebody_else_is_not_overwritten(desk: User, activity: Activity) -> None:
    paper = papers.draft_agreement(by=desk, activity=activity)
    papers.rewrite(by=desk, paper=paper, version=0, title="Un", body="Un texte.")
    with pytest.raises(StaleWrite):
        papers.rewrite(by=desk, paper=paper, version=0, title="Deux", body="Un autre.")
    with pytest.raises(StaleWrite):
        papers.issue(by=desk, paper=Paper.objects.get(pk=paper.pk), version=0)


def test_an_issued_text_no_longer_changes(desk: User, agreement: Paper) -> None:
    with pytest.raises(Refused) as refusal:
        papers.rewrite(by=desk, paper=agreement, version=agreement.version, title="x", body="y")
    assert refusal.value.code == "issued"


def test_only_the_coordination_of_the_territory_writes_papers(activity: Activity) -> None:
    residency = activity.residencies.get()
    for person in (artist_of(residency), member_of(activity.structures.get()), CoordinatorFactory()):
        with pytest.raises(Forbidden):
            papers.draft_agreement(by=person, activity=activity)


# Send, sign, cancel --------------------------------------------------------------------------


def test_each_party_is_written_to_once_a_day_in_its_own_space(desk: User, agreement: Paper) -> None:
    activity = agreement.activity
    assert activity is not None
    place, residency = activity.structures.get(), activity.residencies.get()
    _paper, count, unreachable = papers.send(by=desk, paper=agreement)
    papers.send(by=desk, paper=agreement)
    assert (count, unreachable) == (2, [])
    bodies = dict(OutgoingMail.objects.filter(kind="paper.agreement_sent").values_list("to", "body"))
    assert set(bodies) == {artist_of(residency).email, member_of(place).email}
    assert f"/ma-structure/{place.uuid}/conventions/{agreement.uuid}/" in bodies[member_of(place).email]
    assert f"/ma-residence/{residency.uuid}/documents/{agreement.uuid}/" in bodies[artist_of(residency).email]


def test_a_paper_is_signed_once_every_party_has(desk: User, agreement: Paper) -> None:
    rows = list(agreement.signatures.all())
    for row, on in zip(rows, (date(2026, 9, 3), date(2026, 9, 9), date(2026, 9, 4)), strict=True):
        assert Paper.objects.get(pk=agreement.pk).state == PaperState.ISSUED
        with time_machine.travel(moment("2026-09-10")):
            after = signatures.sign(by=desk, signature=row, signed_on=on, signatory="A. Nonyme")
    assert (after.state, after.signed_on) == (PaperState.SIGNED, date(2026, 9, 9))


def test_nobody_has_signed_tomorrow(desk: User, agreement: Paper) -> None:
    row = agreement.signatures.first()
    assert row is not None
    with time_machine.travel(moment("2026-09-10")), pytest.raises(Refused) as refusal:
        signatures.sign(by=desk, signature=row, signed_on=date(2026, 9, 11))
    assert refusal.value.field == "signed_on"


def test_a_team_sends_the_signed_copy_and_the_coordination_checks_it(desk: User, agreement: Paper) -> None:
    activity = agreement.activity
    assert activity is not None
    member = member_of(activity.structures.get())
    after = signatures.attach_scan(by=member, paper=agreement, upload=scan())
    assert after.state == PaperState.ISSUED
    assert after.signed_file is not None
    with pytest.raises(Forbidden):
        signatures.attach_scan(by=UserFactory(), paper=agreement, upload=scan())
    done = signatures.sign_all(by=desk, paper=agreement, signed_on=date(2026, 9, 1))
    assert done.state == PaperState.SIGNED
    with pytest.raises(Refused) as refusal:
        signatures.attach_scan(by=member, paper=agreement, upload=scan())
    assert refusal.value.code == "signed"


def test_the_coordination_attaches_the_copy_and_the_date_at_once(desk: User, residency: Residency) -> None:
    paper = papers.issue(by=desk, paper=papers.draft_contract(by=desk, residency=residency))
    signatures.attach_scan(by=desk, paper=paper, upload=scan(), signed_on=date(2026, 9, 1))
    standing = selectors.standing_contract(residency)
    assert standing is not None
    assert (standing.state, standing.signed_on) == (PaperState.SIGNED, date(2026, 9, 1))


def test_who_received_a_cancelled_paper_is_told_why(desk: User, agreement: Paper) -> None:
    papers.send(by=desk, paper=agreement)
    with pytest.raises(Refused):
        papers.cancel(by=desk, paper=agreement, why=" ")
    papers.cancel(by=desk, paper=agreement, why="La séance change de lieu.")
    told = OutgoingMail.objects.filter(kind="paper.cancelled")
    assert told.count() == 2
    assert all("La séance change de lieu." in mail.body for mail in told)


def test_the_issued_pdf_is_for_its_parties_and_the_desk(desk: User, agreement: Paper) -> None:
    activity, stored = agreement.activity, agreement.stored_file
    assert activity is not None
    assert stored is not None
    place, residency = activity.structures.get(), activity.residencies.get()
    for person in (desk, artist_of(residency), member_of(place)):
        grant = grant_for(person, stored)
        assert grant is not None
        assert grant.filename == "CV-2026-2027-001.pdf"
    stranger = ResidencyFactory(season=residency.season)
    for person in (CoordinatorFactory(), artist_of(stranger), member_of(StructureFactory(commune=place.commune))):
        assert grant_for(person, stored) is None


# What changed, what lacks --------------------------------------------------------------------


def test_it_is_said_what_changed_since_the_issue(agreement: Paper) -> None:
    assert selectors.reading(Paper.objects.get(pk=agreement.pk)).changes == ()
    activity = agreement.activity
    assert activity is not None
    team(activity.structures.get())
    assert selectors.reading(Paper.objects.get(pk=agreement.pk)).changes == ()
    SessionFactory(activity=activity, on="2027-03-09")
    (change,) = selectors.reading(Paper.objects.get(pk=agreement.pk)).changes[-1:]
    assert str(change.label).startswith("tableau des séances")
    assert "9 mars 2027" in change.after
    assert "9 mars 2027" not in change.before


def test_activities_that_begin_without_a_signed_agreement_are_listed(desk: User, activity: Activity) -> None:
    season, day = activity.season, date(2027, 1, 20)
    ActivityFactory(residency=activity.residencies.get())  # no session: nothing to sign yet
    assert list(selectors.missing(day).filter(season=season)) == [activity]
    paper = papers.issue(by=desk, paper=papers.draft_agreement(by=desk, activity=activity))
    assert list(selectors.missing(day).filter(season=season)) == [activity]
    signatures.sign_all(by=desk, paper=paper, signed_on=date(2026, 9, 1))
    assert not selectors.missing(day).filter(season=season).exists()


def test_who_has_not_signed_is_reminded_once_seven_days_before(desk: User, agreement: Paper) -> None:
    papers.send(by=desk, paper=agreement)
    activity = agreement.activity
    assert activity is not None
    mine = agreement.signatures.get(residency__isnull=False)
    signatures.sign(by=desk, signature=mine, signed_on=date(2026, 9, 1))
    with time_machine.travel(moment("2027-01-25", "23:59")):
        assert paper_rounds.remind_signatures() == 0
    with time_machine.travel(moment("2027-01-26", "00:01")):
        assert paper_rounds.remind_signatures() == 1
        assert paper_rounds.remind_signatures() == 0
    assert [mail.to for mail in OutgoingMail.objects.filter(kind="paper.agreement_reminder")] == [
        member_of(activity.structures.get()).email
    ]


def test_the_season_costs_the_same_with_more_activities(
    desk: User, activity: Activity, agreement: Paper, assert_num_queries_constant: Callable[..., int]
) -> None:
    residency = activity.residencies.get()

    def grow() -> None:
        for number in range(5):
            place = StructureFactory(commune=CommuneFactory(territory=residency.territory))
            SessionFactory(activity=ActivityFactory(residency=residency, structure=place), on=f"2027-02-1{number}")

    assert_num_queries_constant(lambda: selectors.agreements(activity.season, date(2027, 1, 1)), grow, at_most=11)
