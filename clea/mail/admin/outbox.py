"""The outbox: see a message before it goes out, let it go, keep it, and what the server answered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clea.errors import Refused
from clea.jobs.services import MANY
from clea.journal.selectors import entries_for
from clea.mail import jobs, rules, scopes, services
from clea.mail.admin.common import KindFilter, ScopedMailAdmin, ScopeFilter, framed_mail
from clea.mail.enums import MailState
from clea.mail.models import DeliveryAttempt, MailAttachment, OutgoingMail
from clea.text import words
from clea.ui.lists import PeriodFilter
from clea.ui.templatetags.clea import state_tag

if TYPE_CHECKING:
    from clea.accounts.models import User

    _ModelForm = forms.ModelForm[OutgoingMail]
    _Inline = admin.TabularInline[DeliveryAttempt, OutgoingMail]
else:
    _ModelForm = forms.ModelForm
    _Inline = admin.TabularInline

_TONES = {
    MailState.DRAFT: "attention",
    MailState.APPROVED: "open",
    MailState.SENT: "done",
    MailState.FAILED: "stop",
    MailState.CANCELLED: "idle",
}
_EDITABLE = ["to", "reply_to", "subject", "body"]
# How many recipients the confirmation names one by one.
_NAMED = 50


class DraftForm(_ModelForm):
    """What a draft says. ``seen_version`` tells two people who edit the same one from each other."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = OutgoingMail
        fields = _EDITABLE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self.instance.version

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # Read again: the row was loaded when the request began, another may have written since.
        if OutgoingMail.objects.filter(pk=self.instance.pk).exclude(version=cleaned.get("seen_version") or 0).exists():
            self.add_error(
                None,
                _(
                    "Quelqu'un a modifié ce message entre-temps : votre version n'est pas enregistrée. "
                    "Ouvrez le message dans un autre onglet, comparez, puis reprenez."
                ),
            )
        return cleaned


class DeliveryAttemptInline(_Inline):
    model = DeliveryAttempt
    fields = ["number", "started_at", "finished_at", "outcome", "smtp_code", "detail"]
    readonly_fields = ["number", "started_at", "finished_at", "outcome", "smtp_code", "detail"]
    ordering = ["number"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ScopedMailAdmin):
    form = DraftForm
    inlines = [DeliveryAttemptInline]
    list_display = ["letter", "to", "state_now", "territory", "created_at", "sent_at"]
    list_filter = [
        "state",
        KindFilter,
        ScopeFilter,
        "language",
        ("created_at", PeriodFilter),
        ("sent_at", PeriodFilter),
    ]
    ordering = ["-created_at", "-pk"]
    empty_text = gettext_lazy("Tout ce que le programme écrit passe ici, et y reste lisible.")
    search_fields = ["search"]
    search_help_text = gettext_lazy("Destinataire ou objet, sans souci des accents.")
    list_per_page = 50
    actions = ["approve_selected", "cancel_selected"]

    # Rights --------------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: OutgoingMail | None = None) -> bool:
        if obj is None:
            return self.handles_any(request)
        return bool(rules.can_handle(request.user, obj)) and bool(rules.can_edit(obj))

    def has_delete_permission(self, request: HttpRequest, obj: OutgoingMail | None = None) -> bool:
        return False

    # List ----------------------------------------------------------------------------------

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[OutgoingMail], search_term: str
    ) -> tuple[QuerySet[OutgoingMail], bool]:
        for word in words(search_term):
            queryset = queryset.filter(search__contains=word)
        return queryset, False

    def get_list_display(self, request: HttpRequest) -> Any:
        """Without the territory for who handles a single one."""
        held = scopes.held_by(request.user)
        alone = len(scopes.names() if held is None else held) < 2
        return [name for name in super().get_list_display(request) if not (alone and name == "territory")]

    @admin.display(description=gettext_lazy("objet"), ordering="subject")
    def letter(self, mail: OutgoingMail) -> str:
        return format_html('{}<span class="desk-sub">{}</span>', mail.subject, mail.kind_label)

    @admin.display(description=gettext_lazy("état"), ordering="state")
    def state_now(self, mail: OutgoingMail) -> str:
        tag = state_tag(mail.state, mail.get_state_display(), _TONES[MailState(mail.state)])
        if mail.attempts < 2:
            return tag
        tried = ngettext("%(n)d tentative", "%(n)d tentatives", mail.attempts) % {"n": mail.attempts}
        return format_html('{}<span class="desk-sub">{}</span>', tag, tried)

    @admin.display(description=gettext_lazy("message"), ordering="kind")
    def message(self, mail: OutgoingMail) -> str:
        return mail.kind_label

    @admin.display(description=gettext_lazy("territoire"), ordering="scope")
    def territory(self, mail: OutgoingMail) -> str:
        return scopes.names().get(mail.scope, mail.scope) or "–"

    # One message ---------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: OutgoingMail | None = None) -> list[Any]:
        draft = obj is not None and self.has_change_permission(request, obj)
        return [
            (None, {"fields": ["state", *_EDITABLE, *(["seen_version"] if draft else []), "attached"]}),
            (
                _("Suivi"),
                {
                    "classes": ["collapse"],
                    "fields": [
                        "message", "territory", "language", "created_at", "approved_at", "approved_by",
                        "sent_at", "attempts", "next_attempt_at",
                    ]
                },
            ),
        ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: OutgoingMail | None = None) -> list[str]:
        return [
            "attached", "state", "message", "territory", "language", "created_at", "approved_at", "approved_by",
            "sent_at", "attempts", "next_attempt_at",
        ]  # fmt: skip

    @admin.display(description=gettext_lazy("pièces jointes"))
    def attached(self, mail: OutgoingMail) -> str:
        files = mail.attachments.defer("content").order_by("pk")
        if not files:
            return "–"
        links = format_html_join(
            "",
            '<li><a href="{}">{}</a></li>',
            (
                (
                    reverse("admin:mail_outgoingmail_attachment", args=[mail.uuid, place]),
                    f"{file.name} ({_size(file)})",
                )
                for place, file in enumerate(files, start=1)
            ),
        )
        return format_html("<ul>{}</ul>", links)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        mail = self.get_object(request, object_id) if object_id else None
        context: dict[str, Any] = {"show_save_and_add_another": False, "show_save_and_continue": False}
        if mail is not None:
            now = timezone.now()
            can_approve = rules.can_approve(mail, now)
            waits = bool(rules.can_become(mail, MailState.APPROVED, now))
            context |= {
                "preview_url": reverse("admin:mail_outgoingmail_preview", args=[mail.uuid]),
                "outbox_url": reverse("admin:mail_outgoingmail_changelist"),
                "can_approve": can_approve,
                "held": can_approve.reason if waits else "",
                "can_cancel": rules.can_become(mail, MailState.CANCELLED, now),
                "checkbox": ACTION_CHECKBOX_NAME,
                "entries": entries_for(mail),
            }
        try:
            return super().changeform_view(request, object_id, form_url, context | (extra_context or {}))
        except Refused as refusal:
            # The form checked the same; this one lost a race in between.
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: OutgoingMail, form: Any, change: bool) -> None:
        services.edit(
            by=request.user,  # type: ignore[arg-type]
            mail=obj,
            version=form.cleaned_data["seen_version"],
            **{name: form.cleaned_data[name] for name in _EDITABLE},
        )

    # What will be received -----------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<uuid:key>/apercu/", wrap(self.preview), name="mail_outgoingmail_preview"),
            path("<uuid:key>/piece/<int:place>/", wrap(self.attachment), name="mail_outgoingmail_attachment"),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest, key: str) -> HttpResponse:
        """The HTML alternative, exactly as it leaves."""
        mail = self._visible(request, key)
        return framed_mail(subject=mail.subject, body=mail.body, language=mail.language)

    def attachment(self, request: HttpRequest, key: str, place: int) -> HttpResponse:
        """The attached file at this place, from 1, to download: never opened under our own address."""
        files = MailAttachment.objects.filter(mail=self._visible(request, key)).order_by("pk")
        # The places of a letter are few: a number of an absurd length asks nothing of the database.
        found = files[place - 1 : place].first() if 0 < place < 1000 else None
        if found is None:
            raise Http404
        return HttpResponse(
            bytes(found.content),
            content_type="application/octet-stream",
            headers={
                "Content-Disposition": content_disposition_header(True, found.name) or "attachment",
                "X-Content-Type-Options": "nosniff",
            },
        )

    def _visible(self, request: HttpRequest, key: str) -> OutgoingMail:
        if not self.has_view_permission(request):
            raise PermissionDenied
        mail = self.get_queryset(request).filter(uuid=key).first()
        if mail is None:
            raise Http404
        return mail

    # Letting go, keeping -------------------------------------------------------------------

    @admin.action(description=gettext_lazy("Approuver et envoyer"))
    def approve_selected(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> HttpResponse | None:
        return self._confirmed(
            request,
            queryset,
            state=MailState.APPROVED,
            act=services.approve,
            title=lambda n: ngettext("%d message partira", "%d messages partiront", n) % n,
            button=_("Approuver et envoyer"),
            done=lambda n: ngettext("%d message approuvé.", "%d messages approuvés.", n) % n,
            none=_("Aucun des messages choisis n'attend d'approbation."),
        )

    @admin.action(description=gettext_lazy("Annuler"))
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[OutgoingMail]) -> HttpResponse | None:
        return self._confirmed(
            request,
            queryset,
            state=MailState.CANCELLED,
            act=services.cancel,
            title=lambda n: ngettext("%d message ne partira jamais", "%d messages ne partiront jamais", n) % n,
            button=_("Annuler l'envoi"),
            done=lambda n: ngettext("%d message annulé.", "%d messages annulés.", n) % n,
            none=_("Aucun des messages choisis ne peut être annulé."),
        )

    def _confirmed(
        self,
        request: HttpRequest,
        queryset: QuerySet[OutgoingMail],
        *,
        state: MailState,
        act: Callable[..., list[OutgoingMail]],
        title: Callable[[int], str],
        button: str,
        done: Callable[[int], str],
        none: str,
    ) -> HttpResponse | None:
        """Show exactly which messages; act only on those that were shown.

        The confirmation carries a digest of what it showed: when the list has changed since,
        it is shown again rather than applied to messages nobody saw.
        """
        now = timezone.now()
        chosen = list(queryset.order_by("pk"))
        ready = [mail for mail in chosen if rules.can_become(mail, state, now)]
        if not ready:
            self.message_user(request, none, messages.WARNING)
            return None
        digest = hashlib.sha256(" ".join(f"{mail.pk}:{mail.version}" for mail in ready).encode()).hexdigest()
        shown = request.POST.get("confirmed")
        many = state == MailState.APPROVED and len(ready) > MANY
        if shown == digest and many:
            by: User = request.user  # type: ignore[assignment]
            return HttpResponseRedirect(
                jobs.start_approving(by=by, mails=ready, back_url=request.get_full_path()).get_absolute_url()
            )
        if shown == digest:
            try:
                self.message_user(request, done(len(act(by=request.user, mails=ready))), messages.SUCCESS)
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            return None
        context = self.admin_site.each_context(request) | {
            "title": title(len(ready)),
            "opts": self.opts,
            "mails": ready[:_NAMED],
            "more": max(0, len(ready) - _NAMED),
            "left_out": len(chosen) - len(ready),
            "changed": shown is not None,
            "button": button,
            "dangerous": state == MailState.CANCELLED,
            "many": many,
            "action": request.POST.get("action", ""),
            "checkbox": ACTION_CHECKBOX_NAME,
            "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "across": request.POST.get("select_across", "0"),
            "confirmed": digest,
        }
        return TemplateResponse(request, "admin/mail/outgoingmail/confirm.html", context)


def _size(file: MailAttachment) -> str:
    return _("%(size)d ko") % {"size": max(1, round(file.size / 1024))}
