"""The locked dependencies in `.venv`, installed again only when the lock changed."""

import hashlib
import subprocess
import sys
from pathlib import Path

from credit_portal.embedded.places import CHECKOUT
from credit_portal.embedded.say import Trouble, step

LOCK = CHECKOUT / "requirements.lock"
STAMP = Path(sys.prefix) / ".installed-lock"


def wanted_stamp(lock: Path = LOCK) -> str:
    version = ".".join(map(str, sys.version_info[:2]))
    return f"{version} {hashlib.sha256(lock.read_bytes()).hexdigest()}\n"


def are_installed() -> bool:
    return STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted_stamp()


def install() -> None:
    """By pip as it is configured on this machine: mirror, certificates and limits are its own affair."""
    if are_installed():
        return
    with step("安装依赖（按 requirements.lock 逐个校验哈希值，首次约一分钟）"):
        _have_pip()
        _pip("install", "-qq", "--no-deps", "--require-hashes", "-r", str(LOCK))
        _pip("check", "-qq")
    STAMP.write_text(wanted_stamp(), encoding="ascii")


def _have_pip() -> None:
    """A start that was killed may have left an environment without it."""
    if subprocess.run([sys.executable, "-I", "-m", "pip", "-V"], capture_output=True).returncode:
        subprocess.run([sys.executable, "-I", "-m", "ensurepip"], check=True, stdout=sys.stderr)


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    if subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=sys.stderr, cwd=CHECKOUT
    ).returncode:
        raise Trouble("依赖安装失败，原因见上。请检查网络或 pip 的镜像配置后重试。")
