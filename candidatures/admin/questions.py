"""Questions that came from the calls' pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from candidatures.admin.common import DeskAdmin
from candidatures.models import ContactMessage
from structures.admin.scope import ScopedRelatedFilter


@admin.register(ContactMessage)
class ContactMessageAdmin(DeskAdmin):
    """Read what was asked, answer by mail, tick it."""

    territory_path = "call__season__programme__territory"
    can_add = False
    list_display = ["excerpt", "name", "email", "call", "received_at", "answered"]
    list_select_related = ["call"]
    list_filter = ["answered", ("call", ScopedRelatedFilter), ("received_at", admin.DateFieldListFilter)]
    search_fields = ["name", "email", "text"]
    actions = ["mark_answered", "mark_waiting"]
    readonly_fields = ["call", "name", "reply", "question", "received_at"]
    fieldsets = [
        (None, {"fields": ["call", "name", "reply", "received_at", "question"]}),
        (None, {"fields": ["answered"]}),
    ]

    @admin.display(description=_("question"))
    def excerpt(self, message: ContactMessage) -> str:
        return Truncator(" ".join(message.text.split())).chars(80)

    @admin.display(description=_("question"))
    def question(self, message: ContactMessage) -> str:
        return format_html('<div class="desk-typed">{}</div>', message.text)

    @admin.display(description=_("adresse électronique"))
    def reply(self, message: ContactMessage) -> str:
        """A link that opens the person's own mail program, subject written."""
        subject = quote(f"Re : {message.call.title}")
        address = quote(message.email, safe="@")
        return format_html('<a href="mailto:{}?subject={}">{}</a>', address, subject, message.email)

    @admin.action(description=_("Marquer comme répondues"))
    def mark_answered(self, request: HttpRequest, queryset: QuerySet[ContactMessage]) -> None:
        self._mark(request, queryset, True)

    @admin.action(description=_("Remettre à traiter"))
    def mark_waiting(self, request: HttpRequest, queryset: QuerySet[ContactMessage]) -> None:
        self._mark(request, queryset, False)

    def _mark(self, request: HttpRequest, queryset: QuerySet[ContactMessage], answered: bool) -> Any:
        count = queryset.update(answered=answered)
        self.message_user(
            request,
            ngettext("%(n)d question mise à jour.", "%(n)d questions mises à jour.", count) % {"n": count},
            messages.SUCCESS,
        )
