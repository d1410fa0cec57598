"""The jury in session: who counts, what is decided, and what makes it stand."""

from datetime import time, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from candidatures.enums import (
    APPLICATION_TRANSITIONS,
    DELIBERATED_STATES,
    ApplicationState,
    Outcome,
    Presence,
    SessionState,
)
from candidatures.models import ChosenSet, Decision, Juror, Position
from candidatures.rules import jury as jury_rules
from candidatures.rules import sessions as rules
from candidatures.selectors import sessions as selectors
from candidatures.services.jury import sessions
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from tests.candidatures.jury.sessions import committee, decided, held, present, states, substitute
from tests.factories.candidatures import CollaboratorFactory
from tests.factories.jury import JurorFactory, RecusalFactory, ReviewFactory, eligible
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return committee()


def refused(act, **kwargs):
    """The code and the words of a refusal."""
    with pytest.raises(Refused) as caught:
        act(**kwargs)
    return caught.value.code, str(caught.value)


# The table of states ------------------------------------------------------------------------


@pytest.mark.parametrize("current", SessionState)
@pytest.mark.parametrize("target", SessionState)
def test_the_states_of_a_session(current, target):
    allowed = {
        ("preparing", "settled"),
        ("settled", "closed"),
        ("settled", "preparing"),
        ("closed", "preparing"),
    }
    assert bool(jury_rules.can_session_transition(current, target)) is ((current, target) in allowed)


@pytest.mark.parametrize("state", ApplicationState)
def test_what_a_session_may_decide_on(state):
    first, later = rules.can_put_on_agenda(state, earlier=False), rules.can_put_on_agenda(state, earlier=True)
    assert bool(first) is (state in DELIBERATED_STATES)
    assert bool(later) is (state in DELIBERATED_STATES or state == "reserve")


def test_every_decision_and_its_correction_are_in_the_table_of_the_dossier():
    for before in [*DELIBERATED_STATES, ApplicationState.RESERVE]:
        for after in {*rules.STATE_OF.values()} - {before}:
            assert after in APPLICATION_TRANSITIONS[before]
            assert before in APPLICATION_TRANSITIONS[after]


# Quorum -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "seats", "needed"), [(50, 8, 4), (50, 7, 4), (66, 8, 6), (100, 5, 5), (0, 5, 1), (50, 0, 1), (34, 3, 2)]
)
def test_the_quorum_is_rounded_up_and_somebody_always_sits(room, percent, seats, needed):
    room.jury.quorum_percent = percent
    held_seats = [rules.Seat(n, n, 1, True) for n in range(seats)]
    assert rules.quorum(room.jury, held_seats).needed == needed


def test_the_sentence_of_the_quorum():
    assert rules.Quorum(8, 6, 4).sentence() == "6 sièges sur 8 occupés, quorum 4 : atteint"
    assert rules.Quorum(8, 1, 4).sentence() == "1 siège sur 8 occupé, quorum 4 : non atteint"
    assert rules.Quorum(8, 6, 4, 1, 2).sentence().endswith("1 institution représentée, il en faut 2 : non atteint")


def test_a_substitute_counts_in_the_seat_of_an_absent_member(room):
    stand_in = substitute(room)
    session = held(room, absent=2)
    assert selectors.room(session).quorum.present == 2
    present(room, session, absent=2, instead=[(stand_in, room.jurors[3])])
    count = selectors.room(session).quorum
    assert (count.present, count.seats) == (3, 4)


def test_a_substitute_without_a_seat_listens(room):
    stand_in = substitute(room)
    session = held(room)
    present(room, session, instead=[(stand_in, None)])
    assert selectors.room(session).quorum.present == 4
    assert selectors.room(session).quorum.seats == 4


def test_who_may_take_which_seat(room):
    theirs, any_seat = substitute(room, substitute_for=room.jurors[2]), substitute(room)
    session = held(room)

    def attempt(**kwargs):
        present(room, session, **kwargs)

    assert refused(attempt, absent=2, instead=[(theirs, room.jurors[3])])[0] == "not_theirs"
    assert refused(attempt, absent=2, instead=[(any_seat, room.jurors[0])])[0] == "seat_taken"
    two = [(theirs, room.jurors[2]), (any_seat, room.jurors[2])]
    assert refused(attempt, absent=2, instead=two)[0] == "seat_taken"
    assert refused(attempt, absent=2, instead=[(any_seat, theirs)])[0] == "no_seat"
    rows = [(room.jurors[0], Presence.PRESENT, room.jurors[3])]
    assert refused(sessions.attend, by=room.by, session=session, rows=rows)[0] == "not_substitute"
    rows = [(any_seat, Presence.EXCUSED, room.jurors[3])]
    assert refused(sessions.attend, by=room.by, session=session, rows=rows)[0] == "absent"
    attempt(absent=2, instead=[(theirs, room.jurors[2]), (any_seat, room.jurors[3])])
    assert selectors.room(session).quorum.present == 4


def test_the_table_holds_that_two_substitutes_never_share_a_seat(room):
    session = held(room, absent=1)
    first, second = substitute(room), substitute(room)
    session.attendance.create(juror=first, presence="present", replaces=room.jurors[3])
    with pytest.raises(IntegrityError), transaction.atomic():
        session.attendance.create(juror=second, presence="present", replaces=room.jurors[3])


def test_a_recused_member_leaves_both_sides_of_the_count_for_that_dossier(room):
    session = held(room, absent=1)
    dossier, other = room.dossiers[:2]
    RecusalFactory(juror=room.jurors[0], application=dossier)
    RecusalFactory(juror=room.jurors[3], application=dossier)  # absent: leaves the seats, not the presences
    seen = selectors.room(session)
    count = seen.for_dossier(dossier.pk)
    assert (count.seats, count.present, count.needed) == (2, 2, 1)
    assert seen.for_dossier(other.pk) == seen.quorum
    assert (seen.quorum.seats, seen.quorum.present) == (4, 3)


def test_the_seat_follows_who_sits_in_it(room):
    """The absent member is recused, the substitute is not: the seat counts. The other way round it does not."""
    stand_in = substitute(room)
    session = held(room)
    present(room, session, absent=1, instead=[(stand_in, room.jurors[3])])
    first, second = room.dossiers[:2]
    RecusalFactory(juror=room.jurors[3], application=first)
    RecusalFactory(juror=stand_in, application=second)
    seen = selectors.room(session)
    assert (seen.for_dossier(first.pk).seats, seen.for_dossier(first.pk).present) == (4, 4)
    assert (seen.for_dossier(second.pk).seats, seen.for_dossier(second.pk).present) == (3, 3)


def test_a_recusal_set_aside_counts_again(room):
    session = held(room)
    recusal = RecusalFactory(juror=room.jurors[0], application=room.dossiers[0])
    assert selectors.room(session).for_dossier(room.dossiers[0].pk).present == 3
    type(recusal).objects.update(standing=False, set_aside_at=timezone.now())
    assert selectors.room(session).for_dossier(room.dossiers[0].pk).present == 4


def test_nobody_counts_on_their_own_dossier(room):
    session = held(room)
    mine, shared = room.dossiers[:2]
    type(mine).objects.filter(pk=mine.pk).update(owner=room.jurors[1].user)
    CollaboratorFactory(application=shared, user=room.jurors[2].user)
    seen = selectors.room(session)
    assert [seen.for_dossier(row.pk).present for row in room.dossiers[:3]] == [3, 3, 4]
    decided(room, session)
    said = sessions.settle(by=room.by, session=session).data["recusals"]
    assert [(line["member"], line["number"]) for line in said] == [
        (str(room.jurors[1]), mine.last_deposit.number),
        (str(room.jurors[2]), shared.last_deposit.number),
    ]


# Opening ------------------------------------------------------------------------------------


def test_opening_puts_every_dossier_to_decide_on_the_agenda(room):
    eligible(room.call, 1, state="ineligible")
    session = held(room)
    assert {row.application for row in selectors.agenda(session)} == set(room.dossiers)


def test_one_session_in_preparation_at_a_time_and_the_desk_only(room):
    held(room)
    today = timezone.localdate()
    assert refused(sessions.open_session, by=room.by, jury=room.jury, held_on=today)[0] == "another"
    stranger = CoordinatorFactory()
    with pytest.raises(Forbidden):
        sessions.open_session(by=stranger, jury=room.jury, held_on=today)


def test_the_chair_is_of_this_jury_and_the_day_in_order(room):
    session = held(room)
    other = JurorFactory()
    change = sessions.change_session
    assert refused(change, by=room.by, session=session, chair=other)[0] == "not_a_member"
    hours = {"starts_at": time(14), "ends_at": time(9)}
    assert refused(change, by=room.by, session=session, **hours)[0] == "not_in_order"


def test_a_session_opened_by_mistake_is_thrown_away_until_it_has_minutes(room):
    session = held(room)
    decided(room, session)
    sessions.discard_session(by=room.by, session=session)
    assert not room.jury.sessions.exists()
    assert set(states(room)) == {"eligible"}
    session = held(room)
    decided(room, session)
    sessions.settle(by=room.by, session=session)
    sessions.correct(by=room.by, session=session, reason="Erreur de date.")
    assert refused(sessions.discard_session, by=room.by, session=session)[0] == "has_minutes"


# Deciding -----------------------------------------------------------------------------------


def test_more_artists_than_residencies_is_refused_with_the_figure(room):
    session = held(room)
    free = sum(position.count for position in room.call.positions.all())
    wanted = {"by": room.by, "session": session, "outcome": Outcome.SELECTED}
    code, words = refused(sessions.decide_many, applications=room.dossiers[: free + 1], **wanted)
    assert code == "too_many"
    assert f"{free + 1} dossiers retenus pour {free} résidence" in words
    sessions.decide_many(applications=room.dossiers[:free], **wanted)
    assert refused(sessions.decide, application=room.dossiers[free], **wanted)[0] == "too_many"
    assert session.decisions.filter(outcome="selected").count() == free


@pytest.mark.parametrize(
    ("votes", "code"),
    [
        ((2, 1, 1), ""),
        ((2, 1, 0), ""),
        ((0, 0, 0), ""),
        ((3, 1, 1), "too_many_votes"),
        ((3, None, None), "votes_partial"),
    ],
)
def test_votes_never_exceed_the_voters_of_the_dossier(room, votes, code):
    session = held(room)
    ask = {"by": room.by, "session": session, "application": room.dossiers[0], "outcome": "declined", "votes": votes}
    if code:
        assert refused(sessions.decide, **ask)[0] == code
    else:
        row = sessions.decide(**ask)
        assert (row.votes_for, row.votes_against, row.votes_blank) == votes


def test_a_recused_member_does_not_vote(room):
    session = held(room)
    RecusalFactory(juror=room.jurors[0], application=room.dossiers[0])
    ask = {"by": room.by, "session": session, "outcome": "declined", "votes": (4, 0, 0)}
    assert refused(sessions.decide, application=room.dossiers[0], **ask)[0] == "too_many_votes"
    sessions.decide(application=room.dossiers[1], **ask)


def test_a_decision_seen_by_two_people_is_written_by_the_first(room):
    from candidatures.services.jury.decisions import decision_mark

    session = held(room)
    ask = {"by": room.by, "session": session, "application": room.dossiers[0]}
    seen = decision_mark(session.decisions.get(application=room.dossiers[0]))
    sessions.decide(**ask, outcome="declined", seen=seen)
    with pytest.raises(StaleWrite):
        sessions.decide(**ask, outcome="reserve", seen=seen)
    mark = selectors.mark(session)
    sessions.decide(**ask, outcome="reserve")
    with pytest.raises(StaleWrite):
        sessions.decline_rest(by=room.by, session=session, seen=mark)
    assert session.decisions.filter(outcome="").count() == 5


def test_starting_from_the_ranking_leaves_what_is_decided(room):
    session = held(room)
    Position.objects.filter(call=room.call).update(count=2)
    for n, dossier in enumerate(room.dossiers[:5]):
        ReviewFactory(juror=room.jurors[0], application=dossier, notes=[n, n])
    sessions.decide(by=room.by, session=session, application=room.dossiers[4], outcome="declined")
    found = sessions.propose(by=room.by, session=session, source="ranking", reserve=2)
    assert found == (2, 2)
    outcomes = dict(session.decisions.values_list("application_id", "outcome"))
    assert [outcomes[row.pk] for row in room.dossiers] == ["reserve", "reserve", "selected", "selected", "declined", ""]
    ranks = dict(session.decisions.values_list("application_id", "rank"))
    assert [ranks[row.pk] for row in room.dossiers] == [5, 4, 3, 2, 1, None]
    assert [row.application for row in selectors.reserve(session.decisions.all())] == [
        room.dossiers[1],
        room.dossiers[0],
    ]


def test_starting_from_the_set(room):
    session = held(room)
    Position.objects.filter(call=room.call).update(count=2)
    assert refused(sessions.propose, by=room.by, session=session, source="set")[0] == "no_set"
    chosen = ChosenSet.objects.create(jury=room.jury)
    chosen.applications.set(room.dossiers[2:4])
    assert sessions.propose(by=room.by, session=session, source="set") == (2, 0)
    kept = session.decisions.filter(outcome="selected").values_list("application_id", flat=True)
    assert set(kept) == {row.pk for row in room.dossiers[2:4]}


# The reserve list ---------------------------------------------------------------------------


@given(data=st.data(), size=st.integers(0, 12))
def test_typed_ranks_always_make_a_list_from_one_to_n(data, size):
    current = list(range(100, 100 + size))
    ranks = st.one_of(st.none(), st.integers(-3, size + 5))
    typed = data.draw(st.dictionaries(st.sampled_from(current), ranks)) if current else {}
    order = rules.in_order(current, typed)
    assert sorted(order) == current
    if not any(typed.get(key, rank) != rank for rank, key in enumerate(current, start=1)):
        assert order == current


@given(st.permutations(list(range(1, 8))))
def test_a_whole_order_typed_is_the_order_kept(ranks):
    current = list(range(7))
    typed: dict[int, int | None] = dict(zip(current, ranks, strict=True))
    assert [typed[key] for key in rules.in_order(current, typed)] == [1, 2, 3, 4, 5, 6, 7]


@given(key=st.integers(0, 5), rank=st.integers(1, 6))
def test_one_rank_typed_puts_that_dossier_there(key, rank):
    order = rules.in_order(list(range(6)), {key: rank})
    assert order.index(key) == rank - 1
    assert [other for other in order if other != key] == [other for other in range(6) if other != key]


def test_ranks_close_up_when_a_dossier_leaves_the_reserve(room):
    session = held(room)
    sessions.decide_many(by=room.by, session=session, applications=room.dossiers[:4], outcome="reserve")
    order = selectors.reserve(session.decisions.all())
    sessions.move_reserve(by=room.by, session=session, application=order[3].application, step=-1)
    sessions.order_reserve(by=room.by, session=session, typed={order[0].pk: 4})
    assert [row.pk for row in selectors.reserve(session.decisions.all())] == [order[n].pk for n in (1, 3, 2, 0)]
    sessions.decide(by=room.by, session=session, application=order[3].application, outcome="declined")
    rows = selectors.reserve(session.decisions.all())
    assert [(row.pk, row.reserve_rank) for row in rows] == [(order[1].pk, 1), (order[2].pk, 2), (order[0].pk, 3)]
    sessions.decide(by=room.by, session=session, application=order[0].application, outcome="reserve", reserve_rank=1)
    assert [row.reserve_rank for row in selectors.reserve(session.decisions.all())] == [1, 2, 3]
    assert selectors.reserve(session.decisions.all())[0].pk == order[0].pk


# Settling: what prevents it -----------------------------------------------------------------


def settling(room, session):
    return refused(sessions.settle, by=room.by, session=session)


def test_without_quorum_the_refusal_says_how_many_are_missing(room):
    session = held(room, absent=3)
    decided(room, session)
    code, words = settling(room, session)
    assert code == "no_quorum"
    assert "Il manque 1 membre pour atteindre le quorum" in words
    assert set(states(room)) == {"eligible"}


def test_institutions_count_too(room):
    room.jury.quorum_institutions = 3
    room.jury.save()
    session = held(room)
    decided(room, session)
    assert settling(room, session)[0] == "no_quorum_institutions"


def test_a_dossier_without_its_own_quorum_blocks_and_is_named(room):
    session = held(room, absent=2)
    decided(room, session)
    for juror in room.jurors[:2]:
        RecusalFactory(juror=juror, application=room.dossiers[0])
    code, words = settling(room, session)
    assert code == "no_quorum_dossier"
    assert str(room.dossiers[0]) in words
    assert str(room.dossiers[1]) not in words


def test_undecided_dossiers_are_named(room):
    session = held(room)
    sessions.decide_many(by=room.by, session=session, applications=room.dossiers[:5], outcome="declined")
    code, words = settling(room, session)
    assert code == "undecided"
    assert str(room.dossiers[5]) in words
    assert str(room.dossiers[0]) not in words


def test_everybody_s_presence_is_written_and_the_chair_sits(room):
    session = held(room)
    decided(room, session)
    late = JurorFactory(jury=room.jury)
    assert settling(room, session)[0] == "unrecorded"
    Juror.objects.filter(pk=late.pk).update(left_at=timezone.now())
    rows = [(juror, Presence.PRESENT, None) for juror in room.jurors[1:]] + [(room.jurors[0], "absent", None)]
    sessions.attend(by=room.by, session=session, rows=rows)
    assert settling(room, session)[0] == "chair_absent"
    sessions.change_session(by=room.by, session=session, chair=None)
    assert settling(room, session)[0] == "no_chair"


def test_a_session_ahead_or_a_call_still_open_is_not_settled(room):
    session = held(room)
    decided(room, session)
    sessions.change_session(by=room.by, session=session, held_on=timezone.localdate() + timedelta(days=1))
    assert settling(room, session)[0] == "ahead"
    sessions.change_session(by=room.by, session=session, held_on=timezone.localdate())
    type(room.call).objects.filter(pk=room.call.pk).update(closes_at=timezone.now() + timedelta(days=1))
    assert settling(room, session)[0] == "call_open"


def test_two_artists_over_one_residency(room):
    first = room.call.positions.get()
    first.count = 1
    first.save()
    second = Position.objects.create(call=room.call, title="Résidence de territoire", count=1)
    session = held(room)
    for row in room.dossiers[:2]:
        sessions.decide(by=room.by, session=session, application=row, outcome="selected", position=first)
    sessions.decline_rest(by=room.by, session=session)
    code, words = settling(room, session)
    assert code == "position_full"
    assert all(str(row) in words for row in room.dossiers[:2])
    sessions.decide(by=room.by, session=session, application=room.dossiers[1], outcome="selected")
    assert settling(room, session)[0] == "no_position"
    sessions.decide(by=room.by, session=session, application=room.dossiers[1], outcome="selected", position=second)
    sessions.settle(by=room.by, session=session)
    assert states(room)[:2] == ["selected", "selected"]


def test_votes_written_before_somebody_left_are_looked_at_again(room):
    session = held(room)
    decided(room, session)
    ask = {"by": room.by, "session": session, "application": room.dossiers[0]}
    sessions.decide(**ask, outcome="selected", votes=(4, 0, 0))
    present(room, session, absent=1)
    code, words = settling(room, session)
    assert code == "votes"
    assert str(room.dossiers[0]) in words


def test_a_dossier_withdrawn_meanwhile_is_taken_off(room):
    session = held(room)
    decided(room, session)
    type(room.dossiers[5]).objects.filter(pk=room.dossiers[5].pk).update(state="withdrawn")
    assert settling(room, session)[0] == "gone"
    sessions.take_off_agenda(by=room.by, session=session, applications=[room.dossiers[5]])
    sessions.settle(by=room.by, session=session)
    assert states(room)[5] == "withdrawn"


def test_nobody_writes_in_a_settled_session(room):
    session = held(room)
    decided(room, session)
    sessions.settle(by=room.by, session=session)
    ask = {"by": room.by, "session": session}
    for act, more in (
        (sessions.change_session, {"place": "Ailleurs"}),
        (sessions.attend, {"rows": []}),
        (sessions.decide, {"application": room.dossiers[0], "outcome": "declined"}),
        (sessions.decide_many, {"applications": room.dossiers, "outcome": "declined"}),
        (sessions.decline_rest, {}),
        (sessions.propose, {"source": "ranking"}),
        (sessions.order_reserve, {"typed": {}}),
        (sessions.put_all_on_agenda, {}),
        (sessions.take_off_agenda, {"applications": room.dossiers}),
        (sessions.discard_session, {}),
    ):
        assert refused(act, **ask, **more)[0] == "settled"
    assert settling(room, session)[0] == "bad_transition"


# Settled ------------------------------------------------------------------------------------


def test_a_session_moves_every_dossier_and_freezes_the_figures(room):
    ReviewFactory(juror=room.jurors[0], application=room.dossiers[0], notes=[5, 0])
    session = held(room, absent=1)
    decided(room, session)
    edition = sessions.settle(by=room.by, session=session)
    session.refresh_from_db()
    assert states(room) == ["selected", "reserve", "reserve", "declined", "declined", "declined"]
    assert (session.state, edition.edition) == ("settled", 1)
    assert (session.quorum_seats, session.quorum_needed, session.quorum_present) == (4, 2, 3)
    row = session.decisions.get(application=room.dossiers[0])
    weights = list(room.call.scoring.values_list("weight", flat=True))
    assert row.mean == (Decimal(20) * weights[0] / sum(weights)).quantize(Decimal("0.01"))
    assert row.before == "eligible"
    told = Entry.objects.filter(verb="application.decided")
    assert {entry.target_id for entry in told} == {str(row.uuid) for row in room.dossiers}
    assert Entry.objects.get(verb="session.settled").data["outcomes"] == {"selected": 1, "reserve": 2, "declined": 3}


def test_the_latest_session_wins_and_frees_what_was_given_back(room):
    """Mid-season: an artist renounced; a second session takes the reserve list up."""
    Position.objects.filter(call=room.call).update(count=2)
    session = held(room)
    decided(room, session, selected=2, reserve=2)
    sessions.settle(by=room.by, session=session)
    type(room.dossiers[0]).objects.filter(pk=room.dossiers[0].pk).update(state="renounced")
    again = held(room)
    assert {row.application for row in selectors.agenda(again)} == set(room.dossiers[2:4])
    assert selectors.places(again).free == 1
    wanted = {"by": room.by, "session": again, "outcome": "selected"}
    assert refused(sessions.decide_many, applications=room.dossiers[2:4], **wanted)[0] == "too_many"
    sessions.decide_many(applications=room.dossiers[3:4], **wanted)
    sessions.decide_many(by=room.by, session=again, applications=room.dossiers[2:3], outcome="reserve")
    sessions.settle(by=room.by, session=again)
    assert states(room) == ["renounced", "selected", "reserve", "selected", "declined", "declined"]
    standing = {row.application_id: (row.session_id, row.outcome) for row in selectors.standing_decisions(room.jury)}
    assert standing[room.dossiers[3].pk] == (again.pk, "selected")
    assert standing[room.dossiers[1].pk] == (session.pk, "selected")
    assert len(standing) == 6


def test_ranks_are_given_to_the_whole_reserve_list_or_to_none_of_it(room):
    session = held(room)
    decided(room, session, selected=1, reserve=3)
    sessions.settle(by=room.by, session=session)
    again = held(room)
    sessions.take_off_agenda(by=room.by, session=again, applications=room.dossiers[1:2])
    sessions.decide_many(by=room.by, session=again, applications=room.dossiers[2:4], outcome="reserve")
    code, words = settling(room, again)
    assert code == "reserve_apart"
    assert str(room.dossiers[1]) in words


def test_standing_decisions_ask_one_query(room, django_assert_num_queries):
    session = held(room)
    decided(room, session)
    sessions.settle(by=room.by, session=session)
    with django_assert_num_queries(1):
        assert [str(row.application) for row in selectors.standing_decisions(room.jury)]
    assert Decision.objects.count() == 6
