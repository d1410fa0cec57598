"""The next thing to do, and by when: what each home opens on.

An app gives the steps of its space; the shell sorts them, and the public home reminds a signed-in
person of the first ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Literal

from django.utils import timezone

from clea.accounts import landing
from clea.ui import dates, season

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

    from clea.accounts.models import User

#: ``due``: to do before ``when`` (a day: that day included). ``since``: to do, since ``when``. ``on``: it
#: takes place then, be there. ``coming``: nothing to do, this is what comes.
Kind = Literal["due", "since", "on", "coming"]
#: What has no deadline is to be done within two days, among what has one.
_WITHIN = timedelta(days=2)
_FAR = timedelta(days=36500)


@dataclass(frozen=True)
class NextStep:
    """One step: the words of a link (a verb), where it leads, and its date."""

    label: str
    href: str = ""
    action: str | _StrPromise = ""
    when: datetime | date | None = None
    kind: Kind = "due"
    detail: str | _StrPromise = ""
    space: str | _StrPromise = ""

    @property
    def to_do(self) -> bool:
        return self.kind != "coming"

    @property
    def end(self) -> datetime | None:
        """The first moment that is too late: a day counts whole."""
        if self.when is None or isinstance(self.when, datetime):
            return self.when
        after = self.when if self.kind in {"on", "coming"} else self.when + timedelta(days=1)
        return timezone.make_aware(datetime.combine(after, time.min))

    @property
    def left(self) -> dict[str, Any]:
        """What is left: ``season.remaining``; ``over`` once late. A day: whole days, 0 on the day itself."""
        if self.when is None:
            return {"over": False, "count": None, "unit": ""}
        if isinstance(self.when, datetime):
            return season.remaining(self.when)
        days = (self.when - timezone.localdate()).days
        return {"over": days < 0, "count": max(days, 0), "unit": "days"}

    @property
    def date(self) -> str:
        """The date in words: a closing moment, an appointment, or a day."""
        if self.when is None:
            return ""
        if self.kind == "since":
            return dates.day(self.when)
        if self.kind == "due" and isinstance(self.when, datetime):
            return dates.deadline(self.when)
        return dates.moment(self.when)

    def _rank(self, now: datetime) -> tuple[bool, datetime]:
        if self.kind == "since" or (self.to_do and self.end is None):
            return False, now + _WITHIN
        return not self.to_do, self.end or now + _FAR


def ordered(steps: Iterable[NextStep]) -> list[NextStep]:
    """The most pressing first: what is to do before what comes, then by date. The order given otherwise."""
    now = timezone.now()
    return sorted(steps, key=lambda step: step._rank(now))


Provider = Callable[["User"], "list[NextStep]"]
_providers: dict[str, Provider] = {}


def register(space: str, provider: Provider) -> None:
    """The steps of a space (the key of ``landing``; ``""`` is everybody's), from an ``AppConfig.ready``."""
    _providers[space] = provider


def of(request: HttpRequest, *, but: Collection[str] = ()) -> list[NextStep]:
    """Every step of this person, in the spaces their session knows. Costs what these spaces cost; nothing to
    an anonymous visitor."""
    if not request.user.is_authenticated:
        return []
    known = {"", *(space.key for space in landing.known(request))}.difference(but)
    return ordered(step for key, provider in _providers.items() if key in known for step in provider(request.user))
