"""Letting many messages go, as a job: one by one, and what could not leave is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clea.errors import Refused
from clea.jobs import services as jobs
from clea.mail import scopes, services
from clea.mail.models import OutgoingMail

if TYPE_CHECKING:
    from clea.accounts.models import User
    from clea.jobs.models import Job

APPROVE = "mail.approve"


def held(user: User, job: Job) -> bool:
    """Whether this person handles every territory that a job is about: its own, or ``params["territories"]``."""
    return all(scopes.holds(user, slug) for slug in job.params.get("territories") or [job.territory])


def start_approving(*, by: User, mails: Sequence[OutgoingMail], back_url: str = "") -> Job:
    """Let these go in the background; a message that is changed meanwhile stays."""
    return jobs.start(
        by=by,
        kind=APPROVE,
        label=ngettext("Approuver %(n)d message", "Approuver %(n)d messages", len(mails)) % {"n": len(mails)},
        params={
            "mails": [[str(mail.uuid), mail.version] for mail in mails],
            "territories": sorted({mail.scope for mail in mails}),
        },
        back_url=back_url,
    )


def approve(progress: jobs.Progress) -> jobs.Outcome:
    """Each as it was shown, or not at all."""
    left: list[str] = progress.memory.setdefault("left", [])

    def one(wanted: tuple[str, int]) -> None:
        uuid, version = wanted
        # Held: nobody changes it between this reading and its approval.
        mail = OutgoingMail.objects.select_for_update(of=("self",)).filter(uuid=uuid).first()
        try:
            if mail is None or mail.version != version:
                raise Refused(_("il a été modifié depuis que vous l'avez relu."))
            services.approve(by=progress.by, mails=[mail])
        except Refused as refusal:
            left.append(f"{mail.to if mail else '–'} : {refusal}")

    wanted = progress.params["mails"]
    progress.each(wanted, one)
    gone = len(wanted) - len(left)
    message = ngettext("%(n)d message approuvé : il part.", "%(n)d messages approuvés : ils partent.", gone) % {
        "n": gone
    }
    if left:
        kept = ngettext("%(n)d est resté :", "%(n)d sont restés :", len(left)) % {"n": len(left)}
        message = "\n".join([message, kept, *left[:20], *(["…"] if len(left) > 20 else [])])
    return jobs.Outcome(message, url=reverse("admin:mail_outgoingmail_changelist"))
