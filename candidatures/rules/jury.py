"""Who may do what in a jury, and when. Pure predicates; a refusal says what to do next."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from candidatures.enums import (
    DELIBERATED_STATES,
    REVIEW_TRANSITIONS,
    SESSION_TRANSITIONS,
    AssignmentPurpose,
    ReviewState,
    SessionState,
)
from clea.rules import ALLOWED, Verdict, forbid, refuse
from clea.ui.dates import day

if TYPE_CHECKING:
    from candidatures.models import Application, Assignment, Juror, Jury, Review


def can_enter(juror: Juror) -> Verdict:
    """Open the jury's space: a seat that is still held."""
    if not juror.is_sitting:
        return forbid(_("Vous ne siégez plus dans ce jury."), "not_sitting")
    return ALLOWED


def can_open_dossiers(juror: Juror, today: date) -> Verdict:
    """See dossiers at all: bound by the charter, from the first day of reading."""
    if not (verdict := can_enter(juror)):
        return verdict
    if juror.joined_at is None:
        return refuse(_("Acceptez d'abord l'engagement demandé aux membres du jury."), "charter")
    start = juror.jury.reads_from
    if start is not None and today < start:
        return refuse(_("La lecture des dossiers commence le %(day)s.") % {"day": day(start)}, "too_early")
    return ALLOWED


def can_write_review(
    juror: Juror, assignment: Assignment | None, application: Application, review: Review | None, today: date
) -> Verdict:
    """Save one's reading: given to read, not filed yet, and the committee has not decided."""
    if not (verdict := can_open_dossiers(juror, today)):
        return verdict
    if assignment is None or assignment.purpose != AssignmentPurpose.READ:
        return refuse(
            _("Ce dossier vous est ouvert en consultation : il n'attend pas de notation de votre part."), "consult"
        )
    if application.state not in DELIBERATED_STATES:
        return refuse(_("Le jury s'est prononcé sur ce dossier : les lectures sont closes."), "decided")
    if review is not None and review.state == ReviewState.FILED:
        return refuse(
            _("Votre lecture est déposée. Reprenez-la pour la modifier, tant que la discussion n'est pas ouverte."),
            "filed",
        )
    return ALLOWED


def can_reopen_review(juror: Juror, review: Review, application: Application) -> Verdict:
    """Take one's own filed reading back: before the discussion, so that nobody aligns on others."""
    if not (verdict := can_enter(juror)):
        return verdict
    if ReviewState.DRAFT not in REVIEW_TRANSITIONS[ReviewState(review.state)]:
        return refuse(_("Cette lecture n'est pas déposée : vous pouvez la modifier."), "not_filed")
    if application.state not in DELIBERATED_STATES:
        return refuse(_("Le jury s'est prononcé sur ce dossier : les lectures sont closes."), "decided")
    if juror.jury.discussion_open:
        return refuse(
            _("La discussion est ouverte : votre lecture ne se reprend plus. Demandez-le à la coordination."),
            "discussion_open",
        )
    return ALLOWED


def can_see_others(juror: Juror, assignment: Assignment | None, review: Review | None) -> Verdict:
    """Read others' scores and the discussion: after one's own reading, once the discussion is open."""
    if not (verdict := can_enter(juror)):
        return verdict
    if not juror.jury.discussion_open:
        return refuse(_("La coordination n'a pas encore ouvert la discussion."), "discussion_closed")
    if assignment is None:
        return forbid(_("Ce dossier ne vous est pas attribué."), "not_assigned")
    if assignment.purpose == AssignmentPurpose.READ and (review is None or review.state != ReviewState.FILED):
        return refuse(
            _("Déposez votre lecture : vous verrez ensuite celles des autres membres et la discussion."),
            "own_first",
        )
    return ALLOWED


def can_declare_conflict(juror: Juror, application: Application) -> Verdict:
    """Step aside from a dossier: at any time before the committee's decision."""
    if not (verdict := can_enter(juror)):
        return verdict
    if application.state not in DELIBERATED_STATES:
        return refuse(
            _("Le jury s'est prononcé sur ce dossier. Signalez ce conflit d'intérêts à la coordination."), "decided"
        )
    return ALLOWED


def can_session_transition(current: str, target: SessionState) -> Verdict:
    """The session's state table, and nothing else."""
    if target in SESSION_TRANSITIONS[SessionState(current)]:
        return ALLOWED
    return refuse(
        _("Une séance « %(current)s » ne peut pas devenir « %(target)s ».")
        % {"current": SessionState(current).label, "target": target.label},
        "bad_transition",
    )


def quorum_needed(jury: Jury, seats: int) -> int:
    """Members that must sit, of ``seats``: the percentage of the jury's rule, rounded up."""
    return -(-seats * jury.quorum_percent // 100)
