"""The desk of a firm."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import subprocess

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credit_portal.accounts.models import RoleMembership
from credit_portal.accounts.roles import FirmAct, Role
from credit_portal.accounts.services import grant_role
from credit_portal.audit.models import AuditEvent
from credit_portal.notices.services import notify
from credit_portal.web import tiles
from credit_portal.web.tiles import Tile, register_tile, tiles_for
from credit_portal.web.turnstile import seconds_to_wait
from publicity.models import FirmReport, PenaltyDecision, PermitDecision, Publication
from publicity.selectors.coming import coming
from publicity.selectors.reports import printed_code
from records.models import MarketEntity
from tests.factories.accounts import FIRM, OTHER_FIRM, make_user
from tests.factories.publicity import (
    approved,
    make_firm,
    make_penalty,
    make_permit,
    published,
    submitted,
)

HOME = "/enterprise/"
RECORD, REPAIR, REPORT = (f"/enterprise/{FIRM}/{page}/" for page in ("record", "repair", "report"))


@pytest.fixture
def firms(team) -> tuple[MarketEntity, MarketEntity]:
    """Two firms with one public decision each."""
    own, other = (
        make_firm(FIRM, "淮南市焜屿电梯维保有限公司"),
        make_firm(OTHER_FIRM, "寿县屿岑化工有限公司"),
    )
    published(make_penalty(team, own, number=1), team)
    published(make_penalty(team, other, number=2), team)
    return own, other


@pytest.fixture
def desk(firms, cast, sign_in, page_client):
    return sign_in(page_client, cast.firm_head)


def text(answer) -> str:
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_tiles_of_the_head(desk):
    page = text(desk.get(HOME))
    for word in ("我的承诺", "我的记录", "异议与修复", "信用报告", "通知", "经办人"):
        assert word in page
    assert "寿县屿岑化工有限公司" not in page
    for url in re.findall(r'class="tile" href="([^"]+)"', page):
        assert desk.get(url).status_code == 200
    assert "纸质承诺书" in page


def test_a_delegate_appoints_nobody(firms, cast, sign_in, page_client):
    page = text(sign_in(page_client, cast.firm_operator).get(HOME))
    assert "我的记录" in page
    assert "delegates" not in page
    assert "查看本单位的记录和报告" in page or "经办人" in page


def test_a_person_of_two_firms_chooses(desk, cast):
    grant_role(user=cast.firm_head, role=Role.ENTERPRISE_HEAD, entity_code=OTHER_FIRM, by=None)
    assert FIRM in text(desk.get(HOME))
    page = text(desk.get(f"{HOME}?firm={OTHER_FIRM}"))
    assert f"/enterprise/{OTHER_FIRM}/record/" in page
    assert f"/enterprise/{FIRM}/record/" not in page
    assert "〕2号" in text(desk.get(f"/enterprise/{OTHER_FIRM}/record/"))


def test_a_firm_that_is_not_in_the_registry(cast, sign_in, page_client):
    assert "没有找到您代表的企业" in text(sign_in(page_client, cast.firm_head).get(HOME))


@pytest.mark.parametrize("username", ["clerk", "sysadmin"])
@pytest.mark.parametrize("url", [HOME, RECORD, REPORT])
def test_staff_have_no_business_there(firms, cast, sign_in, page_client, username, url):
    assert sign_in(page_client, getattr(cast, username)).get(url).status_code == 403


def test_a_visitor_is_led_to_the_door(page_client, db):
    assert page_client.get(HOME)["Location"] == "/sign-in/?next=%2Fenterprise%2F"


def test_a_delegation_that_is_over_opens_nothing(firms, cast, sign_in, page_client):
    sign_in(page_client, cast.firm_operator)
    assert page_client.get(RECORD).status_code == 200
    RoleMembership.objects.filter(user=cast.firm_operator).update(
        valid_until=timezone.localdate() - dt.timedelta(days=1)
    )
    for url in (HOME, RECORD, REPORT, f"{REPORT}pdf/"):
        assert page_client.get(url).status_code == 403


def test_the_record_is_what_the_public_sees(desk):
    page = text(desk.get(RECORD))
    assert "〕1号" in page
    assert "〕2号" not in page
    assert "最早可申请修复" in page
    assert "怎样算的" in page
    assert "目前没有即将公示的决定" in page


def test_what_is_coming_shows_from_the_approval_on(desk, team, firms, cast):
    drafted = make_penalty(team, firms[0], number=7)
    reviewed = submitted(make_penalty(team, firms[0], number=8), team)
    ready = approved(make_permit(team, firms[0], number=9), team)
    approved(make_penalty(team, firms[1], number=10), team)
    page = text(desk.get(RECORD))
    assert ready.document_number in page
    assert "目前没有即将公示" not in page
    for hidden in (drafted.document_number, reviewed.document_number, "〕10号", ready.content):
        assert hidden not in page
    (row,) = coming(firms[0], cast.firm_head)
    assert (row.kind, row.organ) == ("行政许可", team.department.name)
    assert row.ends is not None
    PermitDecision.objects.update(valid_to=dt.date(2099, 12, 31))
    assert coming(firms[0], cast.firm_head)[0].ends is None
    assert "长期" in text(desk.get(RECORD))
    assert coming(firms[0], cast.other_firm_head) == []
    assert coming(firms[0], cast.clerk) == []
    published(make_permit(team, firms[0], number=11), team)
    assert not PenaltyDecision.objects.foreseen_by(make_user()).exists()


def test_repair_says_whom_to_turn_to(desk, team, firms):
    published(make_permit(team, firms[0], number=3), team)
    page = text(desk.get(f"{REPAIR}?record=nothing"))
    assert team.department.name in page
    assert "行政许可不需要修复" in page
    assert "您刚才查看的记录" not in page
    chosen = firms[0].publications.get(kind="penalty").public_id
    page = text(desk.get(f"{REPAIR}?record={chosen}"))
    assert "您刚才查看的记录" in page
    assert f'id="r-{chosen}"' in page
    assert re.search(r'<a href="tel:[^"]+">[^<]+</a>（', page)
    assert f"?record={chosen}#r-{chosen}" in text(desk.get(RECORD))


def test_repair_says_how_to_reach_the_organ(desk, team, firms):
    assert 'class="organ"' not in text(desk.get(REPAIR))
    team.department.public_phone = "0554-0000001"
    team.department.save()
    assert '电话 <a href="tel:0554-0000001">' in text(desk.get(REPAIR))


def test_repair_is_open_after_the_shortest_period(desk, team, firms):
    old = timezone.localdate() - dt.timedelta(days=200)
    published(make_penalty(team, firms[0], number=5, decided_on=old), team)
    assert text(desk.get(RECORD)).count("现在可以申请") == 1
    assert text(desk.get(REPAIR)).count("现在可以申请") == 1


def test_each_penalty_names_where_its_repair_is_applied_for(desk, team, firms):
    page = text(desk.get(REPAIR))
    assert page.count('href="https://www.creditchina.gov.cn/"') == 1
    assert "gsxt" not in page
    team.department.name = "淮南市市场监督管理局"
    team.department.save()
    published(make_permit(team, firms[0], number=3), team)  # no repair of a permit
    page = text(desk.get(REPAIR))
    assert page.count('href="https://www.gsxt.gov.cn/"') == 1
    assert "creditchina" not in page
    assert "国家发展改革委令第36号" in page


def test_a_firm_without_public_decisions(cast, sign_in, page_client):
    make_firm(FIRM)
    sign_in(page_client, cast.firm_head)
    for url in (RECORD, REPAIR):
        assert "没有公示中的信息" in text(page_client.get(url))
    assert "没有公示中的行政处罚。" in text(page_client.get(REPORT))


def words(content: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


def test_the_report_page_and_its_sheet(desk, team, firms, cast):
    published(make_permit(team, firms[0], number=3), team)
    assert "XB-2" not in text(desk.get(REPORT))
    assert desk.head(f"{REPORT}pdf/").status_code == 405
    assert not FirmReport.objects.exists()
    answer = desk.get(f"{REPORT}pdf/")
    assert answer["Content-Type"] == "application/pdf"
    report = FirmReport.objects.get()
    assert report.number in answer["Content-Disposition"]
    sheet = words(answer.content)
    code = printed_code(report.digest)
    for part in (
        report.number,
        code,
        FIRM,
        firms[0].name,
        "〕1号",
        "〕3号",
        "孙飞",
        "—1—",
        "截至",
    ):
        assert part in sheet
    assert "〕2号" not in sheet
    about = Publication.objects.get(kind="penalty", entity=firms[0])
    for said in (about.in_short, about.amounts[0]):
        assert "".join(said.split()) in sheet
        assert said in text(desk.get(REPORT))
    assert report.issued_by == cast.firm_head
    assert report.file_digest == hashlib.sha256(answer.content).hexdigest()
    event = AuditEvent.objects.get(action="report.of_firm")
    assert event.actor_id == cast.firm_head.pk
    assert event.changes == {"number": report.number, "file_digest": report.file_digest}
    desk.get(f"{REPORT}pdf/")
    assert FirmReport.objects.values("number", "digest").distinct().count() == 2


def test_reports_are_bounded_like_other_sheets(desk, firms, settings):
    settings.SHEETS_PER_MINUTE = 0
    refused = desk.get(f"{REPORT}pdf/", REMOTE_ADDR="192.0.2.77")
    assert refused.status_code == 429
    assert f'href="{REPORT}"' in refused.content.decode()
    assert not FirmReport.objects.exists()


def test_strangers_at_the_same_address_use_up_nothing_of_a_firm(desk, firms, settings, page_client):
    settings.SHEETS_PER_MINUTE = 1
    for _ in range(3):
        seconds_to_wait("sheet", "127.0.0.1", most=1)
    assert desk.get(f"{REPORT}pdf/").status_code == 200


def test_it_costs_the_same_for_any_number_of_rows(team, firms, desk):
    def asked() -> list[int]:
        counts = []
        for url in (RECORD, REPAIR, REPORT, HOME):
            with CaptureQueriesContext(connection) as seen:
                desk.get(url)
            counts.append(len(seen))
        return counts

    asked()
    one = asked()
    for number in range(3, 8):
        published(make_penalty(team, firms[0], number=number), team)
        approved(make_penalty(team, firms[0], number=number + 20), team)
    more = asked()
    assert more[1:] == one[1:]
    assert more[0] <= one[0] + 1  # the calendar is read once when something is coming


def test_notices(desk, cast):
    notify(recipients=[cast.firm_head], key="a", text="授权即将到期", link=HOME)
    notify(recipients=[cast.firm_head], key="b", text="已更换负责人")
    notify(recipients=[cast.other_firm_head], key="a", text="别家的通知")
    page = text(desk.get(HOME))
    assert page.count("条未读") == 2  # bell and tile
    page = text(desk.get("/enterprise/notices/"))
    assert "授权即将到期" in page
    assert "别家的通知" not in page
    first = cast.firm_head.notices.get(key="a")
    assert desk.post(f"/enterprise/notices/{first.pk}/read/")["Location"] == HOME
    second = cast.firm_head.notices.get(key="b")
    assert desk.post(f"/enterprise/notices/{second.pk}/read/")["Location"] == "/enterprise/notices/"
    notify(recipients=[cast.firm_head], key="c", text="又一条")
    desk.post("/enterprise/notices/read/")
    assert not cast.firm_head.notices.filter(read_at=None).exists()
    assert "条未读" not in text(desk.get(HOME))


def test_pages_about_no_single_firm_name_those_of_the_person(desk, cast, firms):
    def header() -> str:
        page = text(desk.get("/enterprise/notices/"))
        found = re.search(r'class="wrap deskfirm__row"><span>(.*?)</span>', page)
        assert found
        return found[1]

    assert header() == firms[0].name
    grant_role(user=cast.firm_head, role=Role.ENTERPRISE_HEAD, entity_code=OTHER_FIRM, by=None)
    assert header() == f"{firms[0].name}等 2 家企业"
    RoleMembership.objects.filter(user=cast.firm_head).update(ended_at=timezone.now())
    assert header() == "企业用户"


def test_a_printed_page_bears_the_firm_and_the_time(desk, firms):
    for url in (HOME, RECORD, REPAIR, REPORT, "/enterprise/notices/"):
        head = re.search(r'<div class="print-head">(.*?)</div>', text(desk.get(url)))
        assert head
        assert firms[0].name in head[1], url
        assert (FIRM in head[1]) == ("notices" not in url)
        assert f"页面生成时间 {timezone.localtime():%Y-}" in head[1]


def test_a_tile_with_a_page_takes_the_place_of_text(firms, cast, monkeypatch):
    monkeypatch.setattr(tiles, "_tiles", {})
    plain = Tile("commitments", "我的承诺", "线下", "bell")
    paged = Tile("commitments", "我的承诺", "线上", "bell", url_name="enterprise:record")
    gone = Tile("gone", "无处", "", "bell", url_name="enterprise:nowhere")
    head_only = Tile("head", "经办人", "", "bell", act=FirmAct.APPOINT)
    register_tile(plain, gone, head_only)
    assert [t.url for t in tiles_for(cast.firm_head, FIRM)] == ["", "", ""]
    register_tile(paged)
    register_tile(plain)
    assert tiles_for(cast.firm_head, FIRM)[0].url == RECORD
    assert len(tiles_for(cast.firm_operator, FIRM)) == 2
    assert tiles_for(cast.other_firm_head, FIRM) == []
