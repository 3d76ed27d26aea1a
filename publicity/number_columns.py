"""What `numbering.parse` says of a document number, as expressions of the database."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Upper

from .numbering import PARTS, SPELLING, STEM


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
