"""Taking a whole batch back: the question first, then what became of it."""

from __future__ import annotations

import re

import pytest

from publicity.models import PenaltyDecision
from tests.factories.publicity import approved, make_penalty, submitted

from .batches import address_of, job_for, make_batch, make_line


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def batch(team):
    """Imported: a draft and one in review."""
    made = make_batch(team, state="imported", rows=2, accepted=2, imported=2)
    make_penalty(team, number=1, batch=made)
    submitted(make_penalty(team, number=2, batch=made), team)
    return made


def sent_by(page):
    """What the button of the question sends."""
    return {"count": re.search(r'name="count" value="(\d+)"', page)[1]}


def test_the_button_asks_first(team, desk, batch):
    client = desk(team.clerk)
    page = client.get(address_of(batch)).content.decode()
    assert f'href="{address_of(batch, "undo")}"' in page
    assert f'action="{address_of(batch, "undo")}"' not in page

    question = client.get(address_of(batch, "undo")).content.decode()
    for words in (
        "确认撤销",
        "删除本批导入的 2 条行政处罚信息（草稿 1 条，待审核 1 条），包括导入后所作的修改，不能恢复。",
        "已公示的信息和市平台的数据不受影响",
        "上传记录和流转记录保留",
        "撤销并删除 2 条",
    ):
        assert words in question
    assert PenaltyDecision.objects.count() == 2


def test_what_was_asked_is_done(team, desk, batch):
    client = desk(team.clerk)
    facts = sent_by(client.get(address_of(batch, "undo")).content.decode())
    page = client.post(address_of(batch, "undo"), facts, follow=True).content.decode()
    assert "已撤销本批，删除 2 条未审核的信息。" in page
    assert "本批导入的信息已全部删除，同一个文件可以重新上传" in page
    assert PenaltyDecision.objects.count() == 0

    again = client.post(address_of(batch, "undo"), facts, follow=True).content.decode()
    assert "本批当前为“已撤销”，不能撤销。" in again


def test_another_number_by_now_deletes_nothing(team, desk, batch):
    client = desk(team.clerk)
    facts = sent_by(client.get(address_of(batch, "undo")).content.decode())
    make_penalty(team, number=3, batch=batch)
    page = client.post(address_of(batch, "undo"), facts, follow=True).content.decode()
    assert "本批信息由 2 条变为 3 条，没有撤销。请核对后重新确认。" in page
    assert PenaltyDecision.objects.count() == 3


@pytest.mark.parametrize("count", ["", "x", "-1", "9" * 30])
def test_who_was_told_no_number_is_asked(team, desk, batch, count):
    answer = desk(team.clerk).post(address_of(batch, "undo"), {"count": count})
    assert answer.url == address_of(batch, "undo")
    assert PenaltyDecision.objects.count() == 2


def test_what_is_left_out_and_what_was_known_are_named(team, desk):
    batch = make_batch(team, state="imported", rows=4, imported=1, existing=3)
    make_line(batch, 5, "confirm")
    question = desk(team.clerk).get(address_of(batch, "undo")).content.decode()
    assert "本批没有留在系统中的信息，没有信息会被删除。" in question
    assert "还有 1 行待确认，撤销后不能再导入。" in question
    assert "表中另有 3 条系统原已收录，不受影响。" in question


def test_a_batch_never_imported_deletes_nothing_and_says_so(team, desk):
    batch = make_batch(team, rows=1, accepted=1)
    client = desk(team.clerk)
    question = client.get(address_of(batch, "undo")).content.decode()
    assert "尚未导入任何信息，没有信息会被删除" in question
    assert "市平台" not in question.split("<main")[1]
    page = client.post(address_of(batch, "undo"), sent_by(question), follow=True).content.decode()
    assert "已撤销本批，没有信息需要删除。" in page
    assert "本批没有导入过信息，没有删除任何内容。" in page
    assert "已全部删除" not in page


def test_a_batch_with_approved_rows_stays(team, desk, batch):
    client = desk(team.clerk)
    facts = sent_by(client.get(address_of(batch, "undo")).content.decode())
    approved(make_penalty(team, number=3, batch=batch), team)
    assert "不能整批撤销" in client.get(address_of(batch)).content.decode()
    question = client.get(address_of(batch, "undo"), follow=True)
    assert question.redirect_chain[-1][0] == address_of(batch)
    assert "本批已有 1 条审核通过" in question.content.decode()
    client.post(address_of(batch, "undo"), facts)
    assert PenaltyDecision.objects.count() == 3


def test_a_file_under_check_is_waited_for(team, desk):
    batch = make_batch(team, state="received")
    job_for(batch)
    page = desk(team.clerk).get(address_of(batch, "undo"), follow=True).content.decode()
    assert "请等检查结束后再撤销" in page


def test_who_files_elsewhere_is_not_even_asked(team, desk, cast, batch):
    cast.bureau.parent = cast.housing
    cast.bureau.save()
    assert desk(cast.other_clerk).get(address_of(batch)).status_code == 200
    assert desk(cast.other_clerk).get(address_of(batch, "undo")).status_code == 403
