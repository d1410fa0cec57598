"""Settings, read top to bottom. Every variable is in .env.example.

``DEBUG=true`` is the demonstration and the developer's machine: everything has a default.
Anything else is production, which refuses to start half configured.
"""

from pathlib import Path
from typing import Any

import environ
import import_export
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from clea.documents import storage_url
from clea.upkeep import logs

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

if not DEBUG:
    missing = [name for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL") if not env.str(name, default="")]
    if missing:
        raise ImproperlyConfigured(
            f"Production needs {', '.join(missing)} in the environment (see .env.example). "
            "For the demonstration, set DEBUG=true."
        )

SECRET_KEY = env.str("SECRET_KEY", default="demonstration-only-never-in-production-0123456789abcdef")
if not DEBUG and (len(SECRET_KEY) < 50 or SECRET_KEY.startswith("demonstration-only")):
    raise ImproperlyConfigured("SECRET_KEY must be a secret of its own, 50 characters or more.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# The public address, used where there is no request: mails, PDFs, feeds.
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")

# What the legal notice must say and no territory knows: {"director": "…", "host_name": "…", …}.
LEGAL_NOTICE: dict[str, str] = env.json("LEGAL_NOTICE", default={})
# Where to report a vulnerability (/.well-known/security.txt); the publisher's address by default.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")

# Closed to the public: true, or a sentence saying until when. A file MAINTENANCE in VAR_DIR does the same at once.
MAINTENANCE = env.str("MAINTENANCE", default="")

# Applications ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "clea.ui.apps.CleaAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    # Before the queue: its worker is ours.
    "clea.upkeep",
    "django_tasks",
    "django_tasks_db",
    "simple_history",
    "clea.accounts",
    "clea.journal",
    "clea.mail",
    "clea.documents",
    "clea.jobs",
    "clea.privacy",
    "clea.ui",
    "structures",
    "candidatures",
    "residencies",
]

MIDDLEWARE = [
    "clea.upkeep.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "clea.ui.middleware.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clea.ui.kept.KeptPagesMiddleware",
    "clea.ui.compression.CompressionMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "csp.middleware.CSPMiddleware",
    "clea.ui.texts.TextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "clea.accounts.middleware.PersonMiddleware",
    "clea.accounts.middleware.OpenSessionMiddleware",
    "clea.ui.middleware.MaintenanceMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "clea.ui.middleware.BareAnswersMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clea.accounts.middleware.StaffSecondFactorMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "clea.urls"
WSGI_APPLICATION = "clea.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clea.ui.context_processors.shell",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "clea.ui.templatetags.quick"],
        },
    },
]
FORM_RENDERER = "clea.ui.forms.CleaFormRenderer"

# Database -------------------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'clea.sqlite3'}"),
}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock when the transaction opens: two writers queue instead of
    # failing half-way with "database is locked".
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": (
            # FULL: what was answered outlives a power cut, for 2 or 3 ms a commit; NORMAL may lose the last ones.
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;"
        ),
    }
if DATABASE["ENGINE"] == "django.db.backends.postgresql":
    # Pages ask small questions: compiling one costs more than answering it. And what the planner is to know of disks
    # that are not magnetic, or it reads whole tables where an index would do. DATABASE_URL's own options come instead.
    DATABASE.setdefault("OPTIONS", {}).setdefault("options", "-c jit=off -c random_page_cost=1.1")
# Kept between requests: opening SQLite's WAL, or a session on PostgreSQL, costs more than a page.
DATABASE["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASE["CONN_HEALTH_CHECKS"] = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared between processes, so that a rate limit counts once whichever process answers.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "clea_cache",
        # Django's own 300 would throw rate limits away as soon as a few hundred people come by.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# Public pages kept for the next visitor (clea.ui.kept), never longer than they are true. Who writes templates does
# without: the page of a moment ago would hide what was just written.
PUBLIC_CACHE = env.bool("PUBLIC_CACHE", default=not DEBUG)

# Background tasks -----------------------------------------------------------------------------

# Long work (clea.jobs) has a queue of its own, so that a worker may be kept for the short tasks.
_QUEUES = ["default", "travaux"]
# In the caller's process, at once: the tests, and the making of the demonstration.
TASKS_AT_ONCE = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": _QUEUES}}
TASKS_QUEUED = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": _QUEUES}}
TASKS = TASKS_AT_ONCE if env.bool("TASKS_IMMEDIATE", default=False) else TASKS_QUEUED

# People ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "clea.accounts.adapter.AccountAdapter"
# One door: an address without an account is given one, and the same code verifies it.
ACCOUNT_FORMS = {"login": "clea.ui.entry.EntryForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 900
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
# A machine is a school, or a town hall: a whole class signs in at the same minute. What protects an account is
# counted by address: guessing a code (three tries each) would take centuries.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "signup": "60/m/ip",
    "request_login_code": "60/m/ip,3/m/key,10/h/key,30/d/key",
    "login_failed": "30/m/ip,5/5m/key,50/d/key",
    "reset_password": "30/m/ip,3/m/key,10/h/key",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "CLEA"

# People of the coordination must hold a second factor. The demonstration may do without.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=not DEBUG)
if not DEBUG and not STAFF_SECOND_FACTOR:
    raise ImproperlyConfigured("STAFF_SECOND_FACTOR may be switched off in the demonstration only.")

# Rows that say whose they are, so that a person sees and closes theirs.
SESSION_ENGINE = "clea.accounts.sessions"
# Seconds after the last thing done; and after the sign-in, whatever was done since.
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
LONGEST_SESSION = 60 * 60 * 24 * 60
STAFF_SESSION_IDLE = env.int("STAFF_SESSION_IDLE", default=60 * 60 * 12)
STAFF_SESSION_AGE = env.int("STAFF_SESSION_AGE", default=60 * 60 * 24 * 7)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
if env.bool("SECURE_SSL_REDIRECT", default=not DEBUG):
    # A browser takes these names over TLS only, from this very host: no neighbour can set them.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    LANGUAGE_COOKIE_NAME = "__Host-language"
CSRF_FAILURE_VIEW = "clea.ui.views.csrf_failure"

# Language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("français")), ("en", _("anglais"))]
# The words of a library that is not an application: its admin would load openpyxl and numpy in every process.
LOCALE_PATHS = [BASE_DIR / "locale", Path(import_export.__path__[0], "locale")]
USE_I18N = True
TIME_ZONE = "Europe/Paris"
USE_TZ = True

# Files ----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Private: never under a folder that a web server publishes. clea.documents serves them.
MEDIA_ROOT, _FILES = storage_url.parse(env.str("STORAGE_URL", default=""), default=VAR_DIR / "files")
MEDIA_URL = ""
STORAGES: dict[str, dict[str, Any]] = {
    "default": _FILES,
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Written through to the disk before the row that names them: 20 ms a file, that a demonstration does without.
FILES_FLUSHED = not DEBUG
FILE_UPLOAD_HANDLERS = ["clea.documents.uploads.BoundedUploadHandler"]
# The internal location under which nginx sends the files once we have said who may have them (deploy/nginx.conf).
X_ACCEL_LOCATION = env.str("X_ACCEL_LOCATION", default="")
if X_ACCEL_LOCATION and (_FILES["BACKEND"] != storage_url.LOCAL or X_ACCEL_LOCATION.strip("/") == ""):
    raise ImproperlyConfigured("X_ACCEL_LOCATION is a path such as /fichiers-internes/, for files kept in a folder.")
# nginx reads them then as a member of the program's group.
FILE_UPLOAD_PERMISSIONS = 0o640 if X_ACCEL_LOCATION else 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750 if X_ACCEL_LOCATION else 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# Files sent by people are opened by processes of their own, each up to 512 MB: so many at once on a machine.
READERS_AT_ONCE = env.int("READERS_AT_ONCE", default=4)
# The antivirus, clamd: tcp://host:3310 or unix:///path; none without it. How long one who sends a file waits for its
# answer, and after how many hours without one the coordination may do without.
CLAMD_URL = env.str("CLAMD_URL", default="")
if CLAMD_URL and not CLAMD_URL.startswith(("tcp://", "unix:///")):
    raise ImproperlyConfigured("CLAMD_URL reads tcp://host:3310 or unix:///path/to/clamd.ctl.")
CLAMD_SECONDS = env.float("CLAMD_SECONDS", default=8)
SCAN_PATIENCE_HOURS = env.int("SCAN_PATIENCE_HOURS", default=4)

# Mail -----------------------------------------------------------------------------------------

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="CLEA <ne-pas-repondre@clea.invalid>")

# Web security ---------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        # What a page of ours frames says so itself: a dossier's PDF (clea.documents), a mail (clea.ui.http.framed).
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": SECURE_SSL_REDIRECT,
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0 if DEBUG else env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^sante/"]
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=1)

# Retention ------------------------------------------------------------------------------------

# How long what no call sets is kept; each call sets its own for refused dossiers. In days, months or years.
RETENTION: dict[str, int] = {
    "notice_days": 30,
    "contact_months": 24,
    "selected_years": 5,
    "questions_months": 3,
    "registrations_months": 3,
    "professionals_months": 36,
    "accounts_months": 36,
    "mails_months": 24,
} | env.json("RETENTION", default={})

# Logs -----------------------------------------------------------------------------------------

# JSON for a machine that gathers, a plain line for a person who watches.
LOG_JSON = env.bool("LOG_JSON", default=not DEBUG)
# One line a request: in production, not on the screen of the demonstration.
LOGGING = logs.config(as_json=LOG_JSON, access="WARNING" if DEBUG else "INFO")

# Operations -----------------------------------------------------------------------------------

# Who holds it reads /sante/mesures/; without it, administrators only.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Where "manage.py horloge" keeps a backup every night, and how many; empty: it makes none.
BACKUP_DIR = env.str("BACKUP_DIR", default="")
BACKUP_KEEP = env.int("BACKUP_KEEP", default=14)
# Every backup is encrypted when it is set.
BACKUP_PASSPHRASE = env.str("BACKUP_PASSPHRASE", default="")

if SENTRY_DSN := env.str("SENTRY_DSN", default=""):
    import sentry_sdk

    sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False)

IMPORT_EXPORT_USE_TRANSACTIONS = True
SIMPLE_HISTORY_REVERT_DISABLED = True
SILENCED_SYSTEM_CHECKS: list[str] = []
