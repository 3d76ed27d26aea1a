"""The help articles: what visitors ask again and again. Each is a template; this is their table of contents.

Law is quoted only where the rule book is sure of it; everything else says 以最新规定为准.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.text import Truncator

from records.names import search_form
from records.search import MIN_FRAGMENT


@dataclass(frozen=True)
class Article:
    """`revised_on` is the day on which the text was last checked against the rules."""

    slug: str
    title: str
    summary: str
    published_on: dt.date
    revised_on: dt.date

    @property
    def template(self) -> str:
        return f"public/articles/{self.slug}.html"


FIRST = dt.date(2026, 11, 25)

ARTICLES = (
    Article(
        "no-record",
        "没有查到记录，说明什么",
        "查不到只表示本平台目前没有处在公示期内的相符信息，不能当作无违法违规证明。",
        FIRST,
        FIRST,
    ),
    Article(
        "publicity-period",
        "公示期怎样计算",
        "从哪一天起算、公示到哪一天为止、最早何时可以提前终止，附算例。",
        FIRST,
        FIRST,
    ),
    Article(
        "objection",
        "对公示信息有异议怎么办",
        "姓名、代码、金额、事由有误，或者信息不是本单位的：向谁提出，准备什么。",
        FIRST,
        FIRST,
    ),
    Article(
        "credit-repair",
        "怎样申请信用修复",
        "改正违法行为、履行完义务、满最短公示期后，可以免费申请提前终止公示。",
        FIRST,
        FIRST,
    ),
    Article(
        "check-a-sheet",
        "怎样核对一份公示信息",
        "扫描打印件上的二维码，看它是不是本平台生成的、内容现在是否仍然有效。",
        FIRST,
        FIRST,
    ),
    Article(
        "statement",
        "网站声明与个人信息保护",
        "信息从哪里来、由谁负责，自然人信息怎样隐去，本网站收集什么。",
        FIRST,
        FIRST,
    ),
    Article(
        "accessibility",
        "无障碍与关怀版使用说明",
        "放大文字、只用键盘、使用读屏软件，以及打印时怎样得到完整内容。",
        FIRST,
        FIRST,
    ),
    Article(
        "contact",
        "联系我们",
        "网站问题、公示信息问题、安全生产举报分别找谁。",
        FIRST,
        FIRST,
    ),
)


def article(slug: str) -> Article | None:
    return next((one for one in ARTICLES if one.slug == slug), None)


@dataclass(frozen=True)
class Found:
    """An article and the place in it where the words stand."""

    article: Article
    excerpt: str


EXCERPT = 60  # characters


def search_articles(text: str) -> list[Found]:
    """Articles with this text (two characters and more) in title, summary or body; titles first."""
    fragment = search_form(text)
    if len(fragment) < MIN_FRAGMENT:
        return []
    in_title = [one for one in ARTICLES if fragment in search_form(one.title)]
    elsewhere = [
        one
        for one in ARTICLES
        if one not in in_title and fragment in search_form(one.summary + words(one))
    ]
    return [Found(one, excerpt(one, text)) for one in (*in_title, *elsewhere)]


def excerpt(one: Article, text: str) -> str:
    """The sentence that holds the words as they were typed, or the summary."""
    sentences = re.split(r"(?<=[。；！？])\s*|\n+", words(one))
    found = next((sentence for sentence in sentences if text.strip() in sentence), "")
    return Truncator(found).chars(EXCERPT) if found else one.summary


@cache
def words(one: Article) -> str:
    """The body as plain text."""
    html = render_to_string(one.template, {"site": settings.PORTAL_SITE})
    apart = re.sub(r"</(?:dt|dd|td|th)>", "\n", html)  # cells do not run into one another
    lines = (line.strip() for line in strip_tags(apart).splitlines())
    return "\n".join(line for line in lines if line)
