"""Public pages of the shell: law, health, robots, and the errors that have no app."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sitemaps.views import sitemap as django_sitemap
from django.core.exceptions import RequestDataTooBig
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import check_for_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from clea.accounts import services as accounts
from clea.accounts.models import Language
from clea.ui import ecodesign as measures
from clea.ui import health as health_of
from clea.ui import recovery, sitemaps, unavailable
from clea.ui.head import indexed
from clea.ui.head import manifest as manifest_of_the_site
from clea.ui.http import own_referrer, wants_json
from clea.ui.identity import publisher

#: When the declaration of accessibility was last read again.
DECLARED_ON = date(2026, 11, 22)


@login_not_required
@indexed()
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The declaration of RGAA 4.1: not compliant until an audit says better."""
    return render(request, "ui/accessibility.html", {"publisher": publisher(), "written": DECLARED_ON})


@login_not_required
@indexed()
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/legal.html", {"publisher": publisher()})


@login_not_required
@indexed()
@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    """Every cookie the site may set: when, what for, how long. No query."""
    days = settings.SESSION_COOKIE_AGE // 86400
    rows = [
        {
            "name": settings.SESSION_COOKIE_NAME,
            "when": _("quand vous vous connectez"),
            "purpose": _("vous garde connecté"),
            "duration": ngettext("%(count)s jour", "%(count)s jours", days) % {"count": days},
        },
        {
            "name": settings.CSRF_COOKIE_NAME,
            "when": _("quand une page montre un formulaire"),
            "purpose": _("empêche un autre site d'agir en votre nom"),
            "duration": _("un an"),
        },
        {
            "name": settings.LANGUAGE_COOKIE_NAME,
            "when": _("quand vous choisissez la langue"),
            "purpose": _("retient la langue choisie"),
            "duration": _("le temps de la visite"),
        },
        {
            "name": CookieStorage.cookie_name,
            "when": _("quand le site vous répond d'une phrase"),
            "purpose": _("porte cette phrase jusqu'à la page suivante"),
            "duration": _("jusqu'à la page suivante"),
        },
    ]
    return render(request, "ui/cookies.html", {"cookies": rows})


@login_not_required
@indexed()
@require_safe
def ecodesign(request: HttpRequest) -> HttpResponse:
    """Figures measured, with their date. The page weighs itself: written once to be weighed, once to say it."""
    context = {"weights": measures.weights(), "measured": measures.measured(), "publisher": publisher()}
    written = render_to_string("ui/ecodesign.html", context | {"visit": measures.Visit(1, 0)}, request)
    return render(request, "ui/ecodesign.html", context | {"visit": measures.first_visit(written)})


@login_not_required
@indexed()
@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/site_map.html", {"sections": sitemaps.sections()})


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    return django_sitemap(request, sitemaps={name: cls() for name, cls in sitemaps.registry.items()})


@login_not_required
@require_safe
@cache_control(max_age=86400, public=True)
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        *(f"Disallow: /{path}/" for path in ("compte", "coordination", "candidatures", "fichiers", "langue")),
        "",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116: whom to tell of a weakness. It must expire; half a year from now keeps it alive."""
    contact = getattr(settings, "SECURITY_CONTACT", "") or publisher().email
    lines = [
        f"Contact: mailto:{contact}" if contact else f"Contact: {settings.SITE_URL}/mentions-legales/",
        f"Expires: {(timezone.now() + timedelta(days=180)).strftime('%Y-%m-%dT00:00:00Z')}",
        "Preferred-Languages: fr, en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
@cache_control(max_age=86400, public=True)
def manifest(request: HttpRequest) -> HttpResponse:
    """The web manifest, served by a view because it names hashed files."""
    return JsonResponse(manifest_of_the_site(), content_type="application/manifest+json")


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers that read no SVG ask for this name."""
    return HttpResponsePermanentRedirect(static("img/favicon.ico"))


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """The process answers. No query: a slow database must not make a supervisor kill the web."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """The process can serve: database and private files answer. One query. 503 names what does not.

    ``besides``: what may be away for a while without a visitor being turned away (the antivirus).
    """
    checks = {"database": True, "files": True}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        checks["database"] = False
    checks["files"] = default_storage.answers()  # type: ignore[attr-defined] # each of clea.documents' storages does
    well = all(checks.values())
    told = {"status": "ok" if well else "down", "checks": checks}
    if besides := health_of.besides():
        told["besides"] = besides
    return JsonResponse(told, status=200 if well else 503)


@recovery.open_form
@login_not_required
@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, and of the letters to whoever is signed in."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and check_for_language(language) and language in Language.values:
        accounts.choose_language(by=request.user, language=language)
    return set_language(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form older than the last sign-in, or cookies refused.

    Our scripts get the new token and send again; a page that keeps its answers gets them back,
    unsaved; any other says what to do.
    """
    message = _(
        "Ce formulaire n'est plus valable : la page est restée ouverte longtemps, ou une autre session a commencé."
    )
    if wants_json(request):
        return JsonResponse({"message": message, "csrf_token": get_token(request)}, status=403)
    if recovery.keeps(request.path) and recovery.from_here(request) and recovery.set_aside(request):
        return redirect(request.path)
    # Our own page sent it, on the browser's word: it may be sent again from here, with the token of today.
    kept = unavailable.kept(request)
    context = {"message": message, "kept": kept, "token": get_token(request), "request_path": request.get_full_path()}
    return render(request, "403_csrf.html", context, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that Django would not read: too heavy, or not understood."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request, exception)
    return render(request, "400.html", status=400)


def too_large(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """More bytes than this address takes."""
    message = _("Ce que vous envoyez est trop volumineux pour cette adresse.")
    if wants_json(request):
        return JsonResponse({"message": message}, status=413)
    return render(request, "413.html", {"message": message, "back": own_referrer(request)}, status=413)
