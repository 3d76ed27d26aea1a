"""Children that die are restarted within reason, and nothing is left behind."""

from __future__ import annotations

import json
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from credit_portal.embedded import processes, running, testing
from credit_portal.embedded.places import Places
from credit_portal.embedded.say import Trouble
from credit_portal.embedded.supervisor import RESTARTS, Child, Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DIE = [sys.executable, "-S", "-c", "raise SystemExit('no luck')"]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "log").mkdir()
    return Places(tmp_path, tmp_path, tmp_path, tmp_path / "run")


def look_until(supervisor: Supervisor, child: Child, seconds: float = 20) -> None:
    limit = time.monotonic() + seconds
    while not child.given_up and time.monotonic() < limit:
        supervisor.look_after()
        time.sleep(0.02)


def test_a_child_that_was_killed_comes_back(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    child = Child("web", "网站", SLEEP)
    supervisor = Supervisor(places, {}, [child])
    supervisor.start_all()
    assert child.process is not None
    first = child.process
    first.kill()
    first.wait()
    supervisor.look_after()
    assert child.process.pid != first.pid
    assert child.process.poll() is None
    assert "网站意外退出" in capsys.readouterr().err
    supervisor.stop_all()
    assert child.process.returncode is not None
    assert not (places.state / "children.json").exists()


def test_one_that_never_starts_is_given_up(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    child = Child("beat", "定时任务", DIE)
    supervisor = Supervisor(places, {}, [child])
    supervisor.start_all()
    look_until(supervisor, child)
    assert child.given_up
    assert len(child.starts) == RESTARTS
    told = capsys.readouterr().err
    assert "log/beat.log" in told
    assert "no luck" in told
    supervisor.stop_all()


def test_without_an_essential_one_all_ends(places: Places) -> None:
    child = Child("web", "网站", DIE, essential=True)
    supervisor = Supervisor(places, {}, [child])
    supervisor.start_all()
    with pytest.raises(Trouble, match="网站连续"):
        look_until(supervisor, child)
    supervisor.stop_all()


def test_what_a_killed_demo_left_is_ended(places: Places) -> None:
    left = processes.start(SLEEP, log=places.logs / "web.log", cwd=places.state)
    noted = [(left.pid, processes.started_at(left.pid)), (left.pid, "another time")]
    (places.state / "children.json").write_text(json.dumps(noted))
    assert running.end_orphans(places) == [left.pid] or left.wait() is not None
    assert not processes.is_alive(left.pid)
    left.wait()


def test_a_number_alone_does_not_make_it_ours(places: Places) -> None:
    other = processes.start(SLEEP, log=places.logs / "web.log", cwd=places.state)
    (places.state / "children.json").write_text(json.dumps([(other.pid, "1")]))
    assert running.end_orphans(places) == []
    assert processes.is_alive(other.pid)
    other.kill()
    other.wait()


def test_the_closing_line_counts_what_ran(tmp_path: Path) -> None:
    root = ElementTree.Element("testsuites")
    ElementTree.SubElement(root, "testsuite", tests="12", failures="1", errors="1", skipped="3")
    ElementTree.ElementTree(root).write(tmp_path / "report.xml")
    assert testing.summarise(tmp_path / "report.xml") == "7 passed, 2 failed, 3 skipped"
    assert testing.summarise(tmp_path / "none.xml") == "0 passed, 1 failed"


def test_chaos_runs_only_when_asked(tmp_path: Path) -> None:
    def options(chosen: list[str], *, whole: bool) -> list[str]:
        return testing._options(chosen, whole=whole, report=tmp_path / "r.xml")

    assert "not chaos" in options([], whole=False)
    assert "not chaos" not in options([], whole=True)
    assert "--cov" in options([], whole=False)
    assert "--cov" not in options(["tests/web"], whole=False)
    assert "-n" not in options(["-p", "no:xdist"], whole=False)
