"""The report of one firm: what stands in it, and what a sheet of it is worth."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from records import selectors as records
from records.models import MarketEntity

from ..models import FirmReport, Publication
from .public import DIGEST_START, SheetVerdict

TYPED_NUMBER = re.compile(r"XB([0-9]{8})([0-9A-F]{10})")
TYPED_CODE = re.compile(rf"[0-9a-f]{{{DIGEST_START},64}}")


@dataclass(frozen=True)
class ReportCheck:
    """`report` only when number and code belong together: nobody else learns whether there is such a report."""

    verdict: SheetVerdict
    report: FirmReport | None


def registry_facts(entity: MarketEntity) -> list[dict[str, str]]:
    """What the registry says of the firm, as far as it is public."""
    names = "、".join(entity.former_names.values_list("name", flat=True))
    return [{"label": "企业名称", "value": entity.name}, *records.registry_facts(entity, names)]


def record_state(facts: list[dict[str, str]], rows: Iterable[Publication]) -> str:
    """Digest of all that a report says; two with one state say the same."""
    said = sorted([row.digest, str(row.starts_on), str(row.ends_on)] for row in rows)
    return digest_of([facts, said])


def state_now(entity: MarketEntity, today: dt.date | None = None) -> str:
    rows = Publication.objects.public(today or timezone.localdate()).filter(entity=entity)
    return record_state(registry_facts(entity), rows.only("digest", "starts_on", "ends_on"))


def digest_of(said: Any) -> str:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def report_number(text: str) -> str:
    """The number of a report as it is printed, from however it was typed; nothing when it is none."""
    found = TYPED_NUMBER.fullmatch(_plain(text).upper())
    return f"XB-{found[1]}-{found[2]}" if found else ""


def check_report(number: str, code: str) -> ReportCheck:
    """Judge the number and the code (the beginning of the digest, as typed or scanned) of a sheet."""
    start = _plain(code).lower()
    if not TYPED_CODE.fullmatch(start):
        return ReportCheck(SheetVerdict.UNKNOWN, None)
    rows = FirmReport.objects.select_related("entity")
    report = rows.filter(number=number, digest__startswith=start).first()
    if report is None:
        return ReportCheck(SheetVerdict.UNKNOWN, None)
    same = report.state == state_now(report.entity)
    return ReportCheck(SheetVerdict.CURRENT if same else SheetVerdict.SUPERSEDED, report)


def printed_code(digest: str) -> str:
    """ABCD-EF01-2345-6789: the code of a sheet, in groups for the eye."""
    start = digest[:DIGEST_START].upper()
    return "-".join(start[at : at + 4] for at in range(0, DIGEST_START, 4))


def _plain(text: str) -> str:
    half = unicodedata.normalize("NFKC", text)
    return "".join(character for character in half if character.isascii() and character.isalnum())
