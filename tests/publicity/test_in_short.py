"""What a decision is about, in a line."""

from decimal import Decimal

import pytest

from publicity.models import Publication


def told(**codes):
    return [{"code": code, "label": code, "value": value} for code, value in codes.items()]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {
                "snapshot": told(CF_WFXW="未按规定培训"),
                "category": "警告;罚款",
                "fine_amount": Decimal("3.2"),
            },
            "未按规定培训；罚款 3.2 万元",
        ),
        ({"snapshot": told(CF_WFXW="未按规定培训"), "category": "警告"}, "未按规定培训；警告"),
        ({"snapshot": told(XK_XKZS="", XK_XKWS="准予许可"), "category": "普通"}, "准予许可；普通"),
        ({"snapshot": [], "category": ""}, ""),
    ],
)
def test_the_matter_and_what_it_costs(facts, said):
    assert Publication(**facts).in_short == said
