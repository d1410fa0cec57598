"""The bilan of a season: its words, its publication, its documents (rules.md 24).

The documents are made from a reading of the rows, outside any lock, and kept under the lock of the bilan if the rows
still say the same. Whatever changes a figure, a word or a consent need not know of them: who asks for a document
compares fingerprints first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from candidatures.models import Season
from candidatures.reports.spreadsheets import XLSX
from clea.documents import services as documents
from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from residencies.enums.bilan import BilanState
from residencies.models import Bilan
from residencies.reports import bilan_pdf, bilan_workbook
from residencies.rules import publishing as rules
from residencies.selectors import bilan_pages as selectors
from residencies.services.base import lock_season, require_desk

if TYPE_CHECKING:
    from clea.accounts.models import User

#: What is written of a bilan.
FIELDS = ("title", "introduction", "highlights", "outlook", "claimed_people")
#: How many times the rows may move under the documents before giving up.
_TRIES = 3


def write(*, by: User, season: Season, seen: int | None, **values: Any) -> Bilan:
    """Write its words, the first time or again. ``seen``: the version shown, nothing when there was none.

    ``StaleWrite`` when somebody wrote in between. A published bilan changes at once; its documents, when next asked.
    """
    with transaction.atomic():
        locked = lock_season(season)
        require_desk(by, locked.programme.territory)
        bilan = Bilan.objects.select_for_update(of=("self",)).filter(season=locked).first()
        if (bilan.version if bilan else None) != seen:
            raise StaleWrite(
                _("Quelqu'un d'autre a modifié ce bilan pendant que vous écriviez. Rien n'est enregistré."),
                code="stale",
            )
        if bilan is None:
            bilan = Bilan(season=locked, slug=_slug(locked))
        bilan.season = locked
        for name in FIELDS:
            if name in values:
                setattr(bilan, name, values[name])
        bilan.version += 1
        bilan.full_clean()
        bilan.save()
        journal.record(by=by, verb="bilan.written", target=bilan, data={"version": bilan.version})
        return bilan


def _slug(season: Season) -> str:
    """« 2025-2026 », the territory's after it when another one has it. One query."""
    plain = slugify(season.name) or "saison"
    whole = f"{plain}-{season.programme.territory.slug}"[:100]
    taken = set(Bilan.objects.filter(slug__startswith=plain).values_list("slug", flat=True))
    wanted = [plain[:100], whole, *(f"{whole}-{rank}" for rank in range(2, len(taken) + 3))]
    return next(slug for slug in wanted if slug not in taken)


def publish(*, by: User, season: Season, seen: int, with_files: bool = True) -> Bilan:
    """Put it on the site, then make its documents, unless a job does. Refused with nothing to tell."""
    with transaction.atomic():
        bilan = _locked(by, season, seen)
        figures = selectors.page(bilan).figures
        require(rules.can_publish(bilan, figures))
        bilan.state = BilanState.PUBLISHED
        bilan.published_at = timezone.now()
        bilan.version += 1
        bilan.full_clean()
        bilan.save()
        data = {"sessions": figures.values.sessions.value, "attendances": figures.values.attendances.value}
        journal.record(by=by, verb="bilan.published", target=bilan, data=data)
    return build_files(bilan=bilan, by=by) if with_files else bilan


def unpublish(*, by: User, season: Season, seen: int) -> Bilan:
    """Take it off the site. Its documents go; its words stay."""
    with transaction.atomic():
        bilan = _locked(by, season, seen)
        require(rules.can_take_back(bilan))
        _drop(bilan, by=by)
        bilan.state = BilanState.DRAFT
        bilan.published_at = None
        bilan.version += 1
        bilan.full_clean()
        bilan.save()
        journal.record(by=by, verb="bilan.taken_back", target=bilan, data={"version": bilan.version})
        return bilan


def build_files(*, bilan: Bilan, by: User | None = None) -> Bilan:
    """Its PDF and its workbook, made again if the rows say something else than they do.

    Anybody who opens a published bilan may cause it, in an archived season too: nothing of the season changes. Some
    seconds when there is something to make, fifteen queries otherwise.
    """
    for _attempt in range(_TRIES):
        with override("fr"):
            page = selectors.page(bilan, where="print")
            mark = selectors.fingerprint(page)
            if selectors.files_stand(bilan, mark):
                return bilan
            pdf, workbook = bilan_pdf.pdf(page), bilan_workbook.workbook(page)
        with transaction.atomic():
            row = _row(bilan)
            if row.state != BilanState.PUBLISHED:
                return row
            with override("fr"):
                if selectors.fingerprint(selectors.page(row, where="print")) != mark:
                    continue
            if selectors.files_stand(row, mark):  # somebody made them meanwhile
                return row
            _drop(row, by=by)
            name = f"bilan-{row.slug}"
            row.pdf = documents.store_bytes(
                by=by, content=pdf, name=f"{name}.pdf", content_type="application/pdf", pages=bilan_pdf.pages_of(pdf)
            )
            row.workbook = documents.store_bytes(by=by, content=workbook, name=f"{name}.xlsx", content_type=XLSX)
            row.fingerprint = mark
            row.save(update_fields=["pdf", "workbook", "fingerprint"])
            journal.record(by=by, verb="bilan.files_made", target=row, data={"sha256": row.pdf.sha256})
            return row
    raise Refused(_("Les chiffres changent pendant que le document se fait. Réessayez dans un instant."), code="moving")


def forget_files(season: Season, *, by: User | None = None) -> None:
    """Drop the documents of its bilan, if any: a consent was withdrawn. Within the caller's transaction.

    They are made again when next asked for, without what may no longer be shown. A closed season too.
    """
    with transaction.atomic():
        bilan = (
            Bilan.objects.select_for_update(of=("self",))
            .select_related("pdf", "workbook")
            .filter(season=season)
            .first()
        )
        if bilan is not None:
            _drop(bilan, by=by)
            bilan.save(update_fields=["pdf", "workbook", "fingerprint"])


def _drop(bilan: Bilan, *, by: User | None) -> None:
    """The bytes go once this is committed. The caller saves the row."""
    doomed = [one for one in (bilan.pdf, bilan.workbook) if one is not None]
    bilan.pdf = bilan.workbook = None
    bilan.fingerprint = ""
    if doomed:
        Bilan.objects.filter(pk=bilan.pk).update(pdf=None, workbook=None, fingerprint="")
    for one in doomed:
        documents.discard(one, by=by)


def _row(bilan: Bilan) -> Bilan:
    """The bilan alone, locked. One query."""
    return (
        Bilan.objects.select_for_update(of=("self",))
        .select_related("season__programme__territory", "pdf", "workbook")
        .get(pk=bilan.pk)
    )


def _locked(by: User, season: Season, seen: int) -> Bilan:
    """The season, then its bilan. Three queries."""
    locked = lock_season(season)
    require_desk(by, locked.programme.territory)
    bilan = Bilan.objects.filter(season=locked).first()
    if bilan is None:
        raise Refused(_("Ce bilan n'est pas encore écrit : écrivez d'abord son titre."), code="none")
    row = _row(bilan)
    if row.version != seen:
        raise StaleWrite(
            _("Ce bilan a changé depuis que vous avez ouvert la page. Relisez-le, puis recommencez."), code="stale"
        )
    return row
