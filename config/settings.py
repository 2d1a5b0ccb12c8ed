"""Every setting comes from the environment; docs/configuration.md is the table of them."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

from config import beat, env, keys, logs, look

# -------------------------------------------------------------------------------------------- what runs where

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "data")
PRODUCTION = env.switch("PRODUCTION")
DEMO = env.switch("DEMO")
DEBUG = False

PORT = env.number("PORT", 8000, least=1, most=65535)
BIND = env.text("BIND", "127.0.0.1")
WEB_WORKERS = env.number("WEB_WORKERS", 2, least=1, most=64)
WEB_THREADS = env.number("WEB_THREADS", 4, least=1, most=64)
WORKER_THREADS = env.number("WORKER_THREADS", 4, least=1, most=64)

SITE_URL = env.web_address("SITE_URL", f"http://localhost:{PORT}")
SITE_HOST = urlsplit(SITE_URL).hostname or ""
ALLOWED_HOSTS = [SITE_HOST, *env.words("ALLOWED_HOSTS")]
if not PRODUCTION:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(SITE_URL))]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

# The console is Django's admin; UNFOLD dresses it, PLAIN leaves it as it is, under the strict policy below.
CONSOLE_THEME = env.choice("CONSOLE_THEME", "UNFOLD", ("UNFOLD", "PLAIN"))
IS_CONSOLE_THEMED = CONSOLE_THEME == "UNFOLD"
CONSOLE_THEME_APPS = ["unfold.apps.BasicAppConfig"] if IS_CONSOLE_THEMED else []
CONSOLE_THEME_TEMPLATES = [BASE_DIR / "templates" / "themes" / "unfold"] if IS_CONSOLE_THEMED else []

INSTALLED_APPS = [
    "config",
    "channels_inbound",
    "helpdesk",
    "contracts",
    "sla",
    *CONSOLE_THEME_APPS,
    "config.apps.ConsoleConfig",  # django.contrib.admin, with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "anymail",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "rest_framework",
]

MIDDLEWARE = [
    "config.middleware.TrustedProxies",
    "config.middleware.RequestSize",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "helpdesk.portal.middleware.ReadersLanguage",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [*CONSOLE_THEME_TEMPLATES, BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "helpdesk.portal.context.portal",
            ],
            "libraries": {"portal": "helpdesk.portal.tags"},
        },
    },
]

# ------------------------------------------------------------------------------------------------------- data

SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": str(DATA_DIR / "prazo.sqlite3"),
}
DATABASES = {"default": env.database("DATABASE_URL", SQLITE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if DATABASES["default"]["ENGINE"] == SQLITE["ENGINE"]:
    # Without these three, four processes that read, change and write meet lock errors in two of three
    # transactions; with them in none.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)

REDIS_URL = env.redis("REDIS_URL")
REDIS_PREFIX = env.text("REDIS_PREFIX", "prazo:")
REDIS_CACHE = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
# The rate limits of sign-in count in the cache, so it must be one for all processes.
DATABASE_CACHE = {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
# The API's rates are counted at every request: in memory, process by process, where there is no Redis.
MEMORY_CACHE = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "rates"}
CACHES = {
    "default": {**(REDIS_CACHE if REDIS_URL else DATABASE_CACHE), "KEY_PREFIX": REDIS_PREFIX},
    "rates": {**(REDIS_CACHE if REDIS_URL else MEMORY_CACHE), "KEY_PREFIX": REDIS_PREFIX},
}

MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750

# A provider hands a mail over as one JSON body, its attachments in base64: 40 MB of mail need 54 MB and some.
MAX_REQUEST_BYTES = env.number("MAX_REQUEST_MB", 72, least=1, most=1024) * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_REQUEST_BYTES
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# --------------------------------------------------------------------------------------------------- the pump

BROKER_DIR = DATA_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        "global_keyprefix": REDIS_PREFIX,
        "visibility_timeout": 900,  # longer than the longest task
        "socket_timeout": 10,
        "socket_connect_timeout": 2,
        "health_check_interval": 10,
    }
    if REDIS_URL
    else {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.2,  # a mail becomes a ticket within a second
    }
)
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_DEFAULT_QUEUE = "prazo"
CELERY_TASK_PUBLISH_RETRY = False  # a nudge is a hint: beat comes by again
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = beat.SCHEDULE
CELERY_BEAT_SCHEDULER = "config.beat:PromptScheduler"

HEARTBEAT_LIMIT = timedelta(seconds=60)
BACKLOG_LIMIT = timedelta(minutes=5)

# ----------------------------------------------------------------------------------------------------- people

AUTH_USER_MODEL = "contracts.Account"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up; it gives the agents' sign-in its password
ACCOUNT_ADAPTER = "helpdesk.portal.adapter.AccountAdapter"
ACCOUNT_FORMS = {"request_login_code": "helpdesk.portal.forms.SignInForm"}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "dashed": True, "length": 8}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a stranger's address gets no mail from us
SIGN_IN_SECONDS = 0.5  # every answer takes as long, whether or not the address is known
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(SITE_URL).scheme

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["helpdesk.api.authentication.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["helpdesk.api.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": [
        "helpdesk.api.throttling.Strangers",
        "helpdesk.api.throttling.Callers",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "60/min", "user": env.rate("API_RATE", "1200/min")},
    "EXCEPTION_HANDLER": "helpdesk.api.problems.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "NUM_PROXIES": 0,  # REMOTE_ADDR is already the client: config.middleware.TrustedProxies saw to it
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
}
REST_KNOX = {"TOKEN_TTL": timedelta(days=365), "AUTH_HEADER_PREFIX": "Bearer", "TOKEN_PREFIX": "prazo_"}
KNOX_TOKEN_MODEL = "helpdesk.ApiToken"  # noqa: S105  a model, not a token
SPECTACULAR_SETTINGS = {
    "TITLE": "Prazo",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# ------------------------------------------------------------------------------------------ mail and WhatsApp

# Which policy the public page shows; the first one when there is none of this key.
SUPPORT_POLICY = env.text("SUPPORT_POLICY", "support")
DESK_NAME = env.text("DESK_NAME", "Support")
SUPPORT_ADDRESS = env.mail_address("SUPPORT_ADDRESS", "support@desk.example")
REPLY_UNDO_SECONDS = env.number("REPLY_UNDO_SECONDS", 15, least=0, most=600)
REPLY_DOMAIN = env.domain("REPLY_DOMAIN", SUPPORT_ADDRESS.rpartition("@")[2])
AUTHSERV_ID = env.text("AUTHSERV_ID")
DEFAULT_FROM_EMAIL = SUPPORT_ADDRESS
SERVER_EMAIL = SUPPORT_ADDRESS

MAIL_DIR = DATA_DIR / "mail"
MAIL_PROVIDER = env.provider("MAIL_PROVIDER")
EMAIL_BACKEND = "config.mailbox.EmlFolder"
EMAIL_TIMEOUT = 20
globals().update(env.mail_transport("EMAIL_URL", {}))
if MAIL_PROVIDER:
    EMAIL_BACKEND = MAIL_PROVIDER

# Anymail lets a webhook without a secret pass. Ours is closed instead: nobody knows this one.
ANYMAIL = {"WEBHOOK_SECRET": f"closed:{secrets.token_urlsafe(32)}", **env.prefixed("ANYMAIL_")}
ANYMAIL_REQUESTS_TIMEOUT = (5, 20)
IS_MAIL_WEBHOOK_OPEN = not ANYMAIL["WEBHOOK_SECRET"].startswith("closed:")

TWILIO_ACCOUNT_SID = env.text("TWILIO_ACCOUNT_SID")
TWILIO_AUTH_TOKEN = env.text("TWILIO_AUTH_TOKEN")
TWILIO_FROM = env.text("TWILIO_FROM")
TWILIO_ALARM_CONTENT_SID = env.text("TWILIO_ALARM_CONTENT_SID")
TWILIO_BASE_URL = env.web_address("TWILIO_BASE_URL", "https://api.twilio.com")

# --------------------------------------------------------------------------------------------------- programs

WEBHOOK_SIGNING_KEY = env.secret("WEBHOOK_SIGNING_KEY", least=32)
WEBHOOK_TRUSTED_HOSTS = env.words("WEBHOOK_TRUSTED_HOSTS")

# --------------------------------------------------------------------------------------------------- security

SECRET_KEY = keys.secret_key(DATA_DIR, is_production=PRODUCTION)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")

SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "helpdesk.portal.views.errors.csrf_failure"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # asked over plain HTTP by the supervisor
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
# The console's theme evaluates expressions and writes style attributes. It alone may: what a customer wrote
# is shown there sanitised, inside a sandboxed frame.
CONTENT_SECURITY_POLICY_BY_PREFIX: dict[str, dict[str, list[str]]] = (
    {"/admin/": {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}}
    if IS_CONSOLE_THEMED
    else {}
)

# -------------------------------------------------------------------------------------------- words and pages

USE_TZ = True
TIME_ZONE = "UTC"
DESK_ZONE = env.zone("DESK_ZONE", "Europe/Lisbon")  # in which the console tells the time
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("fr", _("French")),
    ("es", _("Spanish")),
    ("pt-pt", _("Portuguese (Portugal)")),
    ("pt-br", _("Portuguese (Brazil)")),
]
# Portuguese lives in locale/pt, what Brazil says differently in locale/pt_BR: so pt-br falls back to pt-pt,
# and every language to English.
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION  # no collectstatic before a first look
STATIC_BACKEND = "whitenoise.storage.CompressedManifestStaticFilesStorage"
PLAIN_STATIC_BACKEND = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATIC_BACKEND if PRODUCTION else PLAIN_STATIC_BACKEND},
}

UNFOLD = look.UNFOLD

# ------------------------------------------------------------------------------------------------------- logs

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = logs.logging_config(LOG_LEVEL)
logs.configure()
