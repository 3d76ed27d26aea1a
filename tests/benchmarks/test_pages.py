"""Public pages beside the plainest Django site (tests/benchmarks/bare) on the same machine, tables and gunicorn.

Kept page: the list of penalties as the page cache answers it, beside a function view without any middleware that
returns the very same bytes. Rendered page: the same list with a part in its address under which nothing is kept, so
that each request goes through every middleware, the filters, the paginator and the whole layout; beside a function
view with the same ORM query, the same count and the same twenty rows in a template of nothing but the table.

Two measures, both as ratios within one run, rounds taking turns: requests a second as the load generator sees them
(it uses a part of the same two cores, which draws both sides together), and requests for each second of processor
time of the workers alone, which is the stricter one and the one that a busy machine moves least. The clock is asserted
only when nothing else keeps the machine busy.
"""

from __future__ import annotations

import os
import socket
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.factories.publicity import FIRM
from tests.serving import (
    Served,
    collect_static,
    fill_city,
    first_view,
    serving,
    view,
    views,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROWS = 2_000
ROUNDS = 5
KEPT_REQUESTS, RENDERED_REQUESTS = 800, 120  # a round
CLIENTS = 4
LIST = "/publicity/penalty/"
LARGEST_VIEW = 150_000  # bytes
SLOWEST_PAINT = 1000  # milliseconds


@dataclass(frozen=True)
class Speed:
    by_clock: float  # requests a second
    by_processor: float  # requests a second of the workers' processor time


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    fill_city(ROWS)
    collect_static(tmp_path)
    with serving(tmp_path) as served:
        yield served


@pytest.fixture
def bare(site: Served, tmp_path: Path) -> Iterator[Served]:
    same = tmp_path / "page.html"
    same.write_bytes(site.fetch(LIST)[2])
    with serving(
        tmp_path,
        "bare",
        "tests.benchmarks.bare.wsgi",
        BARE_PAGE=str(same),
        DJANGO_SETTINGS_MODULE="tests.benchmarks.bare.settings",
    ) as served:
        yield served


def quiet() -> bool:
    """Whether the load of the last five minutes was hardly more than our own."""
    return os.getloadavg()[1] < (os.cpu_count() or 1) * 2


def say(line: str) -> None:
    sys.stdout.write(f"\n{line}")


def ask(port: int, path: str, times: int) -> None:
    """One connection a request, as sync workers serve them; the answer is read to its end."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    for _ in range(times):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as server:
            server.sendall(request)
            first = server.recv(65536)
            assert first.startswith(b"HTTP/1.1 200"), first[:200]
            while server.recv(65536):
                pass


def load(server: Served, path: str, times: int) -> Speed:
    threads = [
        threading.Thread(target=ask, args=(server.port, path, times // CLIENTS))
        for _ in range(CLIENTS)
    ]
    processor, clock = server.cpu(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, used = time.perf_counter() - clock, server.cpu() - processor
    return Speed(times / took, times / used)


def compare(name: str, ours: tuple[Served, str], theirs: tuple[Served, str], times: int) -> Speed:
    """Median of the rounds on each side; prints both and returns the ratios."""
    for server, path in (ours, theirs):
        load(server, path, 40)
    rounds = [(load(*ours, times), load(*theirs, times)) for _ in range(ROUNDS)]
    own, other = (
        Speed(
            statistics.median(pair[side].by_clock for pair in rounds),
            statistics.median(pair[side].by_processor for pair in rounds),
        )
        for side in (0, 1)
    )
    ratio = Speed(own.by_clock / other.by_clock, own.by_processor / other.by_processor)
    say(
        f"{name}: {own.by_clock:,.0f}/s beside {other.by_clock:,.0f}/s = {ratio.by_clock:.2f}; "
        f"by processor time {own.by_processor:,.0f}/s beside {other.by_processor:,.0f}/s"
        f" = {ratio.by_processor:.2f}"
    )
    return ratio


def test_a_kept_page(site: Served, bare: Served) -> None:
    assert site.fetch(LIST)[2] == bare.fetch("/same-bytes/")[2]
    ratio = compare("kept page", (site, LIST), (bare, "/same-bytes/"), KEPT_REQUESTS)

    assert ratio.by_processor >= 0.8
    assert ratio.by_clock >= 0.8 or not quiet()


def test_a_rendered_page(site: Served, bare: Served) -> None:
    path = f"{LIST}?kept=no"
    rows = b'<th scope="row"'
    assert (
        site.fetch(path)[2].count(rows) == 20 == bare.fetch("/same-rows/")[2].count(b"<tr><th><a")
    )
    ratio = compare("rendered page", (site, path), (bare, "/same-rows/"), RENDERED_REQUESTS)

    assert ratio.by_processor >= 0.5
    assert ratio.by_clock >= 0.5 or not quiet()


def test_the_first_paint(site: Served, browser: Browser) -> None:
    for name, path in views(site, FIRM).items():
        view(browser, site, path)  # the workers have loaded their templates
        seen = [view(browser, site, path) for _ in range(3)]
        paint = min(one.paint for one in seen)
        say(
            f"{name}: largest paint {paint:.0f} ms, shift {seen[0].moved:.4f}, {seen[0].bytes:,} bytes"
        )
        assert paint < SLOWEST_PAINT or not quiet()


def test_the_first_view(site: Served) -> None:
    detail = site.fetch(LIST)[2].decode().split('href="/p/')[1].split('"')[0]
    for name, path in (("home", "/"), ("list", LIST), ("detail", f"/p/{detail}")):
        sizes = first_view(site, path)
        say(
            f"{name}: {sum(sizes.values()):,} bytes; {', '.join(f'{k} {v:,}' for k, v in sizes.items())}"
        )
        assert sum(sizes.values()) <= LARGEST_VIEW
