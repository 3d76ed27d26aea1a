"""Keeps the demo's processes running: starts them, restarts one that dies, ends all of them."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from credit_portal.embedded import processes
from credit_portal.embedded.places import Places
from credit_portal.embedded.say import Trouble, say

RESTARTS, WITHIN_SECONDS = 5, 60.0
PATIENCE = 15.0


@dataclass
class Child:
    """One process and what is known of its health. The portal is of no use without an essential one."""

    name: str
    title: str
    arguments: Sequence[str]
    essential: bool = False
    process: "subprocess.Popen[bytes] | None" = None
    starts: list[float] = field(default_factory=list)
    given_up: bool = False

    def may_start_again(self) -> bool:
        recent = [at for at in self.starts if at > time.monotonic() - WITHIN_SECONDS]
        return len(recent) < RESTARTS


@dataclass
class Supervisor:
    places: Places
    env: Mapping[str, str]
    children: list[Child]

    def log(self, child: Child) -> Path:
        return self.places.logs / f"{child.name}.log"

    def start_all(self) -> None:
        for child in self.children:
            self.start(child)

    def start(self, child: Child) -> None:
        # Should we be killed outright, the kernel tells the child; its log shows why it ended.
        tie = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
        child.process = processes.start(
            [*tie, *child.arguments], log=self.log(child), cwd=self.places.checkout, env=self.env
        )
        child.starts.append(time.monotonic())
        self._note()

    def _note(self) -> None:
        """For `down` and the next start, in case this one is killed before it can tidy up."""
        running = [child.process.pid for child in self.children if child.process]
        noted = [(pid, processes.started_at(pid)) for pid in running]
        path = self.places.state / "children.json"
        part = path.with_suffix(".part")
        part.write_text(json.dumps(noted), encoding="utf-8")
        part.replace(path)

    def look_after(self) -> None:
        """Restart who died, within reason."""
        for child in self.children:
            if child.given_up or child.process is None or child.process.poll() is None:
                continue
            status = child.process.returncode
            processes.kill_group(child.process.pid)
            if child.may_start_again():
                say(f"! {child.title}意外退出（{status}），正在重新启动。日志：{self.log(child)}")
                self.start(child)
            else:
                self._give_up(child)

    def _give_up(self, child: Child) -> None:
        child.given_up = True
        text = f"{child.title}连续 {RESTARTS} 次启动失败，日志：{self.log(child)}"
        text += "\n" + processes.tail(self.log(child))
        if child.essential:
            raise Trouble(text)
        say(f"! {text}\n! 其余部分继续运行。")

    def stop_all(self) -> None:
        """The last started first; all are asked at once, then waited for together."""
        running = [child.process for child in reversed(self.children) if child.process]
        for process in running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        limit = time.monotonic() + PATIENCE
        for process in running:
            try:
                process.wait(timeout=max(0.1, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            finally:
                processes.kill_group(process.pid)
        (self.places.state / "children.json").unlink(missing_ok=True)


def note_running(places: Places, web_port: int, sandbox_port: int) -> None:
    """What a second `demo`, `manage` and `down` must know of this one."""
    note = {
        "pid": os.getpid(),
        "started_at": processes.started_at(os.getpid()),
        "web_port": web_port,
        "sandbox_port": sandbox_port,
    }
    part = places.state / "demo.json.part"
    part.write_text(json.dumps(note), encoding="utf-8")
    part.replace(places.state / "demo.json")
