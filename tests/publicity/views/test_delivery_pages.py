"""Packages carried by hand and differences with the platform, as the desk shows them."""

from __future__ import annotations

import io

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from credit_portal.jobs.models import JobSlot
from credit_portal.notices.models import Notice
from credit_portal.outbox.exceptions import ComparisonFailed
from credit_portal.outbox.models import Circuit, Comparison, Difference, OutboxMessage, Package
from credit_portal.outbox.services import drain
from publicity import services
from publicity.selectors.deliveries import difference_lines
from publicity.tasks import compare_deliveries
from tests.factories.outbox import running_sandbox, scripted, settings_for
from tests.factories.publicity import make_department, make_penalty, make_team, published

PACKAGES = reverse("staff:publicity:package_list")
DIFFERENCES = reverse("staff:publicity:difference_list")


@pytest.fixture
def by_hand(settings):
    settings.MUNICIPAL = settings_for("") | {"WAY": "workbook"}


@pytest.fixture
def sandbox(settings):
    with running_sandbox() as running:
        settings.MUNICIPAL = settings_for(running.url)
        yield running


def package_page(package, name="package_detail"):
    return reverse(f"staff:publicity:{name}", args=[package.pk])


def answers(*rows, name="答复.xlsx"):
    book = openpyxl.Workbook()
    book.active.append(["报送编号", "处理结果", "回执号", "接收日期", "退回代码", "退回原因"])
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile(name, file.getvalue())


class TestPackages:
    def test_from_waiting_to_accepted(self, team, desk, by_hand):
        row = published(make_penalty(team), team)
        client = desk(team.clerk)
        assert "没有手工报送包" in client.get(PACKAGES).content.decode()
        page = client.post(PACKAGES, {"department": team.department.uscc}, follow=True)
        assert "已生成报送包，共 1 条" in page.content.decode()
        package = Package.objects.get()
        assert package.number in client.get(PACKAGES).content.decode()
        file = client.get(package_page(package, "package_file"))
        assert package.number in file["Content-Disposition"]
        (cells,) = list(openpyxl.load_workbook(io.BytesIO(file.content))["行政处罚"].values)[1:]
        rows = [[cells[0], "入库", "HN1", "2026-11-27"], ["别的", "入库", "HN2", "2026-11-27"]]
        sheet = answers(*rows)
        page = client.post(package_page(package), {"file": sheet}, follow=True).content.decode()
        assert "1 行未能对应" in page
        assert "本包没有这个报送编号" in page
        message = OutboxMessage.objects.get(stream=row.reference)
        assert (message.state, message.receipt) == ("accepted", "HN1")
        sheet.seek(0)
        page = client.post(package_page(package), {"file": sheet}, follow=True).content.decode()
        assert "此前已登记过" in page

    def test_a_clean_sheet_and_one_that_cannot_be_read(self, team, desk, by_hand):
        published(make_penalty(team), team)
        client = desk(team.clerk)
        client.post(PACKAGES, {"department": team.department.uscc})
        package = Package.objects.get()
        bad = SimpleUploadedFile("x.xlsx", b"nothing")
        page = client.post(package_page(package), {"file": bad})
        assert "没有登记这个文件" in page.content.decode()
        key = str(OutboxMessage.objects.get().key)
        sheet = answers([key, "退回", "", "", "1005", ""])
        page = client.post(package_page(package), {"file": sheet}, follow=True).content.decode()
        assert "已登记：入库 0 条，退回 1 条" in page

    def test_a_file_too_large(self, team, desk, by_hand, monkeypatch):
        published(make_penalty(team), team)
        client = desk(team.clerk)
        client.post(PACKAGES, {"department": team.department.uscc})
        monkeypatch.setattr("publicity.forms.MAX_UPLOAD", 10)
        page = client.post(package_page(Package.objects.get()), {"file": answers()})
        assert "文件超过 20 MB" in page.content.decode()

    def test_taking_back(self, team, desk, by_hand):
        published(make_penalty(team), team)
        client = desk(team.clerk)
        client.post(PACKAGES, {"department": team.department.uscc})
        address = package_page(Package.objects.get(), "package_take_back")
        assert "已收回 1 条" in client.post(address, follow=True).content.decode()
        assert "不能收回" in client.post(address, follow=True).content.decode()

    def test_where_the_machine_sends_nobody_carries(self, team, desk, settings):
        settings.MUNICIPAL = settings_for("http://127.0.0.1:1")
        published(make_penalty(team), team)
        client = desk(team.clerk)
        assert "由系统自动报送" in client.get(PACKAGES).content.decode()
        page = client.post(PACKAGES, {"department": team.department.uscc}, follow=True)
        assert "不需要手工报送" in page.content.decode()
        Circuit.objects.create(name="municipal", failures=7, opened_at=timezone.now())
        listed = client.get(reverse("staff:publicity:delivery_list")).content.decode()
        assert "连续 7 次未能送达" in listed
        assert "生成报送包" in client.get(PACKAGES).content.decode()

    def test_heads_look_on(self, team, desk, by_hand):
        published(make_penalty(team), team)
        desk(team.clerk).post(PACKAGES, {"department": team.department.uscc})
        client = desk(team.head)
        page = client.get(package_page(Package.objects.get())).content.decode()
        assert "登记平台答复表" not in page
        assert client.post(PACKAGES, {"department": team.department.uscc}).status_code == 403

    def test_the_number_of_queries_does_not_grow(self, team, desk, by_hand, queries_of):
        client = desk(team.clerk)

        def make(number):
            published(make_penalty(team, number=number), team)
            client.post(PACKAGES, {"department": team.department.uscc})

        make(1)
        one = queries_of(client, PACKAGES)
        for number in range(2, 7):
            make(number)
        assert queries_of(client, PACKAGES) == one

    def test_the_sheet_to_fill_in(self, team, desk):
        answer = desk(team.clerk).get(reverse("staff:publicity:answer_template"))
        assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames == ["答复"]


class TestDifferences:
    @pytest.fixture
    def lost(self, team, sandbox):
        rows = [published(make_penalty(team, number=number), team) for number in (1, 2)]
        drain()
        sandbox.lose(rows[0].reference)
        services.compare_deliveries()
        return Difference.objects.get()

    def test_they_are_listed_with_their_decision_and_filters(self, team, desk, lost):
        client = desk(team.clerk)
        page = client.get(DIFFERENCES)
        assert "市平台缺少" in page.content.decode()
        assert "全市共核对 2 条，差异 1 条" in page.content.decode()
        assert {tab["label"]: tab["count"] for tab in page.context["tabs"]}["待处理"] == 1

        def shown(**query):
            return [line.row.pk for line in client.get(DIFFERENCES, query).context["lines"]]

        assert shown(q="1号") == [lost.pk]
        assert shown(q="77号") == shown(kind="extra") == shown(since="2099-01-01") == []
        assert shown(since="改天") == shown(state="noted") == []
        assert shown(state="?") == [lost.pk]
        assert "没有符合条件" in client.get(DIFFERENCES, {"q": "没有"}).content.decode()
        assert "没有这一处理情况" in client.get(DIFFERENCES, {"state": "gone"}).content.decode()

    def test_sending_anew(self, team, desk, lost):
        client = desk(team.clerk)
        page = package_page(lost, "difference_detail")
        assert "原接收日期不变" in client.get(page).content.decode()
        address = package_page(lost, "difference_repair")
        assert "已重新排队报送" in client.post(address, follow=True).content.decode()
        assert "不需要再处理" in client.post(address, follow=True).content.decode()
        drain()
        assert services.compare_deliveries().count == 2
        assert "没有待处理的差异" in client.get(DIFFERENCES).content.decode()

    def test_a_note(self, team, desk, lost):
        client = desk(team.clerk)
        page = package_page(lost, "difference_detail")
        assert "请写明核对结果" in client.post(page, {"note": ""}).content.decode()
        assert "已登记说明" in client.post(page, {"note": "已核实"}, follow=True).content.decode()
        assert client.post(page, {"note": "又"}).status_code == 302
        assert "已核实" in client.get(page).content.decode()

    def test_heads_look_on(self, team, desk, lost):
        client = desk(team.head)
        page = package_page(lost, "difference_detail")
        assert "登记说明</button>" not in client.get(page).content.decode()
        assert client.post(page, {"note": "好"}).status_code == 403

    def test_people_are_told_once(self, team, lost):
        assert {row.recipient for row in Notice.objects.all()} == {team.clerk, team.reviewer}
        services.compare_deliveries()
        assert Notice.objects.count() == 2

    def test_the_office_is_told_of_what_belongs_to_nobody(self, cast, team, sandbox):
        people = cast.officer, cast.clerk
        make_department("11340400MB00010005", "淮南市安委办", is_committee_office=True)
        sandbox.alter("poem:1")
        services.compare_deliveries()
        told = {row.recipient for row in Notice.objects.filter(key__startswith="differences")}
        assert [person in told for person in people] == [True, False]
        (line,) = difference_lines(Difference.objects.all())
        assert (line.decision, line.title, line.tone) == (None, "poem:1", "red")

    def test_the_number_of_queries_does_not_grow(self, team, desk, sandbox, queries_of, lost):
        client = desk(team.clerk)
        one = queries_of(client, DIFFERENCES)
        for number in range(3, 8):
            row = published(make_penalty(team, number=number), team)
            drain()
            sandbox.lose(row.reference)
        services.compare_deliveries()
        assert Difference.objects.count() == 6
        assert queries_of(client, DIFFERENCES) == one

    def test_others_see_nothing(self, desk, lost):
        other = make_team(make_department("11340422MAEBD7E87U", "寿县应急管理局"), prefix="shou_")
        assert desk(other.clerk).get(package_page(lost, "difference_detail")).status_code == 404


class TestNightly:
    @pytest.fixture
    def empty(self, settings):
        """A platform without records, whatever the time: the sandbox would refuse a clock of another day."""
        with scripted(lambda items: (200, b'{"records": [], "next": ""}', {})) as platform:
            settings.MUNICIPAL = settings_for(platform.url)
            yield platform

    @pytest.mark.parametrize(("moment", "runs"), [("01:59", 0), ("02:00", 1), ("14:00", 1)])
    def test_once_a_night_and_made_up_for(self, team, empty, moment, runs):
        with time_machine.travel(f"2026-11-20 {moment}+08:00", tick=False):
            compare_deliveries()
            assert Comparison.objects.count() == runs
            assert compare_deliveries().count == 0
            assert Comparison.objects.count() == runs

    def test_two_beats_compare_once(self, team, empty):
        """F18: whoever comes second finds the slot taken, though nothing is compared yet."""
        with time_machine.travel("2026-11-20 02:10+08:00", tick=False):
            JobSlot.objects.create(name="publicity.compare_deliveries", slot="2026-11-20T02:00")
            assert compare_deliveries() is None
            assert not Comparison.objects.exists()

    def test_a_platform_that_is_away_is_a_failure_and_tried_again(self, team, empty, settings):
        there = settings.MUNICIPAL
        settings.MUNICIPAL = settings_for("http://127.0.0.1:1")
        with (
            time_machine.travel("2026-11-20 02:10+08:00", tick=False),
            pytest.raises(ComparisonFailed),
        ):
            compare_deliveries()
        settings.MUNICIPAL = there
        with time_machine.travel("2026-11-20 02:40+08:00", tick=False):
            assert compare_deliveries().words.startswith("核对 0 条")

    def test_workbooks_have_no_list(self, by_hand, db):
        assert "不对账" in services.compare_deliveries().words
