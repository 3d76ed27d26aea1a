"""Delegates: appointed by the head, for some acts, until a day."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import check_password
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.exceptions import AccountRefused, NotAllowed
from credit_portal.accounts.models import RoleMembership, User
from credit_portal.accounts.roles import FirmAct, Permission, Role
from credit_portal.accounts.services import (
    change_own_password,
    change_own_phone,
    disable_user,
    give_role,
    renew_first_password,
)
from credit_portal.audit.models import AuditEvent
from credit_portal.notices.models import Notice
from records.exceptions import DelegationRefused
from records.models import MarketEntity
from records.selectors import delegates
from records.services import (
    appoint_delegate,
    change_delegate,
    end_delegate,
    renew_password,
    warn_of_expiring_delegates,
)
from records.services.delegates import first_password, longest_end
from records.tasks import warn_of_expiring_delegates as hourly
from tests.factories.accounts import FIRM, OTHER_FIRM, make_user
from tests.factories.publicity import make_firm

pytestmark = pytest.mark.django_db


def days(count: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=count)


def appoint(cast, *, by=None, firm=None, **changes):
    values = {
        "username": "delegate",
        "name": "朱飞",
        "phone": "13800000000",
        "scope": ["view"],
        "valid_until": days(90),
    } | changes
    return appoint_delegate(entity=firm or make_firm(), by=by or cast.firm_head, **values)


def fresh(user) -> User:
    return User.objects.get(pk=user.pk)


def test_somebody_new(cast):
    made = appoint(cast, scope=["submit", "view"])
    user = fresh(made.membership.user)
    assert check_password(made.password, user.password)
    assert user.must_change_password
    assert (user.name, user.phone) == ("朱飞", "13800000000")
    assert policy.firm_acts(user, FIRM) == {FirmAct.VIEW, FirmAct.SUBMIT}
    assert policy.firm_acts(user, OTHER_FIRM) == frozenset()
    held = RoleMembership.objects.get(user=user)
    assert (held.scope, held.valid_until, held.granted_by) == (
        ["view", "submit"],
        days(90),
        cast.firm_head,
    )
    assert list(MarketEntity.objects.open_to(user, FirmAct.SUBMIT)) == [make_firm()]
    assert not MarketEntity.objects.open_to(user, FirmAct.APPOINT).exists()
    event = AuditEvent.objects.get(action="delegate.appointed")
    assert event.changes["scope"] == ["view", "submit"]
    assert "经办人" in Notice.objects.get(recipient=user).text


def test_somebody_known(cast):
    user = make_user("delegate", name="朱飞")
    User.objects.filter(pk=user.pk).update(phone="13800000000")
    made = appoint(cast, username=" Delegate ")
    assert made.password == ""
    assert made.membership.user == user
    assert User.objects.filter(username__iexact="delegate").count() == 1


def test_an_account_that_does_not_fit(cast):
    make_user("delegate", name="别人")
    closed = make_user("closed", name="朱飞")
    disable_user(user=closed, by=None, reason="试")
    make_user("other_phone", name="朱飞")
    User.objects.exclude(username="other_phone").update(phone="13800000000")
    for username, name in (
        ("delegate", "朱飞"),
        ("closed", "朱飞"),
        ("other_phone", "朱飞"),
        ("clerk", cast.clerk.name),
    ):
        with pytest.raises(DelegationRefused, match="请与本人核对用户名、姓名和手机号"):
            appoint(cast, username=username, name=name)
    with pytest.raises(AccountRefused):
        appoint(cast, username="带 空格")
    assert not RoleMembership.objects.delegations(FIRM).exists()


def test_only_the_head_appoints(cast):
    delegate = appoint(cast, scope=["view", "submit"]).membership.user
    for person in (fresh(delegate), cast.other_firm_head, cast.secadmin, make_user()):
        with pytest.raises(NotAllowed):
            appoint(cast, by=person, username="second")
    held = RoleMembership.objects.delegations(FIRM).get()
    for verb, values in (
        (change_delegate, {"scope": ["view"], "valid_until": days(1)}),
        (end_delegate, {}),
    ):
        with pytest.raises(NotAllowed):
            verb(membership=held, by=fresh(delegate), **values)
    assert not User.objects.filter(username="second").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"valid_until": days(-1)}, "不能早于今天"),
        ({"valid_until": days(367)}, "授权最长 1 年"),
        ({"scope": []}, "请选择"),
        ({"scope": ["view", "appoint"]}, "请选择"),
        ({"scope": ["sign"]}, "请选择"),
    ],
)
def test_what_cannot_be_given(cast, changes, words):
    with pytest.raises(DelegationRefused, match=words):
        appoint(cast, **changes)
    assert not User.objects.filter(username="delegate").exists()


def test_the_longest_and_the_shortest(cast):
    assert longest_end(dt.date(2024, 2, 29)) == dt.date(2025, 2, 28)
    appoint(cast, valid_until=longest_end())
    appoint(cast, username="another", valid_until=days(0))


def test_it_ends_by_itself_on_the_day(cast):
    user = appoint(cast, valid_until=days(5)).membership.user
    noon = dt.datetime.combine(days(5), dt.time(12), tzinfo=dt.UTC)
    with time_machine.travel(noon):
        assert policy.represents(fresh(user)) == [FIRM]
        assert [row.expired for row in delegates(FIRM, timezone.localdate())] == [False]
    with time_machine.travel(noon + dt.timedelta(days=1)):
        person = fresh(user)
        assert policy.represents(person) == []
        assert not policy.may(person, Permission.ENTITY_REPRESENT)
        assert policy.firm_acts(person, FIRM) == frozenset()
        assert not MarketEntity.objects.represented_by(person).exists()
        assert [row.expired for row in delegates(FIRM, timezone.localdate())] == [True]
        again = appoint(cast, valid_until=days(30))
        assert again.membership.user == user
        assert policy.represents(fresh(user)) == [FIRM]
        assert RoleMembership.objects.delegations(FIRM).get() == again.membership


def test_twice_is_refused(cast):
    appoint(cast)
    with pytest.raises(DelegationRefused, match="修改原授权"):
        appoint(cast)
    with pytest.raises(DelegationRefused, match="修改原授权"):
        appoint(cast, username="firm_head", name="高鹏", phone=cast.firm_head.phone)


def test_twice_is_refused_for_what_it_is_whatever_else_does_not_fit(cast):
    appoint(cast)
    with pytest.raises(DelegationRefused, match="已经可以为本单位办理"):
        appoint(cast, phone="13800000009")


def test_change_and_end(cast):
    held = appoint(cast).membership
    change_delegate(
        membership=held, scope=["view", "submit"], valid_until=days(10), by=cast.firm_head
    )
    user = fresh(held.user)
    assert FirmAct.SUBMIT in policy.firm_acts(user, FIRM)
    for wrong in (
        {"scope": [], "valid_until": days(1)},
        {"scope": ["view"], "valid_until": days(-1)},
    ):
        with pytest.raises(DelegationRefused):
            change_delegate(membership=held, by=cast.firm_head, **wrong)
    end_delegate(membership=held, by=cast.firm_head)
    assert policy.represents(fresh(user)) == []
    with pytest.raises(DelegationRefused, match="已经结束"):
        end_delegate(membership=held, by=cast.firm_head)
    actions = list(
        AuditEvent.objects.filter(action__startswith="delegate.")
        .order_by("id")
        .values_list("action", flat=True)
    )
    assert actions == ["delegate.appointed", "delegate.changed", "delegate.ended"]
    said = [notice.text for notice in Notice.objects.filter(recipient=user).order_by("pk")]
    assert [next(w for w in ("指定", "修改", "结束") if w in one) for one in said] == [
        "指定",
        "修改",
        "结束",
    ]


def heard(person) -> list[str]:
    """What the person was told since the last question."""
    rows = Notice.objects.filter(recipient=person, read_at=None).order_by("pk")
    said = [notice.text for notice in rows]
    rows.update(read_at=timezone.now())
    return said


def test_the_head_hears_of_every_change_to_a_delegation(cast):
    """Done by the head, or by somebody who stole the head's account."""
    make_firm(OTHER_FIRM)
    made = appoint(cast)
    assert heard(cast.firm_head) == [
        f"已指定朱飞为经办人，有效期至 {days(90)}。如非您本人操作，请立即修改密码，并在经办人页面更正。"
    ]
    renew_password(membership=made.membership, by=cast.firm_head)
    (said,) = heard(cast.firm_head)
    assert "初始密码已重新生成" in said
    change_delegate(
        membership=made.membership, scope=["view"], valid_until=days(20), by=cast.firm_head
    )
    (said,) = heard(cast.firm_head)
    assert f"已修改经办人朱飞的授权，有效期至 {days(20)}" in said
    end_delegate(membership=made.membership, by=cast.firm_head)
    (said,) = heard(cast.firm_head)
    assert "已结束经办人朱飞的授权" in said
    assert Notice.objects.filter(recipient=cast.firm_head).latest("pk").link == (
        f"/enterprise/{FIRM}/delegates/"
    )
    assert heard(cast.other_firm_head) == []


def test_the_head_hears_when_a_delegate_changes_how_to_sign_in(cast):
    held = appoint(cast).membership
    user = held.user
    heard(cast.firm_head)
    heard(user)
    change_own_phone(user=user, phone="13911112222")
    for person in (cast.firm_head, user):
        (said,) = heard(person)
        assert "手机号已改为尾号 2222 的号码" in said
    change_own_password(user=user, password="Kettle-Moss-42")
    (said,) = heard(cast.firm_head)
    assert said.startswith("经办人朱飞的账号有变动：登录密码已修改。")
    end_delegate(membership=held, by=cast.firm_head)
    heard(cast.firm_head)
    change_own_phone(user=user, phone="13911113333")
    assert heard(cast.firm_head) == []


def test_a_head_is_no_delegate(cast):
    held = RoleMembership.objects.get(user=cast.firm_head)
    make_firm()
    with pytest.raises(DelegationRefused):
        end_delegate(membership=held, by=cast.firm_head)


def test_an_operator_without_a_scope_looks_only(cast):
    give_role(user=make_user(), role=Role.ENTERPRISE_OPERATOR, entity_code=FIRM, by=None)
    user = User.objects.get(username="somebody")
    assert policy.firm_acts(user, FIRM) == {FirmAct.VIEW}
    (row,) = delegates(FIRM, timezone.localdate())
    assert (row.acts, row.days_left, row.expired) == ("查看本单位的记录和报告", None, False)
    assert policy.firm_acts(cast.visitor, FIRM) == frozenset()


def test_the_head_is_told_seven_days_before(cast):
    appoint(cast, valid_until=days(7))
    appoint(cast, username="later", valid_until=days(8))
    assert warn_of_expiring_delegates() == 1
    assert warn_of_expiring_delegates() == 0
    notice = Notice.objects.get(recipient=cast.firm_head, key__endswith=":soon")
    assert str(days(7)) in notice.text
    assert notice.link == f"/enterprise/{FIRM}/delegates/"
    assert warn_of_expiring_delegates(days(1)) == 1


def test_the_task(cast):
    appoint(cast, valid_until=days(3))
    hourly()
    hourly()
    assert Notice.objects.filter(recipient=cast.firm_head, key__endswith=":soon").count() == 1


def test_another_first_password(cast):
    made = appoint(cast)
    user = made.membership.user
    again = renew_password(membership=made.membership, by=cast.firm_head)
    kept = fresh(user)
    assert again.password != made.password
    assert check_password(again.password, kept.password)
    assert not check_password(made.password, kept.password)
    assert kept.must_change_password
    assert kept.session_epoch == user.session_epoch + 1
    for action in ("delegate.password_renewed", "account.first_password_renewed"):
        event = AuditEvent.objects.get(action=action)
        assert event.actor_id == cast.firm_head.pk
        assert again.password not in str(event.changes)


def somebody_elses_role(cast, user):
    make_firm(OTHER_FIRM)
    give_role(user=user, role=Role.ENTERPRISE_OPERATOR, entity_code=OTHER_FIRM, by=None)


def a_role_elsewhere_that_is_over(cast, user):
    somebody_elses_role(cast, user)
    user.memberships.filter(entity_code=OTHER_FIRM).update(ended_at=timezone.now())


def an_identity(cast, user):
    SocialAccount.objects.create(user=user, provider="ahzwfw", uid="1")


@pytest.mark.parametrize(
    "made_own",
    [
        lambda cast, user: User.objects.filter(pk=user.pk).update(last_login=timezone.now()),
        lambda cast, user: User.objects.filter(pk=user.pk).update(must_change_password=False),
        lambda cast, user: User.objects.filter(pk=user.pk).update(is_active=False),
        somebody_elses_role,
        a_role_elsewhere_that_is_over,
        an_identity,
    ],
)
def test_nobody_takes_over_an_account(cast, made_own):
    made = appoint(cast)
    made_own(cast, made.membership.user)
    with pytest.raises(DelegationRefused, match="不能重新生成"):
        renew_password(membership=made.membership, by=cast.firm_head)
    assert check_password(made.password, fresh(made.membership.user).password)
    assert not AuditEvent.objects.filter(action="account.first_password_renewed").exists()


def test_an_account_that_another_firm_opened_is_nobody_elses(cast):
    """Firm B appoints the unused account that firm A opened; neither may set its password then."""
    made = appoint(cast)
    other = appoint(cast, by=cast.other_firm_head, firm=make_firm(OTHER_FIRM))
    assert other.password == ""
    for held, by in ((made, cast.firm_head), (other, cast.other_firm_head)):
        with pytest.raises(DelegationRefused, match="不能重新生成"):
            renew_password(membership=held.membership, by=by)
    # Nor may B when A's role row is not there at all: the account was opened by somebody else.
    RoleMembership.objects.filter(pk=made.membership.pk).delete()
    with pytest.raises(DelegationRefused, match="不能重新生成"):
        renew_password(membership=other.membership, by=cast.other_firm_head)


def test_a_first_password_is_renewed_by_the_head_alone(cast):
    made = appoint(cast)
    for person in (cast.other_firm_head, fresh(made.membership.user)):
        with pytest.raises(NotAllowed):
            renew_password(membership=made.membership, by=person)
    end_delegate(membership=made.membership, by=cast.firm_head)
    with pytest.raises(DelegationRefused, match="已经结束"):
        renew_password(membership=made.membership, by=cast.firm_head)


def test_accounts_guard_the_first_password_themselves(cast):
    with pytest.raises(AccountRefused, match="已由本人使用"):
        renew_first_password(user=cast.firm_operator, password=first_password(), by=cast.firm_head)
