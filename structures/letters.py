"""Whom one writes to when one chose rows of a list: each person once, and who cannot be reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.db.models import Model

    from structures.models import Territory


@dataclass(frozen=True)
class Recipient:
    """One person of one territory. ``whose`` is why one writes to them: a structure, a dossier, a jury."""

    name: str
    email: str
    territory: Territory
    about: Model
    whose: str = ""
    language: str = "fr"


@dataclass
class Mailing:
    """Recipients told apart by their address, whatever the number of rows they come from."""

    recipients: list[Recipient] = field(default_factory=list)
    #: Who cannot be written to, and why.
    unreached: list[tuple[str, str]] = field(default_factory=list)
    #: How many times somebody already there came again.
    repeated: int = 0

    def add(self, *people: Recipient) -> None:
        known = {(one.territory.pk, one.email.casefold()) for one in self.recipients}
        for one in people:
            key = (one.territory.pk, one.email.casefold())
            if not one.email:
                self.unreached.append((one.name or one.whose, _("aucune adresse électronique connue")))
            elif key in known:
                self.repeated += 1
            else:
                known.add(key)
                self.recipients.append(one)

    def cannot(self, name: str, why: str) -> None:
        self.unreached.append((name, why))


def mailing_of(people: Iterable[Recipient]) -> Mailing:
    mailing = Mailing()
    mailing.add(*people)
    return mailing
