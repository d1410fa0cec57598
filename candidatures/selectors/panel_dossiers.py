"""The coordination's view of what a jury has read: one call, a known number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from candidatures.models import Application, Assignment, Recusal, Review

if TYPE_CHECKING:
    from candidatures.models import Jury


@dataclass
class Line:
    """One dossier in the list."""

    application: Application
    given: int = 0
    filed: int = 0
    recusals: int = 0
    reviews: list[Review] = field(default_factory=list)


def lines(jury: Jury) -> list[Line]:
    """The jury's dossiers in the order of their numbers. Four queries, whatever their number."""
    applications = (
        Application.objects.for_jury()
        .filter(call=jury.call_id)
        .select_related("last_deposit")
        .order_by("last_deposit__number")
    )
    by_pk = {application.pk: Line(application) for application in applications}
    recused: dict[int, set[int]] = defaultdict(set)
    for pk, juror in Recusal.objects.standing().filter(juror__jury=jury).values_list("application_id", "juror_id"):
        recused[pk].add(juror)
    for pk, juror in (
        Assignment.objects.to_read()
        .filter(juror__jury=jury, juror__left_at=None, juror__declined_at=None)
        .values_list("application_id", "juror_id")
    ):
        if pk in by_pk and juror not in recused[pk]:
            by_pk[pk].given += 1
    for review in Review.objects.filter(juror__jury=jury).standing().filed():
        if review.application_id in by_pk:
            by_pk[review.application_id].filed += 1
            by_pk[review.application_id].reviews.append(review)
    for pk, line in by_pk.items():
        line.recusals = len(recused[pk])
    return list(by_pk.values())
