"""Each component renders from the inputs its comment states, as valid HTML."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation

from clea.ui import season
from tests.ui.html import read

FOLDER = Path(__file__).parents[2] / "templates" / "components"


class OneFile(forms.Form):
    piece = forms.FileField(label="Budget", help_text="PDF.")


FORM = OneFile({})
NOW = timezone.now()

INPUTS: dict[str, dict[str, object]] = {
    "breadcrumb.html": {"items": [{"label": "Appels", "href": "/appels/"}, {"label": "Titre", "href": ""}]},
    "countdown.html": {"until": NOW + timedelta(days=3)},
    "empty.html": {"title": "Rien", "body": "Essayez autrement.", "href": "/", "action": "Tout voir"},
    "errors.html": {"entries": [{"message": "Manque.", "target": "id_x", "label": "Nom"}]},
    "field.html": {"field": FORM["piece"]},
    "field_notes.html": {"field": FORM["piece"], "text": "PDF."},
    "file_card.html": {
        "name": "cv <b>.pdf",
        "size": 4_900_000,
        "pages": 3,
        "href": "#",
        "repaired": True,
        "actions": [
            {"label": "Ouvrir", "href": "#", "icon": "file"},
            {"label": "Retirer", "href": "#", "post": True, "danger": True},
        ],
    },
    "form.html": {"form": FORM},
    "help_now.html": {},
    "kept_form.html": {"kept": [("lettre", "<b>")], "request_path": "/x/?a=1&b=2"},
    "journal.html": {"entries": [SimpleNamespace(at=NOW, label="dossier déposé", verb="x", actor="Ada")]},
    "key_facts.html": {"rows": [{"label": "Net", "value": "12 000 €", "note": "quatre fois"}], "caption": "Faits"},
    "landscape.html": {},
    "mark.html": {},
    "notice.html": {"tone": "warning", "title": "Attention", "body": "<b>texte</b>", "live": "status"},
    "pagination.html": {"page": Paginator(range(300), 10).page(7)},
    "save_status.html": {"text": "Enregistré"},
    "season_line.html": season.line(
        [season.Step("Appel", date(2026, 1, 12), date(2026, 2, 15), href="/appels/")], date(2026, 1, 20)
    ),
    "site_footer.html": {},
    "site_header.html": {"user": AnonymousUser()},
    "state.html": {"label": "complet", "tone": "done"},
    "stepper.html": {
        "steps": [{"label": "Vous", "href": "/", "state": "done"}, {"label": "Lettre", "state": "current"}]
    },
    "table.html": {
        "caption": "Budget",
        "columns": [{"label": "Nature"}, {"label": "Net", "num": True}],
        "rows": [["Mission", "8 400 €"]],
        "foot": ["Total", "8 400 €"],
    },
    "task_list.html": {
        "tasks": [
            {"title": "Qui vous êtes", "href": "/x/", "state": "done", "label": "complet"},
            {"title": "Lettre", "href": "/y/", "state": "missing", "label": "à faire", "missing": ["la lettre"]},
            {"title": "Déposer", "href": "", "state": "todo", "label": "pas encore", "hint": "à la fin"},
        ]
    },
    "upload.html": {"form": FORM, "field": FORM["piece"], "action": "/u/", "max_bytes": 20_000_000},
}


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.html")))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_component_renders_as_valid_html(name, language):
    request = RequestFactory().get("/appels/?tri=nom")
    request.user = AnonymousUser()
    with translation.override(language):
        html = render_to_string(f"components/{name}", INPUTS[name], request=request)
    assert read(html, fragment=True).faults == []
    assert html.strip()
    assert "<b>" not in html


def render(name: str, **inputs: object) -> str:
    return render_to_string(f"components/{name}", {**INPUTS[name], **inputs})


def test_pagination_keeps_the_other_parameters_of_the_address():
    request = RequestFactory().get("/x/?tri=nom&page=3")
    html = render_to_string("components/pagination.html", INPUTS["pagination.html"], request=request)
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
    assert "jour restant<" in render("countdown.html", until=timezone.now() + timedelta(hours=25))
    assert "Clos" in render("countdown.html", until=timezone.now() - timedelta(seconds=1))


def test_removing_a_file_is_a_post_and_names_the_file():
    html = render("file_card.html")
    assert '<form method="post" action="#">' in html
    assert "cv &lt;b&gt;.pdf" in html
    assert "4,9\xa0Mo" in html
