"""The next step of an artist in residence and of a structure's team: what their homes open on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clea.ui.next_step import Kind, NextStep, ordered
from residencies.enums import LIVE_RESIDENCIES, ResidencyState
from residencies.models import Residency
from residencies.selectors import seats, studio, team_home

if TYPE_CHECKING:
    from clea.accounts.models import User
    from residencies.models import Period, Session
    from structures.models import Structure

STUDIO = gettext_lazy("Ma résidence")
TEAM = gettext_lazy("Ma structure")
#: Structures of one person that the homes gathering several spaces look into.
LOOKED_INTO = 3


# The artist in residence -----------------------------------------------------------------------------


def of_residency(
    residency: Residency, tasks: Sequence[dict[str, Any]], coming: Sequence[studio.Next], periods: Sequence[Period]
) -> list[NextStep]:
    """From what the studio's home has read: tasks, the first rendezvous, else the next dates. No query."""
    steps = [_task(one) for one in tasks]
    if coming:
        first = coming[0]
        steps.append(
            NextStep(
                first.title,
                reverse("studio:calendar", args=[residency.uuid]),
                _("Ouvrir le calendrier"),
                when=first.starts_at,
                kind="on",
                detail=" · ".join(part for part in (first.kind, first.where) if part),
                space=STUDIO,
            )
        )
    if not steps and (last := _between(residency, periods)) is not None:
        steps.append(last)
    return ordered(steps)


def _task(task: dict[str, Any]) -> NextStep:
    return NextStep(
        task["title"], task["href"], task.get("action") or _("Le faire maintenant"), when=task.get("when"),
        kind=task.get("kind", "due"), detail=task["hint"], space=STUDIO,
    )  # fmt: skip


def _between(residency: Residency, periods: Sequence[Period]) -> NextStep | None:
    """Nothing is planned: the next period, or what a finished residency leaves to read again."""
    today = timezone.localdate()
    if residency.state in LIVE_RESIDENCIES:
        calendar = reverse("studio:calendar", args=[residency.uuid])
        after = next((one for one in sorted(periods, key=lambda one: one.starts_on) if one.starts_on >= today), None)
        if after is not None:
            return NextStep(
                after.title, calendar, _("Ouvrir le calendrier"), when=after.starts_on, kind="coming", space=STUDIO
            )
        return NextStep(
            _("Les dates de votre résidence, fixées avec la coordination"), calendar, _("Ouvrir le calendrier"),
            kind="coming", space=STUDIO,
        )  # fmt: skip
    if residency.state == ResidencyState.FINISHED:
        return NextStep(
            _("Relire ce qui reste de votre résidence : œuvres, photographies, paroles"),
            reverse("studio:traces", args=[residency.uuid]), _("Ouvrir les traces"), kind="coming", space=STUDIO,
        )  # fmt: skip
    return None


def of_artist(user: User) -> list[NextStep]:
    """For the homes that gather several spaces: residencies under way. Seven queries each, one otherwise."""
    now = timezone.now()
    found: list[NextStep] = []
    for residency in seats.residencies(user):
        if residency.state in LIVE_RESIDENCIES:
            prefetch_related_objects([residency], "periods")
            tasks = studio.tasks(residency, now)
            found += of_residency(residency, tasks, studio.coming(residency, now), list(residency.periods.all()))
    return found


# A structure's team ----------------------------------------------------------------------------------


def of_team(structure: Structure, home: team_home.Home) -> list[NextStep]:
    """From what the team's home has read: what waits for it, then its next session. No query."""
    steps = [*_tasks_of_team(structure, home)]
    if home.coming:
        session = home.coming[0]
        steps.append(
            _step(structure, session.activity.title, "team:session", session.uuid)(
                _("Voir la séance"), session.starts_at, "on", ", ".join(str(one) for one in session.residencies.all())
            )
        )
    if not steps and home.season is not None:
        label = _("Faire un souhait, pour accueillir un artiste de la saison")
        steps.append(_step(structure, label, "team:request_add")(_("Faire un souhait"), None, "coming"))
    return ordered(steps)


def _step(structure: Structure, label: str, name: str, *args: object) -> Callable[..., NextStep]:
    """A step of this team's space; what is left to say: the button, the date, its kind, a detail."""
    return partial(_said, label, reverse(name, args=[structure.uuid, *args]))


def _said(
    label: str, href: str, action: str, when: datetime | None, kind: Kind = "since", detail: str = ""
) -> NextStep:
    return NextStep(label, href, action, when=when, kind=kind, detail=detail, space=TEAM)


def _tasks_of_team(structure: Structure, home: team_home.Home) -> Iterator[NextStep]:
    for wish in home.proposals:
        label = _("Répondre à une proposition : %(name)s") % {"name": wish.proposed}
        about = _("Pour votre souhait « %(public)s ».") % {"public": wish.public}
        say = _step(structure, label, "team:request", wish.uuid)
        yield say(_("Lire et répondre"), wish.answered_at, "since", about)
    if home.to_confirm:
        yield _confirmations(structure, home.to_confirm)
    for line in home.to_sign:
        label = _("Signer la convention « %(title)s »")
        activity = line.paper.activity
        say = _step(
            structure,
            label % {"title": activity.title if activity else line.paper.title},
            "team:agreement",
            line.paper.uuid,
        )
        yield say(_("Lire et signer"), line.paper.issued_at)
    if home.clashes:
        session = home.clashes[0].session
        say = _step(structure, _("Régler une séance qui tombe un jour de fermeture"), "team:closures")
        yield say(_("Voir les fermetures"), session.starts_at, "due", session.activity.title)
    for event in home.events:
        say = _step(structure, _("S'inscrire : %(title)s") % {"title": event.title}, "team:event", event.uuid)
        yield say(_("S'inscrire"), event.registration_closes_at or event.starts_at, "due", event.place)
    if home.missing:
        say = _step(structure, _("Compléter l'équipe"), "team:person_add")
        about = _("Une équipe compte au moins %(n)d personnes, pour que rien ne repose sur une seule.")
        yield say(_("Ajouter une personne"), None, "since", about % {"n": home.team_size})


def _confirmations(structure: Structure, waiting: Sequence[Session]) -> NextStep:
    """One step for all the sessions to confirm, since the oldest."""
    count = len(waiting)
    oldest = min(waiting, key=lambda session: session.starts_at)
    if count == 1:
        label = _("Dire comment s'est passée la séance « %(title)s »")
        label, href = (
            label % {"title": oldest.activity.title},
            reverse("team:confirm", args=[structure.uuid, oldest.uuid]),
        )
    else:
        label = ngettext("Confirmer %(n)d séance", "Confirmer %(n)d séances", count) % {"n": count}
        href = reverse("team:confirmations", args=[structure.uuid])
    return NextStep(
        label, href, _("Confirmer"), when=oldest.starts_at, kind="since",
        detail=_("Dites en deux minutes ce qui a eu lieu et combien vous étiez."), space=TEAM,
    )  # fmt: skip


def of_teams(user: User) -> list[NextStep]:
    """For the homes that gather several spaces: the first structures. As many queries as their homes."""
    rows = seats.structures_of(user)[:LOOKED_INTO]
    return [step for row in rows for step in of_team(row, team_home.home(row))[:3]]


def by_time(rows: Sequence[Residency]) -> tuple[list[Residency], list[Residency]]:
    """Those under way, then those of the past."""
    live = [row for row in rows if row.state in LIVE_RESIDENCIES]
    return live, [row for row in rows if row.state not in LIVE_RESIDENCIES]
