"""What has been changed since a decision was sent back, read from the trail."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from credit_portal.audit.services import record
from publicity import services
from publicity.selectors.history import since_return
from tests.factories.publicity import make_penalty, published, submitted


def test_the_trail_tells_each_field_as_it_was_at_the_return(team):
    decision = make_penalty(team, remarks="旧")
    assert since_return(decision) is None
    submitted(decision, team)
    audit_edit(decision, team, remarks=["更旧", "旧"])
    services.return_to_clerk(kind="penalty", ids=[decision.pk], by=team.reviewer, reason="请改正。")
    for changes in (
        {"remarks": ["旧", "新"], "fine_amount": ["3.2", "4"], "facts": ["甲", "乙"]},
        {"remarks": ["新", "旧"], "publicity_until": ["", "2027-01-31"], "facts": ["乙", "丙"]},
    ):
        audit_edit(decision, team, **changes)
    decision.facts, decision.fine_amount = "丙", Decimal("4")
    decision.publicity_until = dt.date(2027, 1, 31)

    found = since_return(decision)

    assert (found.who, found.reason) == (str(team.reviewer), "请改正。")
    assert [(change.name, change.before, change.after) for change in found.changes] == [
        ("facts", "甲", "丙"),
        ("fine_amount", Decimal("3.2"), Decimal("4")),
        ("publicity_until", None, dt.date(2027, 1, 31)),
    ]


def test_a_return_of_an_earlier_version_is_no_news(team):
    decision = submitted(make_penalty(team), team)
    services.return_to_clerk(kind="penalty", ids=[decision.pk], by=team.reviewer, reason="请改正。")
    published(decision, team)
    services.revise(kind="penalty", pk=decision.pk, by=team.clerk, reason="名称有误。")

    assert since_return(decision) is None


def audit_edit(decision, team, **changes):
    with transaction.atomic():
        record("decision.edited", by=team.clerk, subject=decision, changes=changes)
