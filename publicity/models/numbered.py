"""The parts of a document number as columns that the database keeps: what `numbering.parse` says, by SQL."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Upper

from ..numbering import PARTS, SPELLING, STEM


class NumberKey(Func):
    """`numbering.number_key`."""

    function = "translate"
    output_field = models.TextField()

    def __init__(self, field: str) -> None:
        folded = Func(
            F(field), function="normalize", template="%(function)s(%(expressions)s, NFKC)"
        )
        super().__init__(Upper(folded), Value(SPELLING), Value(""))


def stem(field: str) -> Func:
    return Func(
        NumberKey(field),
        Value(PARTS),
        Value(STEM),
        function="regexp_replace",
        output_field=models.TextField(),
    )


def part(field: str, place: int) -> Func:
    return Func(
        NumberKey(field),
        Value(PARTS),
        template=f"coalesce((regexp_match(%(expressions)s))[{place}]::integer, 0)",
        output_field=models.IntegerField(),
    )


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
