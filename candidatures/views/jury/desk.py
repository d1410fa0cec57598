"""A juror's juries, what they commit to, and their desk."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from candidatures.models import Juror
from candidatures.selectors import next_steps, panel, reading
from candidatures.services.jury import members
from candidatures.views.jury.frame import SPACE, frame, reads, says_why, seated
from clea.accounts import landing
from clea.errors import Refused
from clea.ui import next_step

SORTS = [
    ("reste", gettext_lazy("Ce qu'il reste à lire d'abord")),
    ("numero", gettext_lazy("Par numéro")),
    ("note", gettext_lazy("Par note que j'ai donnée")),
    ("pages", gettext_lazy("Par nombre de pages")),
]


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """My juries; straight to the desk when there is only one."""
    landing.remember(request)
    seats = reading.juries_of(request.user)  # type: ignore[arg-type]
    if len(seats) == 1:
        landing.opened(request, SPACE)
        return redirect(seats[0].jury)
    steps = next_steps.of_seats(request.user, seats)  # type: ignore[arg-type]
    context = {
        "steps": next_step.ordered(steps.values()),
        "seats": [(seat, steps[seat.pk]) for seat in seats if seat.pk in steps],
        "past": [seat for seat in seats if seat.pk not in steps],
    }
    return render(request, "candidatures/jury/home.html", context)


@require_http_methods(["GET", "POST"])
@seated
def charter(request: HttpRequest, juror: Juror) -> HttpResponse:
    """What a member commits to, to accept or to decline before any dossier opens."""
    if request.method == "POST":
        return _answer(request, juror)
    return render(request, "candidatures/jury/charter.html", frame(juror) | {"charter": panel.charter(juror.jury)})


def _answer(request: HttpRequest, juror: Juror) -> HttpResponse:
    try:
        if "decliner" in request.POST:
            members.decline(by=request.user, juror=juror)  # type: ignore[arg-type]
            landing.remember(request)
            messages.success(request, _("Vous avez décliné l'invitation. La coordination en est informée."))
            return redirect("jury:home")
        if "accepter" in request.POST:
            members.join(by=request.user, juror=juror)  # type: ignore[arg-type]
            messages.success(request, _("Merci. Votre engagement est enregistré."))
            return redirect(juror.jury)
    except Refused as error:
        return says_why(request, juror, error)
    context = frame(juror) | {"charter": panel.charter(juror.jury), "unanswered": True}
    return render(request, "candidatures/jury/charter.html", context, status=422)


@require_GET
@reads
def desk(request: HttpRequest, juror: Juror) -> HttpResponse:
    """What is left to read, then what is done. Nine queries at most, whatever the number of dossiers."""
    search = request.GET.get("q", "").strip()[:200]
    sort = request.GET.get("tri", "reste")
    sort = sort if sort in reading.SORTS else "reste"
    found = reading.desk(juror, search=search, sort=sort)
    jury = juror.jury
    left = None if jury.reads_to is None else (jury.reads_to - timezone.localdate()).days
    own_address = reverse("jury:desk", args=[jury.call.slug])
    step = next_steps.of_seats(request.user, [juror]).get(juror.pk)  # type: ignore[arg-type]
    if step is not None and step.href == own_address:
        step = replace(step, href="")
    context = frame(juror) | {
        # While there is something to read, the heading says it. No button leads to the page one is on.
        "step": None if found.owed else step,
        "desk": found,
        "search": search,
        "sort": sort,
        "sorts": SORTS,
        "days_left": left,
        "next_to_read": next((row for row in reading_order(found.to_read) if row.owed), None),
        "own_address": own_address,
    }
    return render(request, "candidatures/jury/desk.html", context)


def reading_order(rows: list[reading.Row]) -> list[reading.Row]:
    """In progress first, then by number: where "go on reading" leads, whatever the sort shown."""
    return sorted(rows, key=lambda row: (not row.started, row.face.number))
