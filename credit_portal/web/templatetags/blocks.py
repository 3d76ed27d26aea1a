"""Components that take markup: a table of rows, a description list, a fold. What they draw is drawn by
`templates/components/`, each with its contract at the top.

    {% load blocks %}
    {% table caption="期限最近的待办" hide_caption=True %}<thead>…</thead><tbody>…</tbody>{% endtable %}
    {% facts %}<dt>…</dt><dd>…</dd>{% endfacts %}
    {% fold "怎样算的" %}…{% endfold %}
"""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_block_tag
def table(
    content: str,
    *,
    caption: str,
    hide_caption: bool = False,
    scrolls: bool = False,
    wide: bool = False,
    id: str = "",
) -> SafeString:
    """`scrolls`: nothing in the cells takes the focus, so the table itself must, to be scrolled by keyboard. `id`:
    where the link that skips to the list leads."""
    facts = {
        "caption": caption,
        "hide_caption": hide_caption,
        "scrolls": scrolls,
        "wide": wide,
        "id": id,
    }
    return draw("data_table", content, facts)


@register.simple_block_tag
def facts(content: str, *, two: bool = False) -> SafeString:
    return draw("description_list", content, {"two": two})


@register.simple_block_tag
def fold(content: str, summary: str, *, open: bool = False, plain: bool = False) -> SafeString:
    return draw("fold", content, {"summary": summary, "open": open, "plain": plain})


def draw(component: str, content: str, facts: dict[str, object]) -> SafeString:
    # The content is a rendered part of the page's own template: escaped where it had to be.
    safe = mark_safe(content)  # noqa: S308
    return SafeString(render_to_string(f"components/{component}.html", facts | {"content": safe}))
