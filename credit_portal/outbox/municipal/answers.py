"""Reading what the platform answered. What is not understood is unknown, never a yes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from .transport import (
    Failure,
    Holding,
    HoldingPage,
    ItemAnswer,
    ListingFailed,
    Outcome,
    Reply,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
OUR_FAULT = {401, 403, 404, 405}  # credentials or address: no item of the batch is to blame
DEFAULT_WAIT, LONGEST_WAIT = 30.0, 3600.0
LONGEST_TEXT = 1000
OTHER_RESULTS = {
    "retry": Outcome.TRANSIENT,
    "absent": Outcome.ABSENT,
    "handed": Outcome.HANDED,
}


def read_answer(status: int, headers: Mapping[str, str], text: str) -> Reply:
    if status == 429:
        wait = retry_after(headers.get("Retry-After", ""))
        failure = Failure(Outcome.TRANSIENT, "市平台要求稍后再报送", wait=wait)
        return Reply(status, failure=failure)
    if status != 200:
        # A 5xx may come after the platform has taken the batch; a redirect or a 4xx comes before.
        outcome = Outcome.UNKNOWN if status >= 500 else Outcome.TRANSIENT
        splits = status >= 400 and status not in OUR_FAULT
        return Reply(status, failure=Failure(outcome, text[:LONGEST_TEXT], splits=splits))
    lines = result_lines(text)
    if lines is None:
        return Reply(status, failure=Failure(Outcome.UNKNOWN, text[:LONGEST_TEXT], splits=True))
    return Reply(status, answers=[read_line(line) for line in lines])


def result_lines(text: str) -> list[dict[str, Any]] | None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    lines = document.get("results") if isinstance(document, dict) else None
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        return None
    return lines


def read_line(line: dict[str, Any]) -> ItemAnswer:
    key, code, detail = (str(line.get(name) or "") for name in ("key", "code", "message"))
    text = json.dumps(line, ensure_ascii=False)[:LONGEST_TEXT]
    result = line.get("result")
    if result == "accepted":
        receipt, day = str(line.get("receipt") or ""), civil_day(line.get("received_at"))
        if receipt and len(receipt) <= 80 and day is not None:
            return ItemAnswer(key, Outcome.ACCEPTED, receipt=receipt, received_on=day, text=text)
    if result == "rejected" and (code or detail):
        return ItemAnswer(key, Outcome.REJECTED, code=code[:40], reason=detail, text=text)
    outcome = OTHER_RESULTS.get(str(result), Outcome.UNKNOWN)
    return ItemAnswer(key, outcome, code=code[:40], reason=detail, text=text)


def civil_day(moment: Any) -> dt.date | None:
    """The day in Huainan on which the platform received it; a time without zone is the platform's own."""
    try:
        when = dt.datetime.fromisoformat(moment)
    except (TypeError, ValueError):
        return None
    if when.tzinfo is None:
        return when.date()
    try:
        return when.astimezone(SHANGHAI).date()
    except OverflowError:
        return None


def retry_after(value: str) -> float:
    """Seconds to wait: a number or an HTTP date, never longer than an hour."""
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), LONGEST_WAIT)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return DEFAULT_WAIT
    left = (when - dt.datetime.now(tz=when.tzinfo)).total_seconds()
    return min(max(left, 0.0), LONGEST_WAIT)


def read_holdings(text: str) -> HoldingPage:
    """A page of the receiver's list. One that cannot be read whole is none: what it leaves out would look missing."""
    try:
        document = json.loads(text)
        rows = [
            Holding(
                str(row["stream"])[:80],
                int(row["sequence"]),
                str(row["digest"])[:64],
                str(row.get("department") or "")[:18],
            )
            for row in document["records"]
        ]
        return HoldingPage(rows, str(document["next"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ListingFailed("市平台的清单无法读懂") from error
