"""Stepping aside from a dossier: what disappears, what stays, who may."""

from __future__ import annotations

import pytest

from candidatures.enums import ConflictOrigin, ConflictReason
from candidatures.models import Application, Assignment, Recusal, Review
from candidatures.services.jury import recusals
from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from tests.factories.accounts import UserFactory
from tests.factories.jury import JurorFactory, JuryFactory, RecusalFactory, ReviewFactory, eligible, read_by
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def jury():
    return JuryFactory()


@pytest.fixture
def coordinator(jury):
    return CoordinatorFactory(territory=jury.territory)


@pytest.fixture
def juror(jury):
    return JurorFactory(jury=jury)


@pytest.fixture
def dossier(jury):
    return eligible(jury.call, 1)[0]


def opens(juror, dossier) -> bool:
    return Application.objects.readable_by(juror).filter(pk=dossier.pk).exists()


# Declared ----------------------------------------------------------------------------------------


def test_a_member_steps_aside_and_the_dossier_is_gone_for_them(juror, dossier):
    read_by(juror, dossier)
    row = recusals.declare(by=juror.user, juror=juror, application=dossier, reason="family", words=" Ma cousine. ")
    assert (row.standing, row.origin, row.reason) == (True, ConflictOrigin.JUROR, ConflictReason.FAMILY)
    assert (row.words, row.declared_by) == ("Ma cousine.", juror.user)
    assert not opens(juror, dossier)
    assert not Assignment.objects.exists()
    entry = Entry.objects.get(verb="recusal.declared")
    assert entry.target_id == str(dossier.uuid)
    assert entry.data["juror"] == str(juror.uuid)
    assert entry.data["origin"] == "juror"
    # What was said stays out of what can never be erased.
    assert "cousine" not in str(entry.data)


def test_another_member_keeps_the_dossier(jury, juror, dossier):
    other = JurorFactory(jury=jury)
    read_by(juror, dossier)
    read_by(other, dossier)
    recusals.declare(by=juror.user, juror=juror, application=dossier, reason="work")
    assert opens(other, dossier)
    assert Assignment.objects.get().juror == other


def test_what_was_written_stays_hidden_and_no_longer_counts(jury, coordinator, juror, dossier):
    ReviewFactory(juror=juror, application=dossier, notes=[4, 4])
    recusals.declare(by=juror.user, juror=juror, application=dossier, reason="project")
    assert Review.objects.count() == 1
    assert not Review.objects.counted().exists()
    assert not opens(juror, dossier)
    # Lifted, it is all there again.
    recusals.set_aside(by=coordinator, juror=juror, application=dossier, words="Homonyme.")
    assert Review.objects.counted().count() == 1
    assert opens(juror, dossier)


def test_declared_twice_it_is_said_once(juror, dossier):
    read_by(juror, dossier)
    first = recusals.declare(by=juror.user, juror=juror, application=dossier, reason="work")
    again = recusals.declare(by=juror.user, juror=juror, application=dossier, reason="family", words="Autre.")
    assert again == first
    assert again.reason == "work"
    assert Entry.objects.filter(verb="recusal.declared").count() == 1


def test_another_reason_is_told_in_words(juror, dossier):
    read_by(juror, dossier)
    with pytest.raises(Refused, match="autre motif"):
        recusals.declare(by=juror.user, juror=juror, application=dossier, reason="other", words="  ")
    with pytest.raises(Refused, match="motif"):
        recusals.declare(by=juror.user, juror=juror, application=dossier, reason="caprice")
    with pytest.raises(Refused, match="1000 signes"):
        recusals.declare(by=juror.user, juror=juror, application=dossier, reason="work", words="x" * 1001)
    assert opens(juror, dossier)
    assert not Recusal.objects.exists()


def test_a_member_names_only_a_dossier_that_is_open_to_them(juror, dossier):
    with pytest.raises(Forbidden):
        recusals.declare(by=juror.user, juror=juror, application=dossier, reason="work")
    assert not Recusal.objects.exists()


def test_nobody_steps_aside_for_another(jury, juror, dossier):
    read_by(juror, dossier)
    for stranger in (JurorFactory(jury=jury).user, CoordinatorFactory(), UserFactory()):
        with pytest.raises(Forbidden):
            recusals.declare(by=stranger, juror=juror, application=dossier, reason="work")
    assert opens(juror, dossier)


def test_somebody_who_left_no_longer_declares(juror, dossier):
    read_by(juror, dossier)
    juror.left_at = juror.joined_at
    juror.save()
    with pytest.raises(Forbidden):
        recusals.declare(by=juror.user, juror=juror, application=dossier, reason="work")


@pytest.mark.parametrize("state", ["selected", "reserve", "declined", "renounced", "elsewhere"])
def test_once_decided_recusals_no_longer_change(jury, coordinator, juror, state):
    [dossier] = eligible(jury.call, 1, state=state)
    read_by(juror, dossier)
    with pytest.raises(Refused, match="prononcé"):
        recusals.declare(by=juror.user, juror=juror, application=dossier, reason="work")
    with pytest.raises(Refused, match="prononcé"):
        recusals.declare(by=coordinator, juror=juror, application=dossier, reason="work")
    with pytest.raises(Refused, match="prononcé"):
        recusals.set_aside(by=coordinator, juror=juror, application=dossier, words="Rien.")
    assert not Recusal.objects.exists()


def test_the_coordination_recuses_even_before_the_dossier_is_given(coordinator, juror, dossier):
    row = recusals.declare(by=coordinator, juror=juror, application=dossier, reason="interest", words="Actionnaire.")
    assert (row.origin, row.declared_by) == (ConflictOrigin.COORDINATION, coordinator)
    read_by(juror, dossier)
    assert not opens(juror, dossier)


def test_a_dossier_of_another_call_is_refused(coordinator, juror):
    [foreign] = eligible(JuryFactory(territory=juror.jury.territory).call, 1)
    with pytest.raises(Refused):
        recusals.declare(by=coordinator, juror=juror, application=foreign, reason="work")
    with pytest.raises(Refused):
        recusals.set_aside(by=coordinator, juror=juror, application=foreign, words="Rien.")


# Set aside ---------------------------------------------------------------------------------------


def test_a_hint_is_cleared_with_its_evidence_and_its_words(coordinator, juror, dossier):
    row = recusals.set_aside(
        by=coordinator, juror=juror, application=dossier, words="Homonymes.", evidence="Même nom de famille : Nom."
    )
    assert (row.standing, row.set_aside_words, row.set_aside_by) == (False, "Homonymes.", coordinator)
    assert row.words == "Même nom de famille : Nom."
    read_by(juror, dossier)
    assert opens(juror, dossier)
    assert Entry.objects.get(verb="recusal.set_aside").data["lifted"] is False


def test_lifting_a_recusal_keeps_why_it_was_declared(coordinator, juror, dossier):
    RecusalFactory(juror=juror, application=dossier, reason="dispute", words="Un procès.")
    row = recusals.set_aside(by=coordinator, juror=juror, application=dossier, words="Clos en 2020.")
    assert (row.standing, row.reason, row.words) == (False, "dispute", "Un procès.")
    assert Entry.objects.get(verb="recusal.set_aside").data["lifted"] is True


def test_what_was_set_aside_may_be_declared_after_all(coordinator, juror, dossier):
    recusals.set_aside(by=coordinator, juror=juror, application=dossier, words="Homonymes.")
    read_by(juror, dossier)
    row = recusals.declare(by=juror.user, juror=juror, application=dossier, reason="family")
    assert Recusal.objects.count() == 1
    assert row.standing
    assert (row.set_aside_at, row.set_aside_by, row.set_aside_words) == (None, None, "")
    assert not opens(juror, dossier)


def test_setting_aside_says_why_and_is_the_coordination_s(jury, coordinator, juror, dossier):
    read_by(juror, dossier)
    for stranger in (juror.user, CoordinatorFactory()):
        with pytest.raises(Forbidden):
            recusals.set_aside(by=stranger, juror=juror, application=dossier, words="Rien.")
    with pytest.raises(Refused) as refused:
        recusals.set_aside(by=coordinator, juror=juror, application=dossier, words=" ")
    assert refused.value.field == "words"
    assert not Recusal.objects.exists()


def test_set_aside_twice_keeps_the_first_words(coordinator, juror, dossier):
    recusals.set_aside(by=coordinator, juror=juror, application=dossier, words="Homonymes.")
    row = recusals.set_aside(by=coordinator, juror=juror, application=dossier, words="Encore.")
    assert row.set_aside_words == "Homonymes."
    assert Entry.objects.filter(verb="recusal.set_aside").count() == 1


def test_coming_back_does_not_give_the_dossier_again(coordinator, juror, dossier):
    read_by(juror, dossier)
    recusals.declare(by=juror.user, juror=juror, application=dossier, reason="work")
    recusals.set_aside(by=coordinator, juror=juror, application=dossier, words="Erreur.")
    assert not opens(juror, dossier)
