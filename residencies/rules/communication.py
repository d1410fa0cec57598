"""Communication: what may be done of a line of the plan, of a news, and when a line is late. No query."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from clea.rules import ALLOWED, Verdict, refuse
from residencies.enums.steering import COMMUNICATION_TRANSITIONS, CommunicationState
from residencies.models import CommunicationItem, News

#: What is due within so many days is shown as such.
SOON = timedelta(days=14)
#: A request to receive the news that its owner never confirmed is kept this long; its link lives as long.
CONFIRM_WITHIN = timedelta(days=7)
#: What still has to be done.
LIVE = frozenset({CommunicationState.TODO, CommunicationState.DOING})
#: Addresses below ``/actualites/`` that are not a news.
RESERVED_SLUGS = frozenset({"abonnement", "desabonnement"})


def is_late(item: CommunicationItem, today: date) -> bool:
    """Whether its day has passed while it is still to be done. On the day itself there is still time."""
    return item.state in LIVE and item.due_on < today


def is_soon(item: CommunicationItem, today: date) -> bool:
    return item.state in LIVE and today <= item.due_on <= today + SOON


def can_move(item: CommunicationItem, target: CommunicationState) -> Verdict:
    """By the table of transitions."""
    if target in COMMUNICATION_TRANSITIONS[CommunicationState(item.state)]:
        return ALLOWED
    return refuse(
        _("Cette action est dans l'état « %(state)s » : rechargez la page pour voir ce qui reste possible.")
        % {"state": item.get_state_display()},
        "wrong_state",
    )


def can_remove(item: CommunicationItem) -> Verdict:
    """Only what nobody began: the rest tells what was done."""
    if item.state == CommunicationState.TODO:
        return ALLOWED
    return refuse(_("Cette action a été commencée : abandonnez-la plutôt que de l'effacer."), "begun")


def can_publish(news: News) -> Verdict:
    if news.published_at is None:
        return ALLOWED
    return refuse(_("Cette actualité est déjà publiée."), "published")


def can_unpublish(news: News) -> Verdict:
    if news.published_at is not None:
        return ALLOWED
    return refuse(_("Cette actualité n'est pas publiée."), "not_published")


def can_send(news: News) -> Verdict:
    """Once, and once everybody can read it."""
    if news.sent_at is not None:
        return refuse(_("Cette actualité est déjà partie aux abonnés : elle ne part qu'une fois."), "sent")
    if news.published_at is None:
        return refuse(_("Publiez l'actualité avant de l'envoyer."), "not_published")
    return ALLOWED


def can_discard(news: News) -> Verdict:
    """What was sent stays; what is public is taken off first."""
    if news.sent_at is not None:
        return refuse(_("Cette actualité est partie aux abonnés : elle reste ici, retirée du site au besoin."), "sent")
    if news.published_at is not None:
        return refuse(_("Retirez d'abord cette actualité du site."), "published")
    return ALLOWED


def can_rename(news: News) -> Verdict:
    """An address that people were given does not change."""
    if news.published_at is None and news.sent_at is None:
        return ALLOWED
    return refuse(_("L'adresse d'une actualité ne change plus une fois publiée."), "published")
