"""Inviting someone into a dossier."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from candidatures.enums import CollaboratorRole, InvitationKind


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label=_("Adresse électronique"),
        help_text=_("La personne recevra un lien à ouvrir avec un compte à cette adresse."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=_("Cette personne pourra"),
        choices=InvitationKind.choices,
        widget=forms.RadioSelect,
        initial=InvitationKind.EDIT,
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=CollaboratorRole.choices)
