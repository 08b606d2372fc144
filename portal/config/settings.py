"""Django's settings, all from `portal.config.env`. There is one file for every place the portal runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portal.config.env import ROOT, MissingSetting, env
from portal.config.queue import make_queue

BASE_DIR = ROOT
DATA_DIR = Path(env.text("PORTAL_DATA", str(ROOT / "var"))).resolve()
DEMONSTRATION = env.flag("PORTAL_DEMO", default=False)
DEMO_PASSWORD = env.text("PORTAL_DEMO_PASSWORD", "") if DEMONSTRATION else ""
HTTPS = env.flag("PORTAL_HTTPS", default=True)

SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.listed("SECRET_KEY_FALLBACKS", "")
FIELD_KEYS = env.listed("FIELD_KEYS", "")
"""Keys of encrypted columns, the newest first; without any they follow from the secret key (`portal.base.crypto`)."""
DEBUG = env.flag("PORTAL_DEBUG", default=False)
ALLOWED_HOSTS = env.listed("PORTAL_HOSTS", "localhost,127.0.0.1,[::1]" if not HTTPS else None)
if "*" in ALLOWED_HOSTS:
    raise MissingSetting("PORTAL_HOSTS is *: any Host header would be believed. Name the hosts this site answers to.")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "django_otp",
    "django_otp_webauthn",
    "django_htmx",
    "template_partials",
    "django_tables2",
    "django_filters",
    "csp",
    "huey.contrib.djhuey",
    "portal.config",
    "portal.home",
    "portal.reports",
    "portal.dayend",
    "portal.counter",
    "portal.statements",
    "portal.loans",
    "portal.support",
    "portal.announcements",
    "portal.administration",
    "portal.bookkeeping",
    "portal.deposits",
    "portal.drawers",
    "portal.fraud",
    "portal.approvals",
    "portal.signin",
    "portal.ledger",
    "portal.people",
    "portal.notifications",
    "portal.filters",
    "portal.institution",
    "portal.documents",
    "portal.audit",
    "portal.outbox",
    "portal.live",
    "portal.access",
    "portal.base",
    "tasks",
]

MIDDLEWARE = [
    "portal.config.middleware.PlainRequests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.base.render.redirects_for_htmx",
    "portal.access.sessions.SessionsEnd",
    "portal.signin.middleware.Visits",
    "portal.audit.context.AuditContext",
    "portal.audit.refusals.RefusalsKept",
    "portal.config.middleware.Headers",
    "portal.access.gate.EveryViewIsMarked",
    "portal.signin.middleware.PasswordFirst",
    "portal.counter.lock.CounterLock",
    "portal.announcements.middleware.MustRead",
    "portal.administration.view_as.ViewAs",
]

ROOT_URLCONF = "portal.config.urls"
WSGI_APPLICATION = "portal.config.wsgi.application"
ASGI_APPLICATION = "portal.config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.access.context.access",
                "portal.config.context.shell",
            ],
            "builtins": ["template_partials.templatetags.partials", "portal.base.templatetags.portal"],
        },
    }
]
FORM_RENDERER = "portal.base.formrenderer.PortalRenderer"


DATABASE_PREPARES = env.flag("DATABASE_PREPARES", default=True)
"""Whether the server keeps the plans of our most frequent statements. Off behind a pooler that knows no prepared statements."""
PREPARE_AFTER = 5


def _database(url: str) -> dict[str, Any]:
    """Django's database settings from a libpq address; psycopg reads whatever the address says."""
    from psycopg.conninfo import conninfo_to_dict

    parts: dict[str, Any] = dict(conninfo_to_dict(url))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "quayside"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "application_name": "quayside",
            "prepare_threshold": PREPARE_AFTER if DATABASE_PREPARES else None,
            **parts,
        },
    }


PROFILE_CACHE_SECONDS = 10.0
"""How old the name of the institution on a page may be."""

DB_ROLE = env.text("PORTAL_DB_ROLE", "app")
DATABASES = {"default": _database(env.text("DATABASE_OWNER_URL" if DB_ROLE == "owner" else "DATABASE_URL"))}
DATABASE_LISTEN_URL = env.text("DATABASE_LISTEN_URL", "")
"""Where open pages listen for news when the other address is a pooler that hands connections round, such as PgBouncer."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entry",
        # Tries at signing in are counted here. Django's 300 would let a stranger push a counter out with 300 others.
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["portal.signin.backend.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "portal.signin.passwords.LongEnough"},
    {"NAME": "portal.signin.passwords.NotBreached"},
    {"NAME": "portal.signin.passwords.NotAboutYou"},
]
PASSWORD_RESET_TIMEOUT = 30 * 60
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
STEP_UP_URL = "step_up"
PASSKEYS_REQUIRED = env.flag("PORTAL_PASSKEYS_REQUIRED", default=True)
"""Whether administrators and operations managers must have a passkey; off, an authenticator app suffices them."""
OTP_WEBAUTHN_HELPER_CLASS = "portal.signin.passkeys.Ceremony"
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False
OTP_WEBAUTHN_RP_NAME = "Quayside"
OTP_WEBAUTHN_RP_ID = ALLOWED_HOSTS[0]
OTP_WEBAUTHN_ALLOWED_ORIGINS = CSRF_TRUSTED_ORIGINS or ["http://localhost"]
"""For the package's own check; `portal.signin.passkeys` takes host and origin of the request, which the hosts limit."""
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "portal.signin.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "portal.signin.pages.forms.SignInForm",
    "change_password": "portal.signin.pages.forms.PasswordChangeForm",
    "reset_password": "portal.signin.pages.forms.PasswordForgottenForm",
    "reset_password_from_key": "portal.signin.pages.forms.PasswordResetForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
# Failures are counted in `signin_trycount` (portal.signin.services.counting); these bound how often anybody asks.
ACCOUNT_RATE_LIMITS = {"login_failed": None, "login": "60/m/ip", "reset_password": "5/m/ip,3/h/key"}
SESSION_ENGINE = "portal.access.session_store"
POLICY_CACHE_SECONDS = 10.0
"""How old the rules of signing in may be, how long sessions last among them (`portal.access.policy`)."""
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "quayside_session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "quayside_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

SECURE_SSL_REDIRECT = HTTPS
# Probes come from inside, in plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
BEHIND_PROXY = env.flag("PORTAL_BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 63072000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
PHONE_REGION = env.text("PORTAL_PHONE_REGION", "GH")
"""The country of telephone numbers that are typed without one (ISO 3166)."""
FILE_UPLOAD_HANDLERS = [
    "portal.documents.handling.NoLargerThanAllowed",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
UPLOADS = DATA_DIR / "uploads"
CLAMD = env.text("CLAMD", "")
"""A virus scanner for what people bring: `/run/clamav/clamd.ctl` or `host:3310`. Without one files are shown at once."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "media"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 0 if DEBUG else 31536000

if env.text("EMAIL_HOST", ""):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = env.text("EMAIL_HOST")
    EMAIL_PORT = env.whole("EMAIL_PORT", 587)
    EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
    EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
    EMAIL_USE_TLS = True
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
SMS_URL = env.text("SMS_URL", "")
"""Where text messages are handed over, by POST; without one the demonstration shows them among its mails."""
SMS_HOSTS = env.listed("SMS_HOSTS", "")
"""The only hosts that are ever asked to send a text message."""
SMS_HEADERS = env.mapping("SMS_HEADERS", {})
SMS_BODY = env.mapping("SMS_BODY", {"to": "{to}", "message": "{text}", "id": "{id}"})
"""Headers and body, JSON objects; `{to}`, `{text}` and `{id}` (the same for a repeat) in their values are filled in."""
SMS_FORM = env.flag("SMS_FORM", default=False)
"""Whether the body goes as a form instead of as JSON."""
SMS_ACCEPTED = env.text("SMS_ACCEPTED", "")
"""What the answer must contain to count as accepted; empty: any answer with a status of 2xx."""
EMAIL_TIMEOUT = 20
SIGNING_KEY_FILE = env.text("PORTAL_SIGNING_KEY_PATH", str(DATA_DIR / "secrets" / "signing_key.pem"))
"""The institution's key for its documents. The first worker to start makes it; several workers share one file."""
PUBLIC_URL = env.text("PORTAL_URL", f"https://{ALLOWED_HOSTS[0]}" if HTTPS else "").rstrip("/")
"""The site's address in all that outlives a request (`portal.base.origin`): mails, papers, the codes on both."""
FISCAL_YEAR_MONTH = env.whole("PORTAL_FISCAL_YEAR_MONTH", 1)
"""The month in which the institution's year begins."""
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "no-reply@quayside.invalid")

HUEY = make_queue(DATABASES["default"], redis_url=REDIS_URL, secret=SECRET_KEY)
OUTBOX_WAKE = "tasks.tasks.wake"
"""What `outbox` calls after commit; named here so that the portal need not import the tasks above it."""

TEST_RUNNER = "django.test.runner.DiscoverRunner"
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.server": {"level": "WARNING"}, "huey": {"level": "WARNING"}, "weasyprint": {"level": "ERROR"}},
}
DJANGO_TABLES2_TEMPLATE = "base/table.html"
