"""Reading notices."""

from credit_portal.accounts.models import User

from .models import Notice


def unread_count(user: User) -> int:
    return Notice.objects.visible_to(user).unread().count()
