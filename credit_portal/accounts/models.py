"""People, the departments they work for and the roles they hold there."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from .querysets import (
    DepartmentQuerySet,
    KeptFormQuerySet,
    MembershipQuerySet,
    SignInTrialQuerySet,
    UserSessionQuerySet,
)
from .roles import ADMIN_ROLES, CITY_ROLES, ENTERPRISE_ROLES, Permission, Role


class Department(models.Model):
    """A supervising organ, named in decisions by its own unified social credit code."""

    class Level(models.TextChoices):
        CITY = "city", "市级"
        COUNTY = "county", "县区"
        ZONE = "zone", "功能区"

    name = models.CharField("名称", max_length=200)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    mark = models.CharField("机关代字", max_length=20, blank=True)
    level = models.CharField("层级", max_length=8, choices=Level.choices, default=Level.CITY)
    division_code = models.CharField("行政区划代码", max_length=6, default="340400")
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="上级部门",
    )
    is_committee_office = models.BooleanField("安委会办公室", default=False)
    files_for_others = models.BooleanField("汇总报送单位", default=False)
    is_active = models.BooleanField("在用", default=True)
    public_phone = models.CharField("对外电话", max_length=20, blank=True)
    public_address = models.CharField("对外办公地址", max_length=200, blank=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = "部门"
        ordering = ["level", "uscc"]
        permissions = [(p.value, p.label) for p in Permission if p != Permission.ENTITY_REPRESENT]
        constraints = [
            models.UniqueConstraint(
                fields=["is_committee_office"],
                condition=Q(is_committee_office=True),
                name="one_committee_office",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DepartmentGroupObjectPermission(GroupObjectPermissionBase):
    """Direct foreign-key permission table: what a role group may do in one department."""

    content_object = models.ForeignKey(Department, on_delete=models.CASCADE)


class DepartmentUserObjectPermission(UserObjectPermissionBase):
    """Stays empty: people get permissions through role groups only. Guardian needs the pair."""

    content_object = models.ForeignKey(Department, on_delete=models.CASCADE)


class User(AbstractUser):
    """A person who signs in. What they may do stands in their role memberships."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField("姓名", max_length=50)
    phone = models.CharField("手机号", max_length=20, blank=True)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="staff",
        verbose_name="所在部门",
    )
    acts_for_firm = False  # set while an account is opened that has no role yet
    session_epoch = models.PositiveIntegerField("会话批次", default=0)
    must_change_password = models.BooleanField("首次登录须改密码", default=False)
    password_changed_at = models.DateTimeField("密码设置时间", default=timezone.now)

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "用户"

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @cached_property
    def open_memberships(self) -> list["RoleMembership"]:
        """The roles held now; read once, since a user object lives as long as one request."""
        return list(self.memberships.in_force(timezone.localdate()).order_by("pk"))

    @property
    def role_names(self) -> str:
        labels = dict.fromkeys(str(m.get_role_display()) for m in self.open_memberships)
        return "、".join(labels)

    def forget_roles(self) -> None:
        for memo in ("open_memberships", "_granted"):
            self.__dict__.pop(memo, None)

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Any] | None = None,
    ) -> None:
        self.forget_roles()
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Sessions end with a new password, as in Django, and with a new epoch."""
        own = f"{self.password}{self.session_epoch}"
        return salted_hmac("accounts.session", own, secret=secret, algorithm="sha256").hexdigest()


class RoleMembership(models.Model):
    """One person's role in one department, for one firm, or for the city; ended, never deleted.

    The firm stands here by its code and not by a foreign key, because entities live on a higher floor.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name="用户")
    role = models.CharField("角色", max_length=24, choices=Role.choices)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name="部门",
    )
    entity_code = models.CharField("企业统一社会信用代码", max_length=18, blank=True)
    group = models.ForeignKey(
        Group, models.PROTECT, related_name="memberships", verbose_name="角色组"
    )
    granted_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="granted_memberships",
        verbose_name="授权人",
    )
    granted_at = models.DateTimeField("授予时间", auto_now_add=True)
    # Of delegates only: what they may do, and the last day on which they may do it.
    scope = models.JSONField("授权事项", default=list, blank=True)
    valid_until = models.DateField("授权截止日", null=True, blank=True)
    ended_at = models.DateTimeField("收回时间", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "角色"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "department", "entity_code"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="one_open_membership",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ended_at=None, role__in=sorted(ADMIN_ROLES)),
                name="one_administrator_role_per_person",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(CITY_ROLES), department=None, entity_code="")
                | Q(role__in=sorted(ENTERPRISE_ROLES), department=None) & ~Q(entity_code="")
                | ~Q(role__in=sorted(CITY_ROLES | ENTERPRISE_ROLES))
                & Q(department__isnull=False, entity_code=""),
                name="role_has_its_scope",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.ENTERPRISE_OPERATOR) | Q(scope=[], valid_until=None),
                name="only_delegates_are_limited",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"


class SignInTrial(models.Model):
    """Failed attempts of one account from one address. In the database, so a cache flush forgives nobody.

    The account is the name that was typed, whether or not it exists.
    """

    class Kind(models.TextChoices):
        PASSWORD = "password", "密码"
        FACTOR = "factor", "动态口令"
        LETTER = "letter", "激活码"

    kind = models.CharField("种类", max_length=8, choices=Kind.choices)
    account = models.CharField("账号", max_length=150)
    address = models.CharField("来源地址", max_length=45)
    failures = models.PositiveIntegerField("失败次数", default=0)
    last_at = models.DateTimeField("最近一次")
    locked_until = models.DateTimeField("锁定至", null=True)

    objects = SignInTrialQuerySet.as_manager()

    class Meta:
        verbose_name = "登录失败记录"
        constraints = [
            models.UniqueConstraint(fields=["kind", "account", "address"], name="one_trial_row")
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.address}"


class UsedPassword(models.Model):
    """Hash of a password that a person has or had, so that the last few cannot come back."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="用户")
    password = models.CharField("密码哈希", max_length=128)
    set_at = models.DateTimeField("设置时间", auto_now_add=True)

    class Meta:
        verbose_name = "用过的密码"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.set_at:%Y-%m-%d}"


class UserSession(models.Model):
    """Whose session a row of `django_session` is, and from where; the session itself stays the judge."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="用户")
    session_key = models.CharField("会话", max_length=40, unique=True)
    began_at = models.DateTimeField("登录时间")
    seen_at = models.DateTimeField("最近使用")
    address = models.CharField("地址", max_length=45)
    agent = models.CharField("浏览器", max_length=300, blank=True)
    ended_at = models.DateTimeField("被结束的时间", null=True)  # from another place

    objects = UserSessionQuerySet.as_manager()

    class Meta:
        verbose_name = "会话"
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.address}"


class KeptForm(models.Model):
    """What stood in a form that was sent after its session had ended (docs/adr/0012).

    Unreadable without the key, which only the browser has that sent it. `lookup` is a digest of that key.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="用户")
    lookup = models.CharField("凭据摘要", max_length=64, unique=True)
    page = models.CharField("页面", max_length=2000)  # where the form stands
    content = models.TextField("密文")
    kept_at = models.DateTimeField("保留时间", auto_now_add=True)

    objects = KeptFormQuerySet.as_manager()

    class Meta:
        verbose_name = "失效时保留的表单"
        ordering = ["-kept_at"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.page}"
