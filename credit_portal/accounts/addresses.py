"""Where a request comes from."""

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
