import datetime as dt

import pytest

from credit_portal.regulations import checks
from credit_portal.regulations.exceptions import RuleDataError, RuleNotInForce, UnknownRule
from credit_portal.regulations.loader import RULES_DIR, read_rules, rule_book

D = dt.date
GOOD = {
    "from": "2020-01-01",
    "value": "7",
    "unit": "working_days",
    "reference": "{document: 某办法}",
    "confidence": "memory",
}


def rule(*values, kind="deadline", head="id: a.b, title: 期限"):
    rows = ", ".join("{" + ", ".join(f"{k}: {v}" for k, v in row.items()) + "}" for row in values)
    return f"kind: {kind}\nparameters:\n  - {{{head}, values: [{rows}]}}\n"


def without(key):
    return {name: text for name, text in GOOD.items() if name != key}


@pytest.fixture
def read(tmp_path):
    def reading(text, name="deadlines.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return read_rules(tmp_path)

    return reading


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (rule(without("reference")), "缺少依据 reference"),
        (rule(GOOD | {"reference": "{number: 1号}"}), "缺少依据 reference"),
        (rule(GOOD | {"reference": "{document: 甲, page: 3}"}), "有不认识的项：page"),
        (rule(GOOD | {"confidence": "certain"}), "confidence 不认识：certain"),
        (rule(GOOD | {"confidence": "sourced"}), "sourced 的值应列出 sources"),
        (rule(GOOD, GOOD), "2020-01-01 未按日期先后排列"),
        (rule(GOOD, GOOD | {"from": "2019-01-01"}), "2019-01-01 未按日期先后排列"),
        (
            rule(GOOD | {"until": "2021-01-01"}, GOOD | {"from": "2021-01-01"}),
            "2020-01-01 与 2021-01-01 的适用期间重叠",
        ),
        (rule(GOOD | {"until": "2019-12-31"}), "until 早于 from"),
        (rule(GOOD | {"until": "soon"}), "until 应为日期"),
        (rule(GOOD | {"from": "soon"}), "from 应为日期"),
        (rule(without("from")), "from 应为日期"),
        (rule(GOOD | {"value": "0"}), "value 应为正整数"),
        (rule(GOOD | {"value": "true"}), "value 应为正整数"),
        (rule(GOOD | {"unit": "moons"}), "unit 不认识：moons"),
        (rule(GOOD | {"unit": "minutes"}), "unit 不认识：minutes"),
        (rule(without("unit")), "unit 不认识：空"),
        (rule(GOOD | {"colour": "red"}), "有不认识的项：colour"),
        (rule(GOOD, head="id: a.b, title: 期限, colour: red"), "有不认识的项：colour"),
        (rule(GOOD, head="id: a.b"), "缺少 title"),
        (rule(head="id: a.b, title: 期限"), "缺少 values"),
        ("kind: deadline\nparameters: [{id: a.b, title: 期限, values: [3]}]", "应为键值"),
        (rule(GOOD | {"unit": "moons"}, kind="security"), "unit 不认识：moons"),
        (rule(GOOD | {"value": "-1"}, kind="security"), "value 应为正整数"),
        (rule(GOOD, kind="period"), "value 应有 classes"),
        (rule(GOOD, kind="reminder"), "每一项应有 stage 和 title"),
        (rule(GOOD | {"value": "[{stage: half}]"}, kind="reminder"), "每一项应有 stage 和 title"),
        *(
            (
                rule(GOOD | {"value": f"[{{stage: half, title: 过半{when}}}]"}, kind="reminder"),
                "时点 half 应有 share",
            )
            for when in ("", ", share: 100", ", left: soon", ", share: 50, left: 1")
        ),
        (rule(GOOD | {"value": "{classes: {x: {}}, default: y}"}, kind="period"), "应有 classes"),
        (
            rule(
                GOOD | {"value": "{classes: {x: {title: 甲, early: never}}, default: x}"},
                kind="period",
            ),
            "等级 x 应有",
        ),
        (
            rule(
                GOOD
                | {"value": "{classes: {x: {title: 甲, early: after_min, max: 3}}, default: x}"},
                kind="period",
            ),
            "等级 x 应有",
        ),
        (rule(GOOD | {"value": "{classes: {x: 3}, default: x}"}, kind="period"), "等级 x 应有"),
        (rule(GOOD | {"value": "{numerator: a}"}, kind="rate"), "value 应有 numerator"),
        (rule(GOOD | {"value": "[{aliases: []}]"}, kind="dictionary"), "每一项应有 title"),
        (rule(GOOD | {"value": "[]"}, kind="dictionary"), "每一项应有 title"),
        (rule(GOOD | {"value": "{channels: [radio]}"}, kind="exclusion"), "channels 应取自"),
        (rule(GOOD | {"value": "3"}, kind="exclusion"), "channels 应取自"),
        (rule(GOOD, kind="calendar"), "value 应为键值"),
        (rule(GOOD | {"value": "[{title: 甲}]"}, kind="channel"), "应有 title 和 https 的 address"),
        (
            rule(GOOD | {"value": "[{title: 甲, address: 'http://a/'}]"}, kind="channel"),
            "应有 title 和 https 的 address",
        ),
        (
            rule(
                GOOD | {"value": "[{title: 甲, address: 'https://a/', organs: [乙]}]"},
                kind="channel",
            ),
            "只有一项没有 organs",
        ),
    ],
)
def test_a_wrong_rule_is_named_with_its_file(read, text, problem):
    with pytest.raises(RuleDataError, match=problem) as caught:
        read(text)
    assert (caught.value.file, caught.value.parameter) == ("deadlines.yaml", "a.b")
    assert str(caught.value).startswith("deadlines.yaml，a.b：")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("kind: [", "不是有效的 YAML"),
        ("- 1", "kind 应为"),
        ("kind: poem", "kind 应为"),
        ("kind: deadline\nparameters: [3]", "缺少 id"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(read, text, problem):
    with pytest.raises(RuleDataError, match=problem) as caught:
        read(text)
    assert str(caught.value).startswith("deadlines.yaml，文件：")


def test_a_file_that_is_not_text_is_named(tmp_path):
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RuleDataError, match="不是有效的 YAML"):
        read_rules(tmp_path)


def test_an_id_stands_once(read):
    read(rule(GOOD))
    with pytest.raises(RuleDataError, match=r"second\.yaml，a\.b：id 重复"):
        read(rule(GOOD), "second.yaml")


def test_a_file_may_be_empty_of_parameters(read):
    assert list(read("kind: deadline").parameters) == []


def test_a_rule_that_ended_is_not_stretched(read):
    book = read(rule(GOOD | {"until": "2020-12-31"}, GOOD | {"from": "2022-01-01"}))
    parameter = book["a.b"]
    assert parameter.on(D(2020, 12, 31)).begins == D(2020, 1, 1)
    assert parameter.on(D(2022, 1, 1)).begins == D(2022, 1, 1)
    assert parameter.on(D(2019, 1, 1)).begins == D(2020, 1, 1)
    assert parameter.in_force(D(2019, 1, 1)) is None
    with pytest.raises(RuleNotInForce, match=r"规则“a\.b”在2021-06-01已经失效"):
        parameter.on(D(2021, 6, 1))


def test_the_version_follows_the_text(read):
    first = read(rule(GOOD)).version
    assert read(rule(GOOD)).version == first
    assert read(rule(GOOD | {"value": "8"})).version != first


def test_the_rules_cannot_be_changed_in_memory():
    classes = rule_book()["publicity.period.penalty"].values[0].value["classes"]
    with pytest.raises(TypeError):
        classes["normal"] = {}
    with pytest.raises(AttributeError):
        rule_book().version = "x"


def test_an_unknown_rule_is_named():
    with pytest.raises(UnknownRule, match=r"没有名为“x\.y”的规则"):
        rule_book()["x.y"]


def test_a_clause_without_words_is_the_reference(read):
    value = read(rule(GOOD | {"reference": "{document: 某办法, number: 1号, article: 第三条}"}))[
        "a.b"
    ].values[0]
    assert value.clause == "《某办法》（1号）第三条"
    assert value.amount == "7个工作日"


def test_the_start_up_check_reports_a_wrong_file(tmp_path, monkeypatch):
    assert checks.check_rules(None) == []
    (tmp_path / "deadlines.yaml").write_text(rule(without("reference")), encoding="utf-8")
    monkeypatch.setattr(checks, "RULES_DIR", tmp_path)
    (error,) = checks.check_rules(None)
    assert error.id == "regulations.E001"
    assert error.msg == "规则文件有误：deadlines.yaml，a.b：缺少依据 reference。"


def test_every_rule_of_ours_is_marked_and_referenced():
    assert {path.stem for path in RULES_DIR.glob("*.yaml")} == {
        "deadlines",
        "publicity_periods",
        "rates",
        "exclusions",
        "dictionaries",
        "security",
        "delivery",
        "statutory_days",
        "repair_channels",
        "reminders",
    }
    for parameter in rule_book().parameters.values():
        for value in parameter.values:
            assert value.reference.document
            assert value.sources if value.confidence == "sourced" else True
            assert value.words or parameter.kind not in (
                "deadline",
                "period",
                "rate",
                "exclusion",
                "channel",
            )
