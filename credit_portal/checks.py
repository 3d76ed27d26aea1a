"""What a production installation must not start without. `manage check` and every start-up ask here.

Django's own `check --deploy` stays silent about several of these when a middleware is missing, so each is
asserted by itself. Other modes are not examined: a demo runs without TLS on this machine only.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

SHORTEST_KEY = 50
SHORTEST_HSTS = 30 * 24 * 3600
OLDEST_POSTGRES = 15
MIDDLEWARE = (
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)


@register(Tags.security)
def production_settings(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    if django_settings.MODE != "production":
        return []
    return [Error(sentence, id="portal.E001") for sentence in settings_faults(django_settings)]


@register(Tags.database)
def production_database(
    app_configs: Sequence[AppConfig] | None = None,
    databases: Sequence[str] | None = None,
    **kwargs: Any,
) -> list[CheckMessage]:
    if django_settings.MODE != "production":
        return []
    faults = [fault for alias in databases or () for fault in database_faults(alias)]
    return [Error(sentence, id="portal.E002") for sentence in faults]


def settings_faults(settings: Any) -> list[str]:
    """One sentence for each thing that must not stand."""
    return [
        *_middleware(settings),
        *_secret_key(settings.SECRET_KEY),
        *_hosts(settings.ALLOWED_HOSTS),
        *_cookies(settings),
        *_transport(settings),
        *_content_policy(settings),
        *_municipal(settings.MUNICIPAL),
        *_service_portal(settings.OIDC),
        *_others(settings),
    ]


def _middleware(settings: Any) -> Iterator[str]:
    for path in MIDDLEWARE:
        if path not in settings.MIDDLEWARE:
            yield f"MIDDLEWARE 缺少 {path}。"


def _secret_key(key: str) -> Iterator[str]:
    if len(key) < SHORTEST_KEY or len(set(key)) < 10:
        yield f"PORTAL_SECRET_KEY 过短或过于简单，至少 {SHORTEST_KEY} 个随机字符。"
    if key.startswith(("only-for-demo", "django-insecure")):
        yield "PORTAL_SECRET_KEY 不得使用演示密钥。"


def _hosts(hosts: Sequence[str]) -> Iterator[str]:
    if not hosts:
        yield "PORTAL_HOSTS 未设置，请写明本站的域名。"
    if any("*" in host or host.startswith(".") for host in hosts):
        yield "PORTAL_HOSTS 须逐个写明域名，不得使用通配符。"


def _cookies(settings: Any) -> Iterator[str]:
    for kind in ("SESSION", "CSRF"):
        if not getattr(settings, f"{kind}_COOKIE_SECURE"):
            yield f"{kind}_COOKIE_SECURE 须为真，Cookie 只能经 https 传送。"
        if not getattr(settings, f"{kind}_COOKIE_NAME").startswith("__Host-"):
            yield f"{kind}_COOKIE_NAME 须以 __Host- 开头。"
    if not settings.SESSION_COOKIE_HTTPONLY:
        yield "SESSION_COOKIE_HTTPONLY 须为真，脚本不得读取会话。"
    if settings.SESSION_ENGINE != "django.contrib.sessions.backends.db":
        yield "SESSION_ENGINE 须为数据库会话，停用账户才能立即生效。"


def _transport(settings: Any) -> Iterator[str]:
    if not (settings.SECURE_SSL_REDIRECT or settings.SECURE_PROXY_SSL_HEADER):
        yield "须启用 SECURE_SSL_REDIRECT，或由反向代理处理 https（PORTAL_TRUSTED_PROXIES）。"
    if settings.SECURE_HSTS_SECONDS < SHORTEST_HSTS:
        yield "SECURE_HSTS_SECONDS 至少为 30 天。"
    if settings.SECURE_PROXY_SSL_HEADER and settings.PORTAL_TRUSTED_PROXIES < 1:
        yield "未声明反向代理（PORTAL_TRUSTED_PROXIES），不得信任 X-Forwarded-Proto。"


def _content_policy(settings: Any) -> Iterator[str]:
    policy = getattr(settings, "CONTENT_SECURITY_POLICY", None) or {}
    directives = policy.get("DIRECTIVES", {})
    if not directives.get("default-src"):
        yield "CONTENT_SECURITY_POLICY 未设置 default-src。"
    scripts = [*directives.get("default-src", ()), *directives.get("script-src", ())]
    if any("unsafe" in str(source) or source == "*" for source in scripts):
        yield "CONTENT_SECURITY_POLICY 不得允许内联脚本、eval 或任意来源。"


def _service_portal(portal: dict[str, Any]) -> Iterator[str]:
    if not portal["ISSUER"]:
        return
    if not portal["ISSUER"].startswith("https://"):
        yield "PORTAL_OIDC_ISSUER 须以 https 开头。"
    if not portal["CLIENT_ID"] or not portal["SECRET"]:
        yield "设置了 PORTAL_OIDC_ISSUER，须一并设置 PORTAL_OIDC_CLIENT_ID 和 PORTAL_OIDC_SECRET。"


def _municipal(municipal: dict[str, Any]) -> Iterator[str]:
    """No address is allowed: messages then wait. One without encryption or a key is not."""
    if not municipal["URL"]:
        return
    if urlsplit(municipal["URL"]).scheme != "https":
        yield "PORTAL_MUNICIPAL_URL 须使用 https。"
    if not (municipal["KEY_ID"] and municipal["SECRET"]):
        yield "PORTAL_MUNICIPAL_KEY_ID 和 PORTAL_MUNICIPAL_SECRET 须一并设置。"


def _others(settings: Any) -> Iterator[str]:
    if settings.DEBUG:
        yield "DEBUG 须关闭。"
    if "Argon2" not in settings.PASSWORD_HASHERS[0]:
        yield "PASSWORD_HASHERS 第一项须为 Argon2。"
    if "django.contrib.admin" in settings.INSTALLED_APPS:
        yield "正式环境不得启用 Django 管理后台。"
    if settings.X_FRAME_OPTIONS != "DENY":
        yield "X_FRAME_OPTIONS 须为 DENY。"


def database_faults(alias: str = "default") -> list[str]:
    """What the server must promise, asked of the very connection that the portal uses."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('synchronous_commit'), current_setting('fsync'),"
            " current_setting('server_encoding'), current_setting('server_version_num')::int,"
            " (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
        )
        commit, fsync, encoding, version, superuser = cursor.fetchone()
    faults = {
        f"PostgreSQL 的 synchronous_commit 须为 on（现为 {commit}），否则断电时会丢失已确认的记录。": commit
        != "on",
        f"PostgreSQL 的 fsync 须为 on（现为 {fsync}），否则断电时会损坏数据。": fsync != "on",
        f"数据库编码须为 UTF8（现为 {encoding}）。": encoding != "UTF8",
        f"PostgreSQL 须为 {OLDEST_POSTGRES} 或以上。": version < OLDEST_POSTGRES * 10000,
        "连接数据库的账户不得是超级用户，否则审计记录的防改触发器可被绕过。": bool(superuser),
    }
    return [sentence for sentence, stands in faults.items() if stands]
