"""The frozen public version of a record. Public pages read this table and nothing else."""

import re
import secrets
from functools import lru_cache

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse

from credit_portal.accounts.models import Department
from credit_portal.outbox.models import OutboxMessage
from records.models import MarketEntity

from ..querysets import NUMBER_FORM, PublicationQuerySet

# Without vowels and without 0/1/l, so that an address never spells a word and reads well aloud.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"


def new_public_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


# National codes of the field that names the matter: 违法行为类型, 许可证书名称, 许可决定文书名称.
SUBJECTS = ("CF_WFXW", "XK_XKZS", "XK_XKWS")


@lru_cache(maxsize=4096)
def page_of(public_id: str) -> str:
    """Kept, since a list asks for twenty and resolving names is a tenth of its work."""
    return reverse("public:publicity:publication", args=[public_id])


@lru_cache(maxsize=4096)
def firm_page(code: str) -> str:
    return reverse("public:entity", args=[code])


class Publication(models.Model):
    """A whitelisted snapshot of one version, public for `[starts_on, ends_on]`, both days included."""

    class Kind(models.TextChoices):
        PERMIT = "permit", "行政许可"
        PENALTY = "penalty", "行政处罚"

    class OpenData(models.TextChoices):
        """Whether the row stands in the files of 开放数据; empty for one that never did."""

        IN = "in", "在数据文件中"
        OUT = "out", "已移出数据文件"

    kind = models.CharField("种类", max_length=20, choices=Kind.choices)
    reference = models.CharField("来源记录", max_length=80)
    version = models.PositiveIntegerField("版本")
    public_id = models.CharField(
        "公开编号", max_length=12, default=new_public_id
    )  # the same for all versions
    entity = models.ForeignKey(
        MarketEntity,
        models.PROTECT,
        null=True,
        related_name="publications",
        verbose_name="市场主体",
    )
    authority = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name="决定机关"
    )
    title = models.CharField("标题", max_length=300)
    party_name = models.CharField("行政相对人", max_length=200)  # masked for natural persons
    search_name = models.CharField("检索名称", max_length=200, db_collation="C")
    party_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    document_number = models.CharField("文号", max_length=128)
    category = models.CharField("类别", max_length=256, blank=True)  # as filed, "罚款;没收违法所得"
    fine_amount = models.DecimalField(
        "罚款金额（万元）", max_digits=13, decimal_places=6, null=True
    )
    confiscated_amount = models.DecimalField(
        "没收金额（万元）", max_digits=13, decimal_places=6, null=True
    )
    decided_on = models.DateField("决定日期")
    snapshot = models.JSONField(
        "公示内容"
    )  # [{"code": "CF_WSH", "label": "…", "value": "…"}, …] in national order
    digest = models.CharField("摘要值", max_length=64)
    starts_on = models.DateField("公示开始")
    ends_on = models.DateField("公示截止", null=True)
    period_explained = models.JSONField("公示期说明", default=dict)
    published_at = models.DateTimeField("公示时间")
    withdrawn_at = models.DateTimeField("撤下时间", null=True)
    withdrawn_reason = models.CharField("撤下原因", max_length=500, blank=True)
    superseded = models.BooleanField("已有新版本", default=False)
    open_data = models.CharField(
        "开放数据", max_length=3, blank=True, default="", choices=OpenData.choices
    )
    message = models.OneToOneField(
        OutboxMessage,
        models.PROTECT,
        null=True,
        related_name="publication",
        verbose_name="报送消息",
    )

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = "公示信息"
        ordering = ["-decided_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "version"], name="one_publication_per_version"
            ),
            models.UniqueConstraint(
                fields=["reference"], condition=Q(superseded=False), name="one_current_publication"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="publication_period_in_order",
            ),
        ]
        indexes = [
            GinIndex(Func(F("search_name"), function="bigrams"), name="publication_name_bigrams"),
            GinIndex(Func(NUMBER_FORM, function="bigrams"), name="publication_number_bigrams"),
            models.Index(
                fields=["kind", "-decided_on", "-id"],
                condition=Q(superseded=False),
                name="public_lists",
            ),
            models.Index(
                fields=["-decided_on", "-id"],
                condition=Q(superseded=False),
                name="public_in_order",
            ),
            models.Index(
                fields=["id"],
                condition=Q(open_data="in") & (Q(superseded=True) | Q(withdrawn_at__isnull=False)),
                name="open_data_to_leave",
            ),
            models.Index(fields=["party_code"]),
            models.Index(fields=["document_number"]),
            models.Index(fields=["public_id"]),
            models.Index(fields=["entity", "-decided_on"]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def categories(self) -> list[str]:
        """The categories one by one; the national table has several in one field."""
        return [part for part in re.split(r"[;；,，、\s]+", self.category) if part]

    @property
    def page_url(self) -> str:
        return page_of(self.public_id)

    @property
    def firm_url(self) -> str:
        """The page of the firm by the code that stood in the decision."""
        return firm_page(self.party_code)

    @property
    def in_short(self) -> str:
        """What it is about, in a line: the act and what it costs, or the certificate and its category."""
        told = {field["code"]: field["value"] for field in self.snapshot}
        subject = next((told[code] for code in SUBJECTS if told.get(code)), "")
        return "；".join(part for part in (subject, *(self.amounts or self.categories)) if part)

    @property
    def amounts(self) -> list[str]:
        """What the penalty costs, as lists and feeds write it: 罚款 3.2 万元; nothing where nothing is to be paid."""
        named = (("罚款", self.fine_amount), ("没收", self.confiscated_amount))
        return [f"{word} {amount.normalize():f} 万元" for word, amount in named if amount]
