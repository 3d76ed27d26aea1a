"""One Valkey on a private socket. It keeps nothing on disk: what matters is in PostgreSQL."""

import os
import signal
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

from credit_portal.embedded import processes
from credit_portal.embedded.processes import Account
from credit_portal.embedded.say import Trouble


@dataclass(frozen=True)
class Valkey:
    program: Path
    sockets: Path
    log: Path
    account: Account | None = None

    @property
    def path(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.path}?db=0"

    def pid(self) -> int | None:
        """The process that listens on the socket, as the kernel tells it."""
        try:
            with self._connect() as connection:
                raw = connection.getsockopt(
                    socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")
                )
        except OSError:
            return None
        return int(struct.unpack("3i", raw)[0]) or None

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(2)
        try:
            connection.connect(os.fspath(self.path))
        except OSError:
            connection.close()
            raise
        return connection

    def is_ready(self) -> bool:
        try:
            with self._connect() as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def ensure(self) -> None:
        if self.is_ready():
            return
        self.stop()  # one that listens but does not answer
        self.path.unlink(missing_ok=True)
        server = processes.start(
            [
                *(
                    self.program,
                    "--port",
                    "0",
                    "--unixsocket",
                    self.path,
                    "--unixsocketperm",
                    "700",
                ),
                *("--save", "", "--appendonly", "no", "--dir", self.sockets),
                *("--maxmemory-policy", "noeviction", "--daemonize", "no"),
            ],
            log=self.log,
            cwd=self.sockets,
            account=self.account,
        )
        processes.wait_until(lambda: self.is_ready() or server.poll() is not None, 20)
        if not self.is_ready():
            raise Trouble(f"Valkey 启动失败，日志：{self.log}\n{processes.tail(self.log)}")

    def stop(self) -> bool:
        pid = self.pid()
        if pid is None:
            return False
        processes.end(pid, first=signal.SIGTERM, seconds=5)
        return True
