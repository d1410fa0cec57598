"""Contracts and agreements as pages read them: which one stands, who must sign, what is missing, what changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from candidatures.models import Season
from clea.documents.access import Grant
from clea.documents.models import StoredFile
from residencies.enums import FACING_STATES, ActivityState, PaperKind, PaperState, SessionState
from residencies.methods import papers as methods
from residencies.models import Activity, Paper, Residency, ResidencyArtist, Session, Signature
from residencies.selectors import paper_facts
from structures.models import Professional, Structure, Territory

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User

WITH_OWNER = (
    "residency__season__programme__territory",
    "activity__season__programme__territory",
    "stored_file",
    "signed_file",
)


def territory_of(paper: Paper) -> Territory:
    """Whose desk it is. No query on a paper read with :data:`WITH_OWNER`."""
    owner = paper.residency or paper.activity
    assert owner is not None
    return owner.territory


#: A first session nearer than this, without a signed agreement, asks for an act.
SOON = timedelta(days=14)

# Which one stands ----------------------------------------------------------------------------


def standing_contract(residency: Residency) -> Paper | None:
    """The edition of the contract that is not cancelled. One query."""
    return Paper.objects.standing().filter(residency=residency).select_related(*WITH_OWNER).first()


def standing_agreement(activity: Activity) -> Paper | None:
    """The edition of the agreement that is not cancelled. One query."""
    return Paper.objects.standing().filter(activity=activity).select_related(*WITH_OWNER).first()


def editions(owner: Residency | Activity) -> list[Paper]:
    """Every edition, the latest first. One query."""
    about = {"residency": owner} if isinstance(owner, Residency) else {"activity": owner}
    return list(Paper.objects.filter(**about).select_related(*WITH_OWNER).order_by("-edition"))


# Who signs, who is written to ----------------------------------------------------------------


@dataclass(frozen=True)
class Party:
    """Somebody whose signature is needed."""

    label: str
    structure: Structure | None = None
    residency: Residency | None = None


def parties(paper: Paper) -> list[Party]:
    """The territory, the artists, then the employer of a contract or the structures of an agreement. Three queries."""
    found = [Party(territory_of(paper).name)]
    if paper.kind == PaperKind.CONTRACT:
        residency = paper.residency
        assert residency is not None
        found += [Party(str(one), residency=residency) for one in residency.artists.filter(left_at=None)]
        if residency.employer:
            found.append(Party(residency.employer))
        return found
    activity = paper.activity
    assert activity is not None
    found += [Party(one.artist_name, residency=one) for one in activity.residencies.all()]
    found += [Party(one.name, structure=one) for one in activity.structures.all()]
    return found


@dataclass(frozen=True)
class Recipient:
    """Somebody a paper is sent to; where they read it depends on whose side they are on."""

    email: str
    name: str
    language: str = "fr"
    residency: Residency | None = None
    structure: Structure | None = None


@dataclass(frozen=True)
class Recipients:
    """Who can be written to, and the parties that have no address."""

    people: list[Recipient]
    unreachable: list[str]


def recipients(paper: Paper, *, unsigned_only: bool = False) -> Recipients:
    """The artists with an account; of each structure, who is contacted first. Four queries.

    ``unsigned_only``: nobody of a party that has signed.
    """
    residencies, structures = _sides(paper)
    if unsigned_only:
        signed = list(paper.signatures.exclude(signed_on=None))
        done_structures = {one.structure_id for one in signed if one.structure_id}
        done_residencies = {one.residency_id for one in signed if one.residency_id}
        structures = [one for one in structures if one.pk not in done_structures]
        residencies = [one for one in residencies if one.pk not in done_residencies]
    return reachable(residencies, structures)


def reachable(residencies: Collection[Residency], structures: Collection[Structure]) -> Recipients:
    """The artists with an account; of each team, who is contacted first. Two queries."""
    people: list[Recipient] = []
    unreachable: list[str] = []
    seats = ResidencyArtist.objects.filter(residency__in=residencies, left_at=None).select_related("user")
    for residency in residencies:
        mine = [seat.user for seat in seats if seat.residency_id == residency.pk and seat.user is not None]
        people += [
            Recipient(user.email, user.get_full_name(), user.language, residency=residency)
            for user in mine
            if user.is_active
        ]
        if not mine:
            unreachable.append(residency.artist_name)
    members = list(
        Professional.objects.filter(structure__in=structures)
        .exclude(email="")
        .order_by("-is_contact", "last_name", "first_name", "pk")
    )
    for structure in structures:
        team = [one for one in members if one.structure_id == structure.pk]
        first = [one for one in team if one.is_contact] or team[:1]
        people += [Recipient(one.email, str(one), structure=structure) for one in first]
        if not team:
            unreachable.append(structure.name)
    return Recipients(people, unreachable)


def _sides(paper: Paper) -> tuple[list[Residency], list[Structure]]:
    if paper.residency is not None:
        return [paper.residency], []
    assert paper.activity is not None
    return list(paper.activity.residencies.all()), list(paper.activity.structures.all())


# One paper -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """A paper as the desk reads it. ``text``: Markdown with its values; ``missing`` holds back its issue."""

    paper: Paper
    text: str
    missing: tuple[methods.Placeholder, ...] = ()
    parties: tuple[Party, ...] = ()
    signatures: tuple[Signature, ...] = ()
    changes: tuple[methods.Change, ...] = ()

    @property
    def unsigned(self) -> list[Signature]:
        return [one for one in self.signatures if one.signed_on is None]


def reading(paper: Paper) -> Reading:
    """The paper, what it lacks or what changed since it was issued. A dozen queries at most."""
    if paper.state == PaperState.DRAFT:
        found = methods.filled(paper.kind, paper.body, paper_facts.values(paper))
        return Reading(paper, found.text, found.missing, parties=tuple(parties(paper)))
    signatures = tuple(paper.signatures.select_related("structure", "residency"))
    if paper.state == PaperState.CANCELLED:
        return Reading(paper, paper.body, signatures=signatures)
    changed = methods.changes(paper.kind, paper.facts.get("values", {}), paper_facts.values(paper))
    return Reading(paper, paper.body, signatures=signatures, changes=tuple(changed))


# The season ----------------------------------------------------------------------------------


@dataclass
class AgreementRow:
    """An activity and its agreement, for the season's page."""

    activity: Activity
    first: datetime | None
    paper: Paper | None = None
    changes: list[methods.Change] = field(default_factory=list)
    late: bool = False

    @property
    def is_signed(self) -> bool:
        return self.paper is not None and self.paper.state == PaperState.SIGNED

    @property
    def wants_check(self) -> bool:
        """A signed copy came and nobody looked at it."""
        return self.paper is not None and self.paper.state == PaperState.ISSUED and bool(self.paper.signed_file_id)


@dataclass(frozen=True)
class ContractRow:
    """A residency and the state of its contract."""

    residency: Residency
    paper: Paper | None


def contracts(season: Season) -> list[ContractRow]:
    """The season's residencies and their contracts, those not signed first. Two queries."""
    papers = {paper.residency_id: paper for paper in Paper.objects.standing().filter(residency__season=season)}
    rows = [ContractRow(one, papers.get(one.pk)) for one in Residency.objects.filter(season=season)]
    return sorted(rows, key=lambda row: row.paper is not None and row.paper.state == PaperState.SIGNED)


def _needing() -> Q:
    """Activities that need an agreement: those a session is planned or was held for."""
    return Q(state__in=[ActivityState.IDEA, ActivityState.WRITING, *FACING_STATES])


def agreements(season: Season, today: date) -> list[AgreementRow]:
    """Every activity of the season that is not cancelled, those without a signed agreement first, by first session.

    Nine queries, whatever the number of activities.
    """
    standing = Session.objects.filter(activity=OuterRef("pk")).exclude(state=SessionState.CANCELLED)
    first = standing.order_by().values("activity").annotate(at=Min("starts_at")).values("at")
    rows: QuerySet[Any] = paper_facts.loaded(
        Activity.objects.filter(_needing(), season=season).annotate(first_at=Subquery(first)).order_by("pk")
    )
    papers = {
        paper.activity_id: paper
        for paper in Paper.objects.standing()
        .filter(activity__season=season)
        .select_related("stored_file", "signed_file")
        .prefetch_related("signatures")
    }
    found = []
    for activity in rows:
        row = AgreementRow(activity, activity.first_at, papers.get(activity.pk))
        paper = row.paper
        if paper is not None and paper.state in (PaperState.ISSUED, PaperState.SIGNED):
            row.changes = methods.changes(paper.kind, paper.facts.get("values", {}), paper_facts.of_activity(activity))
        row.late = not row.is_signed and row.first is not None and timezone.localdate(row.first) <= today
        found.append(row)
    far = datetime.max.replace(tzinfo=timezone.get_current_timezone())
    return sorted(found, key=lambda row: (row.is_signed, row.first is None, row.first or far, row.activity.pk))


def missing(today: date) -> QuerySet[Any]:
    """Activities still to begin, or under way, whose agreement nobody signed: ``first_at`` is their next session.

    Not those whose sessions are all past: it is too late to sign.
    """
    midnight = timezone.make_aware(datetime.combine(today, time()))
    ahead = Session.objects.filter(activity=OuterRef("pk"), state=SessionState.PLANNED, starts_at__gte=midnight)
    first = ahead.order_by().values("activity").annotate(at=Min("starts_at")).values("at")
    return (
        Activity.objects.filter(state__in=FACING_STATES)
        .exclude(pk__in=Paper.objects.signed().filter(activity__isnull=False).values("activity_id"))
        .annotate(first_at=Subquery(first))
        .filter(first_at__isnull=False)
    )


# The spaces ----------------------------------------------------------------------------------


def _seen(papers: QuerySet[Paper]) -> QuerySet[Paper]:
    """What the parties may read: nothing that was not issued."""
    return (
        papers.filter(issued_at__isnull=False)
        .select_related(*WITH_OWNER)
        .prefetch_related("signatures")
        .order_by("-issued_at")
    )


def of_residency(residency: Residency) -> list[Paper]:
    """The contract and the agreements that the artists of a residency read. Three queries."""
    mine = Activity.residencies.through.objects.filter(residency=residency).values("activity_id")
    return list(_seen(Paper.objects.filter(Q(residency=residency) | Q(activity__in=mine))))


def of_structure(structure: Structure) -> list[Paper]:
    """The agreements that a structure's team reads. Three queries."""
    mine = Activity.structures.through.objects.filter(structure=structure).values("activity_id")
    signed = Signature.objects.filter(structure=structure).values("paper")
    return list(_seen(Paper.objects.filter(Q(activity__in=mine) | Q(pk__in=signed))))


# Files ---------------------------------------------------------------------------------------


def resolve(user: User | AnonymousUser, stored_file: StoredFile) -> Grant | None:
    """The PDF of an issued paper and its signed copy: the coordination and the parties. Two to six queries."""
    paper = (
        Paper.objects.filter(Q(stored_file=stored_file) | Q(signed_file=stored_file))
        .select_related(*WITH_OWNER)
        .first()
    )
    if paper is None or not (_is_desk(user, paper) or is_party(user, paper)):
        return None
    signed = "-signe" if paper.signed_file_id == stored_file.pk else ""
    return Grant(filename=f"{paper.number}{signed}.pdf", journal_target=paper)


def _is_desk(user: User | AnonymousUser, paper: Paper) -> bool:
    return Territory.objects.coordinated_by(user).filter(pk=territory_of(paper).pk).exists()


def is_party(user: User | AnonymousUser, paper: Paper) -> bool:
    """Whether the person is an artist of the paper, or of a team of one of its structures. One to three queries."""
    mine = Residency.objects.of(user)
    if paper.residency is not None:
        return mine.filter(pk=paper.residency.pk).exists()
    assert paper.activity is not None
    if Activity.objects.of_artist(user).filter(pk=paper.activity.pk).exists():
        return True
    if Activity.objects.of_team(user).filter(pk=paper.activity.pk, structures__is_active=True).exists():
        return True
    seats = Professional.objects.of(user).filter(structure__is_active=True).values("structure")
    return paper.signatures.filter(structure__in=seats).exists()
