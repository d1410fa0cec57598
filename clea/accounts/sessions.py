"""Sessions kept in a table of our own, so that a person sees theirs and closes them.

Django's own table holds the person inside an opaque text: theirs could only be found by reading
everybody's. The rows here say whose they are, since when, and from which browser. A row is read with
its person: one query where Django needs two; one more at sign-in and one a day (every ten minutes for
the coordination).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone
from django.utils.crypto import constant_time_compare

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

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
        """Django's own, the person with it."""
        found = self.get_model_class().objects.select_related("person")
        self.row = found.filter(session_key=self.session_key, expire_date__gt=timezone.now()).first()
        if self.row is None:
            self._session_key = None
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


def person_of(request: HttpRequest) -> User | AnonymousUser:
    """Whose request it is: the person read with the session. No query once the session was read.

    ``django.contrib.auth.get_user`` answers whenever anything is not as usual (a backend that is gone, another
    person, an account closed, a password changed, a secret key replaced): it says who is refused, and ends sessions.
    """
    session: SessionStore = request.session  # type: ignore[assignment]
    key, backend, proof = (session.get(name) for name in (SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY))
    person = session.row.person if session.row is not None else None
    if (
        person is not None
        and person.is_active
        and str(person.pk) == key
        and backend in settings.AUTHENTICATION_BACKENDS
        and proof
        and constant_time_compare(proof, person.get_session_auth_hash())
    ):
        return person
    return get_user(request)


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
