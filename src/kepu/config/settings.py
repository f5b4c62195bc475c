"""Django's settings. What the surroundings decide is in `environment`; the rest is the same everywhere."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from kepu.config import environment

SOURCE = Path(__file__).resolve().parent.parent

DATA = environment.DATA
DEBUG = environment.DEBUG
SECRET_KEY = environment.secret("session")
ALLOWED_HOSTS = environment.HOSTS
PUBLIC_ADDRESS = environment.public_address()
ROOT_URLCONF = "kepu.config.urls"
WSGI_APPLICATION = "kepu.config.wsgi.application"

DATABASES = {"default": environment.database(os.environ.get("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rooms, from the top of the one-way list to the bottom: a room may use those above it.
KERNEL = [
    "kepu.kernel.divisions",
    "kepu.kernel.accounts",
    "kepu.kernel.roles",
    "kepu.kernel.audit",
    "kepu.kernel.facts",
    "kepu.kernel.idempotency",
    "kepu.kernel.rulebooks",
    "kepu.kernel.crosswalk",
    "kepu.kernel.files",
    "kepu.kernel.notices",
    "kepu.kernel.search",
    "kepu.kernel.exports",
    "kepu.kernel.credentials",
    "kepu.kernel.api",
]
ROOMS = ["kepu.people", "kepu.venues", "kepu.literacy", "kepu.orders", "kepu.appraisal", "kepu.web"]
INSTALLED_APPS = [
    "kepu.ui",
    *KERNEL,
    *ROOMS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kepu.web.middleware.completeness",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "kepu.web.middleware.problems",
    "django.middleware.common.CommonMiddleware",
    "kepu.web.middleware.sizes",  # before the token is looked for, which reads the whole form
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "kepu.kernel.accounts.middleware.sessions",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "kepu.web.middleware.letters",
    "kepu.web.middleware.refusals",
    "kepu.web.once.once",
]

CONTEXT = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "kepu.web.context.shell",
]
TEMPLATES = [
    {
        # Our own pages; APP_DIRS stays off so that third parties' templates are not read as Jinja.
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [
            SOURCE / app.removeprefix("kepu.").replace(".", "/") / "templates"
            for app in ("kepu.ui", *KERNEL, *ROOMS)
        ],
        "OPTIONS": {"environment": "kepu.ui.jinja.environment", "context_processors": CONTEXT},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": CONTEXT},
    },
]

# Fields are drawn by the engine of the pages around them, in less than half the time.
FORM_RENDERER = "django.forms.renderers.Jinja2"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "kepu.kernel.accounts.backend.Accounts",
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# By login name: one account is locked, wherever the guesses come from. Its owner still comes in by
# a browser that has been in before, which is counted by itself, and by telephone.
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "kepu.kernel.accounts.browsers.counted_as"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "kepu.kernel.accounts.entrance.address"
# A proxy of our own adds the last hop to X-Forwarded-For; without one that header is anybody's word.
BEHIND_PROXY = os.environ.get("BEHIND_PROXY") == "1"
# It also says by X-Forwarded-Proto that the browser came by https: addresses that leave the page (QR
# codes, mails) are made of it, and so is the origin that forms must come from.
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# W002: our own page answers a lock-out, so the middleware has nothing to do. W006: see above.
SILENCED_SYSTEM_CHECKS = ["axes.W002", "axes.W006"]
# "required": who holds a staff role sets up a second factor before anything else. "offered": may.
REQUIRE_SECOND_FACTOR = os.environ.get("REQUIRE_SECOND_FACTOR", "required")
# A demonstration without an SMS gateway shows the one-time code on the page. Never where people are real.
SHOW_SIGN_IN_CODES = os.environ.get("SHOW_SIGN_IN_CODES") == "1"
PRIVACY_TEXT = (
    "2026-11"  # the wording that consent is given to; change it with accounts/privacy.html
)
SESSION_ENGINE = "kepu.kernel.accounts.sessions"
IDLE_MINUTES = {"staff": 30, "resident": 8 * 60}
SESSION_COOKIE_AGE = 7 * 24 * 3600  # the outer limit; idleness ends a session long before
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("HTTPS") == "1"
CSRF_FAILURE_VIEW = "kepu.web.views.without_token"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
    }
}
# The path of the place that this installation serves. What holds for everybody, such as a rulebook, is
# decided by who may do so over all of it.
CITY = os.environ.get("CITY", "50.")
# Sign-in codes sent by short message in a day, in all: a flood of them costs money.
SIGN_IN_CODES_PER_DAY = int(os.environ.get("SIGN_IN_CODES_PER_DAY", "20000"))
# Requests to the API in a minute: for a key or a person, and for an address nobody signed in from.
API_PER_MINUTE = int(os.environ.get("API_PER_MINUTE", "600"))
API_PER_MINUTE_UNKNOWN = int(os.environ.get("API_PER_MINUTE_UNKNOWN", "120"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "kepu.kernel.files.uploads.IncomingFileHandler",
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [SOURCE / "kernel" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # shown; the database keeps UTC

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
COMPILED_TEMPLATES = DATA / "templates"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "files"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG", "WARNING")},
    # Asked for more, these would write down whole addresses, with the keys in them.
    "loggers": {name: {"level": "WARNING"} for name in ("httpx", "httpcore")},
}
