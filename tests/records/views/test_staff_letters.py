"""Letters at the desk of the department."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credit_portal.accounts.roles import Role
from credit_portal.accounts.services import give_role
from records.models import ActivationLetter
from tests.factories.accounts import FIRM, make_user
from tests.factories.publicity import make_firm
from tests.factories.records import MarketEntityFactory
from tests.records.test_letters import code_in, issue

pytestmark = pytest.mark.django_db
LIST, NEW = "/staff/firms/letters/", "/staff/firms/letters/new/"


@pytest.fixture
def desk(cast, sign_in, page_client):
    return sign_in(page_client, cast.clerk)


def text(answer) -> str:
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_issue(desk, cast):
    firm = make_firm()
    give_role(user=cast.firm_head, role=Role.ENTERPRISE_HEAD, entity_code=FIRM, by=None)
    page = text(desk.get(f"{NEW}?firm={FIRM.lower()}"))
    assert firm.name in page
    assert "高*" in page
    answer = desk.post(NEW, {"firm": FIRM, "replaces": ""})
    assert answer["Content-Type"] == "application/pdf"
    letter = ActivationLetter.objects.get()
    assert code_in(answer.content)
    assert "激活函" in answer["Content-Disposition"] or "utf-8''" in answer["Content-Disposition"]
    page = text(desk.post(NEW, {"firm": FIRM, "replaces": ""}))
    assert "刚刚有变动" in page
    assert "旧函随即作废" in page
    assert letter.number in page
    assert desk.post(NEW, {"firm": FIRM, "replaces": letter.pk})["Content-Type"].endswith("pdf")
    assert ActivationLetter.objects.live().count() == 1


@pytest.mark.parametrize(
    ("firm", "words"),
    [
        ("", "请填写统一社会信用代码"),
        ("123", "少 15 位"),
        ("91340422MAB2TL6F50", "登记库中没有这家企业"),
        ("<script>", "18 位"),
        ("😀" * 30, "18 位"),
    ],
)
def test_a_firm_that_is_none(desk, firm, words):
    assert words in text(desk.post(NEW, {"firm": firm}))
    if firm:
        assert words in text(desk.get(NEW, {"firm": firm}))
    assert not ActivationLetter.objects.exists()


@pytest.mark.parametrize("seen", ["x", "-1", "9" * 30, "٣"])
def test_a_number_that_is_none(desk, seen):
    make_firm()
    assert desk.post(NEW, {"firm": FIRM, "replaces": seen}).status_code == 200


def test_a_person_without_a_department_of_their_own(cast, sign_in, page_client):
    person = make_user("lent")
    give_role(user=person, role=Role.CLERK, department=cast.housing, by=None)
    assert cast.housing.name in text(sign_in(page_client, person).get(NEW))


def test_list_filters_and_searches(desk, cast):
    live = issue(cast).letter
    other = issue(cast, MarketEntityFactory(name="寿县屿岑化工有限公司")).letter
    ActivationLetter.objects.filter(pk=other.pk).update(
        expires_on=timezone.localdate() - dt.timedelta(days=1)
    )
    issue(cast, MarketEntityFactory(), by=cast.other_clerk, department=cast.housing)
    page = text(desk.get(LIST))
    assert "共 2 条" in page
    for query, numbers in (
        ("?state=live", [live]),
        ("?state=expired", [other]),
        ("?state=used", []),
        ("?state=revoked", []),
        ("?state=nonsense", [live, other]),
        ("?q=屿岑化工", [other]),
        (f"?q={live.number.lower()}", [live]),
        (f"?q={FIRM.lower()}", [live]),
        ("?q=%00", [live, other]),
        ("?q=" + "长" * 300, []),
        ("?page=0", [live, other]),
        ("?page=10000000000", [live, other]),
    ):
        page = text(desk.get(f"{LIST}{query}"))
        found = {letter.number for letter in (live, other) if letter.number in page}
        if "q=" in query:  # the query stands in its box as well
            found = {letter.number for letter in (live, other) if f"{letter.number}</span>" in page}
        assert found == {letter.number for letter in numbers}, query


def test_the_list_costs_the_same_for_any_number_of_rows(desk, cast):
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            desk.get(LIST)
        return len(seen)

    issue(cast)
    asked()
    one = asked()
    for _ in range(4):
        issue(cast, MarketEntityFactory())
    assert asked() == one


def test_a_resting_letter_says_until_when(desk, cast):
    letter = issue(cast).letter
    url = f"{LIST}{letter.pk}/"
    until = timezone.now() + dt.timedelta(hours=2)
    ActivationLetter.objects.update(failures=20, rests_until=until)
    for page in (text(desk.get(f"{LIST}?state=live")), text(desk.get(url))):
        assert page.count("暂停中") == 1
        assert f"{timezone.localtime(until):%m-%d %H:%M} 自动恢复" in page
    for over in (
        {"rests_until": timezone.now()},
        {"rests_until": until, "expires_on": timezone.localdate() - dt.timedelta(days=1)},
    ):
        ActivationLetter.objects.update(**over)
        for page in (text(desk.get(LIST)), text(desk.get(url))):
            assert "暂停中" not in page
            assert "自动恢复" not in page


def test_detail_and_revoke(desk, cast):
    letter = issue(cast).letter
    url = f"{LIST}{letter.pk}/"
    page = text(desk.get(url))
    assert "签发激活函" in page
    assert "不能重印" in page
    assert "没有撤销" in text(desk.post(f"{url}revoke/", {"reason": ""}, follow=True))
    assert "已撤销" in text(desk.post(f"{url}revoke/", {"reason": "误发"}, follow=True))
    page = text(desk.post(f"{url}revoke/", {"reason": "误发"}, follow=True))
    assert "不能再撤销" in page
    assert "误发" in page
    assert 'name="reason"' not in page
