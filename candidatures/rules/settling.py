"""What still keeps a session from being settled, and what one should look at before. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import OPEN_STATES, ApplicationState, Outcome
from candidatures.rules import sessions as rules

if TYPE_CHECKING:
    from candidatures.models import Application, Decision, JurySession
    from candidatures.selectors.sessions import Places, Room

#: Names given in a sentence before « et 12 autres ».
NAMED = 12
#: Since an earlier settling the dossier followed its own course: its decision stays, its state too.
GONE = frozenset({ApplicationState.RENOUNCED, ApplicationState.ELSEWHERE})


@dataclass(frozen=True)
class Obstacle:
    """A reason in a sentence, with what to do; ``code`` is stable."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Case:
    """All that settling looks at. ``outside``: the reserve list's dossiers that are not on the agenda."""

    session: JurySession
    room: Room
    agenda: Sequence[Decision]
    places: Places
    earlier: bool
    outside: Sequence[Application] = ()
    unread: int = 0
    undecided_elsewhere: int = 0
    #: Interviews booked by dossiers of the agenda, still to come.
    interviews: int = 0


def names(applications: Iterable[Application]) -> str:
    """« Élan, Aria et 3 autres »"""
    found = [str(application) for application in applications]
    if len(found) <= NAMED:
        return ", ".join(found)
    left = len(found) - NAMED
    return ", ".join(found[:NAMED]) + " " + ngettext("et %(n)d autre", "et %(n)d autres", left) % {"n": left}


def follows_its_course(row: Decision) -> bool:
    """Decided before a correction, and the artist renounced or was retained elsewhere since."""
    return bool(row.before) and row.application.state in GONE


def to_decide(agenda: Iterable[Decision]) -> list[Decision]:
    """The decisions that move a dossier."""
    return [row for row in agenda if not follows_its_course(row)]


def obstacles(case: Case, today: date) -> list[Obstacle]:
    """Every reason not to settle now, in the order of the page. Empty: it may be settled."""
    return [*_about_the_day(case, today), *_about_the_room(case), *_about_dossiers(case), *_about_places(case)]


def _about_the_day(case: Case, today: date) -> list[Obstacle]:
    found = []
    if not (verdict := rules.was_held(case.session, today)):
        found.append(Obstacle(verdict.code, str(verdict.reason)))
    if case.session.jury.call.is_open():
        found.append(Obstacle("call_open", _("L'appel reçoit encore des dossiers : attendez sa clôture.")))
    return found


def _about_the_room(case: Case) -> list[Obstacle]:
    room, session, found = case.room, case.session, []
    if missing := room.unrecorded:
        found.append(
            Obstacle(
                "unrecorded",
                _("Notez la présence ou l'absence de chaque membre : %(names)s.")
                % {"names": ", ".join(map(str, missing))},
            )
        )
    count = room.quorum
    if count.missing:
        found.append(
            Obstacle(
                "no_quorum",
                ngettext(
                    "Il manque %(n)d membre pour atteindre le quorum (%(sentence)s).",
                    "Il manque %(n)d membres pour atteindre le quorum (%(sentence)s).",
                    count.missing,
                )
                % {"n": count.missing, "sentence": count.sentence()},
            )
        )
    if count.institutions_missing:
        found.append(
            Obstacle(
                "no_quorum_institutions",
                ngettext(
                    "Il manque %(n)d institution représentée pour atteindre le quorum.",
                    "Il manque %(n)d institutions représentées pour atteindre le quorum.",
                    count.institutions_missing,
                )
                % {"n": count.institutions_missing},
            )
        )
    sitting = {row.juror.pk for row in room.members if row.sits}
    if session.chair_id is None:
        found.append(Obstacle("no_chair", _("Indiquez qui préside la séance.")))
    elif session.chair_id not in sitting:
        found.append(
            Obstacle(
                "chair_absent",
                _("%(chair)s préside la séance, mais n'est pas noté(e) présent(e).") % {"chair": session.chair},
            )
        )
    return found


def _about_dossiers(case: Case) -> list[Obstacle]:
    if not case.agenda:
        return [Obstacle("empty", _("Aucun dossier n'est à l'ordre du jour."))]
    rows, found = to_decide(case.agenda), []

    def say(code: str, sentence: str, about: Sequence[Decision]) -> None:
        if about:
            found.append(Obstacle(code, sentence % {"names": names(row.application for row in about)}))

    say(
        "undecided",
        _("Dossiers encore à décider : %(names)s. Décidez, ou retirez-les de l'ordre du jour."),
        [row for row in rows if not row.outcome],
    )
    say(
        "gone",
        _("Dossiers qui ne sont plus à décider : %(names)s. Retirez-les de l'ordre du jour."),
        [row for row in rows if not rules.can_put_on_agenda(row.application.state, case.earlier)],
    )
    say(
        "may_file",
        _("Leur délai prolongé court encore, et permet de déposer de nouveau : %(names)s. Attendez, ou retirez-les."),
        [row for row in rows if row.may_file and row.application.state in OPEN_STATES],  # type: ignore[attr-defined]
    )
    say(
        "no_quorum_dossier",
        _("Quorum non atteint, déports déduits, pour : %(names)s. Retirez-les, ou réunissez le jury."),
        [row for row in rows if case.room.for_dossier(row.application_id).missing],
    )
    say(
        "votes",
        _("Les voix ne correspondent pas aux votants pour : %(names)s."),
        [
            row
            for row in rows
            if not rules.can_vote(
                (row.votes_for, row.votes_against, row.votes_blank), case.room.for_dossier(row.application_id).present
            )
        ],
    )
    if case.outside and any(row.outcome == Outcome.RESERVE for row in rows):
        found.append(
            Obstacle(
                "reserve_apart",
                _(
                    "Cette séance donne des rangs en liste complémentaire, où se trouvent aussi : %(names)s. "
                    "Inscrivez toute la liste à l'ordre du jour, pour que ses rangs se suivent."
                )
                % {"names": names(case.outside)},
            )
        )
    return found


def _about_places(case: Case) -> list[Obstacle]:
    selected = [row for row in to_decide(case.agenda) if row.outcome == Outcome.SELECTED]
    if not (verdict := rules.fits(len(selected), case.places.free)):
        return [Obstacle(verdict.code, str(verdict.reason))]
    found = []
    if unplaced := [row for row in selected if row.position_id is None]:
        found.append(
            Obstacle(
                "no_position",
                _("Indiquez la résidence confiée à : %(names)s.")
                % {"names": names(row.application for row in unplaced)},
            )
        )
    taken = Counter(row.position_id for row in selected)
    for position in case.places.positions:
        free = case.places.free_of[position.pk]
        if taken[position.pk] > free:
            rivals = names(row.application for row in selected if row.position_id == position.pk)
            found.append(
                Obstacle(
                    "position_full",
                    ngettext(
                        "« %(position)s » : %(free)d place à pourvoir, demandée pour %(names)s.",
                        "« %(position)s » : %(free)d places à pourvoir, demandées pour %(names)s.",
                        free,
                    )
                    % {"position": position.title, "free": free, "names": rivals},
                )
            )
    return found


def remarks(case: Case) -> list[str]:
    """What does not prevent anything and deserves a look."""
    found = []
    unbound = [str(row.juror) for row in case.room.members if row.sits and row.juror.joined_at is None]
    if unbound:
        found.append(
            _("Ont siégé sans avoir accepté l'engagement du jury sur le site : %(names)s.")
            % {"names": ", ".join(unbound)}
        )
    rows = to_decide(case.agenda)
    selected = sum(row.outcome == Outcome.SELECTED for row in rows)
    if selected < case.places.free:
        left = case.places.free - selected
        found.append(
            ngettext("%(n)d résidence reste à pourvoir.", "%(n)d résidences restent à pourvoir.", left) % {"n": left}
        )
    for row in rows:
        votes = [vote for vote in (row.votes_for, row.votes_against, row.votes_blank) if vote is not None]
        voters = case.room.for_dossier(row.application_id).present
        if len(votes) == 3 and sum(votes) < voters:
            found.append(
                ngettext(
                    "%(name)s : %(votes)d voix pour %(voters)d votant.",
                    "%(name)s : %(votes)d voix pour %(voters)d votants.",
                    voters,
                )
                % {"name": row.application, "votes": sum(votes), "voters": voters}
            )
    if case.undecided_elsewhere:
        found.append(
            ngettext(
                "%(n)d dossier recevable n'est pas à l'ordre du jour : il reste à l'étude.",
                "%(n)d dossiers recevables ne sont pas à l'ordre du jour : ils restent à l'étude.",
                case.undecided_elsewhere,
            )
            % {"n": case.undecided_elsewhere}
        )
    if case.unread:
        found.append(
            ngettext(
                "%(n)d dossier déposé n'a pas été vérifié : le jury ne l'a pas vu.",
                "%(n)d dossiers déposés n'ont pas été vérifiés : le jury ne les a pas vus.",
                case.unread,
            )
            % {"n": case.unread}
        )
    if case.interviews:
        found.append(
            ngettext(
                "%(n)d entretien réservé est encore à venir : attendez-le, ou annulez-le.",
                "%(n)d entretiens réservés sont encore à venir : attendez-les, ou annulez-les.",
                case.interviews,
            )
            % {"n": case.interviews}
        )
    return found
