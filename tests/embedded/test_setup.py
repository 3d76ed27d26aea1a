"""What set-up notices and what it says, without installing anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from credit_portal.embedded import dependencies, fonts, system
from credit_portal.embedded.places import Places
from credit_portal.embedded.system import Need

ABSENT = Need("libabsent0", "一项用途", library="libabsent.so.0")
PRESENT = Need("libc6", "一切", library="libc.so.6")


def test_a_need_is_met_by_what_it_brings() -> None:
    assert system.missing([ABSENT, PRESENT, Need("x", "y", program="no-such-program")]) == [
        ABSENT,
        Need("x", "y", program="no-such-program"),
    ]


def test_an_ordinary_user_gets_one_line_with_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system.os, "getuid", lambda: 1000)
    assert system.provide([ABSENT, PRESENT]) == [ABSENT]
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("请执行：sudo apt-get install -y libabsent0")


def test_the_stamp_changes_with_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("a==1")
    before = dependencies.wanted_stamp(lock)
    lock.write_text("a==2")
    assert dependencies.wanted_stamp(lock) != before


def test_fonts_that_are_there_are_not_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(font_set: object, directory: object) -> None:
        raise AssertionError

    monkeypatch.setattr(fonts, "SYSTEM_FONTS", ())
    monkeypatch.setattr(fonts, "_fetch", fail)
    (tmp_path / "fonts").mkdir()
    for font_set in fonts.SETS:
        (tmp_path / "fonts" / font_set.proof).touch()
    here = Places(tmp_path, tmp_path, tmp_path, tmp_path)
    fonts.provide(here)
    text = here.fonts_config.read_text(encoding="utf-8")
    assert f"<dir>{tmp_path / 'fonts'}</dir>" in text
    assert "/etc/fonts/fonts.conf" in text


def test_missing_fonts_are_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fonts, "SYSTEM_FONTS", ())
    monkeypatch.setattr(fonts.os, "getuid", lambda: 1000)
    monkeypatch.setattr(fonts, "apt", lambda *arguments, cwd: False)
    fonts.provide(Places(tmp_path, tmp_path, tmp_path, tmp_path))
    assert capsys.readouterr().err.count("! 未能取得") == 2
