"""What a person gets while the site cannot serve: closed for maintenance, the database away, a breakdown.

Nothing here may need what is broken: the pages stand alone, no query has to answer, and the form that
was being sent is given back on the page, to be sent again.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import sys
import time
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from clea.errors import Unavailable
from clea.ui.http import wants_json
from clea.ui.identity import publisher
from clea.ui.recovery import MAX_CHARS

logger = logging.getLogger(__name__)

#: Whose presence closes the site, in VAR_DIR or at the root of an object store.
FILE = "MAINTENANCE"
#: Seconds between two looks at the object store; and when it did not answer.
LOOK_EVERY, LOOK_AGAIN = 5, 60
#: Seconds after which a browser, a proxy or a search engine may come back.
RETRY_AFTER = 600
#: What is never written back into a page.
SECRETS = ("password", "code", "otp", "token_secret")
#: Addresses that answer whatever happens: the supervisor's, and the way in of those who may pass.
OPEN = ("/sante/", "/compte/")


def notice() -> str | None:
    """The words of a closed site, or ``None`` when it is open. No query; one look at the disk.

    Closed by the setting ``MAINTENANCE`` (true, or a sentence) or by a file ``MAINTENANCE`` in
    ``VAR_DIR``, whose text, if it has one, says until when. Several machines that share an object
    store look there as well, every few seconds.
    """
    try:
        return (settings.VAR_DIR / FILE).read_text(encoding="utf-8").strip()[:500]
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError):
        return ""
    asked = str(settings.MAINTENANCE).strip()
    if asked.lower() in {"", "0", "false", "no", "off"}:
        return _told_to_all.words() if getattr(default_storage, "shared", False) else None
    return "" if asked.lower() in {"1", "true", "yes", "on"} else asked


class _ToldToAll:
    """What the object store says to every machine, as this process last read it."""

    def __init__(self) -> None:
        self.next_look = 0.0
        self.last: str | None = None

    def words(self) -> str | None:
        now = time.monotonic()
        if now >= self.next_look:
            # First, so that one thread looks and the others do not wait for it.
            self.next_look = now + LOOK_EVERY
            try:
                with default_storage.open(FILE) as said:
                    self.last = said.read(2000).decode("utf-8", "replace").strip()[:500]
            except FileNotFoundError:
                self.last = None
            except OSError:
                logger.warning("the object store does not answer: whether the site is closed is not known")
                self.next_look = now + LOOK_AGAIN
        return self.last


_told_to_all = _ToldToAll()


def close_site(words: str) -> None:
    """Close every machine: the object store's within seconds, or this one's, at once."""
    open_site()
    if getattr(default_storage, "shared", False):
        # Never empty: some stores do not keep an object without a byte.
        default_storage.save(FILE, ContentFile(f"{words}\n".encode()))
    else:
        (settings.VAR_DIR / FILE).write_text(words, encoding="utf-8")


def open_site() -> None:
    """Open what :func:`close_site` closed. The variable ``MAINTENANCE`` and another machine's own file stay."""
    if getattr(default_storage, "shared", False):
        default_storage.delete(FILE)
    (settings.VAR_DIR / FILE).unlink(missing_ok=True)
    _told_to_all.next_look = 0.0


def is_open_to(request: HttpRequest) -> bool:
    """Whether this request passes a closed door: health, sign-in, and the coordination."""
    if request.path.startswith(OPEN):
        return True
    try:
        return request.user.is_authenticated and request.user.is_staff
    except (DatabaseError, InterfaceError):
        return False


def closed(request: HttpRequest, words: str) -> HttpResponse:
    """503 for a site closed on purpose."""
    with contextlib.suppress(DatabaseError, InterfaceError):
        # The database is often well while one works: whom to write to is then up to date.
        publisher()
    message = words or _("Le site est fermé quelques minutes pour entretien.")
    return answer(request, "503.html", message, {"words": words, "planned": True})


def breakdown(request: HttpRequest) -> HttpResponse:
    """``handler500``: 503 when the database or the store of files is away or full, 500 for anything else. No query."""
    error = sys.exc_info()[1]
    # A full disk is met while the request itself is read, whatever the view would have said of a file.
    no_room = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if no_room or isinstance(error, (DatabaseError, InterfaceError, Unavailable)):
        message = _("Le site ne peut pas répondre pour le moment. Réessayez dans une minute.")
        return answer(request, "503.html", message, {"planned": False})
    message = _("Quelque chose est tombé en panne chez nous. Réessayez dans une minute.")
    return answer(request, "500.html", message, {}, status=500)


def answer(
    request: HttpRequest, template: str, message: str, context: dict[str, Any], *, status: int = 503
) -> HttpResponse:
    """The page, or its sentence for our own scripts."""
    response: HttpResponse
    try:
        if wants_json(request):
            response = JsonResponse({"message": message}, status=status)
        else:
            context |= {"kept": kept(request), "request_path": request.get_full_path()}
            # What the logs call this request: whoever writes to us may quote it.
            context["reference"] = request.META.get("clea.reference", "")
            response = HttpResponse(render_to_string(template, context), status=status)
    except Exception:
        # The last page of all: whatever else is broken, a person reads what to do.
        logger.exception("The page of a breakdown could not be made.")
        response = HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def kept(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of the form that was being sent, to be sent again from the page; files cannot be.

    Only for a form that one of our own pages sent, on the browser's word, and never with a secret.
    """
    if request.method != "POST" or request.headers.get("sec-fetch-site") != "same-origin":
        return []
    if request.path.startswith("/compte/") or int(request.headers.get("content-length") or 0) > 4 * MAX_CHARS:
        return []
    try:
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
    except (RequestDataTooBig, TooManyFieldsSent, UnreadablePostError, RawPostDataException, ValueError):
        return []
    if any(secret in name.lower() for name, _value in fields for secret in SECRETS):
        return []
    total = sum(len(str(value)) for _name, value in fields)
    return [(name, str(value)) for name, value in fields] if total <= MAX_CHARS else []
