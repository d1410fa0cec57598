"""A small site of the tests: one page that saves as one types, one that sends a file."""

from __future__ import annotations

import time
from typing import ClassVar

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import RequestContext, Template
from django.urls import include, path

from clea.ui.views import csrf_failure

PAGE = """{% extends "base.html" %}{% load clea %}{% block title %}Essai{% endblock %}
{% block content %}<h1>Essai</h1>{% form_errors form %}
<form method="post" action="/essai/" novalidate
 data-autosave="/essai/sauver/" data-version="{{ version }}">{% csrf_token %}
<input type="hidden" name="version" value="{{ version }}">{{ form }}<div id="total"></div>
<div class="action-bar">{% include "components/save_status.html" %}
<button class="button">Enregistrer</button></div></form>
<a href="/mentions-legales/">Ailleurs</a>{% endblock %}
{% block scripts %}<script type="module" src="{% static "js/autosave.js" %}"></script>
<script type="module" src="{% static "js/errors.js" %}"></script>{% endblock %}"""

UPLOAD = """{% extends "base.html" %}{% load clea %}{% block title %}Envoi{% endblock %}
{% block content %}<h1>Envoi</h1>
{% include "components/upload.html" with action="/envoi/" max_bytes=2000000 max_mb=2 max_pages=9 %}
{% if arrived %}<p>Arrivé : {{ arrived }}</p>{% endif %}{% endblock %}
{% block scripts %}<script type="module" src="{% static "js/upload.js" %}"></script>{% endblock %}"""


class Letter(forms.Form):
    name = forms.CharField(label="Nom", required=False)
    text = forms.CharField(label="Lettre", required=False, max_length=300, widget=forms.Textarea)
    kind = forms.ChoiceField(
        label="Vous êtes", required=False, widget=forms.RadioSelect, choices=[("a", "Seule"), ("b", "Plusieurs")]
    )
    email = forms.EmailField(label="Adresse", required=True)


class Server:
    """What the server holds and how it answers; each test sets it as it needs."""

    version = 1
    values: ClassVar[dict[str, str]] = {}
    saves: ClassVar[list[dict[str, str]]] = []
    mode = "well"
    arrived = ""
    posted: ClassVar[list[str]] = []

    @classmethod
    def reset(cls) -> None:
        cls.version, cls.mode, cls.arrived = 1, "well", ""
        cls.values, cls.saves, cls.posted = {"email": "ada@exemple.test"}, [], []


@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    form = Letter(request.POST) if request.method == "POST" else Letter(initial=Server.values)
    if request.method == "POST":
        Server.posted.append(request.POST["version"])
    if request.method == "POST" and form.is_valid():
        Server.values = dict(form.cleaned_data)
        Server.version += 1
        form = Letter(initial=Server.values)
    return HttpResponse(_render(PAGE, request, form=form, version=Server.version))


@login_not_required
def save(request: HttpRequest) -> HttpResponse:
    assert request.headers["X-Requested-With"] == "fetch"
    if Server.mode == "down":
        return HttpResponse("bad gateway", status=429)
    if Server.mode == "expired":
        return JsonResponse({"message": "Votre session a expiré.", "login_url": "/compte/connexion/"}, status=401)
    if Server.mode == "closed":
        return JsonResponse({"message": "L'appel est clos depuis minuit."}, status=409)
    if Server.mode == "token":
        Server.mode = "well"
        return csrf_failure(request)
    if int(request.POST["version"]) != Server.version and "ecraser" not in request.POST:
        return JsonResponse({"message": "Quelqu'un a écrit avant vous.", "conflict": True}, status=409)
    form = Letter(request.POST)
    form.is_valid()
    Server.values |= form.cleaned_data
    Server.version += 1
    Server.saves.append(dict(form.cleaned_data))
    if Server.mode == "slow":
        time.sleep(1.5)
    if Server.mode == "stuck":
        time.sleep(8)
    return JsonResponse(
        {
            "version": Server.version,
            "message": "Enregistré à 23 h 12 – pas encore déposé",
            "errors": form.errors,
            "fragments": {"total": f"<strong>{len(Server.saves)}</strong>"},
        }
    )


@login_not_required
def upload(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return HttpResponse(_render(UPLOAD, request, arrived=Server.arrived))
    if Server.mode == "expired":
        return JsonResponse({"message": "Votre session a expiré.", "login_url": "/compte/connexion/"}, status=401)
    if Server.mode == "down":
        return HttpResponse("bad gateway", status=429)
    if Server.mode == "busy":
        Server.mode = "well"
        busy = {"message": "Beaucoup de fichiers arrivent."}
        return JsonResponse(busy, status=503, headers={"Retry-After": "1"})
    upload = request.FILES["fichier"]
    if upload.read(5) != b"%PDF-":
        message = "Ce n'est pas un PDF."
        if "json" in request.headers["Accept"]:
            return JsonResponse({"message": message}, status=422)
        return HttpResponse(message, status=422)
    Server.arrived = str(upload.name)
    if "json" in request.headers["Accept"]:
        return JsonResponse({"redirect": "/envoi/"})
    return HttpResponse(_render(UPLOAD, request, arrived=Server.arrived))


def _render(source: str, request: HttpRequest, **context: object) -> str:
    return Template(source).render(RequestContext(request, context))


urlpatterns = [
    path("essai/", page),
    path("essai/sauver/", save),
    path("envoi/", upload),
    path("", include("clea.urls")),
]
