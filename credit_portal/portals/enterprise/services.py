"""The report of one firm as a sheet."""

from __future__ import annotations

from django.db import transaction

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import FirmAct
from credit_portal.audit import services as audit
from credit_portal.documents import services as documents
from records.models import MarketEntity

from . import selectors


def firm_report(*, entity: MarketEntity, address: str, by: User) -> tuple[str, bytes]:
    """Number and PDF bytes of the firm's report, as the public sees the firm now."""
    policy.require_for_firm(by, FirmAct.VIEW, entity.code)
    context = selectors.credit_report(entity, address)
    sheet = {"number": context["number"], "generated_at": context["generated_at"]}
    content = documents.render_pdf("documents/credit_report.html", context | {"sheet": sheet})
    with transaction.atomic():
        audit.record(
            "report.of_firm",
            by=by,
            subject=entity,
            label=f"{entity.name} {context['number']}",
            changes={"number": context["number"]},
        )
    return context["number"], content
