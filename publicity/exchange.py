"""The payload of one version for the municipal platform: national field codes, nothing else."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, TypedDict

from .fields import fields_for
from .models import Decision

SCHEMA_VERSION = "sgs-2018.1"  # 发改办财金〔2018〕424号 with 行政相对人类别 and 证件类型


class DecisionPayload(TypedDict):
    """`fields` holds the national codes in order; dates YYYY/MM/DD, amounts in 万元 as text."""

    reference: str
    version: int
    operation: str  # "upsert" or "withdraw"
    credit_site_publicity: bool
    fields: dict[str, str]


def as_text(value: Any) -> str:
    """A value as the national table writes it."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.strftime("%Y/%m/%d")
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)


def decision_payload(decision: Decision, *, operation: str = "upsert") -> DecisionPayload:
    values = {
        field.code: as_text(getattr(decision, field.name)) for field in fields_for(decision.KIND)
    }
    return {
        "reference": decision.reference,
        "version": decision.version,
        "operation": operation,
        "credit_site_publicity": decision.credit_site_publicity,
        "fields": values,
    }
