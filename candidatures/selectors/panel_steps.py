"""Where a selection stands, step by step, each with its figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidatures.enums import (
    DECIDED_STATES,
    DELIBERATED_STATES,
    ApplicationState,
    OfferState,
    SessionState,
)
from candidatures.models import (
    Application,
    InterviewInvitation,
    InterviewSlot,
    Juror,
    Jury,
    JurySession,
    Letter,
    Offer,
    Position,
    Review,
)
from candidatures.selectors.panel import given
from clea.mail.enums import MailState
from clea.ui.dates import day

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_WORDS = {
    "done": gettext_lazy("fait"),
    "open": gettext_lazy("en cours"),
    "attention": gettext_lazy("à faire"),
    "idle": gettext_lazy("à venir"),
}


@dataclass(frozen=True)
class Step:
    """A part of the selection: ``name`` is its tab's, ``figure`` short, ``detail`` a sentence."""

    name: str
    label: str | _StrPromise
    figure: str
    detail: str
    tone: str

    @property
    def state(self) -> str:
        return str(_WORDS[self.tone])


def _counted(rows: QuerySet[Any], by: str, what: str = "pk") -> Subquery:
    """How many of ``rows``, or of different ``what`` in them, for each row outside."""
    counted = rows.order_by().values(by).annotate(n=Count(what, distinct=what != "pk"))
    return Subquery(counted.values("n"), output_field=IntegerField())


def _over(done: int, total: int) -> str:
    return _("%(done)d sur %(total)d") % {"done": done, "total": total}


def steps(jury: Jury) -> list[Step]:
    """The nine steps, in the order of their life. Four queries, whatever there is."""
    dossiers = _dossiers(jury)
    figures = _figures(jury)
    session = (
        JurySession.objects.filter(jury=jury)
        .annotate(decided=Count("decisions", filter=~Q(decisions__outcome="")))
        .order_by("-held_on", "-pk")
        .first()
    )
    return [
        _members(figures),
        _assignment(jury, dossiers),
        _reading(jury, dossiers),
        _ranking(dossiers),
        _interviews(figures),
        _session(session, dossiers),
        _letters(figures, session),
        _answers(figures),
        _publication(jury, figures),
    ]


# Figures -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Dossiers:
    to_check: int
    total: int
    shortlisted: int
    decided: int
    served: int
    scored: int
    given: int
    filed: int


def _dossiers(jury: Jury) -> _Dossiers:
    """What the call received, and how each dossier is read. Two queries, whatever their number."""
    # Among this jury's reviews: a database may read all that it is given before it compares.
    own = Review.objects.filter(juror__jury=jury)
    filed = own.filed().filter(juror=OuterRef("juror"), application=OuterRef("application"))
    readings = {
        key: (n, done)
        for key, n, done in given(jury)
        .order_by()
        .values_list("application")
        .annotate(n=Count("pk"), done=Count("pk", filter=Exists(filed)))
    }
    received = Application.objects.filter(call=jury.call_id, last_deposit__isnull=False).order_by()
    scored = Exists(own.counted().filter(application=OuterRef("pk")))
    rows = [
        (state, *readings.get(key, (0, 0)), noted)
        for key, state, noted in received.annotate(noted=scored).values_list("pk", "state", "noted")
    ]
    live = [row for row in rows if row[0] in DELIBERATED_STATES]
    decided = [row for row in rows if row[0] in DECIDED_STATES]
    after = frozenset({ApplicationState.SHORTLISTED, ApplicationState.INTERVIEWED})
    return _Dossiers(
        to_check=sum(1 for row in rows if row[0] == ApplicationState.SUBMITTED),
        total=len(live) + len(decided),
        shortlisted=sum(1 for row in live if row[0] in after),
        decided=len(decided),
        served=sum(1 for row in live + decided if row[1] >= jury.readers_per_dossier),
        scored=sum(1 for row in live + decided if row[3]),
        given=sum(row[1] for row in live + decided),
        filed=sum(row[2] for row in live + decided),
    )


def _figures(jury: Jury) -> dict[str, int]:
    """Counts of members, and of what follows the reading. One query."""
    call = jury.call_id
    slots = InterviewSlot.objects.open().filter(jury=OuterRef("pk"))
    letters = Letter.objects.filter(application__call=call).annotate(one=F("application__call__jury"))
    offers = Offer.objects.filter(application__call=call).annotate(one=F("application__call__jury"))
    invitations = InterviewInvitation.objects.filter(application__call=call).annotate(one=F("application__call__jury"))
    positions = (
        Position.objects.filter(call=call).order_by().values("call").annotate(total=Sum("count")).values("total")
    )
    sitting = Juror.objects.sitting().filter(jury=OuterRef("pk"))
    counts = {
        "sitting": _counted(sitting, "jury"),
        "joined": _counted(sitting.filter(joined_at__isnull=False), "jury"),
        "institutions": _counted(sitting, "jury", "institution"),
        "opened": _counted(slots, "jury"),
        "booked": _counted(slots.filter(application__isnull=False), "jury"),
        "invited": _counted(invitations, "one"),
        "letters_sent": _counted(letters.filter(mail__state=MailState.SENT), "one"),
        "letters_waiting": _counted(
            letters.filter(mail__state__in=[MailState.DRAFT, MailState.APPROVED, MailState.FAILED]), "one"
        ),
        "accepted": _counted(offers.filter(state=OfferState.ACCEPTED), "one"),
        "pending": _counted(offers.filter(state=OfferState.PENDING), "one"),
        "positions": Subquery(positions, output_field=IntegerField()),
    }
    row: Any = (
        Jury.objects.filter(pk=jury.pk)
        .order_by()
        .values(**{name: Coalesce(expression, 0) for name, expression in counts.items()})
        .get()
    )
    return dict(row)


# Steps ---------------------------------------------------------------------------------------


def _members(row: dict[str, int]) -> Step:
    detail = ngettext(
        "engagement accepté par %(joined)d ; %(n)d institution",
        "engagement accepté par %(joined)d ; %(n)d institutions",
        row["institutions"],
    ) % {"joined": row["joined"], "n": row["institutions"]}
    tone = "attention" if not row["sitting"] else "done" if row["joined"] == row["sitting"] else "open"
    figure = ngettext("%(n)d membre", "%(n)d membres", row["sitting"]) % {"n": row["sitting"]}
    return Step("members", gettext_lazy("Membres"), figure, detail, tone)


def _and(said: str, more: str) -> str:
    return _("%(said)s ; %(more)s") % {"said": said, "more": more}


def _assignment(jury: Jury, dossiers: _Dossiers) -> Step:
    detail = ngettext(
        "dossiers recevables qui ont %(n)d lecture attribuée",
        "dossiers recevables qui ont %(n)d lectures attribuées",
        jury.readers_per_dossier,
    ) % {"n": jury.readers_per_dossier}
    if dossiers.to_check:
        to_check = ngettext("%(n)d dossier reste à vérifier", "%(n)d dossiers restent à vérifier", dossiers.to_check)
        detail = _and(detail, to_check % {"n": dossiers.to_check})
    if not dossiers.total:
        tone = "idle"
    elif dossiers.served == dossiers.total:
        tone = "done"
    else:
        tone = "open" if dossiers.served else "attention"
    return Step("assignment", gettext_lazy("Attribution"), _over(dossiers.served, dossiers.total), detail, tone)


def _reading(jury: Jury, dossiers: _Dossiers) -> Step:
    over = jury.reads_to is not None and jury.reads_to < timezone.localdate()
    detail = _("lectures déposées")
    if jury.reads_to:
        sentence = _("lectures déposées ; lecture finie le %(day)s")
        if not over:
            sentence = _("lectures déposées ; la lecture finit le %(day)s")
        detail = sentence % {"day": day(jury.reads_to)}
    tone = "idle" if not dossiers.given else "done" if dossiers.filed == dossiers.given else "open"
    if tone == "open" and over:
        tone = "attention" if dossiers.decided < dossiers.total else "done"
    return Step("dossiers", gettext_lazy("Lecture"), _over(dossiers.filed, dossiers.given), detail, tone)


def _ranking(dossiers: _Dossiers) -> Step:
    detail = _("dossiers qui ont au moins une note")
    if dossiers.shortlisted:
        shortlisted = ngettext("%(n)d présélectionné", "%(n)d présélectionnés", dossiers.shortlisted)
        detail = _and(detail, shortlisted % {"n": dossiers.shortlisted})
    done = bool(dossiers.shortlisted or dossiers.decided)
    tone = "done" if done else "open" if dossiers.scored else "idle"
    return Step("ranking", gettext_lazy("Classement"), _over(dossiers.scored, dossiers.total), detail, tone)


def _interviews(figures: dict[str, int]) -> Step:
    detail = ngettext(
        "%(n)d artiste invité à choisir un créneau", "%(n)d artistes invités à choisir un créneau", figures["invited"]
    ) % {"n": figures["invited"]}
    if not figures["opened"]:
        return Step("interviews", gettext_lazy("Entretiens"), _("aucun créneau"), detail, "idle")
    full = figures["invited"] and figures["booked"] >= figures["invited"]
    figure = ngettext("%(done)d réservé sur %(total)d", "%(done)d réservés sur %(total)d", figures["booked"]) % {
        "done": figures["booked"],
        "total": figures["opened"],
    }
    return Step("interviews", gettext_lazy("Entretiens"), figure, detail, "done" if full else "open")


def _session(session: Any, dossiers: _Dossiers) -> Step:
    label = gettext_lazy("Séance")
    if session is None:
        return Step("sessions", label, _("aucune"), _("La séance du jury n'est pas ouverte."), "idle")
    figure = ngettext("%(n)d décision", "%(n)d décisions", session.decided) % {"n": session.decided}
    when = _("séance du %(day)s") % {"day": day(session.held_on)}
    detail = f"{when}, {session.get_state_display()}"
    tones = {SessionState.PREPARING: "open", SessionState.SETTLED: "attention", SessionState.CLOSED: "done"}
    return Step("sessions", label, figure, detail, tones[SessionState(session.state)])


def _letters(figures: dict[str, int], session: Any) -> Step:
    waiting, sent = figures["letters_waiting"], figures["letters_sent"]
    figure = ngettext("%(n)d envoyé", "%(n)d envoyés", sent) % {"n": sent}
    detail = ngettext("%(n)d courrier à relire ou à envoyer", "%(n)d courriers à relire ou à envoyer", waiting) % {
        "n": waiting
    }
    settled = session is not None and session.state != SessionState.PREPARING
    tone = "attention" if waiting or (settled and not sent) else "done" if sent else "idle"
    return Step("letters", gettext_lazy("Courriers"), figure, detail, tone)


def _answers(figures: dict[str, int]) -> Step:
    accepted, pending, positions = figures["accepted"], figures["pending"], figures["positions"]
    figure = ngettext("%(done)d acceptée sur %(total)d", "%(done)d acceptées sur %(total)d", accepted) % {
        "done": accepted,
        "total": positions,
    }
    detail = ngettext("%(n)d artiste n'a pas encore répondu", "%(n)d artistes n'ont pas encore répondu", pending) % {
        "n": pending
    }
    tone = "done" if positions and accepted >= positions else "open" if accepted or pending else "idle"
    return Step("answers", gettext_lazy("Réponses"), figure, detail, tone)


def _publication(jury: Jury, figures: dict[str, int]) -> Step:
    label = gettext_lazy("Publication")
    if jury.publication_approved_at is None or jury.publish_on is None:
        tone = "attention" if figures["accepted"] else "idle"
        return Step("answers", label, _("non approuvée"), _("Les noms ne sont pas publiés."), tone)
    out = jury.publish_on <= timezone.localdate()
    detail = _("Les noms des artistes qui ont accepté sont publics.") if out else _("Les noms paraîtront ce jour-là.")
    return Step("answers", label, day(jury.publish_on), detail, "done" if out else "open")
