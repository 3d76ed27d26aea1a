"""Verbs on accounts, one module for each noun."""

from .departments import ImportCounts, RowProblem, import_departments
from .identities import link_identity
from .kept_forms import drop_kept_form, keep_form, kept_form, sweep_kept_forms
from .people import (
    change_own_password,
    change_own_phone,
    create_user,
    disable_user,
    enable_user,
    open_firm_account,
    renew_first_password,
    reset_sign_in,
)
from .roles import end_role, give_role, grant_role, refresh_role_groups, take_role
from .sessions import end_other_sessions, end_session, note_session, sweep_sessions, was_ended
from .sign_in import enrol_totp

__all__ = [
    "ImportCounts",
    "RowProblem",
    "change_own_password",
    "change_own_phone",
    "create_user",
    "disable_user",
    "drop_kept_form",
    "enable_user",
    "end_other_sessions",
    "end_role",
    "end_session",
    "enrol_totp",
    "give_role",
    "grant_role",
    "import_departments",
    "keep_form",
    "kept_form",
    "link_identity",
    "note_session",
    "open_firm_account",
    "refresh_role_groups",
    "renew_first_password",
    "reset_sign_in",
    "sweep_kept_forms",
    "sweep_sessions",
    "take_role",
    "was_ended",
]
