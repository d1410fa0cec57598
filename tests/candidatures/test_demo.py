"""The demonstration, built once: what a newcomer finds after ``make run``."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pikepdf
import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from candidatures.enums import (
    ApplicationState,
    CallPhase,
    DepositKind,
    OfferState,
    PeriodKind,
    ReviewState,
    SessionState,
)
from candidatures.models import (
    Application,
    Assembly,
    Assignment,
    Call,
    Deposit,
    DepositPiece,
    Discipline,
    Jury,
    Offer,
    Recusal,
    Review,
    Season,
)
from candidatures.services import applications, assembly
from candidatures.services import calls as call_services
from clea.accounts.models import User
from clea.daycount import count
from clea.documents.models import StoredFile
from clea.journal import services as journal
from clea.journal.models import Entry
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from structures.models import Territory, TerritoryMembership
from tests.residencies import demo_facts

PARIS = ZoneInfo("Europe/Paris")
INSTITUTION = "clea@agglo-lenslievin.fr"


#: What is true of the demonstration, one sentence a function; checked in :func:`test_the_demonstration`.
FACTS: list[Callable[[str], None]] = []


def fact(check: Callable[[str], None]) -> Callable[[str], None]:
    FACTS.append(check)
    return check


@pytest.mark.once
@pytest.mark.django_db
def test_the_demonstration(subtests: pytest.Subtests, settings: Any) -> None:
    """Build it once, then look at it from every side.

    One test and not a module's fixture: the suite is shared between processes, and each that took
    a part of the module would build it again.
    """
    settings.DEBUG = True
    out = io.StringIO()
    call_command("demo", stdout=out)
    for check in (*FACTS, *demo_facts.FACTS):
        with subtests.test(check.__name__.replace("_", " ")), transaction.atomic():
            check(out.getvalue())
            transaction.set_rollback(True)


@pytest.mark.django_db
def test_is_refused_outside_debug(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("demo", stdout=io.StringIO())
    assert not User.objects.exists()


def real() -> Call:
    return Call.objects.get(slug="clea-2026-2027")


def open_call() -> Call:
    return Call.objects.open_at().get()


@fact
def tells_the_accounts_the_password_and_the_addresses(told: str) -> None:
    for words in (
        "coordination@demo.test",
        "artiste1@demo.test … artiste5@demo.test",
        "jure1@demo.test … jure8@demo.test",
        "structure1@demo.test",
        "clea-demo",
        "47 candidatures",
        open_call().get_absolute_url(),
    ):
        assert words in told


@fact
def dossiers_at_every_stage_but_the_passing_ones(told: str) -> None:
    """Nobody is between a shortlist and a session: past calls are decided, the jury of the third is reading."""
    states = list(Application.objects.values_list("state", flat=True))
    assert len(states) == 47
    passing = {ApplicationState.SHORTLISTED, ApplicationState.INTERVIEWED}
    assert set(states) == set(ApplicationState.values) - passing
    decided = Application.objects.filter(call=real())
    assert decided.filter(state=ApplicationState.SELECTED).count() == 5
    assert decided.filter(state=ApplicationState.RESERVE).count() == 1
    assert Application.objects.filter(call__slug="emi-2026-2027").count() == 3


@fact
def the_real_selection_went_to_its_end(told: str) -> None:
    """Signed minutes, one refusal, the reserve called, another territory first, and the names online."""
    jury = real().jury
    assert jury.jurors.values("institution").distinct().count() == 5
    assert jury.jurors.joined().count() == 8
    assert Recusal.objects.standing().filter(juror__jury=jury).count() == 2
    session = jury.sessions.get()
    assert session.state == SessionState.CLOSED
    assert session.minutes.get().signed is not None
    offers = Offer.objects.filter(application__call=real())
    assert offers.accepted().count() == 5
    assert offers.filter(state=OfferState.REFUSED).get().application.artist_name == "Ombeline Lampiste"
    assert offers.filter(from_reserve=True).get().state == OfferState.ACCEPTED
    page = Client().get(real().get_absolute_url()).content.decode()
    for offer in offers.accepted():
        assert escape(offer.application.artist_name) in page
    assert "Lampiste" not in page


@fact
def a_jury_is_reading_today(told: str) -> None:
    """Whoever signs in as a juror finds something to read, and something begun."""
    jury = Jury.objects.get(call__status="published", call__closes_at__gte=timezone.now() - timedelta(days=20))
    assert jury.reads_to is not None
    assert jury.reads_to >= timezone.localdate()
    mine = Review.objects.filter(juror__jury=jury, juror__user__email="jure1@demo.test")
    assert {review.state for review in mine} == {ReviewState.FILED, ReviewState.DRAFT}
    given = Assignment.objects.filter(juror__jury=jury, juror__user__email="jure1@demo.test").count()
    assert given > mine.count()
    client = Client()
    assert client.login(username="jure1@demo.test", password="clea-demo")
    assert client.get(jury.get_absolute_url()).status_code == 200


@fact
def the_real_call_has_its_real_dates_and_figures(told: str) -> None:
    call = real()
    assert call.closes_at == datetime(2026, 2, 16, tzinfo=PARIS)
    assert (call.interviews_from, call.interviews_to) == (date(2026, 3, 2), date(2026, 3, 6))
    assert call.results_on == date(2026, 3, 13)
    assert call.phase(datetime(2026, 2, 15, 23, 59, 59, tzinfo=PARIS)) == CallPhase.OPEN
    assert call.phase(datetime(2026, 2, 16, tzinfo=PARIS)) == CallPhase.CLOSED
    assert [position.count for position in call.positions.all()] == [5]
    money = call.money
    assert (money.net_allowance, money.allowance_months) == (Decimal(12000), 4)
    assert money.employer_ceiling == Decimal(24000)
    assert (money.cachet_max_percent, money.author_max_percent) == (Decimal(30), Decimal(30))
    assert (money.travel_lump_sum, money.return_trips, money.lodging_provided) == (Decimal(500), 3, True)
    assert [(p.code, p.required) for p in call.pieces.all()] == [
        ("courrier", True),
        ("cv", True),
        ("portfolio", False),
        ("oeuvres", False),
    ]
    event = call.periods.get(kind=PeriodKind.EVENT)
    assert (event.title, event.starts_on, event.ends_on) == ("27e heure", date(2026, 10, 7), date(2026, 10, 7))


@fact
def presence_counts_90_weekdays_and_87_working_days(told: str) -> None:
    spans = [(p.starts_on, p.ends_on) for p in real().periods.exclude(kind=PeriodKind.EVENT)]
    counted = count(spans, real().territory.school_zone)
    assert (counted.weekdays, counted.working_days) == (90, 87)


@fact
def the_sister_call_shares_the_weeks_and_asks_for_one_journalist(told: str) -> None:
    sister = Call.objects.get(slug="emi-2026-2027")
    same = ["kind", "starts_on", "ends_on"]
    assert list(sister.periods.values_list(*same)) == list(real().periods.values_list(*same))
    assert [position.count for position in sister.positions.all()] == [1]
    assert sister.closes_at == real().closes_at


@fact
def everything_an_applicant_reads_is_also_in_english(told: str) -> None:
    """Every French text of the three calls has its English twin, filled."""
    for call in Call.objects.all():
        assert _untranslated(call) == []
        assert _untranslated(call.money) == []
        for relation in ("positions", "axes", "periods", "sections", "pieces", "criteria", "questions", "scoring"):
            for row in getattr(call, relation).all():
                assert _untranslated(row) == [], (call, relation, row)
    assert [d.name for d in Discipline.objects.all() if not d.name_en] == []


def _untranslated(row: models.Model) -> list[str]:
    names = {field.name for field in row._meta.fields}
    return [n for n in names if f"{n}_en" in names and getattr(row, n) and not getattr(row, f"{n}_en")]


@fact
def the_text_says_no_date_that_a_clone_would_carry_over(told: str) -> None:
    """Facts of history stay; dates of the season are in the calendar, not in the chapters."""
    years = re.compile(r"202[6-9]")
    for section in open_call().sections.all():
        assert not years.search(section.text + section.text_en), section.title
    for question in open_call().questions.all():
        assert not years.search(question.answer + question.answer_en), question.question
    assert not years.search(open_call().summary + open_call().summary_en)


@fact
def the_open_call_closes_in_sixty_days_at_midnight_and_nothing_blocks_it(told: str) -> None:
    call = open_call()
    closing = timezone.localtime(call.closes_at, PARIS)
    assert (closing.hour, closing.minute) == (0, 0)
    assert closing.date() - timezone.localdate(timezone=PARIS) == timedelta(days=60)
    assert timezone.localdate(timezone=PARIS) - timezone.localtime(call.opens_at, PARIS).date() == timedelta(days=30)
    assert [issue for issue in call_services.check(call) if issue.blocking] == []
    assert call.cloned_from == real()
    assert call.periods.earliest("starts_on").starts_on > call.results_on  # type: ignore[operator]


@fact
def anyone_can_apply_to_the_open_call_at_once(told: str) -> None:
    someone = User.objects.get(email="jure1@demo.test")
    application = applications.start(by=someone, call=open_call())
    assert application.state == ApplicationState.DRAFT


@fact
def the_coordinator_can_clone_the_open_call(told: str) -> None:
    call = open_call()
    season = Season.objects.filter(programme__territory=call.territory).latest("starts_on")
    copy = call_services.clone(
        by=User.objects.get(email="coordination@demo.test"),
        call=call,
        season=season,
        slug="copie",
        title="Copie",
        reference_year=2030,
    )
    assert copy.sections.count() == call.sections.count()


@fact
def dossiers_arrive_before_the_close_with_a_rush_and_one_exception(told: str) -> None:
    received = Deposit.objects.filter(application__call=real(), kind=DepositKind.FILING)
    late = received.filter(received_at__gte=real().closes_at)
    assert [deposit.application.artist_name for deposit in late] == ["Mahaut Herscheur"]
    assert late.get().received_at < real().extensions.get().until
    assert received.filter(received_at__gte=datetime(2026, 2, 15, 18, 0, tzinfo=PARIS)).count() - late.count() == 4
    # The last of them, a little more than a minute before midnight.
    last = received.exclude(pk__in=late).latest("received_at").received_at
    assert timedelta(minutes=1) < real().closes_at - last < timedelta(minutes=2)


@fact
def numbers_follow_one_another_in_the_order_of_arrival(told: str) -> None:
    for prefix, year in (("CLEA", 2026), ("EMI", 2026), ("CLEA", open_call().reference_year)):
        series = Deposit.objects.filter(number__startswith=f"{prefix}-{year}-").order_by("received_at")
        numbers = [deposit.number for deposit in series]
        assert numbers == [f"{prefix}-{year}-{rank:04d}" for rank in range(1, len(numbers) + 1)]


@fact
def files_are_real_pdfs_of_several_pages(told: str) -> None:
    sent = StoredFile.objects.filter(deposit_pieces__isnull=False).distinct()
    assert sent.count() >= 60
    several = 0
    for stored in sent:
        with stored.file.open("rb") as file, pikepdf.open(io.BytesIO(file.read())) as pdf:
            assert len(pdf.pages) == stored.pages
            several += len(pdf.pages) > 1
    assert several >= 50
    assert StoredFile.objects.filter(repaired=True).exclude(original="").count() == 1


@fact
def the_open_calls_dossiers_are_assembled_and_older_ones_can_be(told: str) -> None:
    ready = Assembly.objects.filter(deposit__application__call=open_call())
    assert ready.count() == Deposit.objects.filter(application__call=open_call()).count() == 6
    older = Deposit.objects.awaiting_assembly().filter(application__call=real()).earliest("received_at")
    pieces = sum(row.pages or 0 for row in DepositPiece.objects.filter(deposit=older))
    assert (assembly.ensure(older.pk).pages or 0) > pieces


@fact
def every_account_signs_in_with_the_password(told: str) -> None:
    emails = ["coordination@demo.test", "structure1@demo.test"]
    emails += [f"artiste{n}@demo.test" for n in range(1, 6)] + [f"jure{n}@demo.test" for n in range(1, 9)]
    for email in emails:
        assert authenticate(None, username=email, password="clea-demo") == User.objects.get(email=email)
        assert EmailAddress.objects.filter(email=email, verified=True, primary=True).exists()
    client = Client()
    assert client.login(username="artiste4@demo.test", password="clea-demo")
    page = client.get(open_call().applications.get(owner__email="artiste4@demo.test").get_absolute_url())
    assert page.status_code == 200


@fact
def the_coordinator_holds_the_desk_of_the_territory_and_nobody_else_does(told: str) -> None:
    coordinator = User.objects.get(email="coordination@demo.test")
    assert coordinator.is_staff
    assert not coordinator.is_superuser
    assert [m.user for m in TerritoryMembership.objects.all()] == [coordinator]
    assert set(User.objects.filter(is_staff=True).values_list("email", flat=True)) == {
        "coordination@demo.test",
        "admin@demo.test",
    }
    assert Territory.objects.coordinated_by(coordinator).get() == real().territory


@fact
def artists_stand_at_every_stage_of_the_open_call(told: str) -> None:
    mine = {a.owner.email: a for a in Application.objects.filter(call=open_call()).select_related("owner")}
    assert {e: mine[f"{e}@demo.test"].state for e in ("artiste1", "artiste2", "artiste3", "artiste4", "artiste5")} == {
        "artiste1": ApplicationState.DRAFT,
        "artiste2": ApplicationState.DRAFT,
        "artiste3": ApplicationState.DRAFT,
        "artiste4": ApplicationState.SUBMITTED,
        "artiste5": ApplicationState.SUBMITTED,
    }
    assert mine["artiste4@demo.test"].has_unfiled_changes
    assert not mine["artiste5@demo.test"].has_unfiled_changes
    collective = mine["artiste5@demo.test"]
    assert [c.user.email for c in collective.collaborators.all()] == ["artiste2@demo.test"]
    assert collective.invitations.pending_at(timezone.now()).count() == 1
    assert mine["papyrus@demo.test"].deposits.count() == 2
    waiting = mine["quinquet@demo.test"].piece_requests.waiting().get()
    assert waiting.due_at > timezone.now()


@fact
def messages_keep_to_invented_people_and_left_at_their_hour(told: str) -> None:
    allowed = re.compile(rf".+@demo\.test|{re.escape(INSTITUTION)}")
    addresses = {*User.objects.values_list("email", flat=True), *Call.objects.values_list("contact_email", flat=True)}
    for name in ("to", "reply_to"):
        addresses |= set(OutgoingMail.objects.exclude(**{name: ""}).values_list(name, flat=True))
    assert {address for address in addresses if not allowed.fullmatch(address)} == set()
    drafts = OutgoingMail.objects.filter(state=MailState.DRAFT)
    assert set(drafts.values_list("kind", flat=True)) == {"piece.request"}
    assert drafts.count() == 2
    rest = OutgoingMail.objects.exclude(state=MailState.DRAFT)
    assert set(rest.values_list("state", flat=True)) == {MailState.SENT}
    for deposit in Deposit.objects.filter(kind=DepositKind.FILING).select_related("application"):
        letter = OutgoingMail.objects.filter(dedupe_key__startswith=f"ack:{deposit.uuid}").first()
        assert letter is not None
        assert letter.sent_at is not None
        assert letter.sent_at - deposit.received_at < timedelta(minutes=1)


@fact
def telephones_are_kept_for_fiction(told: str) -> None:
    fiction = re.compile(r"06 39 98 \d\d \d\d|03 53 01 \d\d \d\d")
    phones = [*Application.objects.exclude(phone="").values_list("phone", flat=True)]
    phones += Call.objects.values_list("contact_phone", flat=True)
    phones += Territory.objects.values_list("contact_phone", flat=True)
    assert [p for p in phones if not fiction.fullmatch(p.replace("\N{NO-BREAK SPACE}", " "))] == []


@fact
def the_journal_holds_and_reads_in_the_order_of_time(told: str) -> None:
    assert journal.verify().broken_seq is None
    moments = list(Entry.objects.order_by("seq").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] <= timezone.now()


@fact
def texts_keep_to_french_typography(told: str) -> None:
    """No ordinary space before a double mark or inside quotation marks."""
    for section in real().sections.all():
        assert not re.search(r" [:;!?»%€]|« ", section.text), section.title


@fact
def a_second_run_changes_nothing(told: str) -> None:
    before = _counts()
    with pytest.raises(CommandError, match="contient déjà un appel"):
        call_command("demo", stdout=io.StringIO())
    out = io.StringIO()
    call_command("demo", if_empty=True, stdout=out)
    assert "n'est pas rejouée" in out.getvalue()
    assert _counts() == before


def _counts() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}
