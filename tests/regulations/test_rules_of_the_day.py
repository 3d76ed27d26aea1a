import datetime as dt

import pytest

from credit_portal.regulations.loader import rule_book
from credit_portal.regulations.rules import (
    dictionary,
    exclusions_on,
    rates_rule,
    repair_channel,
    rules_on,
    security_rules,
)

D = dt.date
TODAY = D(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "rule_set"),
    [(D(2018, 1, 1), "PUB-2017"), (D(2026, 3, 31), "REP-58"), (D(2026, 4, 1), "REP-36")],
)
def test_the_rule_set_of_a_day(day, rule_set):
    rules = rules_on(day)
    assert rules.rule_set_id == rule_set
    assert rules.version == rule_book().version
    assert len(rules.version) == 12


def test_values_and_titles():
    rules = rules_on(TODAY)
    assert rules.value("publicity.deadline").amount == "7个工作日"
    assert rules.title("publicity.deadline") == "行政许可、行政处罚信息公示期限"
    assert rules.deadlines()[0].id == "publicity.deadline"


def test_the_rates_of_the_board():
    assert [
        (rate.id, rate.label, rate.numerator, rate.denominator)
        for rate in rates_rule(TODAY).definitions
    ] == [
        ("report", "上报率", "reported", "due"),
        ("compliance", "合规率", "valid", "reported"),
        ("timely", "及时率", "timely", "reported"),
        ("conceal", "瞒报率", "not_reported_in_spotcheck", "spotchecked"),
    ]
    assert rates_rule(D(2026, 12, 1)).definitions[0].denominator == "should_report"


def test_a_rate_that_nobody_can_work_out_is_defined_but_not_on_the_board():
    assert [rate.id for rate in rates_rule(TODAY).all][3:] == ["conceal", "link"]
    assert rates_rule(TODAY).all[2].deadline == "publicity.deadline"
    assert {rate.confidence for rate in rates_rule(TODAY).all} == {"unsure"}


def test_security():
    rules = security_rules(TODAY)
    assert (rules.password_staff_length, rules.password_public_length) == (12, 8)
    assert (rules.lock_failures, rules.lock_minutes) == (5, 15)
    assert (rules.session_staff_idle, rules.session_absolute) == (30, 12)
    assert (rules.factor_tries_5_minutes, rules.factor_tries_hour) == (5, 20)
    assert rules.logs_keep == 1


def test_every_security_value_can_be_asked_for():
    asked = {f"security.{name.replace('_', '.', 1)}" for name in security_rules(TODAY).__slots__}
    assert asked == {parameter.id for parameter in rule_book().of_kind("security")}


def test_the_two_channels_are_kept_apart():
    cases = exclusions_on(TODAY)
    assert cases["simple_procedure"].channels == {"credit_site_publicity"}
    assert cases["warning_only"].channels == {"credit_site_publicity"}
    assert cases["circulated_criticism"].channels == {"credit_site_publicity"}
    assert cases["secret"].channels == {"dept_disclosure", "credit_site_publicity"}
    assert "第36号" in cases["simple_procedure"].clause


def test_a_case_excludes_nothing_before_its_rule():
    assert "simple_procedure" not in exclusions_on(D(2023, 4, 30))
    assert exclusions_on(D(2023, 5, 1))["simple_procedure"].confidence == "memory"


@pytest.mark.parametrize(
    ("organ", "host"),
    [
        ("淮南市市场监督管理局", "www.gsxt.gov.cn"),
        ("寿县市场监管综合行政执法大队", "www.gsxt.gov.cn"),
        ("淮南市应急管理局", "www.creditchina.gov.cn"),
    ],
)
def test_repair_is_applied_for_where_the_organ_belongs(organ, host):
    now, before = repair_channel(organ, TODAY), repair_channel(organ, D(2024, 1, 1))
    assert now.address == before.address == f"https://{host}/"
    assert "第36号" in now.clause
    assert "第58号" in before.clause
    assert "待核对" in now.note
    assert now.confidence == "sourced"


def test_dictionaries_by_date():
    old, new = dictionary("penalty_category", D(2020, 1, 1)), dictionary("penalty_category", TODAY)
    assert old.find("通报批评") is None
    assert new.find("通报批评").title == "通报批评"
    assert new.find("暂扣执照").title == "暂扣许可证件"
    assert new.find("其他").text == "required"
    assert dictionary("id_type", TODAY).find("01").title == "身份证"
