"""`test` and `bench`: pytest on servers of its own that are gone afterwards."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from pathlib import Path

from credit_portal.embedded import checking, environment, setup, system
from credit_portal.embedded.places import Places
from credit_portal.embedded.say import Trouble, say
from credit_portal.embedded.servers import throw_away_servers

MISSING_COMPONENTS = 3
PARALLEL = ("-n", "2", "--dist=loadgroup")
COMPLETE = (
    "*/services.py",
    "*/services/*",
    "*/querysets.py",
    "*/selectors.py",
    "*/selectors/*",
    "credit_portal/regulations/*",
)
COVERAGE = ("--cov", "--cov-report=term-missing:skip-covered")


def run(places: Places, arguments: list[str]) -> int:
    """The whole suite and then `check`; with paths or options of pytest only what they choose."""
    whole = "--all" in arguments
    chosen = [argument for argument in arguments if argument != "--all"]
    _set_up(places)
    with throw_away_servers(places) as servers:
        env = environment.of_tests(servers.places, servers.urls())
        report = servers.places.state / "report.xml"
        status = _pytest(places, env, _options(chosen, whole=whole, report=report))
        if not chosen:
            status = _complete(places, env) or status
            status = checking.run(places, env) or status
        summary = summarise(report)
    print(summary, flush=True)
    return status


def _options(chosen: list[str], *, whole: bool, report: Path) -> list[str]:
    marks = ["-m", "" if whole else "not chaos"]
    alone = "no:xdist" in chosen or any(part.startswith(("-n", "--pdb")) for part in chosen)
    parallel = [] if alone else list(PARALLEL)
    coverage = [] if chosen else [*COVERAGE, "--ignore=tests/benchmarks"]
    return [*parallel, *coverage, *marks, f"--junitxml={report}", *chosen]


def bench(places: Places, arguments: list[str]) -> int:
    """Measured on a server that writes to disk as a real one does."""
    _set_up(places)
    with throw_away_servers(places, durable=True) as servers:
        env = environment.of_tests(servers.places, servers.urls())
        return _pytest(places, env, ["-s", "-p", "no:xdist", *(arguments or ["tests/benchmarks"])])


def _set_up(places: Places) -> None:
    absent = setup.full(places, system.ALL)
    if absent:
        raise Trouble("缺少上述系统组件，测试未运行。", MISSING_COMPONENTS)


def _pytest(places: Places, env: Mapping[str, str], options: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", *options]
    process = subprocess.Popen(command, cwd=places.checkout, env=env)
    try:
        return process.wait()
    except KeyboardInterrupt:
        say("· 正在停止测试…")
        process.terminate()
        process.wait(timeout=30)
        raise


def _complete(places: Places, env: Mapping[str, str]) -> int:
    """Where a decision of law or of who sees what is made, every branch is tested."""
    options = ["report", f"--include={','.join(COMPLETE)}", "--fail-under=100", "--skip-covered"]
    command = [sys.executable, "-m", "coverage", *options]
    return subprocess.call(command, cwd=places.checkout, env=env)


def summarise(report: Path) -> str:
    """The plain closing line, so that whoever reads only the end knows what ran."""
    try:
        suite = ElementTree.parse(report).getroot().find("testsuite")  # noqa: S314 - our own file
    except (OSError, ElementTree.ParseError):
        suite = None
    if suite is None:
        return "0 passed, 1 failed"
    total, failures, errors, skipped = (
        int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors
    return f"{total - failed - skipped} passed, {failed} failed, {skipped} skipped"
