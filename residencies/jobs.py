"""Long work about the deployment: a news to its subscribers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clea.jobs import services as jobs
from residencies.models import News
from residencies.services import news as services
from residencies.services import news_notices as notices

if TYPE_CHECKING:
    from clea.accounts.models import User
    from clea.jobs.models import Job

NEWS = "news.send"


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


def register() -> None:
    """Called when the app starts."""
    from clea.mail.jobs import held

    jobs.register(NEWS, send_news, may=held, resumes=True)
