"""The table of roles in words. `docs/permissions.md` is this page; a test says when it is stale."""

from .roles import (
    CITY_ROLES,
    ENTERPRISE_ROLES,
    INHERITED_BY_PARENT,
    ROLE_PERMISSIONS,
    Permission,
    Role,
)

HEAD = """# Roles and permissions

Written by `./portal manage write_permissions_doc` from `credit_portal/accounts/roles.py`; do not edit by hand.
People get permissions only through role groups. `●` holds in the role's scope; `○` holds there and in the
departments directly below it.

"""

FOOT = """
- A system, security or audit administrator holds that one role and no other; the database refuses the rest.
- Only a security administrator grants and ends roles, and never their own.
- A reviewer (审核) sends back what waits for review or publication, a head (公示) what waits for publication; both
  send it to the clerk, and it is reviewed anew. A head also takes public decisions down.
- A correction, and the return of a withdrawn decision, is opened by a clerk (录入), reviewed and published like a first
  version; the clerk may give it up until it is submitted.
- What is not yours answers 404; what you may see but not do answers 403.
"""


def page() -> str:
    head = ["| Role | Scope |", "|---|---|"]
    for permission in Permission:
        head[0] += f" {permission.label} |"
        head[1] += ":-:|"
    return HEAD + "\n".join([*head, *(_line(role) for role in Role)]) + "\n" + FOOT


def _line(role: Role) -> str:
    cells = [_mark(role, permission) for permission in Permission]
    return f"| {role.label} `{role.value}` | {_scope(role)} | {' | '.join(cells)} |"


def _scope(role: Role) -> str:
    if role in CITY_ROLES:
        return "city"
    return "own firm" if role in ENTERPRISE_ROLES else "own department"


def _mark(role: Role, permission: Permission) -> str:
    if permission not in ROLE_PERMISSIONS[role]:
        return ""
    reaches_down = permission in INHERITED_BY_PARENT and role not in CITY_ROLES | ENTERPRISE_ROLES
    return "○" if reaches_down else "●"
