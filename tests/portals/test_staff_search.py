"""The search box of the desk: what is found, who sees it, and that nothing reads a whole table."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from credit_portal.demo.registry import synthetic_firms
from publicity.filters import Asker, DecisionFilter
from publicity.models import PenaltyDecision
from publicity.selectors import finding
from records.models import MarketEntity
from records.services import import_rows
from tests.factories.accounts import Cast
from tests.factories.publicity import Team, make_firm, make_penalty, make_permit
from tests.pages import PageClient

SEARCH = reverse("staff:search")


@pytest.fixture
def team(cast):
    return Team(cast.bureau, cast.clerk, cast.reviewer, cast.head)


@pytest.fixture
def desk(sign_in):
    return lambda user: sign_in(PageClient(), user)


def ask(client, text, **more):
    return client.get(SEARCH, {"q": text} | more)


def groups(page):
    return {group.title: group.count for group in page.context["groups"]}


def lead_to_their_rows(client, page):
    for group in page.context["groups"]:
        assert client.get(group.url).context["paginator"].count == group.count, group.title
    for _, found, _ in page.context["firms"]:
        for tally in found:
            assert client.get(tally.url).context["paginator"].count == tally.count


def test_a_part_of_a_number_however_its_brackets_are_typed(team, desk):
    make_penalty(team, number=118)
    make_penalty(team, number=1180, firm=make_firm("91340422MAB2TL6F50", "寿县砺垚矿业有限公司"))
    make_permit(team, number=119)
    year = timezone.localdate().year
    client = desk(team.clerk)
    for text, penalties in (("118", 2), (f"罚[{year}]118号", 1), (f"〔{year}〕1180", 1)):
        page = ask(client, text)
        assert groups(page) == {f"文书号含“{text}”的行政处罚": penalties}
        lead_to_their_rows(client, page)


def test_people_by_their_full_name(team, desk):
    make_penalty(team, person=True)
    make_penalty(team, number=2)
    make_permit(team, number=3)
    client = desk(team.clerk)
    page = ask(client, "王小明")
    assert groups(page) == {"当事人或法定代表人为“王小明”的行政处罚": 1}
    lead_to_their_rows(client, page)
    page = ask(client, " 孙 飞 ")
    assert list(groups(page).values()) == [1, 1]
    lead_to_their_rows(client, page)
    assert page.context["represented"] == 1
    firms = ask(client, "孙飞", by="representative")
    assert [firm.name for firm, _, _ in firms.context["firms"]] == ["淮南市焜屿电梯维保有限公司"]
    assert groups(ask(client, "小明")) == {}


def test_firms_with_their_decisions(team, desk):
    make_penalty(team, number=1)
    make_permit(team, number=2)
    client = desk(team.clerk)
    for text in ("焜屿", "91340405MAYHMM8F8X", "91340405mayhmm8f8x", "913404"):
        page = ask(client, text)
        ((firm, found, public),) = page.context["firms"]
        assert (firm.name, public) == ("淮南市焜屿电梯维保有限公司", 0)
        assert [(tally.word, tally.count) for tally in found] == [("行政处罚", 1), ("行政许可", 1)]
        lead_to_their_rows(client, page)


def test_each_sees_only_decisions_of_the_own_departments(team, desk, cast):
    make_penalty(team, number=118, person=True)
    make_penalty(team, number=119)
    for user in (cast.other_clerk, cast.sysadmin):
        client = desk(user)
        for text in ("118", "王小明", "孙飞"):
            assert groups(ask(client, text)) == {}
        ((_, found, _),) = ask(client, "焜屿").context["firms"]
        assert found == []
    assert ask(desk(cast.sysadmin), "孙飞").context["represented"] == 0
    administrators = ask(desk(cast.sysadmin), "孙飞", by="representative")
    assert list(administrators.context["firms"]) == []
    assert groups(ask(desk(cast.officer), "118")) == {"文书号含“118”的行政处罚": 1}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "请在上方输入要查询的内容"),
        ("中", "请至少输入两个字"),
        ("，。", "请至少输入两个字"),
        ("中" * 300, "没有查到相符的信息"),
        ("😀👩‍👩‍👧", "没有查到相符的信息"),
        ("' OR 1=1; DROP TABLE x; --", "没有查到相符的信息"),
        ("%_%", "请至少输入两个字"),
        ("\x00\x01不存在", "没有查到相符的信息"),
        ("91340405MAYHMM8F8", "这个代码不正确"),
        ("９１３４０４０５ＭＡＹＨＭＭ８Ｆ８Ｘ", "淮南市焜屿电梯维保有限公司"),
        ("\ufffd\ufffd\ufffd", "</html>"),
    ],
)
def test_hostile_questions_get_helpful_pages(team, desk, text, told):
    make_firm()
    page = ask(desk(team.clerk), text)
    assert page.status_code == 200
    assert told in page.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "1000000000", "abc", ""])
def test_any_page_number_is_answered(team, desk, page):
    make_firm()
    answer = ask(desk(team.clerk), "焜屿", page=page, unknown="1")
    assert len(answer.context["firms"]) == 1


def test_groups_are_capped(team, desk, monkeypatch):
    monkeypatch.setattr(finding, "CAP", 2)
    for number in range(101, 108):
        make_penalty(team, number=number)
    page = ask(desk(team.clerk), "202610")
    (group,) = page.context["groups"]
    assert (group.count, group.more, len(group.lines)) == (2, True, 5)
    assert "超过 2" in " ".join(page.content.decode().split())


@pytest.mark.parametrize("text", ["焜屿", "号", "应急罚"])
def test_the_number_of_queries_does_not_grow(team, desk, text):
    def queries(client):
        ask(client, text)
        with CaptureQueriesContext(connection) as found:
            ask(client, text)
        return len(found)

    client = desk(team.clerk)
    make_penalty(team, number=1)
    one = queries(client)
    for number in range(2, 9):
        make_penalty(team, number=number)
    assert queries(client) == one


@pytest.fixture(scope="module")
def many(django_db_setup, django_db_blocker):
    """20,000 firms and as many decisions, committed, because statistics count only what is."""
    with django_db_blocker.unblock():
        import_rows(synthetic_firms(20_000, seed=3), by=None)
        cast = Cast()
        team = Team(cast.bureau, cast.clerk, cast.reviewer, cast.head)
        make_penalty(team, MarketEntity.objects.first(), decided_on=dt.date(2026, 1, 5))
        fields = ", ".join(
            field.column
            for field in PenaltyDecision._meta.concrete_fields
            if field.name not in ("id", "document_number", "party_name", "legal_representative")
            and not field.generated
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO publicity_penaltydecision"
                f" (document_number, party_name, legal_representative, {fields})"
                f" SELECT '（淮）应急罚〔2025〕' || n || '号', '企业' || n, '法人' || n, {fields}"
                f" FROM publicity_penaltydecision, generate_series(1, 20000) AS n"
            )
            cursor.execute("VACUUM ANALYZE publicity_penaltydecision, records_marketentity")
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE publicity_penaltydecision, records_marketentity, records_registryimport,"
            " audit_auditevent, accounts_user, accounts_department CASCADE"
        )


@pytest.mark.django_db
@pytest.mark.usefixtures("many")
class TestPlans:
    @pytest.mark.parametrize(
        ("rows", "index"),
        [
            (lambda: PenaltyDecision.objects.numbered_like("19873"), "number_bigrams"),
            (lambda: PenaltyDecision.objects.about_person("法人777"), "legal_r"),
            (lambda: MarketEntity.objects.represented_by_name("孙飞"), "entity_representative"),
        ],
    )
    def test_no_question_reads_the_whole_table(self, rows, index):
        for limited in (rows()[:20], rows().order_by()[:201]):
            plan = limited.explain()
            assert "Seq Scan" not in plan, plan
            assert index in plan, plan

    def test_the_list_filter_does_neither(self):
        found = DecisionFilter(
            {"q": "19873"}, queryset=PenaltyDecision.objects.all(), request=Asker(None)
        )
        assert found.qs.count() == 1
        assert "Seq Scan on records_marketentity" not in found.qs.explain()
