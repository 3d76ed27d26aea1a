"""What is shipped to browsers: complete, unchanged, small, old enough, and without literals outside the tokens."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
OURS = sorted((STATIC / "css").glob("*.css"))
PORTAL = [sheet for sheet in OURS if sheet.name != "document.css"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
YOUNGER_THAN_CHROMIUM_87 = r":has\(|:is\(|:where\(|color-mix|@container|@layer|aspect-ratio|@property|\d[dsl]v[hw]\b|(^|[;{]\s*)&"


def rules(sheet: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)


def test_vendored_files_are_the_ones_in_the_manifest() -> None:
    listed = dict(
        line.split("  ")[::-1] for line in (VENDOR / "manifest.txt").read_text().splitlines()
    )
    found = {
        str(file.relative_to(VENDOR)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in VENDOR.rglob("*")
        if file.is_file() and file.name != "manifest.txt"
    }
    assert found == listed


def test_every_vendored_package_is_locked_and_has_its_licence() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for name, version in json.loads((ROOT / "package.json").read_text())["dependencies"].items():
        assert lock[f"node_modules/{name}"]["version"] == version
        assert (VENDOR / f"{name}-{version}" / "LICENSE").stat().st_size > 500


def test_the_lock_names_no_download_address() -> None:
    assert "resolved" not in (ROOT / "package-lock.json").read_text()


def test_nothing_points_to_other_hosts_or_missing_maps() -> None:
    for file in [*OURS, *VENDOR.rglob("*.css"), *(STATIC / "js").glob("*.js")]:
        text = file.read_text()
        assert "sourceMappingURL" not in text, file
        assert not re.search(r"url\(\s*['\"]?(https?:)?//", text), file


EVERYWHERE = ("tokens", "base", "components", "print")
FRAMES = {
    "public": ("public", "care", "care_menu"),
    "enterprise": ("public", "enterprise", "forms", "care"),
    "staff": ("staff", "lists", "forms"),
    "auth": ("auth", "forms", "care"),
}


@pytest.mark.parametrize("frame", FRAMES)
def test_our_sheets_are_small(frame: str) -> None:
    """What a page of one frame loads of ours, before compression."""
    loaded = [STATIC / "css" / f"{name}.css" for name in (*EVERYWHERE, *FRAMES[frame])]
    assert sum(sheet.stat().st_size for sheet in loaded) < 60_000


def test_every_sheet_belongs_to_a_frame() -> None:
    assert {sheet.stem for sheet in PORTAL} == {
        *EVERYWHERE,
        *(n for f in FRAMES.values() for n in f),
    }


@pytest.mark.parametrize("sheet", PORTAL, ids=lambda sheet: sheet.name)
def test_only_what_chromium_87_understands(sheet: Path) -> None:
    assert re.findall(YOUNGER_THAN_CHROMIUM_87, rules(sheet)) == []


@pytest.mark.parametrize(
    "sheet", [s for s in PORTAL if s.name != "tokens.css"], ids=lambda s: s.name
)
def test_colours_shadows_and_fonts_are_tokens(sheet: Path) -> None:
    text = rules(sheet)
    if sheet.name == "care.css":  # sets tokens anew
        text = re.sub(r"--[\w-]+:[^;]+;", "", text)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(", text) == []
    assert re.findall(r"box-shadow: (?!var|none|inset)[^;]+", text) == []
    assert re.findall(r"font-family: (?!var)[^;]+", text) == []


@pytest.mark.parametrize("sheet", PORTAL, ids=lambda sheet: sheet.name)
def test_every_token_used_is_defined(sheet: Path) -> None:
    defined = set(re.findall(r"(--[\w-]+):", rules(STATIC / "css" / "tokens.css")))
    assert set(re.findall(r"var\((--[\w-]+)", rules(sheet))) <= defined


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("ink", "paper", "least"),
    [
        *((ink, paper, 4.5) for ink in ("ink", "ink-2", "ink-3", "brand-600") for paper in ("paper", "ground", "paper-2", "brand-50")),
        *((tone, paper, 4.5) for tone in ("cinnabar", "amber", "green") for paper in ("paper", "ground", f"{tone}-50")),
        *((ink, paper, 4.5) for ink in ("on-brand", "on-brand-2") for paper in ("brand-900", "brand-700")),
        ("on-brand-3", "brand-900", 4.5),
        ("footer-ink", "footer", 4.5),
        ("on-brand", "brand-600", 4.5),
        ("on-brand", "cinnabar", 4.5),
        ("ink-2", "line-2", 4.5),
        ("line-strong", "paper", 3),
        ("focus", "paper", 3),
    ],
)  # fmt: skip
def test_contrast(ink: str, paper: str, least: float) -> None:
    tokens = dict(
        re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]+);", rules(STATIC / "css" / "tokens.css"))
    )
    light, dark = sorted((luminance(tokens[ink]), luminance(tokens[paper])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least


def test_every_icon_used_is_in_the_sprite() -> None:
    sprite = next(VENDOR.glob("bootstrap-icons-*/sprite.svg")).read_text()
    shipped = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    assert shipped == set((ROOT / "scripts" / "icons.txt").read_text().split())
    pattern = r'(?:icon\.html" with name=|\bicon=(?:icon\|default:)?|name=icon\|default:)"([\w-]+)"'
    used = {name for file in TEMPLATES for name in re.findall(pattern, file.read_text())}
    assert used <= shipped


def test_every_component_tells_its_contract() -> None:
    for file in (ROOT / "templates" / "components").glob("*.html"):
        text = file.read_text()
        assert "{% comment %}" in text[:80], file.name


def test_every_component_included_exists() -> None:
    known = {file.relative_to(ROOT / "templates").as_posix() for file in TEMPLATES}
    for file in TEMPLATES:
        assert set(re.findall(r'{% include "(components/[^"]+)"', file.read_text())) <= known, file
