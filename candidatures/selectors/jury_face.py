"""What a juror may call a dossier: by its number while identities are withheld, by its name after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from candidatures.models import Juror

if TYPE_CHECKING:
    from candidatures.models import Application, Jury


@dataclass(frozen=True)
class Face:
    """``label`` is the dossier's title on any juror's page, file or calendar; ``subtitle`` a line below it."""

    label: str
    number: str
    subtitle: str
    blind: bool


def face(application: Application, jury: Jury | Juror) -> Face:
    """The dossier as this jury may see it now. No query when ``last_deposit`` and the jury's call are loaded."""
    if isinstance(jury, Juror):
        jury = jury.jury
    number = application.last_deposit.number if application.last_deposit else ""
    if jury.is_blind:
        return Face(
            label=_("Dossier %(number)s") % {"number": number},
            number=number,
            subtitle=_("lecture anonyme"),
            blind=True,
        )
    return Face(label=application.display_name, number=number, subtitle=number, blind=False)
