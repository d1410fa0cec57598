"""Long work about dossiers: their archive, their letters."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.models import Application, Jury
from candidatures.reports import archive
from candidatures.services.jury import letters
from clea.documents import services as documents
from clea.errors import Refused
from clea.jobs import services as jobs
from clea.mail.enums import MailState

if TYPE_CHECKING:
    from clea.accounts.models import User
    from clea.jobs.models import Job

ARCHIVE, LETTERS = "dossiers.archive", "dossiers.letters"
#: Up to so many dossiers, the archive leaves as it is made.
AT_ONCE = 10


# The archive -----------------------------------------------------------------------------------


def start_archive(*, by: User, applications: Sequence[Application], back_url: str = "") -> Job:
    """One ZIP of these dossiers, kept for a while. The caller has journaled the export."""
    return jobs.start(
        by=by,
        kind=ARCHIVE,
        label=ngettext("Archive de %(n)d dossier", "Archive de %(n)d dossiers", len(applications))
        % {"n": len(applications)},
        params={
            "dossiers": [str(row.uuid) for row in applications],
            "territories": sorted({row.call.territory.slug for row in applications}),
        },
        back_url=back_url,
    )


def make_archive(progress: jobs.Progress) -> jobs.Outcome:
    """Streamed to the disk, one dossier after the other; begun again when it is started again."""
    wanted = progress.params["dossiers"]
    found = list(
        Application.objects.coordinated_by(progress.by).filter(uuid__in=wanted).order_by("last_deposit__number")
    )
    if not found:
        raise Refused(_("Ces dossiers n'existent plus : leur durée de conservation est passée."))
    progress.expect(len(found))
    with tempfile.TemporaryDirectory(prefix="clea-archive-") as folder:
        path = Path(folder) / "dossiers.zip"
        with path.open("wb") as out:
            for piece in archive.stream(found, each=progress.advance):
                out.write(piece)
        name = f"candidatures-{timezone.localdate().isoformat()}.zip"
        stored = documents.store_path(by=progress.by, path=path, name=name, content_type="application/zip")
    message = ngettext("%(n)d dossier dans l'archive.", "%(n)d dossiers dans l'archive.", len(found)) % {
        "n": len(found)
    }
    if gone := len(wanted) - len(found):
        message += " " + ngettext(
            "%(n)d n'y est pas : il a été effacé depuis.", "%(n)d n'y sont pas : ils ont été effacés depuis.", gone
        ) % {"n": gone}
    message += " " + _("Ces données sont personnelles : supprimez le fichier après usage.")
    return jobs.Outcome(message, file=stored)


# Letters ---------------------------------------------------------------------------------------


def start_letters(
    *, by: User, jury: Jury, applications: Sequence[Application], answer_by: datetime | None, back_url: str = ""
) -> Job:
    """Draft these letters one by one. Raises ``Refused``, at once, when one of them cannot be written now."""
    until = letters.checked_answer_by(jury, answer_by)
    for planned in letters.preview(jury, applications):
        if planned.case.to_write:
            letters.require_ready(planned)
    return jobs.start(
        by=by,
        kind=LETTERS,
        label=ngettext("Préparer %(n)d courrier", "Préparer %(n)d courriers", len(applications))
        % {"n": len(applications)},
        params={
            "jury": str(jury.uuid),
            "dossiers": [str(row.uuid) for row in applications],
            "answer_by": until.isoformat(),
        },
        territory=jury.call.territory.slug,
        back_url=back_url,
    )


def draft_letters(progress: jobs.Progress) -> jobs.Outcome:
    """Each letter in its own transaction; what cannot be written any more is said, and stops nothing."""
    jury = Jury.objects.select_related("call__season__programme__territory").get(uuid=progress.params["jury"])
    until = datetime.fromisoformat(progress.params["answer_by"])
    left: list[str] = progress.memory.setdefault("left", [])
    counts: dict[str, int] = progress.memory.setdefault("counts", {"drafted": 0})

    def one(uuid: str) -> None:
        application = Application.objects.filter(uuid=uuid, call=jury.call_id).first()
        if application is None:
            return
        try:
            drafted = letters.draft(by=progress.by, jury=jury, applications=[application], answer_by=until)
        except (Refused, ValidationError) as error:
            left.append(f"{application.display_name} : {' '.join(getattr(error, 'messages', None) or [str(error)])}")
        else:
            counts["drafted"] += len(drafted)

    progress.each(progress.params["dossiers"], one)
    message = ngettext(
        "%(n)d courrier préparé : relisez-le dans la boîte d'envoi, puis approuvez-le pour qu'il parte.",
        "%(n)d courriers préparés : relisez-les dans la boîte d'envoi, puis approuvez-les pour qu'ils partent.",
        counts["drafted"],
    ) % {"n": counts["drafted"]}
    if left:
        kept = ngettext("%(n)d n'a pas pu l'être :", "%(n)d n'ont pas pu l'être :", len(left)) % {"n": len(left)}
        message = "\n".join([message, kept, *left])
    outbox = reverse("admin:mail_outgoingmail_changelist")
    return jobs.Outcome(message, url=f"{outbox}?kind={letters.KIND}&state__exact={MailState.DRAFT}")


def register() -> None:
    """Called when the app starts."""
    from clea.mail.jobs import held

    jobs.register(ARCHIVE, make_archive, may=held)
    jobs.register(LETTERS, draft_letters, may=held, resumes=True)
