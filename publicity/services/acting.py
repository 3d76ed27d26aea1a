"""A step on many decisions: ordered once, carried out in blocks, with a line for each row.

A block is one transaction (change, audit, outbox and log together). When a block cannot be done as a whole, its
rows are tried one by one, so that a row that fails stops no other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.urls import reverse
from psycopg.errors import LockNotAvailable

from credit_portal.accounts import policy
from credit_portal.accounts.exceptions import NotAllowed
from credit_portal.accounts.models import User
from credit_portal.exceptions import Refusal
from credit_portal.jobs import services as jobs
from credit_portal.jobs.models import Job, JobLine
from credit_portal.jobs.selectors import line_counts

from ..exceptions import DecisionRefused
from ..models import DECISION_MODELS, Decision
from ..selectors.desk import KIND_WORDS
from ..selectors.lines import STEPS
from ..selectors.steps import forecast
from . import workflow
from .steps import SHORTEST_OPINION, BulkResult, reason_of

logger = logging.getLogger(__name__)

JOB = "publicity.act"
DIRECTLY = 50  # rows up to which the person waits for the answer
MOST = 10_000  # rows of one order
BLOCK = 50  # rows of one transaction
VERBS = {"submit": "提交审核", "approve": "审核通过", "return": "退回", "publish": "公示"}
DONE = {
    "submit": "已提交审核 {} 条。",
    "approve": "已审核通过 {} 条，等待单位负责人公示。",
    "return": "已退回 {} 条。",
    "publish": "已公示 {} 条，正在报送市平台。",
}
GONE = "这条信息已被删除，或不再由您办理。"
BUSY = "其他人正在办理这条信息，请稍后再试。"
BROKEN = "办理时发生错误，这条没有改动。请稍后再试；仍不成功请联系系统管理员。"


def order_steps(
    *,
    kind: str,
    action: str,
    ids: Sequence[int],
    by: User,
    token: str,
    reason: str = "",
    late_reason: str = "",
    query: str = "",
) -> Job:
    """Have a step taken on these rows. Few are done before this returns, many by a worker.

    `token` names the order: a form sent twice is one order. `query` is the filter of the list it came from.
    """
    policy.require(by, STEPS[action][0])
    if action == "return":
        reason = reason_of(reason, "退回意见", more="，说明需要修改的内容", least=SHORTEST_OPINION)
    if action in ("submit", "approve") and late_reason.strip():
        late_reason = reason_of(late_reason, "迟报原因", limit=300)
    earlier = Job.objects.visible_to(by).filter(kind=JOB, subject_id=token).first()
    if earlier is not None:
        return earlier
    wanted = visible_ids(kind, ids, by=by)
    if action == "approve" and not late_reason.strip():
        refuse_unexplained(kind, wanted, by)
    begin = jobs.note if len(wanted) <= DIRECTLY else jobs.start
    with transaction.atomic():
        job = begin(
            kind=JOB,
            title=f"{VERBS[action]} {len(wanted)} 条{KIND_WORDS[kind]}",
            owner=by,
            subject_id=token,
            arguments={
                "kind": kind,
                "action": action,
                "ids": wanted,
                "reason": reason,
                "late_reason": late_reason.strip(),
                "query": query,
            },
        )
    if len(wanted) <= DIRECTLY:
        jobs.run(job.pk)
        job.refresh_from_db()
    return job


def refuse_unexplained(kind: str, ids: Sequence[int], by: User) -> None:
    if late := forecast(kind, "approve", ids, by).late:
        raise DecisionRefused(f"其中 {late} 条已过最迟公示日，请填写迟报原因。")


def visible_ids(kind: str, ids: Sequence[int], *, by: User) -> list[int]:
    """The rows in key order; exactly those asked for, each of them visible to the person."""
    wanted = set(ids)
    if len(wanted) > MOST:
        raise DecisionRefused(f"一次最多办理 {MOST:,} 条，请增加查询条件后分次办理。")
    rows = DECISION_MODELS[kind].objects.visible_to(by).filter(pk__in=wanted)
    found = list(rows.order_by("pk").values_list("pk", flat=True))
    if not wanted or len(found) != len(wanted):
        raise DecisionRefused("没有选中信息，或所选信息已不存在，请刷新列表后重新选择。")
    return found


def carry_out(*, job: Job, progress: Callable[[int, int], None]) -> str:
    """Take the step on every row that has no line yet; answers the sentence for the person."""
    kind, ids = job.arguments["kind"], job.arguments["ids"]
    logged = set(job.lines.values_list("subject", flat=True))
    todo = [pk for pk in ids if f"{kind}:{pk}" not in logged]
    progress(len(ids) - len(todo), len(ids))
    for start in range(0, len(todo), BLOCK):
        block = todo[start : start + BLOCK]
        act_on_block(job, block)
        progress(len(ids) - len(todo) + start + len(block), len(ids))
    return in_words(job)


def in_words(job: Job) -> str:
    counts = line_counts(job)
    said = DONE[job.arguments["action"]].format(counts.done) if counts.done else "没有办理。"
    return f"{said}{counts.refused} 条未办理，原因见逐条结果。" if counts.refused else said


def act_on_block(job: Job, ids: Sequence[int]) -> None:
    by = User.objects.get(pk=job.owner_id)  # a role taken away meanwhile counts from this block on
    try:
        act_on(job, ids, by)
    except Exception as error:
        if is_lost_connection(error):
            raise  # the job is run again, and leaves out what has a line
        for pk in ids:
            act_alone(job, pk, by)


def act_alone(job: Job, pk: int, by: User) -> None:
    """One row in a transaction of its own; whatever happens to it is said in its line."""
    try:
        act_on(job, [pk], by)
    except (Refusal, NotAllowed) as refusal:
        log_refusal(job, pk, refusal.user_message)
    except Exception as error:
        if is_lost_connection(error):
            raise
        busy = is_busy(error)
        if not busy:
            logger.exception("job %s: row %s failed", job.pk, pk)
        log_refusal(job, pk, BUSY if busy else BROKEN)


@transaction.atomic
def act_on(job: Job, ids: Sequence[int], by: User) -> None:
    result = take_step(job.arguments, ids, by)
    reasons = {row.pk: sentence for row, sentence in result.refused}
    rows = DECISION_MODELS[job.arguments["kind"]].objects.filter(pk__in=ids).order_by("pk")
    JobLine.objects.bulk_create([line(job, row, reasons.get(row.pk, "")) for row in rows])


def take_step(given: dict[str, Any], ids: Sequence[int], by: User) -> BulkResult:
    kind, action = given["kind"], given["action"]
    if action == "submit":
        return workflow.submit(kind=kind, ids=ids, by=by, late_reason=given["late_reason"])
    if action == "approve":
        return workflow.approve(kind=kind, ids=ids, by=by, late_reason=given["late_reason"])
    if action == "return":
        return workflow.return_to_clerk(kind=kind, ids=ids, by=by, reason=given["reason"])
    return workflow.publish(kind=kind, ids=ids, by=by)


def line(job: Job, row: Decision, sentence: str) -> JobLine:
    address = reverse("staff:publicity:decision_detail", args=[row.KIND, row.pk])
    return JobLine(
        job=job,
        subject=row.reference,
        label=str(row)[:300],
        link=address,
        done=not sentence,
        sentence=sentence[:500],
    )


def log_refusal(job: Job, pk: int, sentence: str) -> None:
    kind = job.arguments["kind"]
    row = DECISION_MODELS[kind].objects.filter(pk=pk).first()
    if row is None:
        JobLine.objects.create(
            job=job, subject=f"{kind}:{pk}", label="已删除的信息", done=False, sentence=GONE
        )
    else:
        line(job, row, sentence).save()


def is_busy(error: Exception) -> bool:
    """Somebody holds the row longer than we wait."""
    return isinstance(error.__cause__, LockNotAvailable)


def is_lost_connection(error: Exception) -> bool:
    return isinstance(error, OperationalError | InterfaceError) and not is_busy(error)
