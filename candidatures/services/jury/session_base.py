"""What every act on a session begins with: the jury's lock, then the session, fresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.models import JurySession
from candidatures.rules import sessions as rules
from candidatures.services.jury.base import lock_jury, require_desk
from clea.errors import StaleWrite, require

if TYPE_CHECKING:
    from clea.accounts.models import User


def stale() -> StaleWrite:
    """Somebody else wrote first."""
    return StaleWrite(
        _(
            "Une autre personne, ou un autre onglet, a modifié cette séance depuis que vous avez ouvert la page. "
            "Rien n'est enregistré, rien de ce que vous avez saisi n'est perdu : comparez, puis enregistrez de nouveau."
        ),
        code="stale",
    )


def hold(by: User, session: JurySession, *, preparing: bool = True) -> JurySession:
    """The session, fresh, its jury locked until the transaction ends; the person's right checked. Three queries.

    Raises ``Refused`` once the session is settled, unless ``preparing=False``.
    """
    jury = lock_jury(session.jury)
    require_desk(by, jury.call)
    locked = JurySession.objects.select_related("chair__user", "chair__institution").get(pk=session.pk)
    locked.jury = jury
    if preparing:
        require(rules.can_prepare(locked))
    return locked


def touch(locked: JurySession) -> None:
    """Count one more change: a page opened before it is stale. One query."""
    JurySession.objects.filter(pk=locked.pk).update(version=F("version") + 1, updated_at=timezone.now())
    locked.version += 1
