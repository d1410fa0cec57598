"""What subscribers are written, and the private addresses in it. Call inside the act's transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.core import signing
from django.urls import reverse

from clea.mail import kinds
from clea.mail import services as mail
from clea.mail.rendering import to_html
from clea.ui.feeds import absolute
from residencies.messages import communication as texts
from residencies.models import News, Subscriber
from residencies.rules.communication import CONFIRM_WITHIN
from residencies.services.event_notices import contact

if TYPE_CHECKING:
    from clea.accounts.models import User
    from structures.models import Territory

#: What is written to subscribers, and erased when they leave.
KINDS = (texts.ASKED, texts.KNOWN, texts.PUBLISHED)
_CONFIRM, _LEAVE = "residencies.subscription", "residencies.subscription.leave"


def confirm_token(subscriber: Subscriber) -> str:
    """The end of the address where its owner confirms. It lives as long as the request."""
    return signing.TimestampSigner(salt=_CONFIRM).sign(subscriber.uuid.hex)


def to_confirm(token: str, *, max_age: timedelta | None = CONFIRM_WITHIN) -> UUID | None:
    """The request behind such an address; nothing when it was made up or is too old."""
    try:
        return UUID(signing.TimestampSigner(salt=_CONFIRM).unsign(token, max_age=max_age))
    except (signing.BadSignature, ValueError):
        return None


def leave_token(subscriber: Subscriber) -> str:
    """The end of the address where one leaves. It never grows old: a message may be read years later."""
    return signing.Signer(salt=_LEAVE).sign(subscriber.uuid.hex)


def to_leave(token: str) -> UUID | None:
    """The subscription behind such an address, there or not; nothing when it was made up."""
    try:
        return UUID(signing.Signer(salt=_LEAVE).unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def leave_url(subscriber: Subscriber) -> str:
    return absolute(reverse("residencies:news_leave", args=[leave_token(subscriber)]))


def asked(*, subscriber: Subscriber, territory: Territory) -> None:
    """Is it really you?"""
    link = absolute(reverse("residencies:news_confirm", args=[confirm_token(subscriber)]))
    mail.queue(
        by=None,
        kind=texts.ASKED,
        to=subscriber.email,
        language=subscriber.language,
        context=_common(territory) | {"lien": link, "jours": str(CONFIRM_WITHIN.days)},
        scope=territory.slug,
        reply_to=territory.contact_email,
    )


def known(*, subscriber: Subscriber, territory: Territory) -> None:
    """You are already."""
    link = leave_url(subscriber)
    mail.queue(
        by=None,
        kind=texts.KNOWN,
        to=subscriber.email,
        language=subscriber.language,
        context=_common(territory) | {"desabonnement": link},
        scope=territory.slug,
        reply_to=territory.contact_email,
        leave_url=link,
    )


def published(*, by: User, news: News, subscriber: Subscriber, common: dict[str, str]) -> None:
    """One message to one subscriber. ``common``: :func:`letter`, the same for all. Two queries."""
    link = leave_url(subscriber)
    mail.queue(
        by=by,
        kind=texts.PUBLISHED,
        to=subscriber.email,
        language=subscriber.language,
        context=common | {"desabonnement": link},
        about=news,
        scope=news.territory.slug,
        reply_to=news.territory.contact_email,
        leave_url=link,
    )


def letter(news: News) -> dict[str, str]:
    """What every subscriber reads of a news. No query once its territory is known."""
    return _common(news.territory) | {
        "titre": news.title,
        "resume": news.summary,
        "lien": absolute(news.get_absolute_url()),
    }


def _common(territory: Territory) -> dict[str, str]:
    return {"contact": contact(territory), "territoire": territory.name}


def preview(news: News) -> tuple[str, str]:
    """Subject, and body as safe HTML, as a French subscriber will read them. One query."""
    text = mail.text_in_force(kinds.get(texts.PUBLISHED), "fr", news.territory.slug)
    values = letter(news) | {"desabonnement": absolute(reverse("residencies:news_leave", args=["exemple"]))}
    return kinds.fill(text.subject, values), to_html(kinds.fill(text.body, values))
