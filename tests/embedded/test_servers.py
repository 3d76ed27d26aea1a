"""The embedded servers, really started: by our code, on throw-away places."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from credit_portal.embedded import doctor_services, locks, processes
from credit_portal.embedded import servers as serving
from credit_portal.embedded.places import Places, find_places, make_private, throw_away
from credit_portal.embedded.postgres import Cluster
from credit_portal.embedded.say import Trouble

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("embedded")]


@pytest.fixture(scope="module")
def places() -> Places:
    """Below the real state directory: a temporary one of pytest is closed to PostgreSQL's account."""
    own = {name: value for name, value in os.environ.items() if name != "PORTAL_STATE_DIR"}
    return throw_away(find_places(env=own), f"self-{os.getpid()}")


@pytest.fixture(scope="module")
def servers(places: Places) -> Iterator[serving.Servers]:
    make_private(places.state.parent, mode=0o711 if os.getuid() == 0 else 0o700)
    found = serving.find_servers(places, env={})
    assert found.ensure() is True
    yield found
    serving._discard(found)
    assert not places.state.exists()
    assert not found.running()


def test_both_answer_on_private_sockets(servers: serving.Servers, places: Places) -> None:
    with psycopg.connect(servers.urls()["DATABASE_URL"]) as connection:
        row = connection.execute(
            "SELECT current_setting('listen_addresses'), length('淮南')"
        ).fetchone()
    assert row == ("", 2)
    with redis.Redis.from_url(servers.urls()["REDIS_URL"]) as client:
        assert client.ping()
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert places.sockets.stat().st_mode & 0o077 == 0


def test_a_second_start_finds_them_running(servers: serving.Servers) -> None:
    assert servers.postgres is not None
    before = servers.postgres.pid()
    assert servers.ensure() is False
    assert servers.postgres.pid() == before


def test_the_doctor_is_content(servers: serving.Servers) -> None:
    urls = servers.urls()
    findings = [
        *doctor_services.postgres(urls["DATABASE_URL"]),
        *doctor_services.redis(urls["REDIS_URL"]),
    ]
    assert {finding.level for finding in findings} == {"fine"}


def test_the_doctor_names_a_server_that_is_away() -> None:
    (finding,) = doctor_services.postgres("postgresql:///portal?host=/nonexistent")
    assert finding.level == "bad"
    (finding,) = doctor_services.redis("unix:///nonexistent/redis.sock")
    assert finding.level == "bad"


def test_a_killed_server_starts_again_with_its_data(servers: serving.Servers) -> None:
    cluster = servers.postgres
    assert cluster is not None
    cluster.query("CREATE TABLE kept (n int)")
    cluster.query("INSERT INTO kept VALUES (7)")
    pid = cluster.pid()
    assert pid is not None
    processes.end(pid, first=signal.SIGKILL)
    assert not cluster.is_ready()
    assert servers.ensure() is False
    assert cluster.query("SELECT n FROM kept") == "7"


def test_a_pid_file_with_a_foreign_number_does_not_hinder(servers: serving.Servers) -> None:
    """After a reboot the number may belong to any process, here to this one."""
    cluster = servers.postgres
    assert cluster is not None
    lines = (cluster.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    assert cluster.stop() is True
    (cluster.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert cluster.pid() is None
    cluster.ensure()
    assert cluster.is_ready()


def test_a_valkey_that_died_is_replaced(servers: serving.Servers) -> None:
    assert servers.valkey is not None
    pid = servers.valkey.pid()
    assert pid is not None
    processes.end(pid, first=signal.SIGKILL)
    assert not servers.valkey.is_ready()
    servers.ensure()
    assert servers.valkey.is_ready()


def test_another_major_version_is_refused_in_words(
    servers: serving.Servers, tmp_path: Path
) -> None:
    assert servers.postgres is not None
    data = tmp_path / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("15\n")
    old = Cluster(servers.postgres.binaries, data, tmp_path / "run", tmp_path / "log")
    with pytest.raises(Trouble, match="由 PostgreSQL 15 建立"):
        old.ensure()


def test_servers_that_are_given_are_left_alone(places: Places) -> None:
    given = {"DATABASE_URL": "postgresql:///theirs", "REDIS_URL": "redis://theirs"}
    found = serving.find_servers(places, env=given)
    assert found.urls() == given
    assert found.ensure() is False
    assert found.stop() == []


def test_one_given_server_leaves_the_other_to_us(places: Places) -> None:
    found = serving.find_servers(places, env={"DATABASE_URL": "postgresql:///theirs"})
    assert found.postgres is None
    assert found.valkey is not None


def test_a_lock_is_seen_by_others(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not locks.is_held(path)
    with locks.held(path):
        assert locks.is_held(path)
        with locks.held_or_none(path) as ours:
            assert not ours
    assert not locks.is_held(path)
