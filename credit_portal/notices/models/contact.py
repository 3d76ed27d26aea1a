"""Where a person wants to hear of news besides the portal's own pages."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from ..querysets import ContactQuerySet


class Contact(models.Model):
    """The mail address of a person, once confirmed by a code sent there, and what they want by which way.

    Short messages go to the telephone of the account.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="contact", verbose_name="用户"
    )
    email = models.EmailField("电子邮箱", blank=True)
    confirmed_at = models.DateTimeField("邮箱确认时间", null=True)
    mail_daily = models.BooleanField("每个工作日的待办摘要", default=True)
    mail_urgent = models.BooleanField("紧急通知发邮件", default=True)
    text_urgent = models.BooleanField("紧急通知发短信", default=False)
    # The code that was sent last: its digest, when, and how often it was mistyped.
    code = models.CharField("确认码摘要", max_length=64, blank=True)
    code_sent_at = models.DateTimeField("确认码发送时间", null=True)
    code_tries = models.PositiveSmallIntegerField("确认码输错次数", default=0)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = "接收方式"
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | ~Q(email=""), name="only_an_address_is_confirmed"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.email}"
