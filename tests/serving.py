"""The site as it is served: gunicorn, collected and compressed static files, on the database of the test."""

from __future__ import annotations

import datetime as dt
import gzip
import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser

from credit_portal.accounts.models import Department
from credit_portal.accounts.services import import_departments
from credit_portal.regulations.deadlines import publicity_period
from publicity.models import Publication
from records.names import search_form
from tests.factories.outbox import database_url
from tests.factories.publicity import make_firm
from tests.processes import Part, answers, free_port

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True)
class Served:
    port: int
    part: Part
    static: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def workers(self) -> list[int]:
        """Process numbers of the workers, without their master."""
        children = Path(f"/proc/{self.part.process.pid}/task/{self.part.process.pid}/children")
        return [int(number) for number in children.read_text().split()]

    def cpu(self) -> float:
        """Seconds of processor time that the workers have used so far."""
        return sum(
            int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
            for pid in self.workers()
        )

    def fetch(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        asked.request("GET", quote(path, safe="/?&=%"), headers=headers)
        answer = asked.getresponse()
        body = answer.read()
        asked.close()
        return answer.status, dict(answer.getheaders()), body


def site_env(directory: Path, **more: str) -> dict[str, str]:
    """As the demo runs, which differs from production in nothing that is measured here."""
    return {
        **os.environ,
        "PORTAL_MODE": "demo",
        "PORTAL_STATE_DIR": str(directory),
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "PYTHONPATH": str(settings.BASE_DIR),
        **more,
    }


def collect_static(directory: Path) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "-v", "0", "--skip-checks"],
        cwd=settings.BASE_DIR,
        env=site_env(directory),
        check=True,
    )


@contextmanager
def serving(
    directory: Path,
    name: str = "site",
    application: str = "credit_portal.wsgi",
    workers: int = 2,
    **more: str,
) -> Iterator[Served]:
    port = free_port()
    command = f"{application} -w {workers} --bind 127.0.0.1:{port} --no-control-socket"
    part = Part(name, ["gunicorn", *command.split()], site_env(directory, **more), directory)
    try:
        part.await_ready(lambda: answers(port))
        yield Served(port, part, directory / "static")
    finally:
        part.end()


def first_view(site: Served, path: str) -> dict[str, int]:
    """What a browser that was never here transfers, by address: the page, its sheets, scripts and icons."""
    sizes: dict[str, int] = {}
    status, headers, body = site.fetch(path, **{"Accept-Encoding": "gzip"})
    assert status == 200, path
    sizes[path] = len(body)
    text = (gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body).decode()
    links = re.findall(r'(?:href|src)="(/static/[^"#]+)', text)
    for address in dict.fromkeys(links):
        sizes[address] = len(site.fetch(address, **{"Accept-Encoding": "gzip"})[2])
    return sizes


def fill_city(rows: int) -> list[Publication]:
    """Departments of the city and decisions that are public now, one a day backwards."""
    departments = json.loads((DATA / "departments.json").read_text(encoding="utf-8"))
    departments[0]["files_for_others"] = True
    import_departments(rows=departments)
    organs = list(Department.objects.order_by("pk"))
    firm = make_firm()
    today = timezone.localdate()
    explained = publicity_period("penalty", today).as_json()
    made = [publication(n, organs[n % len(organs)], firm, today, explained) for n in range(rows)]
    return Publication.objects.bulk_create(made)


def publication(
    number: int, organ: Department, firm: object, today: dt.date, explained: dict[str, object]
) -> Publication:
    decided = today - dt.timedelta(days=number % 300)
    name = f"淮南市第{number}号建筑安装工程有限公司"
    return Publication(
        kind="permit" if number % 5 == 0 else "penalty",
        reference=f"penalty:{number + 1_000_000}",
        version=1,
        entity=firm if number % 50 == 0 else None,
        authority=organ,
        title=f"{name} 行政处罚决定",
        party_name=name,
        search_name=search_form(name),
        party_code="91340405MAYHMM8F8X",
        document_number=f"（淮）应急罚〔{decided.year}〕{number}号",
        decided_on=decided,
        snapshot=[
            {"code": "CF_WSH", "label": "行政处罚决定书文号", "value": f"{number}号"},
            {"code": "CF_XDR_MC", "label": "行政相对人名称", "value": name},
            {
                "code": "CF_SY",
                "label": "违法事实",
                "value": "未如实记录安全生产教育和培训情况。" * 5,
            },
        ],
        digest="0" * 64,
        starts_on=decided,
        ends_on=today + dt.timedelta(days=365),
        period_explained=explained,
        published_at=timezone.now(),
    )


# What Chromium itself measured: the largest paint, how far things moved, and the bytes that came over the wire.
FIGURES = """() => new Promise((done) => {
  let paint = 0, moved = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) paint = Math.max(paint, entry.startTime);
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) moved += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => {
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    done({ paint, moved, bytes: entries.reduce((sum, entry) => sum + entry.transferSize, 0) });
  }, 400);
})"""


@dataclass(frozen=True)
class View:
    """One first view in a browser that was never here."""

    paint: float  # milliseconds until the largest content was painted
    moved: float  # layout shift
    bytes: int
    policy: str  # content security policy
    complaints: list[str]


def view(browser: Browser, site: Served, path: str) -> View:
    context = browser.new_context(base_url=site.url, locale="zh-CN")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    answer = page.goto(path, wait_until="load")
    assert answer is not None
    assert answer.status == 200
    found = page.evaluate(FIGURES)
    assert context.cookies() == [], "a visitor is given no cookie"
    context.close()
    policy = answer.headers["content-security-policy"]
    return View(found["paint"], found["moved"], found["bytes"], policy, complaints)


def views(site: Served, firm: str) -> dict[str, str]:
    """The pages a visitor meets first, by name."""
    shown = Publication.objects.filter(kind="penalty").order_by("pk").first()
    assert shown is not None
    return {
        "home": "/",
        "list": "/publicity/penalty/",
        "detail": f"/p/{shown.public_id}/",
        "entity": f"/entities/{firm}/",
        "search": "/search/?q=建筑安装",
    }
