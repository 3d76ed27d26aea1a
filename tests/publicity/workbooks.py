"""The sample workbooks on their way in, for tests that begin with a batch."""

import json
import time
from pathlib import Path

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from credit_portal.accounts.services import import_departments
from publicity import services
from records.services import import_registry
from tests.factories.publicity import make_department, make_team

DATA = Path(__file__).parents[1] / "data"
UPLOADED = "2026-11-02 09:00+08:00"


def make_city():
    """Departments and registry of the samples; the emergency bureau compiles for the others."""
    import_departments(rows=json.loads((DATA / "departments.json").read_text(encoding="utf-8")))
    import_registry(
        source=DATA / "market-entities.gbk.csv", filename="market-entities.gbk.csv", by=None
    )
    department = make_department()
    department.files_for_others = True
    department.save()
    return make_team(department)


def upload(name):
    return SimpleUploadedFile(name, (DATA / name).read_bytes())


def receive(team, name="penalties-2026-10.xlsx", kind="penalty"):
    return services.receive_workbook(
        kind=kind, upload=upload(name), department=team.department, by=team.clerk
    )


def ready(team, **kwargs):
    return services.check_batch(batch=receive(team, **kwargs))


def second_copy(team, batch):
    """The same rows in other bytes, as a workbook saved again."""
    with batch.file.open("rb") as source:
        book = openpyxl.load_workbook(source)
    book["数据"]["A1"] = "另存"
    path = Path(batch.file.storage.location) / "copy.xlsx"
    book.save(path)
    copy = services.receive_workbook(
        kind="penalty",
        upload=SimpleUploadedFile("copy.xlsx", path.read_bytes()),
        department=team.department,
        by=team.clerk,
    )
    return services.check_batch(batch=copy)


def wait_until_somebody_waits():
    """Until another connection is held up by this one. Those of other databases of the server, where other tests
    run, do not count."""
    held_up = (
        "SELECT count(*) FROM pg_locks"
        " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    )
    for _ in range(3_000):
        with connection.cursor() as cursor:
            cursor.execute(held_up)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waited")
