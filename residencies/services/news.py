"""The news: written, published, taken off, sent once to those who asked.

It belongs to a territory, not to a season: a closed season does not silence it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from residencies.models import News, Residency, Subscriber
from residencies.rules import communication as rules
from residencies.services import news_notices as notices
from residencies.services.base import require_desk

if TYPE_CHECKING:
    from clea.accounts.models import User
    from structures.models import Territory

_SLUG_MAX = 100


@dataclass(frozen=True)
class Text:
    """What the coordination writes. ``slug`` empty: made of the title."""

    title: str
    summary: str
    body: str = ""
    slug: str = ""
    residency: Residency | None = None


def write(*, by: User, territory: Territory, text: Text) -> News:
    """A new one, seen by nobody else before it is published."""
    with transaction.atomic():
        require_desk(by, territory)
        news = News(territory=territory, made_by=by)
        _write(news, text)
        journal.record(by=by, verb="news.written", target=news, data={"version": news.version})
        return news


def change(*, by: User, news: News, text: Text, version: int) -> News:
    """Write it again, published or not. ``version``: the one the page showed."""
    with transaction.atomic():
        row = _lock(news)
        require_desk(by, row.territory)
        if row.version != version:
            raise StaleWrite(
                _(
                    "Quelqu'un a modifié cette actualité entre-temps : rien n'est enregistré. Relisez ce qui suit, "
                    "puis enregistrez de nouveau.",
                ),
                code="stale",
            )
        row.version += 1
        _write(row, text)
        journal.record(by=by, verb="news.changed", target=row, data={"version": row.version})
        return row


def publish(*, by: User, news: News) -> News:
    """Put it on the site, dated from now."""
    with transaction.atomic():
        row = _lock(news)
        require_desk(by, row.territory)
        require(rules.can_publish(row))
        row.published_at = timezone.now()
        row.full_clean()
        row.save(update_fields=["published_at", "updated_at"])
        journal.record(by=by, verb="news.published", target=row, data={"version": row.version})
        return row


def unpublish(*, by: User, news: News) -> News:
    """Take it off the site, sent or not."""
    with transaction.atomic():
        row = _lock(news)
        require_desk(by, row.territory)
        require(rules.can_unpublish(row))
        row.published_at = None
        row.full_clean()
        row.save(update_fields=["published_at", "updated_at"])
        journal.record(by=by, verb="news.unpublished", target=row, data={"version": row.version})
        return row


def send(*, by: User, news: News) -> int:
    """Write it once to every confirmed subscriber of its territory; returns how many.

    All or none; the messages leave once this commits. Two queries a subscriber, beside a dozen.
    """
    with transaction.atomic():
        row = begin_sending(by=by, news=news)
        common = notices.letter(row)
        waiting = readers(row)
        for subscriber in waiting:
            notices.published(by=by, news=row, subscriber=subscriber, common=common)
        return len(waiting)


def begin_sending(*, by: User, news: News) -> News:
    """Take it as sent, to those who are subscribed now. Whoever calls writes to all of :func:`readers`."""
    with transaction.atomic():
        row = _lock(news)
        require_desk(by, row.territory)
        require(rules.can_send(row))
        row.sent_at = timezone.now()
        count = len(readers(row))
        if not count:
            raise Refused(_("Personne n'est encore abonné : il n'y a rien à envoyer."), code="nobody")
        row.full_clean()
        row.save(update_fields=["sent_at", "updated_at"])
        journal.record(by=by, verb="news.sent", target=row, data={"version": row.version, "subscribers": count})
        return row


def readers(news: News, *, after: int = 0) -> list[Subscriber]:
    """Those a sent news is for, who have not left since, beyond the one with that key. One query."""
    rows = Subscriber.objects.confirmed().filter(territory=news.territory_id, confirmed_at__lte=news.sent_at)
    return list(rows.filter(pk__gt=after).order_by("pk"))


def discard(*, by: User, news: News) -> None:
    """Erase one that is neither public nor sent."""
    with transaction.atomic():
        row = _lock(news)
        require_desk(by, row.territory)
        require(rules.can_discard(row))
        key, territory = str(row.uuid), row.territory
        row.delete()
        journal.record(by=by, verb="news.discarded", target=territory, data={"news": key})


def _lock(news: News) -> News:
    row = News.objects.select_for_update(of=("self",)).select_related("territory").filter(pk=news.pk).first()
    if row is None:
        raise Refused(_("Cette actualité a été supprimée."), code="gone")
    return row


def _write(news: News, text: Text) -> None:
    if text.residency is not None and text.residency.territory.pk != news.territory_id:
        raise Refused(_("Cette résidence est d'un autre territoire."), code="foreign", field="residency")
    news.title, news.summary, news.body = " ".join(text.title.split()), text.summary.strip(), text.body.strip()
    news.residency = text.residency
    asked = text.slug.strip()
    if asked and asked != news.slug:
        if news.pk is not None:
            require(rules.can_rename(news))
        if asked in rules.RESERVED_SLUGS:
            raise Refused(
                _("« %(slug)s » est l'adresse d'une autre page : choisissez-en une autre.") % {"slug": asked},
                code="reserved",
                field="slug",
            )
        news.slug = asked
    elif not news.slug:
        news.slug = _free_slug(news.title)
    news.full_clean()
    news.save()


def _free_slug(title: str) -> str:
    """Of the title; with a number when it is taken. One query."""
    base = slugify(title)[:_SLUG_MAX].strip("-") or "actualite"
    taken = set(News.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | rules.RESERVED_SLUGS
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
