"""Writing to people chosen in a list: who they are, what they will read, then drafts or messages that leave."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clea.errors import Refused
from clea.jobs.services import MANY
from clea.mail import jobs
from clea.mail.enums import MailState
from clea.ui.keys import uuids
from structures.admin.scope import ScopedAdminMixin, ScopedRelatedFilter
from structures.letters import Mailing, Recipient
from structures.messages import LETTER
from structures.models import Professional, StandardLetter, Structure, Territory
from structures.services import letters as services

if TYPE_CHECKING:
    from clea.accounts.models import User

    _Base = admin.ModelAdmin[Any]
    _Form = forms.Form
    _Admin = admin.ModelAdmin[StandardLetter]
else:
    _Base = object
    _Form = forms.Form
    _Admin = admin.ModelAdmin

DRAFTS, NOW = "brouillons", "aussitot"


class LetterForm(_Form):
    """A word from the coordination. Its signature comes from the template of messages."""

    subject = forms.CharField(
        label=_("Objet"), max_length=200, widget=forms.TextInput(attrs={"class": "vTextField"}), required=False
    )
    message = forms.CharField(
        label=_("Message"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "cols": 80, "class": "vLargeTextField"}),
        help_text=_(
            "Texte simple. Une ligne vide sépare deux paragraphes, « - » ouvre une liste. « {{ nom }} » devient le nom "
            "de la personne, « {{ pour }} » sa structure, son dossier ou son jury. La signature du service est ajoutée."
        ),
    )
    leaves = forms.ChoiceField(
        label=_("Ensuite"),
        choices=[
            (DRAFTS, _("préparer des brouillons, que je relis et approuve dans la boîte d'envoi")),
            (NOW, _("envoyer aussitôt après l'aperçu")),
        ],
        initial=DRAFTS,
        required=False,
        widget=forms.RadioSelect,
    )
    # The same from one page to the next: what is confirmed twice leaves once.
    once = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)

    def clean_leaves(self) -> str:
        return self.cleaned_data.get("leaves") or DRAFTS


class WritingMixin(_Base):
    """A list from whose rows one writes to people. ``mailing_for`` says who they are."""

    @abstractmethod
    def mailing_for(self, request: HttpRequest, queryset: QuerySet[Any]) -> Mailing:
        """Who is written to from these rows, and who cannot be, with the reason."""

    @admin.action(description=_("Écrire aux personnes"))
    def write_to_people(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        return self.letter_flow(request, self.mailing_for(request, queryset), back=request.get_full_path())

    def letter_flow(
        self,
        request: HttpRequest,
        mailing: Mailing,
        *,
        back: str,
        row: Model | None = None,
        hidden: list[tuple[str, str]] | None = None,
    ) -> HttpResponse:
        """Write, look, send: the same page three times. What was shown is what leaves, or it is shown again."""
        step = next((name for name in ("confirme", "apercu", "modifier", "reprendre") if name in request.POST), "")
        typed = None
        if step in {"confirme", "apercu"}:
            typed = request.POST.copy()
            typed.setdefault("once", str(uuid4()))
        form = LetterForm(typed, initial=self._letter_initial(request, step))
        seen = _digest(mailing)
        shown = step in {"confirme", "apercu"} and self._letter_readable(mailing, form)
        if shown and step == "confirme" and request.POST["confirme"] == seen:
            try:
                return self._letter_written(request, mailing, form, back)
            except Refused as refusal:
                if refusal.code == "twice":
                    messages.info(request, str(refusal))
                    return HttpResponseRedirect(_outbox())
                form.add_error(None, str(refusal))
                shown = False
        first = mailing.recipients[0] if shown else None
        count = len(mailing.recipients)
        context = {
            "title": ngettext("Écrire à %(n)d personne", "Écrire à %(n)d personnes", count) % {"n": count},
            "opts": self.opts,
            "mailing": mailing,
            "form": form,
            "preview": services.preview(first, **_text(form)) if first else None,
            "first": first,
            "now": shown and form.cleaned_data["leaves"] == NOW,
            "changed": step == "confirme" and request.POST["confirme"] != seen,
            "seen": seen,
            "standard": self._letters_kept(request),
            "hidden": hidden
            if hidden is not None
            else [
                ("action", "write_to_people"),
                ("select_across", request.POST.get("select_across", "0")),
                *((ACTION_CHECKBOX_NAME, key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)),
            ],
            "back": back,
            "original": row,
            "list_url": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
            "media": self.media,
        }
        response = TemplateResponse(
            request, "admin/structures/letter.html", self.admin_site.each_context(request) | context
        )
        if form.is_bound and form.errors:
            response.status_code = 422
        return response

    @staticmethod
    def _letters_kept(request: HttpRequest) -> list[StandardLetter]:
        own = Territory.objects.coordinated_by(request.user)
        return list(StandardLetter.objects.filter(territory__in=own).order_by("name"))

    def _letter_initial(self, request: HttpRequest, step: str) -> dict[str, str]:
        if step == "modifier":
            return {name: request.POST.get(name, "") for name in ("subject", "message", "leaves")}
        if step == "reprendre":
            asked = request.POST.get("lettre", "")
            letter = next((one for one in self._letters_kept(request) if str(one.uuid) == asked), None)
            if letter is not None:
                return {"subject": letter.subject, "message": letter.message}
            return {name: request.POST.get(name, "") for name in ("subject", "message")}
        return {}

    @staticmethod
    def _letter_readable(mailing: Mailing, form: LetterForm) -> bool:
        if not form.is_valid():
            return False
        try:
            services.check(recipients=mailing.recipients, **_text(form))
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return False
        return True

    def _letter_written(self, request: HttpRequest, mailing: Mailing, form: LetterForm, back: str) -> HttpResponse:
        by: User = request.user  # type: ignore[assignment]
        now = form.cleaned_data["leaves"] == NOW
        count = len(mailing.recipients)
        made = services.write(
            by=by,
            recipients=mailing.recipients,
            approved=now and count <= MANY,
            once=form.cleaned_data["once"],
            **_text(form),
        )
        if now and count > MANY:
            return HttpResponseRedirect(jobs.start_approving(by=by, mails=made, back_url=back).get_absolute_url())
        if now:
            words = ngettext("%(n)d message part.", "%(n)d messages partent.", count) % {"n": count}
            messages.success(request, words)
            return HttpResponseRedirect(back)
        words = ngettext(
            "%(n)d message attend dans la boîte d'envoi : relisez-le, puis approuvez-le.",
            "%(n)d messages attendent dans la boîte d'envoi : relisez-les, puis approuvez-les.",
            count,
        )
        messages.success(request, words % {"n": count})
        return HttpResponseRedirect(f"{_outbox()}?state__exact={MailState.DRAFT}&kind={LETTER}")


def _text(form: LetterForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in ("subject", "message")}


def _outbox() -> str:
    return reverse("admin:mail_outgoingmail_changelist")


def _digest(mailing: Mailing) -> str:
    """Who is written to, and about what."""
    rows = sorted(f"{one.email}:{one.about._meta.label_lower}:{one.about.pk}" for one in mailing.recipients)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def chosen_keys(request: HttpRequest, name: str) -> list[UUID]:
    """The keys ticked on a page of ours."""
    return uuids((request.POST if request.method == "POST" else request.GET).getlist(name))


# Who they are ------------------------------------------------------------------------------------


def of_professional(person: Professional, about: Model | None = None) -> Recipient:
    """A member of a team. Read with its structure and territory."""
    return Recipient(
        name=" ".join(part for part in (person.first_name, person.last_name) if part),
        email=person.email,
        territory=person.structure.territory,
        about=about or person,
        whose=person.structure.name,
    )


def of_teams(structures: QuerySet[Structure] | list[Structure]) -> Mailing:
    """The teams of these structures; one without anybody named is said. Two queries."""
    mailing = Mailing()
    chosen = {row.pk: row for row in structures}
    people = Professional.objects.filter(structure__in=list(chosen)).select_related("structure__territory")
    named = set()
    for person in people.order_by("structure__name_key", "-is_contact", "last_name"):
        named.add(person.structure_id)
        mailing.add(of_professional(person))
    for pk, row in chosen.items():
        if pk not in named:
            mailing.cannot(row.name, gettext("personne n'est nommé dans son équipe"))
    return mailing


# Letters kept under a name ------------------------------------------------------------------------


@admin.register(StandardLetter)
class StandardLetterAdmin(ScopedAdminMixin, _Admin):
    """Beginnings to choose from when one writes to several people."""

    add_title = _("Nouvelle lettre type")
    empty_text = _("Écrivez ici les lettres que vous envoyez souvent : vous les reprendrez d'un clic.")
    list_display = ["name", "subject", "territory", "updated_at"]
    list_filter = [("territory", ScopedRelatedFilter)]
    list_select_related = ["territory"]
    search_fields = ["name", "subject", "message"]
    ordering = ["name"]
    fields = ["territory", "name", "subject", "message"]

    def save_model(self, request: HttpRequest, obj: StandardLetter, form: Any, change: bool) -> None:
        services.keep(by=request.user, letter=obj)  # type: ignore[arg-type]

    def delete_model(self, request: HttpRequest, obj: StandardLetter) -> None:
        services.forget(by=request.user, letter=obj)  # type: ignore[arg-type]
