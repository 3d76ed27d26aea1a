"""CSV, feed, sheet and QR code of what is public: no formula, no full name of a person, no more than is public."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from importlib import import_module
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit_portal.web import bounds
from publicity import exports, services, sheets
from publicity.models import Publication
from publicity.selectors.public import SheetVerdict, check_sheet, sheet_query
from tests.documents.papers import poppler, text_of
from tests.factories.publicity import corrected, make_firm, make_penalty, make_permit, published
from tests.factories.records import valid_code

LIST = "/publicity/penalty/"
CSV = "/publicity/penalty/list.csv"
FEED = "/publicity/penalty/feed.xml"
ATOM = "{http://www.w3.org/2005/Atom}"
PERSON = {"person": True, "facts": "王小明未经许可储存烟花爆竹。"}


def rows_of(response):
    content = response.getvalue()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def queries(client, address):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).getvalue()
    return len(seen)


def address_of(publication):
    return f"/p/{publication.public_id}/"


class TestCsv:
    def test_rows_of_the_present_filter(self, page_client, team):
        published(make_penalty(team, number=1), team)
        published(make_penalty(team, number=2, penalty_category="警告"), team)
        answer = page_client.get(CSV, {"category": "罚款"})
        head, row = rows_of(answer)

        assert head[:3] == ["行政相对人名称", "统一社会信用代码", "决定书文号"]
        assert row[0] == "淮南市焜屿电梯维保有限公司"
        assert row[3] == "罚款"
        assert row[8].endswith(address_of(Publication.objects.get(category="罚款")))
        assert (head[9:], row[9:]) == (
            ["违法行为类型", "罚款金额（万元）"],
            ["未对从业人员进行安全生产教育和培训", "3.2"],
        )
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert "attachment" in answer["Content-Disposition"]

    def test_a_permit_without_end(self, page_client, team):
        published(make_permit(team, valid_to=dt.date(2099, 12, 31)), team)
        assert "长期" in rows_of(page_client.get("/publicity/permit/list.csv"))[1]

    @pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "+1", "-1", "@x", "＝１"])
    def test_no_cell_is_a_formula(self, page_client, team, name):
        published(make_penalty(team, make_firm(valid_code(3), name)), team)
        assert rows_of(page_client.get(CSV))[1][0] == f"'{name}"

    def test_a_person_is_masked(self, page_client, team):
        published(make_penalty(team, **PERSON), team)
        content = page_client.get(CSV).getvalue().decode()
        assert "王**" in content
        assert "王小明" not in content
        assert "11010519491231002X" not in content

    def test_only_so_many(self, page_client, team, monkeypatch):
        monkeypatch.setattr(exports, "MAX_ROWS", 2)
        for number in range(1, 5):
            published(make_penalty(team, number=number), team)
        rows = rows_of(page_client.get(CSV))
        assert len(rows) == 4
        assert "只导出了前 2 条" in rows[-1][0]
        assert "一次最多下载 2 条" in page_client.get(LIST).content.decode()

    def test_a_filter_that_cannot_be_read_leads_to_the_list(self, page_client, db):
        answer = page_client.get(CSV, {"decided_from": "x"})
        assert answer["Location"] == f"{LIST}?decided_from=x"
        assert page_client.get("/publicity/x/list.csv").status_code == 404

    def test_it_costs_the_same_for_any_number_of_rows(self, page_client, team):
        published(make_penalty(team, number=1), team)
        one = queries(page_client, CSV)
        for number in range(2, 9):
            published(make_penalty(team, number=number), team)
        assert queries(page_client, CSV) == one

    def test_the_list_leads_to_it_with_its_filter(self, page_client, team):
        published(make_penalty(team), team)
        page = page_client.get(f"{LIST}?category=罚款&page=1&x=y&number=").content.decode()
        assert f'href="{CSV}?category=%E7%BD%9A%E6%AC%BE"' in page
        assert f'href="{FEED}?category=%E7%BD%9A%E6%AC%BE"' in page


class TestFeed:
    def test_newly_public_first(self, page_client, team):
        first = published(make_penalty(team, number=1), team)
        published(make_permit(team, number=2), team)
        last = published(make_penalty(team, number=3), team)
        answer = page_client.get(FEED)
        feed = ElementTree.fromstring(answer.content)

        assert answer["Content-Type"].startswith("application/atom+xml")
        titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
        assert titles[0].endswith("　罚款 3.2 万元")
        told = next(feed.iter(f"{ATOM}entry")).findtext(f"{ATOM}summary")
        assert "作出；罚款 3.2 万元；公示期至" in told
        assert [title.split("　")[1] for title in titles] == [
            last.document_number,
            first.document_number,
        ]
        links = [link.get("href") for link in feed.iter(f"{ATOM}link")]
        assert all(re.match(r"https?://", link) for link in links)

    def test_a_person_is_masked(self, page_client, team):
        published(make_penalty(team, **PERSON), team)
        content = page_client.get(FEED).content.decode()
        assert "王**" in content
        assert "王小明" not in content

    def test_its_filter(self, page_client, team):
        published(make_penalty(team), team)
        assert b"<entry>" not in page_client.get(FEED, {"category": "警告"}).content
        assert page_client.get(FEED, {"category": "x"})["Location"] == f"{LIST}?category=x"

    def test_it_costs_the_same_for_any_number_of_rows(self, page_client, team):
        published(make_penalty(team, number=1), team)
        one = queries(page_client, FEED)
        for number in range(2, 9):
            published(make_penalty(team, number=number), team)
        assert queries(page_client, FEED) == one


class TestSubscribing:
    """A browser shows a feed as code, so that the list leads to a page of words first."""

    def test_the_list_leads_to_it_with_its_filter(self, page_client, team):
        published(make_penalty(team), team)
        page = page_client.get(LIST, {"category": "罚款"}).content.decode()
        address = re.search(r'href="([^"]+/feed/[^"]*)"', page)
        told = page_client.get(address[1]).content.decode()
        assert "处罚类别：罚款" in told
        assert f"http://testserver{FEED}?category=%E7%BD%9A%E6%AC%BE" in told

    def test_the_whole_list(self, page_client, db):
        told = page_client.get(f"{LIST}feed/").content.decode()
        assert "全部行政处罚" in told
        assert f'<a href="{FEED}">' in told

    def test_a_filter_that_cannot_be_read_leads_to_the_list(self, page_client, db):
        answer = page_client.get(f"{LIST}feed/", {"decided_from": "x"})
        assert answer["Location"] == f"{LIST}?decided_from=x"
        assert page_client.get("/publicity/x/feed/").status_code == 404


class TestSheet:
    def test_it_says_what_the_page_says(self, page_client, team):
        published(make_penalty(team), team)
        publication = Publication.objects.get()
        answer = page_client.get(f"{address_of(publication)}sheet.pdf")
        told = re.sub(r"\s", "", text_of(answer.content))

        assert answer["Content-Type"] == "application/pdf"
        for word in (
            "行政处罚公示信息",
            f"编号{publication.public_id}-1",
            "生成时间",
            "共1页",
            "淮南市焜屿电梯维保有限公司",
            publication.document_number,
            publication.digest,
            "以决定书原件为准",
        ):
            assert word in told
        assert "Pages:" in poppler("pdfinfo", answer.content)

    def test_a_person_is_masked(self, page_client, team):
        published(make_penalty(team, **PERSON), team)
        page = f"{address_of(Publication.objects.get())}sheet.pdf"
        told = text_of(page_client.get(page).content)
        assert "王**" in told
        assert "王小明" not in told

    def test_it_says_how_to_reach_the_organ(self, page_client, team):
        published(make_penalty(team), team)
        page = f"{address_of(Publication.objects.get())}sheet.pdf"
        team.department.public_phone = "0554-0000001"
        team.department.public_address = "示例路1号"
        team.department.save()
        told = re.sub(r"\s", "", text_of(page_client.get(page).content))
        assert "联系（电话0554-0000001，地址示例路1号）。" in told

    def test_what_was_just_made_is_not_made_again(self, page_client, team, settings):
        decision = published(make_penalty(team), team)
        page = f"{address_of(Publication.objects.get())}sheet.pdf"
        settings.SHEETS_PER_MINUTE = 1
        visitor = {"REMOTE_ADDR": "192.0.2.1"}
        first = page_client.get(page, **visitor)
        assert page_client.get(page, **visitor).content == first.content
        services.withdraw(kind="penalty", pk=decision.pk, by=team.head, reason="决定被撤销。")
        assert page_client.get(page, **visitor).status_code == 410

    def test_too_many_in_a_minute(self, page_client, team, settings):
        for number in (1, 2):
            published(make_penalty(team, number=number), team)
        first, second = (
            f"{address_of(row)}sheet.pdf" for row in Publication.objects.order_by("pk")
        )
        settings.SHEETS_PER_MINUTE = 0
        refused = page_client.get(first, REMOTE_ADDR="192.0.2.2")
        assert refused.status_code == 429
        assert 1 <= int(refused["Retry-After"]) <= 60
        assert refused["Cache-Control"] == "no-store"
        told = refused.content.decode()
        assert f"请 {refused['Retry-After']} 秒后再试。" in told
        assert f'href="{first.removesuffix("sheet.pdf")}"' in told
        settings.SHEETS_PER_MINUTE = 100
        assert page_client.get(second, REMOTE_ADDR="192.0.2.2").status_code == 200

    def test_too_many_at_one_time(self, page_client, team, monkeypatch):
        published(make_penalty(team), team)
        monkeypatch.setattr(bounds, "AT_ONCE", 0)
        page = f"{address_of(Publication.objects.get())}sheet.pdf"
        refused = page_client.get(page)
        assert (refused.status_code, refused["Retry-After"]) == (429, "5")
        assert "同时下载 PDF 的人较多" in refused.content.decode()

    def test_what_is_no_longer_public_has_none(self, page_client, team):
        decision = published(make_penalty(team), team)
        services.withdraw(kind="penalty", pk=decision.pk, by=team.head, reason="决定被撤销。")
        page = address_of(Publication.objects.get())
        assert page_client.get(f"{page}sheet.pdf").status_code == 410
        assert page_client.get(f"{page}qr.svg").status_code == 404
        assert page_client.get("/p/zzzzzzzzzzzz/sheet.pdf").status_code == 404

    def test_the_code_is_a_picture_of_its_own(self, page_client, team):
        published(make_penalty(team), team)
        page = address_of(Publication.objects.get())
        answer = page_client.get(f"{page}qr.svg")
        assert answer["Content-Type"] == "image/svg+xml"
        assert ElementTree.fromstring(answer.content).tag.endswith("svg")
        assert f'src="{page}qr.svg"' in page_client.get(page).content.decode()


class TestKeptSheets:
    def test_only_for_a_while(self, monkeypatch):
        kept = sheets.Sheets()
        kept.put("a", b"1")
        kept.put("a", b"2")
        assert kept.get("a") == b"2"
        monkeypatch.setattr(sheets, "LIFE", 0.0)
        assert kept.get("a") is None
        assert kept.get("b") is None

    def test_only_so_many_bytes(self, monkeypatch):
        monkeypatch.setattr(sheets, "MOST_BYTES", 5)
        kept = sheets.Sheets()
        for key in "abc":
            kept.put(key, b"xx")
        assert [kept.get(key) for key in "abc"] == [None, b"xx", b"xx"]


class TestCheckOfASheet:
    def test_current(self, page_client, team):
        published(make_penalty(team), team)
        publication = Publication.objects.get()
        page = page_client.get(f"{address_of(publication)}?{sheet_query(publication)}")
        assert "二维码有效" in page.content.decode()

    def test_superseded_then_ended(self, page_client, team):
        decision = published(make_penalty(team, facts="第一版的事实。"), team)
        sheet = Publication.objects.get()
        address = f"{address_of(sheet)}?{sheet_query(sheet)}"
        corrected(decision, team, facts="第二版的事实。")
        assert "内容已更新" in page_client.get(address).content.decode()
        services.withdraw(kind="penalty", pk=decision.pk, by=team.head, reason="决定被撤销。")
        answer = page_client.get(address)
        assert answer.status_code == 410
        assert "但信息已停止公示" in answer.content.decode()
        assert "第二版的事实。" not in answer.content.decode()

    @pytest.mark.parametrize(
        "query",
        [
            "v=1&d=aaaaaaaaaaaaaaaa",
            "v=2&d={digest}",
            "v=x&d={digest}",
            "v=%00&d=%00",
            "v=2",
            "d={digest}",
            "v=1&d={short}",
            "v=99999999999999999999&d={digest}",
        ],
    )
    def test_anything_else_is_not_genuine(self, page_client, team, query):
        published(make_penalty(team), team)
        publication = Publication.objects.get()
        query = query.format(digest=publication.digest[:16], short=publication.digest[:6])
        page = page_client.get(f"{address_of(publication)}?{query}").content.decode()
        assert "没有核对上" in page

    @pytest.mark.parametrize("query", ["v=1", "v=1&d="])
    def test_a_number_alone_confirms_no_paper(self, page_client, team, query):
        decision = published(make_penalty(team), team)
        address = f"{address_of(Publication.objects.get())}?{query}"
        page = page_client.get(address).content.decode()
        assert "只凭编号不能确认" in page
        assert "没有核对上" not in page
        corrected(decision, team)
        assert "这个编号是旧版本" in page_client.get(address).content.decode()
        services.withdraw(kind="penalty", pk=decision.pk, by=team.head, reason="决定被撤销。")
        assert "这个编号的信息已停止公示" in page_client.get(address).content.decode()

    def test_nobody_came_from_a_sheet(self, page_client, team):
        published(make_penalty(team), team)
        page = page_client.get(address_of(Publication.objects.get())).content.decode()
        assert "打印件" not in page.split("<article")[0]

    def test_as_typed_by_hand(self, team):
        published(make_penalty(team), team)
        publication = Publication.objects.get()
        found = check_sheet(publication.public_id, "1", f" {publication.digest[:20].upper()} ")
        assert found.verdict is SheetVerdict.CURRENT
        assert found.version == 1


def test_whole_addresses_are_those_of_the_installation(page_client, team, settings):
    settings.PORTAL_PUBLIC_URL = "https://xy.example.gov.cn"
    published(make_penalty(team), team)
    page = address_of(Publication.objects.get())
    assert f"https://xy.example.gov.cn{page}" in page_client.get(CSV).getvalue().decode()
    assert (
        f'<link rel="canonical" href="https://xy.example.gov.cn{page}">'
        in page_client.get(f"{page}?v=1").content.decode()
    )
    settings.PORTAL_PUBLIC_URL = ""
    assert f"http://testserver{page}" in page_client.get(CSV).getvalue().decode()


def test_repair_is_promised_only_where_there_is_any(page_client, team):
    published(make_penalty(team), team)
    page = page_client.get(address_of(Publication.objects.get())).content.decode()
    assert "起可以申请提前终止公示，不收费。" in page
    old = published(make_penalty(team, number=2), team)
    row = Publication.objects.get(reference=old.reference)
    explained = row.period_explained
    explained["earliest_end"] = explained["latest_end"]
    Publication.objects.filter(pk=row.pk).update(period_explained=explained)
    page = page_client.get(address_of(row)).content.decode()
    assert "公示到期满为止" in page
    assert settings.PORTAL_SITE["phone"] in page


def test_versions_of_before_get_their_amounts(team):
    published(make_penalty(team, confiscated_amount=Decimal("1.25")), team)
    published(make_penalty(team, number=2, fine_amount=None, penalty_category="警告"), team)
    published(make_permit(team, number=3), team)
    columns = ("pk", "fine_amount", "confiscated_amount")
    before = list(Publication.objects.order_by("pk").values_list(*columns))
    assert before[0][1:] == (Decimal("3.2"), Decimal("1.25"))
    Publication.objects.update(fine_amount=None, confiscated_amount=None)
    migration = import_module("publicity.migrations.0005_amounts_of_penalties")
    with connection.cursor() as cursor:
        cursor.execute(migration.FINES)
        cursor.execute(migration.CONFISCATIONS)
    assert list(Publication.objects.order_by("pk").values_list(*columns)) == before


def test_versions_of_before_get_their_category(team):
    published(make_penalty(team, penalty_category="警告;罚款"), team)
    published(make_permit(team, number=2), team)
    before = dict(Publication.objects.values_list("pk", "category"))
    Publication.objects.update(category="")
    migration = import_module("publicity.migrations.0002_publication_category_and_number")
    with connection.cursor() as cursor:
        cursor.execute(migration.FROM_SNAPSHOT)
    assert dict(Publication.objects.values_list("pk", "category")) == before
    assert Publication.objects.get(kind="penalty").categories == ["警告", "罚款"]
