"""The report of one firm as a sheet."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from credit_portal.accounts import policy
from credit_portal.accounts.models import User
from credit_portal.accounts.roles import FirmAct
from credit_portal.audit import services as audit
from credit_portal.documents import services as documents
from publicity.models import FirmReport
from publicity.selectors.public import DIGEST_START
from publicity.selectors.reports import digest_of, printed_code
from records.models import MarketEntity

from . import selectors


def issue_report(
    *, entity: MarketEntity, link: Callable[[str], str], by: User
) -> tuple[FirmReport, bytes]:
    """The firm's report as the public sees the firm now, and the row that proves its sheet later.

    `link` makes a whole address of a path.
    """
    policy.require_for_firm(by, FirmAct.VIEW, entity.code)
    context = selectors.credit_report(entity)
    now = context["generated_at"]
    number = f"XB-{timezone.localdate(now):%Y%m%d}-{secrets.token_hex(5).upper()}"
    proven = [number, entity.code, now.isoformat(), context["state"], secrets.token_hex(16)]
    digest = digest_of(proven)
    check = link(reverse("public:publicity:publication", args=[number]))
    sheet = {
        "number": number,
        "generated_at": now,
        "verify_url": f"{check}?d={digest[:DIGEST_START]}",
    }
    content = documents.render_pdf(
        "documents/credit_report.html",
        context
        | {"sheet": sheet, "number": number, "code": printed_code(digest), "check_page": check},
    )
    with transaction.atomic():
        report = FirmReport.objects.create(
            number=number,
            entity=entity,
            issued_at=now,
            issued_by=by,
            state=context["state"],
            digest=digest,
            file_digest=hashlib.sha256(content).hexdigest(),
        )
        audit.record(
            "report.of_firm",
            by=by,
            subject=entity,
            label=f"{entity.name} {number}",
            changes={"number": number, "file_digest": report.file_digest},
        )
    return report, content
