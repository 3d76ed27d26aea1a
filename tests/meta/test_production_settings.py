"""A production installation does not start insecurely: each fault by itself, and all at once."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from credit_portal import checks, startup
from credit_portal.embedded.places import CHECKOUT

SOUND = {
    "MODE": "production",
    "MIDDLEWARE": list(checks.MIDDLEWARE),
    "SECRET_KEY": "".join(chr(33 + (7 * i) % 90) for i in range(64)),
    "ALLOWED_HOSTS": ["xy.example.gov.cn"],
    "DEBUG": False,
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_NAME": "__Host-session",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_ENGINE": "django.contrib.sessions.backends.db",
    "CSRF_COOKIE_SECURE": True,
    "CSRF_COOKIE_NAME": "__Host-csrf",
    "SECURE_SSL_REDIRECT": True,
    "SECURE_PROXY_SSL_HEADER": None,
    "SECURE_HSTS_SECONDS": 31536000,
    "PORTAL_TRUSTED_PROXIES": 0,
    "CONTENT_SECURITY_POLICY": {"DIRECTIVES": {"default-src": ["'self'"]}},
    "MUNICIPAL": {"URL": "https://platform.example", "KEY_ID": "a", "SECRET": "b"},
    "OIDC": {"ISSUER": "https://sso.example", "CLIENT_ID": "a", "SECRET": "b"},
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
    "INSTALLED_APPS": [],
    "X_FRAME_OPTIONS": "DENY",
}
HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def faults(**changes: Any) -> list[str]:
    return checks.settings_faults(SimpleNamespace(**{**SOUND, **changes}))


def test_sound_settings_have_no_fault() -> None:
    assert faults() == []
    assert faults(OIDC={"ISSUER": "", "CLIENT_ID": "", "SECRET": ""}) == []
    assert faults(MUNICIPAL={"URL": "", "KEY_ID": "", "SECRET": ""}) == []
    behind_proxy = {"SECURE_SSL_REDIRECT": False, "SECURE_PROXY_SSL_HEADER": HEADER}
    assert faults(**behind_proxy, PORTAL_TRUSTED_PROXIES=1) == []


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"MIDDLEWARE": list(checks.MIDDLEWARE[1:])}, "SecurityMiddleware"),
        ({"MIDDLEWARE": list(checks.MIDDLEWARE[:-1])}, "XFrameOptionsMiddleware"),
        ({"SECRET_KEY": "short"}, "PORTAL_SECRET_KEY"),
        ({"SECRET_KEY": "only-for-demo-" + SOUND["SECRET_KEY"]}, "演示密钥"),  # type: ignore[operator]
        ({"ALLOWED_HOSTS": []}, "PORTAL_HOSTS"),
        ({"ALLOWED_HOSTS": ["*"]}, "通配符"),
        ({"ALLOWED_HOSTS": [".gov.cn"]}, "通配符"),
        ({"DEBUG": True}, "DEBUG"),
        ({"SESSION_COOKIE_SECURE": False}, "SESSION_COOKIE_SECURE"),
        ({"CSRF_COOKIE_SECURE": False}, "CSRF_COOKIE_SECURE"),
        ({"CSRF_COOKIE_NAME": "csrftoken"}, "__Host-"),
        ({"SESSION_COOKIE_HTTPONLY": False}, "SESSION_COOKIE_HTTPONLY"),
        ({"SESSION_ENGINE": "django.contrib.sessions.backends.cache"}, "SESSION_ENGINE"),
        ({"SECURE_SSL_REDIRECT": False}, "SECURE_SSL_REDIRECT"),
        ({"SECURE_HSTS_SECONDS": 0}, "SECURE_HSTS_SECONDS"),
        ({"SECURE_PROXY_SSL_HEADER": HEADER}, "X-Forwarded-Proto"),
        ({"CONTENT_SECURITY_POLICY": None}, "default-src"),
        (
            {
                "CONTENT_SECURITY_POLICY": {
                    "DIRECTIVES": {"default-src": ["'self'", "'unsafe-inline'"]}
                }
            },
            "内联脚本",
        ),
        ({"MUNICIPAL": {"URL": "http://10.0.0.1", "KEY_ID": "a", "SECRET": "b"}}, "https"),
        (
            {"MUNICIPAL": {"URL": "https://platform.example", "KEY_ID": "a", "SECRET": ""}},
            "一并设置",
        ),
        ({"OIDC": {"ISSUER": "http://sso.example", "CLIENT_ID": "a", "SECRET": "b"}}, "https"),
        ({"OIDC": {"ISSUER": "https://sso.example", "CLIENT_ID": "a", "SECRET": ""}}, "一并设置"),
        ({"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}, "Argon2"),
        ({"INSTALLED_APPS": ["django.contrib.admin"]}, "管理后台"),
        ({"X_FRAME_OPTIONS": "SAMEORIGIN"}, "X_FRAME_OPTIONS"),
    ],
)
def test_each_fault_is_named(changes: dict[str, Any], word: str) -> None:
    found = faults(**changes)
    assert len(found) == 1
    assert word in found[0]


@pytest.mark.django_db
def test_the_database_is_asked_for_its_promises() -> None:
    """The test server is a throw-away one and its account a superuser: both are named."""
    found = " ".join(checks.database_faults())
    assert "超级用户" in found
    assert "UTF8" not in found


def test_other_modes_are_not_examined() -> None:
    assert checks.production_settings() == []
    assert checks.production_database(databases=["default"]) == []
    startup.refuse_insecure_settings()
    startup.refuse_insecure_worker()


@pytest.mark.django_db
def test_production_reports_and_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MODE", "production")
    monkeypatch.setattr(startup.connections, "close_all", lambda: None)
    assert {fault.id for fault in checks.production_settings()} == {"portal.E001"}
    assert {fault.id for fault in checks.production_database(databases=["default"])} == {
        "portal.E002"
    }
    with pytest.raises(ImproperlyConfigured, match="系统拒绝启动"):
        startup.refuse_insecure_settings()
    with pytest.raises(SystemExit, match="系统拒绝启动"):
        startup.refuse_insecure_worker()


def production_environment() -> dict[str, str]:
    return {
        **os.environ,
        "PORTAL_MODE": "production",
        "PORTAL_SECRET_KEY": str(SOUND["SECRET_KEY"]),
        "PORTAL_HOSTS": "xy.example.gov.cn",
        "PORTAL_TRUSTED_PROXIES": "1",
        "PORTAL_MUNICIPAL_URL": "",
    }


def production_check(**changes: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "check", "--tag", "security"]
    env = {**production_environment(), **changes}
    return subprocess.run(
        command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_our_own_production_settings_are_sound() -> None:
    done = production_check()
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_our_own_production_settings_refuse_a_wildcard() -> None:
    done = production_check(PORTAL_HOSTS="*")
    assert done.returncode == 1
    assert "portal.E001" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("module", ["credit_portal.wsgi"])
def test_the_web_process_does_not_start(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        cwd=CHECKOUT,
        env={**production_environment(), "PORTAL_HOSTS": "*"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "系统拒绝启动" in done.stderr
