"""Making a report: the figures, the sheet, and a line in the trail that says who took it out."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Permission
from credit_portal.audit import services as audit
from credit_portal.documents import services as documents

from . import selectors


def rates_report(*, month: dt.date, by: User) -> bytes:
    """The bulletin of the three rates of a month, as PDF bytes."""
    policy.require(by, Permission.REPORT_EXPORT)
    context = selectors.rates_report(month=month, user=by)
    content = documents.render_pdf("documents/rates_report.html", context)
    with transaction.atomic():
        audit.record(
            "report.exported", by=by, subject=by, label=f"三率通报 {month:%Y-%m}", reason="导出报表"
        )
    return content
