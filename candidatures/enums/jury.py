"""States and closed lists of the jury: who sits, what is read, what is decided, what is answered."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class JurorRole(models.TextChoices):
    PRESIDENT = "president", _("présidence")
    MEMBER = "member", _("membre titulaire")
    SUBSTITUTE = "substitute", _("membre suppléant")


#: They vote, and are counted by the quorum. A substitute does both only in somebody's seat.
VOTING_ROLES = frozenset({JurorRole.PRESIDENT, JurorRole.MEMBER})


class AssignmentPurpose(models.TextChoices):
    READ = "read", _("à lire et à noter")
    CONSULT = "consult", _("en consultation, pour la délibération")


class AssignmentOrigin(models.TextChoices):
    MANUAL = "manual", _("à la main")
    BULK = "bulk", _("en nombre")
    COMPUTED = "computed", _("par calcul")


class ConflictReason(models.TextChoices):
    FAMILY = "family", _("lien familial ou amical")
    WORK = "work", _("lien professionnel ou hiérarchique")
    PROJECT = "project", _("participation au projet ou soutien au dossier")
    INTEREST = "interest", _("intérêt financier ou matériel")
    DISPUTE = "dispute", _("différend")
    OTHER = "other", _("autre motif")


class ConflictOrigin(models.TextChoices):
    JUROR = "juror", _("déclaré par le membre")
    COORDINATION = "coordination", _("constaté par la coordination")


class Advice(models.TextChoices):
    FAVOURABLE = "favourable", _("favorable")
    RESERVED = "reserved", _("réservé")
    UNFAVOURABLE = "unfavourable", _("défavorable")
    ABSTAIN = "abstain", _("abstention")


class ReviewState(models.TextChoices):
    DRAFT = "draft", _("en cours")
    FILED = "filed", _("déposée")


REVIEW_TRANSITIONS: dict[ReviewState, frozenset[ReviewState]] = {
    ReviewState.DRAFT: frozenset({ReviewState.FILED}),
    # Taken back by its author before the discussion opens, or by the coordination with a reason.
    ReviewState.FILED: frozenset({ReviewState.DRAFT}),
}


class InterviewMode(models.TextChoices):
    IN_PERSON = "in_person", _("sur place")
    REMOTE = "remote", _("à distance")


class InterviewOutcome(models.TextChoices):
    PLANNED = "planned", _("prévu")
    HELD = "held", _("tenu")
    MISSED = "missed", _("absence")


class SessionState(models.TextChoices):
    PREPARING = "preparing", _("en préparation")
    SETTLED = "settled", _("arrêtée, procès-verbal à signer")
    CLOSED = "closed", _("close, procès-verbal signé")


SESSION_TRANSITIONS: dict[SessionState, frozenset[SessionState]] = {
    SessionState.PREPARING: frozenset({SessionState.SETTLED}),
    # Back: a correction only, with its reason in the journal.
    SessionState.SETTLED: frozenset({SessionState.CLOSED, SessionState.PREPARING}),
    SessionState.CLOSED: frozenset({SessionState.PREPARING}),
}


class Presence(models.TextChoices):
    PRESENT = "present", _("sur place")
    REMOTE = "remote", _("à distance")
    EXCUSED = "excused", _("absence excusée")
    ABSENT = "absent", _("absence")


class Outcome(models.TextChoices):
    SELECTED = "selected", _("retenue")
    RESERVE = "reserve", _("liste complémentaire")
    DECLINED = "declined", _("non retenue")


class LetterOutcome(models.TextChoices):
    """What a letter announces: a decision, a check, a call from the reserve, or the rule between territories."""

    SELECTED = "selected", _("candidature retenue")
    RESERVE = "reserve", _("liste complémentaire")
    DECLINED = "declined", _("candidature non retenue")
    INELIGIBLE = "ineligible", _("candidature non recevable")
    CALLED = "called", _("appelée depuis la liste complémentaire")
    ELSEWHERE = "elsewhere", _("retenue par un autre territoire")


class OfferState(models.TextChoices):
    PENDING = "pending", _("en attente de réponse")
    ACCEPTED = "accepted", _("acceptée")
    REFUSED = "refused", _("refusée")
    LAPSED = "lapsed", _("sans réponse dans le délai")
    RELEASED = "released", _("libérée après acceptation")
    CANCELLED = "cancelled", _("annulée par la coordination")


OFFER_TRANSITIONS: dict[OfferState, frozenset[OfferState]] = {
    OfferState.PENDING: frozenset({OfferState.ACCEPTED, OfferState.REFUSED, OfferState.LAPSED, OfferState.CANCELLED}),
    OfferState.ACCEPTED: frozenset({OfferState.RELEASED}),
    OfferState.REFUSED: frozenset(),
    # Found silent, then answered after all, while the position is still free.
    OfferState.LAPSED: frozenset({OfferState.ACCEPTED}),
    OfferState.RELEASED: frozenset(),
    OfferState.CANCELLED: frozenset(),
}
#: They hold a position.
HOLDING_OFFERS = frozenset({OfferState.PENDING, OfferState.ACCEPTED})

#: What an artist reads once the letter left, with the sign beside it. Before, the dossier is under study.
TOLD_LABELS: dict[LetterOutcome, tuple[object, str]] = {
    LetterOutcome.SELECTED: (_("retenue"), "done"),
    LetterOutcome.CALLED: (_("retenue"), "done"),
    LetterOutcome.RESERVE: (_("en liste complémentaire"), "partial"),
    LetterOutcome.DECLINED: (_("non retenue"), "idle"),
    LetterOutcome.INELIGIBLE: (_("non recevable"), "idle"),
    LetterOutcome.ELSEWHERE: (_("retenue par un autre territoire"), "idle"),
}
TOLD_OFFER_LABELS: dict[OfferState, tuple[object, str]] = {
    OfferState.PENDING: (_("retenue, votre réponse est attendue"), "attention"),
    OfferState.ACCEPTED: (_("retenue, résidence acceptée"), "done"),
    OfferState.REFUSED: (_("vous avez renoncé"), "idle"),
    OfferState.LAPSED: (_("close, sans réponse dans le délai"), "idle"),
    OfferState.RELEASED: (_("résidence libérée"), "idle"),
    OfferState.CANCELLED: (_("proposition close par la coordination"), "idle"),
}
