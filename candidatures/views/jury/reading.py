"""One dossier beside its grid: read, note, save, file, take back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from candidatures.forms.jury_reading import RemarkForm, ReviewForm, SentForm
from candidatures.methods import scoring
from candidatures.models import Application, Juror, Review
from candidatures.pages.reading import facts, working
from candidatures.rules import jury as rules
from candidatures.rules.reading import can_discuss
from candidatures.selectors import reading
from candidatures.selectors.jury_face import face
from candidatures.services.jury import reviews
from candidatures.views.jury.frame import frame, reads, says_why
from clea.errors import Refused, StaleWrite
from clea.ui.dates import hour
from clea.ui.http import wants_json
from clea.ui.recovery import keeps_answers, recovered, returns_to


def page_of(**kwargs: Any) -> str:
    """The dossier's page, to come back to after a sign-in."""
    return reverse("jury:dossier", args=[kwargs["slug"], kwargs["uuid"]])


def get_place(juror: Juror, uuid: UUID) -> reading.Place:
    """The dossier, or 404. One query."""
    try:
        return reading.place(juror, uuid)
    except Application.DoesNotExist:
        raise Http404 from None


def address(juror: Juror, uuid: UUID) -> str:
    return reverse("jury:dossier", args=[juror.jury.call.slug, uuid])


@keeps_answers
@require_http_methods(["GET", "POST"])
@reads
def dossier(request: HttpRequest, juror: Juror, uuid: UUID) -> HttpResponse:
    """GET: the dossier and the grid. POST: save the grid, and file it when ``deposer`` is pressed."""
    if request.method == "POST":
        return _save(request, juror, uuid)
    place = get_place(juror, uuid)
    kept = recovered(request)
    if kept is None:
        return show(request, juror, place)
    messages.warning(
        request,
        _(
            "Votre session avait expiré. Nous avons gardé ce que vous aviez saisi, ci-dessous : "
            "vérifiez, puis enregistrez."
        ),
    )
    # What was typed answers to the page as it was then: if it has changed since, saving says so.
    return show(request, juror, place, sent=kept, version=_number(kept))


def _number(sent: QueryDict) -> int:
    try:
        return int(sent.get("version", ""))
    except ValueError:
        return -1


def _seen(sent: QueryDict) -> UUID | None:
    try:
        return UUID(sent.get("depot", ""))
    except ValueError:
        return None


def _save(request: HttpRequest, juror: Juror, uuid: UUID) -> HttpResponse:
    """The service is the door here: it looks for the dossier again, under its lock."""
    filing = "deposer" in request.POST
    form = SentForm(request.POST)
    act = reviews.file if filing else reviews.save
    problems: dict[str, str] = {}
    try:
        review = act(
            by=request.user,  # type: ignore[arg-type]
            juror=juror,
            application=Application(uuid=uuid),
            values=form.values(),
            version=None if request.POST.get("ecraser") else _number(request.POST),
            deposit=_seen(request.POST),
        )
    except reviews.Incomplete as error:
        review, problems = error.review, error.problems
    except reviews.NoLongerTheirs as error:
        return gone(request, error)
    except Refused as error:
        return _refused(request, juror, uuid, error)
    if wants_json(request):
        return _saved_json(review, form.json_errors() | {name: [text] for name, text in problems.items()})
    if form.errors or problems:
        return show(request, juror, get_place(juror, uuid), sent=request.POST, status=422, problems=problems)
    if filing:
        return _after_filing(request, juror, uuid)
    if "relu" in request.POST:
        reviews.read_again(by=request.user, review=review)  # type: ignore[arg-type]
        messages.success(request, _("Votre lecture porte maintenant sur le nouveau dépôt."))
        return redirect(address(juror, uuid))
    messages.success(request, _("Enregistré. Votre lecture n'est pas encore déposée."))
    return redirect(address(juror, uuid))


def _saved_json(review: Review, errors: dict[str, list[str]]) -> JsonResponse:
    now = hour(timezone.localtime())
    return JsonResponse(
        {
            "version": review.version,
            "saved_at": now,
            "message": _("Enregistré à %(when)s – pas encore déposé") % {"when": now},
            "errors": errors,
        }
    )


def gone(request: HttpRequest, error: reviews.NoLongerTheirs) -> HttpResponse:
    """The dossier left this person's hands between their page and now: it does not exist for them."""
    if wants_json(request):
        return JsonResponse({"message": str(error)}, status=404)
    raise Http404


def _refused(request: HttpRequest, juror: Juror, uuid: UUID, error: Refused) -> HttpResponse:
    """Nothing is overwritten; what was typed stays on the page, with the reason."""
    stale = isinstance(error, StaleWrite)
    if wants_json(request):
        return JsonResponse({"message": str(error)} | ({"conflict": True} if stale else {}), status=409)
    place = get_place(juror, uuid)
    return show(request, juror, place, sent=request.POST, status=409, refusal=str(error), stale=stale)


def _after_filing(request: HttpRequest, juror: Juror, uuid: UUID) -> HttpResponse:
    """On to the next reading left, or to the desk after the last."""
    place = get_place(juror, uuid)
    label = face(place.application, juror).label
    following = reading.neighbours(juror, place.application).next
    if following is None:
        messages.success(
            request, _("Votre lecture est déposée : %(label)s. C'était la dernière, merci.") % {"label": label}
        )
        return redirect(juror.jury)
    messages.success(request, _("Votre lecture est déposée : %(label)s. Voici le dossier suivant.") % {"label": label})
    return redirect(address(juror, following))


def show(
    request: HttpRequest,
    juror: Juror,
    place: reading.Place,
    *,
    sent: QueryDict | None = None,
    version: int | None = None,
    status: int = 200,
    problems: dict[str, str] | None = None,
    refusal: str = "",
    stale: bool = False,
    remark: RemarkForm | None = None,
) -> HttpResponse:
    """The page. Ten queries at most: nothing grows with the number of members, remarks or dossiers."""
    application, review = place.application, place.review
    deposit = application.last_deposit
    assert deposit is not None
    marks = reading.grid(juror, review)
    writable = rules.can_write_review(juror, place.assignment, application, review, timezone.localdate())
    others = rules.can_see_others(juror, place.assignment, review)
    form = ReviewForm(marks, review, sent)
    if problems:
        form.complain(problems)
    context = frame(juror) | {
        "place": place,
        "application": application,
        "face": face(application, juror),
        "deposit": deposit,
        "review": review,
        "read": reading.read_deposit(review) if place.behind and review is not None else None,
        "marks": marks,
        "form": form,
        "version": (review.version if review else 0) if version is None or stale else version,
        "writable": writable,
        "can_reopen": rules.can_reopen_review(juror, review, application) if review else None,
        "can_conflict": rules.can_declare_conflict(juror, application),
        "state": reading.state_of(place),
        "total": scoring.partial(form.live()),
        "working": working(form.live()),
        "facts": facts(juror.jury, deposit),
        "neighbours": reading.neighbours(juror, application),
        "refusal": refusal,
        "stale": stale,
        "typed": form.typed() if not writable else [],
        "others": others,
    }
    if others:
        context |= {
            "opinions": reading.opinions(application, marks, but=juror),
            "remarks": reading.remarks(application),
            "can_discuss": can_discuss(juror.jury, application),
            "remark_form": remark or RemarkForm(),
        }
    return render(request, "candidatures/jury/dossier.html", context, status=status)


@returns_to(page_of)
@require_POST
@reads
def reopen(request: HttpRequest, juror: Juror, uuid: UUID) -> HttpResponse:
    """Take one's own filed reading back."""
    return _act_on_own(
        request, juror, uuid, reviews.reopen, _("Vous pouvez modifier votre lecture. Déposez-la ensuite de nouveau.")
    )


@returns_to(page_of)
@require_POST
@reads
def read_again(request: HttpRequest, juror: Juror, uuid: UUID) -> HttpResponse:
    """Say that the newer deposit was read: one's filed reading stands on it."""
    return _act_on_own(
        request, juror, uuid, reviews.read_again, _("Votre lecture porte maintenant sur le nouveau dépôt.")
    )


def _act_on_own(request: HttpRequest, juror: Juror, uuid: UUID, act: Callable[..., Review], done: str) -> HttpResponse:
    place = get_place(juror, uuid)
    if place.review is None:
        return redirect(address(juror, uuid))
    try:
        act(by=request.user, review=place.review)
    except reviews.NoLongerTheirs as error:
        return gone(request, error)
    except Refused as error:
        return says_why(request, juror, error, {"back": address(juror, uuid)})
    messages.success(request, done)
    return redirect(address(juror, uuid))
