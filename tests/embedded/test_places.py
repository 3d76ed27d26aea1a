"""Where an installation keeps its things, for any path of the checkout."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from credit_portal.embedded import places as placing
from credit_portal.embedded.say import Trouble


def test_copies_do_not_meet() -> None:
    one = placing.checkout_hash(Path("/srv/one"))
    assert one != placing.checkout_hash(Path("/srv/two"))
    assert one == placing.checkout_hash(Path("/srv/one"))
    assert len(one) == 12


def test_chinese_and_spaces_leave_the_state_directory_plain(tmp_path: Path) -> None:
    found = placing.find_places(Path("/data/测试 目录/portal"), {"HOME": str(tmp_path)}, uid=1000)
    assert found.state.is_relative_to(tmp_path / ".local/state/huainan-portal")
    assert placing.is_plain(found.state)
    assert placing.is_plain(found.sockets)


def test_root_keeps_state_where_another_account_can_reach_it() -> None:
    found = placing.find_places(Path("/srv/portal"), {"HOME": "/root"}, uid=0)
    assert found.state.parent == Path("/var/lib/huainan-portal")


@pytest.mark.parametrize("home", ["/home/王 静", "relative", ""])
def test_a_home_that_will_not_do_is_replaced(home: str) -> None:
    assert placing.state_base({"HOME": home}, 1234) == Path("/var/tmp/huainan-portal-1234")


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_home_that_cannot_be_written_is_replaced() -> None:
    assert placing.state_base({"HOME": "/proc"}, 1234) == Path("/var/tmp/huainan-portal-1234")


def test_xdg_state_home_is_respected(tmp_path: Path) -> None:
    base = placing.state_base({"HOME": "/nowhere", "XDG_STATE_HOME": str(tmp_path)}, 1000)
    assert base == tmp_path / "huainan-portal"


def test_a_given_state_directory_is_used_as_it_is(tmp_path: Path) -> None:
    found = placing.find_places(Path("/srv/portal"), {"PORTAL_STATE_DIR": str(tmp_path)})
    assert found.state == tmp_path


@pytest.mark.parametrize("state", ["/a/" + "x" * 100, "/srv/数据", "/srv/with space"])
def test_sockets_move_when_the_path_is_too_long_or_odd(state: str) -> None:
    found = placing.socket_directory(Path(state), 1000)
    assert str(found).startswith("/tmp/hp-1000-")
    assert len(f"{found}/.s.PGSQL.5432") <= 107


def test_a_throw_away_run_has_its_own_sockets() -> None:
    base = placing.find_places(Path("/srv/portal"), {"HOME": "/home/tester"}, uid=1000)
    own = placing.throw_away(base, "run-1")
    assert own.sockets != base.sockets
    assert own.shared == base.shared
    assert len(f"{own.sockets}/.s.PGSQL.5432") <= 107


def test_private_directories_are_closed(tmp_path: Path) -> None:
    made = placing.make_private(tmp_path / "run")
    assert made.stat().st_mode & 0o777 == 0o700
    made.chmod(0o777)
    assert placing.make_private(made).stat().st_mode & 0o777 == 0o700


def test_a_link_in_place_of_a_private_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").symlink_to(tmp_path)
    with pytest.raises(Trouble, match="不属于当前账户"):
        placing.make_private(tmp_path / "run")


def test_the_next_free_port_is_chosen() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not placing.port_is_free(port)
        assert placing.choose_port(port) > port
        with pytest.raises(Trouble, match="被占用"):
            placing.choose_port(port, tries=1)
