"""Settings, read once from the environment; docs/settings.md describes each of them."""

import hashlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kombu import Exchange, Queue

from governance.environment import Environment
from governance.stack import Home

env = Environment(os.environ)
BASE_DIR = Path(__file__).resolve().parent.parent

# --- where things are kept ---------------------------------------------------------------------------------

HOME = Home.at(env.text("CONSENTRY_HOME") or None)
CONSENTRY_HOME = HOME.root
CONSENTRY_STORE = env.text("CONSENTRY_STORE", str(HOME.store))
CONSENTRY_ROOTS = env.words("CONSENTRY_ROOTS", str(HOME.root / "data"))

DATABASES = {"default": env.database("DATABASE_URL", HOME.database_url)}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- who may reach it --------------------------------------------------------------------------------------

DEBUG = env.flag("CONSENTRY_DEBUG")
CONSENTRY_URL = env.origin("CONSENTRY_URL", "http://localhost:8000")
CONSENTRY_BEHIND_PROXY = env.flag("CONSENTRY_BEHIND_PROXY")
_host, _https = str(urlsplit(CONSENTRY_URL).hostname), CONSENTRY_URL.startswith("https://")
ALLOWED_HOSTS = env.words("CONSENTRY_ALLOWED_HOSTS", f"localhost 127.0.0.1 [::1] {_host}")
CSRF_TRUSTED_ORIGINS = [CONSENTRY_URL]

SECRET_KEY = env.secret_key("CONSENTRY_SECRET_KEY", HOME.secret_key)
SECRET_KEY_FALLBACKS = env.words("CONSENTRY_SECRET_KEY_FALLBACKS")

# Cookies know no ports: instances side by side on one host need names of their own.
_instance = hashlib.sha256(f"cookie {SECRET_KEY}".encode()).hexdigest()[:6]
_prefix = "__Host-" if _https else ""
SESSION_COOKIE_NAME = f"{_prefix}consentry-session-{_instance}"
CSRF_COOKIE_NAME = f"{_prefix}consentry-csrf-{_instance}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
SECURE_SSL_REDIRECT = _https and CONSENTRY_BEHIND_PROXY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONSENTRY_BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Subdomains may belong to others; and without https consentry.W004 says it once, and only of a public site.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SILENCED_SYSTEM_CHECKS += [] if _https else ["security.W004", "security.W008", "security.W012", "security.W016"]

AUTH_USER_MODEL = "datacards.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
]  # fmt: skip
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
CSRF_FAILURE_VIEW = "governance.views.errors.no_csrf"

# --- the web part ------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "governance.adminsite.SiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "datacards",
    "crawler",
    "audits",
    "governance",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "governance.headers.StrictHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "governance.tokens.TokenAuthentication",
    "governance.access.Guard",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "governance.views.errors.TellExpected",
]
ROOT_URLCONF = "governance.urls"
WSGI_APPLICATION = "governance.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

# Files are served by the web process: hashed and compressed ones after `collectstatic`, else from the apps' folders.
STATIC_URL = "static/"
STATIC_ROOT = env.text("CONSENTRY_STATIC_ROOT") or None
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
_static = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static if STATIC_ROOT else "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- the workers -------------------------------------------------------------------------------------------

CELERY_BROKER_URL = env.text("BROKER_URL", HOME.broker_url)
_amqp = CELERY_BROKER_URL.startswith(("amqp", "pyamqp"))
_longest_task = 6 * 3600  # seconds; a message unacknowledged for longer is delivered again
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {"confirm_publish": True}
    if _amqp
    else {
        "visibility_timeout": _longest_task,
        # kombu looks for messages of dead workers every 100 s by default; together these make it 2 s.
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
_queue = {"x-queue-type": "quorum", "x-consumer-timeout": _longest_task * 1000} if _amqp else None
CELERY_TASK_QUEUES = [
    Queue(name, Exchange("consentry"), routing_key=name, queue_arguments=_queue) for name in ("cpu", "gpu")
]
CELERY_TASK_DEFAULT_QUEUE = CELERY_TASK_DEFAULT_ROUTING_KEY = "cpu"
CELERY_TASK_DEFAULT_EXCHANGE = "consentry"
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60.0
# The rows' fences keep a task that goes on after a lost connection from counting twice; cancelling it would lose work.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
    for name, seconds in {
        "datacards.tasks.revive": 5,
        "governance.tasks.reconsider": env.number("CONSENTRY_RECONSIDER_SECONDS", 30),
        "governance.tasks.run_schedules": 30,
        "governance.tasks.deliver": env.number("CONSENTRY_DELIVER_SECONDS", 30),
    }.items()
}

# --- the API -----------------------------------------------------------------------------------------------

CONSENTRY_API_RATE = env.number("CONSENTRY_API_RATE", 600)  # requests a minute, per token

# --- the crawler -------------------------------------------------------------------------------------------

CONSENTRY_CRAWL_LOOPBACK = env.text("CONSENTRY_CRAWL_LOOPBACK") or None
CONSENTRY_CRAWL_CONTACT = env.text("CONSENTRY_CRAWL_CONTACT")  # a page or address that site owners can turn to
CONSENTRY_CRAWL_HANDLER = env.choice("CONSENTRY_CRAWL_HANDLER", "AIOHTTP", ("AIOHTTP", "TWISTED")).lower()
CONSENTRY_CRAWL_CONCURRENCY = env.number("CONSENTRY_CRAWL_CONCURRENCY", 300)
CONSENTRY_CRAWL_DELAY = env.number("CONSENTRY_CRAWL_DELAY", 1, least=0)  # seconds between requests to one host
CONSENTRY_CRAWL_TIMEOUT = env.number("CONSENTRY_CRAWL_TIMEOUT", 10)  # seconds for a whole answer
CONSENTRY_CRAWL_PORTS = env.words("CONSENTRY_CRAWL_PORTS", "80 443")

# --- terms of service: an endpoint that may read them beside the rules --------------------------------------

CONSENTRY_TERMS_ENDPOINT = env.text("CONSENTRY_TERMS_ENDPOINT")  # of chat completions; its full address
CONSENTRY_TERMS_MODEL = env.text("CONSENTRY_TERMS_MODEL", "default")
CONSENTRY_TERMS_KEY = env.text("CONSENTRY_TERMS_KEY")
CONSENTRY_TERMS_TIMEOUT = env.number("CONSENTRY_TERMS_TIMEOUT", 60)  # seconds for a whole answer

# --- changes, and who is told of them ------------------------------------------------------------------------

CONSENTRY_SETTLE_HOURS = env.number("CONSENTRY_SETTLE_HOURS", 24, least=0)
CONSENTRY_SETTLE_TERMS_DAYS = env.number("CONSENTRY_SETTLE_TERMS_DAYS", 7, least=0)
CONSENTRY_DELIVERY_ATTEMPTS = env.number("CONSENTRY_DELIVERY_ATTEMPTS", 8)  # before a message is given up
CONSENTRY_WEBHOOK_TIMEOUT = env.number("CONSENTRY_WEBHOOK_TIMEOUT", 10)  # seconds for a whole answer
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS, EMAIL_USE_SSL = env.mail(
    "CONSENTRY_EMAIL_URL"
)
CONSENTRY_EMAIL = bool(EMAIL_HOST)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.sender("CONSENTRY_EMAIL_FROM", f"consentry@{_host}")

# --- the log -----------------------------------------------------------------------------------------------

_level = env.choice("CONSENTRY_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
_time = "" if env.flag("CONSENTRY_LOG_WITHOUT_TIME") else "{asctime} "
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": _time + "{levelname:<7} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": _level},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # One line per message, every few seconds, tells nobody anything.
        **{name: {"level": "WARNING"} for name in ("celery.beat", "celery.app.trace", "celery.worker.strategy")},
        # No task here has a later start.
        "kombu.transport.native_delayed_delivery": {"level": "ERROR"},
    },
}

CONSENTRY_MISTAKES = env.mistakes
# Read elsewhere: by gunicorn_conf.py, by the embedded stack before Django is there, by the crawler's child processes.
env.asked |= {"CONSENTRY_BIND", "CONSENTRY_WEB_PROCESSES", "CONSENTRY_WEB_THREADS"}
env.asked |= {"CONSENTRY_POSTGRES_BIN", "CONSENTRY_PARENT"}
CONSENTRY_UNKNOWN = env.unasked("CONSENTRY_")
