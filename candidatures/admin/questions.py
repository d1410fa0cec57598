"""Questions that came from the calls' pages."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from candidatures.admin.common import DeskAdmin
from candidatures.models import ContactMessage
from clea.ui import dates
from clea.ui.lists import PeriodFilter
from clea.ui.templatetags.clea import state_tag
from structures.admin.letters import WritingMixin
from structures.admin.scope import ScopedRelatedFilter
from structures.letters import Mailing, Recipient, mailing_of


@admin.register(ContactMessage)
class ContactMessageAdmin(WritingMixin, DeskAdmin):
    """Read what was asked, answer by mail, tick it."""

    territory_path = "call__season__programme__territory"
    can_add = False
    empty_text = _("Les questions posées depuis la page d'un appel arrivent ici, et à l'adresse de contact de l'appel.")
    list_display = ["excerpt", "who", "call", "received_at", "state_now"]
    list_select_related = ["call"]
    list_filter = ["answered", ("call", ScopedRelatedFilter), ("received_at", PeriodFilter)]
    search_fields = ["name", "email", "text"]
    search_help_text = _("Nom, adresse ou mots de la question, avec ou sans accents.")
    actions = ["write_to_people", "mark_answered", "mark_waiting"]
    readonly_fields = ["call", "by", "reply", "question", "received_on"]
    fieldsets = [
        (None, {"fields": ["call", "by", "reply", "received_on", "question"]}),
        (None, {"fields": ["answered"]}),
    ]

    @admin.display(description=_("question"))
    def excerpt(self, message: ContactMessage) -> str:
        return Truncator(" ".join(message.text.split())).chars(80)

    @admin.display(description=_("de la part de"), ordering="name")
    def who(self, message: ContactMessage) -> str:
        return format_html('{}<span class="desk-sub">{}</span>', message.name, message.email)

    @admin.display(description=_("nom"))
    def by(self, message: ContactMessage) -> str:
        return message.name

    @admin.display(description=_("reçue le"))
    def received_on(self, message: ContactMessage) -> str:
        return dates.moment(message.received_at)

    @admin.display(description=_("réponse"), ordering="answered")
    def state_now(self, message: ContactMessage) -> str:
        if message.answered:
            return state_tag("", gettext("répondue"), "done")
        return state_tag("", gettext("à traiter"), "attention")

    def mailing_for(self, request: HttpRequest, queryset: QuerySet[ContactMessage]) -> Mailing:
        rows = queryset.select_related("call__season__programme__territory").order_by("name")
        return mailing_of(
            Recipient(row.name, row.email, row.call.territory, about=row, whose=row.call.title) for row in rows
        )

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
    def mark_answered(self, request: HttpRequest, queryset: QuerySet[ContactMessage]) -> HttpResponse | None:
        line = gettext("Elles quittent ce qui est à traiter. Aucun message ne part ; vous pouvez revenir en arrière.")
        return self._mark(request, queryset, True, line)

    @admin.action(description=_("Remettre à traiter"))
    def mark_waiting(self, request: HttpRequest, queryset: QuerySet[ContactMessage]) -> HttpResponse | None:
        line = gettext("Elles reviennent parmi ce qui est à traiter. Aucun message ne part.")
        return self._mark(request, queryset, False, line)

    def _mark(
        self, request: HttpRequest, queryset: QuerySet[ContactMessage], answered: bool, line: str
    ) -> HttpResponse | None:
        rows = list(queryset.order_by("received_at"))
        moved = [row for row in rows if row.answered != answered]
        words = (
            ngettext("Marquer %(n)d question comme répondue", "Marquer %(n)d questions comme répondues", len(moved))
            if answered
            else ngettext("Remettre %(n)d question à traiter", "Remettre %(n)d questions à traiter", len(moved))
        )
        page = self.asked(
            request,
            moved,
            title=words % {"n": len(moved)},
            lines=[line],
            button=gettext("Confirmer"),
            left_out=[(str(row), gettext("déjà ainsi")) for row in rows if row.answered == answered],
        )
        if page is not None:
            return page
        count = ContactMessage.objects.filter(pk__in=[row.pk for row in moved]).update(answered=answered)
        self.message_user(
            request,
            ngettext("%(n)d question mise à jour.", "%(n)d questions mises à jour.", count) % {"n": count},
            messages.SUCCESS,
        )
        return None
