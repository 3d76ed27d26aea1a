"""HMAC-SHA256 over method, path, time, nonce and the digest of the body. Both sides use this module."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Mapping

LEEWAY = 300  # seconds that the clocks of both sides may differ

KEY_ID = "X-Portal-Key-Id"
TIMESTAMP = "X-Portal-Timestamp"
NONCE = "X-Portal-Nonce"
SIGNATURE = "X-Portal-Signature"
SIGNED_HEADERS = (KEY_ID, TIMESTAMP, NONCE, SIGNATURE)


class SignatureRefused(Exception):
    """The request is not from whom it says, not of now, or was seen before."""


def signature(
    secret: str, *, method: str, path: str, timestamp: str, nonce: str, body: bytes
) -> str:
    text = "\n".join([method.upper(), path, timestamp, nonce, hashlib.sha256(body).hexdigest()])
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def signed_headers(
    key_id: str, secret: str, *, method: str, path: str, body: bytes
) -> dict[str, str]:
    timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
    return {
        KEY_ID: key_id,
        TIMESTAMP: timestamp,
        NONCE: nonce,
        SIGNATURE: signature(
            secret, method=method, path=path, timestamp=timestamp, nonce=nonce, body=body
        ),
    }


class Verifier:
    """The receiver's side: the keys it knows and the nonces it has seen."""

    def __init__(self, secrets_by_key: Mapping[str, str]) -> None:
        self._secrets = dict(secrets_by_key)
        self._seen: dict[str, float] = {}
        self._lock = threading.Lock()

    def verify(self, headers: Mapping[str, str], *, method: str, path: str, body: bytes) -> None:
        key_id, timestamp = headers.get(KEY_ID, ""), headers.get(TIMESTAMP, "")
        nonce, given = headers.get(NONCE, ""), headers.get(SIGNATURE, "")
        secret = self._secrets.get(key_id)
        if secret is None:
            raise SignatureRefused("unknown key")
        expected = signature(
            secret, method=method, path=path, timestamp=timestamp, nonce=nonce, body=body
        )
        if not nonce or not hmac.compare_digest(expected.encode(), given.encode()):
            raise SignatureRefused("wrong signature")
        self._require_fresh(timestamp, nonce)

    def _require_fresh(self, timestamp: str, nonce: str) -> None:
        now = time.time()
        if not timestamp.isdigit() or abs(now - int(timestamp)) > LEEWAY:
            raise SignatureRefused("clock differs too much")
        with self._lock:
            # Kept for twice the leeway: a request from a fast clock stays fresh that long.
            while self._seen and next(iter(self._seen.values())) < now - 2 * LEEWAY:
                del self._seen[next(iter(self._seen))]
            if nonce in self._seen:
                raise SignatureRefused("nonce seen before")
            self._seen[nonce] = now
