"""A test client that reads each page it gets, and fails the test when the page is not sound HTML."""

from __future__ import annotations

import warnings
from typing import Any
from xml.etree.ElementTree import Element

from django.test import Client

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import html5lib

UNLABELLED = {"hidden", "submit", "button", "reset", "image"}


class PageClient(Client):
    """`get` and `post` as ever; a whole HTML page that breaks a rule of `page_problems` fails."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        if response.headers.get("Content-Type", "").startswith("text/html") and response.content:
            text = response.content.decode()
            if text.lstrip().lower().startswith("<!doctype"):
                problems = page_problems(text)
                assert not problems, f"{request.get('PATH_INFO')}: " + "; ".join(problems)
        return response


def page_problems(text: str) -> list[str]:
    try:
        root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    except html5lib.html5parser.ParseError as error:
        return [f"not valid HTML: {error}"]
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    return [
        *_frame(root, elements),
        *_ids(elements),
        *_inline(elements),
        *_forms(elements),
        *_labels(root, elements),
        *_tables(elements),
    ]


def words(element: Element) -> str:
    return "".join("".join(element.itertext()).split())


def _named(elements: list[Element], *tags: str) -> list[Element]:
    return [element for element in elements if element.tag in tags]


def _frame(root: Element, elements: list[Element]) -> list[str]:
    problems = []
    if root.get("lang") != "zh-CN":
        problems.append("html has no lang zh-CN")
    headings, titles = _named(elements, "h1"), _named(elements, "title")
    if len(headings) != 1:
        problems.append(f"{len(headings)} h1")
    elif not titles or not words(headings[0]):
        problems.append("no title or an empty h1")
    elif not words(titles[0]).startswith(words(headings[0])):
        problems.append(f"title {words(titles[0])} does not begin with {words(headings[0])}")
    return problems


def _ids(elements: list[Element]) -> list[str]:
    ids = [element.get("id") for element in elements if element.get("id")]
    return [f"id {one} stands twice" for one in sorted({i for i in ids if ids.count(i) > 1})]


def _inline(elements: list[Element]) -> list[str]:
    problems = [f"inline {e.tag}" for e in _named(elements, "style")]
    problems += ["inline script" for e in _named(elements, "script") if not e.get("src")]
    for element in elements:
        for name, value in element.attrib.items():
            if name == "style" or name.startswith(("on", "hx-on")):
                problems.append(f"attribute {name} on {element.tag}")
            if name in ("href", "src", "action") and value.strip().lower().startswith(
                "javascript:"
            ):
                problems.append(f"script in {name}")
    return problems


def _forms(elements: list[Element]) -> list[str]:
    problems = []
    for form in _named(elements, "form"):
        method = form.get("method", "get").lower()
        inputs = [e.get("name") for e in form.iter("input")]
        if method not in ("get", "post"):
            problems.append(f"form method {method}")
        if method == "post" and form.get("action") is None:
            problems.append("a form that posts has no action")
        if method == "post" and "csrfmiddlewaretoken" not in inputs:
            problems.append("a form that posts has no CSRF token")
        if method == "get" and "csrfmiddlewaretoken" in inputs:
            problems.append("a CSRF token would stand in the address")
    return problems


def _labels(root: Element, elements: list[Element]) -> list[str]:
    labelled = {e.get("for") for e in _named(elements, "label")}
    inside = {id(child) for label in _named(elements, "label") for child in label.iter()}
    problems = []
    for field in _named(elements, "input", "select", "textarea"):
        if field.get("type") in UNLABELLED:
            continue
        spoken = field.get("aria-label") or field.get("aria-labelledby")
        if not (spoken or id(field) in inside or (field.get("id") and field.get("id") in labelled)):
            problems.append(f"field {field.get('name')} has no label")
    problems += [
        f"image {e.get('src')} has no alt" for e in _named(elements, "img") if e.get("alt") is None
    ]
    return problems


def _tables(elements: list[Element]) -> list[str]:
    problems = []
    for table in _named(elements, "table"):
        if table.find("caption") is None:
            problems.append("a table has no caption")
        problems += [
            f"th {words(th)} has no scope" for th in table.iter("th") if not th.get("scope")
        ]
    return problems
