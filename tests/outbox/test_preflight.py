"""What the receiver would refuse is found before sending; the sandbox, which reads the table by itself, agrees."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from credit_portal.outbox.models import DeliveryAttempt, OutboxMessage
from credit_portal.outbox.municipal.preflight import Fault, faults, faults_of_fields, in_words
from credit_portal.outbox.municipal.receiver_rules import RuleTableError, read_table, rule_table
from credit_portal.outbox.municipal.sandbox.validation import refusal
from credit_portal.outbox.services import drain, recheck, replay
from publicity.fields import fields_for
from tests.factories.accounts import Cast
from tests.factories.outbox import PENALTY, PERMIT, Sandbox, new, payload, put

TODAY = dt.date(2026, 11, 28)
SOUND = {"penalty": PENALTY, "permit": PERMIT}
ID = "11010519491231002X"
# A change, and the code for which the platform refuses it; empty where it takes it.
CASES: list[tuple[str, dict[str, str], str]] = [
    ("penalty", {}, ""),
    ("permit", {}, ""),
    ("penalty", {"CF_YJ": ""}, "1002"),
    ("penalty", {"CF_FRDB": ""}, "1002"),
    ("penalty", {"CF_NR_FK": ""}, "1002"),
    ("penalty", {"CF_NR_FK": "", "CF_CFLB": "警告"}, ""),
    ("penalty", {"CF_XDR_LB": "自然人"}, "1002"),
    ("permit", {"XK_XDR_LB": "自然人", "XK_XDR_SHXYM": "", "XK_FRDB": ""}, "1002"),
    (
        "permit",
        {"XK_XDR_LB": "自然人", "XK_XDR_ZJLX": "身份证", "XK_XDR_ZJHM": ID, "XK_FRDB": ""},
        "",
    ),
    ("penalty", {"CF_JDRQ": "2026-10-09"}, "1003"),
    ("penalty", {"CF_JDRQ": "2026/02/30"}, "1003"),
    ("penalty", {"CF_GSJZQ": "2026/10/08"}, "1003"),
    ("penalty", {"CF_GSJZQ": "2026/10/09"}, ""),
    ("permit", {"XK_YXQZI": "2026/10/08"}, "1003"),
    ("penalty", {"CF_NR_FK": "三万"}, "1006"),
    ("penalty", {"CF_NR_FK": "3.2000001"}, "1006"),
    ("penalty", {"CF_NR_WFFF": "12345678"}, "1006"),
    ("penalty", {"CF_NR_WFFF": "1234567.123456"}, ""),
    ("penalty", {"CF_SY": f"当事人（{ID}）未培训"}, "1007"),
    ("penalty", {"BZ": f"{ID[:17]}1"}, ""),
    ("permit", {"BZ": f"证号{ID.lower()}"}, "1007"),
    ("permit", {"BZ": f"1{ID}"}, ""),
    ("penalty", {"CF_XDR_SHXYM": "91340405MAYHMM8F8O"}, "1012"),
    ("permit", {"XK_XKJGDM": "1134"}, "1012"),
    ("penalty", {"BZ": "长" * 513}, "1013"),
    ("permit", {"XK_WSH": "长" * 129}, "1013"),
    ("penalty", {"CF_XDR_LB": "法人及非法人组织等"}, "1014"),
    ("permit", {"XK_ZT": "3"}, "1014"),
]


@pytest.mark.parametrize(("kind", "change", "code"), CASES)
def test_both_sides_read_the_table_alike(kind: str, change: dict[str, str], code: str) -> None:
    fields = SOUND[kind] | change
    found = faults_of_fields(kind, fields, TODAY)
    assert [fault.code for fault in found[:1]] == ([code] if code else [])
    assert refusal(kind, fields) == ((code, "、".join(found[0].fields)) if found else ("", ""))


VALUES = st.one_of(
    st.sampled_from(
        ["", "1", "罚款", "自然人", "2026/10/09", "2020/01/01", "3.2", "0", ID, f"x{ID}1"]
    ),
    st.text(max_size=20),
    st.from_regex(r"[0-9/.-]{1,12}", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{5}(18|19|20)[0-9]{9}[0-9xX]{1,2}", fullmatch=True),
    st.text("9", min_size=120, max_size=140),
)


@pytest.mark.parametrize("kind", ["penalty", "permit"])
@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_the_fields(kind: str, data: st.DataObject) -> None:
    names = [field.code for field in fields_for(kind)]
    change = data.draw(st.dictionaries(st.sampled_from(names), VALUES, max_size=4))
    fields = SOUND[kind] | change
    found = faults_of_fields(kind, fields, TODAY)
    first = (found[0].code, set(found[0].fields)) if found else ("", set())
    code, detail = refusal(kind, fields)
    assert (code, set(filter(None, detail.split("、")))) == first


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("penalty", "{", "1099"),
        ("penalty", "[]", "1099"),
        ("penalty", '{"fields": 1}', "1099"),
        ("poem", '{"fields": {}}', "1011"),
        ("permit", '{"fields": {"BZ": 1}}', "1002"),
    ],
)
def test_what_is_no_message(kind: str, body: str, code: str) -> None:
    assert faults(kind, body, TODAY)[0].code == code


def test_a_withdrawal_needs_no_fields() -> None:
    assert faults("penalty", '{"fields": {}, "operation": "withdraw"}', TODAY) == []


def test_words_name_the_fields_as_the_clerk_knows_them() -> None:
    body = json.dumps(payload(CF_YJ="", CF_JDRQ="昨天", XX="1"))
    assert in_words(faults("penalty", body, TODAY)) == (
        "必填项缺失，请补充后重新报送（处罚依据）；日期格式不正确或先后矛盾，请核对后更正（处罚决定日期）"
    )
    assert str(Fault("1011")) == "信息种类不在接收范围内，请联系系统管理员"
    assert rule_table().label("XX") == "XX"


class TestTable:
    def test_labels_are_those_of_the_national_table(self) -> None:
        known = {f.code: f.plain for kind in SOUND for f in fields_for(kind)}
        table = rule_table()
        assert dict(table.labels) == known
        assert {name for rule in table.rules for name in rule.fields} <= set(known)

    def test_every_rule_says_what_it_means(self) -> None:
        for rule in rule_table().rules:
            assert rule.words
            assert rule.example
            assert bool(rule.checks) <= rule.here

    def test_a_rule_holds_from_its_version_on(self) -> None:
        table = rule_table()
        early, late = dt.date(2020, 1, 1), dt.date(2021, 7, 15)
        assert [table.version_on(day) for day in (dt.date(2000, 1, 1), early, late)] == [
            *("1.0", "1.0", "1.1")
        ]
        strange = PERMIT | {"XK_ZT": "3"}
        assert faults_of_fields("permit", strange, early) == []
        assert faults_of_fields("permit", strange, late) == [Fault("1014", ("XK_ZT",))]

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ({"code": "1"}, "退回代码重复"),
            ({"words": ""}, "缺少 words"),
            ({"since": "9"}, "版本不在"),
            ({"until": "9"}, "版本不在"),
            ({"checks": [{"check": "guess", "kind": "permit", "fields": ["BZ"]}]}, "不认识"),
            ({"checks": [{"check": "date", "kind": "permit"}]}, "不认识"),
        ],
    )
    def test_an_incomplete_table_is_refused(self, change: dict[str, Any], problem: str) -> None:
        rule = {"code": "1", "words": "w", "example": "e", "since": "1"}
        raw = {
            "versions": [{"version": "1", "from": TODAY}],
            "rules": [rule, rule | {"code": "2"} | change],
            "labels": {},
        }
        with pytest.raises(RuleTableError, match=problem):
            read_table(raw)

    def test_versions_follow_each_other(self) -> None:
        row = {"version": "1", "from": TODAY}
        with pytest.raises(RuleTableError, match="应晚于"):
            read_table({"versions": [row, row], "rules": [], "labels": {}})


@pytest.mark.django_db
class TestHolding:
    def test_what_would_be_refused_is_never_sent(self, sandbox: Sandbox) -> None:
        bad, good = put(new(1, CF_YJ=""), new(2))
        assert (bad.state, bad.reason_code) == ("held", "1002")
        assert bad.reason == "必填项缺失，请补充后重新报送（处罚依据）"
        assert drain().settled.accepted == 1
        good.refresh_from_db()
        assert good.state == "accepted"
        assert sandbox.stats()["totals"] == {"accepted": 1}
        assert not DeliveryAttempt.objects.filter(message=bad).exists()

    def test_a_correction_goes_past_it(self, sandbox: Sandbox) -> None:
        put(new(1, CF_YJ=""))
        put(new(1, version=2))
        drain()
        assert list(OutboxMessage.objects.order_by("pk").values_list("state", flat=True)) == [
            *("superseded", "accepted")
        ]

    def test_a_person_may_send_it_all_the_same(self, sandbox: Sandbox, cast: Cast) -> None:
        (message,) = put(new(1, CF_YJ=""))
        assert replay(message=message, by=cast.clerk).state == "pending"
        drain()
        message.refresh_from_db()
        assert (message.state, message.reason_code) == ("rejected", "1002")

    def test_new_rules_let_go_and_hold_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An agreed change of the table: it is looked at again, once, and not while a worker has it."""
        freed, caught, busy = put(new(1, CF_YJ=""), new(2), new(3))
        soon = timezone.now() + dt.timedelta(minutes=1)
        OutboxMessage.objects.filter(pk=busy.pk).update(lease_until=soon)
        assert recheck() == 0
        rule = {"code": "1015", "words": "w", "example": "e", "since": "2", "where": "here"}
        look = {"check": "one_of", "kind": "penalty", "fields": ["BZ"], "values": ["别的"]}
        table = read_table(
            {
                "versions": [{"version": "2", "from": TODAY}],
                "rules": [rule | {"checks": [look | {"when": "CF_YJ", "contains": ["安全"]}]}],
                "labels": {},
            }
        )
        for place in ("preflight", "receiver_rules"):
            monkeypatch.setattr(f"credit_portal.outbox.municipal.{place}.rule_table", lambda: table)
        monkeypatch.setattr("credit_portal.outbox.services.checking.rule_table", lambda: table)
        assert recheck() == 2
        assert recheck() == 0
        freed.refresh_from_db()
        caught.refresh_from_db()
        busy.refresh_from_db()
        assert (freed.state, freed.settled_at, freed.reason) == ("pending", None, "")
        assert (caught.state, caught.reason) == ("held", "w（BZ）")
        assert (busy.state, busy.rules_version) == ("pending", "1.1")
