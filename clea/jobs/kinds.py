"""What can be done as a job. Each app adds its kinds when it starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clea.accounts.models import User
    from clea.documents.models import StoredFile
    from clea.jobs.models import Job
    from clea.jobs.progress import Progress


@dataclass(frozen=True)
class Outcome:
    """What a job leaves: a sentence, and a file that waits or a page to open."""

    message: str = ""
    file: StoredFile | None = None
    url: str = ""


class UnknownKind(LookupError):
    """A kind that no app registered: a programming error."""


Handler = Callable[["Progress"], "Outcome | None"]
Right = Callable[["User", "Job"], bool]


def is_staff(user: User, job: Job) -> bool:
    """The least that is asked of anybody."""
    return user.is_active and user.is_staff


@dataclass(frozen=True)
class Kind:
    """One kind of job.

    ``may``: whether this person may ask for it, have it run and read what it made; asked each time.
    ``resumes``: what the handler remembers is kept when the job is started again, which then goes on
    where it stood; otherwise it begins again.
    """

    key: str
    handler: Handler
    may: Right = is_staff
    resumes: bool = False


_kinds: dict[str, Kind] = {}


def register(kind: str, handler: Handler, *, may: Right = is_staff, resumes: bool = False) -> None:
    """Add a kind, from an ``AppConfig.ready``. The same key replaces."""
    _kinds[kind] = Kind(kind, handler, may, resumes)


def get(kind: str) -> Kind:
    """Raise :class:`UnknownKind` unless some app registered it."""
    try:
        return _kinds[kind]
    except KeyError:
        raise UnknownKind(f"{kind!r} is not registered with clea.jobs.kinds.register") from None
