"""Loading departments."""

import json

import pytest
from django.core.management import CommandError, call_command

from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.accounts.models import Department
from credit_portal.accounts.services import import_departments
from credit_portal.audit.models import AuditEvent
from tests.factories.accounts import BUREAU, COUNTY, DEPARTMENTS, HOUSING

pytestmark = pytest.mark.django_db


def problems(rows, **kwargs):
    return [(p.row, p.sentence) for p in import_departments(rows=rows, **kwargs).problems]


def test_import_derives_level_division_and_parent():
    counts = import_departments(rows=[DEPARTMENTS[2], *DEPARTMENTS[:2]])

    assert (counts.created, counts.updated, counts.unchanged, counts.problems) == (3, 0, 0, [])
    county = Department.objects.get(uscc=COUNTY)
    assert (county.level, county.division_code, county.parent.uscc) == ("county", "340422", BUREAU)
    bureau = Department.objects.get(uscc=BUREAU)
    assert (bureau.level, bureau.division_code, bureau.parent, bureau.files_for_others) == (
        "city",
        "340400",
        None,
        True,
    )
    assert str(bureau) == "淮南市应急管理局"
    assert AuditEvent.objects.filter(action="department.created").count() == 3


def test_import_twice_changes_nothing():
    import_departments(rows=DEPARTMENTS)

    counts = import_departments(rows=DEPARTMENTS)

    assert (counts.created, counts.updated, counts.unchanged) == (0, 0, 3)
    assert not AuditEvent.objects.filter(action="department.updated").exists()


def test_import_updates_what_the_file_says_and_nothing_else():
    import_departments(rows=DEPARTMENTS)

    counts = import_departments(rows=[{"uscc": HOUSING.lower(), "name": "淮南市住建局"}])

    assert (counts.created, counts.updated) == (0, 1)
    assert Department.objects.get(uscc=HOUSING).mark == "淮建"
    assert AuditEvent.objects.first().changes == {
        "name": ["淮南市住房和城乡建设局", "淮南市住建局"]
    }


def test_public_contact():
    import_departments(rows=DEPARTMENTS)
    reach = {"uscc": HOUSING, "name": "住建局", "public_phone": "0554-000 0001"}

    assert import_departments(rows=[{**reach, "public_address": " 示例路 1 号 "}]).updated == 1
    housing = Department.objects.get(uscc=HOUSING)
    assert (housing.public_phone, housing.public_address) == ("0554-000 0001", "示例路 1 号")
    import_departments(rows=[{"uscc": HOUSING, "name": "住建局", "public_phone": ""}])
    housing.refresh_from_db()
    assert (housing.public_phone, housing.public_address) == ("", "示例路 1 号")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"public_phone": "请打电话"}, "对外电话“请打电话”应为一个号码"),
        ({"public_phone": "055400000010554000000"}, "最多 20 个字符"),
        ({"public_phone": "0554 00000001 0000000001"}, "最多 20 个字符"),
        ({"public_phone": "javascript:1"}, "应为一个号码"),
        ({"public_address": "路" * 201}, "对外办公地址最多 200 个字。"),
    ],
)
def test_a_contact_that_cannot_be_is_said(wrong, told):
    [(_, sentence)] = problems([{**DEPARTMENTS[0], **wrong}])
    assert told in sentence
    assert not Department.objects.exists()


def test_a_county_bureau_finds_only_the_bureau_of_its_trade():
    rows = [
        {"name": "淮南市住房和城乡建设局", "uscc": HOUSING},
        {"name": "寿县应急管理局", "uscc": COUNTY},
        {"name": "淮南高新区应急管理局", "uscc": "11340499MAEBD7E87U"},
    ]

    import_departments(rows=rows)

    assert not Department.objects.exclude(parent=None).exists()


def test_parent_and_level_may_be_given():
    rows = [*DEPARTMENTS[:2], DEPARTMENTS[2] | {"parent": HOUSING, "level": "zone"}]

    import_departments(rows=rows)

    county = Department.objects.get(uscc=COUNTY)
    assert (county.parent.uscc, county.level) == (HOUSING, "zone")
    assert import_departments(rows=rows).unchanged == 3


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("text", "此项不是一个部门对象。"),
        ({"uscc": BUREAU}, "缺少部门名称。"),
        (
            {"name": "甲局", "uscc": "123"},
            "统一社会信用代码“123”应为 18 位数字和大写字母（不含 I、O、S、V、Z）。",
        ),
        (
            {"name": "甲局", "uscc": "1134040OMAMJ1E6E06"},
            "统一社会信用代码“1134040OMAMJ1E6E06”应为 18 位数字和大写字母（不含 I、O、S、V、Z）。",
        ),
        (
            {"name": "甲局", "uscc": BUREAU, "level": "village"},
            "层级“village”应为 city、county、zone 之一。",
        ),
    ],
)
def test_a_wrong_row_is_said_and_the_others_are_loaded(row, sentence):
    assert problems([row, DEPARTMENTS[1]]) == [(1, sentence)]
    assert [d.uscc for d in Department.objects.all()] == [HOUSING]


def test_a_code_twice_in_the_file():
    assert problems([DEPARTMENTS[0], DEPARTMENTS[0]]) == [
        (2, f"统一社会信用代码 {BUREAU} 在文件中重复出现。")
    ]


def test_parents_that_cannot_be():
    rows = [
        DEPARTMENTS[0] | {"parent": BUREAU},
        DEPARTMENTS[1] | {"parent": "11340400MAE9E8463J"},
        DEPARTMENTS[2] | {"parent": BUREAU},
    ]
    assert problems(rows) == [
        (1, f"上级部门 {BUREAU} 不存在。"),
        (2, "上级部门 11340400MAE9E8463J 不存在。"),
    ]
    assert problems([DEPARTMENTS[0] | {"parent": COUNTY}]) == [
        (1, "寿县应急管理局已是本部门的下级，不能再作上级。")
    ]
    assert Department.objects.get(uscc=BUREAU).parent is None


def test_one_committee_office():
    office = [
        {"name": one["name"], "uscc": one["uscc"], "is_committee_office": True}
        for one in DEPARTMENTS
    ]

    assert problems(office[:2]) == [(2, "安委会办公室已是淮南市应急管理局，只能有一个。")]
    assert Department.objects.count() == 1


def test_only_who_manages_accounts_loads_departments(cast):
    with pytest.raises(NotAllowed):
        import_departments(rows=[DEPARTMENTS[0] | {"mark": "新"}], by=cast.clerk)

    assert cast.bureau.mark == "淮"
    assert import_departments(rows=DEPARTMENTS, by=cast.sysadmin).unchanged == 3


def test_active_departments(cast):
    cast.housing.is_active = False
    cast.housing.save()

    assert HOUSING not in {d.uscc for d in Department.objects.active()}


def test_command_prints_one_json_document(tmp_path, capsys):
    file = tmp_path / "departments.json"
    file.write_text("\ufeff" + json.dumps([*DEPARTMENTS, {"name": "甲局", "uscc": "1"}]), "utf-8")

    call_command("import_departments", str(file), "--json")

    report = json.loads(capsys.readouterr().out)
    assert (report["created"], report["updated"], report["unchanged"]) == (3, 0, 0)
    assert [(p["row"], p["uscc"]) for p in report["problems"]] == [(4, "1")]


def test_command_prints_sentences(tmp_path, capsys):
    file = tmp_path / "departments.json"
    file.write_text(json.dumps([DEPARTMENTS[0], {}]), "utf-8")

    call_command("import_departments", str(file))

    assert capsys.readouterr().out == "第 2 项：缺少部门名称。\n新增 1，更新 0，未变 0，有误 1。\n"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "无法读取文件"),
        (b"{", "不是有效的 UTF-8 编码 JSON"),
        (b"\xff", "不是有效的 UTF-8 编码 JSON"),
        (b"{}", "应为部门的列表"),
    ],
)
def test_command_says_what_is_wrong_with_the_file(tmp_path, content, sentence):
    file = tmp_path / "departments.json"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(CommandError, match=sentence):
        call_command("import_departments", str(file))
