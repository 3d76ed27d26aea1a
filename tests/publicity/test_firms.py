"""What a code brings into the form, and what does not fit it."""

import pytest

from publicity.selectors.firms import brought_by_code, firm_of_code, firms_like
from records.models import MarketEntity
from tests.factories.publicity import make_firm
from tests.factories.records import valid_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    made = make_firm()
    MarketEntity.objects.filter(pk=made.pk).update(legal_representative="孙飞")
    made.refresh_from_db()
    return made


def test_empty_fields_are_brought(firm):
    found = firm_of_code(f" {firm.code.lower()} ", {"party_name": " "})
    assert (found.name, found.head, found.status) == (firm.name, "孙飞", "存续")
    assert dict(found.brings) == {
        "party_name": firm.name,
        "legal_representative": "孙飞",
        "party_category": "法人及非法人组织",
    }
    assert found.differences == ()


def test_what_was_typed_stays_and_is_compared(firm):
    typed = {"party_name": "别的公司", "legal_representative": "孙 飞", "party_category": "自然人"}
    found = firm_of_code(firm.code, typed)
    assert found.brings == ()
    (difference,) = found.differences
    assert (difference.field, difference.typed, difference.registered) == (
        "party_name",
        "别的公司",
        firm.name,
    )


def test_what_the_registry_does_not_know_is_left(firm):
    MarketEntity.objects.update(legal_representative="")
    found = firm_of_code(firm.code, {"legal_representative": "孙飞"})
    assert "legal_representative" not in dict(found.brings)
    assert found.differences == ()


def test_sole_traders_are_told_by_their_code(firm):
    code = valid_code(3, kind="92")
    MarketEntity.objects.filter(pk=firm.pk).update(code=code)
    assert dict(firm_of_code(code, {}).brings)["party_category"] == "个体工商户"


def test_why_there_is_no_firm(firm):
    assert "校验码" in firm_of_code("91340405MAYHMM8F8Y", {}).sentence
    assert "不在市场主体名录中" in firm_of_code(valid_code(4), {}).sentence


def test_nothing_comes_of_no_code(firm):
    assert brought_by_code({}) == {}
    assert brought_by_code({"party_code": firm.code})["party_name"] == firm.name


def test_firms_are_found_by_two_characters_or_six_of_the_code(firm):
    for text in (firm.name[3:5], firm.code[:6].lower()):
        (found,) = firms_like(text).rows
        assert (found.code, found.name, found.head, found.status, found.category) == (
            firm.code,
            firm.name,
            "孙飞",
            "存续",
            "法人及非法人组织",
        )
    assert firms_like(firm.name[:1]).rows == ()


def test_no_more_than_ten_firms_are_offered(firm):
    for number in range(10, 21):
        make_firm(valid_code(number, kind="92"), f"蔡家岗早点铺{number}号")
    found = firms_like("蔡家岗")
    assert (len(found.rows), found.more) == (10, True)
    assert found.rows[0].category == "个体工商户"
    assert not firms_like("铺12号").more


def test_an_unregistered_head_replaces_nothing(firm):
    MarketEntity.objects.update(legal_representative="")
    assert "legal_representative" not in firms_like(firm.code).rows[0].as_values()


def test_name_and_code_of_two_firms(firm):
    other = make_firm(valid_code(5), "淮南市别家商贸有限公司")
    found = firm_of_code(firm.code, {"party_name": other.name})
    (difference,) = found.differences
    assert (difference.registered, difference.other_code) == (firm.name, other.code)
    found = firm_of_code(firm.code, {"party_name": firm.name, "legal_representative": "别人"})
    assert found.differences[0].other_code == ""
