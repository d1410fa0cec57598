"""Giving dossiers to members, and taking them back."""

from __future__ import annotations

import pytest

from candidatures.enums import AssignmentOrigin, AssignmentPurpose, JurorRole
from candidatures.models import Assignment, Recusal, Review
from candidatures.selectors.assignment import Wish, board
from candidatures.services.jury import assignments
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from tests.factories.candidatures import CallFactory
from tests.factories.jury import (
    AssignmentFactory,
    JurorFactory,
    JuryFactory,
    RecusalFactory,
    ReviewFactory,
    eligible,
    read_by,
)
from tests.factories.structures import CoordinatorFactory, InstitutionFactory

pytestmark = pytest.mark.django_db

READ, CONSULT = AssignmentPurpose.READ, AssignmentPurpose.CONSULT
WISH = Wish(readers=2, institutions=2)


@pytest.fixture
def jury():
    return JuryFactory()


@pytest.fixture
def coordinator(jury):
    return CoordinatorFactory(territory=jury.territory)


@pytest.fixture
def jurors(jury):
    """Four members of two institutions."""
    houses = [InstitutionFactory(territory=jury.territory) for _ in range(2)]
    return [JurorFactory(jury=jury, institution=houses[n % 2]) for n in range(4)]


@pytest.fixture
def dossiers(jury):
    return eligible(jury.call, 4)


def given(purpose: str | None = None) -> set[tuple[int, int]]:
    rows = Assignment.objects.all() if purpose is None else Assignment.objects.filter(purpose=purpose)
    return set(rows.values_list("juror_id", "application_id"))


def letters() -> dict[str, str]:
    return dict(OutgoingMail.objects.filter(kind="jury.assigned").values_list("to", "subject"))


# By hand -----------------------------------------------------------------------------------------


def test_a_dossier_given_to_read_opens_to_the_member_who_is_written_to(jury, coordinator, jurors, dossiers):
    done = assignments.assign(by=coordinator, jury=jury, pairs=[(jurors[0], dossiers[0]), (jurors[0], dossiers[1])])
    assert (done.given, done.told) == (2, 1)
    assert set(type(dossiers[0]).objects.readable_by(jurors[0])) == set(dossiers[:2])
    row = Assignment.objects.get(juror=jurors[0], application=dossiers[0])
    assert (row.purpose, row.origin, row.created_by) == (READ, AssignmentOrigin.MANUAL, coordinator)
    [letter] = OutgoingMail.objects.filter(kind="jury.assigned")
    assert letter.to == jurors[0].user.email
    assert letter.state == MailState.APPROVED
    assert "2 dossiers à lire" in letter.subject
    assert f"/jury/{jury.call.slug}/" in letter.body
    # Nothing names a dossier: the reading may be blind.
    assert dossiers[0].artist_name not in letter.body
    assert str(dossiers[0].last_deposit) not in letter.body
    entry = Entry.objects.get(verb="jury.assigned")
    assert entry.target_id == str(jury.uuid)
    assert entry.data["given"] == {str(jurors[0].uuid): [str(dossiers[0].uuid), str(dossiers[1].uuid)]}


def test_a_dossier_they_have_is_left_as_it_is_and_nobody_is_written_to(jury, coordinator, jurors, dossiers):
    read_by(jurors[0], dossiers[0])
    done = assignments.assign(by=coordinator, jury=jury, pairs=[(jurors[0], dossiers[0])])
    assert (done.given, done.told) == (0, 0)
    assert not letters()
    assert not Entry.objects.filter(verb="jury.assigned").exists()


def test_a_dossier_in_consultation_may_become_one_to_read_and_not_the_other_way(jury, coordinator, jurors, dossiers):
    AssignmentFactory(juror=jurors[0], application=dossiers[0], purpose=CONSULT)
    assert assignments.assign(by=coordinator, jury=jury, pairs=[(jurors[0], dossiers[0])]).given == 1
    assert given(READ) == {(jurors[0].pk, dossiers[0].pk)}
    assert assignments.assign(by=coordinator, jury=jury, pairs=[(jurors[0], dossiers[0])], purpose=CONSULT).given == 0
    assert given(READ) == {(jurors[0].pk, dossiers[0].pk)}


def test_a_recused_member_is_refused_with_the_reason_and_nothing_is_given(jury, coordinator, jurors, dossiers):
    RecusalFactory(juror=jurors[1], application=dossiers[0])
    with pytest.raises(Refused, match="déport") as refused:
        assignments.assign(by=coordinator, jury=jury, pairs=[(jurors[0], dossiers[0]), (jurors[1], dossiers[0])])
    assert refused.value.code == "recused"
    assert not given()


def test_a_lifted_recusal_does_not_refuse(jury, coordinator, jurors, dossiers):
    row = RecusalFactory(juror=jurors[1], application=dossiers[0])
    Recusal.objects.filter(pk=row.pk).update(standing=False, set_aside_at=row.declared_at)
    assert assignments.assign(by=coordinator, jury=jury, pairs=[(jurors[1], dossiers[0])]).given == 1


@pytest.mark.parametrize("part", ["owner", "collaborator"])
def test_nobody_is_given_their_own_dossier(jury, coordinator, jurors, dossiers, part):
    if part == "owner":
        dossiers[0].owner = jurors[0].user
        dossiers[0].save()
    else:
        dossiers[0].collaborators.create(user=jurors[0].user)
    with pytest.raises(Refused, match="son propre dossier"):
        assignments.assign(by=coordinator, jury=jury, pairs=[(jurors[0], dossiers[0])])
    assert not given()


@pytest.mark.parametrize(
    "state", ["draft", "submitted", "ineligible", "selected", "declined", "withdrawn", "elsewhere"]
)
def test_only_a_dossier_under_deliberation_is_given(jury, coordinator, jurors, state):
    [dossier] = eligible(jury.call, 1, state=state)
    with pytest.raises(Refused):
        assignments.assign(by=coordinator, jury=jury, pairs=[(jurors[0], dossier)])
    assert not given()


def test_neither_a_dossier_nor_a_member_of_another_jury(jury, coordinator, jurors, dossiers):
    [foreign] = eligible(CallFactory(complete=True, closed=True, territory=jury.territory), 1)
    with pytest.raises(Refused):
        assignments.assign(by=coordinator, jury=jury, pairs=[(jurors[0], foreign)])
    with pytest.raises(Refused, match="ne siège pas"):
        assignments.assign(by=coordinator, jury=jury, pairs=[(JurorFactory(), dossiers[0])])
    assert not given()


def test_somebody_who_left_gets_nothing(jury, coordinator, jurors, dossiers):
    jurors[0].left_at = jurors[0].joined_at
    jurors[0].save()
    with pytest.raises(Refused, match="ne siège pas"):
        assignments.assign(by=coordinator, jury=jury, pairs=[(jurors[0], dossiers[0])])


def test_only_the_coordination_of_the_territory_assigns(jury, jurors, dossiers):
    plan = assignments.preview(jury, WISH).signed
    for stranger in (CoordinatorFactory(), jurors[0].user):
        asked = {"by": stranger, "jury": jury}
        with pytest.raises(Forbidden):
            assignments.assign(**asked, pairs=[(jurors[0], dossiers[0])])
        with pytest.raises(Forbidden):
            assignments.unassign(**asked, pairs=[(jurors[0], dossiers[0])])
        with pytest.raises(Forbidden):
            assignments.arrange(**asked, application=dossiers[0], wants={}, seen_mark="")
        with pytest.raises(Forbidden):
            assignments.apply(**asked, plan=plan)
    assert not given()


# Taking back -------------------------------------------------------------------------------------


def test_an_assignment_without_work_is_taken_back(jury, coordinator, jurors, dossiers):
    read_by(jurors[0], *dossiers[:2])
    # A page opened, nothing written: an empty draft.
    ReviewFactory(juror=jurors[0], application=dossiers[0], draft=True)
    done = assignments.unassign(by=coordinator, jury=jury, pairs=[(jurors[0], dossiers[0]), (jurors[1], dossiers[0])])
    assert done.taken == 1
    assert given() == {(jurors[0].pk, dossiers[1].pk)}
    assert not Review.objects.exists()
    assert Entry.objects.get(verb="jury.unassigned").data["count"] == 1


@pytest.mark.parametrize(
    "work",
    [
        {"notes": [3, 2]},
        {"draft": True, "notes": [None, 4]},
        {"draft": True, "comment": "À relire."},
        {"draft": True, "private_notes": "Voir le budget."},
        {"draft": True, "advice": "reserved"},
    ],
)
def test_work_is_never_taken_back(jury, coordinator, jurors, dossiers, work):
    ReviewFactory(juror=jurors[0], application=dossiers[0], **work)
    read_by(jurors[1], dossiers[0])
    pairs = [(jurors[1], dossiers[0]), (jurors[0], dossiers[0])]
    with pytest.raises(Refused, match="lecture"):
        assignments.unassign(by=coordinator, jury=jury, pairs=pairs)
    assert len(given()) == 2
    assert Review.objects.count() == 1


# One dossier -------------------------------------------------------------------------------------


def test_one_dossier_is_set_at_once(jury, coordinator, jurors, dossiers):
    read_by(jurors[0], dossiers[0])
    read_by(jurors[1], dossiers[0])
    mark = assignments.mark(board(jury), dossiers[0])
    done = assignments.arrange(
        by=coordinator,
        jury=jury,
        application=dossiers[0],
        wants={jurors[0]: "", jurors[1]: CONSULT, jurors[2]: READ, jurors[3]: ""},
        seen_mark=mark,
    )
    assert given(READ) == {(jurors[2].pk, dossiers[0].pk)}
    assert given(CONSULT) == {(jurors[1].pk, dossiers[0].pk)}
    assert set(letters()) == {jurors[2].user.email}
    assert (done.given, done.taken, done.told) == (2, 2, 1)


def test_one_dossier_changed_since_the_page_is_not_overwritten(jury, coordinator, jurors, dossiers):
    mark = assignments.mark(board(jury), dossiers[0])
    read_by(jurors[0], dossiers[0])
    with pytest.raises(StaleWrite):
        assignments.arrange(by=coordinator, jury=jury, application=dossiers[0], wants={jurors[0]: ""}, seen_mark=mark)
    assert given() == {(jurors[0].pk, dossiers[0].pk)}


# Computed ----------------------------------------------------------------------------------------


def test_the_plan_that_was_shown_is_the_one_applied(jury, coordinator, jurors, dossiers):
    plan = assignments.preview(jury, WISH)
    assert plan.possible
    assert (plan.added, plan.worst, plan.spread, plan.served) == (8, 2, 0, 4)
    assert not given()
    done = assignments.apply(by=coordinator, jury=jury, plan=plan.signed)
    shown = {(juror.pk, line.dossier.pk) for line in plan.dossiers for juror in line.added}
    assert given(READ) == shown
    assert (done.given, done.told) == (8, 4)
    assert set(Assignment.objects.values_list("origin", flat=True)) == {AssignmentOrigin.COMPUTED}
    assert letters() == {j.user.email: f"2 dossiers à lire – jury de l'appel « {jury.call.title} »" for j in jurors}
    for dossier in dossiers:
        houses = {j.institution_id for j in jurors if (j.pk, dossier.pk) in shown}
        assert len(houses) == 2


def test_a_plan_is_not_applied_twice(jury, coordinator, jurors, dossiers):
    plan = assignments.preview(jury, WISH)
    assignments.apply(by=coordinator, jury=jury, plan=plan.signed)
    with pytest.raises(StaleWrite):
        assignments.apply(by=coordinator, jury=jury, plan=plan.signed)
    assert len(letters()) == 4


def _recuse(jurors, dossiers):
    RecusalFactory(juror=jurors[0], application=dossiers[0])


def _assign(jurors, dossiers):
    read_by(jurors[0], dossiers[0])


def _decide(jurors, dossiers):
    dossiers[0].state = "declined"
    dossiers[0].save()


def _leave(jurors, dossiers):
    jurors[0].left_at = jurors[0].joined_at
    jurors[0].save()


def _ceiling(jurors, dossiers):
    jurors[0].max_load = 1
    jurors[0].save()


@pytest.mark.parametrize("change", [_recuse, _assign, _decide, _leave, _ceiling])
def test_a_plan_drawn_before_a_change_is_refused(jury, coordinator, jurors, dossiers, change):
    plan = assignments.preview(jury, WISH)
    change(jurors, dossiers)
    before = given()
    with pytest.raises(StaleWrite, match="a changé depuis"):
        assignments.apply(by=coordinator, jury=jury, plan=plan.signed)
    assert given() == before
    assert not letters()


def test_a_plan_of_another_jury_or_made_up_is_refused(jury, coordinator, jurors, dossiers):
    other = JuryFactory(territory=jury.territory)
    eligible(other.call, 1)
    houses = [InstitutionFactory(territory=jury.territory) for _ in range(2)]
    for house in houses:
        JurorFactory(jury=other, institution=house)
    for plan in (assignments.preview(other, WISH).signed, "plan", ""):
        with pytest.raises(StaleWrite):
            assignments.apply(by=coordinator, jury=jury, plan=plan)
    assert not given()


def test_existing_work_is_kept_and_counts(jury, coordinator, jurors, dossiers):
    for dossier in dossiers:
        ReviewFactory(juror=jurors[0], application=dossier, notes=[3, 3])
    plan = assignments.preview(jury, WISH)
    assert plan.added == 4
    assignments.apply(by=coordinator, jury=jury, plan=plan.signed)
    loads = {j.pk: sum(juror == j.pk for juror, _ in given(READ)) for j in jurors}
    assert loads == {jurors[0].pk: 4, jurors[1].pk: 2, jurors[2].pk: 0, jurors[3].pk: 2}
    assert Review.objects.filed().count() == 4


def test_a_recused_reader_does_not_count_and_is_replaced(jury, coordinator, jurors, dossiers):
    assignments.apply(by=coordinator, jury=jury, plan=assignments.preview(jury, WISH).signed)
    before = given(READ)
    juror, dossier = min(before)
    recused = next(j for j in jurors if j.pk == juror)
    RecusalFactory(juror=recused, application=next(d for d in dossiers if d.pk == dossier))
    plan = assignments.preview(jury, WISH)
    assert plan.added == 1
    assignments.apply(by=coordinator, jury=jury, plan=plan.signed)
    [(new, same)] = given(READ) - before
    assert same == dossier
    assert new != juror


def test_substitutes_and_those_who_have_not_accepted_read_only_when_asked(jury, coordinator, jurors, dossiers):
    house = InstitutionFactory(territory=jury.territory)
    substitute = JurorFactory(jury=jury, institution=house, role=JurorRole.SUBSTITUTE)
    invited = JurorFactory(jury=jury, institution=house, joined_at=None)

    def readers(**options: bool) -> set[int]:
        plan = assignments.preview(jury, Wish(2, 2, **options))
        return {line.juror.pk for line in plan.members if line.added}

    four = {juror.pk for juror in jurors}
    assert readers() == four
    assert readers(substitutes=True) == four | {substitute.pk}
    assert readers(unjoined=True) == four | {invited.pk}
    said = {line.juror.pk: line.out for line in assignments.preview(jury, WISH).members}
    assert said[substitute.pk] == "suppléance : sollicitée en remplacement"
    assert said[invited.pk] == "engagement pas encore accepté"


def test_an_impossible_demand_says_what_blocks_and_what_would_not(jury, jurors, dossiers):
    for juror in jurors:
        juror.max_load = 1
        juror.save()
    plan = assignments.preview(jury, WISH)
    assert not plan.possible
    assert plan.signed == ""
    assert (plan.missing, plan.asked) == (4, 8)
    assert plan.blocked == ["Les plafonds de charge laissent 4 lectures pour 8 demandées."]
    assert "Sans plafond de charge : possible." in plan.without


def test_a_dossier_that_too_few_may_read_is_named_with_the_numbers(jury, jurors, dossiers):
    for juror in jurors[:3]:
        RecusalFactory(juror=juror, application=dossiers[0])
    plan = assignments.preview(jury, WISH)
    name = f"{dossiers[0].last_deposit} – {dossiers[0].display_name}"
    assert plan.blocked == [
        f"{name} : 1 lecteur possible sur 2 demandés. 3 membres ne peuvent pas le lire (déport ou dossier personnel).",
        f"{name} : 1 institution possible sur 2 demandées.",
    ]
    assert plan.missing == 1
    assert "Sans les déports ni les dossiers personnels : possible." in plan.without
    best = assignments.preview(jury, Wish(2, 2, as_far_as_possible=True))
    assert best.possible
    assert [line.note for line in best.dossiers if line.dossier == dossiers[0]] == ["manque 1 lecture"]


def test_a_jury_without_members_says_so(jury, dossiers):
    assert assignments.preview(jury, WISH).possible is False


def test_the_board_costs_the_same_whatever_its_size(jury, jurors, assert_num_queries_constant):
    read_by(jurors[0], *eligible(jury.call, 3))

    def grow() -> None:
        rows = eligible(jury.call, 27)
        for juror in (JurorFactory(jury=jury), JurorFactory(jury=jury)):
            read_by(juror, *rows)
        ReviewFactory(juror=jurors[1], application=rows[0], notes=[1, 2])
        RecusalFactory(juror=jurors[2], application=rows[0])

    assert_num_queries_constant(lambda: assignments.preview(jury, WISH), grow, at_most=6)
