"""The ranking: what counts in it, what does not, in which order, at what cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from candidatures.enums import Advice, AssignmentPurpose
from candidatures.methods.intervals import Interval
from candidatures.models import Assignment, Position, ScoringCriterion
from candidatures.pages.ranking import advice_words, rank_words, signed
from candidatures.selectors import ranking as rankings
from candidatures.selectors.ranking import open_to, table
from tests.candidatures.desk import text_of
from tests.factories.candidatures import CallFactory
from tests.factories.jury import JurorFactory, JuryFactory, RecusalFactory, ReviewFactory, eligible, read_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def jury():
    """Two criteria out of 5: the first weighs three times the second."""
    jury = JuryFactory(discussion_opened_at=timezone.now())
    first, second = jury.call.scoring.all()
    ScoringCriterion.objects.filter(pk=first.pk).update(weight=3, max_score=5)
    ScoringCriterion.objects.filter(pk=second.pk).update(weight=1, max_score=5)
    return jury


@pytest.fixture
def members(jury):
    return [JurorFactory(jury=jury) for _ in range(4)]


def read(members, application, *notes, **kwargs):
    """A filed reading by each member in turn."""
    return [
        ReviewFactory(juror=member, application=application, notes=given, **kwargs)
        for member, given in zip(members, notes, strict=False)
    ]


def line_of(jury, application, **kwargs) -> Any:
    return table(jury, **kwargs).of(application)


def rank(ranking, application):
    return ranking.of(application).rank


def grow(jury, members, count, each=3):
    for place, application in enumerate(eligible(jury.call, count)):
        for turn in range(each):
            member = members[(place + turn) % len(members)]
            ReviewFactory(juror=member, application=application, notes=[(place * 7 + turn) % 6, (place + turn) % 6])


# What counts ------------------------------------------------------------------------------------


def test_a_line_says_the_mean_the_spread_and_each_criterion(jury, members):
    [application] = eligible(jury.call, 1)
    read(members, application, [5, 5], [3, 1], [4, 0])
    line = line_of(jury, application)
    # 20, then (3×3 + 1)/20×20 = 10, then 12.
    assert line.mean == Decimal("14.00")
    assert (line.low, line.high, line.range) == (Decimal("10.00"), Decimal("20.00"), Decimal("10.00"))
    assert line.sd == Decimal("5.29")
    assert line.criteria == (Decimal("4.00"), Decimal("2.00"))
    assert (line.n, line.rank, line.abstentions, line.incomplete) == (3, 1, 0, False)
    assert line.advices == {Advice.FAVOURABLE: 3}


def test_the_mean_rounds_half_up_from_the_exact_figure(jury, members):
    ScoringCriterion.objects.filter(call=jury.call).update(weight=1, max_score=8)
    [application] = eligible(jury.call, 1)
    read(members, application, [1, 0], [0, 0])  # 1,25 and 0: 0,625
    assert line_of(jury, application).mean == Decimal("0.63")


def test_an_abstention_is_counted_apart(jury, members):
    [application] = eligible(jury.call, 1)
    read(members, application, [5, 5], [3, 3])
    ReviewFactory(juror=members[2], application=application, notes=[0, 0], advice=Advice.ABSTAIN)
    line = line_of(jury, application)
    assert (line.mean, line.n, line.abstentions) == (Decimal("16.00"), 2, 1)


def test_a_draft_and_a_recused_member_count_for_nothing(jury, members):
    [application] = eligible(jury.call, 1)
    read(members, application, [5, 5])
    ReviewFactory(juror=members[1], application=application, notes=[0, 0], draft=True)
    ReviewFactory(juror=members[2], application=application, notes=[0, 0], advice=Advice.UNFAVOURABLE)
    RecusalFactory(juror=members[2], application=application)
    line = line_of(jury, application)
    assert (line.mean, line.n, line.sd) == (Decimal("20.00"), 1, None)
    assert line.advices == {Advice.FAVOURABLE: 1}
    assert line.incomplete


def test_a_recusal_set_aside_gives_the_reading_back(jury, members):
    [application] = eligible(jury.call, 1)
    read(members, application, [5, 5], [0, 0])
    RecusalFactory(juror=members[1], application=application, standing=False, set_aside_at=timezone.now())
    assert line_of(jury, application).mean == Decimal("10.00")


def test_a_reading_without_a_note_on_a_criterion_added_since_has_no_total(jury, members):
    [application] = eligible(jury.call, 1)
    read(members, application, [5, 5])
    ScoringCriterion.objects.create(call=jury.call, title="Ajouté", order=9)
    line = line_of(jury, application)
    assert (line.mean, line.rank, line.n, line.incomplete) == (None, None, 0, True)


def test_equal_means_share_a_rank_and_the_unread_come_last_without_one(jury, members):
    first, second, third, fourth, unread = eligible(jury.call, 5)
    for application, notes in ((first, [2, 2]), (second, [4, 4]), (third, [4, 4]), (fourth, [5, 5])):
        read(members, application, notes, notes)
    ranking = table(jury)
    assert [(line.application, line.rank) for line in ranking.lines] == [
        (fourth, 1), (second, 2), (third, 2), (first, 4), (unread, None)
    ]  # fmt: skip
    assert [line.application for line in ranking.scored] == [fourth, second, third, first]
    assert ranking.incomplete == 1


def test_drafts_and_withdrawn_dossiers_are_in_no_ranking(jury, members):
    eligible(jury.call, 1, state="submitted")
    eligible(jury.call, 1, state="withdrawn")
    eligible(jury.call, 1, state="ineligible")
    eligible(CallFactory(complete=True, closed=True), 1)
    [kept] = eligible(jury.call, 1, state="selected")
    assert [line.application for line in table(jury).lines] == [kept]


# Orders -----------------------------------------------------------------------------------------


def test_disagreements_come_first_opposite_advices_before_a_wide_spread(jury, members):
    calm, wide, opposed = eligible(jury.call, 3)
    read(members, calm, [4, 4], [4, 4])
    read(members, wide, [5, 5], [0, 0])
    read(members[:1], opposed, [4, 4])
    ReviewFactory(juror=members[1], application=opposed, notes=[2, 2], advice=Advice.UNFAVOURABLE)
    ranking = table(jury, order=rankings.DISAGREEMENT)
    assert [line.application for line in ranking.lines] == [opposed, wide, calm]
    assert [line.opposed for line in ranking.lines] == [True, False, False]


def test_a_criterion_sorts_on_its_own_mean(jury, members):
    one, two = eligible(jury.call, 2)
    read(members, one, [5, 0])
    read(members, two, [0, 5])
    second = jury.call.scoring.all()[1]
    assert [line.application for line in table(jury).lines] == [one, two]
    assert [line.application for line in table(jury, order=str(second.pk)).lines] == [two, one]
    assert [line.application for line in table(jury, order="n'importe quoi").lines] == [one, two]


# The correction ---------------------------------------------------------------------------------


def test_corrected_is_raw_when_readers_agree(jury, members):
    for place, application in enumerate(eligible(jury.call, 6)):
        read(members, application, *[[place % 6, 3]] * 3)
    for line in table(jury, corrected=True).lines:
        assert line.corrected == line.mean
        assert line.rank == line.raw_rank == line.corrected_rank


def test_a_severe_reader_s_dossiers_climb_when_the_correction_is_asked(jury, members):
    kind, fair, severe, _last = members
    common = eligible(jury.call, 8)
    for place, application in enumerate(common):
        read([kind, fair, severe], application, [4 + place % 2, 4], [3 + place % 2, 4], [1 + place % 2, 1])
    unlucky, lucky = eligible(jury.call, 2)
    read([fair, severe], unlucky, [4, 4], [2, 2])
    read([fair, kind], lucky, [3, 3], [4, 3])
    raw, freed = table(jury), table(jury, corrected=True)
    assert rank(raw, lucky) < rank(raw, unlucky)
    assert rank(freed, unlucky) < rank(freed, lucky)
    # Raw and corrected are always side by side.
    for line in (line_of(jury, unlucky), line_of(jury, unlucky, corrected=True)):
        assert line.corrected > line.mean
    assert freed.of(unlucky).moved > 0
    effects = freed.correction.effects
    assert effects[severe.pk] < effects[fair.pk] < effects[kind.pk]


def test_the_interval_of_a_rank_is_the_same_at_each_reading(jury, members):
    grow(jury, members, 8)
    first, second = table(jury, with_intervals=True), table(jury, with_intervals=True)
    assert [line.interval for line in first.lines] == [line.interval for line in second.lines]
    assert all(line.interval and line.rank for line in first.lines)
    for line in first.lines:
        row: Any = line
        assert row.interval.best <= row.rank <= row.interval.worst
    assert table(jury).lines[0].interval is None


# What a member may read -------------------------------------------------------------------------


def test_a_member_s_ranking_holds_what_they_may_discuss_and_nothing_else(jury, members):
    me, other = members[:2]
    read_and_filed, not_filed, recused, foreign, consulted = eligible(jury.call, 5)
    read([me, other], read_and_filed, [5, 5], [3, 3])
    read([other], not_filed, [4, 4])
    ReviewFactory(juror=me, application=not_filed, notes=[1, 1], draft=True)
    read([me, other], recused, [5, 5], [5, 5])
    RecusalFactory(juror=me, application=recused)
    read([other], foreign, [5, 5])
    read([other], consulted, [2, 2])
    Assignment.objects.create(juror=me, application=consulted, purpose=AssignmentPurpose.CONSULT)
    assert open_to(me) == {read_and_filed.pk, consulted.pk}
    ranking = table(jury, only=open_to(me))
    assert [(line.application, line.rank) for line in ranking.lines] == [(read_and_filed, 1), (consulted, 2)]
    # The other dossiers enter no figure: neither the leanings nor the number of their readings.
    assert ranking.correction.loads == {me.pk: 1, other.pk: 2}


def test_before_the_discussion_a_member_may_read_nothing(jury, members):
    jury.discussion_opened_at = None
    jury.save()
    [application] = eligible(jury.call, 1)
    read(members, application, [5, 5])
    members[0].refresh_from_db()
    assert open_to(members[0]) == set()


def page(client, juror, **query):
    client.force_login(juror.user)
    return client.get(reverse("jury:ranking", args=[juror.jury.call.slug]), query)


def test_until_the_discussion_opens_the_page_says_why(client, jury, members):
    jury.discussion_opened_at = None
    jury.save()
    answer = page(client, members[0])
    assert answer.status_code == 403
    assert "Le classement s'ouvre avec la discussion" in text_of(answer)
    # No link leads to a page that only says no.
    assert f'href="{reverse("jury:ranking", args=[jury.call.slug])}"' not in answer.content.decode()


def test_the_page_shows_the_figures_of_what_may_be_discussed(client, jury, members):
    me = members[0]
    mine, recused, foreign = eligible(jury.call, 3)
    read([me, members[1]], mine, [5, 5], [3, 3])
    read([me, members[1]], recused, [5, 5], [5, 5])
    RecusalFactory(juror=me, application=recused)
    read([members[1]], foreign, [5, 5])
    answer = page(client, me)
    assert answer.status_code == 200
    assert "16,00" in text_of(answer)
    assert mine.display_name in text_of(answer)
    for hidden in (recused, foreign):
        assert hidden.display_name not in text_of(answer)
        assert hidden.last_deposit.number not in text_of(answer)
        assert str(hidden.uuid) not in text_of(answer)
    assert reverse("jury:dossier", args=[jury.call.slug, mine.uuid]) in text_of(answer)


def test_read_blind_the_page_has_numbers_and_no_name(client, jury, members):
    jury.call.blind_reading = True
    jury.call.save()
    [application] = eligible(jury.call, 1)
    read(members, application, [5, 5], [3, 3])
    text = text_of(page(client, members[0], corrige="1", ordre="disagreement"))
    assert f"Dossier {application.last_deposit.number}" in text
    for word in (application.display_name, application.last_name, application.owner.email):
        assert word not in text


def test_nothing_to_discuss_yet_is_said(client, jury, members):
    [application] = eligible(jury.call, 1)
    read_by(members[0], application)
    assert "Aucun dossier à discuter pour l'instant" in text_of(page(client, members[0]))


def test_a_stranger_finds_no_ranking(client, jury):
    other = JurorFactory()
    client.force_login(other.user)
    assert client.get(reverse("jury:ranking", args=[jury.call.slug])).status_code == 404


# Cost -------------------------------------------------------------------------------------------


def test_the_ranking_costs_three_queries_at_3_and_at_30(jury, members, assert_num_queries_constant):
    Position.objects.create(call=jury.call, title="Une autre", count=4)
    grow(jury, members, 3)
    read = []
    cost = assert_num_queries_constant(
        lambda: read.append(len(table(jury, with_intervals=True).lines)), lambda: grow(jury, members, 27), at_most=4
    )
    assert (cost, read[-1]) == (3, 30)


def test_a_member_s_page_costs_the_same_at_3_and_at_30(client, jury, members, assert_num_queries_constant):
    def give(count):
        for application in eligible(jury.call, count):
            read(members, application, [5, 4], [3, 2])

    give(3)
    client.force_login(members[0].user)
    url = reverse("jury:ranking", args=[jury.call.slug])
    shown = []
    assert_num_queries_constant(
        lambda: shown.append(len(client.get(url).context["rows"])), lambda: give(27), at_most=12
    )
    assert shown[-1] == 30


# Words ------------------------------------------------------------------------------------------


def test_advices_and_ranks_in_words():
    assert advice_words({Advice.UNFAVOURABLE: 1, Advice.FAVOURABLE: 2, Advice.ABSTAIN: 3}) == (
        "2 favorables, 1 défavorable"
    )
    assert advice_words({}) == ""
    assert rank_words(Interval(0, 0, 2, 9, 0)) == "2 à 9"
    assert rank_words(Interval(0, 0, 3, 3, 0)) == "3"
    assert rank_words(None) == ""
    assert [signed(value) for value in (0.421, -1.3, 0.001, -0.001)] == ["+0,42", "\N{MINUS SIGN}1,30", "0,00", "0,00"]
