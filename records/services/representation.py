"""Who acts for an entity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from credit_portal.accounts import policy
from credit_portal.accounts import services as accounts
from credit_portal.accounts.roles import ENTERPRISE_ROLES, Permission, Role

from ..exceptions import RepresentationRefused
from ..models import MarketEntity

if TYPE_CHECKING:
    from credit_portal.accounts.models import RoleMembership, User


@transaction.atomic
def appoint_representative(
    *, entity: MarketEntity, user: User, role: Role, by: User | None, checked: bool = False
) -> RoleMembership:
    """Let the person act for the entity. Accounts judge who may grant and write the trail; the object
    permission is put on the role group here, because entities live above accounts.

    `checked`: the caller has judged by the rules of letters or delegates who may grant."""
    if role not in ENTERPRISE_ROLES:
        raise RepresentationRefused(f"“{role.label}”不是企业的角色。")
    if entity.status == MarketEntity.Status.CANCELLED:
        raise RepresentationRefused(f"{entity.name}已注销，不能再指定办理人。")
    give = accounts.give_role if checked else accounts.grant_role
    membership = give(user=user, role=role, entity_code=entity.code, by=by)
    policy.allow_group(membership.group, Permission.ENTITY_REPRESENT, entity)
    return membership
