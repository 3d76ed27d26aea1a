"""What poppler says about a PDF, and a month of rates to print."""

import subprocess
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

RARE = "垚焜喆堃镕渟䶮㛃"


def poppler(tool: str, pdf: bytes, *arguments: str) -> str:
    command = [tool, *arguments, "-", *(["-"] if tool == "pdftotext" else [])]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def text_of(pdf: bytes) -> str:
    return poppler("pdftotext", pdf, "-layout")


def facts_of(pdf: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in poppler("pdfinfo", pdf).splitlines())
    return {name: value.strip() for name, _, value in lines}


def row(department: str, count: int) -> dict[str, Any]:
    return {
        "department": department,
        "due": count,
        "reported": count,
        "reported_rate": "100.0%",
        "valid": count,
        "valid_rate": "100.0%",
        "timely": count - 1,
        "timely_rate": "99.5%",
    }


def month_of_rates(**changes: Any) -> dict[str, Any]:
    late = {
        "department": "寿县应急管理局",
        "party": f"淮南{RARE}化工有限公司",
        "reference": "（寿）应急罚〔2026〕110号",
        "deadline": date(2026, 10, 20),
        "published_on": None,
        "days_late": 3,
        "reason": "<b>迟</b>",
    }
    return {
        "title": "淮南市安全生产“双公示”三率通报",
        "subtitle": "（2026年10月）",
        "organ_mark": "淮南市安全生产委员会办公室文件",
        "doc_number": "淮安委办〔2026〕18号",
        "sheet": {
            "number": "SL-202610-0001",
            "generated_at": datetime(2026, 11, 3, 9, 12, tzinfo=ZoneInfo("Asia/Shanghai")),
            "verify_url": "https://credit.example.gov.cn/verify/SL-202610-0001/",
        },
        "city": "淮南市",
        "month": "2026年10月",
        "rows": [row("淮南市应急管理局", 190)],
        "total": row("", 190),
        "unknown": 2,
        "definitions": [{"name": "及时率", "text": "及时数除以上报数", "clause": "某办法第七条"}],
        "late": [late],
        "unreported": [{"department": "淮南市消防救援支队", "unreported": 3, "overdue": 2}],
        "rule_set": "2026年口径",
        "issued_by": "淮南市安全生产委员会办公室",
        "issued_on": date(2026, 11, 3),
        "record": {
            "copies_to": "市委办公室",
            "printed_by": "淮南市安全生产委员会办公室",
            "printed_on": date(2026, 11, 4),
        },
        **changes,
    }
