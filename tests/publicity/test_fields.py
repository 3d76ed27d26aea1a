"""The national field tables."""

from __future__ import annotations

import pytest

from publicity.fields import (
    PENALTY_FIELDS,
    PERMIT_FIELDS,
    FieldKind,
    Need,
    amount_in_yuan,
    fields_for,
    heading_key,
    headings,
    is_serial_heading,
    public_fields,
)
from publicity.models import DECISION_MODELS


@pytest.mark.parametrize("kind", ["penalty", "permit"])
def test_every_field_exists_in_the_model_and_fits(kind: str) -> None:
    model = DECISION_MODELS[kind]
    for field in fields_for(kind):
        column = model._meta.get_field(field.name)
        if field.kind not in (FieldKind.DATE, FieldKind.AMOUNT):
            assert field.max_length <= (column.max_length or 0), field.name


def test_national_order_and_number_of_fields() -> None:
    assert len(PENALTY_FIELDS) == 30
    assert len(PERMIT_FIELDS) == 28
    assert [field.code for field in PENALTY_FIELDS[13:16]] == ["CF_WSH", "CF_WFXW", "CF_SY"]
    assert PERMIT_FIELDS[0].code == "XK_XDR_MC"
    assert PERMIT_FIELDS[-1].code == "BZ"


@pytest.mark.parametrize("kind", ["penalty", "permit"])
def test_id_numbers_and_types_are_never_public(kind: str) -> None:
    hidden = {field.name for field in fields_for(kind)} - {
        field.name for field in public_fields(kind)
    }
    assert hidden == {
        "representative_id_type",
        "representative_id_number",
        "person_id_type",
        "person_id_number",
    }


@pytest.mark.parametrize("kind", ["penalty", "permit"])
def test_no_heading_means_two_fields(kind: str) -> None:
    owners: dict[str, str] = {}
    for field in fields_for(kind):
        for text in (field.label, field.code, *field.aliases):
            assert owners.setdefault(heading_key(text), field.name) == field.name, text


@pytest.mark.parametrize(
    ("kind", "text", "name"),
    [
        ("penalty", "*行政相对人名称", "party_name"),
        ("penalty", "行政相对人名称（必填）", "party_name"),
        ("penalty", "行政相对人\n名称", "party_name"),
        ("penalty", " 行政相对人 名称：", "party_name"),
        ("penalty", "行政相对人代码＿1（统一社会信用代码）", "party_code"),
        ("penalty", "CF_XZJG", "authority_name"),
        ("penalty", "cf_jg", "penalty_content"),
        ("penalty", "CF_CFMC", "violation_type"),
        ("penalty", "罚款金额", "fine_amount"),
        ("penalty", "罚款金额(万元)", "fine_amount"),
        ("penalty", "罚款金额（单位：万元）", "fine_amount"),
        ("penalty", "罚款金额万元", "fine_amount"),
        ("permit", "XK_WSH", "document_number"),
        ("permit", "许可截止期", "valid_to"),
        ("permit", "XK_XDR_ZDM", "organisation_code"),
    ],
)
def test_headings_of_all_spellings_are_known(kind: str, text: str, name: str) -> None:
    assert headings(kind)[heading_key(text)].name == name


@pytest.mark.parametrize(
    "text", ["罚款金额（元）", "罚款金额(单位：元)", "罚款金额元", "没收金额（人民币元）"]
)
def test_an_amount_in_yuan_is_recognised(text: str) -> None:
    field = amount_in_yuan("penalty", text)
    assert field is not None
    assert field.kind is FieldKind.AMOUNT


@pytest.mark.parametrize("text", ["罚款金额（万元）", "处罚机关", "备注（元）", "罚款金额万元"])
def test_other_headings_are_not_amounts_in_yuan(text: str) -> None:
    assert amount_in_yuan("penalty", text) is None


def test_serial_headings_choices_and_needs() -> None:
    assert is_serial_heading(" 序 号 ")
    assert not is_serial_heading("备注")
    by_name = {field.name: field for field in PERMIT_FIELDS}
    assert by_name["permit_status"].choices == ("1", "2")
    assert by_name["party_name"].choices == ()
    assert by_name["party_name"].required
    assert by_name["party_code"].need is Need.CONDITIONAL
