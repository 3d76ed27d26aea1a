"""The gallery: every component in every state, with its contract and its markup."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404
from django.template import engines
from django.views.generic import TemplateView

from credit_portal.accounts import policy
from credit_portal.accounts.exceptions import NotAllowed

from .. import specimens
from ..gallery import Component, State, components
from ..gates import StaffView


class GalleryPage(StaffView, TemplateView):
    """For administrators; in the demo for all staff."""

    def authorise(self) -> None:
        if settings.MODE != "demo" and not policy.is_administrator(self.user):
            raise NotAllowed("组件样例仅供管理员查看。")


class GalleryView(GalleryPage):
    template_name = "staff/gallery/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"components": components().values()}


class ComponentView(GalleryPage):
    """One component; `?state=2` chooses the state. One at a time, since ids are unique in a page."""

    template_name = "staff/gallery/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = components().get(self.kwargs["name"])
        if shown is None:
            raise Http404
        place = chosen(self.request.GET.get("state", ""), shown)
        state = shown.states[place]
        return super().get_context_data(**kwargs) | {
            "component": shown,
            "state": state,
            "rendered": self.render_state(state),
            "crumbs": [{"label": "组件样例", "url": "../"}, {"label": shown.name}],
            "tabs": [
                {"label": one.name, "url": f"?state={n}", "count": None, "active": one is state}
                for n, one in enumerate(shown.states, start=1)
            ],
        }

    def render_state(self, state: State) -> str:
        template = engines["django"].from_string(state.source)
        return str(template.render(specimens.base_context(), self.request))


def chosen(text: str, shown: Component) -> int:
    """The place of the state that `?state=` names, the nearest there is."""
    number = int(text) if text.isdecimal() and len(text) < 4 else 1
    return min(max(number, 1), len(shown.states)) - 1
