"""The shortlist, the set the committee retained, the files that leave. Nothing here is written to anybody."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

KINDS: tuple[MailKind, ...] = ()

VERBS = {
    "application.shortlisted": _("présélectionnée"),
    "application.unshortlisted": _("retirée de la présélection"),
    "jury.set_retained": _("ensemble retenu par le comité"),
    "jury.set_dropped": _("ensemble retenu abandonné"),
    "jury.exported": _("classement, lectures ou dossiers exportés"),
}
