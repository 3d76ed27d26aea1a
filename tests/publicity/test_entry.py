"""One decision typed by hand: the same rules as a row, nothing overwritten in silence."""

import datetime as dt
import json
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection

from credit_portal.accounts.services import import_departments
from credit_portal.audit.models import AuditEvent
from credit_portal.notices.models import Notice
from publicity import services
from publicity.exceptions import DecisionRefused, EditConflict, EntryRefused, TwinRefused
from publicity.fields import fields_for
from publicity.models import PenaltyDecision
from publicity.services import entry
from publicity.services.bulk import shown_on_credit_site
from tests.factories.publicity import make_firm, make_team, published, submitted

DATA = Path(__file__).parents[1] / "data"
NOON = "2026-11-02 12:00+08:00"


@pytest.fixture
def team(db):
    import_departments(rows=json.loads((DATA / "departments.json").read_text(encoding="utf-8")))
    make_firm()
    return make_team()


def typed(**changes):
    firm = make_firm()
    values = {
        "party_name": firm.name,
        "party_category": "法人及非法人组织",
        "party_code": firm.code.lower(),
        "legal_representative": "孙飞",
        "document_number": "（淮）应急罚〔2026〕7号",
        "violation_type": "未采取措施消除事故隐患",
        "facts": "经现场检查查实。",
        "legal_basis": "《中华人民共和国安全生产法》第一百零二条",
        "penalty_category": "罚款",
        "penalty_content": "处罚款人民币3.2万元",
        "fine_amount": "3.2",
        "decided_on": "20261028",
        "valid_until": "2099/12/31",
        "authority_name": "淮南市应急管理局",
        "authority_code": "11340400MAMJ1E6E06",
        "source_name": "淮南市应急管理局",
        "source_code": "11340400MAMJ1E6E06",
    }
    return values | changes


def create(team, confirmed=False, **changes):
    return services.create_decision(
        kind="penalty",
        values=typed(**changes),
        department=team.department,
        by=team.clerk,
        confirmed=confirmed,
    )


@time_machine.travel(NOON, tick=False)
def test_a_good_entry_becomes_a_draft(team):
    decision = create(team)

    decision.refresh_from_db()
    assert decision.party_code == decision.entity.code
    assert (decision.decided_on, decision.deadline_on) == (
        dt.date(2026, 10, 28),
        dt.date(2026, 11, 6),
    )
    assert str(decision.fine_amount) == "3.200000"
    assert decision.credit_site_publicity
    assert AuditEvent.objects.filter(action="decision.created").count() == 1


@time_machine.travel(NOON, tick=False)
def test_every_fault_comes_back_with_its_field(team):
    with pytest.raises(EntryRefused) as caught:
        create(team, party_code="91340405MAYHMM8F8Y", decided_on="2027-01-01", legal_basis="")

    fields = {problem["field"] for problem in caught.value.row.problems}
    assert {"party_code", "decided_on", "legal_basis"} <= fields
    assert not PenaltyDecision.objects.exists()


@time_machine.travel(NOON, tick=False)
def test_an_empty_form_names_what_is_missing(team):
    with pytest.raises(EntryRefused) as caught:
        services.create_decision(
            kind="penalty", values={}, department=team.department, by=team.clerk
        )

    missing = {problem["field"] for problem in caught.value.row.problems}
    assert {field.name for field in fields_for("penalty") if field.required} <= missing


@time_machine.travel(NOON, tick=False)
def test_a_doubtful_amount_needs_a_person(team):
    with pytest.raises(EntryRefused) as caught:
        create(team, fine_amount="32000")
    assert caught.value.row.verdict == "confirm"

    decision = create(team, confirmed=True, fine_amount="32000")
    assert decision.confirmed_by == team.clerk


@time_machine.travel(NOON, tick=False)
def test_the_same_decision_twice_is_refused(team):
    create(team)

    with pytest.raises(DecisionRefused, match="没有重复录入"):
        create(team)
    assert PenaltyDecision.objects.count() == 1


@time_machine.travel(NOON, tick=False)
def test_other_database_faults_are_not_hidden(team):
    decision = create(team)
    decision.state = "returned"  # without its reason

    with pytest.raises(IntegrityError):
        entry.save(decision)


@time_machine.travel(NOON, tick=False)
def test_an_edit_is_recorded_field_by_field(team):
    decision = create(team)

    services.edit_decision(
        kind="penalty",
        pk=decision.pk,
        values=typed(penalty_content="处罚款人民币3.5万元", fine_amount="3.5"),
        revision=1,
        by=team.clerk,
    )

    decision.refresh_from_db()
    assert (str(decision.fine_amount), decision.revision) == ("3.500000", 2)
    changes = AuditEvent.objects.get(action="decision.edited").changes
    assert changes["penalty_content"] == ["处罚款人民币3.2万元", "处罚款人民币3.5万元"]


@time_machine.travel(NOON, tick=False)
def test_the_second_saver_is_told_and_nothing_is_overwritten(team):
    decision = create(team)
    keywords = {"kind": "penalty", "pk": decision.pk, "revision": 1, "by": team.clerk}
    services.edit_decision(values=typed(facts="甲的版本。"), **keywords)

    with pytest.raises(EditConflict):
        services.edit_decision(values=typed(facts="乙的版本。"), **keywords)

    decision.refresh_from_db()
    assert decision.facts == "甲的版本。"


@time_machine.travel(NOON, tick=False)
def test_only_drafts_and_returned_decisions_change(team):
    decision = submitted(create(team), team)

    with pytest.raises(DecisionRefused, match="“待审核”"):
        services.edit_decision(
            kind="penalty", pk=decision.pk, values=typed(), revision=2, by=team.clerk
        )
    with pytest.raises(DecisionRefused, match="从未公示"):
        services.delete_draft(kind="penalty", pk=decision.pk, by=team.clerk)


@time_machine.travel(NOON, tick=False)
def test_a_draft_can_be_removed_but_not_a_correction(team):
    decision = create(team)
    services.delete_draft(kind="penalty", pk=decision.pk, by=team.clerk)
    assert not PenaltyDecision.objects.exists()
    assert AuditEvent.objects.filter(action="decision.deleted").count() == 1

    public = published(create(team), team)
    services.revise(kind="penalty", pk=public.pk, by=team.clerk, reason="更正。")
    with pytest.raises(DecisionRefused, match="从未公示"):
        services.delete_draft(kind="penalty", pk=public.pk, by=team.clerk)


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize("case", ["late", "returned"])
def test_what_is_due_goes_only_with_a_reason_and_the_head_hears_of_it(team, case):
    decision = create(team)
    changes = (
        {"deadline_on": dt.date(2026, 11, 1)}
        if case == "late"
        else {"state": "returned", "return_reason": "请补充。"}
    )
    PenaltyDecision.objects.filter(pk=decision.pk).update(**changes)
    for reason in ("", "重复"):
        with pytest.raises(DecisionRefused, match="删除原因"):
            services.delete_draft(kind="penalty", pk=decision.pk, by=team.clerk, reason=reason)

    services.delete_draft(kind="penalty", pk=decision.pk, by=team.clerk, reason="与另一条重复。")

    assert not PenaltyDecision.objects.exists()
    assert AuditEvent.objects.get(action="decision.deleted").reason == "与另一条重复。"
    notice = Notice.objects.get(recipient=team.head)
    assert notice.text.startswith(f"{team.clerk}删除了{decision.document_number}")
    assert "原因：与另一条重复。" in notice.text


@time_machine.travel(NOON, tick=False)
def test_a_reviewer_cannot_enter(team):
    with pytest.raises(PermissionDenied):
        services.create_decision(
            kind="penalty", values=typed(), department=team.department, by=team.reviewer
        )


@pytest.mark.parametrize(
    ("category", "shown"),
    [("警告", False), ("警告;通报批评", False), ("警告、罚款", True), ("罚款", True), ("", True)],
)
def test_warnings_alone_stay_off_credit_sites(category, shown):
    assert shown_on_credit_site(category) is shown


@time_machine.travel(NOON, tick=False)
def test_other_brackets_are_no_other_decision(team):
    first = create(team)
    with pytest.raises(TwinRefused, match="已有相同的决定") as caught:
        create(team, document_number="(淮)应急罚[2026] 7号")
    assert caught.value.twin == first
    other = create(team, document_number="（淮）应急罚〔2026〕8号")
    assert {first.pk, other.pk} == set(PenaltyDecision.objects.values_list("pk", flat=True))


@time_machine.travel(NOON, tick=False)
def test_a_twin_that_comes_in_between_is_refused_by_the_database(team):
    first = create(team, document_number="（淮）应急罚〔2026〕9号")
    came = []

    def come_in_between(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        # The look for a twin, not the one for the same number on another day, which leaves out what was withdrawn.
        looked = sql.startswith("SELECT") and '"party_name" = ' in sql and '"state" = ' not in sql
        if looked and not came and "publicity_penaltydecision" in sql:
            came.append(sql)
            PenaltyDecision.objects.filter(pk=first.pk).update(
                document_number="（淮）应急罚〔2026〕7号"
            )
        return answer

    with (
        connection.execute_wrapper(come_in_between),
        pytest.raises(TwinRefused, match="已有相同的决定") as caught,
    ):
        create(team)
    assert came
    assert caught.value.twin == first
