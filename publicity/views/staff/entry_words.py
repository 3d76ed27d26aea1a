"""Words of the entry pages, and what became of a form."""

from __future__ import annotations

from dataclasses import dataclass

from ...forms import DecisionForm
from ...intake.check import CheckedRow
from ...intake.problems import CONFIRM, WARN
from ...models import Decision

NOT_EDITABLE: dict[str, str] = {
    Decision.State.IN_REVIEW: "该信息正在审核，不能修改。确需修改的，请先撤回或请审核员退回。",
    Decision.State.APPROVED: "该信息已审核通过，不能修改。确需修改的，请审核员或单位负责人退回。",
    Decision.State.PUBLISHED: "该信息正在公示，不能直接修改。请点“更正”，填写理由后在新的版本中修改。",
    Decision.State.WITHDRAWN: "该信息已撤下，不能修改。",
}


STILL_KEPT = (
    "填写的内容自动保存在“没有填完的表单”中，更正后可再点“保存草稿”；不再需要的，请在那里放弃。"
)


@dataclass(frozen=True)
class Outcome:
    """What became of a form that is no decision yet: how its page begins, and where it leads."""

    title: str = "没有保存，请更正以下内容"
    lead: str = ""
    kept: bool = False
    link_url: str = ""
    link_label: str = ""


def respelled(form: DecisionForm, decision: Decision) -> str:
    """What became of the brackets of the number."""
    number = decision.document_number
    typed = form.cleaned_data["document_number"]
    return f"文号已规范为“{number}”。" if number != typed else ""


def doubts_of(row: CheckedRow) -> list[str]:
    """What a person may stand by."""
    return [problem["sentence"] for problem in row.problems if problem["severity"] == CONFIRM]


def hints_of(row: CheckedRow) -> list[str]:
    """What hinders nothing. Lateness is not among it: the reason is asked for at its field."""
    return [
        problem["sentence"]
        for problem in row.problems
        if problem["severity"] == WARN and not (row.late and problem["code"] == "late")
    ]
