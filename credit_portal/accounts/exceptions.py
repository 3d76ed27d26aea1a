"""What the accounts app refuses."""

from django.core.exceptions import PermissionDenied

from credit_portal.exceptions import Refusal

from .roles import Permission


class NotAllowed(PermissionDenied):
    """The person lacks the permission; answered as 403, not shown beside a form.

    `permission`, when known, lets the page say which roles carry it.
    """

    def __init__(
        self, user_message: str = "您没有办理此事项的权限。", permission: Permission | None = None
    ) -> None:
        super().__init__(user_message)
        self.user_message = user_message
        self.permission = permission


class RoleRefused(Refusal):
    """This role cannot be given or taken back this way."""


class AccountRefused(Refusal):
    """This account cannot be made or changed this way."""


class SignInLocked(Refusal):
    """Too many failed attempts; the sentence says how long to wait."""
