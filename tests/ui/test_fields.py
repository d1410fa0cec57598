"""One field template: label, hint, error and input hold together for every kind of field."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.contrib.admin.widgets import AdminDateWidget, FilteredSelectMultiple
from django.forms.renderers import get_default_renderer
from django.template import Context, Template
from django.template.exceptions import TemplateSyntaxError

from clea.ui.forms import CleaFormRenderer
from tests.ui.html import read


class Everything(forms.Form):
    name = forms.CharField(label="Nom d'usage", help_text="Celui du contrat.")
    kind = forms.ChoiceField(label="Vous êtes", widget=forms.RadioSelect, choices=[("a", "Seule"), ("b", "Plusieurs")])
    axes = forms.MultipleChoiceField(
        label="Axes", required=False, widget=forms.CheckboxSelectMultiple, choices=[("1", "Un"), ("2", "Deux")]
    )
    letter = forms.CharField(label="Lettre", widget=forms.Textarea(attrs={"maxlength": "3000"}))
    agreed = forms.BooleanField(label="J'accepte.")
    cv = forms.FileField(label="CV", required=False, help_text="PDF.")
    day = forms.DateField(label="Jour", required=False)
    discipline = forms.ChoiceField(label="Discipline", choices=[("", "Choisissez"), ("d", "Danse")])
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def render(source: str, **context: object) -> str:
    return Template("{% load clea %}" + source).render(Context(context))


def test_the_project_uses_this_renderer():
    assert isinstance(get_default_renderer(), CleaFormRenderer)


@pytest.mark.parametrize("data", [None, {}], ids=["fresh", "wrong"])
def test_a_whole_form_is_valid_html_with_every_reference_kept(data):
    html = f"<form>{Everything(data)}</form>"
    assert read(html).faults == []


def test_an_input_is_described_by_its_hint_then_its_error():
    html = render("{% field form.name %}", form=Everything({}))
    described = re.search(r'<input[^>]*aria-describedby="([^"]+)"', html)
    assert described is not None
    assert described[1] == "id_name_helptext id_name_error"
    assert 'aria-invalid="true"' in html
    assert "Il manque une réponse ici." in html


def test_a_group_of_choices_is_a_fieldset_described_as_one():
    html = render("{% field form.kind hint='Une réponse.' %}", form=Everything({}))
    assert re.search(r'<fieldset[^>]*aria-describedby="id_kind_helptext id_kind_error"', html)
    assert html.count("<input") == 2
    assert "<legend>Vous êtes</legend>" in html


def test_a_hint_given_on_the_page_replaces_the_form_s_and_stays_linked():
    html = render("{% field form.name hint='Autre.' label='Nom' %}", form=Everything())
    assert "Celui du contrat" not in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert ">Nom</label>" in html


def test_what_is_optional_says_so_unless_the_page_does():
    assert "(facultatif)" in render("{% field form.day %}", form=Everything())
    assert "(facultatif)" not in render("{% field form.day compact=True %}", form=Everything())
    assert "(facultatif)" not in render("{% field form.name %}", form=Everything())


def test_a_lone_box_comes_before_its_label():
    html = render("{% field form.agreed %}", form=Everything())
    assert html.index("<input") < html.index("<label")


def test_a_hidden_field_shows_nothing_but_itself():
    html = render("{% field form.token %}", form=Everything()).strip()
    assert html.startswith("<input")
    assert "label" not in html


def test_the_tag_refuses_what_is_not_a_field():
    with pytest.raises(TemplateSyntaxError):
        render("{% field 'name' %}")


def test_the_summary_links_each_error_to_an_input_that_exists():
    form = Everything({})
    html = render("<form>{% form_errors form %}{{ form }}</form>", form=form)
    targets = re.findall(r'<a href="#([^"]+)"', html)
    assert targets == ["id_name", "id_kind_0", "id_letter", "id_agreed", "id_discipline"]
    assert set(targets) <= set(read(html).ids)
    assert "5 réponses sont à reprendre" in html


def test_the_summary_is_absent_when_all_is_well_or_not_yet_sent():
    assert render("{% form_errors form other %}", form=Everything(), other=None) == ""


def test_the_summary_takes_the_focus_without_javascript():
    html = render("{% form_errors form %}", form=Everything({}))
    assert re.search(r'<div[^>]*tabindex="-1" autofocus', html)


def test_one_error_is_in_the_singular_and_an_error_of_the_whole_form_has_no_link():
    class Strict(forms.Form):
        def clean(self):
            raise forms.ValidationError("Les dates se croisent.")

    class Asking(forms.Form):
        whom = forms.CharField(label="Pour qui\u00a0?")

    # A question loses its mark, and the space before it.
    assert ">Pour qui&nbsp;: " in render("{% form_errors form %}", form=Asking({}))
    html = render("{% form_errors form %}", form=Strict({}))
    assert "Une réponse est à reprendre" in html
    assert "<li>Les dates se croisent.</li>" in html


def test_a_hostile_label_or_value_is_only_text():
    class Hostile(forms.Form):
        x = forms.CharField(label="<script>", help_text="<b>", max_length=3)

    html = render("{% form_errors form %}{{ form }}", form=Hostile({"x": '"><script>alert(1)'}))
    assert "<script" not in html


def test_the_admin_s_own_widgets_still_render():
    class Desk(forms.Form):
        on = forms.DateField(widget=AdminDateWidget)
        who = forms.MultipleChoiceField(widget=FilteredSelectMultiple("gens", False), choices=[("1", "Un")])

    html = str(Desk())
    assert "vDateField" in html
    assert "selectfilter" in html


def test_a_wrong_answer_is_told_what_to_do_whichever_the_field_and_the_app():
    class Small(forms.Form):
        site = forms.URLField(assume_scheme="https")
        mail = forms.EmailField()
        count = forms.IntegerField(max_value=5)
        day = forms.DateField()
        short = forms.CharField(max_length=3)
        own = forms.CharField(error_messages={"required": "Dites pourquoi."})

    said = Small({"site": "x y", "mail": "ada", "count": "9", "day": "demain", "short": "trop long"}).errors
    assert {name: messages[0] for name, messages in said.items()} == {
        "site": "Collez l'adresse entière de la page, comme https://exemple.fr/page.",
        "mail": "Écrivez l'adresse entière, comme nom@exemple.fr.",
        "count": "Le plus grand nombre possible est 5.",
        "day": "Écrivez la date ainsi : 15/02/2027.",
        "short": "3 caractères au plus : il y en a 9.",
        "own": "Dites pourquoi.",
    }
