"""Who may read the files of a residency: one resolver a subject, closed by default."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from clea.documents.access import Grant
from clea.documents.models import StoredFile
from residencies import kit_files
from residencies.selectors import closing, communication, papers, steering, traces, trips
from residencies.selectors.document_files import requested_document

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User

#: Each answers for its own files: a grant, or nothing when the file is not one of its own, or not for them.
RESOLVERS: list[Callable[[User | AnonymousUser, StoredFile], Grant | None]] = [
    requested_document,
    kit_files.resolve,
    papers.resolve,
    traces.resolve,
    trips.receipt,
    steering.resolve,
    communication.press_scan,
    closing.resolve,
]


def resolve(user: User | AnonymousUser, stored_file: StoredFile) -> Grant | None:
    """The first grant among the subjects'. Nothing to somebody who is not signed in."""
    if not user.is_authenticated:
        return None
    for resolver in RESOLVERS:
        grant = resolver(user, stored_file)
        if grant is not None:
            return grant
    return None
