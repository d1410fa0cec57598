"""After the decision: letters, what is offered, what is answered, what other territories decided."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from candidatures.enums import HOLDING_OFFERS, LetterOutcome, OfferState
from candidatures.models.application import Application
from candidatures.models.call import Position
from candidatures.models.jury import Jury
from candidatures.models.session import Decision
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail

#: They tell a state that a dossier may leave again. Back in the selection, it says nothing of what comes next.
PASSING_LETTERS = (LetterOutcome.INELIGIBLE, LetterOutcome.ELSEWHERE)


class LetterRule(models.Model):
    """Who gets which letter: the first active rule, in order, whose conditions all hold.

    Texts hold ``{{ variable }}`` placeholders, checked when saved. Empty conditions do not count.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    jury = models.ForeignKey(Jury, on_delete=models.CASCADE, related_name="letter_rules", verbose_name=_("jury"))
    order = models.PositiveSmallIntegerField(_("ordre"), default=0)
    name = models.CharField(pgettext_lazy("règle de courrier", "nom"), max_length=120)
    outcome = models.CharField(_("annonce"), max_length=12, choices=LetterOutcome.choices)
    interviewed = models.BooleanField(_("artiste reçu en entretien"), null=True, blank=True)
    reasoned = models.BooleanField(_("motif à communiquer"), null=True, blank=True)
    subject = models.CharField(_("objet"), max_length=300)
    body = models.TextField(_("texte"), max_length=10000)
    subject_en = models.CharField(_("objet en anglais"), max_length=300, blank=True)
    body_en = models.TextField(_("texte en anglais"), max_length=10000, blank=True)
    is_active = models.BooleanField(_("en service"), default=True)

    class Meta:
        verbose_name = _("règle de courrier")
        verbose_name_plural = _("règles de courrier")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class LetterQuerySet(models.QuerySet["Letter"]):
    def telling(self, state: Any) -> LetterQuerySet:
        """Those that left and say where a dossier in this state (a value, or ``OuterRef``) stands, the last first.

        A dossier once inadmissible, or retained elsewhere, may be decided on since: its former letter
        would tell that something happened.
        """
        spoken = ~Q(outcome__in=PASSING_LETTERS) | Q(outcome=state)
        return self.filter(spoken, mail__state=MailState.SENT).order_by("-mail__sent_at", "-pk")


class Letter(models.Model):
    """A letter that announces an outcome, drafted in the outbox. The dossier's people know once it is sent."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="letters")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="letters")
    outcome = models.CharField(_("annonce"), max_length=12, choices=LetterOutcome.choices)
    rule = models.ForeignKey(LetterRule, on_delete=models.SET_NULL, null=True, blank=True, related_name="letters")
    mail = models.OneToOneField(OutgoingMail, on_delete=models.PROTECT, related_name="decision_letter")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("courrier de décision")
        verbose_name_plural = _("courriers de décision")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.application} : {self.get_outcome_display()}"


class OfferQuerySet(models.QuerySet["Offer"]):
    def holding(self) -> OfferQuerySet:
        """They hold a position: awaiting an answer, or accepted."""
        return self.filter(state__in=HOLDING_OFFERS)

    def accepted(self) -> OfferQuerySet:
        return self.filter(state=OfferState.ACCEPTED)


class Offer(models.Model):
    """A residency offered to a selected artist, who accepts or declines before ``answer_by``."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="offers", verbose_name=_("candidature")
    )
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="offers")
    position = models.ForeignKey(
        Position, on_delete=models.PROTECT, null=True, blank=True, related_name="offers", verbose_name=_("résidence")
    )
    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="offer")
    state = models.CharField(
        _("état"), max_length=10, choices=OfferState.choices, default=OfferState.PENDING, editable=False
    )
    answer_by = models.DateTimeField(_("réponse attendue avant"), help_text=_("Premier instant trop tardif."))
    words = models.TextField(_("message de l'artiste"), max_length=2000, blank=True)
    made_at = models.DateTimeField(_("proposée le"), auto_now_add=True)
    answered_at = models.DateTimeField(_("réponse reçue le"), null=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # From the reserve list, and out of its order: why.
    from_reserve = models.BooleanField(_("depuis la liste complémentaire"), default=False)
    out_of_order = models.TextField(_("pourquoi hors de l'ordre"), max_length=1000, blank=True)
    ended_at = models.DateTimeField(_("close le"), null=True, editable=False)
    ended_why = models.TextField(_("motif"), max_length=1000, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposition de résidence")
        verbose_name_plural = _("propositions de résidence")
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(state__in=sorted(HOLDING_OFFERS)),
                name="offer_one_holding",
                violation_error_message=_("Une proposition est déjà en cours pour ce dossier."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} : {self.get_state_display()}"


class OutsideDecision(models.Model):
    """Another territory that decided on the same artist (rules.md 7): its jury's date is the proof.

    ``yields``: the rule gives the artist to that territory, unless the coordination wrote why not
    in ``override``.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="outside_decisions", verbose_name=_("candidature")
    )
    territory = models.CharField(_("territoire"), max_length=200)
    jury_on = models.DateField(_("date de son jury"))
    words = models.TextField(_("source de l'information"), max_length=1000, blank=True)
    override = models.TextField(_("pourquoi la règle ne s'applique pas"), max_length=1000, blank=True)
    recorded_at = models.DateTimeField(_("noté le"), auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(_("annulé le"), null=True, editable=False)

    class Meta:
        verbose_name = _("décision d'un autre territoire")
        verbose_name_plural = _("décisions d'autres territoires")
        ordering = ["jury_on"]

    def __str__(self) -> str:
        return f"{self.territory} – {self.jury_on:%d/%m/%Y}"
