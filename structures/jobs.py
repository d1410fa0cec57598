"""Long sheets, imported in the background."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clea.documents import services as documents
from clea.documents.models import EXTENSIONS
from clea.errors import Refused
from clea.jobs import services as jobs
from clea.journal import services as journal
from structures.models import Territory

if TYPE_CHECKING:
    from import_export.results import Result

    from clea.accounts.models import User
    from clea.jobs.models import Job

IMPORT = "sheet.import"
#: Rows that go in together: few enough that nobody else waits to write.
PART = 20
_TYPES = {extension: content_type for content_type, extension in EXTENSIONS.items()}


def start_import(
    *, by: User, model: str, territory: Territory, content: bytes, name: str, rows: int, back_url: str
) -> Job:
    """Import a sheet that was looked at. ``model``: ``app.model``, whose ModelAdmin imports sheets."""
    extension = f".{name.rpartition('.')[2].casefold()}"
    sent = documents.intake_bytes(by=by, content=content, name=name, content_type=_TYPES[extension])
    return jobs.start(
        by=by,
        kind=IMPORT,
        label=ngettext("Importer %(n)d ligne de « %(file)s »", "Importer %(n)d lignes de « %(file)s »", rows)
        % {"n": rows, "file": sent.original_name[:120]},
        params={"model": model, "extension": extension, "sha256": sent.sha256},
        territory=territory.slug,
        back_url=back_url,
        sent=sent,
    )


def run_import(progress: jobs.Progress) -> jobs.Outcome:
    """The whole sheet is tried first, and nothing goes in if a row is wrong; then it goes in by parts."""
    import tablib

    from structures.reports.sheet_formats import FrenchCSV, SafeXLSX

    sent = progress.job.sent
    if sent is None:
        raise Refused(_("Le fichier n'attend plus : choisissez-le à nouveau."))
    # Who sent it asked for this: nobody else reads it.
    with documents.local_path(sent, withheld_too=True) as path:
        reading: Any = {".xlsx": SafeXLSX, ".csv": FrenchCSV}[progress.params["extension"]]
        dataset = reading().create_dataset(path.read_bytes())
    rows, headers = list(dataset), list(dataset.headers or [])
    desk: Any = admin.site.get_model_admin(_model(progress.params["model"]))
    territory = Territory.objects.get(slug=progress.job.territory)

    def goes_in(start: int, part: list[Any], *, dry_run: bool) -> Result:
        resource = desk.exchange.resource_classes[0](territory=territory)
        resource.first_line = start + 2
        result: Result = resource.import_data(
            tablib.Dataset(*part, headers=headers), dry_run=dry_run, rollback_on_validation_errors=True
        )
        if result.has_errors() or result.has_validation_errors():
            raise Refused(_wrong(result))
        return result

    progress.expect(len(rows), done=progress.memory.get("at", 0))
    if not progress.done:
        progress.say(_("Le fichier est relu en entier."))
        goes_in(0, rows, dry_run=True)
        progress.say("")
    counts = Counter(progress.memory.get("counts", {}))
    for start in range(progress.done, len(rows), PART):
        part = rows[start : start + PART]
        with transaction.atomic():
            found = counted(goes_in(start, part, dry_run=False))
            counts.update(found)
            progress.advance(len(part), at=start + len(part), counts=dict(counts))
            if found["created"] or found["updated"]:
                journal.record(by=progress.by, verb=desk.import_verb, target=territory, data=found)
    return jobs.Outcome(said(counts), url=progress.job.back_url)


def _model(label: str) -> Any:
    from django.apps import apps

    return apps.get_model(label)


def _wrong(result: Result) -> str:
    """The first row that is wrong, as the preview would say it."""
    told = [(0, str(error.error)) for error in result.base_errors]
    told += [(row.number, str(error.error)) for row in result.error_rows for error in row.errors]
    told += [
        (row.number, f"{column} – {' '.join(messages)}")
        for row in result.invalid_rows
        for column, messages in row.error_dict.items()
    ]
    line, problem = min(told)
    where = _("Ligne %(line)d : %(problem)s") % {"line": line, "problem": problem} if line else problem
    why = _("La base a changé depuis l'aperçu : cette ligne n'entre plus. Reprenez l'import du fichier.")
    return f"{why}\n{where}"


def counted(result: Result) -> dict[str, int]:
    """What an import did, for the journal."""
    from import_export.results import RowResult

    return {
        "created": result.totals[RowResult.IMPORT_TYPE_NEW],
        "updated": result.totals[RowResult.IMPORT_TYPE_UPDATE],
        "unchanged": result.totals[RowResult.IMPORT_TYPE_SKIP],
    }


def said(counts: dict[str, int]) -> str:
    """The same, in words."""
    return _("Import terminé : %(created)s, %(updated)s, %(unchanged)s.") % {
        "created": ngettext("%(n)s ligne créée", "%(n)s lignes créées", counts["created"]) % {"n": counts["created"]},
        "updated": ngettext("%(n)s modifiée", "%(n)s modifiées", counts["updated"]) % {"n": counts["updated"]},
        "unchanged": ngettext("%(n)s inchangée", "%(n)s inchangées", counts["unchanged"]) % {"n": counts["unchanged"]},
    }


def register() -> None:
    """Called when the app starts."""
    from clea.mail.jobs import held

    jobs.register(IMPORT, run_import, may=held, resumes=True)
