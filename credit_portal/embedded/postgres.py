"""One PostgreSQL cluster on a private socket: made, started and stopped by our own code."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from credit_portal.embedded import processes
from credit_portal.embedded.binaries import POSTGRES_MAJOR
from credit_portal.embedded.places import make_private
from credit_portal.embedded.processes import Account
from credit_portal.embedded.say import Trouble

SOCKET = ".s.PGSQL.5432"
ENCODING = ("-E", "UTF8", "--locale=C.UTF-8")  # with locale C text functions do not know Chinese


@dataclass(frozen=True)
class Cluster:
    binaries: Path
    data: Path
    sockets: Path
    log: Path
    account: Account | None = None
    durable: bool = True  # False only for data that nobody keeps

    @property
    def url(self) -> str:
        return f"postgresql:///portal?host={quote(str(self.sockets), safe='/')}&user=portal"

    def pid(self) -> int | None:
        """The running postmaster of this data directory; a stale pid file does not count."""
        lines = self._pid_file()
        if not lines or not lines[0].isdigit():
            return None
        pid = int(lines[0])
        ours = processes.is_alive(pid) and str(self.data) in processes.command_line(pid)
        return pid if ours else None

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return []

    def is_ready(self) -> bool:
        lines = self._pid_file()
        return len(lines) >= 8 and lines[7].strip() == "ready" and self.pid() is not None

    def ensure(self) -> bool:
        """Running and with our database inside; True when the cluster was made just now."""
        owner = self.account.uid if self.account else None
        make_private(self.sockets, owner=owner)
        new = not self.data.exists()
        if new:
            self._initialise(owner)
        self._check_version()
        if self.pid() is None:
            self._start()
        if not processes.wait_until(self.is_ready, 120):
            raise Trouble(f"PostgreSQL 未能就绪，日志：{self.log}\n{processes.tail(self.log)}")
        self._create_database()
        return new

    def _initialise(self, owner: int | None) -> None:
        """Made under another name and renamed when whole, so that a killed start leaves no half cluster."""
        for left in self.data.parent.glob(f"{self.data.name}.part-*"):
            shutil.rmtree(left, ignore_errors=True)
        part = self.data.with_name(f"{self.data.name}.part-{secrets.token_hex(4)}")
        make_private(part, owner=owner)
        fast = () if self.durable else ("--no-sync",)
        self._run("initdb", "-D", part, "-A", "trust", "-U", "portal", *ENCODING, *fast)
        part.rename(self.data)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != str(POSTGRES_MAJOR):
            raise Trouble(
                f"数据目录 {self.data} 由 PostgreSQL {found} 建立，而内嵌的是 {POSTGRES_MAJOR}。"
                "演示数据可用 ./portal demo --reset 重建；需要保留的数据请先用原版本导出。"
            )

    def _start(self) -> None:
        self._forget_dead_server()
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "max_connections": "100",
            **self._durability(),
        }
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = processes.start(
            [self.binaries / "postgres", "-D", self.data, *arguments],
            log=self.log,
            cwd=self.data,
            env=self._environment(),
            account=self.account,
        )
        processes.wait_until(lambda: self.is_ready() or server.poll() is not None, 120)
        if server.poll() is not None:
            raise Trouble(f"PostgreSQL 启动失败，日志：{self.log}\n{processes.tail(self.log)}")

    def _durability(self) -> dict[str, str]:
        if self.durable:
            return {"fsync": "on", "synchronous_commit": "on"}
        return {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

    def _forget_dead_server(self) -> None:
        """After a hard kill or a reboot the number in the pid file may belong to another program."""
        for name in (SOCKET, f"{SOCKET}.lock"):
            (self.sockets / name).unlink(missing_ok=True)
        lines = self._pid_file()
        if lines and lines[0].isdigit() and processes.is_alive(int(lines[0])):
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _create_database(self) -> None:
        exists = self.query("SELECT 1 FROM pg_database WHERE datname = 'portal'", "postgres")
        if not exists:
            self.query("CREATE DATABASE portal", "postgres")

    def query(self, statement: str, database: str = "portal") -> str:
        options = (
            "-h",
            self.sockets,
            "-U",
            "portal",
            "-d",
            database,
            "-XAtq",
            "-v",
            "ON_ERROR_STOP=1",
        )
        return self._run("psql", *options, "-c", statement).strip()

    def _run(self, program: str, *arguments: str | Path) -> str:
        done = subprocess.run(
            [os.fspath(self.binaries / program), *(str(part) for part in arguments)],
            cwd=self.sockets,
            env=self._environment(),
            capture_output=True,
            check=False,
            text=True,
            encoding="utf-8",
            errors="replace",
            **(self.account.popen_options() if self.account else {}),
        )
        if done.returncode:
            raise Trouble(f"{program} 执行失败：\n{done.stderr.strip() or done.stdout.strip()}")
        return str(done.stdout)

    def _environment(self) -> dict[str, str]:
        """Nothing of the caller's: a PGHOST or a foreign locale must not reach our servers."""
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def stop(self) -> bool:
        pid = self.pid()
        if pid is None:
            return False
        processes.end(
            pid, first=signal.SIGINT, seconds=20
        )  # SIGINT: roll back, disconnect, write all
        return True

    def remove(self) -> None:
        self.stop()
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self.data)
