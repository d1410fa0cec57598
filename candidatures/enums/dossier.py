"""States and closed lists of the call and the dossier, with their transitions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CallKind(models.TextChoices):
    ARTISTIC = "artistic", _("résidence artistique")
    EMI = "emi", _("éducation aux médias et à l'information")


class CallStatus(models.TextChoices):
    """What the coordinator decided. Whether the call is open is the clock's business."""

    DRAFT = "draft", _("en préparation")
    PUBLISHED = "published", _("publié")
    ARCHIVED = "archived", _("archivé")


CALL_TRANSITIONS: dict[CallStatus, frozenset[CallStatus]] = {
    CallStatus.DRAFT: frozenset({CallStatus.PUBLISHED}),
    CallStatus.PUBLISHED: frozenset({CallStatus.DRAFT, CallStatus.ARCHIVED}),
    CallStatus.ARCHIVED: frozenset({CallStatus.PUBLISHED}),
}


class CallPhase(models.TextChoices):
    """Where a published call stands on the server's clock. Computed, never stored."""

    UPCOMING = "upcoming", _("à venir")
    OPEN = "open", _("ouvert")
    CLOSED = "closed", _("clos, dossiers à l'étude")
    DECIDED = "decided", _("terminé, résultats annoncés")


class PeriodKind(models.TextChoices):
    IMMERSION = "immersion", _("immersion")
    PHASE = "phase", _("phase de résidence")
    EVENT = "event", _("temps fort")


class PieceForm(models.TextChoices):
    """How a piece may be given. A PDF is always possible."""

    FILE = "file", _("un fichier PDF")
    TEXT = "text", _("un texte saisi ou un fichier PDF")
    LINKS = "links", _("des liens ou un fichier PDF")
    WORKS = "works", _("une liste d'œuvres saisie ou un fichier PDF")


class ApplicantKind(models.TextChoices):
    ARTIST = "artist", _("un ou une artiste")
    COLLECTIVE = "collective", _("un collectif")


class LifeStage(models.TextChoices):
    SCHOOL = "school", _("temps scolaire")
    AROUND_SCHOOL = "around_school", _("temps périscolaire")
    OUT_OF_SCHOOL = "out_of_school", _("hors temps scolaire")
    GENERAL = "general", _("tout public")
    PROFESSIONALS = "professionals", _("professionnels")


class BudgetNature(models.TextChoices):
    GENERAL = "general", _("régime général")
    CACHET = "cachet", _("cachet (intermittence)")
    AUTHOR = "author", _("droits d'auteur")
    OTHER = "other", _("autre")


class ApplicationState(models.TextChoices):
    DRAFT = "draft", _("brouillon")
    SUBMITTED = "submitted", _("déposée")
    ELIGIBLE = "eligible", _("recevable")
    INELIGIBLE = "ineligible", _("non recevable")
    SHORTLISTED = "shortlisted", _("présélectionnée")
    INTERVIEWED = "interviewed", _("reçue en entretien")
    SELECTED = "selected", _("retenue")
    RESERVE = "reserve", _("liste complémentaire")
    DECLINED = "declined", _("non retenue")
    RENOUNCED = "renounced", _("désistement")
    ELSEWHERE = "elsewhere", _("retenue ailleurs")
    WITHDRAWN = "withdrawn", _("retirée")


_S = ApplicationState
#: What the session may decide on.
_BEFORE_DECISION: frozenset[ApplicationState] = frozenset({_S.ELIGIBLE, _S.SHORTLISTED, _S.INTERVIEWED})
APPLICATION_TRANSITIONS: dict[ApplicationState, frozenset[ApplicationState]] = {
    _S.DRAFT: frozenset({_S.SUBMITTED, _S.WITHDRAWN}),
    # Filing again before the deadline replaces the deposit and leaves the state as it is.
    _S.SUBMITTED: frozenset({_S.SUBMITTED, _S.ELIGIBLE, _S.INELIGIBLE, _S.WITHDRAWN}),
    _S.ELIGIBLE: frozenset(
        {
            _S.SUBMITTED,
            _S.INELIGIBLE,
            _S.SHORTLISTED,
            _S.SELECTED,
            _S.RESERVE,
            _S.DECLINED,
            _S.ELSEWHERE,
            _S.WITHDRAWN,
        }
    ),
    _S.INELIGIBLE: frozenset({_S.SUBMITTED, _S.ELIGIBLE, _S.WITHDRAWN}),
    _S.SHORTLISTED: frozenset(
        {_S.ELIGIBLE, _S.INTERVIEWED, _S.SELECTED, _S.RESERVE, _S.DECLINED, _S.ELSEWHERE, _S.WITHDRAWN}
    ),
    _S.INTERVIEWED: frozenset({_S.SHORTLISTED, _S.SELECTED, _S.RESERVE, _S.DECLINED, _S.ELSEWHERE, _S.WITHDRAWN}),
    # From a decision back to where the dossier stood: only a journaled correction of the session.
    # Back to the reserve: a call from it, taken back before it was answered.
    _S.SELECTED: _BEFORE_DECISION | {_S.RESERVE, _S.RENOUNCED, _S.ELSEWHERE},
    _S.RESERVE: _BEFORE_DECISION | {_S.SELECTED, _S.DECLINED, _S.RENOUNCED, _S.ELSEWHERE},
    # Back to the reserve: a later session that declined it, corrected. Renounced: withdrawn by an artist
    # who has not been told yet; refusing would tell them.
    _S.DECLINED: _BEFORE_DECISION | {_S.RESERVE, _S.RENOUNCED},
    # An answer that came late, while the position is still free.
    _S.RENOUNCED: frozenset({_S.SELECTED}),
    # Recorded by mistake, or the other territory stepped back: where the dossier stood.
    _S.ELSEWHERE: _BEFORE_DECISION | {_S.SELECTED, _S.RESERVE, _S.RENOUNCED},
    _S.WITHDRAWN: frozenset(),
}

#: The artist may still change and file again while the call receives: a check made early does not
#: take back what the acknowledgement promises; filing again puts the dossier back to check.
OPEN_STATES = frozenset({_S.DRAFT, _S.SUBMITTED, _S.ELIGIBLE, _S.INELIGIBLE})
#: Filed and still in the process.
LIVE_STATES = frozenset({_S.SUBMITTED, _S.ELIGIBLE, _S.SHORTLISTED, _S.INTERVIEWED})
#: The committee has spoken.
DECIDED_STATES = frozenset({_S.SELECTED, _S.RESERVE, _S.DECLINED, _S.RENOUNCED, _S.ELSEWHERE})
#: Admissible and not decided: what the jury reads, then deliberates on.
DELIBERATED_STATES = _BEFORE_DECISION
#: What a member of the jury may still open: neither a dossier to be checked again nor a withdrawn one.
JURY_STATES = DELIBERATED_STATES | DECIDED_STATES

#: What the applicant reads: less than the desk knows, so that no state gives a decision away.
APPLICANT_LABELS: dict[ApplicationState, object] = {
    _S.DRAFT: _("brouillon, pas encore déposé"),
    _S.SUBMITTED: _("déposé"),
    _S.ELIGIBLE: _("à l'étude"),
    _S.INELIGIBLE: _("à l'étude"),
    _S.SHORTLISTED: _("à l'étude"),
    _S.INTERVIEWED: _("à l'étude"),
    _S.SELECTED: _("à l'étude"),
    _S.RESERVE: _("à l'étude"),
    _S.DECLINED: _("à l'étude"),
    _S.RENOUNCED: _("à l'étude"),
    _S.ELSEWHERE: _("à l'étude"),
    _S.WITHDRAWN: _("retiré"),
}


class CollaboratorRole(models.TextChoices):
    READ = "read", _("lecture")
    EDIT = "edit", _("modification")


class InvitationKind(models.TextChoices):
    READ = "read", _("lire le dossier")
    EDIT = "edit", _("modifier le dossier")
    OWNER = "owner", _("devenir responsable du dossier")


class DepositKind(models.TextChoices):
    FILING = "filing", _("dépôt")
    SUPPLEMENT = "supplement", _("complément demandé")


class CheckResult(models.TextChoices):
    MET = "met", _("remplie")
    NOT_MET = "not_met", _("non remplie")
    TO_VERIFY = "to_verify", _("à vérifier")
