"""Market entities, keyed by their unified social credit code, and the ledger of their credit records."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Reverse
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Role

from .querysets import ActivationLetterQuerySet, CreditRecordQuerySet, MarketEntityQuerySet


class MarketEntity(models.Model):
    """A firm, sole trader, cooperative or body that decisions are about."""

    class Status(models.TextChoices):
        ACTIVE = "存续", "存续"
        CANCELLED = "注销", "注销"
        REVOKED = "吊销", "吊销"
        MOVED_OUT = "迁出", "迁出"
        OTHER = "其他", "其他"

    code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("名称", max_length=200)
    search_name = models.CharField("检索名称", max_length=200, db_collation="C")
    former_search_names = models.CharField("曾用检索名称", blank=True, db_collation="C")
    # One column serves the search of present and former names: an OR over two tables would scan both.
    search_text = models.GeneratedField(
        expression=Case(
            When(former_search_names="", then=F("search_name")),
            default=Func(
                F("search_name"),
                Value("\n"),
                F("former_search_names"),
                template="(%(expressions)s)",
                arg_joiner=" || ",
            ),
            output_field=models.CharField(db_collation="C"),
        ),
        output_field=models.CharField(db_collation="C"),
        db_persist=True,
    )
    # The order of search results: those in business first, then by the code read backwards. A fragment that half
    # the city bears is answered by walking this index and stopping after a page; that is quick only because the
    # end of a code has nothing to do with the name (its beginning, the name's length or the date have).
    search_order = models.GeneratedField(
        expression=Func(
            Case(When(status="存续", then=Value("0")), default=Value("1")),
            Reverse("code"),
            template="(%(expressions)s)",
            arg_joiner=" || ",
            output_field=models.CharField(max_length=19, db_collation="C"),
        ),
        output_field=models.CharField(max_length=19, db_collation="C"),
        db_persist=True,
    )
    legal_representative = models.CharField("法定代表人", max_length=100, blank=True)
    address = models.CharField("住所", max_length=300, blank=True)
    industry = models.CharField("所属行业", max_length=100, blank=True)
    division_code = models.CharField("行政区划代码", max_length=6, blank=True)
    established_on = models.DateField("成立日期", null=True, blank=True)
    status = models.CharField(
        "登记状态", max_length=10, choices=Status.choices, default=Status.ACTIVE
    )
    code_note = models.CharField("代码说明", max_length=200, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = MarketEntityQuerySet.as_manager()

    class Meta:
        verbose_name = "市场主体"
        ordering = ["code"]
        permissions = [("entity_represent", "代表本单位办理")]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"), name="entity_code_shape"
            )
        ]
        indexes = [
            GinIndex(Func(F("search_text"), function="bigrams"), name="entity_name_bigrams"),
            models.Index(fields=["search_name"], name="entity_search_name"),
            models.Index(fields=["search_order"], name="entity_search_order"),
            models.Index(
                fields=["legal_representative", "search_order"], name="entity_representative"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FormerName(models.Model):
    """A name the entity no longer bears; searches still find it, through `search_text` of the entity."""

    entity = models.ForeignKey(
        MarketEntity, models.PROTECT, related_name="former_names", verbose_name="市场主体"
    )
    name = models.CharField("曾用名", max_length=200)
    search_name = models.CharField("检索名称", max_length=200, db_collation="C")
    until = models.DateField("使用至", null=True, blank=True)

    class Meta:
        verbose_name = "曾用名"
        ordering = ["-until", "name"]
        constraints = [models.UniqueConstraint(fields=["entity", "name"], name="former_name_once")]

    def __str__(self) -> str:
        return self.name


class KnownCode(models.Model):
    """A registered code that fails the arithmetic, confirmed by its registering authority."""

    code = models.CharField("代码", max_length=18, unique=True)
    reason = models.CharField("确认理由", max_length=200)
    confirmed_by = models.CharField("确认机关", max_length=200)
    confirmed_on = models.DateField("确认日期")

    class Meta:
        verbose_name = "特殊代码"
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"), name="known_code_shape"
            )
        ]

    def __str__(self) -> str:
        return self.code


class RegistryImport(models.Model):
    """One loading of a registry extract: who, when, which file, what it changed."""

    filename = models.CharField("文件名", max_length=255)
    rows = models.PositiveIntegerField("行数", default=0)
    created = models.PositiveIntegerField("新增", default=0)
    updated = models.PositiveIntegerField("更新", default=0)
    renamed = models.PositiveIntegerField("更名", default=0)
    unchanged = models.PositiveIntegerField("无变化", default=0)
    rejected = models.PositiveIntegerField("有误", default=0)
    imported_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="导入人"
    )
    imported_at = models.DateTimeField("导入时间", auto_now_add=True)

    class Meta:
        verbose_name = "登记信息导入"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.filename


class EntityGroupObjectPermission(GroupObjectPermissionBase):
    """Direct foreign-key permission table: who represents an entity, through role groups."""

    content_object = models.ForeignKey(MarketEntity, on_delete=models.CASCADE)


class EntityUserObjectPermission(UserObjectPermissionBase):
    """Stays empty: people get permissions through role groups only. Guardian needs the pair."""

    content_object = models.ForeignKey(MarketEntity, on_delete=models.CASCADE)


class CreditRecord(models.Model):
    """One line of an entity's credit file, entered by the app that made the fact. Append-only by trigger.

    `reference` names the fact (`penalty:12`). A later change is a new row that names the row it replaces; the
    current state of a fact is the row that nothing replaces. A revocation repeats the version that it revokes.
    """

    class Direction(models.TextChoices):
        GOOD = "good", "守信"
        ADVERSE = "adverse", "失信"
        NEUTRAL = "neutral", "中性"

    entity = models.ForeignKey(
        MarketEntity, models.PROTECT, related_name="credit_records", verbose_name="市场主体"
    )
    kind = models.CharField("类别", max_length=40)
    direction = models.CharField("方向", max_length=8, choices=Direction.choices)
    reference = models.CharField("来源记录", max_length=80)
    version = models.PositiveIntegerField("版本", default=1)
    title = models.CharField("摘要", max_length=300)
    facts = models.JSONField("内容", default=dict)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name="认定单位"
    )
    happened_on = models.DateField("发生日期")
    starts_on = models.DateField("生效日期")
    ends_on = models.DateField("失效日期", null=True, blank=True)
    revoked = models.BooleanField("已撤销", default=False)
    reason = models.CharField("撤销理由", max_length=500, blank=True)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name="代替",
    )
    entered_by = models.BigIntegerField("记录人编号", null=True)
    entered_at = models.DateTimeField("记录时间", auto_now_add=True)

    objects = CreditRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "信用记录"
        ordering = ["-happened_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "version", "revoked"], name="one_ledger_row_per_version"
            ),
            models.UniqueConstraint(
                fields=["reference"],
                condition=Q(replaces=None),
                name="one_ledger_chain_per_reference",
            ),
            models.CheckConstraint(
                condition=Q(revoked=False) | ~Q(reason="") & Q(replaces__isnull=False),
                name="ledger_revocation_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="ledger_period_in_order",
            ),
        ]
        indexes = [models.Index(fields=["entity", "-happened_on"], name="ledger_by_entity")]

    def __str__(self) -> str:
        return self.title


class ActivationLetter(models.Model):
    """Paper with a one-time code that makes whoever holds it the head of a firm on this portal.

    The code itself is printed and forgotten: here stands only its slow hash. A letter ends once: used, revoked
    (also by a newer one), or by its date. Too many wrong tries let it rest for a while, whoever made them.
    """

    number = models.CharField("编号", max_length=20, unique=True)
    entity = models.ForeignKey(
        MarketEntity, models.PROTECT, related_name="letters", verbose_name="企业"
    )
    role = models.CharField(
        "角色", max_length=24, choices=Role.choices, default=Role.ENTERPRISE_HEAD
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name="签发部门"
    )
    code_hash = models.CharField("激活码摘要", max_length=200)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="签发人")
    issued_at = models.DateTimeField("签发时间", auto_now_add=True)
    expires_on = models.DateField("有效期至")
    failures = models.PositiveIntegerField("输错次数", default=0)
    rests_until = models.DateTimeField("暂停至", null=True, blank=True)
    used_at = models.DateTimeField("启用时间", null=True)
    used_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name="启用人"
    )
    revoked_at = models.DateTimeField("撤销时间", null=True)
    revoke_reason = models.CharField("撤销原因", max_length=200, blank=True)

    objects = ActivationLetterQuerySet.as_manager()

    class Meta:
        verbose_name = "激活函"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "role"],
                condition=Q(used_at=None, revoked_at=None),
                name="one_live_letter_per_firm_and_role",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(revoked_at=None), name="letter_ends_once"
            ),
            models.CheckConstraint(
                condition=Q(used_at=None, used_by=None)
                | Q(used_at__isnull=False, used_by__isnull=False),
                name="used_letter_has_its_user",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoke_reason="")
                | Q(revoked_at__isnull=False) & ~Q(revoke_reason=""),
                name="revoked_letter_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["department", "-id"], name="letters_of_department")]

    def __str__(self) -> str:
        return f"激活函 {self.number}"

    @property
    def rests(self) -> bool:
        """Still good, but not now."""
        if self.used_at or self.revoked_at or self.expires_on < timezone.localdate():
            return False
        return self.rests_until is not None and self.rests_until > timezone.now()
