"""Who reads what in a jury, as it stands, and what is asked of a computation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from candidatures.enums import (
    DELIBERATED_STATES,
    JURY_STATES,
    AssignmentPurpose,
    JurorRole,
    ReviewState,
)
from candidatures.methods import assignment as method
from candidatures.models import Application, Assignment, Collaborator, Juror, Jury, Recusal, Review
from candidatures.selectors import panel

Pair = tuple[int, int]  # a juror's key, a dossier's


@dataclass(frozen=True)
class Wish:
    """What is asked of a computation."""

    readers: int
    institutions: int
    #: Substitutes read too; otherwise they wait for somebody's seat.
    substitutes: bool = False
    #: Those who have not accepted the charter yet.
    unjoined: bool = False
    #: Dossiers that too few people may read get those there are.
    as_far_as_possible: bool = False


@dataclass(frozen=True)
class Board:
    """A jury's dossiers, members and readings, read at once. Six queries whatever their number."""

    jury: Jury
    jurors: list[Juror]
    #: Those who left after they filed readings, which count.
    former: list[Juror]
    #: Admissible and not decided, by deposit number.
    dossiers: list[Application]
    #: Every assignment on dossiers still in the selection.
    given: dict[Pair, Assignment]
    reviews: dict[Pair, str]
    #: Who may not read what, and why: ``recused`` or ``own``.
    barred: dict[Pair, str]

    @cached_property
    def people(self) -> dict[int, Juror]:
        return {juror.pk: juror for juror in (*self.jurors, *self.former)}

    @cached_property
    def files(self) -> dict[int, Application]:
        return {dossier.pk: dossier for dossier in self.dossiers}

    @cached_property
    def readings(self) -> dict[int, list[int]]:
        """By dossier, the members who owe or have filed a reading that counts, decided dossiers too."""
        found: dict[int, list[int]] = defaultdict(list)
        for (juror, dossier), row in self.given.items():
            if row.purpose == AssignmentPurpose.READ and (juror, dossier) not in self.barred and juror in self.people:
                found[dossier].append(juror)
        return found

    @cached_property
    def loads(self) -> dict[int, int]:
        """Readings of each member."""
        found = dict.fromkeys(self.people, 0)
        for readers in self.readings.values():
            for juror in readers:
                found[juror] += 1
        return found

    @cached_property
    def ranks(self) -> dict[int, int]:
        """Each member's place among those shown."""
        return {key: place for place, key in enumerate(self.people)}

    @cached_property
    def consulting(self) -> dict[int, list[int]]:
        """By dossier, the members to whom it is open without a reading."""
        found: dict[int, list[int]] = defaultdict(list)
        for (juror, dossier), row in self.given.items():
            if row.purpose == AssignmentPurpose.CONSULT and (juror, dossier) not in self.barred:
                found[dossier].append(juror)
        return found

    @cached_property
    def consulted(self) -> Counter[int]:
        """Dossiers open to each member without a reading."""
        return Counter(juror for jurors in self.consulting.values() for juror in jurors)

    @cached_property
    def filed(self) -> Counter[int]:
        """Readings each member filed, that count."""
        filed = (pair for pair, state in self.reviews.items() if state == ReviewState.FILED and pair not in self.barred)
        return Counter(juror for juror, _dossier in filed)

    def lacks(self, dossier: Application) -> int:
        """Readers that the jury's rule still asks for this dossier."""
        return max(0, self.jury.readers_per_dossier - len(self.readings.get(dossier.pk, [])))

    def institutions(self, readers: Iterable[int]) -> int:
        return len({self.people[key].institution_id for key in readers})


def _dossiers(jury: Jury) -> QuerySet[Application]:
    return (
        Application.objects.for_jury()
        .filter(call=jury.call_id)
        .select_related("last_deposit", "owner")
        .only(
            "uuid",
            "state",
            "call",
            "artist_name",
            "first_name",
            "last_name",
            "last_deposit__number",
            "owner__email",
            "owner__first_name",
            "owner__last_name",
        )
        .order_by("last_deposit__number")
    )


def board(jury: Jury) -> Board:
    """The jury's readings now. Six queries."""
    everyone = list(Juror.objects.filter(jury=jury).select_related("user", "institution"))
    owners = {juror.user_id: juror.pk for juror in everyone}
    # Decided dossiers too: their readings are part of a member's load.
    dossiers = list(_dossiers(jury))
    rows = Assignment.objects.filter(juror__jury=jury, application__state__in=JURY_STATES)
    reviews = Review.objects.filter(juror__jury=jury, application__state__in=JURY_STATES)
    recused = Recusal.objects.standing().filter(juror__jury=jury)
    shared = Collaborator.objects.filter(application__call=jury.call_id, user__jury_seats__jury=jury)
    barred = dict.fromkeys(recused.values_list("juror_id", "application_id"), "recused")
    barred |= {(owners[user], dossier): "own" for user, dossier in shared.values_list("user_id", "application_id")}
    barred |= {(owners[d.owner_id], d.pk): "own" for d in dossiers if d.owner_id in owners}
    return Board(
        jury=jury,
        jurors=sorted((j for j in everyone if j.is_sitting), key=_rank),
        former=[juror for juror in everyone if not juror.is_sitting],
        dossiers=[dossier for dossier in dossiers if dossier.state in DELIBERATED_STATES],
        given={(row.juror_id, row.application_id): row for row in rows},
        reviews={
            (juror, dossier): state
            for juror, dossier, state in reviews.values_list("juror_id", "application_id", "state")
        },
        barred=barred,
    )


def _rank(juror: Juror) -> tuple[Any, ...]:
    order = list(JurorRole.values)
    return order.index(juror.role), juror.institution.order, juror.institution.name, juror.user.last_name, juror.pk


def why_barred(code: str) -> str:
    """Why somebody may not read a dossier, in words."""
    return {"recused": _("déport"), "own": _("son propre dossier")}[code]


# Computed ----------------------------------------------------------------------------------------


def problem(seen: Board, wish: Wish) -> method.Problem:
    """The demand of a board, for :mod:`candidatures.methods.assignment`. No query."""

    def able(juror: Juror) -> bool:
        if not juror.is_sitting or (juror.joined_at is None and not wish.unjoined):
            return False
        return wish.substitutes or juror.role != JurorRole.SUBSTITUTE

    barred: dict[int, set[int]] = defaultdict(set)
    for juror, dossier in seen.barred:
        barred[dossier].add(juror)
    return method.Problem(
        readers=tuple(
            method.Reader(juror.pk, juror.institution_id, seen.loads[juror.pk], juror.max_load, available=able(juror))
            for juror in seen.people.values()
        ),
        dossiers=tuple(
            method.Dossier(
                dossier.pk, frozenset(seen.readings.get(dossier.pk, [])), frozenset(barred.get(dossier.pk, ()))
            )
            for dossier in seen.dossiers
        ),
        wanted=wish.readers,
        institutions=wish.institutions,
    )


# The desk ----------------------------------------------------------------------------------------


def short_of_readers(juries: Iterable[Jury]) -> list[dict[str, Any]]:
    """Juries that began to read and have dossiers with fewer readers than their rule asks: one query.

    Each row holds the jury's uuid (``jury``), its call's ``title``, the number of dossiers that a member stepped
    aside from (``stepped``) and of the others (``n``).
    """
    wanted = [jury.pk for jury in juries]
    began = Assignment.objects.to_read().filter(juror__jury=OuterRef("pk"))
    begun = Jury.objects.filter(pk__in=wanted).filter(Exists(began))
    # Counted together: dossier by dossier, each of them would be looked up by itself.
    enough = (
        panel.given()
        .filter(juror__jury__in=wanted, application__state__in=DELIBERATED_STATES)
        .order_by()
        .values("application")
        .annotate(n=Count("pk"))
        .filter(n__gte=F("application__call__jury__readers_per_dossier"))
        .values("application")
    )
    short = (
        Application.objects.for_jury()
        .filter(state__in=DELIBERATED_STATES, call__jury__in=begun.values("pk"))
        .exclude(pk__in=enough)
    )
    stepped = Recusal.objects.standing().filter(application=OuterRef("pk"))
    rows: Any = (
        short.order_by()
        .values(jury=F("call__jury__uuid"), title=F("call__title"))
        .annotate(n=Count("pk", filter=~Q(Exists(stepped))), stepped=Count("pk", filter=Q(Exists(stepped))))
        .order_by("title")
    )
    return list(rows)
