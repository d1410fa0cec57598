"""Each component renders from the inputs its comment states, as valid HTML."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from clea.ui import style, tokens
from tests.factories.accounts import UserFactory
from tests.ui.html import read

FOLDER = Path(__file__).parents[2] / "templates" / "components"


SAMPLES = {sample.file.removeprefix("components/"): sample for sample in style.SAMPLES}


def first(name: str) -> dict[str, object]:
    return next(iter(SAMPLES[name].variants.values()))()


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.html")))
def test_a_component_has_its_sample_and_every_variant_is_valid_html(name):
    request = RequestFactory().get("/appels/?tri=nom")
    request.user = AnonymousUser()
    for language in ("fr", "en"):
        for make in SAMPLES[name].variants.values():
            with translation.override(language):
                html = render_to_string(f"components/{name}", make(), request=request)
            assert read(html, fragment=True).faults == []
            assert html.strip()


def render(name: str, **inputs: object) -> str:
    return render_to_string(f"components/{name}", {**first(name), **inputs})


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("error.html", {"title": "<b>", "body": "<b>"}),
        ("loading.html", {"text": "<b>"}),
        ("notice.html", {"title": "<b>", "body": "<b>"}),
        ("kept_form.html", {"kept": [("<b>", '"><b>')], "request_path": '"><b>'}),
        ("upload.html", {"error": "<b>"}),
    ],
)
def test_a_component_shows_a_hostile_text_as_text(name, inputs):
    assert "<b>" not in render(name, **inputs)


@pytest.mark.django_db
def test_the_page_of_the_components_is_for_the_staff_of_a_developer_s_machine(client, settings):
    address = reverse("style")
    user = UserFactory(is_staff=True)
    client.force_login(user)
    assert client.get(address).status_code == 404
    settings.DEBUG = True
    html = client.get(address).content.decode()
    assert read(html).faults == []
    for sample in style.SAMPLES:
        assert sample.chrome or f'id="{sample.name}"' in html
    assert "{% form_errors form %}" in html.replace("&quot;", '"')
    type(user).objects.update(is_staff=False)
    assert client.get(address).status_code == 404


def test_every_palette_keeps_its_contrasts():
    """4.5 for texts, 3 for borders and signs: light, dark, and both when more or less contrast is asked for."""
    found = {name: tokens.contrasts(colours) for name, colours in tokens.palettes().items()}
    assert set(found) == {"light", "dark", "more", "more dark", "less", "less dark"}
    short = [(name, pair) for name, pairs in found.items() for pair in pairs if not pair.holds]
    assert short == []
    assert tokens.contrast("#ffffff", "#000000") == 21
    # Asking for more gives more, for each pair that is not already plain.
    for shade in ("", " dark"):
        for plain, more in zip(found[shade.strip() or "light"], found[f"more{shade}"], strict=True):
            assert plain.least < 4.5 or more.ratio >= min(plain.ratio, 7), (shade, plain)


def test_pagination_keeps_the_other_parameters_of_the_address():
    request = RequestFactory().get("/x/?tri=nom&page=3")
    html = render_to_string("components/pagination.html", first("pagination.html"), request=request)
    assert 'href="?tri=nom&amp;page=8"' in html
    assert 'aria-current="page"' in html


def test_pagination_of_one_page_is_nothing():
    assert render("pagination.html", page=Paginator(range(3), 10).page(1)).strip() == ""


def test_a_state_is_a_word_and_a_shape():
    for tone in ("done", "open", "partial", "attention", "stop", "idle"):
        html = render("state.html", tone=tone, label="mot")
        assert "mot" in html
        assert "<svg" in html


def test_states_have_shapes_of_their_own():
    shapes = {
        render("state.html", tone=tone).split("<path")[1].split("/>")[0]
        for tone in ("done", "open", "partial", "attention", "stop", "idle")
    }
    assert len(shapes) == 6


def test_a_task_says_what_is_missing_and_a_closed_one_is_not_a_link():
    html = render("task_list.html")
    assert "Il manque&nbsp;: la lettre." in html
    assert html.count("<a ") == 2


def test_the_countdown_counts_in_the_singular_too():
    # Days are those of the calendar: late in the evening, twenty-five hours reach the day after tomorrow.
    with time_machine.travel("2027-02-10T12:00+01:00", tick=False):
        assert "jour restant<" in render("countdown.html", until=timezone.now() + timedelta(hours=25))
    assert "Clos" in render("countdown.html", until=timezone.now() - timedelta(seconds=1))


def test_removing_a_file_is_a_post_and_names_the_file():
    inputs = SAMPLES["file_card.html"].variants["réparé, avec ses gestes"]()
    html = render_to_string("components/file_card.html", inputs | {"name": "cv <b>.pdf"})
    assert '<form method="post" action="#">' in html
    assert "cv &lt;b&gt;.pdf" in html
    assert "4,9\xa0Mo" in html
