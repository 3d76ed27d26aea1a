"""The public search: what each tab of the one box looks through."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from publicity.models import Publication
from publicity.querysets import MIN_NUMBER_FRAGMENT, number_form
from publicity.selectors.reports import report_number
from records.codes import ID_SHAPE, CodeVerdict, check_code
from records.models import MarketEntity
from records.names import search_form
from records.search import MIN_FRAGMENT, capped_count, readable

from .articles import Found, search_articles

MAX_QUERY = 100  # characters
SHEET_NUMBER = re.compile(r"(?:编号\W{0,2})?([a-z0-9]{12})(?:-([0-9]{1,6}))?")
CAP = 200  # nobody turns the eleventh page


@dataclass(frozen=True)
class Scope:
    """A tab above the search box. `field_label` is read out, where it differs from the usual one; `found`: the tab of
    the results, where what was asked for is not what is found."""

    key: str
    label: str
    placeholder: str
    field_label: str = ""
    found: str = ""


SCOPES = (
    Scope("decisions", "双公示", "企业名称、18位代码或文号"),
    Scope(
        "entities",
        "统一社会信用代码",
        "18位代码或企业名称",
        "统一社会信用代码或企业名称",
        "企业",
    ),
    Scope("articles", "站内文章", "例如：公示期、信用修复", "站内文章中的字词"),
)
# What is said when the tab has nothing.
NOTHING = {
    "decisions": (
        "没有查到相符的决定",
        "请减少到两三个连续的字再试。没有查到，只说明本平台没有处在公示期内的相符信息，不能作为信用证明。",
    ),
    "entities": (
        "没有查到相符的企业",
        "请检查代码和名称是否有误，或减少到两三个连续的字再试。",
    ),
    "articles": ("没有查到相符的文章", "请换一个词，例如“公示期”“异议”“信用修复”。"),
}
KEYS = {scope.key for scope in SCOPES}


@dataclass(frozen=True)
class Search:
    """One question. `scope` is empty when everything is searched."""

    typed: str
    scope: str = ""
    kind: str = ""  # decisions of this kind only

    @classmethod
    def read(cls, typed: str, scope: str, kind: str = "") -> Search:
        scope = scope if scope in KEYS else ""
        narrowed = scope == "decisions" and kind in Publication.Kind.values
        return cls(typed, scope, kind if narrowed else "")

    @cached_property
    def text(self) -> str:
        """What is searched: no control characters, not longer than a name can be."""
        return readable(self.typed)[:MAX_QUERY]

    @property
    def is_cut(self) -> bool:
        return len(readable(self.typed)) > MAX_QUERY

    @cached_property
    def verdict(self) -> CodeVerdict:
        return check_code(self.text)

    @property
    def means_a_code(self) -> bool:
        """Whether the visitor seems to mean a code, so that its fault is worth explaining."""
        code = self.verdict.normalised
        meant = len(code) >= 15 and code.isascii() and code.isalnum()
        return meant and not self.means_a_report and not self.means_a_person

    @property
    def means_a_report(self) -> bool:
        """The number of a firm's report, mistyped: a right one leads to its check."""
        return without_word(self.text).upper().startswith("XB-")

    @property
    def means_a_person(self) -> bool:
        """An ID number, right or nearly: nobody is looked up by it, and it is not said again."""
        return not self.verdict.valid and bool(ID_SHAPE.fullmatch(self.verdict.normalised))

    @property
    def shown(self) -> str:
        """What was typed, for the page to repeat."""
        return "" if self.means_a_person else self.text

    @property
    def is_enough(self) -> bool:
        return (
            len(search_form(self.text)) >= MIN_FRAGMENT
            or len(number_form(self.text)) >= MIN_NUMBER_FRAGMENT
        )

    def entity(self) -> MarketEntity | None:
        """The firm whose whole code was typed."""
        if not self.verdict.valid:
            return None
        return MarketEntity.objects.by_code(self.verdict.normalised).first()

    def sheet(self) -> str:
        """The page that judges a printed sheet, when its number was typed: `hbdc59vdc9x5-1`, or `编号 …`. That of a
        firm's report leads to its check whether or not there is such a report, so that nobody can try numbers."""
        if report := report_number(without_word(self.text)):
            return reverse("public:publicity:publication", args=[report])
        found = SHEET_NUMBER.fullmatch(self.text.lower())
        if not found or not Publication.objects.public().filter(public_id=found[1]).exists():
            return ""
        page = reverse("public:publicity:publication", args=[found[1]])
        return f"{page}?v={found[2]}" if found[2] else page

    @cached_property
    def decisions(self) -> Any:
        return self.decisions_of("")

    @cached_property
    def shown_decisions(self) -> Any:
        """The decisions of the chosen kind, or all."""
        return self.decisions_of(self.kind) if self.kind else self.decisions

    def decisions_of(self, kind: str) -> Any:
        """Narrowed to the kind first: how to search depends on what the rows of that kind bear."""
        rows = Publication.objects.public()
        rows = rows.filter(kind=kind) if kind else rows
        return (rows.search(self.text) if self.is_enough else rows.none()).for_table()

    @cached_property
    def entities(self) -> Any:
        found = MarketEntity.objects.search(self.text)
        return found.for_table().prefetch_related("former_names")

    @cached_property
    def articles(self) -> list[Found]:
        return search_articles(self.text)

    @cached_property
    def counts(self) -> dict[str, tuple[int, bool]]:
        """How many each tab has, and whether there are more than are counted."""
        return {
            "decisions": capped_count(self.decisions, CAP),
            "entities": capped_count(self.entities, CAP),
            "articles": (len(self.articles), False),
        }

    @property
    def elsewhere(self) -> list[dict[str, Any]]:
        """The other tabs that have something."""
        return [
            tab
            for tab in (self._tab(scope) for scope in SCOPES)
            if tab["count"] and not tab["active"]
        ]

    @property
    def decisions_url(self) -> str:
        return self.url("decisions")

    @property
    def entities_url(self) -> str:
        return self.url("entities")

    @property
    def nothing_title(self) -> str:
        return NOTHING[self.scope][0]

    @property
    def nothing_text(self) -> str:
        return NOTHING[self.scope][1]

    def tabs(self) -> list[dict[str, Any]]:
        """The tabs of the results, with their counts."""
        everything = {"label": "全部", "url": self.url(""), "count": None, "active": not self.scope}
        return [everything, *(self._tab(scope) for scope in SCOPES)]

    def kinds(self) -> list[dict[str, Any]]:
        """Permits and penalties among the decisions found, each with its count; to narrow them or to see all."""
        counted = [
            (kind.label, kind.value, capped_count(self.decisions_of(kind), CAP))
            for kind in (Publication.Kind.PENALTY, Publication.Kind.PERMIT)
        ]
        everything = ("全部", "", self.counts["decisions"])
        return [
            {
                "label": label,
                "url": self.url("decisions", kind),
                "count": f"{count}+" if more else count,
                "active": kind == self.kind,
            }
            for label, kind, (count, more) in (everything, *counted)
        ]

    def _tab(self, scope: Scope) -> dict[str, Any]:
        count, more = self.counts[scope.key]
        return {
            "label": scope.found or scope.label,
            "url": self.url(scope.key),
            "count": f"{count}+" if more else count,
            "active": scope.key == self.scope,
        }

    def url(self, scope: str, kind: str = "") -> str:
        more = {"scope": scope, "kind": kind}
        query = {"q": self.text} | {name: value for name, value in more.items() if value}
        return f"{reverse('public:search')}?{urlencode(query)}"


def without_word(typed: str) -> str:
    """The number after 编号, as it is printed before it."""
    return unicodedata.normalize("NFKC", typed).removeprefix("编号").lstrip(": ")


def home_scopes(chosen: str) -> list[dict[str, Any]]:
    """The tabs above the box on the home page; the first is open unless another is asked for."""
    active = chosen if chosen in KEYS else SCOPES[0].key
    return [
        {
            "label": scope.label,
            "url": f"{reverse('public:home')}?scope={scope.key}",
            "active": scope.key == active,
            "scope": scope.key,
            "placeholder": scope.placeholder,
            "field_label": scope.field_label,
        }
        for scope in SCOPES
    ]
