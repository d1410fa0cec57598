"""The next step of an artist's dossiers and of a juror's seats: what each of their homes opens on.

A dossier's step says only what its people were told: nothing here reads a decision before its letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Min, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidatures import selectors
from candidatures.enums import (
    DELIBERATED_STATES,
    ApplicationState,
    CallPhase,
    CallStatus,
    CollaboratorRole,
    OfferState,
    ReviewState,
    SessionState,
)
from candidatures.models import (
    Application,
    Assignment,
    CallPeriod,
    Collaborator,
    InterviewSlot,
    Juror,
    JurySession,
    Offer,
    PieceRequest,
    Recusal,
    Review,
)
from candidatures.rules import can_receive
from candidatures.selectors import interviews, reading
from clea.i18n import localised
from clea.ui.next_step import NextStep

if TYPE_CHECKING:
    from clea.accounts.models import User

OWN_SPACE = gettext_lazy("Mon espace")
JURY_SPACE = gettext_lazy("Jury")


# The artist ------------------------------------------------------------------------------------------


class Dossiers:
    """A person's dossiers with what surrounds them, whatever their number: seven queries at most, two while nothing
    was filed.
    """

    def __init__(self, user: User, now: datetime | None = None) -> None:
        self.now = now or timezone.now()
        self.today = timezone.localdate(self.now)
        self.own = selectors.own_applications(user)
        keys = [row.pk for row in self.own]
        # What nobody filed is heard by no jury, and nothing more is asked for it.
        filed = [row for row in self.own if row.last_deposit_id is not None]
        self.bookings = interviews.bookings(filed)
        edited = Collaborator.objects.filter(user=user, role=CollaboratorRole.EDIT) if keys else []
        shared = {one.application_id for one in edited}
        self.written = {row.pk for row in self.own if row.owner_id == user.pk or row.pk in shared}
        self.asked: dict[int, PieceRequest] = {}
        self.offers: dict[int, Offer] = {}
        self.begins: dict[int, CallPeriod] = {}
        if not filed:
            return
        waiting = PieceRequest.objects.waiting().filter(application__in=filed).select_related("piece")
        for request in waiting.order_by("-due_at"):
            self.asked[request.application_id] = request
        told = [row.pk for row in self.own if row.told[1] == OfferState.PENDING]
        if told:
            pending = Offer.objects.filter(application__in=told, state=OfferState.PENDING)
            self.offers = {one.application_id: one for one in pending}
        kept = [row.call_id for row in self.own if row.told[1] == OfferState.ACCEPTED]
        if kept:
            for period in CallPeriod.objects.filter(call__in=kept).order_by("-starts_on"):
                self.begins[period.call_id] = period

    def deadline(self, row: Application) -> datetime:
        """The close for the dossier's owner, extension included."""
        return row.closes_at

    def is_open(self, row: Application) -> bool:
        return bool(can_receive(row.call, self.deadline(row), self.now))

    def is_past(self, row: Application) -> bool:
        """Nothing more will happen to it: withdrawn, never filed in time, or told in a season that is over."""
        if row.is_left:
            return True
        if row.state == ApplicationState.DRAFT:
            return not self.is_open(row) and self.now >= row.call.closes_at
        return row.was_told and row.pk not in self.offers and row.call.season.ends_on < self.today

    def step(self, row: Application) -> NextStep | None:
        """What this dossier waits for, from its people or from others. No query."""
        if self.is_past(row):
            return None
        return self._to_do(row) or self._coming(row)

    def steps(self) -> list[NextStep]:
        return [step for step in map(self.step, self.own) if step is not None]

    def _about(self, row: Application) -> str:
        return f"{localised(row.call, 'title')} · {row.display_name}"

    def _say(self, row: Application, label: str, **facts: object) -> NextStep:
        facts.setdefault("href", row.get_absolute_url())
        return NextStep(label=label, detail=self._about(row), space=OWN_SPACE, **facts)  # type: ignore[arg-type]

    def _to_do(self, row: Application) -> NextStep | None:
        writes = row.pk in self.written
        offer = self.offers.get(row.pk)
        if offer is not None and writes:
            return self._say(
                row, _("Répondre à la proposition de résidence"), when=offer.answer_by,
                href=reverse("applications:answer", args=[row.uuid]), action=_("Lire et répondre"),
            )  # fmt: skip
        asked = self.asked.get(row.pk)
        if asked is not None and writes and not row.was_told:
            label = _("Envoyer une pièce demandée : %(piece)s")
            return self._say(
                row, label % {"piece": localised(asked.piece, "title")}, when=asked.due_at,
                href=reverse("applications:request", args=[row.uuid, asked.uuid]),
                action=_("Envoyer cette pièce"),
            )  # fmt: skip
        if (step := self._interview(row)) is not None:
            return step
        if not writes or not self.is_open(row):
            return None
        if row.state == ApplicationState.DRAFT:
            return self._say(
                row, _("Terminer et déposer votre dossier"), when=self.deadline(row), action=_("Reprendre mon dossier")
            )
        if row.can_change and row.has_unfiled_changes:
            return self._say(
                row, _("Déposer de nouveau : vos changements ne comptent pas encore"),
                when=self.deadline(row), action=_("Revoir et déposer"),
            )  # fmt: skip
        return None

    def _interview(self, row: Application) -> NextStep | None:
        booking = self.bookings.get(row.pk)
        if booking is None:
            return None
        href = reverse("applications:interview", args=[row.uuid])
        if booking.slot is not None:
            if booking.slot.ends_at <= self.now:
                return None
            return self._say(
                row, _("Entretien avec le jury"), when=booking.slot.starts_at, kind="on", href=href,
                action=_("Voir l'entretien"),
            )  # fmt: skip
        invitation = booking.invitation
        if invitation is None or invitation.declined_at or invitation.book_by <= self.now:
            return None
        return self._say(
            row, _("Choisir un créneau d'entretien"), when=invitation.book_by, href=href, action=_("Choisir un créneau")
        )

    def _coming(self, row: Application) -> NextStep | None:
        call = row.call
        when: date | None
        if row.was_told:
            begins = self.begins.get(row.call_id) if row.told[1] == OfferState.ACCEPTED else None
            # Once it has begun, the residency's own space says what comes.
            if begins is None or begins.starts_on < self.today:
                return None
            title = localised(begins, "title")
            return self._say(row, title, when=begins.starts_on, kind="coming", action=_("Voir mon dossier"))
        if self.is_open(row):
            label, when = _("Clôture de l'appel"), self.deadline(row)
        elif call.results_on is None:
            return None
        elif call.results_on < self.today:
            label, when = _("La réponse du jury"), None
        else:
            label, when = _("Annonce des résultats, au plus tard"), call.results_on
        return self._say(row, label, when=when, kind="coming", action=_("Voir mon dossier"))


def of_artist(user: User) -> list[NextStep]:
    """For the homes that gather several spaces."""
    return Dossiers(user).steps()


# The juror -------------------------------------------------------------------------------------------


def is_past(seat: Juror) -> bool:
    """The jury has done its work. No query."""
    call = seat.jury.call
    return call.status == CallStatus.ARCHIVED or call.phase() == CallPhase.DECIDED


def of_seats(user: User, seats: Sequence[Juror]) -> dict[int, NextStep]:
    """The step of each running seat, by its key. Three queries, whatever their number; none without one."""
    running = [seat for seat in seats if not is_past(seat)]
    if not running:
        return {}
    recused = Recusal.objects.filter(juror=OuterRef("juror"), application=OuterRef("application"), standing=True)
    filed = Review.objects.filter(juror=OuterRef("juror"), application=OuterRef("application"), state=ReviewState.FILED)
    owed = dict(
        Assignment.objects.to_read()
        .filter(~Exists(recused), ~Exists(filed), juror__in=running)
        .filter(application__in=Application.objects.for_jury(), application__state__in=DELIBERATED_STATES)
        .exclude(application__owner=user)
        .values_list("juror")
        .annotate(n=Count("pk"))
        .order_by()
    )
    juries = {seat.jury_id for seat in running}
    sessions: dict[int, JurySession] = {}
    coming = JurySession.objects.filter(
        jury__in=juries, state=SessionState.PREPARING, held_on__gte=timezone.localdate()
    )
    for session in coming.order_by("-held_on", "-pk"):
        sessions[session.jury_id] = session
    mine = Assignment.objects.filter(juror__in=running, application=OuterRef("application"))
    heard = dict(
        InterviewSlot.objects.booked()
        .filter(Exists(mine), jury__in=juries, starts_at__gt=timezone.now())
        .exclude(application__in=Recusal.objects.filter(juror__in=running, standing=True).values("application"))
        .values_list("jury")
        .annotate(first=Min("starts_at"))
        .order_by()
    )
    return {
        seat.pk: _seat(seat, owed.get(seat.pk, 0), sessions.get(seat.jury_id), heard.get(seat.jury_id))
        for seat in running
    }


def _seat(seat: Juror, owed: int, session: JurySession | None, heard: datetime | None) -> NextStep:
    jury = seat.jury
    today = timezone.localdate()
    facts: dict[str, Any] = {"detail": localised(jury.call, "title"), "space": JURY_SPACE}
    desk = reverse("jury:desk", args=[jury.call.slug])
    if not seat.joined_at:
        return NextStep(
            _("Répondre à l'invitation du jury"), reverse("jury:charter", args=[jury.call.slug]),
            _("Lire l'engagement et répondre"), when=jury.reads_from, **facts,
        )  # fmt: skip
    if jury.reads_from is not None and today < jury.reads_from:
        return NextStep(_("La lecture des dossiers commence"), when=jury.reads_from, kind="coming", **facts)
    if owed:
        label = ngettext("Lire et noter %(n)d dossier", "Lire et noter %(n)d dossiers", owed) % {"n": owed}
        return NextStep(label, desk, _("Ouvrir mes dossiers"), when=jury.reads_to, **facts)
    if heard is not None:
        href = reverse("jury:interviews", args=[jury.call.slug])
        return NextStep(_("Prochain entretien"), href, _("Voir les entretiens"), when=heard, kind="on", **facts)
    if session is not None:
        moment: date | datetime = session.held_on
        if session.starts_at is not None:
            moment = timezone.make_aware(datetime.combine(session.held_on, session.starts_at))
        label = _("Séance du jury, %(place)s") % {"place": session.place} if session.place else _("Séance du jury")
        return NextStep(label, desk, _("Revoir mes dossiers"), when=moment, kind="on", **facts)
    return NextStep(
        _("La séance du jury, quand la coordination en aura fixé la date"), desk, _("Ouvrir mes dossiers"),
        kind="coming", **facts,
    )  # fmt: skip


def of_juror(user: User) -> list[NextStep]:
    """For the homes that gather several spaces."""
    return list(of_seats(user, reading.juries_of(user)).values())
