"""A form that is no decision yet: not everything is there, or the decision is there already."""

from __future__ import annotations

from django.urls import reverse

from credit_portal.desk.models import FormDraft
from publicity.models import PenaltyDecision
from tests.factories.accounts import HOUSING
from tests.factories.publicity import make_penalty

NEW = reverse("staff:publicity:decision_create", args=["penalty"])


def address_of(row, page="edit"):
    return reverse(f"staff:publicity:decision_{page}", args=[row.KIND, row.pk])


def test_the_same_decision_twice_is_refused(team, desk, typed):
    client = desk(team.clerk)
    for _ in range(2):
        page = client.post(NEW, typed)
    text = page.content.decode()
    assert "系统中已有相同的决定" in text
    row = PenaltyDecision.objects.get()
    assert f'<a href="{address_of(row, "detail")}">查看已有的信息（草稿）</a>' in text
    assert not FormDraft.objects.exists()


def test_who_may_not_see_the_twin_is_told_who_has_it(cast, team, desk, typed):
    other = cast.departments[HOUSING]
    typed |= {"authority_name": other.name, "authority_code": other.uscc}
    desk(cast.other_clerk).post(NEW, typed)
    row = PenaltyDecision.objects.get()
    page = desk(team.clerk).post(NEW, typed)
    text = page.content.decode()
    assert page.context["form"].non_field_errors() == [
        "系统中已有相同的决定（文号、相对人、决定日期和机关都相同），没有重复录入。",
        f"已有的信息由{other.name}填报，请与该单位核对。",
    ]
    assert address_of(row, "detail") not in text
    assert PenaltyDecision.objects.count() == 1


class TestUnfinished:
    """保存草稿 before everything is there keeps the form, says what is missing, and where it is found again."""

    def test_it_is_kept_and_says_what_is_missing(self, team, desk, typed):
        client = desk(team.clerk)
        page = client.post(NEW, typed | {"facts": "", "legal_basis": ""})
        text = page.content.decode()
        assert "已暂存，还没有成为草稿" in text
        assert "暂存在待办的“没有填完的表单”中，仅本人可见，保留 30 天。" in text
        assert "补齐或更正以下 2 处后再点“保存草稿”" in text
        assert '<a href="#id_facts">违法事实：没有填写，请补填。</a>' in text
        assert f'<a href="{reverse("staff:home")}#unfinished">' in text
        home = client.get(reverse("staff:home"))
        (kept,) = home.context["unfinished"]
        assert (kept.label, kept.url) == (typed["party_name"], NEW)
        assert 'id="unfinished"' in home.content.decode()

        again = client.get(NEW)
        assert again.context["form"]["legal_representative"].value() == "孙飞"
        assert PenaltyDecision.objects.count() == 0
        client.post(NEW, typed)
        assert PenaltyDecision.objects.count() == 1
        assert not FormDraft.objects.exists()

    def test_a_doubt_is_kept_too(self, team, desk, typed):
        page = desk(team.clerk).post(NEW, typed | {"fine_amount": "32000"}).content.decode()
        assert "核实确认以下 1 处后再点“保存草稿”" in page
        assert FormDraft.objects.get().values["fine_amount"] == ["32000"]

    def test_a_change_is_kept_beside_the_stored_draft(self, team, desk, typed):
        row = make_penalty(team)
        page = desk(team.clerk).post(address_of(row), typed | {"revision": 1, "facts": ""})
        assert "已存的草稿没有变动。" in page.content.decode()
        kept = FormDraft.objects.get()
        assert (kept.subject, kept.version) == (str(row.pk), 1)
        row.refresh_from_db()
        assert row.facts

    def test_an_untouched_form_is_not_kept(self, team, desk):
        client = desk(team.clerk)
        form = client.get(NEW).context["form"]
        text = client.post(NEW, dict(form.initial)).content.decode()
        assert "没有保存，请更正以下内容" in text
        assert not FormDraft.objects.exists()

    def test_too_much_to_keep_is_said(self, team, desk, typed):
        page = desk(team.clerk).post(NEW, typed | {"facts": "长" * 99_999}).content.decode()
        assert "填写的内容过长" in page
        assert "没有保存，请更正以下内容" in page
        assert not FormDraft.objects.exists()


class TestSeveral:
    """Each new form has a key in its address, so that several can be begun at a time."""

    LIST = reverse("staff:publicity:decision_list", args=["penalty"])

    def begin(self, client, name):
        page = client.get(f"{NEW}?form=new", follow=True)
        address = page.redirect_chain[-1][0]
        client.post(address, {"draft": "save", "party_name": name})
        return page, address

    def test_a_second_one_leaves_the_first(self, team, desk):
        client = desk(team.clerk)
        _, first = self.begin(client, "甲公司")
        page, second = self.begin(client, "乙公司")
        assert first != second
        assert page.context["form"]["party_name"].value() is None
        assert "另有 1 份没有填完的行政处罚表单" in page.content.decode()
        for address, name in ((first, "甲公司"), (second, "乙公司")):
            assert client.get(address).context["form"]["party_name"].value() == name

    def test_they_stand_above_the_list_of_their_kind(self, team, desk):
        client = desk(team.clerk)
        _, first = self.begin(client, "甲公司")
        _, second = self.begin(client, "乙公司")
        page = client.get(self.LIST)
        assert [one.url for one in page.context["unfinished"]] == [second, first]
        assert f'href="{first}"' in page.content.decode()
        permits = reverse("staff:publicity:decision_list", args=["permit"])
        assert client.get(permits).context["unfinished"] == []
        assert desk(team.reviewer).get(self.LIST).context["unfinished"] == []

    def test_one_is_given_up_and_the_list_shown_again(self, team, desk):
        client = desk(team.clerk)
        _, first = self.begin(client, "甲公司")
        _, second = self.begin(client, "乙公司")
        done = client.post(first, {"draft": "drop", "back": "list"})
        assert done["Location"] == self.LIST
        assert [one.url for one in client.get(self.LIST).context["unfinished"]] == [second]

    def test_what_was_saved_ends_only_its_own(self, team, desk, typed):
        client = desk(team.clerk)
        _, first = self.begin(client, "甲公司")
        _, second = self.begin(client, "乙公司")
        client.post(second, typed)
        assert [one.url for one in client.get(self.LIST).context["unfinished"]] == [first]

    def test_a_key_that_is_none_is_the_form_without_one(self, team, desk):
        desk(team.clerk).post(f"{NEW}?form=7", {"draft": "save", "party_name": "甲公司"})
        assert FormDraft.objects.get().subject == ""


def test_giving_up_is_asked_first(team, desk):
    client = desk(team.clerk)
    client.post(NEW, {"draft": "save", "party_name": "甲公司"})
    page = client.get(NEW).content.decode()
    assert "恢复的内容将删除，不能找回。" in page
    assert "确认放弃" in page


def test_a_twin_whose_form_is_kept_says_where(team, desk, typed):
    client = desk(team.clerk)
    client.post(NEW, typed)
    client.post(NEW, typed | {"draft": "save"})
    text = client.post(NEW, typed).content.decode()
    assert "没有另存一条信息" in text
    assert "填写的内容自动保存在“没有填完的表单”中" in text
    row = PenaltyDecision.objects.get()
    assert f'<a href="{address_of(row, "detail")}">查看已有的信息（草稿）</a>' in text
