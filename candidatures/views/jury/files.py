"""The one PDF of a dossier, as a juror may read it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from candidatures.models import Application, Deposit, Juror, Review
from candidatures.selectors import seats
from candidatures.services import assembly
from candidatures.services.jury import blind
from candidatures.views.jury.frame import reads


@require_safe
@reads
def pdf(request: HttpRequest, juror: Juror, uuid: UUID) -> HttpResponse:
    """Make it if nobody has, then send to the file's own address, which checks again and journals.

    ``?depot=<number>`` asks for the deposit that the juror's own review read, when a newer one came
    since. 404 for a dossier that the juror may not open.
    """
    try:
        application = seats.dossier(juror, uuid)
    except Application.DoesNotExist:
        raise Http404 from None
    deposit = _asked(juror, application, request.GET.get("depot", ""))
    ensure = blind.ensure if juror.jury.is_blind else assembly.ensure
    return HttpResponseRedirect(reverse("documents:file", args=[ensure(deposit.pk).uuid]))


def _asked(juror: Juror, application: Application, number: str) -> Deposit:
    standing = application.last_deposit
    assert standing is not None
    if not number or number == standing.number:
        return standing
    read = Review.objects.filter(juror=juror, application=application).select_related("deposit").first()
    # Compared here: what an address holds may be no text for a database.
    if read is None or read.deposit.number != number:
        raise Http404
    return read.deposit
