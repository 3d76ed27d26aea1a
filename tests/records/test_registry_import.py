"""Loading a registry extract: counts, changes, former names, problems, and nothing half-loaded."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import pytest
from django.db import connection, connections
from django.utils import timezone

from credit_portal.audit.models import AuditEvent
from credit_portal.demo.registry import synthetic_firms
from records.exceptions import RegistryRefused
from records.models import FormerName, MarketEntity, RegistryImport
from records.services import RegistryReport, import_registry, import_rows
from records.services import registry as loading
from tests.factories.accounts import Cast
from tests.factories.records import KnownCodeFactory, MarketEntityFactory, rename, valid_code
from tests.records.extracts import HEADER, csv_file, xlsx_file

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parents[1] / "data" / "market-entities.gbk.csv"
A, B, C = valid_code(1), valid_code(2), valid_code(3)
ROW_A = (A, "淮南焜屿商贸有限公司", "王静", "洞山路1号", "商贸", "340403", "2015/05/20", "存续")
ROW_B = (B, "寿县砺垚燃气有限公司", "李伟", "国庆路2号", "燃气", "340422", "2016/01/02", "注销")


def load(file: io.BytesIO, **options: bool) -> RegistryReport:
    return import_registry(source=file, filename="登记.csv", by=None, **options)


def counts(report: RegistryReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, report.rejected


def test_the_sample_registry_loads_completely_and_again_without_change() -> None:
    first = import_registry(source=SAMPLE, filename=SAMPLE.name, by=None)
    assert (first.rows, counts(first), first.problems) == (500, (500, 0, 0, 0), [])
    again = import_registry(source=SAMPLE, filename=SAMPLE.name, by=None)
    assert counts(again) == (0, 0, 500, 0)
    by_status = {s: MarketEntity.objects.filter(status=s).count() for s in ("存续", "注销", "吊销")}
    assert by_status == {"存续": 480, "注销": 12, "吊销": 8}


def test_what_is_stored() -> None:
    load(csv_file([ROW_A]))
    entity = MarketEntity.objects.by_code(A).get()
    assert (entity.name, entity.search_name, entity.search_text) == (ROW_A[1], ROW_A[1], ROW_A[1])
    assert (entity.legal_representative, entity.address) == ("王静", "洞山路1号")
    assert (entity.industry, entity.division_code, entity.status) == ("商贸", "340403", "存续")
    assert str(entity.established_on) == "2015-05-20"
    assert entity.search_order == "0" + A[::-1]


def test_a_workbook_loads_like_a_csv_file() -> None:
    assert counts(load(xlsx_file([("说明",)], [HEADER, ROW_A, ROW_B]))) == (2, 0, 0, 0)


def test_changes_are_written_and_equal_rows_left_alone() -> None:
    load(csv_file([ROW_A, ROW_B]))
    before = dict(MarketEntity.objects.values_list("code", "updated_at"))
    report = load(csv_file([ROW_A, (*ROW_B[:-1], "吊销")]))
    assert (counts(report), report.renamed) == ((0, 1, 1, 0), 0)
    after = dict(MarketEntity.objects.values_list("code", "updated_at"))
    assert before[A] == after[A]
    assert MarketEntity.objects.by_code(B).get().status == "吊销"


def test_columns_that_the_file_lacks_keep_their_values() -> None:
    load(csv_file([ROW_A]))
    report = load(
        csv_file([(A, "", "李伟"), (A, ROW_A[1], "李伟")], ("信用代码", "名称", "负责人"))
    )
    assert counts(report) == (0, 1, 0, 1)
    entity = MarketEntity.objects.by_code(A).get()
    assert (entity.legal_representative, entity.address) == ("李伟", "洞山路1号")


def test_a_change_of_name_keeps_the_old_one() -> None:
    load(csv_file([ROW_A]))
    report = load(csv_file([(A, "淮南岱泓商贸有限公司")], HEADER[:2]))
    assert (counts(report), report.renamed) == ((0, 1, 0, 0), 1)
    former = FormerName.objects.get()
    assert (former.entity.code, former.name, former.until) == (A, ROW_A[1], timezone.localdate())
    found = MarketEntity.objects.search("焜屿商贸").get()
    assert found.name == "淮南岱泓商贸有限公司"


def test_names_that_come_and_go_are_kept_once() -> None:
    for name in ("甲甲商行", "乙乙商行", "甲甲商行", "乙乙商行"):
        load(csv_file([(A, name)], HEADER[:2]))
    entity = MarketEntity.objects.get()
    assert entity.search_text.split("\n") == ["乙乙商行", "甲甲商行", "乙乙商行"]
    assert sorted(FormerName.objects.values_list("name", flat=True)) == ["乙乙商行", "甲甲商行"]


def test_another_width_of_brackets_is_no_change_of_name() -> None:
    load(csv_file([(A, "淮南(集团)公司")], HEADER[:2]))
    report = load(csv_file([(A, "淮南（集团）公司")], HEADER[:2]))
    assert (report.updated, report.renamed) == (1, 0)
    assert not FormerName.objects.exists()


def test_a_faulty_row_does_not_stop_the_others() -> None:
    report = load(csv_file([ROW_A, ("9.13E+17", "某公司"), ("", ""), ROW_B]))
    assert (report.rows, counts(report)) == (3, (2, 0, 0, 1))
    assert [problem.as_json() for problem in report.problems] == [
        {
            "row": 3,
            "column": "统一社会信用代码",
            "reason": "uscc_scientific",
            "sentence": "代码已被电子表格转成数字，末尾几位已经丢失。"
            "请把该列设为“文本”格式，再按营业执照重新填写 18 位代码。",
        }
    ]


def test_of_a_repeated_code_the_first_row_counts() -> None:
    report = load(csv_file([ROW_A, (A.lower(), "别名"), ("X", "坏行"), (A, "又一个")]))
    assert counts(report) == (1, 0, 0, 3)
    assert [(p.row, p.reason) for p in report.problems] == [
        (3, "duplicate_in_file"),
        (4, "uscc_length"),
        (5, "duplicate_in_file"),
    ]
    assert MarketEntity.objects.get().name == ROW_A[1]


def test_a_known_code_is_taken_with_its_reason() -> None:
    KnownCodeFactory()
    load(csv_file([("91340200149492322R", "芜湖老厂")], HEADER[:2]))
    assert MarketEntity.objects.get().code_note == "登记机关已核实"


def test_a_dry_run_counts_and_changes_nothing() -> None:
    MarketEntityFactory(code=A, name="旧名商行")
    report = load(csv_file([ROW_A, ROW_B]), dry_run=True)
    assert (counts(report), report.renamed, report.dry_run) == ((1, 1, 0, 0), 1, True)
    assert [e.name for e in MarketEntity.objects.all()] == ["旧名商行"]
    assert not RegistryImport.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_loading_leaves_one_line_in_the_trail(cast: Cast) -> None:
    import_registry(source=csv_file([ROW_A]), filename="登记.csv", by=cast.sysadmin)
    loaded = RegistryImport.objects.get()
    assert (loaded.filename, loaded.rows, loaded.created) == ("登记.csv", 1, 1)
    assert loaded.imported_by == cast.sysadmin
    event = AuditEvent.objects.get(action="registry.imported")
    assert (event.subject_label, event.changes["created"]) == ("登记.csv", 1)


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(RegistryRefused, match="没有数据"):
        load(csv_file([("", "")], HEADER[:2]))


def test_a_file_that_breaks_off_changes_nothing() -> None:
    broken = csv_file([ROW_A, (B, '"' + "长" * 140_000)])
    with pytest.raises(RegistryRefused, match="第 3 行"):
        load(broken)
    assert not MarketEntity.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_second_loading_at_the_same_time_is_refused() -> None:
    other = connections.create_connection("default")
    other.settings_dict = connection.settings_dict
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('records.registry'))")
        with pytest.raises(RegistryRefused, match="正在导入"):
            load(csv_file([ROW_A]))
    finally:
        other.rollback()
        other.close()
    assert not MarketEntity.objects.exists()


def test_problems_are_listed_up_to_a_limit_and_counted_beyond(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loading, "MAX_PROBLEMS", 2)
    report = load(csv_file([ROW_A, *[("X", "坏行")] * 5, ROW_A]))
    assert (len(report.problems), report.omitted, report.rejected) == (2, 4, 6)


def test_rows_from_a_program_load_the_same_way() -> None:
    report = import_rows(synthetic_firms(1_500, seed=21), by=None)
    assert counts(report) == (1_500, 0, 0, 0)
    assert counts(import_rows(synthetic_firms(1_500, seed=21), by=None)) == (0, 0, 1_500, 0)
    assert report.as_json()["problems"] == []


def test_other_seeds_are_other_firms() -> None:
    codes = {row["code"] for seed in (1, 2) for row in synthetic_firms(200, seed)}
    assert len(codes) == 400


def test_memory_stays_flat() -> None:
    def peak(n: int) -> int:
        firms = [tuple(row.values()) for row in synthetic_firms(1_000, seed=1)]
        file = csv_file(firms * n, HEADER)
        del firms
        tracemalloc.start()
        report = load(file, dry_run=True)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert report.rows == n * 1_000
        return used

    peak(1)
    assert peak(8) < 2 * peak(2) + 2_000_000


def test_a_renamed_entity_of_the_factory_is_like_a_loaded_one() -> None:
    entity = rename(MarketEntityFactory(name="甲甲商行"), "乙乙商行")
    assert entity.search_text == "乙乙商行\n甲甲商行"
