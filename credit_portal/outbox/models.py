"""What must reach the municipal platform, every attempt to bring it there, and what went oddly."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from .querysets import PLACE, AttemptQuerySet, DifferenceQuerySet, OutboxQuerySet, PackageQuerySet

BATCH_SIZE = 50


class OutboxMessage(models.Model):
    """One version of one record, frozen at the moment it was enqueued.

    `stream` names the record (order is kept within it), `sequence` its version. `key` is what the receiver
    dedupes on. A correction is a new message of the same stream; a replay is this message with this key again.
    """

    class State(models.TextChoices):
        PENDING = "pending", "待报送"
        HANDED = "handed", "已交付待答复"
        ACCEPTED = "accepted", "已入库"
        HELD = "held", "未通过核对"
        REJECTED = "rejected", "被退回"
        DEAD = "dead", "报送失败"
        SUPERSEDED = "superseded", "已由更正版本代替"

    key = models.UUIDField("幂等键", default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("种类", max_length=40)
    stream = models.CharField("记录", max_length=80)
    sequence = models.PositiveIntegerField("版本")
    department_code = models.CharField("报送部门代码", max_length=18)
    schema_version = models.CharField("格式版本", max_length=20)
    body = models.TextField("报文")
    digest = models.CharField("报文摘要", max_length=64)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField("尝试次数", default=0)
    # Attempts that speak against the message itself: an outage of the platform is not its fault.
    strikes = models.PositiveIntegerField("失败次数", default=0)
    # How many may travel with it; halves when a whole batch fails, until the poisonous one is alone.
    batch_limit = models.PositiveSmallIntegerField("同批上限", default=BATCH_SIZE)
    next_at = models.DateTimeField("下次尝试")
    trying_since = models.DateTimeField("开始尝试", null=True)
    lease_until = models.DateTimeField("占用至", null=True)
    created_at = models.DateTimeField("生成时间", auto_now_add=True)
    settled_at = models.DateTimeField("办结时间", null=True)
    received_on = models.DateField("平台接收日期", null=True)
    receipt = models.CharField("回执号", max_length=80, blank=True)
    reason_code = models.CharField("退回代码", max_length=40, blank=True)
    reason = models.CharField("退回原因", max_length=500, blank=True)
    # Version of the receiver's rules by which it was looked at; a person may have it sent in spite of them.
    rules_version = models.CharField("接收规则版本", max_length=12, blank=True)
    # How often it was sent anew after the receiver had lost or changed it; each time under a key of its own.
    repairs = models.PositiveSmallIntegerField("补报次数", default=0)
    package = models.ForeignKey(
        "Package", models.PROTECT, null=True, related_name="messages", verbose_name="手工报送包"
    )
    unchecked = models.BooleanField("不经核对报送", default=False)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = "报送消息"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "sequence"], name="one_message_per_version"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "handed"], settled_at=None)
                | ~Q(state__in=["pending", "handed"]) & Q(settled_at__isnull=False),
                name="settled_messages_have_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(received_on__isnull=False) & ~Q(receipt=""),
                name="accepted_messages_have_a_receipt",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(state="pending"), name="outbox_due"),
            models.Index(
                fields=["stream", "sequence"],
                condition=Q(state__in=["pending", "handed", "dead"]),
                name="outbox_heads",
            ),
            models.Index(
                fields=["next_at"], condition=Q(state="handed", package=None), name="outbox_handed"
            ),
            models.Index(fields=["department_code", "state"]),
            models.Index(PLACE, condition=Q(state="accepted"), name="outbox_by_hash"),
            models.Index(
                fields=["-settled_at"], condition=Q(state="accepted"), name="outbox_accepted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream} 第{self.sequence}版"


class DeliveryAttempt(models.Model):
    """One try: written before sending, completed after, so that a crash leaves evidence."""

    class Outcome(models.TextChoices):
        SENDING = "sending", "发送中"
        HANDED = "handed", "已交付"
        ACCEPTED = "accepted", "已接收"
        REJECTED = "rejected", "被退回"
        TRANSIENT = "transient", "暂时失败"
        UNKNOWN = "unknown", "结果未知"

    message = models.ForeignKey(
        OutboxMessage, models.PROTECT, related_name="tries", verbose_name="报送消息"
    )
    batch = models.UUIDField("批次")
    started_at = models.DateTimeField("开始时间", auto_now_add=True)
    duration_ms = models.PositiveIntegerField("耗时（毫秒）", null=True)
    outcome = models.CharField(
        "结果", max_length=10, choices=Outcome.choices, default=Outcome.SENDING
    )
    status = models.PositiveSmallIntegerField("响应码", null=True)
    answer = models.TextField("平台答复", blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = "报送尝试"
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["started_at"], condition=Q(outcome="sending"), name="open_attempts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.message} {self.get_outcome_display()}"


class Circuit(models.Model):
    """The state of the way to one receiver, shared by all workers: after failures in a row, a pause."""

    name = models.CharField("接收方", max_length=40, unique=True)
    failures = models.PositiveIntegerField("连续失败", default=0)
    opened_at = models.DateTimeField("开始暂停", null=True)
    open_until = models.DateTimeField("暂停至", null=True)
    # Half open: one worker tries one message, the others wait until it has told.
    probe_until = models.DateTimeField("试送至", null=True)

    class Meta:
        verbose_name = "报送通道"

    def __str__(self) -> str:
        return self.name


class Incident(models.Model):
    """Something the platform should never have said, kept for the person who asks them about it."""

    at = models.DateTimeField("时间", auto_now_add=True)
    batch = models.UUIDField("批次")
    text = models.CharField("情况", max_length=500)

    class Meta:
        verbose_name = "报送异常"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text


class Package(models.Model):
    """Messages that a person carries to the platform as a workbook. Handed over is not delivered."""

    number = models.CharField("包号", max_length=24, unique=True)
    department_code = models.CharField("报送部门代码", max_length=18)
    size = models.PositiveIntegerField("条数")
    content_digest = models.CharField("内容摘要", max_length=64)
    file = models.BinaryField("文件")
    digest = models.CharField("文件校验值", max_length=64)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="生成人"
    )
    made_at = models.DateTimeField("生成时间")

    objects = PackageQuerySet.as_manager()

    class Meta:
        verbose_name = "手工报送包"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="packages_are_not_empty")
        ]

    def __str__(self) -> str:
        return self.number


class AnswerSheet(models.Model):
    """The platform's answers to a package, read once for each file."""

    package = models.ForeignKey(
        Package, models.PROTECT, related_name="answers", verbose_name="手工报送包"
    )
    digest = models.CharField("文件校验值", max_length=64)
    accepted = models.PositiveIntegerField("入库")
    rejected = models.PositiveIntegerField("退回")
    unchanged = models.PositiveIntegerField("此前已登记")
    unknown = models.JSONField("未能对应的行", default=list)  # [{"row": 3, "text": "…"}, …]
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    read_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "平台答复表"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["package", "digest"], name="one_reading_of_a_sheet")
        ]

    def __str__(self) -> str:
        return f"{self.package} {self.digest[:8]}"


class Comparison(models.Model):
    """One look at everything the receiver holds, beside what we know it accepted."""

    began_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间")
    ours = models.PositiveIntegerField("我方记录数")
    theirs = models.PositiveIntegerField("对方记录数")
    found = models.PositiveIntegerField("差异数")
    fresh = models.PositiveIntegerField("新差异数")

    class Meta:
        verbose_name = "对账"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d} {self.found}"


class Difference(models.Model):
    """A record about which both sides disagree. One is open for each record; a settled one stays as history."""

    class Kind(models.TextChoices):
        MISSING = "missing", "市平台缺少"
        EXTRA = "extra", "市平台多出"
        OTHER = "other", "内容不一致"

    class State(models.TextChoices):
        OPEN = "open", "待处理"
        REPLAYED = "replayed", "已补报"
        NOTED = "noted", "已说明"
        GONE = "gone", "已一致"

    kind = models.CharField("差异", max_length=10, choices=Kind.choices)
    state = models.CharField("处理", max_length=10, choices=State.choices, default=State.OPEN)
    stream = models.CharField("记录", max_length=80)
    department_code = models.CharField("部门代码", max_length=18)
    message = models.ForeignKey(
        OutboxMessage, models.PROTECT, null=True, related_name="+", verbose_name="我方最后入库版本"
    )
    our_sequence = models.PositiveIntegerField("我方版本", null=True)
    our_digest = models.CharField("我方摘要", max_length=64, blank=True)
    their_sequence = models.PositiveIntegerField("对方版本", null=True)
    their_digest = models.CharField("对方摘要", max_length=64, blank=True)
    first_seen_at = models.DateTimeField("首次发现")
    last_seen_at = models.DateTimeField("最近发现")
    settled_at = models.DateTimeField("处理时间", null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="处理人"
    )
    note = models.CharField("说明", max_length=300, blank=True)

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        verbose_name = "对账差异"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["stream"], condition=Q(state="open"), name="one_open_difference"
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None)
                | ~Q(state="open") & Q(settled_at__isnull=False),
                name="settled_differences_have_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="noted") | ~Q(note=""), name="noted_differences_have_a_note"
            ),
        ]
        indexes = [models.Index(fields=["department_code", "state"])]

    def __str__(self) -> str:
        return f"{self.stream} {self.get_kind_display()}"
