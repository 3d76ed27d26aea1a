"""The firm of a code, as the registry knows it: what it brings into the decision form, and what does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from records.codes import check_code
from records.models import MarketEntity
from records.names import search_form
from records.search import MIN_FRAGMENT

SOLE_TRADER, ORGANISATION = "个体工商户", "法人及非法人组织"
BRINGS = {"party_name": "名称", "legal_representative": "法定代表人"}
SHOWN = 8  # firms offered while a name is typed


@dataclass(frozen=True)
class Difference:
    """A field in which the registry says something else than what was typed."""

    field: str
    word: str
    typed: str
    registered: str


@dataclass(frozen=True)
class FirmOfCode:
    """What can be said of a code. `sentence` says why there is no firm; `brings` are fields that were empty."""

    sentence: str = ""
    name: str = ""
    head: str = ""
    status: str = ""
    brings: tuple[tuple[str, str], ...] = ()
    differences: tuple[Difference, ...] = ()


def firm_of_code(code: str, typed: Mapping[str, str]) -> FirmOfCode:
    """`typed` are the values of the form beside the code."""
    verdict = check_code(code, frozenset())
    entity = MarketEntity.objects.filter(code=verdict.normalised).first()
    if entity is None:
        why = "该代码不在市场主体名录中，请核对；代码无误的，请联系系统管理员更新名录。"
        return FirmOfCode(sentence=why if verdict.valid else verdict.sentence)
    registered = {"party_name": entity.name, "legal_representative": entity.legal_representative}
    category = SOLE_TRADER if entity.code.startswith("92") else ORGANISATION
    known = registered | {"party_category": category}
    return FirmOfCode(
        name=entity.name,
        head=entity.legal_representative,
        status=entity.get_status_display(),
        brings=tuple(
            (field, value)
            for field, value in known.items()
            if value and not typed.get(field, "").strip()
        ),
        differences=tuple(
            Difference(field, BRINGS[field], typed[field].strip(), value)
            for field, value in registered.items()
            if value
            and typed.get(field, "").strip()
            and search_form(typed[field]) != search_form(value)
        ),
    )


@dataclass(frozen=True)
class FirmMatches:
    """Firms to choose from while a name is typed; `more`: there are others, the text has to say more."""

    text: str
    firms: Sequence[MarketEntity]
    more: bool


def firms_like(text: str) -> FirmMatches | None:
    """By two characters of a present or former name, or six of a code; nothing for less."""
    text = text.strip()
    if len(search_form(text)) < MIN_FRAGMENT:
        return None
    found = list(MarketEntity.objects.search(text).for_choice()[: SHOWN + 1])
    return FirmMatches(text, found[:SHOWN], len(found) > SHOWN)


def registered_values(code: str) -> dict[str, str]:
    """What a form holds about the firm with this code; nothing for a code that the registry does not know."""
    found = firm_of_code(code, {})
    return {"party_code": code} | dict(found.brings) if found.name else {}


def brought_by_code(values: Mapping[str, str]) -> dict[str, str]:
    """Empty fields of a form that the registry can fill in from the code."""
    code = values.get("party_code", "").strip()
    return dict(firm_of_code(code, values).brings) if code else {}
