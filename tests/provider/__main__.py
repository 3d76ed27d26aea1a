"""A small OpenID provider as a process of its own: discovery, authorize, token, keys, userinfo, and faults on request.

`python -m tests.provider PORT`. What it says next is told by POST /control with a JSON object:
  claims   what the id_token and the userinfo say of the person (sub, name, uscc, role …)
  fault    "" or one of FAULTS
  alg      RS256 or ES256
It checks the client, the redirect address, the code (once) and the PKCE verifier, as a real one does.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.provider import CLIENT, FAULTS, SECRET

KEYS: dict[str, Any] = {
    "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
}
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STATE: dict[str, Any] = {"claims": {"sub": "1", "name": "高鹏"}, "fault": "", "alg": "RS256"}
CODES: dict[str, dict[str, str]] = {}
TOKENS: set[str] = set()


class Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass

    @property
    def issuer(self) -> str:
        return f"http://{self.headers['Host']}"

    def answer(self, body: Any, status: int = 200, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        kind = "text/html; charset=utf-8" if isinstance(body, bytes) else "application/json"
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(raw)),
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        pages = {
            "/.well-known/openid-configuration": self.discovery,
            "/authorize": lambda: self.authorize(query),
            "/consent": lambda: self.consent(query),
            "/favicon.ico": lambda: self.answer(b""),
            "/keys": self.keys,
            "/userinfo": self.userinfo,
        }
        pages.get(url.path, lambda: self.answer({"error": "not found"}, 404))()

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/control":
            wanted = json.loads(raw)
            assert wanted.get("fault", "") in ("", *FAULTS)
            STATE.update(wanted)
            self.answer({})
        else:
            self.token({name: values[0] for name, values in parse_qs(raw).items()})

    def discovery(self) -> None:
        if STATE["fault"] == "down":
            self.answer({"error": "maintenance"}, 503)
            return
        issuer = "https://elsewhere.example" if STATE["fault"] == "other_issuer" else self.issuer
        self.answer(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        )

    def authorize(self, query: dict[str, str]) -> None:
        """A page that asks, as the real one does: the browser comes back by a link, not by a redirect alone."""
        page = f"<!doctype html><title>政务服务网</title><h1>统一身份认证</h1><a href='/consent?{urlencode(query)}'>同意并登录</a>"
        self.answer(page.replace("&", "&amp;").encode())

    def consent(self, query: dict[str, str]) -> None:
        if query.get("client_id") != CLIENT or query.get("code_challenge_method") != "S256":
            self.answer({"error": "unauthorized_client"}, 400)
            return
        back = {"state": query["state"]}
        if STATE["fault"] == "refused":
            back["error"] = "access_denied"
        else:
            back["code"] = secrets.token_urlsafe(16)
            CODES[back["code"]] = query
        if STATE["fault"] == "wrong_state":
            back["state"] = "somebody-elses"
        self.answer(b"", 302, Location=f"{query['redirect_uri']}?{urlencode(back)}")

    def token(self, form: dict[str, str]) -> None:
        asked = CODES.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        sound = (
            asked
            and form.get("client_id") == CLIENT
            and form.get("client_secret") == SECRET
            and form.get("redirect_uri") == asked["redirect_uri"]
            and challenge == asked["code_challenge"]
        )
        if not asked or not sound:
            self.answer({"error": "invalid_grant"}, 400)
            return
        access = secrets.token_urlsafe(16)
        TOKENS.add(access)
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": 300}
        if STATE["fault"] != "no_token":
            answer["id_token"] = self.id_token(asked)
        self.answer(answer)

    def id_token(self, asked: dict[str, str]) -> str:
        fault, now = STATE["fault"], int(time.time())
        claims = {
            **STATE["claims"],
            "iss": "https://elsewhere.example" if fault == "wrong_issuer" else self.issuer,
            "aud": "another-client" if fault == "wrong_audience" else CLIENT,
            "iat": now - 1000 if fault == "expired" else now,
            "exp": now - 500 if fault == "expired" else now + 300,
            "nonce": "replayed" if fault == "wrong_nonce" else asked.get("nonce", ""),
        }
        if fault == "no_nonce":
            del claims["nonce"]
        if fault == "other_party":
            claims |= {"aud": [CLIENT, "another-client"], "azp": "another-client"}
        if fault == "unsigned":
            return jwt.encode(claims, None, algorithm="none", headers={"kid": "RS256"})
        if fault == "shared_secret":
            return jwt.encode(claims, SECRET * 3, algorithm="HS256", headers={"kid": "RS256"})
        alg = STATE["alg"]
        key = STRANGER if fault == "bad_signature" else KEYS[alg]
        kid = "unknown" if fault == "unknown_key" else alg
        return jwt.encode(claims, key, algorithm=alg, headers={"kid": kid})

    def keys(self) -> None:
        found = []
        for alg, key in KEYS.items():
            public = jwt.get_algorithm_by_name(alg).to_jwk(key.public_key(), as_dict=True)
            found.append({**public, "kid": alg, "alg": alg, "use": "sig"})
        self.answer({"keys": found})

    def userinfo(self) -> None:
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in TOKENS:
            self.answer({"error": "invalid_token"}, 401)
            return
        claims = dict(STATE["claims"])
        if STATE["fault"] == "other_person":
            claims["sub"] = "somebody-else"
        self.answer(claims)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Provider).serve_forever()
