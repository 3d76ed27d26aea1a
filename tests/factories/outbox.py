"""Messages, the sandbox as a process, and a platform that answers as a test tells it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from django.db import connection, transaction
from django.utils import timezone

from credit_portal.outbox.models import OutboxMessage
from credit_portal.outbox.services import NewMessage, enqueue_many
from tests.factories.accounts import BUREAU

KEY_ID, SECRET = "tests", "a-secret-of-the-tests"
SCHEMA = "sgs-2018.1"
FAST = (1.0, 2.0, 4.0)
# A penalty that the platform takes, and a permit.
PENALTY = {
    "CF_XDR_MC": "淮南第1建材有限公司",
    "CF_XDR_LB": "法人及非法人组织",
    "CF_XDR_SHXYM": "91340405MAYHMM8F8X",
    "CF_FRDB": "孙飞",
    "CF_WSH": "（淮）应急罚〔2026〕1号",
    "CF_WFXW": "未对从业人员进行安全生产教育和培训",
    "CF_SY": "经现场检查、询问笔录等证据查实。",
    "CF_YJ": "《中华人民共和国安全生产法》第九十七条第三项",
    "CF_CFLB": "罚款",
    "CF_NR": "处罚款人民币3.2万元",
    "CF_NR_FK": "3.2",
    "CF_JDRQ": "2026/10/09",
    "CF_YXQ": "2099/12/31",
    "CF_CFJG": "淮南市应急管理局",
    "CF_CFJGDM": "11340400MAMJ1E6E06",
    "CF_SJLY": "淮南市应急管理局",
    "CF_SJLYDM": "11340400MAMJ1E6E06",
}
PERMIT = {
    "XK_XDR_MC": "淮南第1建材有限公司",
    "XK_XDR_LB": "法人及非法人组织",
    "XK_XDR_SHXYM": "91340405MAYHMM8F8X",
    "XK_FRDB": "孙飞",
    "XK_XKWS": "准予行政许可决定书",
    "XK_WSH": "（淮）应急许〔2026〕1号",
    "XK_XKLB": "核准",
    "XK_NR": "准予取得许可证。",
    "XK_JDRQ": "2026/10/09",
    "XK_YXQZ": "2026/10/09",
    "XK_YXQZI": "2029/10/08",
    "XK_XKJG": "淮南市应急管理局",
    "XK_XKJGDM": "11340400MAMJ1E6E06",
    "XK_ZT": "1",
    "XK_LYDW": "淮南市应急管理局",
    "XK_LYDWDM": "11340400MAMJ1E6E06",
}


def payload(number: int = 1, version: int = 1, **fields: str) -> dict[str, Any]:
    texts = PENALTY | {
        "CF_XDR_MC": f"淮南第{number}建材有限公司",
        "CF_WSH": f"（淮）应急罚〔2026〕{number}号",
        "BZ": f"第{version}版",
    }
    return {"reference": f"penalty:{number}", "operation": "upsert", "fields": texts | fields}


def new(number: int = 1, version: int = 1, **fields: str) -> NewMessage:
    return NewMessage(
        kind="penalty",
        stream=f"penalty:{number}",
        sequence=version,
        payload=payload(number, version, **fields),
        department_code=BUREAU,
        schema_version=SCHEMA,
    )


def put(*items: NewMessage) -> list[OutboxMessage]:
    with transaction.atomic():
        return enqueue_many(items)


def put_many(count: int) -> list[OutboxMessage]:
    return put(*(new(number) for number in range(1, count + 1)))


def ripen() -> None:
    """Let every delay be over."""
    past = timezone.now() - timezone.timedelta(seconds=1)
    OutboxMessage.objects.pending().update(next_at=past)


def settings_for(
    url: str, timeouts: Sequence[float] = FAST, *, secret: str = SECRET
) -> dict[str, Any]:
    return {
        "WAY": "http",
        "EXCHANGE_URL": "",
        "DEDUPES": True,
        "QUIET": 0.0,
        "URL": url,
        "KEY_ID": KEY_ID,
        "SECRET": secret,
        "TIMEOUTS": tuple(timeouts),
    }


def environment(url: str, timeouts: Sequence[float] = FAST, **more: str) -> dict[str, str]:
    """For a process of the portal that works on the database of this test."""
    return {
        **os.environ,
        "PORTAL_MODE": "test",
        "DATABASE_URL": database_url(),
        "PORTAL_MUNICIPAL_URL": url,
        "PORTAL_MUNICIPAL_KEY_ID": KEY_ID,
        "PORTAL_MUNICIPAL_SECRET": SECRET,
        "PORTAL_MUNICIPAL_TIMEOUTS": ",".join(map(str, timeouts)),
        **more,
    }


def database_url() -> str:
    """The test database as a connection string for other processes."""
    facts = connection.settings_dict
    names = {
        "NAME": "dbname",
        "USER": "user",
        "PASSWORD": "password",
        "HOST": "host",
        "PORT": "port",
    }
    return " ".join(f"{name}='{facts[key]}'" for key, name in names.items() if facts[key])


class Sandbox:
    """The running process and what it says."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "credit_portal.outbox.municipal.sandbox",
                "--port",
                "0",
                *arguments,
            ],
            env={
                **os.environ,
                "PORTAL_MUNICIPAL_KEY_ID": KEY_ID,
                "PORTAL_MUNICIPAL_SECRET": SECRET,
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        self.client = httpx.Client(base_url=self.url, trust_env=False, timeout=30)

    def stats(self) -> dict[str, Any]:
        return self.client.get("/stats").raise_for_status().json()

    def records(self, stream: str) -> list[dict[str, Any]]:
        return self.client.get(f"/records/{stream}").raise_for_status().json()

    def refuse(self, **rule: Any) -> None:
        self.client.post("/admin/reject", json=rule).raise_for_status()

    def fail(self, **chances: float) -> None:
        self.client.post("/admin/faults", json=chances).raise_for_status()

    def lose(self, *streams: str) -> None:
        self.client.post("/admin/lose", json=streams).raise_for_status()

    def alter(self, *streams: str) -> None:
        self.client.post("/admin/alter", json=streams).raise_for_status()

    def close(self) -> None:
        self.client.close()
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def running_sandbox(*arguments: str) -> Iterator[Sandbox]:
    sandbox = Sandbox(*arguments)
    try:
        yield sandbox
    finally:
        sandbox.close()


Answer = tuple[int, bytes, dict[str, str]]


class ScriptedPlatform(ThreadingHTTPServer):
    """Answers each batch with what the function makes of its items, and remembers the batches."""

    daemon_threads = True

    def __init__(self, answer: Callable[[list[dict[str, Any]]], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), ScriptedHandler)
        self.script = answer
        self.batches: list[list[dict[str, Any]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def sizes(self) -> list[int]:
        return [len(batch) for batch in self.batches]


class ScriptedHandler(BaseHTTPRequestHandler):
    server: ScriptedPlatform

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        items = asked.get("items", [])
        self.server.batches.append(items)
        status, body, headers = self.server.script(items)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def scripted(answer: Callable[[list[dict[str, Any]]], Answer]) -> Iterator[ScriptedPlatform]:
    platform = ScriptedPlatform(answer)
    thread = threading.Thread(target=platform.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield platform
    finally:
        platform.shutdown()
        thread.join()
        platform.server_close()


def results(*lines: dict[str, Any]) -> Answer:
    return 200, json.dumps({"results": lines}).encode(), {}


def accepted(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    line = {
        "key": item["key"],
        "result": "accepted",
        "receipt": f"R-{item['stream']}-{item['sequence']}",
        "received_at": "2026-10-09T09:00:00+08:00",
    }
    return line | more
