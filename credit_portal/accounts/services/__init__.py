"""Verbs on accounts, one module for each noun."""

from .departments import ImportCounts, RowProblem, import_departments
from .people import change_own_password, create_user, disable_user, enable_user, reset_sign_in
from .roles import end_role, grant_role, refresh_role_groups
from .sign_in import enrol_totp

__all__ = [
    "ImportCounts",
    "RowProblem",
    "change_own_password",
    "create_user",
    "disable_user",
    "enable_user",
    "end_role",
    "enrol_totp",
    "grant_role",
    "import_departments",
    "refresh_role_groups",
    "reset_sign_in",
]
