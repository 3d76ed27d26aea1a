"""The gate of pages about one firm."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404

from credit_portal.accounts import policy
from credit_portal.accounts.roles import FirmAct
from credit_portal.web.gates import EnterpriseView

from ..models import MarketEntity


class FirmView(EnterpriseView):
    """`<slug:code>` names a firm that the person represents; any other is 404. `act` is what they must be
    allowed to do for it; without it the page is 403."""

    act: ClassVar[FirmAct] = FirmAct.VIEW

    @cached_property
    def firm(self) -> MarketEntity:
        rows = MarketEntity.objects.represented_by(self.user)
        return get_object_or_404(rows, code=self.kwargs["code"])

    def authorise(self) -> None:
        policy.require_for_firm(self.user, self.act, self.firm.code)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | {"firm": self.firm, "enterprise": self.firm.name}
