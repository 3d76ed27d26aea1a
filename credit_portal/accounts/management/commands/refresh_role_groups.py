"""`./portal manage refresh_role_groups`: run after an upgrade, when the table of roles may have changed."""

from typing import Any

from django.core.management.base import BaseCommand

from credit_portal.accounts.services import refresh_role_groups


class Command(BaseCommand):
    help = "Gives every role group exactly the permissions that its role has in this version."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已调整 {refresh_role_groups()} 项角色权限。")
