"""The news on the desk: written, looked at, published, sent once to the subscribers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from candidatures.admin.common import DeskAdmin, person, refuse
from clea.errors import Refused, StaleWrite
from clea.jobs.services import MANY
from clea.journal.selectors import entries_for
from clea.ui.templatetags.clea import state_tag
from residencies import jobs
from residencies.forms.communication import NewsForm
from residencies.forms.welcome import look_again
from residencies.models import News
from residencies.rules import communication as rules
from residencies.selectors import communication as selectors
from residencies.services import news, news_notices
from structures.admin.scope import ScopedRelatedFilter

_TEMPLATES = "admin/residencies/news"


class NewsFilter(admin.SimpleListFilter):
    """Where a news stands."""

    title = gettext_lazy("état")
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("preparation", gettext_lazy("en préparation")),
            ("publiee", gettext_lazy("publiée")),
            ("envoyee", gettext_lazy("envoyée aux abonnés")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[News]) -> QuerySet[News]:
        if self.value() == "preparation":
            return queryset.filter(published_at=None)
        if self.value() == "publiee":
            return queryset.exclude(published_at=None)
        return queryset.exclude(sent_at=None) if self.value() == "envoyee" else queryset


@admin.register(News)
class NewsAdmin(DeskAdmin):
    """One news, from its first words to the subscribers' mailboxes."""

    territory_path = "territory"
    can_delete = False
    add_title = gettext_lazy("Écrire une actualité")
    list_display = ["title", "state_word", "published_at", "sent_at", "residency", "updated_at"]
    list_filter = [("territory", ScopedRelatedFilter), NewsFilter, ("residency", ScopedRelatedFilter)]
    empty_text = gettext_lazy("Écrivez une actualité : publiée, elle paraît sur le site et peut partir aux abonnés.")
    list_per_page = 50
    search_fields = ["title", "summary"]
    ordering = ["-updated_at", "-pk"]

    class Media:
        css = {"all": ["css/coordination.css", "css/residencies-desk.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[News]:
        return super().get_queryset(request).select_related("territory", "residency")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By its own page, which says what it costs."""
        return False

    @admin.display(description=gettext_lazy("état"), ordering="published_at")
    def state_word(self, row: News) -> str:
        return (
            state_tag("", _("publiée"), "done") if row.published_at else state_tag("", _("en préparation"), "partial")
        )

    def get_urls(self) -> list[URLPattern]:
        def one(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            page = require_http_methods(["GET", "HEAD", "POST"])(view)
            return path(f"<uuid:key>/{route}", self.admin_site.admin_view(page), name=f"residencies_news_{name}")

        return [
            one("publier/", self.publish_page, "publish"),
            one("retirer/", self.unpublish_page, "unpublish"),
            one("envoyer/", self.send_page, "send"),
            one("supprimer/", self.discard_page, "discard"),
            *super().get_urls(),
        ]

    # Writing -----------------------------------------------------------------------------------

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A new one, seen by nobody else before it is published."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewsForm(request.POST if request.method == "POST" else None, user=request.user)
        if request.method == "POST" and form.is_valid() and "apercu" not in request.POST:
            try:
                made = news.write(by=person(request), territory=form.chosen, text=form.text())
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("L'actualité est enregistrée. Relisez-la, puis publiez-la."))
                return HttpResponseRedirect(_url(made))
        return self._form(request, form, str(self.add_title), None)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Its text, what may be done of it, what came of sending it."""
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        form = NewsForm(request.POST if request.method == "POST" else None, user=request.user, news=row)
        stored = None
        if request.method == "POST" and form.is_valid() and "apercu" not in request.POST:
            try:
                news.change(by=person(request), news=row, text=form.text(), version=form.cleaned_data["version"] or 0)
            except StaleWrite as stale:
                stored = News.objects.get(pk=row.pk)
                look_again(form, version=stored.version)
                form.add_error(None, str(stale))
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("L'actualité est enregistrée."))
                return HttpResponseRedirect(request.path)
        return self._form(request, form, row.title, row, stored=stored)

    def _form(self, request: HttpRequest, form: NewsForm, title: str, row: News | None, **context: Any) -> HttpResponse:
        shown = form.cleaned_data if form.is_bound and form.is_valid() and "apercu" in request.POST else None
        if row is not None:
            context |= {
                "may": {
                    "publish": rules.can_publish(row),
                    "unpublish": rules.can_unpublish(row),
                    "send": rules.can_send(row),
                    "discard": rules.can_discard(row),
                },
                "deliveries": selectors.deliveries(row) if row.sent_at else None,
                "outbox": f"{reverse('admin:mail_outgoingmail_changelist')}?state__exact=failed",
                "entries": entries_for(row)[:20],
            }
        response = self.page(
            request,
            f"{_TEMPLATES}/form.html",
            title=title,
            news=row,
            form=form,
            shown=shown,
            **context,
        )
        if form.is_bound and form.errors:
            response.status_code = 422
        return response

    # Acts --------------------------------------------------------------------------------------

    def publish_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        row: News = self.found(request, key)
        lines = [_("Tout le monde la lit sur le site, et le fil Atom l'annonce."), _("Rien ne part aux abonnés.")]
        if request.method == "POST":
            return self._act(
                request,
                row,
                lambda: news.publish(by=person(request), news=row),
                _("L'actualité est publiée."),
            )
        return self._confirm(request, row, _("Publier cette actualité ?"), _("Publier"), lines)

    def unpublish_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        row: News = self.found(request, key)
        lines = [_("Sa page n'existe plus, et elle sort du fil. Vous pouvez la publier à nouveau, à une autre date.")]
        if row.sent_at:
            lines.append(_("Le message déjà parti aux abonnés mène à cette page : son lien ne s'ouvrira plus."))
        if request.method == "POST":
            return self._act(
                request,
                row,
                lambda: news.unpublish(by=person(request), news=row),
                _("L'actualité est retirée du site."),
            )
        return self._confirm(request, row, _("Retirer cette actualité du site ?"), _("Retirer du site"), lines)

    def send_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """To how many, in what words; then each is written to, once for all."""
        row: News = self.found(request, key)
        reach = selectors.reach(row.territory)
        if request.method == "POST" and rules.can_send(row) and reach.confirmed > MANY:
            return HttpResponseRedirect(
                jobs.start_news(by=person(request), news=row, back_url=_url(row)).get_absolute_url()
            )
        if request.method == "POST":
            return self._act(request, row, lambda: news.send(by=person(request), news=row), self._sent_words)
        to = ngettext("%(n)d abonné reçoit un message", "%(n)d abonnés reçoivent chacun un message", reach.confirmed)
        spoken = _("en français : %(french)d, en anglais : %(english)d") % {
            "french": reach.french,
            "english": reach.english,
        }
        lines = [f"{to % {'n': reach.confirmed}} ({spoken}).", _("Cela ne se fait qu'une fois, et ne se défait pas.")]
        verdict = rules.can_send(row)
        impossible = "" if verdict else str(verdict.reason)
        if verdict and not reach.confirmed:
            impossible = _("Personne n'est encore abonné : il n'y a rien à envoyer.")
        return self._confirm(
            request,
            row,
            _("Envoyer cette actualité aux abonnés ?"),
            ngettext("Envoyer à %(n)d abonné", "Envoyer à %(n)d abonnés", reach.confirmed) % {"n": reach.confirmed},
            lines,
            impossible=impossible,
            preview=news_notices.preview(row),
        )

    @staticmethod
    def _sent_words(count: int) -> str:
        return ngettext(
            "L'actualité part à %(n)d abonné : suivez l'envoi ici.",
            "L'actualité part à %(n)d abonnés : suivez l'envoi ici.",
            count,
        ) % {"n": count}

    def discard_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        row: News = self.found(request, key)
        if request.method == "POST":
            try:
                news.discard(by=person(request), news=row)
            except Refused as error:
                messages.error(request, str(error))
                return HttpResponseRedirect(_url(row))
            messages.success(request, _("L'actualité est supprimée."))
            return HttpResponseRedirect(reverse("admin:residencies_news_changelist"))
        verdict = rules.can_discard(row)
        lines = [_("Elle n'est ni publiée ni envoyée. Cela ne se défait pas.")]
        return self._confirm(
            request,
            row,
            _("Supprimer cette actualité ?"),
            _("Supprimer"),
            lines,
            impossible="" if verdict else str(verdict.reason),
        )

    def _act(
        self,
        request: HttpRequest,
        row: News,
        act: Callable[[], Any],
        done: str | Callable[[Any], str],
    ) -> HttpResponse:
        try:
            answer = act()
        except (Refused, ValidationError) as error:
            messages.error(request, str(error) if isinstance(error, Refused) else " ".join(error.messages))
        else:
            messages.success(request, done(answer) if callable(done) else done)
        return HttpResponseRedirect(_url(row))

    def _confirm(
        self,
        request: HttpRequest,
        row: News,
        title: str,
        button: str,
        lines: list[str],
        **context: Any,
    ) -> HttpResponse:
        return self.page(
            request,
            f"{_TEMPLATES}/confirm.html",
            title=title,
            obj=row,
            news=row,
            button=button,
            lines=lines,
            back=_url(row),
            **context,
        )


def _url(row: News) -> str:
    return reverse("admin:residencies_news_change", args=[row.uuid])
