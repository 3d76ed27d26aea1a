"""The parts of a document number as columns that the database keeps."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Func

from ..number_columns import part, stem


def generated(expression: Func, label: str, field: type[models.Field[Any, Any]]) -> Any:
    return models.GeneratedField(
        expression=expression, output_field=field(), db_persist=True, verbose_name=label
    )


class Numbered(models.Model):
    """Something with a document number; `number_stem`, `number_year` and `number_value` follow it by themselves."""

    number_stem = generated(stem("document_number"), "文号代字", models.TextField)
    number_year = generated(part("document_number", 2), "文号年份", models.IntegerField)
    number_value = generated(part("document_number", 4), "文号序号", models.IntegerField)

    class Meta:
        abstract = True
