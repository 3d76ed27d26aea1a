"""What the public page of a decision said on a day, for disputes about publicity."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from ...forms import AsOfForm
from ...selectors.as_of import Said, said_on, versions_said
from ...selectors.desk import KIND_WORDS
from ..public import public_fields
from .decisions import DecisionPage
from .presenters import crumbs


class DecisionAsOfView(DecisionPage, TemplateView):
    """`on` is the day; without it, today. Frozen versions are shown, never the row as it is now."""

    template_name = "staff/publicity/as_of.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        decision = self.decision()
        page = reverse("staff:publicity:decision_detail", args=[self.kind, decision.pk])
        form = AsOfForm(self.request.GET or {"on": timezone.localdate()})
        day: dt.date | None = form.cleaned_data["on"] if form.is_valid() else None
        versions = versions_said(decision.reference)
        shown = said_on(versions, day) if day else []
        return super().get_context_data(**kwargs) | {
            "crumbs": crumbs(
                (KIND_WORDS[self.kind], reverse("staff:publicity:decision_list", args=[self.kind])),
                (decision.document_number, page),
                ("历史公示内容", ""),
            ),
            "decision": decision,
            "form": form,
            "day": day,
            "versions": [(version, version in shown, is_over(version)) for version in versions],
            "shown": [(version, public_fields(version.publication)) for version in shown],
        }


def is_over(version: Said) -> bool:
    """Whether its end has come already; the end of its period may lie ahead."""
    return version.until is not None and version.until <= timezone.now()
