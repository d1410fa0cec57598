"""What the public sends from a call's page."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from candidatures.models import ContactMessage


class QuestionForm(forms.ModelForm[ContactMessage]):
    """A question to the coordination.

    ``website`` is a trap: people do not see it, programs that fill everything do.
    """

    website = forms.CharField(
        label=_("Laissez ce champ vide"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    class Meta:
        model = ContactMessage
        fields = ("name", "email", "text")
        help_texts = {
            "email": _("Pour vous répondre, et pour rien d'autre."),
            "text": _(
                "Votre question porte sur l'appel ? Dites le point qui vous arrête : la réponse viendra plus vite."
            ),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "text": forms.Textarea(attrs={"rows": 8}),
        }
        error_messages = {
            "name": {"required": _("Indiquez votre nom.")},
            "email": {
                "required": _("Indiquez votre adresse électronique : la réponse y sera envoyée."),
                "invalid": _("Cette adresse n'est pas complète. Exemple : prenom.nom@exemple.fr."),
            },
            "text": {"required": _("Écrivez votre question.")},
        }

    @property
    def trapped(self) -> bool:
        """Whether a program filled what people do not see. To be read once the form is valid."""
        return bool(self.cleaned_data.get("website"))
