"""Libraries and programs of the operating system: which are missing, and installing them where we may."""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from credit_portal.embedded.say import say, step


@dataclass(frozen=True)
class Need:
    """A Debian package and how to see that what it brings is there, however it came."""

    package: str
    purpose: str
    library: str = ""
    program: str = ""

    def is_met(self) -> bool:
        if self.program:
            return shutil.which(self.program) is not None
        try:
            ctypes.CDLL(self.library)
        except OSError:
            return False
        return True


PDF = (
    Need("libpango-1.0-0", "生成 PDF", library="libpango-1.0.so.0"),
    Need("libpangoft2-1.0-0", "生成 PDF", library="libpangoft2-1.0.so.0"),
    Need("libharfbuzz-subset0", "缺少时一页 PDF 约需 14 秒", library="libharfbuzz-subset.so.0"),
)
CHECKING = (
    Need("poppler-utils", "检查 PDF", program="pdftotext"),
    Need("chromium", "浏览器测试", program="chromium"),
)
ALL = PDF + CHECKING


def missing(needs: Iterable[Need]) -> list[Need]:
    return [need for need in needs if not need.is_met()]


def install_command(packages: Iterable[str]) -> str:
    return "sudo apt-get install -y " + " ".join(packages)


def provide(needs: Iterable[Need]) -> list[Need]:
    """Install as root what is missing; as anybody else name it in one line. What is still missing."""
    absent = missing(needs)
    if absent and os.getuid() == 0 and shutil.which("apt-get"):
        apt_install([need.package for need in absent])
        absent = missing(absent)
    if absent:
        purposes = "、".join(dict.fromkeys(need.purpose for need in absent))
        command = install_command(need.package for need in absent)
        say(f"! 缺少系统组件（{purposes}）。请执行：{command}")
    return absent


def apt_install(packages: list[str]) -> bool:
    with step(f"安装系统组件 {' '.join(packages)}"):
        apt("update", "-qq")
        return apt("install", "-y", "-qq", "--no-install-recommends", *packages)


def apt(*arguments: str, cwd: str | None = None) -> bool:
    """Quiet when it works; when it does not, what it said."""
    done = subprocess.run(
        ["apt-get", "-o", "DPkg::Lock::Timeout=300", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        cwd=cwd,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        check=False,
    )
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
    return done.returncode == 0
