"""The part of `doctor` that asks the servers and Django. It starts nothing and changes nothing."""

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from credit_portal.embedded import running
from credit_portal.embedded.places import Places
from credit_portal.embedded.report import Finding, bad, fine, note
from credit_portal.embedded.servers import Servers

OLDEST_POSTGRES = 15
OLDEST_REDIS = 7


def examine(servers: Servers | None, env: Mapping[str, str], places: Places) -> list[Finding]:
    if servers is None:
        return [bad("数据库", "未设置 DATABASE_URL，也没有可用的内嵌数据库程序。")]
    findings = []
    if servers.postgres and not servers.postgres.is_ready():
        findings.append(note("数据库", "内嵌的 PostgreSQL 未运行。需要时执行 ./portal up。"))
    else:
        findings += postgres(env["DATABASE_URL"])
    if servers.valkey and not servers.valkey.is_ready():
        findings.append(note("Redis", "内嵌的 Valkey 未运行。需要时执行 ./portal up。"))
    else:
        findings += redis(env["REDIS_URL"])
    if findings[0].level == "fine":
        findings.append(_migrations(places, env))
    return [*findings, _static(env, places)]


def postgres(url: str) -> Iterator[Finding]:
    import psycopg

    try:
        connection = psycopg.connect(url, connect_timeout=5)
    except psycopg.Error as error:
        yield bad("数据库", f"无法连接：{str(error).strip().splitlines()[0]}")
        return
    with connection:
        version = connection.info.server_version // 10000
        if version < OLDEST_POSTGRES:
            yield bad("数据库", f"PostgreSQL {version}，需要 {OLDEST_POSTGRES} 或以上。")
        else:
            yield fine("数据库", f"PostgreSQL {version}，可以连接。")
        for name, wanted, why in (
            ("server_encoding", "UTF8", "无法保存汉字"),
            ("synchronous_commit", "on", "断电时会丢失已确认的记录"),
            ("fsync", "on", "断电时会损坏数据"),
        ):
            found = _setting(connection, name)
            if found == wanted:
                yield fine("数据库", f"{name} = {found}。")
            else:
                yield bad("数据库", f"{name} = {found}，应为 {wanted}，否则{why}。")


def _setting(connection: Any, name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    return str(row[0])


def redis(url: str) -> Iterator[Finding]:
    import redis as client

    try:
        with client.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as connection:
            server = dict(connection.info("server"))
            policy = connection.info("memory").get("maxmemory_policy")
    except (client.RedisError, ValueError) as error:
        yield bad("Redis", f"无法连接：{error}")
        return
    version = str(server.get("redis_version", "0"))
    if int(version.split(".")[0]) < OLDEST_REDIS:
        yield bad("Redis", f"版本 {version}，需要 {OLDEST_REDIS} 或以上。")
    else:
        name = "Valkey" if server.get("server_name") == "valkey" else "Redis"
        yield fine("Redis", f"{name}（兼容 Redis {version}），可以连接。")
    if policy != "noeviction":
        yield bad("Redis", f"maxmemory-policy = {policy}，应为 noeviction，否则任务会被静默丢弃。")


def _migrations(places: Places, env: Mapping[str, str]) -> Finding:
    done = subprocess.run(
        running.manage_command(places, "migrate", "--check"),
        env=env,
        capture_output=True,
        check=False,
    )
    if done.returncode == 0:
        return fine("数据库表", "已是最新。")
    return bad("数据库表", "不是最新。请执行：./portal manage migrate")


def _static(env: Mapping[str, str], places: Places) -> Finding:
    root = Path(env.get("PORTAL_STATIC_ROOT") or places.state / "static")
    if (root / "staticfiles.json").exists():
        return fine("静态文件", f"已整理到 {root}。")
    return note("静态文件", "尚未整理。./portal demo 会自动整理；正式环境请执行 collectstatic。")
