"""What an installation has when nobody sets PORTAL_MODE to something weaker."""

import os
import subprocess
import sys

import pytest

PROBE = """
import credit_portal.settings as s
print(s.PASSWORD_HASHERS, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_NAME)
"""


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (
            "production",
            "['django.contrib.auth.hashers.Argon2PasswordHasher'] True True __Host-session",
        ),
        ("demo", "['django.contrib.auth.hashers.Argon2PasswordHasher'] False False session-"),
    ],
)
def test_sessions_and_passwords(mode, expected):
    environment = os.environ | {
        "PORTAL_MODE": mode,
        "PORTAL_SECRET_KEY": "k" * 60,
        "PORTAL_HOSTS": "credit.example",
    }

    answer = subprocess.run(
        [sys.executable, "-c", PROBE], env=environment, capture_output=True, text=True, check=True
    )

    assert answer.stdout.startswith(expected)
