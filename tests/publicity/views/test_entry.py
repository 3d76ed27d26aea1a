"""Typing one decision: nothing typed is lost, and Enter sends nothing."""

from __future__ import annotations

import datetime as dt
import html

import pytest
from django.urls import reverse
from django.utils import timezone

from publicity.forms import DecisionForm
from publicity.models import PenaltyDecision
from tests.factories.publicity import make_firm, make_penalty, make_permit, published, submitted
from tests.factories.records import valid_code

NEW = reverse("staff:publicity:decision_create", args=["penalty"])


def address_of(row, page="edit"):
    return reverse(f"staff:publicity:decision_{page}", args=[row.KIND, row.pk])


@pytest.mark.parametrize("kind", ["penalty", "permit"])
def test_the_form_asks_every_field_in_national_order(team, desk, kind):
    page = desk(team.clerk).get(reverse("staff:publicity:decision_create", args=[kind]))
    form: DecisionForm = page.context["form"]
    shown = [place.field.name for group in form.groups() for place in group.places]
    assert shown == [field.name for field in form if field.name != "revision"]
    assert form["authority_code"].value() == team.department.uscc


def test_enter_presses_a_button_that_does_nothing(team, desk):
    page = desk(team.clerk).get(NEW).content.decode()
    form = page[page.index('<form class="form ') :]
    assert form.index("<button") == form.index('<button type="submit" disabled hidden>')


def test_a_new_decision_is_a_draft(team, desk, typed):
    response = desk(team.clerk).post(NEW, typed)
    row = PenaltyDecision.objects.get()
    assert response.url == f"{address_of(row, 'detail')}?after=entered"
    assert (row.state, str(row.decided_on), str(row.fine_amount)) == (
        "draft",
        "2026-10-09",
        "3.200000",
    )


def test_after_a_new_decision_another_one_is_offered(team, desk, typed):
    client = desk(team.clerk)
    page = client.post(NEW, typed, follow=True).content.decode()
    assert f'<a href="{NEW}?form=new">再录一条</a>' in page
    row = PenaltyDecision.objects.get()
    assert "再录一条" not in client.get(address_of(row, "detail")).content.decode()


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(team, desk, typed):
    page = desk(team.clerk).post(NEW, typed | {"party_code": "91340405MAYHMM8F8Y", "facts": ""})
    form = page.context["form"]
    assert {"party_code", "facts"} <= set(form.errors)
    assert form["legal_basis"].value() == typed["legal_basis"]
    assert 'value="2026-10-09"' in page.content.decode()
    assert PenaltyDecision.objects.count() == 0


def test_a_doubt_is_asked_once_and_then_believed(team, desk, typed):
    client = desk(team.clerk)
    page = client.post(NEW, typed | {"fine_amount": "32000"})
    assert page.context["doubts"]
    assert "已对照决定书核实" in page.content.decode()
    (doubt,) = page.context["doubts"]
    assert f'<input type="hidden" name="doubted" value="{doubt}">' in page.content.decode()
    sure = {"fine_amount": "32000", "confirmed": "1", "doubted": doubt}
    client.post(NEW, typed | sure)
    assert PenaltyDecision.objects.get().confirmed_by == team.clerk


def test_a_doubt_that_nobody_read_is_not_believed(team, desk, typed):
    page = desk(team.clerk).post(NEW, typed | {"fine_amount": "32000", "confirmed": "1"})
    assert page.context["doubts"]
    assert not PenaltyDecision.objects.exists()


def test_a_doubt_can_be_ticked_beside_other_faults_and_stays_ticked(team, desk, typed):
    client = desk(team.clerk)
    wrong = typed | {"fine_amount": "32000", "facts": ""}
    (doubt,) = client.post(NEW, wrong).context["doubts"]
    again = client.post(NEW, wrong | {"confirmed": "1", "doubted": doubt}).content.decode()
    assert '<input type="checkbox" name="confirmed" value="1" checked>' in again


def test_brackets_of_the_number_are_set_right_and_it_is_said(team, desk, typed):
    typed |= {"document_number": "(淮)应急罚[2026]77号"}
    client = desk(team.clerk)
    check = reverse("staff:publicity:decision_check", args=["penalty"])
    told = client.post(check, typed | {"field": "document_number"}).content.decode()
    assert '<p class="firm">括号已规范为 （淮）应急罚〔2026〕77号。</p>' in told
    page = client.post(NEW, typed, follow=True).content.decode()
    assert "已保存。文号已规范为“（淮）应急罚〔2026〕77号”。核对无误后请提交审核。" in page
    assert PenaltyDecision.objects.get().document_number == "（淮）应急罚〔2026〕77号"


class TestLateReason:
    def test_a_late_entry_needs_its_reason(self, team, desk, typed):
        client = desk(team.clerk)
        page = client.post(NEW, typed | {"late_reason": " "})
        assert page.context["form"].errors["late_reason"] == [
            "没有填写：已过最迟公示日的，须说明原因。"
        ]
        assert page.context["form"].fields["late_reason"].required
        client.post(NEW, typed)
        assert PenaltyDecision.objects.get().late_reason == "补录历史决定。"

    def test_one_in_time_does_not_and_keeps_none(self, team, desk, typed):
        today = {"decided_on": timezone.localdate().isoformat()}
        page = desk(team.clerk).get(NEW)
        assert not page.context["form"].fields["late_reason"].required
        desk(team.clerk).post(NEW, typed | today)
        assert PenaltyDecision.objects.get().late_reason == ""

    def test_it_is_asked_again_when_a_late_draft_is_changed(self, team, desk):
        row = make_penalty(team, decided_on=dt.date(2026, 9, 30), late_reason="系统故障。")
        form = desk(team.clerk).get(address_of(row)).context["form"]
        assert form.fields["late_reason"].required
        assert form["late_reason"].value() == "系统故障。"

    def test_a_correction_has_no_clock(self, team, desk):
        row = make_penalty(team, decided_on=dt.date(2026, 9, 30), version=2)
        page = desk(team.clerk).get(address_of(row))
        assert "late_reason" not in page.context["form"].fields
        found = desk(team.clerk).post(address_of(row), {"find": "firm", "party_name": "淮南"})
        assert "late_reason" not in found.context["form"].fields

    def test_the_reviewer_finds_it_filled_in(self, team, desk, typed):
        desk(team.clerk).post(NEW, typed)
        row = submitted(PenaltyDecision.objects.get(), team)
        page = desk(team.reviewer).get(address_of(row, "detail"))
        assert page.context["approve_form"]["late_reason"].value() == "补录历史决定。"


def test_editing_shows_what_is_stored(team, desk):
    row = make_penalty(team)
    page = desk(team.clerk).get(address_of(row))
    assert page.context["form"]["fine_amount"].value() == "3.2"
    assert page.context["cancel_url"] == address_of(row, "detail")
    assert f'value="{row.decided_on:%Y-%m-%d}"' in page.content.decode()


def test_two_people_editing_see_both_texts(team, desk, typed):
    row = make_penalty(team)
    PenaltyDecision.objects.update(revision=5)
    page = desk(team.clerk).post(address_of(row), typed | {"revision": 1, "facts": "我的说法。"})
    rows = {row.label: (row.mine, row.theirs) for row in page.context["conflict"].rows}
    assert rows["违法事实"] == ("我的说法。", "经现场检查、询问笔录等证据查实。")
    assert "处罚有效期" not in rows
    assert page.context["form"]["revision"].value() == "5"
    row.refresh_from_db()
    assert row.facts != "我的说法。"


def test_what_is_public_is_not_edited(team, desk, typed):
    row = published(make_penalty(team), team)
    page = desk(team.clerk).post(address_of(row), typed | {"revision": row.revision})
    assert "不能修改" in page.content.decode()


def test_the_edit_page_of_a_public_decision_leads_to_its_correction(team, desk):
    row = published(make_penalty(team), team)
    client = desk(team.clerk)
    assert client.get(address_of(row)).url == address_of(row, "detail")
    page = client.get(address_of(row), follow=True).content.decode()
    assert "请点“更正”，填写理由后" in page
    assert "建立更正版本" in page


def test_the_edit_page_of_a_submitted_decision_says_who_can_give_it_back(team, desk):
    row = submitted(make_penalty(team), team)
    page = desk(team.clerk).get(address_of(row), follow=True).content.decode()
    assert "请审核员退回" in page


def test_other_numbers_unfold_when_there_is_something_in_them(team, desk):
    row = make_permit(team, registration_number="340400000001")
    groups = desk(team.clerk).get(address_of(row)).context["form"].groups()
    folded = next(group for group in groups if group.folded)
    assert folded.has_content
    empty = desk(team.clerk).get(NEW).context["form"].groups()
    assert not next(group for group in empty if group.folded).has_content


def test_deleting_a_draft(team, desk):
    row = make_penalty(team)
    page = desk(team.clerk).post(address_of(row, "delete"), follow=True).content.decode()
    assert "草稿已删除。" in page
    assert PenaltyDecision.objects.count() == 0


def test_what_was_public_is_not_deleted(team, desk):
    row = published(make_penalty(team), team)
    page = desk(team.clerk).post(address_of(row, "delete"), follow=True).content.decode()
    assert "只能删除从未公示过的" in page
    assert PenaltyDecision.objects.count() == 1


@pytest.mark.parametrize("page", ["edit", "delete"])
def test_reviewers_change_nothing(team, desk, page):
    row = make_penalty(team)
    assert desk(team.reviewer).post(address_of(row, page)).status_code == 403
    assert PenaltyDecision.objects.count() == 1


def test_a_sentence_names_its_field_once(team, desk, typed):
    page = desk(team.clerk).post(NEW, typed | {"facts": "", "decided_on": "昨天"})
    assert page.context["form"].errors["facts"] == ["没有填写，请补填。"]
    text = page.content.decode()
    assert "违法事实：没有填写，请补填。" in text
    assert "处罚决定日期：填的是“昨天”" in text
    assert 'value="昨天"' in text


def test_a_hint_is_no_fault(team, desk, typed):
    page = desk(team.clerk).post(NEW, typed | {"document_number": "7号", "facts": ""})
    assert "document_number" not in page.context["form"].errors
    assert "请留意，不影响保存" in page.content.decode()


@pytest.mark.parametrize("day", ["20261009", "2026年10月9日", "2026-10-9", "2026/10/09"])
def test_dates_in_any_writing(team, desk, typed, day):
    desk(team.clerk).post(NEW, typed | {"decided_on": day, "valid_until": "长期"})
    row = PenaltyDecision.objects.get()
    assert (str(row.decided_on), str(row.valid_until)) == ("2026-10-09", "2099-12-31")


def test_a_form_writes_its_dates_in_one_spelling(team, desk, typed):
    client = desk(team.clerk)
    page = client.post(NEW, typed | {"decided_on": "2026.13.45", "valid_until": "2027年1月2日"})
    text = page.content.decode()
    assert page.context["form"].errors["decided_on"][0].endswith("请按 2026-10-09 的格式填写。")
    assert text.count('placeholder="如 2026-10-09"') == 3
    assert 'value="2027-01-02"' in text
    row = make_penalty(team)
    PenaltyDecision.objects.update(revision=5)
    page = client.post(address_of(row), typed | {"revision": 1, "decided_on": "20261010"})
    days = {one.name: (one.mine, one.theirs) for one in page.context["conflict"].rows}
    assert days["decided_on"] == ("2026-10-10", row.decided_on.isoformat())


@pytest.mark.parametrize("kind", ["penalty", "permit"])
def test_labels_say_whose_the_papers_are(team, desk, kind):
    form = (
        desk(team.clerk)
        .get(reverse("staff:publicity:decision_create", args=[kind]))
        .context["form"]
    )
    labels = {name: form[name].label for name in form.fields if "_id_" in name}
    assert labels == {
        "representative_id_type": "法定代表人证件类型",
        "representative_id_number": "法定代表人证件号码",
        "person_id_type": "自然人证件类型",
        "person_id_number": "自然人证件号码",
    }
    assert all("不公示" in form[name].help_text for name in labels)


def test_a_person_without_papers_is_told_which_ones_are_missing(team, desk, typed):
    person = {"party_category": "自然人", "party_name": "王小明", "party_code": ""}
    page = desk(team.clerk).post(NEW, typed | person).content.decode()
    assert "自然人证件号码：没有填写" in page


def test_categories_are_ticked(team, desk, typed):
    ticked = {"penalty_category": ["警告", "罚款"], "penalty_category_other": "责令限期改正"}
    desk(team.clerk).post(NEW, typed | ticked)
    row = PenaltyDecision.objects.get()
    assert row.penalty_category == "警告；罚款；其他-责令限期改正"
    page = desk(team.clerk).get(address_of(row)).content.decode()
    assert page.count('checked aria-describedby="id_penalty_category_helptext"') == 3 or (
        page.count(" checked") == 3
    )
    assert 'value="责令限期改正"' in page


def test_the_code_brings_the_name_also_without_script(team, desk, typed):
    firm = make_firm()
    blank = {"party_name": "", "party_category": ""}
    page = desk(team.clerk).post(NEW, typed | blank | {"facts": ""})
    assert page.context["form"]["party_name"].value() == firm.name
    assert "party_name" not in page.context["form"].errors
    desk(team.clerk).post(NEW, typed | blank)
    assert PenaltyDecision.objects.get().party_name == firm.name


LOOKUP = reverse("staff:publicity:firm_lookup")


def test_the_look_up_answers_with_boxes_and_words(team, desk):
    firm = make_firm()
    client = desk(team.clerk)
    text = client.get(LOOKUP, {"party_code": firm.code}).content.decode()
    assert f'data-fill-empty="id_party_name" data-value="{firm.name}"' in text
    text = client.get(LOOKUP, {"party_code": firm.code, "party_name": "别家<b>"}).content.decode()
    assert "您填的名称是“别家&lt;b&gt;”" in text
    assert 'data-fill-empty="id_party_name"' not in text
    assert "校验码" in client.get(LOOKUP, {"party_code": "91340405MAYHMM8F8Y"}).content.decode()
    assert client.get(LOOKUP).content.decode().strip() == ""


class TestFirms:
    SEARCH = reverse("staff:publicity:firm_search")

    def test_matching_firms_are_offered(self, team, desk):
        firm = make_firm()
        text = desk(team.clerk).get(self.SEARCH, {"q": firm.name[3:5]}).content.decode()
        assert f'data-party_code="{firm.code}"' in text
        assert "1 家企业" in text
        text = desk(team.clerk).get(self.SEARCH, {"q": "龘龘"}).content.decode()
        assert "没有匹配的企业" in text
        assert "role=" not in text

    def test_as_many_queries_for_many_firms(self, team, desk, queries_of):
        make_firm()
        client = desk(team.clerk)
        before = queries_of(client, f"{self.SEARCH}?q=淮南")
        for number in range(10, 30):
            make_firm(valid_code(number), f"淮南早点铺{number}号")
        assert queries_of(client, f"{self.SEARCH}?q=淮南") == before

    def test_both_names_of_a_mismatch_and_two_ways_out(self, team, desk):
        firm, other = make_firm(), make_firm(valid_code(5), "淮南市别家商贸有限公司")
        asked = {"party_code": firm.code, "party_name": other.name}
        text = desk(team.clerk).get(LOOKUP, asked).content.decode()
        assert "名称和代码属于两家企业" in text
        assert f'data-fill="id_party_code" data-value="{other.code}"' in text
        assert f'data-fill="id_party_name" data-value="{firm.name}"' in text

    def test_without_script_the_form_shows_choices_and_loses_nothing(self, team, desk, typed):
        firm = make_firm()
        client = desk(team.clerk)
        blank = {"party_code": "", "party_name": firm.name[3:6]}
        page = client.post(NEW, typed | blank | {"find": "firm"})
        assert f'name="choose" value="{firm.code}"' in page.content.decode()
        assert page.context["form"]["facts"].value() == typed["facts"]
        page = client.post(NEW, typed | blank | {"choose": firm.code})
        form = page.context["form"]
        assert (form["party_name"].value(), form["party_code"].value()) == (firm.name, firm.code)
        assert form["facts"].value() == typed["facts"]
        assert PenaltyDecision.objects.count() == 0

    @pytest.mark.parametrize(("name", "says"), [("", "请先填写"), ("龘龘", "没有与“龘龘”匹配")])
    def test_without_script_nothing_is_found(self, team, desk, typed, name, says):
        page = desk(team.clerk).post(
            NEW, typed | {"party_name": name, "party_code": "", "find": "1"}
        )
        assert says in page.content.decode()

    def test_only_who_may_edit_the_row_looks_for_firms_in_it(self, team, desk, typed):
        row = make_penalty(team)
        assert desk(team.reviewer).post(address_of(row), typed | {"find": "1"}).status_code == 403


class TestWhileTyping:
    CHECK = reverse("staff:publicity:decision_check", args=["penalty"])

    @pytest.mark.parametrize(
        ("field", "text", "says"),
        [("decided_on", "2026-02-30", "2026-02-30"), ("fine_amount", "三万二千", "三万二千")],
    )
    def test_the_rules_speak_when_a_box_is_left(self, team, desk, typed, field, text, says):
        client = desk(team.clerk)
        told = client.post(self.CHECK, typed | {field: text, "field": field}).content.decode()
        assert "firm--bad" in told
        assert says in told
        sent = client.post(NEW, typed | {field: text})
        (sentence,) = sent.context["form"].errors[field]
        assert sentence in html.unescape(told)

    @pytest.mark.parametrize("text", ["20991231", ""])
    def test_they_are_silent_about_what_can_be_read_or_may_come(self, team, desk, typed, text):
        asked = typed | {"valid_until": text, "field": "valid_until"}
        assert "<p" not in desk(team.clerk).post(self.CHECK, asked).content.decode()

    def test_no_field_is_no_fault(self, team, desk, typed):
        assert desk(team.clerk).post(self.CHECK, typed | {"field": "nonsense"}).status_code == 200


def test_labels_are_said_plainly_and_no_end_is_a_word(team, desk):
    row = make_penalty(team, valid_until="2099-12-31")
    for page in ("edit", "detail"):
        text = desk(team.clerk).get(address_of(row, page)).content.decode()
        assert "统一社会信用代码" in text
        assert "行政相对人代码_1" not in text
        assert "长期" in text
        assert "2099-12-31" not in text
