"""`up`, `down` and `manage`: the servers in the background and Django's commands on top of them."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping

from credit_portal.embedded import environment, locks, processes, setup
from credit_portal.embedded.places import Places
from credit_portal.embedded.say import Trouble, say, step
from credit_portal.embedded.servers import Servers, clear_dead_runs, find_servers

# Commands that start before there is a database, or must not wait for one.
WITHOUT_DATABASE = {"help", "--help", "--version", "version", "migrate", "makemigrations"}


def manage_command(places: Places, *arguments: str) -> list[str]:
    return [sys.executable, str(places.checkout / "manage.py"), *arguments]


def running_demo(places: Places) -> dict[str, object]:
    """What the running demo wrote about itself; empty when none runs."""
    try:
        note = json.loads((places.state / "demo.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    alive = processes.is_alive(int(note["pid"]), str(note["started_at"]))
    return dict(note) if alive else {}


def current_environment(places: Places, servers: Servers) -> dict[str, str]:
    """The installation's environment, with the ports of a running demo when there is one."""
    note = running_demo(places)
    return environment.installation(
        places,
        servers.urls(),
        web_port=int(str(note.get("web_port", environment.WEB_PORT))),
        sandbox_port=int(str(note.get("sandbox_port", environment.SANDBOX_PORT))),
    )


def migrate(places: Places, env: Mapping[str, str]) -> None:
    with locks.held(places.state / "migrate.lock"), step("建立或更新数据库表"):
        command = manage_command(
            places, "migrate", "--no-input", "--skip-checks", "--verbosity", "0"
        )
        if subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode:
            raise Trouble("数据库表更新失败，原因见上。")
        (places.state / "migrated").touch()


def start_servers(places: Places, servers: Servers) -> None:
    """Running; and a cluster made just now is known to be empty, whatever an earlier one had reached."""
    if not servers.running() and servers.ensure():
        for name in ("migrated", "seeded"):
            (places.state / name).unlink(missing_ok=True)


def has_tables(places: Places, servers: Servers) -> bool:
    """A database given from outside is never changed unasked."""
    return servers.postgres is None or (places.state / "migrated").exists()


def up(places: Places) -> int:
    setup.quick(places)
    servers = find_servers(places)
    with step("启动 PostgreSQL 与 Valkey"):
        start_servers(places, servers)
    env = current_environment(places, servers)
    if not has_tables(places, servers):
        migrate(places, env)
    for name in sorted(
        name for name in env if name.startswith("PORTAL_") or name in servers.urls()
    ):
        print(f"export {name}={shlex.quote(env[name])}")
    return 0


def down(places: Places) -> int:
    """Also what a crashed run left: the demo's processes, the servers, the servers of killed test runs."""
    note = running_demo(places)
    if note:
        say("· 停止演示系统…")
        processes.end(int(str(note["pid"])), seconds=40)
    stopped = [f"进程 {pid}" for pid in end_orphans(places)]
    if (places.state / "postgres").exists() or places.sockets.exists():
        stopped += find_servers(places, env={}).stop()
        clear_dead_runs(places)
    say(f"已停止：{'、'.join(stopped)}。" if stopped or note else "没有正在运行的进程。")
    return 0


def end_orphans(places: Places) -> list[int]:
    """Processes of a demo that was killed: recognised by number and start time, never by name."""
    try:
        noted = json.loads((places.state / "children.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    alive = [(pid, since) for pid, since in noted if processes.is_alive(pid, since)]
    for pid, _ in alive:
        processes.end(pid)
        processes.kill_group(pid)
    return [pid for pid, _ in alive]


def manage(places: Places, arguments: list[str]) -> int:
    setup.quick(places)
    if os.environ.get("PORTAL_MODE") == "production":
        env = environment.basis(places)
    else:
        env = _with_servers(places, arguments)
    command = manage_command(places, *arguments)
    sys.stdout.flush()
    # In our place: the command has its own exit code, input, output and signals.
    os.execve(command[0], command, env)  # noqa: S606


def _with_servers(places: Places, arguments: list[str]) -> dict[str, str]:
    servers = find_servers(places)
    start_servers(places, servers)
    env = current_environment(places, servers)
    first = arguments[0] if arguments else "help"
    if first not in WITHOUT_DATABASE and not has_tables(places, servers):
        migrate(places, env)
    return env
