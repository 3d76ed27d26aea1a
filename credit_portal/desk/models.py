"""What a member of staff keeps on the desk: saved queries, chosen columns, unfinished forms. Never evidence."""

from django.conf import settings
from django.db import models

from .querysets import FormDraftQuerySet, SavedQueryQuerySet, TableColumnsQuerySet


class SavedQuery(models.Model):
    """The filters of a list under a name of the owner's choice. `page` is the URL name with its arguments."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="所有人"
    )
    page = models.CharField("页面", max_length=120)
    name = models.CharField("名称", max_length=30)
    query = models.CharField("查询条件", max_length=1000)  # a query string without page number
    created_at = models.DateTimeField("保存时间", auto_now_add=True)

    objects = SavedQueryQuerySet.as_manager()

    class Meta:
        verbose_name = "保存的查询"
        ordering = ["page", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"], name="one_saved_query_per_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class TableColumns(models.Model):
    """Which columns of a list the owner wants to see, in the list's own order."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="所有人"
    )
    page = models.CharField("页面", max_length=120)
    columns = models.JSONField("列", default=list)  # keys of columns

    objects = TableColumnsQuerySet.as_manager()

    class Meta:
        verbose_name = "显示的列"
        constraints = [
            models.UniqueConstraint(fields=["owner", "page"], name="one_choice_of_columns_per_page")
        ]

    def __str__(self) -> str:
        return self.page


class FormDraft(models.Model):
    """What stands in a form that was not sent yet. `subject` is the row being edited, or "" for a new one;
    `version` is the revision of that row when the form was opened."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="所有人"
    )
    form = models.CharField("表单", max_length=60)
    subject = models.CharField("对象", max_length=64, blank=True)
    version = models.PositiveIntegerField("打开时的版本", default=0)
    values = models.JSONField("内容", default=dict)  # form field -> text as typed
    saved_at = models.DateTimeField("保存时间", auto_now=True)

    objects = FormDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "未提交的表单"
        ordering = ["-saved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "form", "subject"], name="one_draft_per_form_and_subject"
            )
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.subject}".strip()
