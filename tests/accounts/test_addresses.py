"""Where a request comes from."""

import pytest
from django.test import RequestFactory

from credit_portal.accounts.addresses import client_address, network_of


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


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.9", "10.0.0.9"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.9", "10.0.0.9"),
        ("fe80::1%eth0", "fe80::/64"),
        ("本机", "本机"),
    ],
)
def test_whom_an_address_stands_for(address, network):
    assert network_of(address) == network
