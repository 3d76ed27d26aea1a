"""Steps through the sign-in pages."""

import datetime as dt
import time
from urllib.parse import urlsplit

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.factories.accounts import PASSWORD

NOW = dt.datetime(2026, 9, 24, 2, 0, 0, tzinfo=dt.UTC)
SIGN_IN = "/sign-in/"
STAFF_PAGE = "/staff/notices/"


def code_for(secret, shift=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + shift))


def post_password(client, username, password=PASSWORD, **kwargs):
    return client.post(SIGN_IN, {"login": username, "password": password}, **kwargs)


def target(response):
    assert response.status_code == 302, response.content.decode()[:2000]
    return urlsplit(response["Location"]).path


def text(response):
    return response.content.decode()
