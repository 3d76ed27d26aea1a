"""Starting, recognising and ending processes by number, without trusting that a number is still theirs."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Account:
    """The ordinary account that the embedded servers run under when we are root."""

    name: str
    uid: int
    gid: int

    def popen_options(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


# Servers may outlive us on purpose; forgetting the object would be reported as a leak.
_started: list["subprocess.Popen[bytes]"] = []


def server_account() -> Account | None:
    """None: the servers run as we do. PostgreSQL refuses root, so root picks or makes an account."""
    if os.getuid() != 0:
        return None
    found = _account("postgres") or _account("huainan-portal")
    if found is None and shutil.which("useradd"):
        subprocess.run(
            [
                "useradd",
                "--system",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                "huainan-portal",
            ],
            check=False,
            capture_output=True,
        )
        found = _account("huainan-portal")
    return found or _account("nobody")


def _account(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name, entry.pw_uid, entry.pw_gid)


def start(
    argv: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
) -> "subprocess.Popen[bytes]":
    """A process in its own session (a Ctrl-C in our terminal does not reach it), output to its log."""
    _roll(log)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [os.fspath(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            start_new_session=True,
            **(account.popen_options() if account else {}),
        )
    _started.append(process)
    return process


def _roll(log: Path, limit: int = 10 * 1024 * 1024) -> None:
    if log.exists() and log.stat().st_size > limit:
        log.replace(log.with_suffix(".log.1"))


def tail(log: Path, lines: int = 12) -> str:
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


def started_at(pid: int) -> str:
    """The kernel's start time of a process: with the number it names one process for good."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def is_alive(pid: int, start_time: str = "") -> bool:
    found = started_at(pid)
    return bool(found) and start_time in {"", found}


def command_line(pid: int) -> str:
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    return raw.replace(b"\0", b" ").decode("utf-8", "replace")


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(pause)
    return True


def end(pid: int, *, first: signal.Signals = signal.SIGTERM, seconds: float = 10) -> None:
    """Ask one process to stop, then insist."""
    start_time = started_at(pid)
    for sign, patience in ((first, seconds), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 3.0)):
        if not is_alive(pid, start_time):
            return
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            return
        wait_until(lambda: _gone(pid, start_time), patience)


def _gone(pid: int, start_time: str) -> bool:
    with suppress(ChildProcessError):  # it may be our own child; then nobody else buries it
        os.waitpid(pid, os.WNOHANG)
    return not is_alive(pid, start_time)


def kill_group(group: int) -> None:
    """What is left of a child's own process group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
