"""What must reach the municipal platform, every attempt to bring it there, and what went oddly."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from .querysets import AttemptQuerySet, OutboxQuerySet

BATCH_SIZE = 50


class OutboxMessage(models.Model):
    """One version of one record, frozen at the moment it was enqueued.

    `stream` names the record (order is kept within it), `sequence` its version. `key` is what the receiver
    dedupes on. A correction is a new message of the same stream; a replay is this message with this key again.
    """

    class State(models.TextChoices):
        PENDING = "pending", "待报送"
        ACCEPTED = "accepted", "已入库"
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

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = "报送消息"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "sequence"], name="one_message_per_version"),
            models.CheckConstraint(
                condition=Q(state="pending", settled_at=None)
                | ~Q(state="pending") & Q(settled_at__isnull=False),
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
                condition=Q(state__in=["pending", "dead"]),
                name="outbox_heads",
            ),
            models.Index(fields=["department_code", "state"]),
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
    open_until = models.DateTimeField("暂停至", null=True)

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
