"""Drafts of forms: kept per person, form and subject, shown to nobody else, swept after a month."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from credit_portal.desk.exceptions import DraftRefused
from credit_portal.desk.models import FormDraft
from credit_portal.desk.services import discard_draft, save_draft, sweep_drafts
from credit_portal.jobs.models import JobSlot
from credit_portal.portals.tasks import sweep
from publicity.models import PenaltyDecision
from tests.factories.publicity import Team, make_firm, make_penalty
from tests.pages import PageClient

NEW = "/staff/publicity/penalty/new/"
NOW = "2026-11-24 10:32+08:00"
FETCH = {"x-requested-with": "fetch"}
TYPED = {
    "party_name": "淮南某化工有限公司",
    "facts": "第一段。",
    "penalty_category": ["警告", "其他"],
    "penalty_category_other": "责令限期改正",
    "csrfmiddlewaretoken": "x",
    "confirmed": "1",
}


@pytest.fixture
def clerk(cast, sign_in):
    return sign_in(PageClient(), cast.clerk)


@pytest.fixture
def row(cast):
    return make_penalty(Team(cast.bureau, cast.clerk, cast.reviewer, cast.head))


def autosave(client, path=NEW, **changes):
    return client.post(path, TYPED | {"draft": "save"} | changes, headers=FETCH)


def page_of(client, path=NEW):
    return client.get(path).content.decode()


class TestServices:
    def test_one_for_each_form_and_subject(self, cast):
        for subject in ("", "1", ""):
            save_draft(form="a", subject=subject, version=0, values={"x": ["1"]}, by=cast.clerk)
        save_draft(form="a", subject="", version=0, values={}, by=cast.reviewer)
        assert FormDraft.objects.count() == 3
        discard_draft(form="a", subject="", by=cast.clerk)
        assert [d.subject for d in FormDraft.objects.visible_to(cast.clerk)] == ["1"]
        assert FormDraft.objects.visible_to(cast.reviewer).count() == 1

    def test_too_much_is_refused(self, cast):
        with pytest.raises(DraftRefused):
            save_draft(
                form="a", subject="", version=0, values={"x": ["长" * 99_999]}, by=cast.clerk
            )

    def test_swept_after_a_month(self, cast):
        with time_machine.travel(NOW, tick=False) as clock:
            save_draft(form="a", subject="", version=0, values={}, by=cast.clerk)
            clock.shift(dt.timedelta(days=29))
            assert sweep_drafts() == 0
            clock.shift(dt.timedelta(days=1))
            sweep()
            sweep()
        assert not FormDraft.objects.exists()
        slot = JobSlot.objects.get(name="portals.sweep")
        assert slot.outcome.startswith("清理未提交的表单 1 份")


def test_saved_while_typing_and_restored(cast, sign_in):
    with time_machine.travel(NOW, tick=False) as clock:
        clerk = sign_in(PageClient(), cast.clerk)
        assert "已于" not in page_of(clerk)
        answer = autosave(clerk)
        assert answer.json() == {"saved_at": "10:32", "left": {"idle": 1800, "absolute": 43200}}
        page = page_of(clerk)
        assert "已恢复 10:32 保存的内容，尚未提交。" in page
        assert "已于 10:32 自动保存" in page
        assert 'value="淮南某化工有限公司"' in page
        assert 'value="责令限期改正"' in page
        assert page.count(" checked") == 2
        assert 'value="淮南市应急管理局"' in page  # what was not typed stands as ever
        clock.shift(dt.timedelta(hours=14))
        sign_in(clerk, cast.clerk)
        clerk.cookies.clear()
        assert "已恢复 11月24日 10:32 保存的内容" in page_of(sign_in(clerk, cast.clerk))
    draft = FormDraft.objects.get()
    assert not {"csrfmiddlewaretoken", "draft", "confirmed"} & draft.values.keys()
    assert PenaltyDecision.objects.count() == 0


def test_without_script_a_button_saves(clerk):
    done = clerk.post(NEW, TYPED | {"draft": "save"})
    assert done["Location"] == NEW
    page = page_of(clerk)
    assert "保存，回到本页可继续填写。" in page
    assert "第一段。" in page


def test_given_up(clerk):
    autosave(clerk)
    done = clerk.post(NEW, {"draft": "drop"}, follow=True).content.decode()
    assert "已放弃未提交的内容。" in done
    assert "第一段。" not in done
    assert not FormDraft.objects.exists()


def test_nobody_else_sees_it(cast, clerk, sign_in):
    autosave(clerk)
    assert "第一段。" not in page_of(sign_in(PageClient(), cast.other_clerk))
    assert "第一段。" not in page_of(clerk, "/staff/publicity/permit/new/")


def test_too_much_is_said(clerk):
    answer = autosave(clerk, facts="长" * 99_999)
    assert answer.status_code == 400
    assert "填写的内容过长" in answer.json()["sentence"]
    page = clerk.post(NEW, TYPED | {"draft": "save", "facts": "长" * 99_999}, follow=True)
    assert "填写的内容过长" in page.content.decode()


def test_an_edit_has_its_own_draft_which_goes_with_the_submit(cast, clerk, row):
    address = reverse("staff:publicity:decision_edit", args=["penalty", row.pk])
    autosave(clerk, address, revision="1")
    autosave(clerk)
    assert FormDraft.objects.get(subject=row.pk).version == 1
    page = page_of(clerk, address)
    assert "第一段。" in page
    assert "此后该信息又被修改过" not in page

    firm = make_firm()
    good = {
        "party_name": firm.name,
        "party_category": "法人及非法人组织",
        "party_code": firm.code,
        "legal_representative": "孙飞",
        "document_number": row.document_number,
        "violation_type": "未培训",
        "facts": "查实。",
        "legal_basis": "第九十七条",
        "penalty_category": "罚款",
        "penalty_content": "处罚款人民币3.2万元",
        "fine_amount": "3.2",
        "decided_on": "20261009",
        "late_reason": "补录。",
        "valid_until": "长期",
        "authority_name": cast.bureau.name,
        "authority_code": cast.bureau.uscc,
        "source_name": cast.bureau.name,
        "source_code": cast.bureau.uscc,
        "revision": "1",
    }
    bad = clerk.post(address, good | {"facts": ""})
    assert bad.status_code == 200
    assert FormDraft.objects.filter(subject=row.pk).exists()
    assert clerk.post(address, good).status_code == 302
    assert [draft.subject for draft in FormDraft.objects.all()] == [""]


def test_a_draft_older_than_the_row_says_so(clerk, row):
    address = reverse("staff:publicity:decision_edit", args=["penalty", row.pk])
    autosave(clerk, address, revision="1")
    PenaltyDecision.objects.update(revision=2)
    page = clerk.get(address)
    assert "此后该信息又被修改过" in page.content.decode()
    assert page.context["form"]["revision"].value() == "1"


def test_of_decisions_of_others_nothing_is_kept(cast, sign_in, row):
    address = reverse("staff:publicity:decision_edit", args=["penalty", row.pk])
    assert autosave(sign_in(PageClient(), cast.other_clerk), address).status_code == 404
    assert autosave(sign_in(PageClient(), cast.reviewer), address).status_code == 403
    assert not FormDraft.objects.exists()


def test_a_revision_that_is_no_number_is_none(clerk, row):
    address = reverse("staff:publicity:decision_edit", args=["penalty", row.pk])
    assert autosave(clerk, address, revision="x").status_code == 200
    assert FormDraft.objects.get().version == 0
