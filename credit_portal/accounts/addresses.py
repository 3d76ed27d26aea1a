"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "本机"


def client_address(request: HttpRequest) -> str:
    """The peer's address. X-Forwarded-For is believed only as far as our own proxies wrote it:

    with n trusted proxies the n-th entry from the right is what the outermost of them saw; whatever stands
    left of it was sent by the caller.
    """
    hops: int = settings.PORTAL_TRUSTED_PROXIES
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    seen = [part.strip() for part in forwarded.split(",")]
    if hops and len(seen) >= hops and seen[-hops]:
        return seen[-hops][:45]
    return str(request.META.get("REMOTE_ADDR") or NOWHERE)[:45]


def network_of(address: str) -> str:
    """Whom the address stands for when tries are counted: of IPv6 the /64, since one line has as many as it likes."""
    try:
        parsed = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
