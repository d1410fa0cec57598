"""The jury as its coordinator sees it: who sits, who is behind, where the selection stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import DELIBERATED_STATES, JURY_STATES, VOTING_ROLES, JurorRole, ReviewState
from candidatures.models import Application, Assignment, Collaborator, Juror, Jury, Recusal, Review
from candidatures.rules.jury import quorum_needed
from clea.ui.dates import day, span

#: Presidents first, then members, then substitutes.
_ORDER = {JurorRole.PRESIDENT: 0, JurorRole.MEMBER: 1, JurorRole.SUBSTITUTE: 2}


# What is to be read --------------------------------------------------------------------------


def given(jury: Jury | None = None) -> QuerySet[Assignment]:
    """Readings that members owe or have done: not recused, not of their own dossier, still in the selection."""
    rows = Assignment.objects.to_read().filter(application__state__in=JURY_STATES)
    if jury is not None:
        rows = rows.filter(juror__jury=jury)
    recused = Recusal.objects.standing().filter(juror=OuterRef("juror"), application=OuterRef("application"))
    shared = Collaborator.objects.filter(application=OuterRef("application"), user=OuterRef("juror__user"))
    return rows.exclude(Exists(recused)).exclude(application__owner=F("juror__user")).exclude(Exists(shared))


def owed(jury: Jury | None = None) -> QuerySet[Assignment]:
    """Readings still to file, by members who joined, on dossiers the committee has not decided."""
    return given(jury).filter(_owing(Review.objects.filed()))


def _owing(reviews: QuerySet[Review]) -> Q:
    """What makes a reading given one that is still to file; these reviews are looked at last."""
    filed = reviews.filter(juror=OuterRef("juror"), application=OuterRef("application"))
    theirs = Q(
        application__state__in=DELIBERATED_STATES,
        juror__joined_at__isnull=False,
        juror__left_at__isnull=True,
        juror__declined_at__isnull=True,
    )
    return theirs & ~Q(Exists(filed))


@dataclass(frozen=True)
class Progress:
    """How far a jury reads: readings given, those still owed, and how many members owe them."""

    given: int = 0
    owed: int = 0
    behind: int = 0


def progress(juries: Iterable[int]) -> dict[int, Progress]:
    """By the jury's key; nothing for one that gave no reading. One query, whatever their number.

    By member, so that whether a reading is filed is asked once; among these juries' reviews, not all of them.
    """
    wanted = list(juries)
    owing = _owing(Review.objects.filed().filter(juror__jury__in=wanted))
    # The dossiers of their calls are read once, and not each of them by its key for each of its readers.
    calls = Jury.objects.filter(pk__in=wanted).values("call")
    rows = (
        given()
        .filter(juror__jury__in=wanted, application__call__in=calls)
        .order_by()
        .values_list("juror__jury", "juror")
        .annotate(n=Count("pk"), owed=Count("pk", filter=owing))
        .values_list("juror__jury", "n", "owed")
    )
    found: dict[int, Progress] = {}
    for jury, n, owed in rows:
        seen = found.get(jury, Progress())
        found[jury] = Progress(seen.given + n, seen.owed + owed, seen.behind + (owed > 0))
    return found


# Who sits ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """A member and their readings. ``late``: what is not filed once the reading is over."""

    juror: Juror
    assigned: int = 0
    filed: int = 0
    started: int = 0
    late: int = 0
    last_at: datetime | None = None
    applies: bool = False

    @property
    def left(self) -> int:
        return self.assigned - self.filed

    @property
    def untouched(self) -> int:
        return self.left - self.started

    @property
    def state(self) -> tuple[str, str]:
        """Where the person stands, and the tone of it."""
        if self.juror.left_at:
            return _("retiré du jury"), "idle"
        if self.juror.declined_at:
            return _("invitation déclinée"), "stop"
        if self.juror.joined_at:
            return _("engagement accepté"), "done"
        return _("réponse attendue"), "attention"


def members(jury: Jury, *, today: date | None = None) -> list[Member]:
    """Everyone ever invited, those who sit first. Four queries, whatever their number."""
    today = today or timezone.localdate()
    jurors = list(
        Juror.objects.filter(jury=jury).select_related("user", "institution", "substitute_for__user").order_by("pk")
    )
    over = jury.reads_to is not None and jury.reads_to < today
    # Among this jury's reviews: a database may read all that it is given before it compares.
    own = Review.objects.filter(juror__in=[juror.pk for juror in jurors])
    filed = own.filed().filter(juror=OuterRef("juror"), application=OuterRef("application"))
    started = own.filter(juror=OuterRef("juror"), application=OuterRef("application"), state=ReviewState.DRAFT)
    counts: Any = (
        given(jury)
        .values("juror")
        .annotate(
            assigned=Count("pk"),
            filed=Count("pk", filter=Exists(filed)),
            started=Count("pk", filter=Exists(started)),
            owed=Count("pk", filter=~Exists(filed) & Q(application__state__in=DELIBERATED_STATES)),
        )
    )
    progress: dict[int, dict[str, int]] = {row["juror"]: row for row in counts}
    seen = dict(
        Review.objects.filter(juror__jury=jury).order_by().values_list("juror").annotate(last=Max("updated_at"))
    )
    applicants = applying(jury, [juror.user_id for juror in jurors])
    found = []
    for juror in jurors:
        row = progress.get(juror.pk, {})
        moments = [moment for moment in (seen.get(juror.pk), juror.joined_at, juror.declined_at) if moment]
        found.append(
            Member(
                juror=juror,
                assigned=row.get("assigned", 0),
                filed=row.get("filed", 0),
                started=row.get("started", 0),
                late=row.get("owed", 0) if over and juror.is_sitting else 0,
                last_at=max(moments, default=None),
                applies=juror.user_id in applicants,
            )
        )
    return sorted(found, key=lambda row: (not row.juror.is_sitting, _ORDER[JurorRole(row.juror.role)], *_name(row)))


def _name(row: Member) -> tuple[str, str]:
    return row.juror.user.last_name.casefold(), row.juror.user.first_name.casefold()


def applying(jury: Jury, users: Iterable[int]) -> set[int]:
    """Among these accounts, those with a filed dossier in the jury's own call. One query.

    A draft is nobody's business: it is not told.
    """
    wanted = set(users)
    rows = (
        Application.objects.filter(call=jury.call_id, last_deposit__isnull=False)
        .filter(Q(owner__in=wanted) | Q(collaborators__user__in=wanted))
        .values_list("owner", "collaborators__user")
    )
    return {user for row in rows for user in row if user in wanted}


# In words ------------------------------------------------------------------------------------


def reading_sentence(jury: Jury) -> str:
    """The reading's dates, whole or in part."""
    if jury.reads_from and jury.reads_to:
        return _("Lecture des dossiers : %(span)s") % {"span": span(jury.reads_from, jury.reads_to)}
    if jury.reads_from:
        return _("Lecture des dossiers à partir du %(day)s") % {"day": day(jury.reads_from)}
    if jury.reads_to:
        return _("Lecture des dossiers jusqu'au %(day)s") % {"day": day(jury.reads_to)}
    return _("Les dates de lecture vous seront précisées.")


def quorum_sentence(jury: Jury, jurors: Iterable[Juror]) -> str:
    """How many must sit, of those who hold a seat today. No query when ``jurors`` are at hand."""
    seats = sum(1 for juror in jurors if juror.is_sitting and juror.role in VOTING_ROLES)
    if not seats:
        return _(
            "Personne n'occupe encore de siège : le quorum se calcule sur les membres titulaires et la présidence."
        )
    needed = quorum_needed(jury, seats)
    if needed == 0:
        text = _("Aucun quorum de membres n'est demandé")
    else:
        text = ngettext(
            "Le quorum est atteint avec %(needed)d siège occupé sur %(seats)d (%(percent)d %%, arrondi au-dessus)",
            "Le quorum est atteint avec %(needed)d sièges occupés sur %(seats)d (%(percent)d %%, arrondi au-dessus)",
            needed,
        ) % {"needed": needed, "seats": seats, "percent": jury.quorum_percent}
    if jury.quorum_institutions:
        text += ngettext(
            ", d'au moins %(n)d institution", ", d'au moins %(n)d institutions", jury.quorum_institutions
        ) % {"n": jury.quorum_institutions}
    return f"{text}."


def charter(jury: Jury) -> str:
    """What a member commits to, in Markdown: the jury's own text, or the one the site proposes."""
    if jury.charter.strip():
        return jury.charter
    return _(
        "En siégeant dans ce jury, je m'engage :\n\n"
        "- à **garder confidentiels** les dossiers, les échanges du jury, les avis de chacun et les résultats "
        "jusqu'à leur publication ;\n"
        "- à n'utiliser les dossiers que pour cette sélection, à ne les transmettre à personne, et à supprimer "
        "mes copies une fois la sélection terminée ;\n"
        "- à lire chaque dossier qui m'est attribué avec **la même attention**, selon les critères de l'appel "
        "et eux seuls ;\n"
        "- à **signaler sans attendre** tout lien familial, amical, professionnel ou d'intérêt avec une personne "
        "ou une structure d'un dossier, et à me retirer de son examen ;\n"
        "- à ne pas répondre pendant la sélection aux artistes qui m'interrogeraient, et à les adresser "
        "à la coordination."
    )


def warnings(jury: Jury, rows: list[Member]) -> list[str]:
    """What the coordinator should look at before the reading. No query."""
    sitting = [row for row in rows if row.juror.is_sitting]
    institutions = {row.juror.institution_id for row in sitting}
    found = []
    if sitting and len(sitting) < jury.readers_per_dossier:
        found.append(
            ngettext(
                "Chaque dossier demande %(asked)d lectures, et le jury compte %(there)d membre.",
                "Chaque dossier demande %(asked)d lectures, et le jury compte %(there)d membres.",
                len(sitting),
            )
            % {"asked": jury.readers_per_dossier, "there": len(sitting)}
        )
    if sitting and len(institutions) < jury.institutions_per_dossier:
        found.append(
            _("Chaque dossier demande des lectures de %(asked)d institutions, et le jury en réunit %(there)d.")
            % {"asked": jury.institutions_per_dossier, "there": len(institutions)}
        )
    if sitting and not any(row.juror.role == JurorRole.PRESIDENT for row in sitting):
        found.append(_("Personne ne préside encore ce jury."))
    if not jury.reads_to:
        found.append(_("La fin de la lecture n'est pas fixée : personne ne sera relancé."))
    elif jury.call.jury_on and jury.reads_to >= jury.call.jury_on:
        found.append(
            _("La lecture finit le %(reads)s, et le jury se réunit le %(jury)s.")
            % {"reads": day(jury.reads_to), "jury": day(jury.call.jury_on)}
        )
    if jury.reads_from and jury.reads_from <= timezone.localdate(jury.call.last_day):
        found.append(
            _("La lecture commence avant la fin de l'appel : un dossier lu peut encore être déposé de nouveau.")
        )
    return found
