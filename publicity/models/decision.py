"""Administrative permits and penalties, field by field of the 2018 national data standard.

The standard came with 发改办财金〔2018〕424号; 行政相对人类别 and 证件类型 were added in practice since. Each
national field code (XK_…, CF_…) stands in `publicity/fields.py`.
"""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from credit_portal.accounts.models import Department
from records.models import MarketEntity

from ..querysets import NUMBER_FORM, OPEN_STATES, DecisionQuerySet
from .batch import ImportBatch
from .numbered import Numbered


def person_key(label: str, *, optional: bool = True) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=optional,
        related_name="+",
        verbose_name=label,
    )


class Decision(Numbered):
    """What permits and penalties share: the subject, the organs, the way to publicity."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        IN_REVIEW = "in_review", "待审核"
        APPROVED = "approved", "待公示"
        PUBLISHED = "published", "公示中"
        WITHDRAWN = "withdrawn", "已撤下"
        RETURNED = "returned", "已退回"

    EDITABLE = (State.DRAFT, State.RETURNED)  # states in which the text may change

    class PartyCategory(models.TextChoices):
        ORGANISATION = "法人及非法人组织", "法人及非法人组织"
        PERSON = "自然人", "自然人"
        SOLE_TRADER = "个体工商户", "个体工商户"

    KIND: str  # "permit" or "penalty"

    # The subject (行政相对人)
    party_name = models.CharField("行政相对人名称", max_length=200)
    party_category = models.CharField(
        "行政相对人类别", max_length=16, choices=PartyCategory.choices
    )
    party_code = models.CharField("行政相对人代码_1(统一社会信用代码)", max_length=18, blank=True)
    registration_number = models.CharField(
        "行政相对人代码_2(工商注册号)", max_length=50, blank=True
    )
    organisation_code = models.CharField(
        "行政相对人代码_3(组织机构代码)", max_length=10, blank=True
    )
    tax_number = models.CharField("行政相对人代码_4(税务登记号)", max_length=20, blank=True)
    institution_number = models.CharField(
        "行政相对人代码_5(事业单位证书号)", max_length=20, blank=True
    )
    society_number = models.CharField(
        "行政相对人代码_6(社会组织登记证号)", max_length=50, blank=True
    )
    legal_representative = models.CharField("法定代表人", max_length=50, blank=True)
    representative_id_type = models.CharField("法定代表人证件类型", max_length=64, blank=True)
    representative_id_number = models.CharField("法定代表人证件号码", max_length=64, blank=True)
    person_id_type = models.CharField("证件类型", max_length=64, blank=True)
    person_id_number = models.CharField("证件号码", max_length=64, blank=True)
    entity = models.ForeignKey(
        MarketEntity, models.PROTECT, null=True, related_name="+", verbose_name="市场主体"
    )

    # The decision
    document_number = models.CharField("决定书文号", max_length=128)
    decided_on = models.DateField("决定日期")
    authority = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name="决定机关"
    )
    authority_name = models.CharField("决定机关名称", max_length=200)
    authority_code = models.CharField("决定机关统一社会信用代码", max_length=18)
    source_name = models.CharField("数据来源单位", max_length=200)
    source_code = models.CharField("数据来源单位统一社会信用代码", max_length=18)
    remarks = models.CharField("备注", max_length=512, blank=True)

    # The way to publicity
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name="填报单位"
    )
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)
    revision = models.PositiveIntegerField(
        "修订号", default=1
    )  # optimistic lock, moves with every save
    deadline_on = models.DateField("最迟公示日")
    deadline_provisional = models.BooleanField("期限暂定", default=False)
    deadline_explained = models.JSONField("期限说明", default=dict)
    # The last stage of which people were told (regulations/rules/reminders.yaml); a moved deadline begins again.
    reminded = models.CharField("已提醒的时点", max_length=8, blank=True, db_default="")
    late_reason = models.CharField("迟报原因", max_length=300, blank=True)
    dept_disclosure = models.BooleanField("部门网站公示", default=True)
    credit_site_publicity = models.BooleanField("信用网站公示", default=True)
    confirmed_by = person_key("异常值确认人")
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, related_name="+", verbose_name="导入批次"
    )
    batch_row = models.PositiveIntegerField("批次行号", null=True)
    created_by = person_key("录入人", optional=False)
    created_at = models.DateTimeField("录入时间")
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    submitted_by = person_key("提交人")
    submitted_at = models.DateTimeField("提交时间", null=True)
    reviewed_by = person_key("审核人")
    reviewed_at = models.DateTimeField("审核时间", null=True)
    return_reason = models.CharField("退回意见", max_length=500, blank=True)
    published_by = person_key("公示人")
    published_at = models.DateTimeField("公示时间", null=True)
    withdrawn_at = models.DateTimeField("撤下时间", null=True)
    withdrawn_reason = models.CharField("撤下原因", max_length=500, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-decided_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["document_number", "party_name", "decided_on", "authority"],
                name="%(class)s_natural_key",
            ),
            # Four eyes: the author, the reviewer and the publisher of a version are three people.
            models.CheckConstraint(
                condition=Q(reviewed_by=None)
                | ~Q(reviewed_by=F("created_by")) & ~Q(reviewed_by=F("submitted_by")),
                name="%(class)s_reviewer_is_not_author",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None)
                | ~Q(published_by=F("created_by"))
                & ~Q(published_by=F("submitted_by"))
                & ~Q(published_by=F("reviewed_by")),
                name="%(class)s_publisher_is_a_third_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "returned"])
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="%(class)s_submitted_has_submitter",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "published"])
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="%(class)s_approved_has_reviewer",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(published_by__isnull=False, published_at__isnull=False),
                name="%(class)s_published_has_publisher",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(return_reason=""),
                name="%(class)s_return_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(entity__isnull=False) | Q(party_category="自然人"),
                name="%(class)s_firm_is_registered",
            ),
        ]
        indexes = [
            models.Index(fields=["department", "state", "deadline_on"]),
            models.Index(fields=["authority", "decided_on"]),
            models.Index(fields=["entity", "-decided_on"]),
            GinIndex(Func(NUMBER_FORM, function="bigrams"), name="%(class)s_number_bigrams"),
            models.Index(fields=["legal_representative"]),
            # The clocks that run: asked for every quarter of an hour, a few rows among all.
            models.Index(
                fields=["deadline_on", "decided_on"],
                condition=Q(state__in=OPEN_STATES, version=1),
                name="%(class)s_running",
            ),
            models.Index(
                fields=["authority", "number_stem", "number_year", "number_value"],
                include=["decided_on"],
                name="%(class)s_numbers",
            ),
            models.Index(
                fields=["party_name"],
                condition=Q(party_category="自然人"),
                name="%(class)s_persons",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_name} {self.document_number}"

    @property
    def reference(self) -> str:
        """Name of this record in the ledger, the outbox and the publications: `penalty:12`."""
        return f"{self.KIND}:{self.pk}"

    @property
    def on_its_way(self) -> bool:
        """Whether this is a version that is to replace a public one or to bring back a withdrawn one."""
        return self.version > 1 and self.state not in (self.State.PUBLISHED, self.State.WITHDRAWN)

    @property
    def is_public(self) -> bool:
        """Whether a version was published and not taken down, be there a correction on its way or not."""
        return self.state == self.State.PUBLISHED or (self.on_its_way and self.withdrawn_at is None)

    @property
    def standing(self) -> str:
        """The state in words; with what the public has meanwhile, when a later version is on its way."""
        word = self.get_state_display()
        if not self.on_its_way:
            return word
        return f"已公示 · 更正{word}" if self.is_public else f"已撤下 · 重新公示{word}"


class PermitDecision(Decision):
    """行政许可."""

    KIND = "permit"

    document_title = models.CharField("行政许可决定文书名称", max_length=200)
    permit_category = models.CharField("许可类别", max_length=256)
    certificate_name = models.CharField("许可证书名称", max_length=64, blank=True)
    certificate_number = models.CharField("许可编号", max_length=64, blank=True)
    content = models.TextField("许可内容", max_length=4000)
    valid_from = models.DateField("有效期自")
    valid_to = models.DateField("有效期至")
    permit_status = models.CharField("当前状态", max_length=1, default="1")

    class Meta(Decision.Meta):
        verbose_name = "行政许可"


class PenaltyDecision(Decision):
    """行政处罚. Amounts are in 万元, as the national table has them."""

    KIND = "penalty"

    violation_type = models.CharField("违法行为类型", max_length=2000)
    facts = models.TextField("违法事实", max_length=5000)
    legal_basis = models.TextField("处罚依据", max_length=2048)
    penalty_category = models.CharField("处罚类别", max_length=256)
    penalty_content = models.TextField("处罚内容", max_length=4000)
    fine_amount = models.DecimalField(
        "罚款金额（万元）", max_digits=13, decimal_places=6, null=True, blank=True
    )
    confiscated_amount = models.DecimalField(
        "没收违法所得、没收非法财物的金额（万元）",
        max_digits=13,
        decimal_places=6,
        null=True,
        blank=True,
    )
    licence_note = models.CharField("暂扣或吊销证照名称及编号", max_length=200, blank=True)
    valid_until = models.DateField("处罚有效期")
    publicity_until = models.DateField("公示截止期", null=True, blank=True)

    class Meta(Decision.Meta):
        verbose_name = "行政处罚"
