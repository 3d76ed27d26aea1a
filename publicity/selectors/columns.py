"""The columns of the decision lists: what a person may choose, and the text of each for a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from .lines import Line

Text = Callable[[Line], str]


@dataclass(frozen=True)
class Column:
    """`sort` is its key in the address, when it sorts; `shown`: before anybody has chosen; `kind`: only there."""

    key: str
    label: str
    text: Text
    shown: bool = True
    sort: str = ""
    kind: str = ""


def field(name: str) -> Text:
    """The attribute of the decision, nothing for none."""

    def text(line: Line) -> str:
        return plain_text(getattr(line.decision, name))

    return text


def plain_text(value: Any) -> str:
    return "" if value is None else str(value)


def moment(name: str) -> Text:
    def text(line: Line) -> str:
        at = getattr(line.decision, name)
        return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""

    return text


def delivery(line: Line) -> str:
    return str(line.delivery.get_state_display()) if line.delivery else "未报送"


# In the order of the list, whatever the order of choosing.
COLUMNS = (
    Column("document", "文书号", field("document_number")),
    Column("decided", "决定日期", field("decided_on"), sort="decided"),
    Column("matter", "事项", lambda line: line.in_words),
    Column("violation", "违法行为类型", field("violation_type"), shown=False, kind="penalty"),
    Column("certificate", "许可编号", field("certificate_number"), shown=False, kind="permit"),
    Column("representative", "法定代表人", field("legal_representative"), shown=False),
    Column("authority", "决定机关", field("authority_name"), shown=False),
    Column("department", "填报单位", field("department"), shown=False),
    Column("state", "状态", lambda line: line.decision.standing),
    Column("deadline", "最迟公示日", field("deadline_on"), sort="deadline"),
    Column("late", "迟报原因", field("late_reason"), shown=False),
    Column("delivery", "市平台", delivery),
    Column("batch", "导入批次", field("batch_id"), shown=False),
    Column("author", "录入人", field("created_by"), shown=False),
    Column("created", "录入时间", moment("created_at"), shown=False),
    Column("published", "公示时间", moment("published_at"), shown=False, sort="published"),
)


def columns_of(kind: str) -> tuple[Column, ...]:
    return tuple(column for column in COLUMNS if column.kind in ("", kind))


def keys_of(kind: str) -> Callable[[], list[str]]:
    """The keys to choose from, as the desk asks for them."""
    return lambda: [column.key for column in columns_of(kind)]


def chosen_columns(kind: str, keys: Iterable[str]) -> tuple[Column, ...]:
    """The columns of these keys in the order of the list; unknown keys are passed over."""
    wanted = set(keys)
    return tuple(column for column in columns_of(kind) if column.key in wanted)


def default_keys(kind: str) -> tuple[str, ...]:
    return tuple(column.key for column in columns_of(kind) if column.shown)
