"""What an artist answers to an offer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from candidatures.forms.base import Textarea

ACCEPT, DECLINE = "accepter", "decliner"


class AnswerForm(forms.Form):
    """Yes or no, and a word to the coordination."""

    choice = forms.ChoiceField(
        label=_("Votre réponse"),
        choices=[(ACCEPT, _("J'accepte cette résidence")), (DECLINE, _("Je décline cette résidence"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez votre réponse : accepter ou décliner.")},
    )
    words = forms.CharField(
        label=_("Un message à la coordination"),
        max_length=2000,
        required=False,
        widget=Textarea(attrs={"rows": 4}),
        help_text=_("Une question, une contrainte de dates, la raison d'un refus : rien n'est obligatoire."),
    )
