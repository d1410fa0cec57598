"""What structures say afterwards: asked once, kept apart from who said it, hidden below five answers."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from residencies.methods.feedback import FEWEST, answers, showable
from residencies.models import Feedback, FeedbackInvitation, FeedbackQuestion, FeedbackScore
from residencies.selectors import feedback as selectors
from residencies.services import feedback
from tests.factories.feedback import answered, ask, held
from tests.factories.residencies import ResidencyFactory, moment, team
from tests.factories.structures import CoordinatorFactory

EVENING = moment("2027-02-02", "20:00")


@pytest.fixture
def residency(db):
    return ResidencyFactory()


@pytest.fixture
def desk(residency):
    return CoordinatorFactory(territory=residency.territory)


def test_a_structure_is_asked_once_and_reminded_once(residency, time_machine) -> None:
    time_machine.move_to(EVENING)
    session = held(residency, on="2027-02-02")
    assert feedback.ask_all() == 0, "nothing is asked while the territory has no question"
    ask(residency.territory)
    assert feedback.ask_all() == 1
    assert feedback.ask_all() == 0
    sent = OutgoingMail.objects.get(kind="feedback.asked")
    invitation = FeedbackInvitation.objects.get()
    assert session.activity.title in sent.subject
    assert f"/avis/{invitation.uuid}/" in sent.body
    assert feedback.remind_all() == 0
    time_machine.move_to(moment("2027-02-13", "09:00"))
    assert feedback.remind_all() == 1
    assert feedback.remind_all() == 0
    assert OutgoingMail.objects.filter(kind="feedback.reminded").count() == 1


def test_a_structure_nobody_can_be_reached_in_is_asked_once_somebody_can(residency, time_machine) -> None:
    time_machine.move_to(EVENING)
    ask(residency.territory)
    session = held(residency, on="2027-02-02")
    place = session.activity.structures.get()
    place.professionals.all().delete()
    assert feedback.ask_all() == 0
    team(place)
    assert feedback.ask_all() == 1


def test_an_activity_long_over_is_not_asked_about(residency, time_machine) -> None:
    time_machine.move_to(moment("2027-06-20", "09:00"))
    ask(residency.territory)
    held(residency, on="2027-02-02")
    assert feedback.ask_all() == 0


def test_an_answer_comes_without_an_account_and_keeps_nobody(residency, client, time_machine) -> None:
    time_machine.move_to(EVENING)
    first, second = ask(residency.territory)
    session = held(residency, on="2027-02-02")
    feedback.ask_all()
    invitation = FeedbackInvitation.objects.get()
    address = f"/avis/{invitation.uuid}/"
    page = client.get(address)
    assert page.status_code == 200
    assert page["X-Robots-Tag"] == "noindex"

    empty = client.post(address, {"words": "  "})
    assert empty.status_code == 422
    assert "Répondez à une question au moins" in empty.content.decode()

    sent = {f"q_{first.uuid.hex}": "5", f"q_{second.uuid.hex}": "", "words": "Un moment rare."}
    assert client.post(address, sent).status_code == 302
    kept = Feedback.objects.get()
    assert [(row.question, row.value) for row in kept.scores.all()] == [(first, 5)]
    assert list(kept.residencies.all()) == [residency]
    entry = Entry.objects.get(verb="feedback.answered")
    structure = session.activity.structures.get()
    assert str(structure.uuid) not in str((entry.data, entry.target_id))
    assert str(session.activity.uuid) not in str((entry.data, entry.target_id))
    assert "Merci" in client.get(address).content.decode()
    client.post(address, sent)
    assert Feedback.objects.count() == 1, "a second answer is not taken"
    with pytest.raises(Refused) as refusal:
        feedback.answer(invitation=invitation, scores={first: 1}, words="")
    assert refusal.value.code == "answered"


def test_below_five_answers_nothing_is_shown(residency, desk, client) -> None:
    ask(residency.territory)
    answered(residency, FEWEST - 1, words="Secret")
    found = selectors.results(residency.season)
    assert (found.answered, found.missing, found.questions, found.words) == (4, 1, [], [])
    client.force_login(desk)
    address = f"/coordination/residencies/residency/saison/{residency.season.uuid}/avis/"
    assert "Secret" not in client.get(address).content.decode()
    answered(residency, 1, words="Secret")
    found = selectors.results(residency.season)
    assert [row.answers.mean for row in found.questions] == [4, 4]
    assert len(found.words) == 5
    assert "Secret" in client.get(address).content.decode()


def test_a_residency_whose_figures_would_tell_the_others_stays_hidden(residency) -> None:
    ask(residency.territory, 1)
    other = ResidencyFactory(season=residency.season)
    answered(residency, 6, note=5)
    answered(other, 2, note=1)
    shown = {row.residency: bool(row.questions) for row in selectors.results(residency.season).residencies}
    assert shown == {residency: False, other: False}
    answered(other, 3, note=1)
    means = {row.residency: row.questions[0].answers.mean for row in selectors.results(residency.season).residencies}
    assert means == {residency: 5, other: 1}


def test_a_question_that_few_of_the_others_answered_is_not_shown_by_residency(residency) -> None:
    """Fourteen answer, but two of the others only answered this question: two slices of six would tell what."""
    first, _second = ask(residency.territory, 2)
    rest = [ResidencyFactory(season=residency.season) for _n in range(2)]
    answered(residency, 6, note=5)
    answered(rest[0], 6, note=3)
    answered(rest[1], 5, note=1)
    keys = list(FeedbackScore.objects.filter(question=first, value=1).values_list("pk", flat=True)[:3])
    FeedbackScore.objects.filter(pk__in=keys).delete()
    found = selectors.results(residency.season)
    shown = {row.residency: [one.answers.shown for one in row.questions] for row in found.residencies}
    assert [one.answers.total for one in found.questions] == [14, 17]
    assert sum(told[0] for told in shown.values()) == 1, "two slices would leave the two others"
    assert all(told[1] for told in shown.values())


def test_an_answered_question_keeps_its_words(residency, desk) -> None:
    question = ask(residency.territory, 1)[0]
    answered(residency, 1)
    question.text = "Autre chose ?"
    with pytest.raises(Refused):
        feedback.save_question(by=desk, question=question)
    with pytest.raises(Refused):
        feedback.remove_question(by=desk, question=question)
    question.refresh_from_db()
    question.is_active = False
    feedback.save_question(by=desk, question=question)
    assert selectors.questions(residency.territory) == []


def test_only_the_desk_writes_questions_and_reminds(residency, desk) -> None:
    stranger = CoordinatorFactory()
    with pytest.raises(Forbidden):
        feedback.first_questions(by=stranger, territory=residency.territory)
    with pytest.raises(Forbidden):
        feedback.remind(by=stranger, season=residency.season)
    taken = ask(residency.territory, 1)[0]
    taken.territory = stranger.territory_memberships.get().territory
    with pytest.raises(Forbidden):
        feedback.save_question(by=stranger, question=taken)
    taken.delete()
    assert len(feedback.first_questions(by=desk, territory=residency.territory)) == 5
    assert feedback.first_questions(by=desk, territory=residency.territory) == []
    assert FeedbackQuestion.objects.count() == 5


def test_a_closed_season_takes_no_answer(residency, client, time_machine) -> None:
    time_machine.move_to(EVENING)
    question = ask(residency.territory, 1)[0]
    held(residency, on="2027-02-02")
    feedback.ask_all()
    invitation = FeedbackInvitation.objects.get()
    type(residency.season).objects.update(closed_at=EVENING)
    assert "Cette saison est close" in client.get(f"/avis/{invitation.uuid}/").content.decode()
    with pytest.raises(Refused) as refusal:
        feedback.answer(invitation=invitation, scores={question: 3}, words="")
    assert refusal.value.code == "season_closed"
    client.force_login(CoordinatorFactory(territory=residency.territory))
    address = f"/coordination/residencies/residency/saison/{residency.season.uuid}/avis/"
    answer = client.post(f"{address}rappeler/", follow=True)
    assert "est close" in answer.content.decode()


def test_the_page_costs_the_same_at_three_and_at_thirty(residency, desk, client) -> None:
    ask(residency.territory)
    client.force_login(desk)
    address = f"/coordination/residencies/residency/saison/{residency.season.uuid}/avis/"
    answered(residency, 6)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(address)
    answered(residency, 24)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)


@settings(max_examples=50)
@given(st.dictionaries(st.integers(0, 8), st.sets(st.integers(0, 30), max_size=14), max_size=6))
def test_neither_a_slice_shown_nor_what_is_left_is_small(slices: dict[int, set[int]]) -> None:
    whole = set(range(31))
    shown = showable(slices, whole)
    assert all(len(slices[key]) >= FEWEST for key in shown)
    left = [whole - slices[key] for key in shown] + [whole.difference(*(slices[key] for key in shown))]
    # An answer about two residencies is in both slices: one taken off the other that holds it.
    left += [slices[one] - slices[other] for one in shown for other in shown if slices[other] < slices[one]]
    assert not any(0 < len(few) < FEWEST for few in left)


@given(st.lists(st.integers(1, 5), max_size=30))
def test_notes_are_counted_or_withheld(notes: list[int]) -> None:
    found = answers(notes)
    assert found.shown == (len(notes) >= FEWEST)
    assert not found.shown or found.total == len(notes)
