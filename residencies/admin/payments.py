"""The payments of a season among the desk's pages: the list, one payment, several at once, the exports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from candidatures.admin.common import person, refuse, uuids, whole
from candidatures.models import Season
from clea.errors import Refused, StaleWrite
from residencies.admin.base import SeasonPages
from residencies.admin.payment_acts import ACTS, TOGETHER, Act, offered
from residencies.forms.money import ExpenseForm, FilterForm, PayForm
from residencies.forms.welcome import look_again
from residencies.models import Payment, Residency
from residencies.reports import payment_export
from residencies.rules import money as rules
from residencies.selectors import money as selectors
from residencies.services import money, payments

#: Each is its own act, its own message to the artist: more at once would keep the page waiting.
AT_ONCE = 50
#: As many a page, so that all those shown may be chosen.
PER_PAGE = AT_ONCE


class SeasonPaymentsMixin(SeasonPages):
    """All the payments of a season."""

    def season_urls(self) -> list[URLPattern]:
        one = "paiements/<uuid:payment>/"
        return [
            self.season_address("paiements/", require_safe(self.payments_page), "payments"),
            self.season_address("paiements/depense/", self.payments_expense_page, "payments_expense"),
            self.season_address("paiements/agir/", require_POST(self.payments_act), "payments_act"),
            self.season_address("paiements/export/", require_POST(self.payments_export), "payments_export"),
            self.season_address(one, require_safe(self.payment_page), "payment"),
            self.season_address(f"{one}modifier/", self.payment_change_page, "payment_change"),
            self.season_address(f"{one}<slug:act>/", self.payment_act_page, "payment_act"),
            *super().season_urls(),
        ]

    # The list -----------------------------------------------------------------------------------

    def payments_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The payments, filtered, with their totals. Queries do not grow with the rows."""
        season = self.season(request, key)
        form, found = _asked(season, request.GET)
        return self.season_page(
            request,
            "admin/residencies/season/payments.html",
            season=season,
            title=_("Paiements"),
            tab="payments",
            form=form,
            filtered=bool(form.wanted()),
            payments=Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
            states=selectors.by_state(found),
            live=selectors.sums(found),
            today=timezone.localdate(),
            acts=[ACTS[slug] for slug in TOGETHER],
            can_write=season.closed_at is None,
        )

    def payments_expense_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """An expense of the season, or of one of its residencies."""
        season = self.season(request, key)
        form = ExpenseForm(request.POST if request.method == "POST" else None, season=season)
        if request.method == "POST" and form.is_valid():
            try:
                money.add_expense(
                    by=person(request),
                    season=season,
                    residency=form.cleaned_data["residency"],
                    expense=form.expense(),
                )
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("La dépense est ajoutée."))
                return HttpResponseRedirect(_list(season))
        return self._payment_form(
            request,
            season,
            form,
            title=_("Ajouter une dépense"),
            button=_("Ajouter la dépense"),
            back=_list(season),
        )

    # One payment --------------------------------------------------------------------------------

    def payment_page(self, request: HttpRequest, key: UUID, payment: UUID) -> HttpResponse:
        """One payment: what it is, who answered for it, what may be done now."""
        season = self.season(request, key)
        found = _one(season, payment)
        return self.season_page(
            request,
            "admin/residencies/season/payments_one.html",
            season=season,
            title=found.label,
            tab="payments",
            payment=found,
            acts=offered(found, person(request)),
            waits_another=found.state == "checked"
            and not rules.can_approve(found, person(request), season.programme.territory),
            can_change=season.closed_at is None and rules.can_change(found),
            today=timezone.localdate(),
            back=_list(season),
        )

    def payment_change_page(self, request: HttpRequest, key: UUID, payment: UUID) -> HttpResponse:
        """Its day, its amounts, its words, while nobody answered for it."""
        season = self.season(request, key)
        found = _one(season, payment)
        form = ExpenseForm(request.POST if request.method == "POST" else None, payment=found)
        if request.method == "POST" and form.is_valid():
            try:
                payments.change(
                    by=person(request),
                    payment=found,
                    expense=form.expense(),
                    version=form.cleaned_data["version"] or 0,
                )
            except StaleWrite as stale:
                look_again(form, version=_one(season, payment).version)
                form.add_error(None, str(stale))
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("Le paiement est modifié."))
                return HttpResponseRedirect(_page(season, found))
        verdict = rules.can_change(found)
        return self._payment_form(
            request,
            season,
            form,
            title=_("Modifier : %(label)s") % {"label": found.label},
            button=_("Enregistrer"),
            back=_page(season, found),
            impossible="" if verdict else verdict.reason,
        )

    def payment_act_page(self, request: HttpRequest, key: UUID, payment: UUID, act: str) -> HttpResponse:
        """Ask before an act, then do it."""
        season = self.season(request, key)
        found = _one(season, payment)
        known = ACTS.get(act)
        if known is None:
            raise Http404
        form = known.form(request.POST if request.method == "POST" else None, initial=_initial(known, found))
        if request.method == "POST" and form.is_valid():
            try:
                known.do(by=person(request), payment=found, **form.cleaned_data)
            except StaleWrite as stale:
                messages.error(request, str(stale))
                return HttpResponseRedirect(_page(season, found))
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, known.done)
                return HttpResponseRedirect(_page(season, found))
        verdict = known.possible(found, person(request))
        return self._payment_form(
            request,
            season,
            form,
            title=_("%(act)s : %(label)s") % {"act": known.button, "label": found.label},
            button=known.button,
            back=_page(season, found),
            payment=found,
            warning=known.warning if selectors.goes_to_artist(found) else "",
            impossible="" if verdict else verdict.reason,
        )

    def _payment_form(
        self,
        request: HttpRequest,
        season: Season,
        form: Any,
        *,
        title: str,
        **context: Any,
    ) -> HttpResponse:
        response = self.season_page(
            request,
            "admin/residencies/season/payments_form.html",
            season=season,
            title=title,
            tab="payments",
            form=form,
            **context,
        )
        response.status_code = 422 if form.errors else 200
        return response

    # Several ------------------------------------------------------------------------------------

    def payments_act(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """First say what will be done to which, and what cannot be; then, confirmed, do it to each."""
        season = self.season(request, key)
        act = ACTS.get(request.POST.get("action", ""))
        if act is None or act.slug not in TOGETHER:
            raise Http404
        chosen = _chosen(season, request)
        if not chosen or len(chosen) > AT_ONCE:
            text = _("Cochez %(n)d paiements au plus à la fois.") if chosen else _("Cochez au moins un paiement.")
            messages.error(request, text % {"n": AT_ONCE})
            return HttpResponseRedirect(_list(season))
        form = act.form(request.POST if "confirmed" in request.POST else None, initial=_initial(act, None))
        if "confirmed" in request.POST and form.is_valid():
            typed = {name: value for name, value in form.cleaned_data.items() if name != "version"}
            self._do_each(request, act, chosen, typed)
            return HttpResponseRedirect(_list(season))
        verdicts = [(one, act.possible(one, person(request))) for one in chosen]
        able = [one for one, verdict in verdicts if verdict]
        response = self.season_page(
            request,
            "admin/residencies/season/payments_several.html",
            season=season,
            title=_("%(act)s : plusieurs paiements") % {"act": act.button},
            tab="payments",
            act=act,
            warning=act.warning if any(map(selectors.goes_to_artist, able)) else "",
            able=able,
            unable=[(one, verdict.reason) for one, verdict in verdicts if not verdict],
            sums=selectors.sums(able),
            form=form,
            back=_list(season),
        )
        response.status_code = 422 if form.errors else 200
        return response

    @staticmethod
    def _do_each(request: HttpRequest, act: Act, chosen: Sequence[Payment], typed: dict[str, Any]) -> None:
        """A refusal stops that one only."""
        done, refused = 0, []
        for one in chosen:
            try:
                seen = whole(request.POST.get(f"v-{one.uuid}", ""))
                act.do(by=person(request), payment=one, version=seen, **typed)
            except (Refused, ValidationError) as error:
                text = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
                refused.append(f"{one.label}\N{NO-BREAK SPACE}: {text}")
            else:
                done += 1
        if done:
            words = {
                "verifier": ngettext("%(n)d paiement est vérifié.", "%(n)d paiements sont vérifiés.", done),
                "valider": ngettext("%(n)d paiement est validé.", "%(n)d paiements sont validés.", done),
            }.get(act.slug, ngettext("%(n)d paiement est noté.", "%(n)d paiements sont notés.", done))
            messages.success(request, words % {"n": done})
        for line in refused[:8]:
            messages.warning(request, line)
        if len(refused) > 8:
            messages.warning(request, _("Et %(n)d autres, pour des raisons semblables.") % {"n": len(refused) - 8})

    # For the finance department -------------------------------------------------------------------

    def payments_export(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """What the list shows, as a file; the journal keeps who took it."""
        season = self.season(request, key)
        form = request.POST.get("form", "")
        if form not in payment_export.FORMS:
            raise Http404
        found = _asked(season, request.POST)[1]
        payments.record_export(by=person(request), season=season, form=form, count=len(found))
        name = slugify(f"paiements-{season.name}-{timezone.localdate().isoformat()}")
        kept = payment_export.workbook(found) if form == "xlsx" else payment_export.lines(found)
        return HttpResponse(
            kept,
            content_type=payment_export.FORMS[form],
            headers={
                "Content-Disposition": f'attachment; filename="{name}.{form}"',
                "Cache-Control": "private, no-store",
            },
        )


def _asked(season: Season, data: Any) -> tuple[FilterForm, list[Payment]]:
    """The question, and the payments that answer it. Two queries."""
    residencies = list(Residency.objects.filter(season=season).order_by("artist_name", "pk"))
    form = FilterForm(data, residencies=residencies)
    return form, list(selectors.payments(season, form.wanted(), today=timezone.localdate()))


def _chosen(season: Season, request: HttpRequest) -> list[Payment]:
    keys = uuids(request.POST.getlist("payments"))
    return list(selectors.payments(season).filter(uuid__in=keys))


def _one(season: Season, key: UUID) -> Payment:
    """A payment of this season. 404 otherwise."""
    found = selectors.payments(season).select_related("claimed_by", "trip").filter(uuid=key).first()
    if found is None:
        raise Http404
    return found


def _initial(act: Act, payment: Payment | None) -> dict[str, Any]:
    initial: dict[str, Any] = {} if payment is None else {"version": payment.version}
    if act.form is PayForm:
        paid_on = payment.paid_on if payment is not None else None
        initial |= {
            "paid_on": paid_on or timezone.localdate(),
            "reference": payment.reference if payment is not None else "",
        }
    return initial


def _list(season: Season) -> str:
    return reverse("admin:residencies_season_payments", args=[season.uuid])


def _page(season: Season, payment: Payment) -> str:
    return reverse("admin:residencies_season_payment", args=[season.uuid, payment.uuid])
