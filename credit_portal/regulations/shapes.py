"""What the value of each kind of parameter must look like. A check answers with the problem, or nothing."""

from collections.abc import Callable
from datetime import date
from typing import Any

DATE_UNITS = {
    "working_days": "个工作日",
    "calendar_days": "日",
    "months": "个月",
    "years": "年",
}
UNITS = DATE_UNITS | {
    "seconds": "秒",
    "minutes": "分钟",
    "hours": "小时",
    "times": "次",
    "characters": "个字符",
    "kinds": "类",
}
CONFIDENCE = {"sourced": "有来源", "memory": "凭经验，待核对", "unsure": "存疑，待核实"}
CHANNELS = {"dept_disclosure": "部门渠道", "credit_site_publicity": "信用网站"}
EARLY = {"after_min", "on_fulfilment", "never"}


def _positive(value: Any) -> bool:
    return type(value) is int and value > 0


def _mappings(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def deadline(value: Any, unit: str) -> str:
    if unit not in DATE_UNITS:
        return f"unit 不认识：{unit or '空'}。"
    return "" if _positive(value) else "value 应为正整数。"


def security(value: Any, unit: str) -> str:
    if unit not in UNITS:
        return f"unit 不认识：{unit or '空'}。"
    return "" if _positive(value) else "value 应为正整数。"


def period(value: Any, unit: str) -> str:
    if isinstance(value, dict) and type(value.get("no_end")) is date:
        return ""
    classes = value.get("classes") if isinstance(value, dict) else None
    if not isinstance(classes, dict) or value.get("default") not in classes:
        return "value 应有 classes 和其中之一的 default，或者 no_end。"
    wrong = [name for name, item in classes.items() if not _period_class(item)]
    return (
        f"等级 {'、'.join(wrong)} 应有 title、max、early（以及 after_min 时的 min）。"
        if wrong
        else ""
    )


def _period_class(item: Any) -> bool:
    if not isinstance(item, dict) or item.get("early") not in EARLY or not item.get("title"):
        return False
    shortest = item.get("min", 1 if item["early"] != "after_min" else None)
    return _positive(shortest) and _positive(item.get("max")) and shortest <= item["max"]


def rate(value: Any, unit: str) -> str:
    wanted = ("numerator", "numerator_title", "denominator", "denominator_title")
    complete = isinstance(value, dict) and all(value.get(key) for key in wanted)
    return "" if complete else f"value 应有 {'、'.join(wanted)}。"


def dictionary(value: Any, unit: str) -> str:
    complete = _mappings(value) and all(item.get("title") for item in value)
    return "" if complete else "value 的每一项应有 title。"


def exclusion(value: Any, unit: str) -> str:
    channels = value.get("channels") if isinstance(value, dict) else None
    known = isinstance(channels, list) and channels and set(channels) <= set(CHANNELS)
    return "" if known else f"channels 应取自 {'、'.join(CHANNELS)}。"


def channel(value: Any, unit: str) -> str:
    complete = _mappings(value) and all(
        item.get("title") and str(item.get("address")).startswith("https://") for item in value
    )
    if not complete:
        return "value 的每一项应有 title 和 https 的 address。"
    rest = sum("organs" not in item for item in value)
    return "" if rest == 1 else "应有且只有一项没有 organs，适用于其他机关。"


def reminder(value: Any, unit: str) -> str:
    if not _mappings(value) or not all(item.get("stage") and item.get("title") for item in value):
        return "value 的每一项应有 stage 和 title。"
    wrong = [item["stage"] for item in value if not _reminder_stage(item)]
    return f"时点 {'、'.join(wrong)} 应有 share（1 至 99）或者 left（整数）之一。" if wrong else ""


def _reminder_stage(item: Any) -> bool:
    if "left" in item:
        return "share" not in item and type(item["left"]) is int
    return _positive(item.get("share")) and item["share"] < 100


def calendar(value: Any, unit: str) -> str:
    return "" if isinstance(value, dict) and value else "value 应为键值。"


SHAPES: dict[str, Callable[[Any, str], str]] = {
    "deadline": deadline,
    "period": period,
    "rate": rate,
    "dictionary": dictionary,
    "exclusion": exclusion,
    "channel": channel,
    "reminder": reminder,
    "security": security,
    "delivery": security,
    "calendar": calendar,
}
