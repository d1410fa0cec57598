"""Long work: an approved list carried out, line by line, each in its own transaction."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clea.errors import Refused, require
from clea.jobs import services as jobs
from clea.journal import services as journal
from clea.mail.jobs import held
from clea.privacy import holdings, rules
from clea.privacy.enums import DisposalState, LineState
from clea.privacy.models import DisposalLine, DisposalList, Warned
from clea.privacy.services.lists import CARRY_OUT

log = logging.getLogger(__name__)


def carry_out(progress: jobs.Progress) -> jobs.Outcome:
    """What is pending goes; what cannot stays and says why. Started again, it goes on with what is left."""
    disposal = DisposalList.objects.get(uuid=progress.params["disposal"])
    require(rules.can_handle(progress.by, disposal))
    if disposal.state != DisposalState.APPROVED:
        raise Refused(_("Ce bordereau n'est pas approuvé, ou il est déjà éliminé."))
    order = {one.key: place for place, one in enumerate(holdings.everything())}
    lines = sorted(
        disposal.lines.exclude(state=LineState.KEPT), key=lambda line: (order.get(line.holding, 99), line.pk)
    )
    progress.expect(len(lines), done=sum(line.state != LineState.PENDING for line in lines))
    for line in lines:
        if line.state == LineState.PENDING:
            _one(progress, disposal, line)
    return _close(progress, disposal)


def _one(progress: jobs.Progress, disposal: DisposalList, line: DisposalLine) -> None:
    try:
        with transaction.atomic():
            held = DisposalLine.objects.select_for_update().get(pk=line.pk)
            if held.state == LineState.PENDING:
                gone = holdings.get(held.holding).dispose(by=progress.by, scope=disposal.scope, subject=held.subject)  # type: ignore[misc]
                held.state, held.done_at = (LineState.DONE if gone else LineState.GONE), timezone.now()
                if gone:
                    # What really went, a file received since included.
                    held.rows, held.sha256 = gone.total, list(gone.sha256)
                held.save()
                Warned.objects.filter(holding=held.holding, subject=held.subject).delete()
            progress.advance()
    except (Refused, ProtectedError, LookupError) as error:
        if not isinstance(error, Refused):
            log.exception("line %s of %s stays", line.pk, disposal.number)
        why = str(error) if isinstance(error, Refused) else _("Autre chose en dépend encore.")
        with transaction.atomic():
            DisposalLine.objects.filter(pk=line.pk).update(state=LineState.LEFT, why=why[:500])
            progress.advance()


def _close(progress: jobs.Progress, disposal: DisposalList) -> jobs.Outcome:
    with transaction.atomic():
        locked = DisposalList.objects.select_for_update().get(pk=disposal.pk)
        states = list(locked.lines.values_list("state", flat=True))
        done, left = states.count(LineState.DONE), states.count(LineState.LEFT)
        if locked.state == DisposalState.APPROVED:  # two people may have had it carried on
            locked.state, locked.carried_out_at = DisposalState.CARRIED_OUT, timezone.now()
            locked.full_clean()
            locked.save()
            counts = {str(state): states.count(state) for state in LineState}
            journal.record(
                by=progress.by, verb="disposal.carried_out", target=locked, data=counts | {"sha256": locked.fingerprint}
            )
        message = ngettext("%(n)d ligne éliminée.", "%(n)d lignes éliminées.", done) % {"n": done}
        if left:
            message += " " + ngettext(
                "%(n)d est laissée en place : le bordereau dit pourquoi.",
                "%(n)d sont laissées en place : le bordereau dit pourquoi.",
                left,
            ) % {"n": left}
        outcome = jobs.Outcome(message, url=reverse("admin:privacy_disposallist_change", args=[locked.uuid]))
        progress.end(outcome)
    return outcome


def register() -> None:
    """Called when the app starts."""
    jobs.register(CARRY_OUT, carry_out, may=held, resumes=True)
