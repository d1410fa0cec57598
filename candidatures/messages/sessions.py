"""The session, its set, its decisions, its minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KINDS: tuple[MailKind, ...] = ()

VERBS: dict[str, str | _StrPromise] = {
    "session.opened": _("séance du jury ouverte"),
    "session.changed": _("séance du jury modifiée"),
    "session.discarded": _("séance du jury supprimée"),
    "session.attendance": _("présences à la séance notées"),
    "session.agenda": _("ordre du jour de la séance modifié"),
    "session.decided": _("décisions de la séance préparées"),
    "session.reserve_ordered": _("liste complémentaire mise en ordre"),
    "session.settled": _("séance du jury arrêtée"),
    "session.corrected": _("séance du jury rouverte pour correction"),
    "minutes.signed": _("procès-verbal signé reçu, séance close"),
    "application.decided": _("décision du jury"),
    "application.restored": _("décision du jury annulée par une correction"),
}
