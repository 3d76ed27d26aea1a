"""Loading the departments of the city, by their codes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction

from credit_portal.accounts import policy
from credit_portal.accounts.models import Department, User
from credit_portal.accounts.roles import Permission
from credit_portal.audit.services import record

# Only the shape: whether the check character is right is asked on a higher floor (`records.codes`).
CODE_SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
PLACE = re.compile(r"^(?:.{1,5}?[市县区])+")
TEXTS = ("name", "mark", "level", "division_code", "public_phone", "public_address")
# One number that can be dialled: it stands behind a link on public pages.
PHONE = re.compile(r"[0-9]{3,5}(?:[ -]?[0-9]{2,8}){0,3}")
LONGEST_PHONE, LONGEST_ADDRESS = 20, 200  # characters, as the columns are
FLAGS = ("files_for_others", "is_committee_office")


@dataclass(frozen=True)
class RowProblem:
    row: int
    uscc: str
    sentence: str


@dataclass
class ImportCounts:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[RowProblem] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@transaction.atomic
def import_departments(
    *, rows: Sequence[Mapping[str, Any]], by: User | None = None
) -> ImportCounts:
    """Add and correct departments. A wrong row is reported and skipped; the others are loaded."""
    if by is not None:
        policy.require(by, Permission.ACCOUNT_MANAGE)
    counts = ImportCounts()
    good: dict[str, tuple[int, Mapping[str, Any]]] = {}
    for number, row in enumerate(rows, start=1):
        code = _code(row)
        sentence = _problem(row, code, code in good)
        if sentence:
            counts.problems.append(RowProblem(number, code, sentence))
        else:
            good[code] = (number, row)
    known = {d.uscc: d for d in Department.objects.select_for_update().filter(uscc__in=good)}
    before = {code: _facts(department) for code, department in known.items()}
    for code, (number, row) in good.items():
        sentence = _load(known, code, row)
        if sentence:
            counts.problems.append(RowProblem(number, code, sentence))
    for code, (number, row) in good.items():
        if code in known:
            _count(counts, known[code], before.get(code), by, _attach(known[code], row), number)
    counts.problems.sort(key=lambda problem: problem.row)
    return counts


def _code(row: Mapping[str, Any]) -> str:
    value = row.get("uscc", "") if isinstance(row, Mapping) else ""
    return str(value).strip().upper()


def _problem(row: Mapping[str, Any], code: str, seen: bool) -> str:
    if not isinstance(row, Mapping):
        return "此项不是一个部门对象。"
    if not str(row.get("name", "")).strip():
        return "缺少部门名称。"
    if not CODE_SHAPE.fullmatch(code):
        return f"统一社会信用代码“{code}”应为 18 位数字和大写字母（不含 I、O、S、V、Z）。"
    if seen:
        return f"统一社会信用代码 {code} 在文件中重复出现。"
    if row.get("level", "city") not in Department.Level.values:
        return f"层级“{row['level']}”应为 {'、'.join(Department.Level.values)} 之一。"
    return _contact_problem(row)


def _contact_problem(row: Mapping[str, Any]) -> str:
    phone = str(row.get("public_phone", "")).strip()
    if phone and (len(phone) > LONGEST_PHONE or not PHONE.fullmatch(phone)):
        return f"对外电话“{phone}”应为一个号码，例如 0554-6660000，最多 {LONGEST_PHONE} 个字符。"
    if len(str(row.get("public_address", "")).strip()) > LONGEST_ADDRESS:
        return f"对外办公地址最多 {LONGEST_ADDRESS} 个字。"
    return ""


def _load(known: dict[str, Department], code: str, row: Mapping[str, Any]) -> str:
    department = known.get(code) or Department(uscc=code, **_derived(code))
    for name in TEXTS:
        if name in row:
            setattr(department, name, str(row[name]).strip())
    for name in FLAGS:
        if name in row:
            setattr(department, name, bool(row[name]))
    if department.is_committee_office:
        others = Department.objects.filter(is_committee_office=True).exclude(pk=department.pk)
        if other := others.first():
            return f"安委会办公室已是{other.name}，只能有一个。"
    department.save()
    known[code] = department
    return ""


def _derived(code: str) -> dict[str, str]:
    """Places 3–8 of the code are the division where the organ is registered."""
    division = code[2:8]
    level = Department.Level.CITY if division.endswith("00") else Department.Level.COUNTY
    return {"division_code": division, "level": level}


def _attach(department: Department, row: Mapping[str, Any]) -> str:
    """Put the department under the one that the row names, or under the city bureau of its trade."""
    if wanted := str(row.get("parent") or "").strip().upper():
        parent = Department.objects.filter(uscc=wanted).exclude(pk=department.pk).first()
        if parent is None:
            return f"上级部门 {wanted} 不存在。"
        if parent.parent_id == department.pk:
            return f"{parent.name}已是本部门的下级，不能再作上级。"
    elif department.parent_id or department.level == Department.Level.CITY:
        return ""
    else:
        parent = _bureau_of_trade(department)
    if parent is not None and department.parent_id != parent.pk:
        department.parent = parent
        department.save(update_fields=["parent"])
    return ""


def _bureau_of_trade(department: Department) -> Department | None:
    trade = PLACE.sub("", department.name)
    bureaus = Department.objects.active().filter(
        level=Department.Level.CITY, name__endswith=trade, parent=None
    )
    return next((one for one in bureaus if PLACE.sub("", one.name) == trade), None)


def _facts(department: Department) -> dict[str, Any]:
    return {name: getattr(department, name) for name in (*TEXTS, *FLAGS, "parent_id")}


def _count(
    counts: ImportCounts,
    department: Department,
    before: dict[str, Any] | None,
    by: User | None,
    problem: str,
    number: int,
) -> None:
    if problem:
        counts.problems.append(RowProblem(number, department.uscc, problem))
    after = _facts(department)
    if before == after:
        counts.unchanged += 1
        return
    action = "department.created" if before is None else "department.updated"
    old = before or {}
    changes = {k: [old.get(k), v] for k, v in after.items() if old.get(k) != v}
    record(action, by=by, subject=department, department_code=department.uscc, changes=changes)
    if before is None:
        counts.created += 1
    else:
        counts.updated += 1
