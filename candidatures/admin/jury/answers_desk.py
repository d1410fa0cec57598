"""What the answers ask of the coordinator today, in one query."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from candidatures.admin.jury.in_hand import juries_in_hand
from candidatures.enums import ApplicationState, OfferState, Outcome
from candidatures.models import Application, Decision, Jury, Offer, OutsideDecision, Position
from candidatures.selectors.sessions import DONE
from clea.mail.enums import MailState
from clea.ui.desk import DeskItem

S = ApplicationState


def _count(rows: QuerySet[Any], path: str) -> Coalesce:
    """How many of these rows belong to the jury of the outer query."""
    counted = rows.filter(**{path: OuterRef("call")}).order_by().values(path).annotate(n=Count("pk", distinct=True))
    return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), Value(0))


def _juries(request: HttpRequest) -> QuerySet[Jury]:
    """Juries of this person's territories, with what their answers count."""
    now = timezone.now()
    offers = Offer.objects.filter(state=OfferState.PENDING, letter__mail__state=MailState.SENT, answer_by__lte=now)
    dossiers = Application.objects.all()
    places = Position.objects.filter(call=OuterRef("call")).order_by().values("call").annotate(n=Sum("count"))
    settled = Q(decisions__session__state__in=DONE, decisions__outcome="selected")
    recorded = OutsideDecision.objects.filter(application=OuterRef("pk"), cancelled_at__isnull=True)
    written = recorded.filter(override="")
    first = written.filter(jury_on__lte=OuterRef("decisions__session__held_on"))
    examined = OutsideDecision.objects.filter(application=OuterRef("pk"), cancelled_at__isnull=True).exclude(
        override=""
    )
    here = (
        Decision.objects.filter(
            application__owner=OuterRef("owner"),
            application__state=S.SELECTED,
            outcome=Outcome.SELECTED,
            session__state__in=DONE,
            session__held_on__lte=OuterRef("decisions__session__held_on"),
            application__call__season__starts_on__lt=OuterRef("call__season__ends_on"),
            application__call__season__ends_on__gt=OuterRef("call__season__starts_on"),
        )
        # Another territory of this installation; ``selectors.outside`` says the same in full.
        .exclude(application__call__season__programme__territory=OuterRef("call__season__programme__territory"))
    )
    earlier = dossiers.filter(settled, state=S.SELECTED).filter(
        Q(Exists(first)) | (Q(Exists(here)) & Q(~Exists(examined)))
    )
    from_reserve = dossiers.filter(state__in=[S.RESERVE]).filter(Exists(written))
    accepted = dossiers.filter(state=S.SELECTED, offers__state=OfferState.ACCEPTED)
    return (
        Jury.objects.filter(pk__in=[jury.pk for jury in juries_in_hand(request)])
        .annotate(
            late=_count(offers, "application__call"),
            places=Coalesce(Subquery(places.values("n"), output_field=IntegerField()), Value(0)),
            selected=_count(dossiers.filter(state=S.SELECTED), "call"),
            reserve=_count(dossiers.filter(state=S.RESERVE), "call"),
            earlier=_count(earlier, "call") + _count(from_reserve, "call"),
            accepted=_count(accepted, "call"),
        )
        .filter(Q(late__gt=0) | Q(reserve__gt=0) | Q(earlier__gt=0) | Q(accepted__gt=0))
        .select_related("call")
        .annotate(free=F("places") - F("selected"))
        .order_by("call__title")
    )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """Late answers, free positions with a reserve, other territories to settle, names ready. One query."""
    today = timezone.localdate()
    items: list[DeskItem] = []
    for jury in _juries(request):
        url, title = reverse("admin:candidatures_jury_answers", args=[jury.uuid]), jury.call.title
        counted = ("late", "free", "earlier", "accepted", "reserve")
        late, free, earlier, accepted, reserve = (getattr(jury, name) for name in counted)
        if late:
            label = ngettext_lazy("artiste sans réponse dans le délai", "artistes sans réponse dans le délai")
            items.append(DeskItem(label=label, count=late, url=url, urgency="now", detail=title))
        if earlier:
            label = ngettext_lazy("artiste retenu aussi ailleurs", "artistes retenus aussi ailleurs")
            outside = reverse("admin:candidatures_jury_outside", args=[jury.uuid])
            items.append(DeskItem(label=label, count=earlier, url=outside, urgency="now", detail=title))
        if free > 0 and reserve:
            label = ngettext_lazy("résidence libre, à proposer", "résidences libres, à proposer")
            detail = _("%(call)s – la liste complémentaire attend.") % {"call": title}
            items.append(DeskItem(label=label, count=free, url=url, urgency="soon", detail=detail))
        results = jury.call.results_on
        if accepted and jury.publication_approved_at is None and (results is None or results <= today):
            label = ngettext_lazy("nom prêt à publier", "noms prêts à publier")
            items.append(DeskItem(label=label, count=accepted, url=url, urgency="soon", detail=title))
    return items
