"""The grid and the anonymity of a call, once members have begun: what may no longer change."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.models import Call, Jury, ScoringCriterion
from tests.factories.jury import JurorFactory, JuryFactory, ReviewFactory, eligible
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def jury() -> Jury:
    return JuryFactory()


def criterion(jury: Jury) -> ScoringCriterion:
    found = jury.call.scoring.first()
    assert found is not None
    return found


def test_a_maximum_does_not_go_below_a_note_already_given(jury: Jury) -> None:
    (application,) = eligible(jury.call, 1)
    ReviewFactory(juror=JurorFactory(jury=jury), application=application, notes=[4, 3])
    row = criterion(jury)
    row.max_score = 4
    row.full_clean()
    row.max_score = 3
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert "4" in refused.value.message_dict["max_score"][0]


def test_a_maximum_may_change_while_nobody_has_noted_above_it(jury: Jury) -> None:
    row = criterion(jury)
    row.max_score = 1
    row.full_clean()


def fields_of(call: Call) -> str:
    client = Client()
    client.force_login(CoordinatorFactory(territory=call.territory))
    return client.get(reverse("admin:candidatures_call_change", args=[call.pk])).content.decode()


def test_anonymity_is_lifted_with_a_reason_and_nowhere_else(jury: Jury) -> None:
    assert 'name="blind_reading"' in fields_of(jury.call)
    Call.objects.filter(pk=jury.call_id).update(blind_reading=True)
    assert 'name="blind_reading"' not in fields_of(jury.call)


def test_it_may_be_taken_back_before_there_is_a_jury() -> None:
    call = JuryFactory().call
    Jury.objects.all().delete()
    Call.objects.filter(pk=call.pk).update(blind_reading=True)
    assert 'name="blind_reading"' in fields_of(call)


def test_no_criterion_joins_the_grid_once_a_reading_is_filed(jury: Jury) -> None:
    """A reading without the new note would leave every mean."""
    (application,) = eligible(jury.call, 1)
    client = Client()
    client.force_login(CoordinatorFactory(territory=jury.call.territory))
    page = reverse("admin:candidatures_call_change", args=[jury.call.pk])

    def room() -> int:
        formsets = client.get(page).context["inline_admin_formsets"]
        return int(next(row.formset.max_num for row in formsets if row.opts.model is ScoringCriterion))

    review = ReviewFactory(juror=JurorFactory(jury=jury), application=application, notes=[4, 3], draft=True)
    assert room() > 0
    type(review).objects.update(state="filed", advice="favourable", filed_at=timezone.now())
    assert room() == 0
