"""``/coordination/style/``: every component with its variants, to look at and to copy. Staff, where ``DEBUG`` is on.

Each sample is also what the tests render: a component that is not here fails them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from clea.ui import icons, next_step, season, tokens

Inputs = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """One component: the line to copy, and its variants by name. ``chrome``: shown by every page already."""

    name: str
    copy: str
    variants: dict[str, Callable[[], Inputs]]
    chrome: bool = False

    @property
    def file(self) -> str:
        return f"components/{self.name}.html"


class Letter(forms.Form):
    """A form with one field of each kind. French of a sample, never shown elsewhere."""

    name = forms.CharField(label="Nom d'usage", help_text="Celui que vous voulez lire partout.")
    letter = forms.CharField(label="Lettre", widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label="Vous êtes", widget=forms.RadioSelect, choices=[("a", "Seule"), ("b", "Plusieurs")])
    day = forms.DateField(label="Jour", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    town = forms.ChoiceField(label="Commune", choices=[("", "Choisissez"), ("1", "Lens"), ("2", "Liévin")])
    agreed = forms.BooleanField(label="J'accepte d'être recontacté.")


def _form(prefix: str, data: dict[str, str] | None = None) -> Letter:
    return Letter(data, prefix=prefix, auto_id=f"{prefix}_%s")


def _step(kind: next_step.Kind, days: int) -> next_step.NextStep:
    return next_step.NextStep(
        "Déposer mon dossier",
        "#",
        "Reprendre mon dossier",
        timezone.localdate() + timedelta(days=days),
        kind,
        "Il manque la lettre et le budget.",
        "Mon espace",
    )


def _season() -> Inputs:
    return season.line(
        [
            season.Step("Appel", date(2026, 1, 12), date(2026, 2, 15), href="#"),
            season.Step("Jury", date(2026, 3, 2), date(2026, 3, 13), "Résultats le 13 mars"),
            season.Step("Immersion", date(2026, 10, 5), date(2026, 10, 9)),
            season.Step("Seconde phase", date(2027, 3, 8), date(2027, 6, 11)),
        ],
        date(2026, 3, 5),
    )


_HELP = SimpleNamespace(summary="Vous y voyez **ce qui attend**.", url="#", title="Votre journée")
_ENTRIES: list[dict[str, str]] = [
    {"message": "Il manque une réponse ici.", "target": "one_name", "label": "Nom d'usage"},
    {"message": "Les dates se croisent.", "target": "", "label": ""},
]
_FILE: Inputs = {"name": "portfolio.pdf", "size": 4_900_000, "pages": 12, "href": "#"}
_UPLOAD: Inputs = {"action": "#", "max_bytes": 20_000_000, "max_mb": 20, "max_pages": 100}
_TASKS: list[Inputs] = [
    {"title": "Qui vous êtes", "href": "#", "state": "done", "label": "complet"},
    {"title": "Lettre", "href": "#", "state": "missing", "label": "à faire", "missing": ["la lettre"]},
    {"title": "Déposer", "href": "", "state": "todo", "label": "pas encore", "hint": "À la fin, quand tout est là."},
]
_STATES = {"done": "complet", "open": "ouvert", "partial": "commencé", "attention": "à revoir", "stop": "refusé"}


def _said(tone: str) -> Callable[[], Inputs]:
    return lambda: {"tone": tone, "title": "Titre de l'avis", "body": "Une phrase qui dit quoi faire."}


def _state(tone: str, label: str) -> Callable[[], Inputs]:
    return lambda: {"tone": tone, "label": label}


SAMPLES: list[Sample] = [
    Sample("mark", '{% include "components/mark.html" %}', {"": dict}),
    Sample("landscape", '{% include "components/landscape.html" %}', {"": dict}),
    Sample("site_header", '{% include "components/site_header.html" %}', {"": lambda: {"user": AnonymousUser()}}, True),
    Sample("site_footer", '{% include "components/site_footer.html" %}', {"": dict}, True),
    Sample(
        "breadcrumb",
        '{% breadcrumb "Appels" calls_url call.title %}',
        {"": lambda: {"items": [{"label": "Appels", "href": "#"}, {"label": "Cinq résidences", "href": ""}]}},
    ),
    Sample(
        "next_step",
        '{% include "components/next_step.html" with step=step %}',
        {
            "à faire avant une date": lambda: {"step": _step("due", 3)},
            "rien à faire": lambda: {"step": _step("coming", 20)},
            "une ligne parmi d'autres": lambda: {"step": _step("due", 3), "compact": True},
        },
    ),
    Sample(
        "next_steps",
        '{% include "components/next_steps.html" with steps=steps %}',
        {"": lambda: {"steps": [_step("due", 3), _step("since", -2), _step("on", 6)]}},
    ),
    Sample(
        "countdown",
        '{% include "components/countdown.html" with until=call.closes_at %}',
        {
            "des jours": lambda: {"until": timezone.now() + timedelta(days=12, hours=1)},
            "des heures": lambda: {"until": timezone.now() + timedelta(hours=5, minutes=1)},
            "des minutes": lambda: {"until": timezone.now() + timedelta(minutes=8, seconds=9)},
            "clos": lambda: {"until": timezone.now() - timedelta(hours=1)},
        },
    ),
    Sample("season_line", '{% season_line steps label="La saison" %}', {"": _season}),
    Sample(
        "state",
        '{% state_tag "done" "complet" %}',
        {tone: _state(tone, label) for tone, label in [*_STATES.items(), ("idle", "pas encore")]},
    ),
    Sample(
        "notice",
        '{% include "components/notice.html" with tone="warning" title=title body=body %}',
        {tone: _said(tone) for tone in ("info", "success", "warning", "error")},
    ),
    Sample(
        "empty",
        '{% include "components/empty.html" with title=title body=body href=url action=verb %}',
        {
            "avec une suite": lambda: {
                "title": "Aucune séance à venir",
                "body": "Les séances que vous proposez arrivent ici.",
                "href": "#",
                "action": "Proposer une séance",
            },
            "sans suite": lambda: {
                "title": "Aucune actualité",
                "body": "La première paraîtra à l'ouverture de l'appel.",
            },
        },
    ),
    Sample(
        "loading",
        '{% include "components/loading.html" with text=text done=done total=total href=request.path %}',
        {
            "on sait où l'on en est": lambda: {"text": "Les PDF se préparent.", "done": 128, "total": 300, "href": "#"},
            "on ne sait pas": lambda: {"text": "Le PDF s'assemble.", "href": "#"},
        },
    ),
    Sample(
        "error",
        '{% include "components/error.html" with title=title body=body target="id_fichier" %}',
        {
            "liée à son champ": lambda: {"title": "Le fichier n'est pas reçu", "body": "Il pèse trop.", "target": "x"},
            "avec une suite": lambda: {
                "title": "La page a changé entre-temps",
                "body": "Quelqu'un a écrit avant vous.",
                "href": "#",
                "action": "Voir sa version",
            },
        },
    ),
    Sample("errors", "{% form_errors form %}", {"": lambda: {"entries": _ENTRIES}}),
    Sample("page_help", "{% page_help %}", {"": lambda: {"section": _HELP}}),
    Sample("help_now", '{% include "components/help_now.html" %}', {"": dict}),
    Sample(
        "kept_form",
        '{% include "components/kept_form.html" %}',
        {"": lambda: {"kept": [("lettre", "Bonjour")], "request_path": "#"}},
    ),
    Sample("field", "{% field form.name %}", {"": lambda: {"field": _form("one")["name"]}}),
    Sample(
        "field_notes",
        '{% include "components/field_notes.html" %}',
        {"": lambda: {"field": _form("notes", {})["name"], "text": "PDF, 20 Mo au plus."}},
    ),
    Sample(
        "form", "{{ form }}", {"neuf": lambda: {"form": _form("new")}, "refusé": lambda: {"form": _form("bad", {})}}
    ),
    Sample(
        "save_status",
        '{% include "components/save_status.html" with text=text %}',
        {"": lambda: {"text": "Enregistré à 23 h 12 – pas encore déposé"}},
    ),
    Sample(
        "upload",
        '{% include "components/upload.html" with action=url document=document error=error %}',
        {"neuf": lambda: _UPLOAD, "refusé": lambda: _UPLOAD | {"error": "Ce n'est pas un PDF.", "id": "refuse"}},
    ),
    Sample(
        "file_card",
        '{% include "components/file_card.html" with name=name size=size pages=pages href=url actions=actions %}',
        {
            "arrivé": lambda: _FILE,
            "réparé, avec ses gestes": lambda: (
                _FILE
                | {
                    "repaired": True,
                    "actions": [
                        {"label": "Ouvrir", "href": "#", "icon": "file"},
                        {"label": "Retirer", "href": "#", "icon": "trash", "post": True, "danger": True},
                    ],
                }
            ),
        },
    ),
    Sample("task_list", '{% include "components/task_list.html" with tasks=tasks %}', {"": lambda: {"tasks": _TASKS}}),
    Sample(
        "journal",
        '{% include "components/journal.html" with entries=entries %}',
        {
            "": lambda: {
                "entries": [SimpleNamespace(at=timezone.now(), label="dossier déposé", verb="x", actor="Ada Exemple")]
            },
            "vide": lambda: {"entries": []},
        },
    ),
    Sample(
        "pagination",
        '{% include "components/pagination.html" with page=page %}',
        {"": lambda: {"page": Paginator(range(300), 10).page(7)}},
    ),
]


@dataclass
class Shown:
    """A sample once drawn."""

    sample: Sample
    variants: list[tuple[str, SafeString]] = field(default_factory=list)


def _draw(sample: Sample, inputs: Inputs, request: HttpRequest) -> SafeString:
    # One page takes the focus once: here, nothing does.
    return mark_safe(render_to_string(sample.file, inputs, request=request).replace(" autofocus", ""))  # noqa: S308


def drawn(request: HttpRequest) -> list[Shown]:
    """Every sample but what the page wears already."""
    return [
        Shown(
            sample,
            [(name, _draw(sample, make(), request)) for name, make in sample.variants.items()],
        )
        for sample in SAMPLES
        if not sample.chrome
    ]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """404 to anyone but the staff of a developer's machine."""
    if not (settings.DEBUG and request.user.is_authenticated and request.user.is_staff):
        raise Http404
    palettes = [
        {"name": tokens.NAMES[name], "colours": colours, "contrasts": tokens.contrasts(colours)}
        for name, colours in tokens.palettes().items()
    ]
    context = {"shown": drawn(request), "palettes": palettes, "signs": sorted(icons.NAMES)}
    return render(request, "ui/style.html", context)
