"""开放数据: what is in the files, what has left them, that nothing personal ever was, and how they are handed out."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import re
import subprocess

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credit_portal.jobs.models import JobSlot
from publicity import open_data, services
from publicity.models import Publication
from publicity.selectors.open_data import (
    current,
    folder,
    is_due,
    made_today,
    manifest,
    may_be_handed_out,
)
from publicity.tasks import write_open_data
from records.codes import find_personal_numbers, strike_personal_numbers
from tests.factories.publicity import corrected, make_firm, make_penalty, make_permit, published
from tests.factories.records import valid_code

PAGE = "/data/"
ID_OR_MOBILE = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?!\d)")
PERSON = {"person": True, "facts": "王小明未经许可储存烟花爆竹，电话13812345678。"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def table(kind):
    text = (current() / f"{kind}-{timezone.localdate()}.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))


def lines(kind):
    text = (current() / f"{kind}-{timezone.localdate()}.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def withdraw(decision, team):
    services.withdraw(kind=decision.KIND, pk=decision.pk, by=team.head, reason="经复议撤销。")


def all_text():
    return "".join(path.read_text() for path in sorted(current().iterdir()) if path.is_file())


class TestRows:
    def test_a_decision_in_both_forms(self, team):
        published(make_penalty(team), team)
        published(make_permit(team, number=2, valid_to=dt.date(2099, 12, 31)), team)
        services.write_open_data()
        (row,) = lines("penalty")
        kept = Publication.objects.get(kind="penalty")

        assert row["public_id"] == kept.public_id
        assert (row["CF_NR_FK"], row["CF_CFLB"]) == ("3.2", "罚款")
        assert table("penalty")[0]["行政处罚决定书文号"] == row["CF_WSH"]
        assert (len(table("permit")), lines("permit")[0]["ends_on"]) == (1, "长期")

    def test_no_cell_is_a_formula(self, team):
        published(make_penalty(team, make_firm(valid_code(3), "=1+1")), team)
        services.write_open_data()
        assert table("penalty")[0]["行政相对人名称"] == "'=1+1"
        assert lines("penalty")[0]["CF_XDR_MC"] == "=1+1"

    def test_nothing_personal(self, team):
        published(make_penalty(team, **PERSON), team)
        told = "张三（11010519491231002X，旧号110105491231002）电话13812345678。"
        told_of = {"facts": told, "legal_representative": "赵六六", "remarks": "住学院路1号"}
        published(make_penalty(team, number=2, tax_number="340402197001011234", **told_of), team)
        services.write_open_data()

        assert [row["CF_SY"] for row in lines("penalty")] == [
            "张三（（略），旧号（略））电话（略）。"
        ]
        text = re.sub(r"[0-9a-f]{64}", "", all_text())
        own_codes = set(Publication.objects.values_list("party_code", flat=True)) | {
            team.department.uscc
        }
        assert set(ID_OR_MOBILE.findall(text)) <= own_codes
        for word in ("王小明", "王**", "赵六六", "学院路", "FR_ZJHM", "ZJHM"):
            assert word not in text

    @pytest.mark.parametrize(
        "number",
        [
            "340402 19900101 1234",
            "340402-19900101-1234",
            "３４０４０２１９９００１０１１２３４",
            "138 1234 5678",
            "138-1234-5678",
            "13812345678，340402199001011234",
            "㊤340402199001011234",
        ],
    )
    def test_a_number_that_is_parted(self, number):
        text = strike_personal_numbers(f"当事人{number}，违章", open_data.STRUCK)
        assert open_data.STRUCK in text
        assert find_personal_numbers(text) == []
        assert not re.search(r"[0-9]{4}", text)

    def test_the_dictionary_names_every_column(self, team):
        services.write_open_data()
        told = [
            json.loads(line) for line in (current() / "dictionary.jsonl").read_text().splitlines()
        ]
        for kind in Publication.Kind:
            codes = [row["code"] for row in told if row["table"] == kind.label]
            assert codes == [code for code, _ in open_data.columns(kind)]
        fine = next(row for row in told if row["code"] == "CF_NR_FK")
        assert (fine["unit"], fine["type"], fine["length"]) == ("万元", "小数", 14)

    def test_as_many_queries_for_many_rows(self, team):
        def queries():
            with CaptureQueriesContext(connection) as seen:
                services.write_open_data()
            return len(seen)

        published(make_penalty(team), team)
        services.write_open_data()  # the first set of a day asks less
        published(make_penalty(team, number=2), team)
        one = queries()
        for number in range(3, 7):
            published(make_penalty(team, number=number), team)
        assert queries() == one


class TestLeaving:
    def test_a_withdrawn_decision(self, team):
        stays = published(make_penalty(team), team)
        goes = published(make_penalty(team, number=2), team)
        services.write_open_data()
        withdraw(goes, team)
        assert not may_be_handed_out("penalty-x.csv")
        assert may_be_handed_out("permit-x.csv")
        assert services.write_open_data().words == "生成开放数据，移出 1 条"

        gone = Publication.objects.get(reference=goes.reference)
        assert [row["CF_WSH"] for row in lines("penalty")] == [stays.document_number]
        assert [row["行政处罚决定书文号"] for row in table("penalty")] == [stays.document_number]
        today = timezone.localdate().isoformat()
        told = {"public_id": gone.public_id, "kind": "penalty", "left_on": today, "reason": "撤下"}
        assert lines("deletions") == [told]
        assert may_be_handed_out("penalty-x.csv")
        assert goes.document_number not in all_text()

    def test_one_that_never_was_in_a_file_is_not_told(self, team):
        withdraw(published(make_penalty(team), team), team)
        services.write_open_data()
        assert lines("deletions") == []

    @pytest.mark.parametrize("marked", [False, True])
    def test_a_period_that_ran_out(self, team, marked):
        published(make_penalty(team), team)
        services.write_open_data()
        ended = timezone.localdate() - dt.timedelta(days=1)
        rows = Publication.objects.all()
        rows.update(starts_on=ended, ends_on=ended, withdrawn_at=timezone.now() if marked else None)
        services.write_open_data()
        (told,) = lines("deletions")
        assert (told["left_on"], told["reason"]) == (timezone.localdate().isoformat(), "公示期满")
        assert lines("penalty") == []

    def test_only_the_kind_that_changed_is_written_again(self, team):
        published(make_permit(team, number=5), team)
        goes = published(make_penalty(team), team)
        services.write_open_data()
        permit = current() / f"permit-{timezone.localdate()}.csv"
        before = permit.stat().st_ino
        withdraw(goes, team)
        services.write_open_data()
        assert permit.stat().st_ino == before
        assert (len(table("permit")), len(table("penalty"))) == (1, 0)
        assert any(file["name"] == permit.name for file in manifest()["files"])

    def test_a_correction_takes_the_place(self, team):
        row = published(make_penalty(team), team)
        services.write_open_data()
        corrected(row, team, facts="更正后的事实。")
        assert may_be_handed_out("penalty-x.csv")
        assert is_due()
        services.write_open_data()
        assert [(row["version"], row["CF_SY"]) for row in lines("penalty")] == [
            (2, "更正后的事实。")
        ]
        assert lines("deletions") == []

    def test_corrected_to_a_person(self, team):
        row = published(make_penalty(team), team)
        services.write_open_data()
        corrected(row, team)
        changed = Publication.objects.get(superseded=False)
        told = [
            field | ({"value": "自然人"} if field["code"] == "CF_XDR_LB" else {})
            for field in changed.snapshot
        ]
        Publication.objects.filter(pk=changed.pk).update(snapshot=told)
        assert not may_be_handed_out("penalty-x.csv")
        services.write_open_data()
        assert lines("penalty") == []
        assert [row["reason"] for row in lines("deletions")] == ["更正替换"]

    def test_deletions_are_forgotten_in_the_end(self, team, settings):
        row = published(make_penalty(team), team)
        services.write_open_data()
        withdraw(row, team)
        settings.OPEN_DATA_DELETIONS_DAYS = -1
        services.write_open_data()
        assert lines("deletions") == []


class TestSet:
    def test_sums_agree(self, team):
        published(make_penalty(team), team)
        services.write_open_data()
        said = subprocess.run(
            ["sha256sum", "-c", "SHA256SUMS"], cwd=current(), capture_output=True, check=False
        )
        assert said.returncode == 0
        files = manifest()["files"]
        assert len(files) == said.stdout.count(b"\n") == 8
        for file in files:
            content = (current() / file["name"]).read_bytes()
            assert (hashlib.sha256(content).hexdigest(), len(content)) == (
                file["sha256"],
                file["bytes"],
            )

    def test_a_crash_leaves_the_old_set_whole(self, team):
        published(make_penalty(team), team)
        services.write_open_data()
        before, text = manifest(), all_text()
        row = published(make_penalty(team, number=2), team)
        # A frozen text that no row of ours has: the run dies in the middle of a file.
        Publication.objects.filter(reference=row.reference).update(snapshot=[{"label": "x"}])
        with pytest.raises(KeyError):
            services.write_open_data()
        assert (manifest(), all_text()) == (before, text)

        Publication.objects.filter(reference=row.reference).update(snapshot=[])
        services.write_open_data()
        assert len(lines("penalty")) == 2
        assert {path.name for path in folder().iterdir()} == {"current", current().resolve().name}

    @pytest.mark.django_db(transaction=True)
    def test_two_beats_write_once(self, team):
        for _ in range(2):
            write_open_data()
        (slot,) = JobSlot.objects.filter(name="publicity.write_open_data")
        assert (slot.slot, slot.outcome) == (
            timezone.localdate().isoformat(),
            "生成开放数据，移出 0 条",
        )

    @pytest.mark.django_db(transaction=True)
    def test_a_missed_day_is_made_up_for_and_a_withdrawal_follows(self, team):
        row = published(make_penalty(team), team)
        with time_machine.travel(timezone.now() - dt.timedelta(days=2)):
            write_open_data()
        assert not made_today()
        write_open_data()
        assert made_today()
        withdraw(row, team)
        write_open_data()
        assert lines("penalty") == []
        assert JobSlot.objects.filter(name="publicity.write_open_data").count() == 3

    @pytest.mark.django_db(transaction=True)
    def test_one_at_a_time(self, team):
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('publicity.open_data'))")
            assert services.write_open_data().words == "另一进程正在生成"
        other.close()
        assert manifest() is None


class TestAnswers:
    def test_the_page(self, page_client, team):
        published(make_penalty(team), team)
        services.write_open_data()
        page = page_client.get(PAGE).content.decode()
        for file in manifest()["files"]:
            assert file["sha256"] in page
            assert f'href="/data/{file["name"]}"' in page
        assert "sha256sum -c" in page

    def test_before_the_first_set(self, page_client, db):
        assert "数据正在生成" in page_client.get(PAGE).content.decode()
        assert page_client.get("/data/SHA256SUMS").status_code == 404

    def test_a_file(self, client, team):
        published(make_penalty(team), team)
        services.write_open_data()
        address = f"/data/penalty-{timezone.localdate()}.csv"
        answer = client.get(address)
        assert answer.getvalue() == (current() / address.rpartition("/")[2]).read_bytes()
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert answer["Content-Disposition"].startswith("attachment; filename=")
        assert answer["Cache-Control"] == "public, no-cache"
        assert answer["Last-Modified"].endswith("GMT")
        assert client.get(address, headers={"if-none-match": answer["ETag"]}).status_code == 304
        head = client.head(address)
        for (
            close
        ) in head._resource_closers:  # as a server does; the test client reads nothing of it
            close()
        assert head["ETag"] == answer["ETag"]
        assert client.post(address).status_code == 405
        sums = client.get("/data/SHA256SUMS")
        assert sums["Content-Type"] == "text/plain; charset=utf-8"
        assert sums.getvalue().endswith(b"dictionary.jsonl\n")

    @pytest.mark.parametrize(
        "name", ["..%2f..%2fsecret", "../manifest.json", "..", "link", "x.csv"]
    )
    def test_no_other_name(self, client, db, name):
        services.write_open_data()
        assert client.get(f"/data/{name}").status_code == 404

    def test_a_file_swept_just_now(self, client, db):
        services.write_open_data()
        (current() / "SHA256SUMS").unlink()
        assert client.get("/data/SHA256SUMS").status_code == 404

    def test_nothing_withdrawn_is_handed_out(self, client, page_client, team):
        row = published(make_penalty(team), team)
        services.write_open_data()
        withdraw(row, team)
        answer = client.get(f"/data/penalty-{timezone.localdate()}.csv")
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        other = client.get(f"/data/permit-{timezone.localdate()}.csv")
        assert other.getvalue().startswith(b"\xef\xbb\xbf")
        page = page_client.get(PAGE).content.decode()
        assert page.count("正在更新") == 2
        assert f'href="/data/penalty-{timezone.localdate()}.csv"' not in page
