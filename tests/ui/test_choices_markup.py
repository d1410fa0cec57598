"""What a field offers is Django's own markup, but for blank lines."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from clea.ui.forms import CleaFormRenderer


class _Shouting(forms.RadioSelect):
    option_template_name = "django/forms/widgets/checkbox_option.html"


class _Bare(forms.CheckboxSelectMultiple):
    option_template_name = "django/forms/widgets/input.html"


CHOICES = [
    ("", "–"),
    (7, "L'<b>été</b> & après"),
    (mark_safe("&amp;"), mark_safe("<i>déjà</i> sûr")),
    ("Groupe « <1> »", [("b", gettext_lazy("Titre")), (None, 12_345), (2.5, "virgule")]),
]


@pytest.mark.parametrize(
    "kind",
    [forms.Select, forms.SelectMultiple, forms.RadioSelect, forms.CheckboxSelectMultiple, _Shouting, _Bare],
)
@pytest.mark.parametrize("attrs", [{}, {"id": "id_<x>", "class": "large", "required": True, "disabled": False}])
def test_the_markup_is_djangos(kind: type[forms.Select], attrs: dict[str, object]) -> None:
    widget = kind(choices=CHOICES)
    for value in ("7", ["b", "7"], None):
        ours, theirs = (
            widget.render("lieu", value, attrs=attrs, renderer=one) for one in (CleaFormRenderer(), DjangoTemplates())
        )
        assert _tight(ours) == _tight(theirs)


def _tight(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"(?<=>)\s+(?=<)", "", markup))
