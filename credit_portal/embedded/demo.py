"""`demo`: from a bare checkout to a running portal with people and a year of decisions in it."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from credit_portal.embedded import environment, locks, running, setup, system
from credit_portal.embedded.places import Places, choose_port
from credit_portal.embedded.say import Trouble, say, step
from credit_portal.embedded.servers import Servers, find_servers
from credit_portal.embedded.supervisor import Child, Supervisor, note_running

READY_SECONDS = 120
DATA = ("postgres", "media", "beat", "sandbox")


def run(places: Places, arguments: list[str]) -> int:
    unknown = set(arguments) - {"--reset"}
    if unknown:
        raise Trouble(f"demo 不认识参数：{' '.join(sorted(unknown))}", 2)
    setup.full(places, (*system.PDF, system.CHECKING[0]))
    with locks.held_or_none(places.state / "demo.lock") as ours:
        if not ours:
            return _already_running(places)
        return _run(places, reset="--reset" in arguments)


def _already_running(places: Places) -> int:
    note = running.running_demo(places)
    address = f"http://127.0.0.1:{note['web_port']}/" if note else "正在启动，请稍候"
    say(f"本目录的演示系统已在运行：{address}")
    say("停止：在其窗口按 Ctrl-C，或执行 ./portal down")
    return 0


def _run(places: Places, *, reset: bool) -> int:
    running.end_orphans(places)
    servers = find_servers(places)
    if reset:
        _forget(places, servers)
    web_port = choose_port(int(os.environ.get("PORTAL_PORT") or environment.WEB_PORT))
    sandbox_port = choose_port(max(environment.SANDBOX_PORT, web_port + 1))
    env = environment.installation(
        places, servers.urls(), web_port=web_port, sandbox_port=sandbox_port
    )
    supervisor = Supervisor(places, env, children(places, web_port, sandbox_port))
    try:
        _prepare(places, servers, env)
        with step("启动网站、后台任务、定时任务和市平台模拟器"):
            note_running(places, web_port, sandbox_port)
            supervisor.start_all()
            _wait_for_web(supervisor, web_port)
        _welcome(places, env, web_port, sandbox_port)
        _look_after(supervisor)
    except KeyboardInterrupt:
        say("\n· 正在停止…")
    finally:
        with _undisturbed():
            supervisor.stop_all()
            servers.stop()
            (places.state / "demo.json").unlink(missing_ok=True)
    say("已全部停止。数据保留，下次启动可继续使用。")
    return 0


def _forget(places: Places, servers: Servers) -> None:
    if servers.postgres is None:
        raise Trouble("当前使用 DATABASE_URL 指定的数据库，--reset 不会清空它。请先取消该变量。", 2)
    with step("清空演示数据"):
        servers.stop()
        for name in DATA:
            shutil.rmtree(places.state / name, ignore_errors=True)


def _prepare(places: Places, servers: Servers, env: Mapping[str, str]) -> None:
    """Servers, tables, data and static files. Data half made by a start that was killed is made anew."""
    mark = places.state / "seeded"
    if servers.postgres and mark.exists() and mark.read_text(encoding="utf-8") == "unfinished":
        say("· 上次装入演示数据未完成，重新建立。")
        _forget(places, servers)
    for name in ("media", "beat", "sandbox"):
        (places.state / name).mkdir(mode=0o700, exist_ok=True)
    with step("启动 PostgreSQL 与 Valkey"):
        running.start_servers(places, servers)
    running.migrate(places, env)
    _seed(places, env)
    # Data of an earlier version know nothing of permissions that came since.
    _manage(places, env, "refresh_role_groups", failure="角色权限更新失败，原因见上。")
    _collect_static(places, env)


def _seed(places: Places, env: Mapping[str, str]) -> None:
    mark = places.state / "seeded"
    done = hashlib.sha256(env["DATABASE_URL"].encode()).hexdigest()
    if mark.exists() and mark.read_text(encoding="utf-8") == done:
        return
    if not _has_command(places, "seed_demo"):
        say("· 尚无演示数据可装入（没有 seed_demo 命令）。")
        return
    mark.write_text("unfinished", encoding="utf-8")
    with step("装入演示数据（首次约一分钟）"):
        _manage(places, env, "seed_demo", failure="演示数据装入失败，原因见上。")
    mark.write_text(done, encoding="utf-8")


def _has_command(places: Places, name: str) -> bool:
    """Asked of the files: asking Django would cost a second."""
    return any(
        any(places.checkout.glob(f"{depth}/management/commands/{name}.py"))
        for depth in ("*", "*/*")
    )


def _manage(places: Places, env: Mapping[str, str], *arguments: str, failure: str) -> None:
    command = running.manage_command(places, *arguments)
    if subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode:
        raise Trouble(failure)


def _collect_static(places: Places, env: Mapping[str, str]) -> None:
    """Only when a file or a dependency changed; finding out costs a few milliseconds."""
    mark = places.state / "static.stamp"
    stamp = _static_stamp(places.checkout)
    if mark.exists() and mark.read_text(encoding="ascii") == stamp:
        return
    with step("整理静态文件"):
        _manage(
            *(places, env, "collectstatic", "--no-input", "--clear", "--skip-checks", "-v", "0"),
            failure="静态文件整理失败，原因见上。",
        )
    mark.write_text(stamp, encoding="ascii")


def _static_stamp(checkout: Path) -> str:
    digest = hashlib.sha256((checkout / "requirements.lock").read_bytes())
    for path in sorted((checkout / "static").rglob("*")):
        found = path.stat()
        digest.update(
            f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode("utf-8", "surrogateescape")
        )
    return digest.hexdigest()


def children(places: Places, web_port: int, sandbox_port: int) -> list[Child]:
    """Modules are run by the interpreter: the start lines of installed scripts break on odd paths."""
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "credit_portal.celery"]
    beat = places.state / "beat"
    sandbox = places.state / "sandbox"
    web = (
        f"credit_portal.wsgi -w 2 --bind 127.0.0.1:{web_port} --timeout 120"
        " --limit-request-line 8190 --no-control-socket"  # Chinese takes nine signs for one
    )
    return [
        Child(
            "sandbox",
            "市平台模拟器",
            [
                *(*python, "credit_portal.outbox.municipal.sandbox"),
                *("--port", str(sandbox_port), "--state", str(sandbox)),
            ],
        ),
        Child("web", "网站", [*python, "gunicorn", *web.split()], essential=True),
        Child("worker", "后台任务", [*celery, "worker", "-c", "2", "-l", "INFO"]),
        Child(
            "beat",
            "定时任务",
            [*celery, "beat", "-s", str(beat / "schedule"), "--pidfile=", "-l", "INFO"],
        ),
    ]


def _wait_for_web(supervisor: Supervisor, port: int) -> None:
    limit = time.monotonic() + READY_SECONDS
    while not answers(port):
        supervisor.look_after()
        if time.monotonic() > limit:
            raise Trouble(
                f"网站未能在 {READY_SECONDS} 秒内就绪，日志：{supervisor.places.logs / 'web.log'}"
            )
        time.sleep(0.2)


def answers(port: int) -> bool:
    """`/healthz`, or any page that is not an error of the server."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for path in ("/healthz", "/"):
        try:
            opener.open(f"http://127.0.0.1:{port}{path}", timeout=10).close()
        except urllib.error.HTTPError as error:
            error.close()
            if error.code < 500 and path == "/":
                return True
        except OSError:
            return False
        else:
            return True
    return False


def _welcome(places: Places, env: Mapping[str, str], web_port: int, sandbox_port: int) -> None:
    print(f"\n演示系统已就绪：http://127.0.0.1:{web_port}/")
    print(
        f"市平台模拟器：http://127.0.0.1:{sandbox_port}/stats　日志目录：{places.logs}", flush=True
    )
    if _has_command(places, "demo_cast"):
        command = running.manage_command(places, "demo_cast")
        subprocess.run(command, env=env, stdin=subprocess.DEVNULL, check=False)
    print("按 Ctrl-C 停止。", flush=True)


def _look_after(supervisor: Supervisor) -> None:
    while True:
        time.sleep(0.5)
        supervisor.look_after()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Stopping must come to its end: a second Ctrl-C or a closed terminal does not cut it short."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before: dict[int, Any] = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
