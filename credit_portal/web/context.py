"""What every template may say without its view having to provide it."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """`site`: name, owner, filing numbers and telephone of this installation."""
    return {"site": settings.PORTAL_SITE}
