"""Opening and closing accounts. A new account has no rights until a role is granted by somebody else."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from credit_portal.accounts import policy, security
from credit_portal.accounts.exceptions import AccountRefused
from credit_portal.accounts.models import Department, UsedPassword, User, UserSession
from credit_portal.accounts.roles import Permission
from credit_portal.accounts.telling import sign_in_changed
from credit_portal.audit.services import record

# Names that people would take for the portal's own.
RESERVED = frozenset({"admin", "administrator", "root", "system", "superuser", "sysadmin", "guest"})


@transaction.atomic
def create_user(
    *,
    username: str,
    name: str,
    department: Department | None,
    password: str,
    by: User | None,
    must_change_password: bool | None = None,
) -> User:
    """Open an account. Whoever typed the password for another person hands over one that must be changed."""
    _require_manager(by)
    user = User(username=username.strip(), name=name.strip(), department=department)
    user.must_change_password = (
        by is not None if must_change_password is None else must_change_password
    )
    return _open(user, password, by)


@transaction.atomic
def open_firm_account(
    *, username: str, name: str, phone: str, password: str | None, by: User | None
) -> User:
    """An account for somebody who acts for a firm; the caller has judged that they may have one.

    `by` is whoever opened it for another person, with a password that must be changed; None when people open
    their own. Without a password the account is entered through the service portal only.
    """
    if username.strip().lower() in RESERVED:
        raise AccountRefused("这个用户名由系统保留，请换一个。", field="username")
    user = User(username=username.strip(), name=name.strip(), phone=phone.strip())
    user.must_change_password = by is not None
    user.acts_for_firm = True
    return _open(user, password, by)


def _open(user: User, password: str | None, by: User | None) -> User:
    if password is None:
        user.set_unusable_password()
    else:
        _set_password(user, password)
    try:
        user.full_clean(exclude=["password"], validate_unique=False)
    except ValidationError as error:
        named = [*error.message_dict]
        field = named[0] if len(named) == 1 else ""
        raise AccountRefused("".join(error.messages), field=field) from error
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            _remember(user)
    except IntegrityError as error:
        taken = f"用户名 {user.username} 已被使用，请换一个。"
        raise AccountRefused(taken, field="username") from error
    record(
        "account.created",
        by=by,
        subject=user,
        department_code=user.department.uscc if user.department else "",
        changes={"username": user.username},
    )
    return user


@transaction.atomic
def disable_user(*, user: User, by: User | None, reason: str) -> User:
    """Close the account and end its sessions; the next request of each is already a stranger's."""
    user = _lock(user, by)
    if not user.is_active:
        raise AccountRefused("该账号已经停用。")
    user.is_active = False
    _end_sessions(user)
    record("account.disabled", by=by, subject=user, reason=reason)
    return user


@transaction.atomic
def enable_user(*, user: User, by: User | None, reason: str) -> User:
    user = _lock(user, by)
    if user.is_active:
        raise AccountRefused("该账号未停用。")
    user.is_active = True
    user.save(update_fields=["is_active"])
    record("account.enabled", by=by, subject=user, reason=reason)
    return user


@transaction.atomic
def reset_sign_in(*, user: User, password: str, by: User | None, reason: str) -> User:
    """For a forgotten password or a lost phone: a password to be changed, and no second factor."""
    user = _lock(user, by)
    _set_password(user, password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    _remember(user)
    Authenticator.objects.filter(user=user).delete()
    _end_sessions(user)
    event = record("account.sign_in_reset", by=by, subject=user, reason=reason)
    sign_in_changed(user, "登录方式已由系统管理员重置", event)
    return user


@transaction.atomic
def renew_first_password(*, user: User, password: str, by: User) -> User:
    """Another first password for an account nobody has entered yet; the caller has judged whose account it is."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.last_login is not None or not user.must_change_password or not user.is_active:
        raise AccountRefused("该账号已由本人使用，不能由他人重设密码。")
    _set_password(user, password)
    user.save(update_fields=["password", "password_changed_at"])
    _remember(user)
    _end_sessions(user)
    event = record("account.first_password_renewed", by=by, subject=user)
    sign_in_changed(user, "初始密码已重新生成", event)
    return user


@transaction.atomic
def change_own_password(*, user: User, password: str) -> None:
    """The person chose a password; the form has checked the old one and the rules."""
    user.set_password(password)
    user.must_change_password = False
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    _remember(user)
    event = record("account.password_changed", by=user, subject=user)
    sign_in_changed(user, "登录密码已修改", event)


@transaction.atomic
def change_own_phone(*, user: User, phone: str) -> None:
    """The person gave another number; the form has checked the password. The trail keeps four digits of each."""
    before, user.phone = user.phone, phone
    user.save(update_fields=["phone"])
    changes = {"from": before[-4:], "to": phone[-4:]}
    event = record("account.phone_changed", by=user, subject=user, changes=changes)
    sign_in_changed(user, f"手机号已改为尾号 {phone[-4:]} 的号码", event)


def _require_manager(by: User | None) -> None:
    if by is not None:
        policy.require(by, Permission.ACCOUNT_MANAGE)


def _lock(user: User, by: User | None) -> User:
    _require_manager(by)
    if by is not None and by.pk == user.pk:
        raise AccountRefused("不能对本人的账号进行此操作。")
    return User.objects.select_for_update().get(pk=user.pk)


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise AccountRefused("".join(error.messages)) from error
    user.set_password(password)
    user.password_changed_at = timezone.now()


def _remember(user: User) -> None:
    """Keep the hash of the new password among the last few; older ones are forgotten, sessions too."""
    UsedPassword.objects.create(user=user, password=user.password)
    mine = UsedPassword.objects.filter(user=user)
    recent = list(mine.values_list("pk", flat=True)[: security.password_history()])
    mine.exclude(pk__in=recent).delete()
    # Sessions end with the password; the one that goes on gets a new key and is listed anew.
    UserSession.objects.filter(user=user).update(ended_at=timezone.now())


def _end_sessions(user: User) -> None:
    user.session_epoch += 1
    UserSession.objects.visible_to(user).delete()
    user.save(update_fields=["is_active", "session_epoch"])
