"""Who may read the minutes of a jury.

The coordination of the territory: every edition and every signed scan. Besides, once the session is
closed, whoever presided (the jury's president, or who chaired that day) may read the signed minutes,
on two conditions: they may open every dossier these minutes speak of (no recusal, none of their own,
none that was not given to them), and identities are not withheld from the jury. Nobody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from candidatures.models import Juror, Jury, Minutes
from candidatures.rules.sessions import may_read_minutes
from candidatures.selectors.sessions import all_open_to
from candidatures.services.jury.minutes import file_name
from clea.documents.access import Grant

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from clea.accounts.models import User
    from clea.documents.models import StoredFile


def resolve(user: User | AnonymousUser, stored_file: StoredFile) -> Grant | None:
    """Grant one file of the minutes, or None. Two to six queries."""
    if not user.is_authenticated:
        return None
    signed = False
    row = _of(stored_file.minutes.all())
    if row is None:
        row, signed = _of(stored_file.signed_minutes.all()), True
    if row is None:
        return None
    grant = Grant(filename=file_name(row, signed=signed), journal_target=row.session)
    if Jury.objects.coordinated_by(user).filter(pk=row.session.jury_id).exists():
        return grant
    if not signed:
        return None
    juror = Juror.objects.of(user).select_related("jury__call").filter(jury=row.session.jury_id).first()
    if juror is not None and may_read_minutes(juror, row) and all_open_to(juror, row.session):
        return grant
    return None


def _of(rows: QuerySet[Minutes]) -> Minutes | None:
    return rows.select_related("session").first()
