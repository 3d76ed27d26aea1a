from __future__ import annotations

import pytest

from credit_portal.accounts import policy
from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.accounts.models import RoleMembership, User
from credit_portal.accounts.roles import Permission, Role
from credit_portal.accounts.services import create_user, end_role
from records.exceptions import RepresentationRefused
from records.models import EntityGroupObjectPermission, MarketEntity
from records.services import appoint_representative
from tests.factories.accounts import Cast
from tests.factories.records import MarketEntityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return create_user(
        username="boss", name="高鹏", department=None, password="Blue-Kettle-42-Moss", by=None
    )


def test_appoint_representative(person: User) -> None:
    firm, _ = MarketEntityFactory.create_batch(2)
    membership = appoint_representative(
        entity=firm, user=person, role=Role.ENTERPRISE_HEAD, by=None
    )
    person = User.objects.get(pk=person.pk)
    assert list(MarketEntity.objects.represented_by(person)) == [firm]
    assert policy.may(person, Permission.ENTITY_REPRESENT)
    grant = EntityGroupObjectPermission.objects.get()
    assert (grant.group, grant.content_object) == (membership.group, firm)
    assert grant.permission.codename == "entity_represent"
    end_role(membership=membership, by=None)
    assert not MarketEntity.objects.represented_by(User.objects.get(pk=person.pk)).exists()


def test_twice_is_once(person: User) -> None:
    firm = MarketEntityFactory()
    for _ in range(2):
        appoint_representative(entity=firm, user=person, role=Role.ENTERPRISE_OPERATOR, by=None)
    assert RoleMembership.objects.count() == EntityGroupObjectPermission.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "role", "words"),
    [("存续", Role.CLERK, "不是企业的角色"), ("注销", Role.ENTERPRISE_HEAD, "已注销")],
)
def test_who_cannot_be_appointed(person: User, status: str, role: Role, words: str) -> None:
    firm = MarketEntityFactory(status=status)
    with pytest.raises(RepresentationRefused, match=words):
        appoint_representative(entity=firm, user=person, role=role, by=None)
    assert not RoleMembership.objects.exists()


def test_only_who_may_grant_may_appoint(person: User, cast: Cast) -> None:
    clerk, before = cast.clerk, RoleMembership.objects.count()
    with pytest.raises(NotAllowed):
        appoint_representative(
            entity=MarketEntityFactory(), user=person, role=Role.ENTERPRISE_HEAD, by=clerk
        )
    assert RoleMembership.objects.count() == before
    assert not EntityGroupObjectPermission.objects.exists()


def test_active() -> None:
    firm = MarketEntityFactory()
    MarketEntityFactory(status="吊销")
    assert list(MarketEntity.objects.active()) == [firm]
