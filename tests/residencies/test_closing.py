"""A season closes once all is finished or explained; then it is an archive, and the next call is ready."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils import timezone

from candidatures.models import Call, Season
from candidatures.services import calls
from clea.accounts.models import User
from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from residencies import files
from residencies.enums import ConfirmationSide, Happened, ResidencyState
from residencies.enums.money import PaymentState
from residencies.enums.steering import MeetingState
from residencies.models import Consent, Residency, SeasonArchive
from residencies.reports import season_archive
from residencies.rounds import ROUNDS
from residencies.rules.closing import a_year_later
from residencies.selectors import closing as selectors
from residencies.services import activities, closing, confirmations, events, funding, meetings, opening, requests
from residencies.services import payments as payment_acts
from residencies.services.closing import NextCall
from tests.factories.accounts import AdministratorFactory
from tests.factories.candidatures import CallFactory, ProgrammeFactory, SeasonFactory
from tests.factories.documents import StoredFileFactory
from tests.factories.funding import payment
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory, member_of, team
from tests.factories.steering import ActionFactory, MeetingFactory
from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory

pytestmark = pytest.mark.django_db
PARTS = season_archive.PARTS
#: Why a season with nothing else to finish closes all the same.
WHY = {"bilan": "Le bilan est dans un autre document."}


def _one_file(season: Season) -> Iterator[season_archive.File]:
    yield "essai/texte.txt", [b"deux ", b"morceaux"]


@pytest.fixture(autouse=True)
def _quick_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the archive holds is asked apart."""
    one = season_archive.Part("essai", "Essai", _one_file)
    nothing = season_archive.Part("rien", "Rien", lambda season: iter(()))
    monkeypatch.setattr(season_archive, "PARTS", (one, nothing))


@pytest.fixture
def residency() -> Residency:
    """Finished, in a season that is over."""
    programme = ProgrammeFactory(starts_on=date(2024, 9, 1), ends_on=date(2028, 8, 31))
    found = ResidencyFactory(
        state=ResidencyState.FINISHED,
        periods=False,
        season__programme=programme,
        season__name="2025-2026",
        season__starts_on=date(2025, 9, 1),
        season__ends_on=date(2026, 8, 31),
    )
    return found


@pytest.fixture
def season(residency: Residency) -> Season:
    return residency.season


@pytest.fixture
def desk(season: Season) -> User:
    return CoordinatorFactory(territory=season.programme.territory)


def archive_of(season: Season) -> zipfile.ZipFile:
    with SeasonArchive.objects.get(season=season).stored_file.file.open("rb") as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


# What prevents it ------------------------------------------------------------------------------


def test_what_is_not_finished_is_listed_and_refused(season: Season, residency: Residency, desk: User) -> None:
    now = timezone.now()
    Residency.objects.filter(pk=residency.pk).update(state=ResidencyState.CURRENT)
    activity = ActivityFactory(residency=residency)
    SessionFactory(activity=activity, starts_at=now + timedelta(days=2))
    SessionFactory(activity=activity, starts_at=now - timedelta(days=2))
    payment(residency, "3000", PaymentState.APPROVED)
    payment(residency, "3000", PaymentState.PAID)
    payment(residency, "3000", PaymentState.CANCELLED)
    ActionFactory(meeting=MeetingFactory(season=season, state=MeetingState.HELD))
    found = {one.code: (one.count, one.can_be_left) for one in selectors.unfinished(season)}
    assert found == {
        "residencies": (1, False),
        "sessions": (1, False),
        "payments": (1, False),
        "unconfirmed": (1, True),
        "meetings": (1, True),
        "actions": (1, True),
        "bilan": (1, True),
    }
    given = dict.fromkeys(found, "Une bonne raison.")
    with pytest.raises(closing.NotFinished) as refused:
        closing.close(by=desk, season=season, reasons=given)
    assert set(refused.value.errors) == {"residencies", "sessions", "payments"}
    season.refresh_from_db()
    assert (season.closed_at, SeasonArchive.objects.count()) == (None, 0)


def test_what_may_be_left_needs_a_reason(season: Season, desk: User) -> None:
    with pytest.raises(closing.NotFinished) as refused:
        closing.close(by=desk, season=season, reasons={"bilan": "  "})
    assert list(refused.value.errors) == ["bilan"]
    closing.close(by=desk, season=season, reasons=WHY)
    assert [(one["code"], one["reason"]) for one in SeasonArchive.objects.get().left] == list(WHY.items())


def test_only_the_desk_of_the_territory_closes(season: Season) -> None:
    with pytest.raises(Forbidden):
        closing.close(by=CoordinatorFactory(), season=season, reasons=WHY)


# The archive -----------------------------------------------------------------------------------


def test_the_archive_says_what_each_file_is(season: Season, desk: User) -> None:
    archive = closing.close(by=desk, season=season, reasons=WHY)
    zipped = archive_of(season)
    manifest = json.loads(zipped.read("manifeste.json"))
    assert [(part["part"], part["empty"]) for part in manifest["parts"]] == [("essai", False), ("rien", True)]
    assert manifest["left_unfinished"][0]["reason"] == WHY["bilan"]
    digest = hashlib.sha256(b"deux morceaux").hexdigest()
    assert manifest["parts"][0]["files"] == [{"path": "essai/texte.txt", "size": 13, "sha256": digest}]
    assert zipped.read("SHA256SUMS").decode() == f"{digest}  essai/texte.txt\n"
    with archive.stored_file.file.open("rb") as file:
        whole = hashlib.sha256(file.read()).hexdigest()
    assert Entry.objects.get(verb="season.closed").data["sha256"] == archive.stored_file.sha256 == whole


def test_a_part_that_fails_leaves_the_season_open(season: Season, desk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(season: Season) -> Iterator[season_archive.File]:
        raise RuntimeError("the disk is full")
        yield

    monkeypatch.setattr(season_archive, "PARTS", (season_archive.Part("cassé", "Cassé", broken),))
    with pytest.raises(RuntimeError):
        closing.close(by=desk, season=season, reasons=WHY)
    season.refresh_from_db()
    assert (season.closed_at, SeasonArchive.objects.count()) == (None, 0)


def test_every_real_part_is_made(
    season: Season, residency: Residency, desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(season_archive, "PARTS", PARTS)
    payment(residency, "1000", PaymentState.PAID)
    MeetingFactory(
        season=season,
        title="COTECH de juin",
        state=MeetingState.SETTLED,
        minutes=StoredFileFactory(),
        settled_at=timezone.now(),
    )
    closing.close(by=desk, season=season, reasons=WHY)
    names = set(archive_of(season).namelist())
    assert {
        "bilan/seances.csv", "paiements/paiements.xlsx", "paiements/paiements.csv", "financement/financement.xlsx",
        "financement/financement.csv", "couverture/couverture.xlsx", "couverture/couverture.csv", "journal/journal.csv",
        "manifeste.json", "SHA256SUMS", "LISEZ-MOI.txt",
    } <= names  # fmt: skip
    assert [name[25:] for name in names if name.startswith("comptes-rendus/")] == ["-01-cotech-de-juin.pdf"]


def test_the_archive_is_the_desk_s_only(season: Season, desk: User) -> None:
    archive = closing.close(by=desk, season=season, reasons=WHY)
    grant = files.resolve(desk, archive.stored_file)
    assert grant is not None
    assert grant.filename.endswith("-2025-2026.zip")
    assert files.resolve(CoordinatorFactory(), archive.stored_file) is None


def test_an_archive_is_made_again_once_somebody_took_their_consent_back(season: Season, desk: User) -> None:
    archive = closing.close(by=desk, season=season, reasons=WHY)
    consent = Consent.objects.create(season=season, person="Camille", form="paper", given_on=date(2026, 1, 1))
    assert closing.renew_archives() == 0
    Consent.objects.filter(pk=consent.pk).update(withdrawn_at=timezone.now())
    assert (closing.renew_archives(), closing.renew_archives()) == (1, 0)
    again = SeasonArchive.objects.get()
    assert again.stored_file_id != archive.stored_file_id
    assert again.closed_at == archive.closed_at


# The next season -------------------------------------------------------------------------------


def test_the_next_call_goes_to_a_season_that_is_created(season: Season, desk: User) -> None:
    call = CallFactory(season=season, closed=True, slug="clea-2025-2026", title="Appel 2025-2026")
    wanted = NextCall(call, a_year_later(call.slug), a_year_later(call.title))
    archive = closing.close(by=desk, season=season, reasons=WHY, next_calls=[wanted])
    made = Call.objects.get(slug="clea-2026-2027")
    assert (archive.next_call, made.title, made.cloned_from) == (made, "Appel 2026-2027", call)
    assert made.published_at is None
    assert made.closes_at == calls.shift_moment(call.closes_at, 364)
    assert (made.season.name, made.season.starts_on, made.season.programme) == (
        "2026-2027", date(2026, 9, 1), season.programme,
    )  # fmt: skip


def test_the_season_that_is_there_already_takes_it(season: Season, desk: User) -> None:
    there = Season.objects.create(
        programme=season.programme, name="Saison 3", starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31)
    )
    call = CallFactory(season=season, closed=True)
    closing.close(by=desk, season=season, reasons=WHY, next_calls=[NextCall(call, "suivant", "Suivant")])
    assert Call.objects.get(slug="suivant").season == there


def test_without_a_contract_the_season_closes_but_its_call_is_not_taken_up(season: Season, desk: User) -> None:
    programme = season.programme
    programme.ends_on = date(2026, 8, 31)
    programme.save()
    call = CallFactory(season=season, closed=True)
    with pytest.raises(Refused, match="Aucun contrat"):
        closing.close(by=desk, season=season, reasons=WHY, next_calls=[NextCall(call, "suivant", "Suivant")])
    closing.close(by=desk, season=season, reasons=WHY)
    season.refresh_from_db()
    assert season.closed_at is not None


def test_an_address_that_is_taken_closes_nothing(season: Season, desk: User) -> None:
    call = CallFactory(season=season, closed=True)
    with pytest.raises(Refused) as refused:
        closing.close(by=desk, season=season, reasons=WHY, next_calls=[NextCall(call, call.slug, "Suivant")])
    assert refused.value.field == f"{call.uuid}-slug"
    season.refresh_from_db()
    assert season.closed_at is None


# Read only -------------------------------------------------------------------------------------


def test_what_is_done_in_a_closed_season_is_refused_with_words(
    season: Season, residency: Residency, desk: User
) -> None:
    place = StructureFactory(commune=CommuneFactory(territory=residency.territory))
    team(place)
    activity = ActivityFactory(residency=residency, structure=place)
    session = SessionFactory(activity=activity, starts_at=timezone.now() - timedelta(days=2))
    meeting = MeetingFactory(season=season)
    paid = payment(residency, "3000", PaymentState.PAID)
    call = CallFactory(season=season, draft=True)
    Season.objects.filter(pk=season.pk).update(closed_at=timezone.now())
    acts = {
        "close": lambda: closing.close(by=desk, season=season),
        "activity": lambda: activities.create(
            by=desk, season=season, residencies=[residency], structures=[], kind="gesture", title="Trop tard"
        ),
        "confirmation": lambda: confirmations.confirm(
            by=desk, session=session, side=ConfirmationSide.DESK, happened=Happened.YES
        ),
        "event": lambda: events.create(by=desk, season=season, title="Trop tard"),
        "meeting": lambda: meetings.hold(by=desk, meeting=meeting),
        "payment": lambda: payment_acts.undo_payment(by=desk, payment=paid, reason="Une erreur."),
        "shares": lambda: funding.save_shares(by=desk, season=season, shares=[]),
        "opening": lambda: opening.open_outside(
            by=desk, season=season, kind="artistic", artist_name="", first_name="Zoé", last_name="Terril",
            email="zoe@exemple.test", reason="Retenue ailleurs.",
        ),
        "wish": lambda: requests.file(by=member_of(place), structure=place, season=season),
        "call": lambda: calls.publish(by=desk, call=call),
        "clone": lambda: calls.clone(by=desk, call=call, season=season, slug="x", title="X", reference_year=2030),
    }  # fmt: skip
    told = {}
    for name, act in acts.items():
        try:
            act()
        except Refused as error:
            told[name] = error.code
    assert told == dict.fromkeys(acts, "season_closed")


def test_the_clock_goes_round_a_closed_season(season: Season, residency: Residency) -> None:
    """Nobody is reminded of what can no longer be done, and nothing fails."""
    activity = ActivityFactory(residency=residency)
    SessionFactory(activity=activity, starts_at=timezone.now() - timedelta(days=2))
    ActionFactory(meeting=MeetingFactory(season=season, state=MeetingState.HELD), due_on=timezone.localdate())
    Season.objects.filter(pk=season.pk).update(closed_at=timezone.now())
    assert {name: act() for name, act in ROUNDS.items()} == dict.fromkeys(ROUNDS, 0)


def test_what_the_law_asks_goes_on_in_a_closed_season(season: Season, residency: Residency, desk: User) -> None:
    from residencies.enums import DocumentKind, DocumentState
    from residencies.models import RequestedDocument
    from residencies.services import documents

    paid = payment(residency, "3000", PaymentState.PAID, reference="A")
    held = RequestedDocument.objects.create(
        residency=residency, kind=DocumentKind.BANK, title="RIB", state=DocumentState.ACCEPTED,
        due_on=date(2025, 10, 1), asked_at=timezone.now(), stored_file=StoredFileFactory(),
    )  # fmt: skip
    Season.objects.filter(pk=season.pk).update(closed_at=timezone.now())
    payment_acts.correct_reference(by=desk, payment=paid, paid_on=date(2026, 3, 2), reference="B")
    assert documents.purge() == 1
    paid.refresh_from_db()
    held.refresh_from_db()
    assert (paid.reference, held.stored_file) == ("B", None)


def test_an_administrator_reopens_with_a_reason(season: Season, desk: User) -> None:
    first = closing.close(by=desk, season=season, reasons=WHY)
    with pytest.raises(Forbidden, match="l'administration"):
        closing.reopen(by=desk, season=season, reason="Un paiement oublié.")
    administrator = AdministratorFactory()
    with pytest.raises(Refused, match="pourquoi"):
        closing.reopen(by=administrator, season=season, reason="")
    closing.reopen(by=administrator, season=season, reason="Un paiement oublié.")
    kept = SeasonArchive.objects.get()
    assert (kept.stored_file, kept.reopened_by, kept.reopened_why) == (
        first.stored_file, administrator, "Un paiement oublié.",
    )  # fmt: skip
    closing.close(by=desk, season=season, reasons=WHY)
    again = SeasonArchive.objects.get()
    assert (again.pk, again.reopened_at, again.reopened_why) == (kept.pk, None, "")
    assert again.stored_file_id != first.stored_file_id


def test_years_move_on_in_a_name() -> None:
    assert a_year_later("clea-2026-2027") == "clea-2027-2028"
    assert a_year_later("Appel 2026, article 120269") == "Appel 2027, article 120269"


def test_after_a_season_that_does_not_say_its_year_comes_one_that_does() -> None:
    assert selectors.following(SeasonFactory(name="Saison pilote")).name == "2027-2028"
    assert selectors.following(SeasonFactory(name="2026-2027")).name == "2027-2028"
