"""The audit trail: who did what to what, when and why. Append-only by trigger."""

from django.db import models

from .querysets import AuditEventQuerySet


class AuditEvent(models.Model):
    """One act. No foreign keys, so that the past never blocks the present."""

    at = models.DateTimeField("时间", auto_now_add=True)
    action = models.CharField("动作", max_length=60)
    actor_id = models.BigIntegerField("操作人编号", null=True)
    actor_name = models.CharField("操作人", max_length=50)
    actor_role = models.CharField("操作人身份", max_length=60, blank=True)
    department_code = models.CharField("部门代码", max_length=18, blank=True)
    subject_type = models.CharField("对象类型", max_length=60)
    subject_id = models.CharField("对象编号", max_length=64)
    subject_label = models.CharField("对象", max_length=300)
    reason = models.TextField("理由", blank=True)
    changes = models.JSONField("变更", default=dict)
    request_id = models.CharField("请求编号", max_length=36, blank=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = "审计事件"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"]),
            models.Index(fields=["department_code", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_label}"
