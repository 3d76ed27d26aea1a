"""Verbs on accounts, one module for each noun."""

from .departments import ImportCounts, RowProblem, import_departments
from .identities import link_identity
from .people import (
    change_own_password,
    create_user,
    disable_user,
    enable_user,
    open_firm_account,
    reset_sign_in,
)
from .roles import end_role, give_role, grant_role, refresh_role_groups, take_role
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
    "give_role",
    "grant_role",
    "import_departments",
    "link_identity",
    "open_firm_account",
    "refresh_role_groups",
    "reset_sign_in",
    "take_role",
]
