"""What our processes see of the caller's environment, and which secrets they get."""

from __future__ import annotations

from pathlib import Path

from credit_portal.embedded import environment
from credit_portal.embedded.places import Places

URLS = {"DATABASE_URL": "postgresql:///portal", "REDIS_URL": "unix:///redis.sock"}


def places(tmp_path: Path) -> Places:
    return Places(Path("/srv/portal"), tmp_path, tmp_path, tmp_path / "run")


def test_secrets_are_made_once_and_are_ours_alone(tmp_path: Path) -> None:
    first = environment.local_secrets(places(tmp_path))
    assert first == environment.local_secrets(places(tmp_path))
    assert len(first["PORTAL_SECRET_KEY"]) > 50
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_the_demo_gets_addresses_and_mode(tmp_path: Path) -> None:
    env = environment.installation(places(tmp_path), URLS, web_port=8001, sandbox_port=8101, env={})
    assert env["PORTAL_MODE"] == "demo"
    assert env["PORTAL_PUBLIC_URL"] == "http://127.0.0.1:8001"
    assert env["PORTAL_MUNICIPAL_URL"] == "http://127.0.0.1:8101"
    assert env["PORTAL_STATE_DIR"] == str(tmp_path)
    assert env["DATABASE_URL"] == "postgresql:///portal"
    assert env["DJANGO_SETTINGS_MODULE"] == "credit_portal.settings"


def test_what_the_caller_set_stays(tmp_path: Path) -> None:
    caller = {"PORTAL_PUBLIC_URL": "https://xy.example", "FONTCONFIG_FILE": "/etc/own.conf"}
    env = environment.installation(places(tmp_path), URLS, env=caller)
    assert env["PORTAL_PUBLIC_URL"] == "https://xy.example"
    assert env["FONTCONFIG_FILE"] == "/etc/own.conf"


def test_our_fonts_are_led_to(tmp_path: Path) -> None:
    here = places(tmp_path)
    assert "FONTCONFIG_FILE" not in environment.basis(here, {})
    here.fonts_config.write_text("")
    assert environment.basis(here, {})["FONTCONFIG_FILE"] == str(tmp_path / "fonts.conf")


def test_a_foreign_python_does_not_leak_in(tmp_path: Path) -> None:
    env = environment.basis(
        places(tmp_path), {"PYTHONPATH": "/elsewhere", "PYTHONHOME": "/x", "A": "b"}
    )
    assert "PYTHONPATH" not in env
    assert "PYTHONHOME" not in env
    assert env["A"] == "b"


def test_tests_see_nothing_of_an_installation(tmp_path: Path) -> None:
    caller = {
        "PORTAL_MODE": "production",
        "PORTAL_SECRET_KEY": "x",
        "PORTAL_SITE_NAME": "y",
        "CI": "true",
    }
    env = environment.of_tests(places(tmp_path), URLS, caller)
    assert {name for name in env if name.startswith("PORTAL_")} == {
        "PORTAL_MODE",
        "PORTAL_STATE_DIR",
    }
    assert env["PORTAL_MODE"] == "test"
    assert env["CI"] == "true"
