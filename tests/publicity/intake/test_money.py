"""Sums as organs write them."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from publicity.intake.money import half_width, number, sums_in


def yuan(text: str) -> list[str]:
    return [format(found.yuan.normalize(), "f") for found in sums_in(half_width(text))]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("处罚款人民币3.4万元", "34000"),
        ("罚款34,000元", "34000"),
        ("罚款34000.00元", "34000"),
        ("罚款３４，０００元整", "34000"),
        ("罚款 5.2 万 元", "52000"),
        ("￥32,000.00", "32000"),
        ("￥3.2万元", "32000"),
        ("（￥：无）3万2千元", "32000"),
        ("罚款叁万贰仟元整", "32000"),
        ("罚款叁万贰仟圆整", "32000"),
        ("罚款人民币壹拾万元整", "100000"),
        ("罚款十万元", "100000"),
        ("罚款三万二千元", "32000"),
        ("罚款两万元", "20000"),
        ("罚款贰佰零伍元", "205"),
        ("罚款三万零五十元", "30050"),
        ("罚款二十五元", "25"),
        ("罚款一百一十二万三千四百五十六元", "1123456"),
        ("罚款壹亿叁仟万元", "130000000"),
        ("罚款一万二千亿元", "1200000000000"),
        ("罚款二〇〇〇元", "2000"),
        ("叁拾贰元伍角", "32.5"),
        ("叁拾贰元零伍分", "32.05"),
        ("32元5角6分", "32.56"),
        ("壹仟元贰角叁分整", "1000.23"),
    ],
)
def test_one_sum(text: str, wanted: str) -> None:
    assert yuan(text) == [wanted]


@pytest.mark.parametrize(
    "text",
    [
        "罚款三万二元",  # 32000 or 30002
        "罚款三百五元",
        "罚款三万余元",
        "处一万元以上三万元以下罚款",
        "折合3万美元",
        "二〇二六年十月九日，第三单元",
        "之一3000元",
        "依照第二十三条",
        "",
    ],
)
def test_what_is_no_exact_sum_is_not_read(text: str) -> None:
    assert yuan(text) == []


def test_long_numbers_are_passed_quickly() -> None:
    begin = time.perf_counter()
    assert yuan("1" * 4_000 + "、" + "一" * 4_000 + "、" + "1," * 2_000 + "3.2万") == []
    assert time.perf_counter() - begin < 1


def test_several_in_their_order() -> None:
    text = "没收违法所得1.5万元，罚款叁万元整（￥30000.00），合计45000元。"
    assert yuan(text) == ["15000", "30000", "30000", "45000"]


def test_every_number_below_a_hundred_thousand_is_read_as_it_was_written() -> None:
    digits, units = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟", "万")

    def written(value: int) -> str:
        text = ""
        for place, digit in enumerate(reversed(str(value))):
            text = (digits[int(digit)] + units[place] if digit != "0" else "零") + text
        while "零零" in text:
            text = text.replace("零零", "零")
        return text.rstrip("零")

    for value in range(1, 100_000, 7):
        assert number(written(value)) == Decimal(value)
