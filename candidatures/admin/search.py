"""This app's rows in the desk's search."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from candidatures.models import Application, Call, ContactMessage, Juror
from clea.ui.search import SHOWN, Found, Hit, Source, among, register, rows
from structures.models import Territory
from structures.search import words_in


def add() -> None:
    dossiers = rows(
        Application,
        _("Dossiers de candidature"),
        detail=lambda row: f"{row.last_deposit.number} · {row.get_state_display()} · {row.call.title}",
    )
    calls = among(
        Call,
        _("Appels"),
        said=lambda row: (row.title, row.slug, row.season.name, row.season.programme.name),
        detail=lambda row: row.season.name,
    )
    questions = rows(ContactMessage, _("Questions reçues"), related=("call",), detail=lambda row: row.name)
    register(Source("applications", 10, dossiers))
    register(Source("jurors", 25, jurors))
    register(Source("calls", 50, calls))
    register(Source("questions", 95, questions))


def jurors(request: HttpRequest, text: str) -> Found | None:
    """Members of a jury by their name or their institution's, those who left too. One query."""
    found = (
        Juror.objects.filter(
            words_in(text, "user__search", "institution__search"),
            jury__call__season__programme__territory__in=Territory.objects.coordinated_by(request.user),
        )
        .select_related("user", "institution", "jury__call")
        .order_by("-jury__call__closes_at", "user__last_name")[:SHOWN]
    )
    return Found(
        _("Membres des jurys"),
        [
            Hit(
                row.user.get_full_name() or row.user.email,
                reverse("admin:candidatures_jury_member", args=[row.jury.uuid, row.uuid]),
                f"{row.institution} · {row.jury.call.title}",
            )
            for row in found
        ],
    )
