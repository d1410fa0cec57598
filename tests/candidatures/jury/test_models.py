"""The one door of a juror: what was given to them, without a recusal, and never their own dossier."""

import pytest

from candidatures.models import Application
from candidatures.selectors import seats
from tests.factories.candidatures import CollaboratorFactory
from tests.factories.jury import JurorFactory, JuryFactory, RecusalFactory, ReviewFactory, eligible, read_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def jury():
    return JuryFactory()


def test_a_juror_opens_what_was_given_to_them_and_nothing_else(jury):
    given, other = eligible(jury.call, 2)
    juror = JurorFactory(jury=jury)
    read_by(juror, given)
    assert list(Application.objects.readable_by(juror)) == [given]
    with pytest.raises(Application.DoesNotExist):
        seats.dossier(juror, other.uuid)


def test_a_recusal_takes_the_dossier_away(jury):
    (given,) = eligible(jury.call, 1)
    juror, colleague = JurorFactory(jury=jury), JurorFactory(jury=jury)
    read_by(juror, given)
    read_by(colleague, given)
    recusal = RecusalFactory(juror=juror, application=given)
    assert not Application.objects.readable_by(juror).exists()
    assert Application.objects.readable_by(colleague).exists()
    type(recusal).objects.filter(pk=recusal.pk).update(standing=False, set_aside_at="2026-03-01T10:00Z")
    assert Application.objects.readable_by(juror).exists()


def test_nobody_reads_their_own_dossier(jury):
    mine, shared = eligible(jury.call, 2)
    owner, friend = JurorFactory(jury=jury, user=mine.owner), JurorFactory(jury=jury)
    CollaboratorFactory(application=shared, user=friend.user)
    read_by(owner, mine)
    read_by(friend, shared)
    assert not Application.objects.readable_by(owner).exists()
    assert not Application.objects.readable_by(friend).exists()


@pytest.mark.parametrize("state", ["draft", "submitted", "ineligible", "withdrawn"])
def test_a_dossier_that_left_the_selection_leaves_the_juror_too(jury, state):
    (given,) = eligible(jury.call, 1, state=state)
    juror = JurorFactory(jury=jury)
    read_by(juror, given)
    assert not Application.objects.readable_by(juror).exists()


def test_a_recused_member_s_review_counts_for_nothing(jury):
    (given,) = eligible(jury.call, 1)
    kept, recused = (ReviewFactory(juror=JurorFactory(jury=jury), application=given, notes=[4, 3]) for _n in range(2))
    RecusalFactory(juror=recused.juror, application=given)
    assert list(given.reviews.counted()) == [kept]
