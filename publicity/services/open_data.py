"""Writing the files of 开放数据 (docs/adr/0016): one whole set, put in the place of the one before."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from credit_portal.jobs.services import Done

from .. import open_data as files
from ..models import Publication
from ..querysets import PublicationQuerySet
from ..selectors.open_data import MANIFEST, SUMS, current, folder, made_today, manifest

BATCH = 1_000
MARKED_AT_ONCE = 5_000
RULE = (
    "生成时正在公示的行政许可、行政处罚决定，每项为最新版本。"
    "不含自然人和没有统一社会信用代码的相对人；不含法定代表人、税务登记号、备注和任何证件信息；"
    "文字中出现的身份证件号码、手机号码已略去。"
)


def write_open_data() -> Done:
    """The set of today. What must not be shown any more leaves it; the set before stays whole until the last step.
    Counts the rows that left."""
    day = timezone.localdate()
    kinds = to_write()
    mark(Publication.objects.new_for_open_data(day).filter(kind__in=kinds))
    with transaction.atomic():
        if not alone():
            return Done(0, "另一进程正在生成")
        rows = Publication.objects.in_open_data().filter(kind__in=kinds)
        # Which leave is asked before the first row is read: one withdrawn in between is found the next time.
        leaving = list(
            rows.exclude(pk__in=rows.public(day).values("pk")).values_list("pk", flat=True)
        )
        made = make_set(day, kinds)
        put_in_place(made)
        rows.filter(pk__in=leaving).update(open_data=Publication.OpenData.OUT)
    return Done(len(leaving), f"生成开放数据，移出 {len(leaving)} 条")


def to_write() -> set[str]:
    """Both kinds once a day, and when somebody asks for it; during the day those of which a row must leave."""
    leaving = Publication.objects.to_leave_open_data().order_by()
    kinds = set(leaving.values_list("kind", flat=True).distinct()) if made_today() else set()
    return kinds or set(Publication.Kind.values)


def mark(rows: PublicationQuerySet) -> None:
    """By themselves and in parts, so that nobody who withdraws a new row waits until the files are written, and that a
    run which is cut short has done some of it."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), MARKED_AT_ONCE):
        part = Publication.objects.filter(pk__in=keys[start : start + MARKED_AT_ONCE])
        part.update(open_data=Publication.OpenData.IN)


def alone() -> bool:
    """An older set must not take the place of a newer one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('publicity.open_data'))")
        return bool(cursor.fetchone()[0])


def make_set(day: dt.date, kinds: set[str]) -> Path:
    """All files in a folder of their own; what an interrupted run left is swept by the next."""
    folder().mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f"{day}-", dir=folder()))
    made.chmod(0o755)
    told = []
    for kind in Publication.Kind:
        told += write_kind(made, kind, day) if kind in kinds else take_over(made, kind)
    with closing(deletions(Publication.objects.left_open_data(day), day)) as read:
        told += files.write_pair(made, f"deletions-{day}", files.DELETIONS, read)
    told += files.write_pair(made, "dictionary", files.DICTIONARY, files.dictionary())
    sums = "".join(f"{file['sha256']}  {file['name']}\n" for file in told)
    (made / SUMS).write_text(sums)
    generated = timezone.localtime().isoformat(timespec="seconds")
    manifest = {"day": day.isoformat(), "generated_at": generated, "rule": RULE, "files": told}
    (made / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2))
    return made


def write_kind(made: Path, kind: str, day: dt.date) -> list[dict[str, Any]]:
    rows = Publication.objects.in_open_data().public(day).filter(kind=kind)
    with closing(records(rows)) as read:
        return files.write_pair(made, f"{kind}-{day}", files.columns(kind), read)


def take_over(made: Path, kind: str) -> list[dict[str, Any]]:
    """The files of the other kind, in which nothing has changed: a second name for them, and the same digests."""
    place = current().resolve()
    before = manifest(place) or {"files": []}
    told = [file for file in before["files"] if file["name"].startswith(f"{kind}-")]
    for file in told:
        os.link(place / file["name"], made / file["name"])
    return told


def records(rows: PublicationQuerySet) -> Generator[dict[str, Any]]:
    with read_in_parts(rows.values_list(*files.COLUMNS, named=True)) as found:
        for row in found:
            yield files.record(row)


def read_in_parts(rows: Any) -> closing[Generator[Any]]:
    """To be closed before the transaction ends, also by a failure: the server's cursor ends with it."""
    return closing(rows.order_by("pk").iterator(chunk_size=BATCH))


def deletions(rows: PublicationQuerySet, day: dt.date) -> Generator[dict[str, str]]:
    """Ids alone, with the day and the class of the reason: no name and no text."""
    oldest = day - dt.timedelta(days=settings.OPEN_DATA_DELETIONS_DAYS)
    needed = rows.only("kind", "public_id", "ends_on", "withdrawn_at", "published_at")
    with read_in_parts(needed) as found:
        for row in found:
            left_on, reason = why_gone(row, day)
            if left_on >= oldest:
                yield {
                    "public_id": row.public_id,
                    "kind": row.kind,
                    "left_on": left_on.isoformat(),
                    "reason": reason,
                }


def why_gone(row: Publication, day: dt.date) -> tuple[dt.date, str]:
    """A row whose period ran out is withdrawn by the clock as well: the period is the reason."""
    withdrawn = timezone.localdate(row.withdrawn_at) if row.withdrawn_at else None
    if row.ends_on and row.ends_on < (withdrawn or day):
        return row.ends_on + dt.timedelta(days=1), "公示期满"
    if withdrawn:
        return withdrawn, "撤下"
    return timezone.localdate(row.published_at), "更正替换"


def put_in_place(made: Path) -> None:
    """The link is renamed over the old one; then every other set goes, so that no copy outlives a withdrawal."""
    link = made / "link"
    link.symlink_to(made.name)
    os.replace(link, current())
    for other in folder().iterdir():
        if other not in (made, current()):
            shutil.rmtree(other, ignore_errors=True)
