"""The environment of every process we start, and the secrets of this installation."""

import json
import os
import secrets
from collections.abc import Mapping

from credit_portal.embedded.places import Places

WEB_PORT, SANDBOX_PORT = 8000, 8100
UNWANTED = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")


def local_secrets(places: Places) -> dict[str, str]:
    """Made once. A new key would sign everybody out and break the sandbox's accounts."""
    path = places.state / "secrets.json"
    if path.exists():
        return dict(json.loads(path.read_text(encoding="utf-8")))
    made = {
        "PORTAL_SECRET_KEY": secrets.token_urlsafe(64),
        "PORTAL_MUNICIPAL_KEY_ID": "huainan-" + secrets.token_hex(4),
        "PORTAL_MUNICIPAL_SECRET": secrets.token_urlsafe(32),
    }
    part = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(made, file)
    part.replace(path)
    return made


def basis(places: Places, env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What any of our programs needs, whichever database it uses."""
    own = {name: value for name, value in env.items() if name not in UNWANTED}
    own.setdefault("DJANGO_SETTINGS_MODULE", "credit_portal.settings")
    own["PYTHONUTF8"] = "1"
    if "FONTCONFIG_FILE" not in own and places.fonts_config.exists():
        own["FONTCONFIG_FILE"] = str(places.fonts_config)
    return own


def installation(
    places: Places,
    urls: Mapping[str, str],
    *,
    web_port: int = WEB_PORT,
    sandbox_port: int = SANDBOX_PORT,
    env: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """The demo's environment. What the caller has set himself stays as he set it."""
    defaults = {
        **local_secrets(places),
        "PORTAL_MODE": "demo",
        "PORTAL_STATE_DIR": str(places.state),
        "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{web_port}",
        "PORTAL_MUNICIPAL_URL": f"http://127.0.0.1:{sandbox_port}",
    }
    return {**defaults, **basis(places, env), **urls}


def of_tests(
    places: Places, urls: Mapping[str, str], env: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """A test run's environment: nothing of the installation leaks in but servers that were given."""
    own = {
        name: value for name, value in basis(places, env).items() if not name.startswith("PORTAL_")
    }
    return {
        **own,
        **urls,
        "PORTAL_MODE": "test",
        "PORTAL_STATE_DIR": str(places.state),
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # the browser's loop runs beside the live server's database
    }
