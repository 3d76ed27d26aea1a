"""The pair of embedded servers. Each is used only when its URL is not given from outside."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

from credit_portal.embedded import locks
from credit_portal.embedded.binaries import find_binaries
from credit_portal.embedded.places import Places, make_private, make_state, throw_away
from credit_portal.embedded.postgres import Cluster
from credit_portal.embedded.processes import Account, server_account
from credit_portal.embedded.say import Trouble, step
from credit_portal.embedded.valkey import Valkey


@dataclass(frozen=True)
class Servers:
    """What runs for one set of places; None stands for a server that is given from outside."""

    places: Places
    postgres: Cluster | None
    valkey: Valkey | None
    given: Mapping[str, str]

    def urls(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.postgres.url if self.postgres else self.given["DATABASE_URL"],
            "REDIS_URL": self.valkey.url if self.valkey else self.given["REDIS_URL"],
        }

    def ensure(self) -> bool:
        """Both running; True when the database was made just now."""
        if self.postgres is None and self.valkey is None:
            return False
        with locks.held(self.places.state / "servers.lock"):
            _check_reachable(self.places, server_account())
            new = self.postgres.ensure() if self.postgres else False
            if self.valkey:
                self.valkey.ensure()
        return new

    def running(self) -> bool:
        return (self.postgres is None or self.postgres.is_ready()) and (
            self.valkey is None or self.valkey.is_ready()
        )

    def stop(self) -> list[str]:
        """Stop what we run; the names of what was stopped."""
        stopped = []
        if self.valkey and self.valkey.stop():
            stopped.append("Valkey")
        if self.postgres and self.postgres.stop():
            stopped.append("PostgreSQL")
        return stopped


def find_servers(
    places: Places, env: Mapping[str, str] = os.environ, *, durable: bool = True
) -> Servers:
    given = {name: env[name] for name in ("DATABASE_URL", "REDIS_URL") if env.get(name)}
    if len(given) == 2:
        return Servers(places, None, None, given)
    make_state(places)
    programs = find_binaries(places)
    account = server_account()
    make_private(places.sockets, owner=account.uid if account else None)
    postgres = Cluster(
        binaries=programs.postgres,
        data=places.state / "postgres",
        sockets=places.sockets,
        log=places.logs / "postgres.log",
        account=account,
        durable=durable,
    )
    valkey = Valkey(programs.valkey, places.sockets, places.logs / "valkey.log", account)
    return Servers(
        places,
        None if "DATABASE_URL" in given else postgres,
        None if "REDIS_URL" in given else valkey,
        given,
    )


def _check_reachable(places: Places, account: Account | None) -> None:
    """Root's PostgreSQL runs under another account, which must be able to walk to its data."""
    if account is None:
        return
    for directory in (places.state, *places.state.parents):
        if not directory.stat().st_mode & 0o001:
            raise Trouble(
                f"账户 {account.name} 无法进入 {directory}，内嵌的 PostgreSQL 不能以该账户运行。"
                "请把 PORTAL_STATE_DIR 设为其他账户可以进入的目录，或不设置。"
            )


@contextmanager
def throw_away_servers(
    places: Places, env: Mapping[str, str] = os.environ, *, durable: bool = False
) -> Iterator[Servers]:
    """Servers of one test run, in a directory of its own that is gone afterwards."""
    own = throw_away(places, f"run-{os.getpid()}")
    make_state(places)
    with ExitStack() as stack:
        with locks.held(places.state / "runs.lock"):
            clear_dead_runs(places)
            make_private(own.state.parent, mode=0o711 if os.getuid() == 0 else 0o700)
            make_state(own)
            stack.enter_context(locks.held(own.state / "owner.lock"))
        servers = find_servers(own, env, durable=durable)
        stack.callback(_discard, servers)
        with step("启动临时的 PostgreSQL 与 Valkey"):
            servers.ensure()
        yield servers


def clear_dead_runs(places: Places) -> None:
    """Servers and directories of runs that were killed before they could tidy up."""
    for state in (places.state / "tmp").glob("run-*"):
        if locks.is_held(state / "owner.lock"):
            continue
        _discard(find_servers(throw_away(places, state.name), env={}))


def _discard(servers: Servers) -> None:
    servers.stop()
    for path in {servers.places.state, servers.places.sockets}:
        with suppress(FileNotFoundError):
            shutil.rmtree(path)
