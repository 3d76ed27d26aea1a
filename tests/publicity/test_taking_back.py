"""The submitter takes a submission back, as long as the reviewer has not acted on it."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from credit_portal.accounts.models import User
from credit_portal.accounts.roles import Role
from credit_portal.accounts.services import grant_role
from credit_portal.notices.models import Notice
from publicity import services
from publicity.exceptions import DecisionRefused
from tests.factories.publicity import approved, make_penalty, make_team, published, submitted
from tests.publicity.test_intake_services import wait_until_somebody_waits
from tests.publicity.test_workflow import actions


def test_a_submission_is_taken_back_by_whoever_made_it(team):
    decision = submitted(make_penalty(team), team)

    services.take_back(kind="penalty", pk=decision.pk, by=team.clerk)

    decision.refresh_from_db()
    assert (decision.state, decision.submitted_by, decision.submitted_at) == ("draft", None, None)
    assert actions(decision) == ["decision.submitted", "decision.taken_back"]
    assert not Notice.objects.exists()
    assert submitted(decision, team).state == "in_review"


def test_another_clerk_cannot_take_it_back(team):
    decision = submitted(make_penalty(team), team)
    colleague = User.objects.create(username="second", name="周敏", department=team.department)
    grant_role(user=colleague, role=Role.CLERK, department=team.department, by=None)

    with pytest.raises(DecisionRefused, match=f"由{team.clerk}提交，只有提交人可以撤回"):
        services.take_back(kind="penalty", pk=decision.pk, by=colleague)
    with pytest.raises(PermissionDenied):
        services.take_back(kind="penalty", pk=decision.pk, by=team.reviewer)
    decision.refresh_from_db()
    assert decision.state == "in_review"


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("draft", "“草稿”"),
        ("returned", "审核人已退回"),
        ("approved", "审核人已审核通过，不能撤回"),
        ("published", "已经公示，不能撤回"),
    ],
)
def test_it_is_too_late_to_take_back_what_the_reviewer_has_acted_on(team, state, sentence):
    decision = make_penalty(team)
    if state == "returned":
        submitted(decision, team)
        services.return_to_clerk(
            kind="penalty", ids=[decision.pk], by=team.reviewer, reason="请改正。"
        )
    elif state != "draft":
        {"approved": approved, "published": published}[state](decision, team)

    with pytest.raises(DecisionRefused, match=sentence):
        services.take_back(kind="penalty", pk=decision.pk, by=team.clerk)
    decision.refresh_from_db()
    assert decision.state == state


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["approve", "take_back"])
def test_of_approval_and_taking_back_at_once_one_wins(first):
    """The second waits for the row, then is refused in words: never both, never an error."""
    team = make_team()
    decision = submitted(make_penalty(team), team)
    said = []

    def take_back():
        try:
            services.take_back(kind="penalty", pk=decision.pk, by=team.clerk)
        except DecisionRefused as refusal:
            said.append(refusal.user_message)

    def approve():
        result = services.approve(kind="penalty", ids=[decision.pk], by=team.reviewer)
        said.extend(sentence for _, sentence in result.refused)

    def second():
        try:
            (take_back if first == "approve" else approve)()
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        (approve if first == "approve" else take_back)()
        thread.start()
        wait_until_somebody_waits()
    thread.join()

    decision.refresh_from_db()
    if first == "approve":
        assert (decision.state, said) == (
            "approved",
            ["审核人已审核通过，不能撤回。需要修改的，请联系审核人或单位负责人退回。"],
        )
    else:
        assert (decision.state, len(said)) == ("draft", 1)
        assert "“草稿”" in said[0]
    assert len(actions(decision)) == 2
