"""What allauth does not do."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from clea.accounts import services
from clea.accounts.models import Language
from clea.ui.recovery import open_form


@open_form
@login_not_required
@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, and of the letters to whoever is signed in."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and check_for_language(language) and language in Language.values:
        services.choose_language(by=request.user, language=language)
    return set_language(request)
