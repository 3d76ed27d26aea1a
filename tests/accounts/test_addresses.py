"""Where a request comes from."""

import pytest
from django.test import RequestFactory

from credit_portal.accounts.addresses import client_address


@pytest.mark.parametrize(
    ("hops", "forwarded", "peer", "address"),
    [
        (0, "1.2.3.4", "10.0.0.1", "10.0.0.1"),
        (1, "6.6.6.6, 1.2.3.4", "10.0.0.1", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.2", "10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1", "10.0.0.1"),
        (1, "", "10.0.0.1", "10.0.0.1"),
        (0, "", "", "本机"),
        (1, "x" * 80, "10.0.0.1", "x" * 45),
    ],
)
def test_client_address(settings, hops, forwarded, peer, address):
    settings.PORTAL_TRUSTED_PROXIES = hops
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded})
    request.META["REMOTE_ADDR"] = peer

    assert client_address(request) == address
