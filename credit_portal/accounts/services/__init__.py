"""Verbs on accounts, one module for each noun."""

from .departments import ImportCounts, RowProblem, import_departments
from .people import create_user, disable_user, enable_user, password_changed, reset_sign_in
from .roles import end_role, grant_role, refresh_role_groups

__all__ = [
    "ImportCounts",
    "RowProblem",
    "create_user",
    "disable_user",
    "enable_user",
    "end_role",
    "grant_role",
    "import_departments",
    "password_changed",
    "refresh_role_groups",
    "reset_sign_in",
]
