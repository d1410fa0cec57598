"""Conflicts of interest of a jury: declared, noticed by the machine, set aside."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from candidatures.enums import DELIBERATED_STATES
from candidatures.methods import conflicts as method
from candidatures.methods.conflicts import Kind
from candidatures.models import Application, Collaborator, Juror, Jury, Recusal
from structures.models import Professional


@dataclass(frozen=True)
class Suggestion:
    """A member and a dossier to look at, with what was noticed."""

    juror: Juror
    application: Application
    hints: tuple[method.Hint, ...]
    strong: bool
    #: It is their own dossier: already closed to them, with or without a recusal.
    own: bool

    @property
    def evidence(self) -> list[str]:
        """In words: of the rows of a page, not of the thousands that there may be."""
        return [sentence(hint) for hint in self.hints]


@dataclass(frozen=True)
class Conflicts:
    """The page of conflicts. ``left_out``: words that too many dossiers share to say anything."""

    declared: list[Recusal]
    set_aside: list[Recusal]
    strong: list[Suggestion]
    weak: list[Suggestion]
    left_out: list[str]
    jurors: list[Juror]
    dossiers: list[Application]


def conflicts(jury: Jury) -> Conflicts:
    """All of them. Five queries whatever the number of members and dossiers."""
    jurors = list(
        Juror.objects.sitting()
        .filter(jury=jury)
        .select_related("user", "institution", "jury")
        .order_by("user__last_name")
    )
    dossiers = list(
        Application.objects.for_jury()
        .filter(call=jury.call_id, state__in=DELIBERATED_STATES)
        .select_related("last_deposit", "owner")
        .order_by("last_deposit__number")
    )
    recusals = list(
        Recusal.objects.filter(juror__jury=jury)
        .select_related("juror__user", "juror__institution", "application__last_deposit", "declared_by", "set_aside_by")
        .defer("application__last_deposit__data")
    )
    found = method.suspicions(_people(jury, jurors), _files(jury, dossiers))
    known = {(row.juror_id, row.application_id) for row in recusals}
    members = {juror.pk: juror for juror in jurors}
    rows = {dossier.pk: dossier for dossier in dossiers}
    suggestions = [
        Suggestion(
            juror=members[row.person],
            application=rows[row.file],
            hints=row.hints,
            strong=row.strong,
            own=row.hints[0].kind == Kind.OWN,
        )
        for row in found.suspicions
        if (row.person, row.file) not in known
    ]
    return Conflicts(
        declared=[row for row in recusals if row.standing],
        set_aside=[row for row in recusals if not row.standing],
        strong=[row for row in suggestions if row.strong],
        weak=[row for row in suggestions if not row.strong],
        left_out=list(found.common),
        jurors=jurors,
        dossiers=dossiers,
    )


def evidence(jury: Jury, juror: Juror, application: Application) -> list[str]:
    """What the machine notices between the two. Three queries: all dossiers are read, to know what is common."""
    dossiers = list(
        Application.objects.for_jury()
        .filter(call=jury.call_id, state__in=DELIBERATED_STATES)
        .select_related("last_deposit", "owner")
    )
    found = method.suspicions(_people(jury, [juror]), _files(jury, dossiers))
    return [sentence(hint) for row in found.suspicions if row.file == application.pk for hint in row.hints]


def sentence(hint: method.Hint) -> str:
    """A hint and its evidence, in words."""
    said = {
        Kind.OWN: _("Participe à ce dossier (%(words)s)."),
        Kind.DOMAIN: _("Même domaine de courriel : %(words)s."),
        Kind.NAMED: _("« %(words)s » est cité dans : %(where)s."),
        Kind.FAMILY_NAME: _("Même nom de famille : %(words)s."),
        Kind.CITY: _("Même ville : %(words)s."),
    }[hint.kind]
    return said % {"words": hint.words, "where": hint.where}


def _people(jury: Jury, jurors: list[Juror]) -> list[method.Person]:
    """One query: the structures where a member works, by their e-mail address."""
    emails = {juror.user.email.casefold() for juror in jurors}
    rows = (
        Professional.objects.filter(structure__territory=jury.territory, structure__is_category=False)
        .annotate(address=Lower("email"))
        .filter(address__in=emails)
        .values_list("address", F("structure__name"))
        .order_by("structure__name")
    )
    works: dict[str, list[str]] = defaultdict(list)
    for address, name in rows:
        works[address].append(name)
    return [
        method.Person(
            key=juror.pk,
            user=juror.user_id,
            email=juror.user.email,
            last_name=juror.user.last_name,
            city=juror.city,
            houses=tuple(dict.fromkeys([juror.institution.name, *works[juror.user.email.casefold()]])),
        )
        for juror in jurors
    ]


def _files(jury: Jury, dossiers: list[Application]) -> list[method.File]:
    """Dossiers as filed. One query: who takes part in them."""
    shared: dict[int, list[Any]] = defaultdict(list)
    for row in Collaborator.objects.filter(application__call=jury.call_id).select_related("user"):
        shared[row.application_id].append(row.user)
    return [_file(dossier, shared[dossier.pk]) for dossier in dossiers]


def _file(dossier: Application, others: list[Any]) -> method.File:
    assert dossier.last_deposit is not None
    data = dossier.last_deposit.data
    identity, practice, links = data["identity"], data["practice"], data["articulation"]
    people = [dossier.owner, *others]
    texts = {
        _("compagnie ou structure employeuse"): identity["organisation"],
        _("nom d'artiste ou du collectif"): identity["artist_name"],
        _("membres du collectif"): " ; ".join(f"{row['name']} {row['role']}" for row in identity["members"]),
        _("pratique"): practice["practice"],
        _("articulation avec le territoire"): links["territory_link"],
        _("transitions"): links["transitions_link"],
        _("précisions sur le budget"): data["budget"]["comment"],
    }
    titles = {piece["code"]: piece["title"] for piece in data["pieces"]}
    for code, answer in data["answers"].items():
        texts[titles.get(code, code)] = _typed(answer)
    return method.File(
        key=dossier.pk,
        users=frozenset(user.pk for user in people),
        emails=(identity["email"], *(user.email for user in people)),
        names=(
            identity["last_name"],
            *(row["name"] for row in identity["members"]),
            *(user.last_name for user in people),
        ),
        city=identity["city"],
        texts=texts,
    )


def _typed(answer: dict[str, Any]) -> str:
    """The words of a typed piece, whatever its form."""
    works = (" ".join(str(value) for value in work.values()) for work in answer.get("works", []))
    return "\n".join([answer.get("text", ""), *answer.get("links", []), *works])
