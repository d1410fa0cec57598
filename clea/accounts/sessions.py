"""Sessions kept in a table of our own, so that a person sees theirs and closes them.

Django's own table holds the person inside an opaque text: theirs could only be found by reading
everybody's. The rows here say whose they are, since when, and from which browser. Costs no query
more than Django's, but one at sign-in and one a day (every ten minutes for the coordination).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

if TYPE_CHECKING:
    from clea.accounts.models import OpenSession, User

#: How exact "last seen" is: it is written when it is older than that.
SEEN_EVERY = timedelta(days=1)
STAFF_SEEN_EVERY = timedelta(minutes=10)


class Browser(NamedTuple):
    """Where a request comes from; told by the middleware."""

    ip: str | None
    device: str


class SessionStore(DatabaseStore):
    """``SESSION_ENGINE``. The row that was read is kept for the one that is written."""

    browser: Browser | None = None
    row: OpenSession | None = None

    @classmethod
    def get_model_class(cls) -> type[OpenSession]:
        from clea.accounts.models import OpenSession

        return OpenSession

    def _get_session_from_db(self) -> OpenSession | None:
        self.row = super()._get_session_from_db()  # type: ignore[misc]
        return self.row

    def create_model_instance(self, data: dict[str, Any]) -> OpenSession:
        """The row to write: what it was, or a new one since now when the key is new (a sign-in changes it)."""
        row: OpenSession = super().create_model_instance(data)  # type: ignore[assignment]
        known = self.row if self.row is not None and self.row.session_key == row.session_key else None
        person = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        if known is not None:
            row.uuid, row.opened_at, row.staff = known.uuid, known.opened_at, known.staff
            row.ip, row.device = known.ip, known.device
        elif self.browser is not None:
            row.ip, row.device = self.browser
        if person is not None and (known is None or known.person_id != person):
            row.staff = _is_staff(person)
        row.person_id = person
        row.expire_date = ends_at(row, row.expire_date)
        self.row = row
        return row


def _is_staff(person: int) -> bool:
    from clea.accounts.models import User

    return User.objects.filter(pk=person, is_staff=True).exists()


def ends_at(row: OpenSession, wanted: datetime) -> datetime:
    """When a session that is in use now ends: soon after the last page for the coordination, never later than
    so long after the sign-in for anybody."""
    age = settings.STAFF_SESSION_AGE if row.staff else settings.LONGEST_SESSION
    idle = timezone.now() + timedelta(seconds=settings.STAFF_SESSION_IDLE)
    return min(wanted, row.opened_at + timedelta(seconds=age), *([idle] if row.staff else []))


def seen(store: SessionStore, user: User) -> None:
    """Note that the person is here, when the last time is old enough. One query then, none otherwise."""
    row, now = store.row, timezone.now()
    if row is None or row.person_id is None or row.session_key != store.session_key:
        return
    if now - row.seen_at < (STAFF_SEEN_EVERY if user.is_staff else SEEN_EVERY):
        return
    row.staff, row.seen_at = user.is_staff, now
    row.expire_date = ends_at(row, now + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    fields = {"seen_at": now, "staff": row.staff, "expire_date": row.expire_date}
    if store.browser is not None:
        fields |= {"ip": store.browser.ip, "device": store.browser.device}
    type(row).objects.filter(session_key=row.session_key).update(**fields)
