"""The sandbox over HTTP."""

from __future__ import annotations

import json
import socket
import time
import uuid
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from ..schema import DELIVERIES_PATH, HOLDINGS_PATH, QUERY_PATH
from ..signing import SIGNED_HEADERS, SignatureRefused, Verifier
from .faults import BEFORE, Faults
from .page import render
from .platform import Platform

SIGNED = (DELIVERIES_PATH, QUERY_PATH, HOLDINGS_PATH)
LARGEST = 16 * 1024 * 1024
LOGIN_PAGE = b"<!doctype html><title>\xe7\x99\xbb\xe5\xbd\x95</title><form></form>"


class SandboxServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        platform: Platform,
        faults: Faults,
        secrets_by_key: Mapping[str, str],
    ) -> None:
        super().__init__(address, Handler)
        self.platform, self.faults = platform, faults
        self.verifier = Verifier(secrets_by_key)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is part of the game."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60
    server: SandboxServer

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        platform = self.server.platform
        if path == "/":
            page = render(platform.stats(), platform.latest(200))
            self.answer(200, page.encode(), "text/html; charset=utf-8")
        elif path == "/stats":
            self.answer_json(200, platform.stats() | {"faults": self.server.faults.happened})
        elif path.startswith("/records/"):
            self.answer_json(200, platform.record(path.removeprefix("/records/")))
        elif path == "/admin/reject":
            self.answer_json(200, [vars(rule) for rule in platform.rules])
        else:
            self.answer_json(404, {"error": "not found"})

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        body = self.read_body()
        if body is None:
            return
        if path in SIGNED:
            self.take_signed(path, body)
        elif path == "/bare":  # the yardstick of the benchmark: read, and say yes
            self.answer_json(200, {"results": []})
        elif path in ("/admin/lose", "/admin/alter"):
            change = (
                self.server.platform.lose if path.endswith("lose") else self.server.platform.alter
            )
            change(json.loads(body))
            self.answer_json(200, {})
        elif path in ("/admin/reject", "/admin/faults"):
            self.administrate(path, body)
        else:
            self.answer_json(404, {"error": "not found"})

    def do_DELETE(self) -> None:
        if self.path == "/admin/reject":
            self.server.platform.clear_rules()
            self.answer_json(200, [])
        else:
            self.answer_json(404, {"error": "not found"})

    def read_body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LARGEST:
            self.close_connection = True
            self.answer_json(413, {"error": "length"})
            return None
        return self.rfile.read(int(length))

    def take_signed(self, path: str, body: bytes) -> None:
        try:
            headers = {name: self.headers.get(name, "") for name in SIGNED_HEADERS}
            self.server.verifier.verify(headers, method="POST", path=self.path, body=body)
        except SignatureRefused as refused:
            self.answer_json(401, {"error": str(refused)})
            return
        try:
            document = json.loads(body)
            if path == QUERY_PATH:
                lines = self.server.platform.answer_for(list(document["keys"]))
                self.answer_json(200, {"results": lines})
                return
            if path == HOLDINGS_PATH:
                page = self.server.platform.page(str(document["after"]), int(document["limit"]))
                self.answer_json(200, page)
                return
            items, batch = document["items"], document["batch"]
        except (ValueError, KeyError, TypeError):
            self.answer_json(400, {"error": "not understood"})
            return
        if not isinstance(items, list):
            self.answer_json(400, {"error": "not a batch"})
            return
        self.process(batch, items)

    def process(self, batch: Any, items: list[Any]) -> None:
        fault = self.server.faults.draw()
        if fault in BEFORE:
            self.fail(fault, b"")
            return
        lines = self.server.platform.receive(items)
        time.sleep(self.server.faults.delay)
        self.disturb(fault, lines)
        answer = json.dumps({"batch": batch, "results": lines}, ensure_ascii=False).encode()
        if fault in ("apply_error", "lost_ack", "hang", "truncated"):
            self.fail(fault, answer)
        else:
            self.answer(200, answer, "application/json")

    def disturb(self, fault: str, lines: list[dict[str, Any]]) -> None:
        dice = self.server.faults.random
        if fault == "duplicate" and lines:
            lines.append(dice.choice(lines))
        elif fault == "missing" and lines:
            lines.pop(dice.randrange(len(lines)))
        elif fault == "shuffled":
            dice.shuffle(lines)
        elif fault == "stranger":
            line = {"key": str(uuid.uuid4()), "result": "rejected", "code": "1099", "message": ""}
            lines.append(line)
        elif fault == "partial":
            for line in lines[::2]:
                line |= {"result": "retry", "message": "系统繁忙"}

    def fail(self, fault: str, answer: bytes) -> None:
        if fault in ("error", "apply_error"):
            self.answer_json(500, {"error": "internal"})
        elif fault == "html":
            self.answer(200, LOGIN_PAGE, "text/html; charset=utf-8")
        elif fault == "truncated":
            self.answer(200, answer[: len(answer) // 2], "application/json")
        elif fault == "busy":
            self.answer(429, b"{}", "application/json", {"Retry-After": "1"})
        else:
            if fault == "hang":
                time.sleep(self.server.faults.hang_seconds)
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def administrate(self, path: str, body: bytes) -> None:
        """Make it refuse or fail: `{"party_code": "…", "code": "1001", "times": 1}`, `{"error": 0.1}`."""
        try:
            given = json.loads(body)
            if path == "/admin/faults":
                for name, chance in given.items():
                    self.server.faults.set(name, float(chance))
                self.answer_json(200, self.server.faults.chances)
                return
            code, times = str(given.pop("code", "1001")), given.pop("times", None)
            ((field, value),) = given.items()
            self.server.platform.add_rule(field, str(value), code, times)
        except (ValueError, TypeError, AttributeError) as error:
            self.answer_json(400, {"error": str(error)})
            return
        self.answer_json(200, [vars(rule) for rule in self.server.platform.rules])

    def answer_json(self, status: int, document: Any) -> None:
        body = json.dumps(document, ensure_ascii=False).encode()
        self.answer(status, body, "application/json")

    def answer(
        self, status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: `/stats` tells more."""
