"""What a decision is about, in a line."""

from decimal import Decimal

import pytest

from publicity.models import Publication
from tests.factories.publicity import make_penalty, published


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


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"penalty_category": "警告;罚款"}, "作出；警告，罚款 3.2 万元；"),
        ({"penalty_category": "警告", "fine_amount": None}, "作出；警告；"),
    ],
)
def test_the_feed_says_each_penalty_once(page_client, team, facts, said):
    published(make_penalty(team, **facts), team)
    assert said in page_client.get("/publicity/penalty/feed.xml").content.decode()
