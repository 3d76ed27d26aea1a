"""The firm of a code, as the registry knows it: what it brings into the decision form, and what does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from records.codes import check_code
from records.models import MarketEntity
from records.names import search_form

SOLE_TRADER, ORGANISATION = "个体工商户", "法人及非法人组织"
MOST_CHOICES = 10
BRINGS = {"party_name": "名称", "legal_representative": "法定代表人"}


@dataclass(frozen=True)
class Difference:
    """A field in which the registry says something else than what was typed."""

    field: str
    word: str
    typed: str
    registered: str
    other_code: str = ""  # of the firm that bears the typed name


@dataclass(frozen=True)
class FirmOfCode:
    """What can be said of a code. `sentence` says why there is no firm; `brings` are fields that were empty."""

    sentence: str = ""
    name: str = ""
    head: str = ""
    status: str = ""
    brings: tuple[tuple[str, str], ...] = ()
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class FirmChoice:
    """A firm of the registry that the form can take over as a whole."""

    code: str
    name: str
    head: str
    status: str
    category: str

    def as_values(self) -> dict[str, str]:
        """Under the names of the form's fields; a head that is not registered replaces nothing."""
        values = {
            "party_name": self.name,
            "party_code": self.code,
            "party_category": self.category,
            "legal_representative": self.head,
        }
        return {field: value for field, value in values.items() if value}


@dataclass(frozen=True)
class FirmChoices:
    """The first firms that match; `more` says that there are others."""

    rows: tuple[FirmChoice, ...] = ()
    more: bool = False


def firms_like(text: str) -> FirmChoices:
    """By two characters of a name or the first six of a code; at most ten, those in business first."""
    found = MarketEntity.objects.search(text).for_choice()[: MOST_CHOICES + 1]
    rows = tuple(
        FirmChoice(
            code=entity.code,
            name=entity.name,
            head=entity.legal_representative,
            status=entity.get_status_display(),
            category=category_of(entity.code),
        )
        for entity in found
    )
    return FirmChoices(rows[:MOST_CHOICES], more=len(rows) > MOST_CHOICES)


def category_of(code: str) -> str:
    return SOLE_TRADER if code.startswith("92") else ORGANISATION


def code_of_name(name: str, *, but: str) -> str:
    """The code of another firm that bears exactly this name now; nothing when there is none."""
    rows = MarketEntity.objects.filter(search_name=search_form(name)).exclude(code=but)
    return rows.order_by("search_order").values_list("code", flat=True).first() or ""


def firm_of_code(code: str, typed: Mapping[str, str]) -> FirmOfCode:
    """`typed` are the values of the form beside the code."""
    verdict = check_code(code, frozenset())
    entity = MarketEntity.objects.filter(code=verdict.normalised).first()
    if entity is None:
        why = "该代码不在市场主体名录中，请核对；代码无误的，请联系系统管理员更新名录。"
        return FirmOfCode(sentence=why if verdict.valid else verdict.sentence)
    registered = {"party_name": entity.name, "legal_representative": entity.legal_representative}
    known = registered | {"party_category": category_of(entity.code)}
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
            Difference(
                field,
                BRINGS[field],
                typed[field].strip(),
                value,
                other_code=(
                    code_of_name(typed[field], but=entity.code) if field == "party_name" else ""
                ),
            )
            for field, value in registered.items()
            if value
            and typed.get(field, "").strip()
            and search_form(typed[field]) != search_form(value)
        ),
    )


def brought_by_code(values: Mapping[str, str]) -> dict[str, str]:
    """Empty fields of a form that the registry can fill in from the code."""
    code = values.get("party_code", "").strip()
    return dict(firm_of_code(code, values).brings) if code else {}
