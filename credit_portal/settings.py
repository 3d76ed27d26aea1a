"""One settings file. What differs between installations comes from the environment; see docs/operations.md.

`PORTAL_MODE` is `production` (the default: refuses to start insecurely), `demo` or `test`.
"""

import os
from pathlib import Path
from typing import Any
from zlib import crc32

from psycopg.conninfo import conninfo_to_dict

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = os.environ.get("PORTAL_MODE", "production")
STATE_DIR = Path(os.environ.get("PORTAL_STATE_DIR", BASE_DIR / ".state"))


def required(name: str) -> str:
    """The variable, or an error that names it. Demo and test installations get theirs from `./portal`."""
    value = os.environ.get(name, "")
    if not value and MODE == "production":
        raise RuntimeError(f"环境变量 {name} 未设置（见 docs/operations.md）。")
    return value


def listed(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


SECRET_KEY = required("PORTAL_SECRET_KEY") or "only-for-demo-and-test-" + "x" * 40
DEBUG = False
ALLOWED_HOSTS = listed(
    "PORTAL_HOSTS", "" if MODE == "production" else "localhost,127.0.0.1,testserver"
)
CSRF_TRUSTED_ORIGINS = listed("PORTAL_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "guardian",
    "csp",
    "django_htmx",
    "django_filters",
    "credit_portal.accounts",
    "credit_portal.regulations",
    "credit_portal.audit",
    "credit_portal.jobs",
    "credit_portal.notices",
    "credit_portal.desk",
    "credit_portal.outbox",
    "credit_portal.documents",
    "credit_portal.web",
    "records",
    "publicity",
    "credit_portal.watch",
    "credit_portal.portals",
    "credit_portal.reports",
    "credit_portal.demo",
]

MIDDLEWARE = [
    "credit_portal.audit.middleware.RequestIdMiddleware",
    "credit_portal.web.page_cache.PageCacheMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "credit_portal.web.middleware.MaintenanceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "credit_portal.accounts.middleware.SessionLimitMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "credit_portal.urls"
WSGI_APPLICATION = "credit_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "credit_portal.web.context.site",
                "credit_portal.web.context.navigation_of",
                "credit_portal.web.context.care_of",
            ],
        },
    }
]


def database() -> dict[str, Any]:
    """`DATABASE_URL` as Django wants it. One database system, so the driver's own parser is enough."""
    parts = conninfo_to_dict(required("DATABASE_URL"))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "portal"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": None if MODE != "test" else 0,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            **parts,
            "options": "-c timezone=UTC -c lock_timeout=3s -c idle_in_transaction_session_timeout=60s",
        },
        "TEST": {"NAME": os.environ.get("PORTAL_TEST_DATABASE", "test_portal")},
    }


DATABASES = {"default": database()}
REDIS_URL = required("REDIS_URL")
CACHES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}

# Errors go to standard error, where whoever runs the process keeps its log; Django itself would mail them to nobody.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "credit_portal.audit.context.RequestNumber"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_number)s]: %(message)s"}
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("PORTAL_STATIC_ROOT", STATE_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(os.environ.get("PORTAL_MEDIA_ROOT", STATE_DIR / "media"))
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "credit_portal.web.storage.StaticFiles"
    },
}
# Tests read static files where they lie, without collecting them first.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = MODE == "test"
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if MODE == "test":  # a cast of twelve for each test
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"credit_portal.accounts.validators.{name}"}
    for name in (
        "LengthValidator",
        "KindsValidator",
        "LocalWordsValidator",
        "CommonValidator",
        "HistoryValidator",
    )
]
ANONYMOUS_USER_NAME = None  # guardian: no database row stands for a visitor
# Guardian's own backend would let object permissions answer `user.has_perm`; accounts/policy.py is the only judge.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

# Seconds for which a process may show a public page again (credit_portal/web/page_cache.py); 0 keeps none.
# Tests look at what they have just changed.
# New PDF sheets that one address gets in a minute; what was just made for anyone does not count.
SHEETS_PER_MINUTE = int(
    os.environ.get("PORTAL_SHEETS_PER_MINUTE", "10000" if MODE == "test" else "20")
)
PAGE_LIFE = min(float(os.environ.get("PORTAL_PAGE_LIFE", "0" if MODE == "test" else "3")), 3.0)
# While this file stands every page but /healthz says that the site is closed (`./portal manage maintenance`).
MAINTENANCE_FILE = os.environ.get("PORTAL_MAINTENANCE_FILE", str(STATE_DIR / "maintenance.json"))

LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "credit_portal.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # counted in the database instead (accounts/services/sign_in.py)
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "credit_portal.accounts.forms.LoginForm",
    "change_password": "credit_portal.accounts.forms.ChangePasswordForm",
    "reauthenticate": "credit_portal.accounts.forms.ReauthenticateForm",
}
MFA_ADAPTER = "credit_portal.accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # there are no addresses to verify
MFA_TOTP_TOLERANCE = (
    1  # a clock half a minute off still signs in; each code works once all the same
)
MFA_FORMS = {
    "authenticate": "credit_portal.accounts.forms.AuthenticateForm",
    "reauthenticate": "credit_portal.accounts.forms.CodeReauthenticateForm",
    "activate_totp": "credit_portal.accounts.forms.ActivateTOTPForm",
}

# Sign-in of firms through the provincial service portal (OpenID Connect); without an issuer there is none.
OIDC: dict[str, Any] = {
    "ISSUER": os.environ.get("PORTAL_OIDC_ISSUER", ""),
    "CLIENT_ID": os.environ.get("PORTAL_OIDC_CLIENT_ID", ""),
    "SECRET": os.environ.get("PORTAL_OIDC_SECRET", ""),
    "NAME": os.environ.get("PORTAL_OIDC_NAME", "安徽政务服务网"),
    # Names of the claims for the person, the firm's unified code and the person's role in it.
    "NAME_CLAIM": os.environ.get("PORTAL_OIDC_NAME_CLAIM", "name"),
    "FIRM_CLAIM": os.environ.get("PORTAL_OIDC_FIRM_CLAIM", "uscc"),
    "ROLE_CLAIM": os.environ.get("PORTAL_OIDC_ROLE_CLAIM", "role"),
    "HEAD_ROLES": listed("PORTAL_OIDC_HEAD_ROLES", "legal_person"),
    # Whether its word makes a head; without it the activation letter is asked for as well.
    "TRUSTED_FOR_HEADS": os.environ.get("PORTAL_OIDC_TRUSTED_FOR_HEADS", "") == "yes",
    "SCOPES": listed("PORTAL_OIDC_SCOPES", "openid,profile"),
}
SOCIALACCOUNT_ADAPTER = "credit_portal.accounts.service_portal.IdentityAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False

# Two copies on one machine share the host name and would overwrite each other's cookies.
COPY = "" if MODE == "production" else f"-{crc32(bytes(BASE_DIR)):08x}"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600  # the rule book may set less, never more (accounts/middleware.py)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = MODE == "production"
SESSION_COOKIE_NAME = "__Host-session" if MODE == "production" else f"session{COPY}"
CSRF_COOKIE_NAME = "__Host-csrf" if MODE == "production" else f"csrf{COPY}"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CARE_COOKIE_NAME = "__Host-care" if MODE == "production" else f"care{COPY}"
CSRF_FAILURE_VIEW = "credit_portal.web.errors.csrf_failed"
# How many proxies of ours stand in front; 0 means X-Forwarded-For is never read.
PORTAL_TRUSTED_PROXIES = int(os.environ.get("PORTAL_TRUSTED_PROXIES", "0"))
# Days after the end of a job for which its log of each row stays; fewer than 90 count as 90.
JOB_LINES_KEPT_DAYS = int(os.environ.get("PORTAL_JOB_LINES_KEPT_DAYS", "180"))
# Days for which a decision that left the open data stays in the list of deletions.
OPEN_DATA_DELETIONS_DAYS = int(os.environ.get("PORTAL_OPEN_DATA_DELETIONS_DAYS", "1095"))

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if MODE == "production":
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz(/watch)?$"]  # asked from inside, without TLS
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    # The outermost proxy overwrites what a visitor sends under this name.
    if PORTAL_TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Printed in documents and QR codes, and the canonical address of public pages. Without it: as the visitor asked.
PORTAL_PUBLIC_URL = os.environ.get("PORTAL_PUBLIC_URL", "").rstrip("/")

# What the head and foot of every page say about the site and its owner.
PORTAL_SITE = {
    "name": os.environ.get("PORTAL_SITE_NAME", "淮南市安全生产信用信息平台"),
    "short_name": os.environ.get("PORTAL_SITE_SHORT_NAME", "安全生产信用"),
    "organiser": os.environ.get("PORTAL_SITE_ORGANISER", "淮南市安全生产委员会办公室"),
    "operator": os.environ.get("PORTAL_SITE_OPERATOR", "淮南市应急管理局"),
    "address": os.environ.get("PORTAL_SITE_ADDRESS", ""),
    "phone": os.environ.get("PORTAL_SITE_PHONE", "0554-0000000"),
    "code": os.environ.get("PORTAL_SITE_CODE", "3404000000"),
    "icp": os.environ.get("PORTAL_SITE_ICP", "皖ICP备00000000号"),
    "police": os.environ.get("PORTAL_SITE_POLICE", "皖公网安备34040000000000号"),
    "icp_url": os.environ.get("PORTAL_SITE_ICP_URL", "https://beian.miit.gov.cn/"),
    "police_url": os.environ.get("PORTAL_SITE_POLICE_URL", "https://beian.mps.gov.cn/"),
    "report_url": os.environ.get("PORTAL_SITE_REPORT_URL", "https://zfwzgl.www.gov.cn/"),
}

# Mail to staff. Without a server there is none; a demo writes its mail to files, to be looked at.
EMAIL_HOST = os.environ.get("PORTAL_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("PORTAL_SMTP_PORT", "465"))
EMAIL_HOST_USER = os.environ.get("PORTAL_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("PORTAL_SMTP_PASSWORD", "")
SMTP_SECURITY = os.environ.get("PORTAL_SMTP_SECURITY", "ssl")  # ssl, starttls or none
EMAIL_USE_SSL, EMAIL_USE_TLS = SMTP_SECURITY == "ssl", SMTP_SECURITY == "starttls"
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = os.environ.get("PORTAL_MAIL_FROM", EMAIL_HOST_USER or "portal@localhost")
EMAIL_FILE_PATH = STATE_DIR / "mail"
EMAIL_BACKEND = "django.core.mail.backends." + (
    "smtp.EmailBackend" if EMAIL_HOST or MODE != "demo" else "filebased.EmailBackend"
)
MAIL_DOMAIN = DEFAULT_FROM_EMAIL.rsplit("@", 1)[-1]
MAIL_IS_ON = bool(EMAIL_HOST) or MODE == "demo"
# The class that hands over short messages (credit_portal/notices/channels.py); empty for none.
MESSENGER = os.environ.get(
    "PORTAL_MESSENGER",
    "credit_portal.notices.channels.FileMessenger" if MODE == "demo" else "",
)
MESSENGER_FILE = os.environ.get("PORTAL_MESSENGER_FILE", str(STATE_DIR / "messages.jsonl"))

# The municipal platform (credit_portal/outbox). Without an address nothing is sent and messages wait.
MUNICIPAL: dict[str, Any] = {
    # "http", "database" (exchange tables on a front-end machine) or "workbook" (people carry it).
    "WAY": os.environ.get("PORTAL_MUNICIPAL_WAY", "http"),
    "EXCHANGE_URL": os.environ.get("PORTAL_EXCHANGE_URL", ""),
    # "no": the receiver takes the same key twice, so that it is asked before anything is sent again.
    "DEDUPES": os.environ.get("PORTAL_MUNICIPAL_DEDUPES", "yes") != "no",
    # Seconds after which such a receiver has done with a request whose answer was lost.
    "QUIET": float(os.environ.get("PORTAL_MUNICIPAL_QUIET", "30")),
    "URL": os.environ.get("PORTAL_MUNICIPAL_URL", ""),
    "KEY_ID": os.environ.get("PORTAL_MUNICIPAL_KEY_ID", ""),
    "SECRET": os.environ.get("PORTAL_MUNICIPAL_SECRET", ""),
    # Seconds to connect, to read, and for which a worker holds what it sends.
    "TIMEOUTS": tuple(float(part) for part in listed("PORTAL_MUNICIPAL_TIMEOUTS", "2,5,12")),
}
