"""The forms of the answers' pages: an act on an offer, a call from the reserve, other territories, names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.utils.translation import gettext_lazy as _

from candidatures.admin.fields import deadline_field
from candidatures.forms.base import Textarea

if TYPE_CHECKING:
    from collections.abc import Sequence

    _Form = forms.Form
else:
    _Form = forms.Form


def _words(label: Any, help_text: Any = "", *, required: bool = True, limit: int = 1000) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=limit,
        widget=Textarea(attrs={"rows": 3, "cols": 60}),
    )


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=AdminDateWidget(),
        error_messages={"invalid": _("Écrivez la date ainsi : 15/02/2027.")},
    )


class ConfirmForm(_Form):
    """Nothing to say: the page asks, the button answers."""


class ReasonForm(_Form):
    why = _words(_("Motif"), _("Conservé ici, et proposé dans le message à l'artiste."))


class ReleaseForm(_Form):
    on = _day(_("Libérée le"))
    why = _words(_("Motif"), _("Conservé ici, et proposé dans le message à l'artiste."))


class ExtendForm(_Form):
    answer_by = deadline_field(_("Réponse attendue jusqu'au"))


class LateForm(_Form):
    words = _words(_("Message de l'artiste, ou comment la réponse est venue"), required=False, limit=2000)


class CallForm(_Form):
    """Which residency, by when, and why before the others."""

    position = forms.ChoiceField(label=_("Résidence"))
    answer_by = deadline_field(_("Réponse attendue jusqu'au"))
    why = _words(_("Pourquoi cette personne avant les autres"))

    def __init__(
        self, data: Any = None, *, positions: Sequence[tuple[str, str]], in_order: bool, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        if len(positions) < 2:
            del self.fields["position"]
        else:
            self.fields["position"].choices = positions  # type: ignore[attr-defined]
        if in_order:
            del self.fields["why"]


class OutsideForm(_Form):
    """Another territory that keeps one of our artists."""

    dossier = forms.ChoiceField(label=_("Dossier"))
    territory = forms.CharField(
        label=_("Territoire"), max_length=200, widget=forms.TextInput(attrs={"class": "vTextField"})
    )
    jury_on = _day(_("Date de son jury"), _("C'est elle qui fait foi."))
    words = _words(
        _("Source de l'information"), _("Courriel, appel, page publique : qui l'a dit, et quand."), required=False
    )

    def __init__(self, data: Any = None, *, dossiers: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["dossier"].choices = [("", _("Choisissez")), *dossiers]  # type: ignore[attr-defined]


class OverrideForm(_Form):
    reason = _words(
        _("Pourquoi la règle ne s'applique pas"), _("L'autre territoire y renonce, accord entre territoires…")
    )


class PublicationForm(_Form):
    publish_on = _day(_("Noms publics à partir du"))
