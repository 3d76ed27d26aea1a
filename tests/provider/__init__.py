"""The OpenID provider of the tests, and how to start and steer it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.processes import Part, answers, free_port

CLIENT, SECRET = "huainan-portal", "a-secret-of-the-tests"
FAULTS = (
    *("wrong_nonce", "no_nonce", "wrong_state", "expired", "wrong_audience", "wrong_issuer"),
    *("bad_signature", "unknown_key", "unsigned", "shared_secret", "other_party"),
    *("other_person", "other_issuer", "no_token", "refused", "down"),
)


class OpenIDProvider:
    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"

    def says(self, *, fault: str = "", alg: str = "RS256", **claims: Any) -> None:
        body = {"fault": fault, "alg": alg, "claims": {"sub": "1", "name": "高鹏", **claims}}
        httpx.post(f"{self.issuer}/control", json=body, trust_env=False).raise_for_status()

    def settings(self, **changes: Any) -> dict[str, Any]:
        return {
            "ISSUER": self.issuer,
            "CLIENT_ID": CLIENT,
            "SECRET": SECRET,
            "NAME": "安徽政务服务网",
            "NAME_CLAIM": "name",
            "FIRM_CLAIM": "uscc",
            "ROLE_CLAIM": "role",
            "HEAD_ROLES": ["legal_person"],
            "TRUSTED_FOR_HEADS": True,
            "SCOPES": ["openid", "profile"],
        } | changes

    def environment(self) -> dict[str, str]:
        return {
            "PORTAL_OIDC_ISSUER": self.issuer,
            "PORTAL_OIDC_CLIENT_ID": CLIENT,
            "PORTAL_OIDC_SECRET": SECRET,
            "PORTAL_OIDC_TRUSTED_FOR_HEADS": "yes",
        }


@contextmanager
def running_provider(logs: Path) -> Iterator[OpenIDProvider]:
    port = free_port()
    part = Part("provider", ["tests.provider", str(port)], os.environ, logs)
    try:
        part.await_ready(lambda: answers(port))
        yield OpenIDProvider(port)
    finally:
        part.end()
