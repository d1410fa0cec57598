"""Long work about the deployment: a news to its subscribers, a bilan's documents, the end of a season."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.models import Call, Season
from clea.documents import services as documents
from clea.errors import Refused
from clea.jobs import services as jobs
from residencies.enums import BilanState
from residencies.models import Bilan, News
from residencies.reports import bilan_pdf
from residencies.selectors import bilan_pages
from residencies.services import bilans, closing
from residencies.services import news as services
from residencies.services import news_notices as notices
from residencies.services.closing import NextCall

if TYPE_CHECKING:
    from clea.accounts.models import User
    from clea.jobs.models import Job

NEWS, PREVIEW, FILES, CLOSING = "news.send", "bilan.preview", "bilan.files", "season.close"


def start_news(*, by: User, news: News, back_url: str) -> Job:
    """Write a news to its many subscribers, one by one."""
    return jobs.start(
        by=by,
        kind=NEWS,
        label=_("Envoyer l'actualité « %(title)s »") % {"title": news.title[:120]},
        params={"news": str(news.uuid)},
        territory=news.territory.slug,
        back_url=back_url,
    )


def send_news(progress: jobs.Progress) -> jobs.Outcome:
    """Once each. Who leaves the list meanwhile is not written to; who joins it neither."""
    row = News.objects.select_related("territory").get(uuid=progress.params["news"])
    if "after" not in progress.memory:
        with transaction.atomic():
            row = services.begin_sending(by=progress.by, news=row)
            progress.advance(0, after=0)
    waiting = services.readers(row, after=progress.memory["after"])
    progress.expect(progress.done + len(waiting), done=progress.done)
    common = notices.letter(row)
    for subscriber in waiting:
        with transaction.atomic():
            notices.published(by=progress.by, news=row, subscriber=subscriber, common=common)
            progress.advance(after=subscriber.pk)
    message = ngettext(
        "L'actualité part à %(n)d abonné.", "L'actualité part à %(n)d abonnés.", progress.done
    ) % {"n": progress.done}  # fmt: skip
    return jobs.Outcome(message, url=progress.job.back_url)


# The bilan -------------------------------------------------------------------------------------


def start_bilan_preview(*, by: User, bilan: Bilan, back_url: str) -> Job:
    """The PDF of a bilan as it would be made now."""
    return _about(PREVIEW, _("Aperçu PDF du bilan « %(title)s »"), by, bilan, back_url)


def preview_bilan(progress: jobs.Progress) -> jobs.Outcome:
    bilan = _bilan(progress)
    content = bilan_pdf.pdf(bilan_pages.page(bilan, where="print"), draft=bilan.state != BilanState.PUBLISHED)
    stored = documents.store_bytes(
        by=progress.by,
        content=content,
        name=f"bilan-{bilan.slug}-apercu.pdf",
        content_type="application/pdf",
        pages=bilan_pdf.pages_of(content),
    )
    return jobs.Outcome(_("L'aperçu montre le bilan à cet instant. Rien n'est publié."), file=stored)


def start_bilan_files(*, by: User, bilan: Bilan, back_url: str) -> Job:
    """The PDF and the workbook of a bilan just published."""
    return _about(FILES, _("PDF et tableur du bilan « %(title)s »"), by, bilan, back_url)


def make_bilan_files(progress: jobs.Progress) -> jobs.Outcome:
    bilan = bilans.build_files(bilan=_bilan(progress), by=progress.by)
    if bilan.state != BilanState.PUBLISHED:
        raise Refused(_("Ce bilan a été retiré du site entre-temps : ses documents ne se font pas."))
    return jobs.Outcome(_("Le PDF et le tableur du bilan sont prêts, et en ligne."), url=bilan.get_absolute_url())


def _about(kind: str, label: str, by: User, bilan: Bilan, back_url: str) -> Job:
    return jobs.start(
        by=by,
        kind=kind,
        label=label % {"title": bilan.title[:120]},
        params={"bilan": str(bilan.uuid), "version": bilan.version},
        territory=bilan.season.programme.territory.slug,
        back_url=back_url,
    )


def _bilan(progress: jobs.Progress) -> Bilan:
    return Bilan.objects.select_related("season__programme__territory").get(uuid=progress.params["bilan"])


# The end of a season ---------------------------------------------------------------------------


def start_closing(
    *, by: User, season: Season, reasons: Mapping[str, str], next_calls: Sequence[NextCall], back_url: str
) -> Job:
    """Close a season. The caller has checked that it can be."""
    return jobs.start(
        by=by,
        kind=CLOSING,
        label=_("Clore la saison %(season)s") % {"season": season.name},
        params={
            "season": str(season.uuid),
            "reasons": dict(reasons),
            "next_calls": [[str(one.call.uuid), one.slug, one.title] for one in next_calls],
        },
        territory=season.programme.territory.slug,
        back_url=back_url,
    )


def close_season(progress: jobs.Progress) -> None:
    """In one transaction: stopped before its end, nothing is closed."""
    season = Season.objects.select_related("programme__territory").get(uuid=progress.params["season"])
    wanted = [NextCall(Call.objects.get(uuid=uuid), slug, title) for uuid, slug, title in progress.params["next_calls"]]
    progress.say(_("L'archive se fait : bilan, paiements, financement, couverture, comptes rendus, journal."))
    with transaction.atomic():
        archive = closing.close(by=progress.by, season=season, reasons=progress.params["reasons"], next_calls=wanted)
        message = _("La saison %(season)s est close et archivée.") % {"season": season.name}
        if archive.next_call is not None:
            ready = _("« %(call)s » est prêt à être relu, dans la saison %(season)s. Il n'est pas publié.")
            message += "\n" + ready % {
                "call": archive.next_call.title,
                "season": archive.next_call.season.name,
            }
        progress.end(jobs.Outcome(message, url=progress.job.back_url))


def register() -> None:
    """Called when the app starts."""
    from clea.mail.jobs import held

    jobs.register(NEWS, send_news, may=held, resumes=True)
    jobs.register(PREVIEW, preview_bilan, may=held)
    jobs.register(FILES, make_bilan_files, may=held)
    jobs.register(CLOSING, close_season, may=held)
