"""What the tests of the desk share: its list, its pages, what they say."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from candidatures.models import Application

LIST = "/coordination/candidatures/application/"


def text_of(response: HttpResponse) -> str:
    """The page in one line, with plain apostrophes, quotes and spaces."""
    text = re.sub(r"\s+", " ", response.content.decode().replace("&nbsp;", " "))
    return text.replace("&#x27;", "'").replace("&quot;", '"')


def page_of(application: Application) -> str:
    return reverse("admin:candidatures_application_change", args=[application])


def listed(desk: Client, **params: Any) -> list[Application]:
    """The rows of the list of dossiers, as filtered."""
    return list(desk.get(LIST, params).context["cl"].result_list)
