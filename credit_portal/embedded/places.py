"""Where things of one checkout live: state, sockets, ports. Mostly pure functions, so they can be tested."""

import hashlib
import os
import re
import socket
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from credit_portal.embedded.say import Trouble

CHECKOUT = Path(__file__).resolve().parents[2]
PRODUCT = "huainan-portal"
# sun_path holds 107 bytes; the longest name in the socket directory is PostgreSQL's.
LONGEST_SOCKET_DIRECTORY = 107 - len("/.s.PGSQL.5432")
PLAIN = re.compile(r"[A-Za-z0-9/._-]+")


@dataclass(frozen=True)
class Places:
    """The directories of one installation. `shared` holds what every checkout of one account can use."""

    checkout: Path
    state: Path
    shared: Path
    sockets: Path

    @property
    def logs(self) -> Path:
        return self.state / "log"

    @property
    def fonts_config(self) -> Path:
        return self.state / "fonts.conf"


def checkout_hash(checkout: Path) -> str:
    return hashlib.sha256(os.fsencode(checkout)).hexdigest()[:12]


def is_plain(path: Path | str) -> bool:
    """Free of characters that some program on the way (libpq, kombu, a shell) might read otherwise."""
    return PLAIN.fullmatch(str(path)) is not None


def state_base(env: Mapping[str, str], uid: int) -> Path:
    """The directory that holds one state directory per checkout."""
    if uid == 0:
        return Path("/var/lib") / PRODUCT
    home = env.get("HOME") or "unknown"
    chosen = Path(env.get("XDG_STATE_HOME") or f"{home}/.local/state")
    if chosen.is_absolute() and is_plain(chosen) and _can_be_made(chosen):
        return chosen / PRODUCT
    return Path("/var/tmp") / f"{PRODUCT}-{uid}"  # noqa: S108 - ownership is checked before use


def _can_be_made(path: Path) -> bool:
    while not path.exists():
        path = path.parent
    return os.access(path, os.W_OK | os.X_OK)


def socket_directory(state: Path, uid: int) -> Path:
    """Beside the state where that is short and plain enough for a socket, else under /tmp."""
    inside = state / "run"
    if is_plain(inside) and len(os.fsencode(inside)) <= LONGEST_SOCKET_DIRECTORY:
        return inside
    return Path("/tmp") / f"hp-{uid}-{checkout_hash(state)}"  # noqa: S108 - ownership is checked


def find_places(
    checkout: Path = CHECKOUT, env: Mapping[str, str] = os.environ, uid: int | None = None
) -> Places:
    uid = os.getuid() if uid is None else uid
    given = env.get("PORTAL_STATE_DIR", "")
    if given:
        state = shared = Path(given).absolute()
    else:
        shared = state_base(env, uid)
        state = shared / checkout_hash(checkout)
    return Places(checkout, state, shared, socket_directory(state, uid))


def throw_away(places: Places, name: str) -> Places:
    """Places for a run whose data nobody keeps, inside the state of its checkout."""
    state = places.state / "tmp" / name
    return replace(places, state=state, sockets=socket_directory(state, os.getuid()))


def make_private(path: Path, *, mode: int = 0o700, owner: int | None = None) -> Path:
    """The directory, ours and closed to others; refuse one that somebody else put there first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    expected = os.getuid() if owner is None else owner
    try:
        path.mkdir(mode=0o700)
        if owner is not None and os.getuid() == 0:
            os.chown(path, owner, -1)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {expected, os.getuid()}:
            raise Trouble(
                f"目录 {path} 不属于当前账户，为安全起见不使用它。请删除后重试。"
            ) from None
        if found.st_uid != expected:
            os.chown(path, expected, -1)
    path.chmod(mode)
    return path


def make_state(places: Places) -> None:
    """The state directory. Root's may be passed through, as its PostgreSQL runs under another account."""
    mode = 0o711 if os.getuid() == 0 else 0o700
    for path in dict.fromkeys((places.shared, places.state)):
        make_private(path, mode=mode)
    make_private(places.logs)
    note = places.state / "checkout"
    if not note.exists():
        note.write_text(f"{places.checkout}\n", encoding="utf-8")


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_port(preferred: int, *, tries: int = 200) -> int:
    """The preferred port, or the next free one when another program (or another checkout) has it."""
    for port in range(preferred, preferred + tries):
        if port_is_free(port):
            return port
    raise Trouble(f"端口 {preferred}–{preferred + tries - 1} 均被占用，无法启动。")
