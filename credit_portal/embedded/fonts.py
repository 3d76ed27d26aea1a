"""Fonts for official documents, without root: unpacked from Debian's packages beside the state.

Fandol has the faces of official documents but only the common characters; Noto CJK stands behind it for
the rare ones in names. A font that cannot be had is a warning: pages and PDFs still come, less well set.
"""

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from xml.sax.saxutils import escape

from credit_portal.embedded import locks
from credit_portal.embedded.places import Places
from credit_portal.embedded.say import say, step
from credit_portal.embedded.system import apt, apt_install

SYSTEM_FONTS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
CONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>/usr/share/fonts</dir>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


@dataclass(frozen=True)
class FontSet:
    package: str
    purpose: str
    wanted: tuple[str, ...]  # file names, as patterns
    proof: str  # a file that shows that the set is there
    in_system: bool = False  # root installs it whole, for browsers too


SETS = (
    FontSet(
        "texlive-lang-chinese",
        "公文字体（仿宋、黑体、楷体）",
        ("FandolSong-*.otf", "FandolHei-*.otf", "FandolKai-*.otf", "FandolFang-*.otf"),
        "FandolFang-Regular.otf",
    ),
    FontSet(
        "fonts-noto-cjk",
        "生僻字字体",
        ("NotoSansCJK-*.ttc", "NotoSerifCJK-*.ttc"),
        "NotoSerifCJK-Regular.ttc",
        in_system=True,
    ),
)


def has(font_set: FontSet, directory: Path) -> bool:
    return any(font_set.proof in files for _, _, files in os.walk(directory))


def is_available(font_set: FontSet, places: Places) -> bool:
    return any(has(font_set, base) for base in (*SYSTEM_FONTS, places.shared / "fonts"))


def provide(places: Places) -> None:
    """The fonts and the configuration that leads to them."""
    fonts = places.shared / "fonts"
    fonts.mkdir(exist_ok=True)
    with locks.held(fonts / ".lock"):
        for font_set in SETS:
            if not is_available(font_set, places):
                _fetch(font_set, fonts)
    _write_config(places, fonts)


def _fetch(font_set: FontSet, fonts: Path) -> None:
    if font_set.in_system and os.getuid() == 0 and shutil.which("apt-get"):
        apt_install([font_set.package])
        return
    with step(f"下载{font_set.purpose}（{font_set.package}）"):
        if not (_download(font_set, fonts)):
            say(f"! 未能取得{font_set.purpose}，PDF 将用其他字体代替。可稍后重试，或请管理员安装。")


def _download(font_set: FontSet, fonts: Path) -> bool:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return False
    with tempfile.TemporaryDirectory(dir=fonts) as work:
        Path(work).chmod(0o755)
        found = apt("download", "-qq", font_set.package, cwd=work) and sorted(
            Path(work).glob("*.deb")
        )
        if not found:
            return False
        _unpack(found[0], font_set, Path(work))
        for path in [path for path in Path(work).iterdir() if path.suffix in {".otf", ".ttc"}]:
            path.replace(fonts / path.name)
    return has(font_set, fonts)


def _unpack(package: Path, font_set: FontSet, target: Path) -> None:
    """Only the wanted files, out of the stream: the package holds a hundred times as much."""
    with (
        subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as stream,
        tarfile.open(fileobj=stream.stdout, mode="r|") as archive,
    ):
        for member in archive:
            name = Path(member.name).name
            content = archive.extractfile(member) if member.isfile() else None
            if content and any(fnmatch(name, pattern) for pattern in font_set.wanted):
                (target / name).write_bytes(content.read())


def _write_config(places: Places, fonts: Path) -> None:
    cache = places.shared / "fontcache"
    cache.mkdir(exist_ok=True)
    text = CONFIG.format(fonts=escape(str(fonts)), cache=escape(str(cache)))
    places.fonts_config.write_text(text, encoding="utf-8")


def families(env: Mapping[str, str]) -> set[str]:
    """What fontconfig finds; empty where the program for asking is not installed."""
    if not shutil.which("fc-list"):
        return set()
    done = subprocess.run(
        ["fc-list", ":", "family"],
        capture_output=True,
        text=True,
        errors="replace",
        env=env,
        check=False,
    )
    return {name.strip() for line in done.stdout.splitlines() for name in line.split(",")}
