"""`./portal manage create_user …`: the first accounts of an installation, and those of operators."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from credit_portal.accounts.models import Department
from credit_portal.accounts.roles import CITY_ROLES, ENTERPRISE_ROLES, Role
from credit_portal.accounts.services import create_user, grant_role
from credit_portal.exceptions import Refusal

# No 0/O, 1/l/I: the password is read from a screen and typed once.
ALPHABETS = ("abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789")


class Command(BaseCommand):
    help = "Opens an account with a one-time password (printed) and, if asked, a role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("name")
        parser.add_argument("--department", default="", help="unified social credit code")
        parser.add_argument("--role", choices=Role.values)
        parser.add_argument("--entity", default="", help="code of the firm, for enterprise roles")

    def handle(self, *args: Any, **options: Any) -> None:
        password = one_time_password()
        try:
            with transaction.atomic():
                department = find_department(options["department"])
                user = create_user(
                    username=options["username"],
                    name=options["name"],
                    department=department,
                    password=password,
                    by=None,
                    must_change_password=True,
                )
                if role := options["role"]:
                    scope = department if Role(role) not in CITY_ROLES | ENTERPRISE_ROLES else None
                    grant_role(
                        user=user,
                        role=Role(role),
                        department=scope,
                        entity_code=options["entity"],
                        by=None,
                    )
        except Refusal as refusal:
            raise CommandError(refusal.user_message) from refusal
        self.stdout.write(f"已开立账号 {user.username}，初始密码 {password}（首次登录须修改）。")


def find_department(code: str) -> Department | None:
    if not code:
        return None
    department = Department.objects.filter(uscc=code.upper()).first()
    if department is None:
        raise CommandError(f"没有统一社会信用代码为 {code} 的部门。")
    return department


def one_time_password(groups: int = 4) -> str:
    return "-".join(
        "".join(secrets.choice(letters) for letters in ALPHABETS) for _ in range(groups)
    )
