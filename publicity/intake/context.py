"""What the checks need to know besides the row: the day, the registry, the organs, the clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from credit_portal.exceptions import Refusal
from credit_portal.regulations.calendar import Calendar, load_calendar
from credit_portal.regulations.dates import ExplainedDate
from credit_portal.regulations.deadlines import explain
from records.models import MarketEntity
from records.names import search_form
from records.selectors import RegistryIndex, known_codes, registry_index

DEADLINE_RULE = "publicity.deadline"


@dataclass(slots=True)
class CheckContext:
    """Read once for a workbook; the registry is asked block by block for the codes that stand there."""

    today: dt.date
    authorities: Mapping[str, tuple[int, str]]  # unified code → (department id, name)
    allowed_authorities: Collection[str] | None = None  # unified codes; None is all
    known_codes: frozenset[str] = field(default_factory=known_codes)
    registry: Callable[[Iterable[str]], RegistryIndex] = registry_index
    calendar: Calendar = field(default_factory=load_calendar)
    _deadlines: dict[str, ExplainedDate | None] = field(default_factory=dict)
    _authority_codes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._authority_codes = {
            search_form(name): code for code, (_, name) in self.authorities.items()
        }

    def deadline(self, decided_on: str) -> ExplainedDate | None:
        """The last day for making the decision public; None when no date can be worked out."""
        if decided_on not in self._deadlines:
            self._deadlines[decided_on] = self._explained(decided_on)
        return self._deadlines[decided_on]

    def _explained(self, decided_on: str) -> ExplainedDate | None:
        if not decided_on:
            return None
        try:
            return explain(DEADLINE_RULE, dt.date.fromisoformat(decided_on), self.calendar)
        except Refusal:
            return None

    def why_unknown(self, name: str, code: str) -> str:
        """What does not fit about this organ, or "" when name and code are those of one registered organ."""
        registered_as = self.authorities.get(code)
        if registered_as is not None:
            if search_form(registered_as[1]) == search_form(name):
                return ""
            return f"与代码 {code} 登记的“{registered_as[1]}”不一致。请核对名称和代码。"
        right = self._authority_codes.get(search_form(name))
        if right is not None:
            return f"它的统一社会信用代码应为 {right}，现为 {code or '空白'}。请改正代码。"
        return "不在本市机关名录中。请核对；确属新设机关的，请联系系统管理员登记。"


def registered_names(codes: Iterable[str]) -> dict[str, str]:
    """Code → name as registered, for the sentence about a name that does not fit."""
    rows = MarketEntity.objects.by_codes(sorted(codes)).order_by()
    return dict(rows.values_list("code", "name"))
