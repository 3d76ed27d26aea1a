"""The saved queries above a list, for any list page without its view having to know."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext

from credit_portal.desk.pages import page_of
from credit_portal.desk.selectors.lists import chips, tidy

register = template.Library()


@register.inclusion_tag("staff/desk/_saved_queries.html", takes_context=True)
def saved_queries(context: RequestContext, page: str) -> dict[str, Any]:
    """`page`: key of a registered list. `{% saved_queries "staff:audit:list" %}`"""
    if page_of(page) is None:
        raise template.TemplateSyntaxError(f"no list page {page}")
    request = context["request"]
    query = tidy(request.GET.urlencode())
    found = chips(request.user, page, query)
    return {
        "chips": found,
        "page": page,
        "query": query,
        "unsaved": bool(query) and not any(chip.active for chip in found),
        "csrf_token": context.get("csrf_token"),
        "request": request,
    }
