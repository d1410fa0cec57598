"""A juror's reading: saved, filed, taken back, tied to a newer deposit; and who comes second."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone, translation

from candidatures.enums import Advice, ApplicationState, AssignmentPurpose, ReviewState
from candidatures.models import Application, Assignment, Deposit, Recusal, Review, Score
from candidatures.services.applications import lock
from candidatures.services.jury import recusals, reviews
from candidatures.services.jury.base import lock_jury
from candidatures.services.jury.reviews import Incomplete, NoLongerTheirs, Values
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from tests.factories.jury import AssignmentFactory, JurorFactory, JuryFactory, RecusalFactory, eligible, read_by
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def jury():
    return JuryFactory()


@pytest.fixture
def juror(jury):
    return JurorFactory(jury=jury)


@pytest.fixture
def dossier(jury, juror):
    (application,) = eligible(jury.call, 1)
    read_by(juror, application)
    return application


def notes(jury, *values):
    return {criterion.pk: value for criterion, value in zip(jury.call.scoring.all(), values, strict=False)}


def save(juror, dossier, version: int | None = 0, **values: Any) -> Review:
    return reviews.save(by=juror.user, juror=juror, application=dossier, values=Values(**values), version=version)


def file(juror, dossier, version: int | None = None, **values: Any) -> Review:
    return reviews.file(by=juror.user, juror=juror, application=dossier, values=Values(**values), version=version)


def given(juror) -> list[int | None]:
    scores = Score.objects.filter(review__juror=juror).order_by("criterion__order", "criterion_id")
    return list(scores.values_list("value", flat=True))


def newer_deposit(application: Application) -> Deposit:
    first = application.last_deposit
    assert first is not None
    second = Deposit.objects.create(
        application=application, number=f"{first.number}-B", rank=2, received_at=timezone.now(),
        filed_by=application.owner, sha256="b" * 64, data=first.data,
    )  # fmt: skip
    Application.objects.filter(pk=application.pk).update(last_deposit=second)
    return second


def verbs() -> list[str]:
    return list(Entry.objects.order_by("seq").values_list("verb", flat=True))


def test_a_reading_is_written_piece_by_piece_and_keeps_what_is_not_sent_again(jury, juror, dossier):
    save(juror, dossier, notes=notes(jury, 4))
    review = save(juror, dossier, version=1, comment="Un projet juste.")
    assert (review.version, review.state) == (2, ReviewState.DRAFT)
    assert Review.objects.get().comment == "Un projet juste."
    assert given(juror) == [4]


def test_a_note_can_be_taken_back(jury, juror, dossier):
    save(juror, dossier, notes=notes(jury, 4, 2))
    save(juror, dossier, version=1, notes=notes(jury, None))
    assert given(juror) == [None, 2]


def test_nothing_written_leaves_nothing(juror, dossier):
    assert save(juror, dossier).pk is None
    assert not Review.objects.exists()


def test_the_same_page_sent_twice_is_written_once(jury, juror, dossier):
    save(juror, dossier, notes=notes(jury, 4))
    again = save(juror, dossier, version=0, notes=notes(jury, 4))
    assert again.version == Review.objects.get().version == 1


def test_a_second_tab_does_not_overwrite_the_first(jury, juror, dossier):
    save(juror, dossier, notes=notes(jury, 4))
    save(juror, dossier, version=1, comment="Premier onglet.")
    with pytest.raises(StaleWrite, match="autre onglet"):
        save(juror, dossier, version=1, comment="Second onglet.")
    assert Review.objects.get().comment == "Premier onglet."
    save(juror, dossier, version=None, comment="Second onglet.")
    assert Review.objects.get().comment == "Second onglet."


def test_a_note_off_its_scale_is_named_and_the_rest_is_kept(jury, juror, dossier):
    first, second = jury.call.scoring.all()
    with pytest.raises(Incomplete) as refused:
        save(juror, dossier, notes={first.pk: first.max_score + 1, second.pk: 2}, comment="À garder.")
    assert list(refused.value.problems) == [f"note_{first.pk}"]
    assert given(juror) == [None, 2]
    assert Review.objects.get().comment == "À garder."


def test_filing_needs_every_note_and_an_advice_and_keeps_what_was_typed(jury, juror, dossier):
    first, second = jury.call.scoring.all()
    with pytest.raises(Incomplete) as refused:
        file(juror, dossier, notes={first.pk: 3})
    assert set(refused.value.problems) == {f"note_{second.pk}", "advice"}
    assert given(juror) == [3]
    assert Review.objects.get().state == ReviewState.DRAFT
    review = file(juror, dossier, notes={second.pk: 5}, advice=Advice.FAVOURABLE)
    assert review.state == ReviewState.FILED
    assert review.filed_at is not None


def test_who_abstains_gives_no_note(juror, dossier):
    assert file(juror, dossier, advice=Advice.ABSTAIN).state == ReviewState.FILED
    assert not Review.objects.counted().exists()


def test_a_second_click_finds_the_reading_filed(jury, juror, dossier):
    sent = {"notes": notes(jury, 3, 3), "advice": Advice.RESERVED}
    first = file(juror, dossier, **sent)
    assert file(juror, dossier, **sent).version == first.version
    assert verbs().count("review.filed") == 1


def test_a_filed_reading_is_not_changed(jury, juror, dossier):
    file(juror, dossier, advice=Advice.ABSTAIN)
    for act in (save, file):
        with pytest.raises(Refused, match="déposée"):
            act(juror, dossier, None, comment="Trop tard.")
    assert Review.objects.get().comment == ""


def test_its_author_takes_it_back_before_the_discussion(jury, juror, dossier):
    review = file(juror, dossier, advice=Advice.ABSTAIN)
    taken = reviews.reopen(by=juror.user, review=review)
    assert (taken.state, taken.filed_at, taken.version) == (ReviewState.DRAFT, None, 2)
    file(juror, dossier)
    jury.discussion_opened_at = timezone.now()
    jury.save()
    with pytest.raises(Refused) as refused:
        reviews.reopen(by=juror.user, review=review)
    assert refused.value.code == "discussion_open"


def test_the_coordination_reopens_with_a_reason_that_the_juror_receives(jury, juror, dossier):
    review = file(juror, dossier, advice=Advice.ABSTAIN)
    jury.discussion_opened_at = timezone.now()
    jury.save()
    coordinator = CoordinatorFactory(territory=jury.territory)
    with pytest.raises(Refused, match="Dites pourquoi"):
        reviews.reopen(by=coordinator, review=review)
    reviews.reopen(by=coordinator, review=review, reason="Une note manque.")
    assert Review.objects.get().state == ReviewState.DRAFT
    mail = OutgoingMail.objects.get(kind="jury.review_reopened")
    assert mail.to == juror.user.email
    assert "Une note manque." in mail.body
    assert "Une note manque." not in str(list(Entry.objects.values_list("data", "summary")))


def test_the_reopened_letter_names_no_one_while_reading_is_blind(jury, juror, dossier):
    jury.call.blind_reading = True
    jury.call.save()
    review = file(juror, dossier, advice=Advice.ABSTAIN)
    reviews.reopen(by=CoordinatorFactory(territory=jury.territory), review=review, reason="Une note manque.")
    mail = OutgoingMail.objects.get(kind="jury.review_reopened")
    assert dossier.display_name not in mail.subject + mail.body
    assert dossier.last_deposit.number in mail.subject


def test_the_reading_of_a_member_who_stepped_aside_since_is_not_given_back(jury, juror, dossier):
    review = file(juror, dossier, advice=Advice.ABSTAIN)
    RecusalFactory(juror=juror, application=dossier)
    with pytest.raises(Refused, match="déport"):
        reviews.reopen(by=CoordinatorFactory(territory=jury.territory), review=review, reason="Une note manque.")
    assert Review.objects.get().state == ReviewState.FILED
    # The letter would have named a dossier that does not exist for them any more.
    assert not OutgoingMail.objects.filter(kind="jury.review_reopened").exists()


def test_nobody_else_reopens_nor_writes_a_reading(jury, juror, dossier):
    review = file(juror, dossier, advice=Advice.ABSTAIN)
    colleague = JurorFactory(jury=jury)
    for stranger in (colleague.user, CoordinatorFactory()):
        with pytest.raises(Forbidden):
            reviews.reopen(by=stranger, review=review, reason="Pour voir.")
    with pytest.raises(Forbidden):
        reviews.save(by=colleague.user, juror=juror, application=dossier, values=Values(comment="x"), version=None)


def test_a_reading_keeps_the_deposit_it_was_begun_on(jury, juror, dossier):
    seen = dossier.last_deposit
    second = newer_deposit(dossier)
    review = reviews.save(
        by=juror.user, juror=juror, application=dossier, values=Values(comment="Lu hier."), version=0, deposit=seen.uuid
    )
    assert review.deposit_id == seen.pk
    with pytest.raises(Refused) as refused:
        file(juror, dossier, notes=notes(jury, 3, 3), advice=Advice.FAVOURABLE)
    assert refused.value.code == "newer_deposit"
    # Refused, and nothing lost.
    assert given(juror) == [3, 3]
    read = reviews.read_again(by=juror.user, review=review)
    assert (read.deposit_id, read.comment) == (second.pk, "Lu hier.")
    assert file(juror, dossier).state == ReviewState.FILED
    assert "review.read_again" in verbs()


def test_the_journal_keeps_one_line_a_quarter_of_an_hour_of_typing(juror, dossier):
    start = timezone.now().replace(minute=1, second=0, microsecond=0)
    with time_machine.travel(start, tick=False) as clock:
        for minute in range(0, 31, 2):
            clock.move_to(start + timedelta(minutes=minute))
            save(juror, dossier, version=None, comment=f"Mot {minute}.")
    assert verbs() == ["review.started", "review.edited", "review.edited"]


@pytest.mark.parametrize(
    "change",
    [
        lambda juror, dossier: RecusalFactory(juror=juror, application=dossier),
        lambda juror, dossier: Assignment.objects.all().delete(),
        lambda juror, dossier: type(juror).objects.update(left_at=timezone.now()),
        lambda juror, dossier: Application.objects.update(state=ApplicationState.WITHDRAWN),
        lambda juror, dossier: Application.objects.update(owner=juror.user),
    ],
    ids=["recused", "unassigned", "left", "withdrawn", "own"],
)
def test_a_dossier_that_left_ones_hands_is_not_written(juror, dossier, change: Callable[..., Any]):
    save(juror, dossier, comment="Avant.")
    change(juror, dossier)
    for act in (save, file):
        with pytest.raises(NoLongerTheirs):
            act(juror, dossier, None, comment="Après.")
    assert Review.objects.get().comment == "Avant."


def test_consultation_and_decision_take_no_reading(jury, juror):
    consulted, decided = eligible(jury.call, 2)
    AssignmentFactory(juror=juror, application=consulted, purpose=AssignmentPurpose.CONSULT)
    read_by(juror, decided)
    Application.objects.filter(pk=decided.pk).update(state=ApplicationState.SELECTED)
    for application, code in ((consulted, "consult"), (decided, "decided")):
        with pytest.raises(Refused) as refused:
            save(juror, application, comment="Non.")
        assert refused.value.code == code


# Several at once ------------------------------------------------------------------------------------


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run each act in its own thread and connection, from the same instant; what it returned or raised."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(rank: int, act: Callable[[], Any]) -> None:
        try:
            with translation.override("fr"):
                barrier.wait()
                results[rank] = act()
        except Exception as error:  # noqa: BLE001 - whatever a thread meets is the test's business
            results[rank] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_jurors_and_the_coordination_on_one_dossier_lose_nothing():
    jury = JuryFactory()
    coordinator = CoordinatorFactory(territory=jury.territory)
    (dossier,) = eligible(jury.call, 1)
    first, second, third = (JurorFactory(jury=jury) for _rank in range(3))
    for juror in (first, second, third):
        read_by(juror, dossier)

    def typing(juror: Any) -> int:
        for rank in range(8):
            save(juror, dossier, version=None, comment=f"Mot {rank}.", notes=notes(jury, rank % 5, 1))
        return file(juror, dossier, notes=notes(jury, 4, 3), advice=Advice.FAVOURABLE).version

    one, two, recused, coordination = together(
        lambda: typing(first),
        lambda: typing(second),
        lambda: typing(third),
        lambda: recusals.declare(
            by=coordinator, juror=third, application=dossier, reason="work", words="Constaté en réunion."
        ),
    )
    assert isinstance(coordination, Recusal)
    assert (one, two) == (9, 9)
    # Whoever came before the recusal is kept, hidden; whoever came after is told.
    assert recused == 9 or isinstance(recused, NoLongerTheirs)
    assert set(Review.objects.counted().values_list("juror_id", flat=True)) == {first.pk, second.pk}
    with pytest.raises(NoLongerTheirs):
        save(third, dossier, version=None, comment="Encore.")


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_the_same_instant_write_one_and_tell_the_other():
    jury = JuryFactory()
    juror = JurorFactory(jury=jury)
    (dossier,) = eligible(jury.call, 1)
    read_by(juror, dossier)
    save(juror, dossier, comment="Au départ.")
    results = together(
        lambda: save(juror, dossier, version=1, comment="Onglet un."),
        lambda: save(juror, dossier, version=1, comment="Onglet deux."),
    )
    written = [result for result in results if isinstance(result, Review)]
    assert len(written) == 1
    assert sum(isinstance(result, StaleWrite) for result in results) == 1
    assert Review.objects.get().comment == written[0].comment


@pytest.mark.django_db(transaction=True)
def test_a_reading_filed_while_the_session_settles_is_refused_with_the_reason():
    jury = JuryFactory()
    juror = JurorFactory(jury=jury)
    (dossier,) = eligible(jury.call, 1)
    read_by(juror, dossier)
    locked = threading.Event()

    def settle() -> None:
        # As a session does: the jury, then the dossier, held until the decision is written.
        with transaction.atomic():
            lock_jury(jury)
            row = lock(dossier)
            locked.set()
            threading.Event().wait(0.3)
            row.state = ApplicationState.DECLINED
            row.save(update_fields=["state"])

    def filing() -> Any:
        locked.wait(10)
        return file(juror, dossier, notes=notes(jury, 4, 3), advice=Advice.FAVOURABLE)

    settled, filed = together(settle, filing)
    assert settled is None
    assert isinstance(filed, Refused)
    assert filed.code == "decided"
    assert "s'est prononcé" in str(filed)
    assert not Review.objects.exists()
