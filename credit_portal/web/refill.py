"""Puts the values that a form was sent with back into the page of the form. Nothing but values is touched.

Works on the finished page, so that no view and no form needs to know of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]
UNTOUCHED = frozenset({"password", "file", "submit", "button", "image", "reset"})
TICKED = frozenset({"checkbox", "radio"})
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field
MESSAGES = "messages"  # id of the place for notices, templates/components/messages.html


@dataclass
class Tag:
    """A start tag and where it stands in the page."""

    name: str
    attributes: dict[str, str | None]
    begin: int
    end: int
    folds: list[Tag] = field(default_factory=list)  # <details> around it
    close: int = -1  # where the content of a textarea ends

    def get(self, attribute: str, default: str = "") -> str:
        return self.attributes.get(attribute) or default

    @property
    def writable(self) -> bool:
        return self.name == "input" and self.kind not in UNTOUCHED

    @property
    def kind(self) -> str:
        return self.get("type", "text").lower()


@dataclass
class Form:
    tag: Tag
    fields: list[Tag] = field(default_factory=list)
    options: list[tuple[str, Tag]] = field(default_factory=list)  # name of the select, option


class Page(HTMLParser):
    """The forms of a page with their fields."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.messages_at = -1
        self._lines = [0]
        for line in text.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._form: Form | None = None
        self._folds: list[Tag] = []
        self._select = ""
        self._area: Tag | None = None
        self.feed(text)
        self.close()

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        begin = self._here()
        found = Tag(
            tag, dict(attrs), begin, begin + len(self.get_starttag_text() or ""), [*self._folds]
        )
        if found.get("id") == MESSAGES:
            self.messages_at = found.end
        if tag == "form":
            self._form = Form(found)
            self.forms.append(self._form)
        elif tag == "details":
            self._folds.append(found)
        elif tag in ("input", "select", "textarea", "button"):
            self._field(tag, found)
        elif tag == "option" and self._form:
            self._form.options.append((self._select, found))

    def _field(self, tag: str, found: Tag) -> None:
        if tag == "select":
            self._select = found.get("name")
        if tag == "textarea":
            self._area = found
        if self._form:
            self._form.fields.append(found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "details" and self._folds:
            self._folds.pop()
        elif tag == "textarea" and self._area:
            self._area.close = self._here()
            self._area = None


class Refill:
    """`page` is the address of the page, `action` the one that the form was sent to."""

    def __init__(self, text: str, *, page: str, action: str, values: Mapping[str, list[str]]):
        self.text = text
        self.parsed = Page(text)
        self.values = {name: list(given) for name, given in values.items() if name != TOKEN}
        self.edits: dict[int, tuple[int, str]] = {}  # begin → end, what stands there now
        self.form = self._choose(page, action)
        if self.form:
            self._fill(self.form)

    def result(self, notice: str) -> str:
        """The page with the values in its form, and the notice first among its messages."""
        edits = dict(self.edits)
        if self.parsed.messages_at >= 0:
            edits[self.parsed.messages_at] = (self.parsed.messages_at, notice)
        parts, at = [], 0
        for begin in sorted(edits):
            end, new = edits[begin]
            parts += [self.text[at:begin], new]
            at = end
        return "".join([*parts, self.text[at:]])

    def _choose(self, page: str, action: str) -> Form | None:
        """Of the forms that go to this address the one with most of the sent fields and the pressed button."""
        fitting = [
            form
            for form in self.parsed.forms
            if form.tag.get("method").lower() == "post" and form.tag.get("action", page) == action
        ]
        best = max(fitting, key=self._likeness, default=None)
        return best if best and self._likeness(best) else None

    def _likeness(self, form: Form) -> int:
        names = {tag.get("name") for tag in form.fields}
        pressed = [
            tag
            for tag in form.fields
            if tag.name == "button" and tag.get("value") in self.values.get(tag.get("name"), ())
        ]
        return len(names & self.values.keys()) + len(pressed)

    def _fill(self, form: Form) -> None:
        for select, option in form.options:
            self._mark(option, "selected", option.get("value") in self.values.get(select, ()))
        for tag in form.fields:
            given = self.values.get(tag.get("name"))
            if tag.name == "input" and tag.kind in TICKED:
                ticked = tag.get("value", "on") in (given or ())
                self._mark(tag, "checked", ticked)
                self._unfold(tag, ticked)
            elif given and (tag.name == "textarea" or tag.writable):
                self._write(tag, given.pop(0))
            elif given and tag.name == "select":
                self._unfold(tag, bool(given[0]))

    def _write(self, tag: Tag, value: str) -> None:
        if tag.name == "textarea":
            self.edits[tag.end] = (tag.close, f"\n{escape(value)}")
        else:
            tag.attributes["value"] = value
            self._rewrite(tag)
        self._unfold(tag, bool(value) and tag.kind != "hidden")

    def _mark(self, tag: Tag, attribute: str, there: bool) -> None:
        tag.attributes.pop(attribute, None)
        if there:
            tag.attributes[attribute] = None
        self._rewrite(tag)

    def _unfold(self, tag: Tag, filled: bool) -> None:
        for fold in tag.folds if filled else ():
            self._mark(fold, "open", there=True)

    def _rewrite(self, tag: Tag) -> None:
        written = "".join(
            f" {name}" if value is None else f' {name}="{escape(value)}"'
            for name, value in tag.attributes.items()
        )
        self.edits[tag.begin] = (tag.end, f"<{tag.name}{written}>")
