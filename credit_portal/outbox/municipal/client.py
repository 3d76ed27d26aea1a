"""Signed HTTP/JSON to the platform. The address comes from the settings and from nowhere else."""

from __future__ import annotations

import json
import ssl
import time
import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any

import httpx

from .answers import read_answer, read_holdings
from .schema import DELIVERIES_PATH, FORMAT, HOLDINGS_PATH, QUERY_PATH
from .signing import signed_headers
from .transport import Failure, HoldingPage, Item, ListingFailed, Outcome, Reply

HOLDINGS_AT_ONCE = 1000
LONGEST_ANSWER = 2 * 1024 * 1024


class HttpTransport:
    def __init__(self, municipal: dict[str, Any]) -> None:
        self._municipal = municipal
        self._key_id, self._secret = municipal["KEY_ID"], municipal["SECRET"]
        self._connect, self._read, _ = municipal["TIMEOUTS"]
        self._opened: httpx.Client | None = None

    @property
    def _client(self) -> httpx.Client:
        """Opened by the first send: most drains find nothing."""
        if self._opened is None:
            # Redirects stay off: a signed body goes to the configured host only. The environment's
            # proxies and certificates are not asked either.
            self._opened = httpx.Client(
                base_url=self._municipal["URL"],
                timeout=httpx.Timeout(self._read, connect=self._connect, pool=self._connect),
                follow_redirects=False,
                trust_env=False,
                verify=trusted(),
            )
        return self._opened

    def send(self, batch: uuid.UUID, items: Sequence[Item]) -> Reply:
        return self._exchange(self._request(DELIVERIES_PATH, encode(batch, items)))

    def ask(self, keys: Sequence[uuid.UUID]) -> Reply:
        return self._exchange(
            self._request(QUERY_PATH, as_json({"keys": [str(key) for key in keys]}))
        )

    def holdings(self, cursor: str) -> HoldingPage:
        wanted = {"after": cursor, "limit": HOLDINGS_AT_ONCE}
        try:
            status, _, text = self._fetch(self._request(HOLDINGS_PATH, as_json(wanted)))
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise ListingFailed(
                f"读取市平台清单时连接中断或超时：{type(error).__name__}"
            ) from error
        if status != 200:
            raise ListingFailed(f"市平台没有给出清单（响应码 {status}）")
        return read_holdings(text)

    def _request(self, path: str, body: bytes) -> httpx.Request:
        request = self._client.build_request("POST", path, content=body)
        request.headers["Content-Type"] = "application/json"
        request.headers.update(
            signed_headers(
                self._key_id, self._secret, method="POST", path=request.url.path, body=body
            )
        )
        return request

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    def _exchange(self, request: httpx.Request) -> Reply:
        try:
            status, headers, text = self._fetch(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Reply(failure=Failure(Outcome.TRANSIENT, f"无法连接市平台：{error}"))
        except (httpx.TransportError, httpx.DecodingError) as error:
            text = f"连接中断或超时：{type(error).__name__}"
            return Reply(failure=Failure(Outcome.UNKNOWN, text, splits=True))
        return read_answer(status, headers, text)

    def _fetch(self, request: httpx.Request) -> tuple[int, httpx.Headers, str]:
        ends = time.monotonic() + self._connect + self._read
        response = self._client.send(request, stream=True)
        try:
            text = read_body(response, ends)
        finally:
            response.close()
        return response.status_code, response.headers, text


@cache
def trusted() -> ssl.SSLContext:
    """Certificates are checked against the public authorities. Loading them takes a while: once a process."""
    return httpx.create_ssl_context(verify=True, trust_env=False)


def encode(batch: uuid.UUID, items: Sequence[Item]) -> bytes:
    document = {
        "format": FORMAT,
        "batch": str(batch),
        "items": [
            {
                "key": str(item.key),
                "kind": item.kind,
                "stream": item.stream,
                "sequence": item.sequence,
                "department": item.department_code,
                "schema": item.schema_version,
                "digest": item.digest,
                "body": item.body,
            }
            for item in items
        ],
    }
    return as_json(document)


def as_json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def read_body(response: httpx.Response, ends: float) -> str:
    """The text, unless it drips in for too long or never stops: then it counts as broken off."""
    parts, length = [], 0
    for part in response.iter_bytes():
        parts.append(part)
        length += len(part)
        if time.monotonic() > ends or length > LONGEST_ANSWER:
            raise httpx.ReadTimeout("answer too slow or too long")
    return b"".join(parts).decode("utf-8", "replace")
