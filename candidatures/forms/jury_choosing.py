"""What the committee wants of a set, and why it retains one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from candidatures.forms.base import Textarea
from candidatures.methods.sets import Care, Wants

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from candidatures.selectors.pool import Pool

SHORTLIST, TOP = "preselection", "premiers"
MEAN, CORRECTED = "moyenne", "corrigee"

_CARES = [
    (int(Care.NONE), _("sans importance")),
    (int(Care.LITTLE), _("compte un peu")),
    (int(Care.SOME), pgettext_lazy("importance d'un souhait", "compte")),
    (int(Care.MUCH), _("compte beaucoup")),
]
_REQUIRED = [*_CARES, (int(Care.REQUIRED), _("exigé"))]


class _CareField(forms.TypedChoiceField):
    def __init__(self, *, label: Any, required: bool = False, help_text: Any = "") -> None:
        super().__init__(
            label=label,
            choices=_REQUIRED if required else _CARES,
            coerce=lambda value: Care(int(value)),
            help_text=help_text,
        )


class WantsForm(forms.Form):
    """Read from the address, so that a page of sets is kept, shared and found again as it was."""

    taille = forms.IntegerField(
        label=_("Artistes dans l'ensemble"), validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    parmi = forms.ChoiceField(
        label=_("Choisir parmi"),
        choices=[(SHORTLIST, _("la présélection")), (TOP, _("les premiers du classement"))],
    )
    premiers = forms.IntegerField(
        label=_("Si ce sont les premiers, combien"), validators=[MinValueValidator(1), MaxValueValidator(200)]
    )
    score = forms.ChoiceField(
        label=_("D'après"), choices=[(MEAN, _("la moyenne")), (CORRECTED, _("la moyenne corrigée"))]
    )
    notes = _CareField(label=_("Les notes"), help_text=_("De la meilleure moyenne possible à la moins bonne."))
    disciplines = _CareField(
        label=_("Des disciplines différentes"), required=True, help_text=_("Exigé : aucune discipline en commun.")
    )
    axes = _CareField(label=_("Les axes couverts"), required=True, help_text=_("Exigé : tous les axes de l'appel."))
    publics = _CareField(
        label=_("Les temps de vie couverts"), required=True, help_text=_("Exigé : tous les temps de vie.")
    )
    origines = _CareField(
        label=_("Des départements d'origine différents"),
        required=True,
        help_text=_("Exigé : aucun en commun ; à l'étranger, le pays."),
    )
    enveloppe = forms.DecimalField(
        label=_("Enveloppe totale (€)"),
        required=False,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        localize=True,
        help_text=_("Coût employeur de tout l'ensemble. Toujours exigé ; vide : pas de limite."),
    )
    ecart = forms.IntegerField(
        label=_("Artistes qui changent d'un ensemble à l'autre, au moins"),
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_("1 montre les plus proches du meilleur ; 2 ou plus, des choix plus contrastés."),
    )

    @staticmethod
    def defaults(*, positions: int, shortlisted: bool, envelope: Decimal | None) -> dict[str, Any]:
        """What the page opens with: the positions, the shortlist if there is one, the money there is."""
        return {
            "taille": positions or 1,
            "parmi": SHORTLIST if shortlisted else TOP,
            "premiers": max(2 * positions, 10),
            "score": MEAN,
            "notes": int(Care.MUCH),
            "disciplines": int(Care.SOME),
            "axes": int(Care.LITTLE),
            "publics": int(Care.LITTLE),
            "origines": int(Care.LITTLE),
            "enveloppe": "" if envelope is None else envelope,
            "ecart": 2 if positions > 2 else 1,
        }

    @property
    def top(self) -> int | None:
        return int(self.cleaned_data["premiers"]) if self.cleaned_data["parmi"] == TOP else None

    @property
    def corrected(self) -> bool:
        return bool(self.cleaned_data["score"] == CORRECTED)

    def wants(self, kept: Collection[int], left_out: Collection[int]) -> Wants:
        data = self.cleaned_data
        return Wants(
            size=data["taille"],
            scores=data["notes"],
            disciplines=data["disciplines"],
            axes=data["axes"],
            stages=data["publics"],
            origins=data["origines"],
            budget=data["enveloppe"],
            kept=frozenset(kept),
            left_out=frozenset(left_out),
            apart=min(data["ecart"], data["taille"]),
        )

    def kept_in_journal(self, pool: Pool, wants: Wants) -> dict[str, Any]:
        """What was wanted, in plain JSON, to be read again years later."""
        uuids: dict[int, UUID] = {key: member.application.uuid for key, member in pool.by_key.items()}
        return {
            "size": wants.size,
            "among": self.cleaned_data["parmi"],
            "pool": len(pool.members),
            "score": self.cleaned_data["score"],
            "cares": {
                name: int(getattr(wants, name)) for name in ("scores", "disciplines", "axes", "stages", "origins")
            },
            "budget": None if wants.budget is None else str(wants.budget),
            "kept": sorted(str(uuids[key]) for key in wants.kept),
            "left_out": sorted(str(uuids[key]) for key in wants.left_out),
        }


class RetainForm(forms.Form):
    """Why this set. ``seen``: the set that stood on the page that was read."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=36)
    note = forms.CharField(
        label=_("Pourquoi le comité retient cet ensemble"),
        max_length=2000,
        widget=Textarea(attrs={"rows": 5, "cols": 80, "class": "vLargeTextField"}),
        help_text=_("Quelques phrases : elles restent avec l'ensemble, et le procès-verbal peut les reprendre."),
    )
