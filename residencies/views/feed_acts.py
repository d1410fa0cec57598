"""Opening, changing or revoking one's own calendar address, from any of its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from clea.errors import Refused
from residencies.selectors.feeds import address, own_feed
from residencies.services import feeds as services

if TYPE_CHECKING:
    from clea.accounts.models import User


def feed_card(request: HttpRequest, action: str, **target: Any) -> dict[str, str]:
    """What ``residencies/calendar/_feed.html`` shows: the address, or nothing. One query."""
    feed = own_feed(cast("User", request.user), **target)
    return {"feed_address": address(feed) if feed else "", "feed_action": action}


def act(request: HttpRequest, **target: Any) -> None:
    """Do what the button ``acte`` says, on the person's own address of this calendar, and say it."""
    by = cast("User", request.user)
    word = request.POST.get("acte")
    feed = own_feed(by, **target)
    if word == "ouvrir":
        services.open_feed(by=by, **target)
        messages.success(request, _("Votre adresse de calendrier est prête : copiez-la dans votre agenda."))
    elif feed is None:
        raise Refused(_("Vous n'avez pas d'adresse pour ce calendrier : créez-la d'abord."), code="no_feed")
    elif word == "changer":
        services.renew(by=by, feed=feed)
        messages.success(
            request, _("L'adresse a changé : l'ancienne ne donne plus rien. Remplacez-la dans votre agenda.")
        )
    elif word == "revoquer":
        services.revoke(by=by, feed=feed)
        messages.success(request, _("L'adresse est révoquée : elle ne donne plus rien."))
    else:
        raise Refused(_("Choisissez de créer, de changer ou de révoquer l'adresse."), code="unknown_act")
