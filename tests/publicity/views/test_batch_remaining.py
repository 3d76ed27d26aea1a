"""The batch page after an import: what was left out, and what is under way."""

from __future__ import annotations

import pytest

from credit_portal.jobs.models import Job

from .batches import address_of, job_for, make_batch, make_line


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_rows_left_out_can_be_ticked_after_the_import(team, desk):
    batch = make_batch(team, state="imported", rows=3, to_confirm=3, imported=1)
    make_line(batch, 4, "confirm", confirmed=True)
    left, _ = make_line(batch, 5, "confirm"), make_line(batch, 6, "confirm", existing=True)
    client = desk(team.clerk)

    page = client.get(address_of(batch)).content.decode()
    assert "还有 1 行待确认" in page
    assert "撤销本批后不能再导入" in page
    assert "第 5 行 第5公司" in page
    assert "第 4 行 第4公司" not in page

    facts = {"confirmed": [left.pk]}
    page = client.post(address_of(batch, "import"), facts, follow=True).content.decode()
    assert "已开始导入" in page
    assert Job.objects.get().arguments == {"lines": [left.pk]}
    assert "还有 1 行待确认" not in page  # while they go in nothing else is ticked
    assert "导入中" in page


def test_who_may_not_import_sees_what_is_left(team, desk):
    batch = make_batch(team, state="imported", rows=1, to_confirm=1)
    make_line(batch, 5, "confirm")
    page = desk(team.reviewer).get(address_of(batch)).content.decode()
    assert "还有 1 行待确认" in page
    assert "导入勾选的行" not in page


def test_the_tag_says_what_is_under_way(team, desk):
    client = desk(team.clerk)
    for state, word in (("received", "检查中"), ("checked", "导入中"), ("imported", "导入中")):
        batch = make_batch(team, state=state)
        job_for(batch)
        page = client.get(address_of(batch))
        assert (page.context["state_word"], page.context["tone"]) == (word, "info")
    assert client.get(address_of(make_batch(team))).context["state_word"] == "待确认导入"
