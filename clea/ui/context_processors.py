"""What the shell needs on every page. No query."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from clea.accounts import landing


def shell(request: HttpRequest) -> dict[str, Any]:
    """``site_name``, ``page_lang``, ``languages``, where the language switch comes back to, ``spaces``."""
    current = get_language() or settings.LANGUAGE_CODE
    return {
        "site_name": getattr(settings, "SITE_NAME", "CLEA"),
        "page_lang": current,
        "languages": [
            {"code": code, "name": get_language_info(code)["name_local"], "current": code == current}
            for code, _name in settings.LANGUAGES
        ],
        "language_next": request.get_full_path(),
        # A form that came back refused would be lost by asking for its page again.
        "language_loses": request.method == "POST",
        # Read by the header of a signed-in person only.
        "spaces": SimpleLazyObject(lambda: landing.known(request)),
        "accessibility_status": _("non conforme"),
    }
